//! Questions beyond a single decision, answered from the same tables by the same evaluator.

mod actions;
pub mod condition;
pub mod coverage;
mod diagram;
pub mod diff;
mod effect;
pub mod lint;
mod matrix;
pub mod mutants;
mod reverse;
mod settings;

pub use actions::actions;
pub use diagram::{Diagram, Edge, EdgeKind, Group, Kind, Node, NodeId};
pub(crate) use effect::effect;
pub use effect::{Difference, Effect};
pub use matrix::{Cell, Matrix, Origin, RoleGrant, Row, StandingRule, TooManyWays, equivalent, written_rules};
pub use reverse::{Listed, Page, Part, WhoCan, list, list_from, list_page, who_can, who_can_from, who_can_page};
pub use settings::{EntitySettings, amount, declared, setting, settings};
