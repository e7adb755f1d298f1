//! `rolebook matrix`: the permission table, and documents that quote it.

mod claim;
mod compare;
mod forms;
mod names;
mod page;
mod shown;
#[cfg(test)]
mod tests;
mod write;

pub(super) use claim::code;
pub(super) use forms::prose;

use super::args::{CUSTOM_ROLES, Package};
use super::failure::Failure;
use super::output::{GOOD, Output};
use super::{ExitStatus, render};
use crate::analysis::Matrix;
use crate::compile::Grant;
use crate::diagnostics::json::{self, JsonDiagnostic};
use crate::diagnostics::{self, Code, Diagnostic};
use crate::engine::{self, Disk, Engine, LoadError};
use crate::schema::{PermissionId, PermissionInfo, RoleId, Schema};
use crate::source::{SourceMap, Span};
use crate::workspace::{self, Files, State};
use clap::ValueEnum;
use compare::Compared;
use rustc_hash::FxHashSet;
use serde::Serialize;
use shown::Shown;
use std::io::Write;
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
A cell is what a role gives its holder: what it allows and denies itself, by the roles that it
extends and by those that it implies, and by rules that hold without a condition. What is inherited
from a role that it extends is marked ↑, what comes by a role that it implies ↓. Rules that hold
under a condition bind everybody, and are listed below the table.

--check and --write look for tables under the comment <!-- rolebook: matrix --> in Markdown. Columns
are headed by a role, rows begin with a permission: bare, or in backticks after other words. Cells
are ✅, X or yes; ❌, no, - or nothing; or a condition in backticks. In a table with ↑ or ↓ behind any
of them all have to be marked. Other columns are left alone.

Exit status: 0 done, or nothing differs; 1 a table differs from the policy (--check);
2 could not run, also where a document has no such table or a table cannot be read.

Examples:
  rolebook matrix --policy policies/acme
  rolebook matrix --role team.admin --role team.member --type run
  rolebook matrix --format html > permissions.html
  rolebook matrix --format md > docs/roles.md
  rolebook matrix --check README.md docs/roles.md
  rolebook matrix --write README.md";

/// Print the permission table, or compare and rewrite those of documents.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP, mut_arg("directories", |arg| arg.help(CUSTOM_ROLES)))]
pub(super) struct Args {
    #[command(flatten)]
    package: Package,
    /// The form of the table, or with --check of what differs, only text or json [default: text]
    #[arg(long, value_enum)]
    format: Option<Form>,
    /// Show this role only; may be repeated, in the order wanted [default: all]
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// Show permissions of this type only; may be repeated [default: all]
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Show this package only: the permissions that it declares or speaks of, and its roles where none is named
    #[arg(long = "package", value_name = "NAME")]
    package_name: Option<String>,
    /// Compare the tables of Markdown documents with the policy
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["write", "roles", "types", "package_name"])]
    check: Vec<PathBuf>,
    /// Rewrite what differs in the tables of Markdown documents
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["roles", "types", "package_name", "format"])]
    write: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum Form {
    /// For people: a table for the terminal, or findings
    Text,
    /// Markdown, as --check reads it
    Md,
    /// A page that stands alone, to be sorted and printed
    Html,
    /// For spreadsheets
    Csv,
    /// For programs
    Json,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    if !args.check.is_empty() && matches!(args.format, Some(Form::Md | Form::Html | Form::Csv)) {
        let message = "what differs is told as `text` or `json`, and in no other format";
        return Err(Diagnostic::placeless(Code::InvalidRequest, message).into());
    }
    // The table is the policy's. A directory matters only for the custom roles in it, and only where it is named.
    let engine = if args.package.directories.is_empty() {
        Engine::open_policies(&args.package.policies())?
    } else {
        args.package.open()?
    };
    let state = engine.state();
    if !args.check.is_empty() {
        return check(args, &state, output);
    }
    if !args.write.is_empty() {
        return write(args, &state, output);
    }
    print(args, &state, output)
}

fn print(args: &Args, state: &State, output: &mut Output) -> Result<ExitStatus, Failure> {
    let policy = state.snapshot().policy();
    let (roles, permissions) = select(args, state)?;
    let matrix = Matrix::new(policy, &roles, &permissions)
        .map_err(|problem| Failure::from(compare::too_many(policy, problem, None)))?;
    let shown = Shown { matrix: &matrix, policy, sources: state.sources() };
    match args.format.unwrap_or(Form::Text) {
        Form::Text => forms::terminal(output, shown)?,
        Form::Md => forms::markdown(output, shown)?,
        Form::Html => forms::html(output, shown)?,
        Form::Csv => forms::csv(output, shown)?,
        Form::Json => output.json(&forms::json(shown))?,
    }
    Ok(ExitStatus::Success)
}

/// The columns and rows that were asked for.
fn select(args: &Args, state: &State) -> Result<(Vec<RoleId>, Vec<PermissionId>), Failure> {
    let policy = state.snapshot().policy();
    let schema = policy.schema();
    let mut unknown = Vec::new();
    let mut known = |problem: names::Unknown| unknown.push(problem.placeless());
    let mut roles: Vec<RoleId> =
        args.roles.iter().filter_map(|name| names::find_role(schema, name).map_err(&mut known).ok()).collect();
    let types: Vec<_> =
        args.types.iter().filter_map(|name| names::find_type(schema, name).map_err(&mut known).ok()).collect();
    if let Some(name) = &args.package_name {
        names::find_package(state, name).map_err(&mut known).ok();
    }
    if !unknown.is_empty() {
        return Err(unknown.into());
    }
    let (of_package, mut permissions) = match &args.package_name {
        Some(name) => of_package(state, Some(name)),
        None => (Vec::new(), schema.permissions.ids().collect()),
    };
    if args.roles.is_empty() {
        roles = of_package;
        // A package that declares no role speaks of those of others.
        if roles.is_empty() {
            roles.extend(schema.declared_roles().map(|(role, _)| role));
        }
    }
    let of_type = |info: &PermissionInfo| types.is_empty() || types.contains(&info.ty);
    permissions.retain(|&permission| schema.permissions.get(permission).is_some_and(of_type));
    Ok((roles, permissions))
}

/// The roles that a package declares, and the permissions that it declares or speaks of in a role or a rule.
pub(super) fn of_package(state: &State, package: Option<&str>) -> (Vec<RoleId>, Vec<PermissionId>) {
    let policy = state.snapshot().policy();
    let provenance = policy.provenance();
    let is_own = |place: Option<Span>| place.is_some_and(|span| state.package_of(span.file) == package);
    let roles = policy.schema().declared_roles().map(|(role, _)| role);
    let roles: Vec<RoleId> =
        roles.filter(|&role| is_own(provenance.roles.get(role).map(|origin| origin.span))).collect();
    let mut spoken_of: FxHashSet<PermissionId> = FxHashSet::default();
    for &role in &roles {
        let compiled = policy.role(role);
        let implied = compiled.leads.iter().flat_map(|leads| leads.implied.ones());
        let implied = implied.filter_map(|at| u32::try_from(at).ok().map(RoleId));
        let grants = std::iter::once(role).chain(implied).flat_map(|role| policy.role(role).grants.iter());
        spoken_of.extend(grants.map(|grant| grant.permission));
    }
    let by_rule = |permission: PermissionId| {
        let place = |grant: &Grant| provenance.statements.get(grant.statement).map(|origin| origin.span);
        policy.rules(permission).any(|grant| is_own(place(grant)))
    };
    let wanted = |&permission: &PermissionId| {
        is_own(provenance.permissions.get(permission).map(|origin| origin.span))
            || spoken_of.contains(&permission)
            || by_rule(permission)
    };
    (roles, policy.schema().permissions.ids().filter(wanted).collect())
}

/// Writes a permission table in Markdown, without the rules beside it.
pub(super) fn table(
    output: &mut Output,
    state: &State,
    roles: &[RoleId],
    permissions: &[PermissionId],
) -> Result<(), Failure> {
    let policy = state.snapshot().policy();
    let matrix = Matrix::new(policy, roles, permissions)
        .map_err(|problem| Failure::from(compare::too_many(policy, problem, None)))?;
    Ok(forms::table(output, Shown { matrix: &matrix, policy, sources: state.sources() })?)
}

/// The role of a name on the command line.
pub(super) fn find_role(schema: &Schema, name: &str) -> Result<RoleId, Diagnostic> {
    names::find_role(schema, name).map_err(names::Unknown::placeless)
}

/// Reads and compares documents, each once; their texts are added to `sources`.
fn compared<'a>(
    files: &'a [PathBuf],
    state: &State,
    sources: &mut SourceMap,
) -> (Vec<(&'a Path, Compared)>, Vec<Diagnostic>) {
    let mut all = Vec::new();
    let mut faults = Vec::new();
    let mut seen = FxHashSet::default();
    for file in files {
        if !seen.insert(Disk.identity(file).unwrap_or_else(|_| file.clone())) {
            continue;
        }
        match workspace::read_document(&Disk, file, sources) {
            Ok(id) => all.push((file.as_path(), compare::compare(state.snapshot().policy(), sources, id))),
            Err(fault) => faults.push(fault),
        }
    }
    for (_, document) in &mut all {
        faults.append(&mut document.faults);
    }
    (all, faults)
}

#[derive(Serialize)]
struct Report<'a> {
    findings: Vec<JsonDiagnostic<'a>>,
    tables: usize,
    fields: usize,
    differing: usize,
}

fn check(args: &Args, state: &State, output: &mut Output) -> Result<ExitStatus, Failure> {
    let mut sources = state.sources().clone();
    let (documents, faults) = compared(&args.check, state, &mut sources);
    let sound = faults.is_empty();
    let tables: Vec<_> = documents.iter().flat_map(|(_, document)| &document.tables).collect();
    let fields: usize = tables.iter().map(|table| table.fields).sum();
    let mut findings = faults;
    let differing: Vec<Diagnostic> =
        tables.iter().flat_map(|table| &table.differences).map(|difference| difference.finding.clone()).collect();
    let differs = differing.len();
    findings.extend(differing);
    diagnostics::sort(&mut findings);
    diagnostics::limit(&mut findings);
    if args.format == Some(Form::Json) {
        output.json(&Report {
            findings: findings.iter().map(|finding| json::diagnostic(&sources, finding)).collect(),
            tables: tables.len(),
            fields,
            differing: differs,
        })?;
    } else {
        for finding in &findings {
            writeln!(output, "{}", render::one(&sources, finding, output.colour()))?;
        }
        let scope = format!("{} in {}", render::counted(fields, "field"), render::counted(tables.len(), "table"));
        match (sound, differs) {
            (true, 0) => writeln!(output, "{GOOD}ok{GOOD:#}: {scope} say what the policy says")?,
            (_, 0) => writeln!(output, "{scope} compared")?,
            (_, differs) => writeln!(output, "differing from the policy: {differs} of {scope}")?,
        }
    }
    Ok(match (sound, differs) {
        (false, _) => ExitStatus::CouldNotRun,
        (true, 0) => ExitStatus::Success,
        (true, _) => ExitStatus::Negative,
    })
}

fn write(args: &Args, state: &State, output: &mut Output) -> Result<ExitStatus, Failure> {
    let mut sources = state.sources().clone();
    let (documents, faults) = compared(&args.write, state, &mut sources);
    // All documents or none: half of them would not be seen to be missing.
    if !faults.is_empty() {
        return Err(LoadError { sources, diagnostics: faults }.into());
    }
    let differing = |document: &Compared| document.tables.iter().map(|table| table.differences.len()).sum::<usize>();
    let replacement = |(path, document): &(&Path, Compared)| {
        let before = sources.get(document.file).map_or("", |source| source.text());
        write::replacement(path, before, &write::rewritten(document, &sources))
    };
    let files: Vec<_> = documents.iter().filter(|(_, document)| differing(document) > 0).map(replacement).collect();
    engine::write(&files)?;
    for (path, document) in &documents {
        match differing(document) {
            0 => writeln!(output, "{GOOD}ok{GOOD:#}: nothing to change in {}", path.display())?,
            differs => {
                writeln!(output, "{GOOD}wrote{GOOD:#} {}: {}", path.display(), render::counted(differs, "field"))?;
            }
        }
    }
    Ok(ExitStatus::Success)
}
