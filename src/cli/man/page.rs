//! One page: the parts that every command has, and what stands below its options in the help, by its words.

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::io;

/// What stands below the options in the help of a command.
#[derive(Default)]
struct Notes<'t> {
    /// Paragraphs, each with its lines.
    about: Vec<Vec<&'t str>>,
    exit_status: Vec<&'t str>,
    examples: Vec<&'t str>,
}

/// The name that a page has: `rolebook`, `rolebook-can`.
pub(super) fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

/// The page of a command, in roff; `root` is the command that all others belong to.
pub(super) fn of(command: &Command, root: &Command) -> io::Result<Vec<u8>> {
    let version = root.get_version().unwrap_or_default();
    let man = Man::new(command.clone()).source(format!("{} {version}", root.get_name())).manual("Rolebook Manual");
    let text = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    let notes = Notes::of(&text);
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    description(command, &notes).to_writer(&mut page)?;
    man.render_options_section(&mut page)?;
    let mut rest = Roff::new();
    commands(command, &mut rest);
    if !notes.exit_status.is_empty() {
        rest.control("SH", ["EXIT STATUS"]);
        flowing(&notes.exit_status, &mut rest);
    }
    if !notes.examples.is_empty() {
        rest.control("SH", ["EXAMPLES"]);
        as_it_stands(&notes.examples, &mut rest);
    }
    see_also(command, root, &mut rest);
    rest.to_writer(&mut page)?;
    Ok(once_only(&page))
}

/// A page without what each of its parts begins with, but for the first: how quotation marks are written.
fn once_only(page: &[u8]) -> Vec<u8> {
    let mut seen = Vec::new();
    let mut lines = Vec::new();
    for line in page.split_inclusive(|&byte| byte == b'\n') {
        let prologue = line.starts_with(b".ie ") || line.starts_with(b".el ");
        if !(prologue && seen.contains(&line)) {
            lines.extend_from_slice(line);
        }
        if prologue {
            seen.push(line);
        }
    }
    lines
}

impl<'t> Notes<'t> {
    fn of(text: &'t str) -> Self {
        let mut notes = Self::default();
        for paragraph in text.split("\n\n") {
            let mut lines: Vec<&str> = paragraph.lines().collect();
            match lines.first() {
                Some(&"Examples:") => notes.examples = lines.split_off(1),
                Some(line) if line.starts_with("Exit status: ") => {
                    if let Some(first) = lines.first_mut() {
                        *first = first.trim_start_matches("Exit status: ");
                    }
                    notes.exit_status = lines;
                }
                Some(_) => notes.about.push(lines),
                None => {}
            }
        }
        notes
    }
}

fn description(command: &Command, notes: &Notes<'_>) -> Roff {
    let mut page = Roff::new();
    page.control("SH", ["DESCRIPTION"]);
    if let Some(about) = command.get_long_about().or_else(|| command.get_about()) {
        page.text([roman(about.to_string())]);
    }
    for paragraph in &notes.about {
        page.control("PP", []);
        flowing(paragraph, &mut page);
    }
    page
}

/// Lines that are filled up; those that are set in stay as they are.
fn flowing(lines: &[&str], page: &mut Roff) {
    for part in lines.chunk_by(|one, other| is_set_in(one) == is_set_in(other)) {
        if part.iter().all(|line| is_set_in(line)) {
            as_it_stands(part, page);
        } else {
            page.text([roman(part.join(" "))]);
        }
    }
}

fn is_set_in(line: &str) -> bool {
    line.starts_with("  ")
}

fn as_it_stands(lines: &[&str], page: &mut Roff) {
    page.control("nf", []);
    for line in lines {
        page.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
    }
    page.control("fi", []);
}

/// The commands below one, each with its page.
fn commands(command: &Command, page: &mut Roff) {
    if !command.has_subcommands() {
        return;
    }
    page.control("SH", ["COMMANDS"]);
    for command in command.get_subcommands() {
        page.control("TP", []);
        page.text([bold(name(command)), roman("(1)")]);
        page.text([roman(command.get_about().map(ToString::to_string).unwrap_or_default())]);
    }
}

fn see_also(command: &Command, root: &Command, page: &mut Roff) {
    if command.get_name() == root.get_name() {
        return;
    }
    page.control("SH", ["SEE ALSO"]);
    page.text([bold(name(root)), roman("(1)")]);
}
