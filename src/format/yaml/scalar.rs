//! Single values as they are to be written: as they were, in one kind of quotes, lines freed from their indentation.

use crate::document::written;

/// The lines of a value without its indentation; `said` is the text that it stands for.
pub(super) fn lines(source: &str, said: &str) -> Vec<String> {
    let mut lines = source.split('\n');
    let Some(first) = lines.next() else { return Vec::new() };
    let Some(second) = lines.next() else { return vec![in_double_quotes(source, said)] };
    // An escaped space at the end of a line is no white space.
    let end = |line: &str| {
        let trimmed = line.trim_end_matches([' ', '\t']);
        let escapes = trimmed.len() - trimmed.trim_end_matches('\\').len();
        let kept = source.starts_with('"') && escapes % 2 == 1 && trimmed.len() < line.len();
        line.get(..trimmed.len() + usize::from(kept)).unwrap_or(line).to_owned()
    };
    let inner = |line: &str| end(line.trim_start_matches([' ', '\t']));
    std::iter::once(end(first)).chain([second].into_iter().chain(lines).map(inner)).collect()
}

/// A key, on one line.
pub(super) fn key(source: &str, said: &str) -> String {
    if source.contains('\n') { written::yaml(said, false, true) } else { in_double_quotes(source, said) }
}

/// A value in double quotes in the place of single ones, where that takes no escapes.
fn in_double_quotes(source: &str, said: &str) -> String {
    let plain = |c: char| c != '"' && c != '\\' && !c.is_control();
    if source.starts_with('\'') && said.chars().all(plain) { format!("\"{said}\"") } else { source.to_owned() }
}

/// The mark and the lines of a text in a block: `rest` is what follows the line of its mark.
pub(super) fn block(mark: &str, rest: &str, said: &str) -> (String, Vec<String>) {
    let style: String = mark.chars().filter(|c| matches!(c, '|' | '>')).collect();
    let ending: String = mark.chars().filter(|c| matches!(c, '+' | '-')).collect();
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let full = |line: &&str| !line.trim_end_matches(['\n', '\r']).trim_matches(' ').is_empty();
    // The first line of words tells how far the block is from the edge: by as much as is no part of the text.
    let own = said.lines().find(|line| !line.trim_matches(' ').is_empty()).map(spaces);
    let first = rest.lines().find(full).map(spaces);
    let (Some(own), Some(first)) = (own, first) else {
        // Nothing but empty lines, which count where they are kept.
        return (format!("{style}{ending}"), said.lines().map(str::to_owned).collect());
    };
    let indent = first.saturating_sub(own);
    let mut lines: Vec<String> = Vec::new();
    // What stands behind the last line break is no line.
    for line in rest.strip_suffix('\n').unwrap_or(rest).split('\n') {
        let empty = line.trim_matches(' ').is_empty();
        if !empty && spaces(line) < indent {
            break;
        }
        lines.push(line.get(indent..).unwrap_or("").to_owned());
    }
    while !ending.contains('+') && lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let indented = lines.iter().find(|line| !line.is_empty()).is_some_and(|line| line.starts_with(' '));
    let digit = if indented { super::super::STEP.to_string() } else { String::new() };
    (format!("{style}{digit}{ending}"), lines)
}
