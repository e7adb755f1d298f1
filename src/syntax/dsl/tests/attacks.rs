//! Texts made to break a reader: it answers all of them, soon, and says something about each.

use super::{ACME, read, told};
use crate::diagnostics::Code;
use crate::source::{FileId, Span};
use crate::syntax::dsl::fragment;
use std::time::{Duration, Instant};

/// A fraction of what a reader takes whose cost is the square of a text's length, on a busy machine without optimizing.
const SOON: Duration = Duration::from_secs(8);

#[test]
fn nesting_is_refused_before_it_is_followed() {
    let deep = 100_000;
    let texts = [
        format!("allow a.b when {}", "(".repeat(deep)),
        format!("allow a.b when {}x{}", "(".repeat(deep), ")".repeat(deep)),
        format!("allow a.b when x == {}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("policy p {{ x = {} }}", "[".repeat(deep)),
        format!("type a {}", "{".repeat(deep)),
        "{".repeat(deep),
        format!("allow a.b when {}x", "not ".repeat(deep)),
        format!("allow a.b when {}x", "not (".repeat(deep)),
        format!("type a {{ x: {}", "set<".repeat(deep)),
        format!("allow {}", "a.{".repeat(deep)),
        format!("allow a.b when {}", "([{".repeat(deep)),
        format!("({}{}", "{[".repeat(deep), ")".repeat(deep)),
    ];
    for text in texts {
        let start = Instant::now();
        let (_, parsed) = read(&text);
        let taken = start.elapsed();
        let codes: Vec<_> = parsed.diagnostics.iter().map(|finding| finding.code).collect();
        assert!(codes.contains(&Code::NestingTooDeep), "{codes:?} for {:.60}", text);
        assert!(taken < SOON, "{taken:?} for {text:.60}");
    }
    let place = |start, end| Span::new(FileId(0), start, end);
    let parsed = fragment::expression(&"(".repeat(deep), &place);
    assert_eq!(parsed.diagnostics.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::NestingTooDeep]);
}

#[test]
fn nesting_up_to_the_limit_is_read() {
    for text in [
        format!("allow a.b when {}x{}", "(".repeat(64), ")".repeat(64)),
        format!("allow a.b when {}x{}", "not (".repeat(32), ")".repeat(32)),
        format!("allow a.b when {}x", "not ".repeat(64)),
        format!("policy p {{ x = {}{} }}", "[".repeat(63), "]".repeat(63)),
        format!("type a {{ x: {}int{} }}", "set<".repeat(63), ">".repeat(63)),
        format!("allow a.b when {}", "(x) and not y or ".repeat(100) + "z"),
    ] {
        let (sources, parsed) = read(&text);
        assert_eq!(told(&sources, &parsed.diagnostics), "", "{text:.60}");
    }
    let (sources, parsed) = read(&format!("type a\nallow a.b when {}x{}\ntype b {{", "(".repeat(65), ")".repeat(65)));
    assert_eq!(
        told(&sources, &parsed.diagnostics),
        "2:80 «(» nesting-too-deep: this nests more than 64 levels deep\n3:8 «{» syntax: this `{` is never closed\n"
    );
    assert_eq!(parsed.tree.items.len(), 3);
}

#[test]
fn long_texts_are_read_in_time() {
    let n = 8_000;
    let texts = [
        format!("type {}", "a".repeat(100_000)),
        format!("import \"{}", "a".repeat(100_000)),
        format!("import \"{}\"", "a".repeat(100_000)),
        format!("policy p {{ x = {} }}", "9".repeat(100_000)),
        format!("allow a.b when a #{}\n and b", "z".repeat(100_000)),
        format!("allow a.b when {} or", vec!["x"; n].join(" or ")),
        format!("allow a.b when a{}", " == a".repeat(n)),
        format!("allow a.b when a{}", ".b".repeat(n)),
        format!("type a {{ actions {} }}", "a,".repeat(n)),
        format!("type a {{\n{} }}", " action view\n".repeat(n)),
        format!("type a {{\n x: bool foo\n{}}}", " setx bar\n".repeat(n)),
        format!("role a.b {{\n{}}}", " allow a.b when (x\n".repeat(n)),
        format!("role a.b {} foo", "extends a.b ".repeat(n)),
        "allow a.b {\n".repeat(n),
        "zzz {\nallow a.b {\n".repeat(n),
        "type a {\n".repeat(n),
        "allow a.b when (x\n".repeat(n),
        "custom role ".repeat(n),
        "open ".repeat(n),
        "when ".repeat(n),
        "a-".repeat(n),
        "}".repeat(n),
        ";".repeat(n),
        "\"\n".repeat(n),
        "'".repeat(n),
        "## x\n".repeat(n),
        "\u{0}".repeat(n),
    ];
    for text in texts {
        let start = Instant::now();
        let (_, parsed) = read(&text);
        let taken = start.elapsed();
        assert!(taken < SOON, "{taken:?} for {text:.60}");
        let whole =
            text.starts_with("type aaa") || text.contains("aaa\"") || text.contains('#') || text.contains(".b.b");
        assert_eq!(parsed.diagnostics.iter().all(|finding| !finding.is_error()), whole, "{text:.60}");
    }
}

#[test]
fn characters_that_do_not_show_are_refused_wherever_they_stand() {
    for (text, place, words) in [
        ("type a\u{0}", "1:7", "\u{0}"),
        ("# a\u{0}b\ntype a", "1:4", "\u{0}"),
        ("import \"a\u{202e}b\"", "1:10", "\u{202e}"),
        ("type a # x\u{2066}", "1:11", "\u{2066}"),
        ("type\u{200b} a", "1:5", "\u{200b}"),
        ("type a\u{feff}", "1:7", "\u{feff}"),
    ] {
        let (sources, parsed) = read(text);
        let found = told(&sources, &parsed.diagnostics);
        assert!(found.starts_with(&format!("{place} «{words}» syntax: found the ")), "{text:?}: {found}");
        assert_eq!(parsed.diagnostics.len(), 1, "{text:?}: {found}");
    }
}

/// A generator of numbers that is the same on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (bound.max(1) as u64)).unwrap_or(0)
    }
}

/// Pieces that a text is spoilt with.
const SPOILERS: [&str; 44] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    ",",
    ".",
    ":",
    ";",
    "=",
    "==",
    "\"",
    "'",
    "#",
    "##",
    "\n",
    "\\",
    "&&",
    "|",
    "!",
    "?",
    "*",
    "-",
    "\u{0}",
    "é",
    "\u{feff}",
    "not ",
    "when ",
    "in ",
    "allow ",
    "role ",
    "type x",
    "policy p {",
    "open ",
    "set<",
    "99999999999999999999",
    "30w",
    "and ",
    "\ndeny ",
    "\ncontext {",
    " in a:b ",
];

#[test]
fn no_mutation_breaks_the_reader() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for _ in 0..4_000 {
        let mut text = ACME.to_owned();
        for _ in 0..=numbers.below(6) {
            let mut at = numbers.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let mut end = (at + numbers.below(40)).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            match numbers.below(4) {
                0 => text.replace_range(at..end, ""),
                1 => text.truncate(at),
                2 => {
                    let twice = text[at..end].to_owned();
                    text.insert_str(at, &twice);
                }
                _ => text.insert_str(at, SPOILERS[numbers.below(SPOILERS.len())]),
            }
        }
        sane(&text);
    }
}

#[test]
fn no_salad_of_words_breaks_the_reader() {
    let mut numbers = Numbers(42);
    let words: Vec<&str> = ACME.split_inclusive([' ', '\n', '.', '{', '}', ':', ',']).chain(SPOILERS).collect();
    for _ in 0..2_000 {
        let text: String = (0..numbers.below(60)).map(|_| words[numbers.below(words.len())]).collect();
        sane(&text);
    }
}

/// A text is read without panic, every place lies in it, and what does not come out whole is told of.
fn sane(text: &str) {
    let (_, parsed) = read(text);
    for finding in &parsed.diagnostics {
        assert!(!finding.labels.is_empty(), "{finding:?} has no place in {text:?}");
        for label in &finding.labels {
            let words = text.get(label.span.start as usize..label.span.end as usize);
            assert!(words.is_some(), "{finding:?} lies outside of {text:?}");
        }
        let words = [&finding.message, finding.help.as_ref().unwrap_or(&finding.message)];
        let internal = ["kw_", "_decl", "_mark", "something else", "EOI"];
        assert!(!internal.iter().any(|name| words.iter().any(|text| text.contains(name))), "{finding:?}");
    }
    if text.trim().is_empty() {
        assert_eq!(parsed.diagnostics.len(), 1);
    }
}
