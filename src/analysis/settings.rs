//! The settings of one entity: what each amounts to, and what became of every value given on the way down.

use crate::decide::{RequestError, Snapshot};
use crate::diagnostics::{Code, near_miss, with_article};
use crate::directory::{Effective, EntityId, Fate, Supplier, Supply, combine, elements, fates, supplies};
use crate::schema::{MergeWord, SettingId, Value, split_entity};
use crate::source::Span;

/// All settings of an entity.
#[derive(Clone, PartialEq, Debug)]
pub struct EntitySettings {
    /// The entity, `type:id`.
    pub entity: String,
    /// Every setting that its type has to do with, in the order of declaration.
    pub settings: Vec<SettingReport>,
}

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
    pub outcome: Outcome,
}

/// What becomes of a value, and how that is said.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// In one word, for programs.
    pub word: &'static str,
    /// In words, for people.
    pub text: String,
}

/// All settings of an entity that the directory declares. Knows names only as the directory writes them.
///
/// # Errors
/// When the text is no entity, or the directory has no entry for it.
pub fn settings(snapshot: &Snapshot, entity: &str) -> Result<EntitySettings, RequestError> {
    let found = declared(snapshot, entity)?;
    let schema = snapshot.policy().schema();
    let ty = snapshot.directory().type_of(found);
    let given = given(snapshot, found);
    let concerning = schema.settings.ids().filter(|&setting| schema.concerns(ty, setting));
    Ok(EntitySettings {
        entity: entity.to_owned(),
        settings: concerning.filter_map(|setting| report(snapshot, setting, &given)).collect(),
    })
}

/// One setting of an entity that the directory declares, if its type has to do with it.
#[must_use]
pub fn setting(snapshot: &Snapshot, entity: EntityId, setting: SettingId) -> Option<SettingReport> {
    let ty = snapshot.directory().type_of(entity);
    snapshot.policy().schema().concerns(ty, setting).then(|| report(snapshot, setting, &given(snapshot, entity)))?
}

/// The entity of a name that has an entry in the directory.
///
/// # Errors
/// When the text is no entity, or the directory has no entry for it.
pub fn declared(snapshot: &Snapshot, text: &str) -> Result<EntityId, RequestError> {
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let name = schema.read_entity(text).map_err(|error| {
        let code = if split_entity(text).is_some() { Code::UnknownType } else { Code::InvalidEntity };
        RequestError { code: code.as_str(), message: error.message, help: error.help }
    })?;
    let found = directory.find(name.ty, &name.id);
    if let Some(found) = found.filter(|&found| directory.is_declared(found)) {
        return Ok(found);
    }
    let of_type = || directory.entities().filter(|&other| directory.type_of(other) == name.ty);
    let known = of_type().filter(|&other| directory.is_declared(other)).map(|other| directory.id_of(other));
    let near = near_miss(&name.id, known);
    let type_name = schema.types.get(name.ty).map_or("", |info| &info.name);
    let mentioned = if found.is_some() { "is only mentioned, and " } else { "" };
    Err(RequestError {
        code: Code::UnknownEntity.as_str(),
        message: format!("`{text}` {mentioned}has no entry in the directory"),
        help: near.map(|near| format!("did you mean `{type_name}:{near}`?")),
    })
}

/// All that is given on an entity and above, from the farthest up on down.
fn given(snapshot: &Snapshot, entity: EntityId) -> Vec<Supply> {
    let directory = snapshot.directory();
    let mut givers: Vec<EntityId> = directory.ancestors(entity).to_vec();
    givers.push(entity);
    givers.sort_by_key(|&giver| (directory.ancestors(giver).len(), directory.span(giver)));
    givers.iter().flat_map(|&giver| supplies(snapshot.policy(), directory, giver)).collect()
}

fn report(snapshot: &Snapshot, setting: SettingId, given: &[Supply]) -> Option<SettingReport> {
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let info = schema.settings.get(setting)?;
    let supplies: Vec<&Supply> = given.iter().filter(|supply| supply.setting == setting).collect();
    let inside = |inner, outer| inner != outer && directory.is_within(inner, outer);
    let chain = supplies.iter().zip(fates(info.merge, &supplies, inside)).map(|(supply, fate)| {
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
        effective: combine(info.merge, &supplies, inside),
        chain: chain.collect(),
    })
}

fn outcome(snapshot: &Snapshot, supply: &Supply, fate: &Fate) -> Outcome {
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let name = |entity: &EntityId| directory.name(schema, *entity);
    let list = |values: &[Value]| {
        let values: Vec<String> = values.iter().map(|value| value.text(schema)).collect();
        values.join(", ")
    };
    let (word, text) = match fate {
        Fate::Wins => ("wins", String::from("wins")),
        Fate::Narrows { left, lost } => {
            let mut text = if elements(left).is_empty() {
                String::from("nothing left")
            } else {
                format!("narrowed to {}", left.text(schema))
            };
            if !lost.is_empty() {
                text = format!("{text}; narrowed away: {}", list(lost));
            }
            ("narrows", text)
        }
        Fate::Widens { added } if added.is_empty() => ("widens", String::from("adds nothing")),
        Fate::Widens { added } => ("widens", format!("adds {}", list(added))),
        Fate::Outdone { by } => ("outdone", format!("loses to `{}`", name(by))),
        Fate::Overridden { by } => ("overridden", format!("overridden on `{}`", name(by))),
        Fate::Locked { by } => ("locked", format!("locked by `{}`", name(by))),
        Fate::Conflicts { with } => ("conflicts", format!("conflicts with `{}`", name(with))),
        Fate::Replaced => ("replaced", format!("replaced by the own settings of `{}`", name(&supply.entity))),
        Fate::OutOfPlace => {
            let ty = schema.types.get(directory.type_of(supply.entity)).map_or("", |info| &info.name);
            ("without-effect", format!("without effect on {}", with_article(ty)))
        }
    };
    Outcome { word, text }
}
