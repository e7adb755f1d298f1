//! The resolved policy: every name looked up, every condition type-checked, every pattern spelled out.
//!
//! [`Model::build`] turns trees into a model and reports everything wrong with them at once. Declarations that could not
//! be resolved are left out of the model, never guessed; a model with errors is not compiled.
//!
//! Two passes: `declare` gathers the names and shapes of all declarations, so that they may stand in any order; `resolve`
//! looks up what stands inside them, and `check` types their conditions. What could not be understood is remembered as
//! lost (`names`), and what depends on it is silent. Cycles are not looked for here but in the graph; the passes only
//! see to it that they end in spite of them.

mod build;
mod check;
mod condition;
mod decl;
mod declare;
mod findings;
mod literal;
mod lookup;
mod names;
pub mod rank;
mod resolve;
mod revise;
#[cfg(test)]
pub(crate) mod tests;

pub use condition::{Condition, Term, TermKind};
pub use decl::{
    Assertion, AssertionKind, AssignedBy, Implication, Model, Openness, Policy, Removal, Role, RuleId, SettingDef,
    SettingValue, Statement, StatementPermission, TypeDef,
};
pub use revise::{Revised, Reviser, Revision, RoleChange, RuleChange};
