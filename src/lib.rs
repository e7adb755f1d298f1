//! Rolebook: policy text to decisions.

#[cfg(feature = "cli")]
pub mod cli;
pub mod diagnostics;
pub mod document;
pub mod index;
pub mod model;
pub mod schema;
pub mod source;
pub mod syntax;
