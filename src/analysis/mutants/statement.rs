//! Allows and denies said otherwise.

use super::{Change, Known, MutantKind, Target, conditions};
use crate::schema::{PermissionId, Schema};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{ActionPart, Effect, Expr, ExprKind, LiteralKind, Pattern, Statement, TypePart};

/// The changes of a rule that stands on its own.
pub(super) fn rule(rule: &Statement, known: Known<'_>, add: &mut dyn FnMut(Change<Statement>)) {
    dropped(rule, known, add);
    flipped(rule, None, known, add);
    clauses(rule, add);
}

/// The changes of a deny in an org policy, where nothing is allowed.
pub(super) fn guardrail(rule: &Statement, known: Known<'_>, add: &mut dyn FnMut(Change<Statement>)) {
    dropped(rule, known, add);
    clauses(rule, add);
}

/// The changes of a statement in a role.
pub(super) fn in_role(role: &str, statement: &Statement, known: Known<'_>, add: &mut dyn FnMut(Change<Statement>)) {
    let permissions = known.permissions(place(statement));
    for &dropped in &permissions {
        let name = known.schema.permission_name(dropped);
        let verb = verb(statement.effect.value);
        let left: Vec<PermissionId> = permissions.iter().copied().filter(|&other| other != dropped).collect();
        let may = if statement.effect.value == Effect::Allow { "may" } else { "may not" };
        add(Change {
            kind: MutantKind::DropGrant,
            place: place_of(statement, dropped, known),
            text: format!("drop `{name}` from what `{role}` {verb}"),
            advice: format!("test that somebody who holds `{role}` {may} `{name}`, where nothing else says so"),
            target: Target::Grant(place(statement), dropped),
            with: (!left.is_empty())
                .then(|| Statement { patterns: patterns(&left, statement, known), ..statement.clone() }),
        });
    }
    flipped(statement, Some(role), known, add);
    clauses(statement, add);
}

/// An allow of a permission that never counts.
pub(super) fn never_allowed(permission: PermissionId, place: Span, schema: &Schema) -> Option<Statement> {
    Some(Statement {
        doc: None,
        effect: Spanned::new(Effect::Allow, place),
        patterns: vec![pattern(permission, place, schema)?],
        within: None,
        to: Vec::new(),
        when: Some(Expr::new(ExprKind::Literal(LiteralKind::Bool(false)), place)),
        unless: None,
        because: None,
    })
}

/// From the keyword to the end of the last pattern, as the compiled policy knows it.
fn place(statement: &Statement) -> Span {
    let end = statement.patterns.last().map_or(statement.effect.span, Pattern::span);
    statement.effect.span.to(end)
}

/// The first pattern that matches a permission; where one names it, that one.
fn place_of(statement: &Statement, permission: PermissionId, known: Known<'_>) -> Span {
    let name = known.schema.permission_name(permission);
    let (of_type, action) = name.split_once('.').unwrap_or((&name, ""));
    let matches = |pattern: &&Pattern| {
        let ty = match &pattern.types {
            TypePart::Any => true,
            TypePart::One(ty) => ty.value == of_type,
        };
        let verb = match &pattern.actions {
            ActionPart::Any => true,
            ActionPart::These(these) => these.iter().any(|these| these.value == action),
        };
        ty && verb
    };
    statement.patterns.iter().find(matches).map_or_else(|| place(statement), Pattern::span)
}

/// Patterns that stand for these permissions alone.
fn patterns(permissions: &[PermissionId], statement: &Statement, known: Known<'_>) -> Vec<Pattern> {
    let at = place(statement);
    permissions.iter().filter_map(|&permission| pattern(permission, at, known.schema)).collect()
}

fn pattern(permission: PermissionId, at: Span, schema: &Schema) -> Option<Pattern> {
    let name = schema.permission_name(permission);
    let (ty, action) = name.split_once('.')?;
    let types = TypePart::One(Spanned::new(ty.to_owned(), at));
    let actions = ActionPart::These(vec![Spanned::new(action.to_owned(), at)]);
    Some(Pattern { types, actions, text: Spanned::new((), at) })
}

fn dropped(rule: &Statement, known: Known<'_>, add: &mut dyn FnMut(Change<Statement>)) {
    let (verb, names) = (verb(rule.effect.value), names(&known.permissions(place(rule)), known));
    let alone =
        if rule.effect.value == Effect::Allow { "only this rule allows" } else { "all but this rule would allow" };
    add(Change {
        kind: MutantKind::DropRule,
        place: place(rule),
        text: format!("drop the rule that {verb} {names}"),
        advice: format!("test a case that {alone}"),
        target: Target::Rule(place(rule)),
        with: None,
    });
}

fn flipped(statement: &Statement, role: Option<&str>, known: Known<'_>, add: &mut dyn FnMut(Change<Statement>)) {
    let (effect, word) = match statement.effect.value {
        Effect::Allow => (Effect::Deny, "deny"),
        Effect::Deny => (Effect::Allow, "allow"),
    };
    let names = names(&known.permissions(place(statement)), known);
    let owner = role.map_or_else(|| String::from("the rule"), |role| format!("`{role}`"));
    add(Change {
        kind: MutantKind::Flip,
        place: place(statement),
        text: format!("have {owner} {word} {names}"),
        advice: String::from("test a case that this statement decides"),
        target: if role.is_some() { Target::Any } else { Target::Rule(place(statement)) },
        with: Some(Statement {
            effect: Spanned::new(effect, statement.effect.span),
            // Only a denial gives a reason.
            because: None,
            ..statement.clone()
        }),
    });
}

/// The changes of what a statement is about and of its conditions.
fn clauses(statement: &Statement, add: &mut dyn FnMut(Change<Statement>)) {
    if let Some(within) = &statement.within {
        add(Change {
            kind: MutantKind::DropCondition,
            place: within.span,
            text: format!("drop `within {}`", within.value),
            advice: format!("test a case on something that lies in no `{}`", within.value),
            target: Target::Any,
            with: Some(Statement { within: None, ..statement.clone() }),
        });
    }
    if let Some(first) = statement.to.first() {
        let types: Vec<&str> = statement.to.iter().map(|ty| ty.value.as_str()).collect();
        add(Change {
            kind: MutantKind::DropCondition,
            place: first.span,
            text: format!("drop `to {}`", types.join(", ")),
            advice: format!("test a case of a subject of another type than {}", types.join(", ")),
            target: Target::Any,
            with: Some(Statement { to: Vec::new(), ..statement.clone() }),
        });
    }
    if let Some(when) = &statement.when {
        conditions::of("when", when, &mut |change| {
            add(change.map_all(|when| Some(Statement { when, ..statement.clone() })));
        });
    }
    if let Some(unless) = &statement.unless {
        conditions::of("unless", unless, &mut |change| {
            add(change.map_all(|unless| Some(Statement { unless, ..statement.clone() })));
        });
    }
}

const fn verb(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "allows",
        Effect::Deny => "denies",
    }
}

/// The names of permissions, the first few where they are many.
fn names(permissions: &[PermissionId], known: Known<'_>) -> String {
    const SHOWN: usize = 4;
    let name = |&permission: &PermissionId| format!("`{}`", known.schema.permission_name(permission));
    let shown: Vec<String> = permissions.iter().take(SHOWN).map(name).collect();
    match permissions.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
