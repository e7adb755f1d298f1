//! `roles`: who is assigned what on an entity, and from when until when.

use super::read::{Reader, joined};
use super::{Mention, RoleKey, Window, WrittenAssignment};
use crate::diagnostics::{Code, Diagnostic};
use crate::document::{Entry, Node, NodeKind, unknown_key};
use crate::schema::{parse_timestamp, split_entity, timestamp_help};
use crate::source::Span;

/// Keys of an assignment written as a mapping.
const KEYS: [&str; 3] = ["subject", "since", "until"];

impl Reader {
    pub(super) fn roles(&mut self, entity: Mention, entry: &Entry) {
        let entries = match &entry.value.kind {
            NodeKind::Null => return,
            NodeKind::Mapping(entries) => entries,
            _ => return self.wrong_shape(&entry.value, "a mapping"),
        };
        for role in entries {
            let name = Mention { text: self.tree.texts.intern(&role.key.text), span: role.key_span };
            let key = u32::try_from(self.tree.role_keys.len()).unwrap_or(u32::MAX);
            self.tree.role_keys.push(RoleKey { entity: entity.text, at: entity.span, role: name });
            for node in role.value.one_or_many() {
                self.assignment(key, node);
            }
        }
    }

    fn assignment(&mut self, key: u32, node: &Node) {
        match &node.kind {
            NodeKind::Scalar(scalar) => self.subject(key, &scalar.text, node.span, None),
            NodeKind::Mapping(entries) => self.bounded(key, node, entries),
            _ => self.wrong_shape(node, "a subject"),
        }
    }

    /// `{ subject: …, since: …, until: … }`.
    fn bounded(&mut self, key: u32, node: &Node, entries: &[Entry]) {
        if let Some(joined) =
            joined(node).filter(|_| !entries.iter().any(|entry| KEYS.contains(&entry.key.text.as_str())))
        {
            self.findings.error(|| {
                Diagnostic::error(Code::InvalidEntity, node.span, "a subject has no space after its colon")
                    .help(format!("write `{joined}`"))
            });
            return;
        }
        let (mut subject, mut since, mut until) = (None, None, None);
        for entry in entries {
            match entry.key.text.as_str() {
                "subject" => subject = Some(&entry.value),
                "since" => since = self.moment(&entry.value),
                "until" => until = self.moment(&entry.value),
                _ => self.findings.error(|| unknown_key(entry, &KEYS)),
            }
        }
        let Some(subject) = subject else {
            self.findings.error(|| {
                Diagnostic::error(Code::MissingKey, node.span, "the key `subject` is missing")
                    .help("write `{ subject: type:id, until: 2026-12-31T00:00:00Z }`")
            });
            return;
        };
        let Some(scalar) = self.scalar(subject) else { return };
        let window = self.window(since, until);
        self.subject(key, &scalar.text, subject.span, window);
    }

    /// The bounds of an assignment, if it has any.
    pub(super) fn window(&mut self, since: Option<(i64, Span)>, until: Option<(i64, Span)>) -> Option<u32> {
        if let (Some((since, since_span)), Some((until, until_span))) = (since, until)
            && since >= until
        {
            self.findings.error(|| {
                Diagnostic::error(Code::EmptyInterval, until_span, "the assignment ends before it begins")
                    .here("ends here")
                    .label(since_span, "begins here")
                    .help("an assignment counts from `since` on, and no longer at `until`")
            });
        }
        if since.is_none() && until.is_none() {
            return None;
        }
        let index = u32::try_from(self.tree.windows.len()).unwrap_or(u32::MAX);
        self.tree.windows.push(Window { since: since.map(|(at, _)| at), until: until.map(|(at, _)| at) });
        Some(index)
    }

    /// A bound; `null` is none.
    fn moment(&mut self, node: &Node) -> Option<(i64, Span)> {
        if matches!(node.kind, NodeKind::Null) {
            return None;
        }
        let scalar = self.scalar(node)?;
        self.moment_text(&scalar.text, node.span)
    }

    /// The moment that a text names.
    pub(super) fn moment_text(&mut self, text: &str, span: Span) -> Option<(i64, Span)> {
        let moment = parse_timestamp(text);
        if moment.is_none() {
            self.findings.error(|| {
                Diagnostic::error(Code::InvalidLiteral, span, format!("expected a timestamp, found `{text}`"))
                    .help(timestamp_help(text))
            });
        }
        moment.map(|at| (at, span))
    }

    /// `type:id` or `type:id#role`.
    pub(super) fn subject(&mut self, key: u32, text: &str, span: Span, window: Option<u32>) {
        let (entity, role) = match text.split_once('#') {
            Some((entity, role)) => (entity, Some(role)),
            None => (text, None),
        };
        let role_is_sound = role
            .is_none_or(|role| !role.is_empty() && !role.contains(|c: char| c.is_whitespace() || c == '#' || c == ':'));
        if split_entity(entity).is_none() || !role_is_sound {
            self.findings.error(|| {
                Diagnostic::error(Code::InvalidEntity, span, format!("`{text}` is no subject"))
                    .help("write `type:id`, or `type:id#role` for whoever holds that role there")
            });
            return;
        }
        let entity = self.tree.texts.intern(entity);
        let userset = role.map(|role| self.tree.texts.intern(role));
        self.tree.assignments.push(WrittenAssignment { key, entity, userset, span, window });
    }
}
