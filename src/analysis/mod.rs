//! Questions beyond a single decision, answered from the same tables by the same evaluator.

mod actions;

pub use actions::actions;
