//! What a command makes of files, line by line.

use super::output::{BAD, FAINT, GOOD, NAME, Output};
use super::render;
use crate::engine::Rewritten;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};
use std::io::{self, Write};
use std::time::Duration;

/// After this a difference is shown that is not the smallest.
const PATIENCE: Duration = Duration::from_secs(5);

/// A changed file as JSON.
#[derive(Serialize)]
pub(super) struct JsonFile {
    file: String,
    diff: String,
}

pub(super) fn json(files: &[Rewritten]) -> Vec<JsonFile> {
    let json = |file: &Rewritten| {
        let name = file.path.display().to_string();
        let diff = compare(file).unified_diff().header(&name, &name).to_string();
        JsonFile { file: name, diff }
    };
    files.iter().map(json).collect()
}

fn compare(file: &Rewritten) -> TextDiff<'_, '_, '_, str> {
    TextDiff::configure().timeout(PATIENCE).diff_lines(&file.before, &file.after)
}

/// A unified difference.
pub(super) fn text(file: &Rewritten, output: &mut Output) -> io::Result<()> {
    let name = render::legible(&file.path.display().to_string());
    writeln!(output, "{NAME}--- {name}\n+++ {name}{NAME:#}")?;
    for hunk in compare(file).unified_diff().iter_hunks() {
        writeln!(output, "{FAINT}{}{FAINT:#}", hunk.header())?;
        for change in hunk.iter_changes() {
            let line = change.value();
            let shown = render::legible(line.trim_end_matches(['\n', '\r']));
            match change.tag() {
                ChangeTag::Equal => writeln!(output, " {shown}")?,
                ChangeTag::Delete => writeln!(output, "{BAD}-{shown}{BAD:#}")?,
                ChangeTag::Insert => writeln!(output, "{GOOD}+{shown}{GOOD:#}")?,
            }
            if !line.ends_with('\n') {
                writeln!(output, "{FAINT}\\ no newline at the end of the file{FAINT:#}")?;
            }
        }
    }
    Ok(())
}
