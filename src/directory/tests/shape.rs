//! Mistakes in the form of a directory file, found without a policy.

use super::{load, load_as_written};
use crate::directory::tree;
use crate::document;
use crate::source::FileId;

/// Texts with their heads, and what is found.
const WHOLE: &[(&str, &str)] = &[
    (
        "- user:ana\n",
        "error[wrong-shape]: expected a mapping, found a list
  0.yaml:1:3 `user:ana`
  help: begin with `rolebook: 1` and `kind: directory`
",
    ),
    (
        "rolebook: 1\norganization:acme:\n  team:a: 3\n",
        "error[wrong-kind]: the file names no kind, and a directory is wanted here
  0.yaml:1:1 `rolebook`
  help: write `kind: directory`
",
    ),
    (
        "rolebook: 1\nkind: test\n",
        "error[wrong-kind]: expected a directory, found kind `test`
  0.yaml:2:7 `test`
  help: write `kind: directory`
",
    ),
    (
        "rolebook: 1\nkind: [directory]\n",
        "error[wrong-kind]: expected `kind: directory`, found a list
  0.yaml:2:7 `[directory]`
  help: write `kind: directory`
",
    ),
    (
        "kind: directory\n",
        "error[missing-key]: the key `rolebook` is missing
  0.yaml:1:1 `kind`
  help: write `rolebook: 1`
",
    ),
    (
        "rolebook: 2\nkind: directory\n",
        "error[unsupported]: expected version 1 of the file form, found `2`
  0.yaml:1:11 `2`
  help: write `rolebook: 1`
",
    ),
];

/// Texts below the head, which takes two lines, and what is found.
const BELOW: &[(&str, &str)] = &[
    (
        "policy: { spot: {} }\nroles: {}\npolicy_s: {}\nteams: {}\n",
        "error[unknown-key]: unknown key `policy`
  0.yaml:3:1 `policy`
  help: org policies stand under `policies`; `policy` links one in the entry of an entity
error[unknown-key]: unknown key `roles`
  0.yaml:4:1 `roles`
  help: this stands in the entry of an entity
error[unknown-key]: unknown key `policy_s`
  0.yaml:5:1 `policy_s`
  help: did you mean `policies`?
error[unknown-key]: unknown key `teams`
  0.yaml:6:1 `teams`
  help: at the top of a directory stand entities, `type:id`, and `policies`
",
    ),
    (
        "organization:acme:\n  policies: { spot: {} }\n",
        "error[unknown-key]: `policies` stands at the top of the file only
  0.yaml:4:3 `policies`
  help: to link an org policy here, write `policy: NAME`
",
    ),
    (
        "organization:acme: free\n",
        "error[wrong-shape]: expected a mapping, found a single value
  0.yaml:3:20 `free`
",
    ),
    (
        "organization:acme:\n  roles: [user:ana]\n  settings: 3\n  custom_roles: [x]\npolicies: [spot]\n",
        "error[wrong-shape]: expected a mapping, found a list
  0.yaml:4:11 `user:ana`
error[wrong-shape]: expected a mapping, found a single value
  0.yaml:5:13 `3`
error[wrong-shape]: expected a mapping, found a list
  0.yaml:6:18 `x`
error[wrong-shape]: expected a mapping, found a list
  0.yaml:7:12 `spot`
",
    ),
    (
        "organization:acme:\n  team:b:\n    in: [[organization:acme]]\n    policy: { gpu: true }\n",
        "error[wrong-shape]: expected a single value, found a list
  0.yaml:5:11 `organization:acme`
error[wrong-shape]: expected a single value, found a mapping
  0.yaml:6:15 `gpu`
",
    ),
    (
        "organization:acme:\n  'team:a b': {}\n  roles:\n    member: ['user:bo x', anybody, 'user:', 'user:ana#', user:ana#a#b]\n",
        "error[invalid-entity]: `team:a b` is no entity
  0.yaml:4:3 `'team:a b'`
  help: write `type:id`, the id without white space or `#`
error[invalid-entity]: `user:bo x` is no subject
  0.yaml:6:14 `'user:bo x'`
  help: write `type:id`, or `type:id#role` for whoever holds that role there
error[invalid-entity]: `anybody` is no subject
  0.yaml:6:27 `anybody`
  help: write `type:id`, or `type:id#role` for whoever holds that role there
error[invalid-entity]: `user:` is no subject
  0.yaml:6:36 `'user:'`
  help: write `type:id`, or `type:id#role` for whoever holds that role there
error[invalid-entity]: `user:ana#` is no subject
  0.yaml:6:45 `'user:ana#'`
  help: write `type:id`, or `type:id#role` for whoever holds that role there
error[invalid-entity]: `user:ana#a#b` is no subject
  0.yaml:6:58 `user:ana#a#b`
  help: write `type:id`, or `type:id#role` for whoever holds that role there
",
    ),
    (
        "organization:acme:\n  roles:\n    member:\n      - user: bo\n      - team: a#member\n  team:a: { in: { organization: acme } }\n",
        "error[invalid-entity]: a subject has no space after its colon
  0.yaml:6:9 `user: bo`
  help: write `user:bo`
error[invalid-entity]: a subject has no space after its colon
  0.yaml:7:9 `team: a#member`
  help: write `team:a#member`
error[invalid-entity]: an entity has no space after its colon
  0.yaml:8:17 `{ organization: acme }`
  help: write `organization:acme`
",
    ),
    (
        "organization:acme:\n  roles:\n    member:\n      - { subjct: user:bo }\n      - { subject: user:bo, until: 2026-12-31 }\n      - { subject: [user:bo] }\n",
        "error[missing-key]: the key `subject` is missing
  0.yaml:6:9 `{ subjct: user:bo }`
  help: write `{ subject: type:id, until: 2026-12-31T00:00:00Z }`
error[unknown-key]: unknown key `subjct`
  0.yaml:6:11 `subjct`
  help: did you mean `subject`?
error[invalid-literal]: expected a timestamp, found `2026-12-31`
  0.yaml:7:36 `2026-12-31`
  help: write an ISO time with a zone: `2026-12-31T00:00:00Z`
error[wrong-shape]: expected a single value, found a list
  0.yaml:8:21 `user:bo`
",
    ),
    (
        "organization:acme:\n  roles:\n    member: { subject: user:bo, since: 2026-01-01T02:00:00+02:00, until: 2026-01-01T00:00:00Z }\n",
        "error[empty-interval]: the assignment ends before it begins
  0.yaml:5:74 `2026-01-01T00:00:00Z` ends here
  0.yaml:5:40 `2026-01-01T02:00:00+02:00` begins here
  help: an assignment counts from `since` on, and no longer at `until`
",
    ),
];

#[test]
fn mistakes_in_the_head_are_found() {
    for (text, expected) in WHOLE {
        assert_eq!(load_as_written(&[text]).rendered(), *expected, "{text}");
    }
}

#[test]
fn mistakes_below_the_head_are_found() {
    for (text, expected) in BELOW {
        assert_eq!(load(&[text]).rendered(), *expected, "{text}");
    }
}

#[test]
fn inside_another_document_the_head_may_be_left_out() {
    let inline = |text| {
        let read = document::parse(FileId(0), text);
        let (tree, findings) = read.node.as_ref().map(tree::read_inline).unwrap_or_default();
        (tree.len(), findings.into_iter().map(|finding| finding.message).collect::<Vec<_>>())
    };
    assert_eq!(inline("organization:acme: { team:a: }"), (2, vec![]));
    assert_eq!(inline("rolebook: 1\nkind: directory\nuser:ana:"), (1, vec![]));
    assert_eq!(inline("- a"), (0, vec![String::from("expected a mapping, found a list")]));
}
