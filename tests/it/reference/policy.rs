//! What the declarations mean: containment, what a pattern matches, and what a role takes over from its bases.
//!
//! Nothing is tabulated: each question walks the declarations again.

use super::org_policy::OrgPolicy;
use rolebook::schema::Cardinality;
use rolebook::source::Spanned;
use rolebook::syntax::ast::{
    ActionPart, AttributeDecl, Effect, Expr, Implication, Item, Open, Pattern, PolicyFile, RoleDecl, RoleItem, RoleRef,
    SettingDecl, Statement, TypeDecl, TypeExpr, TypeExprKind, TypePart,
};
use std::collections::BTreeMap;

/// All declarations of a package.
#[derive(Default)]
pub(crate) struct Policy {
    types: BTreeMap<String, TypeDecl>,
    pub(super) roles: Vec<RoleDecl>,
    pub(super) rules: Vec<Statement>,
    pub(super) context: Vec<AttributeDecl>,
    pub(super) org_policies: Vec<OrgPolicy>,
}

/// A role, by its place among all.
pub(super) type RoleAt = usize;

/// How many ancestors-or-self of a type an entity can have, by the declared containment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    Never,
    One,
    Optional,
    Many,
}

/// The type in `type:id`.
pub(super) fn type_of(entity: &str) -> &str {
    entity.split_once(':').expect("an entity").0
}

impl Policy {
    pub(super) fn add(&mut self, file: PolicyFile) {
        for item in file.items {
            match item {
                Item::Type(decl) => drop(self.types.insert(decl.name.value.clone(), with_unique_attributes(decl))),
                Item::Role(decl) => self.roles.push(decl),
                Item::Rule(statement) => self.rules.push(statement),
                Item::Context(decl) => self.context.extend(decl.fields),
                Item::Policy(decl) => self.org_policies.push(OrgPolicy::declared(decl)),
                Item::Assert(_) => {}
            }
        }
    }

    pub(super) fn type_decl(&self, name: &str) -> Option<&TypeDecl> {
        self.types.get(name)
    }

    pub(super) fn attribute(&self, type_name: &str, attribute: &str) -> Option<&AttributeDecl> {
        let decl = self.types.get(type_name)?;
        decl.attributes.iter().find(|declared| declared.name.value == attribute)
    }

    pub(super) fn type_names(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(String::as_str)
    }

    /// All permissions, as type and action.
    pub(super) fn permissions(&self) -> Vec<(String, String)> {
        let of_type = |decl: &TypeDecl| -> Vec<(String, String)> {
            decl.actions.iter().map(|action| (decl.name.value.clone(), action.name.value.clone())).collect()
        };
        self.types.values().flat_map(of_type).collect()
    }

    pub(super) fn org_policy(&self, name: &str) -> &OrgPolicy {
        self.org_policies.iter().find(|policy| policy.name == name).expect("a policy that is linked exists")
    }

    /// All settings, each with the type that declares it.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, &SettingDecl)> {
        self.types.values().flat_map(|ty| ty.settings.iter().map(|setting| (ty.name.value.as_str(), setting)))
    }

    pub(super) fn setting(&self, name: &str) -> Option<(&str, &SettingDecl)> {
        self.settings().find(|(_, setting)| setting.name.value == name)
    }

    /// Whether entities of a type may supply a setting: the type declares it or contains the one that does.
    pub(super) fn supplies(&self, type_name: &str, setting: &str) -> bool {
        self.setting(setting).is_some_and(|(home, _)| self.reach(home, type_name) != Reach::Never)
    }

    /// Whether entities of a type have a setting: they supply it or lie in what declares it.
    pub(super) fn concerns(&self, type_name: &str, setting: &str) -> bool {
        self.supplies(type_name, setting)
            || self.setting(setting).is_some_and(|(home, _)| self.reach(type_name, home) != Reach::Never)
    }

    /// The attribute whose entity a subject of this type is checked as.
    pub(super) fn acts_as(&self, type_name: &str) -> Option<&str> {
        Some(self.types.get(type_name)?.acts_as.as_ref()?.value.as_str())
    }

    fn nests_in_itself(&self, type_name: &str) -> bool {
        self.types[type_name].parents.iter().any(|parent| parent.type_name.value == type_name)
    }

    /// How many ancestors-or-self the ways up can lead to, and whether there is one for certain. `*` and a type inside
    /// itself lead to two, which stand for any number.
    fn ways(&self, from: &str, to: &str) -> (usize, bool) {
        if from == to {
            return (1, true);
        }
        let mut ways = (0, false);
        for parent in self.types[from].parents.iter().filter(|parent| parent.type_name.value != from) {
            let (above, certain) = self.ways(&parent.type_name.value, to);
            let weight = if parent.cardinality == Cardinality::Many { 2 } else { 1 };
            ways.0 += weight * above;
            ways.1 |= certain && parent.cardinality == Cardinality::One;
        }
        match ways {
            // By unmarked parents all the way: every other way must lead to the same one.
            (_, true) => (1, true),
            (count, false) if self.nests_in_itself(from) => (2 * count, false),
            _ => ways,
        }
    }

    pub(super) fn reach(&self, from: &str, to: &str) -> Reach {
        match self.ways(from, to) {
            (0, _) => Reach::Never,
            _ if self.nests_in_itself(to) => Reach::Many,
            (_, true) => Reach::One,
            (1, _) => Reach::Optional,
            _ if self.types.keys().any(|waist| self.is_waist(from, waist, to)) => Reach::Optional,
            _ => Reach::Many,
        }
    }

    /// Whether every way up leads through a type of which there is one at most, and which has one of the other at most.
    fn is_waist(&self, from: &str, waist: &str, to: &str) -> bool {
        from != waist
            && waist != to
            && self.ways(from, waist).0 == 1
            && !self.nests_in_itself(waist)
            && self.reach(waist, to) == Reach::Optional
            && !self.leads_around(from, waist, to)
    }

    fn leads_around(&self, from: &str, waist: &str, to: &str) -> bool {
        let parents = self.types[from].parents.iter().map(|parent| parent.type_name.value.as_str());
        let mut parents = parents.filter(|&parent| parent != from && parent != waist);
        parents.any(|parent| parent == to || self.leads_around(parent, waist, to))
    }

    /// The roles of a name; several where organizations composed their own.
    pub(super) fn roles_named(&self, type_name: &str, name: &str) -> Vec<RoleAt> {
        let named = |role: &RoleDecl| role.name.type_name.value == type_name && role.name.name.value == name;
        (0..self.roles.len()).filter(|&role| named(&self.roles[role])).collect()
    }

    pub(super) fn meant(&self, name: &RoleRef) -> Vec<RoleAt> {
        self.roles_named(&name.type_name.value, &name.name.value)
    }

    /// The role that another one means by a name: of several organizations' that of its own.
    pub(super) fn meant_by(&self, role: RoleAt, name: &RoleRef) -> Vec<RoleAt> {
        let mut meant = self.meant(name);
        if meant.len() > 1 {
            let owner = |role: RoleAt| self.roles[role].organization.as_ref().map(super::org_policy::entity);
            meant.retain(|&other| owner(other).is_some() && owner(other) == owner(role));
        }
        meant
    }

    /// The role of another policy that has the same name and belongs to the same organization.
    pub(super) fn counterpart(&self, other: &Self, role: RoleAt) -> Option<RoleAt> {
        let key = |decl: &RoleDecl| (decl.name.text(), decl.organization.as_ref().map(super::org_policy::entity));
        self.roles.iter().position(|own| key(own) == key(&other.roles[role]))
    }

    /// The direct bases.
    pub(super) fn bases(&self, role: RoleAt) -> Vec<RoleAt> {
        self.roles[role].extends.iter().flat_map(|base| self.meant(base)).collect()
    }

    /// Whether holding `role` is holding `wanted`: it is that role or extends it.
    pub(super) fn counts_as(&self, role: RoleAt, wanted: RoleAt) -> bool {
        role == wanted || self.bases(role).into_iter().any(|base| self.counts_as(base, wanted))
    }

    /// The allows of a permission, own ones and those of the bases that `without` leaves.
    pub(super) fn allows(&self, role: RoleAt, type_name: &str, action: &str) -> Vec<&Statement> {
        let mut allows = Vec::new();
        let removed = self.roles[role].body.iter().any(|item| match item {
            RoleItem::Without(patterns) => any_matches(patterns, type_name, action),
            _ => false,
        });
        if !removed {
            for base in self.bases(role) {
                allows.extend(self.allows(base, type_name, action));
            }
        }
        allows.extend(self.statements(role, Effect::Allow, type_name, action));
        allows
    }

    /// The denies of a permission, own ones and those of the bases.
    pub(super) fn denies(&self, role: RoleAt, type_name: &str, action: &str) -> Vec<&Statement> {
        let inherited = self.bases(role).into_iter().flat_map(|base| self.denies(base, type_name, action));
        inherited.chain(self.statements(role, Effect::Deny, type_name, action)).collect()
    }

    fn statements(&self, role: RoleAt, effect: Effect, type_name: &str, action: &str) -> Vec<&Statement> {
        let own = self.roles[role].body.iter().filter_map(|item| match item {
            RoleItem::Statement(statement) if statement.effect.value == effect => Some(statement),
            _ => None,
        });
        own.filter(|statement| any_matches(&statement.patterns, type_name, action)).collect()
    }

    /// Whether the statement stands in the role itself.
    pub(super) fn is_own(&self, role: RoleAt, statement: &Statement) -> bool {
        self.roles[role]
            .body
            .iter()
            .any(|item| matches!(item, RoleItem::Statement(own) if std::ptr::eq(own, statement)))
    }

    /// What holding the role implies, own implications and those of the bases.
    pub(super) fn implications(&self, role: RoleAt) -> Vec<&Implication> {
        let own = self.roles[role].body.iter().filter_map(|item| match item {
            RoleItem::Implies(implication) => Some(implication),
            _ => None,
        });
        let inherited = self.bases(role).into_iter().flat_map(|base| self.implications(base));
        inherited.chain(own).collect()
    }

    /// The roles that a holder must also hold above, own ones and those of the bases.
    pub(super) fn requirements(&self, role: RoleAt) -> Vec<&RoleRef> {
        let inherited = self.bases(role).into_iter().flat_map(|base| self.requirements(base));
        inherited.chain(&self.roles[role].requires).collect()
    }

    /// The conditions that must all hold for the role to count: own `when`, those of the bases, and for a custom role
    /// the `open when` of each base it names.
    pub(super) fn conditions(&self, role: RoleAt) -> Vec<&Expr> {
        let mut conditions: Vec<&Expr> = self.roles[role].when.iter().collect();
        for base in self.bases(role) {
            conditions.extend(self.conditions(base));
            if self.roles[role].custom
                && let Open::When(condition) = &self.roles[base].open
            {
                conditions.push(condition);
            }
        }
        conditions
    }
}

/// `unique ATTR` declares `ATTR: string?` where nothing else does.
fn with_unique_attributes(mut decl: TypeDecl) -> TypeDecl {
    for name in &decl.unique {
        if decl.attributes.iter().all(|declared| declared.name != *name) {
            let kind = Spanned::new(TypeExprKind::Named(String::from("string")), name.span);
            let ty = TypeExpr { kind, optional: true };
            decl.attributes.push(AttributeDecl { doc: None, name: name.clone(), ty, default: None });
        }
    }
    decl
}

/// Whether one of the patterns means this permission. Ranges need no thought here: a role is only ever asked about what
/// lies below its scope.
pub(super) fn any_matches(patterns: &[Pattern], type_name: &str, action: &str) -> bool {
    patterns.iter().any(|pattern| {
        let type_fits = match &pattern.types {
            TypePart::Any => true,
            TypePart::One(name) => name.value == type_name,
        };
        let action_fits = match &pattern.actions {
            ActionPart::Any => true,
            ActionPart::These(names) => names.iter().any(|name| name.value == action),
        };
        type_fits && action_fits
    })
}
