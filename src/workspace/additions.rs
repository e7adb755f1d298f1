//! What directories add to a policy: the custom roles and org policies kept in them.
//!
//! They become declarations like all others, so that they go through the same model, compiler and checks.

use crate::diagnostics::Diagnostic;
use crate::directory::DirectoryTree;
use crate::schema::split_entity;
use crate::source::{FileId, Spanned};
use crate::syntax::ast::{EntityRef, Item, PolicyFile};
use crate::syntax::yaml;
use std::sync::Arc;

/// The declarations of directories, as one more file of the policy, and what is wrong with their form.
pub(super) fn additions(trees: &[Arc<DirectoryTree>]) -> (PolicyFile, Vec<Diagnostic>) {
    let mut file = PolicyFile { file: FileId(0), package: None, imports: Vec::new(), items: Vec::new() };
    let mut diagnostics = Vec::new();
    for tree in trees {
        for role in tree.custom_roles() {
            file.file = role.name.span.file;
            let organization = role.organization.as_ref().and_then(entity);
            let parsed = yaml::custom_role(&role.name, role.name.span, &role.node, organization);
            diagnostics.extend(parsed.diagnostics);
            file.items.extend(parsed.tree.map(Item::Role));
        }
        for policy in tree.policies() {
            file.file = policy.name.span.file;
            let parsed = yaml::policy(&policy.name, policy.name.span, &policy.node);
            diagnostics.extend(parsed.diagnostics);
            file.items.extend(parsed.tree.map(Item::Policy));
        }
    }
    (file, diagnostics)
}

/// The entity that the directory names as the owner of a custom role.
fn entity(text: &Spanned<String>) -> Option<EntityRef> {
    let (type_name, id) = split_entity(text)?;
    let part = |part: &str| Spanned::new(part.to_owned(), text.span);
    Some(EntityRef { type_name: part(type_name), id: part(id) })
}
