//! Facts that are meant to hurt: deep, wide, tangled, many. Each is answered, with a finding where there is one, without
//! recursion and without work or memory that grows with the square of the file.

use super::load;
use std::fmt::Write as _;

/// Folders `0..count`, each in the one before it.
fn nested(count: usize) -> String {
    let mut text = String::from("folder:f0:\n");
    for at in 1..count {
        let _ = writeln!(text, "folder:f{at}: {{ in: folder:f{} }}", at - 1);
    }
    text
}

#[test]
fn thousands_deep_is_legal_and_one_too_deep_is_a_finding() {
    let loaded = load(&[&nested(4_097)]);
    assert_eq!(loaded.rendered(), "");
    assert_eq!(loaded.directory.ancestors(loaded.entity("folder:f4096")).len(), 4_096);
    let loaded = load(&[&nested(4_098)]);
    assert_eq!(
        loaded.rendered(),
        "error[limit-exceeded]: `folder:f4097` lies in more than 4096 entities
  0.yaml:4100:1 `folder:f4097`
"
    );
}

#[test]
fn deep_and_listed_from_the_bottom_up_is_the_same() {
    let mut lines: Vec<&str> = Vec::new();
    let text = nested(4_000);
    lines.extend(text.lines().rev());
    let loaded = load(&[&lines.join("\n")]);
    assert_eq!(loaded.rendered(), "");
    assert_eq!(loaded.directory.ancestors(loaded.entity("folder:f3999")).len(), 3_999);
}

#[test]
fn deep_and_wide_together_end_at_a_limit_not_in_memory() {
    let mut text = String::new();
    for tower in 0..9 {
        let _ = writeln!(text, "folder:t{tower}x0:");
        for at in 1..4_096 {
            let _ = writeln!(text, "folder:t{tower}x{at}: {{ in: folder:t{tower}x{} }}", at - 1);
        }
    }
    let loaded = load(&[&text]);
    let rendered = loaded.rendered();
    assert!(rendered.contains("the entities nest too deep and too wide to keep their ways up"), "{rendered}");
    assert_eq!(loaded.findings.len(), 1);
}

#[test]
fn a_long_cycle_is_shown_in_part() {
    let text = nested(4_000).replacen("folder:f0:", "folder:f0: { in: folder:f3999 }", 1);
    let loaded = load(&[&text]);
    assert_eq!(loaded.findings.len(), 1);
    let rendered = loaded.rendered();
    assert!(rendered.starts_with("error[containment]: `folder:f0` lies in itself: `folder:f0` in `folder:f3999`"));
    assert!(rendered.contains("in 3984 more in `folder:f0`\n"), "{rendered}");
    assert_eq!(loaded.findings.iter().map(|finding| finding.labels.len()).sum::<usize>(), 16);
}

#[test]
fn a_hundred_thousand_siblings_share_one_chain() {
    let mut text = String::from("organization:acme:\n");
    for at in 0..100_000 {
        let _ = writeln!(text, "  team:t{at}: {{ name: n{at} }}");
    }
    let loaded = load(&[&text]);
    assert_eq!(loaded.rendered(), "");
    assert_eq!(loaded.directory.chains(), 2);
    assert_eq!(loaded.directory.len(), 100_001);
}

#[test]
fn a_parent_named_a_hundred_thousand_times_is_one_parent() {
    let teams = vec!["team:a"; 100_000].join(", ");
    let loaded = load(&[&format!("organization:acme:\n  team:a:\n  project:p: {{ in: [{teams}] }}\n")]);
    assert_eq!(loaded.rendered(), "");
    assert_eq!(loaded.names(loaded.directory.parents(loaded.entity("project:p"))), ["organization:acme", "team:a"]);
}

#[test]
fn more_parents_than_a_chain_holds_are_a_finding() {
    let mut text = String::from("organization:acme:\n");
    for at in 0..5_000 {
        let _ = writeln!(text, "  team:t{at}:");
    }
    let teams: Vec<String> = (0..5_000).map(|at| format!("team:t{at}")).collect();
    let _ = writeln!(text, "  project:p: {{ in: [{}] }}", teams.join(", "));
    assert_eq!(
        load(&[&text]).rendered(),
        "error[limit-exceeded]: `project:p` lies in more than 4096 entities
  0.yaml:5004:3 `project:p`
"
    );
}

#[test]
fn a_typing_error_on_every_line_is_cut_short_and_not_compared_with_everything() {
    let mut text = String::new();
    for at in 0..20_000 {
        let _ = writeln!(text, "user:u{at}:");
    }
    text.push_str("organization:acme:\n  roles:\n    member:\n");
    for at in 0..20_000 {
        let _ = writeln!(text, "      - user:v{at}");
    }
    let loaded = load(&[&text]);
    assert_eq!(loaded.findings.len(), 1_001);
    assert!(loaded.rendered().ends_with("warning[limit-exceeded]: 19000 more warnings are not shown\n"));
    assert!(loaded.findings.iter().any(|finding| finding.help.as_deref() == Some("did you mean `user:u0`?")));
}

#[test]
fn ids_may_hold_any_script_and_places_stay_exact() {
    let text =
        "organization:ünï:\n  team:チーム: { roles: { member: [user:ß, 'user:a\u{a0}b'] } }\n  \"team:\\u00fc\": {}\n";
    let loaded = load(&[text]);
    assert_eq!(
        loaded.rendered(),
        "error[invalid-entity]: `user:a\u{a0}b` is no subject
  0.yaml:4:41 `'user:a\u{a0}b'`
  help: write `type:id`, or `type:id#role` for whoever holds that role there
"
    );
    assert_eq!(
        loaded.names(&[loaded.entity("team:チーム"), loaded.entity("team:ü"), loaded.entity("user:ß")]),
        ["team:ü", "team:チーム", "user:ß"]
    );
}

#[test]
fn a_large_set_is_read_in_one_go() {
    let elements: Vec<String> = (0..100_000).map(|at| format!("e{}", at % 50_000)).collect();
    let loaded = load(&[&format!("thing:t: {{ tags: [{}] }}\n", elements.join(", "))]);
    assert_eq!(loaded.rendered(), "");
    let crate::directory::Stored::Set(set) = loaded.directory.attribute(loaded.entity("thing:t"), 4) else {
        panic!("a set")
    };
    assert_eq!(loaded.directory.set(set).len(), 50_000);
}
