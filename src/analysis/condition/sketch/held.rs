//! Who holds what in a sketch.

use super::Drawing;
use crate::analysis::condition::atom::{Atom, AtomId, Operand};
use crate::analysis::condition::relation::named;
use crate::analysis::condition::state::State;
use crate::analysis::condition::term::{Kind, Single, TermKey};
use crate::decide::Truth;
use crate::schema::RoleId;

impl Drawing<'_> {
    /// Draws who holds what.
    pub(super) fn held(&mut self, atom: AtomId) -> Option<()> {
        let (Some(Atom::Has(subject, roles, on)), Some(Truth::True)) =
            (self.conditions.atoms.get(atom), self.supposed.atoms.get(&atom))
        else {
            return Some(());
        };
        let (subject, on) = (self.operand(subject)?, self.operand(on)?);
        let ty = self.type_of(&on)?;
        let candidates: Vec<RoleId> = match roles {
            Some(keys) => keys.iter().filter_map(|key| named(self.schema, key)).collect(),
            None => self.schema.declared_roles().filter(|(_, info)| info.ty == ty).map(|(role, _)| role).collect(),
        };
        let denied = self.not_held(&subject, &on);
        // The one that brings least: none that is not to be held, under no condition, and counting as the fewest others.
        let brings = |role: &RoleId| {
            let role = self.policy.role(*role);
            let is_denied = denied.iter().any(|&denied| role.counts_as(denied));
            (is_denied, role.when.is_some(), role.counts_as.len() + role.implies.len())
        };
        let role = candidates.into_iter().min_by_key(brings)?;
        self.sketch.assignments.insert((subject, self.schema.role_name(role), on));
        Some(())
    }

    /// The roles that somebody is not to hold on something.
    fn not_held(&mut self, subject: &str, on: &str) -> Vec<RoleId> {
        let (conditions, supposed) = (self.conditions, self.supposed);
        let mut found = Vec::new();
        for (&atom, _) in supposed.atoms.iter().filter(|&(_, truth)| *truth == Truth::False) {
            let Some(Atom::Has(who, Some(keys), there)) = conditions.atoms.get(atom) else { continue };
            if self.operand(who).as_deref() == Some(subject) && self.operand(there).as_deref() == Some(on) {
                found.extend(keys.iter().filter_map(|key| named(self.schema, key)));
            }
        }
        found
    }

    pub(super) fn operand(&mut self, operand: &Operand) -> Option<String> {
        let name = match operand {
            Operand::Single(Single::Entity(name)) => name.to_string(),
            Operand::Single(_) => return None,
            Operand::Term(term) if self.conditions.terms.get(*term)?.kind == Kind::Set => {
                let element = self.contents.get(term).and_then(|states| states.first()).cloned();
                match (element, self.conditions.keys.get(*term)?.clone()) {
                    (Some(state), TermKey::Ancestor(_, ty)) => self.named(&state, Some(&ty), true)?,
                    (Some(State::Known(Single::Entity(name))), _) => name.to_string(),
                    // Any that it lies in.
                    (None, TermKey::Ancestor(of, ty)) => {
                        let (of, id) = (self.name(of)?, self.schema.type_named(&ty)?);
                        self.want_any(&of, id, &ty)
                    }
                    _ => return None,
                }
            }
            Operand::Term(term) => self.name(*term)?,
        };
        self.entity(&name);
        Some(name)
    }

    /// Gives whoever holds a role those that it requires.
    pub(super) fn require_roles(&mut self) -> Option<()> {
        let mut open: Vec<(String, String, String)> = self.sketch.assignments.iter().cloned().collect();
        while let Some((subject, role, on)) = open.pop() {
            let ty = self.type_of(&on)?;
            let name = role.split_once('.').map_or(role.as_str(), |(_, name)| name);
            let Some(&role) = self.schema.roles_named(ty, name).first() else { continue };
            for &required in &*self.policy.role(role).requires {
                let above = self.schema.roles.get(required)?.ty;
                let Some(upper) = self.upwards(&on, above) else { continue };
                let row = (subject.clone(), self.schema.role_name(required), upper);
                if self.sketch.assignments.insert(row.clone()) {
                    open.push(row);
                }
            }
        }
        Some(())
    }
}
