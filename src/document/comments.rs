//! The comments of a YAML text, which its nodes say nothing of.

use super::gate::options;
use granit_parser::{Event, Parser};
use std::ops::Range;

/// Where the comments of a text stand, from `#` up to the end of the line, in their order.
///
/// The text must be one that is read without an error; of any other those are told that come before the first.
#[must_use]
pub fn comments(text: &str) -> Vec<Range<usize>> {
    let mut wanted = options();
    wanted.emit_comments = true;
    wanted.max_buffered_comment_events = usize::MAX;
    let mut found: Vec<Range<usize>> = Parser::new_from_str_with_options(text, wanted)
        .map_while(Result::ok)
        .filter(|(event, _)| matches!(event, Event::Comment(..)))
        .filter_map(|(_, span)| span.byte_range())
        .collect();
    // The parser looks ahead, and tells of a comment when it comes to it.
    found.sort_by_key(|range| range.start);
    found
}
