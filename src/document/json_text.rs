//! Text that has to be JSON, as its file's name promises: what only YAML allows is refused, so that every reader of the
//! file sees the same.

use super::gate::{Read, parse};
use super::json::{JsonLine, JsonValue};
use super::trouble::floor;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, Span};
use serde::de::IgnoredAny;

/// Reads a JSON text. Its places are as exact as [`parse`] gives them.
#[must_use]
pub fn parse_json(file: FileId, text: &str) -> Read {
    let mut read = parse(file, text);
    // What is wrong with it as YAML, which JSON is a part of, says more.
    if !read.diagnostics.iter().any(Diagnostic::is_error)
        && let Err(error) = serde_json::from_str::<IgnoredAny>(text)
    {
        read.diagnostics.push(only_yaml(file, text, offset(text, error.line(), error.column())));
    }
    read
}

/// Reads one line of JSON that begins at byte `start` of its file: as [`parse_json`] does, but for places within keys that
/// have escapes, and many times faster where nothing is wrong with it.
#[must_use]
pub fn parse_json_line(file: FileId, start: u32, text: &str) -> Read {
    match JsonLine::new(file, start, text.trim_ascii_end()).value().and_then(JsonValue::node) {
        Ok(node) => Read { node: Some(node), diagnostics: Vec::new(), cut_short: false },
        Err(_) => parse_json(file, text).shifted(start),
    }
}

/// The finding for what is YAML and no JSON, at the byte where a reader of JSON stops.
fn only_yaml(file: FileId, text: &str, at: usize) -> Diagnostic {
    let before = text.get(..at).unwrap_or(text).trim_end();
    let found = |start: usize, length: usize, message: &str| {
        let place = |at: usize| u32::try_from(at.min(text.len())).unwrap_or(u32::MAX);
        Diagnostic::error(Code::InvalidJson, Span::new(file, place(start), place(start + length)), message)
    };
    let rest = text.get(at..).unwrap_or("");
    if let Some(element) = before.strip_suffix(',')
        && rest.starts_with(['}', ']'])
    {
        return found(element.len(), 1, "JSON has no comma after the last element").help("take the comma out");
    }
    // A word that only begins like one of JSON's is read up to the letter that is wrong.
    let ends = [' ', '\t', '\r', '\n', ',', ':', '{', '}', '[', ']'];
    let at = at - text.get(..at).and_then(|before| before.rsplit(ends).next()).map_or(0, str::len);
    let rest = text.get(at..).unwrap_or("");
    let word = rest.split(ends).next().unwrap_or("");
    let length = word.len().max(rest.chars().next().map_or(0, char::len_utf8));
    match rest.chars().next() {
        Some('#') => found(at, length, "JSON has no comments"),
        Some(letter) if letter.is_alphabetic() || letter == '_' || letter == '\'' => {
            found(at, length, "in JSON a text stands in double quotes").help("quote it, or call the file `.yaml`")
        }
        _ => found(at, length, "this is no JSON").help("a file that is written as YAML is called `.yaml`"),
    }
}

/// The byte at a line and column as the parser counts them: both from one, columns in bytes, the last one read.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    floor(text, start + column.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(text: &str) -> Option<(String, String)> {
        let read = parse_json(FileId(0), text);
        let first = read.diagnostics.first()?;
        let span = first.span()?;
        Some((first.message.clone(), text.get(span.start as usize..span.end as usize).unwrap_or("?").to_owned()))
    }

    #[test]
    fn json_is_json() {
        for text in ["{}", " {\"a\": [1, -2.5e3, true, null, \"\\u00e9\\n\"]}\n", "[[],{}]", "\"text\""] {
            assert_eq!(finding(text), None, "{text}");
        }
    }

    #[test]
    fn a_line_is_what_it_is_as_a_document() {
        let lines = [
            "{\"assign\":{\"subject\":\"user:bo\",\"role\":\"member\",\"on\":\"team:a\"},\"as\":\"user:ana\"}\r\n",
            " { \"a\" : [ 1, -2.5e3, true, null, \"\\u00e9\\n \\\"\" ], \"\u{56e3} k\": {} , \"b c\": \"x\\\\y\" }\n",
            "[[],{},\"\",[\"~\",\"null\",\"no\"]]",
            "\"text\"",
            "{\"a\":1,\"a\":2}",
            "{\"a\":[1,2,]}",
            "{\"a\":",
            "# none",
            "{} {}",
            "",
        ];
        for line in lines {
            let (read, known) = (parse_json_line(FileId(3), 70, line), parse_json(FileId(3), line).shifted(70));
            assert_eq!(format!("{:?}", read.node), format!("{:?}", known.node), "{line}");
            assert_eq!((read.diagnostics, read.cut_short), (known.diagnostics, known.cut_short), "{line}");
        }
    }

    #[test]
    fn what_only_yaml_allows_is_refused_at_its_place() {
        let cases = [
            ("{\"a\": [1, 2,]}", "JSON has no comma after the last element", ","),
            ("{\"a\": 1,\n}\n", "JSON has no comma after the last element", ","),
            ("{\"é\": 1 ,\n\n }", "JSON has no comma after the last element", ","),
            ("# said by the way\n{}", "JSON has no comments", "#"),
            ("{\"a\": 1} # after\n", "JSON has no comments", "#"),
            ("{a: 1}", "in JSON a text stands in double quotes", "a"),
            ("{\"a\": yes}", "in JSON a text stands in double quotes", "yes"),
            ("{\"a\": 'b'}", "in JSON a text stands in double quotes", "'b'"),
            ("rolebook: 1\nkind: directory\n", "in JSON a text stands in double quotes", "rolebook"),
            ("{\"a\": user:ana}", "in JSON a text stands in double quotes", "user"),
            ("{\"a\": truly}", "in JSON a text stands in double quotes", "truly"),
            ("- 1\n- 2\n", "this is no JSON", "-"),
            ("{\"a\": +1}", "this is no JSON", "+1"),
            ("{\"a\": 012}", "this is no JSON", "012"),
        ];
        for (text, message, place) in cases {
            assert_eq!(finding(text), Some((message.to_owned(), place.to_owned())), "{text}");
        }
    }
}
