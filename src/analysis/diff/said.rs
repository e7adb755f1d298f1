//! What one side says of a permission: as a formula over all facts, and as what it comes to in one request.

use crate::analysis::condition::{Conditions, Formula, Occasion, Truths};
use crate::analysis::matrix::grants_of;
use crate::compile::{CompiledPolicy, Effect, Grant, NodeId, Owner};
use crate::decide::{Query, Request, Snapshot, Truth, Variables, World};
use crate::directory::EntityId;
use crate::schema::{PermissionId, Reach, RoleId, TypeId};

/// Ways from a role to others that it implies; of a role with more nothing is read.
const WAYS: usize = 64;

/// More rules of one permission are not read together: those alone are that the other side does not have.
const RULES: usize = 64;

/// Statements of one permission that hold together.
pub(super) struct Said<'s> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) permission: PermissionId,
    /// The role whose statements they are, and the type that it is held on.
    pub(super) role: Option<RoleId>,
    scope: Option<TypeId>,
    pub(super) tells: Tells,
    parts: Vec<Part>,
    /// What is read of the parts, where that is less than all.
    apart: Option<Vec<Part>>,
    /// The rules that deny the same beside them.
    denied: Vec<Grant>,
}

/// What statements tell by holding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tells {
    /// That something is allowed: where any allow holds, and no deny among them.
    Allowed,
    /// That something is denied: where any deny holds.
    Denied,
    /// The same of a guardrail, which denies only where its org policy is linked.
    Guarded,
    /// That a role counts, or implies another: there is nothing but a condition.
    Holds,
}

/// Statements that stand together, in a rule, in a role, or in one that it implies.
struct Part {
    /// What is to hold besides, in order.
    guards: Vec<Guard>,
    grants: Vec<Grant>,
}

#[derive(Clone, Copy)]
enum Guard {
    /// The role counts where it is held.
    Counts(NodeId),
    /// A condition holds.
    Holds(NodeId),
    /// Another role is implied on an entity of a type, at or above the resource. All guards behind it are held against that.
    Implied { on: TypeId, when: Option<NodeId> },
}

impl<'s> Said<'s> {
    /// All rules, or all guardrails of an org policy, that go one way. Where they are many, those `apart` are read, and
    /// the others, which the other side has, too, are not.
    pub(super) fn by_rules(
        snapshot: &'s Snapshot,
        permission: PermissionId,
        owner: Owner,
        effect: Effect,
        mut apart: impl FnMut(&Grant) -> bool,
    ) -> Self {
        let of = |effect: Effect| {
            let mut grants = grants_of(snapshot.policy(), owner, permission);
            grants.retain(|grant| grant.effect == effect);
            grants
        };
        let grants = of(effect);
        let read = grants.iter().filter(|grant| apart(grant)).copied().collect();
        let apart = (grants.len() > RULES).then(|| vec![Part { guards: Vec::new(), grants: read }]);
        let tells = match (owner, effect) {
            (_, Effect::Allow) => Tells::Allowed,
            (Owner::Policy(_), Effect::Deny) => Tells::Guarded,
            (_, Effect::Deny) => Tells::Denied,
        };
        let denied = if tells == Tells::Allowed { of(Effect::Deny) } else { Vec::new() };
        let parts = vec![Part { guards: Vec::new(), grants }];
        Self { apart, denied: few(denied), ..Self::new(snapshot, permission, None, tells, parts) }
    }

    /// What a role allows or denies, by itself.
    pub(super) fn by_role(snapshot: &'s Snapshot, permission: PermissionId, role: RoleId, effect: Effect) -> Self {
        let policy = snapshot.policy();
        let grants = policy.role(role).grants_of(permission).iter().filter(|grant| grant.effect == effect);
        let grants = grants.copied().collect();
        let tells = if effect == Effect::Allow { Tells::Allowed } else { Tells::Denied };
        let guards = policy.role(role).when.map(Guard::Counts).into_iter().collect();
        let denied = few(policy.rules_of(permission, Effect::Deny).all().to_vec());
        let parts = vec![Part { guards, grants }];
        Self { denied, ..Self::new(snapshot, permission, Some(role), tells, parts) }
    }

    fn new(
        snapshot: &'s Snapshot,
        permission: PermissionId,
        role: Option<RoleId>,
        tells: Tells,
        parts: Vec<Part>,
    ) -> Self {
        let scope = role.and_then(|role| snapshot.policy().schema().roles.get(role)).map(|info| info.ty);
        Self { snapshot, permission, role, scope, tells, parts, apart: None, denied: Vec::new() }
    }

    /// All that a role says, by itself and by what it implies; nothing where that is more than can be read.
    pub(super) fn by_holding(snapshot: &'s Snapshot, permission: PermissionId, held: RoleId) -> Option<Self> {
        let policy = snapshot.policy();
        let scope = policy.schema().roles.get(held)?.ty;
        let resource = policy.schema().permissions.get(permission)?.ty;
        let mut parts = Vec::new();
        let mut open = vec![(held, Vec::new(), vec![scope])];
        let mut ways = 0;
        while let Some((role, mut guards, types)) = open.pop() {
            ways += 1;
            if ways > WAYS {
                return None;
            }
            let compiled = policy.role(role);
            guards.extend(compiled.when.map(Guard::Counts));
            for implied in &*compiled.implies {
                let leads = policy.role(implied.role);
                if leads.grants_of(permission).is_empty() && !leads.may_lead_to_permission(permission) {
                    continue;
                }
                let on = policy.schema().roles.get(implied.role)?.ty;
                let reach = policy.schema().reach(resource, on);
                if reach == Reach::Never && on != resource {
                    continue;
                }
                // Two entities of one type could be another, and a denial may hold on one while an allow does on another.
                if types.contains(&on) || reach == Reach::Many && denies(policy, implied.role, permission) {
                    return None;
                }
                let mut further = guards.clone();
                further.push(Guard::Implied { on, when: implied.when });
                open.push((implied.role, further, types.iter().copied().chain([on]).collect()));
            }
            let grants = compiled.grants_of(permission).to_vec();
            if !grants.is_empty() {
                parts.push(Part { guards, grants });
            }
        }
        let denied = few(policy.rules_of(permission, Effect::Deny).all().to_vec());
        Some(Self { denied, ..Self::new(snapshot, permission, Some(held), Tells::Allowed, parts) })
    }

    /// The same with all rules beside it: what whoever holds the role may do. Nothing where they are too many.
    pub(super) fn with_rules(mut self) -> Option<Self> {
        let grants = grants_of(self.snapshot.policy(), Owner::Rule, self.permission);
        if grants.len() > RULES {
            return None;
        }
        self.parts.push(Part { guards: Vec::new(), grants });
        Some(self)
    }

    /// Whether any statement goes this way.
    pub(super) fn has(&self, effect: Effect) -> bool {
        self.parts.iter().flat_map(|part| &part.grants).any(|grant| grant.effect == effect)
    }

    /// A condition under which a role on a type counts, or implies another on a type below, as if it were a statement of any
    /// permission of that; nothing where that has none, so that nothing can be asked there.
    pub(super) fn bare(snapshot: &'s Snapshot, scope: TypeId, below: TypeId, when: Option<NodeId>) -> Option<Self> {
        let permission = snapshot.policy().schema().types.get(below)?.permissions.clone().next().map(PermissionId)?;
        let parts = vec![Part { guards: when.map(Guard::Holds).into_iter().collect(), grants: Vec::new() }];
        Some(Self { scope: Some(scope), ..Self::new(snapshot, permission, None, Tells::Holds, parts) })
    }

    pub(super) fn formula(&self, conditions: &mut Conditions<'s>, occasion: Occasion) -> Formula {
        let read = self.apart.as_ref().unwrap_or(&self.parts);
        let mut of = |effect: Effect| {
            let mut parts = Vec::with_capacity(read.len());
            for part in read {
                let grants = part.grants.iter().filter(|grant| grant.effect == effect);
                let programs: Vec<Option<NodeId>> = grants.map(|grant| grant.condition).collect();
                if !programs.is_empty() {
                    parts.push(self.part(part, &programs, conditions, occasion));
                }
            }
            Formula::any(parts)
        };
        match self.tells {
            Tells::Allowed => {
                let (allows, denies) = (of(Effect::Allow), of(Effect::Deny));
                Formula::all([allows, denies.negated()])
            }
            Tells::Denied | Tells::Guarded => of(Effect::Deny),
            Tells::Holds => {
                let parts: Vec<Formula> =
                    read.iter().map(|part| self.part(part, &[None], conditions, occasion)).collect();
                Formula::any(parts)
            }
        }
    }

    /// Where no rule denies beside these statements, so that they make the difference.
    pub(super) fn undenied(&self, conditions: &mut Conditions<'s>, occasion: Occasion) -> Formula {
        let programs: Vec<Option<NodeId>> = self.denied.iter().map(|grant| grant.condition).collect();
        if programs.is_empty() {
            return Formula::TRUE;
        }
        let rules = Part { guards: Vec::new(), grants: Vec::new() };
        self.part(&rules, &programs, conditions, occasion).negated()
    }

    /// The truths under which they count.
    pub(super) const fn counts(&self) -> Truths {
        match self.tells {
            Tells::Allowed | Tells::Holds => Truths::TRUE,
            Tells::Denied | Tells::Guarded => Truths::NOT_FALSE,
        }
    }

    /// Any of some conditions of a part, with all that is to hold besides.
    fn part(
        &self,
        part: &Part,
        programs: &[Option<NodeId>],
        conditions: &mut Conditions<'s>,
        occasion: Occasion,
    ) -> Formula {
        let policy = self.snapshot.policy();
        let mut occasion = occasion;
        let mut all = Vec::with_capacity(part.guards.len() + 1);
        for &guard in &part.guards {
            match guard {
                Guard::Counts(when) => {
                    let on_scope = occasion.scope.map_or(occasion, |scope| occasion.implying_on(scope));
                    all.push(conditions.read(policy, when, on_scope));
                }
                Guard::Holds(when) => all.push(conditions.read(policy, when, occasion)),
                Guard::Implied { on, when } => {
                    let inside = conditions.is_inside(policy, on, occasion);
                    let when = when.map(|when| conditions.read(policy, when, occasion.implying_on(on)));
                    all.push(Formula::all(std::iter::once(inside).chain(when)).certain());
                    occasion = occasion.from(on);
                }
            }
        }
        let read = |program: &Option<NodeId>| {
            program.map_or(Formula::TRUE, |program| conditions.read(policy, program, occasion))
        };
        let any: Vec<Formula> = programs.iter().map(read).collect();
        all.push(Formula::any(any));
        Formula::all(all)
    }

    /// The occasions that together are this permission's.
    pub(super) fn occasions(&self) -> Vec<Occasion> {
        let policy = self.snapshot.policy();
        let occasion = match self.scope {
            Some(scope) => Occasion::in_role(policy, scope, self.permission),
            None => Occasion::of_permission(policy, self.permission),
        };
        let grants = self.parts.iter().flat_map(|part| &part.grants).chain(&self.denied);
        let grants = grants.filter_map(|grant| grant.condition);
        let guards = self.parts.iter().flat_map(|part| &part.guards).filter_map(|guard| match *guard {
            Guard::Counts(when) | Guard::Holds(when) => Some(when),
            Guard::Implied { when, .. } => when,
        });
        let programs: Vec<NodeId> = grants.chain(guards).collect();
        occasion.each(policy, &programs)
    }

    /// What is said comes to in a request under a directory; of a role, wherever it could be held.
    pub(super) fn truth(&self, snapshot: &Snapshot, query: &Query) -> Option<Truth> {
        let request = Request::resolve(snapshot, query).ok()?;
        let world = World::new(snapshot, &request);
        let tried = Tried { world, subject: world.subject()?, resource: request.resource };
        match self.scope {
            None => Some(self.come(&tried, None)),
            Some(ty) => {
                let scopes = world.facts.upwards_of(request.resource, ty);
                scopes.map(|scope| self.come(&tried, Some(scope))).max()
            }
        }
    }

    /// Whether whoever asks holds the role whose statements they are where it reaches what is asked about.
    pub(super) fn is_held(&self, snapshot: &Snapshot, query: &Query) -> bool {
        let Some((role, ty)) = self.role.zip(self.scope) else { return true };
        let Ok(request) = Request::resolve(snapshot, query) else { return false };
        let world = World::new(snapshot, &request);
        let Some(subject) = world.subject() else { return false };
        let mut scopes = world.facts.upwards_of(request.resource, ty);
        scopes.any(|scope| world.holds_any(subject, Some(&[role]), scope) != Truth::False)
    }

    fn come(&self, tried: &Tried<'_>, scope: Option<EntityId>) -> Truth {
        let of = |effect: Option<Effect>| {
            let parts = self.parts.iter().map(|part| tried.part(part, &part.guards, effect, scope));
            parts.max().unwrap_or(Truth::False)
        };
        match self.tells {
            Tells::Holds => of(None),
            Tells::Allowed => of(Some(Effect::Allow)).and(!of(Some(Effect::Deny))),
            Tells::Denied | Tells::Guarded => of(Some(Effect::Deny)),
        }
    }
}

/// Rules, where they are few enough to be read.
fn few(rules: Vec<Grant>) -> Vec<Grant> {
    if rules.len() > RULES { Vec::new() } else { rules }
}

/// Whether a role, or one that it implies, denies a permission.
fn denies(policy: &CompiledPolicy, role: RoleId, permission: PermissionId) -> bool {
    let mut open = vec![role];
    let mut seen = Vec::new();
    while let Some(role) = open.pop() {
        if seen.contains(&role) {
            continue;
        }
        seen.push(role);
        let compiled = policy.role(role);
        if compiled.grants_of(permission).iter().any(|grant| grant.effect == Effect::Deny) {
            return true;
        }
        open.extend(compiled.implies.iter().map(|implied| implied.role));
    }
    false
}

/// A request that is tried.
struct Tried<'w> {
    world: World<'w>,
    subject: EntityId,
    resource: EntityId,
}

impl Tried<'_> {
    /// What the statements of a part come to that go one way; of none, what is to hold besides.
    fn part(&self, part: &Part, guards: &[Guard], effect: Option<Effect>, scope: Option<EntityId>) -> Truth {
        let facts = self.world.facts;
        let variables = Variables { subject: self.subject, resource: self.resource, scope };
        match guards.split_first() {
            None => {
                let Some(effect) = effect else { return Truth::True };
                let grants = part.grants.iter().filter(|grant| grant.effect == effect);
                grants.map(|grant| self.world.holds(grant.condition, variables)).max().unwrap_or(Truth::False)
            }
            Some((&Guard::Counts(when), rest)) => {
                let on_scope = scope.map_or(variables, |scope| Variables::of_role(self.subject, scope));
                self.world.truth(when, on_scope).and(self.part(part, rest, effect, scope))
            }
            Some((&Guard::Holds(when), rest)) => {
                self.world.truth(when, variables).and(self.part(part, rest, effect, scope))
            }
            Some((&Guard::Implied { on, when }, rest)) => {
                let below = |entity: &EntityId| scope.is_some_and(|scope| facts.is_above(scope, *entity));
                let implied = facts.upwards_of(self.resource, on).filter(below);
                let implied = implied.filter(|&entity| {
                    self.world.holds(when, Variables { resource: entity, ..variables }) == Truth::True
                });
                implied.map(|entity| self.part(part, rest, effect, Some(entity))).max().unwrap_or(Truth::False)
            }
        }
    }
}
