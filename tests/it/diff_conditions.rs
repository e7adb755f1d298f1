//! How `rolebook diff` tells that a condition stands to another one, and by which request it shows it.
//!
//! `tests/diff/conditions/pairs.txt` lists the pairs, and `tests/diff/conditions.txt` has what is said of each; `UPDATE=1 cargo
//! test` rewrites it. The other way round, the contrary has to be said; and what is shown by a request is decided so by the
//! reference evaluator.

use crate::diff::same;
use crate::diff_witness::fault;
use crate::reference::parse_policy;
use rolebook::Engine;
use rolebook::analysis::diff::{
    Asking, ClauseDiff, PermissionDiff, PolicyDiff, Related, Relation, RoleChange, RuleDiff,
};
use rolebook::compile::Effect;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// How conditions stand to each other.
struct Told {
    /// What they are conditions of.
    of: String,
    /// What a request shows by which they are told apart.
    effect: Option<Effect>,
    related: Related,
    /// Whether nothing is told but that a statement of one side alone does nothing.
    is_idle: bool,
}

/// How each condition stands to its counterpart.
fn relations(old: &Engine, new: &Engine) -> Vec<Told> {
    let (old, new) = (old.state(), new.state());
    let diff = PolicyDiff::new(old.snapshot(), new.snapshot(), &Asking::default());
    let mut found = Vec::new();
    for RuleDiff { old, new, effect, related, .. } in &diff.rules {
        let (of, is_idle) = match (old, new) {
            (None, Some(text)) => (format!("new, without effect: {text}"), true),
            (Some(text), None) => (format!("gone, without effect: {text}"), true),
            _ => (String::from("rule"), false),
        };
        found.extend(related.clone().map(|related| Told { of, effect: Some(*effect), related, is_idle }));
    }
    for role in &diff.roles {
        for PermissionDiff { permission, change, related, .. } in &role.permissions {
            let of = format!("{} {} {permission}", role.role, change.as_str());
            let effect = if *change == RoleChange::DenyCondition { Effect::Deny } else { Effect::Allow };
            found.extend(related.clone().map(|related| Told { of, effect: Some(effect), related, is_idle: false }));
        }
        for ClauseDiff { clause, related, .. } in &role.clauses {
            let of = format!("{} {clause}", role.role);
            found.extend(related.clone().map(|related| Told { of, effect: None, related, is_idle: false }));
        }
    }
    found
}

#[test]
fn conditions_are_told_by_what_they_hold_for() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = manifest.join("tests/diff/conditions");
    let policy = fs::read_to_string(folder.join("acme.rolebook")).expect("a policy");
    let mut printed = String::new();
    for line in fs::read_to_string(folder.join("pairs.txt")).expect("pairs").lines() {
        let Some((old, new)) = line.split_once(" ||| ") else {
            writeln!(printed, "{line}").expect("a text");
            continue;
        };
        let texts = [old, new].map(|said| format!("{policy}{}\n", said.replace("\\n", "\n")));
        let engines = texts.each_ref().map(|text| {
            Engine::from_strings(&[("acme.rolebook", text)], &[]).unwrap_or_else(|error| panic!("{text}: {error}"))
        });
        let files = texts.map(|text| [parse_policy(&text)]);
        let found = relations(&engines[0], &engines[1]);
        assert!(!found.is_empty(), "{line}");
        let back = relations(&engines[1], &engines[0]);
        write!(printed, "- {old}\n+ {new}\n").expect("a text");
        let told = |all: &[Told]| all.iter().filter(|told| !told.is_idle).map(|told| told.related.relation).collect();
        let (there, mirrored): (Vec<Relation>, Vec<Relation>) = (told(&found), told(&back));
        assert_eq!(there.len(), mirrored.len(), "{line}");
        for Told { of, effect, related, is_idle } in &found {
            if *is_idle {
                writeln!(printed, "  {of}").expect("a text");
                continue;
            }
            writeln!(printed, "  {of}: {}", related.relation.as_str()).expect("a text");
            for (sign, witness) in ["-", "+"].iter().zip(&related.witnesses) {
                let shown = witness.iter().map(|witness| format!("  {sign} {}\n", witness.text));
                printed.extend(shown);
            }
            let shown = related.witnesses.each_ref().map(Option::is_some);
            let claimed = match related.relation {
                Relation::Weaker => [false, true],
                Relation::Stronger => [true, false],
                Relation::Crossed => [true, true],
                Relation::MayDiffer => shown,
                Relation::Equal | Relation::NotStronger | Relation::NotWeaker => [false, false],
            };
            assert_eq!(shown, claimed, "{line}");
            for (side, witness) in related.witnesses.iter().enumerate() {
                let (Some(witness), Some(effect)) = (witness, effect) else { continue };
                let fault = fault(witness, side, *effect, [&files[0], &files[1]], "{}");
                assert!(fault.is_none(), "{line}\n{fault:?}");
            }
        }
        for (relation, mirrored) in there.iter().zip(mirrored) {
            let contrary = match relation {
                Relation::Weaker => Relation::Stronger,
                Relation::Stronger => Relation::Weaker,
                Relation::NotStronger => Relation::NotWeaker,
                Relation::NotWeaker => Relation::NotStronger,
                same => *same,
            };
            assert_eq!(mirrored, contrary, "{line}\nthe other way round");
        }
    }
    same(&manifest.join("tests/diff/conditions.txt"), &printed);
}
