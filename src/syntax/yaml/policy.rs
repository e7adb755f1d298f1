//! Org policies: those of a policy file, and those that a directory holds.

use super::reader::Reader;
use crate::document::{Entry, Fields, Node, NodeKind, Scalar, ScalarStyle};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{Ident, Literal, LiteralKind, PolicyDecl, SettingValue};
use crate::syntax::dsl::fragment::{self, NameKind};

const POLICY_KEYS: &[&str] = &["doc", "in", "settings", "rules"];

impl Reader {
    /// A policy under `policies`.
    pub(super) fn policy(&mut self, entry: &Entry) -> Option<PolicyDecl> {
        let name = self.key_name(entry, NameKind::Policy);
        let fields = self.fields(&entry.value, POLICY_KEYS);
        self.policy_body(name, &fields)
    }

    /// A policy under `policies` of a directory.
    pub(super) fn named_policy(&mut self, name: &str, name_span: Span, node: &Node) -> Option<PolicyDecl> {
        let parsed = fragment::identifier(NameKind::Policy, name, &|_, _| name_span);
        self.diagnostics.extend(parsed.diagnostics);
        let fields = self.fields(node, POLICY_KEYS);
        self.policy_body(parsed.tree, &fields)
    }

    /// What stands under a policy's name. It is read where the name is broken too, as it may hold other mistakes.
    fn policy_body(&mut self, name: Option<Ident>, fields: &Fields<'_>) -> Option<PolicyDecl> {
        let doc = self.doc(fields.get("doc"));
        let organization = fields.get("in").and_then(|node| self.entity(node));
        let settings = fields.get("settings").map(|node| self.setting_values(node)).unwrap_or_default();
        let rules = fields.get("rules").map(|node| self.rules(node)).unwrap_or_default();
        Some(PolicyDecl { doc, name: name?, organization, settings, rules })
    }

    fn setting_values(&mut self, node: &Node) -> Vec<SettingValue> {
        let mut values = Vec::new();
        for entry in self.entries(node) {
            let name = self.key_name(entry, NameKind::Setting);
            let value = self.literal(&entry.value);
            if let (Some(name), Some(value)) = (name, value) {
                values.push(SettingValue { name, value });
            }
        }
        values
    }

    /// A value, its type not yet known.
    fn literal(&mut self, node: &Node) -> Option<Literal> {
        let kind = match &node.kind {
            NodeKind::Scalar(Scalar { text, style: ScalarStyle::Plain, .. }) => LiteralKind::Raw(text.clone()),
            NodeKind::Scalar(Scalar { text, .. }) => LiteralKind::String(text.clone()),
            NodeKind::Sequence(nodes) => {
                LiteralKind::List(nodes.iter().filter_map(|node| self.literal(node)).collect())
            }
            NodeKind::Null | NodeKind::Mapping(_) => {
                let finding = node.wrong_shape("a value");
                self.report(finding);
                return None;
            }
        };
        Some(Spanned::new(kind, node.span))
    }
}
