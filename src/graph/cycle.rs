//! Cycles as a person would follow them: one for each knot, every step with its place.

use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::collections::hash_map::Entry;

/// How many steps of a cycle are shown with their places.
const MAX_STEPS_SHOWN: usize = 16;

/// How many names of a cycle the message itself lists.
const MAX_NAMES_SHOWN: usize = 6;

/// One thing depends on another, said at `span` with the word `verb`. Things are numbered in the order of declaration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) verb: &'static str,
    pub(super) span: Span,
}

/// One short cycle of every strongly connected component that has a step `through` which it must pass.
pub(super) fn find(count: usize, steps: &[Step], through: impl Fn(&Step) -> bool) -> Vec<Vec<Step>> {
    // What depends on nothing but what was declared before it, as most do, leads back to nothing.
    if steps.iter().all(|step| step.to < step.from) {
        return Vec::new();
    }
    let mut graph: DiGraph<(), Step> = DiGraph::with_capacity(count, steps.len());
    for _ in 0..count {
        graph.add_node(());
    }
    for step in steps.iter().filter(|step| step.from < count && step.to < count) {
        graph.add_edge(NodeIndex::new(step.from), NodeIndex::new(step.to), *step);
    }
    let mut component = vec![0; count];
    for (number, members) in kosaraju_scc(&graph).into_iter().enumerate() {
        for member in members {
            if let Some(slot) = component.get_mut(member.index()) {
                *slot = number;
            }
        }
    }
    let mut reported = vec![false; count];
    let mut cycles = Vec::new();
    for step in steps.iter().filter(|step| through(step)) {
        let (Some(home), Some(other)) = (component.get(step.from), component.get(step.to)) else { continue };
        if home != other {
            continue;
        }
        let Some(reported) = reported.get_mut(*home) else { continue };
        if !std::mem::replace(reported, true) {
            cycles.push(close(&graph, &component, *step));
        }
    }
    cycles
}

/// The shortest way from the end of a step back to its start, after the step itself. It begins at the thing that was
/// declared first.
fn close(graph: &DiGraph<(), Step>, component: &[usize], first: Step) -> Vec<Step> {
    let home = component.get(first.from);
    let mut came_by: FxHashMap<usize, Step> = FxHashMap::default();
    let mut queue = VecDeque::from([first.to]);
    while let Some(at) = queue.pop_front() {
        if at == first.from {
            break;
        }
        // petgraph lists the edge that was added last first; the first one written is the one to show.
        let mut onward: Vec<Step> = graph.edges(NodeIndex::new(at)).map(|edge| *edge.weight()).collect();
        onward.reverse();
        for step in onward.into_iter().filter(|step| component.get(step.to) == home && step.to != first.to) {
            if let Entry::Vacant(free) = came_by.entry(step.to) {
                free.insert(step);
                queue.push_back(step.to);
            }
        }
    }
    let mut cycle = Vec::new();
    let mut at = first.from;
    while at != first.to {
        let Some(step) = came_by.get(&at).copied() else { break };
        cycle.push(step);
        at = step.from;
    }
    cycle.push(first);
    cycle.reverse();
    let start = cycle.iter().enumerate().min_by_key(|(_, step)| step.from).map_or(0, |(at, _)| at);
    cycle.rotate_left(start);
    cycle
}

/// The finding for a cycle: `verb` says what the first thing does to itself.
pub(super) fn report(code: Code, cycle: &[Step], verb: &str, name: impl Fn(usize) -> String) -> Option<Diagnostic> {
    let (first, rest) = cycle.split_first()?;
    let mut message = format!("`{}` {verb} itself", name(first.from));
    if !rest.is_empty() {
        let listed = cycle.iter().take(MAX_NAMES_SHOWN).map(|step| format!("`{}`", name(step.from)));
        let mut names: Vec<String> = listed.collect();
        if cycle.len() > MAX_NAMES_SHOWN {
            names.push(format!("{} more", cycle.len() - MAX_NAMES_SHOWN));
        }
        names.push(format!("`{}`", name(first.from)));
        message = format!("{message}: {}", names.join(" → "));
    }
    let text = |step: &Step| format!("`{}` {} `{}`", name(step.from), step.verb, name(step.to));
    let mut finding = Diagnostic::error(code, first.span, message).here(text(first));
    for step in rest.iter().take(MAX_STEPS_SHOWN - 1) {
        finding = finding.label(step.span, text(step));
    }
    if cycle.len() > MAX_STEPS_SHOWN {
        finding = finding.help(format!("steps not shown: {}", cycle.len() - MAX_STEPS_SHOWN));
    }
    Some(finding)
}
