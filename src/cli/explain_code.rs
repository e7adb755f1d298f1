//! `rolebook explain-code`: what the code of a finding means.

use super::ExitStatus;
use super::failure::Failure;
use super::output::Output;
use crate::analysis::lint::Warning;
use crate::decide::RequestError;
use crate::diagnostics::{Code, did_you_mean};
use std::io::{self, Write};

const AFTER_HELP: &str = "\
Examples:
  rolebook explain-code unknown-role             what `error[unknown-role]` means
  rolebook explain-code 'error[unknown-role]'    the same
  rolebook explain-code                          all codes";

/// Say what the code of a finding means.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// The code, or what it stands in, as `error[CODE]`; without one, all are listed
    code: Option<String>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let Some(name) = &args.code else {
        let width = Code::ALL.iter().map(|code| code.as_str().len()).max().unwrap_or(0);
        for code in Code::ALL {
            writeln!(output, "{:width$}  {}", code.as_str(), code.explanation())?;
        }
        return Ok(ExitStatus::Success);
    };
    let name = bare(name);
    let Some(code) = Code::ALL.iter().find(|code| code.as_str() == name) else {
        return Err(RequestError::new(
            Code::UnknownCode.as_str(),
            format!("no finding has the code `{name}`"),
            did_you_mean(&name, Code::ALL.iter().map(|code| code.as_str()))
                .or_else(|| Some(String::from("`rolebook explain-code` lists all codes"))),
        )
        .into());
    };
    writeln!(output, "{code}\n\n{}", code.explanation())?;
    match Warning::of_code(*code) {
        Some(warning) => write_warning(warning, output)?,
        None => writeln!(output, "\nIt is an error, and no level can be given to it.")?,
    }
    Ok(ExitStatus::Success)
}

/// Why it matters, what to do about it, and how grave it is.
fn write_warning(warning: &Warning, output: &mut Output) -> io::Result<()> {
    let Warning { code, why, remedy, fix } = warning;
    writeln!(output, "{why}\n\n{remedy}")?;
    match fix {
        Some(fix) => writeln!(output, "`rolebook check --fix` {fix}.")?,
        None => writeln!(output, "`rolebook check --fix` leaves it: what is meant has to be decided.")?,
    }
    writeln!(
        output,
        "\nIt is a warning, unless another level is given to it: `--allow {code}` leaves it out, `--deny {code}`"
    )?;
    writeln!(
        output,
        "has it fail the check, and `{code} = \"allow\"` under `[lints]` in `rolebook.toml` goes for everybody."
    )
}

/// The code in what was copied: `error[CODE]: message` as well as `CODE`.
fn bare(copied: &str) -> String {
    let (_, code) = copied.split_once('[').unwrap_or(("", copied));
    let (code, _) = code.split_once(']').unwrap_or((code, ""));
    code.trim().to_ascii_lowercase().replace('_', "-")
}
