//! Questions beyond a single decision, answered from the same tables by the same evaluator.

mod actions;
mod settings;

pub use actions::actions;
pub use settings::{EntitySettings, declared, setting, settings};
