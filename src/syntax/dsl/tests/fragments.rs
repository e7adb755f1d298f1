//! Pieces as the YAML form holds them, with places in a file around them.

use super::super::fragment::{self, NameKind, Place};
use super::told;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::Parsed;

/// Reads a piece that stands behind `key: ` and tells what was found, or that something was read.
fn outcome<T>(text: &str, read: impl Fn(&str, Place<'_>) -> Parsed<Option<T>>) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add("test.rolebook", &format!("key: {text}"));
    assert_eq!(file, FileId(0));
    let parsed = read(text, &|start, end| Span::new(FileId(0), start + 5, end + 5));
    match (parsed.tree, parsed.diagnostics.as_slice()) {
        (Some(_), []) => String::from("read"),
        (_, findings) => told(&sources, findings).lines().next().unwrap_or("lost without a word").to_owned(),
    }
}

#[test]
fn pieces_are_read_or_told_of() {
    let expect = |actual: String, expected: &str| assert_eq!(actual, expected);
    expect(outcome("resource.x == 1 and not y", fragment::expression), "read");
    expect(outcome("resource.x = 1", fragment::expression), "1:17 «=» syntax: expected `==`, found `=`");
    expect(outcome("", fragment::expression), "1:6 «» syntax: expected a condition, found nothing");
    expect(outcome("run.{create, delete}, *.view, *", fragment::patterns), "read");
    expect(
        outcome("run.", fragment::patterns),
        "1:9 «.» syntax: expected the name of an action, `*` or `{` after `.`, found the end",
    );
    expect(outcome("team.viewer", fragment::role_ref), "read");
    expect(outcome("viewer", fragment::role_ref), "1:6 «viewer» syntax: expected `.` after `viewer`, found the end");
    expect(outcome("team.delete", fragment::permission_ref), "read");
    expect(outcome("team.*", fragment::permission_ref), "1:11 «*» syntax: expected the name of an action, found `*`");
    expect(outcome("organization:acme", fragment::entity_ref), "read");
    expect(
        outcome("organization:acme, inc", fragment::entity_ref),
        "1:19 «acme, inc» invalid-entity: an id holds neither white space nor `#`",
    );
    expect(outcome("organization:", fragment::entity_ref), "1:19 «» invalid-entity: an id cannot be empty");
    expect(
        outcome("acme", fragment::entity_ref),
        "1:6 «acme» syntax: expected an entity such as `organization:acme`, found `acme`",
    );
    expect(outcome("\"free\" | \"enterprise\" = \"free\"", fragment::attribute), "read");
    expect(outcome("set<user> = []", fragment::attribute), "read");
    expect(outcome("string?", fragment::attribute), "read");
    expect(
        outcome("bool = ", fragment::attribute),
        "1:11 «=» syntax: expected a value such as `true`, `12`, `\"text\"`, `30d` or `[…]` after `=`, found the end",
    );
    expect(outcome("team*", fragment::parent), "read");
    expect(outcome("team+", fragment::parent), "1:10 «+» syntax: the language has no use for `+`");
    expect(outcome("set<string> narrows", fragment::setting), "read");
    expect(outcome("string overrides within queues", fragment::setting), "read");
    expect(outcome("duration at mots", fragment::setting), "1:18 «mots» syntax: expected `most`, found `mots`");
    expect(outcome("team.viewer cannot run.delete", fragment::assertion), "read");
    expect(outcome("only a.b can x.y", fragment::assertion), "read");
    expect(outcome("a.b may x.y", fragment::assertion), "1:10 «may» syntax: expected `can`, found `may`");
}

#[test]
fn names_keep_clear_of_the_language() {
    let name = |kind, text: &str| outcome(text, |text, place| fragment::identifier(kind, text, place));
    for (kind, text) in [
        (NameKind::Type, "default"),
        (NameKind::Type, "policy"),
        (NameKind::Type, "setting"),
        (NameKind::Type, "settings"),
        (NameKind::Action, "delete"),
        (NameKind::Action, "when"),
        (NameKind::Action, "default"),
        (NameKind::Attribute, "default"),
        (NameKind::Attribute, "ip"),
        (NameKind::Attribute, "settings"),
    ] {
        assert_eq!(name(kind, text), "read", "{text}");
    }
    for (kind, text, noun) in [
        (NameKind::Type, "role", "a type"),
        (NameKind::Type, "subject", "a type"),
        (NameKind::Action, "scope", "an action"),
        (NameKind::Attribute, "in", "an attribute"),
        (NameKind::Role, "policy", "a role"),
        (NameKind::Setting, "set", "a setting"),
        (NameKind::Package, "package", "a package"),
        (NameKind::Policy, "deny", "a policy"),
    ] {
        let expected =
            format!("1:6 «{text}» reserved-word: `{text}` is a word of the language and cannot be the name of {noun}");
        assert_eq!(name(kind, text), expected);
    }
    assert_eq!(
        name(NameKind::Type, "bool"),
        "1:6 «bool» reserved-word: `bool` is a type of values and cannot be the name of a type"
    );
    for text in ["", " a", "a ", "1a", "a-b", "a.b", "é", "a b", "a#b"] {
        assert_eq!(name(NameKind::Role, text), format!("1:6 «{text}» syntax: `{text}` is no name of a role"));
    }
}

#[test]
fn several_mistakes_in_one_condition_are_told_one_by_one() {
    let place = |start, end| Span::new(FileId(0), start, end);
    let parsed = fragment::expression("a = 1 and b == 99999999999999999999 or (c = 2)", &place);
    let places: Vec<_> =
        parsed.diagnostics.iter().filter_map(|d| d.span()).map(|span| (span.start, span.end)).collect();
    assert_eq!(places, [(2, 3), (15, 35), (42, 43)]);
}
