//! A policy file's top level: its header and its sections.

use super::reader::Reader;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::document::{Fields, Node, unknown_version};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{AssertDecl, ContextDecl, Import, Item, PolicyFile};
use crate::syntax::dsl::fragment::{self, NameKind};

const FILE_KEYS: &[&str] =
    &["rolebook", "kind", "package", "imports", "types", "context", "roles", "rules", "policies", "asserts"];

impl Reader {
    /// A file of which nothing could be read.
    pub(super) fn empty_file(&self) -> PolicyFile {
        PolicyFile { file: self.file, package: None, imports: Vec::new(), items: Vec::new() }
    }

    /// A policy file. Its items stand in the order of its sections.
    pub(super) fn policy_file(&mut self, node: &Node) -> PolicyFile {
        let mut file = self.empty_file();
        if node.mapping().is_none() {
            let finding = node.wrong_shape("a policy file");
            self.report(finding.help("begin the file with `rolebook: 1`"));
            return file;
        }
        if !self.is_policy(node) {
            return file;
        }
        let fields = self.fields(node, FILE_KEYS);
        for entry in fields.entries() {
            let value = &entry.value;
            match fields.meant(entry) {
                "package" => file.package = self.name(value, NameKind::Package),
                "imports" => file.imports = self.imports(value),
                "types" => file.items.extend(self.types(value).into_iter().map(Item::Type)),
                "context" => {
                    let keyword = Spanned::new((), entry.key_span);
                    file.items.push(Item::Context(ContextDecl { doc: None, keyword, fields: self.attributes(value) }));
                }
                "roles" => {
                    // Two organizations may use one name for roles of their own, and a mapping holds it once: a list of
                    // mappings may stand in its place.
                    for part in value.sequence().unwrap_or(std::slice::from_ref(value)) {
                        file.items.extend(self.roles_of(part).into_iter().map(Item::Role));
                    }
                }
                "rules" => file.items.extend(self.rules(value).into_iter().map(Item::Rule)),
                "policies" => {
                    let policies = self.entries(value).iter();
                    file.items.extend(policies.filter_map(|entry| self.policy(entry)).map(Item::Policy));
                }
                "asserts" => {
                    let asserts = value.one_or_many().iter();
                    file.items.extend(asserts.filter_map(|node| self.assertion(node)).map(Item::Assert));
                }
                _ => {}
            }
        }
        file
    }

    /// Whether the header says that this is a policy of the version that is known. A header that says nothing of it is
    /// wrong, but the rest is then read as a policy: it is most likely one.
    fn is_policy(&mut self, node: &Node) -> bool {
        match node.get("rolebook") {
            None => {
                let at = node.mapping().and_then(|entries| entries.first()).map_or(node.span, |entry| entry.key_span);
                self.missing("rolebook", at, "begin the file with `rolebook: 1`");
            }
            Some(version) => {
                if let Some(finding) = unknown_version(version) {
                    self.report(finding);
                    return false;
                }
            }
        }
        match node.get("kind") {
            None => true,
            Some(kind) if kind.text() == Some("policy") => true,
            Some(kind) => {
                self.report(wrong_kind(kind));
                false
            }
        }
    }

    fn imports(&mut self, node: &Node) -> Vec<Import> {
        let mut imports = Vec::new();
        for value in node.one_or_many() {
            if let Some(scalar) = self.scalar(value, "a folder") {
                imports.push(Import { path: Spanned::new(scalar.text.clone(), value.span) });
            }
        }
        imports
    }

    /// An assertion's text, or `{ assert: TEXT, doc: … }`.
    fn assertion(&mut self, node: &Node) -> Option<AssertDecl> {
        let (doc, text) = if node.mapping().is_some() {
            let fields: Fields<'_> = self.fields(node, &["assert", "doc"]);
            let Some(text) = fields.get("assert") else {
                let at = fields.entries().first().map_or(node.span, |entry| entry.key_span);
                self.missing("assert", at, "write `assert: team.viewer cannot run.delete` beside it");
                return None;
            };
            (self.doc(fields.get("doc")), text)
        } else {
            (None, node)
        };
        let kind = self.value(text, "an assertion", fragment::assertion)?;
        Some(AssertDecl { doc, text: Spanned::new((), text.span), kind })
    }
}

/// The finding for a file that says to be of another kind.
fn wrong_kind(kind: &Node) -> Diagnostic {
    let span: Span = kind.span;
    match kind.text() {
        Some(word @ ("directory" | "test")) => {
            Diagnostic::error(Code::WrongKind, span, format!("expected a policy, found a {word}"))
        }
        Some(word) => Diagnostic::error(Code::WrongKind, span, format!("unknown kind of file `{word}`")).help(
            did_you_mean(word, ["policy", "directory", "test"])
                .unwrap_or_else(|| String::from("the kinds are `policy`, `directory` and `test`")),
        ),
        None => kind.wrong_shape("a kind of file"),
    }
}
