//! A text read in parts, however it is cut, is the text read as one.

use super::{ACME, told};
use crate::index::in_turn;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::dsl::parse_by_parts;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Whether a text read in parts of at least `least` bytes gives what it gives as one; in how many parts it was taken.
fn is_one(text: &str, least: u32, threads: bool) -> usize {
    let place = |start, end| Span::new(FileId(0), start, end);
    let taken = AtomicUsize::new(0);
    let at_once = |one: &(dyn Fn() + Sync), other: &(dyn Fn() + Sync)| {
        taken.fetch_add(1, Ordering::Relaxed);
        if threads {
            std::thread::scope(|scope| {
                scope.spawn(other);
                one();
            });
        } else {
            in_turn(one, other);
        }
    };
    let in_parts = parse_by_parts(FileId(0), text, &place, least, &at_once);
    let as_one = parse_by_parts(FileId(0), text, &place, u32::MAX, &in_turn);
    let mut sources = SourceMap::new();
    sources.add("test.rolebook", text);
    assert_eq!(format!("{:?}", in_parts.0.tree), format!("{:?}", as_one.0.tree), "{text}");
    assert_eq!(told(&sources, &in_parts.0.diagnostics), told(&sources, &as_one.0.diagnostics), "{text}");
    assert_eq!(in_parts.1, as_one.1, "{text}");
    taken.into_inner()
}

#[test]
fn parts_are_the_whole() {
    for least in [0, 1, 40, 300] {
        for threads in [false, true] {
            assert_eq!(is_one(ACME, least, threads), 1, "it was cut");
        }
    }
    assert_eq!(is_one(ACME, u32::MAX, false), 0, "it was not cut");
    assert_eq!(is_one("", 0, true), 0);
}

/// Each ends where something could go on that begins like a declaration, or holds what belongs to the file as a whole.
#[test]
fn declarations_end_where_the_next_ones_begin() {
    for text in [
        "package a\nrole team.a\npackage b\nrole team.b\nimport \"x\"\nrole team.c\npackage c",
        "type a\n## of b\ntype b\n# of nothing\nallow a.view",
        "allow a.view when a.x ==\npolicy\nallow a.view",
        "allow a.view when a.x in\ntype b",
        "custom\nrole a.b extends a.c\nopen\nrole a.d\nopen when a.x\ncustom role a.e",
        "role a.b {\nallow a.view\ndeny a.{\nrole,\npolicy }\n}\nassert a.b cannot a.view\nallow a.\nrole",
        "allow a.view, a.\ntype\nwhen a.x # c\npolicy p in a:b {\nx = \"#\" # d\n}\n# e",
        "type a {\nx: bool\n\nrole a.b\n\nallow a.view\n",
        "allow a.view }\nrole a.b\nallow a.view when (a.x\nrole a.c",
        "allow a.view when a.x == \"\u{0}\"\nrole a.b extends\nrole a.c",
    ] {
        for least in 0..=1 {
            is_one(text, least, true);
        }
    }
}

#[test]
fn mistakes_are_told_in_their_order_whatever_part_they_are_in() {
    let text = include_str!("mistakes.txt");
    for least in [0, 100] {
        is_one(text, least, true);
    }
    let mut cut = String::new();
    for line in text.lines() {
        is_one(line, 0, true);
        cut.push_str(line.trim_start());
        cut.push('\n');
    }
    is_one(&cut, 0, false);
}
