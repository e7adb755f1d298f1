//! Values as written: texts, numbers, durations, lists.

use super::grammar::Rule;
use super::pieces::Piece;
use super::reader::{Reader, children, first};
use super::wording::shortened;
use crate::diagnostics::{Code, Diagnostic};
use crate::schema::parse_duration;
use crate::source::Spanned;
use crate::syntax::ast::{Literal, LiteralKind};

/// The value that a `literal` piece holds; what cannot be read is reported.
pub(super) fn read(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Option<Literal> {
    let inner = first(piece)?;
    let value = match inner.as_rule() {
        Rule::list => {
            LiteralKind::List(children(&inner, Rule::literal).filter_map(|item| read(reader, &item)).collect())
        }
        Rule::string => LiteralKind::String(string(reader, &inner).value),
        Rule::boolean => LiteralKind::Bool(inner.as_str() == "true"),
        Rule::number => number(reader, &inner)?,
        _ => return None,
    };
    Some(reader.spanned(value, piece))
}

/// A number or a duration.
fn number(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Option<LiteralKind> {
    let text = piece.as_str();
    let span = reader.span(piece);
    let digits = text.trim_start_matches('-');
    let unit = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    let shown = shortened(text);
    if unit.is_empty() {
        return match text.parse() {
            Ok(number) => Some(LiteralKind::Int(number)),
            Err(_) => {
                let help = format!("numbers lie between {} and {}", i64::MIN, i64::MAX);
                reader.report(
                    Diagnostic::error(Code::NumberTooLarge, span, format!("`{shown}` is too large")).help(help),
                );
                None
            }
        };
    }
    if !matches!(unit, "d" | "h" | "m" | "s") {
        let finding = Diagnostic::error(Code::Syntax, span, format!("`{shown}` is neither a number nor a duration"));
        let help = spelled_out(digits.trim_end_matches(unit), unit).map(|duration| format!("write `{duration}`"));
        reader.report(finding.help(help.unwrap_or_else(|| {
            String::from("a duration is a whole number and one of `d`, `h`, `m`, `s`, such as `30d`")
        })));
        return None;
    }
    if text.starts_with('-') {
        let finding = Diagnostic::error(Code::Syntax, span, format!("`{shown}` is negative, and no duration is"));
        reader.report(finding.help(format!("write `{}`", shortened(digits))));
        return None;
    }
    let duration = parse_duration(text);
    if duration.is_none() {
        let finding = Diagnostic::error(Code::NumberTooLarge, span, format!("`{shown}` is too large"));
        reader.report(finding.help(format!("the longest duration is {} days", i64::MAX / 86_400_000)));
    }
    duration.map(LiteralKind::Duration)
}

/// The duration that a number with a unit spelled out means: `90d` for `90 days`.
pub(super) fn spelled_out(number: &str, unit: &str) -> Option<String> {
    let (times, unit) = match unit.to_ascii_lowercase().as_str() {
        "week" | "weeks" | "w" => (7, "d"),
        "day" | "days" | "d" => (1, "d"),
        "hour" | "hours" | "hr" | "hrs" | "h" => (1, "h"),
        "minute" | "minutes" | "min" | "mins" | "m" => (1, "m"),
        "second" | "seconds" | "sec" | "secs" | "s" => (1, "s"),
        _ => return None,
    };
    let number: u32 = number.parse().ok()?;
    Some(format!("{}{unit}", u64::from(number) * times))
}

/// The text that a `string` piece stands for; an escape that is none is reported and left as it is.
pub(super) fn string(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Spanned<String> {
    let quoted = piece.as_str();
    let inside = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(quoted);
    let mut value = String::with_capacity(inside.len());
    let mut at = 0;
    while let Some(char) = inside.get(at..).and_then(|rest| rest.chars().next()) {
        if char != '\\' {
            value.push(char);
            at += char.len_utf8();
            continue;
        }
        let rest = inside.get(at + 1..).unwrap_or("");
        let (length, meant) = escape(rest);
        if let Some(meant) = meant {
            value.push(meant);
        } else {
            value.push_str(rest.get(..length).unwrap_or(""));
            let span = reader.span_within(piece, 1 + at, 1 + at + 1 + length);
            let found = shortened(rest.get(..length).unwrap_or(""));
            let finding = Diagnostic::error(Code::Syntax, span, format!("`\\{found}` is no escape"));
            reader.report(
                finding.help("the escapes are `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u{…}` with a code point in hex"),
            );
        }
        at += 1 + length;
    }
    reader.spanned(value, piece)
}

/// How long the escape is whose text after the backslash is given, and what it stands for.
fn escape(rest: &str) -> (usize, Option<char>) {
    let Some(char) = rest.chars().next() else { return (0, None) };
    match char {
        '"' | '\\' => (1, Some(char)),
        'n' => (1, Some('\n')),
        't' => (1, Some('\t')),
        'u' => {
            let Some(hex) = rest.strip_prefix("u{") else { return (1, None) };
            let digits = hex.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(hex.len());
            if !hex.get(digits..).is_some_and(|tail| tail.starts_with('}')) {
                return (2 + digits, None);
            }
            let code = hex.get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
            (2 + digits + 1, code.and_then(char::from_u32))
        }
        _ => (char.len_utf8(), None),
    }
}
