//! From the words of a query to a request of ids: names looked up, values read by their types, facts laid over the
//! directory.

use super::decision::RequestError;
use super::facts::{Above, Facts, Undeclared};
use super::query::{Fact, Query};
use super::setting::Inherited;
use super::snapshot::Snapshot;
use super::value::Datum;
use super::world::{Request, Said, World};
use crate::diagnostics::{did_you_mean, listing};
use crate::directory::{EntityId, ParentFault, compare_ways, count_parents};
use crate::schema::{EntityName, PermissionId, RawValue, ReadError, Schema, TypeId, ValueType, split_entity};

/// How many entities one request may speak of.
pub const FACTS: usize = 1_024;

/// How many elements the lists of one request, sets and parents, may have together: what looking them up costs grows
/// faster than their number.
pub const ELEMENTS: usize = 4_096;

/// What is never taken from a request, beside the attribute behind `acts as`.
pub(crate) const NEVER_TAKEN: [&str; 5] = ["roles", "settings", "policy", "policies", "custom_roles"];

impl Request {
    /// Resolves a query against a snapshot.
    pub(crate) fn resolve(snapshot: &Snapshot, query: &Query) -> Result<Self, RequestError> {
        match Self::look_up(snapshot, query) {
            Some(request) => Ok(request),
            None => Self::resolve_any(snapshot, query),
        }
    }

    /// Resolves any query.
    #[inline(never)]
    pub(super) fn resolve_any(snapshot: &Snapshot, query: &Query) -> Result<Self, RequestError> {
        let mut request = Self::resolve_names(snapshot, query)?;
        let ty = World::new(snapshot, &request).facts.type_of(request.resource);
        request.permission = permission(snapshot.policy().schema(), ty, &query.action)?;
        Ok(request)
    }

    /// Resolves all of a query but its action: the permission is none that exists.
    pub(crate) fn resolve_names(snapshot: &Snapshot, query: &Query) -> Result<Self, RequestError> {
        let mut builder = Builder::new(snapshot);
        let actor = builder.entity(&query.subject, "the subject")?;
        let resource = builder.entity(&query.resource, "the resource")?;
        builder.finish(query, actor, resource)
    }

    /// Resolves a query about all resources of a type: its resource is none that exists.
    pub(crate) fn resolve_for_type(
        snapshot: &Snapshot,
        query: &Query,
        type_name: &str,
    ) -> Result<(Self, TypeId), RequestError> {
        let schema = snapshot.policy().schema();
        let Some(ty) = schema.type_named(type_name) else {
            let known = schema.types.iter().map(|info| &*info.name);
            return Err(RequestError::new(
                "unknown-type",
                format!("unknown type `{type_name}`"),
                did_you_mean(type_name, known.clone()).or_else(|| Some(listing("the policy", "type", known))),
            ));
        };
        let mut builder = Builder::new(snapshot);
        let actor = builder.entity(&query.subject, "the subject")?;
        let mut request = builder.finish(query, actor, NOBODY)?;
        request.permission = permission(schema, Some(ty), &query.action)?;
        Ok((request, ty))
    }

    /// Resolves a query about all subjects: its actor is nobody.
    pub(crate) fn resolve_for_anybody(snapshot: &Snapshot, query: &Query) -> Result<Self, RequestError> {
        let known = || {
            let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
            let (ty, id) = schema.split_known(&query.resource)?;
            Some((schema.permission_named(ty, &query.action)?, directory.find_word(ty, id)?))
        };
        if let Some((permission, resource)) = query.is_bare().then(known).flatten() {
            return Ok(Self { actor: NOBODY, acts: false, permission, resource, at: query.at, said: None });
        }
        let mut builder = Builder::new(snapshot);
        let resource = builder.entity(&query.resource, "the resource")?;
        let mut request = builder.finish(query, NOBODY, resource)?;
        let ty = World::new(snapshot, &request).facts.type_of(request.resource);
        request.permission = permission(snapshot.policy().schema(), ty, &query.action)?;
        Ok(request)
    }
}

/// No entity, of a question about many.
const NOBODY: EntityId = EntityId(u32::MAX);

/// The permission that a verb is on a type.
fn permission(schema: &Schema, ty: Option<TypeId>, action: &str) -> Result<PermissionId, RequestError> {
    let found = ty.and_then(|ty| schema.permission_named(ty, action));
    found.ok_or_else(|| {
        let owner = format!("`{}`", ty.and_then(|ty| schema.types.get(ty)).map_or("", |info| &info.name));
        let known = ty.into_iter().flat_map(|ty| schema.actions_of(ty));
        RequestError::new(
            "unknown-action",
            format!("{owner} has no action `{action}`"),
            did_you_mean(action, known.clone()).or_else(|| Some(listing(&owner, "action", known))),
        )
    })
}

struct Builder<'a> {
    snapshot: &'a Snapshot,
    undeclared: Vec<Undeclared>,
    /// How many entities neither directory nor policy know.
    fresh: usize,
    ignored: Vec<String>,
    /// How many elements of lists were read.
    elements: usize,
}

impl<'a> Builder<'a> {
    const fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, undeclared: Vec::new(), fresh: 0, ignored: Vec::new(), elements: 0 }
    }

    /// The request, once facts and context are read.
    fn finish(mut self, query: &Query, actor: EntityId, resource: EntityId) -> Result<Request, RequestError> {
        self.facts(&query.facts)?;
        let context = self.context(&query.context)?;
        let acts = self.known().type_of(actor).is_some_and(|ty| self.snapshot.policy().schema().acts_as_another(ty));
        let ignored = (!self.ignored.is_empty()).then(|| self.ignored.into());
        let said = Said { context, undeclared: self.undeclared, ignored };
        let brief = said.context.is_empty() && said.undeclared.is_empty() && said.ignored.is_none();
        let said = (!brief).then(|| Box::new(said));
        Ok(Request { actor, acts, permission: PermissionId(u32::MAX), resource, at: query.at, said })
    }

    /// The entity of a name; one that is new to all gets an id of the request's own.
    fn entity(&mut self, text: &str, role: &str) -> Result<EntityId, RequestError> {
        let schema = self.snapshot.policy().schema();
        // What is known needs no copy of its name, and its letters were looked at when it came to be known.
        let known = text.split_once(':').and_then(|(ty, id)| self.snapshot.entity(schema.type_named(ty)?, id));
        if let Some(known) = known {
            return Ok(known);
        }
        let name = schema.read_entity(text).map_err(|error| wrong_entity(role, text, error))?;
        Ok(self.named(&name))
    }

    fn named(&mut self, name: &EntityName) -> EntityId {
        if let Some(entity) = self.snapshot.entity(name.ty, &name.id) {
            return entity;
        }
        if let Some(known) = self.undeclared.iter().find(|known| known.ty == name.ty && known.id == name.id) {
            return known.entity;
        }
        let entity = Snapshot::named_by_request(self.fresh);
        self.fresh += 1;
        self.undeclared.push(blank(entity, name));
        entity
    }

    /// What is known so far.
    fn known(&self) -> Facts<'_> {
        Facts { snapshot: self.snapshot, undeclared: &self.undeclared, located: None }
    }

    /// Lays the facts of undeclared entities over the directory.
    fn facts(&mut self, facts: &[Fact]) -> Result<(), RequestError> {
        if facts.len() > FACTS {
            let message = format!("a request may speak of at most {FACTS} entities");
            return Err(RequestError::new("limit-exceeded", message, None));
        }
        let mut stated: Vec<EntityId> = Vec::new();
        for fact in facts {
            let schema = self.snapshot.policy().schema();
            let name = schema
                .read_entity(&fact.entity)
                .map_err(|error| wrong_entity("a fact's entity", &fact.entity, error))?;
            let entity = self.named(&name);
            if self.known().is_declared(entity) {
                if !fact.parents.is_empty() || !fact.attributes.is_empty() {
                    self.ignored.push(format!("facts about `{}`: the directory declares it", fact.entity));
                }
                continue;
            }
            let attributes = self.attributes(&name, &fact.attributes)?;
            self.count(fact.parents.len())?;
            let mut parents = Vec::with_capacity(fact.parents.len());
            for parent in &fact.parents {
                let parent = self.entity(parent, "the parent")?;
                if !parents.contains(&parent) {
                    parents.push(parent);
                }
            }
            let at = match self.undeclared.iter().position(|known| known.entity == entity) {
                Some(at) => at,
                None => {
                    self.undeclared.push(blank(entity, &name));
                    self.undeclared.len() - 1
                }
            };
            if let Some(known) = self.undeclared.get_mut(at) {
                merge(known, attributes, parents);
            }
            if !stated.contains(&entity) {
                stated.push(entity);
            }
        }
        self.contain(&stated)
    }

    /// Takes a list into account.
    fn count(&mut self, elements: usize) -> Result<(), RequestError> {
        self.elements += elements;
        if self.elements <= ELEMENTS {
            return Ok(());
        }
        let message = format!("the lists of a request may have at most {ELEMENTS} elements together");
        Err(RequestError::new("limit-exceeded", message, None))
    }

    /// Reads the attributes that a request gives an entity.
    fn attributes(
        &mut self,
        name: &EntityName,
        given: &[(String, RawValue)],
    ) -> Result<Vec<Option<Datum>>, RequestError> {
        let schema = self.snapshot.policy().schema();
        let info = &schema.types[name.ty];
        let mut attributes = vec![None; info.attributes.len()];
        for (key, raw) in given {
            let slot = info.attribute(key);
            if NEVER_TAKEN.contains(&key.as_str()) || (slot.is_some() && slot == info.acts_as) {
                self.ignored.push(format!("`{key}` of `{}:{}`: never taken from a request", info.name, name.id));
                continue;
            }
            let Some((slot, attribute)) = slot.and_then(|slot| Some((slot, info.attributes.get(slot)?))) else {
                continue;
            };
            let what = || format!("`{key}` of `{}:{}`", info.name, name.id);
            let datum = self.datum(&attribute.ty, raw, what)?;
            if let Some(entry) = attributes.get_mut(slot) {
                *entry = datum;
            }
        }
        Ok(attributes)
    }

    /// Reads the context; fields that the policy does not declare are left out.
    fn context(&mut self, given: &[(String, RawValue)]) -> Result<Vec<Option<Datum>>, RequestError> {
        let schema = self.snapshot.policy().schema();
        let mut context = if given.is_empty() { Vec::new() } else { vec![None; schema.context.len()] };
        for (key, raw) in given {
            if key == "time" {
                self.ignored.push(String::from("`context.time`: never taken from a request"));
                continue;
            }
            let Some(field) = schema.context.iter().position(|field| *field.name == **key) else { continue };
            let Some(attribute) = schema.context.get(field) else { continue };
            let datum = self.datum(&attribute.ty, raw, || format!("`context.{key}`"))?;
            if let Some(entry) = context.get_mut(field) {
                *entry = datum;
            }
        }
        Ok(context)
    }

    /// A value of the type that is wanted; a null is no value.
    fn datum(
        &mut self,
        ty: &ValueType,
        raw: &RawValue,
        what: impl FnOnce() -> String,
    ) -> Result<Option<Datum>, RequestError> {
        if *raw == RawValue::Null {
            return Ok(None);
        }
        if let RawValue::List(items) = raw {
            self.count(items.len())?;
        }
        let value = self.snapshot.policy().schema().read_value(ty, raw).map_err(|error| {
            RequestError::new("invalid-attribute", format!("{}: {}", what(), error.message), error.help)
        })?;
        Ok(Some(Datum::bind(&value, &mut |name| self.named(name))))
    }

    /// Works out what lies above each entity with facts, and checks that it may lie there. Parents first; what is left
    /// when nothing more can be placed lies in itself.
    fn contain(&mut self, stated: &[EntityId]) -> Result<(), RequestError> {
        let schema = self.snapshot.policy().schema();
        let mut waiting: Vec<EntityId> = stated.to_vec();
        while !waiting.is_empty() {
            let ready = waiting
                .iter()
                .position(|&entity| self.known().parents(entity).iter().all(|parent| !waiting.contains(parent)));
            let Some(at) = ready else {
                let name = waiting.first().map_or_else(String::new, |&entity| self.known().name(entity));
                return Err(RequestError::new("containment", format!("`{name}` is contained in itself"), None));
            };
            let entity = waiting.remove(at);
            let parents = self.known().parents(entity).to_vec();
            let facts = self.known();
            let mut above = Above::new();
            for &parent in &parents {
                for upper in facts.upwards(parent) {
                    if !above.contains(&upper) {
                        above.push(upper);
                    }
                }
            }
            let Some(ty) = facts.type_of(entity) else { continue };
            let type_of = |entity| facts.type_of(entity).unwrap_or(ty);
            let mut faults = count_parents(schema, ty, &parents, type_of);
            faults.retain(|fault| !matches!(fault, ParentFault::Lacking { .. }));
            faults.extend(compare_ways(schema, ty, &parents, type_of, |entity| facts.above(entity)));
            if let Some(fault) = faults.first() {
                return Err(RequestError::new(
                    "containment",
                    fault.message(schema, &facts.name(entity), |entity| facts.name(entity)),
                    Some(fault.help(schema, ty)),
                ));
            }
            if let Some(known) = self.undeclared.iter_mut().find(|known| known.entity == entity) {
                known.above = above;
            }
            let settings = self.known().inherit(entity);
            if let Some(known) = self.undeclared.iter_mut().find(|known| known.entity == entity) {
                known.settings = settings;
            }
        }
        Ok(())
    }
}

fn blank(entity: EntityId, name: &EntityName) -> Undeclared {
    Undeclared {
        entity,
        ty: name.ty,
        id: name.id.clone(),
        parents: Vec::new(),
        attributes: Vec::new(),
        above: Above::new(),
        settings: Inherited::default(),
    }
}

/// Joins what two facts say of one entity; the later value of an attribute stands.
fn merge(known: &mut Undeclared, attributes: Vec<Option<Datum>>, parents: Vec<EntityId>) {
    known.attributes.resize(attributes.len().max(known.attributes.len()), None);
    for (slot, datum) in known.attributes.iter_mut().zip(attributes) {
        if datum.is_some() {
            *slot = datum;
        }
    }
    for parent in parents {
        if !known.parents.contains(&parent) {
            known.parents.push(parent);
        }
    }
}

fn wrong_entity(role: &str, text: &str, error: ReadError) -> RequestError {
    let (code, message) = match split_entity(text) {
        Some(_) => ("unknown-type", format!("{} in {role} `{text}`", error.message)),
        None => ("invalid-entity", format!("{role} {}", error.message)),
    };
    RequestError::new(code, message, error.help)
}
