//! Packages that are meant to hurt: long, deep, tangled, or full of mistakes. Each is answered, with a finding at its place
//! where it goes past a limit; nothing is cut short in silence.

use rolebook::Engine;
use rolebook::engine;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const GROUPS: &str = "
type user
type organization { actions view }
type team in organization { actions view }
role organization.member when scope.organization == scope { allow organization.view }
role team.viewer requires organization.member { allow team.view }
";

/// Lines `0..count`, each made from its number.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    })
}

fn open(policy: &str, directory: &str) -> Result<Engine, String> {
    let directory = format!("rolebook: 1\nkind: directory\n{directory}");
    Engine::from_strings(&[("policy.rolebook", policy)], &[("directory.yaml", &directory)])
        .map_err(|error| error.to_string())
}

#[track_caller]
fn refused(policy: &str, directory: &str, expected: &str) {
    let Err(actual) = open(policy, directory) else { panic!("nothing found wrong") };
    assert_eq!(actual.trim_end(), expected);
}

#[track_caller]
fn allowed(engine: &Engine, subject: &str, resource: &str) -> bool {
    let query = engine::query(subject, "view", resource);
    let allowed = engine.check(&query).expect("a decision").allowed;
    let explained = engine.explain(&query).expect("an explanation");
    assert_eq!(explained.outcome.verdict == rolebook::decide::Reason::Granted, allowed, "explained as decided");
    allowed
}

#[test]
fn usersets_nest_thousands_deep_and_wait_for_what_they_require() {
    let teams = lines(3_000, |at| match at {
        0 => String::from("  team:t0: { roles: { viewer: [user:ana, user:bo] } }"),
        _ => format!("  team:t{at}: {{ roles: {{ viewer: 'team:t{}#viewer' }} }}", at - 1),
    });
    let directory = format!("organization:o:\n  roles: {{ member: [user:ana, user:bo] }}\n{teams}");
    let engine = open(GROUPS, &directory).expect("a sound package");
    assert!(allowed(&engine, "user:ana", "team:t2999"));
    assert!(!allowed(&engine, "user:cy", "team:t2999"));
}

#[test]
fn hundreds_of_groups_that_are_all_members_of_each_other_end() {
    let all = (0..200).map(|at| format!("'team:t{at}#viewer'")).collect::<Vec<_>>().join(", ");
    let teams = lines(200, |at| {
        let ana = if at == 7 { "user:ana, " } else { "" };
        format!("  team:t{at}: {{ roles: {{ viewer: [{ana}{all}] }} }}")
    });
    let engine =
        open(GROUPS, &format!("organization:o:\n  roles: {{ member: [user:ana] }}\n{teams}")).expect("a sound package");
    assert!(allowed(&engine, "user:ana", "team:t199"));
    assert!(!allowed(&engine, "user:bo", "team:t199"));
}

#[test]
fn more_ways_to_a_role_than_are_kept_are_a_finding() {
    let organizations = lines(257, |at| format!("organization:o{at}: {{ roles: {{ member: user:ana }} }}"));
    let all = (0..257).map(|at| format!("'organization:o{at}#member'")).collect::<Vec<_>>().join(", ");
    refused(
        GROUPS,
        &format!("{organizations}organization:z: {{ roles: {{ member: [{all}] }} }}\n"),
        "error[limit-exceeded]: this subject holds a role in more than 256 different ways, by times and conditions (directory.yaml:3:37)",
    );
}

#[test]
fn as_many_ways_as_are_kept_are_none() {
    let organizations = lines(256, |at| format!("organization:o{at}: {{ roles: {{ member: user:ana }} }}"));
    let all = (0..256).map(|at| format!("'organization:o{at}#member'")).collect::<Vec<_>>().join(", ");
    let directory = format!(
        "{organizations}organization:z:\n  roles: {{ member: [{all}] }}\n  team:t: {{ roles: {{ viewer: ['organization:z#member'] }} }}\n"
    );
    let engine = open(GROUPS, &directory).expect("a sound package");
    assert!(allowed(&engine, "user:ana", "team:t"));
}

#[test]
fn a_line_of_roles_that_all_inherit_from_each_other_ends_at_a_limit() {
    let roles = lines(6_000, |at| match at {
        0 => String::from("role t.r0 { allow t.view }"),
        _ => format!("role t.r{at} extends t.r{} {{ }}", at - 1),
    });
    refused(
        &format!("type t {{ actions view }}\n{roles}"),
        "",
        "error[limit-exceeded]: the roles extend, require and imply more than 16777216 roles together, inherited ones counted (policy.rolebook:5794:6)",
    );
}

#[test]
fn a_condition_inherited_by_many_ways_is_one_condition() {
    let roles = lines(500, |at| match at {
        0 => String::from("role t.a0 when scope.live { allow t.view }\nrole t.b0 when not scope.off { }"),
        _ => format!(
            "role t.a{at} extends t.a{0}, t.b{0} when scope.live {{ }}\nrole t.b{at} extends t.a{0}, t.b{0} {{ }}",
            at - 1
        ),
    });
    let policy = format!("type user\ntype t {{ live: bool\n off: bool\n actions view }}\n{roles}");
    let directory = "t:yes: { live: true, off: false, roles: { a499: user:ana } }
t:no: { live: true, off: true, roles: { a499: user:ana } }\n";
    let engine = open(&policy, directory).expect("a sound package");
    assert!(allowed(&engine, "user:ana", "t:yes"));
    assert!(!allowed(&engine, "user:ana", "t:no"));
}

#[test]
fn conditions_that_add_up_past_a_limit_are_found_at_the_role() {
    let roles = lines(4_200, |at| match at {
        0 => String::from("role t.r0 when scope.x == 0 { }"),
        _ => format!("role t.r{at} extends t.r{} when scope.x == {at} {{ }}", at - 1),
    });
    refused(
        &format!("type t {{ x: int\n actions view }}\n{roles}"),
        "",
        "error[limit-exceeded]: the condition takes more than 16384 steps (policy.rolebook:4098:6)",
    );
}

#[test]
fn a_mistake_on_every_line_is_shown_for_the_first_ones() {
    let rules = lines(5_000, |_| String::from("allow t.remove"));
    let Err(found) = open(&format!("type t {{ actions view }}\n{rules}"), "") else { panic!("nothing found wrong") };
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.iter().filter(|line| line.contains("error[unknown-action]")).count(), 2_000);
    assert_eq!(lines.last(), Some(&"error[limit-exceeded]: 3000 more errors are not shown"));
}

#[test]
fn the_last_moment_that_can_be_written_is_one() {
    let directory = "organization:o:
  roles: { member: [{ subject: user:ana, since: 0000-01-01T00:00:00Z, until: 9999-12-31T23:59:59Z }] }\n";
    let engine = open(GROUPS, directory).expect("a sound package");
    let query = engine::query("user:ana", "view", "organization:o");
    let proof = engine.explain(&query).expect("an explanation").steps;
    let texts = format!("{proof:?}");
    assert!(texts.contains("until 9999-12-31T23:59:59Z"), "{texts}");
}

#[test]
fn implications_down_folders_are_followed_once_from_each() {
    // Each role implies all before it, is implied on every folder, and is held on each: the ways to the last folder are
    // beyond counting.
    let roles = lines(24, |at| {
        let before: Vec<String> = (0..at).map(|before| format!("folder.r{before}")).collect();
        match at {
            0 => String::from("role folder.r0 { allow folder.view }"),
            _ => format!("role folder.r{at} when scope.open_to_all {{ implies {} }}", before.join(", ")),
        }
    });
    let policy = format!(
        "type user\ntype folder in folder* {{ open_to_all: bool = true\n actions view }}\n{roles}
allow folder.view when subject has folder.r5 on resource and not resource.open_to_all"
    );
    let folders = lines(60, |at| {
        let place = if at == 0 { String::new() } else { format!("in: folder:f{}, ", at - 1) };
        let roles = (1..24).map(|role| format!("r{role}: user:ana")).collect::<Vec<_>>().join(", ");
        format!("folder:f{at}: {{ {place}roles: {{ {roles} }} }}")
    });
    let engine = open(&policy, &folders).expect("a sound package");
    assert!(allowed(&engine, "user:ana", "folder:f59"));
    assert!(!allowed(&engine, "user:bo", "folder:f59"));
}

#[test]
fn many_roles_down_a_deep_line_of_folders_are_followed_once_each() {
    // Who holds one role holds all after it on every folder further down, and the same from each of those.
    let roles = lines(50, |at| {
        let after: Vec<String> = (at + 1..50).map(|after| format!("folder.r{after}")).collect();
        match at {
            49 => String::from("role folder.r49 { allow folder.view }"),
            _ => format!("role folder.r{at} {{ implies {} }}", after.join(", ")),
        }
    });
    let policy = format!(
        "type user\ntype folder in folder? {{ actions view }}\ntype note in folder {{ actions view }}\n{roles}
role note.reader requires folder.r48 {{ allow note.view }}"
    );
    let folders = lines(500, |at| match at {
        0 => String::from("folder:f0: { roles: { r0: [user:ana, user:bo] } }"),
        250 => String::from("folder:f250: { in: folder:f249, roles: { r0: 'folder:f249#r47' } }"),
        _ => format!("folder:f{at}: {{ in: folder:f{} }}", at - 1),
    });
    let notes = "note:n: { in: folder:f499, roles: { reader: [user:ana, 'folder:f498#r49'] } }\n";
    let (started, worked) = (Instant::now(), worked());
    let engine = open(&policy, &format!("{folders}{notes}")).expect("a sound package");
    for (subject, expected) in [("user:ana", true), ("user:bo", true), ("user:cy", false)] {
        assert_eq!(allowed(&engine, subject, "folder:f499"), expected, "{subject}");
        assert_eq!(allowed(&engine, subject, "note:n"), expected, "{subject}");
    }
    // Seconds. Followed from every folder anew, it takes many minutes, on however many threads.
    let (worked, waited) = (self::worked().saturating_sub(worked), started.elapsed());
    assert!(worked < Duration::from_secs(60) && waited < Duration::from_secs(300), "{worked:?} within {waited:?}");
}

/// How long this thread has worked. On a busy machine that is less than what has passed.
pub(crate) fn worked() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}

#[test]
fn thousands_of_imports_that_lead_nowhere_are_found_as_quickly_as_a_few() {
    let imports = lines(1_000, |at| format!("import \"../sharde{}\"", at % 7));
    let policy = format!("{imports}type user");
    let texts = [("app/policy.rolebook", policy.as_str()), ("shared/types.rolebook", "type team")];
    let Err(error) = Engine::from_strings(&texts, &[]) else { panic!("nothing found wrong") };
    assert_eq!(error.diagnostics.len(), 1_000);
    // Each search for a near miss lists a folder; the first hundred have one.
    let helped = error.diagnostics.iter().filter(|finding| finding.help.is_some()).count();
    assert_eq!(helped, 100);
}

#[test]
fn ways_beyond_counting_through_guarded_implications_are_a_finding() {
    let roles = lines(20, |at| match at {
        0 => String::from("role folder.r0 { allow folder.view }"),
        _ => format!("role folder.r{at} {{ implies folder.r{} when resource.opened }}", at - 1),
    });
    let policy = format!("type user\ntype folder in folder? {{ opened: bool = true\n actions view }}\n{roles}");
    let folders = lines(60, |at| match at {
        0 => String::from("folder:f0: { roles: { r19: user:ana } }"),
        59 => String::from("folder:f59: { in: folder:f58, roles: { r0: 'folder:f58#r1' } }"),
        _ => format!("folder:f{at}: {{ in: folder:f{} }}", at - 1),
    });
    refused(
        &policy,
        &folders,
        "error[limit-exceeded]: this subject holds a role in more than 256 different ways, by times and conditions (directory.yaml:3:28)",
    );
}

#[test]
fn an_address_is_the_same_in_both_of_its_forms() {
    let policy = "type user
type vault { actions view }
context { ip: ip }
allow vault.view when context.ip in \"10.0.0.0/8\"
deny vault.view when context.ip == \"::ffff:10.0.0.9\"
deny vault.view when context.ip in \"::ffff:10.1.0.0/112\"";
    let engine = open(policy, "vault:v: {}").expect("a sound package");
    for (ip, expected) in [
        ("10.0.0.1", true),
        ("::ffff:10.0.0.1", true),
        ("::ffff:11.0.0.1", false),
        ("10.0.0.9", false),
        ("::ffff:10.0.0.9", false),
        ("10.1.0.3", false),
        ("::ffff:a01:3", false),
        ("::10.0.0.1", false),
    ] {
        let mut query = engine::query("user:ana", "view", "vault:v");
        query.context.push((String::from("ip"), rolebook::schema::RawValue::String(String::from(ip))));
        assert_eq!(engine.check(&query).expect("a decision").allowed, expected, "{ip}");
    }
}
