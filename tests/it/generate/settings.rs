//! Random settings of every merge word, some within others.

use super::choices::Choices;
use super::shape::{Kind, Reach, SettingShape, Shape, TypeAt};
use super::types::kind_text;

const ORDERED: &[&str] = &["at most", "at least", "at most", "at least", "overrides", "locks"];
const SINGLE: &[&str] = &["overrides", "locks"];
const SETS: &[&str] = &["narrows", "narrows", "widens", "overrides", "locks"];

/// Name, kind, whether it is a set, the merge words that fit it, and what it may lie within.
type Pooled = (&'static str, Kind, bool, &'static [&'static str], Option<&'static str>);

const POOL: [Pooled; 10] = [
    ("queues", Kind::Text, true, SETS, None),
    ("queue", Kind::Text, false, SINGLE, Some("queues")),
    ("staff", Kind::Entity(0), true, SETS, None),
    ("boss", Kind::Entity(0), false, SINGLE, Some("staff")),
    ("modes", Kind::Word, true, SETS, None),
    ("mode", Kind::Word, false, SINGLE, Some("modes")),
    ("quota", Kind::Int, false, ORDERED, None),
    ("keep", Kind::Length, false, ORDERED, None),
    ("start", Kind::Moment, false, ORDERED, None),
    ("strict", Kind::Bool, false, SINGLE, None),
];

/// Fills in the settings.
pub(super) fn settings(choices: &mut Choices<'_>, shape: &mut Shape) {
    let plain: Vec<TypeAt> = (1..shape.types.len()).filter(|&ty| shape.types[ty].acts_as.is_none()).collect();
    // Those of the innermost types can be supplied on the most levels.
    let homes: Vec<TypeAt> = [plain.as_slice(), &plain[plain.len() / 2..]].concat();
    for (name, kind, set, merges, holder) in POOL {
        if !choices.chance(25) {
            continue;
        }
        let home = choices.copy_pick(&homes);
        let holds = |other: &SettingShape| Some(other.name) == holder && shape.reach(home, other.home) != Reach::Never;
        let within = holder.filter(|_| shape.settings.iter().any(holds) && choices.chance(75));
        shape.settings.push(SettingShape { name, home, kind, set, merge: choices.copy_pick(merges), within });
    }
}

impl SettingShape {
    /// Its declaration.
    pub(super) fn text(&self, shape: &Shape) -> String {
        let within = self.within.map_or_else(String::new, |outer| format!(" within {outer}"));
        format!("setting {}: {} {}{within}", self.name, kind_text(shape, self.kind, self.set), self.merge)
    }
}

impl Shape {
    /// The settings that an entity of this type may supply.
    pub(super) fn supplied_by(&self, ty: TypeAt) -> impl Iterator<Item = &SettingShape> {
        self.settings.iter().filter(move |setting| self.reach(setting.home, ty) != Reach::Never)
    }
}
