//! Values that are to be written, and their text on one line or several.

use super::habits::Habits;
use crate::document::written as scalar;
use crate::document::{Node, NodeKind, ScalarStyle};

/// A value without a place.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Draft {
    Null,
    Text { text: String, only_text: bool },
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

/// Longer values are spread over lines where the file is not JSON.
const WIDTH: usize = 100;

impl Draft {
    pub(super) fn of(node: &Node) -> Self {
        match &node.kind {
            NodeKind::Null => Self::Null,
            NodeKind::Scalar(scalar) => {
                Self::Text { text: scalar.text.clone(), only_text: scalar.style != ScalarStyle::Plain }
            }
            NodeKind::Sequence(nodes) => Self::List(nodes.iter().map(Self::of).collect()),
            NodeKind::Mapping(entries) => {
                Self::Map(entries.iter().map(|entry| (entry.key.text.clone(), Self::of(&entry.value))).collect())
            }
        }
    }

    /// A name: of an entity, a role, a policy.
    pub(super) fn name(text: &str) -> Self {
        Self::Text { text: text.to_owned(), only_text: false }
    }

    /// A list, or the single value that may stand for a list of one.
    pub(super) fn one_or_many(mut drafts: Vec<Self>) -> Self {
        if drafts.len() == 1 { drafts.remove(0) } else { Self::List(drafts) }
    }

    /// A text that names something, or the one below a key.
    pub(super) fn said(&self, key: &str) -> &str {
        match self {
            Self::Text { text, .. } => text,
            Self::Map(entries) => entries.iter().find(|(name, _)| name == key).map_or("", |(_, draft)| draft.said(key)),
            _ => "",
        }
    }

    /// Without one of its keys.
    pub(super) fn without(self, key: &str) -> Self {
        match self {
            Self::Map(entries) => Self::Map(entries.into_iter().filter(|(name, _)| name != key).collect()),
            other => other,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text { .. } => false,
            Self::List(drafts) => drafts.is_empty(),
            Self::Map(entries) => entries.is_empty(),
        }
    }

    /// A list of single values.
    fn is_flat(&self) -> bool {
        matches!(self, Self::List(drafts) if drafts.iter().all(|draft| matches!(draft, Self::Text { .. } | Self::Null)))
    }
}

impl Habits {
    /// A single value or a key.
    pub(super) fn scalar(&self, text: &str, only_text: bool, flow: bool) -> String {
        if self.json { scalar::json(text, only_text) } else { scalar::yaml(text, only_text, flow) }
    }

    /// A key.
    pub(super) fn key(&self, text: &str, flow: bool) -> String {
        if self.json { scalar::quoted(text) } else { scalar::yaml(text, false, flow) }
    }

    /// A value in brackets, all of it on one line; spread over lines where the file is JSON that is, and the line it begins
    /// on is indented by `indent`.
    pub(super) fn flow_text(&self, draft: &Draft, indent: &str) -> String {
        match draft {
            Draft::Null => String::from("null"),
            Draft::Text { text, only_text } => self.scalar(text, *only_text, true),
            Draft::List(drafts) => {
                let inner = format!("{indent}{}", self.step);
                let parts: Vec<String> = drafts.iter().map(|draft| self.flow_text(draft, &inner)).collect();
                self.brackets(["[", "]"], &parts, self.spread_lists, "", indent)
            }
            Draft::Map(entries) => {
                let inner = format!("{indent}{}", self.step);
                let entry = |(key, draft): &(String, Draft)| {
                    format!("{}{}{}", self.key(key, true), self.colon, self.flow_text(draft, &inner))
                };
                let parts: Vec<String> = entries.iter().map(entry).collect();
                self.brackets(["{", "}"], &parts, self.spread, self.pad, indent)
            }
        }
    }

    fn brackets(&self, [open, close]: [&str; 2], parts: &[String], spread: bool, pad: &str, indent: &str) -> String {
        if parts.is_empty() {
            return format!("{open}{close}");
        }
        if spread {
            let line = format!("{}{indent}", self.newline);
            let step = &self.step;
            return format!("{open}{line}{step}{}{line}{close}", parts.join(&format!(",{line}{step}")));
        }
        format!("{open}{pad}{}{pad}{close}", parts.join(&format!(",{}", self.gap)))
    }

    /// What stands behind a key that is `indent` from the edge, mark included: on the key's line where it has room there,
    /// else on those below.
    pub(super) fn block_text(&self, draft: &Draft, indent: usize) -> (String, String) {
        let line = match draft {
            Draft::Text { text, only_text } => self.scalar(text, *only_text, false),
            _ => self.flow_text(draft, ""),
        };
        if draft.is_empty() || draft.is_flat() || line.len() + indent < WIDTH || matches!(draft, Draft::Text { .. }) {
            return (String::from(": "), line);
        }
        let inner = indent + if matches!(draft, Draft::List(_)) { self.dash } else { self.step.len() };
        let mark = format!(":{}{}", self.newline, " ".repeat(inner));
        (mark, self.lines(draft, inner))
    }

    /// A mapping or a list on lines of its own, from the first item on.
    pub(super) fn lines(&self, draft: &Draft, indent: usize) -> String {
        let between = format!("{}{}", self.newline, " ".repeat(indent));
        let parts: Vec<String> = match draft {
            Draft::Map(entries) => entries
                .iter()
                .map(|(key, draft)| {
                    let (mark, text) = self.block_text(draft, indent);
                    format!("{}{mark}{text}", self.key(key, false))
                })
                .collect(),
            Draft::List(drafts) => drafts
                .iter()
                .map(|draft| match draft {
                    Draft::Map(entries) if !entries.is_empty() && self.flow_text(draft, "").len() + indent >= WIDTH => {
                        format!("- {}", self.lines(draft, indent + 2))
                    }
                    Draft::Text { text, only_text } => format!("- {}", self.scalar(text, *only_text, false)),
                    _ => format!("- {}", self.flow_text(draft, "")),
                })
                .collect(),
            _ => vec![self.flow_text(draft, "")],
        };
        parts.join(&between)
    }
}
