//! `allow` and `deny`: as rules, and as items of a role.

use super::reader::Reader;
use crate::diagnostics::{Code, Diagnostic};
use crate::document::{Entry, Fields, Node, NodeKind};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{Effect, Pattern, Statement};
use crate::syntax::dsl::fragment::{self, NameKind};

/// The keys of a rule. After the first two, those of an item of a role, which has `permissions` in their stead.
const RULE_KEYS: &[&str] = &["allow", "deny", "within", "to", "when", "unless", "because", "doc"];
const ITEM_KEYS: &[&str] = &["permissions", "within", "to", "when", "unless", "because", "doc"];

impl Reader {
    /// The rules of a file or an org policy.
    pub(super) fn rules(&mut self, node: &Node) -> Vec<Statement> {
        node.one_or_many().iter().filter_map(|rule| self.rule(rule)).collect()
    }

    fn rule(&mut self, node: &Node) -> Option<Statement> {
        if node.mapping().is_none() {
            let finding = node.wrong_shape("a rule");
            self.report(finding.help("write `- deny: team.delete`, and `when`, `unless` or `because` below `deny`"));
            return None;
        }
        let fields = self.fields(node, RULE_KEYS);
        let (effect, entry) = match (fields.entry("allow"), fields.entry("deny")) {
            (Some(allow), Some(deny)) => {
                self.exclude(allow, deny);
                return None;
            }
            (Some(entry), None) => (Effect::Allow, entry),
            (None, Some(entry)) => (Effect::Deny, entry),
            (None, None) => {
                let at = fields.entries().first().map_or(node.span, |entry| entry.key_span);
                self.report(
                    Diagnostic::error(Code::MissingKey, at, "the rule has neither `allow` nor `deny`")
                        .help("write `allow: PERMISSIONS` or `deny: PERMISSIONS`"),
                );
                return None;
            }
        };
        let patterns = self.patterns(&entry.value);
        Some(self.clauses(&fields, Spanned::new(effect, entry.key_span), patterns))
    }

    /// The statements under `allow` or `deny` in a role. Patterns that follow each other without more are one statement.
    pub(super) fn items(&mut self, effect: Effect, entry: &Entry) -> Vec<Statement> {
        let mut statements = Vec::new();
        let mut bare: Option<(Span, Vec<Pattern>)> = None;
        let alone = entry.value.sequence().is_none();
        for item in self.values(&entry.value, "a permission") {
            let place = if alone { entry.key_span } else { item.span };
            if matches!(item.kind, NodeKind::Mapping(_)) {
                statements.extend(bare.take().map(|(place, patterns)| plain(effect, place, patterns)));
                statements.extend(self.item(effect, item, place));
            } else {
                let patterns = self.value(item, "a permission", fragment::patterns).unwrap_or_default();
                bare.get_or_insert((place, Vec::new())).1.extend(patterns);
            }
        }
        statements.extend(bare.map(|(place, patterns)| plain(effect, place, patterns)));
        statements.retain(|statement| !statement.patterns.is_empty());
        statements
    }

    /// An item with more than its permissions.
    fn item(&mut self, effect: Effect, node: &Node, place: Span) -> Option<Statement> {
        let fields = self.fields(node, ITEM_KEYS);
        let Some(entry) = fields.entry("permissions") else {
            let at = fields.entries().first().map_or(place, |entry| entry.key_span);
            self.missing("permissions", at, "write `permissions: \"run.{view, delete}\"` beside it");
            return None;
        };
        let patterns = self.patterns(&entry.value);
        Some(self.clauses(&fields, Spanned::new(effect, entry.key_span), patterns))
    }

    /// A statement with the clauses that stand beside its permissions.
    fn clauses(&mut self, fields: &Fields<'_>, effect: Spanned<Effect>, patterns: Vec<Pattern>) -> Statement {
        Statement {
            doc: self.doc(fields.get("doc")),
            effect,
            patterns,
            within: fields.get("within").and_then(|node| self.name(node, NameKind::Type)),
            to: fields.get("to").map(|node| self.names(node, NameKind::Type)).unwrap_or_default(),
            when: fields.get("when").map(|node| self.condition(node)),
            unless: fields.get("unless").map(|node| self.condition(node)),
            because: fields.get("because").and_then(|node| self.prose(node)),
        }
    }
}

fn plain(effect: Effect, place: Span, patterns: Vec<Pattern>) -> Statement {
    Statement {
        doc: None,
        effect: Spanned::new(effect, place),
        patterns,
        within: None,
        to: Vec::new(),
        when: None,
        unless: None,
        because: None,
    }
}
