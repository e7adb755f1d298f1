//! Attributes and `unique`.

use super::check;

const CASES: &[(&str, &str)] = &[
    (
        "\
organization:acme:
  role: { admin: user:ana }
  plan: gold
  team:a: { default: yes, nmae: x }
  project:p:
    team: a
    run:1: { created_by: team:a }
    run:2: {}
    run:3: { created_by: }
",
        "\
error[unknown-attribute]: `organization` has no attribute `role`
  0.yaml:4:3 `role`
  help: did you mean `roles`?
error[invalid-attribute]: expected one of \"free\", \"enterprise\", found `gold`
  0.yaml:5:9 `gold`
error[invalid-attribute]: expected `true` or `false`, found `yes`
  0.yaml:6:22 `yes`
error[unknown-attribute]: `team` has no attribute `nmae`
  0.yaml:6:27 `nmae`
  help: did you mean `name`?
error[unknown-attribute]: `project` has no attribute `team`
  0.yaml:8:5 `team`
  help: what it lies in is given by `in: team:ID`
error[invalid-attribute]: expected a `user`, written `user:id`, found `team:a`
  0.yaml:9:26 `team:a`
error[missing-attribute]: `run:2` has no `created_by`
  0.yaml:10:5 `run:2`
  help: it must be a `user`, written `user:id`
error[invalid-attribute]: expected a `user`, written `user:id`, found nothing
  0.yaml:11:14 `created_by`
",
    ),
    (
        "\
thing:t:
  count: 1.5
  at: 2026-01-01
  length: 3 days
  address: 10.0.0.300
  tags: [a, [b], { c: d }, ~]
  friends: [user:bo, bo, team:a, 'user:b o']
thing:u: { count: ~, tags: one }
",
        "\
error[invalid-attribute]: expected an int, found `1.5`
  0.yaml:4:10 `1.5`
error[invalid-attribute]: expected a timestamp, found `2026-01-01`
  0.yaml:5:7 `2026-01-01`
  help: write an ISO time with a zone: `2026-12-31T00:00:00Z`
error[invalid-attribute]: expected a duration, found `3 days`
  0.yaml:6:11 `3 days`
  help: write a number and `d`, `h`, `m` or `s`: `30d`
error[invalid-attribute]: expected an ip, found `10.0.0.300`
  0.yaml:7:12 `10.0.0.300`
error[invalid-attribute]: expected a string, found a list
  0.yaml:8:13 `[b]`
error[invalid-attribute]: expected a string, found a mapping
  0.yaml:8:18 `{ c: d }`
error[invalid-attribute]: expected a string, found nothing
  0.yaml:8:28 `~`
error[invalid-attribute]: `bo` is no entity
  0.yaml:9:22 `bo`
  help: write `type:id`, the id without white space or `#`
error[invalid-attribute]: expected a `user`, written `user:id`, found `team:a`
  0.yaml:9:26 `team:a`
error[invalid-attribute]: `user:b o` is no entity
  0.yaml:9:34 `'user:b o'`
  help: write `type:id`, the id without white space or `#`
",
    ),
    (
        "\
organization:acme:
  team:a: { name: Ünï }
  team:b: { name: Ünï }
  team:c: {}
  team:d: { name: ~ }
organization:other:
  team:e: { name: Ünï }
",
        "\
error[not-unique]: `team:b` has the same `name` as `team:a`
  0.yaml:5:19 `Ünï`
  0.yaml:4:19 `Ünï` taken by `team:a` here
  help: each `team` in `organization:acme` needs its own `name`
",
    ),
    (
        "\
folder:a: { name: x }
folder:b: { name: x, folder:c: { name: x } }
organization:acme: { folder:d: { name: x } }
",
        "\
error[not-unique]: `folder:b` has the same `name` as `folder:a`
  0.yaml:4:19 `x`
  0.yaml:3:19 `x` taken by `folder:a` here
  help: each `folder` needs its own `name`
",
    ),
];

#[test]
fn each_is_found_with_its_places() {
    check(CASES);
}
