//! From a layout to text.
//!
//! A group is put on one line where it has room, with what must follow it on that line; its comments must all stand
//! before its first token or behind its last. Where a comment stands in a place at which no line may end, one ends there
//! all the same, and the next is further from the edge. The width of comments does not count: no comment changes how the
//! rest is laid out, but by where it stands.

use super::super::STEP;
use super::doc::{Doc, Stands};
use super::token::Token;

/// Lines are no longer than this where they can be broken: two of them stand beside each other on a screen.
const WIDTH: usize = 100;

/// What stands between the last token and the next.
#[derive(Clone, Copy)]
enum Gap {
    Nothing,
    Space,
    Line { indent: usize, blank: bool },
}

/// Whether the lines of a group may end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    OneLine,
    Spread,
}

#[derive(Clone, Copy)]
struct Step<'d> {
    indent: usize,
    mode: Mode,
    doc: &'d Doc,
}

struct Printer<'d> {
    tokens: &'d [Token<'d>],
    out: String,
    column: usize,
    gap: Gap,
    /// Whether a comment ends the line so far.
    commented: bool,
    todo: Vec<Step<'d>>,
}

/// The text of a layout.
pub(super) fn print(tokens: &[Token<'_>], doc: &Doc) -> String {
    let mut printer =
        Printer { tokens, out: String::new(), column: 0, gap: Gap::Nothing, commented: false, todo: Vec::new() };
    printer.todo.push(Step { indent: 0, mode: Mode::Spread, doc });
    while let Some(step) = printer.todo.pop() {
        printer.step(step);
    }
    printer.out
}

/// The text of a layout on one line, without its comments.
pub(in crate::format) fn on_one_line(tokens: &[Token<'_>], doc: &Doc) -> String {
    let mut out = String::new();
    let mut todo = vec![doc];
    while let Some(doc) = todo.pop() {
        match doc {
            Doc::Token(at) | Doc::Close(at) | Doc::Comma { at, stands: Stands::OneLine } => {
                out.push_str(tokens.get(*at).map_or("", |token| token.text));
            }
            Doc::Comma { .. } | Doc::Line { space: false, .. } => {}
            Doc::Space | Doc::Line { .. } | Doc::Hard { .. } => out.push(' '),
            Doc::Concat(parts) | Doc::Group(parts) | Doc::Indent(parts) => todo.extend(parts.iter().rev()),
        }
    }
    out
}

impl<'d> Printer<'d> {
    fn step(&mut self, step: Step<'d>) {
        let Step { indent, mode, doc } = step;
        match doc {
            Doc::Token(at) => self.token(*at, indent, false),
            Doc::Close(at) => self.token(*at, indent, true),
            Doc::Comma { at, stands } if self.stands(*at, *stands, mode) => self.token(*at, indent, false),
            Doc::Comma { .. } => {}
            Doc::Space => self.space(),
            Doc::Line { space, blank } => match mode {
                Mode::Spread => self.gap = Gap::Line { indent, blank: *blank },
                Mode::OneLine if *space => self.space(),
                Mode::OneLine => {}
            },
            Doc::Hard { blank } => self.gap = Gap::Line { indent, blank: *blank },
            Doc::Concat(parts) => self.put(parts, indent, mode),
            Doc::Indent(parts) => self.put(parts, indent + STEP, mode),
            Doc::Group(parts) => {
                let fits = mode == Mode::OneLine || self.fits(parts, indent);
                self.put(parts, indent, if fits { Mode::OneLine } else { Mode::Spread });
            }
        }
    }

    fn put(&mut self, parts: &'d [Doc], indent: usize, mode: Mode) {
        self.todo.extend(parts.iter().rev().map(|doc| Step { indent, mode, doc }));
    }

    fn space(&mut self) {
        if matches!(self.gap, Gap::Nothing) {
            self.gap = Gap::Space;
        }
    }

    /// Whether a comma that means nothing is there.
    fn stands(&self, at: usize, stands: Stands, mode: Mode) -> bool {
        let wanted = match stands {
            Stands::Spread => mode == Mode::Spread,
            Stands::OneLine => mode == Mode::OneLine,
            Stands::Never => false,
        };
        wanted || self.tokens.get(at).is_some_and(Token::is_commented)
    }

    fn token(&mut self, at: usize, indent: usize, closes: bool) {
        let Some(token) = self.tokens.get(at) else { return };
        let begins = self.out.is_empty();
        let mut gap = std::mem::replace(&mut self.gap, Gap::Nothing);
        if (self.commented || !token.before.is_empty()) && !matches!(gap, Gap::Line { .. }) {
            let further = if closes || begins { 0 } else { STEP };
            gap = Gap::Line { indent: indent + further, blank: false };
        }
        match gap {
            Gap::Nothing => {}
            Gap::Space => {
                self.out.push(' ');
                self.column += 1;
            }
            Gap::Line { indent, blank } => {
                let inner = if closes { indent + STEP } else { indent };
                let mut kept = blank;
                for comment in &token.before {
                    self.line(inner, comment.blank && kept);
                    self.out.push_str(comment.text);
                    kept = true;
                }
                if !token.text.is_empty() {
                    self.line(indent, token.blank && kept && !closes);
                }
            }
        }
        self.out.push_str(token.text);
        self.column += width(token);
        self.commented = token.after.is_some();
        if let Some(comment) = token.after {
            self.out.push_str("  ");
            self.out.push_str(comment);
        }
    }

    /// Begins a line, behind an empty one if wanted.
    fn line(&mut self, indent: usize, blank: bool) {
        if !self.out.is_empty() {
            self.out.push_str(if blank { "\n\n" } else { "\n" });
        }
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
    }

    /// Whether a group has room on the line, with what follows it up to where a line may end.
    fn fits(&self, group: &'d [Doc], indent: usize) -> bool {
        let mut column = match self.gap {
            _ if self.commented && !matches!(self.gap, Gap::Line { .. }) => indent + STEP,
            Gap::Nothing => self.column,
            Gap::Space => self.column + 1,
            Gap::Line { indent, .. } => indent,
        };
        let mut inside: Vec<&Doc> = group.iter().rev().collect();
        let mut behind = self.todo.iter().rev();
        // Parts of what follows, with the modes that they are in.
        let mut after: Vec<Step<'_>> = Vec::new();
        let (mut begun, mut commented) = (false, false);
        loop {
            let (doc, within, mode) = if let Some(doc) = inside.pop() {
                (doc, true, Mode::OneLine)
            } else if let Some(step) = after.pop().or_else(|| behind.next().copied()) {
                (step.doc, false, step.mode)
            } else {
                return true;
            };
            let token = match doc {
                Doc::Token(at) | Doc::Close(at) => self.tokens.get(*at),
                Doc::Comma { at, stands } => self.tokens.get(*at).filter(|_| self.stands(*at, *stands, mode)),
                Doc::Space => {
                    column += 1;
                    None
                }
                Doc::Line { space, .. } if mode == Mode::OneLine => {
                    column += usize::from(*space);
                    None
                }
                Doc::Line { .. } | Doc::Hard { .. } => return !within,
                Doc::Concat(parts) | Doc::Group(parts) | Doc::Indent(parts) => {
                    if within {
                        inside.extend(parts.iter().rev());
                    } else {
                        // A group that follows may yet be spread; its first words are on this line at any rate.
                        let mode = if matches!(doc, Doc::Group(_)) { Mode::Spread } else { mode };
                        after.extend(parts.iter().rev().map(|doc| Step { indent: 0, mode, doc }));
                    }
                    None
                }
            };
            if let Some(token) = token {
                if commented || begun && !token.before.is_empty() {
                    return !within;
                }
                column += width(token);
                begun = true;
                commented = token.after.is_some();
            }
            if column > WIDTH {
                return false;
            }
        }
    }
}

fn width(token: &Token<'_>) -> usize {
    token.text.chars().count()
}
