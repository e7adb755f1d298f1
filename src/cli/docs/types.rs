//! The types of a package: what lies in what, attributes, actions, settings, and what changes need.

use super::{any, brief, comment, heading, list, table};
use crate::cli::matrix::code;
use crate::schema::Cardinality;
use crate::syntax::ast::{
    ActionDecl, AttributeDecl, ChangeKind, Ident, Item, ParentDecl, PermissionRef, SettingDecl, TypeDecl, TypeExpr,
    TypeExprKind,
};
use std::io::{self, Write};

pub(super) fn write(out: &mut impl Write, items: &[&Item]) -> io::Result<()> {
    if items.iter().any(|item| matches!(item, Item::Type(_))) {
        heading(out, 2, "Types")?;
    }
    items.iter().try_for_each(|item| if let Item::Type(ty) = item { one(out, ty) } else { Ok(()) })
}

fn one(out: &mut impl Write, ty: &TypeDecl) -> io::Result<()> {
    heading(out, 3, &code(&ty.name.value))?;
    comment(out, &ty.doc)?;
    list(out, &facts(ty))?;
    let declared = |name: &Ident| ty.attributes.iter().any(|attribute| attribute.name == *name);
    // `unique` declares what is not declared.
    let implied = ty.unique.iter().filter(|name| !declared(name));
    let implied = implied.map(|name| vec![code(&name.value), code("string?"), String::new(), String::new()]);
    let rows: Vec<Vec<String>> = ty.attributes.iter().map(attribute).chain(implied).collect();
    attribute_table(out, "attribute", &rows)?;
    let action = |action: &ActionDecl| vec![code(&action.name.value), brief(&action.doc)];
    table(out, &["action", "description"], &ty.actions.iter().map(action).collect::<Vec<_>>())?;
    let setting = |setting: &SettingDecl| {
        let within = setting.within.as_ref().map(|within| format!(", within {}", code(&within.value)));
        let merge = format!("{}{}", setting.merge.value, within.unwrap_or_default());
        vec![code(&setting.name.value), code(&type_text(&setting.ty)), merge, brief(&setting.doc)]
    };
    let settings: Vec<Vec<String>> = ty.settings.iter().map(setting).collect();
    table(out, &["setting", "type", "put together", "description"], &settings)
}

/// What a type lies in, whom it acts as and what changes of it need.
fn facts(ty: &TypeDecl) -> Vec<String> {
    let mut facts = Vec::new();
    if !ty.parents.is_empty() {
        facts.push(format!("lies in {}", ty.parents.iter().map(parent).collect::<Vec<_>>().join(" and ")));
    }
    facts.extend(ty.acts_as.as_ref().map(|attribute| format!("acts as its {}", code(&attribute.value))));
    facts.extend(ty.unique.iter().map(|name| format!("no two beside each other have the same {}", code(&name.value))));
    for change in &ty.changes {
        let done = match change.kind.value {
            ChangeKind::Create => "created",
            ChangeKind::Delete => "deleted",
            ChangeKind::Set => "changed",
            ChangeKind::Move => "moved",
            ChangeKind::Link => "linked to policies, and given settings,",
            ChangeKind::CustomRoles => "custom roles composed",
        };
        facts.push(format!("{done} by whoever has {}", any(change.by.iter().map(permission))));
    }
    facts
}

fn parent(parent: &ParentDecl) -> String {
    let name = code(&parent.type_name.value);
    match parent.cardinality {
        Cardinality::One => format!("one {name}"),
        Cardinality::Optional => format!("at most one {name}"),
        Cardinality::Many => format!("any number of {name}"),
    }
}

/// A table of attributes, or of what the context holds.
pub(super) fn attributes(out: &mut impl Write, what: &str, attributes: &[AttributeDecl]) -> io::Result<()> {
    attribute_table(out, what, &attributes.iter().map(attribute).collect::<Vec<_>>())
}

fn attribute_table(out: &mut impl Write, what: &str, rows: &[Vec<String>]) -> io::Result<()> {
    table(out, &[what, "type", "default", "description"], rows)
}

fn attribute(attribute: &AttributeDecl) -> Vec<String> {
    let default = attribute.default.as_ref().map(|literal| code(&literal.value.to_string()));
    let (name, ty) = (code(&attribute.name.value), code(&type_text(&attribute.ty)));
    vec![name, ty, default.unwrap_or_default(), brief(&attribute.doc)]
}

/// A type as policy text.
fn type_text(ty: &TypeExpr) -> String {
    let kind = match &ty.kind.value {
        TypeExprKind::Named(name) => name.clone(),
        TypeExprKind::Enum(words) => {
            words.iter().map(|word| format!("\"{}\"", word.value)).collect::<Vec<_>>().join(" | ")
        }
        TypeExprKind::Set(of) => format!("set<{}>", type_text(of)),
    };
    if ty.optional { format!("{kind}?") } else { kind }
}

/// A permission as policy text.
pub(super) fn permission(permission: &PermissionRef) -> String {
    format!("{}.{}", permission.type_name.value, permission.action.value)
}
