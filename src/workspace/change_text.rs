//! Texts of changes: a list or a single change as YAML or JSON, or one change a line.

use super::text;
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::Change;
use crate::directory::change::read_list;
use crate::document::{self, Read};
use crate::source::{SourceMap, Spanned};
use std::path::Path;

/// A text of changes.
#[derive(Clone, Copy, Debug)]
pub struct ChangeText<'t> {
    /// Its name, for places.
    pub name: &'t str,
    /// The text.
    pub text: &'t str,
    /// Whether it holds one change a line.
    pub lines: bool,
    /// Whether it is JSON and nothing more.
    pub json: bool,
    /// Whom the changes are made for that do not say so themselves; nobody for the operator.
    pub by: Option<&'t str>,
}

impl<'t> ChangeText<'t> {
    /// A text under the name of a file: one that ends in `.jsonl` holds one change a line, and that and one that ends in
    /// `.json` are JSON.
    #[must_use]
    pub fn named(name: &'t str, text: &'t str) -> Self {
        let ends_in =
            |wanted: &str| Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case(wanted));
        let lines = ends_in("jsonl");
        Self { name, text, lines, json: lines || ends_in("json"), by: None }
    }
}

/// Reads the changes of a text, which `sources` takes up under its name.
///
/// With an error among the findings none of the changes may be made.
#[must_use]
pub fn read_changes(given: ChangeText<'_>, sources: &mut SourceMap) -> (Vec<Change>, Vec<Diagnostic>) {
    let file = sources.add_passing(given.name, text::unmarked(given.text));
    let text = sources.get(file).map_or("", |source| source.text());
    let (mut changes, mut diagnostics) = (Vec::new(), Vec::new());
    let mut take = |read: Read| {
        diagnostics.extend(read.diagnostics);
        if let Some(node) = read.node.filter(|_| !read.cut_short) {
            let (list, found) = read_list(&node);
            changes.extend(list);
            diagnostics.extend(found);
        }
    };
    match (given.lines, given.json) {
        (true, true) => each_line(text, |start, line| take(document::parse_json_line(file, start, line))),
        (true, false) => each_line(text, |start, line| take(document::parse(file, line).shifted(start))),
        (false, true) => take(document::parse_json(file, text)),
        (false, false) => take(document::parse(file, text)),
    }
    if changes.is_empty() && diagnostics.is_empty() {
        diagnostics.push(Diagnostic::placeless(Code::EmptyFile, format!("`{}` holds no change", given.name)));
    }
    for change in &mut changes {
        if let (None, Some(by)) = (&change.by, given.by) {
            change.by = Some(Spanned::new(by.to_owned(), change.span));
        }
    }
    (changes, diagnostics)
}

/// Goes through the lines that hold anything, each with the byte at which it begins.
fn each_line(text: &str, mut read: impl FnMut(u32, &str)) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            read(u32::try_from(start).unwrap_or(u32::MAX), line);
        }
        start += line.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Vec<String> {
        let mut sources = SourceMap::new();
        let (changes, found) = read_changes(ChangeText::named(name, text), &mut sources);
        let changes = changes.iter().map(|change| sources.slice(change.span).to_owned());
        let found = found.iter().map(|finding| {
            let place = finding.span().map_or_else(String::new, |span| sources.place(span));
            format!("{place}: {}", finding.message)
        });
        changes.chain(found).collect()
    }

    #[test]
    fn a_line_a_change_with_the_places_of_the_file() {
        let text = "{\"delete\":\"team:x\"}\r\n\n{\"link\":{\"policy\":\"p\",\"on\":\"team:x\"}}\n{\"delete\": 7}";
        assert_eq!(read("changes.jsonl", text), ["\"delete\"", "\"link\"", "changes.jsonl:4:12: `7` is no entity"]);
    }

    #[test]
    fn a_list_or_a_single_one() {
        assert_eq!(
            read("changes.json", "[{\"delete\":\"team:x\"}, {\"delete\":\"team:y\"}]"),
            ["\"delete\"", "\"delete\""]
        );
        assert_eq!(read("changes.yaml", "as: user:x\ndelete: team:x"), ["delete"]);
        assert_eq!(read("changes.yaml", "# nothing"), ["changes.yaml:1:1: the file is empty"]);
    }

    #[test]
    fn json_is_json_and_nothing_more() {
        let comma = "JSON has no comma after the last element";
        assert_eq!(
            read("changes.json", "[{\"delete\":\"team:x\"},\n]"),
            ["\"delete\"".to_owned(), format!("changes.json:1:21: {comma}")]
        );
        let text = "{\"delete\":\"team:x\"}\n{\"delete\":\"team:y\",}\n";
        let found = ["\"delete\"", "\"delete\"", &format!("changes.jsonl:2:19: {comma}")].map(str::to_owned);
        assert_eq!(read("changes.jsonl", text), found);
        assert_eq!(read("changes.JSONL", text), found.map(|line| line.replace("jsonl", "JSONL")));
        assert_eq!(read("changes.yaml", "[{delete: team:x},\n]"), ["delete"]);
    }
}
