//! What a search came upon, as entities, who holds what on them, and a request.

mod containment;
mod held;
mod values;

use super::atom::AtomId;
use super::sets::Demands;
use super::state::{State, Supposed};
use super::term::{Kind, Single, TermId, TermKey};
use super::{Conditions, Occasion};
use crate::compile::CompiledPolicy;
use crate::schema::{RawValue, Schema, TypeId};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Facts, and a request under them, to be tried before anything is claimed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sketch {
    /// Who asks, `type:id`: a key where an actor is spoken of that acts as another.
    pub subject: String,
    /// What is asked about.
    pub resource: String,
    /// The entities by name.
    pub entities: BTreeMap<String, Sketched>,
    /// Who holds which role on what: names, the role's as policy text has it.
    pub assignments: BTreeSet<(String, String, String)>,
    /// Values of the context.
    pub context: Vec<(String, RawValue)>,
    /// The moment, in milliseconds since 1970 UTC, if it matters.
    pub at: Option<i64>,
}

/// An entity of a [`Sketch`].
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sketched {
    /// In what it lies.
    pub parents: Vec<String>,
    /// The types of which it is to lie in nothing.
    pub lacks: BTreeSet<String>,
    /// Its attributes.
    pub attributes: BTreeMap<String, RawValue>,
    /// The values that it gives settings.
    pub settings: BTreeMap<String, RawValue>,
    /// Attributes that make no difference, and that it must have if a directory declares it.
    pub required: BTreeMap<String, RawValue>,
    /// Whether something is missing of it, so that no directory can declare it and the request tells of it.
    pub is_told: bool,
}

/// What is to lie above an entity.
#[derive(Clone, Debug, Default)]
struct Above {
    /// By type; nothing where there is to be none.
    wanted: BTreeMap<TypeId, Vec<String>>,
}

/// A sketch in the making.
struct Drawing<'d> {
    conditions: &'d Conditions<'d>,
    supposed: &'d Supposed,
    policy: &'d CompiledPolicy,
    schema: &'d Schema,
    occasion: Occasion,
    contents: BTreeMap<TermId, BTreeSet<State>>,
    names: FxHashMap<TermId, Option<String>>,
    others: FxHashMap<usize, String>,
    /// Texts by number, counted as they come.
    texts: FxHashMap<usize, usize>,
    above: BTreeMap<String, Above>,
    sketch: Sketch,
}

impl Sketch {
    /// What is supposed of some atoms; nothing where it cannot be drawn.
    pub(super) fn of(
        conditions: &Conditions<'_>,
        supposed: &Supposed,
        used: &[AtomId],
        policy: &CompiledPolicy,
        occasion: Occasion,
    ) -> Option<Self> {
        let about = super::sets::about_sets(conditions, used);
        let contents = Demands::of(conditions, supposed, &about).with_sizes(conditions, supposed).contents()?;
        let mut drawing = Drawing {
            conditions,
            supposed,
            policy,
            schema: policy.schema(),
            occasion,
            contents,
            names: FxHashMap::default(),
            others: FxHashMap::default(),
            texts: FxHashMap::default(),
            above: BTreeMap::new(),
            sketch: Self::default(),
        };
        drawing.draw(used)?;
        Some(drawing.sketch)
    }
}

impl Drawing<'_> {
    fn draw(&mut self, used: &[AtomId]) -> Option<()> {
        self.sketch.resource = self.root(&TermKey::Resource, self.occasion.resource, "any");
        let subject_type = self.occasion.subject.or_else(|| self.anybody())?;
        let subject = self.root(&TermKey::Subject, subject_type, "somebody");
        self.sketch.subject = match self.occasion.actor.filter(|&actor| actor != subject_type) {
            None => subject,
            Some(actor) => {
                let key = self.root(&TermKey::Actor, actor, "key");
                let info = self.schema.types.get(actor)?;
                let owner = info.attributes.get(info.acts_as?)?.name.to_string();
                self.entity(&key).attributes.insert(owner, RawValue::String(subject));
                key
            }
        };
        let mut terms: Vec<TermId> = self.supposed.terms.keys().copied().collect();
        terms.sort_unstable();
        for &term in &terms {
            self.term(term)?;
        }
        // What is there without a word said of it lies in the same as everything else.
        let inside = self.occasion.inside.filter(|&ty| ty != self.occasion.resource);
        if let Some(name) = inside.and_then(|ty| self.type_name(ty)) {
            let resource = self.sketch.resource.clone();
            self.want_any(&resource, inside?, &name);
        }
        for &atom in used {
            self.held(atom)?;
        }
        self.contain()?;
        self.require();
        self.require_roles()
    }

    /// What the request is about, or who asks.
    fn root(&mut self, key: &TermKey, ty: TypeId, id: &str) -> String {
        let term = self.conditions.term_ids.get(&(key.clone(), Kind::Entity(None).tag())).copied();
        let name = format!("{}:{id}", self.type_name(ty).unwrap_or_default());
        let name = match term.map(|term| (term, self.supposed.terms.get(&term))) {
            Some((_, Some(State::Known(Single::Entity(known))))) => known.to_string(),
            Some((_, Some(State::Other(number)))) => self.others.entry(*number).or_insert(name).clone(),
            _ => name,
        };
        self.names.extend(term.map(|term| (term, Some(name.clone()))));
        self.entity(&name);
        name
    }

    /// A type of whom a request may be about.
    fn anybody(&self) -> Option<TypeId> {
        let plain = self.schema.types.iter_enumerated().filter(|(_, info)| info.acts_as.is_none()).map(|(ty, _)| ty);
        self.schema
            .type_named("user")
            .or_else(|| plain.min_by_key(|ty| self.schema.types.get(*ty).map(|info| info.attributes.len())))
    }

    pub(super) fn entity(&mut self, name: &str) -> &mut Sketched {
        self.sketch.entities.entry(name.to_owned()).or_default()
    }

    pub(super) fn type_name(&self, ty: TypeId) -> Option<String> {
        self.schema.types.get(ty).map(|info| info.name.to_string())
    }

    pub(super) fn type_of(&self, name: &str) -> Option<TypeId> {
        self.schema.type_named(name.split(':').next()?)
    }

    /// The entity that a path leads to, if it leads to one.
    pub(super) fn name(&mut self, term: TermId) -> Option<String> {
        if let Some(known) = self.names.get(&term) {
            return known.clone();
        }
        let found = self.conditions.terms.get(term).and_then(|info| {
            let Kind::Entity(ty) = &info.kind else { return None };
            let ty = ty.clone();
            match self.supposed.terms.get(&term) {
                Some(State::Absent | State::Missing) => None,
                Some(state @ (State::Known(_) | State::Other(_))) => {
                    self.named(state, ty.as_deref(), self.is_above(term))
                }
                _ => Some(format!("{}:{}", ty?, if self.is_above(term) { "any" } else { "other" })),
            }
        });
        self.names.insert(term, found.clone());
        found
    }

    fn is_above(&self, term: TermId) -> bool {
        matches!(self.conditions.keys.get(term), Some(TermKey::Ancestor(..) | TermKey::Scope(_)))
    }

    /// The entity of a state; those without a name get one that nobody else has.
    pub(super) fn named(&mut self, state: &State, ty: Option<&str>, is_above: bool) -> Option<String> {
        let number = match state {
            State::Known(Single::Entity(name)) => return Some(name.to_string()),
            State::Other(number) => *number,
            _ => return None,
        };
        if let Some(known) = self.others.get(&number) {
            return Some(known.clone());
        }
        let ty = ty?;
        let ids = is_above.then(|| String::from("any")).into_iter().chain([String::from("other")]);
        let ids = ids.chain((2..).map(|number: usize| format!("other-{number}")));
        let is_free = |name: &String| {
            !self.others.values().any(|known| known == name) && !self.sketch.entities.contains_key(name)
        };
        let name = ids.map(|id| format!("{ty}:{id}")).find(is_free)?;
        self.others.insert(number, name.clone());
        Some(name)
    }

    /// Draws what is supposed of a path.
    fn term(&mut self, term: TermId) -> Option<()> {
        let (key, state) = (self.conditions.keys.get(term)?.clone(), self.supposed.terms.get(&term)?.clone());
        match key {
            TermKey::Subject | TermKey::Actor | TermKey::Resource => {}
            TermKey::Size(_) => {}
            TermKey::Scope(name) => {
                let (ty, resource) = (self.schema.type_named(&name)?, self.sketch.resource.clone());
                let scope = self.name(term)?;
                self.want(&resource, ty, vec![scope]);
            }
            TermKey::Now => {
                if let State::Known(Single::Number(at)) = state {
                    self.sketch.at = Some(at);
                }
            }
            TermKey::Context(name) => {
                let ty = self.schema.context.iter().find(|field| field.name == name)?.ty.clone();
                if let Some(value) = self.value(term, &state, &ty)? {
                    self.sketch.context.push((name.to_string(), value));
                }
            }
            TermKey::Ancestor(of, name) => {
                let (of, ty) = (self.name(of)?, self.schema.type_named(&name)?);
                let above = match state {
                    State::Absent => Vec::new(),
                    State::Missing => {
                        self.entity(&of).is_told = true;
                        Vec::new()
                    }
                    _ if self.conditions.terms.get(term)?.kind == Kind::Set => {
                        let states = self.contents.get(&term).cloned().unwrap_or_default();
                        states.iter().map(|state| self.named(state, Some(&name), true)).collect::<Option<Vec<_>>>()?
                    }
                    _ => vec![self.name(term)?],
                };
                self.want(&of, ty, above);
            }
            TermKey::Attribute(of, name) => {
                let of = self.name(of)?;
                let info = self.schema.types.get(self.type_of(&of)?)?;
                let attribute = info.attributes.get(info.attribute(&name)?)?;
                if state == State::Missing {
                    self.entity(&of).is_told = true;
                } else if let Some(value) = self.value(term, &state, &attribute.ty)? {
                    self.entity(&of).attributes.insert(name.to_string(), value);
                }
            }
            TermKey::Setting(of, name) => {
                let of = self.name(of)?;
                let (setting, info) = self.schema.settings.iter_enumerated().find(|(_, info)| info.name == name)?;
                let ty = info.value.clone();
                if state == State::Missing {
                    self.entity(&of).is_told = true;
                } else if let Some(value) = self.value(term, &state, &ty)? {
                    let giver = self.giver(&of, setting)?;
                    self.entity(&giver).settings.insert(name.to_string(), value);
                }
            }
        }
        Some(())
    }
}
