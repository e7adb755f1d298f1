//! Paths and literals: the steps of programs that yield values.

use super::{Read, Reader};
use crate::analysis::condition::term::{Kind, Single, Term, TermId, TermKey, Unit};
use crate::compile::{AttributeName, Node, NodeId};
use crate::schema::{AttributeInfo, MergeWord, Presence, Reach, Schema, SettingId, TypeId, Value};

impl Reader<'_, '_> {
    /// A step that yields a value.
    pub(super) fn value(&mut self, id: NodeId) -> Read {
        let entity = |ty: Option<TypeId>, schema: &Schema| match ty {
            Some(ty) => Kind::entity(schema, ty),
            None => Kind::Entity(None),
        };
        match self.policy.programs().node(id) {
            Node::Constant(constant) => match self.policy.programs().constants().get(constant) {
                Some(value) => self.constant(value),
                None => Read::Obscure,
            },
            Node::Subject => self.root(TermKey::Subject, "subject", entity(self.occasion.subject, self.schema)),
            Node::Actor => match self.occasion.actor {
                Some(actor) if self.schema.types.get(actor).is_some_and(|info| info.acts_as.is_none()) => {
                    self.root(TermKey::Subject, "subject", entity(self.occasion.subject, self.schema))
                }
                actor => self.root(TermKey::Actor, "actor", entity(actor, self.schema)),
            },
            Node::Resource => self.resource(),
            Node::Scope => match self.occasion.scope {
                Some(scope) if scope == self.occasion.resource && self.is_one(scope) => self.resource(),
                scope => self.root(TermKey::Scope, "scope", entity(scope, self.schema)),
            },
            Node::Action => match self.occasion.permission.and_then(|id| self.schema.permissions.get(id)) {
                Some(info) => match self.schema.actions.get(info.action) {
                    Some(name) => Read::Single(Single::Text(name.clone())),
                    None => Read::Obscure,
                },
                None => Read::Obscure,
            },
            Node::Now => self.root(TermKey::Now, "context.time", Kind::Number(Unit::Moment)),
            Node::Context(field) => match self.schema.context.get(field as usize) {
                Some(info) => {
                    let text = format!("context.{}", info.name);
                    let term = attribute_term(self.schema, info, None, text);
                    Read::Term(self.conditions.term(TermKey::Context(info.name.clone()), term))
                }
                None => Read::Obscure,
            },
            Node::Attribute(of, name) => self.attribute(of, name),
            Node::Ancestor(of, ty) => self.ancestor(of, ty),
            Node::Setting(of, setting) => self.setting(of, setting),
            Node::Size(of) => self.size(of),
            _ => Read::Obscure,
        }
    }

    /// What is there whatever the facts are.
    fn root(&mut self, key: TermKey, text: &str, kind: Kind) -> Read {
        let text = text.to_owned();
        let term = Term { text, of: None, kind, may_miss: false, may_lack: false, may_be_everything: false };
        Read::Term(self.conditions.term(key, term))
    }

    fn resource(&mut self) -> Read {
        self.root(TermKey::Resource, "resource", Kind::entity(self.schema, self.occasion.resource))
    }

    /// Whether an entity of a type is its only ancestor-or-self of that type.
    fn is_one(&self, ty: TypeId) -> bool {
        self.schema.reach(ty, ty) == Reach::One
    }

    fn constant(&self, value: &Value) -> Read {
        match value {
            Value::IpRange(range) => Read::Range(*range),
            Value::Set(values) => {
                match values.iter().map(|value| Single::of(self.schema, value)).collect::<Option<Vec<_>>>() {
                    Some(list) => Read::List(list),
                    None => Read::Obscure,
                }
            }
            _ => Single::of(self.schema, value).map_or(Read::Obscure, Read::Single),
        }
    }

    /// The path behind a step, with the type of the entity that it leads to.
    fn entity(&mut self, id: NodeId) -> Option<(TermId, TypeId)> {
        let Read::Term(term) = self.value(id) else { return None };
        let Kind::Entity(Some(name)) = &self.conditions.terms.get(term)?.kind else { return None };
        Some((term, self.schema.type_named(name)?))
    }

    fn attribute(&mut self, of: NodeId, name: AttributeName) -> Read {
        let found = self.entity(of).and_then(|(of, ty)| {
            let name = self.policy.programs().attributes().get(name)?;
            let info = self.schema.types.get(ty)?;
            Some((of, info, info.attributes.get(info.attribute(name)?)?))
        });
        let Some((of, ty, info)) = found else { return Read::Obscure };
        // A key acts as whom it names: that is the subject.
        let is_actor = self.conditions.is(of, TermKey::Actor);
        if is_actor && ty.acts_as.is_some() && ty.acts_as == ty.attribute(&info.name) {
            let kind = self.occasion.subject.map_or(Kind::Entity(None), |ty| Kind::entity(self.schema, ty));
            return self.root(TermKey::Subject, "subject", kind);
        }
        let text = format!("{}.{}", self.text(of), info.name);
        let term = attribute_term(self.schema, info, Some(of), text);
        Read::Term(self.conditions.term(TermKey::Attribute(of, info.name.clone()), term))
    }

    fn ancestor(&mut self, of: NodeId, ty: TypeId) -> Read {
        let Some((of, from)) = self.entity(of) else { return Read::Obscure };
        let reach = self.schema.reach(from, ty);
        if from == ty && reach == Reach::One {
            return Read::Term(of);
        }
        let is_resource = self.conditions.is(of, TermKey::Resource);
        if is_resource && self.occasion.scope == Some(ty) && reach == Reach::One {
            return self.root(TermKey::Scope, "scope", Kind::entity(self.schema, ty));
        }
        let (kind, may_lack) = match reach {
            Reach::Never => return Read::Obscure,
            Reach::One => (Kind::entity(self.schema, ty), false),
            Reach::Optional => (Kind::entity(self.schema, ty), true),
            Reach::Many => (Kind::Set, false),
        };
        let name = self.schema.types.get(ty).map_or_else(Box::default, |info| info.name.clone());
        let text = format!("{}.{name}", self.text(of));
        let term = Term { text, of: Some(of), kind, may_miss: true, may_lack, may_be_everything: false };
        Read::Term(self.conditions.term(TermKey::Ancestor(of, name), term))
    }

    fn setting(&mut self, of: NodeId, setting: SettingId) -> Read {
        let Read::Term(of) = self.value(of) else { return Read::Obscure };
        let Some(info) = self.schema.settings.get(setting) else { return Read::Obscure };
        let always = matches!(info.merge, MergeWord::Narrows | MergeWord::Widens);
        let term = Term {
            text: format!("{}.settings.{}", self.text(of), info.name),
            of: Some(of),
            kind: Kind::of(self.schema, &info.value),
            may_miss: true,
            may_lack: !always,
            may_be_everything: info.merge == MergeWord::Narrows,
        };
        Read::Term(self.conditions.term(TermKey::Setting(of, info.name.clone()), term))
    }

    fn size(&mut self, of: NodeId) -> Read {
        let set = match self.value(of) {
            Read::List(list) => return Read::Single(Single::Number(i64::try_from(list.len()).unwrap_or(i64::MAX))),
            Read::Term(term) if self.conditions.terms.get(term).is_some_and(|it| it.kind == Kind::Set) => term,
            _ => return Read::Obscure,
        };
        let term = Term {
            text: format!("size({})", self.text(set)),
            of: Some(set),
            kind: Kind::Size,
            may_miss: false,
            may_lack: false,
            may_be_everything: false,
        };
        Read::Term(self.conditions.term(TermKey::Size(set), term))
    }

    fn text(&self, term: TermId) -> &str {
        self.conditions.terms.get(term).map_or("", |term| &term.text)
    }
}

fn attribute_term(schema: &Schema, info: &AttributeInfo, of: Option<TermId>, text: String) -> Term {
    Term {
        text,
        of,
        kind: Kind::of(schema, &info.ty),
        may_miss: info.presence == Presence::Required,
        may_lack: info.presence == Presence::Optional,
        may_be_everything: false,
    }
}
