//! Random changes to a directory as it stands, most of them sound, in the form of a service's changes.

use super::choices::Choices;
use super::directory::composed;
use super::org_policies;
use super::request::RequestFacts;
use super::shape::{Mark, Presence, Reach, RoleShape, Shape, TypeAt};
use super::values::{self, Datum};
use crate::reference::Outline;
use serde_yaml::{Mapping, Value as Yaml};

/// What is to change, without saying on whose behalf.
pub(crate) fn change(choices: &mut Choices<'_>, shape: &Shape, outline: &Outline) -> Yaml {
    let mut maker = Maker { choices, shape, outline };
    // Some kinds find nothing to do in some directories.
    for _ in 0..10 {
        let made = match maker.choices.below(32) {
            0..8 => maker.assign(),
            8..11 => maker.revoke(),
            11..15 => maker.create(),
            15..17 => maker.delete(),
            17..20 => maker.set(),
            20..24 => maker.relocate(),
            24..26 => maker.link(),
            26 => maker.unlink(),
            27 => maker.policy(),
            28 => maker.delete_policy(),
            29 | 30 => maker.custom_role(),
            _ => maker.delete_custom_role(),
        };
        if let Some(made) = made {
            return made;
        }
    }
    mapping([("delete", Yaml::from("user:nobody"))])
}

/// Somebody who might make changes: most often one who holds some role.
pub(crate) fn author(choices: &mut Choices<'_>, shape: &Shape, outline: &Outline) -> String {
    let holders: Vec<&String> =
        outline.assignments.iter().map(|[subject, ..]| subject).filter(|subject| !subject.contains('#')).collect();
    match choices.copy_pick_any(&holders).filter(|_| choices.chance(80)) {
        Some(holder) => holder.clone(),
        None => {
            let keys: Vec<TypeAt> = (0..shape.types.len()).filter(|&ty| shape.types[ty].acts_as.is_some()).collect();
            let ty = choices.copy_pick_any(&keys).filter(|_| choices.chance(40)).unwrap_or(0);
            values::entity(choices, shape, ty)
        }
    }
}

/// A question about the directory as it stands; nothing is told of what it does not declare.
pub(crate) fn plain_request(choices: &mut Choices<'_>, shape: &Shape, outline: &Outline) -> RequestFacts {
    let subject = author(choices, shape, outline);
    let acting = |name: &String| !shape.types[type_of(shape, name)].actions.is_empty();
    let entities: Vec<&String> = outline.entities.iter().map(|(name, _)| name).filter(|name| acting(name)).collect();
    let types: Vec<TypeAt> = (0..shape.types.len()).filter(|&ty| !shape.types[ty].actions.is_empty()).collect();
    let resource = match choices.copy_pick_any(&entities) {
        Some(entity) if choices.chance(95) => entity.clone(),
        _ => {
            let ty = choices.copy_pick(&types);
            values::entity(choices, shape, ty)
        }
    };
    let action = (*choices.pick(&shape.types[type_of(shape, &resource)].actions)).to_owned();
    let context = shape.context.iter().map(|field| (field.name.to_owned(), values::attribute(choices, shape, field)));
    let context = context.collect();
    let at = (choices.copy_pick(&values::MOMENTS), choices.copy_pick(&[0, -1, 1, 3_600_000]));
    RequestFacts { subject, action, resource, context, told: Vec::new(), at }
}

fn type_of(shape: &Shape, entity: &str) -> TypeAt {
    let name = entity.split(':').next();
    shape.types.iter().position(|ty| name == Some(ty.name)).expect("a declared type")
}

struct Maker<'m, 'c> {
    choices: &'m mut Choices<'c>,
    shape: &'m Shape,
    outline: &'m Outline,
}

impl<'m> Maker<'m, '_> {
    fn entity(&mut self) -> Option<&'m str> {
        self.choices.pick_any(&self.outline.entities).map(|(name, _)| name.as_str())
    }

    fn of_type(&self, ty: TypeAt) -> Vec<&'m str> {
        let names = self.outline.entities.iter().map(|(name, _)| name.as_str());
        names.filter(|name| type_of(self.shape, name) == ty).collect()
    }

    fn above(&self, name: &str) -> Vec<String> {
        let parents = self.outline.entities.iter().find(|(it, _)| it == name).map_or(&[][..], |(_, parents)| parents);
        let above = parents.iter().flat_map(|parent| self.above(parent));
        std::iter::once(name.to_owned()).chain(above).collect()
    }

    fn create(&mut self) -> Option<Yaml> {
        let ty = self.choices.below(self.shape.types.len());
        let ids = ["1", "2", "3", "4", "5"];
        let id = if ty == 0 { "eve" } else { self.choices.copy_pick(&ids) };
        let mut parents: Vec<String> = Vec::new();
        for &(parent, mark) in &self.shape.types[ty].parents {
            let wanted = match mark {
                Mark::One => true,
                Mark::Optional | Mark::Many => self.choices.chance(30),
            };
            // What lies in a parent chosen before often lies rightly beside it.
            let candidates = self.of_type(parent);
            let near: Vec<String> = parents.iter().flat_map(|parent| self.above(parent)).collect();
            let fitting: Vec<&str> =
                candidates.iter().copied().filter(|it| near.iter().any(|above| above == it)).collect();
            let candidates = if fitting.is_empty() { candidates } else { fitting };
            parents.extend(self.choices.copy_pick_any(&candidates).filter(|_| wanted).map(str::to_owned));
        }
        let mut attributes = Vec::new();
        for attribute in &self.shape.types[ty].attributes {
            let given = match attribute.presence {
                Presence::Required => 97,
                Presence::Optional | Presence::Default(_) => 40,
            };
            if self.choices.chance(given) {
                attributes.push((attribute.name, values::attribute(self.choices, self.shape, attribute)));
            }
        }
        let settings = self.settings(ty, 20);
        Some(mapping([(
            "create",
            mapping([
                ("entity", format!("{}:{id}", self.shape.types[ty].name).into()),
                ("in", parents.into()),
                ("attributes", data(attributes)),
                ("settings", data(settings)),
            ]),
        )]))
    }

    fn settings(&mut self, ty: TypeAt, percent: usize) -> Vec<(&'static str, Datum)> {
        let mut settings = Vec::new();
        for setting in self.shape.supplied_by(ty) {
            if self.choices.chance(percent) {
                settings.push((setting.name, values::setting(self.choices, self.shape, setting).0));
            }
        }
        settings
    }

    fn delete(&mut self) -> Option<Yaml> {
        // What contains little is deleted the oftenest.
        let ty = self.shape.types.len() - 1 - self.choices.below(self.shape.types.len()).min(self.choices.below(9));
        let candidates = self.of_type(ty);
        let name = self.choices.copy_pick_any(&candidates)?;
        Some(mapping([("delete", name.into())]))
    }

    fn set(&mut self) -> Option<Yaml> {
        let name = self.entity()?.to_owned();
        let ty = type_of(self.shape, &name);
        let mut attributes = Vec::new();
        for attribute in &self.shape.types[ty].attributes {
            if self.choices.chance(30) {
                attributes.push((attribute.name, values::attribute(self.choices, self.shape, attribute)));
            }
        }
        let settings = self.settings(ty, 35);
        let (mut attributes, mut settings) = (data(attributes), data(settings));
        for values in [&mut attributes, &mut settings] {
            for (_, value) in values.as_mapping_mut().into_iter().flatten() {
                if self.choices.chance(20) {
                    *value = Yaml::Null;
                }
            }
        }
        let what = [("entity", name.into()), ("attributes", attributes), ("settings", settings)];
        Some(mapping([("set", mapping(what))]))
    }

    fn relocate(&mut self) -> Option<Yaml> {
        let movable: Vec<&(String, Vec<String>)> = self
            .outline
            .entities
            .iter()
            .filter(|(name, _)| !self.shape.types[type_of(self.shape, name)].parents.is_empty())
            .collect();
        let (name, parents) = self.choices.copy_pick_any(&movable)?;
        let (parent, mark) = self.choices.copy_pick(&self.shape.types[type_of(self.shape, name)].parents);
        let from: Vec<&str> =
            parents.iter().map(String::as_str).filter(|it| type_of(self.shape, it) == parent).collect();
        let to = self.of_type(parent);
        let mut from = self.choices.copy_pick_any(&from);
        let mut to = self.choices.copy_pick_any(&to);
        if mark != Mark::One {
            match self.choices.below(3) {
                0 => from = to.and(None),
                1 => to = from.and(None),
                _ => {}
            }
        }
        let sides = [("entity", Some(name.as_str())), ("from", from), ("to", to)];
        let sides = sides.into_iter().filter_map(|(side, value)| value.map(|value| (side, Yaml::from(value))));
        (from.is_some() || to.is_some()).then(|| mapping([("move", mapping(sides))]))
    }

    fn assign(&mut self) -> Option<Yaml> {
        let scoped: Vec<&str> = self
            .outline
            .entities
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| self.shape.roles.iter().any(|role| role.ty == type_of(self.shape, name)))
            .collect();
        let on = self.choices.copy_pick_any(&scoped)?;
        let ty = type_of(self.shape, on);
        let mut roles: Vec<String> =
            self.shape.roles.iter().filter(|role| role.ty == ty).map(|role| role.name.clone()).collect();
        let above = self.above(on);
        for [owner, name] in &self.outline.custom_roles {
            let (type_name, role) = name.split_once('.')?;
            if type_name == self.shape.types[ty].name && above.contains(owner) {
                roles.push(role.to_owned());
            }
        }
        let role = self.choices.pick(&roles).clone();
        let known: Vec<&String> = self.outline.assignments.iter().map(|[subject, ..]| subject).collect();
        let subject = match self.choices.below(10) {
            0..4 => values::entity(self.choices, self.shape, 0),
            4..8 => (*self.choices.pick_any(&known)?).clone(),
            8 => {
                let [_, role, on] = self.choices.pick_any(&self.outline.assignments)?;
                format!("{on}#{role}")
            }
            _ => self.entity()?.to_owned(),
        };
        let mut what = vec![("subject", Yaml::from(subject)), ("role", role.into()), ("on", on.into())];
        let last = values::MOMENTS.len() - 1;
        match self.choices.below(6) {
            4 => what.push(("until", self.choices.copy_pick(&values::MOMENTS).into())),
            5 => {
                let start = self.choices.below(last);
                what.push(("since", values::MOMENTS[start].into()));
                what.push(("until", values::MOMENTS[self.choices.between(start + 1, last)].into()));
            }
            _ => {}
        }
        Some(mapping([("assign", mapping(what))]))
    }

    fn revoke(&mut self) -> Option<Yaml> {
        let [subject, role, on] = self.choices.pick_any(&self.outline.assignments)?;
        let what = [("subject", subject), ("role", role), ("on", on)];
        Some(mapping([("revoke", mapping(what.map(|(key, value)| (key, Yaml::from(value.as_str())))))]))
    }

    fn link(&mut self) -> Option<Yaml> {
        let policy = self.choices.pick_any(&self.outline.org_policies)?.as_str();
        let on = self.entity()?;
        Some(mapping([("link", mapping([("policy", policy.into()), ("on", on.into())]))]))
    }

    fn unlink(&mut self) -> Option<Yaml> {
        let [policy, on] = self.choices.pick_any(&self.outline.links)?;
        Some(mapping([("unlink", mapping([("policy", policy.as_str().into()), ("on", on.as_str().into())]))]))
    }

    fn policy(&mut self) -> Option<Yaml> {
        let name = self.choices.copy_pick(&["spot", "late", "fresh", "gpu"]);
        let (_, text) = org_policies::kept(self.choices, self.shape, name);
        Some(mapping([("policy", with_name(name, &text))]))
    }

    fn delete_policy(&mut self) -> Option<Yaml> {
        let name = self.choices.pick_any(&self.outline.org_policies)?.as_str();
        Some(mapping([("delete_policy", name.into())]))
    }

    fn custom_role(&mut self) -> Option<Yaml> {
        let bases: Vec<&RoleShape> = self.shape.roles.iter().filter(|role| role.open).collect();
        let mut base = self.choices.copy_pick_any(&bases)?;
        // One that may not be extended.
        if self.choices.chance(8) {
            base = self.choices.pick(&self.shape.roles);
        }
        let fits = |owner: &&(String, Vec<String>)| {
            let owner = type_of(self.shape, &owner.0);
            owner != base.ty
                && self.shape.types[owner].acts_as.is_none()
                && self.shape.reach(base.ty, owner) != Reach::Never
        };
        let owners: Vec<&str> = self.outline.entities.iter().filter(fits).map(|(name, _)| name.as_str()).collect();
        let owner = self.choices.copy_pick_any(&owners)?;
        let role = self.choices.copy_pick(&["composed", "mixed"]);
        let name = format!("{}.{role}", self.shape.types[base.ty].name);
        let below = |name: &&String| {
            let ty = name.split('.').next().and_then(|ty| self.shape.types.iter().position(|it| it.name == ty));
            ty.is_some_and(|ty| ty != base.ty && self.shape.lies_below(ty, base.ty))
        };
        let others: Vec<String> =
            self.outline.custom_roles.iter().map(|[_, name]| name).filter(below).cloned().collect();
        let mut what = with_name(&name, &composed(self.choices, self.shape, base, &others));
        what.as_mapping_mut()?.insert("in".into(), owner.into());
        Some(mapping([("custom_role", what)]))
    }

    fn delete_custom_role(&mut self) -> Option<Yaml> {
        let [owner, name] = self.choices.pick_any(&self.outline.custom_roles)?;
        let what = [("name", name.as_str().into()), ("in", owner.as_str().into())];
        Some(mapping([("delete_custom_role", mapping(what))]))
    }
}

/// The YAML text of a mapping, with a name.
fn with_name(name: &str, text: &str) -> Yaml {
    let mut content: Mapping = serde_yaml::from_str(text).expect("a mapping");
    content.insert("name".into(), name.into());
    content.into()
}

fn mapping<'k>(entries: impl IntoIterator<Item = (&'k str, Yaml)>) -> Yaml {
    entries.into_iter().map(|(key, value)| (Yaml::from(key), value)).collect::<Mapping>().into()
}

fn data(values: Vec<(&'static str, Datum)>) -> Yaml {
    mapping(values.into_iter().map(|(name, datum)| (name, datum.value())))
}
