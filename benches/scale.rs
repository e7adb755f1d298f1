//! How loading, deciding and changing grow: a policy of 5,000 or 10,000 roles in 200 files, a directory of 200,000
//! assignments, and one in the bulk form of a million entities and 300,000 assignments.
//!
//! `cargo bench --bench scale`

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rolebook::Engine;
use rolebook::decide::Query;
use rolebook::directory::tree::BulkReader;
use rolebook::engine::Change;
use rolebook::source::FileId;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;

/// Roles of the large policy.
const ROLES: usize = 5_000;
/// Files it stands in.
const FILES: usize = 200;
/// Teams of the large directory; each has ten members.
const TEAMS: usize = 16_000;
/// People of the large directory; each belongs to the organization.
const PEOPLE: usize = 40_000;
/// Entities of the directory in the bulk form.
const BULK_ENTITIES: usize = 1_000_000;
/// Assignments of the directory in the bulk form.
const BULK_ASSIGNMENTS: usize = 300_000;

const TYPES: &str = "package scale
type user
type organization { actions view, manage_members }
type team in organization { actions view, manage_members }
type project in team { actions view, edit, archive }
type run in project { created_by: user  actions view, create, delete }
role organization.member assigned by organization.manage_members { allow organization.view }
role organization.admin { allow * implies team.lead }
open role team.viewer requires organization.member { allow *.view }
role team.lead extends team.viewer { allow * }
";

/// One person in one team with one run.
const TINY: &str = "rolebook: 1
kind: directory
organization:acme:
  roles: { member: [user:u0] }
  team:t0:
    roles: { viewer: [user:u0] }
    project:p0:
      run:r0: { created_by: user:u0 }
";

/// The large policy: chains of ten roles, each role with a condition and a grant of its own.
fn policy(roles: usize) -> Vec<(String, String)> {
    let mut files = vec![(String::from("types.rolebook"), String::from(TYPES))];
    let each = roles / FILES;
    for file in 0..FILES {
        let mut text = String::from("package scale\n");
        for at in 0..each {
            let id = file * each + at;
            let base = if at % 10 == 0 { String::from("viewer") } else { format!("role{}", id - 1) };
            let verb = ["edit", "archive"][at % 2];
            let _ = writeln!(text, "role team.role{id} extends team.{base} {{");
            let _ =
                writeln!(text, "  allow project.{verb}\n  allow run.delete when resource.created_by == subject\n}}");
        }
        files.push((format!("roles{file}.rolebook"), text));
    }
    files
}

/// The large directory: every person a member of the organization, every team with ten of them. A third of the team's
/// members hold one of `roles` roles of the large policy.
fn directory(roles: usize) -> String {
    let mut text = String::from("rolebook: 1\nkind: directory\norganization:acme:\n  roles:\n    member:\n");
    for person in 0..PEOPLE {
        let _ = writeln!(text, "      - user:u{person}");
    }
    for team in 0..TEAMS {
        let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for at in 0..10 {
            let role = match (team + at) % 3 {
                0 => String::from("viewer"),
                1 => String::from("lead"),
                _ if roles == 0 => String::from("viewer"),
                _ => format!("role{}", (team * 10 + at) % roles),
            };
            members.entry(role).or_default().push(format!("user:u{}", (team * 7 + at * 4_001) % PEOPLE));
        }
        let _ =
            writeln!(text, "  team:t{team}:\n    project:p{team}:\n      run:r{team}: {{ created_by: user:u{team} }}");
        let _ = writeln!(text, "    roles:");
        for (role, people) in members {
            let _ = writeln!(text, "      {role}: [{}]", people.join(", "));
        }
    }
    text
}

/// The directory in the bulk form: every person a member of the organization, [`BULK_ASSIGNMENTS`] in all; a project to
/// each team, and runs up to [`BULK_ENTITIES`].
fn bulk_directory() -> String {
    let mut text = String::from("{\"rolebook\":1,\"kind\":\"directory\"}\n{\"entity\":\"organization:acme\"}\n");
    for person in 0..PEOPLE {
        let _ = writeln!(
            text,
            "{{\"assign\":{{\"subject\":\"user:u{person}\",\"role\":\"member\",\"on\":\"organization:acme\"}}}}"
        );
    }
    for at in PEOPLE..BULK_ASSIGNMENTS {
        // Nobody twice in one team: the number of teams and the number of people have no part in common but 8,000.
        let (person, team) = (at % PEOPLE, (at / PEOPLE * 997 + at) % TEAMS);
        let role = ["viewer", "lead"][at % 2];
        let _ = writeln!(
            text,
            "{{\"assign\":{{\"subject\":\"user:u{person}\",\"role\":\"{role}\",\"on\":\"team:t{team}\"}}}}"
        );
    }
    for team in 0..TEAMS {
        let _ = writeln!(text, "{{\"entity\":\"team:t{team}\",\"in\":[\"organization:acme\"]}}");
        let _ = writeln!(text, "{{\"entity\":\"project:p{team}\",\"in\":[\"team:t{team}\"]}}");
    }
    for run in 0..BULK_ENTITIES - 2 * TEAMS - 1 {
        let _ = writeln!(
            text,
            "{{\"entity\":\"run:r{run}\",\"in\":[\"project:p{}\"],\"attributes\":{{\"created_by\":\"user:u{}\"}}}}",
            run % TEAMS,
            run % PEOPLE
        );
    }
    text
}

/// The records of a text in the bulk form.
fn read_lines(text: &str) -> usize {
    let (mut reader, mut start) = (BulkReader::new(FileId(0)), 0);
    for line in text.split_terminator('\n') {
        reader.line(start, line, true);
        start += line.len() as u32 + 1;
    }
    let (tree, found) = reader.finish();
    assert!(found.is_empty());
    tree.len()
}

fn open(policy: &[(String, String)], directory: Option<&str>) -> Engine {
    open_named(policy, directory.map(|text| ("directory.yaml", text)))
}

fn open_named(policy: &[(String, String)], directory: Option<(&str, &str)>) -> Engine {
    let policy: Vec<(&str, &str)> = policy.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let directories: Vec<(&str, &str)> = directory.into_iter().collect();
    Engine::from_strings(&policy, &directories).expect("the generated texts are sound")
}

fn question(subject: &str, action: &str, resource: &str) -> Query {
    Query { subject: subject.into(), action: action.into(), resource: resource.into(), ..Query::default() }
}

fn bulk(c: &mut Criterion) {
    let small = vec![(String::from("types.rolebook"), String::from(TYPES))];
    let text = bulk_directory();
    let mut group = c.benchmark_group("bulk");
    group.sample_size(10).throughput(Throughput::Elements(text.lines().count() as u64));
    group.bench_function("lines read", |b| b.iter(|| read_lines(black_box(&text))));
    group.bench_function("loaded", |b| b.iter(|| open_named(&small, Some(("directory.jsonl", black_box(&text))))));
    group.finish();
}

fn scale(c: &mut Criterion) {
    let large = policy(ROLES);
    let small = vec![(String::from("types.rolebook"), String::from(TYPES))];
    let (plain, mixed) = (directory(0), directory(ROLES));

    let mut group = c.benchmark_group("load");
    group.sample_size(10);
    group.bench_function("5,000 roles in 200 files", |b| b.iter(|| open(black_box(&large), None)));
    group.bench_function("200,000 assignments", |b| b.iter(|| open(&small, Some(black_box(&plain)))));
    group.finish();

    // The same question against few and many roles, few and many assignments: none of them may matter.
    let mut group = c.benchmark_group("decide");
    for (name, policy, directory) in [
        ("4 roles, 2 assignments", &small, TINY),
        ("4 roles, 200,000 assignments", &small, plain.as_str()),
        ("5,000 roles, 200,000 assignments", &large, mixed.as_str()),
    ] {
        let engine = open(policy, Some(directory));
        for (verdict, query) in
            [("allowed", question("user:u0", "view", "run:r0")), ("denied", question("user:u1", "delete", "run:r0"))]
        {
            let decision = engine.check(&query).expect("a sound question");
            assert_eq!(decision.allowed, verdict == "allowed", "{name}");
            group.bench_function(format!("{name}, {verdict}"), |b| b.iter(|| engine.check(black_box(&query))));
        }
    }
    group.finish();
}

/// A custom role of `organization:acme`.
fn custom_role(name: &str) -> Change {
    let body = json!({
        "extends": "team.viewer",
        "allow": ["run.create", { "permissions": "run.delete", "when": "resource.created_by == subject" }],
    });
    Change::custom_role(&format!("team.{name}"), "organization:acme", body)
}

/// A custom role is composed, where there are few others and where there are many.
fn change(c: &mut Criterion) {
    let mut group = c.benchmark_group("change");
    group.sample_size(20);
    let large = policy(2 * ROLES);
    for (name, kept) in [("10,000 roles, a custom role", 0), ("10,000 roles and 500 custom roles, one more", 500)] {
        let engine = open(&large, Some(TINY));
        let roles: Vec<Change> = (0..kept).map(|at| custom_role(&format!("kept{at}"))).collect();
        if !roles.is_empty() {
            engine.apply(&roles, 0).expect("sound roles");
        }
        let added = custom_role("added").to_string();
        assert!(engine.preview("change.json", &added, 0).is_ok());
        group.bench_function(name, |b| b.iter(|| engine.preview("change.json", black_box(&added), 0)));
    }
    group.finish();
}

criterion_group!(benches, scale, bulk, change);
criterion_main!(benches);
