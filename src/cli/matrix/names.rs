//! The roles and permissions that a table, or an option, names.

use super::page::{Field, Piece, Table};
use crate::diagnostics::{Code, Diagnostic, did_you_mean, near_miss};
use crate::schema::{PermissionId, RoleId, Schema, TypeId};
use crate::source::Span;
use crate::workspace::State;

/// How many names are listed where none is near.
const SHOWN: usize = 12;

/// The columns and rows of a table that stand for something.
#[derive(Debug, Default)]
pub(super) struct Axes {
    /// Columns that are roles, by their number.
    pub(super) roles: Vec<(usize, RoleId)>,
    /// Rows that are permissions, by their number.
    pub(super) permissions: Vec<(usize, PermissionId)>,
}

impl Axes {
    /// What can be told of the columns and rows, and what is wrong with the others.
    pub(super) fn read(table: &Table, schema: &Schema) -> (Self, Vec<Diagnostic>) {
        let mut axes = Self::default();
        let mut faults = Vec::new();
        for (at, field) in table.head.iter().enumerate().skip(1) {
            match name(field) {
                Some((name, span)) => match role(schema, &name, span) {
                    Ok(role) => axes.roles.push((at, role)),
                    Err(fault) => faults.push(fault),
                },
                None => faults.extend(hidden_role(field, schema)),
            }
        }
        for (at, row) in table.rows.iter().enumerate() {
            let found = row.fields.first().and_then(name);
            match found.map(|(name, span)| permission(schema, &name, span)) {
                Some(Ok(permission)) => axes.permissions.push((at, permission)),
                Some(Err(fault)) => faults.push(fault),
                None => {
                    let place = row.fields.first().map_or(row.span, |field| field.raw);
                    faults.push(
                        Diagnostic::error(Code::MatrixTable, place, "the row names no permission")
                            .help("the first field is a permission such as `run.delete`, or ends in one in backticks"),
                    );
                }
            }
        }
        if faults.is_empty() && axes.roles.is_empty() {
            faults.push(
                Diagnostic::error(
                    Code::MatrixTable,
                    table.marker,
                    "no column of the table under this marker is a role",
                )
                .help("the head of a column is a role such as `team.member`, or ends in one in backticks"),
            );
        }
        if faults.is_empty() && axes.permissions.is_empty() {
            faults.push(
                Diagnostic::error(Code::MatrixTable, table.marker, "the table under this marker has no rows")
                    .help("each row begins with a permission such as `run.delete`"),
            );
        }
        (axes, faults)
    }
}

/// The finding for a head that means a role without naming it as heads do: it would be taken for the head of a column
/// that is no role's, and what stands below it would never be compared.
fn hidden_role(field: &Field, schema: &Schema) -> Option<Diagnostic> {
    let finding = |span, message| Diagnostic::error(Code::MatrixTable, span, message);
    let named = field.pieces.iter().find(|piece| piece.code && find_role(schema, piece.text.trim()).is_ok());
    if let Some(piece) = named {
        return Some(
            finding(piece.span, format!("the head of the column goes on after the role `{}`", piece.text.trim()))
                .help("a column is a role's where its head ends in the role"),
        );
    }
    let text: String = field.pieces.iter().map(|piece| piece.text.as_str()).collect();
    let (role, _) = schema.declared_roles().find(|(_, info)| *info.name == *text.trim())?;
    Some(
        finding(field.raw, format!("`{}` is the name of a role without its type", text.trim()))
            .help(format!("did you mean `{}`?", schema.role_name(role))),
    )
}

/// The name in a field, if it has one: code at its end, or else the whole text, in the form of `type.name`.
fn name(field: &Field) -> Option<(String, Span)> {
    let shown = |piece: &&Piece| !piece.text.trim().is_empty();
    let pieces: Vec<&Piece> = field.pieces.iter().filter(shown).collect();
    match pieces.as_slice() {
        [.., last] if last.code => Some((last.text.trim().to_owned(), last.span)),
        [first, .., last] => {
            let text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
            Some((text.trim().to_owned(), first.span.to(last.span)))
        }
        [only] => Some((only.text.trim().to_owned(), only.span)),
        [] => None,
    }
    .filter(|(text, _)| is_qualified(text))
}

/// Whether a text has the form of `type.name`.
fn is_qualified(text: &str) -> bool {
    let word = |text: &str| {
        text.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_')
            && text.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    text.split_once('.').is_some_and(|(ty, name)| word(ty) && word(name))
}

/// The role of a name.
fn role(schema: &Schema, text: &str, span: Span) -> Result<RoleId, Diagnostic> {
    find_role(schema, text).map_err(|problem| problem.at(span))
}

fn permission(schema: &Schema, text: &str, span: Span) -> Result<PermissionId, Diagnostic> {
    let (ty, action) = text.split_once('.').unwrap_or((text, ""));
    let ty = find_type(schema, ty).map_err(|problem| problem.at(span))?;
    let found = schema.action_named(action).and_then(|action| schema.permission(ty, action));
    found.ok_or_else(|| {
        let name = &schema.types[ty].name;
        let own: Vec<&str> = schema.types[ty]
            .permissions
            .clone()
            .filter_map(|at| Some(&*schema.actions[schema.permissions.get(PermissionId(at))?.action]))
            .collect();
        let near = near_miss(action, own.iter().copied()).map(|near| format!("did you mean `{name}.{near}`?"));
        let all = || {
            let names: Vec<String> = own.iter().take(SHOWN).map(|action| format!("`{action}`")).collect();
            (!names.is_empty()).then(|| format!("actions of `{name}`: {}", names.join(", ")))
        };
        Diagnostic::error(Code::UnknownAction, span, format!("`{name}` has no action `{action}`"))
            .maybe_help(near.or_else(all))
    })
}

/// Why a name stands for nothing.
#[derive(Debug)]
pub(super) struct Unknown {
    code: Code,
    message: String,
    help: Option<String>,
}

impl Unknown {
    fn at(self, span: Span) -> Diagnostic {
        Diagnostic::error(self.code, span, self.message).maybe_help(self.help)
    }

    /// For a name on the command line.
    pub(super) fn placeless(self) -> Diagnostic {
        Diagnostic::placeless(self.code, self.message).maybe_help(self.help)
    }
}

pub(super) fn find_role(schema: &Schema, text: &str) -> Result<RoleId, Unknown> {
    let (ty, name) = text.split_once('.').unwrap_or((text, ""));
    let roles = schema.type_named(ty).map_or(&[][..], |ty| schema.roles_named(ty, name));
    match roles {
        [only] => Ok(*only),
        [] => {
            let names: Vec<String> = schema.declared_roles().map(|(role, _)| schema.role_name(role)).collect();
            let near = did_you_mean(text, names.iter().map(String::as_str));
            let help = without_type(&names, text).or(near).or_else(|| {
                let own = schema
                    .declared_roles()
                    .map(|(_, info)| info)
                    .filter(|info| &*schema.types[info.ty].name == ty)
                    .take(SHOWN);
                let own: Vec<String> = own.map(|info| format!("`{ty}.{}`", info.name)).collect();
                (!own.is_empty()).then(|| format!("roles on a `{ty}`: {}", own.join(", ")))
            });

            Err(Unknown { code: Code::UnknownRole, message: format!("unknown role `{text}`"), help })
        }
        _ => Err(Unknown {
            code: Code::UnknownRole,
            message: format!("`{text}` is the name of several organizations' roles"),
            help: Some(String::from("a table can show only roles that bear their name alone")),
        }),
    }
}

/// The roles that bear a name which stands without their type.
fn without_type(names: &[String], text: &str) -> Option<String> {
    let bear = |name: &&String| name.split_once('.').is_some_and(|(_, own)| own == text);
    let bearing: Vec<String> = names.iter().filter(bear).take(SHOWN).map(|name| format!("`{name}`")).collect();
    (!bearing.is_empty()).then(|| format!("did you mean {}?", bearing.join(" or ")))
}

pub(super) fn find_type(schema: &Schema, text: &str) -> Result<TypeId, Unknown> {
    schema.type_named(text).ok_or_else(|| Unknown {
        code: Code::UnknownType,
        message: format!("unknown type `{text}`"),
        help: did_you_mean(text, schema.types.iter().map(|info| &*info.name)),
    })
}

/// Looks whether any policy file is of a package.
pub(super) fn find_package(state: &State, text: &str) -> Result<(), Unknown> {
    let mut known: Vec<&str> = state.policy_files().filter_map(|file| state.package_of(file.file)).collect();
    known.sort_unstable();
    known.dedup();
    if known.contains(&text) {
        return Ok(());
    }
    let all = || {
        let names: Vec<String> = known.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
        (!names.is_empty()).then(|| format!("packages: {}", names.join(", ")))
    };
    Err(Unknown {
        code: Code::InvalidRequest,
        message: format!("unknown package `{text}`"),
        help: did_you_mean(text, known.iter().copied()).or_else(all),
    })
}
