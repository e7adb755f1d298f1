//! Findings as people see them: the layout, and the texts that usually break it.

use rolebook::cli::render::plain;
use rolebook::diagnostics::{Code, Diagnostic};
use rolebook::source::{FileId, SourceMap, Span};
use std::time::{Duration, Instant};

/// The span of the first `needle` in a file.
fn find(sources: &SourceMap, file: FileId, needle: &str) -> Span {
    let text = sources.get(file).map_or("", |source| source.text());
    let start = text.find(needle).expect("the needle is in the text");
    at(file, start, start + needle.len())
}

fn at(file: FileId, start: usize, end: usize) -> Span {
    Span::new(file, u32::try_from(start).unwrap(), u32::try_from(end).unwrap())
}

fn file(text: &str) -> (SourceMap, FileId) {
    let mut sources = SourceMap::new();
    let file = sources.add("policy.rolebook", text);
    (sources, file)
}

/// Compares texts given as raw strings that start on their second line.
#[track_caller]
fn shows(sources: &SourceMap, findings: &[Diagnostic], expected: &str) {
    pretty(&plain(sources, findings), expected.strip_prefix('\n').unwrap_or(expected));
}

#[track_caller]
fn pretty(actual: &str, expected: &str) {
    assert!(actual == expected, "--- actual\n{actual}\n--- expected\n{expected}");
}

const ROLE: &str = "type user\nrole team.member extends team.viewr {\n  allow *\n}\n";

#[test]
fn labels_of_several_files_stand_in_one_report() {
    let (mut sources, policy) = file(ROLE);
    let other = sources.add("other.rolebook", "type team\n# viewers\nrole team.viewer\nrole team.admin\n");
    let finding =
        Diagnostic::error(Code::UnknownRole, find(&sources, policy, "team.viewr"), "no role `team.viewr` is declared")
            .here("not declared")
            .label(find(&sources, other, "team.viewer"), "this one is")
            .label(find(&sources, policy, "user"), "and a type")
            .help("did you mean `team.viewer`?");
    shows(
        &sources,
        &[finding],
        r"
error[unknown-role]: no role `team.viewr` is declared
   ╭─[policy.rolebook:2:26]
 1 │ type user
   ·      ──┬─
   ·        ╰── and a type
 2 │ role team.member extends team.viewr {
   ·                          ─────┬────
   ·                               ╰── not declared
 3 │   allow *
   ╰────
   ╭─[other.rolebook:3:6]
 2 │ # viewers
 3 │ role team.viewer
   ·      ─────┬─────
   ·           ╰── this one is
 4 │ role team.admin
   ╰────
  help: did you mean `team.viewer`?

1 error
",
    );
}

#[test]
fn places_far_apart_in_one_file_are_two_blocks() {
    let text = format!("type team\n{}type team\n", "# more\n".repeat(20));
    let (sources, policy) = file(&text);
    let second = text.rfind("team").unwrap();
    let finding =
        Diagnostic::error(Code::DuplicateName, at(policy, second, second + 4), "type `team` is declared twice")
            .here("again here")
            .label(find(&sources, policy, "team"), "first here");
    shows(
        &sources,
        &[finding],
        r"
error[duplicate-name]: type `team` is declared twice
    ╭─[policy.rolebook:22:6]
 21 │ # more
 22 │ type team
    ·      ──┬─
    ·        ╰── again here
    ╰────
   ╭─[policy.rolebook:1:6]
 1 │ type team
   ·      ──┬─
   ·        ╰── first here
 2 │ # more
   ╰────

1 error
",
    );
}

#[test]
fn the_end_of_a_file_can_be_pointed_at() {
    for (text, expected) in [
        ("type a {\n", " 1 │ type a {\n 2 │\n   · ▲\n   · ╰── here\n"),
        ("type a {", " 1 │ type a {\n   ·         ▲\n   ·         ╰── here\n"),
        ("", " 1 │\n   · ▲\n   · ╰── here\n"),
        ("\u{feff}", " 1 │ \u{fffd}\n   ·  ▲\n   ·  ╰── here\n"),
    ] {
        let (sources, policy) = file(text);
        let finding = Diagnostic::error(Code::Syntax, at(policy, text.len(), text.len()), "expected `}`").here("here");
        let position = sources.place(finding.span().unwrap());
        pretty(
            &plain(&sources, &[finding]),
            &format!("error[syntax]: expected `}}`\n   ╭─[{position}]\n{expected}   ╰────\n\n1 error\n"),
        );
    }
}

#[test]
fn places_past_the_end_and_within_a_character_are_brought_into_the_text() {
    let (sources, policy) = file("ä ö\n");
    let findings = [
        Diagnostic::error(Code::Syntax, at(policy, 700, 900), "past the end"),
        Diagnostic::error(Code::Syntax, at(policy, 1, 2), "half a letter"),
        Diagnostic::error(Code::Syntax, at(FileId(9), 1, 2), "of no file"),
    ];
    shows(
        &sources,
        &findings,
        r"
error[syntax]: past the end
   ╭─[policy.rolebook:2:1]
 1 │ ä ö
 2 │
   · ▲
   ╰────

error[syntax]: half a letter
   ╭─[policy.rolebook:1:2]
 1 │ ä ö
   ·  ▲
   ╰────

error[syntax]: of no file

3 errors
",
    );
}

#[test]
fn tabs_crlf_wide_letters_and_control_characters_keep_labels_in_place() {
    let (sources, policy) = file("role 団体.é\r\n\tallow\trun.\u{1b}[31mdelete # \u{202e}x\r\nend\r\n");
    let findings = [
        Diagnostic::error(Code::UnknownType, find(&sources, policy, "団体"), "no type `団体` is declared").here("here"),
        Diagnostic::warning(Code::UnknownAction, find(&sources, policy, "delete"), "no action\tof this \u{7} name")
            .here("here"),
        Diagnostic::warning(Code::Syntax, find(&sources, policy, "\r\nend"), "from the line break on"),
    ];
    shows(
        &sources,
        &findings,
        r"
error[unknown-type]: no type `団体` is declared
   ╭─[policy.rolebook:1:6]
 1 │ role 団体.é
   ·      ──┬─
   ·        ╰── here
 2 │     allow    run.␛[31mdelete # �x
   ╰────

warning[unknown-action]: no action␉of this ␇ name
   ╭─[policy.rolebook:2:17]
 1 │ role 団体.é
 2 │     allow    run.␛[31mdelete # �x
   ·                       ───┬──
   ·                          ╰── here
 3 │ end
   ╰────

warning[syntax]: from the line break on
   ╭─[policy.rolebook:2:28]
 1 │     role 団体.é
 2 │ ╭─▶     allow    run.␛[31mdelete # �x
 3 │ ╰─▶ end
   ╰────

1 error, 2 warnings
",
    );
}

#[test]
fn a_label_over_a_few_lines_is_drawn_and_a_long_one_ends_with_its_first_line() {
    let (sources, policy) = file(ROLE);
    let few = Diagnostic::error(Code::Syntax, find(&sources, policy, "{\n  allow *\n}"), "few").here("all of it");
    shows(
        &sources,
        &[few],
        r"
error[syntax]: few
   ╭─[policy.rolebook:2:37]
 1 │     type user
 2 │ ╭─▶ role team.member extends team.viewr {
 3 │ │     allow *
 4 │ ├─▶ }
   · ╰──── all of it
   ╰────

1 error
",
    );
    let (sources, policy) = file("type a {\n  x: int\n  x: int\n  x: int\n  x: int\n}\ntype b\n");
    let long = Diagnostic::error(Code::Syntax, at(policy, 5, 46), "long").here("from here on");
    shows(
        &sources,
        &[long],
        r"
error[syntax]: long
   ╭─[policy.rolebook:1:6]
 1 │ type a {
   ·      ─┬─
   ·       ╰── from here on
 2 │   x: int
   ╰────

1 error
",
    );
}

#[test]
fn a_line_of_ten_megabytes_is_cut_around_the_label() {
    let text = format!("{}[oops]{}", "a".repeat(5_000_000), "é".repeat(2_500_000));
    let (sources, policy) = file(&text);
    let finding = Diagnostic::error(Code::Syntax, find(&sources, policy, "oops"), "expected a name").here("here");
    shows(
        &sources,
        &[finding],
        r"
error[syntax]: expected a name
   ╭─[policy.rolebook:1:5000002]
 1 │ …aaaaaaaaaaaaaaaaaaaaaaaaaaaaa[oops]ééééééééééééééééééééééééééé…
   ·                                ──┬─
   ·                                  ╰── here
   ╰────

1 error
",
    );
}

#[test]
fn many_places_and_long_messages_are_cut() {
    let text = "role a.b\n".repeat(30);
    let (sources, policy) = file(&text);
    let mut finding = Diagnostic::error(Code::ExtendsCycle, at(policy, 5, 8), "x".repeat(3_000));
    for step in 1..30 {
        finding = finding.label(at(policy, step * 9 + 5, step * 9 + 8), format!("step {step}"));
    }
    let shown = plain(&sources, &[finding]);
    assert_eq!(shown.lines().next().map(|line| line.chars().count()), Some("error[extends-cycle]: ".len() + 1_001));
    assert!(shown.contains("step 7\n") && !shown.contains("step 8"), "{shown}");
    assert!(shown.ends_with("  help: 22 more of these places are not shown\n\n1 error\n"), "{shown}");
}

#[test]
fn thousands_of_findings_in_a_large_file_take_no_time() {
    let text = "role team.member extends team.viewr\n".repeat(100_000);
    let (sources, policy) = file(&text);
    let findings: Vec<Diagnostic> = (0..5_000)
        .map(|n| Diagnostic::error(Code::UnknownRole, at(policy, n * 36 * 20 + 25, n * 36 * 20 + 35), "no such role"))
        .collect();
    let start = Instant::now();
    let shown = plain(&sources, &findings);
    assert!(shown.ends_with("\n5000 errors\n"));
    // A scan of the file for each finding would take minutes.
    assert!(start.elapsed() < Duration::from_secs(10), "took {:?}", start.elapsed());
}
