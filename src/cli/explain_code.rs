//! `rolebook explain-code`: what the code of a finding means.

use super::ExitStatus;
use super::failure::Failure;
use super::output::Output;
use crate::analysis::lint;
use crate::decide::RequestError;
use crate::diagnostics::{Code, did_you_mean};
use std::io::Write;

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
        return Err(RequestError {
            code: Code::UnknownCode.as_str(),
            message: format!("no finding has the code `{name}`"),
            help: did_you_mean(&name, Code::ALL.iter().map(|code| code.as_str()))
                .or_else(|| Some(String::from("`rolebook explain-code` lists all codes"))),
        }
        .into());
    };
    writeln!(output, "{code}\n\n{}", code.explanation())?;
    if let Some(lint) = lint::of_code(*code) {
        writeln!(output, "{}", lint.why)?;
        match lint.fix {
            Some(fix) => writeln!(output, "\n`rolebook check --fix` {fix}.")?,
            None => writeln!(output, "\nNothing is fixed by itself: what is meant has to be decided.")?,
        }
        writeln!(output, "`rolebook check --allow {code}` leaves it out, `--deny {code}` has it fail the check.")?;
    }
    Ok(ExitStatus::Success)
}

/// The code in what was copied: `error[CODE]: message` as well as `CODE`.
fn bare(copied: &str) -> String {
    let (_, code) = copied.split_once('[').unwrap_or(("", copied));
    let (code, _) = code.split_once(']').unwrap_or((code, ""));
    code.trim().to_ascii_lowercase().replace('_', "-")
}
