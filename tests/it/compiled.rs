//! Compiled files: they decide as what they were made of, and nothing but what was written is ever opened.

use rolebook::decide::Query;
use rolebook::diagnostics::Code;
use rolebook::engine::{Change, inspect, query};
use rolebook::image::Section;
use rolebook::{Engine, engine};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use twox_hash::XxHash3_64;

const POLICY: &str = r#"
package acme
type user { born: timestamp?  tags: set<string> = [] }
type org { plan: string = "free"  from: ip?  actions view, join  custom roles by org.join }
type team in org {
  lead: user?  size: int = 3  rest: duration?
  setting words: set<string> narrows
  actions view, join, edit
}
type project in team* { actions view, edit }
type key acts as owner { owner: user }

role org.member assigned by org.join { allow org.view }
role org.admin extends org.member { allow *  implies team.lead }
open role team.viewer requires org.member assigned by team.join { allow *.view }
role team.lead extends team.viewer { allow *  implies project.editor when scope.lead }
role team.guest assigned freely by team.join when org.plan == "paid" { allow team.view }
role project.editor requires team.viewer { allow project.* }
allow project.view when subject has project.editor on resource
deny team.edit to user when "late" in subject.tags
"#;

const DIRECTORY: &str = "
rolebook: 1
kind: directory
user:ana: { tags: [late, early], born: 2001-02-03T04:05:06Z }
user:bo: {}
user:a-name-of-more-than-eight-bytes: { tags: [early, late] }
org:a:
  plan: paid
  from: 10.1.2.3
  roles: { admin: user:ana, member: [user:bo, user:cy, team:blue#viewer, user:a-name-of-more-than-eight-bytes] }
  custom_roles: { team.reporter: { extends: team.viewer, allow: team.edit, when: 'scope.size > 2' } }
  team:red:
    lead: user:dee
    rest: 24h
    settings: { words: [one, two] }
    roles: { viewer: [user:bo, team:blue#lead], guest: [user:dee, user:eve], reporter: user:cy }
    project:p: { roles: { editor: user:bo } }
  team:blue:
    size: 5000000000
    policy: strict
    roles: { viewer: [user:cy, { subject: user:bo, since: 1970-01-01T00:00:01Z, until: 1980-01-01T00:00:01Z }] }
org:b:
  roles: { member: [user:bo, user:fay] }
  team:green: { roles: { lead: { subject: user:bo, since: 1970-01-01T00:00:01Z }, guest: team:red#lead } }
key:k: { owner: user:ana }
policies:
  strict: { rules: [deny: team.edit], settings: { words: [two, three] } }
";

fn loaded() -> Engine {
    Engine::from_strings(&[("acme.rolebook", POLICY)], &[("directory.yaml", DIRECTORY)]).expect("a sound package")
}

/// What is answered to many questions, with every reason and place, and what is said of settings and warned of.
fn worded(engine: &Engine) -> Vec<String> {
    let mut worded = Vec::new();
    for subject in ["user:ana", "user:bo", "user:cy", "user:dee", "user:eve", "user:fay", "key:k", "user:new"] {
        for (action, resource) in [
            ("view", "org:a"),
            ("join", "org:b"),
            ("view", "team:red"),
            ("edit", "team:red"),
            ("edit", "team:blue"),
            ("join", "team:green"),
            ("edit", "project:p"),
        ] {
            for at in [0, 2_000] {
                let asked = Query { at, ..query(subject, action, resource) };
                let explained = engine.explain(&asked).expect("a sound question");
                let places = explained
                    .steps
                    .iter()
                    .chain(&explained.nearest)
                    .filter_map(|step| Some(engine.state().sources().place(step.place?)));
                let places: Vec<String> = places.collect();
                worded.push(format!("{subject} {action} {resource} {at}: {explained:?} {places:?}"));
            }
        }
    }
    for team in ["team:red", "team:blue"] {
        worded.push(format!("{:?}", engine.settings(team).expect("a team").settings));
    }
    worded.extend(engine.state().warnings().iter().map(|finding| format!("{finding:?}")));
    worded
}

#[test]
fn what_is_opened_decides_and_explains_as_what_was_compiled() {
    let engine = loaded();
    let bytes = engine.compiled().expect("it compiles");
    let opened = Engine::from_compiled("acme.compiled", &bytes).expect("it is sound");
    assert_eq!(worded(&opened), worded(&engine));
    assert_eq!(opened.compiled().expect("it compiles"), bytes, "compiled again it is the same");
    assert_eq!(loaded().compiled().expect("it compiles"), bytes, "whoever compiles it");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_compiled_file_stays_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, link) = (folder.path().join("acme.compiled"), folder.path().join("current.compiled"));
    fs::write(&file, "").expect("written");
    std::os::unix::fs::symlink("acme.compiled", &link).expect("linked");
    loaded().compile(&link).expect("it compiles");
    assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink());
    assert_eq!(fs::read(&file).expect("a file"), loaded().compiled().expect("it compiles"));
}

#[test]
fn changes_go_on_from_what_is_opened() {
    let engine = loaded();
    let opened = Engine::from_compiled("acme.compiled", &engine.compiled().expect("it compiles")).expect("it is sound");
    let changes = [
        Change::assign("user:eve", "member", "org:a"),
        Change::assign("user:eve", "reporter", "team:red"),
        Change::revoke("user:bo", "viewer", "team:red"),
        Change::create("team:grey").inside("org:b").attribute("size", 7),
        Change::set("team:blue").attribute("size", 1),
        Change::relocate("project:p", Some("team:red"), Some("team:grey")),
        Change::delete("team:green"),
        Change::custom_role("team.writer", "org:a", serde_json::json!({ "allow": "team.edit" })),
        Change::unlink("strict", "team:blue"),
    ];
    for change in changes {
        let (one, other) =
            (engine.apply(std::slice::from_ref(&change), 0), opened.apply(std::slice::from_ref(&change), 0));
        let words = |done: Result<engine::Applied, engine::ApplyError>| match done {
            Ok(applied) => format!("{} edits", applied.edits.iter().map(Vec::len).sum::<usize>()),
            Err(refused) => refused.to_string(),
        };
        assert_eq!(words(one), words(other), "{change}");
        assert_eq!(worded(&opened), worded(&engine), "{change}");
    }
    assert_eq!(opened.compiled().expect("it compiles"), engine.compiled().expect("it compiles"));
}

/// The code that a file is refused with.
fn refused(bytes: &[u8]) -> Option<Code> {
    let error = Engine::from_compiled("acme.compiled", bytes).err()?;
    assert_eq!(error.diagnostics.len(), 1);
    let finding = &error.diagnostics[0];
    assert!(finding.message.contains("`acme.compiled`") && finding.help.is_some(), "{error}");
    Some(finding.code)
}

#[test]
fn a_file_of_which_any_byte_is_another_is_refused() {
    let bytes = loaded().compiled().expect("it compiles");
    let mut codes = BTreeSet::new();
    let mut altered = bytes.clone();
    for at in 0..bytes.len() {
        for pattern in [0x01, 0x80, 0xff] {
            altered[at] = bytes[at] ^ pattern;
            let code = refused(&altered).unwrap_or_else(|| panic!("byte {at} altered by {pattern:#x}"));
            // The first eight bytes tell what a file is, the next four of which format.
            let wanted = match at {
                0..8 => Code::WrongKind,
                8..12 => Code::OtherFormat,
                _ => Code::DamagedFile,
            };
            assert_eq!(code, wanted, "byte {at}");
            codes.insert(code);
        }
        altered[at] = bytes[at];
    }
    assert_eq!(refused(&altered), None);
    assert_eq!(codes.len(), 3);
}

/// Where the header of a file has its own checksum, and its length.
const HEADER: usize = 64;
/// The length of a row of the table of sections.
const ENTRY: usize = 32;

/// The same file with checksums that fit what it holds.
fn with_checksums(mut bytes: Vec<u8>) -> Vec<u8> {
    let number = |bytes: &[u8], at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
    let sections = u32::from_le_bytes(bytes[12..16].try_into().expect("four bytes")) as usize;
    let entries = HEADER..HEADER + sections * ENTRY;
    for entry in entries.clone().step_by(ENTRY) {
        let (start, length) = (number(&bytes, entry + 8) as usize, number(&bytes, entry + 16) as usize);
        let Some(filled) = bytes.get(start..(start + length).next_multiple_of(HEADER)) else { continue };
        let checksum = XxHash3_64::oneshot(filled);
        bytes[entry + 24..entry + 32].copy_from_slice(&checksum.to_le_bytes());
    }
    bytes[HEADER - 8..HEADER].fill(0);
    let checksum = XxHash3_64::oneshot(&bytes[..entries.end.next_multiple_of(HEADER)]);
    bytes[HEADER - 8..HEADER].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// Checksums tell of accidents, not of whoever knows how to make them. Whatever such a file says, it makes sense, or it is
/// refused; and where names are looked up there is nothing that is not a name.
#[test]
fn whoever_alters_a_file_and_its_checksums_writes_another_that_can_be_asked_or_none() {
    let bytes = loaded().compiled().expect("it compiles");
    assert_eq!(with_checksums(bytes.clone()), bytes);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("acme.compiled");
    fs::write(&file, &bytes).expect("written");
    let (mut opened, mut refused) = (0, 0);
    for section in inspect(&file).expect("a sound file").sections {
        for at in section.bytes {
            let mut altered = bytes.clone();
            altered[at] ^= if at % 2 == 0 { 0x01 } else { 0x80 };
            let Ok(engine) = Engine::from_compiled("acme.compiled", &with_checksums(altered)) else {
                refused += 1;
                continue;
            };
            opened += 1;
            let slots = [Section::EntitySlots, Section::ValueTextSlots].contains(&section.section);
            assert!(!slots, "byte {at} of {:?} is another, and nobody minds", section.section);
            for (subject, action, resource) in
                [("user:bo", "view", "team:red"), ("user:ana", "edit", "project:p"), ("key:k", "join", "org:a")]
            {
                let asked = query(subject, action, resource);
                let reason = engine.check(&asked).map(|decision| decision.reason);
                assert_eq!(engine.explain(&asked).map(|explained| explained.outcome.verdict), reason, "byte {at}");
                let _ = (engine.list(&asked, "team"), engine.who_can(&asked), engine.settings(resource));
            }
            let _ = engine.compiled();
        }
    }
    assert!(opened > 0 && refused > opened, "{opened} files were opened, {refused} refused");
}

/// One that several threads look at: a team for every three people, and a project in it.
fn large() -> Engine {
    let mut lines = String::from("{\"rolebook\":1,\"kind\":\"directory\"}\n{\"entity\":\"org:a\"}\n");
    for at in 0..9_000 {
        lines += &format!("{{\"entity\":\"user:person-number-{at}\"}}\n");
        lines += &format!(
            "{{\"assign\":{{\"subject\":\"user:person-number-{at}\",\"role\":\"member\",\"on\":\"org:a\"}}}}\n"
        );
        if at % 3 == 0 {
            lines += &format!(
                "{{\"entity\":\"team:t{at}\",\"in\":\"org:a\",\"attributes\":{{\"lead\":\"user:person-number-{at}\"}}}}\n"
            );
            lines += &format!("{{\"entity\":\"project:p{at}\",\"in\":\"team:t{at}\"}}\n");
        }
    }
    Engine::from_strings(&[("acme.rolebook", POLICY)], &[("directory.jsonl", &lines)]).expect("a sound package")
}

#[test]
fn a_large_file_is_looked_at_as_thoroughly_by_several_threads() {
    let engine = large();
    let bytes = engine.compiled().expect("it compiles");
    assert!(bytes.len() > 1 << 20, "{} bytes are looked at by one thread", bytes.len());
    let opened = Engine::from_compiled("acme.compiled", &bytes).expect("it is sound");
    for (subject, resource) in [("user:person-number-9", "team:t9"), ("user:person-number-8999", "org:a")] {
        let asked = query(subject, "view", resource);
        assert_eq!(opened.check(&asked).expect("sound").reason, engine.check(&asked).expect("sound").reason);
    }
    assert!(opened.compiled().expect("it compiles") == bytes);

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("acme.compiled");
    fs::write(&file, &bytes).expect("written");
    let (mut tried, mut sense) = (0, 0);
    for section in inspect(&file).expect("a sound file").sections {
        let length = section.bytes.len();
        for at in [0, length / 3, length / 2, length.saturating_sub(1)].into_iter().filter(|_| length > 0) {
            let at = section.bytes.start + at;
            let mut altered = bytes.clone();
            altered[at] ^= 0x40;
            // The first section that is damaged is told, whoever finds it.
            let error = Engine::from_compiled("acme.compiled", &altered).expect_err("a byte is another").to_string();
            assert!(error.contains(&format!("is damaged at byte {}", section.bytes.start)), "byte {at}: {error}");
            let forged = with_checksums(altered);
            let first = Engine::from_compiled("acme.compiled", &forged).map_err(|error| error.to_string());
            let again = Engine::from_compiled("acme.compiled", &forged).map_err(|error| error.to_string());
            match (first, again) {
                (Ok(engine), Ok(_)) => {
                    sense += 1;
                    let _ = engine.check(&query("user:person-number-9", "view", "team:t9"));
                }
                (first, again) => assert_eq!(first.err(), again.err(), "byte {at} of {:?}", section.section),
            }
            tried += 1;
        }
    }
    assert!(tried > 60 && sense < tried / 2, "{tried} tried, {sense} make sense");
    for length in [64, bytes.len() / 2, bytes.len() - 64] {
        assert_eq!(refused(&bytes[..length]), Some(Code::DamagedFile));
    }
}

#[test]
fn a_file_that_is_cut_short_or_goes_on_is_refused() {
    let bytes = loaded().compiled().expect("it compiles");
    for length in 0..bytes.len() {
        let code = refused(&bytes[..length]);
        assert_eq!(code, Some(if length < 8 { Code::WrongKind } else { Code::DamagedFile }), "{length} bytes");
    }
    for more in [1, 63, 64, 4096] {
        let longer = [bytes.as_slice(), &vec![0; more]].concat();
        assert_eq!(refused(&longer), Some(Code::DamagedFile));
    }
}

#[test]
fn a_file_on_disk_takes_the_place_of_policy_and_directory_and_is_read_again_when_it_is_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("acme.compiled");
    let engine = loaded();
    engine.compile(&file).expect("it is written");
    assert_eq!(fs::read(&file).expect("it is there"), engine.compiled().expect("it compiles"));
    let names: Vec<_> =
        fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    assert_eq!(names, [file.as_path()], "nothing is left beside it");

    let opened = Engine::open(std::slice::from_ref(&file), &[]).expect("it is sound");
    assert_eq!(worded(&opened), worded(&engine));
    assert!(!opened.reload().expect("it is the same").took_effect());
    engine.apply(&[Change::assign("user:eve", "member", "org:a")], 0).expect("it may be");
    engine.compile(&file).expect("it is written");
    assert!(opened.reload().expect("it is sound").took_effect());
    assert_eq!(worded(&opened), worded(&engine));

    let bytes = fs::read(&file).expect("it is there");
    fs::write(&file, &bytes[..bytes.len() - 64]).expect("it is cut short");
    assert!(opened.reload().unwrap_err().to_string().contains("error[damaged-file]: the compiled file `"));
    assert_eq!(worded(&opened), worded(&engine), "the last good state stays");
    assert!(inspect(&file).is_err());
    assert!(opened.compile(Path::new("/")).is_err());

    let beside = Engine::builder().policy(&file).directory("directory.yaml").build().unwrap_err();
    assert!(beside.to_string().contains("is a compiled file, which is policy and directory in one"), "{beside}");
}

#[test]
fn inspecting_shows_what_is_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("acme.compiled");
    loaded().compile(&file).expect("it is written");
    let run = |arguments: &[&str]| {
        let run = Command::new(env!("CARGO_BIN_EXE_rolebook")).args(arguments).arg(&file).output().expect("it runs");
        assert_eq!(String::from_utf8_lossy(&run.stderr), "");
        String::from_utf8(run.stdout).expect("text")
    };
    let text = run(&["inspect"]);
    for line in [
        "package acme\n",
        "           5  types\n",
        "           7  roles\n",
        "           1  custom roles among them\n",
        "           1  org policies\n",
        "          17  assignments\n",
        "  acme.rolebook policy\n",
        "  directory.yaml directory\n",
        "  assignments          17 rows\n",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    let json: serde_json::Value = serde_json::from_str(&run(&["inspect", "--format", "json"])).expect("JSON");
    assert_eq!(json["format"], 3);
    assert_eq!(json["bytes"], fs::metadata(&file).expect("it is there").len());
    assert_eq!(json["counts"]["assignments"], 17);
    assert_eq!(json["files"][1]["name"], "directory.yaml");
    let sections = json["sections"].as_array().expect("sections");
    let last = sections.last().expect("a section");
    assert_eq!(last["name"], "holding-guards");
    assert!(sections.iter().all(|section| section["start"].as_u64().is_some_and(|start| start % 64 == 0)));
}
