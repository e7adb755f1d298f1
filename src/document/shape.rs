//! What the readers of a document ask of a node: to be a mapping, a list or a single value, and to have known keys only.
//!
//! Every accessor reports what it does not find, in the same words for policies, directories and tests.

use super::{Entry, Node, NodeKind, Scalar};
use crate::diagnostics::{Code, Diagnostic, did_you_mean, near_miss};
use crate::source::Span;

impl Node {
    /// The entries of a mapping; an error for anything else. Nothing is an empty mapping.
    pub fn expect_mapping(&self, diagnostics: &mut Vec<Diagnostic>) -> &[Entry] {
        match &self.kind {
            NodeKind::Mapping(entries) => entries,
            NodeKind::Null => &[],
            _ => {
                diagnostics.push(self.wrong_shape("a mapping"));
                &[]
            }
        }
    }

    /// The elements of a list; an error for anything else. Nothing is an empty list.
    pub fn expect_list(&self, diagnostics: &mut Vec<Diagnostic>) -> &[Node] {
        match &self.kind {
            NodeKind::Sequence(nodes) => nodes,
            NodeKind::Null => &[],
            _ => {
                diagnostics.push(self.wrong_shape("a list"));
                &[]
            }
        }
    }

    /// A single value; an error for anything else, nothing included.
    pub fn expect_scalar(&self, diagnostics: &mut Vec<Diagnostic>) -> Option<&Scalar> {
        let scalar = self.scalar();
        if scalar.is_none() {
            diagnostics.push(self.wrong_shape("a single value"));
        }
        scalar
    }

    /// The single values of a list, or the one that stands for a list of one; an error for each other element.
    pub fn expect_scalars(&self, diagnostics: &mut Vec<Diagnostic>) -> Vec<(&Scalar, Span)> {
        if matches!(self.kind, NodeKind::Mapping(_)) {
            diagnostics.push(self.wrong_shape("a single value or a list"));
            return Vec::new();
        }
        let nodes = self.one_or_many().iter();
        nodes.filter_map(|node| Some((node.expect_scalar(diagnostics)?, node.span))).collect()
    }

    /// `true` or `false`, unquoted; an error for anything else.
    pub fn expect_bool(&self, diagnostics: &mut Vec<Diagnostic>) -> Option<bool> {
        match self.scalar() {
            Some(Scalar { text, style: super::ScalarStyle::Plain, .. }) if text == "true" => Some(true),
            Some(Scalar { text, style: super::ScalarStyle::Plain, .. }) if text == "false" => Some(false),
            Some(scalar) => {
                let message = format!("expected `true` or `false`, found `{}`", scalar.text);
                diagnostics.push(Diagnostic::error(Code::WrongShape, self.span, message));
                None
            }
            None => {
                diagnostics.push(self.wrong_shape("`true` or `false`"));
                None
            }
        }
    }

    /// The finding that this is not what is wanted: `expected a list, found a mapping`.
    #[must_use]
    pub fn wrong_shape(&self, wanted: &str) -> Diagnostic {
        let message = format!("expected {wanted}, found {}", self.describe());
        Diagnostic::error(Code::WrongShape, self.shown(), message)
    }

    /// The place to show for the whole node: the first key or element of a mapping or list, which may be pages long.
    fn shown(&self) -> Span {
        match &self.kind {
            NodeKind::Mapping(entries) => entries.first().map_or(self.span, |entry| entry.key_span),
            NodeKind::Sequence(nodes) => nodes.first().map_or(self.span, |node| node.span),
            _ => self.span,
        }
    }
}

/// The finding for a key that means nothing where it stands.
#[must_use]
pub fn unknown_key(entry: &Entry, known: &[&str]) -> Diagnostic {
    unknown_key_at(&entry.key.text, entry.key_span, known)
}

/// The finding for a key at a place that means nothing there.
#[must_use]
pub fn unknown_key_at(key: &str, span: Span, known: &[&str]) -> Diagnostic {
    // `open:true` without the space is one long key in YAML.
    let glued = key.split_once(':').filter(|(before, _)| known.contains(before));
    let help = match glued {
        Some((before, after)) => Some(format!("put a space after the colon: `{before}: {after}`")),
        None => did_you_mean(key, known.iter().copied()),
    };
    Diagnostic::error(Code::UnknownKey, span, format!("unknown key `{key}`")).maybe_help(help)
}

/// The entries of a mapping whose keys are given, each known.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'n> {
    entries: &'n [Entry],
    known: &'static [&'static str],
}

impl<'n> Fields<'n> {
    /// The fields of a mapping; an error for another shape and for each key that is not among `known`.
    pub fn read(node: &'n Node, known: &'static [&'static str], diagnostics: &mut Vec<Diagnostic>) -> Self {
        let entries = node.expect_mapping(diagnostics);
        for entry in entries {
            if !known.contains(&entry.key.text.as_str()) {
                diagnostics.push(unknown_key(entry, known));
            }
        }
        Self { entries, known }
    }

    /// The entries, in the order written, the unknown ones included.
    #[must_use]
    pub fn entries(&self) -> &'n [Entry] {
        self.entries
    }

    /// The key that an entry has, or, where that is misspelt, was most likely meant to have: an error was reported, and what
    /// stands there is not missing elsewhere.
    #[must_use]
    pub fn meant(&self, entry: &'n Entry) -> &'n str {
        let key = entry.key.text.as_str();
        let near = || near_miss(key, self.known.iter().copied()).filter(|near| self.entry(near).is_none());
        if self.known.contains(&key) { key } else { near().unwrap_or(key) }
    }

    /// The entry of a key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|entry| entry.key.text == key)
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The value of a key that must be there; an error at `at` where it is not.
    pub fn require(&self, key: &str, at: Span, diagnostics: &mut Vec<Diagnostic>) -> Option<&'n Node> {
        let value = self.get(key);
        if value.is_none() {
            diagnostics.push(Diagnostic::error(Code::MissingKey, at, format!("the key `{key}` is missing")));
        }
        value
    }
}
