//! What is there when a request is decided: the directory, and the request's own facts about what it does not declare.

use super::directory::Directory;
use super::holding::{Holdings, View};
use super::policy::{Policy, Reach, type_of};
use super::value::Value;
use super::{Fact, Part, Parts, Request, Truth};
use rolebook::schema::Cardinality;
use rolebook::syntax::ast::AttributeDecl;
use serde_yaml::Value as Yaml;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// One request before one policy and directory.
pub(super) struct World<'a> {
    pub(super) policy: &'a Policy,
    pub(super) directory: &'a Directory,
    pub(super) request: &'a Request,
    /// What was found out about people so far.
    pub(super) found: RefCell<BTreeMap<(String, View), Rc<Holdings>>>,
    /// What conditions met on the way.
    pub(super) noted: RefCell<Parts>,
}

impl<'a> World<'a> {
    pub(super) fn new(policy: &'a Policy, directory: &'a Directory, request: &'a Request) -> Self {
        Self { policy, directory, request, found: RefCell::default(), noted: RefCell::default() }
    }

    pub(super) fn note(&self, part: Part) {
        self.noted.borrow_mut().insert(part);
    }

    /// What was noted since the last time.
    pub(super) fn noted(&self) -> Parts {
        self.noted.take()
    }

    pub(super) fn is_declared(&self, entity: &str) -> bool {
        self.directory.entities.contains_key(entity)
    }

    fn fact(&self, entity: &str) -> Option<&Fact> {
        self.request.facts.iter().find(|fact| fact.entity == entity && !self.is_declared(entity))
    }

    pub(super) fn parents(&self, entity: &str) -> Vec<&str> {
        match self.directory.entities.get(entity) {
            Some(declared) => declared.parents.iter().map(String::as_str).collect(),
            None => self.fact(entity).into_iter().flat_map(|fact| &fact.parents).map(String::as_str).collect(),
        }
    }

    /// The entity and everything that contains it, by any way up.
    pub(super) fn ancestors_or_self(&self, entity: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::from([entity.to_owned()]);
        for parent in self.parents(entity) {
            found.extend(self.ancestors_or_self(parent));
        }
        found
    }

    /// Everything of a type that is known to lie strictly below an entity.
    pub(super) fn below(&self, entity: &str, type_name: &str) -> Vec<String> {
        let declared = self.directory.entities.keys();
        let told = self.request.facts.iter().map(|fact| &fact.entity).filter(|entity| !self.is_declared(entity));
        declared
            .chain(told)
            .filter(|inner| type_of(inner) == type_name && *inner != entity)
            .filter(|inner| self.ancestors_or_self(inner).contains(entity))
            .cloned()
            .collect()
    }

    /// Whether an entity of the type may be above without being known: some entity on the way up is undeclared and
    /// lacks a required parent through which such a one can be reached.
    pub(super) fn may_be_above(&self, entity: &str, wanted: &str) -> bool {
        self.ancestors_or_self(entity).iter().filter(|above| !self.is_declared(above)).any(|above| {
            let parents = self.parents(above);
            let decl = self.policy.type_decl(type_of(above)).expect("a declared type");
            decl.parents
                .iter()
                .filter(|parent| parent.cardinality == Cardinality::One)
                .filter(|parent| !parents.iter().any(|there| type_of(there) == parent.type_name.value))
                .any(|parent| self.policy.reach(&parent.type_name.value, wanted) != Reach::Never)
        })
    }

    fn above(&self, entity: &str, wanted: &str) -> Vec<String> {
        self.ancestors_or_self(entity).into_iter().filter(|above| type_of(above) == wanted).collect()
    }

    /// `X.TYPE`: the ancestor-or-self of a type, or the set of them. Where there is to be exactly one, any that is known
    /// is the one, as every other way up must lead to it.
    pub(super) fn ancestor(&self, entity: &str, wanted: &str) -> Value {
        let above = self.above(entity, wanted);
        let reach = self.policy.reach(type_of(entity), wanted);
        match above.first() {
            Some(one) if reach == Reach::One => Value::Entity(one.clone()),
            _ if reach == Reach::Never || self.may_be_above(entity, wanted) => Value::Missing,
            _ if reach == Reach::Many => Value::Set(above.into_iter().map(Value::Entity).collect()),
            Some(one) => Value::Entity(one.clone()),
            None => Value::Absent,
        }
    }

    /// `within TYPE`.
    pub(super) fn within(&self, entity: &str, wanted: &str) -> Truth {
        if !self.above(entity, wanted).is_empty() {
            Truth::True
        } else if self.may_be_above(entity, wanted) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    /// The attribute of an entity. What `acts as` follows is never believed from a request.
    pub(super) fn attribute(&self, entity: &str, name: &str) -> Value {
        let type_name = type_of(entity);
        let Some(decl) = self.policy.attribute(type_name, name) else { return Value::Missing };
        let given = match self.directory.entities.get(entity) {
            Some(declared) => declared.attributes.get(name),
            None if self.policy.acts_as(type_name) == Some(name) => None,
            None => self.fact(entity).and_then(|fact| fact.attributes.get(name)),
        };
        value_or_default(decl, given)
    }

    /// `context.NAME`.
    pub(super) fn context(&self, name: &str) -> Value {
        if name == "time" {
            return Value::Time(self.request.at);
        }
        let decl = self.policy.context.iter().find(|decl| decl.name.value == name).expect("a field of context");
        value_or_default(decl, self.request.context.get(name))
    }
}

fn value_or_default(decl: &AttributeDecl, given: Option<&Yaml>) -> Value {
    let ty = &decl.ty.kind.value;
    match (given, &decl.default) {
        (Some(data), _) => Value::read(ty, data),
        (None, Some(default)) => Value::default(ty, &default.value),
        (None, None) if decl.ty.optional => Value::Absent,
        (None, None) => Value::Missing,
    }
}
