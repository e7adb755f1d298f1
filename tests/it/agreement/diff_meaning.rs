//! What a difference says of statements against what the reference evaluator decides: where nobody is said to gain, nobody
//! does, and nobody loses where nobody is said to; and what is shown by a request is decided so.

use super::case::{Case, asked_of_reference, load};
use super::edits::edited;
use super::tables;
use super::{decisions, run};
use crate::diff_witness::fault;
use crate::generate::{Choices, RequestFacts};
use crate::reference::{Reference, Request, Verdict, parse_policy};
use rolebook::Engine;
use rolebook::analysis::diff::{Asking, PolicyDiff, Related, Relation, RoleChange};
use rolebook::compile::Effect;
use rolebook::syntax::ast::PolicyFile;

/// Edits that are tried on each case.
const EDITS: usize = 6;

/// How often what came out, over all cases.
#[derive(Debug, Default)]
struct Tally {
    compared: usize,
    /// How often it is said that nobody may gain, or lose.
    denied: usize,
    /// Rows that say that nothing comes of other words: of rules, and of roles.
    equal_rules: usize,
    equal_roles: usize,
    /// Rules of one side alone by which nothing comes or goes.
    idle: usize,
    /// Requests that were decided otherwise.
    other: usize,
    witnesses: usize,
    /// Of these, how many tell of what no directory declares.
    undeclared: usize,
    of_denials: usize,
}

#[test]
fn who_is_said_not_to_gain_does_not() {
    let mut tally = Tally::default();
    run(decisions() / 100, |case| {
        let choices = &mut Choices::new(&case.order);
        for _ in 0..EDITS {
            let policies = if choices.chance(70) {
                vec![reworded(choices, case)]
            } else {
                let (policies, directory) = edited(choices, case);
                if directory != case.directory {
                    continue;
                }
                policies
            };
            let Ok(new) = load(&policies, &case.directory) else { continue };
            if policies == case.policies {
                continue;
            }
            let sides = [(&case.engine, &case.policies), (&new, &policies)];
            let [one, other] = if choices.chance(50) { [sides[1], sides[0]] } else { sides };
            difference(case, [one, other], &mut tally).map_err(|difference| {
                let texts = [one, other].map(|(_, policies)| policies.join("\n"));
                format!("{}\n--- and now\n{}\n{}\n{difference}", texts[0], texts[1], case.directory)
            })?;
        }
        Ok(())
    });
    println!("{tally:?}");
    assert!(tally.compared > 80 && tally.denied > 90 && tally.other > 90, "{tally:?}");
    assert!(tally.equal_rules > 4 && tally.equal_roles > 60 && tally.idle > 3, "{tally:?}");
    assert!(tally.witnesses > 40 && tally.undeclared > 0 && tally.of_denials > 6, "{tally:?}");
}

/// What is wrong with what is said of two policies, if anything is.
fn difference(case: &Case, sides: [(&Engine, &Vec<String>); 2], tally: &mut Tally) -> Result<(), String> {
    let files: [Vec<PolicyFile>; 2] =
        sides.map(|(_, policies)| policies.iter().map(|text| parse_policy(text)).collect());
    let states = sides.map(|(engine, _)| engine.state());
    let at = case.requests.first().map_or(0, RequestFacts::moment);
    let asking = Asking { at, context: Vec::new() };
    let diff = PolicyDiff::new(states[0].snapshot(), states[1].snapshot(), &asking);
    // What is declared otherwise may do anything.
    if !diff.declarations.is_empty() || !diff.settings.is_empty() {
        return Ok(());
    }
    tally.compared += 1;
    let mut may = [false, false];
    let mut shown: Vec<(Effect, &Related)> = Vec::new();
    for rule in &diff.rules {
        may = [may[0] || rule.may_gain(), may[1] || rule.may_lose()];
        let Some(related) = &rule.related else { continue };
        tally.equal_rules += usize::from(related.relation == Relation::Equal);
        tally.idle += usize::from(rule.old.is_none() || rule.new.is_none());
        if rule.policy.is_none() {
            shown.push((rule.effect, related));
        }
    }
    for role in &diff.roles {
        may = may.map(|may| may || role.only.is_some());
        for permission in &role.permissions {
            may = [may[0] || permission.may_gain(), may[1] || permission.may_lose()];
            let Some(related) = &permission.related else { continue };
            tally.equal_roles += usize::from(related.relation == Relation::Equal);
            let denies = permission.change == RoleChange::DenyCondition;
            shown.push((if denies { Effect::Deny } else { Effect::Allow }, related));
        }
        for clause in &role.clauses {
            may = [may[0] || clause.may_gain, may[1] || clause.may_lose];
        }
    }
    tally.denied += may.iter().filter(|may| !**may).count();

    for (effect, related) in shown {
        for (side, witness) in related.witnesses.iter().enumerate() {
            let Some(witness) = witness else { continue };
            let policies = [&*files[0], &*files[1]];
            if let Some(fault) = fault(witness, side, effect, policies, &case.directory) {
                return Err(fault);
            }
            tally.witnesses += 1;
            tally.undeclared += usize::from(!witness.query.facts.is_empty());
            tally.of_denials += usize::from(effect == Effect::Deny);
        }
    }

    let references = files.each_ref().map(|files| Reference::of_files(files, [case.directory.as_str()]));
    let mut decide = |request: &Request| {
        let [was, is] = references.each_ref().map(|reference| reference.decide(request).verdict == Verdict::Allowed);
        tally.other += usize::from(was != is);
        if was != is && !may[usize::from(was)] {
            let verb = if is { "gain" } else { "lose" };
            return Err(format!("nobody is said to {verb}, and it is decided {was} and {is}: {request:#?}"));
        }
        Ok(())
    };
    for request in &case.requests {
        decide(&asked_of_reference(request))?;
    }
    // What the tables of decisions show besides, which are made faster.
    for (subject, permission, resource, _) in tables::difference(sides.map(|(engine, _)| engine), at) {
        let action = permission.split_once('.').map_or("", |(_, action)| action).to_owned();
        decide(&Request { subject, action, resource, at, ..Request::default() })?;
    }
    Ok(())
}

/// The policy with a condition said in other words, or a statement spread over two.
fn reworded(choices: &mut Choices<'_>, case: &Case) -> String {
    let mut declarations = case.shape.declarations.clone();
    let all: Vec<String> = declarations.iter().flat_map(|text| text.lines()).filter_map(condition).collect();
    let Some(other) = choices.pick_any(&all).cloned() else { return case.policies.join("\n") };
    let conditional: Vec<usize> =
        (0..declarations.len()).filter(|&at| declarations[at].lines().any(|line| condition(line).is_some())).collect();
    let Some(&at) = choices.pick_any(&conditional) else { return case.policies.join("\n") };
    let lines: Vec<&str> = declarations[at].lines().collect();
    let conditions: Vec<usize> = (0..lines.len()).filter(|&line| condition(lines[line]).is_some()).collect();
    let line = *choices.pick(&conditions);
    let old = condition(lines[line]).unwrap_or_default();
    let with = |line: &str, new: &str| line.replacen(&format!("when {old}"), &format!("when {new}"), 1);
    let mut edited: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let starts = |line: &str, words: &[&str]| words.iter().any(|word| line.trim_start().starts_with(word));
    let statement =
        (0..line).rev().find(|&at| starts(lines[at], &["allow ", "deny ", "role ", "custom ", "open ", "policy "]));
    let statement = statement.filter(|&at| starts(lines[at], &["allow ", "deny "]) && starts(lines[line], &["when "]));
    let end = (line + 1..lines.len()).take_while(|&at| starts(lines[at], &["unless ", "because "])).last();
    let end = end.unwrap_or(line);
    let spread = |edited: &mut Vec<String>, from: usize, first: &str, second: &str| {
        let mut copy: Vec<String> = lines[from..=end].iter().map(|line| (*line).to_owned()).collect();
        copy[line - from] = with(lines[line], second);
        edited[line] = with(lines[line], first);
        edited.splice(end + 1..end + 1, copy);
    };
    match (choices.below(9), statement) {
        (0, _) => edited[line] = with(lines[line], &format!("({old}) and (({old}) or not ({old}))")),
        (1, _) => edited[line] = with(lines[line], &format!("not (not ({old}))")),
        (2, _) => edited[line] = with(lines[line], &format!("({old}) or not ({old})")),
        (3, _) => edited[line] = with(lines[line], &format!("({old}) and not ({old})")),
        (4, Some(from)) => {
            let (first, second) = (format!("({old}) and ({other})"), format!("({old}) and not ({other})"));
            spread(&mut edited, from, &first, &second);
        }
        (5, Some(from)) => spread(&mut edited, from, &old, &format!("({old}) and ({other})")),
        (6, Some(from)) => spread(&mut edited, from, &old, &format!("({old}) and not ({old})")),
        (7, Some(from)) => spread(&mut edited, from, &old, &format!("not ({old})")),
        // What stands in two statements, against what stands in one.
        _ => edited[line] = with(lines[line], &format!("({old}) or ({other})")),
    }
    declarations[at] = edited.join("\n");
    let package = String::from("package generated\n\n");
    declarations.iter().fold(package, |text, one| text + one + "\n")
}

/// The condition on a line of a policy, if there is one; not that under which custom roles may extend a role.
fn condition(line: &str) -> Option<String> {
    let said = line.trim_start();
    let condition = match said.strip_prefix("when ") {
        Some(condition) => condition,
        None if said.starts_with("implies ") => said.split_once(" when ")?.1,
        None => return None,
    };
    Some(condition.strip_suffix(" {").unwrap_or(condition).to_owned())
}
