//! `rolebook docs`: the reference page of a package.

mod roles;
mod rules;
mod tests;
mod types;

use super::ExitStatus;
use super::args::Package;
use super::failure::Failure;
use super::matrix;
use super::output::Output;
use crate::engine::Engine;
use crate::syntax::ast::{Doc, Item};
use crate::workspace::State;
use std::io::{self, Write};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
The page has the package's types with their attributes, actions and settings, its roles, the
permission table, which `rolebook matrix --check` holds true, its rules and org policies, and what
its tests say and whether they pass. Words come from the `##` comments above declarations.

Exit status: 0, or 2 could not run.

Examples:
  rolebook docs --policy policies/acme > docs/permissions.md
  rolebook docs --tests tests/acme";

/// Write the reference page of a package, in Markdown.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    package: Package,
    /// Test files, or folders to look for them; may be repeated [default: the policy]
    #[arg(long, value_name = "PATH")]
    tests: Vec<PathBuf>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    // A page without what the tests say would pass for whole.
    let tests = tests::section(&args.package, &args.tests)?;
    let engine = Engine::open_policies(&args.package.policies())?;
    let state = engine.state();
    let title = state.snapshot().policy().schema().package.as_deref().unwrap_or("Permissions").to_owned();
    writeln!(output, "# {}", prose(&title))?;
    let items = own_items(&state);
    types::write(output, &items)?;
    roles::write(output, &items)?;
    permissions(output, &state)?;
    rules::write(output, &state, &items)?;
    output.write_all(&tests)?;
    Ok(ExitStatus::Success)
}

/// What the package itself declares; what it imports has a page of its own.
fn own_items(state: &State) -> Vec<&Item> {
    let own = state.snapshot().policy().schema().package.as_deref();
    let files = state.policy_files().filter(|file| state.package_of(file.file) == own);
    files.flat_map(|file| &file.items).collect()
}

fn permissions(output: &mut Output, state: &State) -> Result<(), Failure> {
    let own = state.snapshot().policy().schema().package.as_deref();
    let (roles, permissions) = matrix::of_package(state, own);
    if roles.is_empty() || permissions.is_empty() {
        return Ok(());
    }
    heading(output, 2, "Permissions")?;
    writeln!(output)?;
    matrix::table(output, state, &roles, &permissions)
}

/// A heading. Like every block, it begins with the blank line before it.
fn heading(out: &mut impl Write, level: usize, text: &str) -> io::Result<()> {
    writeln!(out, "\n{} {text}", "#".repeat(level))
}

/// A list, if there is anything in it.
fn list(out: &mut impl Write, items: &[String]) -> io::Result<()> {
    if !items.is_empty() {
        writeln!(out)?;
    }
    items.iter().try_for_each(|item| writeln!(out, "- {item}"))
}

/// A table, if it has rows.
fn table(out: &mut impl Write, heads: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    // A column in which nothing stands says nothing.
    let said: Vec<bool> = (0..heads.len())
        .map(|at| at == 0 || rows.iter().any(|row| row.get(at).is_some_and(|field| !field.is_empty())))
        .collect();
    let line = |fields: &[&str]| {
        let fields = fields.iter().zip(&said).filter(|(_, said)| **said).map(|(field, _)| *field);
        format!("| {} |", fields.collect::<Vec<_>>().join(" | "))
    };
    writeln!(out, "\n{}\n{}", line(heads), line(&vec!["---"; heads.len()]))?;
    let row = |row: &Vec<String>| line(&row.iter().map(String::as_str).collect::<Vec<_>>());
    rows.iter().try_for_each(|fields| writeln!(out, "{}", row(fields)))
}

/// The words of a comment, as they were written: whoever writes comments may write Markdown.
fn comment(out: &mut impl Write, doc: &Doc) -> io::Result<()> {
    match doc {
        Some(doc) if !doc.value.trim().is_empty() => writeln!(out, "\n{}", doc.value.trim()),
        _ => Ok(()),
    }
}

/// A comment in a field of a table or in a list, on one line.
fn brief(doc: &Doc) -> String {
    let words = doc.as_ref().map(|doc| doc.value.split_whitespace().collect::<Vec<_>>().join(" "));
    words.unwrap_or_default().replace('|', "\\|")
}

/// A text as code outside of tables, where bars need no escape.
fn code(text: &str) -> String {
    matrix::code(text).replace("\\|", "|")
}

/// Names as code, with commas between.
fn codes<T: AsRef<str>>(names: impl Iterator<Item = T>) -> String {
    names.map(|name| code(name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// Names as code, any one of which will do.
fn any<T: AsRef<str>>(names: impl Iterator<Item = T>) -> String {
    names.map(|name| code(name.as_ref())).collect::<Vec<_>>().join(" or ")
}

fn prose(text: &str) -> String {
    matrix::prose(text)
}
