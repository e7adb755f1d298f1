//! Conditions as text again: on one line, without comments, with the parentheses that keep their meaning.
//!
//! What is displayed reads back as an equal tree, unless its parentheses nest deeper than the reader allows.

use super::{Expr, ExprKind, HasRole, LiteralKind};
use std::fmt::{self, Display, Formatter, Write};

/// How tightly the place of a part binds: what binds looser stands in parentheses there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Comparison,
    Operand,
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Or(parts) => joined(f, parts, " or ", Binding::And),
            ExprKind::And(parts) => joined(f, parts, " and ", Binding::Not),
            ExprKind::Not(part) => {
                f.write_str("not ")?;
                // `not a in b` would do; whoever does not know the language by heart would read it as `(not a) in b`.
                let at_most = if matches!(part.kind, ExprKind::Not(_)) { Binding::Not } else { Binding::Operand };
                within(f, part, at_most)
            }
            ExprKind::Compare { op, left, right } => {
                within(f, left, Binding::Operand)?;
                write!(f, " {} ", op.as_str())?;
                within(f, right, Binding::Operand)
            }
            ExprKind::Is { entity, type_name } => {
                within(f, entity, Binding::Operand)?;
                write!(f, " is {}", type_name.value)
            }
            ExprKind::Has { subject, role, on } => {
                within(f, subject, Binding::Operand)?;
                match role {
                    HasRole::Any => f.write_str(" has any role on ")?,
                    HasRole::Role(role) => write!(f, " has {} on ", role.text())?,
                }
                within(f, on, Binding::Operand)
            }
            ExprKind::Path(steps) => {
                for (at, step) in steps.iter().enumerate() {
                    let dot = if at == 0 { "" } else { "." };
                    write!(f, "{dot}{}", step.value)?;
                }
                Ok(())
            }
            ExprKind::Size(of) => write!(f, "size({of})"),
            ExprKind::Literal(literal) => literal.fmt(f),
            ExprKind::Broken => f.write_str("…"),
        }
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Expr], word: &str, binding: Binding) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(word)?;
        }
        within(f, part, binding)?;
    }
    Ok(())
}

/// A part, in parentheses where it binds looser than its place.
fn within(f: &mut Formatter<'_>, part: &Expr, place: Binding) -> fmt::Result {
    let binding = match part.kind {
        ExprKind::Or(_) => Binding::Or,
        ExprKind::And(_) => Binding::And,
        ExprKind::Not(_) => Binding::Not,
        ExprKind::Compare { .. } | ExprKind::Is { .. } | ExprKind::Has { .. } => Binding::Comparison,
        ExprKind::Path(_) | ExprKind::Size(_) | ExprKind::Literal(_) | ExprKind::Broken => Binding::Operand,
    };
    if binding < place { write!(f, "({part})") } else { part.fmt(f) }
}

impl Display for LiteralKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::String(text) => quoted(f, text),
            Self::Raw(text) => f.write_str(text),
            Self::Duration(length) => duration(f, *length),
            Self::List(items) => {
                f.write_char('[')?;
                for (at, item) in items.iter().enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    write!(f, "{comma}{}", item.value)?;
                }
                f.write_char(']')
            }
        }
    }
}

/// A text in double quotes, with the escapes of policy text.
fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for char in text.chars() {
        match char {
            '"' | '\\' => write!(f, "\\{char}")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            _ if is_hidden(char) => write!(f, "\\u{{{:x}}}", u32::from(char))?,
            _ => f.write_char(char)?,
        }
    }
    f.write_char('"')
}

/// Whether a character cannot be seen for what it is: controls, marks of writing direction, zero-width ones. Policy text
/// holds them as escapes only.
pub(crate) fn is_hidden(char: char) -> bool {
    (char.is_control() && !matches!(char, '\t' | '\n'))
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A duration in its largest whole unit.
fn duration(f: &mut Formatter<'_>, milliseconds: i64) -> fmt::Result {
    let seconds = milliseconds / 1_000;
    for (unit, length) in [("d", 86_400), ("h", 3_600), ("m", 60)] {
        if seconds != 0 && seconds % length == 0 {
            return write!(f, "{}{unit}", seconds / length);
        }
    }
    write!(f, "{seconds}s")
}
