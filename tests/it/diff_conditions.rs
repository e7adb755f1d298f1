//! How `rolebook diff` tells that a condition stands to another one, and by which request it shows it.
//!
//! `tests/diff/conditions/pairs.txt` lists the pairs, and `tests/diff/conditions.txt` has what is said of each; `UPDATE=1 cargo
//! test` rewrites it. The other way round, the contrary has to be said.

use crate::diff::same;
use rolebook::Engine;
use rolebook::analysis::diff::{Asking, ClauseDiff, PermissionDiff, PolicyDiff, Related, Relation, RuleDiff};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// How each condition stands to its counterpart, by what it is the condition of.
fn relations(old: &Engine, new: &Engine) -> Vec<(String, Related)> {
    let (old, new) = (old.state(), new.state());
    let diff = PolicyDiff::new(old.snapshot(), new.snapshot(), &Asking::default());
    let rules = diff.rules.iter().map(|RuleDiff { related, .. }| (String::from("rule"), related.clone()));
    let mut found: Vec<(String, Option<Related>)> = rules.collect();
    for role in &diff.roles {
        let of = |PermissionDiff { permission, change, related, .. }: &PermissionDiff| {
            (format!("{} {} {permission}", role.role, change.as_str()), related.clone())
        };
        found.extend(role.permissions.iter().map(of));
        let of = |ClauseDiff { clause, related, .. }: &ClauseDiff| (format!("{} {clause}", role.role), related.clone());
        found.extend(role.clauses.iter().map(of));
    }
    found.into_iter().filter_map(|(of, related)| Some((of, related?))).collect()
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
        let engines = [old, new].map(|said| {
            let text = format!("{policy}{}\n", said.replace("\\n", "\n"));
            Engine::from_strings(&[("acme.rolebook", &text)], &[]).unwrap_or_else(|error| panic!("{said}: {error}"))
        });
        let found = relations(&engines[0], &engines[1]);
        assert!(!found.is_empty(), "{line}");
        let back = relations(&engines[1], &engines[0]);
        write!(printed, "- {old}\n+ {new}\n").expect("a text");
        for ((of, Related { relation, witness }), (_, mirrored)) in found.iter().zip(&back) {
            let shown = witness.as_ref().map_or_else(String::new, |witness| format!("; {witness}"));
            writeln!(printed, "  {of}: {}{shown}", relation.as_str()).expect("a text");
            let contrary = match relation {
                Relation::Weaker => Relation::Stronger,
                Relation::Stronger => Relation::Weaker,
                Relation::NotStronger => Relation::NotWeaker,
                Relation::NotWeaker => Relation::NotStronger,
                same => *same,
            };
            assert_eq!(mirrored.relation, contrary, "{line}\nthe other way round");
            let claims = matches!(relation, Relation::Weaker | Relation::Stronger | Relation::Crossed);
            assert_eq!(claims, witness.is_some() && *relation != Relation::MayDiffer, "{line}");
        }
    }
    same(&manifest.join("tests/diff/conditions.txt"), &printed);
}
