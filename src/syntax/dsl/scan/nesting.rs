//! How deep a text nests.
//!
//! Depth counts what the grammar recurses on: brackets of every kind, `set<`, and each `not` of a row. Brackets that do
//! not match are forgiven here, since another file tells of them; being lenient never lets the grammar go deeper than
//! measured, because it refuses a text at the first bracket that does not match.

use super::{Kind, Scan};
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::dsl::fragment::Place;

/// How deep a text may nest.
const NESTING_LIMIT: usize = 64;

/// Notes the tokens that lie too deep, with one finding for each place where the limit is passed.
pub(super) fn measure(scan: &mut Scan<'_>, place: Place<'_>) {
    // Open brackets, each with the number of `not` that came right before it.
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut outer_nots = 0_usize;
    let mut nots = 0_usize;
    let mut was_deep = false;
    let mut too_deep = Vec::new();
    for (index, &token) in scan.tokens.iter().enumerate() {
        let text = scan.text(token);
        if token.kind == Kind::Word {
            if token.indent == Some(0) && starts_declaration(text) {
                (open, outer_nots) = (Vec::new(), 0);
            }
            nots = if text == "not" { nots + 1 } else { 0 };
        } else if token.kind == Kind::Mark {
            let mark = text.bytes().next().unwrap_or(0);
            let previous = index.checked_sub(1).map_or("", |before| scan.word(before));
            if matches!(mark, b'(' | b'[' | b'{') || (text == "<" && previous == "set") {
                // Past a few times the limit more brackets change nothing, and closing ones are looked up here.
                if open.len() < 4 * NESTING_LIMIT {
                    open.push((mark, nots));
                    outer_nots += nots;
                }
            } else if let Some(opener) = opener(text)
                && let Some(depth) = open.iter().rposition(|&(held, _)| held == opener)
                && (opener == b'{' || !open.iter().skip(depth).any(|&(held, _)| held == b'{'))
            {
                outer_nots -= open.drain(depth..).map(|(_, nots)| nots).sum::<usize>();
            }
            nots = 0;
        } else {
            nots = 0;
        }
        let deep = open.len() + outer_nots + nots > NESTING_LIMIT;
        if deep {
            too_deep.push(index);
            if !was_deep && scan.findings.len() < super::FINDING_LIMIT {
                let message = format!("this nests more than {NESTING_LIMIT} levels deep");
                let finding = Diagnostic::error(Code::NestingTooDeep, place(token.start, token.end), message);
                scan.findings.push(finding);
            }
        }
        was_deep = deep;
    }
    scan.too_deep = too_deep;
}

/// The bracket that a closing one belongs to.
fn opener(text: &str) -> Option<u8> {
    match text {
        ")" => Some(b'('),
        "]" => Some(b'['),
        "}" => Some(b'{'),
        ">" | ">=" => Some(b'<'),
        _ => None,
    }
}

/// Whether a word at the start of a line, without indent, begins a declaration: no bracket is open there, or none the
/// grammar would still be inside of but a body.
fn starts_declaration(word: &str) -> bool {
    matches!(
        word,
        "type" | "role" | "open" | "custom" | "policy" | "allow" | "deny" | "assert" | "context" | "package" | "import"
    )
}
