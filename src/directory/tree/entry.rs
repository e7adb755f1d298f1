//! What stands below an entity beside nested entities: parents, links, settings and attributes.

use super::read::{Reader, joined};
use super::{Mention, ParentMention, Written, WrittenField, WrittenLink};
use crate::diagnostics::{Code, Diagnostic};
use crate::document::{Entry, Node, NodeKind, ScalarStyle};
use crate::source::Span;

impl Reader {
    /// One key of an entity that does not name a nested one.
    pub(super) fn field(&mut self, entity: Mention, entry: &Entry) {
        match entry.key.text.as_str() {
            "in" => self.parents(entity, &entry.value),
            "roles" => self.roles(entity, entry),
            "policy" => self.links(entity, &entry.value),
            "settings" => self.settings(entity, entry),
            "custom_roles" => self.custom_roles(entity, entry),
            "policies" => self.findings.error(|| {
                Diagnostic::error(Code::UnknownKey, entry.key_span, "`policies` stands at the top of the file only")
                    .help("to link an org policy here, write `policy: NAME`")
            }),
            _ => {
                let field = self.written_field(entity, entry);
                self.tree.attributes.push(field);
            }
        }
    }

    fn parents(&mut self, entity: Mention, value: &Node) {
        for node in value.one_or_many() {
            if let Some(joined) = joined(node) {
                self.findings.error(|| {
                    Diagnostic::error(Code::InvalidEntity, node.span, "an entity has no space after its colon")
                        .help(format!("write `{joined}`"))
                });
                continue;
            }
            let Some(scalar) = self.scalar(node) else { continue };
            if let Some(parent) = self.entity_text(&scalar.text, node.span) {
                self.tree.parents.push(ParentMention { entity: entity.text, parent, span: node.span });
            }
        }
    }

    fn links(&mut self, entity: Mention, value: &Node) {
        for node in value.one_or_many() {
            let Some(scalar) = self.scalar(node) else { continue };
            let policy = Mention { text: self.tree.texts.intern(&scalar.text), span: node.span };
            self.tree.links.push(WrittenLink { entity: entity.text, policy });
        }
    }

    fn settings(&mut self, entity: Mention, entry: &Entry) {
        match &entry.value.kind {
            NodeKind::Null => {}
            NodeKind::Mapping(entries) => {
                for inner in entries {
                    let field = self.written_field(entity, inner);
                    self.tree.settings.push(field);
                }
            }
            _ => self.wrong_shape(&entry.value, "a mapping"),
        }
    }

    fn written_field(&mut self, entity: Mention, entry: &Entry) -> WrittenField {
        WrittenField {
            entity: entity.text,
            key: Mention { text: self.tree.texts.intern(&entry.key.text), span: entry.key_span },
            value: self.written(&entry.value),
            span: if matches!(entry.value.kind, NodeKind::Null) { entry.key_span } else { entry.value.span },
        }
    }

    pub(super) fn written(&mut self, node: &Node) -> Written {
        match &node.kind {
            NodeKind::Sequence(items) => {
                let items: Vec<(Written, Span)> = items.iter().map(|item| (self.single(item), item.span)).collect();
                Written::List(items.into())
            }
            _ => self.single(node),
        }
    }

    /// A value that is no list: an element of one cannot be one.
    fn single(&mut self, node: &Node) -> Written {
        match &node.kind {
            NodeKind::Null => Written::Null,
            NodeKind::Scalar(scalar) => {
                Written::Text { text: self.tree.texts.intern(&scalar.text), quoted: scalar.style != ScalarStyle::Plain }
            }
            NodeKind::Sequence(_) | NodeKind::Mapping(_) => Written::Other(node.describe()),
        }
    }
}
