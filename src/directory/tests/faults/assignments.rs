//! Roles, subjects, settings and linked org policies.

use super::check;

const CASES: &[(&str, &str)] = &[
    (
        "\
organization:acme:
  team:a:
    roles:
      membr: [user:bo]
      team.admin: [user:bo]
      owner: [personal_key:k, team:a#viwer]
      member: [personal_key:k, team:a#viwer, user:bo#member]
personal_key:k: { owner: user:bo }
",
        "\
error[unknown-role]: `team` has no role `membr`
  0.yaml:6:7 `membr`
  help: did you mean `member`?
error[unknown-role]: `team` has no role `team.admin`
  0.yaml:7:7 `team.admin`
  help: did you mean `admin`?
error[unknown-role]: `team` has no role `owner`
  0.yaml:8:7 `owner`
  help: `team` has the roles `viewer`, `member`, `admin` and `janitor`
error[invalid-assignment]: `personal_key:k` cannot hold a role
  0.yaml:8:15 `personal_key:k`
  help: a `personal_key` is checked as its `owner`: assign the role to that one
error[unknown-role]: `team` has no role `viwer`
  0.yaml:8:38 `viwer`
  help: did you mean `viewer`?
error[invalid-assignment]: `personal_key:k` cannot hold a role
  0.yaml:9:16 `personal_key:k`
  help: a `personal_key` is checked as its `owner`: assign the role to that one
error[unknown-role]: `team` has no role `viwer`
  0.yaml:9:39 `viwer`
  help: did you mean `viewer`?
error[unknown-role]: `user` has no role `member`
  0.yaml:9:54 `member`
  help: `user` has no roles
",
    ),
    (
        "\
organization:acme:
  team:a: { roles: { janitor: [user:bo] } }
organization:third:
  team:b: { roles: { janitor: [user:bo], viewer: [team:b#janitor] } }
",
        "\
error[invalid-assignment]: role `team.janitor` cannot be assigned on `team:b`
  0.yaml:6:22 `janitor`
  help: it belongs to `organization:acme` and `organization:other`, and `team:b` does not lie there
error[invalid-assignment]: role `team.janitor` cannot be assigned on `team:b`
  0.yaml:6:58 `janitor`
  help: it belongs to `organization:acme` and `organization:other`, and `team:b` does not lie there
",
    ),
    (
        "\
organization:acme:
  roles:
    member: [user:bo, { subject: user:bo }, { subject: user:bo, until: 2030-01-01T00:00:00Z }]
  team:a: { roles: { viewer: [team:a#member, team:a#member] } }
",
        "\
warning[duplicate-assignment]: this subject holds `organization.member` on `organization:acme` already
  0.yaml:5:34 `user:bo`
  0.yaml:5:14 `user:bo` first assigned here
  help: one of the two can go
warning[duplicate-assignment]: this subject holds `team.viewer` on `team:a` already
  0.yaml:6:46 `team:a#member`
  0.yaml:6:31 `team:a#member` first assigned here
  help: one of the two can go
",
    ),
    (
        "\
organization:acme:
  settings: { queus: [a], default_queue: [a] }
  project:p:
    settings: { queues: [a, { b: c }], default_queue: ~ }
    run:1: { created_by: user:bo, settings: { queues: a } }
",
        "\
error[unknown-setting]: unknown setting `queus`
  0.yaml:4:15 `queus`
  help: did you mean `queues`?
error[invalid-literal]: expected a string, found a list
  0.yaml:4:42 `[a]`
error[invalid-literal]: expected a string, found a mapping
  0.yaml:6:29 `{ b: c }`
error[invalid-literal]: expected a string, found nothing
  0.yaml:6:40 `default_queue`
error[unknown-setting]: `queues` cannot be set on a `run`
  0.yaml:7:47 `queues`
  help: it is a setting of `project`: set it there or on what contains one
",
    ),
    (
        "\
organization:acme: { policy: [gpu, opn, open] }
organization:other: { policy: gpu }
",
        "\
error[unknown-policy]: unknown org policy `opn`
  0.yaml:3:36 `opn`
  help: did you mean `open`?
error[wrong-link]: org policy `gpu` cannot be linked to `organization:other`
  0.yaml:4:31 `gpu`
  help: it belongs to `organization:acme`, and `organization:other` does not lie there
",
    ),
];

#[test]
fn each_is_found_with_its_places() {
    check(CASES);
}
