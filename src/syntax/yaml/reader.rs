//! The texts within a YAML policy, read by the DSL's grammar, and the findings collected on the way.

use crate::diagnostics::{Code, Diagnostic};
use crate::document::{Entry, Fields, Node, NodeKind, Scalar, ScalarStyle};
use crate::source::{FileId, Span, Spanned};
use crate::syntax::Parsed;
use crate::syntax::ast::{Doc, EntityRef, Expr, ExprKind, Ident, Pattern, PermissionRef, RoleRef};
use crate::syntax::dsl::fragment::{self, NameKind, Place};

/// Reads nodes into a tree, and holds what was found wrong.
pub(super) struct Reader {
    pub(super) file: FileId,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn new(file: FileId) -> Self {
        Self { file, diagnostics: Vec::new() }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The fields of a mapping that may be empty.
    pub(super) fn fields<'n>(&mut self, node: &'n Node, known: &'static [&'static str]) -> Fields<'n> {
        Fields::read(node, known, &mut self.diagnostics)
    }

    /// The entries of a mapping that has names for keys.
    pub(super) fn entries<'n>(&mut self, node: &'n Node) -> &'n [Entry] {
        node.expect_mapping(&mut self.diagnostics)
    }

    /// The values of a clause: a list, or the one that stands for a list of one; `wanted` names one of them. A clause with
    /// nothing after it is wrong, where a section with nothing in it is not: most likely its values are not where they
    /// were meant to be.
    pub(super) fn values<'n>(&mut self, node: &'n Node, wanted: &str) -> &'n [Node] {
        if matches!(node.kind, NodeKind::Null) {
            self.report(node.wrong_shape(wanted));
        }
        node.one_or_many()
    }

    /// A single value; `wanted` says what of.
    pub(super) fn scalar<'n>(&mut self, node: &'n Node, wanted: &str) -> Option<&'n Scalar> {
        let scalar = node.scalar();
        if scalar.is_none() {
            self.report(node.wrong_shape(wanted));
        }
        scalar
    }

    /// What a fragment of the DSL stands for.
    pub(super) fn fragment<T>(
        &mut self,
        scalar: &Scalar,
        span: Span,
        read: impl FnOnce(&str, Place<'_>) -> Parsed<Option<T>>,
    ) -> Option<T> {
        let parsed = read(&scalar.text, &|start, end| scalar.locate(span, start, end));
        self.diagnostics.extend(parsed.diagnostics);
        parsed.tree
    }

    /// What a single value stands for as a fragment of the DSL; `wanted` says what it is in words.
    pub(super) fn value<T>(
        &mut self,
        node: &Node,
        wanted: &str,
        read: impl FnOnce(&str, Place<'_>) -> Parsed<Option<T>>,
    ) -> Option<T> {
        let scalar = self.scalar(node, wanted)?;
        self.fragment(scalar, node.span, read)
    }

    /// What each value of a list stands for.
    pub(super) fn list<T>(
        &mut self,
        node: &Node,
        wanted: &str,
        read: impl Fn(&str, Place<'_>) -> Parsed<Option<T>>,
    ) -> Vec<T> {
        let values = self.values(node, wanted);
        values.iter().filter_map(|value| self.value(value, wanted, &read)).collect()
    }

    /// A condition. One that cannot be read is broken and not left out: without it more would be granted.
    pub(super) fn condition(&mut self, node: &Node) -> Expr {
        let read = self.value(node, "a condition", fragment::expression);
        read.unwrap_or_else(|| Expr::new(ExprKind::Broken, node.span))
    }

    /// The name that a key is.
    pub(super) fn key_name(&mut self, entry: &Entry, kind: NameKind) -> Option<Ident> {
        self.fragment(&entry.key, entry.key_span, |text, place| fragment::identifier(kind, text, place))
    }

    /// The name that a value is.
    pub(super) fn name(&mut self, node: &Node, kind: NameKind) -> Option<Ident> {
        self.value(node, "a name", |text, place| fragment::identifier(kind, text, place))
    }

    pub(super) fn names(&mut self, node: &Node, kind: NameKind) -> Vec<Ident> {
        self.list(node, "a name", |text, place| fragment::identifier(kind, text, place))
    }

    pub(super) fn roles(&mut self, node: &Node) -> Vec<RoleRef> {
        self.list(node, "a role", fragment::role_ref)
    }

    pub(super) fn permissions(&mut self, node: &Node) -> Vec<PermissionRef> {
        self.list(node, "a permission", fragment::permission_ref)
    }

    /// The patterns of a list of pattern texts.
    pub(super) fn patterns(&mut self, node: &Node) -> Vec<Pattern> {
        self.list(node, "a permission", fragment::patterns).into_iter().flatten().collect()
    }

    pub(super) fn entity(&mut self, node: &Node) -> Option<EntityRef> {
        self.value(node, "an entity, written `type:id`", fragment::entity_ref)
    }

    /// `true` or `false`; what is neither counts as false.
    pub(super) fn flag(&mut self, node: Option<&Node>) -> bool {
        node.and_then(|node| node.expect_bool(&mut self.diagnostics)).unwrap_or(false)
    }

    /// Text for people, as it stands but for white space around it; in quotes that is meant.
    pub(super) fn prose(&mut self, node: &Node) -> Option<Spanned<String>> {
        let scalar = self.scalar(node, "a text")?;
        let quoted = scalar.style == ScalarStyle::Quoted;
        let text = if quoted { scalar.text.as_str() } else { scalar.text.trim() };
        Some(Spanned::new(String::from(text), node.span))
    }

    /// The value of `doc`.
    pub(super) fn doc(&mut self, node: Option<&Node>) -> Doc {
        node.and_then(|node| self.prose(node))
    }

    /// The finding for a key that stands beside the name that it says something of.
    pub(super) fn not_indented(&mut self, entry: &Entry, above: &Entry) {
        let (key, above) = (&entry.key.text, &above.key.text);
        let message = format!("`{key}` stands beside `{above}`, and not in it");
        self.report(
            Diagnostic::error(Code::UnknownKey, entry.key_span, message).help(format!("indent it below `{above}`")),
        );
    }

    /// The finding for two keys that exclude each other.
    pub(super) fn exclude(&mut self, first: &Entry, second: &Entry) {
        let message = format!("`{}` and `{}` cannot stand together", first.key.text, second.key.text);
        let finding = Diagnostic::error(Code::DuplicateClause, second.key_span, message);
        self.report(finding.label(first.key_span, "the other is here"));
    }

    /// The finding for a key that must be there, at the name or keyword that lacks it.
    pub(super) fn missing(&mut self, key: &str, at: Span, help: &str) {
        let finding = Diagnostic::error(Code::MissingKey, at, format!("the key `{key}` is missing"));
        self.report(finding.help(help));
    }
}
