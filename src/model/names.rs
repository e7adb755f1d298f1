//! The declared names of a policy, and what is known to be missing from them.
//!
//! A declaration that could not be understood was reported where it stands. The names remember that it is lost, so that
//! what depends on it is not reported a second time.

use super::{Model, Openness};
use crate::diagnostics::with_article;
use crate::index::IndexVec;
use crate::schema::{PermissionId, PolicyId, Reach, RoleId, Schema, SettingId, TypeId};
use crate::source::{FileId, Span};
use crate::syntax::ast::{AttributeDecl, Open, PolicyDecl, RoleDecl, SettingDecl, TypeDecl};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// The names of a policy, by id.
#[derive(Clone, Debug, Default)]
pub(super) struct Names<'a> {
    /// Borrowed from a model that is revised.
    pub(super) schema: Cow<'a, Schema>,
    pub(super) types: IndexVec<TypeId, TypeNames<'a>>,
    /// By id.
    pub(super) roles: Vec<(RoleId, &'a RoleDecl)>,
    /// Where the roles stand that are none of these.
    pub(super) known: Option<&'a Model>,
    /// The first role of each name, on whichever type.
    pub(super) role_by_name: FxHashMap<&'a str, RoleId>,
    /// Declarations whose role stands in no table: a repeated name or an unknown type.
    pub(super) stray_roles: Vec<&'a RoleDecl>,
    pub(super) settings: IndexVec<SettingId, &'a SettingDecl>,
    pub(super) policies: IndexVec<PolicyId, &'a PolicyDecl>,
    /// Declarations of policies whose name is taken.
    pub(super) stray_policies: Vec<&'a PolicyDecl>,
    pub(super) context: Vec<&'a AttributeDecl>,
    pub(super) lost: Lost<'a>,
}

/// What was declared and could not be taken into the tables.
#[derive(Clone, Debug, Default)]
pub(super) struct Lost<'a> {
    pub(super) types: FxHashSet<&'a str>,
    /// By type and name, as written.
    pub(super) roles: FxHashSet<(&'a str, &'a str)>,
    pub(super) settings: FxHashSet<&'a str>,
    pub(super) context_fields: FxHashSet<&'a str>,
    /// Whether a whole `context` declaration was left out.
    pub(super) context: bool,
}

/// One type's declaration.
#[derive(Clone, Debug)]
pub(super) struct TypeNames<'a> {
    pub(super) decl: &'a TypeDecl,
    /// Whether more is declared of it than is known here, in a second declaration or beyond a limit.
    pub(super) incomplete: bool,
    /// Whether one of its parents is not known.
    pub(super) parents_lost: bool,
    /// Whether one of its parents, or of theirs, is not known, or its containment runs in a circle.
    pub(super) ancestry_lost: bool,
    /// Attributes of types that are not known.
    pub(super) lost_attributes: FxHashSet<&'a str>,
    pub(super) parent_spans: Vec<Span>,
    pub(super) attributes: Vec<(Span, Option<String>)>,
    pub(super) permissions: Vec<(Span, Option<String>)>,
    /// The roles that are held on it.
    pub(super) roles: Vec<RoleId>,
}

/// What naming a role depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoleHead {
    pub(super) span: Span,
    pub(super) custom: bool,
    /// Whether custom roles may extend it.
    pub(super) open: bool,
}

impl<'a> TypeNames<'a> {
    pub(super) fn new(decl: &'a TypeDecl) -> Self {
        Self {
            decl,
            incomplete: decl.incomplete,
            parents_lost: false,
            ancestry_lost: false,
            lost_attributes: FxHashSet::default(),
            parent_spans: Vec::new(),
            attributes: Vec::new(),
            permissions: Vec::new(),
            roles: Vec::new(),
        }
    }
}

impl Names<'_> {
    /// Marks the types above which something is not known. To be called when parents are known and the schema finished.
    pub(super) fn find_lost_ancestry(&mut self) {
        let lost: Vec<bool> = self
            .types
            .ids()
            .map(|ty| {
                // The containment table leaves what lies in a circle, or below one, without even itself.
                self.schema.reach(ty, ty) == Reach::Never
                    || self
                        .types
                        .iter_enumerated()
                        .any(|(above, names)| names.parents_lost && self.schema.reach(ty, above) != Reach::Never)
            })
            .collect();
        for (names, lost) in self.types.iter_mut().zip(lost) {
            names.ancestry_lost = lost;
        }
    }

    /// Whether an entity of type `from` surely has no ancestor-or-self of type `ancestor`.
    pub(super) fn never_reaches(&self, from: TypeId, ancestor: TypeId) -> bool {
        self.schema.reach(from, ancestor) == Reach::Never && !self.types[from].ancestry_lost
    }

    /// Whether an entity of type `inner` surely never lies strictly inside one of type `outer`.
    pub(super) fn never_contains(&self, outer: TypeId, inner: TypeId) -> bool {
        !self.schema.contains(outer, inner) && !self.types[inner].ancestry_lost
    }

    /// Whether a type declares something of this name that is not known: an attribute, or a parent.
    pub(super) fn is_lost_member(&self, ty: TypeId, name: &str) -> bool {
        let state = &self.types[ty];
        state.incomplete
            || state.lost_attributes.contains(name)
            || self.lost.types.contains(name)
            || (state.parents_lost && state.decl.parents.iter().any(|parent| parent.type_name.value == name))
    }

    /// Whether the containment of any type is not known.
    pub(super) fn any_ancestry_lost(&self) -> bool {
        self.types.iter().any(|names| names.ancestry_lost)
    }

    pub(super) fn type_name(&self, ty: TypeId) -> &str {
        &self.schema.types[ty].name
    }

    /// A type's name with its article, for messages.
    pub(super) fn a_type(&self, ty: TypeId) -> String {
        with_article(self.type_name(ty))
    }

    /// That one type is not contained in another, in words.
    pub(super) fn lies_not_in(&self, inner: TypeId, outer: TypeId) -> String {
        format!("{} does not lie in {}", self.a_type(inner), self.a_type(outer))
    }

    pub(super) fn type_names(&self) -> impl Iterator<Item = &str> {
        self.schema.types.iter().map(|info| &*info.name)
    }

    /// The permissions of a type.
    pub(super) fn permissions_of(&self, ty: TypeId) -> impl Iterator<Item = PermissionId> + use<> {
        self.schema.types[ty].permissions.clone().map(PermissionId)
    }

    /// The verbs of a type, by name.
    pub(super) fn actions_of(&self, ty: TypeId) -> impl Iterator<Item = &str> {
        self.schema.actions_of(ty)
    }

    /// The permission of a type's verb.
    pub(super) fn permission(&self, ty: TypeId, action: &str) -> Option<PermissionId> {
        self.schema.permission(ty, self.schema.action_named(action)?)
    }

    /// A role that is declared.
    pub(super) fn role(&self, role: RoleId) -> RoleHead {
        let nowhere = RoleHead { span: Span::new(FileId(0), 0, 0), custom: false, open: false };
        if let Ok(at) = self.roles.binary_search_by_key(&role, |(id, _)| *id)
            && let Some((_, decl)) = self.roles.get(at)
        {
            return RoleHead { span: decl.name.span(), custom: decl.custom, open: decl.open != Open::No };
        }
        let known = self.known.and_then(|model| model.roles.get(role));
        known.map_or(nowhere, |role| RoleHead {
            span: role.span,
            custom: role.custom,
            open: role.openness != Openness::Closed,
        })
    }

    /// Whether subjects of this type are checked as another entity.
    pub(super) fn acts_as_another(&self, ty: TypeId) -> bool {
        self.schema.types[ty].acts_as.is_some() || self.types[ty].decl.acts_as.is_some()
    }
}
