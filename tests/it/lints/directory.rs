//! What stands in a directory.

use super::{assert_told, told};
use rolebook::diagnostics::Code;

#[test]
fn a_single_admin_is_alone_with_assigning_roles() {
    let admin = "role team.admin assigned by team.invite { allow team.* }\n";
    let alone = "team:1: `team:1` has a single admin: `user:ana`";
    let team = |roles: &str| format!("org:1: {{ team:1: {{ size: 1, roles: {{ {roles} }} }} }}");
    for (policy, directory, expected) in [
        ("", team("admin: [user:ana]"), &[alone][..]),
        ("", team("admin: [user:ana, user:bo]"), &[]),
        ("", team(""), &[]),
        // Time tells who is there.
        ("", team("admin: [user:ana, { subject: user:bo, until: 2026-05-01T00:00:00Z }]"), &[alone]),
        ("", team("admin: [user:ana, { subject: user:bo, until: 2026-07-01T00:00:00Z }]"), &[]),
        ("", team("admin: [user:ana, { subject: user:bo, since: 2026-05-01T00:00:00Z }]"), &[]),
        ("", team("admin: [user:ana, { subject: user:bo, since: 2026-07-01T00:00:00Z }]"), &[alone]),
        // Whoever else may assign the role can let others in, whatever else they may.
        (
            "role team.viewer { allow team.view } role team.host assigned by team.view { allow team.* }",
            team("admin: [user:ana], viewer: [user:bo]"),
            &[],
        ),
        // Another role gives the permission as well, from above or by what it implies.
        ("role team.host { allow team.invite }", team("admin: [user:ana], host: [user:bo]"), &[]),
        ("role team.guest { allow team.view deny team.invite }", team("admin: [user:ana], guest: [user:bo]"), &[alone]),
        (
            "role org.boss { allow team.invite }",
            String::from("org:1: { roles: { boss: [user:bo] }, team:1: { size: 1, roles: { admin: [user:ana] } } }"),
            &[],
        ),
        (
            "role org.boss { implies team.admin }",
            String::from("org:1: { roles: { boss: [user:bo] }, team:1: { size: 1, roles: { admin: [user:ana] } } }"),
            &[],
        ),
        // Anybody may by a rule.
        ("allow team.invite to user when subject.level > 3", team("admin: [user:ana]"), &[]),
        // What is said of an organization is not said again of its teams.
        (
            "role org.boss assigned by org.invite { allow * }",
            String::from("org:1: { roles: { boss: [user:ana] }, team:1: { size: 1, roles: { admin: [user:ana] } } }"),
            &["org:1: `org:1` has a single admin: `user:ana`"],
        ),
        (
            "role org.boss assigned by org.invite { allow org.* }",
            String::from("org:1: { roles: { boss: [user:bo] }, team:1: { size: 1, roles: { admin: [user:ana] } } }"),
            &["org:1: `org:1` has a single admin: `user:bo`", alone],
        ),
        // Who assigns roles of runs is asked of their team.
        (
            "role run.watcher assigned by team.invite { allow run.view }",
            String::from("org:1: { team:1: { size: 1, roles: { admin: [user:ana] }, run:1: { maker: user:ana } } }"),
            &[alone],
        ),
    ] {
        assert_told(Code::SingleAdmin, &[(&format!("{admin}{policy}"), &directory, expected)]);
    }
}

#[test]
fn roles_that_are_assigned_from_above_have_their_admins_there() {
    let policy = "role team.admin { allow team.* } role run.watcher assigned by team.invite { allow run.view }";
    let directory = "org:1: { team:1: { size: 1, roles: { admin: [user:ana] }, run:1: { maker: user:ana } } }";
    assert_told(Code::SingleAdmin, &[(policy, directory, &[])]);
}

#[test]
fn an_expired_assignment_is_over_from_its_end_on() {
    let team = |member: &str| format!("org:1: {{ team:1: {{ size: 1, roles: {{ member: [{member}] }} }} }}");
    let policy = "role team.member { allow run.view }";
    let edit = " - user:bo member team:1";
    let over = |at: &str| format!("user:bo: `user:bo` held `team.member` on `team:1` until {at}");
    for (member, expected) in [
        ("{ subject: user:bo, until: 2026-05-01T00:00:00Z }", &[format!("{}{edit}", over("2026-05-01T00:00:00Z"))][..]),
        ("{ subject: user:bo, until: 2026-06-01T00:00:00Z }", &[format!("{}{edit}", over("2026-06-01T00:00:00Z"))]),
        ("{ subject: user:bo, until: 2026-06-01T00:00:01Z }", &[]),
        ("{ subject: user:bo, since: 2026-07-01T00:00:00Z }, user:cy", &[]),
        (
            "{ subject: \"org:1#member\", until: 2026-05-01T00:00:00Z }",
            &[String::from(
                "\"org:1#member\": `org:1#member` held `team.member` on `team:1` until 2026-05-01T00:00:00Z - org:1#member member team:1",
            )],
        ),
        // Others of the same would go with it, and are assigned again.
        (
            "{ subject: user:bo, until: 2026-05-01T00:00:00Z }, { subject: user:bo, since: 2026-07-01T00:00:00Z }",
            &[format!(
                "{}{edit} + user:bo member team:1 Some(\"2026-07-01T00:00:00Z\") None",
                over("2026-05-01T00:00:00Z")
            )],
        ),
        (
            "{ subject: user:bo, until: 2026-05-01T00:00:00Z }, { subject: user:bo, until: 2026-04-01T00:00:00Z }, user:bo",
            &[
                format!("{}{edit} + user:bo member team:1 None None", over("2026-05-01T00:00:00Z")),
                over("2026-04-01T00:00:00Z"),
            ],
        ),
    ] {
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        assert_told(
            Code::ExpiredAssignment,
            &[(&format!("{policy} role org.member {{ allow org.invite }}"), &team(member), &expected)],
        );
    }
}

#[test]
fn what_a_directory_adds_to_the_policy_is_looked_into() {
    let policy = "open role team.viewer assigned by team.invite { allow team.view }
        role team.admin { allow * }";
    let directory = "org:1:
  custom_roles:
    team.again: { extends: team.viewer, allow: [team.view, team.invite] }
    team.never:
      extends: team.viewer
      allow: [team.invite]
      deny: [{ permissions: team.invite, when: resource.locked and not resource.locked }]
    team.always:
      extends: team.viewer
      allow: [{ permissions: team.invite, when: resource.locked or not resource.locked }]
policies:
  strict: { in: org:1, rules: [{ deny: team.view, when: resource.locked and not resource.locked }] }
";
    for (code, count) in [(Code::RedundantGrant, 1), (Code::DenyNeverMet, 2), (Code::ConditionAlwaysTrue, 1)] {
        let told = told(code, policy, directory);
        assert_eq!(told.len(), count, "{code:?}: {told:?}");
    }
}
