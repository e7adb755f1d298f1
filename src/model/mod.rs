//! The resolved policy: every name looked up, every condition type-checked, every pattern spelled out.
//!
//! [`Model::build`] turns trees into a model and reports everything wrong with them at once. Declarations that could not
//! be resolved are left out of the model, never guessed; a model with errors is not compiled.

mod build;
mod check;
mod condition;
mod decl;
mod declare;
mod findings;
mod literal;
mod lookup;
mod names;
mod resolve;
#[cfg(test)]
pub(crate) mod tests;

pub use condition::{Comparison, Condition, Term, TermKind};
pub use decl::{
    Assertion, AssertionKind, AssignedBy, Implication, Model, Openness, Policy, Removal, Role, SettingDef,
    SettingValue, Statement, StatementPermission, TypeDef,
};
