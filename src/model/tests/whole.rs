//! A model without errors holds all that was written: nothing is left out in silence, which might open a policy.

use super::cases::{self, BASE};
use super::{FOLDER, Model};
use crate::diagnostics::Diagnostic;
use crate::source::SourceMap;
use crate::syntax::ast::{Item, Open, PolicyFile, RoleDecl, RoleItem, Statement};
use crate::syntax::dsl;
use proptest::prelude::*;

/// What a statement says, counted: patterns that stand for something, types, conditions.
fn clauses(statement: &Statement) -> [usize; 3] {
    [
        usize::from(statement.within.is_some()),
        usize::from(!statement.to.is_empty()),
        usize::from(statement.when.is_some()) + usize::from(statement.unless.is_some()),
    ]
}

fn resolved_clauses(statement: &crate::model::Statement) -> [usize; 3] {
    [
        usize::from(statement.within.is_some()),
        usize::from(!statement.to.is_empty()),
        usize::from(statement.when.is_some()) + usize::from(statement.unless.is_some()),
    ]
}

fn assert_role_is_whole(decl: &RoleDecl, role: &crate::model::Role) {
    let statements: Vec<[usize; 3]> = decl
        .body
        .iter()
        .filter_map(|item| if let RoleItem::Statement(statement) = item { Some(clauses(statement)) } else { None })
        .collect();
    assert_eq!(role.statements.iter().map(resolved_clauses).collect::<Vec<_>>(), statements);
    assert!(role.statements.iter().all(|statement| !statement.permissions.is_empty()));
    let implied: Vec<bool> = decl
        .body
        .iter()
        .filter_map(|item| if let RoleItem::Implies(implication) = item { Some(implication) } else { None })
        .flat_map(|implication| implication.roles.iter().map(|_| implication.when.is_some()))
        .collect();
    assert_eq!(role.implies.iter().map(|implication| implication.when.is_some()).collect::<Vec<_>>(), implied);
    assert_eq!((role.extends.len(), role.requires.len()), (decl.extends.len(), decl.requires.len()));
    assert_eq!(role.when.is_some(), decl.when.is_some());
    assert_eq!(role.organization.is_some(), decl.organization.is_some());
    assert_eq!(matches!(role.openness, crate::model::Openness::OpenWhen(_)), matches!(decl.open, Open::When(_)));
}

fn assert_whole(files: &[PolicyFile], model: &Model) {
    let items = || files.iter().flat_map(|file| &file.items);
    let mut roles = model.roles.iter();
    let mut rules = model.rules.iter().flatten();
    let mut policies = model.policies.iter();
    let mut assertions = model.assertions.iter();
    for item in items() {
        match item {
            Item::Role(decl) => assert_role_is_whole(decl, roles.next().unwrap()),
            Item::Rule(decl) => {
                let rule = rules.next().unwrap();
                assert_eq!(resolved_clauses(rule), clauses(decl));
                assert!(!rule.permissions.is_empty());
            }
            Item::Policy(decl) => {
                let policy = policies.next().unwrap();
                assert_eq!((policy.settings.len(), policy.denies.len()), (decl.settings.len(), decl.rules.len()));
            }
            Item::Assert(_) => {
                assertions.next().unwrap();
            }
            Item::Type(_) | Item::Context(_) => {}
        }
    }
    assert!(roles.next().is_none() && rules.next().is_none() && policies.next().is_none());
}

fn no_errors(findings: &[Diagnostic]) -> bool {
    !findings.iter().any(Diagnostic::is_error)
}

#[test]
fn cases_without_errors_are_whole() {
    let mut whole = 0;
    for case in cases::all(FOLDER) {
        let (files, _) = cases::parse(&case.texts());
        let (model, findings) = Model::build(&files);
        if no_errors(&findings) {
            assert_whole(&files, &model);
            whole += 1;
        }
    }
    assert!(whole > 3, "{whole}");
}

/// Replaces or takes away single words, as a person in the middle of an edit does.
fn spoil(text: &str, edits: &[(prop::sample::Index, prop::sample::Index, bool)]) -> String {
    let mut words: Vec<&str> = text.split_inclusive([' ', '\n', '.', ',', '(']).collect();
    for (at, with, remove) in edits {
        let at = at.index(words.len());
        let with = words[with.index(words.len())];
        if *remove {
            words.remove(at);
        } else {
            words[at] = with;
        }
    }
    words.concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn spoiled_policies_are_refused_or_whole(
        case in any::<prop::sample::Index>(),
        edits in prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index, bool)>(), 1..4),
    ) {
        let cases = cases::all(FOLDER);
        let text = spoil(&format!("{BASE}{}", case.get(&cases).policy), &edits);
        let parsed = dsl::parse(SourceMap::new().add("policy", &text), &text);
        let files = [parsed.tree];
        let (model, findings) = Model::build(&files);
        if no_errors(&parsed.diagnostics) && no_errors(&findings) {
            assert_whole(&files, &model);
        }
    }
}
