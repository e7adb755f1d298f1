//! Entries and mentions: unknown types, second entries, undeclared parents and doubtful mentions.

use super::check;
use crate::directory::tests::load;

const CASES: &[(&str, &str)] = &[
    (
        "\
organisation:acme:
  team:a:
",
        "\
error[unknown-type]: unknown type `organisation`
  0.yaml:3:1 `organisation`
  help: did you mean `organization`?
",
    ),
    (
        "\
team:a: { in: 'organizatin:acme' }
thing:t: { friends: [usr:bo] }
organization:acme: { roles: { member: [uzer:bo, uzer:bo] } }
",
        "\
error[unknown-type]: unknown type `organizatin`
  0.yaml:3:16 `organizatin`
  help: did you mean `organization`?
error[unknown-type]: unknown type `usr`
  0.yaml:4:22 `usr`
  help: did you mean `user`?
error[unknown-type]: unknown type `uzer`
  0.yaml:5:40 `uzer`
  help: did you mean `user`?
",
    ),
    (
        "\
organization:acme:
  team:a:
    roles: { member: user:bo }
  project:p:
    team:a: { in: organization:acme }
",
        "\
error[containment]: `team:a` cannot lie in `project:p`
  0.yaml:7:5 `team:a`
  help: a `team` lies in `organization`
error[duplicate-entity]: `team:a` has two entries
  0.yaml:7:5 `team:a` the second
  0.yaml:4:3 `team:a` the first
  help: to give it a further parent, write `in:` in its one entry
",
    ),
    (
        "\
organization:acme:
  team:research:
project:p: { in: [organization:acme, team:reserch] }
team:x: { in: organization:globex }
",
        "\
error[undeclared-parent]: `project:p` lies in `team:reserch`, which has no entry
  0.yaml:5:38 `team:reserch`
  help: did you mean `team:research`?
error[undeclared-parent]: `team:x` lies in `organization:globex`, which has no entry
  0.yaml:6:15 `organization:globex`
  help: give it one: `organization:globex: {}`
",
    ),
    (
        "\
user:boris:
user:ana:
organization:acme:
  roles: { member: [user:ana, user:borsi, user:zoe-lin, user:borsi] }
  project:p: { run:1: { created_by: user:an } }
",
        "\
warning[undeclared-mention]: `user:borsi` has no entry, though others of its type have
  0.yaml:6:31 `user:borsi`
  help: did you mean `user:boris`?
warning[undeclared-mention]: `user:zoe-lin` has no entry, though others of its type have
  0.yaml:6:43 `user:zoe-lin`
warning[duplicate-assignment]: this subject holds `organization.member` on `organization:acme` already
  0.yaml:6:57 `user:borsi`
  0.yaml:6:31 `user:borsi` first assigned here
  help: one of the two can go
warning[undeclared-mention]: `user:an` has no entry, though others of its type have
  0.yaml:7:37 `user:an`
  help: did you mean `user:ana`?
",
    ),
    (
        "gizmo:a:\ngizmo:b:\nusr:a:\nusr:b:\n",
        "\
error[unknown-type]: unknown type `gizmo`
  0.yaml:3:1 `gizmo`
error[unknown-type]: unknown type `usr`
  0.yaml:5:1 `usr`
  help: did you mean `user`?
error[unknown-type]: unknown type `usr`
  0.yaml:6:1 `usr`
  help: did you mean `user`?
",
    ),
];

#[test]
fn each_is_found_with_its_places() {
    check(CASES);
}

#[test]
fn a_second_entry_in_another_file_is_found_with_both_places() {
    let loaded = load(&["organization:acme:\n  team:a:\n", "team:a: { in: organization:acme }\n"]);
    assert_eq!(
        loaded.rendered(),
        "\
error[duplicate-entity]: `team:a` has two entries
  1.yaml:3:1 `team:a` the second
  0.yaml:4:3 `team:a` the first
  help: to give it a further parent, write `in:` in its one entry
"
    );
}
