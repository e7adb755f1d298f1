//! The declared names and what stands behind each.

use super::reach::{self, Reach};
use super::{MergeWord, Value, ValueType};
use crate::index::{Chunks, IndexVec, Shards, Word, Words, dense_id};
use rustc_hash::FxHashMap;
use std::ops::Range;

dense_id! {
    /// A declared type.
    #[derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout, zerocopy::Immutable)]
    TypeId
}
dense_id! {
    /// A verb. Types that declare a verb of one name share its id.
    ActionId
}
dense_id! {
    /// A verb of one type: `run.delete`. The permissions of a type are numbered next to each other.
    PermissionId
}
dense_id! {
    /// A role of one type: `team.member`. Two organizations' custom roles of one name are two roles.
    #[derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout, zerocopy::Immutable)]
    RoleId
}
dense_id! {
    /// A declared setting.
    #[derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout, zerocopy::Immutable)]
    SettingId
}
dense_id! {
    /// A declared org policy.
    #[derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout, zerocopy::Immutable)]
    PolicyId
}

/// The last sixteen bits of a type, which tell it from all others: a policy has fewer types.
#[inline]
#[must_use]
#[expect(clippy::cast_possible_truncation)]
pub const fn narrow(ty: TypeId) -> u16 {
    ty.0 as u16
}

/// How many parents of one type an entity has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cardinality {
    /// Exactly one (no mark).
    One,
    /// At most one (`?`).
    Optional,
    /// Any number (`*`).
    Many,
}

/// One parent type of a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ParentInfo {
    /// The containing type.
    pub ty: TypeId,
    /// How many.
    pub cardinality: Cardinality,
}

/// Whether an attribute has to be there.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Presence {
    /// Every declared entity has it; missing elsewhere, it cannot be computed.
    Required,
    /// May be absent, which is a value of its own.
    Optional,
    /// Has this value where none is given.
    Default(Value),
}

/// An attribute of a type, or a field of `context`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AttributeInfo {
    /// Its name.
    pub name: Box<str>,
    /// Its type.
    pub ty: ValueType,
    /// Whether it may be absent.
    pub presence: Presence,
    /// Whether siblings must differ in it (`unique`).
    pub unique: bool,
}

/// A type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeInfo {
    /// Its name.
    pub name: Box<str>,
    /// Where its entities are contained.
    pub parents: Vec<ParentInfo>,
    /// Its attributes; an attribute's slot is its place here.
    pub attributes: Vec<AttributeInfo>,
    /// The slot of the attribute whose entity a subject of this type is checked as.
    pub acts_as: Option<usize>,
    /// Its permissions.
    pub permissions: Range<u32>,
}

impl TypeInfo {
    /// The slot of an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<usize> {
        self.attributes.iter().position(|attribute| &*attribute.name == name)
    }
}

/// A permission: one verb of one type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PermissionInfo {
    /// The type that declares the verb.
    pub ty: TypeId,
    /// The verb.
    pub action: ActionId,
}

/// A role's name and kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoleInfo {
    /// The type it is held on.
    pub ty: TypeId,
    /// Its name within the type.
    pub name: Box<str>,
    /// Whether it is a custom role.
    pub custom: bool,
    /// The one entity (an organization, `type:id`) inside of which it may be assigned.
    pub organization: Option<super::EntityName>,
    /// Whether it is declared no longer. Its number is given to no other, and nothing stands behind it.
    pub retired: bool,
}

/// A setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingInfo {
    /// Its name.
    pub name: Box<str>,
    /// The type that declares it.
    pub ty: TypeId,
    /// The type of its value.
    pub value: ValueType,
    /// How values combine on the way down.
    pub merge: MergeWord,
    /// The setting whose effective value must hold this one's.
    pub within: Option<SettingId>,
}

/// All names of a compiled policy.
///
/// Fields are filled by `model`; call [`Schema::finish`] once after filling to build the look-ups.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// The package's name, where it has one.
    pub package: Option<Box<str>>,
    /// Types.
    pub types: IndexVec<TypeId, TypeInfo>,
    /// Names of verbs.
    pub actions: IndexVec<ActionId, Box<str>>,
    /// Permissions, grouped by type.
    pub permissions: IndexVec<PermissionId, PermissionInfo>,
    /// Roles.
    pub roles: Chunks<RoleId, RoleInfo>,
    /// Settings.
    pub settings: IndexVec<SettingId, SettingInfo>,
    /// Names of org policies.
    pub policies: IndexVec<PolicyId, Box<str>>,
    /// Of each org policy, the entity inside of which alone it may be linked.
    pub policy_organizations: IndexVec<PolicyId, Option<super::EntityName>>,
    /// The fields of `context`, `time` not among them.
    pub context: Vec<AttributeInfo>,
    type_by_name: Words<TypeId>,
    action_by_name: Words<ActionId>,
    /// By the verb, under the last bits of the type.
    permission_by_name: Words<PermissionId>,
    roles_by_name: Shards<(TypeId, Box<str>), Vec<RoleId>>,
    setting_by_name: FxHashMap<Box<str>, SettingId>,
    policy_by_name: FxHashMap<Box<str>, PolicyId>,
    reach: IndexVec<TypeId, IndexVec<TypeId, Reach>>,
}

impl Schema {
    /// Builds the look-ups and the containment table. To be called after the public fields are filled or changed.
    pub fn finish(&mut self) {
        self.finish_types();
        self.finish_actions();
        self.finish_names();
    }

    /// The same beside a finished one: where actions are the same, so are the tables of their names.
    pub fn finish_beside(&mut self, known: &Self) {
        self.finish_types();
        if self.actions == known.actions && self.permissions == known.permissions {
            self.action_by_name = known.action_by_name.clone();
            self.permission_by_name = known.permission_by_name.clone();
        } else {
            self.finish_actions();
        }
        self.finish_names();
    }

    fn finish_actions(&mut self) {
        self.action_by_name = Words::new(self.actions.iter_enumerated().map(|(id, name)| (0, &**name, id)));
        let verb = |info: &PermissionInfo| self.actions.get(info.action).map_or("", |name| &**name);
        let permissions = self.permissions.iter_enumerated();
        self.permission_by_name = Words::new(permissions.map(|(id, info)| (narrow(info.ty), verb(info), id)));
    }

    fn finish_names(&mut self) {
        self.roles_by_name = Shards::default();
        for (id, info) in self.roles.iter_enumerated().filter(|(_, info)| !info.retired) {
            note_role(&mut self.roles_by_name, id, info);
        }
        self.setting_by_name = self.settings.iter_enumerated().map(|(id, info)| (info.name.clone(), id)).collect();
        self.policy_by_name = self.policies.iter_enumerated().map(|(id, name)| (name.clone(), id)).collect();
    }

    /// Builds what tells of types alone: they can be found from then on, and what they lie in.
    pub fn finish_types(&mut self) {
        self.type_by_name = Words::new(self.types.iter_enumerated().map(|(id, info)| (0, &*info.name, id)));
        self.reach = reach::table(&self.types);
    }

    /// The type of a name.
    #[must_use]
    pub fn type_named(&self, name: &str) -> Option<TypeId> {
        self.type_of_word(name.into())
    }

    #[expect(clippy::inline_always)]
    #[inline(always)]
    fn type_of_word(&self, name: Word<'_>) -> Option<TypeId> {
        self.type_by_name.find(0, name, |ty| self.types.get(ty).map_or("", |info| &info.name))
    }

    /// Whether entities of a type are checked as something else.
    #[inline]
    #[must_use]
    pub fn acts_as_another(&self, ty: TypeId) -> bool {
        self.types.get(ty).is_some_and(|info| info.acts_as.is_some())
    }

    /// The type and the id that a text `type:id` names, where the type is declared. Whether the id is one is not looked at.
    // A check splits two.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    #[must_use]
    pub fn split_known<'t>(&self, text: &'t str) -> Option<(TypeId, Word<'t>)> {
        let (ty, id) = Word::split(text)?;
        Some((self.type_of_word(ty)?, id))
    }

    /// The verb of a name, whichever types declare it.
    #[must_use]
    pub fn action_named(&self, name: &str) -> Option<ActionId> {
        self.action_by_name.find(0, name.into(), |action| self.actions.get(action).map_or("", |name| name))
    }

    /// The permission that a type's verb is.
    #[must_use]
    pub fn permission(&self, ty: TypeId, action: ActionId) -> Option<PermissionId> {
        self.permission_named(ty, self.actions.get(action)?)
    }

    /// The permission that a type's verb is, by its name.
    // For the few who ask while they decide.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    #[must_use]
    pub fn permission_named(&self, ty: TypeId, action: &str) -> Option<PermissionId> {
        let verb = |id| Some(&**self.actions.get(self.permissions.get(id)?.action)?);
        self.permission_by_name.find(narrow(ty), action.into(), |id| verb(id).unwrap_or(""))
    }

    /// The verbs of a type, in the order of their declaration.
    pub fn actions_of(&self, ty: TypeId) -> impl Iterator<Item = &str> + Clone {
        let own = self.types.get(ty).map_or(0..0, |info| info.permissions.clone());
        own.filter_map(|at| Some(&**self.actions.get(self.permissions.get(PermissionId(at))?.action)?))
    }

    /// The roles of a type that bear a name: one, or one for each organization that composed its own.
    #[must_use]
    pub fn roles_named(&self, ty: TypeId, name: &str) -> &[RoleId] {
        // A borrowed key would need a second map; the boxed one is made only while facts are loaded.
        self.roles_by_name.get(&(ty, Box::from(name))).map_or(&[], Vec::as_slice)
    }

    /// The role that `other`, of the same types, knows as `role`: that of the same name and organization.
    #[must_use]
    pub fn counterpart(&self, other: &Self, role: RoleId) -> Option<RoleId> {
        let wanted = other.roles.get(role)?;
        let named = self.roles_named(wanted.ty, &wanted.name).iter().copied();
        named.into_iter().find(|&role| self.roles.get(role).is_some_and(|own| own.organization == wanted.organization))
    }

    /// The roles that are declared.
    pub fn declared_roles(&self) -> impl Iterator<Item = (RoleId, &RoleInfo)> {
        self.roles.iter_enumerated().filter(|(_, info)| !info.retired)
    }

    /// The custom role that an owner, written `type:id`, knows by a name, written `type.name`.
    #[must_use]
    pub fn custom_role(&self, name: &str, owner: &str) -> Option<RoleId> {
        let (ty, name) = name.split_once('.')?;
        let mut named = self.roles_named(self.type_named(ty)?, name).iter().copied();
        named.find(|&role| {
            let info = self.roles.get(role).filter(|info| info.custom);
            info.and_then(|info| info.organization.as_ref()).is_some_and(|known| known.text(self) == owner)
        })
    }

    /// Adds a role to those of its name.
    pub fn add_role(&mut self, info: RoleInfo) -> RoleId {
        let id = self.roles.next_id();
        note_role(&mut self.roles_by_name, id, &info);
        self.roles.push(info)
    }

    /// Has a role be declared no longer.
    pub fn retire_role(&mut self, role: RoleId) {
        let Some(info) = self.roles.get_mut(role) else { return };
        info.retired = true;
        let name = (info.ty, info.name.clone());
        if let Some(roles) = self.roles_by_name.get_mut(&name) {
            roles.retain(|&known| known != role);
        }
    }

    /// The setting of a name.
    #[must_use]
    pub fn setting_named(&self, name: &str) -> Option<SettingId> {
        self.setting_by_name.get(name).copied()
    }

    /// The org policy of a name.
    #[must_use]
    pub fn policy_named(&self, name: &str) -> Option<PolicyId> {
        self.policy_by_name.get(name).copied()
    }

    /// How many ancestors-or-self of type `ancestor` an entity of type `from` has.
    #[must_use]
    pub fn reach(&self, from: TypeId, ancestor: TypeId) -> Reach {
        self.reach.get(from).and_then(|row| row.get(ancestor)).copied().unwrap_or(Reach::Never)
    }

    /// Whether entities of type `inner` may lie inside (strictly below) an entity of type `outer`.
    #[must_use]
    pub fn contains(&self, outer: TypeId, inner: TypeId) -> bool {
        if outer == inner {
            return self.types.get(inner).is_some_and(|info| info.parents.iter().any(|parent| parent.ty == outer));
        }
        self.reach(inner, outer) != Reach::Never
    }

    /// Whether a setting may be given on entities of a type: the type that declares it, or one that contains that.
    #[must_use]
    pub fn may_give(&self, ty: TypeId, setting: SettingId) -> bool {
        self.settings.get(setting).is_some_and(|info| info.ty == ty || self.contains(ty, info.ty))
    }

    /// Whether a setting has a value on entities of a type: where it may be given, and in all that its own type contains.
    #[must_use]
    pub fn concerns(&self, ty: TypeId, setting: SettingId) -> bool {
        self.may_give(ty, setting) || self.settings.get(setting).is_some_and(|info| self.contains(info.ty, ty))
    }

    /// `type.action`, as policy text names a permission.
    #[must_use]
    pub fn permission_name(&self, permission: PermissionId) -> String {
        self.permissions
            .get(permission)
            .map_or_else(String::new, |info| format!("{}.{}", self.types[info.ty].name, self.actions[info.action]))
    }

    /// `type.role`, as policy text names a role.
    #[must_use]
    pub fn role_name(&self, role: RoleId) -> String {
        self.roles.get(role).map_or_else(String::new, |info| format!("{}.{}", self.types[info.ty].name, info.name))
    }
}

fn note_role(roles_by_name: &mut Shards<(TypeId, Box<str>), Vec<RoleId>>, id: RoleId, info: &RoleInfo) {
    let name = (info.ty, info.name.clone());
    match roles_by_name.get_mut(&name) {
        Some(roles) => roles.push(id),
        None => drop(roles_by_name.insert(name, vec![id])),
    }
}
