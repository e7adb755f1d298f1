//! Reading changes from a document: one mapping a change, with one word that names it.

use super::{
    Assigned, AssignmentName, Change, ChangeAction, CustomRoleName, CustomRoleText, Field, LinkName, NewEntity,
    PolicyText,
};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::document::{Entry, Fields, Node, NodeKind};
use crate::schema::{parse_timestamp, split_entity, timestamp_help};
use crate::source::{Span, Spanned};

/// The words that name a change.
const WORDS: [&str; 12] = [
    "create",
    "delete",
    "set",
    "move",
    "assign",
    "revoke",
    "link",
    "unlink",
    "policy",
    "custom_role",
    "delete_policy",
    "delete_custom_role",
];

/// Reads a list of changes, or a single one.
///
/// What cannot be read is left out and found; with an error among the findings none of the changes may be made.
#[must_use]
pub fn read_list(node: &Node) -> (Vec<Change>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let changes = node.one_or_many().iter().filter_map(|node| read(node, &[], &mut diagnostics)).collect();
    (changes, diagnostics)
}

/// Reads one change. Keys in `others` are somebody else's and passed over.
pub fn read(node: &Node, others: &[&str], diagnostics: &mut Vec<Diagnostic>) -> Option<Change> {
    let entries = node.expect_mapping(diagnostics);
    let mut reader = Reader { diagnostics };
    let (mut word, mut by) = (None, None);
    for entry in entries {
        let key = entry.key.text.as_str();
        if key == "as" {
            by = reader.entity(&entry.value);
            // A change on behalf of somebody who cannot be read is nobody's.
            by.as_ref()?;
        } else if WORDS.contains(&key) {
            match word {
                None => word = Some(entry),
                Some(first) => reader.two(first, entry),
            }
        } else if !others.contains(&key) {
            let known = WORDS.iter().chain(&["as"]).chain(others).copied();
            let message = format!("unknown change `{key}`");
            let finding = Diagnostic::error(Code::UnknownKey, entry.key_span, message);
            reader.diagnostics.push(finding.maybe_help(did_you_mean(key, known)));
        }
    }
    let Some(word) = word else {
        if !reader.diagnostics.iter().any(Diagnostic::is_error) {
            let at = entries.first().map_or(node.span, |entry| entry.key_span);
            let finding = Diagnostic::error(Code::MissingKey, at, "the change does not say what is to change");
            reader.diagnostics.push(finding.help(format!("write one of `{}`", WORDS.join("`, `"))));
        }
        return None;
    };
    Some(Change { by, action: reader.action(word)?, span: word.key_span })
}

struct Reader<'d> {
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn two(&mut self, first: &Entry, second: &Entry) {
        let message = format!("`{}` and `{}` are two changes", first.key.text, second.key.text);
        self.diagnostics.push(
            Diagnostic::error(Code::WrongShape, second.key_span, message)
                .label(first.key_span, "the first")
                .help("give each a mapping of its own"),
        );
    }

    fn action(&mut self, word: &Entry) -> Option<ChangeAction> {
        let (at, node) = (word.key_span, &word.value);
        Some(match word.key.text.as_str() {
            "create" => ChangeAction::Create(self.new_entity(at, node)?),
            "delete" => ChangeAction::Delete { entity: self.entity(node)? },
            "set" => {
                let fields = self.fields(node, &["entity", "attributes", "settings"]);
                let entity = self.required(&fields, "entity", at).and_then(|node| self.entity(node));
                let (attributes, settings) = (self.values(&fields, "attributes"), self.values(&fields, "settings"));
                ChangeAction::Set { entity: entity?, attributes, settings }
            }
            "move" => self.moved(at, node)?,
            "assign" => ChangeAction::Assign(self.assigned(at, node)?),
            "revoke" => {
                let fields = self.fields(node, &["subject", "role", "on"]);
                ChangeAction::Revoke(self.assignment(&fields, at)?)
            }
            "link" => ChangeAction::Link(self.link(at, node)?),
            "unlink" => ChangeAction::Unlink(self.link(at, node)?),
            "policy" => ChangeAction::Policy(self.policy(at, node)?),
            "custom_role" => ChangeAction::CustomRole(self.custom_role(at, node)?),
            "delete_policy" => ChangeAction::DeletePolicy { name: self.deleted_policy(at, node)? },
            _ => {
                let fields = self.fields(node, &["name", "in"]);
                ChangeAction::DeleteCustomRole(self.custom_role_name(&fields, at)?)
            }
        })
    }

    fn new_entity(&mut self, at: Span, node: &Node) -> Option<NewEntity> {
        let fields = self.fields(node, &["entity", "in", "attributes", "settings"]);
        let entity = self.required(&fields, "entity", at).and_then(|node| self.entity(node));
        let parents = fields.get("in").map_or(&[][..], Node::one_or_many);
        let before = self.diagnostics.len();
        let parents: Vec<Spanned<String>> = parents.iter().filter_map(|node| self.entity(node)).collect();
        let sound = self.diagnostics.len() == before;
        let (attributes, settings) = (self.values(&fields, "attributes"), self.values(&fields, "settings"));
        Some(NewEntity { entity: entity?, parents, attributes, settings }).filter(|_| sound)
    }

    fn moved(&mut self, at: Span, node: &Node) -> Option<ChangeAction> {
        let fields = self.fields(node, &["entity", "from", "to"]);
        let entity = self.required(&fields, "entity", at).and_then(|node| self.entity(node));
        let mut side = |key| match fields.get(key).filter(|node| !matches!(node.kind, NodeKind::Null)) {
            Some(node) => self.entity(node).map(Some),
            None => Some(None),
        };
        let (from, to) = (side("from"), side("to"));
        let (entity, from, to) = (entity?, from?, to?);
        if from.is_none() && to.is_none() {
            let finding = Diagnostic::error(Code::MissingKey, at, "the move names neither `from` nor `to`");
            self.diagnostics.push(finding.help("`to` adds a parent, `from` takes one away, both move the entity"));
            return None;
        }
        Some(ChangeAction::Move { entity, from, to })
    }

    fn assigned(&mut self, at: Span, node: &Node) -> Option<Assigned> {
        let fields = self.fields(node, &["subject", "role", "on", "since", "until"]);
        let name = self.assignment(&fields, at);
        let (since, until) = (self.moment(&fields, "since"), self.moment(&fields, "until"));
        let (name, since, until) = (name?, since?, until?);
        if let (Some((since, since_span)), Some((until, until_span))) = (since, until)
            && since >= until
        {
            let finding = Diagnostic::error(Code::EmptyInterval, until_span, "the assignment ends before it begins")
                .here("ends here")
                .label(since_span, "begins here");
            self.diagnostics.push(finding.help("an assignment counts from `since` on, and no longer at `until`"));
            return None;
        }
        Some(Assigned { name, since: since.map(|(at, _)| at), until: until.map(|(at, _)| at) })
    }

    fn assignment(&mut self, fields: &Fields<'_>, at: Span) -> Option<AssignmentName> {
        let subject = self.required(fields, "subject", at).and_then(|node| self.subject(node));
        let role = self.required(fields, "role", at).and_then(|node| self.text(node));
        let on = self.required(fields, "on", at).and_then(|node| self.entity(node));
        Some(AssignmentName { subject: subject?, role: role?, on: on? })
    }

    fn link(&mut self, at: Span, node: &Node) -> Option<LinkName> {
        let fields = self.fields(node, &["policy", "on"]);
        let policy = self.required(&fields, "policy", at).and_then(|node| self.text(node));
        let on = self.required(&fields, "on", at).and_then(|node| self.entity(node));
        Some(LinkName { policy: policy?, on: on? })
    }

    /// An org policy with its name beside what stands in it.
    fn policy(&mut self, at: Span, node: &Node) -> Option<PolicyText> {
        let (name, rest) = self.named(at, node)?;
        let organization = match rest.get("in") {
            Some(node) => Some(self.entity(node)?),
            None => None,
        };
        Some(PolicyText { name, organization, node: rest })
    }

    /// A custom role with its name beside what stands in it.
    fn custom_role(&mut self, at: Span, node: &Node) -> Option<CustomRoleText> {
        let (name, rest) = self.named(at, node)?;
        let Some(organization) = rest.get("in") else {
            let finding = Diagnostic::error(Code::MissingKey, at, "the key `in` is missing");
            self.diagnostics.push(finding.help("name the entity that the role belongs to"));
            return None;
        };
        let organization = self.entity(organization)?;
        Some(CustomRoleText { name: CustomRoleName { name, organization }, node: rest })
    }

    fn custom_role_name(&mut self, fields: &Fields<'_>, at: Span) -> Option<CustomRoleName> {
        let name = self.required(fields, "name", at).and_then(|node| self.text(node));
        let organization = self.required(fields, "in", at).and_then(|node| self.entity(node));
        Some(CustomRoleName { name: name?, organization: organization? })
    }

    /// The name alone, or a mapping that holds it, as the changes beside it have it.
    fn deleted_policy(&mut self, at: Span, node: &Node) -> Option<Spanned<String>> {
        if matches!(node.kind, NodeKind::Mapping(_)) {
            let fields = self.fields(node, &["name"]);
            return self.required(&fields, "name", at).and_then(|node| self.text(node));
        }
        self.text(node)
    }

    /// The value of `name`, and the mapping without it.
    fn named(&mut self, at: Span, node: &Node) -> Option<(Spanned<String>, Node)> {
        let entries = node.expect_mapping(self.diagnostics);
        let Some(name) = entries.iter().find(|entry| entry.key.text == "name") else {
            if matches!(node.kind, NodeKind::Mapping(_) | NodeKind::Null) {
                self.diagnostics.push(Diagnostic::error(Code::MissingKey, at, "the key `name` is missing"));
            }
            return None;
        };
        let rest = entries.iter().filter(|entry| entry.key.text != "name").cloned().collect();
        Some((self.text(&name.value)?, Node { span: node.span, kind: NodeKind::Mapping(rest) }))
    }

    fn fields<'n>(&mut self, node: &'n Node, known: &'static [&'static str]) -> Fields<'n> {
        Fields::read(node, known, self.diagnostics)
    }

    fn required<'n>(&mut self, fields: &Fields<'n>, key: &str, at: Span) -> Option<&'n Node> {
        fields.require(key, at, self.diagnostics)
    }

    fn values(&mut self, fields: &Fields<'_>, key: &str) -> Vec<Field> {
        let entries = fields.get(key).map_or(&[][..], |node| node.expect_mapping(self.diagnostics));
        let field = |entry: &Entry| Field {
            key: Spanned::new(entry.key.text.clone(), entry.key_span),
            value: entry.value.clone(),
        };
        entries.iter().map(field).collect()
    }

    /// A bound that may be left out or `null`; nothing where it is no moment.
    #[expect(clippy::option_option, reason = "a bound that is not there is no mistake")]
    fn moment(&mut self, fields: &Fields<'_>, key: &str) -> Option<Option<(i64, Span)>> {
        let Some(node) = fields.get(key).filter(|node| !matches!(node.kind, NodeKind::Null)) else { return Some(None) };
        let text = self.text(node)?;
        let moment = parse_timestamp(&text);
        if moment.is_none() {
            let message = format!("expected a timestamp, found `{}`", text.value);
            let finding = Diagnostic::error(Code::InvalidLiteral, node.span, message);
            self.diagnostics.push(finding.help(timestamp_help(&text)));
        }
        moment.map(|at| Some((at, node.span)))
    }

    fn text(&mut self, node: &Node) -> Option<Spanned<String>> {
        node.expect_scalar(self.diagnostics).map(|scalar| Spanned::new(scalar.text.clone(), node.span))
    }

    fn entity(&mut self, node: &Node) -> Option<Spanned<String>> {
        let text = self.text(node)?;
        if split_entity(&text).is_none() {
            let message = format!("`{}` is no entity", text.value);
            let finding = Diagnostic::error(Code::InvalidEntity, node.span, message);
            self.diagnostics.push(finding.help("write `type:id`, the id without white space or `#`"));
            return None;
        }
        Some(text)
    }

    fn subject(&mut self, node: &Node) -> Option<Spanned<String>> {
        let text = self.text(node)?;
        let (entity, role) = text.split_once('#').map_or((text.as_str(), None), |(on, role)| (on, Some(role)));
        let sound = |role: &str| !role.is_empty() && !role.contains(|c: char| c.is_whitespace() || "#:".contains(c));
        if split_entity(entity).is_none() || !role.is_none_or(sound) {
            let message = format!("`{}` is no subject", text.value);
            let finding = Diagnostic::error(Code::InvalidEntity, node.span, message);
            self.diagnostics.push(finding.help("write `type:id`, or `type:id#role` for whoever holds that role there"));
            return None;
        }
        Some(text)
    }
}
