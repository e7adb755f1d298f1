//! Ways by which somebody raises themselves, tried one by one in a directory of one entity of each type.
//!
//! **What is told can be done.** Every way that the lint tells of is gone: whoever holds the role there takes its steps as
//! themselves, and comes by what is promised. Each step must be permitted by the reference evaluator, and by the engine
//! after it. What is open under conditions only is tried in many directories, which differ in what their entities are,
//! and at several moments: in one of them it must be open.
//!
//! **What can be done is told.** Whoever holds a role assigns themselves whatever the reference lets them, again and
//! again. Where they come by something that others do not, the lint must speak of the role. Under policies with
//! conditions that is asked where none of these looks at what is held: an assignment changes what such a one comes to.

use super::case::Case;
use super::trial::{Deed, Trial};
use crate::generate::RoleShape;
use crate::reference::Reference;
use std::collections::BTreeSet;

/// What was seen.
#[derive(Default, Debug)]
pub(super) struct Tally {
    pub(super) roles: usize,
    /// Roles by which one climbs, told of.
    pub(super) told: usize,
    /// Ways that were gone to their end, and the assignments made on them.
    pub(super) gone: usize,
    pub(super) steps: usize,
    pub(super) longest: usize,
    /// Of those gone: ways that are open under conditions, that anybody can go, that lead to a role composed on the way, to
    /// a key that acts as somebody else, and to what was had under some condition before.
    pub(super) under_conditions: usize,
    pub(super) by_anybody: usize,
    pub(super) composed: usize,
    pub(super) as_others: usize,
    pub(super) freer: usize,
    pub(super) otherwise: usize,
    /// Ways under policies with conditions that none of the directories tried lets go.
    pub(super) not_gone: usize,
    /// Roles by which, as was found by trying, somebody gains something.
    pub(super) gainful: usize,
}

/// Directories in which a way is tried that conditions may bar.
const TRIED: usize = 16;
/// Directories in which is tried what the lint might have missed, where there are conditions.
const SEARCHED: usize = 3;

/// What differs between what is told and what can be done.
pub(super) fn difference(case: &Case, unconditional: bool, tally: &mut Tally) -> Result<(), String> {
    let trial = Trial::new(case);
    if trial.state(0, None, None).is_none() {
        return Ok(());
    }
    let told = trial.told()?;
    for message in told.get("").into_iter().flatten() {
        follow(&trial, None, message, unconditional, tally).map_err(|fault| format!("{message}\n{fault}"))?;
    }
    let searched = match unconditional {
        true => 1,
        false if case.policies.iter().any(|text| text.contains(" has ")) => 0,
        false => SEARCHED,
    };
    let nobody: Vec<BTreeSet<Deed>> = (0..searched).map(|variant| gained(&trial, variant, None)).collect();
    for role in &case.shape.roles {
        let name = role.text(&case.shape);
        let messages = told.get(&name).map_or(&[][..], Vec::as_slice);
        tally.roles += 1;
        tally.told += usize::from(!messages.is_empty());
        for message in messages {
            follow(&trial, Some(role), message, unconditional, tally).map_err(|fault| format!("{message}\n{fault}"))?;
        }
        for (variant, nobody) in nobody.iter().enumerate() {
            let gained = gained(&trial, variant, Some(role));
            let Some((entity, action)) = gained.difference(nobody).next() else { continue };
            tally.gainful += 1;
            if messages.is_empty() {
                let text = trial.text(variant, Some(role), None);
                return Err(format!("not told: whoever holds `{name}` can come by {action} on {entity}\n{text}"));
            }
        }
    }
    Ok(())
}

/// What somebody comes to be allowed who begins with a role, assigning themselves whatever they may. What binds them is
/// assigned for its own sake only.
fn gained(trial: &Trial<'_>, variant: usize, role: Option<&RoleShape>) -> BTreeSet<Deed> {
    let Some(mut state) = trial.state(variant, role, None) else { return BTreeSet::new() };
    let allowed = |state: &Reference| trial.allowed(state, variant, &trial.climber);
    let begun = allowed(&state);
    let (mut now, mut gained) = (begun.clone(), BTreeSet::new());
    loop {
        let mut moved = false;
        for other in &trial.case.shape.roles {
            let assignment = trial.assignment(other);
            if state.outline().assignments.contains(&assignment) {
                continue;
            }
            let Ok(after) = state.after(&trial.assign(other), trial.moment(variant)) else { continue };
            let then = allowed(&after);
            gained.extend(then.difference(&begun).cloned());
            if now.is_subset(&then) {
                (state, now, moved) = (after, then, true);
            }
        }
        if !moved {
            return gained;
        }
    }
}

/// A way as a message tells it.
struct Way<'m> {
    steps: Vec<&'m str>,
    promised: &'m str,
    surely: bool,
    /// What was had before under some condition is had without, or under another one.
    freer: bool,
    otherwise: bool,
}

impl<'m> Way<'m> {
    fn of(message: &'m str) -> Self {
        Self {
            steps: message.rsplit(": ").next().unwrap_or_default().split(" → ").collect(),
            promised: message.split(" come by `").nth(1).and_then(|rest| rest.split('`').next()).unwrap_or_default(),
            surely: !message.contains(" can, under conditions, "),
            freer: message.contains(" without condition: "),
            otherwise: message.contains(" under another condition: "),
        }
    }
}

/// Goes a way, in one of the directories in which it might be open.
fn follow(
    trial: &Trial<'_>,
    role: Option<&RoleShape>,
    message: &str,
    unconditional: bool,
    tally: &mut Tally,
) -> Result<(), String> {
    let way = Way::of(message);
    let mut why = String::from("no directory can stand");
    for variant in 0..if unconditional { 1 } else { TRIED } {
        let mut walk = match Walk::begin(trial, variant, role, &way) {
            Some(walk) => walk,
            None => continue,
        };
        match walk.go(&way, usize::from(role.is_some())) {
            Ok(()) => {
                walk.confirm(role)?;
                tally.gone += 1;
                tally.steps += walk.steps;
                tally.longest = tally.longest.max(way.steps.len());
                tally.under_conditions += usize::from(!way.surely);
                tally.by_anybody += usize::from(role.is_none());
                tally.composed += usize::from(message.contains("a custom role on "));
                tally.as_others += usize::from(walk.victim.is_some());
                tally.freer += usize::from(way.freer);
                tally.otherwise += usize::from(way.otherwise);
                return Ok(());
            }
            Err(fault) => why = format!("{fault}\n{}", trial.text(variant, role, walk.victim)),
        }
    }
    if unconditional {
        return Err(why);
    }
    tally.not_gone += 1;
    Ok(())
}

/// Somebody on their way in one directory.
struct Walk<'t, 'c> {
    trial: &'t Trial<'c>,
    variant: usize,
    state: Reference,
    /// What they were allowed in the beginning.
    begun: BTreeSet<Deed>,
    held: Vec<&'t RoleShape>,
    /// The role that somebody else holds, for whom a key is made.
    victim: Option<&'t RoleShape>,
    /// As whom they act by now.
    acting: String,
    changes: Vec<serde_yaml::Value>,
    steps: usize,
}

impl<'t, 'c> Walk<'t, 'c> {
    fn begin(trial: &'t Trial<'c>, variant: usize, role: Option<&'t RoleShape>, way: &Way<'_>) -> Option<Self> {
        let as_other = way.steps.iter().any(|step| step.contains(" that acts as any "));
        let victim = if as_other { way.steps.last().and_then(|name| trial.role(name)) } else { None };
        let mut state = trial.state(variant, role, victim)?;
        // What it requires is held as well, and may imply something.
        let mut held: Vec<&RoleShape> = role.into_iter().collect();
        let mut changes = Vec::new();
        // What anybody can come by is no gain, and may be of use.
        if role.is_some() {
            for other in trial.common(variant) {
                let change = trial.assign(other);
                if let Ok(after) = state.after(&change, trial.moment(variant)) {
                    state = after;
                    changes.push(change);
                    held.push(other);
                }
            }
        }
        let mut at = 0;
        while let Some(role) = held.get(at).copied() {
            at += 1;
            let required = |other: &&RoleShape| role.requires.contains(&(other.ty, other.name.clone()));
            held.extend(trial.case.shape.roles.iter().filter(required));
        }
        let begun = trial.allowed(&state, variant, &trial.climber);
        let acting = trial.climber.clone();
        Some(Self { trial, variant, state, begun, held, victim, acting, changes, steps: 0 })
    }

    fn make(&mut self, change: serde_yaml::Value) -> Result<(), String> {
        let after = self.state.after(&change, self.trial.moment(self.variant));
        self.state = after.map_err(|refused| format!("{refused:?}: {change:?}"))?;
        self.changes.push(change);
        Ok(())
    }

    /// Takes the steps behind the first ones, and looks for what is promised.
    fn go(&mut self, way: &Way<'_>, begun: usize) -> Result<(), String> {
        for step in &way.steps[begun..] {
            if let Some(base) = step.strip_prefix("a custom role on ") {
                self.compose(base)?;
            } else if step.contains(" that acts as any ") {
                self.act_as_other()?;
                break;
            } else {
                let next = self.trial.role(step).ok_or_else(|| format!("no role is called `{step}`"))?;
                let implied = self.held.iter().any(|role| role.implies.contains(&(next.ty, next.name.clone())));
                self.held.push(next);
                if !implied {
                    self.make(self.trial.assign(next))?;
                    self.steps += 1;
                }
            }
        }
        let is_promised = |(entity, action): &&Deed| {
            format!("{}.{action}", entity.split(':').next().unwrap_or_default()) == way.promised
        };
        if way.freer {
            // A denial may stand in the way of what is granted by now, and a condition none.
            let granted = |deed: &Deed| self.trial.is_granted(&self.state, self.variant, &self.acting, deed);
            let found = self.trial.deeds.iter().find(is_promised).is_some_and(granted);
            return if found { Ok(()) } else { Err(format!("{} is not granted without condition", way.promised)) };
        }
        let now = self.trial.allowed(&self.state, self.variant, &self.acting);
        if now.difference(&self.begun).any(|deed| is_promised(&deed)) {
            return Ok(());
        }
        Err(format!("{} is not gained: from {:?} to {now:?}", way.promised, self.begun))
    }

    /// Composes a role that grants everything on top of an open one, and assigns it: some owner must do.
    fn compose(&mut self, base: &str) -> Result<(), String> {
        let mut refusals = Vec::new();
        for change in self.trial.compositions(base) {
            match self.make(change) {
                Ok(()) => {
                    let ty = base.split('.').next().unwrap_or_default();
                    let assigned = self.make(self.trial.assign_composed(ty));
                    if assigned.is_ok() {
                        return assigned;
                    }
                    refusals.extend(assigned.err());
                }
                Err(refused) => refusals.push(refused),
            }
        }
        Err(refusals.join("\n"))
    }

    /// Makes a key that acts as somebody else, or has one act as them.
    fn act_as_other(&mut self) -> Result<(), String> {
        let mut refusals = Vec::new();
        for (key, change) in self.trial.keys_of_others(self.variant) {
            match self.make(change) {
                Ok(()) => {
                    self.acting = key;
                    return Ok(());
                }
                Err(refused) => refusals.push(refused),
            }
        }
        Err(refusals.join("\n"))
    }

    /// The engine must permit every change that was made.
    fn confirm(&self, role: Option<&RoleShape>) -> Result<(), String> {
        let engine = self.trial.engine(self.variant, role, self.victim)?;
        for change in &self.changes {
            let text = serde_json::to_string(change).expect("JSON");
            engine.apply_text("changes.json", &text, self.trial.moment(self.variant)).map_err(|refused| {
                format!("the engine refuses {text}: {refused}\n{}", self.trial.text(self.variant, role, self.victim))
            })?;
        }
        Ok(())
    }
}
