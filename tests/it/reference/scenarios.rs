//! The evaluator itself, on cases whose answers are plain from the language's description.

use super::Verdict::{self, Allowed, Forbidden, NotComputed, NotGranted};
use super::value::moment;
use super::{Fact, Reference, Request};
use serde_yaml::Value as Yaml;

/// Asks each `SUBJECT ACTION RESOURCE [@TIME] [context …] [facts …]`, the latter two YAML mappings without line breaks.
#[track_caller]
pub(super) fn check(policy: &str, directory: &str, questions: &[(&str, Verdict)]) {
    let reference = Reference::new([policy], [directory]);
    for (question, expected) in questions {
        assert_eq!(reference.decide(&request(question)).verdict, *expected, "{question}");
    }
}

fn request(question: &str) -> Request {
    let (question, facts) = question.split_once(" facts ").unwrap_or((question, "{}"));
    let (question, context) = question.split_once(" context ").unwrap_or((question, "{}"));
    let (question, at) = question.split_once(" @").unwrap_or((question, "2026-06-01T12:00:00Z"));
    let words: Vec<&str> = question.split(' ').collect();
    let mapping = |text: &str| serde_yaml::from_str(text).expect("a mapping");
    let facts: std::collections::BTreeMap<String, std::collections::BTreeMap<String, Yaml>> = mapping(facts);
    let fact = |(entity, mut attributes): (String, std::collections::BTreeMap<String, Yaml>)| {
        let parents = attributes.remove("in").and_then(|value| serde_yaml::from_value(value).ok()).unwrap_or_default();
        Fact { entity, parents, attributes }
    };
    Request {
        subject: words[0].to_owned(),
        action: words[1].to_owned(),
        resource: words[2].to_owned(),
        context: serde_yaml::from_str(context).expect("a mapping"),
        facts: facts.into_iter().map(fact).collect(),
        at: moment(at),
    }
}

const ACME: &str = include_str!("acme.rolebook");
const ACME_DIRECTORY: &str = include_str!("acme.yaml");

#[test]
fn the_example_of_the_language() {
    check(
        ACME,
        ACME_DIRECTORY,
        &[
            ("user:cy delete run:42", Allowed),
            ("user:cy view project:p1", Allowed),
            ("user:cy manage_members team:research", NotGranted),
            ("user:cy delete run:43", NotComputed),
            ("user:cy delete run:43 facts {run:43: {in: [project:p1], created_by: user:bo}}", NotGranted),
            ("user:cy delete run:43 facts {run:43: {in: [project:p1], created_by: user:cy}}", Allowed),
            ("user:cy delete run:43 facts {run:43: {in: [project:p1]}}", NotComputed),
            ("user:cy delete run:42 facts {run:42: {in: [project:p1], created_by: user:bo}}", Allowed),
            // The team admin deletes whatever run.
            ("user:bo delete run:42", Allowed),
            ("user:bo manage_teams organization:acme", NotGranted),
            // By implication an admin of the team; nobody deletes the default team.
            ("user:ana manage_members team:research", Allowed),
            ("user:ana delete team:research", Forbidden),
            ("user:ana delete team:vision", Allowed),
            // Through a userset a viewer of the other team, until the membership ends.
            ("user:dee view team:vision @2026-12-30T23:59:59.999Z", Allowed),
            ("user:dee view team:vision @2026-12-31T00:00:00Z", NotGranted),
            ("user:dee view project:p1 @2026-12-31T00:00:00Z", Forbidden),
            ("user:eve view project:p1", Forbidden),
            ("user:eve view organization:acme", NotGranted),
            // A key is its owner; no users being declared, an owner that is mentioned will do.
            ("personal_key:k1 delete run:42", Allowed),
            ("personal_key:k2 delete run:42", NotGranted),
            ("personal_key:k2 delete run:42 facts {personal_key:k2: {owner: user:cy}}", NotGranted),
        ],
    );
}

#[test]
fn usersets_nest_and_turn_in_circles() {
    let policy = "type user type team { actions view }
        role team.member { allow team.view }
        role team.lead extends team.member { }";
    let directory = "{
        team:a: { roles: { member: ['team:b#member'] } },
        team:b: { roles: { member: ['team:c#member', { subject: user:bo, since: 2026-06-01T12:00:00.001Z }] } },
        team:c: { roles: { member: ['team:a#member', 'team:d#lead'] } },
        team:d: { roles: { lead: ['user:ana'], member: ['user:cy'] } } }";
    check(
        policy,
        directory,
        &[
            ("user:ana view team:a", Allowed),
            ("user:ana view team:b", Allowed),
            ("user:cy view team:a", NotGranted),
            ("user:cy view team:d", Allowed),
            ("user:bo view team:a", NotGranted),
            ("user:bo view team:a @2026-06-01T12:00:00.001Z", Allowed),
            ("user:bo view team:d @2026-07-01T12:00:00Z", NotGranted),
            ("user:nobody view team:a", NotGranted),
        ],
    );
}

#[test]
fn requirements_bind_each_person() {
    let policy = "type user type org { } type team in org { actions view }
        role org.member { }
        role org.admin extends org.member { implies team.viewer }
        role team.viewer requires org.member { allow team.view }
        role team.editor extends team.viewer { }";
    let directory = "{ org:1: {
        roles: { member: [user:ana, { subject: user:bo, until: 2026-06-01T00:00:00Z }], admin: [user:cy] },
        team:1: { roles: { editor: [user:ana, user:bo, user:cy] } },
        team:2: { roles: { viewer: ['team:1#editor', 'team:3#viewer'] } },
        team:3: { roles: { viewer: ['team:2#viewer'] } } } }";
    check(
        policy,
        directory,
        &[
            ("user:ana view team:1", Allowed),
            ("user:ana view team:2", Allowed),
            ("user:ana view team:3", Allowed),
            ("user:bo view team:1", NotGranted),
            ("user:bo view team:1 @2026-05-31T23:59:59Z", Allowed),
            ("user:bo view team:3", NotGranted),
            // Implied roles are not asked for what they require; an extending role is as good as the required one.
            ("user:cy view team:2", Allowed),
            ("user:cy view team:1", Allowed),
        ],
    );
}

#[test]
fn what_is_missing_is_unknown_and_what_is_absent_is_not() {
    let policy = "type user { level: int nick: string? } type org { actions view, edit, drop, ship, sell }
        role org.member { allow org.view when subject is user and subject.level > 1  deny org.ship }
        role org.guest when subject is user and subject.level > 1 { deny org.ship allow org.edit }
        allow org.{edit, ship} to user when subject.nick != \"x\"
        allow org.drop to user when subject.level > 1 or true
        allow org.sell
        deny org.edit to user when subject.level > 5 and false
        deny org.drop to user when subject.nick == \"x\" and subject.level > 5
        deny org.sell to user when subject.level > 5";
    let directory = "{ org:1: { roles: { member: [user:ana], guest: [user:bo] } } }";
    check(
        policy,
        directory,
        &[
            ("user:ana view org:1", NotComputed),
            ("user:ana view org:1 facts {user:ana: {level: 2}}", Allowed),
            ("user:ana view org:1 facts {user:ana: {level: 1}}", NotGranted),
            // Absence differs from everything; a value that can be told changes it.
            ("user:ana edit org:1", Allowed),
            ("user:ana edit org:1 facts {user:ana: {nick: x}}", NotGranted),
            ("user:ana drop org:1", Allowed),
            ("user:ana drop org:1 facts {user:ana: {nick: x}}", NotComputed),
            ("user:ana sell org:1", NotComputed),
            ("user:ana sell org:1 facts {user:ana: {level: 6}}", Forbidden),
            ("user:ana sell org:1 facts {user:ana: {level: 5}}", Allowed),
            // A role that may or may not count: its deny binds, its allow does not.
            ("user:ana ship org:1", Forbidden),
            ("user:bo ship org:1", NotComputed),
            ("user:bo ship org:1 facts {user:bo: {level: 1}}", Allowed),
            ("user:bo ship org:1 facts {user:bo: {level: 2}}", Forbidden),
        ],
    );
}

#[test]
fn removals_take_only_what_is_inherited() {
    let policy = "type user type org { free: bool = true actions view, edit, drop }
        role org.reader { allow org.view }
        role org.writer { allow org.{view, edit} when resource.free  deny org.drop }
        role org.both extends org.reader, org.writer { without *.view }
        role org.again extends org.both { allow org.view  allow org.drop }
        role org.none extends org.again { without org.* }";
    let directory = "{ org:1: { roles: { both: [user:ana], again: [user:bo], none: [user:cy] } } }";
    check(
        policy,
        directory,
        &[
            ("user:ana view org:1", NotGranted),
            ("user:ana edit org:1", Allowed),
            ("user:bo view org:1", Allowed),
            ("user:bo drop org:1", Forbidden),
            ("user:cy view org:1", NotGranted),
            ("user:cy edit org:1", NotGranted),
            ("user:cy drop org:1", Forbidden),
        ],
    );
}

#[test]
fn implications_reach_down_by_every_way() {
    let policy = "type user type org { actions view } type team in org { closed: bool actions view }
        type project in team*, org { actions view, edit }
        role project.viewer { allow project.view }
        role team.viewer { allow team.view implies project.viewer }
        role org.owner { implies team.viewer when not resource.closed }
        role org.boss extends org.owner { deny project.edit }";
    let directory = "{
        org:1: { roles: { boss: [user:ana], owner: [user:bo] },
            team:1: { closed: true, project:1: { in: [org:1, team:2] }, project:3: { in: org:1 } },
            team:2: { closed: false, roles: { viewer: [user:cy] } },
            project:2: { } } }";
    check(
        policy,
        directory,
        &[
            ("user:ana view team:1", NotGranted),
            ("user:ana view team:2", Allowed),
            ("user:bo view project:1", Allowed),
            ("user:bo view project:2", NotGranted),
            ("user:bo view project:3", NotGranted),
            ("user:cy view project:1", Allowed),
            ("user:ana edit project:2", Forbidden),
            ("user:bo edit project:2", NotGranted),
            ("user:bo view project:9 facts {project:9: {in: [org:1, team:2]}}", Allowed),
            ("user:bo view project:9 facts {project:9: {in: [org:1]}}", NotGranted),
            // Of a team that is not declared nobody knows whether it is closed: an unknown implication counts as false.
            ("user:bo view team:9 facts {team:9: {in: [org:1]}}", NotGranted),
            ("user:bo view team:9 facts {team:9: {in: [org:1], closed: false}}", Allowed),
        ],
    );
}

#[test]
fn an_unknown_implication_takes_nothing_over() {
    let policy = "type user { level: int } type org { } type team in org { closed: bool actions view, edit }
        role team.barred { deny team.view }
        role team.doubtful when subject is user and subject.level > 1 { deny team.edit }
        role org.member { implies team.barred when resource.closed implies team.doubtful }
        role org.guest when subject is user and subject.level > 1 { implies team.barred }
        allow team.*";
    let directory = "{ org:1: { roles: { member: [user:ana], guest: [user:bo] }, team:1: { closed: true } } }";
    check(
        policy,
        directory,
        &[
            ("user:ana view team:1", Forbidden),
            ("user:ana view team:9 facts {team:9: {in: [org:1]}}", Allowed),
            ("user:ana view team:9 facts {team:9: {in: [org:1], closed: true}}", Forbidden),
            // What is implied for certain may itself be in doubt, and then its deny binds.
            ("user:ana edit team:1", NotComputed),
            // A role in doubt implies nothing.
            ("user:bo view team:1", Allowed),
            ("user:bo view team:1 facts {user:bo: {level: 2}}", Forbidden),
        ],
    );
}

#[test]
fn composed_roles_carry_the_condition_of_what_they_extend() {
    let policy = "type user type org { plan: \"free\" | \"paid\" } type team in org { actions view, edit }
        open when org.plan == \"paid\" role team.viewer { allow team.view }
        custom role team.helper extends team.viewer { allow team.edit }";
    let composed = "custom_roles: { team.extra: { extends: team.viewer, allow: [team.edit], without: [team.view] } }";
    let directory = format!(
        "{{ org:1: {{ plan: free, {composed}, team:1: {{ roles: {{ viewer: user:ana, helper: user:bo, extra: user:cy }} }} }},
            org:2: {{ plan: paid, {composed}, team:2: {{ roles: {{ helper: user:bo, extra: user:cy }} }} }} }}"
    );
    check(
        policy,
        &directory,
        &[
            ("user:ana view team:1", Allowed),
            ("user:bo view team:1", NotGranted),
            ("user:bo edit team:2", Allowed),
            ("user:cy edit team:1", NotGranted),
            ("user:cy edit team:2", Allowed),
            ("user:cy view team:2", NotGranted),
        ],
    );
}

#[test]
fn a_required_parent_that_is_missing_hides_what_lies_above() {
    let policy = "type user type org { flag: bool = false actions view } type team in org?
        type project in team { actions view, edit } type run in project* { actions view, edit }
        deny project.view when project.org and not project.org.flag
        allow project.view, run.view
        deny edit_all.edit within org";
    let policy = policy.replace("edit_all.edit", "*.edit") + " allow *.edit";
    let directory = "{ org:1: { team:1: { project:1: { } } }, team:2: { project:2: } }";
    check(
        &policy,
        directory,
        &[
            ("user:ana view project:1", Forbidden),
            ("user:ana view project:2", Allowed),
            ("user:ana view project:9", NotComputed),
            ("user:ana view project:9 facts {project:9: {in: [team:2]}}", Allowed),
            ("user:ana view run:9", Allowed),
            ("user:ana edit run:9", Allowed),
            ("user:ana edit run:9 facts {run:9: {in: [project:2]}}", Allowed),
            ("user:ana edit run:9 facts {run:9: {in: [project:1]}}", Forbidden),
            ("user:ana edit run:9 facts {run:9: {in: [project:9]}}", NotComputed),
        ],
    );
}

#[test]
fn keys_need_a_declared_owner() {
    let policy = "type user type key acts as owner { owner: user? } type org { actions view }
        allow org.view to user when actor != subject
        allow org.view to key";
    let directory = "{ user:ana: , key:1: { owner: user:ana }, key:2: , key:3: { owner: user:bo }, org:1: }";
    check(
        policy,
        directory,
        &[
            ("key:1 view org:1", Allowed),
            ("key:2 view org:1", NotGranted),
            ("key:3 view org:1", NotGranted),
            ("user:ana view org:1", NotGranted),
        ],
    );
}

#[test]
fn comparisons() {
    let policy = |condition: &str| {
        format!(
            "type user type org {{ n: int = 2 o: int? s: set<int> = [1, 2] t: string = \"aba\" at: timestamp = \
             \"2026-01-01T00:00:00Z\" d: duration = 90s ip: ip = \"10.1.0.1\" os: set<int>? m: int u: user = \"user:ana\" \
             actions view }} allow org.view when {condition}"
        )
    };
    let cases = [
        ("resource.n == 2 and resource.n < 3 and resource.n >= 2 and resource.n != 1", Allowed),
        ("resource.n in resource.s and resource.s contains 1 and not (3 in resource.s)", Allowed),
        ("resource.s overlaps [2, 5] and resource.s subset of [1, 2, 3] and size(resource.s) == 2", Allowed),
        ("resource.s subset of [1]", NotGranted),
        ("resource.t like \"a*a\" and not (resource.t like \"a\") and resource.t like \"*\"", Allowed),
        ("resource.t starts with \"ab\" and resource.t ends with \"ba\"", Allowed),
        ("resource.at <= context.time and resource.at < \"2026-01-01T00:00:00.001Z\"", Allowed),
        ("resource.d > 1m and resource.d < 2m", Allowed),
        ("resource.ip in \"10.0.0.0/8\" and not (resource.ip in \"10.0.0.0/16\")", Allowed),
        ("resource.o == 1 or resource.o < 1 or resource.o in [1] or resource.o or resource.os", NotGranted),
        ("resource.o != 1 and not (resource.o == 1) and resource.o != resource.o", Allowed),
        ("resource.o == resource.o", NotGranted),
        ("size(resource.os) == 0", NotGranted),
        ("size(resource.os) != 0", Allowed),
        ("resource.m == 1", NotComputed),
        ("not (resource.m == 1)", NotComputed),
        ("resource.m == 1 and resource.n == 3", NotGranted),
        ("resource.m == 1 or resource.n == 2", Allowed),
        ("resource.u == \"user:ana\" and resource.u == subject and subject in [\"user:bo\", \"user:ana\"]", Allowed),
        ("subject is org", NotGranted),
        ("action == \"view\" and action in [\"view\"]", Allowed),
    ];
    for (condition, expected) in cases {
        let reference = Reference::new([policy(condition).as_str()], ["{ user:ana: }"]);
        assert_eq!(reference.decide(&request("user:ana view org:1")).verdict, expected, "{condition}");
    }
}
