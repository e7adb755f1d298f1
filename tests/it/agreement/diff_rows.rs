//! Differences of small policies and directories that were worked out by hand.

use rolebook::Engine;
use rolebook::analysis::diff::{Asking, Difference, PolicyDiff};

const TYPES: &str = "
    type user
    type organization { plan: \"free\" | \"paid\" = \"free\" }
    type team in organization { actions view }
    type run in team { created_by: user actions delete }
";

const PEOPLE: &str = "
rolebook: 1
kind: directory
organization:acme:
  team:red:
    roles: { member: [user:ana, user:bo] }
    run:a: { created_by: user:ana }
    run:b: { created_by: user:bo }
  team:blue:
    roles: { member: [user:cy] }
    run:c: { created_by: user:cy }
";

/// What somebody gains (`+`) or loses (`-`) from one policy and directory to another.
fn rows(old: (&str, &str), new: (&str, &str)) -> Vec<String> {
    let engines = [old, new].map(|(policy, directory)| {
        let policy = format!("{TYPES}{policy}");
        Engine::from_strings(&[("p.rolebook", &policy)], &[("directory.yaml", directory)]).expect("it is sound")
    });
    let states = engines.map(|engine| engine.state());
    let asking = Asking { at: 1_780_000_000_000, context: Vec::new() };
    let diff = PolicyDiff::new(states[0].snapshot(), states[1].snapshot(), &asking);
    let row = |row: Difference| {
        let sign = if row.gained { '+' } else { '-' };
        let when = row.occasion.map_or_else(String::new, |occasion| format!(" when {}", occasion.text()));
        format!("{sign}{} {} {}{when}", row.subject, row.permission, row.entity)
    };
    let mut rows: Vec<String> = diff.people.rows().map(row).collect();
    rows.sort();
    rows
}

#[test]
fn those_are_told_apart_whom_a_condition_names() {
    let own = "role team.member { allow run.delete when resource.created_by == subject }";
    let all = "role team.member { allow run.delete }";
    let gained = ["+user:ana run.delete run:b", "+user:bo run.delete run:a"];
    assert_eq!(rows((own, PEOPLE), (all, PEOPLE)), gained);
    let lost = gained.map(|row| row.replace('+', "-"));
    assert_eq!(rows((all, PEOPLE), (own, PEOPLE)), lost);
    let others = "role team.member { allow run.delete when resource.created_by != subject }";
    let crossed = [
        "+user:ana run.delete run:b",
        "+user:bo run.delete run:a",
        "-user:ana run.delete run:a",
        "-user:bo run.delete run:b",
        "-user:cy run.delete run:c",
    ];
    assert_eq!(rows((own, PEOPLE), (others, PEOPLE)), crossed);
}

#[test]
fn what_moves_takes_its_rows_along() {
    let policy = "role team.member { allow * }";
    let moved = PEOPLE.replace("    run:b: { created_by: user:bo }\n", "");
    let moved = moved + "    run:b: { created_by: user:bo }\n";
    let expected = ["+user:cy run.delete run:b", "-user:ana run.delete run:b", "-user:bo run.delete run:b"];
    assert_eq!(rows((policy, PEOPLE), (policy, &moved)), expected);
}

#[test]
fn what_begins_or_ends_is_seen_when_it_does() {
    let policy = "role team.member { allow team.view }";
    let ended = |until: &str| PEOPLE.replace("[user:cy]", &format!("[{{ subject: user:cy, until: {until} }}]"));
    // 2026-05-28 is the moment asked about.
    assert_eq!(rows((policy, PEOPLE), (policy, &ended("2026-01-01T00:00:00Z"))), ["-user:cy team.view team:blue"]);
    let later = "-user:cy team.view team:blue when time=2026-09-01T00:00:00Z";
    assert_eq!(rows((policy, PEOPLE), (policy, &ended("2026-09-01T00:00:00Z"))), [later]);
    let (june, july) = (ended("2026-06-01T00:00:00Z"), ended("2026-07-01T00:00:00Z"));
    let longer = "+user:cy team.view team:blue when time=2026-06-01T00:00:00Z";
    assert_eq!(rows((policy, &june), (policy, &july)), [longer]);
}

#[test]
fn where_a_role_counts_is_seen() {
    let always = "role team.member { allow team.view }";
    let paid = "role team.member when organization.plan == \"paid\" { allow team.view }";
    let lost = ["-user:ana team.view team:red", "-user:bo team.view team:red", "-user:cy team.view team:blue"];
    assert_eq!(rows((always, PEOPLE), (paid, PEOPLE)), lost);
    let upgraded = PEOPLE.replace("organization:acme:\n", "organization:acme:\n  plan: paid\n");
    assert_eq!(rows((always, PEOPLE), (paid, &upgraded)), [""; 0]);
    assert_eq!(rows((paid, &upgraded), (paid, PEOPLE)), lost);
}

/// What somebody gains or loses from one small policy and directory to another.
fn bare_rows(old: (&str, &str), new: (&str, &str)) -> Vec<String> {
    let states = [old, new].map(|(policy, directory)| {
        let directory = format!("{{ rolebook: 1, kind: directory, {directory} }}");
        let engine = Engine::from_strings(&[("p.rolebook", policy)], &[("directory.yaml", &directory)]);
        engine.expect("it is sound").state()
    });
    let diff = PolicyDiff::new(states[0].snapshot(), states[1].snapshot(), &Asking::default());
    let row = |row: Difference| {
        let sign = if row.gained { '+' } else { '-' };
        let when = row.occasion.map_or_else(String::new, |occasion| format!(" when {}", occasion.text()));
        format!("{sign}{} {} {}{when}", row.subject, row.permission, row.entity)
    };
    diff.people.rows().map(row).collect()
}

#[test]
fn whoever_a_rule_may_allow_something_is_asked_whatever_they_hold() {
    let open = "type user type team { pub: bool = false actions go } allow team.go when resource.pub";
    let people = |public: &str| format!("'user:u': {{}}, 'team:t': {{ pub: {public} }}");
    assert_eq!(
        bare_rows((open, &people("false")), (open, &people("true"))),
        ["+user:u team.go team:t", "+team:t team.go team:t"]
    );

    let policy = |condition: &str| {
        format!(
            "type user type team {{ owners: set<user> = []  lead: user?  actions go, stop }}
             type service in team {{ enabled: bool = false }} type bot
             role team.member {{ allow team.go }} allow team.stop when {condition}"
        )
    };
    let directory = |service: &str, team: &str| {
        format!(
            "'bot:b': {{}}, 'user:v': {{}}, 'team:t': {{ {team} roles: {{ member: ['user:u'] }}, 'service:ci': {{ {service} }} }}"
        )
    };
    let cases = [
        ("subject is service and subject.enabled and subject.team == team", "enabled: true", "", "service:ci"),
        ("resource.lead == subject", "", "lead: 'user:v',", "user:v"),
        ("subject in resource.owners", "", "owners: ['user:v'],", "user:v"),
        ("resource.owners contains subject", "", "owners: ['user:v'],", "user:v"),
    ];
    for (condition, service, team, who) in cases {
        let policy = policy(condition);
        let rows = bare_rows((&policy, &directory("", "")), (&policy, &directory(service, team)));
        assert_eq!(rows, [format!("+{who} team.stop team:t")], "{condition}");
    }
    // A rule that names nobody by what they are is about everybody.
    let (one, other) = (policy("subject is service"), policy("not (subject is service)"));
    let rows = bare_rows((&one, &directory("", "")), (&other, &directory("", "")));
    let expected = ["bot:b", "user:v", "team:t", "user:u"].map(|who| format!("+{who} team.stop team:t"));
    assert!(
        expected.iter().all(|row| rows.contains(row)) && rows.contains(&String::from("-service:ci team.stop team:t"))
    );
    assert_eq!(rows.len(), 5, "{rows:?}");
}

#[test]
fn what_only_a_text_or_a_set_put_together_shows_is_found() {
    let conditions = [
        "context.s starts with \"ab\" and context.s ends with \"yz\"",
        "context.s like \"a*b*c\" and not (context.s like \"*x*\")",
        "context.s like \"a*b*c\" and context.s like \"*x*\"",
        "size(context.st) == 3",
        "context.st subset of [\"a\", \"b\"] and size(context.st) == 2",
        "context.st contains \"a\" and size(context.st) > 4",
        "context.st contains \"a\" and context.st contains \"b\" and not (context.st contains \"c\")",
        "size(context.n) >= 2 and not (context.n contains 7)",
    ];
    for condition in conditions {
        let policy = format!(
            "type user type team {{ actions go }} context {{ s: string? st: set<string>? n: set<int>? }}
             role team.m {{ allow team.go when {condition} }}"
        );
        let (nobody, somebody) = ("'team:t': {}", "'team:t': { roles: { m: ['user:w'] } }");
        let rows = bare_rows((&policy, nobody), (&policy, somebody));
        assert!(rows.len() == 1 && rows[0].starts_with("+user:w team.go team:t when "), "{condition}: {rows:?}");
    }
}
