//! Random edits on random directories: the new text says what the edited records say, and no comment is lost that an
//! edit does not concern.

use super::written::{Numbers, VALUES, Written, directory, subject};
use super::{difference, edits};
use rolebook::rewrite::{FileText, Form, rewrite};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Random edits as changes, and the entities that they concern, with those whose entries go.
struct Asked {
    text: String,
    touched: BTreeSet<String>,
    removed: BTreeSet<String>,
}

/// What is known of an entity while edits are made up.
#[derive(Clone, Default)]
struct Known {
    parents: Vec<String>,
    links: Vec<String>,
    roles: Vec<(String, String)>,
    custom_roles: Vec<String>,
    attributes: Vec<String>,
    declared: bool,
}

fn ask(numbers: &mut Numbers, written: &Written) -> Asked {
    let mut names: Vec<String> = written.entities.iter().map(|entity| entity.name.clone()).collect();
    let mut known: Vec<Known> = written
        .entities
        .iter()
        .map(|entity| Known {
            parents: entity.parents.iter().map(|&at| names[at].clone()).collect(),
            links: entity.links.clone(),
            roles: entity
                .roles
                .iter()
                .flat_map(|(role, subjects)| subjects.iter().map(|one| (role.clone(), one.clone())))
                .collect(),
            custom_roles: entity.custom_roles.clone(),
            attributes: entity.attributes.iter().map(|(key, _)| key.clone()).collect(),
            declared: true,
        })
        .collect();
    let mut policies: BTreeSet<String> = written.policies.iter().cloned().collect();
    let mut asked = Asked { text: String::new(), touched: BTreeSet::new(), removed: BTreeSet::new() };
    for _ in 0..1 + numbers.below(8) {
        let at = numbers.below(names.len());
        let name = names[at].clone();
        let entity = &mut known[at];
        if !entity.declared {
            continue;
        }
        let text = &mut asked.text;
        let _ = match numbers.below(16) {
            0 => {
                let index = names.len();
                let new = format!("{}:{index}", numbers.pick(&["e", "team", "new"]));
                let mut parents = Vec::new();
                for _ in 0..numbers.below(3) {
                    let parent = numbers.below(index);
                    if known[parent].declared && !parents.contains(&names[parent]) {
                        parents.push(names[parent].clone());
                    }
                }
                let value = numbers.pick(VALUES);
                let settings = if numbers.one_in(3) { ", settings: { retention: 30d }" } else { "" };
                let list = parents.join(", ");
                let attributes =
                    if numbers.one_in(2) { format!(", attributes: {{ plan: {value} }}") } else { String::new() };
                asked.touched.extend(parents.iter().cloned());
                names.push(new.clone());
                known.push(Known { parents, declared: true, ..Known::default() });
                writeln!(text, "- create: {{ entity: {new}, in: [{list}]{attributes}{settings} }}")
            }
            1 => {
                entity.declared = false;
                asked.removed.insert(name.clone());
                let mut lines = format!("- delete: {name}\n");
                for (other, child) in known.iter_mut().enumerate() {
                    if !child.declared || !child.parents.contains(&name) {
                        continue;
                    }
                    // It moves out, with or without the mention of what it lay in.
                    asked.touched.insert(names[other].clone());
                    if numbers.one_in(2) {
                        child.parents.retain(|parent| *parent != name);
                        let _ = writeln!(lines, "- move: {{ entity: {}, from: {name} }}", names[other]);
                    }
                }
                write!(text, "{lines}")
            }
            2 | 3 if !entity.parents.is_empty() => {
                let parent = entity.parents.remove(numbers.below(entity.parents.len()));
                writeln!(text, "- move: {{ entity: {name}, from: {parent} }}")
            }
            4 | 5 => {
                let to = names[numbers.below(at.max(1))].clone();
                if to == name || entity.parents.contains(&to) {
                    continue;
                }
                entity.parents.push(to.clone());
                writeln!(text, "- move: {{ entity: {name}, to: {to} }}")
            }
            6 | 7 => {
                let (role, subject) = ((*numbers.pick(&["admin", "member", "owner"])).to_owned(), subject(numbers));
                let bound = if numbers.one_in(3) { ", until: \"2031-01-01T00:00:00Z\"" } else { "" };
                let pair = (role.clone(), subject.clone());
                if entity.roles.contains(&pair) {
                    let _ = writeln!(text, "- revoke: {{ subject: '{subject}', role: {role}, on: {name} }}");
                } else {
                    entity.roles.push(pair);
                }
                writeln!(text, "- assign: {{ subject: '{subject}', role: {role}, on: {name}{bound} }}")
            }
            8 | 9 if !entity.roles.is_empty() => {
                let (role, subject) = entity.roles.remove(numbers.below(entity.roles.len()));
                writeln!(text, "- revoke: {{ subject: '{subject}', role: {role}, on: {name} }}")
            }
            10 => {
                let policy = (*numbers.pick(&["p1", "p2", "p4"])).to_owned();
                if entity.links.contains(&policy) {
                    entity.links.retain(|link| *link != policy);
                    writeln!(text, "- unlink: {{ policy: {policy}, on: {name} }}")
                } else {
                    let line = writeln!(text, "- link: {{ policy: {policy}, on: {name} }}");
                    entity.links.push(policy);
                    line
                }
            }
            11 => {
                let (key, value) = (numbers.pick(&["plan", "size", "extra"]), numbers.pick(VALUES));
                writeln!(text, "- set: {{ entity: {name}, attributes: {{ {key}: {value} }} }}")
            }
            12 => match entity.attributes.pop() {
                Some(key) => writeln!(
                    text,
                    "- set: {{ entity: {name}, attributes: {{ {key}: null }}, settings: {{ queues: null }} }}"
                ),
                None => writeln!(text, "- set: {{ entity: {name}, settings: {{ queues: [x, y] }} }}"),
            },
            13 => {
                let policy = (*numbers.pick(&["p1", "p2", "p5"])).to_owned();
                let mut lines = String::new();
                if policies.remove(&policy) {
                    let _ = writeln!(lines, "- delete_policy: {policy}");
                }
                if numbers.one_in(2) {
                    let rules = "rules: [{ deny: run.create, because: 'a: b' }]";
                    let _ = writeln!(
                        lines,
                        "- policy: {{ name: {policy}, in: e:0, settings: {{ queues: [q] }}, {rules} }}"
                    );
                    policies.insert(policy);
                }
                text.push_str(&lines);
                continue;
            }
            14 => {
                if let Some(role) = entity.custom_roles.pop() {
                    writeln!(text, "- delete_custom_role: {{ name: {role}, in: {name} }}")
                } else {
                    entity.custom_roles.push(String::from("t.r2"));
                    writeln!(text, "- custom_role: {{ name: t.r2, in: {name}, extends: [t.x, t.y], allow: '*.view' }}")
                }
            }
            _ => continue,
        };
        asked.touched.insert(name);
    }
    asked
}

/// What is wrong with the edits of one seed.
fn try_one(seed: u64) -> Result<(), String> {
    let mut numbers = Numbers::new(seed);
    let written = directory(&mut numbers);
    let before = written.text.as_str();
    let name = if written.json { "directory.json" } else { "directory.yaml" };
    let files: Vec<(&str, &str)> = [(name, before), ("directory.jsonl", written.lines.as_str())]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let given: Vec<FileText<'_>> =
        files.iter().map(|&(name, text)| FileText { name, text, form: Form::of(name) }).collect();
    let wrong = |what: String, asked: &str, after: &str| {
        let lines = &written.lines;
        Err(format!("{what} (seed {seed})\n--- before\n{before}\n{lines}\n--- edits\n{asked}\n--- after\n{after}\n---"))
    };
    match rewrite(&given, &[]) {
        Ok(new) if new.iter().all(Option::is_none) => {}
        other => return wrong(format!("not kept as it is: {other:?}"), "", ""),
    }
    let asked = ask(&mut numbers, &written);
    if asked.text.is_empty() {
        return Ok(());
    }
    let edits = edits(&asked.text);
    let new = match rewrite(&given, &edits) {
        Ok(new) => new,
        Err(finding) => return wrong(finding.message, &asked.text, ""),
    };
    let whole: Vec<(&str, &str)> =
        files.iter().zip(&new).map(|(&(name, old), new)| (name, new.as_deref().unwrap_or(old))).collect();
    let all: String = whole.iter().map(|(_, text)| *text).collect();
    if let Some(difference) = difference(&files, &edits, &whole)? {
        return wrong(difference, &asked.text, &all);
    }
    let after = whole[0].1;
    for comment in &written.comments {
        let owner = comment.owner.map(|at| written.entities[at].name.as_str());
        let gone = owner.is_some_and(|owner| asked.removed.contains(owner));
        let concerned = comment.partial && owner.is_some_and(|owner| asked.touched.contains(owner));
        let times = after.matches(&comment.text).count();
        if times != 1 && !(times == 0 && (gone || concerned)) {
            return wrong(format!("{comment:?} stands {times} times"), &asked.text, after);
        }
    }
    let breaks = |text: &str| (text.ends_with('\n'), text.contains("\r\n"));
    let mixed = |text: &str| text.contains("\r\n") && text.replace("\r\n", "").contains('\n');
    for ((_, old), (_, new)) in files.iter().zip(&whole) {
        // A single line without a break does not tell which one the file would use.
        let told = old.contains('\n') && !new.is_empty();
        if told && breaks(old) != breaks(new) && new.contains('\n') || mixed(new) {
            return wrong(String::from("the ends of lines differ"), &asked.text, &all);
        }
    }
    Ok(())
}

#[test]
fn random_edits_on_random_directories() {
    let (first, count) = match std::env::var("REWRITE_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => (seed, 1),
        None => (0, std::env::var("REWRITE_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(3_000)),
    };
    let failing: Vec<String> = (first..first + count).filter_map(|seed| try_one(seed).err()).collect();
    // The shortest is the easiest to understand.
    let shortest = failing.iter().min_by_key(|text| text.len());
    assert!(
        shortest.is_none(),
        "{} of {count} fail, one of them:\n{}",
        failing.len(),
        shortest.map_or("", |text| text)
    );
}
