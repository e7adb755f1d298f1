//! Values of settings that cannot stand: two that conflict, and one outside of what it must lie in.

use super::combine::{differing, unbeaten};
use super::table::Given;
use super::{Effective, ProfileId, Settings, Supplier, Supply, combine, holds};
use crate::compile::CompiledPolicy;
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::findings::Findings;
use crate::directory::{Directory, EntityId};
use crate::index::IndexVec;
use crate::schema::{MergeWord, SettingId, TypeId, Value, brief_list};
use crate::source::Span;
use rustc_hash::FxHashSet;

/// What is wrong with a setting in a profile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// Two values of it stand.
    Conflict(SettingId),
    /// Its value (first) is not in that of the other.
    Outside(SettingId, SettingId),
}

/// Every conflict, and every value outside of what it must lie in, once: on the entity farthest up that it shows on.
pub(super) fn find(
    policy: &CompiledPolicy,
    directory: &Directory,
    settings: &Settings,
    given: &Given,
) -> Vec<Diagnostic> {
    let faults: IndexVec<ProfileId, Vec<Fault>> =
        settings.profiles.ids().map(|profile| faults(policy, settings, profile)).collect();
    let faults_of = |entity| faults.get(settings.profile(directory, entity)).map_or(&[][..], Vec::as_slice);
    let sound = faults.iter().all(Vec::is_empty);
    let mut faulty: Vec<EntityId> = if sound { Vec::new() } else { directory.entities().collect() };
    faulty.retain(|&entity| directory.is_declared(entity) && !faults_of(entity).is_empty());
    faulty.sort_by_key(|&entity| directory.ancestors(entity).len());
    let rivals = rivals(policy, directory, given);
    if faulty.is_empty() && rivals.is_empty() {
        return Vec::new();
    }
    let mut case = Case { policy, directory, given, reported: FxHashSet::default(), findings: Findings::default() };
    for entity in faulty {
        for &fault in faults_of(entity) {
            case.report(entity, fault);
        }
    }
    for (entity, setting, [first, second]) in rivals {
        if let Some(finding) = case.rival_values(entity, setting, first, second) {
            case.findings.push(finding);
        }
    }
    case.findings.finish()
}

/// Policies linked to one entity that differ on a setting that takes one of its values as it is. They conflict even where
/// both lose to a value from elsewhere: the text says two things about one entity.
fn rivals<'g>(
    policy: &CompiledPolicy,
    directory: &Directory,
    given: &'g Given,
) -> Vec<(EntityId, SettingId, [&'g Supply; 2])> {
    let mut found = Vec::new();
    for entity in directory.givers() {
        let supplies = given.get(&entity).map_or(&[][..], Vec::as_slice);
        found.extend(rivals_among(policy, supplies).map(|[first, second]| (entity, second.setting, [first, second])));
    }
    found
}

/// Those of what one entity gives that differ on a setting that takes one of its values as it is.
pub(super) fn rivals_among<'g>(
    policy: &CompiledPolicy,
    supplies: &'g [Supply],
) -> impl Iterator<Item = [&'g Supply; 2]> {
    let takes_one = |setting| {
        let info = policy.schema().settings.get(setting);
        info.is_some_and(|info| matches!(info.merge, MergeWord::Overrides | MergeWord::Locks))
    };
    supplies.iter().enumerate().filter(move |(_, supply)| takes_one(supply.setting)).filter_map(|(at, second)| {
        let earlier = supplies.iter().take(at).find(|first| first.setting == second.setting);
        earlier.filter(|first| first.value != second.value).map(|first| [first, second])
    })
}

/// Whether a value in a profile cannot stand on entities of a type.
pub(super) fn concern(policy: &CompiledPolicy, settings: &Settings, profile: ProfileId, ty: TypeId) -> bool {
    faults(policy, settings, profile).into_iter().any(|fault| match fault {
        Fault::Conflict(setting) => policy.schema().concerns(ty, setting),
        Fault::Outside(setting, outer) => policy.schema().concerns(ty, setting) && policy.schema().concerns(ty, outer),
    })
}

pub(super) fn faults(policy: &CompiledPolicy, settings: &Settings, profile: ProfileId) -> Vec<Fault> {
    let mut found = Vec::new();
    for (setting, info) in policy.schema().settings.iter_enumerated() {
        let value = match settings.effective(profile, setting) {
            Effective::Conflicting => {
                found.push(Fault::Conflict(setting));
                continue;
            }
            Effective::Value(value) => settings.values.get(value),
            Effective::Absent | Effective::Everything => None,
        };
        let (Some(value), Some(outer)) = (value, info.within) else { continue };
        let inside = match settings.effective(profile, outer) {
            // A conflict is reported as such.
            Effective::Everything | Effective::Conflicting => true,
            Effective::Absent => false,
            Effective::Value(set) => settings.values.get(set).is_some_and(|set| holds(set, value)),
        };
        if !inside {
            found.push(Fault::Outside(setting, outer));
        }
    }
    found
}

struct Case<'a> {
    policy: &'a CompiledPolicy,
    directory: &'a Directory,
    given: &'a Given,
    /// What was reported, by the setting and what gives the values involved.
    reported: FxHashSet<(SettingId, Vec<(EntityId, Span)>)>,
    findings: Findings,
}

impl Case<'_> {
    fn report(&mut self, entity: EntityId, fault: Fault) {
        let schema = self.policy.schema();
        let ty = self.directory.type_of(entity);
        let finding = match fault {
            Fault::Conflict(setting) if schema.concerns(ty, setting) => self.conflict(entity, setting),
            Fault::Outside(setting, outer) if schema.concerns(ty, setting) && schema.concerns(ty, outer) => {
                self.outside(entity, setting, outer)
            }
            _ => None,
        };
        if let Some(finding) = finding {
            self.findings.push(finding);
        }
    }

    /// What is given to a setting on an entity and above, from the farthest up on down.
    fn supplies(&self, entity: EntityId, setting: SettingId) -> Vec<&Supply> {
        let mut givers: Vec<EntityId> = self.directory.ancestors(entity).to_vec();
        givers.push(entity);
        givers.sort_by_key(|&giver| self.directory.ancestors(giver).len());
        let supplies = givers.iter().filter_map(|giver| self.given.get(giver)).flatten();
        supplies.filter(|supply| supply.setting == setting).collect()
    }

    /// Whether this is told for the first time.
    fn is_new(&mut self, setting: SettingId, involved: &[&Supply]) -> bool {
        let key = involved.iter().map(|supply| (supply.entity, supply.span)).collect();
        self.reported.insert((setting, key))
    }

    fn conflict(&mut self, entity: EntityId, setting: SettingId) -> Option<Diagnostic> {
        let info = self.policy.schema().settings.get(setting)?;
        let supplies = self.supplies(entity, setting);
        let directory = self.directory;
        let above = |entity| directory.ancestors(entity);
        let [first, second] = differing(&unbeaten(info.merge, &supplies, above))?;
        let (first, second) = (first.clone(), second.clone());
        self.rival_values(entity, setting, &first, &second)
    }

    fn rival_values(
        &mut self,
        entity: EntityId,
        setting: SettingId,
        first: &Supply,
        second: &Supply,
    ) -> Option<Diagnostic> {
        if !self.is_new(setting, &[first, second]) {
            return None;
        }
        let (schema, directory) = (self.policy.schema(), self.directory);
        let info = schema.settings.get(setting)?;
        let message = format!("`{}` has two values on `{}`", info.name, directory.name(schema, entity));
        let mut finding = Diagnostic::error(Code::SettingConflict, first.span, message)
            .here(self.giver(first))
            .label(second.span, self.giver(second));
        for supply in [first, second] {
            if let Supplier::Policy { policy, link } = supply.by {
                let name = schema.policies.get(policy).map_or("", |name| name);
                finding = finding.label(link, format!("`{name}` is linked here"));
            }
        }
        let decides = info.merge == MergeWord::Overrides && schema.may_give(directory.type_of(entity), setting);
        Some(if decides {
            finding.help(format!(
                "give `{}` in the `settings` of `{}`, or the same value from both",
                info.name,
                directory.name(schema, entity)
            ))
        } else {
            finding.help("let both give the same value, or only one of them give any")
        })
    }

    fn outside(&mut self, entity: EntityId, setting: SettingId, outer: SettingId) -> Option<Diagnostic> {
        let schema = self.policy.schema();
        let (info, outer_info) = (schema.settings.get(setting)?, schema.settings.get(outer)?);
        let directory = self.directory;
        let above = |entity| directory.ancestors(entity);
        let supplies = self.supplies(entity, setting);
        let Effective::Value(value) = combine(info.merge, &supplies, above) else { return None };
        let giver = match info.merge {
            MergeWord::Overrides | MergeWord::Locks => unbeaten(info.merge, &supplies, above).first().copied(),
            _ => supplies.iter().find(|supply| supply.value == value).copied(),
        }?
        .clone();
        let outer_supplies = self.supplies(entity, outer);
        let allowed = combine(outer_info.merge, &outer_supplies, above);
        let limit = outer_supplies.iter().find(|supply| !holds(&supply.value, &value)).copied().cloned();
        let involved: Vec<&Supply> = std::iter::once(&giver).chain(&limit).collect();
        if !self.is_new(setting, &involved) {
            return None;
        }
        let message = format!(
            "`{}` is `{}` on `{}`, outside its `{}`",
            info.name,
            value.text(schema),
            directory.name(schema, entity),
            outer_info.name
        );
        let mut finding = Diagnostic::error(Code::OutsideWithin, giver.span, message).here(self.giver(&giver));
        finding = match &limit {
            Some(limit) => finding.label(limit.span, format!("`{}`, {}", outer_info.name, self.giver(limit))),
            None => match self.policy.provenance().settings.get(setting).and_then(|origin| origin.within) {
                Some(span) => finding.label(span, "what it must lie within"),
                None => finding,
            },
        };
        Some(finding.help(match &allowed {
            Effective::Value(Value::Set(elements)) if !elements.is_empty() => {
                format!("what `{}` holds there: {}", outer_info.name, brief_list(elements, schema))
            }
            _ => format!("`{}` holds nothing there", outer_info.name),
        }))
    }

    /// What gives a value, and where.
    fn giver(&self, supply: &Supply) -> String {
        let schema = self.policy.schema();
        let entity = self.directory.name(schema, supply.entity);
        match supply.by {
            Supplier::Own => format!("set on `{entity}`"),
            Supplier::Policy { policy, .. } => {
                let name = schema.policies.get(policy).map_or("", |name| name);
                format!("set on `{entity}` by policy `{name}`")
            }
        }
    }
}
