//! The tables of a document beside the policy: what differs, and what keeps them from being compared.

use super::claim::{Claim, Claimed, Style};
use super::names::Axes;
use super::page::{MARKER, Page, Table};
use super::shown::Mark;
use crate::analysis::{Cell, Matrix, RoleGrant, Row, TooManyWays};
use crate::compile::CompiledPolicy;
use crate::diagnostics::{Code, Diagnostic};
use crate::schema::{PermissionId, RoleId};
use crate::source::{FileId, SourceMap, Span};

/// A document that was compared.
#[derive(Debug)]
pub(super) struct Compared {
    /// The document.
    pub(super) file: FileId,
    /// Its tables.
    pub(super) tables: Vec<ComparedTable>,
    /// What kept tables or fields from being compared.
    pub(super) faults: Vec<Diagnostic>,
}

/// A table that was compared.
#[derive(Debug)]
pub(super) struct ComparedTable {
    /// The table.
    pub(super) table: Table,
    /// How many fields were compared.
    pub(super) fields: usize,
    /// The fields that say something else than the policy.
    pub(super) differences: Vec<Difference>,
    /// How the table writes its claims.
    pub(super) style: Style,
}

/// A field that says something else than the policy.
#[derive(Debug)]
pub(super) struct Difference {
    /// Its row, counted from 0 below the head.
    pub(super) row: usize,
    /// Its column.
    pub(super) column: usize,
    /// What the field says, without what stands around it.
    pub(super) claim: Span,
    /// What the policy says.
    pub(super) cell: Cell,
    /// The finding.
    pub(super) finding: Diagnostic,
}

/// Compares a document with the policy. Texts of both are among `sources`.
pub(super) fn compare(policy: &CompiledPolicy, sources: &SourceMap, file: FileId) -> Compared {
    let text = sources.get(file).map_or("", |source| source.text());
    let page = Page::read(file, text);
    let mut compared = Compared { file, tables: Vec::new(), faults: page.faults };
    if page.tables.is_empty() && compared.faults.is_empty() {
        let name = sources.get(file).map_or("", |source| source.name());
        compared.faults.push(
            Diagnostic::placeless(Code::MatrixMarker, format!("`{name}` has no permission table"))
                .help(format!("write `{MARKER}` above the table that is to be compared with the policy")),
        );
    }
    for table in page.tables {
        let (comparison, faults) = Comparison::new(policy, sources, table);
        compared.faults.extend(faults);
        if let Some(comparison) = comparison {
            let (table, faults) = comparison.run();
            compared.tables.push(table);
            compared.faults.extend(faults);
        }
    }
    compared
}

struct Comparison<'a> {
    policy: &'a CompiledPolicy,
    sources: &'a SourceMap,
    table: Table,
    axes: Axes,
    matrix: Matrix,
}

impl<'a> Comparison<'a> {
    fn new(policy: &'a CompiledPolicy, sources: &'a SourceMap, table: Table) -> (Option<Self>, Vec<Diagnostic>) {
        let (axes, mut faults) = Axes::read(&table, policy.schema());
        let roles: Vec<RoleId> = axes.roles.iter().map(|(_, role)| *role).collect();
        let permissions: Vec<PermissionId> = axes.permissions.iter().map(|(_, permission)| *permission).collect();
        match Matrix::new(policy, &roles, &permissions) {
            Ok(matrix) => (Some(Self { policy, sources, table, axes, matrix }), faults),
            Err(problem) => {
                faults.push(too_many(policy, problem, Some(table.marker)));
                (None, faults)
            }
        }
    }

    fn run(self) -> (ComparedTable, Vec<Diagnostic>) {
        let mut faults = Vec::new();
        let mut read = Vec::new();
        for (&(at, permission), says) in self.axes.permissions.iter().zip(&self.matrix.rows) {
            let Some(row) = self.table.rows.get(at) else { continue };
            for (&(column, role), cell) in self.axes.roles.iter().zip(&says.cells) {
                let Some(field) = row.fields.get(column) else { continue };
                match Claimed::read(field, self.sources) {
                    Ok(claimed) => read.push(Read { at, column, role, permission, claimed, says, cell }),
                    Err(found) => faults.extend(found),
                }
            }
        }
        // Whether what is inherited is marked, only the whole table tells.
        let style = Style::of(read.iter().map(|one| (&one.claimed, self.sources.slice(one.claimed.span))));
        let differs = |one: &&Read<'_>| {
            !agree(&one.claimed.claim, one.says, one.cell) || one.claimed.mark != style.mark(one.cell)
        };
        let difference = |one: &Read<'_>| Difference {
            row: one.at,
            column: one.column,
            claim: one.claimed.span,
            cell: one.cell.clone(),
            finding: self.differs(one, &style),
        };
        let differences = read.iter().filter(differs).map(difference).collect();
        let fields = read.len();
        (ComparedTable { table: self.table, fields, differences, style }, faults)
    }

    fn differs(&self, read: &Read<'_>, style: &Style) -> Diagnostic {
        let &Read { role, permission, ref claimed, cell, .. } = read;
        let schema = self.policy.schema();
        let (role_name, permission) = (schema.role_name(role), schema.permission_name(permission));
        let says = match &claimed.claim {
            Claim::Yes => String::from("yes"),
            Claim::No => String::from("no"),
            Claim::When(expr) => format!("`{expr}`"),
        };
        let message = format!(
            "`{role_name}` and `{permission}`: the table says {says}{}, the policy says {}{}",
            remark(claimed.mark),
            words(&cell.grant),
            remark(style.mark(cell))
        );
        let mut finding = Diagnostic::error(Code::MatrixDiffers, claimed.span, message);
        for &place in &cell.allows {
            finding = finding.label(place, "allowed here");
        }
        for &place in &cell.denies {
            finding = finding.label(place, "denied here");
        }
        for &place in &cell.implications {
            finding = finding.label(place, "implied here");
        }
        if cell.allows.is_empty() && cell.denies.is_empty() {
            let place = self.policy.provenance().roles.get(role).map(|origin| origin.span);
            if let Some(place) = place {
                finding = finding.label(place, "nothing in this role allows it");
            }
        }
        finding
    }
}

/// A field that was read, and what the policy says there.
struct Read<'a> {
    at: usize,
    column: usize,
    role: RoleId,
    permission: PermissionId,
    claimed: Claimed,
    says: &'a Row,
    cell: &'a Cell,
}

/// How a role comes by it, in words behind the answer.
fn remark(mark: Option<Mark>) -> String {
    mark.map_or_else(String::new, |mark| format!(" ({})", mark.word()))
}

/// The policy's answer in words.
fn words(grant: &RoleGrant) -> String {
    match grant {
        RoleGrant::Yes => String::from("yes"),
        RoleGrant::No => String::from("no"),
        RoleGrant::When(expr) => format!("`{expr}`"),
    }
}

fn agree(claim: &Claim, row: &Row, cell: &Cell) -> bool {
    match claim {
        Claim::Yes => cell.grant == RoleGrant::Yes,
        Claim::No => cell.grant == RoleGrant::No,
        Claim::When(written) => row.agrees(cell, written),
    }
}

/// The finding for a role whose cells cannot be told, at the place that asks for it.
pub(super) fn too_many(policy: &CompiledPolicy, problem: TooManyWays, place: Option<Span>) -> Diagnostic {
    let message = format!(
        "`{}` implies other roles in more than {} ways, too many for a table",
        policy.schema().role_name(problem.role),
        problem.limit
    );
    match place {
        Some(place) => Diagnostic::error(Code::LimitExceeded, place, message),
        None => Diagnostic::placeless(Code::LimitExceeded, message),
    }
}
