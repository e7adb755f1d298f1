//! What the grammar made of one declaration, laid over another one of its shape, is what it makes of that one.

use super::{ACME, told};
use crate::diagnostics;
use crate::index::in_turn;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::dsl::draft::Draft as _;
use crate::syntax::dsl::file::FileDraft;
use crate::syntax::dsl::grammar::Rule;
use crate::syntax::dsl::parts::{Read, Text};
use crate::syntax::dsl::pieces;
use crate::syntax::dsl::reader::Reader;
use crate::syntax::dsl::scan::{self, Kind};
use crate::syntax::dsl::shapes::WORDS;
use std::collections::BTreeSet;

/// All that comes of reading a text whose declarations the grammar may be spared, and of one that it reads as a whole;
/// nothing where it refuses that.
fn both_ways(text: &str) -> [Option<String>; 2] {
    let place = |start, end| Span::new(FileId(0), start, end);
    let scan = scan::scan(text, &place);
    let mut sources = SourceMap::new();
    sources.add("test.rolebook", text);
    let shown = |Read { draft, mut findings }: Read| {
        diagnostics::sort(&mut findings);
        let (tree, bounds) = draft.finish();
        format!("{tree:#?} {bounds:?} {}", told(&sources, &findings))
    };
    let shaped = Text { file: FileId(0), scan: &scan, place: &place }.read(0, &in_turn).ok().map(shown);
    let whole = scan.too_deep.is_empty().then(|| pieces::read(Rule::file, text).ok()).flatten().map(|pieces| {
        let mut draft = FileDraft::new(FileId(0));
        let mut reader = Reader::new(&place, &scan.docs);
        pieces.row().for_each(|piece| draft.take(&mut reader, &piece));
        shown(Read { draft, findings: reader.into_findings() })
    });
    [shaped, whole]
}

fn are_one(text: &str) {
    let [shaped, whole] = both_ways(text);
    assert_eq!(shaped, whole, "{text}");
}

/// Every declaration of the example, and behind it the same with one token said otherwise: by another name, by every word of
/// the language, or apart from its neighbours.
#[test]
fn another_word_is_read_like_the_grammar_reads_it() {
    let place = |start, end| Span::new(FileId(0), start, end);
    let scan = scan::scan(ACME, &place);
    let mut starts: Vec<usize> =
        (0..scan.tokens.len()).filter(|&at| scan.tokens[at].indent == Some(0) && scan.word(at) != "}").collect();
    starts.push(scan.tokens.len());
    let mut seen = 0;
    for ends in starts.windows(2) {
        let (base, declaration) = scan.slice(ends[0], ends[1]);
        for token in &scan.tokens[ends[0]..ends[1]] {
            let (start, end) = ((token.start - base) as usize, (token.end - base) as usize);
            let said = |other: &str| {
                let (before, after) = (&declaration[..start], &declaration[end..]);
                are_one(&format!("{declaration}\n# Again\n{before}{other}{after}\n{declaration}"));
            };
            seen += 1;
            let word = &declaration[start..end];
            said(&format!(" {word}\t# {word}\n  "));
            match token.kind {
                // Every one of them where the language has few words, and elsewhere some.
                Kind::Word if seen % 5 == 0 => {
                    WORDS.iter().chain(&["bool", "x", "_", "A1"]).for_each(|word| said(word))
                }
                Kind::Word => ["of", "set", "policy", "x", "subject", "string"].iter().for_each(|word| said(word)),
                Kind::Text => ["\"\"", "\"a\\n\\q\\\"\"", "\"é\"", "x"].iter().for_each(|text| said(text)),
                Kind::Number => ["0", "-1", "7d", "9x", "99999999999999999999"].iter().for_each(|number| said(number)),
                _ => ["= =", "==", "<", "< =", ".", "-", ":"].iter().for_each(|mark| said(mark)),
            }
        }
    }
    assert!(seen > 200, "{seen}");
}

#[test]
fn what_the_grammar_looks_into_is_left_to_it() {
    for text in [
        "role a.b in organization:acme\nrole a.b in organization: acme\nrole a.b in organization:acme",
        "role a.b in organization:\"x\"\nrole a.b in organization : \"x\"",
        "allow a.b when a.c == -5\nallow a.b when a.c == - 5",
        "allow a.b because \"x\"\nallow a.b because \"x\ry\"",
        "allow a.b because \"x\"\nallow a.b because \"x\\\ry\"",
        "policy a {\nx = 1\n}\npolicy b { y = 2 } # c",
        "policy a {\nx = 1\n}\npolicy b { y == 2 }",
        "role a.b\n## of c\nrole a.c\n## of nothing\n# of nothing\nrole a.d\nrole a.true",
        "type a\ntype bool\ntype b { int: int }\ntype c { bool: bool }",
    ] {
        are_one(text);
    }
}

/// A row of declarations of few shapes is read by shapes, or the comparisons above would show nothing.
#[test]
fn the_grammar_reads_a_shape_once() {
    let place = |start, end| Span::new(FileId(0), start, end);
    let text = "role a.b {\n allow c.d\n}\nrole longer.name { allow of_another.thing }\nallow a.b";
    let scan = scan::scan(text, &place);
    let mut shapes = crate::syntax::dsl::shapes::Shapes::default();
    let (first, second) = (&scan.tokens[..10], &scan.tokens[10..20]);
    assert!(shapes.find(&scan, first).is_none());
    let (base, read) = scan.slice(0, 10);
    let pieces = pieces::read(Rule::file, read).unwrap();
    shapes.keep(first, base, &pieces.row().next().unwrap().into_inner());
    let row = shapes.find(&scan, second).expect("of the same shape");
    let said: Vec<&str> = row.flat_map(|piece| piece.into_inner()).map(|piece| piece.as_str()).collect();
    assert_eq!(said, ["role longer.name", "{ allow of_another.thing }"]);
    assert!(shapes.find(&scan, &scan.tokens[20..]).is_none(), "of another shape");
}

/// All that the grammar writes out in letters.
#[test]
fn the_words_are_those_of_the_grammar() {
    let grammar = include_str!("../../../../grammar/rolebook.pest");
    let mut words: BTreeSet<String> = BTreeSet::new();
    for line in grammar.lines().map(|line| line.split("//").next().unwrap_or("")) {
        // `"a" ~ ("ctions" | "cts")`: what a word begins with stands before what it ends with.
        let (stem, endings) = match line.split_once(" ~ (\"") {
            Some((stem, endings)) if stem.ends_with('"') => {
                (stem.rsplit('"').nth(1).unwrap_or(""), format!("\"{endings}"))
            }
            _ => ("", line.to_owned()),
        };
        let quoted = endings.split('"').skip(1).step_by(2).map(|ending| format!("{stem}{ending}"));
        words.extend(quoted.filter(|word| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase())));
    }
    assert_eq!(words.iter().map(String::as_str).collect::<Vec<_>>(), WORDS);
}
