//! `rolebook fmt`: files in their one layout.

use super::failure::{self, Failure};
use super::input::{self, Input, form_of};
use super::output::{GOOD, Output};
use super::{ExitStatus, file_diff, render};
use crate::diagnostics::{self, Code, Diagnostic};
use crate::engine::{self, Rewritten};
use crate::format;
use crate::source::SourceMap;
use crate::workspace;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
Lays out policy text and YAML: line ends, white space and indentation change, comments and meaning
do not. A folder stands for all below it: *.rolebook, directories, tests, and other YAML files that
begin with `rolebook: 1`; hidden files are left out. A file that is named is laid out whatever it
holds, by the ending of its name. Files that cannot be read are reported and left alone; the others
are laid out all the same.

Exit status: 0 done, or nothing to change; 1 a file is laid out otherwise (--check);
2 could not run, also where one of the files cannot be read or parsed.

Examples:
  rolebook fmt                                   everything below the current folder
  rolebook fmt --check policies                  what would change? for a pipeline
  rolebook fmt acme.rolebook directory.yaml
  rolebook fmt - --stdin-path acme.rolebook      for an editor: standard input to standard output";

/// Lay out policies, directories and tests in one way.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// Files, folders, or `-` for standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write nothing; show what would change
    #[arg(long)]
    check: bool,
    /// The name that standard input goes by: findings show it, and its ending says how the text is written [default: as
    /// it begins]
    #[arg(long, value_name = "PATH")]
    stdin_path: Option<PathBuf>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        return filter(args, output);
    }
    if args.stdin_path.is_some() {
        return Err(usage("`--stdin-path` names standard input, which is not read", "write `rolebook fmt -`"));
    }
    let mut run = Run::default();
    for (path, named) in input::find(&args.paths)? {
        match input::read(&path, named) {
            Ok(Some(input)) => run.file(input, args.check, output)?,
            Ok(None) => {}
            Err(finding) => run.findings.push(finding),
        }
    }
    run.report(args, output)
}

/// Standard input to standard output.
fn filter(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    if args.paths.len() > 1 {
        return Err(usage("`-` stands for standard input and nothing else", "name files and folders in another run"));
    }
    let form = args.stdin_path.as_deref().map(form_of).transpose()?;
    let input = input::standard(args.stdin_path.as_deref(), form)?;
    let mut sources = SourceMap::new();
    let laid_out = match lay_out(&input, &mut sources) {
        Ok(laid_out) => laid_out,
        Err(diagnostics) => return Err(engine::LoadError { sources, diagnostics }.into()),
    };
    if !args.check {
        output.write_all(laid_out.as_bytes())?;
        return Ok(ExitStatus::Success);
    }
    if laid_out == input.text {
        return Ok(ExitStatus::Success);
    }
    file_diff::text(&Rewritten { path: input.path, before: input.text, after: laid_out }, output)?;
    Ok(ExitStatus::Negative)
}

/// What became of the files so far.
#[derive(Default)]
struct Run {
    sources: SourceMap,
    findings: Vec<Diagnostic>,
    files: usize,
    changed: usize,
}

impl Run {
    fn file(&mut self, input: Input, check: bool, output: &mut Output) -> io::Result<()> {
        match lay_out(&input, &mut self.sources) {
            Err(findings) => self.findings.extend(findings),
            Ok(laid_out) if laid_out == input.text => self.files += 1,
            Ok(laid_out) => {
                self.files += 1;
                self.changed += 1;
                let file = Rewritten { path: input.path, before: input.text, after: laid_out };
                if check {
                    file_diff::text(&file, output)?;
                    writeln!(output)?;
                } else {
                    // One at a time: what is wrong with one file is no reason to leave the others as they are.
                    match engine::write(std::slice::from_ref(&file)) {
                        Ok(()) => writeln!(output, "{GOOD}wrote{GOOD:#} {}", shown(&file.path))?,
                        Err(finding) => self.findings.push(finding),
                    }
                }
            }
        }
        Ok(())
    }

    fn report(mut self, args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
        if self.files == 0 && self.findings.is_empty() {
            let names: Vec<String> = args.paths.iter().map(|path| format!("`{}`", path.display())).collect();
            let message = format!("nothing to lay out in {}", names.join(", "));
            return Err(Diagnostic::placeless(Code::NoPolicyFiles, message).into());
        }
        let files = render::counted(self.files, "file");
        match (self.changed, args.check) {
            (0, _) if self.files == 0 => {}
            (0, _) => writeln!(output, "{GOOD}ok{GOOD:#}: nothing to change in {files}")?,
            (changed, true) => writeln!(output, "laid out otherwise: {changed} of {files}")?,
            (_, false) => {}
        }
        if !self.findings.is_empty() {
            output.flush()?;
            diagnostics::sort(&mut self.findings);
            failure::findings(&self.sources, &self.findings, output)?;
            return Ok(ExitStatus::CouldNotRun);
        }
        Ok(if args.check && self.changed > 0 { ExitStatus::Negative } else { ExitStatus::Success })
    }
}

fn lay_out(input: &Input, sources: &mut SourceMap) -> Result<String, Vec<Diagnostic>> {
    let name = input.path.display().to_string();
    let file = workspace::add_text(sources, &name, &input.text);
    format::format(input.form, file, &input.text)
}

fn shown(path: &Path) -> String {
    render::legible(&path.display().to_string())
}

fn usage(message: &str, help: &str) -> Failure {
    Diagnostic::placeless(Code::InvalidRequest, message).help(help).into()
}
