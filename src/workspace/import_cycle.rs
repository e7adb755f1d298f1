//! Packages that import each other in a circle, and the order in which packages go to the model.

use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use std::collections::VecDeque;
use std::path::Path;

/// One followed import.
pub(super) struct ImportEdge {
    /// The importing folder.
    pub(super) from: usize,
    /// The imported folder.
    pub(super) to: usize,
    /// The path in the import.
    pub(super) place: Span,
}

/// Edges grouped by the folder they start from, in the order found.
fn outgoing(count: usize, edges: &[ImportEdge]) -> Vec<Vec<&ImportEdge>> {
    let mut outgoing: Vec<Vec<&ImportEdge>> = (0..count).map(|_| Vec::new()).collect();
    for edge in edges {
        if let Some(out) = outgoing.get_mut(edge.from) {
            out.push(edge);
        }
    }
    outgoing
}

/// One finding a circle, with the import of each step; folders that share a circle already reported give no second one.
pub(super) fn findings(paths: &[&Path], edges: &[ImportEdge]) -> Vec<Diagnostic> {
    let outgoing = outgoing(paths.len(), edges);
    let mut reported = vec![false; paths.len()];
    let mut findings = Vec::new();
    for start in 0..paths.len() {
        if reported.get(start) == Some(&true) {
            continue;
        }
        let Some(cycle) = shortest_cycle(start, &outgoing) else { continue };
        for edge in &cycle {
            if let Some(flag) = reported.get_mut(edge.from) {
                *flag = true;
            }
        }
        findings.extend(finding(paths, &cycle));
    }
    findings
}

fn finding(paths: &[&Path], cycle: &[&ImportEdge]) -> Option<Diagnostic> {
    let shown = |at: usize| paths.get(at).map(|path| format!("`{}`", path.display())).unwrap_or_default();
    let (first, rest) = cycle.split_first()?;
    let mut steps: Vec<String> = cycle.iter().map(|edge| shown(edge.from)).collect();
    steps.push(shown(first.from));
    let message = format!("packages import each other in a circle: {}", steps.join(" → "));
    let step = |edge: &ImportEdge| format!("{} imports {}", shown(edge.from), shown(edge.to));
    let mut finding = Diagnostic::error(Code::ImportCycle, first.place, message).here(step(first));
    for edge in rest {
        finding = finding.label(edge.place, step(edge));
    }
    Some(finding)
}

/// The shortest way from a folder back to itself.
fn shortest_cycle<'e>(start: usize, outgoing: &[Vec<&'e ImportEdge>]) -> Option<Vec<&'e ImportEdge>> {
    let mut came_by: Vec<Option<&ImportEdge>> = vec![None; outgoing.len()];
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for edge in outgoing.get(at)? {
            let seen = came_by.get_mut(edge.to)?;
            if seen.is_some() {
                continue;
            }
            *seen = Some(edge);
            if edge.to == start {
                return walk_back(start, &came_by);
            }
            queue.push_back(edge.to);
        }
    }
    None
}

fn walk_back<'e>(start: usize, came_by: &[Option<&'e ImportEdge>]) -> Option<Vec<&'e ImportEdge>> {
    let mut cycle = Vec::new();
    let mut at = start;
    loop {
        let edge = came_by.get(at).copied().flatten()?;
        cycle.push(edge);
        at = edge.from;
        if at == start {
            cycle.reverse();
            return Some(cycle);
        }
    }
}

/// All folders, each after those it imports where no circle stands against it.
pub(super) fn imported_first(count: usize, edges: &[ImportEdge]) -> Vec<usize> {
    let outgoing = outgoing(count, edges);
    let mut entered = vec![false; count];
    let mut order = Vec::with_capacity(count);
    for root in 0..count {
        // A folder and how many of its imports were followed: a stack of its own instead of recursion.
        let mut stack = vec![(root, 0)];
        while let Some((at, followed)) = stack.pop() {
            if followed == 0 {
                match entered.get_mut(at) {
                    Some(flag) if !*flag => *flag = true,
                    _ => continue,
                }
            }
            match outgoing.get(at).and_then(|out| out.get(followed)) {
                Some(edge) => {
                    stack.push((at, followed + 1));
                    stack.push((edge.to, 0));
                }
                None => order.push(at),
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn edges(pairs: &[(usize, usize)]) -> Vec<ImportEdge> {
        let place =
            |at: usize| Span::new(FileId(0), u32::try_from(at).unwrap_or(0), u32::try_from(at).unwrap_or(0) + 1);
        pairs.iter().enumerate().map(|(at, &(from, to))| ImportEdge { from, to, place: place(at) }).collect()
    }

    #[test]
    fn imported_folders_go_first_and_each_once() {
        assert_eq!(imported_first(4, &edges(&[(0, 1), (0, 2), (1, 3), (2, 3)])), [3, 1, 2, 0]);
        assert_eq!(imported_first(2, &edges(&[(0, 1), (1, 0)])), [1, 0]);
        assert_eq!(imported_first(3, &[]), [0, 1, 2]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let pairs: Vec<(usize, usize)> = (0..100_000).map(|at| (at, at + 1)).collect();
        assert_eq!(imported_first(100_001, &edges(&pairs)).first(), Some(&100_000));
    }

    #[test]
    fn two_circles_give_two_findings_and_their_entrance_none() {
        let paths: Vec<&Path> = ["in", "a", "b", "c"].map(Path::new).to_vec();
        let found = findings(&paths, &edges(&[(0, 1), (1, 2), (2, 1), (0, 3), (3, 3)]));
        let messages: Vec<&str> = found.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "packages import each other in a circle: `a` → `b` → `a`",
                "packages import each other in a circle: `c` → `c`"
            ]
        );
    }
}
