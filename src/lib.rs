//! Rolebook: policy text to decisions.

pub mod analysis;
#[cfg(feature = "cli")]
pub mod cli;
pub mod compile;
pub mod decide;
pub mod diagnostics;
pub mod directory;
pub mod document;
pub mod engine;
pub mod explain;
pub mod graph;
pub mod index;
pub mod model;
pub mod schema;
pub mod source;
pub mod suite;
pub mod syntax;
pub mod workspace;

pub use engine::Engine;
