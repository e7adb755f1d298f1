//! What differs of entities, of what they lie in and of what is given to them, that has a say in a permission.

use super::super::facts::Altered;
use super::super::names::{Side, Thing, place};
use super::super::supplied::Supplied;
use super::{Case, Cause, CauseKind};
use crate::schema::{PolicyId, Presence};
use crate::source::Span;
use std::slice;

impl Case<'_, '_, '_> {
    /// A thing, and all that it lies in on either side.
    pub(super) fn line(&self, thing: Thing) -> impl Iterator<Item = Thing> + use<> {
        let names = self.asker.names;
        let mut line = vec![thing];
        for side in Side::BOTH {
            let entity = names.entity(side, thing);
            let above = entity.map_or(&[][..], |entity| names.sides.of(side).directory().ancestors(entity));
            for above in above.iter().filter_map(|&above| names.thing(side, above)) {
                if !line.contains(&above) {
                    line.push(above);
                }
            }
        }
        line.into_iter()
    }

    /// Whether the resource is, or lies in, something on a side.
    fn reaches(&self, side: Side, level: Thing) -> bool {
        let names = self.asker.names;
        let Some((resource, level)) = names.entity(side, self.resource).zip(names.entity(side, level)) else {
            return false;
        };
        resource == level || names.sides.of(side).directory().ancestors(resource).contains(&level)
    }

    /// That the resource lies in something on one side alone, since it lies elsewhere.
    pub(super) fn by_place(&self, side: Side, level: Thing) -> Option<Cause> {
        let moved = self.reaches(side, level) && !self.reaches(side.other(), level);
        moved.then(|| self.by_moving(self.resource)).flatten()
    }

    /// That an org policy is linked on one side alone to the resource, or to what that lies in.
    pub(super) fn by_link(&self, side: Side, policy: PolicyId) -> Option<Cause> {
        let names = self.asker.names;
        let schema = |side: Side| names.sides.of(side).policy().schema();
        let there = schema(side.other()).policy_named(schema(side).policies.get(policy)?)?;
        let is_linked = |side: Side, policy: PolicyId, level: Thing| {
            let directory = names.sides.of(side).directory();
            let links = names.entity(side, level).map_or(&[][..], |entity| directory.links(entity));
            links.iter().any(|link| link.policy == policy)
        };
        let here: Vec<Thing> = self
            .line(self.resource)
            .filter(|&level| self.reaches(side, level) && is_linked(side, policy, level))
            .collect();
        let still = |&level: &Thing| self.reaches(side.other(), level) && is_linked(side.other(), there, level);
        if here.iter().any(still) {
            return None;
        }
        here.into_iter().find_map(|level| {
            self.by_place(side, level).or_else(|| {
                let altered = self.facts.altered.get(&level)?;
                let linked = altered.iter().find(|one| matches!(one, Altered::Linked))?;
                Some(self.altered(level, slice::from_ref(linked)))
            })
        })
    }

    /// That a thing, or what it lies in, lies elsewhere, or is there on one side alone.
    pub(super) fn by_moving(&self, thing: Thing) -> Option<Cause> {
        let is = |one: &Altered| matches!(one, Altered::Moved | Altered::Added | Altered::Removed);
        self.line(thing).find_map(|thing| self.by_alteration(thing, is))
    }

    /// That a thing has another value of an attribute.
    pub(super) fn by_attribute(&self, thing: Thing, attribute: &str) -> Option<Cause> {
        if let Some(cause) = self.by_default(thing, attribute) {
            return Some(cause);
        }
        self.by_alteration(thing, |one| match one {
            Altered::Attribute { name, .. } => name == attribute,
            Altered::Added | Altered::Removed => true,
            _ => false,
        })
    }

    /// That the value of an attribute of a thing is the default on both sides, and that this is another one.
    fn by_default(&self, thing: Thing, attribute: &str) -> Option<Cause> {
        let names = self.asker.names;
        let ty = names.type_name(thing);
        let default = |side: Side| {
            let schema = names.sides.of(side).policy().schema();
            let info = schema.types.get(schema.type_named(ty)?)?;
            match &info.attributes.get(info.attribute(attribute)?)?.presence {
                Presence::Default(value) => Some(value.text(schema)),
                Presence::Required | Presence::Optional => None,
            }
        };
        let (was, is) = (default(Side::Old)?, default(Side::New)?);
        let altered = self.facts.altered.get(&thing)?.iter();
        let is_it = |one: &Altered| match one {
            Altered::Attribute { name, old, new } => {
                name == attribute && old.as_ref() == Some(&was) && new.as_ref() == Some(&is) && was != is
            }
            _ => false,
        };
        if !altered.into_iter().any(is_it) {
            return None;
        }
        let text = format!("`{ty}` has `{attribute}` {is} by default instead of {was}");
        Some(Cause { kind: CauseKind::Declaration, text, place: self.place_of_type(ty) })
    }

    /// Where a type is declared.
    pub(super) fn place_of_type(&self, ty: &str) -> Option<(Side, Span)> {
        place(|side| {
            let policy = self.asker.names.sides.of(side).policy();
            policy.provenance().types.get(policy.schema().type_named(ty)?).copied()
        })
    }

    /// That a setting amounts to something else for a thing: by what is given to it or to what it lies in, by where it lies,
    /// or by how the setting is declared.
    pub(super) fn by_setting_for(&self, thing: Thing, setting: &str) -> Option<Cause> {
        let names = self.asker.names;
        let given = |thing: Thing| {
            let altered = self.facts.altered.get(&thing)?;
            let given = altered.iter().find_map(|one| self.by_org_policy(one, Some(setting)));
            given.or_else(|| {
                let supplied = Supplied::of(names, names.things.get(thing)?);
                let gives = |one: &Altered| matches!(one, Altered::Settings | Altered::Linked);
                if supplied.settings.contains(setting) { self.by_alteration(thing, gives) } else { None }
            })
        };
        let given = self.line(thing).find_map(given).or_else(|| self.by_moving(thing));
        given.or_else(|| self.facts.settings.contains(setting).then(|| self.amounts_otherwise(setting)))
    }

    /// How a thing differs, if it does so in this way.
    fn by_alteration(&self, thing: Thing, is: impl Fn(&Altered) -> bool) -> Option<Cause> {
        let altered = self.facts.altered.get(&thing)?.iter().find(|one| is(one))?;
        Some(self.altered(thing, slice::from_ref(altered)))
    }

    /// What differs and has a say, but for roles.
    pub(super) fn by_facts(&self) -> Option<Cause> {
        self.by_entities().or_else(|| self.by_setting()).or_else(|| self.by_context())
    }

    /// What differs of the resource, of what it lies in, and of whoever asks.
    fn by_entities(&self) -> Option<Cause> {
        let things = [self.resource].into_iter().chain(self.levels.iter().copied());
        for thing in things.chain(self.line(self.actor)) {
            let Some(altered) = self.facts.altered.get(&thing) else { continue };
            let altered: Vec<Altered> = altered.iter().filter(|one| self.is_read(one)).cloned().collect();
            if altered.iter().any(|one| !matches!(one, Altered::Policy(_))) {
                return Some(self.altered(thing, &altered));
            }
            if let Some(cause) = altered.iter().find_map(|one| self.by_org_policy(one, None)) {
                return Some(cause);
            }
        }
        None
    }

    /// That a setting that conditions read amounts to something else.
    fn by_setting(&self) -> Option<Cause> {
        let name = self.reads.settings.iter().find(|name| self.facts.settings.contains(*name))?;
        Some(self.amounts_otherwise(name))
    }

    /// That a setting amounts to something else, by what it is declared to be.
    fn amounts_otherwise(&self, name: &str) -> Cause {
        let names = self.asker.names;
        let policy = names.sides.new.policy();
        let setting = policy.schema().setting_named(name);
        let origin = setting.and_then(|setting| policy.provenance().settings.get(setting));
        let place = origin.map(|origin| (Side::New, origin.span));
        let merge = |side: Side| {
            let schema = names.sides.of(side).policy().schema();
            schema.setting_named(name).and_then(|setting| schema.settings.get(setting)).map(|info| info.merge)
        };
        let text = match (merge(Side::Old), merge(Side::New)) {
            (Some(old), Some(new)) if old != new => format!("the setting `{name}` {old}, and now {new}"),
            _ => format!("the setting `{name}` amounts to something else"),
        };
        Cause { kind: CauseKind::Setting, text, place }
    }

    /// That a field of the context that conditions read is declared otherwise.
    fn by_context(&self) -> Option<Cause> {
        self.reads.context.iter().find_map(|name| self.by_field(name))
    }

    /// That a field of the context is declared otherwise.
    pub(super) fn by_field(&self, field: &str) -> Option<Cause> {
        if !self.facts.context.contains(field) {
            return None;
        }
        let text = format!("the field `{field}` of the context is declared otherwise");
        Some(Cause { kind: CauseKind::Declaration, text, place: None })
    }

    /// Whether what differs of an entity has a say in the permission.
    fn is_read(&self, altered: &Altered) -> bool {
        let names = self.asker.names;
        let denied_by_policies = || {
            Side::BOTH.into_iter().any(|side| {
                let permission = names.verbs.get(self.verb).and_then(|verb| *verb.of(side));
                let policy = names.sides.of(side).policy();
                permission.and_then(|permission| policy.profile(permission)).is_some_and(|one| one.denied_by_policies)
            })
        };
        match altered {
            Altered::Added | Altered::Removed | Altered::Moved => true,
            Altered::Attribute { name, .. } => self.reads.attributes.contains(name.as_str()),
            Altered::Linked => !self.reads.settings.is_empty() || denied_by_policies(),
            Altered::Settings => self.reads.settings.iter().any(|name| self.facts.settings.contains(name)),
            Altered::Policy(given) => self.reads.settings.contains(&given.setting),
        }
    }

    /// That an org policy gives a setting another value: this one, or any.
    fn by_org_policy(&self, altered: &Altered, setting: Option<&str>) -> Option<Cause> {
        let Altered::Policy(given) = altered else { return None };
        if setting.is_some_and(|setting| *given.setting != *setting) {
            return None;
        }
        let place = place(|side| {
            let policy = self.asker.names.sides.of(side).policy();
            let schema = policy.schema();
            let setting = schema.setting_named(&given.setting)?;
            let mut all = policy.given_settings(schema.policy_named(&given.policy)?).iter();
            all.find(|one| one.setting == setting).map(|one| one.span)
        });
        Some(Cause { kind: CauseKind::Setting, text: given.text(" gives"), place })
    }

    pub(super) fn altered(&self, thing: Thing, altered: &[Altered]) -> Cause {
        let names = self.asker.names;
        let words: Vec<String> = altered.iter().map(Altered::text).collect();
        let place =
            names.home(thing).and_then(|(side, entity)| Some((side, names.sides.of(side).directory().span(entity)?)));
        Cause { kind: CauseKind::Facts, text: format!("`{}` {}", names.name(thing), words.join(", ")), place }
    }
}
