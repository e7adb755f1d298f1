//! From the steps of a program that yield values to paths.

use super::read::{Read, Reader};
use super::term::{Kind, Single, Term, TermId, TermKey};
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
            Node::Subject => self.root(TermKey::Subject, entity(self.occasion.subject, self.schema)),
            Node::Actor => match self.occasion.actor {
                Some(actor) if self.schema.types.get(actor).is_some_and(|info| info.acts_as.is_none()) => {
                    self.root(TermKey::Subject, entity(self.occasion.subject, self.schema))
                }
                actor => self.root(TermKey::Actor, entity(actor, self.schema)),
            },
            Node::Resource => match self.occasion.implied_on {
                Some(on) => self.lying_in(on),
                None => self.resource(),
            },
            Node::Scope => self.occasion.scope.map_or(Read::Obscure, |scope| self.lying_in(scope)),
            Node::Action => match self.occasion.permission.and_then(|id| self.schema.permissions.get(id)) {
                Some(info) => match self.schema.actions.get(info.action) {
                    Some(name) => Read::Single(Single::Text(name.clone())),
                    None => Read::Obscure,
                },
                None => Read::Obscure,
            },
            Node::Now => self.root(TermKey::Now, Kind::Number(super::term::Unit::Moment)),
            Node::Context(field) => match self.schema.context.get(field as usize) {
                Some(info) => {
                    let term = attribute_term(self.schema, info, None);
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
    fn root(&mut self, key: TermKey, kind: Kind) -> Read {
        let term = Term { of: None, kind, may_miss: false, may_lack: false, may_be_everything: false };
        Read::Term(self.conditions.term(key, term))
    }

    fn resource(&mut self) -> Read {
        self.root(TermKey::Resource, Kind::entity(self.schema, self.occasion.resource))
    }

    /// What of a type the resource is or lies in: of several, the one on which a role is held.
    pub(super) fn lying_in(&mut self, ty: TypeId) -> Read {
        let (name, kind) = (self.type_name(ty), Kind::entity(self.schema, ty));
        let reach = self.schema.reach(self.occasion.resource, ty);
        match reach {
            Reach::One if ty == self.occasion.resource => self.resource(),
            Reach::One | Reach::Optional => {
                let Read::Term(resource) = self.resource() else { return Read::Obscure };
                let known = self.occasion.inside == Some(ty);
                let (may_miss, may_lack) = (!known, !known && reach == Reach::Optional);
                let term = Term { of: Some(resource), kind, may_miss, may_lack, may_be_everything: false };
                Read::Term(self.conditions.term(TermKey::Ancestor(resource, name), term))
            }
            Reach::Never | Reach::Many => self.root(TermKey::Scope(name), kind),
        }
    }

    /// The lowest path from which all ways to what is of a type lead through this one, so that it is the same from there.
    fn foot(&self, of: TermId, from: TypeId, ty: TypeId) -> (TermId, TypeId) {
        let (mut of, mut from) = (of, from);
        loop {
            let lower = match self.conditions.keys.get(of) {
                Some(TermKey::Ancestor(lower, _)) => Some(*lower),
                Some(TermKey::Scope(_)) if self.schema.reach(self.occasion.resource, ty) == Reach::One => {
                    let key = (TermKey::Resource, Kind::Entity(None).tag());
                    self.conditions.term_ids.get(&key).copied()
                }
                _ => None,
            };
            let step = lower.and_then(|lower| {
                let Kind::Entity(Some(name)) = &self.conditions.terms.get(lower)?.kind else { return None };
                Some((lower, self.schema.type_named(name)?))
            });
            match step {
                Some((lower, below)) if leads_only_through(self.schema, below, from, ty) => (of, from) = (lower, below),
                _ => return (of, from),
            }
        }
    }

    pub(super) fn type_name(&self, ty: TypeId) -> Box<str> {
        self.schema.types.get(ty).map_or_else(Box::default, |info| info.name.clone())
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
            return self.root(TermKey::Subject, kind);
        }
        let term = attribute_term(self.schema, info, Some(of));
        Read::Term(self.conditions.term(TermKey::Attribute(of, info.name.clone()), term))
    }

    fn ancestor(&mut self, of: NodeId, ty: TypeId) -> Read {
        let Some((of, from)) = self.entity(of) else { return Read::Obscure };
        let reach = self.schema.reach(from, ty);
        if from == ty && reach == Reach::One {
            return Read::Term(of);
        }
        let (of, from) = self.foot(of, from, ty);
        let reach = self.schema.reach(from, ty);
        if self.conditions.is(of, TermKey::Resource) && matches!(reach, Reach::One | Reach::Optional) {
            return self.lying_in(ty);
        }
        let (kind, may_lack) = match reach {
            Reach::Never => return Read::Obscure,
            Reach::One => (Kind::entity(self.schema, ty), false),
            Reach::Optional => (Kind::entity(self.schema, ty), true),
            Reach::Many => (Kind::Set, false),
        };
        let name = self.type_name(ty);
        let term = Term { of: Some(of), kind, may_miss: true, may_lack, may_be_everything: false };
        Read::Term(self.conditions.term(TermKey::Ancestor(of, name), term))
    }

    fn setting(&mut self, of: NodeId, setting: SettingId) -> Read {
        let Read::Term(of) = self.value(of) else { return Read::Obscure };
        let Some(info) = self.schema.settings.get(setting) else { return Read::Obscure };
        let always = matches!(info.merge, MergeWord::Narrows | MergeWord::Widens);
        let term = Term {
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
        let term = Term { of: Some(set), kind: Kind::Size, may_miss: false, may_lack: false, may_be_everything: false };
        Read::Term(self.conditions.term(TermKey::Size(set), term))
    }
}

/// Whether no way up from one type to another avoids the one between them.
pub(super) fn leads_only_through(schema: &Schema, from: TypeId, through: TypeId, to: TypeId) -> bool {
    let mut seen = vec![from];
    let mut open = vec![from];
    while let Some(ty) = open.pop() {
        let parents = schema.types.get(ty).map_or(&[][..], |info| info.parents.as_slice());
        for parent in parents.iter().map(|parent| parent.ty).filter(|&parent| parent != through) {
            if parent == to {
                return false;
            }
            if !seen.contains(&parent) {
                seen.push(parent);
                open.push(parent);
            }
        }
    }
    true
}

fn attribute_term(schema: &Schema, info: &AttributeInfo, of: Option<TermId>) -> Term {
    Term {
        of,
        kind: Kind::of(schema, &info.ty),
        may_miss: info.presence == Presence::Required,
        may_lack: info.presence == Presence::Optional,
        may_be_everything: false,
    }
}
