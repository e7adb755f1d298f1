//! The table of rooms in `docs/architecture.md`, held against the imports of the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms it may import from, as the document says.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string("docs/architecture.md").expect("the document is there");
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [room, _, imports] = cells.as_slice() else { return None };
        let room = room.strip_prefix('`')?.strip_suffix('`')?;
        Some((room.to_owned(), imports.split(", ").map(str::to_owned).collect()))
    });
    rows.collect()
}

/// Every Rust file of a folder, those of its folders included.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The rooms that a text names after `crate::`, unit tests at its end apart: they may look further.
fn imported(text: &str) -> BTreeSet<String> {
    let code: String = text
        .split("#[cfg(test)]")
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let name = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut rooms = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(list) => {
                let list = list.split('}').next().unwrap_or_default();
                rooms.extend(list.split(',').map(|item| name(item.trim_start())));
            }
            None => {
                rooms.insert(name(rest));
            }
        }
    }
    rooms
}

/// What breaks the table, a line each.
fn violations(rooms: &BTreeMap<String, BTreeSet<String>>, room: &str, place: &str, text: &str) -> Vec<String> {
    let Some(allowed) = rooms.get(room) else { return vec![format!("{place}: `{room}` is not in the table")] };
    imported(text)
        .into_iter()
        .filter(|other| other != room && rooms.contains_key(other))
        .filter(|other| !allowed.contains("all") && !allowed.contains(other))
        .map(|other| format!("{place}: `{room}` imports from `{other}`"))
        .collect()
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let rooms = documented();
    assert!(rooms.len() >= 17, "the table of rooms was not found: {rooms:?}");
    let mut broken = Vec::new();
    for file in rust_files(Path::new("src")) {
        let relative = file.strip_prefix("src").expect("below src");
        let mut parts = relative.components();
        let room = parts.next().map(|part| part.as_os_str().to_string_lossy().into_owned()).unwrap_or_default();
        if parts.next().is_none() {
            continue; // lib.rs and main.rs see every room.
        }
        let text = fs::read_to_string(&file).expect("a source file");
        broken.extend(violations(&rooms, &room, &file.display().to_string(), &text));
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn a_forbidden_import_is_found() {
    let rooms = documented();
    for text in [
        "use crate::syntax::ast::Effect;",
        "use crate::{index::Idx, syntax::ast};",
        "fn f() -> crate::syntax::ast::Effect { x }",
    ] {
        let found = violations(&rooms, "decide", "x.rs", text);
        assert_eq!(found, ["x.rs: `decide` imports from `syntax`"], "{text}");
    }
    assert_eq!(violations(&rooms, "decide", "x.rs", "use crate::compile::Effect;"), Vec::<String>::new());
    assert_eq!(violations(&rooms, "decide", "x.rs", "// crate::syntax is never seen"), Vec::<String>::new());
}
