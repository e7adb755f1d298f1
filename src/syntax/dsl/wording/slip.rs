//! Common slips, each with the words that mend it.

use super::{Scene, near_word, shortened};
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::dsl::fragment::NameKind;
use crate::syntax::dsl::grammar::{Rule, is_reserved};
use crate::syntax::dsl::level::{FIELD, POLICY_ITEM, ROLE_ITEM, TYPE_MEMBER};
use crate::syntax::dsl::name;
use crate::syntax::dsl::scan::Kind;

/// A slip that has a message of its own.
pub(super) fn recognize(positives: &[Rule], found: usize, scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let scan = scene.scan;
    let (word, previous) = (scan.word(found), before(found, scene)?);
    if word == ":" && scan.kind(previous) == Some(Kind::Word) && is_reserved(scan.word(previous)) {
        return Some(colon(found, previous, scene));
    }
    if let Some(finding) = hyphen(found, previous, scene) {
        return Some(finding);
    }
    if word == "." && scan.kind(previous) == Some(Kind::Number) && scan.kind(found + 1) == Some(Kind::Number) {
        let message = format!("`{}.{}` is no whole number", scan.word(previous), scan.word(found + 1));
        return Some(
            Diagnostic::error(Code::Syntax, scene.span(previous, found + 1), message)
                .help("the language knows whole numbers only"),
        );
    }
    if matches!(positives, [Rule::colon | Rule::assign])
        && previous == scene.from
        && !matches!(word, ":" | "=")
        && let Some(near) = near_word(scan.word(previous), scene.level.words)
    {
        let message = format!("expected `{near}`, found `{}`", scan.word(previous));
        let finding = Diagnostic::error(Code::Syntax, scene.span(previous, previous), message);
        return Some(finding.help(format!("did you mean `{near}`?")));
    }
    if word == "=" && positives.contains(&Rule::test) {
        return Some(
            Diagnostic::error(Code::Syntax, scene.span(found, found), "expected `==`, found `=`")
                .help("write `==` to compare"),
        );
    }
    None
}

/// What mends a slip that the general message tells of well enough.
pub(super) fn help(positives: &[Rule], found: usize, scene: &Scene<'_, '_>) -> Option<String> {
    let scan = scene.scan;
    let (word, next) = (scan.word(found), scan.word(found + 1));
    let previous = before(found, scene).map_or("", |previous| scan.word(previous));
    let is_word = scan.kind(found) == Some(Kind::Word);
    let expects = |rule: Rule| positives.contains(&rule);
    // Inside of braces.
    let begins_line = [TYPE_MEMBER.only, FIELD.only, ROLE_ITEM.only, POLICY_ITEM.only].contains(&scene.level.only)
        && (found == scene.from || scan.tokens.get(found).is_some_and(|token| token.indent.is_some()));
    let help = match word {
        "not" if previous == "can" => String::from("write `cannot`"),
        "not" if expects(Rule::test) => format!("write `not a {next} b`: `not` stands before the whole comparison"),
        "not" if previous == "is" => String::from("write `not x is T`: `not` stands before the whole comparison"),
        "not" => String::from("put the part with `not` in parentheses"),
        "=" if expects(Rule::colon) => String::from("a type follows its name after `:`"),
        ":" if expects(Rule::assign) => String::from("a value follows the name of its setting after `=`"),
        "," if expects(Rule::colon) => String::from("a list of actions follows the word `actions`"),
        "," if expects(Rule::bar) => String::from("the values of an enumeration stand between `|`: `\"a\" | \"b\"`"),
        "[" if previous == "actions" => String::from("leave the brackets out: `actions view, edit`"),
        "[" if expects(Rule::optional_mark) => String::from("a set is written `set<string>`"),
        ":" if expects(Rule::test) && is_name(scan.kind(found + 1)) => {
            format!("an entity in a condition is a string: `\"{}:{}\"`", shortened(previous), shortened(next))
        }
        "setting" | "actions" | "unique" if found == scene.from && scene.level.words.contains(&"type") => {
            format!("`{word}` stands in the braces of a type")
        }
        _ if positives == [Rule::kw_on] => return on_what(found, scene),
        _ if positives == [Rule::dot] => return before(found, scene).and_then(|previous| unqualified(previous, scene)),
        ":" if !previous.is_empty() => format!("leave the `:` after `{}` out", shortened(previous)),
        "|" => String::from("the values of an enumeration stand in double quotes, such as `\"a\" | \"b\"`"),
        "*" if expects(Rule::comma) => {
            String::from("`*` stands for a whole name; list actions as `run.{view, delete}`")
        }
        "type" | "role" | "policy" | "assert" | "context" | "package" | "import" | "open" | "custom" if begins_line => {
            format!("`{word}` stands outside of all braces; is a `}}` missing before it?")
        }
        "in" | "acts" | "extends" | "requires" | "assigned" | "when" if begins_line => {
            format!("`{word}` stands before the `{{`")
        }
        _ if expects(Rule::comma) && (scan.kind(found) == Some(Kind::Text) || (is_word && next == ".")) => {
            String::from("put a comma before it")
        }
        _ if next == ":" && is_word && scene.level.after.contains(&"{") => {
            format!("is a `{{` missing before `{}`?", shortened(word))
        }
        _ if is_word && positives == [Rule::string] && previous == "because" => quoted_to_the_end(found, scene),
        _ if is_word && positives == [Rule::string] => format!("write `\"{}\"`", shortened(word)),
        _ if positives == [Rule::string] && previous == "import" => String::from("write the path in double quotes"),
        _ => return None,
    };
    Some(help)
}

/// What is missing where `has ROLE` ends.
pub(super) fn on_what(found: usize, scene: &Scene<'_, '_>) -> Option<String> {
    let role = before(found, scene).filter(|&name| scene.scan.word(name.wrapping_sub(1)) == ".");
    let scope = role.and_then(|name| before(name - 1, scene)).filter(|&scope| is_name(scene.scan.kind(scope)));
    let scope = scope.map_or("resource", |scope| scene.scan.word(scope));
    Some(format!("say on what the role is held: write `on {}`", shortened(scope)))
}

/// The help for a sentence without its quotes: all of it up to the end of the line, or of the braces that it stands in.
fn quoted_to_the_end(found: usize, scene: &Scene<'_, '_>) -> String {
    let scan = scene.scan;
    let begins_line = |at: usize| scan.tokens.get(at).is_none_or(|token| token.indent.is_some());
    let line_end = (found + 1..=scan.tokens.len()).find(|&at| begins_line(at)).unwrap_or(found + 1);
    let end = (found + 1..line_end).rev().find(|&at| scan.word(at) != "}").map_or(found + 1, |last| last + 1);
    let (_, sentence) = scan.slice(found, end);
    if sentence.len() > 120 || sentence.contains(['"', '\\']) {
        return String::from("put the sentence in double quotes");
    }
    format!("write `\"{sentence}\"`")
}

/// What mends the name of a role or an action that stands without its type.
pub(super) fn unqualified(name: usize, scene: &Scene<'_, '_>) -> Option<String> {
    let example = format!("name it with its type, as in `team.{}`", shortened(scene.scan.word(name)));
    is_name(scene.scan.kind(name)).then_some(example)
}

/// Whether a token can be a part of a name or an id.
fn is_name(kind: Option<Kind>) -> bool {
    matches!(kind, Some(Kind::Word | Kind::Number))
}

/// The token before, if it belongs to the same part.
fn before(found: usize, scene: &Scene<'_, '_>) -> Option<usize> {
    found.checked_sub(1).filter(|&previous| previous >= scene.from)
}

/// A word of the language with a colon after it: a list in the manner of YAML, or an attribute of a forbidden name.
fn colon(found: usize, previous: usize, scene: &Scene<'_, '_>) -> Diagnostic {
    let word = scene.scan.word(previous);
    let is_member = scene.level.only == TYPE_MEMBER.only || scene.level.only == FIELD.only;
    if is_member && !matches!(word, "actions" | "unique" | "by") {
        return name::reserved(word, NameKind::Attribute, scene.span(previous, previous));
    }
    Diagnostic::error(Code::Syntax, scene.span(found, found), format!("expected no `:` after `{word}`"))
        .help("leave it out")
}

/// A name with a hyphen in it.
fn hyphen(found: usize, previous: usize, scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let scan = scene.scan;
    let touching = |left: usize, right: usize| {
        let (left, right) = (scan.tokens.get(left)?, scan.tokens.get(right)?);
        (left.end == right.start).then_some(())
    };
    touching(previous, found)?;
    if scan.kind(previous) != Some(Kind::Word) || !scan.word(found).starts_with('-') {
        return None;
    }
    let mut last = found;
    while touching(last, last + 1).is_some()
        && (matches!(scan.kind(last + 1), Some(Kind::Word | Kind::Number)) || scan.word(last + 1) == "-")
    {
        last += 1;
    }
    let parts: String = (previous..=last).map(|at| scan.word(at)).collect();
    let message = format!("`{}` is no name: there is no `-` in names", shortened(&parts));
    let finding = Diagnostic::error(Code::Syntax, scene.span(previous, last), message);
    Some(finding.help(format!("write `{}`", shortened(&parts.replace('-', "_")))))
}
