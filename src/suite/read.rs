//! From a document to a test file.
//!
//! A test in which anything is wrong is left out, so that none runs as something else than what was meant.

use super::{SettingsExpectation, Test, TestDirectory, TestFact, TestFile, change, expectation, settings};
use crate::decide::Fact;
use crate::diagnostics::{Code, Diagnostic, near_miss};
use crate::document::{Fields, Node, NodeKind, unknown_key, unknown_version};
use crate::schema::{RawValue, Schema, Value, ValueType, split_entity};
use crate::source::{FileId, Span, Spanned};

const FILE_KEYS: &[&str] = &["rolebook", "kind", "directory", "tests"];
const TEST_KEYS: &[&str] = &["name", "subject", "allow", "deny", "at", "context", "facts", "settings of", "changes"];

/// Reads a test file, and everything wrong with it that can be told without the policy.
#[must_use]
pub fn read(file: FileId, document: &Node) -> (TestFile, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let head = document.mapping().and_then(<[_]>::first).map_or(Span::new(file, 0, 0), |entry| entry.key_span);
    if let Some(finding) = wrong_kind(document, head) {
        return (TestFile::default(), vec![finding]);
    }
    let fields = Fields::read(document, FILE_KEYS, &mut diagnostics);
    let version = fields.require("rolebook", head, &mut diagnostics);
    diagnostics.extend(version.and_then(unknown_version));
    let directory = fields.get("directory").and_then(|node| directory(node, &mut diagnostics));
    let tests = fields.require("tests", head, &mut diagnostics);
    let nodes = tests.map(|node| node.expect_list(&mut diagnostics)).unwrap_or_default();
    if let (Some(node), [], true) = (tests, nodes, diagnostics.is_empty()) {
        diagnostics.push(Diagnostic::error(Code::InvalidTest, node.span, "the file holds no test"));
    }
    let tests = nodes.iter().filter_map(|node| test(node, &mut diagnostics)).collect();
    (TestFile { directory, tests }, diagnostics)
}

/// The finding where the file does not say that it is a test file.
fn wrong_kind(document: &Node, head: Span) -> Option<Diagnostic> {
    let kind = document.get("kind");
    let (at, message) = match kind.map(|kind| (kind, kind.text())) {
        Some((_, Some("test"))) => return None,
        Some((kind, Some(text))) => (kind.span, format!("expected a test file, found kind `{text}`")),
        Some((kind, None)) => (kind.span, format!("expected `kind: test`, found {}", kind.describe())),
        None => (head, String::from("the file names no kind, and a test file is wanted here")),
    };
    Some(Diagnostic::error(Code::WrongKind, at, message).help("write `kind: test`"))
}

fn directory(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<TestDirectory> {
    match &node.kind {
        NodeKind::Mapping(_) => Some(TestDirectory::Inline(node.clone())),
        NodeKind::Scalar(path) => Some(TestDirectory::File(Spanned::new(path.text.clone(), node.span))),
        NodeKind::Null | NodeKind::Sequence(_) => {
            diagnostics.push(node.wrong_shape("a path or a mapping of entities"));
            None
        }
    }
}

/// One test, unless something is wrong with it.
fn test(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Test> {
    let mut found = Vec::new();
    let test = read_test(node, &mut found);
    let sound = !found.iter().any(Diagnostic::is_error);
    diagnostics.append(&mut found);
    test.filter(|_| sound)
}

fn read_test(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Test> {
    let entries = node.expect_mapping(diagnostics);
    for entry in entries {
        let key = entry.key.text.as_str();
        if settings::is_key(entry) || TEST_KEYS.contains(&key) && key != settings::BARE_KEY {
            continue;
        }
        diagnostics.push(if key == settings::BARE_KEY {
            Diagnostic::error(Code::InvalidTest, entry.key_span, "it is not said whose settings these are")
                .help("write `settings of project:p1`")
        } else {
            let unknown = unknown_key(entry, TEST_KEYS);
            unknown.maybe_help(settings::meant(key))
        });
    }
    let get = |key: &str| entries.iter().find(|entry| entry.key.text == key).map(|entry| &entry.value);
    let misspelled = |key: &str| entries.iter().any(|entry| near_miss(&entry.key.text, [key]).is_some());
    let mut text = |key: &str, at: Span| match get(key) {
        Some(value) => {
            let scalar = value.expect_scalar(diagnostics)?;
            let end = u32::try_from(scalar.text.len()).unwrap_or(u32::MAX);
            Some(Spanned::new(scalar.text.clone(), scalar.locate(value.span, 0, end)))
        }
        None => {
            let a_mapping = matches!(node.kind, NodeKind::Mapping(_) | NodeKind::Null);
            if a_mapping && !misspelled(key) {
                diagnostics.push(Diagnostic::error(Code::MissingKey, at, format!("the key `{key}` is missing")));
            }
            None
        }
    };
    let start = entries.first().map_or(node.span, |entry| entry.key_span);
    let name = text("name", start);
    let at_name = name.as_ref().map_or(start, |name| name.span);
    let asks = ["allow", "deny"].into_iter().any(|key| get(key).is_some());
    let subject = if asks || get("subject").is_some() { text("subject", at_name) } else { None };
    let changes = get("changes").map(|node| change::read(node, diagnostics)).unwrap_or_default();
    let mut expectations = Vec::new();
    for (key, allowed) in [("allow", true), ("deny", false)] {
        let Some(value) = get(key) else { continue };
        for (scalar, span) in value.expect_scalars(diagnostics) {
            match expectation::read(allowed, scalar, span) {
                Ok(expectation) => expectations.push(expectation),
                Err(finding) => diagnostics.push(finding),
            }
        }
    }
    let on_settings = entries.iter().filter(|entry| settings::is_key(entry));
    let on_settings: Vec<SettingsExpectation> =
        on_settings.filter_map(|entry| settings::read(entry, diagnostics)).collect();
    if expectations.is_empty() && changes.is_empty() && on_settings.is_empty() && diagnostics.is_empty() {
        diagnostics.push(expects_nothing(at_name));
    }
    let at = get("at").and_then(|node| moment(node, diagnostics));
    let context = get("context").map(|node| context(node, diagnostics)).unwrap_or_default();
    let facts = get("facts").map(|node| facts(node, diagnostics)).unwrap_or_default();
    Some(Test { name: name?, changes, subject, expectations, settings: on_settings, at, context, facts })
}

fn expects_nothing(at: Span) -> Diagnostic {
    Diagnostic::error(Code::InvalidTest, at, "the test expects nothing")
        .help("add `allow:` or `deny:` with what the subject may do or not: `view project:p1`")
}

fn moment(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<i64> {
    match Schema::default().read_value(&ValueType::Timestamp, &RawValue::from(node)) {
        Ok(Value::Timestamp(at)) => Some(at),
        Ok(_) => None,
        Err(error) => {
            diagnostics.push(Diagnostic::error(Code::InvalidLiteral, node.span, error.message).maybe_help(error.help));
            None
        }
    }
}

fn context(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<(Spanned<String>, Spanned<RawValue>)> {
    let entries = node.expect_mapping(diagnostics).iter();
    entries
        .map(|entry| {
            let value = Spanned::new(RawValue::from(&entry.value), entry.value.span);
            (Spanned::new(entry.key.text.clone(), entry.key_span), value)
        })
        .collect()
}

fn facts(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<TestFact> {
    let mut facts = Vec::new();
    for entry in node.expect_mapping(diagnostics) {
        let mut fact = Fact { entity: entry.key.text.clone(), ..Fact::default() };
        for property in entry.value.expect_mapping(diagnostics) {
            let name = property.key.text.as_str();
            if name == "in" {
                let parents = property.value.expect_scalars(diagnostics);
                fact.parents.extend(parents.into_iter().map(|(parent, _)| parent.text.clone()));
            } else if split_entity(name).is_some() {
                let message = format!("facts do not nest: `{name}` stands inside `{}`", entry.key.text);
                let help = format!("give `{name}` an entry of its own, with `in: {}`", entry.key.text);
                diagnostics.push(Diagnostic::error(Code::InvalidTest, property.key_span, message).help(help));
            } else {
                fact.attributes.push((name.to_owned(), RawValue::from(&property.value)));
            }
        }
        facts.push(TestFact { span: entry.key_span, fact });
    }
    facts
}
