//! A change made in the directory itself against the same change made by building the directory anew.

mod carried;
mod made_up;
mod nearly_told;
mod told;

use super::{State, Step};
use crate::admin::{Occasion, consequences};
use crate::decide::{Query, Snapshot};
use crate::diagnostics::Diagnostic;
use crate::directory::{Assignment, Change, EntityId, Subject, tree};
use crate::explain::explain;
use crate::schema::Value;
use crate::source::SourceMap;
use crate::workspace::compiled::{facts as facts_of, write};
use crate::workspace::{ChangeText, DirectorySource, MemoryFiles, Workspace, read_changes};
use made_up::change;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

const POLICY: &str = r#"
type user
type bot
type org { plan: string = "free"  actions view, join  custom roles by org.join }
type team in org {
  lead: user?  driver: bot?  unique name  tags: set<string> = ["new"]  since: duration?  peers: set<user>?
  actions view, join, edit
}
type project in team* { actions view, edit }
type key acts as owner { owner: user }

role org.member assigned by org.join { allow org.view }
role org.admin extends org.member { allow *  implies team.lead }
open role team.viewer requires org.member assigned by team.join { allow *.view }
role team.lead extends team.viewer { allow *  implies project.editor when scope.lead }
role team.helper { allow team.join }
role team.guest assigned freely by team.join when org.plan == "paid" { allow team.view }
role project.editor requires team.viewer { allow project.* }
role project.reader { allow project.view }
allow project.view when subject has project.editor on resource
allow team.{view, edit} when org.plan == "paid" and subject has org.member on org
deny team.edit when org.plan == "free" or org.plan == "5"
deny org.view when resource.plan == "5"
deny team.view when resource.name == "z"
"#;

const DIRECTORY: &str = "
rolebook: 1
kind: directory
user:ana: {}
user:bo: {}
user:cy: {}
org:a:
  plan: paid
  roles: { admin: user:ana, member: [user:bo, user:cy, team:blue#viewer, user:bo] }
  custom_roles: { team.reporter: { extends: team.viewer, allow: team.edit } }
  team:red:
    lead: user:dee
    roles: { viewer: [user:bo, team:blue#lead], guest: [user:dee, user:eve], reporter: user:cy, helper: user:eve }
    project:p: { roles: { editor: user:bo, reader: [team:red#viewer, user:fay] } }
  team:blue: { roles: { viewer: [user:cy, { subject: user:bo, until: 1970-01-01T00:00:01Z }] } }
org:b:
  roles: { member: [user:bo, user:fay] }
  team:green:
    roles: { lead: { subject: user:bo, since: 1970-01-01T00:00:01Z }, guest: team:red#lead }
    project:q: { in: team:red }
key:k: { owner: user:ana }
";

fn loaded() -> State {
    load(POLICY, DIRECTORY)
}

fn load(policy: &str, directory: &str) -> State {
    let mut files = MemoryFiles::new();
    assert!(files.add("policy.rolebook", policy));
    let directory = DirectorySource::Text { name: "directory.yaml".into(), text: directory.into() };
    let build = Workspace::gather(&files, &[PathBuf::from("policy.rolebook")]).build(&files, &[directory]);
    build.state.unwrap_or_else(|| panic!("{:#?}", build.diagnostics))
}

fn assignment(snapshot: &Snapshot, one: &Assignment) -> String {
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let subject = match one.subject {
        Subject::Entity(subject) => directory.name(schema, subject),
        Subject::Userset { on, role } => format!("{}#{}", directory.name(schema, on), schema.role_name(role)),
    };
    let (role, on) = (schema.role_name(one.role), directory.name(schema, one.on));
    format!("{subject} {role} {on} {:?} {:?} {:?}", one.since, one.until, one.span)
}

/// Everything that a directory says of an entity, and what follows from it; nothing where nobody speaks of it.
fn facts(snapshot: &Snapshot, entity: EntityId) -> String {
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let assigned: Vec<Assignment> = directory.assignments().collect();
    let mut told = String::new();
    for (way, found, wanted) in [
        ("on", directory.assignments_on(entity).collect::<Vec<_>>(), pick(&assigned, |one| one.on == entity)),
        (
            "of",
            directory.assignments_of(entity).collect(),
            pick(&assigned, |one| one.subject == Subject::Entity(entity)),
        ),
    ] {
        assert_eq!(found, wanted, "{way} {}", directory.name(schema, entity));
        for one in found {
            let _ = writeln!(told, "{way} {}", assignment(snapshot, &one));
        }
    }
    if directory.is_declared(entity) {
        let names = |entities: &[EntityId]| entities.iter().map(|&one| directory.name(schema, one)).collect::<Vec<_>>();
        let (parents, above) = (names(directory.parents(entity)), names(directory.ancestors(entity)));
        let slots = 0..schema.types[directory.type_of(entity)].attributes.len();
        let values: Vec<_> = slots
            .map(|slot| {
                (
                    directory.value(directory.attribute(entity, slot)).map(Value::canonical),
                    directory.attribute_span(entity, slot),
                )
            })
            .collect();
        let _ = writeln!(told, "{:?} in {parents:?} above {above:?} {values:?}", directory.span(entity));
    }
    told
}

fn pick(all: &[Assignment], wanted: impl Fn(&Assignment) -> bool) -> Vec<Assignment> {
    all.iter().copied().filter(wanted).collect()
}

/// All that can be seen of a state.
fn seen(state: &State) -> Vec<String> {
    let snapshot = state.snapshot();
    let (schema, directory, holdings) = (snapshot.policy().schema(), snapshot.directory(), snapshot.holdings());
    let name = |entity| directory.name(schema, entity);
    let mut seen: Vec<String> = directory
        .entities()
        .map(|entity| (name(entity), facts(snapshot, entity)))
        .filter(|(_, told)| !told.is_empty())
        .map(|(name, told)| format!("{name}: {told}"))
        .collect();
    let mut slots: Vec<String> = Vec::new();
    for (subject, row) in holdings.rows() {
        for held in row.held() {
            let always = row.always(held).map(|set| holdings.roles(set).to_vec());
            let bounded: Vec<_> = row.qualified(held).iter().map(|one| (one.role, one.since, one.until)).collect();
            slots.push(format!("{} on {}: {always:?} {bounded:?}", name(subject), name(held.on)));
        }
    }
    slots.sort();
    seen.sort();
    seen.extend(slots);
    seen.push(format!("{} assignments", directory.assignment_count()));
    seen.extend(directory.userset_assignments().map(|one| assignment(snapshot, &one)));
    seen.extend(state.warnings().iter().map(|finding| format!("{finding:?}")));
    let users = ["user:ana", "user:bo", "user:cy", "user:dee", "user:eve", "user:fay", "user:new3", "key:k", "user:u1"];
    for subject in users.into_iter().chain(["bot:b1"]) {
        for (action, resource) in [
            ("join", "org:a"),
            ("view", "team:red"),
            ("edit", "team:blue"),
            ("edit", "project:p"),
            ("view", "project:q"),
            ("view", "team:t1"),
            ("edit", "project:r1"),
        ] {
            for at in [0, 2_000] {
                let query = Query::new(subject, action, resource, at);
                let explained = explain(snapshot, state.sources(), &query).expect("a sound question");
                seen.push(format!("{subject} {action} {resource} at {at}: {:?}", explained.steps));
            }
        }
    }
    seen
}

/// That the tables of two states are the same byte for byte, and that they know the same texts.
fn assert_tables(one: &State, other: &State, text: &str) {
    let tables = |state| facts_of(state).expect("tables that agree with their texts").into_sections();
    let texts = |state| {
        let sections = write(state).expect("tables that agree with their texts").into_sections();
        sections.into_iter().filter(|(name, _)| *name == "sources" || *name == "texts").collect::<Vec<_>>()
    };
    let [one, other] = [one, other].map(|state| [tables(state), texts(state)].concat());
    for ((name, one), (_, other)) in one.iter().zip(&other) {
        assert_eq!(String::from_utf8_lossy(one), String::from_utf8_lossy(other), "{name} after {text}");
    }
}

/// How often the cells of tables that are looked up in small directories stayed where they were, and how often not.
#[derive(Default)]
struct Cells {
    kept: usize,
    moved: usize,
}

impl Cells {
    /// A state with such a table, taken over from the state before.
    #[track_caller]
    fn follow(&mut self, before: &State, after: State, text: &str) -> State {
        let after = after.with_access_matrix(Some(before));
        assert!(after.snapshot().has_access_matrix(), "{text}");
        let is_kept = after.snapshot().keeps_cells_of(before.snapshot());
        (self.kept, self.moved) = (self.kept + usize::from(is_kept), self.moved + usize::from(!is_kept));
        after
    }
}

/// Whether what decisions read first is as if policy and directory had been linked anew.
#[track_caller]
fn assert_words(state: &State, text: &str) {
    assert!(state.snapshot().has_its_words(), "{text}");
}

fn read(state: &State, text: &str) -> (Change, SourceMap) {
    let mut sources = state.sources().clone();
    let given = ChangeText { name: "change.yaml", text, lines: false, json: false, by: None };
    let (changes, found) = read_changes(given, &mut sources);
    assert!(found.is_empty(), "{text}: {found:?}");
    (changes.into_iter().next().expect("a change"), sources)
}

#[test]
fn a_change_made_in_the_directory_is_the_one_made_by_building_it_anew() {
    let mut random = 11_u64;
    let mut next = move |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    let mut state = loaded().with_access_matrix(None);
    let mut cells = Cells::default();
    let (mut made, mut refused, mut left, mut cascades, mut set) = (0, BTreeSet::new(), 0, 0, 0);
    let (mut created, mut removed, mut met) = (0, 0, 0);
    for number in 0..6_000 {
        let text = change(&mut next, number);
        let (change, sources) = read(&state, &text);
        let before = State { sources, ..state.clone() };
        let revision = before.snapshot.revision().next();
        let Ok(edits) = consequences(&before.snapshot, &before.declarations, &change) else { continue };
        let anew = before.rebuilt(&change, edits.clone(), revision, Occasion::at(0));
        let Some(incremental) = before.amended(&change, &edits, revision, Occasion::at(0)) else {
            left += 1;
            let entity = ["new", "set:", "create:", "delete:"].iter().any(|word| text.contains(word));
            assert!(entity || number >= 3_500, "built anew for nothing: {text}");
            state = anew.map_or(state, |step| step.state.with_access_matrix(None));
            continue;
        };
        match (incremental, anew) {
            (Ok(Step { state: after, edits, rebuilt: false }), Ok(anew)) => {
                assert_eq!(format!("{edits:?}"), format!("{:?}", anew.edits), "{text}");
                // What follows from changes is looked at now and then: it is a lot.
                if number % 5 == 0 || edits.len() > 2 {
                    let (one, other) = (seen(&after), seen(&anew.state));
                    let differs = one.iter().zip(&other).find(|(one, other)| one != other);
                    assert!(differs.is_none() && one.len() == other.len(), "{number}: {text}\n{differs:#?}");
                }
                if text.contains("set:") {
                    assert_eq!(tree::difference(&after.records(), &anew.state.records()), None, "{text}");
                    set += 1;
                }
                created += usize::from(text.contains("create:"));
                removed += usize::from(text.contains("delete:"));
                met += usize::from(text.contains("bot:"));
                if ["set:", "create:", "delete:", "bot:"].iter().any(|word| text.contains(word)) || number % 10 == 0 {
                    assert_tables(&after, &anew.state, &text);
                    assert_words(&after, &text);
                }
                state = cells.follow(&state, after, &text);
                assert!(number % 10 != 0 || state.snapshot().has_its_access_matrix(), "{text}");
                cascades += usize::from(edits.len() > 2);
                made += 1;
            }
            (Err(found), Err(expected)) => {
                assert_eq!(found, expected, "{text}");
                refused.extend(found.iter().map(|finding: &Diagnostic| finding.code.as_str()));
            }
            (incremental, anew) => {
                let [one, other] = [incremental, anew].map(|done| done.map(|step| step.edits));
                panic!("{text}: {one:?}\nanew: {other:?}");
            }
        }
    }
    let codes =
        ["change-refused", "escalation", "invalid-assignment", "missing-required-role", "unknown-role", "unknown-type"];
    assert_eq!(refused.into_iter().collect::<Vec<_>>(), codes);
    assert!(cells.kept > 400 && cells.moved > 50, "cells {} kept, {} moved", cells.kept, cells.moved);
    assert!(
        made > 800 && left > 20 && cascades > 15 && set > 50 && created > 60 && removed > 60 && met > 60,
        "{made} made, {left} left, {cascades} cascades, {set} set, {created} created, {removed} removed, {met} of bots"
    );
}

#[test]
fn texts_of_changes_go_with_what_they_said() {
    let mut state = loaded();
    let loaded = state.sources().files().count();
    let mut apply = |text: &str| {
        let (change, sources) = read(&state, text);
        state = state.apply(&[change], sources, 0).expect("a sound change").state;
        state.clone()
    };
    apply("custom_role: { name: team.writer, in: org:a, extends: team.viewer, allow: team.edit }");
    apply("create: { entity: team:new, in: org:b, attributes: { lead: user:cy } }");
    apply("assign: { subject: user:cy, role: guest, on: team:green }");
    for _ in 0..3_000 {
        apply("assign: { subject: user:bo, role: reader, on: project:q }");
        apply("revoke: { subject: user:bo, role: reader, on: project:q }");
    }
    let state = apply("assign: { subject: user:bo, role: guest, on: team:red }");
    let later = state.sources().files().count() - loaded;
    assert!((1_900..2_000).contains(&later), "{later} texts of changes");

    let (schema, directory) = (state.snapshot().policy().schema(), state.snapshot().directory());
    let mut told = Vec::new();
    directory.each_place(|place| told.push((state.sources().is_passing(place.file), state.sources().slice(place))));
    assert!(told.iter().all(|(_, text)| !text.is_empty()), "{told:?}");
    let of_changes: Vec<&str> = told.iter().filter(|(change, _)| *change).map(|(_, text)| *text).collect();
    assert_eq!(of_changes, ["user:bo", "user:cy", "team:new", "user:cy"]);
    let writer = schema.roles.iter_enumerated().find(|(_, info)| &*info.name == "writer").map(|(role, _)| role);
    let written = writer.and_then(|role| state.snapshot().policy().provenance().roles.get(role)).map(|role| role.span);
    assert_eq!(written.map(|place| state.sources().slice(place)), Some("team.writer"));
}

#[test]
fn what_speaks_of_something_unknown_is_left_to_building_anew() {
    let state = loaded();
    for (text, known) in [
        ("assign: { subject: user:bo, role: reader, on: project:q }", true),
        ("assign: { subject: user:gus, role: reader, on: project:q }", false),
        ("assign: { subject: 'team:grey#viewer', role: reader, on: project:q }", false),
        ("create: { entity: team:grey, in: org:b }", true),
        ("create: { entity: team:grey, in: org:c }", false),
        ("create: { entity: user:eve }", false),
        ("set: { entity: org:b, attributes: { plan: paid } }", true),
        ("set: { entity: team:red, attributes: { lead: user:gus } }", false),
        ("delete: project:p", true),
        ("delete: team:red", false),
    ] {
        let (change, _) = read(&state, text);
        let edits = consequences(&state.snapshot, &state.declarations, &change).expect("sound");
        let done = state.amended(&change, &edits, state.snapshot.revision().next(), Occasion::at(0));
        assert_eq!(done.is_some(), known, "{text}");
    }
}
