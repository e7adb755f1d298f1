//! Pieces of the DSL that stand on their own, as the YAML form holds them: an expression, patterns, names.
//!
//! Each entry takes the piece's text and a function from byte offsets in it to a place in the file, so that the same
//! mistake reads the same in both forms and points at the words the person wrote.

use super::grammar::Rule;
use super::pieces::{self, Piece};
use super::reader::Reader;
use super::wording::{self, Scene};
use super::{assertion, attribute, entity, expression, level, name, pattern, recover, scan, setting, type_decl};
use crate::schema::MergeWord;
use crate::source::{Span, Spanned};
use crate::syntax::Parsed;
use crate::syntax::ast::{
    AssertKind, EntityRef, Expr, Ident, Literal, ParentDecl, Pattern, PermissionRef, RoleRef, TypeExpr,
};

/// From a range of bytes in a piece of text to its place in the file.
pub type Place<'a> = &'a (dyn Fn(u32, u32) -> Span + Sync);

/// What a name is for: it decides which words of the language it may share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameKind {
    /// A package.
    Package,
    /// A type.
    Type,
    /// An attribute or a field of the context.
    Attribute,
    /// An action.
    Action,
    /// A setting.
    Setting,
    /// A role, without its type.
    Role,
    /// An org policy.
    Policy,
}

/// `"free" | "enterprise" = "free"`: what follows an attribute's name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttributeText {
    /// The type.
    pub ty: TypeExpr,
    /// The default.
    pub default: Option<Literal>,
}

/// `string overrides within queues`: what follows a setting's name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingText {
    /// The type of the value.
    pub ty: TypeExpr,
    /// How values combine.
    pub merge: Spanned<MergeWord>,
    /// The setting whose value must hold this one's.
    pub within: Option<Ident>,
}

/// An expression.
#[must_use]
pub fn expression(text: &str, place: Place<'_>) -> Parsed<Option<Expr>> {
    read(Rule::only_expr, "a condition", text, place, |reader, pieces| {
        pieces.iter().find(|piece| piece.as_rule() == Rule::expr).map(|piece| expression::read(reader, piece))
    })
}

/// Patterns with commas between them: `run.{create, delete}, *.view`.
#[must_use]
pub fn patterns(text: &str, place: Place<'_>) -> Parsed<Option<Vec<Pattern>>> {
    read(Rule::only_patterns, "permissions such as `run.delete`", text, place, |reader, pieces| {
        let patterns = pieces.iter().filter(|piece| piece.as_rule() == Rule::pattern);
        Some(patterns.map(|piece| pattern::pattern(reader, piece)).collect())
    })
}

/// `team.viewer`.
#[must_use]
pub fn role_ref(text: &str, place: Place<'_>) -> Parsed<Option<RoleRef>> {
    read(Rule::only_role, "a role such as `team.member`", text, place, |reader, pieces| {
        pieces.first().and_then(|piece| pattern::role(reader, piece))
    })
}

/// `team.delete`.
#[must_use]
pub fn permission_ref(text: &str, place: Place<'_>) -> Parsed<Option<PermissionRef>> {
    read(Rule::only_permission, "a permission such as `run.delete`", text, place, |reader, pieces| {
        pieces.first().and_then(|piece| pattern::permission(reader, piece))
    })
}

/// `organization:acme`. Where nothing can follow, an id may hold every character but white space and `#`.
#[must_use]
pub fn entity_ref(text: &str, place: Place<'_>) -> Parsed<Option<EntityRef>> {
    entity::whole(text, place)
}

/// `set<user> = []`: an attribute's type and default.
#[must_use]
pub fn attribute(text: &str, place: Place<'_>) -> Parsed<Option<AttributeText>> {
    let what = "a type such as `bool`, `string?` or `\"a\" | \"b\"`";
    read(Rule::only_attribute_text, what, text, place, |reader, pieces| attribute::text(reader, pieces.iter().cloned()))
}

/// `team*`: a parent type and its mark.
#[must_use]
pub fn parent(text: &str, place: Place<'_>) -> Parsed<Option<ParentDecl>> {
    read(Rule::only_parent, "the name of a type", text, place, |reader, pieces| {
        pieces.first().and_then(|piece| type_decl::parent(reader, piece))
    })
}

/// `duration at most`: a setting's type, merge word and `within`.
#[must_use]
pub fn setting(text: &str, place: Place<'_>) -> Parsed<Option<SettingText>> {
    let what = "a type and a merge word, such as `set<string> narrows`";
    read(Rule::only_setting_text, what, text, place, |reader, pieces| setting::text(reader, pieces.iter().cloned()))
}

/// An assertion without the word `assert`.
#[must_use]
pub fn assertion(text: &str, place: Place<'_>) -> Parsed<Option<AssertKind>> {
    let what = "an assertion such as `team.viewer cannot run.delete`";
    read(Rule::only_assertion, what, text, place, |reader, pieces| {
        pieces.first().and_then(|piece| assertion::claim(reader, piece))
    })
}

/// A name of its own.
#[must_use]
pub fn identifier(kind: NameKind, text: &str, place: Place<'_>) -> Parsed<Option<Ident>> {
    name::whole(kind, text, place)
}

/// Reads a text by a rule that must take all of it.
fn read<T>(
    rule: Rule,
    what: &'static str,
    text: &str,
    place: Place<'_>,
    lower: impl FnOnce(&mut Reader<'_>, &[Piece<'_>]) -> Option<T>,
) -> Parsed<Option<T>> {
    let mut scan = scan::scan(text, place);
    let mut diagnostics = std::mem::take(&mut scan.findings);
    if !scan.too_deep.is_empty() {
        return Parsed { tree: None, diagnostics };
    }
    let mut reader = Reader::new(place, &scan.docs);
    let tree = match pieces::read(rule, text) {
        Ok(pieces) => lower(&mut reader, &pieces.row().collect::<Vec<_>>()),
        Err(refusal) => {
            let level = level::fragment(rule, what);
            let to = scan.tokens.len();
            // A condition may hold several mistakes, one in each part of it.
            if rule != Rule::only_expr || !recover::conditions(&scan, &mut reader, 0, to) {
                let scene = Scene { scan: &scan, level: &level, from: 0, to, place };
                diagnostics.extend(wording::finding(&refusal, 0, &scene));
            }
            None
        }
    };
    diagnostics.extend(reader.into_findings());
    Parsed { tree, diagnostics }
}
