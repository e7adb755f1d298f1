//! The YAML form of policy: nodes of a document to the tree that the DSL yields too.
//!
//! Here stand the shapes only. What a scalar holds (a condition, patterns, a type, a name) is read by the DSL's own
//! grammar through [`fragment`](super::dsl::fragment), with places in the YAML file, so that a mistake reads the same in
//! both forms.

mod policy;
mod reader;
mod role;
mod statement;
#[cfg(test)]
mod tests;
mod top_level;
mod types;

use super::Parsed;
use super::ast::{EntityRef, PolicyDecl, PolicyFile, RoleDecl};
use crate::document::{self, Node};
use crate::source::{FileId, Span};
use reader::Reader;

/// Reads a policy file in YAML: all of it that can be read, and every error found.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Parsed<PolicyFile> {
    let read = document::parse(file, text);
    let mut reader = Reader::new(file);
    reader.diagnostics = read.diagnostics;
    let tree = match &read.node {
        Some(node) => reader.policy_file(node),
        None => reader.empty_file(),
    };
    Parsed { tree, diagnostics: reader.diagnostics }
}

/// Reads a policy file from its document.
#[must_use]
pub fn policy_file(file: FileId, node: &Node) -> Parsed<PolicyFile> {
    let mut reader = Reader::new(file);
    let tree = reader.policy_file(node);
    Parsed { tree, diagnostics: reader.diagnostics }
}

/// Reads the body of a custom role that a directory holds for an organization, if it says for which.
#[must_use]
pub fn custom_role(
    name: &str,
    name_span: Span,
    node: &Node,
    organization: Option<EntityRef>,
) -> Parsed<Option<RoleDecl>> {
    let mut reader = Reader::new(name_span.file);
    let tree = reader.custom_role(name, name_span, node, organization);
    Parsed { tree, diagnostics: reader.diagnostics }
}

/// Reads the body of an org policy that a directory holds.
#[must_use]
pub fn policy(name: &str, name_span: Span, node: &Node) -> Parsed<Option<PolicyDecl>> {
    let mut reader = Reader::new(name_span.file);
    let tree = reader.named_policy(name, name_span, node);
    Parsed { tree, diagnostics: reader.diagnostics }
}
