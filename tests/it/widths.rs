//! Tables are read some entries at once: four of a row, 32 permissions of a type. What is asked here lies before, at and
//! behind each such border.

use crate::access_matrix::check;
use rolebook::Engine;
use rolebook::engine::query;
use std::fmt::Write;

/// As many as no border is wide.
const MANY: usize = 70;

fn allowed(engine: &Engine, subject: &str, action: &str, resource: &str) -> bool {
    check(engine, &query(subject, action, resource)).expect("a sound request").allowed
}

#[test]
fn each_of_many_permissions_is_told_from_the_others() {
    let has = |role: usize, action: usize| (action * 7 + role).is_multiple_of(3);
    let own = |role: usize, action: usize| (action * 5 + role).is_multiple_of(4);
    let mut policy = String::from("type user\n");
    for ty in ["narrow", "wide"] {
        let many = if ty == "wide" { MANY } else { 33 };
        let actions: Vec<String> = (0..many).map(|at| format!("a{at}")).collect();
        write!(policy, "type {ty} {{\n  owner: user?\n  actions {}\n}}\n", actions.join(", ")).expect("text");
        for role in 0..3 {
            writeln!(policy, "role {ty}.r{role} {{").expect("text");
            for action in 0..many {
                if has(role, action) {
                    writeln!(policy, "allow {ty}.a{action}").expect("text");
                } else if own(role, action) {
                    writeln!(policy, "allow {ty}.a{action} when resource.owner == subject").expect("text");
                }
            }
            policy.push_str("}\n");
        }
    }
    let mut directory = String::from("rolebook: 1\nkind: directory\n");
    for role in 0..3 {
        writeln!(directory, "user:u{role}: {{}}").expect("text");
    }
    for ty in ["narrow", "wide"] {
        let roles = "roles: {r0: [user:u0], r1: [user:u1], r2: [user:u2]}";
        writeln!(directory, "{ty}:one: {{owner: user:u1, {roles}}}").expect("text");
    }
    let engine = Engine::from_strings(&[("p.rolebook", &policy)], &[("d.yaml", &directory)]).expect("a sound policy");
    for (ty, many) in [("narrow", 33), ("wide", MANY)] {
        for (role, action) in (0..3).flat_map(|role| (0..many).map(move |action| (role, action))) {
            let wanted = has(role, action) || own(role, action) && role == 1;
            let (subject, verb) = (format!("user:u{role}"), format!("a{action}"));
            assert_eq!(allowed(&engine, &subject, &verb, &format!("{ty}:one")), wanted, "{subject} {verb} {ty}:one");
        }
    }
}

#[test]
fn rows_of_any_length_and_resources_at_any_depth() {
    let policy = "type user
type folder in folder? { actions view, edit }
role folder.reader { allow folder.view }
role folder.writer extends folder.reader { allow folder.edit }";
    // A chain of folders, on each of which somebody has a role; and folders beside it, which others have many roles on.
    let depth = 14;
    let mut directory = String::from("rolebook: 1\nkind: directory\n");
    for at in 0..depth {
        let within = if at == 0 { String::new() } else { format!("in: [folder:d{}], ", at - 1) };
        writeln!(directory, "folder:d{at}: {{{within}roles: {{writer: [user:d{at}]}}}}").expect("text");
    }
    let lengths = 40;
    for at in 0..lengths {
        let readers: Vec<String> = (at + 1..=lengths).map(|user| format!("user:u{user}")).collect();
        writeln!(
            directory,
            "folder:f{at}: {{in: [folder:d{}], roles: {{reader: [{}]}}}}",
            at % depth,
            readers.join(", ")
        )
        .expect("text");
    }
    let engine = Engine::from_strings(&[("p.rolebook", policy)], &[("d.yaml", &directory)]).expect("a sound policy");
    for (user, folder) in (0..=lengths).flat_map(|user| (0..lengths).map(move |folder| (user, folder))) {
        let (subject, resource) = (format!("user:u{user}"), format!("folder:f{folder}"));
        assert_eq!(allowed(&engine, &subject, "view", &resource), folder < user, "{subject} view {resource}");
        assert!(!allowed(&engine, &subject, "edit", &resource), "{subject} edit {resource}");
    }
    for (user, folder) in (0..depth).flat_map(|user| (0..lengths).map(move |folder| (user, folder))) {
        let (subject, resource) = (format!("user:d{user}"), format!("folder:f{folder}"));
        assert_eq!(allowed(&engine, &subject, "edit", &resource), user <= folder % depth, "{subject} edit {resource}");
    }
}

#[test]
fn a_condition_reads_what_lies_above_at_any_height() {
    // Each type lies in the one before it, the first in a place.
    let depth = 14;
    let mut policy = String::from("type user\ntype place {\n  shown: bool = false\n  owner: user?\n}\n");
    for at in 0..depth {
        let within = if at == 0 { String::from("place") } else { format!("box{}", at - 1) };
        write!(
            policy,
            "type box{at} in {within} {{ actions view, edit }}\n\
             role box{at}.keeper {{ allow box{at}.edit when place.owner == subject }}\n\
             allow box{at}.view when place.shown\n"
        )
        .expect("text");
    }
    for (shown, owner) in [(true, "ana"), (false, "bob")] {
        let mut directory = String::from("rolebook: 1\nkind: directory\nuser:ana: {}\nuser:bob: {}\n");
        // What lies deepest is written first, and has the lowest number.
        for at in (0..depth).rev() {
            let within = if at == 0 { String::from("place:p") } else { format!("box{}:x", at - 1) };
            writeln!(directory, "box{at}:x: {{in: [{within}], roles: {{keeper: [user:ana]}}}}").expect("text");
        }
        // Another place has the values that stand first.
        write!(directory, "place:q: {{shown: {}}}\nplace:p: {{shown: {shown}, owner: user:{owner}}}\n", !shown)
            .expect("text");
        let engine =
            Engine::from_strings(&[("p.rolebook", &policy)], &[("d.yaml", &directory)]).expect("a sound policy");
        for at in 0..depth {
            let resource = format!("box{at}:x");
            assert_eq!(allowed(&engine, "user:bob", "view", &resource), shown, "{resource}");
            assert_eq!(allowed(&engine, "user:ana", "edit", &resource), owner == "ana", "{resource}");
            assert!(!allowed(&engine, "user:bob", "edit", &resource), "{resource}");
        }
    }
}

#[test]
fn a_role_that_allows_without_condition_leaves_nothing_to_be_computed_at_any_depth() {
    let policy = "type user
context { level: int }
type folder in folder? { actions view }
role folder.reader { allow folder.view }
role folder.guest { allow folder.view when context.level > 3 }";
    for depth in [1, 3, 8, 9, 14] {
        let mut directory = String::from("rolebook: 1\nkind: directory\nfolder:d0: {roles: {reader: [user:ana]}}\n");
        for at in 1..=depth {
            let guest = if at == depth { ", roles: {guest: [user:ana]}" } else { "" };
            writeln!(directory, "folder:d{at}: {{in: [folder:d{}]{guest}}}", at - 1).expect("text");
        }
        let engine =
            Engine::from_strings(&[("p.rolebook", policy)], &[("d.yaml", &directory)]).expect("a sound policy");
        let decision = check(&engine, &query("user:ana", "view", &format!("folder:d{depth}"))).expect("a request");
        assert!(
            decision.allowed && decision.cause.is_none() && decision.unresolved.is_empty(),
            "{depth}: {decision:?}"
        );
    }
}
