//! Coverage for a terminal: figures, and then everything that is missing, each with its place.

use super::gaps::{Gap, cell_gaps, gaps};
use super::{folder, total};
use crate::analysis::coverage::{Figures, Kind};
use crate::cli::output::{FAINT, NAME, Output};
use crate::cli::render;
use crate::engine::TestCoverage;
use std::io::{self, Write};

/// The figures of each package, and of all where they are several; what is missing of each.
pub(in super::super) fn text(output: &mut Output, packages: &[TestCoverage<'_>]) -> io::Result<()> {
    for package in packages {
        writeln!(output)?;
        match folder(package).as_str() {
            "" => writeln!(output, "{NAME}coverage{NAME:#}")?,
            folder => writeln!(output, "{NAME}coverage of {}{NAME:#}", render::legible(folder))?,
        }
        figures(output, package.coverage.figures())?;
        let missing: Vec<Gap> = gaps(package).into_iter().chain(cell_gaps(package)).collect();
        if !missing.is_empty() {
            writeln!(output, "  not exercised:")?;
        }
        for gap in missing {
            let place = package.sources.place(gap.place);
            let (text, place) = (render::legible(&gap.text), render::legible(&place));
            writeln!(output, "    {text}  {FAINT}{place}{FAINT:#}")?;
        }
    }
    if packages.len() > 1 {
        writeln!(output, "\n{NAME}coverage of all{NAME:#}")?;
        figures(output, total(packages))?;
    }
    Ok(())
}

fn figures(output: &mut Output, figures: Figures) -> io::Result<()> {
    let shares = Kind::ALL.map(|kind| (kind, figures.of(kind)));
    let width = shares.iter().map(|(_, share)| share.of.to_string().len()).max().unwrap_or(1);
    for (kind, share) in shares {
        let (name, percent) = (kind.as_str(), share.percent());
        writeln!(output, "  {name:<10}  {:>width$} of {:>width$}  {percent:>7}", share.exercised, share.of)?;
    }
    Ok(())
}
