//! Where the value of a setting comes from: every value given to it, and what became of each.

use super::{Case, Step};
use crate::decide::Snapshot;
use crate::diagnostics::with_article;
use crate::directory::{Effective, EntityId, Fate, Supplier, Supply, combine, elements, fates, supplies};
use crate::schema::{MergeWord, SettingId, Value, brief_list};
use crate::source::Span;

/// What one setting amounts to, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct SettingReport {
    /// Its name.
    pub name: String,
    /// How its values come together.
    pub merge: MergeWord,
    /// The setting that it lies within.
    pub within: Option<String>,
    /// What it amounts to.
    pub effective: Effective,
    /// The values given to it, from the farthest up on down.
    pub chain: Vec<Contribution>,
}

/// One value given to a setting on the way down.
#[derive(Clone, PartialEq, Debug)]
pub struct Contribution {
    /// Where it is given.
    pub entity: String,
    /// The org policy that gives it; nothing where it is the entity's own.
    pub policy: Option<String>,
    /// The value.
    pub value: Value,
    /// The value's place.
    pub place: Span,
    /// Where the policy is linked.
    pub linked: Option<Span>,
    /// What becomes of it.
    pub outcome: SettingOutcome,
}

/// What becomes of a value, and how that is said.
#[derive(Clone, PartialEq, Debug)]
pub struct SettingOutcome {
    /// In one word, for programs.
    pub word: &'static str,
    /// In words, for people.
    pub text: String,
    /// The entity whose value it loses to.
    pub by: Option<String>,
    /// The set that it leaves where it narrows.
    pub left: Option<Value>,
    /// What of it was narrowed away before.
    pub lost: Vec<Value>,
    /// What it adds where it widens.
    pub added: Vec<Value>,
}

/// All that is given on these entities, which the directory declares, from the farthest up on down.
pub(crate) fn given(snapshot: &Snapshot, entities: impl Iterator<Item = EntityId>) -> Vec<Supply> {
    let directory = snapshot.directory();
    let mut givers: Vec<EntityId> = entities.collect();
    givers.sort_by_key(|&giver| (directory.ancestors(giver).len(), directory.span(giver)));
    givers.iter().flat_map(|&giver| supplies(snapshot.policy(), directory, giver)).collect()
}

/// What a setting amounts to, and why, with these values given.
pub(crate) fn report(snapshot: &Snapshot, setting: SettingId, given: &[Supply]) -> Option<SettingReport> {
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let info = schema.settings.get(setting)?;
    let supplies: Vec<&Supply> = given.iter().filter(|supply| supply.setting == setting).collect();
    let above = |entity| directory.ancestors(entity);
    let chain = supplies.iter().zip(fates(info.merge, &supplies, above)).map(|(supply, fate)| {
        let (policy, linked) = match supply.by {
            Supplier::Own => (None, None),
            Supplier::Policy { policy, link } => (schema.policies.get(policy).map(|name| name.to_string()), Some(link)),
        };
        Contribution {
            entity: directory.name(schema, supply.entity),
            policy,
            value: supply.value.clone(),
            place: supply.span,
            linked,
            outcome: outcome(snapshot, supply, &fate),
        }
    });
    Some(SettingReport {
        name: info.name.to_string(),
        merge: info.merge,
        within: info.within.and_then(|outer| schema.settings.get(outer)).map(|outer| outer.name.to_string()),
        effective: combine(info.merge, &supplies, above),
        chain: chain.collect(),
    })
}

fn outcome(snapshot: &Snapshot, supply: &Supply, fate: &Fate) -> SettingOutcome {
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let name = |entity: &EntityId| directory.name(schema, *entity);
    let said = |word, text| SettingOutcome { word, text, by: None, left: None, lost: Vec::new(), added: Vec::new() };
    let by = |word, how: &str, other: &EntityId| {
        let other = name(other);
        SettingOutcome { by: Some(other.clone()), ..said(word, format!("{how} `{other}`")) }
    };
    match fate {
        Fate::Wins => said("wins", String::from("wins")),
        Fate::Narrows { left, lost } => {
            let mut text = if elements(left).is_empty() {
                String::from("nothing left")
            } else {
                format!("narrowed to {}", left.brief(schema))
            };
            if !lost.is_empty() {
                text = format!("{text}; narrowed away: {}", brief_list(lost, schema));
            }
            SettingOutcome { left: Some(left.clone()), lost: lost.clone(), ..said("narrows", text) }
        }
        Fate::Widens { added } if added.is_empty() => said("widens", String::from("adds nothing")),
        Fate::Widens { added } => {
            let text = format!("adds {}", brief_list(added, schema));
            SettingOutcome { added: added.clone(), ..said("widens", text) }
        }
        Fate::Outdone { by: other } => by("outdone", "loses to", other),
        Fate::Overridden { by: other } => by("overridden", "overridden on", other),
        Fate::Locked { by: other } => by("locked", "locked by", other),
        Fate::Conflicts { with } => by("conflicts", "conflicts with", with),
        Fate::Replaced => said("replaced", format!("replaced by the own settings of `{}`", name(&supply.entity))),
        Fate::OutOfPlace => {
            let ty = schema.types.get(directory.type_of(supply.entity)).map_or("", |info| &info.name);
            said("without-effect", format!("without effect on {}", with_article(ty)))
        }
    }
}

impl Case<'_> {
    /// The values behind that of a setting on an entity, in the world of the request.
    pub(super) fn contributions(self, entity: EntityId, setting: SettingId) -> Vec<Step> {
        let facts = self.world.facts;
        let declared = facts.upwards(entity).filter(|&above| facts.is_declared(above));
        let chain = report(facts.snapshot, setting, &given(facts.snapshot, declared)).map(|found| found.chain);
        let schema = facts.snapshot.policy().schema();
        let chain = chain.unwrap_or_default();
        let left_out = chain.len().saturating_sub(SHOWN);
        let mut steps = Vec::new();
        if left_out > 0 {
            steps.push(Step::fact(format!("{left_out} more, further up"), None));
        }
        for given in chain.iter().skip(left_out) {
            let by = match &given.policy {
                Some(policy) => format!("policy `{policy}` on `{}`", given.entity),
                None => format!("the settings of `{}`", given.entity),
            };
            let text = format!("{by}: {}, {}", given.value.brief(schema), given.outcome.text);
            steps.push(Step::fact(text, Some(given.place)));
        }
        steps
    }
}

/// How many of the values behind a setting a proof shows.
const SHOWN: usize = 8;
