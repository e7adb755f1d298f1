//! Single values as text: which need quotes, and how they are escaped.

use std::fmt::Write;

/// A text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Beside control characters what YAML takes for a line break, for no character at all, or for a mark of the
            // byte order.
            '\0'..'\u{20}' | '\u{7f}'..'\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A value in JSON: numbers, truth values and nothing stand as they are, every other text in quotes.
pub(crate) fn json(text: &str, only_text: bool) -> String {
    let bare = !only_text && (matches!(text, "true" | "false") || is_json_number(text));
    if bare { text.to_owned() } else { quoted(text) }
}

/// A value in YAML. `only_text` says that it must not be taken for a number or a truth value; `flow` that it stands in
/// brackets.
pub(crate) fn yaml(text: &str, only_text: bool, flow: bool) -> String {
    if is_plain(text, flow) && !(only_text && is_like_other_than_text(text)) {
        return text.to_owned();
    }
    let single = text.contains(['"', '\\']) && !text.contains('\'') && text.chars().all(|c| (' '..='~').contains(&c));
    if single { format!("'{text}'") } else { quoted(text) }
}

/// Whether YAML reads a text back letter for letter without quotes.
fn is_plain(text: &str, flow: bool) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let begins = first.is_alphanumeric() || matches!(first, '_' | '/' | '.' | '+' | '(' | '$' | '^' | ';' | '<');
    let begins = begins || first == '-' && text.chars().nth(1).is_some_and(char::is_alphanumeric);
    let mut sound = begins && !text.starts_with("...") && !text.starts_with("<<") && !text.ends_with([' ', ':']);
    let mut last = ' ';
    for c in text.chars() {
        sound &= match c {
            '#' => last != ' ',
            ' ' => last != ':',
            ',' | '[' | ']' | '{' | '}' => !flow,
            // Besides what is no letter: what looks like one and is a space or a mark of direction.
            _ => c.is_alphanumeric() || c.is_ascii_graphic(),
        };
        last = c;
    }
    let empty = ["null", "Null", "NULL"].contains(&text);
    sound && !empty && !text.starts_with("---")
}

/// Whether a plain text is a truth value or a number, here or for other readers of YAML.
fn is_like_other_than_text(text: &str) -> bool {
    const WORDS: [&str; 8] = ["true", "false", "yes", "no", "on", "off", "y", "n"];
    let number = text.trim_start_matches(['+', '-', '.']).starts_with(|c: char| c.is_ascii_digit());
    let number = number
        && text.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '+' | '-' | '.' | '_' | 'x' | 'X' | 'o' | ':'));
    number || WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// The grammar of numbers in JSON.
fn is_json_number(text: &str) -> bool {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = text.strip_prefix('-').unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || whole > 1 && rest.starts_with('0') {
        return false;
    }
    let mut rest = rest.get(whole..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = fraction.get(length..).unwrap_or_default();
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;
    use crate::source::FileId;

    /// Texts that are something else to YAML, to JSON, or to one of their many readers.
    const AWKWARD: &[&str] = &[
        "",
        " ",
        "a",
        "*.view",
        "true",
        "False",
        "null",
        "~",
        "a: b",
        "a:",
        ":a",
        "#a",
        "a #b",
        "a#b",
        "\"x\" | \"y\"",
        "'",
        "it's",
        "@x",
        "`x`",
        "%x",
        "&x",
        "!x",
        "|",
        ">",
        "-",
        "- a",
        "-a",
        "--- a",
        "...",
        "?",
        "? a",
        "[",
        "a[0]",
        "{a}",
        "a, b",
        "a,b",
        "user:a,b",
        "1",
        "1.10",
        "01",
        "0x1f",
        "12:30",
        "2026-01-01",
        ".5",
        "+5",
        "-",
        "<<",
        "=",
        "a\nb",
        "a\r\nb",
        "\t",
        "a\tb",
        "ä団",
        "\u{a0}x",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{200e}x",
        "\0",
        "\u{7f}",
        "\\",
        "\\n",
        "a\\",
        "\"",
        "key: \"v\" 'w'",
        " a",
        "a ",
        "yes",
        "y",
        "1e3",
        "1_000",
        "😀",
        "run.{create, delete}",
        "team:research#member",
        "a:{",
        "a:]",
    ];

    fn read_back(text: &str, at: &[&str]) -> (String, bool) {
        let read = document::parse(FileId(0), text);
        assert!(read.diagnostics.is_empty(), "{text:?}: {:?}", read.diagnostics);
        let mut node = read.node.expect("a document");
        for key in at {
            node = node.get(key).unwrap_or_else(|| panic!("{key} in {text:?}")).clone();
        }
        let node = node.sequence().map_or(node.clone(), |nodes| nodes[0].clone());
        let scalar = node.scalar().unwrap_or_else(|| panic!("no scalar in {text:?}"));
        (scalar.text.clone(), scalar.style == document::ScalarStyle::Plain)
    }

    #[test]
    fn awkward_texts_come_back() {
        for &text in AWKWARD {
            for only_text in [false, true] {
                let (block, flow, json) =
                    (yaml(text, only_text, false), yaml(text, only_text, true), json(text, only_text));
                for document in [
                    format!("k: {block}\n"),
                    format!("k: {block}  # c\n"),
                    format!("k:\n  - {block}\n"),
                    format!("k: {flow}"),
                    format!("k: [{flow}, x]"),
                    format!("k: [ {flow}]"),
                    format!("{{ k: {flow} }}"),
                    format!("{{k: {flow}}}"),
                    format!("{{\"k\":{json}}}"),
                    format!("{{\"k\":[{json}]}}"),
                ] {
                    let (back, plain) = read_back(&document, &["k"]);
                    assert_eq!(back, text, "{document:?}");
                    let matters = matches!(text, "true" | "false") || text.parse::<i64>().is_ok();
                    assert!(!(only_text && plain && matters), "{document:?}");
                }
            }
            if !text.is_empty() {
                let key = format!("k{text}");
                let document = format!("{}: v\n", yaml(&key, false, false));
                assert_eq!(read_back(&document, &[&key]).0, "v");
                let document = format!("{{ {}: v }}\n", yaml(&key, false, true));
                assert_eq!(read_back(&document, &[&key]).0, "v");
            }
        }
    }

    #[test]
    fn what_needs_no_quotes_has_none() {
        for text in
            ["user:cy", "team:research#member", "gpu", "2026-12-31T00:00:00Z", "1.10", "a-b_c", "team.viewer", "ä"]
        {
            assert_eq!(yaml(text, false, true), text);
        }
        assert_eq!(yaml("true", true, true), "\"true\"");
        assert_eq!(yaml("\"free\" | \"pro\"", false, true), "'\"free\" | \"pro\"'");
        assert_eq!([json("1.5", false), json("01", false), json("12", true)], ["1.5", "\"01\"", "\"12\""]);
    }
}
