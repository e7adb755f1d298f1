//! How loading and deciding grow: a policy of 5,000 roles in 200 files, and a directory of 200,000 assignments.
//!
//! `cargo bench --bench scale`

use criterion::{Criterion, criterion_group, criterion_main};
use rolebook::Engine;
use rolebook::decide::Query;
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

const TYPES: &str = "package scale
type user
type organization { actions view, manage_members }
type team in organization { actions view, manage_members }
type project in team { actions view, edit, archive }
type run in project { created_by: user  actions view, create, delete }
role organization.member assigned by organization.manage_members { allow organization.view }
role organization.admin { allow * implies team.lead }
role team.viewer requires organization.member { allow *.view }
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
fn policy() -> Vec<(String, String)> {
    let mut files = vec![(String::from("types.rolebook"), String::from(TYPES))];
    let each = ROLES / FILES;
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

fn open(policy: &[(String, String)], directory: Option<&str>) -> Engine {
    let policy: Vec<(&str, &str)> = policy.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let directories: Vec<(&str, &str)> = directory.map(|text| ("directory.yaml", text)).into_iter().collect();
    Engine::from_strings(&policy, &directories).expect("the generated texts are sound")
}

fn question(subject: &str, action: &str, resource: &str) -> Query {
    Query { subject: subject.into(), action: action.into(), resource: resource.into(), ..Query::default() }
}

fn scale(c: &mut Criterion) {
    let large = policy();
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

criterion_group!(benches, scale);
criterion_main!(benches);
