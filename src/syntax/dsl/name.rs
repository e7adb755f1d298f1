//! Names that may be declared, and words that may not be names.

use super::doc::Docs;
use super::fragment::{NameKind, Place};
use super::grammar::{self, Rule};
use super::reader::Reader;
use super::scan::offset;
use super::wording::shortened;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::Parsed;
use crate::syntax::ast::Ident;

/// The types of values: no entity type may be called so.
const VALUE_TYPES: [&str; 6] = ["bool", "int", "string", "timestamp", "duration", "ip"];

impl NameKind {
    /// What is declared under such a name.
    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Type => "type",
            Self::Attribute => "attribute",
            Self::Action => "action",
            Self::Setting => "setting",
            Self::Role => "role",
            Self::Policy => "policy",
        }
    }

    /// The rule that reads such a name and nothing else.
    pub(super) const fn rule(self) -> Rule {
        match self {
            Self::Package => Rule::only_package_name,
            Self::Type => Rule::only_type_name,
            Self::Attribute => Rule::only_attribute_name,
            Self::Action => Rule::only_action_name,
            Self::Setting => Rule::only_setting_name,
            Self::Role => Rule::only_role_name,
            Self::Policy => Rule::only_policy_name,
        }
    }
}

/// What kind of name a rule of the grammar reads.
pub(super) const fn kind_of(rule: Rule) -> Option<NameKind> {
    match rule {
        Rule::package_name => Some(NameKind::Package),
        Rule::type_name
        | Rule::value_type
        | Rule::role_type
        | Rule::permission_type
        | Rule::pattern_type
        | Rule::pattern
        | Rule::entity_type
        | Rule::parent => Some(NameKind::Type),
        Rule::attribute_name | Rule::step => Some(NameKind::Attribute),
        Rule::action_name => Some(NameKind::Action),
        Rule::setting_name => Some(NameKind::Setting),
        Rule::role_name => Some(NameKind::Role),
        Rule::policy_name => Some(NameKind::Policy),
        _ => None,
    }
}

/// The finding for a word of the language where a name is wanted.
pub(super) fn reserved(word: &str, kind: NameKind, span: Span) -> Diagnostic {
    let noun = kind.noun();
    let message = format!("`{word}` is a word of the language and cannot be the name of {} {noun}", article(noun));
    let other = match word {
        _ if !matches!(kind, NameKind::Type | NameKind::Attribute) => format!("{word}_{noun}"),
        "type" => String::from("kind"),
        "role" => String::from("position"),
        "resource" => String::from("item"),
        "subject" | "actor" => String::from("principal"),
        "link" => String::from("url"),
        "context" => String::from("environment"),
        "scope" => String::from("area"),
        _ => format!("{word}_{noun}"),
    };
    Diagnostic::error(Code::ReservedWord, span, message).help(format!("call it `{other}`"))
}

/// Refuses the name of a declared type if it is the name of a type of values.
pub(super) fn check_type(reader: &mut Reader<'_>, name: &Ident) {
    if VALUE_TYPES.contains(&name.value.as_str()) {
        let message = format!("`{}` is a type of values and cannot be the name of a type", name.value);
        let finding = Diagnostic::error(Code::ReservedWord, name.span, message);
        reader.report(finding.help(format!("call it `{}_type`", name.value)));
    }
}

/// `a` or `an`.
pub(super) fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" }
}

/// Whether a text is one name and nothing else, not even white space or a comment.
pub(super) fn is_name(kind: NameKind, text: &str) -> bool {
    let name = grammar::read(kind.rule(), text).ok().and_then(|mut pieces| pieces.next());
    name.is_some_and(|name| name.as_str() == text)
}

/// A text that is one name and nothing else.
pub(super) fn whole(kind: NameKind, text: &str, place: Place<'_>) -> Parsed<Option<Ident>> {
    let name = Spanned::new(text.to_owned(), place(0, offset(text.len())));
    let refused = |finding| Parsed { tree: None, diagnostics: vec![finding] };
    if !is_name(kind, text) {
        if grammar::is_reserved(text) {
            return refused(reserved(text, kind, name.span));
        }
        let message = format!("`{}` is no name of {} {}", shortened(text), article(kind.noun()), kind.noun());
        let finding = Diagnostic::error(Code::Syntax, name.span, message);
        let several: Vec<&str> = text.split(',').map(str::trim).collect();
        return refused(if several.len() > 1 && several.iter().all(|part| is_name(kind, part)) {
            finding.help(format!("write a list: `[{}]`", several.join(", ")))
        } else {
            finding.help("a name is written with the letters a to z, digits and `_`, and begins with no digit")
        });
    }
    let docs = Docs::new();
    let mut reader = Reader::new(place, &docs);
    if kind == NameKind::Type {
        check_type(&mut reader, &name);
    }
    Parsed { tree: Some(name), diagnostics: reader.into_findings() }
}
