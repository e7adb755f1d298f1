//! Declarations said otherwise: roles, org policies, settings, and who may make changes.

use super::{Change, Known, MutantKind, Target, conditions, statement, with, without};
use crate::schema::MergeWord;
use crate::source::{Span, Spanned};
use crate::syntax::ast::{
    AssignedBy, ChangeKind, ChangeRule, Implication, Item, Open, PermissionRef, PolicyDecl, RoleDecl, RoleItem,
    SettingDecl, TypeDecl,
};

/// The changes of a role.
pub(super) fn role(role: &RoleDecl, known: Known<'_>, add: &mut impl FnMut(Change)) {
    let name = role.name.text();
    let mut role_change = |change: Change<RoleDecl>| add(change.map(Item::Role));
    for (at, base) in role.extends.iter().enumerate() {
        let base_name = base.text();
        role_change(Change {
            kind: MutantKind::DropExtends,
            place: base.span(),
            text: format!("drop `extends {base_name}` from `{name}`"),
            advice: format!(
                "test that somebody who holds `{name}` may what only `{base_name}` allows, or counts as `{base_name}` where \
                 it is asked for: by `requires`, by `has`, as a member of `…#{}`",
                base.name.value
            ),
            target: Target::Any,
            with: Some(RoleDecl { extends: without(&role.extends, at), ..role.clone() }),
        });
    }
    for (at, required) in role.requires.iter().enumerate() {
        let required_name = required.text();
        role_change(Change {
            kind: MutantKind::DropRequires,
            place: required.span(),
            text: format!("drop `requires {required_name}` from `{name}`"),
            advice: format!(
                "test that assigning `{name}` to somebody without `{required_name}` is refused (`refused: true`), or that \
                 losing `{required_name}` is losing `{name}`"
            ),
            target: Target::Any,
            with: Some(RoleDecl { requires: without(&role.requires, at), ..role.clone() }),
        });
    }
    if let Some(by) = &role.assigned_by {
        let ty = known.schema.type_named(&role.name.type_name.value);
        assigned(role, by, ty.map_or(Target::Any, Target::Assignments), &mut role_change);
    }
    if let Some(when) = &role.when {
        conditions::of("when", when, &mut |change| {
            role_change(change.map_all(|when| Some(RoleDecl { when, ..role.clone() })));
        });
    }
    if let Open::When(when) = &role.open {
        conditions::of("open when", when, &mut |change| {
            // What looks at it are the roles that extend this one, if there are any.
            let change = Change { target: Target::Any, ..change };
            role_change(
                change.map_all(|when| Some(RoleDecl { open: when.map_or(Open::Always, Open::When), ..role.clone() })),
            );
        });
    }
    for (at, item) in role.body.iter().enumerate() {
        let mut item_change = |change: Change<RoleItem>| {
            role_change(change.map_all(|item| Some(RoleDecl { body: with(&role.body, at, item), ..role.clone() })));
        };
        match item {
            RoleItem::Statement(of_role) => statement::in_role(&name, of_role, known, &mut |change| {
                item_change(change.map(RoleItem::Statement));
            }),
            RoleItem::Implies(implies) => implied(&name, implies, &mut |change| {
                item_change(change.map(RoleItem::Implies));
            }),
            RoleItem::Without(patterns) => {
                for (at, pattern) in patterns.iter().enumerate() {
                    let left = without(patterns, at);
                    item_change(Change {
                        kind: MutantKind::DropWithout,
                        place: pattern.span(),
                        text: format!("have `{name}` keep what it takes off here"),
                        advice: format!("test that somebody who holds `{name}` may not what it takes off its bases"),
                        target: Target::Any,
                        with: (!left.is_empty()).then_some(RoleItem::Without(left)),
                    });
                }
            }
        }
    }
}

/// The changes of who assigns a role.
fn assigned(role: &RoleDecl, by: &AssignedBy, target: Target, add: &mut impl FnMut(Change<RoleDecl>)) {
    let name = role.name.text();
    let place = permissions_place(&by.permissions, role.name.span());
    add(Change {
        kind: MutantKind::DropGuard,
        place,
        text: format!("drop `assigned by` from `{name}`"),
        advice: format!(
            "test a change in which somebody who may no more than that assigns `{name}`: `as: …`, `assign: …`"
        ),
        target,
        with: Some(RoleDecl { assigned_by: None, ..role.clone() }),
    });
    // What grants nothing is covered by everybody.
    if !by.freely && role.extends.is_empty() && role.body.is_empty() {
        return;
    }
    let (text, advice) = if by.freely {
        (
            format!("drop `freely` from `{name}`"),
            format!("test a change in which somebody assigns `{name}` who is not granted all that it grants"),
        )
    } else {
        (
            format!("have `{name}` be assigned freely"),
            format!(
                "test that `{name}` is refused (`refused: true`) where whoever assigns it is not granted all that it grants"
            ),
        )
    };
    let freely = AssignedBy { freely: !by.freely, ..by.clone() };
    add(Change {
        kind: MutantKind::Freely,
        place,
        text,
        advice,
        target,
        with: Some(RoleDecl { assigned_by: Some(freely), ..role.clone() }),
    });
}

/// The changes of what a role implies.
fn implied(name: &str, implies: &Implication, add: &mut dyn FnMut(Change<Implication>)) {
    for (at, role) in implies.roles.iter().enumerate() {
        let left = without(&implies.roles, at);
        let implied = role.text();
        add(Change {
            kind: MutantKind::DropImplies,
            place: role.span(),
            text: format!("drop `implies {implied}` from `{name}`"),
            advice: format!("test that somebody who holds `{name}` may what `{implied}` allows"),
            target: Target::Implied(role.span()),
            with: (!left.is_empty()).then(|| Implication { roles: left, ..implies.clone() }),
        });
    }
    if let Some(when) = &implies.when {
        conditions::of("when", when, &mut |change| {
            add(change.map_all(|when| Some(Implication { when, ..implies.clone() })));
        });
    }
}

/// The changes of an org policy.
pub(super) fn policy(policy: &PolicyDecl, known: Known<'_>, add: &mut impl FnMut(Change)) {
    for (at, given) in policy.settings.iter().enumerate() {
        add(Change {
            kind: MutantKind::DropValue,
            place: given.name.span.to(given.value.span),
            text: format!("drop `{}` from policy `{}`", given.name.value, policy.name.value),
            advice: format!(
                "expect `{}` of something that the policy is linked to: `settings of …: {{ {}: … }}`",
                given.name.value, given.name.value
            ),
            target: Target::Any,
            with: Some(Item::Policy(PolicyDecl { settings: without(&policy.settings, at), ..policy.clone() })),
        });
    }
    for (at, rule) in policy.rules.iter().enumerate() {
        statement::guardrail(rule, known, &mut |change| {
            add(change.map_all(|rule| {
                Some(Item::Policy(PolicyDecl { rules: with(&policy.rules, at, rule), ..policy.clone() }))
            }));
        });
    }
}

/// The changes of a type: how its settings combine, and who may change what.
pub(super) fn type_decl(ty: &TypeDecl, known: Known<'_>, add: &mut impl FnMut(Change)) {
    for (at, setting) in ty.settings.iter().enumerate() {
        let name = &setting.name.value;
        let mut setting_change = |place: Span, text: String, advice: String, new: SettingDecl| {
            add(Change {
                kind: MutantKind::Setting,
                place,
                text,
                advice,
                target: Target::Any,
                with: Some(Item::Type(TypeDecl { settings: with(&ty.settings, at, Some(new)), ..ty.clone() })),
            });
        };
        let other = opposite(setting.merge.value);
        let merge = Spanned::new(other, setting.merge.span);
        let text = format!("merge `{name}` by `{other}` instead of `{}`", setting.merge.value);
        let advice = format!(
            "expect `{name}` of something that gets values of it from two places: `settings of …: {{ {name}: … }}`"
        );
        setting_change(setting.merge.span, text, advice, SettingDecl { merge, ..setting.clone() });
        if let Some(within) = &setting.within {
            let text = format!("drop `within {}` from `{name}`", within.value);
            let advice = format!(
                "test that giving `{name}` a value outside of `{}` is refused (`refused: true`), or expect what is left of \
                 it: `settings of …: {{ {name}: … }}`",
                within.value
            );
            setting_change(within.span, text, advice, SettingDecl { within: None, ..setting.clone() });
        }
    }
    let ty_id = known.schema.type_named(&ty.name.value);
    for (at, rule) in ty.changes.iter().enumerate() {
        if rule.kind.value == ChangeKind::Set && !known.has_values(&ty.name.value) {
            continue;
        }
        let kind = rule.kind.value.as_str();
        let reached = match (rule.kind.value, ty.parents.as_slice()) {
            (ChangeKind::Create, [_, ..]) => {
                let parents = ty.parents.iter().map(|parent| format!("`{}`", parent.type_name.value));
                format!("the {} that it is created in", parents.collect::<Vec<_>>().join(" or "))
            }
            _ => format!("an entity of type `{}`", ty.name.value),
        };
        add(Change {
            kind: MutantKind::DropGuard,
            place: change_place(rule),
            text: format!("drop `{kind} by` from `{}`", ty.name.value),
            advice: format!(
                "test a change that somebody may make by that alone (`as: …`): without it, every permission is needed that \
                 can be reached from {reached}"
            ),
            target: ty_id.map_or(Target::Any, |ty| Target::Changes(rule.kind.value, ty)),
            with: Some(Item::Type(TypeDecl { changes: without(&ty.changes, at), ..ty.clone() })),
        });
    }
}

impl Known<'_> {
    /// Whether there is anything to set on entities of a type.
    fn has_values(&self, name: &str) -> bool {
        self.schema.type_named(name).is_some_and(|ty| {
            let attributes = self.schema.types.get(ty).is_some_and(|info| !info.attributes.is_empty());
            attributes || self.schema.settings.ids().any(|setting| self.schema.may_give(ty, setting))
        })
    }
}

fn change_place(rule: &ChangeRule) -> Span {
    permissions_place(&rule.by, rule.kind.span)
}

fn permissions_place(permissions: &[PermissionRef], otherwise: Span) -> Span {
    match (permissions.first(), permissions.last()) {
        (Some(first), Some(last)) => first.span().to(last.span()),
        _ => otherwise,
    }
}

const fn opposite(merge: MergeWord) -> MergeWord {
    match merge {
        MergeWord::Overrides => MergeWord::Locks,
        MergeWord::Locks => MergeWord::Overrides,
        MergeWord::Narrows => MergeWord::Widens,
        MergeWord::Widens => MergeWord::Narrows,
        MergeWord::AtMost => MergeWord::AtLeast,
        MergeWord::AtLeast => MergeWord::AtMost,
    }
}
