//! What to say where the grammar refuses a text: what was expected, what was found, and what was most likely meant.

mod expected;
mod slip;

use super::fragment::{NameKind, Place};
use super::grammar::{Refusal, Rule, is_reserved};
use super::level::Level;
use super::name;
use super::scan::{Kind, Scan};
use crate::diagnostics::{Code, Diagnostic, near_miss};
use crate::source::Span;
use pest::error::{ErrorVariant, InputLocation};

/// The part of a text that was refused.
pub(super) struct Scene<'s, 't> {
    pub(super) scan: &'s Scan<'t>,
    pub(super) level: &'s Level,
    /// Its first token.
    pub(super) from: usize,
    /// One past its last token.
    pub(super) to: usize,
    pub(super) place: Place<'s>,
}

impl Scene<'_, '_> {
    /// The place of a range of tokens, both ends included.
    fn span(&self, from: usize, to: usize) -> Span {
        let start = self.scan.tokens.get(from).map_or(0, |token| token.start);
        let end = self.scan.tokens.get(to).map_or(start, |token| token.end);
        (self.place)(start, end)
    }

    /// Whether characters were refused in the part up to a token, or an unterminated text or a value on its line: then
    /// what is wrong was told already.
    fn is_spoilt(&self, at: usize) -> bool {
        let junk = |index: &usize| self.scan.kind(*index) == Some(Kind::Junk);
        // What was refused at the end of the part is no longer in it.
        let line_end = (at + 1..=self.to)
            .find(|&index| self.scan.tokens.get(index).is_none_or(|token| token.indent.is_some()))
            .unwrap_or(self.to + 1);
        // What was refused right after the part is what the part lacks.
        (self.from..=at.min(self.to)).any(|index| junk(&index))
            || (at..line_end).any(|index| {
                junk(&index) && self.scan.word(index).starts_with(|c: char| c == '"' || c.is_ascii_digit())
            })
    }
}

/// What is wrong with a part, or nothing if that was told already. `base` is where the part's text begins.
pub(super) fn finding(refusal: &Refusal, base: u32, scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let ErrorVariant::ParsingError { positives, .. } = &refusal.variant else {
        let message = "this nests deeper than the memory at hand allows";
        let last = scene.to.saturating_sub(1);
        return Some(Diagnostic::error(Code::NestingTooDeep, scene.span(scene.from, last), message));
    };
    let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = refusal.location;
    let at = base.saturating_add(super::scan::offset(at));
    let tokens = scene.scan.tokens.get(scene.from..scene.to).unwrap_or(&[]);
    let found = scene.from + tokens.partition_point(|token| token.end <= at);
    if scene.is_spoilt(found) {
        return None;
    }
    if found < scene.to || stands_on_the_same_line(scene, found) {
        Some(found_here(positives, found, scene))
    } else {
        Some(found_nothing(positives, found, scene))
    }
}

/// Whether the token that follows the part stands on the line where the part ends.
fn stands_on_the_same_line(scene: &Scene<'_, '_>, next: usize) -> bool {
    next > scene.from && scene.scan.tokens.get(next).is_some_and(|token| token.indent.is_none())
}

/// Something stands there that does not fit.
fn found_here(positives: &[Rule], found: usize, scene: &Scene<'_, '_>) -> Diagnostic {
    let word = scene.scan.word(found);
    if let Some(finding) = reserved_word(positives, found, scene) {
        return finding;
    }
    if let Some(finding) = slip::recognize(positives, found, scene) {
        return finding;
    }
    let span = scene.span(found, found);
    let shown = shortened(word);
    let words = expected::words(positives, found == scene.from, scene.level);
    let near = (scene.scan.kind(found) == Some(Kind::Word)).then(|| near_word(word, &words)).flatten();
    if let Some(near) = near {
        return Diagnostic::error(Code::Syntax, span, format!("expected `{near}`, found `{shown}`"))
            .help(format!("did you mean `{near}`?"));
    }
    let expected = expected::list(positives, found == scene.from, scene.level);
    let finding = Diagnostic::error(Code::Syntax, span, format!("expected {expected}, found `{shown}`"));
    unclosed(
        slip::help(positives, found, scene).map_or(finding.clone(), |help| finding.help(help)),
        positives,
        found,
        scene,
    )
}

/// The part ends where it cannot end.
fn found_nothing(positives: &[Rule], found: usize, scene: &Scene<'_, '_>) -> Diagnostic {
    let Some(last) = found.checked_sub(1).filter(|&last| last >= scene.from) else {
        let expected = expected::list(positives, true, scene.level);
        let whole = (scene.place)(0, super::scan::offset(scene.scan.text.len()));
        return Diagnostic::error(Code::Syntax, whole, format!("expected {expected}, found nothing"));
    };
    let expected = expected::list(positives, false, scene.level);
    let next = match scene.scan.tokens.get(found) {
        Some(&token) => format!("`{}`", shortened(scene.scan.text(token))),
        None => String::from("the end"),
    };
    let message = format!("expected {expected} after `{}`, found {next}", shortened(scene.scan.word(last)));
    let (help, span) = match positives {
        [Rule::dot] => (slip::unqualified(last, scene), scene.span(last, last)),
        [Rule::kw_on] => (slip::on_what(found, scene), after(scene.span(last, last))),
        _ => (None, scene.span(last, last)),
    };
    let finding = Diagnostic::error(Code::Syntax, span, message).maybe_help(help);
    unclosed(finding, positives, found, scene)
}

/// The place right behind another.
const fn after(span: Span) -> Span {
    Span::new(span.file, span.end, span.end)
}

/// A word of the language stands where a name is wanted, and no name was forgotten before it.
fn reserved_word(positives: &[Rule], found: usize, scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let word = scene.scan.word(found);
    if scene.scan.kind(found) != Some(Kind::Word) || !is_reserved(word) {
        return None;
    }
    let kind = positives.iter().find_map(|&rule| name::kind_of(rule))?;
    let next = found + 1;
    let does_its_work = match scene.scan.kind(next) {
        Some(Kind::Word) => kind == NameKind::Attribute || !is_reserved(scene.scan.word(next)),
        Some(Kind::Text | Kind::Entity | Kind::Number) => true,
        _ => false,
    };
    (!does_its_work).then(|| name::reserved(word, kind, scene.span(found, found)))
}

/// Adds where the bracket stands that was expected to close.
fn unclosed(finding: Diagnostic, positives: &[Rule], found: usize, scene: &Scene<'_, '_>) -> Diagnostic {
    let pairs = [(Rule::close_paren, "(", ")"), (Rule::close_bracket, "[", "]"), (Rule::close_brace, "{", "}")];
    let Some((_, open, close)) = pairs.into_iter().find(|(rule, ..)| positives.contains(rule)) else {
        return finding;
    };
    let mut depth = 0_usize;
    for at in (scene.from..found).rev() {
        let word = scene.scan.word(at);
        if word == close {
            depth += 1;
        } else if word == open {
            if depth == 0 {
                return finding.label(scene.span(at, at), format!("this `{open}` is still open"));
            }
            depth -= 1;
        }
    }
    finding
}

/// Habits from other languages, and the word that says it here.
const HABITS: [(&str, &str); 20] = [
    ("permit", "allow"),
    ("grant", "allow"),
    ("forbid", "deny"),
    ("reject", "deny"),
    ("prohibit", "deny"),
    ("if", "when"),
    ("where", "when"),
    ("except", "unless"),
    ("for", "to"),
    ("in", "within"),
    ("under", "within"),
    ("inherits", "extends"),
    ("inherit", "extends"),
    ("includes", "implies"),
    ("needs", "requires"),
    ("reason", "because"),
    ("may", "can"),
    ("cant", "cannot"),
    ("group", "type"),
    ("entity", "type"),
];

/// The word among some that a word was most likely meant to be; none if it is one of them.
pub(super) fn near_word<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    // Comparing is not linear, and no keyword is nearly as long.
    if word.len() > 32 || words.contains(&word) {
        return None;
    }
    let habit = HABITS.iter().find(|(from, _)| from.eq_ignore_ascii_case(word)).map(|&(_, to)| to);
    words.iter().copied().find(|&held| Some(held) == habit).or_else(|| near_miss(word, words.iter().copied()))
}

/// A piece of the user's text for a message, cut if it is long.
pub(super) fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
