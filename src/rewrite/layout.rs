//! Lines of a piece: indentation, comments, and which comments belong to the item below them.

/// The lines above an item, taken apart.
pub(super) struct Above<'a> {
    /// Empty lines and comments that are nobody's.
    pub(super) floating: &'a str,
    /// The comment right above the item, and the item's indentation.
    pub(super) own: &'a str,
}

impl<'a> Above<'a> {
    /// A comment is the item's when its lines stand right above and just as far from the edge.
    pub(super) fn of(before: &'a str) -> Self {
        let indent = before.rfind('\n').map_or(before, |at| before.get(at + 1..).unwrap_or_default());
        let mut start = before.len() - indent.len();
        while let Some(lines) = before.get(..start).filter(|lines| !lines.is_empty()) {
            let body = lines.strip_suffix('\n').unwrap_or(lines);
            let at = body.rfind('\n').map_or(0, |at| at + 1);
            let line = lines.get(at..).unwrap_or_default();
            let comment = line.strip_prefix(indent).is_some_and(|words| words.starts_with('#'));
            if !comment {
                break;
            }
            start = at;
        }
        let (floating, own) = before.split_at_checked(start).unwrap_or((before, ""));
        Self { floating, own }
    }
}

/// Whether every line is empty.
pub(super) fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// The empty lines that a text begins with.
pub(super) fn blank_lines(text: &str) -> &str {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        if !line.ends_with('\n') || !line.trim().is_empty() {
            break;
        }
        end += line.len();
    }
    text.get(..end).unwrap_or_default()
}

/// Each line moved from one indentation to another. Lines that are less far from the edge come to stand at the new one; empty ones stay
/// empty. The first line is one of them only when the text begins one.
pub(super) fn reindent(text: &str, old: &str, new: &str, begins_line: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split_inclusive('\n').enumerate() {
        if at == 0 && !begins_line {
            out.push_str(line);
        } else if let Some(rest) = line.strip_prefix(old) {
            if rest.trim().is_empty() && line.ends_with('\n') && rest.trim_end_matches(['\n', '\r']).is_empty() {
                out.push_str(rest);
            } else {
                out.push_str(new);
                out.push_str(rest);
            }
        } else {
            let rest = line.trim_start_matches([' ', '\t']);
            if !rest.trim().is_empty() || !line.ends_with('\n') {
                out.push_str(new);
            }
            out.push_str(rest);
        }
    }
    out
}

/// Lines of comments, all of them as far from the edge as what follows them.
pub(super) fn flush(comments: &str, indent: usize) -> String {
    let lines = comments.split_inclusive('\n').map(|line| {
        let words = line.trim_start_matches([' ', '\t']);
        if words.starts_with('#') { format!("{}{words}", " ".repeat(indent)) } else { words.to_owned() }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_comment_right_above_at_the_same_depth_is_the_items_own() {
        for (before, own) in [
            ("  ", "  "),
            ("\n  # a\n  # b\n  ", "  # a\n  # b\n  "),
            ("  # a\n\n  # b\n  ", "  # b\n  "),
            ("  # a\n\n  ", "  "),
            ("# a\n  ", "  "),
            ("    # a\n  # b\n  ", "  # b\n  "),
            ("---\n# a\n", "# a\n"),
            ("# a\r\n\r\n# b\r\n", "# b\r\n"),
        ] {
            assert_eq!(Above::of(before).own, own, "{before:?}");
            assert_eq!(format!("{}{own}", Above::of(before).floating), before);
        }
    }

    #[test]
    fn lines_move_and_empty_ones_stay_empty() {
        assert_eq!(reindent("a\n  b\n\n   c\n d", "  ", "    ", false), "a\n    b\n\n     c\n    d");
        assert_eq!(reindent("    a\n      b\n", "    ", "", true), "a\n  b\n");
        assert_eq!(reindent("    a\r\n\r\n      b\r\n", "    ", "  ", true), "  a\r\n\r\n    b\r\n");
    }
}
