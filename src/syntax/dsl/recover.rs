//! Reading a file that holds mistakes: as much as possible goes into the tree, and each mistake is told once.
//!
//! The file is cut into declarations, those into what stands before and within their braces, statements into their
//! clauses. Each part is read by its own rule, so that a mistake costs no more than its own part. Where characters were
//! refused already, the grammar's complaint about the same part is left out.

use super::context::ContextDraft;
use super::draft::Draft;
use super::expression;
use super::file::FileDraft;
use super::grammar::{self, Refusal};
use super::level::{
    CONDITION, DECLARATION, FIELD, IMPLIES_PART, Level, POLICY_ITEM, POLICY_PART, ROLE_ITEM, ROLE_PART, STATEMENT_PART,
    TYPE_MEMBER, TYPE_PART,
};
use super::outline::{self, Section};
use super::pieces;
use super::policy_decl::PolicyDraft;
use super::reader::Reader;
use super::role_decl::{ImplicationDraft, RoleDraft};
use super::scan::{Kind, Scan};
use super::statement::StatementDraft;
use super::type_decl::TypeDraft;
use super::wording::{self, Scene};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::Item;

/// Reads a scanned file part by part.
pub(super) fn file(scan: &Scan<'_>, reader: &mut Reader<'_>, draft: &mut FileDraft) {
    let mut recovery = Recovery { scan, reader };
    for section in outline::sections(scan) {
        recovery.section(section, draft);
    }
}

/// What a section was meant to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meant {
    Type,
    Context,
    Role,
    Policy,
    Statement,
    Other,
}

struct Recovery<'s, 't, 'a> {
    scan: &'s Scan<'t>,
    reader: &'s mut Reader<'a>,
}

impl Recovery<'_, '_, '_> {
    /// Reads a section, and makes sure that something is said of one that the grammar refuses.
    fn section(&mut self, section: Section, file: &mut FileDraft) {
        let before = self.reader.reported();
        let Some(refusal) = self.section_parts(section, file) else { return };
        let (from, to) = (section.from, section.to);
        if self.reader.reported() == before && !(from..to).any(|at| self.scan.kind(at) == Some(Kind::Junk)) {
            self.tell(&DECLARATION, from, to, &refusal);
        }
    }

    /// Reads a section; why the grammar refused it as a whole, if it did.
    fn section_parts(&mut self, section: Section, file: &mut FileDraft) -> Option<Box<Refusal>> {
        let Section { from, mut to, open, close, stray } = section;
        let unclosed = open.filter(|_| close.is_none());
        if let Some(open) = unclosed {
            self.unclosed(open, to);
        }
        let closed_by_stray = stray.is_some_and(|stray| self.lacks_brace(from, stray));
        if let Some(stray) = stray {
            to = stray;
            if !closed_by_stray {
                let finding = Diagnostic::error(Code::Syntax, self.span(stray), "this `}` closes nothing");
                self.reader.report(finding.help("is a `{` missing before it, or is it one too many?"));
            }
        }
        let end = self.without_junk(from, to);
        if from == end {
            return None;
        }
        let refusal = self.read(&DECLARATION, file, from, end).err()?;
        let word = self.scan.word(from);
        let misspelt = wording::near_word(word, DECLARATION.words);
        let (header_end, body) = match open {
            Some(open) => (open, (open + 1, close.unwrap_or(to))),
            None => {
                let begin = if closed_by_stray { self.body_begin(from, to) } else { to };
                (begin, (begin, to))
            }
        };
        match meant(misspelt.unwrap_or(word)) {
            Meant::Type => {
                let mut draft = TypeDraft::default();
                self.header(&DECLARATION, &TYPE_PART, &mut draft, (from, header_end), misspelt);
                self.body(&TYPE_MEMBER, &mut draft, header_end, open, body);
                file.push(draft.finish().map(Item::Type));
            }
            Meant::Role => {
                let mut draft = RoleDraft::default();
                self.header(&DECLARATION, &ROLE_PART, &mut draft, (from, header_end), misspelt);
                self.body(&ROLE_ITEM, &mut draft, header_end, open, body);
                file.push(draft.finish().map(Item::Role));
            }
            Meant::Policy => {
                let mut draft = PolicyDraft::default();
                self.header(&DECLARATION, &POLICY_PART, &mut draft, (from, header_end), misspelt);
                self.body(&POLICY_ITEM, &mut draft, header_end, open, body);
                file.push(draft.finish().map(Item::Policy));
            }
            Meant::Context if open.is_some() && misspelt.is_none() && header_end == from + 1 => {
                let mut draft = ContextDraft::default();
                draft.begin(self.reader, self.scan.slice(from, from + 1).0);
                self.body(&FIELD, &mut draft, header_end, open, body);
                file.push(draft.finish().map(Item::Context));
            }
            Meant::Statement => self.statement(&DECLARATION, file, from, end, misspelt),
            _ => self.broken(&DECLARATION, file, (from, end), refusal.as_deref()),
        }
        refusal
    }

    /// Reads a header, part by part. What a misspelt first word begins is told of, as a part of the level `of`, and
    /// left out.
    fn header(
        &mut self,
        of: &Level,
        level: &Level,
        draft: &mut dyn Draft,
        (from, to): (usize, usize),
        misspelt: Option<&str>,
    ) {
        let mut begin = from;
        if misspelt.is_some() {
            begin = self.next(level, from, to);
            if let Err(refusal) = grammar::read(of.only, self.scan.slice(from, begin).1) {
                self.tell(of, from, begin, &refusal);
            }
        }
        self.parts(level, draft, begin, to);
    }

    /// Reads a body, part by part. Without an opening brace there is nothing, or it was forgotten and is told of.
    fn body(&mut self, level: &Level, draft: &mut dyn Draft, begin: usize, open: Option<usize>, body: (usize, usize)) {
        let (from, to) = body;
        if open.is_none() && from < to {
            let message = format!("expected `{{`, found `{}`", wording::shortened(self.scan.word(begin)));
            let finding = Diagnostic::error(Code::Syntax, self.span(begin), message);
            self.reader.report(finding.help("the `}` below has no `{` above it; put one here"));
        }
        self.parts(level, draft, from, to);
    }

    /// Reads parts of one kind, one after the other, and tells of those that cannot be read.
    fn parts(&mut self, level: &Level, draft: &mut dyn Draft, from: usize, to: usize) {
        let mut at = from;
        let (mut next, mut end) = (from, from);
        while at < to {
            let lone_comma = self.scan.word(at) == ",";
            if lone_comma {
                if !level.commas || at == from {
                    self.comma(at);
                }
                at += 1;
                continue;
            }
            if self.scan.kind(at) == Some(Kind::Junk) {
                // What follows refused characters is spoilt by them, unless they were a mere separator.
                at = if self.scan.word(at) == ";" { at + 1 } else { self.next(level, at, to) };
                continue;
            }
            let fresh = next <= at;
            if fresh {
                next = self.next(level, at, to);
                end = self.without_junk(at, next);
                if end > at + 1 && self.scan.word(end - 1) == "," {
                    end -= 1;
                    if !level.commas {
                        self.comma(end);
                    }
                }
            }
            at = self.part(level, draft, (at, end), fresh).unwrap_or(next).max(at + 1);
        }
    }

    /// Reads one part, and returns where to go on if that is before its end.
    ///
    /// A line further down may be a part of its own whose first word is misspelt. Where reading goes on at such a line
    /// (`fresh` is false), it is not tried again whether all of the rest is one part: that would cost the square of its
    /// length.
    fn part(&mut self, level: &Level, draft: &mut dyn Draft, (from, to): (usize, usize), fresh: bool) -> Option<usize> {
        let mut refusal = None;
        if fresh {
            refusal = self.read(level, draft, from, to).err()?;
        }
        let resume = self.resume(level, from, to);
        let to = self.without_junk(from, resume.unwrap_or(to));
        if resume.is_some() || !fresh {
            match self.read(level, draft, from, to) {
                Ok(()) => return resume,
                Err(nearer) => refusal = nearer,
            }
        }
        let word = self.scan.word(from);
        let misspelt = wording::near_word(word, level.words);
        match misspelt.unwrap_or(word) {
            "allow" | "deny" if level.words.contains(&"deny") => self.statement(level, draft, from, to, misspelt),
            "implies" if level.only == ROLE_ITEM.only => {
                let mut implication = ImplicationDraft::default();
                self.parts(&IMPLIES_PART, &mut implication, from, to);
                if let Some(implication) = implication.finish() {
                    draft.take_implication(implication);
                }
            }
            _ => self.broken(level, draft, (from, to), refusal.as_deref()),
        }
        resume
    }

    /// Reads a statement, clause by clause.
    fn statement(&mut self, level: &Level, draft: &mut dyn Draft, from: usize, to: usize, misspelt: Option<&str>) {
        let mut statement = StatementDraft::default();
        self.header(level, &STATEMENT_PART, &mut statement, (from, to), misspelt);
        if let Some(statement) = statement.finish() {
            draft.take_statement(statement);
        }
    }

    /// Hands a part to the draft if its rule reads it. The error is pest's, or none if pest was spared the part.
    fn read(
        &mut self,
        level: &Level,
        draft: &mut dyn Draft,
        from: usize,
        to: usize,
    ) -> Result<(), Option<Box<Refusal>>> {
        if self.scan.is_too_deep(from, to) {
            return Err(None);
        }
        let (base, text) = self.scan.slice(from, to);
        let pieces = pieces::read(level.only, text).map_err(Some)?;
        self.reader.at(base);
        pieces.row().for_each(|piece| draft.take(self.reader, &piece));
        Ok(())
    }

    /// Tells why a part was refused, and keeps what can be read from its beginning.
    fn broken(&mut self, level: &Level, draft: &mut dyn Draft, (from, to): (usize, usize), refusal: Option<&Refusal>) {
        let word = self.scan.word(from);
        // With a colon after it, it is a name that cannot be one.
        let clause = matches!(word, "when" | "unless") && self.scan.word(from + 1) != ":";
        if let Some(refusal) = refusal {
            let from_condition = match word {
                _ if clause => from + 1,
                "open" if self.scan.word(from + 1) == "when" => from + 2,
                _ => to,
            };
            if !conditions(self.scan, self.reader, from_condition, to) {
                self.tell(level, from, to, refusal);
            }
        }
        if clause {
            draft.lose(word, self.span(from).to(self.span(to.saturating_sub(1))));
            return;
        }
        let (base, text) = self.scan.slice(from, to);
        let may_begin = level.only != DECLARATION.only && refusal.is_some();
        if may_begin && let Ok(pieces) = pieces::read(level.rule, text) {
            self.reader.at(base);
            pieces.row().for_each(|piece| draft.take(self.reader, &piece));
        }
        draft.lose_part(word);
    }

    /// Tells why a part was refused.
    fn tell(&mut self, level: &Level, from: usize, to: usize, refusal: &Refusal) {
        tell(self.scan, self.reader, level, (from, to), refusal);
    }

    /// In a part that could not be read: the next place where what looks like a word for a part begins.
    fn resume(&self, level: &Level, from: usize, to: usize) -> Option<usize> {
        (from + 1..to).find(|&at| {
            let word = self.scan.word(at);
            let token = self.scan.tokens.get(at).filter(|token| token.kind == Kind::Word);
            let leads = token.is_some_and(|token| token.indent.is_some());
            // In the middle of a line a word of the language is no other one misspelt.
            (leads || (token.is_some() && level.inline && !grammar::is_reserved(word)))
                && !outline::wants_more(self.scan, at - 1)
                && (level.words.contains(&word)
                    || (leads && level.misplaced.contains(&word))
                    || wording::near_word(word, level.words).is_some())
        })
    }

    /// Where the part that begins at `from` ends.
    fn next(&self, level: &Level, from: usize, to: usize) -> usize {
        let mut at = from + 1;
        while at < to {
            if outline::opens_action_set(self.scan, at) {
                at = outline::after_action_set(self.scan, at);
                continue;
            }
            if (level.begins)(self.scan, at, from) {
                return at;
            }
            at += 1;
        }
        to
    }

    /// Whether a declaration that ends with a stray `}` has forgotten its `{`.
    fn lacks_brace(&self, from: usize, stray: usize) -> bool {
        let word = self.scan.word(from);
        matches!(meant(word), Meant::Type | Meant::Policy) && self.body_begin(from, stray) < stray
    }

    /// Where the body of a declaration without `{` begins.
    fn body_begin(&self, from: usize, to: usize) -> usize {
        let level = if meant(self.scan.word(from)) == Meant::Policy { &POLICY_ITEM } else { &TYPE_MEMBER };
        // Past the keyword and the name.
        (from + 2..to).find(|&at| (level.begins)(self.scan, at, from)).unwrap_or(to)
    }

    fn unclosed(&mut self, open: usize, end: usize) {
        let mut finding = Diagnostic::error(Code::Syntax, self.span(open), "this `{` is never closed");
        if end < self.scan.tokens.len() {
            finding = finding.label(self.span(end), "a `}` is missing before this");
        }
        self.reader.report(finding);
    }

    fn comma(&mut self, at: usize) {
        let finding = Diagnostic::error(Code::Syntax, self.span(at), "nothing follows this `,`");
        self.reader.report(finding.help("leave it out; no comma stands at the end of a list or of a line"));
    }

    /// `to`, or less if refused characters stand right before it.
    fn without_junk(&self, from: usize, to: usize) -> usize {
        (from..to).rev().find(|&at| self.scan.kind(at) != Some(Kind::Junk)).map_or(from, |at| at + 1)
    }

    fn span(&self, at: usize) -> Span {
        let (start, end) = self.scan.tokens.get(at).map_or((0, 0), |token| (token.start, token.end));
        self.reader.place(start, end)
    }
}

/// Tells what is wrong with each of the conditions that `and` and `or` join outside of brackets; false if that says
/// nothing.
pub(super) fn conditions(scan: &Scan<'_>, reader: &mut Reader<'_>, from: usize, to: usize) -> bool {
    let before = reader.reported();
    let mut begin = from;
    let mut depth = 0_usize;
    for at in from..=to {
        let ends = at == to || (depth == 0 && (CONDITION.begins)(scan, at, begin));
        match scan.word(at) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if !ends {
            continue;
        }
        if begin < at {
            let (base, text) = scan.slice(begin, at);
            reader.at(base);
            match pieces::read(CONDITION.only, text) {
                Ok(pieces) => drop(pieces.row().next().map(|piece| expression::negation(reader, &piece))),
                Err(refusal) => tell(scan, reader, &CONDITION, (begin, at), &refusal),
            }
        }
        begin = at + 1;
    }
    reader.reported() > before
}

/// Tells why a part was refused.
fn tell(scan: &Scan<'_>, reader: &mut Reader<'_>, level: &Level, (from, to): (usize, usize), refusal: &Refusal) {
    let place = |start, end| reader.place(start, end);
    let (base, _) = scan.slice(from, to);
    let finding = wording::finding(refusal, base, &Scene { scan, level, from, to, place: &place });
    if let Some(finding) = finding {
        reader.report(finding);
    }
}

/// What a declaration that begins with a word is meant to be.
fn meant(word: &str) -> Meant {
    match word {
        "type" => Meant::Type,
        "context" => Meant::Context,
        "role" | "open" | "custom" => Meant::Role,
        "policy" => Meant::Policy,
        "allow" | "deny" => Meant::Statement,
        _ => Meant::Other,
    }
}
