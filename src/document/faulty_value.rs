//! Where on its line the value begins and ends at which the parser gave up.
//!
//! A reading of one line only, by what people write: the parser itself cannot tell, as it stopped in the middle.

use super::trouble;
use granit_parser::ErrorKind;
use std::ops::Range;

/// Longer lines are left alone, as finding the value takes the square of their length.
const LINE_LIMIT: usize = 1 << 10;

/// The line that holds a byte, without its end.
pub(super) fn line_around(text: &str, at: usize) -> Option<Range<usize>> {
    let at = trouble::floor(text, at);
    let start = text.get(..at)?.rfind('\n').map_or(0, |feed| feed + 1);
    let end = text.get(at..)?.find(['\n', '\r']).map_or(text.len(), |length| at + length);
    Some(start..end.max(start))
}

/// The unfinished value on the line that holds a byte.
pub(super) fn value_around(text: &str, at: usize) -> Option<Range<usize>> {
    let line = line_around(text, at)?;
    if line.len() > LINE_LIMIT {
        return None;
    }
    let mut depth = usize::from(continues_brackets(text.get(..line.start)?));
    let mut start = line.start;
    let mut after_key = false;
    loop {
        let rest = text.get(start..line.end)?;
        let next = rest.chars().next()?;
        match next {
            '[' | '{' => {
                depth += 1;
                start += 1;
                after_key = false;
            }
            ']' | '}' | ',' if depth > 0 => {
                depth -= usize::from(next != ',');
                start += 1;
                after_key = false;
            }
            _ if next.is_whitespace() => start += next.len_utf8(),
            '-' if rest.starts_with("- ") => start += 2,
            '#' => return None,
            _ => {
                if let Some(key) = key_length(rest, depth > 0).filter(|_| !after_key) {
                    start += key;
                    after_key = true;
                    if depth == 0 && !starts_bracket(text.get(start..line.end)?) {
                        // Without brackets one key stands on a line, and all that follows is its value.
                        let written = text.get(start..line.end)?;
                        start += written.len() - written.trim_start().len();
                        let end = start + value_length(text.get(start..line.end)?, false);
                        return (start <= at && at <= end && start < end).then_some(start..end);
                    }
                    continue;
                }
                let end = start + value_length(rest, depth > 0);
                if at <= end {
                    return (start <= at && start < end).then_some(start..end);
                }
                // Never at a standstill: a closing bracket without an opening one is stepped over.
                start = end.max(start + next.len_utf8());
            }
        }
    }
}

/// Whether brackets are open at the end of a text, going by its last line. The parser cannot tell: it reads ahead of what
/// it has handed out.
fn continues_brackets(before: &str) -> bool {
    let mut lines = before.lines().rev().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let last = lines.next().unwrap_or("");
    last.split(" #").next().unwrap_or("").trim_end().ends_with([',', '[', '{'])
}

fn starts_bracket(rest: &str) -> bool {
    rest.trim_start().starts_with(['[', '{'])
}

/// The length of a key and its colon at the beginning of a text, if one stands there.
fn key_length(rest: &str, flow: bool) -> Option<usize> {
    let body = match rest.chars().next()? {
        quote @ ('"' | '\'') => rest.get(1..)?.find(quote)? + 2,
        _ => 0,
    };
    let after = rest.get(body..)?;
    let value = value_length(after, flow);
    let colon = after.get(..value)?.find(':').filter(|_| body == 0 || after.trim_start().starts_with(':'))?;
    let follows = after.get(colon + 1..)?.chars().next();
    (follows.is_none_or(char::is_whitespace)).then_some(body + colon + 1)
}

/// The length of a value at the beginning of a text: brackets and quotes within it are passed over whole, as they would
/// be within quotes.
fn value_length(rest: &str, flow: bool) -> usize {
    let mut depth = 0usize;
    let mut quoted = None;
    let mut before = ' ';
    for (at, c) in rest.char_indices() {
        match (quoted, c) {
            (Some(quote), _) if c == quote => quoted = None,
            (Some(_), _) => {}
            (None, '"') => quoted = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') if depth > 0 => depth -= 1,
            (None, ',' | ']' | '}') if depth == 0 && flow => return trimmed(rest, at),
            (None, '#') if before.is_whitespace() => return trimmed(rest, at),
            _ => {}
        }
        before = c;
    }
    trimmed(rest, rest.len())
}

fn trimmed(rest: &str, end: usize) -> usize {
    rest.get(..end).unwrap_or("").trim_end().len()
}

/// Where a space is missing that caused the error, after the colon of `key:value` or the dash of `-value`: the text that
/// lacks it, and the length of what stands before the space. It is on the line itself, or on the one above.
pub(super) fn missing_space(text: &str, kind: &ErrorKind, at: usize) -> Option<(Range<usize>, usize)> {
    let line = line_around(text, at)?;
    match kind {
        ErrorKind::SimpleKeyExpected => glued(text, line),
        ErrorKind::MappingValueNotAllowed => {
            let above = line_around(text, line.start.checked_sub(1)?)?;
            glued(text, above)
                .filter(|(range, before)| text.get(range.clone()).is_some_and(|t| t.get(..*before) != Some("-")))
        }
        _ => None,
    }
}

/// The part of a line that is a dash or a name and a colon, and more without a space between.
fn glued(text: &str, line: Range<usize>) -> Option<(Range<usize>, usize)> {
    let written = text.get(line.clone())?;
    let trimmed = written.trim();
    let before = match trimmed.split_once(':') {
        Some((key, _)) if is_name(key) => key.len() + 1,
        _ if trimmed.starts_with('-') => 1,
        _ => return None,
    };
    let after = trimmed.get(before..)?;
    // `organization:acme:` is a key as it should be.
    let sound = after.contains(": ") || after.ends_with(':');
    if sound || after.chars().next().is_none_or(char::is_whitespace) {
        return None;
    }
    let start = line.start + (written.len() - written.trim_start().len());
    Some((start..start + trimmed.len(), before))
}

fn is_name(text: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    text.chars().all(inside) && text.starts_with(char::is_alphanumeric)
}
