//! Policy text to tree: the DSL and the YAML form yield the same [`ast`], with places, and every error found on the way.

pub mod ast;
pub mod dsl;
pub mod yaml;

use crate::diagnostics::Diagnostic;

/// What reading a text gave: always a tree, of all that could be read, and everything found wrong.
#[derive(Clone, Debug)]
pub struct Parsed<T> {
    /// What could be read.
    pub tree: T,
    /// What was wrong.
    pub diagnostics: Vec<Diagnostic>,
}
