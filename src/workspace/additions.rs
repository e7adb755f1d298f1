//! What directories add to a policy: the custom roles and org policies kept in them.
//!
//! They become declarations like all others, so that they go through the same model, compiler and checks.

use crate::diagnostics::Diagnostic;
use crate::directory::Edit;
use crate::directory::tree::Declarations;
use crate::document::Node;
use crate::schema::split_entity;
use crate::source::{FileId, Spanned};
use crate::syntax::ast::{EntityRef, Item, PolicyFile};
use crate::syntax::yaml;

/// What is added: as one more file of the policy, and what is wrong with its form.
#[derive(Debug)]
pub(super) struct Additions {
    pub(super) file: PolicyFile,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Additions {
    fn none() -> Self {
        let file = PolicyFile { file: FileId(0), package: None, imports: Vec::new(), items: Vec::new() };
        Self { file, diagnostics: Vec::new() }
    }

    /// All that directories hold.
    pub(super) fn of_directories(declarations: &Declarations) -> Self {
        let mut additions = Self::none();
        for role in declarations.custom_roles() {
            additions.custom_role(&role.name, role.organization.as_ref(), &role.node);
        }
        for policy in declarations.policies() {
            additions.policy(&policy.name, &policy.node);
        }
        additions
    }

    /// What steps add to directories.
    pub(super) fn of_edits(edits: &[Edit]) -> Self {
        let mut additions = Self::none();
        for edit in edits {
            match edit {
                Edit::AddCustomRole(role) => {
                    additions.custom_role(&role.name.name, Some(&role.name.organization), &role.node);
                }
                Edit::AddPolicy(policy) => additions.policy(&policy.name, &policy.node),
                _ => {}
            }
        }
        additions
    }

    fn custom_role(&mut self, name: &Spanned<String>, organization: Option<&Spanned<String>>, node: &Node) {
        self.file.file = name.span.file;
        let parsed = yaml::custom_role(name, name.span, node, organization.and_then(entity));
        self.diagnostics.extend(parsed.diagnostics);
        self.file.items.extend(parsed.tree.map(Item::Role));
    }

    fn policy(&mut self, name: &Spanned<String>, node: &Node) {
        self.file.file = name.span.file;
        let parsed = yaml::policy(name, name.span, node);
        self.diagnostics.extend(parsed.diagnostics);
        self.file.items.extend(parsed.tree.map(Item::Policy));
    }
}

/// The entity that the directory names as the owner of a custom role.
fn entity(text: &Spanned<String>) -> Option<EntityRef> {
    let (type_name, id) = split_entity(text)?;
    let part = |part: &str| Spanned::new(part.to_owned(), text.span);
    Some(EntityRef { type_name: part(type_name), id: part(id) })
}
