//! Types and what stands in them; the fields of the context, which are written like attributes.

use super::reader::Reader;
use crate::document::{Entry, Fields, Node, NodeKind};
use crate::source::Spanned;
use crate::syntax::ast::{ActionDecl, AttributeDecl, ChangeKind, ChangeRule, Doc, SettingDecl, TypeDecl};
use crate::syntax::dsl::fragment::{self, NameKind};

const TYPE_KEYS: &[&str] = &[
    "doc",
    "in",
    "acts as",
    "attributes",
    "settings",
    "unique",
    "actions",
    "create by",
    "delete by",
    "set by",
    "move by",
    "link by",
    "custom roles by",
];

impl Reader {
    /// The types under `types`.
    pub(super) fn types(&mut self, node: &Node) -> Vec<TypeDecl> {
        let mut types = Vec::new();
        let mut before: Option<(&Entry, Option<usize>)> = None;
        for entry in self.entries(node) {
            // A type that is called like a key says of itself what types do.
            let of_a_type = |inner: &Entry| TYPE_KEYS.contains(&inner.key.text.as_str());
            let is_type = match &entry.value.kind {
                NodeKind::Mapping(entries) => entries.iter().all(of_a_type),
                NodeKind::Null => true,
                NodeKind::Scalar(_) | NodeKind::Sequence(_) => false,
            };
            match before {
                Some((above, at)) if of_a_type(entry) && (!is_type || entry.key.text.contains(' ')) => {
                    self.not_indented(entry, above);
                    if let Some(decl) = at.and_then(|at: usize| types.get_mut(at)) {
                        let decl: &mut TypeDecl = decl;
                        decl.incomplete = true;
                    }
                }
                _ => {
                    let decl = self.type_decl(entry);
                    before = Some((entry, decl.is_some().then_some(types.len())));
                    types.extend(decl);
                }
            }
        }
        types
    }

    /// A type under `types`.
    fn type_decl(&mut self, entry: &Entry) -> Option<TypeDecl> {
        let before = self.diagnostics.len();
        let name = self.key_name(entry, NameKind::Type);
        let fields = self.fields(&entry.value, TYPE_KEYS);
        let doc = self.doc(fields.get("doc"));
        let parents = fields.get("in").map(|node| self.list(node, "a type", fragment::parent)).unwrap_or_default();
        let acts_as = fields.get("acts as").and_then(|node| self.name(node, NameKind::Attribute));
        let attributes = fields.get("attributes").map(|node| self.attributes(node)).unwrap_or_default();
        let settings = fields.get("settings").map(|node| self.settings(node)).unwrap_or_default();
        let actions = fields.get("actions").map(|node| self.actions(node)).unwrap_or_default();
        let unique = fields.get("unique").map(|node| self.names(node, NameKind::Attribute)).unwrap_or_default();
        let changes = self.changes(&fields);
        let incomplete = self.diagnostics.len() > before;
        Some(TypeDecl {
            doc,
            name: name?,
            parents,
            acts_as,
            attributes,
            settings,
            actions,
            unique,
            changes,
            incomplete,
        })
    }

    /// `NAME: TYPE` each, or `NAME: { type: TYPE, doc: … }`.
    pub(super) fn attributes(&mut self, node: &Node) -> Vec<AttributeDecl> {
        let mut attributes = Vec::new();
        for entry in self.entries(node) {
            let name = self.key_name(entry, NameKind::Attribute);
            let (doc, text) = self.typed(entry);
            let text = text.and_then(|node| self.value(node, "a type", fragment::attribute));
            if let (Some(name), Some(text)) = (name, text) {
                attributes.push(AttributeDecl { doc, name, ty: text.ty, default: text.default });
            }
        }
        attributes
    }

    /// `NAME: TYPE MERGE` each, or `NAME: { type: TYPE MERGE, doc: … }`.
    fn settings(&mut self, node: &Node) -> Vec<SettingDecl> {
        let mut settings = Vec::new();
        for entry in self.entries(node) {
            let name = self.key_name(entry, NameKind::Setting);
            let (doc, text) = self.typed(entry);
            let text = text.and_then(|node| self.value(node, "a type and a merge word", fragment::setting));
            if let (Some(name), Some(text)) = (name, text) {
                settings.push(SettingDecl { doc, name, ty: text.ty, merge: text.merge, within: text.within });
            }
        }
        settings
    }

    /// The documentation and the text of an attribute or a setting.
    fn typed<'n>(&mut self, entry: &'n Entry) -> (Doc, Option<&'n Node>) {
        if entry.value.mapping().is_none() {
            return (None, Some(&entry.value));
        }
        let fields = self.fields(&entry.value, &["type", "doc"]);
        if fields.entry("type").is_none() {
            self.missing("type", entry.key_span, "write `{ type: string, doc: What it is for. }`");
        }
        (self.doc(fields.get("doc")), fields.get("type"))
    }

    /// A list of names, or a mapping of names to what documents them; an element of the list may be such a mapping.
    fn actions(&mut self, node: &Node) -> Vec<ActionDecl> {
        let mut actions = Vec::new();
        for item in node.one_or_many() {
            let NodeKind::Mapping(entries) = &item.kind else {
                actions.extend(self.name(item, NameKind::Action).map(|name| ActionDecl { doc: None, name }));
                continue;
            };
            for entry in entries {
                let name = self.key_name(entry, NameKind::Action);
                let documented = !matches!(entry.value.kind, NodeKind::Null);
                let doc = self.doc(documented.then_some(&entry.value));
                actions.extend(name.map(|name| ActionDecl { doc, name }));
            }
        }
        actions
    }

    /// `create by` and its like, in the order written.
    fn changes(&mut self, fields: &Fields<'_>) -> Vec<ChangeRule> {
        let mut changes = Vec::new();
        for entry in fields.entries() {
            let Some(change) = entry.key.text.strip_suffix(" by") else { continue };
            if let Some(kind) = ChangeKind::ALL.into_iter().find(|kind| kind.as_str() == change) {
                let by = self.permissions(&entry.value);
                changes.push(ChangeRule { kind: Spanned::new(kind, entry.key_span), by });
            }
        }
        changes
    }
}
