//! Texts of changes: a list or a single change as YAML or JSON, or one change a line.

use super::text;
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::Change;
use crate::directory::change::read_list;
use crate::document::{self, Read};
use crate::source::{FileId, SourceMap};
use std::path::Path;

/// Reads the changes of a text, which `sources` takes up under its name; one that ends in `.jsonl` holds one a line.
///
/// With an error among the findings none of the changes may be made.
#[must_use]
pub fn read_changes(name: &str, text: &str, sources: &mut SourceMap) -> (Vec<Change>, Vec<Diagnostic>) {
    let file = text::add(sources, name, text);
    let text = sources.get(file).map_or("", |source| source.text());
    let lines = Path::new(name).extension().is_some_and(|ending| ending == "jsonl");
    let (mut changes, mut diagnostics) = (Vec::new(), Vec::new());
    let mut take = |read: Read| {
        diagnostics.extend(read.diagnostics);
        if let Some(node) = read.node.filter(|_| !read.cut_short) {
            let (list, found) = read_list(&node);
            changes.extend(list);
            diagnostics.extend(found);
        }
    };
    if lines {
        each_line(file, text, &mut take);
    } else {
        take(document::parse(file, text));
    }
    if changes.is_empty() && diagnostics.is_empty() {
        diagnostics.push(Diagnostic::placeless(Code::EmptyFile, format!("`{name}` holds no change")));
    }
    (changes, diagnostics)
}

fn each_line(file: FileId, text: &str, take: &mut impl FnMut(Read)) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            take(document::parse(file, line).shifted(u32::try_from(start).unwrap_or(u32::MAX)));
        }
        start += line.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Vec<String> {
        let mut sources = SourceMap::new();
        let (changes, found) = read_changes(name, text, &mut sources);
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
        assert_eq!(read("changes.yaml", "# nothing"), [": `changes.yaml` holds no change"]);
    }
}
