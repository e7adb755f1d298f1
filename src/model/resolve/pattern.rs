//! Patterns of permissions, spelled out over the types in range.

use super::Resolver;
use crate::diagnostics::{Code, Diagnostic};
use crate::model::{StatementPermission, lookup};
use crate::schema::{PermissionId, TypeId};
use crate::source::Span;
use crate::syntax::ast::{ActionPart, Ident, Pattern, TypePart};

/// How many permissions all patterns of a policy may stand for, taken together. Each takes 16 bytes.
const MAX_SPELLED_OUT: usize = 1 << 23;

/// How many permissions are noted before it is looked which of them are the same.
const REPEATED: usize = 4_096;

/// What is left of [`MAX_SPELLED_OUT`].
#[derive(Clone, Copy, Debug)]
pub(in crate::model) struct PatternBudget {
    left: usize,
    pub(super) exceeded: bool,
}

impl Default for PatternBudget {
    fn default() -> Self {
        Self { left: MAX_SPELLED_OUT, exceeded: false }
    }
}

/// The types that patterns range over.
#[derive(Clone, Debug, Default)]
pub(super) struct Range {
    /// One of these, or contained in one; all types where empty.
    pub(super) scopes: Vec<TypeId>,
    /// Whether a type outside of `scopes` may be named nevertheless, as in a claim that a role cannot do something there.
    pub(super) names_any: bool,
    /// This, or contained in it.
    pub(super) within: Option<TypeId>,
}

/// What patterns stand for.
#[derive(Debug)]
pub(super) struct SpelledOut {
    /// Each permission once, in the order of their ids, with the first pattern that brought it in.
    pub(super) permissions: Vec<StatementPermission>,
    /// The types of the permissions, and those of which an unknown action was named.
    pub(super) types: Vec<TypeId>,
}

impl Resolver<'_, '_> {
    /// The permissions that the patterns stand for, all together.
    pub(super) fn patterns(&mut self, patterns: &[Pattern], range: &Range) -> SpelledOut {
        let mut permissions = Vec::new();
        let mut types = Vec::new();
        let mut most = REPEATED;
        for pattern in patterns {
            let spelled = self.pattern(pattern, range, &mut types).into_iter();
            permissions.extend(spelled.map(|permission| StatementPermission { permission, pattern: pattern.span() }));
            if permissions.len() > most {
                each_once(&mut permissions);
                most = most.max(2 * permissions.len());
            }
        }
        each_once(&mut permissions);
        types.extend(permissions.iter().map(|spelled| self.names.schema.permissions[spelled.permission].ty));
        types.sort_unstable();
        types.dedup();
        SpelledOut { permissions, types }
    }

    /// The permissions that one pattern stands for. Types that it names are noted in `types`.
    pub(super) fn pattern(&mut self, pattern: &Pattern, range: &Range, types: &mut Vec<TypeId>) -> Vec<PermissionId> {
        let permissions = match &pattern.types {
            TypePart::One(name) => self.pattern_of_type(pattern, name, range, types),
            TypePart::Any => self.pattern_of_all(pattern, range),
        };
        if permissions.len() > self.budget.left && !self.budget.exceeded {
            self.budget.exceeded = true;
            self.findings.report(Diagnostic::error(
                Code::LimitExceeded,
                pattern.span(),
                format!("the patterns of this policy stand for more than {MAX_SPELLED_OUT} permissions by now"),
            ));
        }
        self.budget.left = self.budget.left.saturating_sub(permissions.len());
        if self.budget.exceeded { Vec::new() } else { permissions }
    }

    fn pattern_of_type(
        &mut self,
        pattern: &Pattern,
        name: &Ident,
        range: &Range,
        types: &mut Vec<TypeId>,
    ) -> Vec<PermissionId> {
        let names = self.names;
        let Some(ty) = lookup::type_named(names, self.findings, name) else { return Vec::new() };
        types.push(ty);
        if self.out_of_range(pattern.span(), ty, range) {
            return Vec::new();
        }
        let permissions: Vec<PermissionId> = match &pattern.actions {
            ActionPart::These(actions) => {
                actions.iter().filter_map(|action| lookup::action(names, self.findings, ty, action)).collect()
            }
            ActionPart::Any => names.permissions_of(ty).collect(),
        };
        if permissions.is_empty() && matches!(pattern.actions, ActionPart::Any) && !names.types[ty].incomplete {
            self.findings.report(
                Diagnostic::error(
                    Code::PatternWithoutMatch,
                    pattern.span(),
                    format!("`{}` matches nothing: `{}` declares no actions", text(pattern), name.value),
                )
                .label(names.types[ty].decl.name.span, "the type"),
            );
        }
        permissions
    }

    /// Reports a type that patterns here do not range over.
    fn out_of_range(&mut self, span: Span, ty: TypeId, range: &Range) -> bool {
        let names = self.names;
        let bound = !range.scopes.is_empty() && !range.names_any;
        if bound && range.scopes.iter().all(|&scope| names.never_reaches(ty, scope)) {
            let outer: Vec<String> = range.scopes.iter().map(|&scope| names.a_type(scope)).collect();
            self.findings.report(
                Diagnostic::error(
                    Code::UnreachablePermission,
                    span,
                    format!("{} does not lie in {}, so the role cannot reach it", names.a_type(ty), outer.join(" or ")),
                )
                .help("a role reaches the type it is held on and what that contains"),
            );
            return true;
        }
        match range.within {
            Some(within) if names.never_reaches(ty, within) => {
                self.findings.report(Diagnostic::error(
                    Code::PatternWithoutMatch,
                    span,
                    format!(
                        "this matches nothing `within {}`: {}",
                        names.type_name(within),
                        names.lies_not_in(ty, within)
                    ),
                ));
                true
            }
            _ => false,
        }
    }

    fn pattern_of_all(&mut self, pattern: &Pattern, range: &Range) -> Vec<PermissionId> {
        let names = self.names;
        let in_range: Vec<TypeId> = names.types.ids().filter(|&ty| self.in_range(ty, range)).collect();
        let ActionPart::These(actions) = &pattern.actions else {
            let all: Vec<PermissionId> = in_range.iter().flat_map(|&ty| names.permissions_of(ty)).collect();
            if all.is_empty() && !names.any_ancestry_lost() {
                self.findings.report(Diagnostic::error(
                    Code::PatternWithoutMatch,
                    pattern.span(),
                    format!("`{}` matches nothing: no type in range declares an action", text(pattern)),
                ));
            }
            return all;
        };
        let mut permissions = Vec::new();
        for action in actions {
            let before = permissions.len();
            permissions.extend(in_range.iter().filter_map(|&ty| names.permission(ty, &action.value)));
            let unknown = names.any_ancestry_lost() || in_range.iter().any(|&ty| names.types[ty].incomplete);
            if permissions.len() == before && !unknown {
                let candidates = in_range.iter().flat_map(|&ty| names.actions_of(ty));
                let help = self.findings.did_you_mean(&action.value, candidates);
                self.findings.report(
                    Diagnostic::error(
                        Code::PatternWithoutMatch,
                        action.span,
                        format!("no type in range has an action `{}`", action.value),
                    )
                    .maybe_help(help),
                );
            }
        }
        permissions
    }

    fn in_range(&self, ty: TypeId, range: &Range) -> bool {
        use crate::schema::Reach;
        let reaches = |outer: TypeId| self.names.schema.reach(ty, outer) != Reach::Never;
        (range.scopes.is_empty() || range.scopes.iter().any(|&scope| reaches(scope)))
            && range.within.is_none_or(reaches)
    }
}

/// Sorts permissions. Of several patterns that stand for one, the first is its place.
fn each_once(permissions: &mut Vec<StatementPermission>) {
    permissions.sort_by_key(|spelled| spelled.permission);
    permissions.dedup_by_key(|spelled| spelled.permission);
}

/// A pattern as written.
pub(super) fn text(pattern: &Pattern) -> String {
    let types = match &pattern.types {
        TypePart::Any => "*",
        TypePart::One(name) => name.value.as_str(),
    };
    match &pattern.actions {
        ActionPart::Any if matches!(pattern.types, TypePart::Any) => String::from("*"),
        ActionPart::Any => format!("{types}.*"),
        ActionPart::These(actions) => {
            let list: Vec<&str> = actions.iter().map(|action| action.value.as_str()).collect();
            match list.as_slice() {
                [one] => format!("{types}.{one}"),
                _ => format!("{types}.{{{}}}", list.join(", ")),
            }
        }
    }
}
