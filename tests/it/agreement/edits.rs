//! Edits of generated policies and directories, as a person might make them.

use super::case::Case;
use crate::generate::{Choices, Datum, EntityFacts, Facts};

/// The policy or the directory with something of it changed, as a person might; most often it still stands.
pub(super) fn edited(choices: &mut Choices<'_>, case: &Case) -> (Vec<String>, String) {
    if choices.chance(35) {
        let mut facts = case.facts.clone();
        if choices.chance(50) && !facts.assignments.is_empty() {
            let at = choices.below(facts.assignments.len());
            facts.assignments.remove(at);
        }
        // Somebody comes into what somebody else has.
        if choices.chance(50) && facts.assignments.len() > 1 {
            let (at, other) = (choices.below(facts.assignments.len()), choices.below(facts.assignments.len()));
            facts.assignments[at].subject = facts.assignments[other].subject.clone();
        }
        if choices.chance(40) && !facts.entities.is_empty() {
            let at = choices.below(facts.entities.len());
            facts.entities[at].attributes.clear();
            facts.entities[at].links.clear();
        }
        if choices.chance(40) {
            another_owner(choices, case, &mut facts);
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
    declarations[at] = match choices.below(12) {
        // What people do: a condition is dropped, a base, a list becomes everything, a guard is turned around.
        6 => without(&text, " when ", '\n'),
        7 => without(&text, " unless ", '\n'),
        8 => without(&text, " extends ", '{').replace("{", " {"),
        9 => replaced(&text, "allow ", '\n', "*"),
        10 => text.replacen(" unless ", " when ", 1),
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

/// Something that acts as somebody acts as somebody else.
fn another_owner(choices: &mut Choices<'_>, case: &Case, facts: &mut Facts) {
    let acts_as = |entity: &EntityFacts| case.shape.types[entity.ty].acts_as;
    let acting: Vec<usize> = (0..facts.entities.len()).filter(|&at| acts_as(&facts.entities[at]).is_some()).collect();
    let Some(at) = choices.copy_pick_any(&acting) else { return };
    let name = acts_as(&facts.entities[at]);
    let owner = facts.entities[at].attributes.iter().position(|(known, _)| Some(*known) == name);
    let Some(Datum::Text(before)) = owner.map(|owner| facts.entities[at].attributes[owner].1.clone()) else { return };
    let ty = before.split(':').next();
    let others: Vec<String> = facts.entities.iter().map(|entity| entity.name.clone()).collect();
    let others: Vec<&String> = others.iter().filter(|name| name.split(':').next() == ty).collect();
    if let (Some(owner), Some(other)) = (owner, choices.copy_pick_any(&others)) {
        facts.entities[at].attributes[owner].1 = Datum::Text(other.clone());
    }
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

/// A text without what stands from some words on up to a character.
fn without(text: &str, from: &str, to: char) -> String {
    let Some(at) = text.find(from) else { return text.to_owned() };
    let end = text[at..].find(to).map_or(text.len(), |end| at + end);
    format!("{}{}", &text[..at], &text[end..])
}

/// A text with something else behind some words, up to a character.
fn replaced(text: &str, behind: &str, to: char, new: &str) -> String {
    let Some(at) = text.find(behind).map(|at| at + behind.len()) else { return text.to_owned() };
    let end = text[at..].find(to).map_or(text.len(), |end| at + end);
    format!("{}{new}{}", &text[..at], &text[end..])
}
