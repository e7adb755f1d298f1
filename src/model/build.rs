//! From trees to a model: the two passes, over everything or over what is added.

use super::Model;
use super::declare::declare;
use super::findings::Findings;
use super::names::Names;
use super::resolve::{resolve, resolve_added};
use crate::diagnostics::{self, Diagnostic};
use crate::index::Idx;
use crate::syntax::ast::{Item, PolicyFile};
use std::borrow::Borrow;
use std::sync::Arc;

impl Model {
    /// The model of the given files, a package and all that it imports, and everything wrong with them.
    ///
    /// The order of files and of declarations never matters to what a policy means; it is the order of the model's ids.
    /// A model that comes with errors lacks what they are about: it must not be compiled.
    #[must_use]
    pub fn build<F: Borrow<PolicyFile>>(files: &[F]) -> (Self, Vec<Diagnostic>) {
        let files: Vec<&PolicyFile> = files.iter().map(Borrow::borrow).collect();
        let mut findings = Findings::new();
        let names = declare(&files, None, &mut findings);
        let model = resolve(&files, &names, &mut findings);
        model.finish(names, findings)
    }

    /// This model, which has no errors and was built of `files`, with the custom roles and org policies of `added`: what
    /// building it of all these files would give, and what is wrong with those that are added. All ids stay.
    ///
    /// All names are declared anew; only what is added is looked up and checked. There is nothing where an
    /// addition changes what is said elsewhere, so that everything is to be built anew: it declares something of another
    /// kind, or one more role of a name by which roles are called, or a limit of the whole policy is exceeded.
    #[must_use]
    pub fn extend(&self, files: &[&PolicyFile], added: &[&PolicyFile]) -> Option<(Self, Vec<Diagnostic>)> {
        if !added.iter().flat_map(|file| &file.items).all(may_be_added) {
            return None;
        }
        let mut findings = Findings::new();
        let files: Vec<&PolicyFile> = files.iter().chain(added).copied().collect();
        let names = declare(&files, Some(&self.schema), &mut findings);
        // What is declared first is warned about in types alone, which were there before.
        findings.keep_errors();
        if !self.is_kept(&names) {
            return None;
        }
        let model = resolve_added(self, &names, &mut findings)?;
        Some(model.finish(names, findings))
    }

    /// Whether all that is said in this model means the same among more names.
    fn is_kept(&self, names: &Names<'_>) -> bool {
        let first = self.roles.next_id();
        let mut added = names.schema.roles.iter().skip(first.index());
        let same_places = self.roles.iter().zip(&names.roles).all(|(role, (_, decl))| role.span == decl.name.span())
            && self.policies.iter().zip(&names.policies).all(|(policy, decl)| policy.span == decl.name.span);
        same_places
            && self.roles.len() <= names.roles.len()
            && self.policies.len() <= names.policies.len()
            && added.all(|role| {
                let namesakes = names.schema.roles_named(role.ty, &role.name);
                !namesakes.iter().any(|&namesake| self.is_named(namesake))
            })
    }

    fn finish(mut self, names: Names<'_>, findings: Findings) -> (Self, Vec<Diagnostic>) {
        let mut schema = names.schema.into_owned();
        let owners = self.policies.iter().map(|policy| policy.organization.as_ref().map(|owner| owner.value.clone()));
        schema.policy_organizations = owners.collect();
        self.schema = Arc::new(schema);
        self.count_names();
        self.rank();
        let mut found = findings.into_diagnostics();
        diagnostics::sort(&mut found);
        (self, found)
    }
}

/// Custom roles extend roles that are not custom, so whatever the order of additions, all that they extend is there.
fn may_be_added(item: &Item) -> bool {
    match item {
        Item::Role(role) => role.custom,
        Item::Policy(_) => true,
        Item::Type(_) | Item::Context(_) | Item::Rule(_) | Item::Assert(_) => false,
    }
}
