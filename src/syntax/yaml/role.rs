//! Roles: those of a policy file, and the custom ones that a directory holds.

use super::reader::Reader;
use crate::diagnostics::{Code, Diagnostic};
use crate::document::{Entry, Fields, Node, NodeKind};
use crate::source::Span;
use crate::syntax::ast::{AssignedBy, Effect, EntityRef, Implication, Open, RoleDecl, RoleItem, RoleRef};
use crate::syntax::dsl::fragment;

const ROLE_KEYS: &[&str] = &[
    "doc",
    "open",
    "open when",
    "custom",
    "in",
    "extends",
    "requires",
    "assigned by",
    "assigned freely by",
    "when",
    "allow",
    "deny",
    "implies",
    "without",
];

impl Reader {
    /// The roles under `roles`.
    pub(super) fn roles_of(&mut self, node: &Node) -> Vec<RoleDecl> {
        let mut roles = Vec::new();
        let mut above = None;
        for entry in self.entries(node) {
            match above {
                Some(above) if ROLE_KEYS.contains(&entry.key.text.as_str()) => self.not_indented(entry, above),
                _ => {
                    above = Some(entry);
                    roles.extend(self.role(entry));
                }
            }
        }
        roles
    }

    /// A role under `roles`.
    fn role(&mut self, entry: &Entry) -> Option<RoleDecl> {
        let name = self.fragment(&entry.key, entry.key_span, fragment::role_ref);
        let fields = self.fields(&entry.value, ROLE_KEYS);
        self.role_body(name, &fields)
    }

    /// A role under `custom_roles` of a directory.
    pub(super) fn custom_role(
        &mut self,
        name: &str,
        name_span: Span,
        node: &Node,
        organization: Option<EntityRef>,
    ) -> Option<RoleDecl> {
        let parsed = fragment::role_ref(name, &|start, end| within(name, name_span, start, end));
        self.diagnostics.extend(parsed.diagnostics);
        let fields = self.fields(node, ROLE_KEYS);
        for key in ["open", "open when"] {
            if let Some(entry) = fields.entry(key) {
                let message = format!("a custom role cannot be `{key}`");
                self.report(Diagnostic::error(Code::OpenRole, entry.key_span, message).help("remove the key"));
            }
        }
        let decl = self.role_body(parsed.tree, &fields)?;
        let organization = decl.organization.clone().or(organization);
        Some(RoleDecl { open: Open::No, custom: true, organization, ..decl })
    }

    /// What stands under a role's name. It is read where the name is broken too, as it may hold other mistakes.
    fn role_body(&mut self, name: Option<RoleRef>, fields: &Fields<'_>) -> Option<RoleDecl> {
        let doc = self.doc(fields.get("doc"));
        let open = self.open(fields);
        let custom = self.flag(fields.get("custom"));
        let organization = fields.get("in").and_then(|node| self.entity(node));
        let extends = fields.get("extends").map(|node| self.roles(node)).unwrap_or_default();
        let requires = fields.get("requires").map(|node| self.roles(node)).unwrap_or_default();
        let assigned_by = self.assigned_by(fields);
        let when = fields.get("when").map(|node| self.condition(node));
        let body = self.role_items(fields);
        Some(RoleDecl { doc, open, custom, name: name?, organization, extends, requires, assigned_by, when, body })
    }

    fn open(&mut self, fields: &Fields<'_>) -> Open {
        let open = self.flag(fields.get("open"));
        match fields.entry("open when") {
            Some(condition) => {
                if let Some(said) = fields.entry("open").filter(|_| !open) {
                    self.exclude(said, condition);
                }
                Open::When(self.condition(&condition.value))
            }
            None if open => Open::Always,
            None => Open::No,
        }
    }

    fn assigned_by(&mut self, fields: &Fields<'_>) -> Option<AssignedBy> {
        let (by, freely) = (fields.entry("assigned by"), fields.entry("assigned freely by"));
        if let (Some(by), Some(freely)) = (by, freely) {
            self.exclude(by, freely);
        }
        let entry = freely.or(by)?;
        Some(AssignedBy { freely: freely.is_some(), permissions: self.permissions(&entry.value) })
    }

    /// What would stand in the braces, in the order written.
    fn role_items(&mut self, fields: &Fields<'_>) -> Vec<RoleItem> {
        let mut items = Vec::new();
        for entry in fields.entries() {
            match entry.key.text.as_str() {
                "allow" => items.extend(self.items(Effect::Allow, entry).into_iter().map(RoleItem::Statement)),
                "deny" => items.extend(self.items(Effect::Deny, entry).into_iter().map(RoleItem::Statement)),
                "implies" => items.extend(self.implications(&entry.value).into_iter().map(RoleItem::Implies)),
                "without" => items.push(RoleItem::Without(self.patterns(&entry.value))),
                _ => {}
            }
        }
        items
    }

    /// The implications of a list. Roles that follow each other without a condition are one implication.
    fn implications(&mut self, node: &Node) -> Vec<Implication> {
        let mut implications = Vec::new();
        let mut bare: Vec<RoleRef> = Vec::new();
        for item in self.values(node, "a role") {
            if !matches!(item.kind, NodeKind::Mapping(_)) {
                bare.extend(self.value(item, "a role", fragment::role_ref));
                continue;
            }
            implications.push(Implication { roles: std::mem::take(&mut bare), when: None });
            let fields = self.fields(item, &["role", "roles", "when"]);
            let roles = match (fields.entry("role"), fields.entry("roles")) {
                (Some(role), Some(roles)) => {
                    self.exclude(role, roles);
                    Vec::new()
                }
                (Some(entry), None) | (None, Some(entry)) => self.roles(&entry.value),
                (None, None) => {
                    let at = fields.entries().first().map_or(item.span, |entry| entry.key_span);
                    self.missing("role", at, "write `role: team.admin` beside it");
                    Vec::new()
                }
            };
            implications.push(Implication { roles, when: fields.get("when").map(|node| self.condition(node)) });
        }
        implications.push(Implication { roles: bare, when: None });
        implications.retain(|implication| !implication.roles.is_empty());
        implications
    }
}

/// The place of `start..end` of a name whose whole place is known: exact where the name stands there letter for letter.
fn within(name: &str, span: Span, start: u32, end: u32) -> Span {
    if span.end.saturating_sub(span.start) as usize == name.len() {
        Span::new(span.file, span.start.saturating_add(start), span.start.saturating_add(end))
    } else {
        span
    }
}
