//! Custom roles and org policies that are added to a compiled policy, one at a time or all at once: the policy that is
//! extended must say what the one says that is built of everything.

use super::case::{Case, query};
use crate::generate::Choices;
use rolebook::analysis::Matrix;
use rolebook::compile::{self, CompiledPolicy};
use rolebook::decide::Snapshot;
use rolebook::diagnostics::{self, Diagnostic};
use rolebook::directory::{Directory, DirectoryTree, tree};
use rolebook::document;
use rolebook::explain::explain;
use rolebook::graph::{self, DependencyGraph};
use rolebook::model::Model;
use rolebook::schema::split_entity;
use rolebook::source::{FileId, SourceMap, Spanned};
use rolebook::syntax::ast::{EntityRef, Item, PolicyFile};
use rolebook::syntax::{dsl, yaml};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// What became of additions.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// They were put on top.
    pub(super) extended: usize,
    /// They changed what was there, so that everything was built.
    pub(super) anew: usize,
    /// They were wrong, by the code of the first finding.
    pub(super) refused: BTreeMap<&'static str, usize>,
}

/// A policy on its way, with the files it is made of.
#[derive(Clone)]
struct Policy {
    files: Vec<PolicyFile>,
    model: Model,
    compiled: CompiledPolicy,
}

/// Whether extending gives anything else than building, and what.
pub(super) fn difference(case: &Case, tally: &mut Tally) -> Result<(), String> {
    let mut sources = SourceMap::new();
    let (base, additions) = parts(case, &mut sources);
    let [mut stepwise, base] = [base.clone(), base];
    let mut accepted = Vec::new();
    for addition in additions {
        let mut files = stepwise.files.clone();
        files.push(addition.clone());
        let (whole, findings) = built(&files);
        match extended(&stepwise, std::slice::from_ref(&addition)) {
            None => tally.anew += 1,
            Some((_, found)) if found != findings => return Err(format!("{found:#?}\ninstead of\n{findings:#?}")),
            Some((None, _)) => {}
            Some((Some(policy), _)) => {
                tally.extended += 1;
                let Some(whole) = &whole else { return Err(String::from("extended what cannot be built")) };
                alike(&policy, whole)?;
                stepwise = policy;
                accepted.push(addition);
                continue;
            }
        }
        match whole {
            Some(policy) => {
                stepwise = policy;
                accepted.push(addition);
            }
            None => *tally.refused.entry(findings[0].code.as_str()).or_default() += 1,
        }
    }
    let Some(whole) = built(&stepwise.files).0 else { return Err(String::from("nothing was built")) };
    let at_once = extended(&base, &accepted).and_then(|(policy, _)| policy);
    for policy in at_once.iter().chain([&stepwise]) {
        decide_alike(case, policy, &whole, &mut sources)?;
    }
    Ok(())
}

/// The policy without the custom roles and org policies that nothing in it names, and these.
fn parts(case: &Case, sources: &mut SourceMap) -> (Policy, Vec<PolicyFile>) {
    let choices = &mut Choices::new(&case.order);
    let is_addition = |text: &&String| text.starts_with("custom role") || text.starts_with("policy ");
    let (mut late, mut early): (Vec<&String>, Vec<&String>) = case.shape.declarations.iter().partition(is_addition);
    let base = loop {
        let text = early.iter().fold(String::from("package generated\n"), |text, one| text + one + "\n");
        let file = sources.add("base.rolebook", &text);
        if let (Some(policy), _) = built(&[dsl::parse(file, &text).tree]) {
            break policy;
        }
        early.push(late.remove(0));
    };
    choices.shuffle(&mut late);
    let words: Vec<&str> = case.shape.declarations.iter().flat_map(|text| words(text)).collect();
    let mut additions = Vec::new();
    for text in &late {
        // A mistake or another name goes before the addition as it was meant.
        for text in [misspelled(choices, text, &words), (*text).clone()] {
            let parsed = dsl::parse(sources.add("added.rolebook", &text), &text);
            if parsed.diagnostics.is_empty() {
                additions.push(parsed.tree);
            }
        }
    }
    // Other organizations compose roles of the same names.
    let namesakes = early.iter().chain(&late).filter(|text| text.starts_with("custom role"));
    for text in namesakes.filter(|text| text.lines().next().is_some_and(|head| head.contains(" in "))) {
        let text = text.replacen(":1", ":2", 1);
        additions.push(dsl::parse(sources.add("namesake.rolebook", &text), &text).tree);
    }
    let text = &case.directory;
    additions.extend(kept(&read(text, sources.add("directory.yaml", text))));
    (base, additions)
}

/// What a directory adds, each role and policy by itself.
fn kept(tree: &DirectoryTree) -> Vec<PolicyFile> {
    let roles = tree.custom_roles().iter().filter_map(|role| {
        let owner = role.organization.as_ref().and_then(|owner| {
            let (ty, id) = split_entity(owner)?;
            let [type_name, id] = [ty, id].map(|part| Spanned::new(part.to_owned(), owner.span));
            Some(EntityRef { type_name, id })
        });
        yaml::custom_role(&role.name, role.name.span, &role.node, owner).tree.map(Item::Role)
    });
    let policies = tree.policies().iter();
    let policies =
        policies.filter_map(|policy| yaml::policy(&policy.name, policy.name.span, &policy.node).tree.map(Item::Policy));
    let file = |item| PolicyFile { file: FileId(0), package: None, imports: Vec::new(), items: vec![item] };
    roles.chain(policies).map(file).collect()
}

fn read(text: &str, file: FileId) -> DirectoryTree {
    tree::read(&document::parse(file, text).node.expect("a directory")).0
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// A text with one word of it replaced by some other.
fn misspelled(choices: &mut Choices<'_>, text: &str, others: &[&str]) -> String {
    let old: Vec<&str> = words(text).collect();
    let (old, new) = (*choices.pick(&old), *choices.pick(others));
    let at = old.as_ptr().addr() - text.as_ptr().addr();
    format!("{}{new}{}", &text[..at], &text[at + old.len()..])
}

fn built(files: &[PolicyFile]) -> (Option<Policy>, Vec<Diagnostic>) {
    let (model, mut findings) = Model::build(files);
    let (graph, cycles) = DependencyGraph::build(&model);
    findings.extend(cycles);
    diagnostics::sort(&mut findings);
    if findings.iter().any(Diagnostic::is_error) {
        return (None, findings);
    }
    match compile::compile(&model, graph.role_order()) {
        Ok(compiled) => (Some(Policy { files: files.to_vec(), model, compiled }), findings),
        Err(limits) => (None, limits),
    }
}

/// A policy with additions on top, and all findings; nothing where everything is to be built anew.
fn extended(policy: &Policy, added: &[PolicyFile]) -> Option<(Option<Policy>, Vec<Diagnostic>)> {
    let files: Vec<&PolicyFile> = policy.files.iter().collect();
    let (model, mut findings) = policy.model.extend(&files, &added.iter().collect::<Vec<_>>())?;
    findings.extend(graph::cycles_from(&model, policy.model.roles.next_id()));
    let errors = findings.iter().any(Diagnostic::is_error);
    findings.extend(built(&policy.files).1);
    diagnostics::sort(&mut findings);
    if errors {
        return Some((None, findings));
    }
    let new: Vec<_> = model.roles.ids().skip(policy.model.roles.len()).collect();
    let compiled = compile::again(&policy.compiled, &model, &new, &[])?.policy;
    let files = policy.files.iter().chain(added).cloned().collect();
    Some((Some(Policy { files, model, compiled }), findings))
}

fn alike(one: &Policy, other: &Policy) -> Result<(), String> {
    let [one, other] = [one, other].map(|policy| told(&policy.compiled));
    if one == other { Ok(()) } else { Err(format!("{one}\ninstead of\n{other}")) }
}

/// All that a compiled policy says but for its programs and the numbers of statements.
fn told(policy: &CompiledPolicy) -> String {
    let origins = policy.provenance();
    let mut text = String::new();
    for (id, role) in policy.roles().iter_enumerated() {
        let _ = writeln!(text, "{id:?} {:?} {:?}", policy.schema().roles[id], role.when.is_some());
        let _ = writeln!(text, "  {:?} {:?} {:?}", role.counts_as, role.requires, policy.guards().assignment(id));
        for grant in &*role.grants {
            let origin = &origins.statements[grant.statement];
            let _ = writeln!(text, "  {:?} {:?} {:?}", grant.permission, origin.span, origin.owner);
        }
        for implied in &*role.implies {
            let origin = &origins.implications[implied.implication];
            let _ = writeln!(text, "  implies {:?} {:?} {:?}", implied.role, origin.span, origin.owner);
        }
        let leads = role.leads.iter();
        for set in leads.flat_map(|leads| [&leads.implied, &leads.roles, &leads.permissions]) {
            let _ = writeln!(text, "  leads to {:?}", set.ones().collect::<Vec<_>>());
        }
        let origin = &origins.roles[id];
        let _ = writeln!(text, "  {:?} {:?} {:?} {:?}", origin.span, origin.doc, origin.extends, origin.requires);
        for when in &origin.when {
            let _ = writeln!(text, "  {:?} {} {:?}", when.clause, when.text, when.places);
        }
    }
    let schema = policy.schema();
    let (roles, permissions): (Vec<_>, Vec<_>) = (policy.roles().ids().collect(), schema.permissions.ids().collect());
    let _ = writeln!(text, "{:?}", Matrix::new(policy, &roles, &permissions).map(|matrix| (matrix.rows, matrix.rules)));
    for (id, name) in schema.policies.iter_enumerated() {
        let owner = &schema.policy_organizations[id];
        let _ = writeln!(text, "{name} {owner:?} {:?} {:?}", origins.policies[id], policy.given_settings(id));
        for grant in schema.permissions.ids().flat_map(|permission| policy.guardrails(id, permission)) {
            let _ = writeln!(text, "  {:?} {:?}", grant.permission, origins.statements[grant.statement].span);
        }
    }
    text
}

/// Both must take the directory alike, and answer each request in the same words.
fn decide_alike(case: &Case, policy: &Policy, whole: &Policy, sources: &mut SourceMap) -> Result<(), String> {
    let file = sources.add("directory.yaml", &case.directory);
    let linked = |policy: &Policy| {
        let (directory, mut findings) =
            Directory::build(policy.compiled.schema(), &[Arc::new(read(&case.directory, file))]);
        if findings.iter().any(Diagnostic::is_error) {
            return (None, findings);
        }
        let (snapshot, found) = Snapshot::new(Arc::new(policy.compiled.clone()), Arc::new(directory));
        findings.extend(found);
        (Some(snapshot), findings)
    };
    let [(one, found), (other, findings)] = [linked(policy), linked(whole)];
    if found != findings {
        return Err(format!("{found:#?}\ninstead of\n{findings:#?}"));
    }
    let (Some(one), Some(other)) = (one, other) else { return Ok(()) };
    for request in &case.requests {
        let query = query(request);
        let [one, other] = [&one, &other].map(|snapshot| explain(snapshot, sources, &query));
        if one != other {
            return Err(format!("{query:#?}\n{one:#?}\ninstead of\n{other:#?}"));
        }
    }
    Ok(())
}
