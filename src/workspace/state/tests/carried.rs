//! Entities that move and go with what lies in them, and settings that others give: in place as by building anew.

use super::{Cells, assert_tables, assert_words, load, read};
use crate::admin::{Occasion, consequences};
use crate::directory::{Effective, tree};
use crate::schema::Value;
use crate::workspace::State;
use crate::workspace::state::Step;
use std::collections::{BTreeMap, BTreeSet};

const POLICY: &str = r#"
type user
type org { actions view, join, give  custom roles by org.join }
type team in org { lead: user?  actions view, join }
type project in team* { unique name  mode: "open" | "shut" = "shut"  actions view, edit }
type run in project {
  maker: user?
  setting words: set<string> narrows
  setting most: int at most
  setting tone: string overrides
  setting mark: string locks
  setting more: set<string> widens
  actions view
}

role org.member assigned by org.join { allow org.view }
role org.admin extends org.member { allow *  implies team.lead }
open role team.viewer requires org.member assigned by team.join { allow *.view }
role team.lead extends team.viewer { allow *  implies project.editor when scope.lead }
role project.editor requires team.viewer { allow project.* }
role project.reader { allow project.view, run.view }
allow project.view when project.mode == "open" and subject has org.member on org
allow run.view when project.mode == "open" and subject has team.viewer on team
allow run.view when run.settings.tone == "loud" and subject has project.reader on project
policy quiet { tone = "quiet"  more = ["q"] }
policy strict { words = ["one", "no"]  mark = "s"  most = 3  deny run.view when "no" in run.settings.words }
policy local in org:a { tone = "local" }
"#;

const DIRECTORY: &str = "
rolebook: 1
kind: directory
user:ana: {}
user:bo: {}
user:cy: {}
org:a:
  roles: { admin: user:ana, member: [user:bo, user:cy] }
  settings: { words: [one, two, no], most: 9 }
  policy: quiet
  custom_roles: { team.reporter: { extends: team.viewer, allow: team.join } }
  team:red:
    lead: user:ana
    roles: { viewer: user:bo, reporter: user:cy }
    project:p:
      settings: { tone: loud }
      roles: { editor: user:bo, reader: [team:blue#viewer, user:cy] }
      run:1: { maker: user:ana }
      run:2: { settings: { more: [r] } }
    project:q: { in: team:blue, run:3: {}, run:4: {} }
  team:blue: { policy: strict, roles: { viewer: user:cy }, project:r: { run:5: {} } }
org:b:
  roles: { member: [user:bo, user:cy], admin: user:bo }
  settings: { tone: soft }
  team:green: { roles: { lead: user:bo }, project:s: { roles: { editor: user:bo }, run:6: {} } }
";

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }
}

const ORGS: [&str; 2] = ["org:a", "org:b"];
const TEAMS: [&str; 5] = ["team:red", "team:blue", "team:green", "team:t0", "team:t1"];
const PROJECTS: [&str; 6] = ["project:p", "project:q", "project:r", "project:s", "project:p0", "project:p1"];
const RUNS: [&str; 8] = ["run:1", "run:2", "run:3", "run:4", "run:5", "run:6", "run:r0", "run:r1"];

/// What contains each entity, by the state.
fn parents(state: &State, name: &str) -> Vec<String> {
    let (schema, directory) = (state.snapshot().policy().schema(), state.snapshot().directory());
    let named = directory.entities().find(|&entity| directory.name(schema, entity) == name);
    let parents = named.map_or(&[][..], |entity| directory.parents(entity));
    parents.iter().map(|&parent| directory.name(schema, parent)).collect()
}

/// A made up change, with its kind.
fn change(random: &mut Random, state: &State) -> (&'static str, String) {
    let (moving, into): (&str, &[&str]) = match random.below(6) {
        0 => (random.of(&RUNS), &PROJECTS),
        1 | 2 => (random.of(&TEAMS), &ORGS),
        _ => (random.of(&PROJECTS), &TEAMS),
    };
    let giver = match random.below(5) {
        0 => random.of(&ORGS),
        1 | 2 => random.of(&TEAMS),
        3 => random.of(&PROJECTS),
        _ => random.of(&RUNS),
    };
    let user = random.of(&["user:ana", "user:bo", "user:cy"]);
    match random.below(17) {
        16 => {
            let (project, mode) = (random.of(&PROJECTS), random.of(&["open", "shut", "~"]));
            ("attributes", format!("{{ set: {{ entity: {project}, attributes: {{ mode: {mode} }} }} }}"))
        }
        0..5 => {
            let from = parents(state, moving);
            let from =
                if from.is_empty() { random.of(into).to_owned() } else { from[random.below(from.len())].clone() };
            let to = random.of(into);
            let sides = match random.below(5) {
                0 => format!("from: {from}"),
                1 => format!("to: {to}"),
                _ => format!("from: {from}, to: {to}"),
            };
            ("move", format!("{{ move: {{ entity: {moving}, {sides} }} }}"))
        }
        5 | 6 => ("delete", format!("{{ delete: {} }}", random.of(&[moving, giver]))),
        7..9 => {
            let (entity, into) = match random.below(4) {
                0 => (random.of(&["team:t0", "team:t1", "team:blue"]), random.of(&ORGS)),
                1 | 2 => (random.of(&["project:p0", "project:p1", "project:q"]), random.of(&TEAMS)),
                _ => (random.of(&RUNS), random.of(&PROJECTS)),
            };
            let settings = random.of(&["", "", ", settings: { most: 4 }", ", settings: { words: [two] }"]);
            ("create", format!("{{ create: {{ entity: {entity}, in: {into}{settings} }} }}"))
        }
        9..12 => {
            let (key, values): (_, &[&str]) = match random.below(5) {
                0 => ("words", &["[one, no]", "[two]", "~", "[]", "[one, two, no, yes]"]),
                1 => ("most", &["1", "5", "~", "12"]),
                2 => ("tone", &["loud", "soft", "~", "quiet"]),
                3 => ("mark", &["m", "~", "s"]),
                _ => ("more", &["[a]", "[a, b]", "~"]),
            };
            let value = random.of(values);
            ("settings", format!("{{ set: {{ entity: {giver}, settings: {{ {key}: {value} }} }} }}"))
        }
        12 | 13 => {
            let verb = ["link", "unlink"][random.below(2)];
            ("link", format!("{{ {verb}: {{ policy: {}, on: {giver} }} }}", random.of(&["quiet", "strict", "local"])))
        }
        _ => {
            let verb = random.of(&["assign", "assign", "revoke"]);
            let (role, on) = match random.below(4) {
                0 => (random.of(&["member", "admin"]), random.of(&ORGS)),
                1 => (random.of(&["viewer", "reporter", "lead"]), random.of(&TEAMS)),
                _ => (random.of(&["editor", "reader"]), random.of(&PROJECTS)),
            };
            ("assign", format!("{{ {verb}: {{ subject: {user}, role: {role}, on: {on} }} }}"))
        }
    }
}

/// What each setting comes to on every entity.
fn settled(state: &State) -> BTreeMap<String, Vec<String>> {
    let snapshot = state.snapshot();
    let (schema, directory, settings) = (snapshot.policy().schema(), snapshot.directory(), snapshot.settings());
    let declared = directory.entities().filter(|&entity| directory.is_declared(entity));
    let row = |entity| {
        let profile = settings.profile(directory, entity);
        let told = schema.settings.ids().map(|setting| match settings.effective(profile, setting) {
            Effective::Value(id) => {
                let told = settings.values().get(id).map_or_else(String::new, |value: &Value| value.text(schema));
                let bound = format!("{:?}", snapshot.setting_value(id));
                assert!(!bound.is_empty());
                told
            }
            other => format!("{other:?}"),
        });
        (directory.name(schema, entity), told.collect())
    };
    declared.map(row).collect()
}

/// What everybody holds, and in which ways.
fn held(state: &State) -> Vec<String> {
    let snapshot = state.snapshot();
    let (schema, directory, holdings) = (snapshot.policy().schema(), snapshot.directory(), snapshot.holdings());
    let name = |entity| directory.name(schema, entity);
    let told = holdings.rows().flat_map(|(subject, row)| {
        row.held().map(move |held| {
            let always = row.always(held).map(|set| holdings.roles(set).to_vec());
            let ways: Vec<_> = row.qualified(held).iter().map(|way| (way.role, row.guards(way).len())).collect();
            format!("{} on {}: {always:?} {ways:?}", name(subject), name(held.on))
        })
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}

#[test]
fn who_is_gone_gives_nothing() {
    let state = load(POLICY, DIRECTORY);
    let (change, sources) = read(&state, "{ delete: run:2 }");
    let before = State { sources, ..state };
    let edits = consequences(&before.snapshot, &before.declarations, &change).expect("a change that can be made");
    let revision = before.snapshot.revision().next();
    let step = before.amended(&change, &edits, revision, Occasion::at(0)).expect("in place").expect("a sound one");
    let snapshot = step.state.snapshot();
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let givers: Vec<String> = directory.givers().into_iter().map(|giver| directory.name(schema, giver)).collect();
    assert_eq!(givers, ["org:a", "project:p", "team:blue", "org:b"]);
}

#[test]
fn what_moves_goes_and_gives_settings_with_all_that_lies_in_it_does_so_as_by_building_anew() {
    let mut in_place: BTreeMap<&str, usize> = BTreeMap::new();
    let mut anew_for: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut refused, mut cells) = (BTreeSet::new(), Cells::default());
    for seed in 0..40 {
        let mut random = Random(seed * 7_919 + 3);
        let mut state = load(POLICY, DIRECTORY).with_access_matrix(None);
        for _ in 0..120 {
            let (kind, text) = change(&mut random, &state);
            let (change, sources) = read(&state, &text);
            let before = State { sources, ..state.clone() };
            let revision = before.snapshot.revision().next();
            let Ok(edits) = consequences(&before.snapshot, &before.declarations, &change) else { continue };
            let anew = before.rebuilt(&change, edits.clone(), revision, Occasion::at(0));
            match (before.amended(&change, &edits, revision, Occasion::at(0)), anew) {
                (None, anew) => {
                    let Ok(anew) = anew else { continue };
                    *anew_for.entry(kind).or_default() += 1;
                    state = anew.state.with_access_matrix(None);
                }
                (Some(Ok(Step { state: after, edits, .. })), Ok(anew)) => {
                    assert_eq!(format!("{edits:?}"), format!("{:?}", anew.edits), "{text}");
                    assert_eq!(settled(&after), settled(&anew.state), "seed {seed}: {text}");
                    assert_eq!(tree::difference(&after.records(), &anew.state.records()), None, "{text}");
                    assert_eq!(held(&after), held(&anew.state), "seed {seed}: {text}");
                    assert_tables(&after, &anew.state, &text);
                    assert_words(&after, &text);
                    *in_place.entry(kind).or_default() += 1;
                    state = cells.follow(&state, after, &text);
                    assert!(state.snapshot().has_its_access_matrix(), "{text}");
                }
                (Some(Err(found)), Err(expected)) => {
                    assert_eq!(found, expected, "seed {seed}: {text}");
                    refused.extend(found.iter().map(|finding| finding.code.as_str()));
                }
                (Some(in_place), anew) => {
                    let [one, other] = [in_place, anew].map(|done| done.map(|step| step.edits));
                    panic!("seed {seed}: {text}: {one:?}\nanew: {other:?}");
                }
            }
        }
    }
    for (kind, least) in
        [("move", 150), ("delete", 100), ("create", 60), ("settings", 250), ("link", 80), ("attributes", 80)]
    {
        let made = in_place.get(kind).copied().unwrap_or(0);
        assert!(made >= least, "{made} of {kind} in place, {anew_for:?} by building anew, {refused:?} refused");
    }
}
