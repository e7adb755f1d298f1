//! The bulk form of directories: it says what the document form says, places are exact though the text is not held, and
//! no input is too long, too deep or too broken for it.

use rolebook::decide::{Query, Reason, RequestError};
use rolebook::diagnostics::Diagnostic;
use rolebook::{Engine, engine};
use serde_json::{Value as Json, json};
use serde_yaml::Value as Yaml;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

/// A directory document as lines, inner entities before outer ones, so that nothing stands after what it needs.
pub(crate) fn lines_of(document: &str) -> String {
    let document: Yaml = serde_yaml::from_str(document).expect("a sound document");
    let mut lines = Vec::new();
    for (key, value) in document.as_mapping().expect("a mapping") {
        let key = key.as_str().expect("a text");
        match key {
            "rolebook" | "kind" => {}
            "policies" => lines.extend(named(value, "policy", None)),
            _ => entity(key, value, None, &mut lines),
        }
    }
    lines.reverse();
    lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    })
}

fn entity(name: &str, body: &Yaml, outer: Option<&str>, lines: &mut Vec<Json>) {
    let mut line = json!({ "entity": name, "attributes": {} });
    let mut parents: Vec<Json> = outer.map(Json::from).into_iter().collect();
    let mut inner = Vec::new();
    for (key, value) in body.as_mapping().into_iter().flatten() {
        let key = key.as_str().expect("a text");
        match key {
            _ if key.contains(':') => inner.push((key, value)),
            "in" => parents.extend(list(value).into_iter().map(|parent| json(&parent))),
            "settings" | "policy" => line[key] = json(value),
            "roles" => lines.extend(assignments(name, value)),
            "custom_roles" => lines.extend(named(value, "custom_role", Some(name))),
            _ => line["attributes"][key] = json(value),
        }
    }
    // One parent may stand where a list may.
    line["in"] = if parents.len() == 1 { parents.remove(0) } else { parents.into() };
    lines.push(line);
    for (key, value) in inner {
        entity(key, value, Some(name), lines);
    }
}

fn assignments(on: &str, roles: &Yaml) -> Vec<Json> {
    let mut lines = Vec::new();
    for (role, subjects) in roles.as_mapping().into_iter().flatten() {
        for subject in list(subjects) {
            let mut assign = match subject {
                Yaml::Mapping(_) => json(&subject),
                _ => json!({ "subject": json(&subject) }),
            };
            assign["role"] = json(role);
            assign["on"] = on.into();
            lines.push(json!({ "assign": assign }));
        }
    }
    lines
}

fn named(bodies: &Yaml, word: &str, owner: Option<&str>) -> Vec<Json> {
    let bodies = bodies.as_mapping().into_iter().flatten();
    bodies
        .map(|(name, body)| {
            let mut body = json(body);
            body["name"] = json(name);
            if let Some(owner) = owner {
                body["in"] = owner.into();
            }
            json!({ word: body })
        })
        .collect()
}

fn list(value: &Yaml) -> Vec<Yaml> {
    match value {
        Yaml::Sequence(items) => items.clone(),
        Yaml::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

fn json(value: &Yaml) -> Json {
    serde_json::to_value(value).expect("a value that JSON has as well")
}

/// Every text in a document that could be an entity.
fn entities(value: &Json, found: &mut BTreeSet<String>) {
    match value {
        Json::String(text) if text.contains(':') && !text.contains([' ', '#']) => {
            found.insert(text.clone());
        }
        Json::Array(items) => items.iter().for_each(|item| entities(item, found)),
        Json::Object(members) => members.values().for_each(|value| entities(value, found)),
        _ => {}
    }
}

#[test]
fn the_reference_directories_say_the_same_in_both_forms() {
    let mut compared = 0;
    for package in ["baseten", "tools"] {
        let policy = fs::read_to_string(format!("policies/{package}/{package}.rolebook")).expect("a policy");
        let document = fs::read_to_string(format!("policies/{package}/directory.yaml")).expect("a directory");
        let lines = lines_of(&document);
        let load = |name, text| Engine::from_strings(&[("policy.rolebook", &policy)], &[(name, text)]).expect("sound");
        let (one, other) = (load("directory.yaml", &*document), load("directory.jsonl", &*lines));
        assert_eq!((one.state().warnings(), other.state().warnings()), ([].as_slice(), [].as_slice()), "{package}");
        let mut names = BTreeSet::new();
        lines.lines().for_each(|line| entities(&serde_json::from_str(line).expect("a line"), &mut names));
        for (subject, resource) in names.iter().flat_map(|subject| names.iter().map(move |other| (subject, other))) {
            let query = engine::query(subject, "", resource);
            let (one, other) = (verdicts(&one, &query), verdicts(&other, &query));
            compared += one.as_ref().map_or(0, Vec::len);
            assert_eq!(one, other, "{subject} on {resource}");
        }
    }
    assert!(compared > 5_000, "only {compared} decisions were compared");
}

/// Every action of the resource, and what is decided: entities have other numbers in another order.
fn verdicts(engine: &Engine, query: &Query) -> Result<Vec<(String, bool, Reason)>, RequestError> {
    let decisions = engine.actions(query)?.into_iter();
    Ok(decisions.map(|(action, decision)| (action, decision.allowed, decision.reason)).collect())
}

const TEAMS: &str = "
type user
type organization { actions view }
type team in organization { tags: set<string> = []  level: int?  actions view }
role organization.member { allow organization.view }
role team.viewer { allow team.view }
";

fn open(lines: &str) -> Result<Engine, String> {
    Engine::from_strings(&[("policy.rolebook", TEAMS)], &[("directory.jsonl", lines)])
        .map_err(|error| error.to_string())
}

#[track_caller]
fn found(lines: &str) -> Vec<String> {
    let Err(found) = open(lines) else { panic!("nothing found wrong") };
    found.lines().map(str::to_owned).collect()
}

fn warned(engine: &Engine) -> Vec<String> {
    let place =
        |finding: &Diagnostic| finding.span().map_or_else(String::new, |span| engine.state().sources().place(span));
    engine.state().warnings().iter().map(|finding| format!("{} {}", place(finding), finding.message)).collect()
}

#[test]
fn lines_may_end_as_they_like_and_be_empty() {
    for lines in [
        "{\"entity\":\"organization:o\"}\n{\"entity\":\"team:t\",\"in\":\"organization:o\"}\n",
        "{\"entity\":\"team:t\",\"in\":[\"organization:o\"]}\r\n\r\n  \r\n{\"entity\":\"organization:o\"}\r\n\r\n",
        "\u{feff}{\"rolebook\":1,\"kind\":\"directory\"}\n\n\t{\"in\":\"organization:o\",\"entity\":\"team:t\"}\n{\"entity\":\"organization:o\"}",
        " { \"entity\" : \"organization\\u003ao\" , \"settings\" : { } , \"policy\" : [ ] , \"attributes\" : null }\n{\"entity\":\"team:t\",\"in\":\"organization:o\"}",
    ] {
        let engine = open(&format!(
            "{}\n{{\"assign\":{{\"subject\":\"user:ana\",\"role\":\"viewer\",\"on\":\"team:t\"}}}}",
            lines
        ))
        .expect("a sound directory");
        assert!(engine.check(&engine::query("user:ana", "view", "team:t")).expect("a decision").allowed, "{lines}");
    }
}

/// Lines enough for several blocks: teams, what they lie in far behind them, and here and there something else.
fn many_lines(other: impl Fn(usize) -> Option<String>) -> String {
    let mut text = String::new();
    for at in 0..60_000 {
        let team = format!(
            "{{\"entity\":\"team:{at}\",\"in\":\"organization:{}\",\"attributes\":{{\"tags\":[\"a{}\",\"ö\"]}}}}",
            at % 7,
            at % 91
        );
        let _ = writeln!(text, "{}", other(at).unwrap_or(team));
        if at % 3 == 0 {
            let _ = writeln!(
                text,
                "{{\"assign\":{{\"subject\":\"user:{}\",\"role\":\"viewer\",\"on\":\"team:{at}\"}}}}",
                at % 1_000
            );
        }
    }
    for at in 0..7 {
        let _ = writeln!(text, "{{\"entity\":\"organization:{at}\"}}");
    }
    text
}

/// The same text from memory, read by one thread, and from disk, read by two.
fn read_twice(lines: &str) -> [Result<Engine, String>; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("policy.rolebook"), TEAMS).expect("a policy");
    fs::write(folder.path().join("directory.jsonl"), lines).expect("a directory");
    let read = Engine::builder().policy(folder.path()).build();
    let path = format!("{}/", folder.path().display());
    [open(lines), read.map_err(|error| error.to_string().replace(&path, ""))]
}

#[test]
fn a_large_file_is_the_same_directory_however_many_threads_read_it() {
    let text = many_lines(|_| None);
    assert!(text.len() > 5 << 20, "{}", text.len());
    let [one, other] = read_twice(&text).map(|read| read.expect("a sound directory").state());
    let (schema, directory) = (one.snapshot().policy().schema(), one.snapshot().directory());
    let there = other.snapshot().directory();
    assert_eq!((directory.len(), directory.assignment_count()), (61_007, 20_000));
    assert!(directory.assignments().eq(there.assignments()), "places of subjects included");
    for entity in directory.entities() {
        assert_eq!(directory.name(schema, entity), there.name(schema, entity));
        assert_eq!((directory.span(entity), directory.parents(entity)), (there.span(entity), there.parents(entity)));
        assert_eq!(directory.attribute(entity, 0), there.attribute(entity, 0));
    }
    for at in [0_usize, 1, 700, 29_999, 59_999] {
        let team = schema.type_named("team").and_then(|ty| directory.find(ty, &at.to_string())).expect("a team");
        let place = one.sources().place(directory.span(team).expect("an entry"));
        assert_eq!(place, format!("directory.jsonl:{}:11", at + at.div_ceil(3) + 1));
    }
}

#[test]
fn what_is_wrong_with_a_large_file_is_found_in_the_order_of_its_lines() {
    let broken = |at: usize| match at {
        77 | 30_000 | 59_999 => Some(String::from("{\"entity\":\"team:x\"")),
        20_000 => Some(format!("\"{}\"", "y".repeat(1 << 20))),
        41_000 => Some(String::from("{\"entity\":\"team:78\",\"in\":\"organization:1\"}")),
        _ => None,
    };
    let [one, other] = read_twice(&many_lines(broken)).map(|read| read.expect_err("mistakes"));
    assert_eq!(one, other);
    let starts: Vec<&str> = one.lines().filter_map(|line| line.split(';').next()).collect();
    assert_eq!(
        starts,
        [
            "error[invalid-json]: the line ends before its JSON is complete (directory.jsonl:104:18)",
            "error[line-too-long]: the line is longer than 1048576 bytes (directory.jsonl:26668:1)",
            "error[invalid-json]: the line ends before its JSON is complete (directory.jsonl:40001:18)",
            "error[duplicate-entity]: `team:78` has two entries (directory.jsonl:54668:11)",
            "error[invalid-json]: the line ends before its JSON is complete (directory.jsonl:80000:18)",
        ]
    );
    // Of very many mistakes the first are told, and how many more there are.
    let [one, other] = read_twice(&many_lines(|at| (at % 20 == 7).then(|| String::from("{]")))).map(|read| read.err());
    let told = one.clone().unwrap_or_default();
    assert_eq!(one, other);
    assert_eq!(told.lines().count(), 1_001);
    assert!(told.ends_with("error[limit-exceeded]: 2000 more errors are not shown"), "{}", &told[told.len() - 200..]);
    // What says in its midst that it is something else is read no further.
    let kind = |at: usize| match at {
        25_000 => Some(String::from("{\"rolebook\":1,\"kind\":\"policy\"}")),
        _ => (at % 5_000 == 1_234).then(|| String::from("{]")),
    };
    let [one, other] = read_twice(&many_lines(kind)).map(|read| read.expect_err("mistakes"));
    assert_eq!(one, other);
    assert_eq!(one.lines().count(), 6, "{one}");
}

#[test]
fn places_are_exact_behind_characters_of_many_bytes() {
    let engine = open(
        "{\"entity\":\"organization:団体\"}\r\n{\"entity\":\"user:ö\"}\n\
         {\"entity\":\"team:tä\",\"in\":\"organization:団体\"}\n\
         {\"assign\":{\"on\":\"team:tä\",\"role\":\"viewer\",\"subject\":\"user:bö\"}}\n",
    )
    .expect("warnings only");
    assert_eq!(warned(&engine), ["directory.jsonl:4:53 `user:bö` has no entry, though others of its type have"]);
    let proof = engine.explain(&engine::query("user:bö", "view", "team:tä")).expect("an explanation");
    let place = proof.steps.iter().find_map(|step| step.place).map(|span| engine.state().sources().place(span));
    assert_eq!(place.as_deref(), Some("directory.jsonl:4:53"));
}

#[test]
fn a_broken_line_costs_that_line_and_no_echo_of_it() {
    assert_eq!(
        found(
            "{\"entity\":\"organization:o\"\n{\"entity\":\"team:t\",\"in\":\"organization:o\",\"attributes\":{\"level\":\"high\"}}\n\
             {\"assign\":{\"subject\":\"user:ana\",\"role\":\"viewr\",\"on\":\"team:t\"}}\n{\"entity\":\"user:bo\"}\n"
        ),
        [
            "error[invalid-json]: the line ends before its JSON is complete (directory.jsonl:1:26); \
             an object stands on one line, with no line break in it",
            "error[invalid-attribute]: expected an int, found \"high\" (directory.jsonl:2:64)",
            "error[unknown-role]: `team` has no role `viewr` (directory.jsonl:3:40); did you mean `viewer`?",
        ]
    );
}

#[test]
fn several_files_of_both_forms_are_one_directory() {
    let engine = Engine::from_strings(
        &[("policy.rolebook", TEAMS)],
        &[
            ("a.jsonl", "{\"assign\":{\"subject\":\"team:t#viewer\",\"role\":\"member\",\"on\":\"organization:o\"}}"),
            ("b.yaml", "rolebook: 1\nkind: directory\norganization:o: {}\n"),
            ("c.JSONL", "{\"entity\":\"team:t\",\"in\":\"organization:o\"}"),
            ("d.yaml", "rolebook: 1\nkind: directory\nteam:u: { in: organization:o, roles: { viewer: user:bo } }\n"),
            ("e.jsonl", "{\"assign\":{\"subject\":\"user:ana\",\"role\":\"viewer\",\"on\":\"team:t\"}}"),
        ],
    )
    .expect("a sound directory");
    for (subject, resource, allowed) in
        [("user:ana", "organization:o", true), ("user:bo", "team:u", true), ("user:bo", "organization:o", false)]
    {
        let decision = engine.check(&engine::query(subject, "view", resource)).expect("a decision");
        assert_eq!(decision.allowed, allowed, "{subject} {resource}");
    }
}

/// How long anything here may take; far more than it does, for machines that are busy.
const PATIENCE: Duration = Duration::from_secs(20);

#[track_caller]
fn ends_soon<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(start.elapsed() < PATIENCE, "took {:?}", start.elapsed());
    result
}

#[test]
fn many_bad_lines_are_counted() {
    for line in [
        "{\"entity\":\"team:t\",\n",
        "{\"entity\":\"team t\"}\n",
        "{\"entity\":1}\n",
        "{\"entity\":\"team:t\",\"entity\":\"team:t\"}\n",
        "{\"entity\":\"team:t\",\"nomen\":1}\n",
        "{\"assign\":{}}\n",
        "{\"entity\":\"team:\\ud800\"}\n",
        "{\"policy\":{\"name\":1}}\n",
    ] {
        let lines = format!("{{\"entity\":\"organization:o\"}}\n{}", line.repeat(200_000));
        let found = ends_soon(|| found(&lines));
        assert!((1_001..=2_010).contains(&found.len()), "{} for {line}", found.len());
        let last = found.last().map_or("", String::as_str);
        assert!(
            last.starts_with("error[limit-exceeded]: ") && last.ends_with(" more errors are not shown"),
            "{line}: {last}"
        );
    }
}

#[test]
fn the_first_errors_are_shown_and_then_all_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("policy.rolebook"), "type organization { actions view }").expect("a policy");
    let lines = String::from("{\"entity\":\"organization:o\"}\n") + &"{\"entity\":\n".repeat(1_500);
    fs::write(folder.path().join("directory.jsonl"), lines).expect("a directory");
    let check = |format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolebook"));
        let run = command.args(["check", "--format", format]).current_dir(folder.path()).output();
        String::from_utf8(run.expect("the command runs").stdout).expect("text")
    };
    let text = check("text");
    assert_eq!(text.matches("error[invalid-json]").count(), 1_000);
    assert!(text.contains("[directory.jsonl:1001:") && !text.contains("[directory.jsonl:1002:"), "{text}");
    assert!(text.ends_with("\nerror[limit-exceeded]: 500 more errors are not shown\n\n1500 errors\n"), "{text}");
    let json: Json = serde_json::from_str(&check("json")).expect("JSON");
    assert_eq!(json["errors"], 1_500);
}

#[test]
fn what_is_no_bulk_directory_is_told_so_once() {
    let yaml = "rolebook: 1\nkind: directory\n".to_owned() + &"organization:o:\n".repeat(100_000);
    let found = ends_soon(|| found(&yaml));
    assert_eq!(
        found,
        [
            "error[wrong-kind]: none of the first 20 lines is a JSON object: the rest is not read (directory.jsonl:1:1); \
          a directory that is one document ends in `.yaml` or `.json`"
        ]
    );
    let pretty = "{\n  \"entity\": \"organization:o\"\n}\n";
    assert!(
        self::found(pretty)[0]
            .starts_with("error[wrong-kind]: no line of the file is a JSON object (directory.jsonl:1:1)")
    );
    assert!(
        self::found("{")[0]
            .starts_with("error[invalid-json]: the line ends before its JSON is complete (directory.jsonl:1:1)")
    );
}

#[test]
fn long_and_deep_lines_end() {
    let deep = |count: usize| format!("{{\"policy\":{}", "[".repeat(count));
    let long = format!("{{\"entity\":\"team:t\",\"in\":[{}1]}}", "1,".repeat(500_000));
    let keys = (0..50_000).map(|at| format!("\"k{at}\":1,")).collect::<String>();
    for (line, wanted) in [
        (deep(900_000), "error[invalid-json]: the line ends before its JSON is complete"),
        (deep(300_000) + &"]".repeat(300_000) + "}", "error[nesting-too-deep]: the text nests deeper than 32 levels"),
        (
            format!("{{\"a\":{}1{}}}", "{\"a\":".repeat(100_000), "}".repeat(100_000)),
            "error[unknown-key]: unknown key `a`",
        ),
        ("x".repeat(5_000_000), "error[line-too-long]: the line is longer than 1048576 bytes"),
        (
            format!("{{\"entity\":\"team:t\",\"attributes\":{{{keys}\"k\":1}}}}"),
            "error[unknown-attribute]: `team` has no attribute `k0`",
        ),
        (long, "error[invalid-entity]: `1` is no entity"),
        (format!("{{\"entity\":\"team:{}\"}}", "x".repeat(1_000_000)), "error[containment]: "),
        ("\0".repeat(1000), "error[invalid-json]: this is no well-formed JSON: expected a value"),
    ] {
        let lines = format!("{{\"entity\":\"organization:o\"}}\n{line}\n{{\"entity\":\"organization:o\"}}\n");
        let found = ends_soon(|| found(&lines));
        assert!(found.iter().any(|finding| finding.starts_with(wanted)), "{wanted}: {:?}", found.first());
    }
}
