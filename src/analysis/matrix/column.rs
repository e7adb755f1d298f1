//! One role's cells.

use super::clauses::{self, ClauseId, Clauses, Reduced};
use super::ways::{self, Way};
use super::{Cell, Origin, RoleGrant, TooManyWays};
use crate::compile::{CompiledPolicy, Effect, Grant, ImplicationId, Owner, StatementId};
use crate::schema::{PermissionId, RoleId, TypeId};
use crate::source::Span;
use crate::syntax::ast::Expr;

/// A role with all the ways by which it grants and denies.
pub(super) struct Column<'p> {
    policy: &'p CompiledPolicy,
    role: RoleId,
    /// Where the role counts at all.
    whens: Vec<ClauseId>,
    ways: Vec<Way>,
}

/// Conditions that hold together, each with its text.
pub(super) type All = Vec<(String, Expr)>;

impl<'p> Column<'p> {
    pub(super) fn new(
        policy: &'p CompiledPolicy,
        role: RoleId,
        clauses: &mut Clauses<'_>,
    ) -> Result<Self, TooManyWays> {
        let whens = ways::whens(policy, role, None, clauses);
        Ok(Self { policy, role, whens, ways: ways::ways(policy, role, clauses)? })
    }

    pub(super) fn cell(&self, permission: PermissionId, clauses: &mut Clauses<'_>) -> Cell {
        let Some(resource) = self.policy.schema().permissions.get(permission).map(|info| info.ty) else {
            let grant = RoleGrant::No;
            return Cell {
                grant,
                allows: Vec::new(),
                denies: Vec::new(),
                implications: Vec::new(),
                origins: Vec::new(),
            };
        };
        let mut said = Said::default();
        for way in &self.ways {
            let scope = ways::scope_of(self.policy, self.role, way.role);
            for grant in self.policy.role(way.role).grants_of(permission) {
                let mut depends = way.clauses.clone();
                depends.extend(clauses.of_statement(grant.statement, scope));
                if let Some(condition) = all(&depends, resource, clauses) {
                    said.add(grant, condition);
                    said.implied_by.extend(&way.implications);
                    if grant.effect == Effect::Allow {
                        said.origins.push(self.origin(grant.statement, way));
                    }
                }
            }
        }
        let everywhere = rules(self.policy, permission, resource, clauses, &mut said);
        let whens = all(&self.whens, resource, clauses);
        said.origins.sort_unstable();
        said.origins.dedup();
        Cell {
            grant: said.grant(whens, everywhere),
            allows: self.places(said.allowed_by),
            denies: self.places(said.denied_by),
            implications: self.implications(said.implied_by),
            origins: said.origins,
        }
    }

    /// Where a statement comes from that holds by a way.
    fn origin(&self, statement: StatementId, way: &Way) -> Origin {
        if way.role != self.role {
            return Origin::Implied(way.role);
        }
        match self.policy.provenance().statements.get(statement).map(|origin| origin.owner) {
            Some(Owner::Role(base)) if base != self.role => Origin::Extended(base),
            _ => Origin::Own,
        }
    }

    fn implications(&self, mut implications: Vec<ImplicationId>) -> Vec<Span> {
        implications.sort_unstable();
        implications.dedup();
        let origins = implications.iter().filter_map(|&id| self.policy.provenance().implications.get(id));
        origins.map(|origin| origin.span).collect()
    }

    /// The places of statements, each once, in the order of the text.
    fn places(&self, statements: Vec<StatementId>) -> Vec<Span> {
        let origins = statements.iter().filter_map(|&id| self.policy.provenance().statements.get(id));
        let mut places: Vec<Span> = origins.map(|origin| origin.span).collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// Which way the rules decide that hold for this permission without any condition.
#[derive(Clone, Copy, Default)]
struct Everywhere {
    allowed: bool,
    denied: bool,
}

fn rules(
    policy: &CompiledPolicy,
    permission: PermissionId,
    resource: TypeId,
    clauses: &mut Clauses<'_>,
    said: &mut Said,
) -> Everywhere {
    let mut everywhere = Everywhere::default();
    for grant in policy.rules(permission) {
        if !unconditional(grant, resource, clauses) {
            continue;
        }
        match grant.effect {
            Effect::Allow => {
                everywhere.allowed = true;
                said.allowed_by.push(grant.statement);
                said.origins.push(Origin::Rule);
            }
            Effect::Deny => {
                everywhere.denied = true;
                said.denied_by.push(grant.statement);
            }
        }
    }
    everywhere
}

/// Whether a rule holds for a permission without any condition.
pub(super) fn unconditional(rule: &Grant, resource: TypeId, clauses: &mut Clauses<'_>) -> bool {
    let depends = clauses.of_statement(rule.statement, None);
    all(&depends, resource, clauses).is_some_and(|condition| condition.is_empty())
}

/// Clauses together, for a resource of one type; none where they never hold.
pub(super) fn all(depends: &[ClauseId], resource: TypeId, clauses: &Clauses<'_>) -> Option<All> {
    let mut together: All = Vec::with_capacity(depends.len());
    for &clause in depends {
        match clauses.reduce(clause, resource) {
            Reduced::Always => {}
            Reduced::Never => return None,
            Reduced::Where(expr) => {
                for part in clauses::parts(expr) {
                    let text = part.to_string();
                    if !holds(&together, &text) {
                        together.push((text, part));
                    }
                }
            }
        }
    }
    Some(together)
}

fn holds(all: &All, text: &str) -> bool {
    all.iter().any(|(known, _)| known == text)
}

fn within(outer: &All, inner: &All) -> bool {
    inner.iter().all(|(text, _)| holds(outer, text))
}

/// What a role's statements say of one permission, by the conditions under which they do.
#[derive(Default)]
struct Said {
    allows: Vec<All>,
    denies: Vec<All>,
    allowed_by: Vec<StatementId>,
    denied_by: Vec<StatementId>,
    implied_by: Vec<ImplicationId>,
    origins: Vec<Origin>,
}

impl Said {
    fn add(&mut self, grant: &Grant, condition: All) {
        let (conditions, statements) = match grant.effect {
            Effect::Allow => (&mut self.allows, &mut self.allowed_by),
            Effect::Deny => (&mut self.denies, &mut self.denied_by),
        };
        conditions.push(condition);
        statements.push(grant.statement);
    }

    /// The cell's answer. `whens` is where the role counts at all, which gates its denies as it does its allows.
    fn grant(&self, whens: Option<All>, everywhere: Everywhere) -> RoleGrant {
        // A role that never counts gives what the rules give everybody.
        let counts = whens.is_some();
        let whens = whens.unwrap_or_default();
        let without = |all: &All| -> All { all.iter().filter(|(text, _)| !holds(&whens, text)).cloned().collect() };
        let denies = weakest(if counts { self.denies.iter().map(without).collect() } else { Vec::new() });
        if everywhere.denied {
            return RoleGrant::No;
        }
        if everywhere.allowed {
            return match (denies.is_empty(), denies.iter().any(Vec::is_empty) && whens.is_empty()) {
                (true, _) => RoleGrant::Yes,
                (false, true) => RoleGrant::No,
                (false, false) => {
                    let mut denied = expressions(whens);
                    denied.extend(alternatives(denies));
                    RoleGrant::When(clauses::not(clauses::all(denied)))
                }
            };
        }
        let mut allows = if counts { self.allows.iter().map(without).collect() } else { Vec::new() };
        // Where an allow depends on all that a deny depends on, the deny wins wherever the allow holds.
        allows.retain(|allow| !denies.iter().any(|deny| within(allow, deny)));
        let allows = weakest(allows);
        if allows.is_empty() {
            return RoleGrant::No;
        }
        let mut parts = expressions(whens);
        parts.extend(alternatives(allows));
        parts.extend(alternatives(denies).map(clauses::not));
        if parts.is_empty() { RoleGrant::Yes } else { RoleGrant::When(clauses::all(parts)) }
    }
}

/// The alternatives that no other one makes superfluous, in the order of their texts.
fn weakest(mut alternatives: Vec<All>) -> Vec<All> {
    alternatives.sort_by_cached_key(|all| (all.len(), text(all)));
    let mut kept: Vec<All> = Vec::new();
    for all in alternatives {
        if !kept.iter().any(|other| within(&all, other)) {
            kept.push(all);
        }
    }
    kept.sort_by_cached_key(text);
    kept
}

fn text(all: &All) -> String {
    all.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(" and ")
}

fn expressions(all: All) -> Vec<Expr> {
    all.into_iter().map(|(_, expr)| expr).collect()
}

/// Alternatives, without those that others make superfluous, as one expression.
pub(super) fn any(alternatives_found: Vec<All>) -> Option<Expr> {
    alternatives(weakest(alternatives_found))
}

/// Alternatives as one expression; none where there is no alternative, or one that always holds.
fn alternatives(alternatives: Vec<All>) -> Option<Expr> {
    if alternatives.is_empty() || alternatives.iter().any(Vec::is_empty) {
        return None;
    }
    Some(clauses::any(alternatives.into_iter().map(|all| clauses::all(expressions(all))).collect()))
}
