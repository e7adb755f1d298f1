//! Org policies and custom roles: what comes to be declared, and where it is linked.

use super::Asked;
use crate::admin::ask::Place;
use crate::compile::ChangeKind;
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::change::{CustomRoleText, LinkName, PolicyText};
use crate::schema::EntityName;
use crate::source::Spanned;

impl Asked<'_> {
    pub(super) fn link(&self, link: &LinkName, verb: &str) -> Result<(), Diagnostic> {
        self.of_entity(ChangeKind::Link, &link.on, verb)
    }

    /// Org policies come and go as they are linked: by who may link them to the entity they belong to.
    fn of_owner(&self, owner: &Spanned<String>) -> Result<(), Diagnostic> {
        self.of_entity(ChangeKind::Link, owner, "change org policies of")
    }

    fn of_maybe_owner(&self, owner: Option<&Spanned<String>>, policy: &Spanned<String>) -> Result<(), Diagnostic> {
        let Some(owner) = owner else {
            let message = format!("`{}` may not change org policy `{}`", self.author.name.value, policy.value);
            return Err(Diagnostic::error(Code::ChangeRefused, policy.span, message)
                .help("it belongs to no entity that could be asked: write `in: type:id`"));
        };
        self.of_owner(owner)
    }

    /// One that is replaced is taken from its owner, and from every entity that it is linked to.
    pub(super) fn policy_text(&self, policy: &PolicyText) -> Result<(), Diagnostic> {
        if self.schema().policy_named(&policy.name).is_some() {
            self.delete_policy(&policy.name)?;
        }
        self.of_maybe_owner(policy.organization.as_ref(), &policy.name)
    }

    /// Asked of the owner, and of every entity that loses the policy.
    pub(super) fn delete_policy(&self, name: &Spanned<String>) -> Result<(), Diagnostic> {
        let (schema, directory) = (self.schema(), self.before.directory());
        let Some(policy) = schema.policy_named(name) else { return Ok(()) };
        let owner = schema.policy_organizations.get(policy).and_then(Option::as_ref);
        // One that is gone is nobody who could be asked.
        let is_there =
            |owner: &&EntityName| directory.find(owner.ty, &owner.id).is_some_and(|owner| directory.is_declared(owner));
        let owner = owner.filter(is_there).map(|owner| Spanned::new(owner.text(schema), name.span));
        self.of_maybe_owner(owner.as_ref(), name)?;
        for entity in directory.entities() {
            if directory.links(entity).iter().any(|link| link.policy == policy) {
                let place = Place { snapshot: self.before, entity };
                let what = format!("unlink org policies from `{}`", place.name());
                self.of_place(ChangeKind::Link, place, name.span, &what)?;
            }
        }
        Ok(())
    }

    pub(super) fn compose(&self, organization: &Spanned<String>) -> Result<(), Diagnostic> {
        self.of_entity(ChangeKind::CustomRoles, organization, "compose custom roles of")
    }

    /// Who composes a role does not say who assigns it: they would else assign to themselves what they composed.
    pub(super) fn assigned_as_its_bases(&self, role: &CustomRoleText) -> Result<(), Diagnostic> {
        let entries = role.node.mapping().unwrap_or(&[]);
        let own = entries.iter().find(|entry| ["assigned by", "assigned freely by"].contains(&entry.key.text.as_str()));
        own.map_or(Ok(()), |entry| {
            let message = format!("`{}` may not say who assigns `{}`", self.author.name.value, role.name.name.value);
            Err(Diagnostic::error(Code::ChangeRefused, entry.key_span, message)
                .help("a role composed in somebody's name is assigned as the roles that it extends are"))
        })
    }
}
