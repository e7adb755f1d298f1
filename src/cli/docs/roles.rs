//! The roles of a package: where they are held, how they hang together, and what each says.

use super::types::permission;
use super::{any, brief, code, codes, comment, heading, list, prose};
use crate::syntax::ast::{
    ActionPart, Effect, Expr, Item, Open, Pattern, RoleDecl, RoleItem, RoleRef, Statement, TypePart,
};
use std::io::{self, Write};

pub(super) fn write(out: &mut impl Write, items: &[&Item]) -> io::Result<()> {
    if items.iter().any(|item| matches!(item, Item::Role(_))) {
        heading(out, 2, "Roles")?;
    }
    items.iter().try_for_each(|item| if let Item::Role(role) = item { one(out, role) } else { Ok(()) })
}

fn one(out: &mut impl Write, role: &RoleDecl) -> io::Result<()> {
    heading(out, 3, &code(&role.name.text()))?;
    comment(out, &role.doc)?;
    let mut lines = facts(role);
    lines.extend(role.body.iter().map(said));
    list(out, &lines)
}

/// How a role hangs together with others.
fn facts(role: &RoleDecl) -> Vec<String> {
    let mut facts = Vec::new();
    if role.custom {
        let of = role.organization.as_ref();
        let of = of.map(|of| format!(" of {}", code(&format!("{}:{}", of.type_name.value, of.id.value))));
        facts.push(format!("a custom role{}", of.unwrap_or_default()));
    }
    if !role.extends.is_empty() {
        facts.push(format!("extends {}", codes(role.extends.iter().map(RoleRef::text))));
    }
    if !role.requires.is_empty() {
        facts.push(format!("requires {}", codes(role.requires.iter().map(RoleRef::text))));
    }
    if let Some(assigned) = &role.assigned_by {
        let freely = if assigned.freely { "freely " } else { "" };
        facts.push(format!("assigned {freely}by whoever has {}", any(assigned.permissions.iter().map(permission))));
    }
    match &role.open {
        Open::No => {}
        Open::Always => facts.push(String::from("open: custom roles may extend it")),
        Open::When(expr) => facts.push(format!("open: custom roles may extend it{}", clause("when", Some(expr)))),
    }
    facts.extend(role.when.iter().map(|expr| format!("counts{}", clause("when", Some(expr)))));
    facts
}

fn said(item: &RoleItem) -> String {
    match item {
        RoleItem::Statement(statement) => line(statement),
        RoleItem::Implies(implied) => {
            let roles = codes(implied.roles.iter().map(RoleRef::text));
            format!("implies {roles}{}", clause("when", implied.when.as_ref()))
        }
        RoleItem::Without(patterns) => format!("without {}", codes(patterns.iter().map(pattern))),
    }
}

/// A statement in a list, with the words for whoever is refused and the comment above it.
pub(super) fn line(statement: &Statement) -> String {
    let verb = match statement.effect.value {
        Effect::Allow => "allows",
        Effect::Deny => "**denies**",
    };
    let mut line = format!("{verb} {}", codes(statement.patterns.iter().map(pattern)));
    if let Some(within) = &statement.within {
        line.push_str(&format!(" within {}", code(&within.value)));
    }
    if !statement.to.is_empty() {
        line.push_str(&format!(" to {}", codes(statement.to.iter().map(|name| &name.value))));
    }
    line.push_str(&clause("when", statement.when.as_ref()));
    line.push_str(&clause("unless", statement.unless.as_ref()));
    if let Some(because) = &statement.because {
        line.push_str(&format!(", because: {}", prose(&because.value)));
    }
    match brief(&statement.doc).as_str() {
        "" => line,
        doc => format!("{line}  \n  {doc}"),
    }
}

fn clause(word: &str, condition: Option<&Expr>) -> String {
    condition.map_or_else(String::new, |expr| format!(" {word} {}", code(&expr.to_string())))
}

/// A pattern as policy text.
pub(super) fn pattern(pattern: &Pattern) -> String {
    let actions = match &pattern.actions {
        ActionPart::Any => String::from("*"),
        ActionPart::These(actions) => match actions.as_slice() {
            [only] => only.value.clone(),
            several => format!("{{{}}}", several.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(", ")),
        },
    };
    match &pattern.types {
        TypePart::Any if actions == "*" => actions,
        TypePart::Any => format!("*.{actions}"),
        TypePart::One(name) => format!("{}.{actions}", name.value),
    }
}
