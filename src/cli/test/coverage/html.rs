//! Coverage as a page that stands alone: figures, the policy's own text with what was looked at beside each line, and the
//! permission table with what was asked.

use super::gaps::{missing_names, missing_ways, quoted};
use super::{folder, total};
use crate::analysis::coverage::{Figures, Kind, RoleCoverage};
use crate::engine::TestCoverage;
use crate::schema::PermissionId;
use crate::source::{FileId, Span};
use pulldown_cmark_escape::escape_html;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

const STYLE: &str = include_str!("page.css");

/// What is said of a line: how often what stands on it was looked at, and what is missing.
#[derive(Default)]
struct Line {
    looked: Option<usize>,
    missing: Vec<String>,
}

/// A whole document.
pub(in super::super) fn html(out: &mut impl Write, packages: &[TestCoverage<'_>]) -> io::Result<()> {
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<title>Coverage</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>Coverage</h1>")?;
    writeln!(
        out,
        "<p class=\"key\"><span class=\"hit\">✓</span> exercised <span class=\"part\">◐</span> in part \
         <span class=\"miss\">✗</span> not exercised</p>"
    )?;
    summary(out, packages)?;
    for package in packages {
        let folder = folder(package);
        if packages.len() > 1 {
            writeln!(out, "<h2 id=\"{0}\">{0}</h2>", escaped(&folder))?;
        }
        files(out, package)?;
        table(out, package)?;
    }
    writeln!(out, "</body>\n</html>")
}

/// The figures, a row for each package.
fn summary(out: &mut impl Write, packages: &[TestCoverage<'_>]) -> io::Result<()> {
    writeln!(out, "<table class=\"figures\">\n<thead>\n<tr><th scope=\"col\" class=\"name\">policy</th>")?;
    for kind in Kind::ALL {
        writeln!(out, "<th scope=\"col\">{}</th>", kind.as_str())?;
    }
    writeln!(out, "</tr>\n</thead>\n<tbody>")?;
    for package in packages {
        let folder = escaped(&folder(package));
        let name = match (folder.as_str(), packages.len()) {
            ("", _) => String::from("policy"),
            (_, 1) => folder,
            _ => format!("<a href=\"#{folder}\">{folder}</a>"),
        };
        figures(out, &name, package.coverage.figures())?;
    }
    if packages.len() > 1 {
        figures(out, "all", total(packages))?;
    }
    writeln!(out, "</tbody>\n</table>")
}

fn figures(out: &mut impl Write, name: &str, figures: Figures) -> io::Result<()> {
    write!(out, "<tr><th scope=\"row\">{name}</th>")?;
    for share in Kind::ALL.map(|kind| figures.of(kind)) {
        let class = class(share.exercised, share.of);
        let (exercised, of, percent) = (share.exercised, share.of, share.percent());
        write!(out, "<td class=\"{class}\"><b>{percent}</b> <span class=\"of\">{exercised} of {of}</span></td>")?;
    }
    writeln!(out, "</tr>")
}

const fn class(exercised: usize, of: usize) -> &'static str {
    match exercised {
        _ if exercised == of => "hit",
        0 => "miss",
        _ => "part",
    }
}

/// The texts of the policy's files.
fn files(out: &mut impl Write, package: &TestCoverage<'_>) -> io::Result<()> {
    let lines = lines(package);
    let roles = package.coverage.roles.keys().map(|place| place.file);
    let files: BTreeSet<FileId> = lines.keys().map(|(file, _)| *file).chain(roles).collect();
    for file in files {
        let Some(source) = package.sources.get(file) else { continue };
        writeln!(out, "<h3><code>{}</code></h3>\n<table class=\"source\">\n<tbody>", escaped(source.name()))?;
        for (number, text) in (1_u32..).zip(source.text().lines()) {
            let line = lines.get(&(file, number));
            let (class, sign) = match line.map(|line| (line.looked, line.missing.is_empty())) {
                None | Some((None, true)) => ("", ""),
                Some((Some(1..), true)) => ("hit", "✓"),
                Some((Some(0), _)) => ("miss", "✗"),
                Some(_) => ("part", "◐"),
            };
            let count = line.and_then(|line| line.looked).map(|looked| format!("{looked} ×")).unwrap_or_default();
            let missing = line.map(|line| marked_up(&line.missing.join("; "))).unwrap_or_default();
            writeln!(
                out,
                "<tr class=\"{class}\"><td class=\"number\">{number}</td><td class=\"sign\">{sign}</td>\
                 <td class=\"count\">{count}</td><td class=\"text\"><code>{}</code></td><td class=\"missing\">{missing}</td></tr>",
                escaped(text)
            )?;
        }
        writeln!(out, "</tbody>\n</table>")?;
    }
    Ok(())
}

/// What is to be said of each line that anything stands on.
fn lines(package: &TestCoverage<'_>) -> BTreeMap<(FileId, u32), Line> {
    let (coverage, mut lines) = (package.coverage, BTreeMap::new());
    let mut say = |span: Span, looked: usize, missing: Option<String>| {
        let Some(source) = package.sources.get(span.file) else { return };
        let line: &mut Line = lines.entry((span.file, source.position(span.start).line)).or_default();
        line.looked = Some(line.looked.map_or(looked, |known| known.min(looked)));
        line.missing.extend(missing);
    };
    for (&span, statement) in &coverage.statements {
        let missing = missing_names(package, statement).filter(|_| statement.looked > 0);
        say(span, statement.looked, missing.map(|missing| format!("not for {missing}")));
    }
    for (&span, implied) in &coverage.implications {
        say(span, implied.looked, None);
    }
    for (&span, condition) in &coverage.conditions {
        let missing = missing_ways(*condition).map(|missing| format!("`{}` {missing}", quoted(package, span)));
        say(span, condition.held + condition.failed + condition.unknown, missing);
    }
    lines
}

/// The permission table: how often somebody with each role was asked about each permission.
fn table(out: &mut impl Write, package: &TestCoverage<'_>) -> io::Result<()> {
    let roles: Vec<&RoleCoverage> = package.coverage.roles.values().collect();
    let permissions: BTreeSet<PermissionId> = roles.iter().flat_map(|role| role.cells.keys().copied()).collect();
    writeln!(out, "<h3>Permission table</h3>\n<table class=\"cells\">\n<thead>\n<tr>")?;
    writeln!(out, "<th scope=\"col\" class=\"name\">asked about</th>")?;
    for role in &roles {
        writeln!(out, "<th scope=\"col\"><code>{}</code></th>", escaped(&role.role).replacen('.', ".<wbr>", 1))?;
    }
    writeln!(out, "</tr>\n</thead>\n<tbody>")?;
    for permission in permissions {
        let name = escaped(&package.schema.permission_name(permission));
        write!(out, "<tr><th scope=\"row\"><code>{name}</code></th>")?;
        for role in &roles {
            match role.cells.get(&permission) {
                None => write!(out, "<td></td>")?,
                Some(0) => write!(out, "<td class=\"miss\">✗</td>")?,
                Some(asked) => write!(out, "<td class=\"hit\">{asked} ×</td>")?,
            }
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table>")
}

/// A text as text of a page, what stands between backticks as code.
fn marked_up(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(at, part)| if at % 2 == 0 { escaped(part) } else { format!("<code>{}</code>", escaped(part)) })
        .collect()
}

/// A text as text of a page, or in the quotes of an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Writing to memory does not fail.
    let _ = escape_html(&mut escaped, text);
    escaped
}
