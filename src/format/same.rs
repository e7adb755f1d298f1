//! Whether a text that was laid out anew still says what it said.

use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, Span};
use crate::syntax::ast::PolicyFile;

/// Whether two policy files say the same; places do not count.
pub(super) fn policies(one: &PolicyFile, other: &PolicyFile) -> bool {
    one.package == other.package && one.imports == other.imports && one.items == other.items
}

/// The finding for a text that would not say the same; `lost` is what would differ.
pub(super) fn refusal(file: FileId, lost: &str) -> Vec<Diagnostic> {
    let message = format!("the file cannot be laid out anew: its {lost} would not be the same");
    let finding = Diagnostic::error(Code::UnwritableFile, Span::new(file, 0, 0), message);
    vec![finding.help("nothing was changed; this is a defect of rolebook, please report it")]
}
