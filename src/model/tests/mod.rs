//! What a model holds of a policy, and what it finds wrong with one.

pub(crate) mod cases;
mod conditions;
mod limits;
mod whole;

use super::Model;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::PolicyFile;
use cases::BASE;

const FOLDER: &str = "src/model/tests/data";

fn find(files: &[PolicyFile]) -> Vec<Diagnostic> {
    Model::build(files).1
}

#[test]
fn every_mistake_is_found_and_nothing_else() {
    cases::check(FOLDER, find);
}

/// The codes that the model reports, save for those of limits.
const CODES: &[Code] = &[
    Code::DuplicateClause,
    Code::DuplicateName,
    Code::UnknownType,
    Code::UnknownAction,
    Code::UnknownRole,
    Code::UnknownAttribute,
    Code::UnknownSetting,
    Code::UnknownVariable,
    Code::ReservedName,
    Code::ContainmentCycle,
    Code::ActsAsType,
    Code::WrongScope,
    Code::UnreachablePermission,
    Code::PatternWithoutMatch,
    Code::WithoutNoEffect,
    Code::CustomRole,
    Code::OpenRole,
    Code::PolicyRule,
    Code::WrongPermission,
    Code::InvalidType,
    Code::OptionalDefault,
    Code::MergeType,
    Code::TypeMismatch,
    Code::UnknownEnumValue,
    Code::NotACondition,
    Code::NotAllowedHere,
    Code::SetOperation,
    Code::InvalidLiteral,
];

#[test]
fn every_code_has_a_case() {
    assert_eq!(cases::codes(FOLDER, find).into_iter().collect::<Vec<_>>(), CODES);
}

#[test]
fn the_base_has_no_mistakes() {
    let (files, sources) = cases::parse(&[("base", BASE)]);
    assert_eq!(cases::render(&find(&files), &sources), "");
}
