//! Where declarations begin and end in a file that holds mistakes.
//!
//! A file that the grammar takes whole never comes here. For the others this file decides by the shape of a few tokens:
//! a declaration ends where the next one begins, at the end of its braces, or, when its brace is never closed, before
//! the next line that can only be a declaration and stands no deeper than it does.

use super::level::DECLARATION;
use super::scan::{Kind, Scan};
use super::wording::near_word;
use std::collections::HashMap;

/// A stretch of tokens that is one declaration, or was meant to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section {
    /// Its first token.
    pub(super) from: usize,
    /// One past its last token.
    pub(super) to: usize,
    /// Its opening brace.
    pub(super) open: Option<usize>,
    /// The brace that closes it.
    pub(super) close: Option<usize>,
    /// A closing brace that closes nothing; it is the last token then.
    pub(super) stray: Option<usize>,
}

/// Cuts a file into sections that together hold every token.
pub(super) fn sections(scan: &Scan<'_>) -> Vec<Section> {
    let outline = Outline::of(scan);
    let mut sections = Vec::new();
    let mut from = 0;
    while from < scan.tokens.len() {
        let section = outline.section(from);
        from = section.to.max(from + 1);
        sections.push(section);
    }
    sections
}

/// Past a set of actions in a pattern (`.{view, delete}`) that opens at `open`, or to the first token that has no place
/// in one.
pub(super) fn after_action_set(scan: &Scan<'_>, open: usize) -> usize {
    let mut at = open + 1;
    while scan.kind(at) == Some(Kind::Word) {
        at += 1;
        if scan.word(at) != "," {
            break;
        }
        at += 1;
    }
    // A brace further along the line still closes what holds something else than names.
    let close = (at..)
        .take_while(|&after| after == at || continues_line(scan, after))
        .find(|&after| matches!(scan.word(after), "{" | "}"));
    match close {
        Some(close) if scan.word(close) == "}" => close + 1,
        _ => at,
    }
}

/// Whether a token stands on the line of the one before it.
fn continues_line(scan: &Scan<'_>, at: usize) -> bool {
    scan.tokens.get(at).is_some_and(|token| token.indent.is_none())
}

/// Whether the token at an index opens a set of actions, and not, behind a name that was forgotten, a body.
pub(super) fn opens_action_set(scan: &Scan<'_>, at: usize) -> bool {
    scan.word(at) == "{"
        && at.checked_sub(1).is_some_and(|before| scan.word(before) == ".")
        && (continues_line(scan, at + 1) || matches!(scan.word(at + 2), "," | "}") || scan.word(at + 1) == "}")
}

/// Whether the token at an index is a brace that could close a declaration: no list goes on behind one.
fn closes(scan: &Scan<'_>, at: usize) -> bool {
    scan.word(at) == "}" && scan.word(at + 1) != ","
}

/// Whether what stands at an index cannot end a declaration: a mark or a word after which something must follow.
pub(super) fn wants_more(scan: &Scan<'_>, at: usize) -> bool {
    match scan.kind(at) {
        Some(Kind::Mark) => !matches!(scan.word(at), "}" | ")" | "]" | "?" | "*" | ">" | "{"),
        Some(Kind::Word) if at.checked_sub(1).is_none_or(|before| scan.word(before) != ".") => matches!(
            scan.word(at),
            "and"
                | "or"
                | "not"
                | "in"
                | "is"
                | "has"
                | "on"
                | "contains"
                | "overlaps"
                | "of"
                | "with"
                | "like"
                | "when"
                | "unless"
                | "because"
                | "within"
                | "to"
                | "extends"
                | "requires"
                | "by"
                | "implies"
                | "without"
                | "can"
                | "cannot"
                | "only"
                | "allow"
                | "deny"
                | "assert"
                | "type"
                | "role"
                | "policy"
                | "package"
                | "import"
                | "setting"
                | "actions"
                | "unique"
                | "acts"
                | "as"
                | "any"
                | "subset"
                | "starts"
                | "ends"
        ),
        _ => false,
    }
}

struct Outline<'s, 't> {
    scan: &'s Scan<'t>,
    /// For each brace that opens, the one that closes it.
    closing: HashMap<usize, usize>,
    /// First tokens of lines that can only be declarations.
    firm: Vec<usize>,
    /// First tokens of lines that may be rules, or lines of a role or policy.
    rules: Vec<usize>,
}

impl<'s, 't> Outline<'s, 't> {
    fn of(scan: &'s Scan<'t>) -> Self {
        let mut outline = Self { scan, closing: HashMap::new(), firm: Vec::new(), rules: Vec::new() };
        // Open braces, each with the first token of its line.
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut line = 0;
        let mut at = 0;
        while at < scan.tokens.len() {
            if !continues_line(scan, at) {
                line = at;
            }
            if opens_action_set(scan, at) {
                at = after_action_set(scan, at);
                continue;
            }
            match scan.word(at) {
                // A second one in a row is one too many.
                "{" if at.checked_sub(1).is_some_and(|before| scan.word(before) == "{") => {}
                "{" => open.push((at, line)),
                "}" => {
                    // One that closes no declaration may still close what opens on its line.
                    if let Some((opener, _)) = open.pop_if(|held| closes(scan, at) || held.1 == line) {
                        outline.closing.insert(opener, at);
                    }
                }
                "allow" | "deny" if outline.leads_line(at) => outline.rules.push(at),
                _ if outline.leads_line(at) && outline.is_firm(at) => outline.firm.push(at),
                _ => {}
            }
            at += 1;
        }
        outline
    }

    /// Whether a token is the first of its line, and no list goes on there.
    fn leads_line(&self, at: usize) -> bool {
        self.scan.tokens.get(at).is_some_and(|token| token.indent.is_some())
            && at.checked_sub(1).is_none_or(|before| !matches!(self.scan.word(before), "," | "."))
    }

    /// Whether a declaration begins here that could be nothing else, wherever it stands.
    fn is_firm(&self, at: usize) -> bool {
        let (next, after) = (self.scan.kind(at + 1), self.scan.word(at + 2));
        let name_next = next == Some(Kind::Word);
        match self.scan.word(at) {
            "type" | "assert" | "package" => name_next,
            "role" => name_next && after == ".",
            "import" => next == Some(Kind::Text),
            "open" => matches!(self.scan.word(at + 1), "role" | "when" | "custom"),
            "custom" => matches!(self.scan.word(at + 1), "role" | "open"),
            "policy" => name_next && matches!(after, "{" | "in"),
            "context" => self.scan.word(at + 1) == "{",
            _ => false,
        }
    }

    /// Whether a declaration begins here, outside of all braces. `headless` is a section so far of `open` or `custom`,
    /// with the word `role` still to come.
    fn begins(&self, at: usize, from: usize, headless: bool) -> bool {
        let scan = self.scan;
        let Some(before) = at.checked_sub(1) else { return true };
        let leads = scan.tokens.get(at).is_some_and(|token| token.indent.is_some());
        if scan.kind(at) != Some(Kind::Word) || (wants_more(scan, before) && !leads) {
            return false;
        }
        match scan.word(at) {
            "type" | "import" | "package" | "assert" | "allow" | "deny" => true,
            "custom" if scan.word(at + 1) == "roles" => false,
            "role" | "custom" | "open" => !headless,
            // A type may have this name; where one is wanted, only a name behind it tells.
            "policy" if leads && !wants_more(scan, before) => true,
            "policy" => {
                scan.kind(at + 1) == Some(Kind::Word) && (leads || self.is_firm(at)) && !wants_more(scan, at + 1)
            }
            "context" => scan.word(at + 1) == "{" || (leads && scan.word(at + 1) != "." && !wants_more(scan, before)),
            // A misspelt keyword at the margin.
            word => {
                let margin = scan.tokens.get(from).and_then(|token| token.indent).unwrap_or(0);
                scan.tokens.get(at).and_then(|token| token.indent).is_some_and(|indent| indent <= margin)
                    && !wants_more(scan, before)
                    && near_word(word, DECLARATION.words).is_some()
            }
        }
    }

    fn section(&self, from: usize) -> Section {
        let scan = self.scan;
        let mut section = Section { from, to: scan.tokens.len(), open: None, close: None, stray: None };
        if scan.kind(from) == Some(Kind::Junk) {
            section.to = from + 1;
            return section;
        }
        let mut headless = matches!(scan.word(from), "open" | "custom");
        let mut at = from;
        while at < scan.tokens.len() {
            if at > from && self.begins(at, from, headless) {
                section.to = at;
                return section;
            }
            headless &= scan.word(at) != "role";
            if opens_action_set(scan, at) {
                at = after_action_set(scan, at);
                continue;
            }
            match scan.word(at) {
                "{" => {
                    section.open = Some(at);
                    let end = self.block_end(from, at);
                    section.close = self.closing.get(&at).copied().filter(|&close| close < end);
                    section.to = end;
                    return section;
                }
                "}" if closes(scan, at) => {
                    section.stray = Some(at);
                    section.to = at + 1;
                    return section;
                }
                _ => at += 1,
            }
        }
        section
    }

    /// One past the closing brace of the block that opens at `open`, or where the declaration must have ended.
    fn block_end(&self, from: usize, open: usize) -> usize {
        let scan = self.scan;
        let margin = scan.tokens.get(from).and_then(|token| token.indent).unwrap_or(0);
        let within =
            |list: &[usize], end: usize| {
                let start = list.partition_point(|&at| at <= open);
                list.iter().skip(start).copied().take_while(|&at| at < end).find(|&at| {
                    scan.tokens.get(at).and_then(|token| token.indent).is_some_and(|indent| indent <= margin)
                })
            };
        let closed = self.closing.get(&open).map(|&close| close + 1);
        let end = closed.unwrap_or(scan.tokens.len());
        let end = within(&self.firm, end).unwrap_or(end);
        if closed == Some(end) {
            return end;
        }
        // An unindented `allow` may be a line of the body, unless the body is indented.
        let indented = scan.tokens.get(open + 1).is_none_or(|token| token.indent.is_none_or(|indent| indent > margin));
        if indented { within(&self.rules, end).unwrap_or(end) } else { end }
    }
}
