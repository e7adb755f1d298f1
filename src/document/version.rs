//! The `rolebook` key with which every file of ours begins: the version of the file's form.

use super::Node;
use crate::diagnostics::{Code, Diagnostic};

/// The one version that is known.
const VERSION: &str = "1";

/// The finding for the value of a `rolebook` key that names any other version.
#[must_use]
pub fn unknown_version(value: &Node) -> Option<Diagnostic> {
    let found = match value.text() {
        Some(VERSION) => return None,
        Some(text) => format!("`{text}`"),
        None => String::from(value.describe()),
    };
    let message = format!("expected version {VERSION} of the file form, found {found}");
    Some(Diagnostic::error(Code::Unsupported, value.span, message).help(format!("write `rolebook: {VERSION}`")))
}
