//! Each lint on small policies: where it speaks, of what, and where it keeps silent.

mod conditions;
mod directory;
mod imported;
mod roles;
mod statements;
mod unused;

use rolebook::Engine;
use rolebook::analysis::lint::{self, Fix, Removal};
use rolebook::diagnostics::Code;
use rolebook::directory::Edit;
use rolebook::schema::timestamp_text;
use rolebook::source::Span;

/// 2026-06-01T00:00:00Z
const NOW: i64 = 1_780_272_000_000;

const TYPES: &str = "
type user { level: int = 0 }
type org { plan: \"free\" | \"paid\" = \"free\"  actions manage, invite }
type team in org { locked: bool = false  owner: user?  size: int  actions view, edit, invite }
type run in team { maker: user  size: int = 0  actions view, stop }
type note in team? { size: int  actions view }
context { queue: string? }
";

/// What a lint says of a policy with a directory: the text that it is about, its message, and what a fix would take out.
fn told(code: Code, policy: &str, directory: &str) -> Vec<String> {
    let policy = format!("{TYPES}{policy}");
    let directory = format!("rolebook: 1\nkind: directory\n{directory}");
    let engine = Engine::from_strings(&[("policy.rolebook", &policy)], &[("directory.yaml", &directory)])
        .unwrap_or_else(|error| panic!("{error}\n{policy}\n{directory}"));
    let state = engine.state();
    let mut findings = lint::find(&state.examined(NOW), |wanted| wanted == code);
    findings.sort_by_key(|finding| finding.diagnostic.span());
    let text = |span: Span| {
        let text = state.sources().get(span.file).expect("a file").text();
        text[span.start as usize..span.end as usize].to_owned()
    };
    let said = |finding: lint::Finding| {
        let place = finding.diagnostic.span().map_or_else(String::new, text);
        let fix = match finding.fix {
            None => String::new(),
            Some(Fix::Remove(removals)) => {
                let removal = |removal: &Removal| match *removal {
                    Removal::Statement(span) => format!(" - statement {}", text(span)),
                    Removal::Item(span) => format!(" - item {}", text(span)),
                    Removal::Clause(span) => format!(" - clause {}", text(span)),
                };
                removals.iter().map(removal).collect()
            }
            Some(Fix::Directory(edits)) => edits.iter().map(step).collect(),
        };
        format!("{place}: {}{fix}", finding.diagnostic.message)
    };
    findings.into_iter().map(said).collect()
}

/// A step on the directory, in short.
fn step(edit: &Edit) -> String {
    match edit {
        Edit::Assign(assigned) => {
            let (name, [since, until]) =
                (&assigned.name, [assigned.since, assigned.until].map(|at| at.map(timestamp_text)));
            format!(" + {} {} {} {since:?} {until:?}", *name.subject, *name.role, *name.on)
        }
        Edit::Revoke { subject, role, on } => format!(" - {subject} {role} {on}"),
        _ => format!("{edit:?}"),
    }
}

/// What a lint says of policies, each with what is in its directory.
#[track_caller]
fn assert_told(code: Code, cases: &[(&str, &str, &[&str])]) {
    for (policy, directory, expected) in cases {
        assert_eq!(told(code, policy, directory), *expected, "{policy}\n{directory}");
    }
}
