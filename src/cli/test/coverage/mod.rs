//! What tests looked at, in the forms in which it is shown.

mod gaps;
mod html;
mod json;
mod lcov;
mod text;

pub(super) use html::html;
pub(super) use json::json;
pub(super) use lcov::lcov;
pub(super) use text::text;

use crate::analysis::coverage::Figures;
use crate::engine::TestCoverage;

/// The figures of all packages together.
pub(super) fn total(packages: &[TestCoverage<'_>]) -> Figures {
    packages.iter().fold(Figures::default(), |total, package| total.plus(package.coverage.figures()))
}

/// The folder that a package was found in.
fn folder(package: &TestCoverage<'_>) -> String {
    package.folder.map_or_else(String::new, |folder| folder.display().to_string())
}
