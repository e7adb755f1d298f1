//! The line of an entity: where it lies, its attributes, settings and linked org policies.

use super::{BulkReader, Step};
use crate::directory::tree::{Mention, ParentMention, Written, WrittenField, WrittenLink};
use crate::document::{JsonMember, JsonMembers, JsonValue};

/// Keys of an entity's line.
const ENTITY: [&str; 5] = ["entity", "in", "attributes", "settings", "policy"];

impl BulkReader {
    pub(super) fn entity(&mut self, name: JsonValue<'_>, members: &JsonMembers<'_>) -> Step<()> {
        let Some(entity) = self.mention(name)? else {
            self.reader.tree.incomplete = true;
            return Ok(());
        };
        self.reader.tree.entries.push(entity);
        for member in members {
            match &*member.key {
                "entity" => {}
                "in" => {
                    for value in member.value.one_or_many()? {
                        if let Some(parent) = self.mention(value)? {
                            let (entity, parent, span) = (entity.text, parent.text, parent.span);
                            self.reader.tree.parents.push(ParentMention { entity, parent, span });
                        }
                    }
                }
                "policy" => {
                    for value in member.value.one_or_many()? {
                        if let Some(policy) = self.word(value)? {
                            self.reader.tree.links.push(WrittenLink { entity: entity.text, policy });
                        }
                    }
                }
                "attributes" => {
                    for field in self.members(member.value)? {
                        let field = self.field(entity, field)?;
                        self.reader.tree.attributes.push(field);
                    }
                }
                "settings" => {
                    for field in self.members(member.value)? {
                        let field = self.field(entity, field)?;
                        self.reader.tree.settings.push(field);
                    }
                }
                "roles" | "assign" => self.unknown_key(
                    member,
                    &ENTITY,
                    Some("an assignment is a line of its own: {\"assign\":{\"subject\":…,\"role\":…,\"on\":…}}"),
                ),
                "custom_roles" | "custom_role" => self.unknown_key(
                    member,
                    &ENTITY,
                    Some("a custom role is a line of its own: {\"custom_role\":{\"name\":…,\"in\":…}}"),
                ),
                _ => self.unknown_key(member, &ENTITY, Some("attributes stand under `attributes`")),
            }
        }
        Ok(())
    }

    /// A key of `attributes` or `settings`, and its value.
    fn field(&mut self, entity: Mention, member: JsonMember<'_>) -> Step<WrittenField> {
        let value = match member.value.elements()? {
            Some(elements) => {
                let mut items = Vec::with_capacity(elements.len());
                for element in elements {
                    items.push((self.single(element)?, element.span()));
                }
                Written::List(items.into())
            }
            None => self.single(member.value)?,
        };
        let key = Mention { text: self.reader.tree.texts.intern(&member.key), span: member.key_span };
        Ok(WrittenField { entity: entity.text, key, value, span: member.value.span() })
    }

    /// A value that is no list: an element of one cannot be one.
    fn single(&mut self, value: JsonValue<'_>) -> Step<Written> {
        Ok(match value.text()? {
            Some(text) => Written::Text { text: self.reader.tree.texts.intern(&text), quoted: value.is_string() },
            None if value.is_null() => Written::Null,
            None => Written::Other(value.describe()),
        })
    }
}
