//! Ways up in words: each step with its places.

use super::super::{Examined, Finding};
use super::beyond::{AsOther, Composed};
use super::climb::{Climb, Held, How};
use super::gain::Way;
use super::usable::Use;
use crate::compile::{ChangeKind, Effect, StatementId};
use crate::diagnostics::Code;
use crate::schema::{PermissionId, RoleId};
use crate::source::Span;
use std::collections::BTreeSet;

/// A finding in the making: what is shown, each place once.
pub(super) struct Told<'c, 'e, 'a> {
    climb: &'c Climb<'e, 'a>,
    names: Vec<String>,
    labels: Vec<(Span, String)>,
    shown: BTreeSet<Span>,
    conditions: Vec<Span>,
}

/// `a.b and 3 more`
pub(super) fn counted(examined: &Examined<'_>, permissions: &[PermissionId]) -> String {
    let first = permissions.first().map_or_else(String::new, |&first| examined.schema().permission_name(first));
    match permissions.len() {
        0 | 1 => format!("`{first}`"),
        several => format!("`{first}` and {} more", several - 1),
    }
}

impl<'c, 'e, 'a> Told<'c, 'e, 'a> {
    pub(super) fn new(climb: &'c Climb<'e, 'a>) -> Self {
        Self { climb, names: Vec::new(), labels: Vec::new(), shown: BTreeSet::new(), conditions: Vec::new() }
    }

    fn examined(&self) -> &'e Examined<'a> {
        self.climb.examined
    }

    fn name_of(&self, at: Option<usize>) -> Option<String> {
        let held = self.climb.held.get(at?)?;
        Some(format!("`{}`", self.examined().schema().role_name(held.role)))
    }

    pub(super) fn label(&mut self, span: Span, text: String) {
        if self.shown.insert(span) {
            self.labels.push((span, text));
        }
    }

    pub(super) fn step(&mut self, name: String) {
        self.names.push(name);
    }

    fn conditions(&mut self, conditions: &[Span]) {
        for &span in conditions {
            self.label(span, String::from("under this condition"));
        }
        self.conditions.extend_from_slice(conditions);
    }

    fn place(&self, statement: StatementId) -> Option<Span> {
        self.examined().policy().provenance().statements.get(statement).map(|origin| origin.span)
    }

    /// Where a permission is granted that is used.
    fn granted(&mut self, by: &Use) {
        let name = self.examined().schema().permission_name(by.permission);
        if let Some(span) = self.place(by.statement) {
            self.label(span, format!("grants `{name}`"));
        }
        self.conditions(&by.conditions);
    }

    /// `team.lead` grants `team.invite`
    fn has(&self, by: &Use) -> String {
        let name = self.examined().schema().permission_name(by.permission);
        match self.name_of(by.by) {
            Some(role) => format!("{role} grants `{name}`"),
            None => format!("`{name}` is granted to everybody"),
        }
    }

    /// The roles that lead to some, by number.
    pub(super) fn way(&mut self, to: &[usize]) {
        for at in self.climb.way(to) {
            let Some(held) = self.climb.held.get(at) else { continue };
            let name = self.examined().schema().role_name(held.role);
            match &held.how {
                How::Start => {}
                How::Implied(by, span) => {
                    let text = format!("{} implies `{name}`", self.name_of(Some(*by)).unwrap_or_default());
                    self.label(*span, text);
                    self.step(name);
                }
                How::Assigned(assigned) => {
                    let freely = if assigned.freely { " freely" } else { "" };
                    let text = format!("{}, by which `{name}` is assigned{freely}", self.has(&assigned.by));
                    self.label(assigned.guard, text);
                    self.granted(&assigned.by);
                    self.step(name);
                }
            }
            self.conditions(&held.conditions);
        }
    }

    /// Where the steps of a way grant what is gained: of each the first.
    fn gains(&mut self, way: &Way) {
        for step in &way.steps {
            if let Some(held) = self.climb.held.get(step.at) {
                self.gained(held.role, step.told().0.first().copied());
            }
        }
    }

    /// Where a role grants what is gained.
    pub(super) fn gained(&mut self, role: RoleId, permission: Option<PermissionId>) {
        let Some(permission) = permission else { return };
        let policy = self.examined().policy();
        let leads = policy.role(role).leads.iter().flat_map(|leads| leads.implied.ones());
        let roles = std::iter::once(role).chain(leads.filter_map(|at| u32::try_from(at).ok().map(RoleId)));
        let grants = roles.flat_map(|role| policy.role(role).grants_of(permission));
        let grant = grants.into_iter().find(|grant| grant.effect == Effect::Allow);
        let statement = grant.map(|grant| grant.statement).or_else(|| {
            let mut rules = self.climb.dangers.given_to(self.examined(), role);
            rules.find(|(given, _)| *given == permission).map(|(_, rule)| rule.statement)
        });
        if let Some(span) = statement.and_then(|statement| self.place(statement)) {
            self.label(span, format!("grants `{}`", self.examined().schema().permission_name(permission)));
        }
    }

    pub(super) fn path(&self) -> String {
        self.names.join(" → ")
    }

    /// How surely it is so.
    pub(super) fn surely(&self) -> &'static str {
        if self.conditions.is_empty() { "can" } else { "can, under conditions," }
    }

    pub(super) fn finding(self, span: Span, message: String, here: String, help: &str) -> Finding {
        let mut finding = Finding::warning(Code::EscalationPath, span, message).here(here);
        for (span, text) in self.labels {
            finding = finding.label(span, text);
        }
        finding.help(help)
    }
}

const FREELY: &str =
    "without `freely`, nobody assigns what grants more than they are granted; where it is meant, allow the lint";

const BY_RULE: &str = "what a rule allows to holders of a role is compared with nothing when the role is assigned: grant \
                       it in the role itself, or allow the lint where it is meant";

/// What helps against a way that ends with a role.
fn help(climb: &Climb<'_, '_>, at: usize) -> &'static str {
    let is_free = |held: &Held| matches!(&held.how, How::Assigned(assigned) if assigned.freely);
    if climb.way(&[at]).into_iter().filter_map(|at| climb.held.get(at)).any(is_free) { FREELY } else { BY_RULE }
}

/// A role by which one comes to hold others.
pub(super) fn by_role(climb: &Climb<'_, '_>, (role, span): (RoleId, Span), way: &Way) -> Option<Finding> {
    let examined = climb.examined;
    let end = way.whole.at;
    let name = examined.schema().role_name(role);
    let mut told = Told::new(climb);
    told.shown.insert(span);
    told.step(name.clone());
    told.way(&[end]);
    let (gained, how) = way.whole.told();
    let first = gained.first().copied();
    told.gains(way);
    let what = counted(examined, gained);
    let message = format!("whoever holds `{name}` {} come by {what}{how}: {}", told.surely(), told.path());
    let first = first.map_or_else(String::new, |first| examined.schema().permission_name(first));
    let here = if how.is_empty() {
        format!("does not grant `{first}`")
    } else {
        format!("grants `{first}` only under a condition")
    };
    Some(told.finding(span, message, here, help(climb, end)))
}

/// That some roles are not followed, of which this is the first.
pub(super) fn given_up(span: Span, count: usize) -> Finding {
    let others = match count - 1 {
        0 => String::new(),
        further => format!(", or one of {further} further,"),
    };
    let message = format!("by which ways whoever holds this role{others} can raise themselves is not followed");
    Finding::warning(Code::EscalationPath, span, message)
        .here("up to here they were, and there are too many")
        .help("have fewer roles be assigned `freely`, or check the policy in parts")
}

/// A role that everybody can assign themselves.
pub(super) fn anybody(climb: &Climb<'_, '_>, way: &Way) -> Option<Finding> {
    let examined = climb.examined;
    let end = way.whole.at;
    let role = climb.held.get(end)?.role;
    let span = examined.policy().provenance().roles.get(role)?.span;
    if !examined.is_own(span) {
        return None;
    }
    let mut told = Told::new(climb);
    told.shown.insert(span);
    told.way(&[end]);
    let (gained, how) = way.whole.told();
    told.gains(way);
    let what = counted(examined, gained);
    let message = format!("anybody {} come by {what}{how}: {}", told.surely(), told.path());
    let here = String::from("anybody can assign it to themselves");
    Some(told.finding(span, message, here, help(climb, end)))
}

/// A custom role that one composes oneself.
pub(super) fn composed(climb: &Climb<'_, '_>, (role, span): (RoleId, Span), way: &Composed) -> Option<Finding> {
    let schema = climb.examined.schema();
    let (name, base) = (schema.role_name(role), schema.role_name(way.base));
    let mut told = Told::new(climb);
    told.shown.insert(span);
    told.step(name.clone());
    told.way(&way.by.by.into_iter().chain(way.assigned.by).collect::<Vec<_>>());
    let composes = format!("{}, by which custom roles are composed", told.has(&way.by));
    told.label(way.guard, composes);
    told.granted(&way.by);
    let assigns = format!("{}, by which whatever extends `{base}` is assigned freely", told.has(&way.assigned));
    told.label(way.assigned_by, assigns);
    told.granted(&way.assigned);
    told.conditions(&way.conditions);
    told.step(format!("a custom role on {base}"));
    let what = counted(climb.examined, &way.new);
    let message = format!("whoever holds `{name}` {} come by {what}: {}", told.surely(), told.path());
    let first = way.new.first().map_or_else(String::new, |&first| schema.permission_name(first));
    let help = "what one composes on a role that is assigned freely is compared with nothing: take `freely` from it, or \
                allow the lint where it is meant";
    Some(told.finding(span, message, format!("does not grant `{first}`"), help))
}

/// A key that acts as whomever one likes.
pub(super) fn as_others(climb: &Climb<'_, '_>, (role, span): (RoleId, Span), way: &AsOther) -> Option<Finding> {
    let schema = climb.examined.schema();
    let name = schema.role_name(role);
    let key = &schema.types.get(way.key)?.name;
    let owner = &schema.types.get(way.owner)?.name;
    let mut told = Told::new(climb);
    told.shown.insert(span);
    told.step(name.clone());
    if let Some((by, guard)) = &way.by {
        told.way(&by.by.into_iter().collect::<Vec<_>>());
        let verb = if way.kind == ChangeKind::Create { "created" } else { "changed" };
        let text = format!("{}, by which a `{key}` is {verb}", told.has(by));
        told.label(*guard, text);
        told.granted(by);
    }
    told.step(format!("a {key} that acts as any {owner}"));
    told.step(schema.role_name(way.role));
    told.gained(way.role, way.new.first().copied());
    let what = counted(climb.examined, &way.new);
    let message = format!("whoever holds `{name}` {} come by {what}: {}", told.surely(), told.path());
    let first = way.new.first().map_or_else(String::new, |&first| schema.permission_name(first));
    let help = format!(
        "have everybody make keys for themselves only, by a permission of `{key}` that is allowed when \
         `resource.{}` is the subject; where it is meant, allow the lint",
        schema
            .types
            .get(way.key)?
            .acts_as
            .and_then(|slot| Some(&schema.types.get(way.key)?.attributes.get(slot)?.name))?
    );
    Some(told.finding(span, message, format!("does not grant `{first}`"), &help))
}
