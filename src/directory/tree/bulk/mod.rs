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

mod assign;
mod declaration;
mod entity;
mod value;

use super::DirectoryTree;
use super::read::Reader;
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::findings::Findings;
use crate::document::{JsonFault, JsonLine, JsonMember, JsonMembers, Node, NodeKind};
use crate::source::FileId;
use declaration::Declared;

/// What a line may be, by its key.
const LINES: [&str; 6] = ["entity", "assign", "policy", "custom_role", "rolebook", "kind"];

/// A file is taken for something else when so many lines and none before them is an object.
const STRANGE: usize = 20;

/// Reads a bulk directory, a line at a time.
#[derive(Debug)]
pub struct BulkReader {
    file: FileId,
    reader: Reader,
    /// What was found wrong with the lines before the first that is an object; afterwards none.
    strange: Option<Vec<Diagnostic>>,
    /// The lines that are compiled with the policy.
    declared: Declared,
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
        Self { file, reader, strange: Some(Vec::new()), declared: Declared::default(), ended: false }
    }

    /// A reader of lines that follow others, which told what the file is.
    #[must_use]
    pub fn following(file: FileId) -> Self {
        Self { strange: None, ..Self::new(file) }
    }

    /// Whether a line was an object, as all should be.
    #[must_use]
    pub fn knows_the_form(&self) -> bool {
        self.strange.is_none()
    }

    /// Takes up what another reader found wrong with lines that follow on these, and hands out its tree: what it would be
    /// had one reader read them all. Nothing where no more lines are wanted.
    pub fn absorb(&mut self, following: Self) -> Option<DirectoryTree> {
        if self.ended {
            return None;
        }
        let Self { reader: Reader { mut tree, findings }, declared, ended, .. } = following;
        self.reader.findings.absorb(findings);
        self.declares_more(&declared, &mut tree);
        self.ended = ended;
        Some(tree)
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
        let read = line.members().and_then(|members| match members {
            Some(members) => {
                for finding in self.strange.take().into_iter().flatten() {
                    self.reader.findings.push(finding);
                }
                self.statement(line, &members)
            }
            None => {
                let value = line.value()?;
                self.broken(|| {
                    value.wrong_shape("an object").help("write one object a line: {\"entity\":\"type:id\"}")
                });
                Ok(false)
            }
        });
        read.unwrap_or_else(|fault| {
            self.fault(&fault, closed);
            false
        })
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
                // It may well be an entity.
                self.reader.tree.incomplete = true;
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
}

fn find<'m, 't>(members: &'m JsonMembers<'t>, key: &str) -> Option<&'m JsonMember<'t>> {
    members.iter().find(|member| member.key == key)
}
