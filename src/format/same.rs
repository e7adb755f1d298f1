//! Whether a text that was laid out anew still says what it said.

use crate::diagnostics::{Code, Diagnostic};
use crate::document::{Node, NodeKind, Scalar, ScalarStyle};
use crate::source::{FileId, Span};
use crate::syntax::ast::PolicyFile;

/// Whether two policy files say the same; places do not count.
pub(super) fn policies(one: &PolicyFile, other: &PolicyFile) -> bool {
    one.package == other.package && one.imports == other.imports && one.items == other.items
}

/// Whether two documents say the same, by any reader: what stands without quotes may mean something else than what does.
pub(super) fn nodes(one: &Node, other: &Node) -> bool {
    match (&one.kind, &other.kind) {
        (NodeKind::Null, NodeKind::Null) => true,
        (NodeKind::Scalar(one), NodeKind::Scalar(other)) => scalars(one, other),
        (NodeKind::Sequence(one), NodeKind::Sequence(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| nodes(one, other))
        }
        (NodeKind::Mapping(one), NodeKind::Mapping(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| scalars(&one.key, &other.key) && nodes(&one.value, &other.value))
        }
        _ => false,
    }
}

fn scalars(one: &Scalar, other: &Scalar) -> bool {
    let plain = |scalar: &Scalar| scalar.style == ScalarStyle::Plain;
    one.text == other.text && plain(one) == plain(other)
}

/// The finding for a text that would not say the same; `lost` is what would differ.
pub(super) fn refusal(file: FileId, lost: &str) -> Vec<Diagnostic> {
    let message = format!("the file cannot be laid out anew: its {lost} would not be the same");
    let finding = Diagnostic::error(Code::UnwritableFile, Span::new(file, 0, 0), message);
    vec![finding.help("nothing was changed; this is a defect of rolebook, please report it")]
}
