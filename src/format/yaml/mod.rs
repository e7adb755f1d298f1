//! YAML in its one layout.
//!
//! Blocks stay blocks. What stands in brackets stays there on one line, and becomes a block where it has no room or holds a
//! comment. No value is written in another way, but for the quotes around it.

pub(super) mod print;
pub(super) mod read;
mod scalar;
pub(super) mod sheet;

use super::same;
use crate::diagnostics::Diagnostic;
use crate::document;
use crate::source::FileId;

/// A YAML text in its one layout.
pub(super) fn format(file: FileId, text: &str) -> Result<String, Vec<Diagnostic>> {
    let read = document::parse(file, text);
    if read.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(read.diagnostics);
    }
    // Line breaks are all the same to YAML.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let read = document::parse(file, &text);
    let laid_out = print::print(&read::document(&text, read.node.as_ref()));
    let again = document::parse(file, &laid_out);
    let same = match (&read.node, &again.node) {
        (Some(one), Some(other)) => same::nodes(one, other),
        (None, None) => true,
        _ => false,
    };
    if again.diagnostics.iter().any(Diagnostic::is_error) || !same {
        return Err(same::refusal(file, "meaning"));
    }
    if comments(&text) != comments(&laid_out) {
        return Err(same::refusal(file, "comments"));
    }
    Ok(laid_out)
}

/// The comments of a text; their order is no matter, as one between a key and its value moves before the key.
fn comments(text: &str) -> Vec<&str> {
    let ranges = document::comments(text).into_iter();
    let mut comments: Vec<&str> = ranges.map(|range| text.get(range).unwrap_or("").trim_end()).collect();
    comments.sort_unstable();
    comments
}
