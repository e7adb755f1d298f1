//! The bulk form of a directory: one JSON object a line, in any order, read without the rest of the file.
//!
//! ```json
//! {"entity":"run:42","in":"project:p1","attributes":{"created_by":"user:cy"},"settings":{},"policy":[]}
//! {"assign":{"subject":"user:cy","role":"member","on":"team:research","until":"2026-12-31T00:00:00Z"}}
//! {"policy":{"name":"spot","in":"organization:acme","settings":{"queues":["cpu"]}}}
//! {"custom_role":{"name":"team.reporter","in":"organization:acme","extends":"team.viewer"}}
//! ```
//! Each line becomes records of the same [`DirectoryTree`] that a document becomes, and its mistakes read the same. A
//! line that cannot be read costs that line: the others are read all the same.

use super::read::Reader;
use super::{CustomRoleEntry, DirectoryTree, Mention, ParentMention, PolicyEntry, RoleKey};
use super::{Written, WrittenField, WrittenLink};
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::findings::Findings;
use crate::document::{JsonFault, JsonLine, JsonMember, JsonMembers, JsonValue, Node, NodeKind, unknown_key_at};
use crate::source::{FileId, Span, Spanned};

/// What a line may be, by its key.
const LINES: [&str; 6] = ["entity", "assign", "policy", "custom_role", "rolebook", "kind"];

/// Keys of an entity's line.
const ENTITY: [&str; 5] = ["entity", "in", "attributes", "settings", "policy"];

/// Keys of an assignment.
const ASSIGN: [&str; 5] = ["subject", "role", "on", "since", "until"];

/// How many bytes the lines of org policies and custom roles may take together. They are compiled with the policy, and
/// their text is kept; everything else is small records.
const DECLARATIONS: usize = 32 << 20;

/// A file is taken for something else when so many lines and none before them is an object.
const STRANGE: usize = 20;

/// Reads a bulk directory, a line at a time.
#[derive(Debug)]
pub struct BulkReader {
    file: FileId,
    reader: Reader,
    /// What was found wrong with the lines before the first that is an object; afterwards none.
    strange: Option<Vec<Diagnostic>>,
    /// Bytes of the lines that are compiled with the policy.
    declarations: usize,
    /// Whether no more lines are wanted.
    ended: bool,
}

/// What a line comes to, or why it is no JSON.
type Step<T> = Result<T, JsonFault>;

impl BulkReader {
    /// A reader of a file's lines.
    #[must_use]
    pub fn new(file: FileId) -> Self {
        let tree = DirectoryTree { bulk: true, ..DirectoryTree::default() };
        let reader = Reader { tree, findings: Findings::default() };
        Self { file, reader, strange: Some(Vec::new()), declarations: 0, ended: false }
    }

    /// Whether the lines that follow are not wanted: the file is something else.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Reads a line that begins at byte `start`, without its line break; `closed` says whether it has one. Whether the
    /// text of the line will be asked for again.
    pub fn line(&mut self, start: u32, text: &str, closed: bool) -> bool {
        if self.ended || text.bytes().all(|byte| byte.is_ascii_whitespace()) {
            return false;
        }
        let line = JsonLine::new(self.file, start, text);
        match line.object() {
            Ok(Ok(members)) => {
                for finding in self.strange.take().into_iter().flatten() {
                    self.reader.findings.push(finding);
                }
                self.statement(line, &members).unwrap_or_else(|fault| {
                    self.fault(&fault, closed);
                    false
                })
            }
            Ok(Err(value)) => {
                self.broken(|| {
                    Diagnostic::error(
                        Code::WrongShape,
                        value.span(),
                        format!("expected an object, found {}", value.describe()),
                    )
                    .help("write one object a line: {\"entity\":\"type:id\"}")
                });
                false
            }
            Err(fault) => {
                self.fault(&fault, closed);
                false
            }
        }
    }

    /// Notes that a line could not be read.
    pub fn broken(&mut self, finding: impl FnOnce() -> Diagnostic) {
        self.reader.tree.incomplete = true;
        let Some(strange) = &mut self.strange else { return self.reader.findings.error(finding) };
        strange.push(finding());
        self.ended = strange.len() == STRANGE;
    }

    fn fault(&mut self, fault: &JsonFault, closed: bool) {
        self.broken(|| {
            let finding = fault.finding();
            if !fault.is_cut_short() {
                finding
            } else if closed {
                finding.help("an object stands on one line, with no line break in it")
            } else {
                finding.help("the file ends here as well: it may have been cut off")
            }
        });
    }

    /// The tree of all lines, and every mistake found.
    #[must_use]
    pub fn finish(mut self) -> (DirectoryTree, Vec<Diagnostic>) {
        let strange = self.strange.take().unwrap_or_default();
        match strange.as_slice() {
            [first, _, ..] => {
                let message = match self.ended {
                    true => format!("none of the first {STRANGE} lines is a JSON object: the rest is not read"),
                    false => String::from("no line of the file is a JSON object"),
                };
                let finding = Diagnostic { code: Code::WrongKind, message, help: None, ..first.clone() };
                self.reader.findings.push(finding.help("a directory that is one document ends in `.yaml` or `.json`"));
            }
            _ => strange.into_iter().for_each(|finding| self.reader.findings.push(finding)),
        }
        (self.reader.tree, self.reader.findings.finish())
    }

    /// One line, by the key that says what it is; whether its text will be asked for again.
    fn statement(&mut self, line: JsonLine<'_>, members: &JsonMembers<'_>) -> Step<bool> {
        if let Some(entity) = find(members, "entity") {
            self.entity(entity.value, members)?;
            return Ok(false);
        }
        let Some(first) = members.iter().find(|member| LINES.contains(&&*member.key)).or_else(|| members.first())
        else {
            self.error(|| {
                Diagnostic::error(Code::MissingKey, line.span(), "the object says nothing")
                    .help("write `entity`, `assign`, `policy` or `custom_role`")
            });
            return Ok(false);
        };
        match &*first.key {
            "rolebook" | "kind" => self.head(line, members)?,
            "assign" => self.assign(first.value)?,
            "policy" | "custom_role" => self.declaration(line, &first.key, first.value)?,
            _ => {
                self.unknown_key(first, &LINES, None);
                return Ok(false);
            }
        }
        if !matches!(&*first.key, "rolebook" | "kind") {
            for member in members.iter().filter(|member| member.key != first.key) {
                let help = format!("a line says one thing, and this one is of `{}`", first.key);
                self.unknown_key(member, &[], Some(&help));
            }
        }
        Ok(matches!(&*first.key, "policy" | "custom_role"))
    }

    /// `{"rolebook":1,"kind":"directory"}`.
    fn head(&mut self, line: JsonLine<'_>, members: &JsonMembers<'_>) -> Step<()> {
        let mut entries = Vec::new();
        for member in members {
            if !matches!(&*member.key, "rolebook" | "kind") {
                self.unknown_key(member, &["rolebook", "kind"], None);
            }
            entries.push(member.entry()?);
        }
        let head = members.first().map_or(line.span(), |member| member.key_span);
        let node = Node { span: line.span(), kind: NodeKind::Mapping(entries) };
        if self.reader.kind(&node, head) {
            self.reader.version(&node, head);
        } else {
            self.ended = true;
            self.reader.tree.incomplete = true;
        }
        Ok(())
    }

    fn entity(&mut self, name: JsonValue<'_>, members: &JsonMembers<'_>) -> Step<()> {
        let Some(entity) = self.mention(name)? else {
            self.reader.tree.incomplete = true;
            return Ok(());
        };
        self.reader.tree.entries.push(entity);
        for member in members {
            match &*member.key {
                "entity" => {}
                "in" => {
                    for value in member.value.one_or_many()? {
                        if let Some(parent) = self.mention(value)? {
                            let (entity, parent, span) = (entity.text, parent.text, parent.span);
                            self.reader.tree.parents.push(ParentMention { entity, parent, span });
                        }
                    }
                }
                "policy" => {
                    for value in member.value.one_or_many()? {
                        if let Some(policy) = self.word(value)? {
                            self.reader.tree.links.push(WrittenLink { entity: entity.text, policy });
                        }
                    }
                }
                "attributes" => {
                    for field in self.members(member.value)? {
                        let field = self.field(entity, field)?;
                        self.reader.tree.attributes.push(field);
                    }
                }
                "settings" => {
                    for field in self.members(member.value)? {
                        let field = self.field(entity, field)?;
                        self.reader.tree.settings.push(field);
                    }
                }
                "roles" | "assign" => self.unknown_key(
                    member,
                    &ENTITY,
                    Some("an assignment is a line of its own: {\"assign\":{\"subject\":…,\"role\":…,\"on\":…}}"),
                ),
                "custom_roles" | "custom_role" => self.unknown_key(
                    member,
                    &ENTITY,
                    Some("a custom role is a line of its own: {\"custom_role\":{\"name\":…,\"in\":…}}"),
                ),
                _ => self.unknown_key(member, &ENTITY, Some("attributes stand under `attributes`")),
            }
        }
        Ok(())
    }

    /// A key of `attributes` or `settings`, and its value.
    fn field(&mut self, entity: Mention, member: JsonMember<'_>) -> Step<WrittenField> {
        let value = match member.value.elements()? {
            Some(elements) => {
                let mut items = Vec::with_capacity(elements.len());
                for element in elements {
                    items.push((self.single(element)?, element.span()));
                }
                Written::List(items.into())
            }
            None => self.single(member.value)?,
        };
        let key = Mention { text: self.reader.tree.texts.intern(&member.key), span: member.key_span };
        Ok(WrittenField { entity: entity.text, key, value, span: member.value.span() })
    }

    /// A value that is no list: an element of one cannot be one.
    fn single(&mut self, value: JsonValue<'_>) -> Step<Written> {
        Ok(match value.text()? {
            Some(text) => Written::Text { text: self.reader.tree.texts.intern(&text), quoted: value.is_string() },
            None if value.is_null() => Written::Null,
            None => Written::Other(value.describe()),
        })
    }

    /// What stands under `assign`.
    fn assign(&mut self, value: JsonValue<'_>) -> Step<()> {
        let (mut subject, mut role, mut on, mut since, mut until) = (None, None, None, None, None);
        let Some(members) = value.members()? else {
            self.error(|| value.wrong_shape("a mapping"));
            return Ok(());
        };
        for member in &members {
            let slot = match &*member.key {
                "subject" => &mut subject,
                "role" => &mut role,
                "on" => &mut on,
                "since" => &mut since,
                "until" => &mut until,
                _ => {
                    self.unknown_key(member, &ASSIGN, None);
                    continue;
                }
            };
            *slot = Some(member.value);
        }
        let (since, until) = (self.moment(since)?, self.moment(until)?);
        let (Some(subject), Some(role), Some(on)) = (subject, role, on) else {
            let at = members.first().map_or(value.span(), |member| member.key_span);
            for (key, _) in
                [("subject", subject), ("role", role), ("on", on)].iter().filter(|(_, value)| value.is_none())
            {
                self.missing(key, at);
            }
            return Ok(());
        };
        let (Some(role), Some(entity)) = (self.word(role)?, self.mention(on)?) else { return Ok(()) };
        let Some(text) = subject.text()? else {
            self.error(|| subject.wrong_shape("a single value"));
            return Ok(());
        };
        let key = u32::try_from(self.reader.tree.role_keys.len()).unwrap_or(u32::MAX);
        self.reader.tree.role_keys.push(RoleKey { entity: entity.text, at: entity.span, role });
        let window = self.reader.window(since, until);
        self.reader.subject(key, &text, subject.span(), window);
        Ok(())
    }

    fn moment(&mut self, value: Option<JsonValue<'_>>) -> Step<Option<(i64, Span)>> {
        let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
        let Some(text) = value.text()? else {
            self.error(|| value.wrong_shape("a single value"));
            return Ok(None);
        };
        Ok(self.reader.moment_text(&text, value.span()))
    }

    /// What stands under `policy` or `custom_role`.
    fn declaration(&mut self, line: JsonLine<'_>, key: &str, value: JsonValue<'_>) -> Step<()> {
        let length = (line.span().end - line.span().start) as usize;
        self.declarations = self.declarations.saturating_add(length);
        if self.declarations > DECLARATIONS {
            // Said once, at the first line that is too much.
            if self.declarations - length <= DECLARATIONS {
                self.error(|| {
                    let message =
                        format!("the org policies and custom roles of the file take more than {DECLARATIONS} bytes");
                    Diagnostic::error(Code::LimitExceeded, line.span(), message)
                });
            }
            self.reader.tree.incomplete = true;
            return Ok(());
        }
        let mut node = value.node()?;
        let NodeKind::Mapping(entries) = &mut node.kind else {
            self.error(|| value.wrong_shape("a mapping"));
            return Ok(());
        };
        let Some(at) = entries.iter().position(|entry| entry.key.text == "name") else {
            let at = entries.first().map_or(node.span, |entry| entry.key_span);
            self.missing("name", at);
            return Ok(());
        };
        let name = entries.remove(at).value;
        let Some(text) = self.reader.scalar(&name).map(|scalar| scalar.text.clone()) else { return Ok(()) };
        let name = Spanned::new(text, name.span);
        if key == "policy" {
            self.reader.tree.policies.push(PolicyEntry { name, node });
        } else {
            self.reader.tree.custom_roles.push(CustomRoleEntry { name, organization: None, node });
        }
        Ok(())
    }

    /// The entity that a value names.
    fn mention(&mut self, value: JsonValue<'_>) -> Step<Option<Mention>> {
        let Some(text) = value.text()? else {
            self.error(|| value.wrong_shape("a single value"));
            return Ok(None);
        };
        let span = value.span();
        Ok(self.reader.entity_text(&text, span).map(|text| Mention { text, span }))
    }

    /// The text of a single value.
    fn word(&mut self, value: JsonValue<'_>) -> Step<Option<Mention>> {
        let Some(text) = value.text()? else {
            self.error(|| value.wrong_shape("a single value"));
            return Ok(None);
        };
        Ok(Some(Mention { text: self.reader.tree.texts.intern(&text), span: value.span() }))
    }

    /// The members of an object; null is an empty one.
    fn members<'t>(&mut self, value: JsonValue<'t>) -> Step<JsonMembers<'t>> {
        let members = value.members()?;
        if members.is_none() && !value.is_null() {
            self.error(|| value.wrong_shape("a mapping"));
        }
        Ok(members.unwrap_or_default())
    }

    fn error(&mut self, finding: impl FnOnce() -> Diagnostic) {
        self.reader.findings.error(finding);
    }

    fn missing(&mut self, key: &str, at: Span) {
        self.error(|| Diagnostic::error(Code::MissingKey, at, format!("the key `{key}` is missing")));
    }

    /// A key that means nothing where it stands, with the near miss among `known`, else with `help`.
    fn unknown_key(&mut self, member: &JsonMember<'_>, known: &[&str], help: Option<&str>) {
        self.error(|| {
            let finding = unknown_key_at(&member.key, member.key_span, known);
            match help {
                Some(help) if finding.help.is_none() => finding.help(help),
                _ => finding,
            }
        });
    }
}

fn find<'m, 't>(members: &'m JsonMembers<'t>, key: &str) -> Option<&'m JsonMember<'t>> {
    members.iter().find(|member| member.key == key)
}
