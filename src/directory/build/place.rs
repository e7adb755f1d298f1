//! Linked org policies, and the last step: lists by entity, once all entities are known.

use super::Builder;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::directory::assignments::Assignments;
use crate::directory::by_entity::ByEntity;
use crate::directory::places::Places;
use crate::directory::{Assignment, EntityId, Link, SettingEntry};
use crate::schema::PolicyId;
use crate::source::Span;
use std::sync::Arc;

impl Builder<'_> {
    pub(super) fn links(&mut self) -> Vec<(EntityId, Link)> {
        let mut links = Vec::new();
        for (tree, written) in self.trees.iter().enumerate() {
            for link in &written.links {
                let Some(entity) = self.entity(tree, link.entity, link.policy.span) else { continue };
                let name = written.texts.resolve(link.policy.text);
                if let Some(policy) = self.link(entity, name, link.policy.span) {
                    links.push((entity, Link { policy, span: link.policy.span }));
                }
            }
        }
        links
    }

    fn link(&mut self, entity: EntityId, name: &str, span: Span) -> Option<PolicyId> {
        let (schema, directory) = (self.schema, &self.directory);
        let Some(policy) = schema.policy_named(name) else {
            self.findings.error(|| {
                Diagnostic::error(Code::UnknownPolicy, span, format!("unknown org policy `{name}`"))
                    .maybe_help(did_you_mean(name, schema.policies.iter().map(|name| &**name)))
            });
            return None;
        };
        let Some(owner) = schema.policy_organizations.get(policy).and_then(Option::as_ref) else { return Some(policy) };
        let inside = directory.find(owner.ty, &owner.id).is_some_and(|owner| directory.is_within(entity, owner));
        if inside {
            return Some(policy);
        }
        let linked = directory.name(schema, entity);
        self.findings.error(|| {
            let message = format!("org policy `{name}` cannot be linked to `{linked}`");
            Diagnostic::error(Code::WrongLink, span, message)
                .help(format!("it belongs to `{}`, and `{linked}` does not lie there", owner.text(schema)))
        });
        None
    }

    /// Groups everything by entity. No entity may be added after this.
    pub(super) fn seal(
        &mut self,
        settings: Vec<(EntityId, SettingEntry)>,
        links: Vec<(EntityId, Link)>,
        assignments: Vec<Assignment>,
    ) {
        let directory = &mut self.directory;
        let entities = directory.entities.len();
        Arc::make_mut(&mut directory.entities).settle();
        let chains = Arc::make_mut(&mut directory.chains);
        let attributes = Arc::make_mut(&mut directory.attributes);
        chains.grow(entities);
        attributes.grow(&directory.entities);
        directory.places = Places::new(&directory.entities, chains, attributes).into();
        chains.seal();
        attributes.seal();
        directory.values.seal();
        directory.settings = Arc::new(ByEntity::new(entities, settings));
        directory.links = Arc::new(ByEntity::new(entities, links));
        directory.assignments = Assignments::new(entities, assignments);
    }
}
