//! From the nodes of a YAML or JSON document to a [`DirectoryTree`]: the head of the file and the nesting of entities.

use super::{CustomRoleEntry, DirectoryTree, Mention, ParentMention, PolicyEntry, RESERVED};
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::findings::Findings;
use crate::document::{Entry, Node, NodeKind, Scalar, bare_entry, unknown_key, unknown_version};
use crate::index::Symbol;
use crate::schema::split_entity;
use crate::source::{Span, Spanned};
use std::sync::Arc;

/// Keys of a directory file that are no entities.
const TOP: [&str; 3] = ["rolebook", "kind", "policies"];

/// Reads a directory from its document: everything that could be read, and every mistake found.
///
/// Nothing is asked of a policy here; a mistake in a name of its vocabulary is found when the directory is built.
#[must_use]
pub fn read(node: &Node) -> (DirectoryTree, Vec<Diagnostic>) {
    let mut reader = Reader { tree: DirectoryTree::default(), findings: Findings::default() };
    reader.file(node);
    (reader.tree, reader.findings.finish())
}

/// Reads a directory that stands inside another document, a test say: `rolebook` and `kind` may be left out.
#[must_use]
pub fn read_inline(node: &Node) -> (DirectoryTree, Vec<Diagnostic>) {
    let mut reader = Reader { tree: DirectoryTree::default(), findings: Findings::default() };
    match &node.kind {
        NodeKind::Null => {}
        NodeKind::Mapping(entries) => reader.entities(entries),
        _ => reader.wrong_shape(node, "a mapping"),
    }
    (reader.tree, reader.findings.finish())
}

#[derive(Debug)]
pub(super) struct Reader {
    pub(super) tree: DirectoryTree,
    pub(super) findings: Findings,
}

impl Reader {
    fn file(&mut self, node: &Node) {
        let NodeKind::Mapping(entries) = &node.kind else {
            self.findings.push(node.wrong_shape("a mapping").help("begin with `rolebook: 1` and `kind: directory`"));
            return;
        };
        let head = entries.first().map_or(node.span, |entry| entry.key_span);
        if self.kind(node, head) {
            self.version(node, head);
            self.entities(entries);
        }
    }

    /// Whether the file says that it is a directory. Where it does not, nothing more is read from it.
    pub(super) fn kind(&mut self, node: &Node, head: Span) -> bool {
        let finding = match node.get("kind") {
            Some(kind) if kind.text() == Some("directory") => return true,
            Some(kind) => match kind.text() {
                Some(text) => {
                    Diagnostic::error(Code::WrongKind, kind.span, format!("expected a directory, found kind `{text}`"))
                }
                None => Diagnostic::error(
                    Code::WrongKind,
                    kind.span,
                    format!("expected `kind: directory`, found {}", kind.describe()),
                ),
            },
            None => Diagnostic::error(Code::WrongKind, head, "the file names no kind, and a directory is wanted here"),
        };
        self.findings.push(finding.help("write `kind: directory`"));
        false
    }

    pub(super) fn version(&mut self, node: &Node, head: Span) {
        let finding = match node.get("rolebook") {
            Some(version) => unknown_version(version),
            None => Some(
                Diagnostic::error(Code::MissingKey, head, "the key `rolebook` is missing").help("write `rolebook: 1`"),
            ),
        };
        if let Some(finding) = finding {
            self.findings.push(finding);
        }
    }

    /// Everything below the top, with a stack of our own: how deep entities nest is the file's choice.
    fn entities(&mut self, entries: &[Entry]) {
        let mut open: Vec<(Option<Mention>, std::slice::Iter<'_, Entry>)> = vec![(None, entries.iter())];
        while let Some((outer, rest)) = open.last_mut() {
            let outer = *outer;
            let Some(entry) = rest.next() else {
                open.pop();
                continue;
            };
            match outer {
                _ if entry.key.text.contains(':') => {
                    if let Some(entity) = self.entity(outer, entry) {
                        open.push((Some(entity), entry.value.mapping().unwrap_or(&[]).iter()));
                    }
                }
                Some(entity) => self.field(entity, entry),
                None => self.top(entry),
            }
        }
    }

    /// The key of an entity: its entry, and that it lies in the outer one.
    fn entity(&mut self, outer: Option<Mention>, entry: &Entry) -> Option<Mention> {
        let text = self.entity_text(&entry.key.text, entry.key_span)?;
        let entity = Mention { text, span: entry.key_span };
        self.tree.entries.push(entity);
        if let Some(outer) = outer {
            self.tree.parents.push(ParentMention { entity: text, parent: outer.text, span: entry.key_span });
        }
        if !matches!(entry.value.kind, NodeKind::Mapping(_) | NodeKind::Null) {
            let inner = entry.value.text().and_then(bare_entry);
            let help = inner.map(|inner| format!("write `{inner}: {{}}`"));
            self.findings.error(|| entry.value.wrong_shape("a mapping").maybe_help(help));
        }
        Some(entity)
    }

    /// A key at the top that names no entity.
    fn top(&mut self, entry: &Entry) {
        let key = entry.key.text.as_str();
        match key {
            "rolebook" | "kind" => {}
            "policies" => {
                for (name, node) in self.named(entry) {
                    self.tree.declarations.policies.push(PolicyEntry { name, node });
                }
            }
            _ => self.findings.error(|| {
                let finding = unknown_key(entry, &TOP);
                let help = match key {
                    "policy" => "org policies stand under `policies`; `policy` links one in the entry of an entity",
                    _ if RESERVED.contains(&key) => "this stands in the entry of an entity",
                    _ if finding.help.is_some() => return finding,
                    _ => "at the top of a directory stand entities, `type:id`, and `policies`",
                };
                finding.help(help)
            }),
        }
    }

    pub(super) fn custom_roles(&mut self, entity: Mention, entry: &Entry) {
        for (name, node) in self.named(entry) {
            let organization = Spanned::new(self.tree.texts.resolve(entity.text).to_owned(), entity.span);
            let role = CustomRoleEntry { name, organization: Some(organization), node };
            self.tree.declarations.custom_roles.push(Arc::new(role));
        }
    }

    /// The names and nodes of a mapping that is compiled elsewhere.
    fn named(&mut self, entry: &Entry) -> Vec<(Spanned<String>, Node)> {
        match &entry.value.kind {
            NodeKind::Null => Vec::new(),
            NodeKind::Mapping(entries) => entries
                .iter()
                .map(|inner| (Spanned::new(inner.key.text.clone(), inner.key_span), inner.value.clone()))
                .collect(),
            _ => {
                self.wrong_shape(&entry.value, "a mapping");
                Vec::new()
            }
        }
    }

    /// The entity that a text names, if it can be one.
    pub(super) fn entity_text(&mut self, text: &str, span: Span) -> Option<Symbol> {
        if split_entity(text).is_some() {
            return Some(self.tree.texts.intern(text));
        }
        self.findings.error(|| {
            Diagnostic::error(Code::InvalidEntity, span, format!("`{text}` is no entity"))
                .help("write `type:id`, the id without white space or `#`")
        });
        None
    }

    /// The text of a single value.
    pub(super) fn scalar<'n>(&mut self, node: &'n Node) -> Option<&'n Scalar> {
        let scalar = node.scalar();
        if scalar.is_none() {
            self.wrong_shape(node, "a single value");
        }
        scalar
    }

    pub(super) fn wrong_shape(&mut self, node: &Node, wanted: &str) {
        self.findings.error(|| node.wrong_shape(wanted));
    }
}

/// `type:id`, where a space after the colon made a mapping of it: `type: id`.
pub(super) fn joined(node: &Node) -> Option<String> {
    let [entry] = node.mapping()? else { return None };
    let id = entry.value.text().filter(|text| !text.contains(':'))?;
    let joined = format!("{}:{id}", entry.key.text);
    let entity = joined.split_once('#').map_or(joined.as_str(), |(entity, _)| entity);
    split_entity(entity).is_some().then_some(joined)
}
