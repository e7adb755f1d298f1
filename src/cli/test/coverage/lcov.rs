//! Coverage as an lcov trace file, for what draws or gates on those: `genhtml`, code hosts, editors.
//!
//! A statement, an implied role and a part of a condition is a line, which is hit as often as what was looked at least on
//! it. Each permission of a role's statement is a branch, and each part of a condition two: that it held and that it failed.
//! A role is a function, called as often as somebody who holds it was asked about.

use crate::analysis::coverage::{Coverage, StatementOwner};
use crate::engine::TestCoverage;
use crate::source::{FileId, SourceMap, Span};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The trace of one file.
#[derive(Default)]
struct Trace {
    /// By line and name.
    functions: BTreeMap<(u32, String), usize>,
    lines: BTreeMap<u32, usize>,
    /// By line, and what the branch is of: all that lie at one place are a block.
    branches: BTreeMap<(u32, Place, usize), Option<usize>>,
}

/// The first and last byte of something in its file: the same in every package that reads it.
type Place = (u32, u32);

impl Trace {
    fn line(&mut self, line: u32, count: usize) {
        self.lines.entry(line).and_modify(|known| *known = (*known).min(count)).or_insert(count);
    }

    /// The branches of one place; not taken by nobody, where it was never looked at.
    fn branches(&mut self, line: u32, place: Place, counts: &[usize]) {
        let reached = counts.iter().any(|&count| count > 0);
        for (at, &count) in counts.iter().enumerate() {
            self.branches.insert((line, place, at), reached.then_some(count));
        }
    }

    /// What several packages looked at of a file that they share.
    fn add(&mut self, other: Self) {
        for (key, count) in other.functions {
            *self.functions.entry(key).or_default() += count;
        }
        for (line, count) in other.lines {
            *self.lines.entry(line).or_default() += count;
        }
        for (key, count) in other.branches {
            let known = self.branches.entry(key).or_default();
            *known = match (*known, count) {
                (Some(one), Some(other)) => Some(one + other),
                (one, other) => one.or(other),
            };
        }
    }
}

/// A trace file of all packages.
pub(in super::super) fn lcov(out: &mut impl Write, packages: &[TestCoverage<'_>]) -> io::Result<()> {
    let mut files: BTreeMap<String, Trace> = BTreeMap::new();
    for package in packages {
        for (name, trace) in traces(package.coverage, package.sources) {
            files.entry(name).or_default().add(trace);
        }
    }
    files.iter().try_for_each(|(name, trace)| write(out, name, trace))
}

fn traces(coverage: &Coverage, sources: &SourceMap) -> BTreeMap<String, Trace> {
    let mut by_file: BTreeMap<FileId, Trace> = BTreeMap::new();
    let line = |span: Span| sources.get(span.file).map_or(1, |source| source.position(span.start).line);
    let place = |span: Span| (span.start, span.end);
    for (&span, role) in &coverage.roles {
        let asked = role.cells.values().sum();
        by_file.entry(span.file).or_default().functions.insert((line(span), role.role.clone()), asked);
    }
    for (&span, statement) in &coverage.statements {
        let trace = by_file.entry(span.file).or_default();
        trace.line(line(span), statement.looked);
        if let (StatementOwner::Role(_), 2..) = (&statement.owner, statement.permissions.len()) {
            trace.branches(line(span), place(span), &statement.permissions.values().copied().collect::<Vec<_>>());
        }
    }
    for (&span, implied) in &coverage.implications {
        by_file.entry(span.file).or_default().line(line(span), implied.looked);
    }
    for (&span, condition) in &coverage.conditions {
        let trace = by_file.entry(span.file).or_default();
        trace.line(line(span), condition.held + condition.failed + condition.unknown);
        trace.branches(line(span), place(span), &[condition.held, condition.failed]);
    }
    let named = |(file, trace)| sources.get(file).map(|source| (source.name().to_owned(), trace));
    by_file.into_iter().filter_map(named).collect()
}

fn write(out: &mut impl Write, name: &str, trace: &Trace) -> io::Result<()> {
    writeln!(out, "TN:\nSF:{name}")?;
    for (line, function) in trace.functions.keys() {
        writeln!(out, "FN:{line},{function}")?;
    }
    for ((_, function), count) in &trace.functions {
        writeln!(out, "FNDA:{count},{function}")?;
    }
    let hit = trace.functions.values().filter(|&&count| count > 0).count();
    writeln!(out, "FNF:{}\nFNH:{hit}", trace.functions.len())?;
    let (mut block, mut last) = (0_u32, None);
    for (&(line, place, branch), count) in &trace.branches {
        block = if last.is_none_or(|(of, _)| of != line) {
            0
        } else if last == Some((line, place)) {
            block
        } else {
            block + 1
        };
        last = Some((line, place));
        match count {
            Some(count) => writeln!(out, "BRDA:{line},{block},{branch},{count}")?,
            None => writeln!(out, "BRDA:{line},{block},{branch},-")?,
        }
    }
    let taken = trace.branches.values().filter(|count| count.is_some_and(|count| count > 0)).count();
    writeln!(out, "BRF:{}\nBRH:{taken}", trace.branches.len())?;
    for (line, count) in &trace.lines {
        writeln!(out, "DA:{line},{count}")?;
    }
    let hit = trace.lines.values().filter(|&&count| count > 0).count();
    writeln!(out, "LF:{}\nLH:{hit}\nend_of_record", trace.lines.len())
}
