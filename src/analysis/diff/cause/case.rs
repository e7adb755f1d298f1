//! Somebody who gains or loses, and what differs there of facts.

use super::super::ask::Asker;
use super::super::facts::{Altered, Facts};
use super::super::holders::{Holders, HoldingId};
use super::super::names::{Side, Thing, Verb, place};
use super::super::prints::{Print, Prints};
use super::super::reads::Reads;
use super::{Cause, CauseKind};
use crate::schema::RoleId;
use rustc_hash::FxHashSet;

/// Somebody who may do something on one side, and not on the other.
#[derive(Clone, Copy)]
pub(in crate::analysis::diff) struct Case<'c, 'n, 's> {
    pub(in crate::analysis::diff) asker: &'c Asker<'n, 's>,
    pub(in crate::analysis::diff) facts: &'c Facts,
    pub(in crate::analysis::diff) holders: &'c Holders,
    /// Where they may.
    pub(in crate::analysis::diff) with: Side,
    pub(in crate::analysis::diff) verb: Verb,
    pub(in crate::analysis::diff) actor: Thing,
    pub(in crate::analysis::diff) resource: Thing,
    pub(in crate::analysis::diff) levels: &'c [Thing],
    /// What conditions read.
    pub(in crate::analysis::diff) reads: &'c Reads,
}

impl Case<'_, '_, '_> {
    /// That one of them is there on one side only.
    pub(super) fn by_being_there(&self) -> Option<Cause> {
        [self.resource, self.actor].into_iter().find_map(|thing| {
            let altered = self.facts.altered.get(&thing)?;
            let found = altered.iter().find(|one| matches!(one, Altered::Added | Altered::Removed))?;
            Some(self.altered(thing, std::slice::from_ref(found)))
        })
    }

    /// That whoever asks is checked as somebody else.
    pub(super) fn by_acting(&self) -> Option<Cause> {
        let names = self.asker.names;
        let [old, new] = self.holders.acts_as(names, self.actor)?;
        if let Some(altered) = self.facts.altered.get(&self.actor) {
            return Some(self.altered(self.actor, altered));
        }
        let name = |thing: Option<Thing>| {
            thing.map_or_else(|| String::from("nobody"), |thing| format!("`{}`", names.name(thing)))
        };
        let text = format!("`{}` acts as {} instead of {}", names.name(self.actor), name(new), name(old));
        Some(Cause { kind: CauseKind::Declaration, text, place: None })
    }

    /// The roles near the resource that say something of the permission on a side, and those by which what these require is
    /// held.
    pub(super) fn that_count(
        &self,
        side: Side,
        near: &[(Thing, HoldingId)],
        prints: &mut Prints<'_>,
    ) -> FxHashSet<RoleId> {
        let names = self.asker.names;
        let policy = names.sides.of(side).policy();
        let Some(permission) = names.verbs.get(self.verb).and_then(|verb| *verb.of(side)) else {
            return FxHashSet::default();
        };
        let holdings = near.iter().filter_map(|&(_, holding)| self.holders.holdings().get(holding));
        let all: FxHashSet<RoleId> = holdings.flat_map(|holding| holding.roles(side)).collect();
        let says = all.iter().copied().filter(|&role| prints.says(side, role, permission) != Print::NOTHING);
        let mut count: FxHashSet<RoleId> = says.collect();
        let required: FxHashSet<RoleId> =
            count.iter().flat_map(|&role| policy.role(role).requires.iter().copied()).collect();
        count
            .extend(all.iter().filter(|&&role| required.iter().any(|&required| policy.role(role).counts_as(required))));
        count
    }

    /// What differs and has a say, but for roles.
    pub(super) fn by_facts(&self) -> Option<Cause> {
        self.by_entities().or_else(|| self.by_setting()).or_else(|| self.by_context())
    }

    /// What differs of the resource, of what it lies in, and of whoever asks.
    fn by_entities(&self) -> Option<Cause> {
        let names = self.asker.names;
        let actor = Side::BOTH.into_iter().flat_map(|side| {
            let entity = names.entity(side, self.actor);
            let above = entity.map_or(&[][..], |entity| names.sides.of(side).directory().ancestors(entity));
            above.iter().filter_map(move |&above| names.thing(side, above))
        });
        let things = [self.resource].into_iter().chain(self.levels.iter().copied()).chain([self.actor]).chain(actor);
        for thing in things {
            let Some(altered) = self.facts.altered.get(&thing) else { continue };
            let altered: Vec<Altered> = altered.iter().filter(|one| self.is_read(one)).cloned().collect();
            if altered.iter().any(|one| !matches!(one, Altered::Policy(_))) {
                return Some(self.altered(thing, &altered));
            }
            if let Some(cause) = self.by_org_policy(&altered) {
                return Some(cause);
            }
        }
        None
    }

    /// That a setting that conditions read amounts to something else.
    fn by_setting(&self) -> Option<Cause> {
        let names = self.asker.names;
        let name = self.reads.settings.iter().find(|name| self.facts.settings.contains(*name))?;
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
        Some(Cause { kind: CauseKind::Setting, text, place })
    }

    /// That a field of the context that conditions read is declared otherwise.
    fn by_context(&self) -> Option<Cause> {
        let field = self.reads.context.iter().find(|name| self.facts.context.contains(*name))?;
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

    /// That an org policy gives a setting that conditions read another value.
    fn by_org_policy(&self, altered: &[Altered]) -> Option<Cause> {
        let given = altered.iter().find_map(|one| match one {
            Altered::Policy(given) => Some(given),
            _ => None,
        })?;
        let place = place(|side| {
            let policy = self.asker.names.sides.of(side).policy();
            let schema = policy.schema();
            let setting = schema.setting_named(&given.setting)?;
            let mut all = policy.given_settings(schema.policy_named(&given.policy)?).iter();
            all.find(|one| one.setting == setting).map(|one| one.span)
        });
        Some(Cause { kind: CauseKind::Setting, text: given.text(" gives"), place })
    }

    fn altered(&self, thing: Thing, altered: &[Altered]) -> Cause {
        let names = self.asker.names;
        let words: Vec<String> = altered.iter().map(Altered::text).collect();
        let place =
            names.home(thing).and_then(|(side, entity)| Some((side, names.sides.of(side).directory().span(entity)?)));
        Cause { kind: CauseKind::Facts, text: format!("`{}` {}", names.name(thing), words.join(", ")), place }
    }
}
