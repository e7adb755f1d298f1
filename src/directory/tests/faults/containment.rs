//! What lies where its type does not let it.

use super::check;

const CASES: &[(&str, &str)] = &[
    (
        "\
organization:acme:
  team:a: { run:42: { created_by: user:bo } }
  user:bo:
run:43: { created_by: user:bo }
",
        "\
error[containment]: `run:42` cannot lie in `team:a`
  0.yaml:4:13 `run:42`
  help: a `run` lies in `project`
error[containment]: `user:bo` cannot lie in `organization:acme`
  0.yaml:5:3 `user:bo`
  help: a `user` lies in nothing
error[containment]: `run:43` lies in no `project`
  0.yaml:6:1 `run:43`
  help: nest it in the entry of a `project`, or write `in: project:ID`
",
    ),
    (
        "\
organization:acme:
  team:a: { in: organization:other }
organization:other:
  folder:f: { in: organization:acme }
",
        "\
error[containment]: `team:a` lies in both `organization:acme` and `organization:other`
  0.yaml:4:17 `organization:other` in `organization:other` here
  0.yaml:4:3 `team:a` in `organization:acme` here
  help: a `team` lies in exactly one `organization`
error[containment]: `folder:f` lies in both `organization:acme` and `organization:other`
  0.yaml:6:3 `folder:f` in `organization:other` here
  0.yaml:6:19 `organization:acme` in `organization:acme` here
  help: a `folder` lies in at most one `organization`
",
    ),
    (
        "\
organization:acme:
  team:a:
organization:other:
  team:b:
  project:p:
    in: [team:b, team:a]
    run:1: { created_by: user:bo }
",
        "\
error[containment]: `project:p` lies in both `organization:acme` and `organization:other`, by different ways
  0.yaml:7:3 `project:p` leads to `organization:other`
  0.yaml:8:18 `team:a` leads to `organization:acme`
  help: every way up from a `project` must lead to the same `organization`
",
    ),
    (
        "\
folder:a: { in: folder:b }
folder:b: { in: folder:c }
folder:c: { in: folder:a, folder:d: }
folder:s: { in: folder:s }
",
        "\
error[containment]: `folder:a` lies in itself: `folder:a` in `folder:b` in `folder:c` in `folder:a`
  0.yaml:3:17 `folder:b` `folder:a` in `folder:b`
  0.yaml:4:17 `folder:c` `folder:b` in `folder:c`
  0.yaml:5:17 `folder:a` `folder:c` in `folder:a`
error[containment]: `folder:s` lies in itself: `folder:s` in `folder:s`
  0.yaml:6:17 `folder:s` `folder:s` in `folder:s`
",
    ),
];

#[test]
fn each_is_found_with_its_places() {
    check(CASES);
}
