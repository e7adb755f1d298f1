//! `rolebook inspect`: what is in a compiled file.

use super::ExitStatus;
use super::args::Format;
use super::failure::Failure;
use super::output::{FAINT, NAME, Output};
use super::render;
use crate::engine::{Inspection, inspect};
use serde::Serialize;
use std::io::{self, Write};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Exit status: 0, or 2 could not run: the file is damaged, or of another format.

The fingerprint is of the file's header and table of sections, and so of all checksums: two files of
one fingerprint hold the same.

Examples:
  rolebook inspect acme.compiled
  rolebook inspect acme.compiled --format json";

/// Show what a compiled file holds, and that it is sound.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// The file
    file: PathBuf,
    /// The form of the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let found = inspect(&args.file)?;
    match args.format {
        Format::Text => text(&args.file.display().to_string(), &found, output)?,
        Format::Json => output.json(&JsonInspection::of(&found))?,
    }
    Ok(ExitStatus::Success)
}

fn text(name: &str, found: &Inspection, output: &mut Output) -> io::Result<()> {
    let Inspection { format, identity, about, files, sections } = found;
    let counts = &about.counts;
    writeln!(
        output,
        "{NAME}{}{NAME:#}: format {format}, {} bytes, fingerprint {:016x}",
        render::legible(name),
        identity.length,
        identity.checksum
    )?;
    writeln!(output, "compiled by rolebook {}", render::legible(&about.version))?;
    if let Some(package) = &about.package {
        writeln!(output, "package {}", render::legible(package))?;
    }
    let rows = [
        ("types", counts.types),
        ("permissions", counts.permissions),
        ("roles", counts.roles),
        ("custom roles among them", counts.custom_roles),
        ("rules", counts.rules),
        ("settings", counts.settings),
        ("org policies", counts.org_policies),
        ("entities", counts.entities),
        ("assignments", counts.assignments),
    ];
    writeln!(output)?;
    for (name, count) in rows {
        writeln!(output, "{count:>12}  {name}")?;
    }
    writeln!(output, "\nmade of")?;
    for (file, policy, length) in files {
        let kind = if *policy { "policy" } else { "directory" };
        writeln!(output, "{length:>12}  {} {FAINT}{kind}{FAINT:#}", render::legible(file))?;
    }
    writeln!(output, "\nsections")?;
    for section in sections {
        let rows = section.bytes.len().checked_div(section.row).unwrap_or(0);
        let rows = if section.row == 1 { String::new() } else { render::counted(rows, "row") };
        writeln!(output, "{:>12}  {:20} {FAINT}{rows}{FAINT:#}", section.bytes.len(), section.section.name())?;
    }
    Ok(())
}

#[derive(Serialize)]
struct JsonInspection<'a> {
    format: u32,
    bytes: u64,
    fingerprint: String,
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<&'a str>,
    counts: &'a crate::workspace::compiled::Counts,
    files: Vec<JsonFile<'a>>,
    sections: Vec<JsonSection>,
}

#[derive(Serialize)]
struct JsonFile<'a> {
    name: &'a str,
    kind: &'static str,
    bytes: u32,
}

#[derive(Serialize)]
struct JsonSection {
    name: &'static str,
    number: u32,
    start: usize,
    bytes: usize,
    row: usize,
    checksum: String,
}

impl<'a> JsonInspection<'a> {
    fn of(found: &'a Inspection) -> Self {
        let file = |(name, policy, bytes): &'a (String, bool, u32)| JsonFile {
            name,
            kind: if *policy { "policy" } else { "directory" },
            bytes: *bytes,
        };
        let sections = found.sections.iter().map(|section| JsonSection {
            name: section.section.name(),
            number: section.section.number(),
            start: section.bytes.start,
            bytes: section.bytes.len(),
            row: section.row,
            checksum: format!("{:016x}", section.checksum),
        });
        Self {
            format: found.format,
            bytes: found.identity.length,
            fingerprint: format!("{:016x}", found.identity.checksum),
            version: &found.about.version,
            package: found.about.package.as_deref(),
            counts: &found.about.counts,
            files: found.files.iter().map(file).collect(),
            sections: sections.collect(),
        }
    }
}
