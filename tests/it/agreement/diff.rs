//! What a difference says against the complete tables of decisions of both sides, asked one by one.

use super::case::{Case, asked_of_reference, load, query};
use super::{decisions, run};
use crate::generate::{Choices, RequestFacts};
use crate::reference::{Reference, Request, parse_policy};
use rolebook::Engine;
use rolebook::analysis::diff::{Asking, Difference, PolicyDiff};
use rolebook::decide::Query;
use rolebook::schema::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// Edits that are tried on each case.
const EDITS: usize = 12;

/// How often what came out, over all cases.
#[derive(Debug, Default)]
struct Tally {
    compared: usize,
    policies: usize,
    directories: usize,
    gained: usize,
    lost: usize,
    in_circumstances: usize,
    incomplete: usize,
    causes: BTreeMap<&'static str, usize>,
}

#[test]
fn a_difference_is_that_of_the_two_tables() {
    let mut tally = Tally::default();
    run(decisions() / 20, |case| {
        let choices = &mut Choices::new(&case.order);
        let mut left = 3;
        for _ in 0..EDITS {
            let (policies, directory) = edited(choices, case);
            if (&policies, &directory) == (&case.policies, &case.directory) {
                continue;
            }
            let Ok(new) = load(&policies, &directory) else { continue };
            tally.policies += usize::from(policies != case.policies);
            tally.directories += usize::from(directory != case.directory);
            let [one, other] = [&case.engine, &new];
            let (one, other) = if choices.chance(50) { (other, one) } else { (one, other) };
            let texts = |engine: &Engine| {
                let old = std::ptr::eq(engine, &case.engine);
                if old {
                    (case.policies.clone(), case.directory.clone())
                } else {
                    (policies.clone(), directory.clone())
                }
            };
            let report = |difference: String| {
                let [(p, d), (q, e)] = [texts(one), texts(other)];
                format!("{}\n{d}\n--- and now\n{}\n{e}\n{difference}", p.join("\n"), q.join("\n"))
            };
            let references = [texts(one), texts(other)].map(|(policies, directory)| {
                let files: Vec<_> = policies.iter().map(|text| parse_policy(text)).collect();
                Reference::of_files(&files, [directory.as_str()])
            });
            difference(case, [one, other], &references, &mut tally).map_err(report)?;
            left -= 1;
            if left == 0 {
                break;
            }
        }
        Ok(())
    });
    println!("{tally:?}");
    assert!(tally.gained > 150 && tally.lost > 150 && tally.in_circumstances > 20, "{tally:?}");
    assert!(tally.policies > 50 && tally.directories > 50 && tally.causes.len() > 4, "{tally:?}");
    assert!(tally.incomplete * 4 < tally.compared, "{tally:?}");
}

/// The policy or the directory with something of it changed, as a person might; most often it still stands.
fn edited(choices: &mut Choices<'_>, case: &Case) -> (Vec<String>, String) {
    if choices.chance(35) {
        let mut facts = case.facts.clone();
        if choices.chance(50) && !facts.assignments.is_empty() {
            let at = choices.below(facts.assignments.len());
            facts.assignments.remove(at);
        }
        if choices.chance(40) && !facts.entities.is_empty() {
            let at = choices.below(facts.entities.len());
            facts.entities[at].attributes.clear();
            facts.entities[at].links.clear();
        }
        if choices.chance(30) {
            facts.drop_supply();
        }
        if choices.chance(30) && !facts.entities.is_empty() {
            let at = choices.below(facts.entities.len());
            let parents = facts.entities[at].parents.len();
            facts.entities[at].parents.truncate(parents.max(2) - 1);
        }
        return (case.policies.clone(), facts.text(&case.shape));
    }
    let mut declarations = case.shape.declarations.clone();
    let at = choices.below(declarations.len());
    let text = declarations[at].clone();
    let words: Vec<&str> = case.shape.declarations.iter().flat_map(|text| words(text)).collect();
    declarations[at] = match choices.below(8) {
        0 => text.replacen("not ", "", 1),
        1 => text.replacen(" when ", " unless ", 1),
        2 => text.replacen("allow ", "deny ", 1),
        3 => text.replacen(" or ", " and ", 1),
        4 => without_line(choices, &text),
        5 => String::new(),
        _ => {
            let old: Vec<&str> = self::words(&text).collect();
            let (old, new) = (*choices.pick(&old), *choices.pick(&words));
            let at = old.as_ptr().addr() - text.as_ptr().addr();
            format!("{}{new}{}", &text[..at], &text[at + old.len()..])
        }
    };
    let package = String::from("package generated\n\n");
    (vec![declarations.iter().fold(package, |text, one| text + one + "\n")], case.directory.clone())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

fn without_line(choices: &mut Choices<'_>, text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let at = choices.below(lines.len());
    let kept = lines.iter().enumerate().filter(|(number, _)| *number != at).map(|(_, line)| *line);
    kept.collect::<Vec<_>>().join("\n")
}

/// Who, what, on what, and whether it is gained.
type Row = (String, String, String, bool);

/// What differs between what a difference says and the tables, if anything does.
fn difference(
    case: &Case,
    engines: [&Engine; 2],
    references: &[Reference; 2],
    tally: &mut Tally,
) -> Result<(), String> {
    let states = engines.map(Engine::state);
    let [old, new] = [&states[0], &states[1]].map(|state| state.snapshot());
    let at = case.requests.first().map_or(0, RequestFacts::moment);
    let whole = PolicyDiff::new(old, new, &Asking { at, context: Vec::new() });
    let found = &whole.people;
    let rows: Vec<Difference> = found.rows().collect();

    let names: BTreeSet<String> = states
        .iter()
        .flat_map(|state| {
            let (schema, directory) = (state.snapshot().policy().schema(), state.snapshot().directory());
            directory.entities().map(|entity| directory.name(schema, entity)).collect::<Vec<_>>()
        })
        .collect();
    let asked: BTreeSet<String> = states
        .iter()
        .flat_map(|state| {
            let (policy, directory) = (state.snapshot().policy(), state.snapshot().directory());
            let schema = policy.schema();
            let mut types: Vec<String> = Vec::new();
            for (subject, _) in state.snapshot().holdings().rows() {
                types.push(schema.types[directory.type_of(subject)].name.to_string());
            }
            for node in policy.programs().nodes() {
                if let rolebook::compile::Node::To(list) = node {
                    types.extend(policy.programs().types(list).iter().map(|&ty| schema.types[ty].name.to_string()));
                }
            }
            for info in schema.types.iter() {
                if let Some(slot) = info.acts_as {
                    types.push(info.name.to_string());
                    types.push(info.attributes[slot].ty.text(schema));
                }
            }
            types
        })
        .collect();
    let is_asked = |name: &String| asked.contains(name.split(':').next().unwrap_or_default());
    let permissions: BTreeSet<(String, String)> = states
        .iter()
        .flat_map(|state| {
            let schema = state.snapshot().policy().schema();
            let named = schema
                .permissions
                .iter()
                .map(|info| (schema.types[info.ty].name.to_string(), schema.actions[info.action].to_string()));
            named.collect::<Vec<_>>()
        })
        .collect();

    // Under what was asked with: exactly the difference, by both evaluators.
    let ask = |subject: &str, action: &str, resource: &str, context: &[(String, RawValue)], at: i64| {
        let query = Query {
            subject: subject.into(),
            action: action.into(),
            resource: resource.into(),
            context: context.to_vec(),
            at,
            ..Query::default()
        };
        engines.map(|engine| engine.check(&query).is_ok_and(|decision| decision.allowed))
    };
    let mut wanted: BTreeSet<Row> = BTreeSet::new();
    for (ty, action) in &permissions {
        for resource in names.iter().filter(|name| name.split(':').next() == Some(ty)) {
            for subject in names.iter().filter(|name| is_asked(name)) {
                let [was, is] = ask(subject, action, resource, &[], at);
                if was != is {
                    wanted.insert((subject.clone(), format!("{ty}.{action}"), resource.clone(), is));
                }
            }
        }
    }
    let row = |row: &Difference| (row.subject.clone(), row.permission.clone(), row.entity.clone(), row.gained);
    let plain: Vec<Row> = rows.iter().filter(|row| row.occasion.is_none()).map(row).collect();
    let given: BTreeSet<Row> = plain.iter().cloned().collect();
    if given.len() != plain.len() {
        return Err(format!("rows come twice: {plain:#?}"));
    }
    if given != wanted {
        let missing: Vec<&Row> = wanted.difference(&given).collect();
        let wrong: Vec<&Row> = given.difference(&wanted).collect();
        return Err(format!("missing: {missing:?}\nwrong: {wrong:?}"));
    }
    for (subject, permission, resource, gained) in wanted.iter().take(20) {
        let action = permission.split('.').nth(1).unwrap_or_default();
        let request = |reference: &Reference| {
            let request = Request {
                subject: subject.clone(),
                action: action.to_owned(),
                resource: resource.clone(),
                context: BTreeMap::new(),
                facts: Vec::new(),
                at,
            };
            matches!(reference.decide(&request).verdict, crate::reference::Verdict::Allowed)
        };
        // An action or a type that one side does not know is asked of the other alone.
        let known = states.iter().map(|state| {
            let schema = state.snapshot().policy().schema();
            let (ty, action) = permission.split_once('.').unwrap_or_default();
            let names = [subject, resource].map(|name| schema.type_named(name.split(':').next().unwrap_or_default()));
            names.iter().all(Option::is_some)
                && schema.type_named(ty).is_some_and(|ty| schema.permission_named(ty, action).is_some())
        });
        let allowed: Vec<bool> =
            references.iter().zip(known).map(|(reference, known)| known && request(reference)).collect();
        if allowed != [!gained, *gained] {
            return Err(format!("the reference decides {allowed:?} on {subject} {permission} {resource}"));
        }
    }

    // In other circumstances: each witness is one, and nobody who gains or loses there is left out.
    for row in rows.iter().filter(|row| row.occasion.is_some()) {
        let occasion = row.occasion.as_ref().expect("filtered");
        let action = row.permission.split('.').nth(1).unwrap_or_default();
        let decided = ask(&row.subject, action, &row.entity, &occasion.context, occasion.at.unwrap_or(at));
        if decided != [!row.gained, row.gained] {
            return Err(format!("{row:?}\nis decided {decided:?}"));
        }
        tally.in_circumstances += 1;
    }
    let all: BTreeSet<Row> = rows.iter().map(row).collect();
    for request in case.requests.iter().filter(|_| found.is_complete()).take(8) {
        let query = query(request);
        let _ = asked_of_reference(request);
        for (ty, action) in &permissions {
            for resource in names.iter().filter(|name| name.split(':').next() == Some(ty)) {
                for subject in names.iter().filter(|name| is_asked(name)) {
                    // Moments further on are tried, not those before.
                    let asked = Query {
                        subject: subject.clone(),
                        action: action.clone(),
                        resource: resource.clone(),
                        ..query.clone()
                    };
                    // Values that one side cannot read are no question to it.
                    let unread =
                        |engine: &Engine| engine.check(&asked).is_err_and(|error| error.code == "invalid-attribute");
                    if engines.into_iter().any(unread) {
                        continue;
                    }
                    let [was, is] = ask(subject, action, resource, &query.context, query.at.max(at));
                    let row = (subject.clone(), format!("{ty}.{action}"), resource.clone(), is);
                    if was != is && !all.contains(&row) {
                        return Err(format!("{row:?}\ndiffers under {:?} at {}", query.context, query.at.max(at)));
                    }
                }
            }
        }
    }
    tally.compared += 1;
    tally.incomplete += usize::from(!found.is_complete());
    for gained in [true, false] {
        let counted = found.counted(gained);
        let of = || rows.iter().filter(|row| row.gained == gained);
        let subjects: BTreeSet<&str> = of().map(|row| row.subject.as_str()).collect();
        let entities: BTreeSet<&str> = of().map(|row| row.entity.as_str()).collect();
        let listed = (of().count(), subjects.len(), entities.len());
        if (counted.rows, counted.subjects, counted.entities) != listed {
            return Err(format!("counted {counted:?}, listed {listed:?}"));
        }
        *(if gained { &mut tally.gained } else { &mut tally.lost }) += listed.0;
    }
    for cause in found.by_cause() {
        *tally.causes.entry(cause.cause.kind.as_str()).or_default() += 1;
    }
    Ok(())
}

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
