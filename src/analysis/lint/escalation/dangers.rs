//! What of a policy may lead up at all, found out once.

use super::super::Examined;
use super::targets::{Brought, WaysTo};
use super::usable::{self, Permitted};
use crate::analysis::condition::{Given, Occasion, Truths};
use crate::compile::{ChangeKind, Clause, CompiledPolicy, Effect, Grant, Node, NodeId, StatementId};
use crate::schema::{PermissionId, RoleId, TypeId, ValueType};
use crate::source::Span;
use fixedbitset::FixedBitSet;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// More statements of one permission are not looked through.
pub(super) const COMPARED: usize = 32;

/// What may lead up.
pub(super) struct Dangers {
    /// Roles that are assigned freely or that rules ask for, and what these require.
    pub(super) targets: Vec<RoleId>,
    /// The same, by what opens a way to each.
    pub(super) ways_to: WaysTo,
    /// Rules that allow something to holders of roles.
    to_holders: Vec<(PermissionId, ToHolders)>,
    /// Open roles that are assigned freely, on which custom roles can be composed.
    pub(super) bases: Vec<RoleId>,
    /// The types of which entities own custom roles, with the permissions by which these are composed.
    pub(super) composing: Vec<(TypeId, Vec<PermissionId>, Span)>,
    /// Keys that act as somebody.
    pub(super) keys: Vec<KeyType>,
    /// Permissions by which something of this is done.
    permissions: FixedBitSet,
    /// Whether a key can be made by whoever has everything around it.
    by_everything: bool,
    /// What rules say of permissions.
    rules: RefCell<FxHashMap<PermissionId, Rc<ByRules>>>,
    /// What roles come to where they count.
    counts: RefCell<FxHashMap<RoleId, Counts>>,
    /// Whether roles deny something always, or imply such as do.
    binding: RefCell<FxHashMap<RoleId, bool>>,
    /// What roles allow that can count.
    pub(super) permitted: RefCell<FxHashMap<RoleId, Rc<[Permitted]>>>,
    /// Roles that are assigned freely in the same way, each with the number of that way.
    pub(super) alike: FxHashMap<RoleId, usize>,
    brought: OnceCell<Brought>,
}

/// A type whose subjects are checked as somebody else.
pub(super) struct KeyType {
    pub(super) ty: TypeId,
    pub(super) owner: TypeId,
    /// The attribute that says whom, wherever a condition asks for that of the resource.
    pub(super) asked: Vec<NodeId>,
}

/// Whether a role counts where it is held.
#[derive(Clone, Debug)]
pub(super) enum Counts {
    Always,
    /// Under conditions, at these places.
    Under(Vec<Span>),
    Never,
}

/// What rules, tied to no role, say of a permission.
#[derive(Default)]
pub(super) struct ByRules {
    /// Whether it is always denied.
    pub(super) denied: bool,
    /// Denials under conditions, where they are few.
    pub(super) denials: Vec<NodeId>,
    /// A rule that allows it to everybody.
    pub(super) everybody: Option<StatementId>,
    /// The conditions under which rules allow it, whatever is held.
    pub(super) under: Vec<NodeId>,
    /// Rules that allow it to who holds one of some roles on the resource or what contains it.
    pub(super) to_holders: Vec<ToHolders>,
}

/// A rule that allows something to who holds one of some roles.
#[derive(Clone)]
pub(super) struct ToHolders {
    pub(super) statement: StatementId,
    pub(super) roles: Vec<RoleId>,
    /// On something of this type.
    pub(super) on: TypeId,
    /// Whether it asks for more besides.
    pub(super) further: bool,
}

impl Dangers {
    pub(super) fn of(examined: &Examined<'_>) -> Self {
        let (policy, schema) = (examined.policy(), examined.schema());
        let guard = |role: RoleId| policy.guards().assignment(role);
        let is_free = |role: RoleId| guard(role).is_some_and(|guard| guard.freely);
        let to_holders = rules_to_holders(examined);
        let gives = |role: RoleId| {
            let counts = |(_, rule): &(PermissionId, ToHolders)| rule.is_met_by(examined, role);
            guard(role).is_some() && to_holders.iter().any(counts)
        };
        let roles = schema.declared_roles().map(|(role, _)| role);
        let mut targets: Vec<RoleId> = roles.filter(|&role| is_free(role) || gives(role)).collect();
        let bases = examined.all_statements().open_roles(schema).filter(|&role| is_free(role)).collect();
        // What these require may be assigned first, and what that requires before it.
        let mut required: FxHashSet<RoleId> = FxHashSet::default();
        let mut at = 0;
        while let Some(&target) = targets.get(at) {
            at += 1;
            let new: Vec<RoleId> =
                policy.role(target).requires.iter().copied().filter(|&role| required.insert(role)).collect();
            if !new.is_empty() {
                let leads = |role: &RoleId| new.iter().any(|&wanted| policy.role(*role).counts_as(wanted));
                let known: FxHashSet<RoleId> = targets.iter().copied().collect();
                let found = schema.declared_roles().map(|(role, _)| role).filter(leads);
                targets.extend(found.filter(|role| !known.contains(role)));
            }
        }
        let ways_to = WaysTo::of(policy, &targets);
        let mut dangers = Self {
            targets,
            ways_to,
            to_holders,
            bases,
            composing: Vec::new(),
            keys: Vec::new(),
            permissions: FixedBitSet::with_capacity(schema.permissions.len()),
            by_everything: false,
            rules: RefCell::default(),
            counts: RefCell::default(),
            binding: RefCell::default(),
            permitted: RefCell::default(),
            alike: FxHashMap::default(),
            brought: OnceCell::new(),
        };
        let mut ways: FxHashMap<(&[PermissionId], &[RoleId]), usize> = FxHashMap::default();
        for &role in dangers.targets.iter().filter(|&&role| policy.role(role).when.is_none()) {
            if let Some(guard) = guard(role).filter(|guard| guard.freely) {
                let number = ways.len();
                let way = *ways.entry((&guard.permissions, &policy.role(role).requires)).or_insert(number);
                dangers.alike.insert(role, way);
            }
        }
        if !dangers.bases.is_empty() {
            dangers.composing = schema
                .types
                .ids()
                .filter_map(|ty| {
                    let guard = policy.guards().change(ty, ChangeKind::CustomRoles)?;
                    Some((ty, guard.permissions.to_vec(), guard.span))
                })
                .collect();
        }
        dangers.keys = keys(examined);
        for &role in dangers.targets.iter().chain(&dangers.bases) {
            guard(role)
                .into_iter()
                .flat_map(|guard| &guard.permissions)
                .for_each(|id| dangers.permissions.insert(id.0 as usize));
        }
        for key in &dangers.keys {
            for kind in [ChangeKind::Create, ChangeKind::Set] {
                match policy.guards().change(key.ty, kind) {
                    Some(guard) => guard.permissions.iter().for_each(|id| dangers.permissions.insert(id.0 as usize)),
                    None => dangers.by_everything |= kind == ChangeKind::Create,
                }
            }
        }
        dangers
    }

    pub(super) fn are_any(&self) -> bool {
        !self.targets.is_empty() || !self.keys.is_empty()
    }

    /// Whether somebody with these roles may do anything that leads up, by what they grant.
    pub(super) fn may_use(&self, examined: &Examined<'_>, roles: impl Iterator<Item = RoleId>) -> bool {
        if self.by_everything {
            return true;
        }
        let policy = examined.policy();
        let by_rule = || {
            self.permissions.ones().any(|id| {
                let rules = self.rules(examined, PermissionId(u32::try_from(id).unwrap_or(u32::MAX)));
                rules.everybody.is_some() || !rules.to_holders.is_empty()
            })
        };
        let mut roles = roles;
        roles.any(|role| {
            let own = policy.role(role).grants.iter().filter(|grant| grant.effect == Effect::Allow);
            own.into_iter().any(|grant| self.permissions.contains(grant.permission.0 as usize))
        }) || by_rule()
    }

    /// What roles bring that somebody may come to hold.
    pub(super) fn brought(&self, examined: &Examined<'_>) -> &Brought {
        self.brought.get_or_init(|| Brought::of(examined, self))
    }

    /// What rules allow to holders of a role.
    pub(super) fn given_to<'d>(
        &'d self,
        examined: &'d Examined<'_>,
        role: RoleId,
    ) -> impl Iterator<Item = (PermissionId, &'d ToHolders)> {
        let of_role = self.to_holders.iter().filter(move |(_, rule)| rule.is_met_by(examined, role));
        of_role.map(|(permission, rule)| (*permission, rule))
    }

    /// What rules say of a permission.
    pub(super) fn rules(&self, examined: &Examined<'_>, permission: PermissionId) -> Rc<ByRules> {
        if let Some(known) = self.rules.borrow().get(&permission) {
            return Rc::clone(known);
        }
        let rules = Rc::new(by_rules(examined, permission));
        self.rules.borrow_mut().insert(permission, Rc::clone(&rules));
        rules
    }

    /// Whether a role, or one that it leads to, always denies something.
    pub(super) fn binds(&self, examined: &Examined<'_>, role: RoleId) -> bool {
        if let Some(&known) = self.binding.borrow().get(&role) {
            return known;
        }
        let policy = examined.policy();
        let binds = with_implied(policy, role).any(|role| policy.role(role).grants.iter().any(denies_always));
        self.binding.borrow_mut().insert(role, binds);
        binds
    }

    /// Whether a role, or one that it leads to, always denies a permission.
    pub(super) fn denies(&self, examined: &Examined<'_>, role: RoleId, permission: PermissionId) -> bool {
        let policy = examined.policy();
        self.binds(examined, role)
            && with_implied(policy, role).any(|role| policy.role(role).grants_of(permission).iter().any(denies_always))
    }

    /// Whether a role counts where it is held.
    pub(super) fn counts(&self, examined: &Examined<'_>, role: RoleId) -> Counts {
        if let Some(known) = self.counts.borrow().get(&role) {
            return known.clone();
        }
        let policy = examined.policy();
        let occasion = Occasion::of_role(examined.type_of_role(role));
        let counts = policy.role(role).when.map_or(Counts::Always, |when| {
            let places = policy.role(role).counts_as.iter().filter_map(|&role| policy.provenance().roles.get(role));
            let places = places.flat_map(|origin| origin.when.iter().map(|condition| condition.places.span)).collect();
            usable::counts(examined, when, occasion, places)
        });
        self.counts.borrow_mut().insert(role, counts.clone());
        counts
    }
}

/// A role with those that it leads to.
pub(super) fn with_implied(policy: &CompiledPolicy, role: RoleId) -> impl Iterator<Item = RoleId> {
    let leads = policy.role(role).leads.iter().flat_map(|leads| leads.implied.ones());
    std::iter::once(role).chain(leads.filter_map(|at| u32::try_from(at).ok().map(RoleId)))
}

fn denies_always(grant: &Grant) -> bool {
    grant.effect == Effect::Deny && grant.condition.is_none()
}

fn keys(examined: &Examined<'_>) -> Vec<KeyType> {
    let (policy, schema) = (examined.policy(), examined.schema());
    let mut keys = Vec::new();
    for (ty, info) in schema.types.iter_enumerated() {
        let Some(attribute) = info.acts_as.and_then(|slot| info.attributes.get(slot)) else { continue };
        let ValueType::Entity(owner) = attribute.ty else { continue };
        let programs = policy.programs();
        let is_owner = |node: Node| match node {
            Node::Attribute(of, name) => {
                programs.node(of) == Node::Resource
                    && programs.attributes().get(name).is_some_and(|name| **name == *attribute.name)
            }
            _ => false,
        };
        let asked = programs.nodes().enumerate().filter(|(_, node)| is_owner(*node));
        let asked = asked.filter_map(|(at, _)| u32::try_from(at).ok().map(NodeId)).collect();
        keys.push(KeyType { ty, owner, asked });
    }
    keys
}

fn by_rules(examined: &Examined<'_>, permission: PermissionId) -> ByRules {
    let policy = examined.policy();
    let occasion = Occasion::of_permission(policy, permission);
    let denials = policy.rules_of(permission, Effect::Deny).all();
    let allows = policy.rules_of(permission, Effect::Allow).all();
    let always = |grant: &Grant| {
        grant.condition.is_none_or(|condition| {
            denials.len() <= COMPARED && examined.never(&[(condition, Truths::FALSE)], occasion, Given::MayMiss)
        })
    };
    let mut rules = ByRules { denied: denials.iter().any(always), ..ByRules::default() };
    if denials.len() <= COMPARED {
        rules.denials = denials.iter().filter_map(|grant| grant.condition).collect();
    }
    rules.everybody = allows.iter().find(|grant| grant.condition.is_none()).map(|grant| grant.statement);
    if allows.len() <= COMPARED {
        rules.to_holders = allows.iter().filter_map(|grant| to_holders(examined, grant)).collect();
    }
    let to_holders = |grant: &&Grant| rules.to_holders.iter().any(|rule| rule.statement == grant.statement);
    rules.under = allows.iter().filter(|grant| !to_holders(grant)).filter_map(|grant| grant.condition).collect();
    rules
}

/// The rules that allow something to holders of roles.
fn rules_to_holders(examined: &Examined<'_>) -> Vec<(PermissionId, ToHolders)> {
    let policy = examined.policy();
    let of_permission = |permission: PermissionId| {
        let allows = policy.rules_of(permission, Effect::Allow).all();
        let allows = if allows.len() <= COMPARED { allows } else { &[] };
        allows.iter().filter_map(move |grant| Some((permission, to_holders(examined, grant)?)))
    };
    policy.schema().permissions.ids().flat_map(of_permission).collect()
}

impl ToHolders {
    /// Whether it speaks of those who hold a role, where they hold it.
    pub(super) fn is_met_by(&self, examined: &Examined<'_>, role: RoleId) -> bool {
        let counts = |&asked: &RoleId| examined.policy().role(role).counts_as(asked);
        self.on == examined.type_of_role(role) && self.roles.iter().any(counts)
    }
}

/// `allow … when subject has ROLE on X`, where `X` is the resource or contains it.
fn to_holders(examined: &Examined<'_>, grant: &Grant) -> Option<ToHolders> {
    let policy = examined.policy();
    let programs = policy.programs();
    let condition = grant.condition?;
    let single = [condition];
    let parts = match programs.node(condition) {
        Node::And(list) => programs.operands(list),
        _ => &single,
    };
    let own = policy.schema().permissions.get(grant.permission)?.ty;
    parts.iter().find_map(|&part| {
        let Node::Has(subject, roles, on) = programs.node(part) else { return None };
        let on = match programs.node(on) {
            Node::Resource => own,
            Node::Ancestor(of, ty) if programs.node(of) == Node::Resource => ty,
            _ => return None,
        };
        let roles = programs.roles(roles).to_vec();
        let further = parts.len() > 1;
        (programs.node(subject) == Node::Subject).then_some(ToHolders {
            statement: grant.statement,
            roles,
            on,
            further,
        })
    })
}

/// The places of what restricts a statement.
pub(super) fn places(examined: &Examined<'_>, statement: StatementId) -> Vec<Span> {
    let origin = examined.policy().provenance().statements.get(statement);
    let conditions = origin.into_iter().flat_map(|origin| &origin.conditions);
    conditions.filter(|one| one.clause != Clause::OpenWhen).map(|one| one.places.span).collect()
}
