//! A batch of requests: one JSON line in, one JSON line out, in constant memory.

use super::args::Defaults;
use super::failure::{Failure, reason};
use super::output::Output;
use super::progress::Progress;
use super::{ExitStatus, answer, authzen};
use crate::decide::RequestError;
use crate::diagnostics::{Code, Diagnostic};
use crate::document::{LineKind, LineLimits, next_line};
use crate::engine::{self, Engine};
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

/// A longer line is no request; one without an end, as in `/dev/zero`, is not read on and on.
const LIMITS: LineLimits = LineLimits { length: 1 << 20, endless: 64 << 20 };

/// How much is read at once.
const BUFFER: usize = 1 << 16;

/// Where requests come from.
pub(super) struct Requests {
    name: String,
    reader: BufReader<Box<dyn Read>>,
    /// Its size in bytes, where it is a file that has one.
    size: Option<u64>,
}

impl Requests {
    /// Opens a file, or standard input for `-`.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            let reader = BufReader::with_capacity(BUFFER, Box::new(io::stdin()) as Box<dyn Read>);
            return Ok(Self { name: String::from("standard input"), reader, size: None });
        }
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
        let meta = file.metadata().map_err(|error| unreadable(&name, &error))?;
        if meta.is_dir() {
            return Err(Diagnostic::placeless(Code::UnreadableFile, format!("`{name}` is a folder"))
                .help("name a file with one JSON request a line")
                .into());
        }
        let size = meta.is_file().then_some(meta.len());
        Ok(Self { name, reader: BufReader::with_capacity(BUFFER, Box::new(file)), size })
    }
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Diagnostic::placeless(Code::UnreadableFile, format!("cannot read `{name}`: {}", reason(error))).into()
}

/// Answers every request.
pub(super) fn run(
    engine: &Engine,
    requests: &mut Requests,
    defaults: &Defaults,
    output: &mut Output,
) -> Result<ExitStatus, Failure> {
    let mut progress = Progress::of_steady_output(output, requests.size);
    let mut status = ExitStatus::Success;
    let mut line = Vec::new();
    let mut answered = 0_usize;
    loop {
        if requests.reader.buffer().is_empty() {
            // The next read may wait for the one who waits for these answers.
            output.flush()?;
        }
        let mut bytes = 0;
        let kind = next_line(&mut requests.reader, &mut line, LIMITS, |seen| bytes += seen.len() as u64)
            .map_err(|error| unreadable(&requests.name, &error))?;
        let text = match answered {
            0 => line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line),
            _ => &line,
        };
        let result = match kind {
            LineKind::End => break,
            LineKind::Closed | LineKind::Open if text.iter().all(u8::is_ascii_whitespace) => continue,
            LineKind::Closed | LineKind::Open => authzen::query(text, defaults.at.unwrap_or_else(engine::now))
                .and_then(|mut query| {
                    defaults.complete(&mut query.context);
                    engine.outcome(&query)
                }),
            LineKind::TooLong => Err(too_long(format!("the line is longer than {} bytes", LIMITS.length))),
            LineKind::Endless => {
                let message = format!("the line has no end within {} bytes: nothing more is read", LIMITS.endless);
                Err(too_long(message))
            }
        };
        match result {
            Ok(outcome) => output.json_line(&answer::answer(engine.state().sources(), &outcome))?,
            Err(error) => {
                status = ExitStatus::CouldNotRun;
                output.json_line(&answer::refusal(&error))?;
            }
        }
        if kind == LineKind::Endless {
            break;
        }
        answered += 1;
        progress.advance(bytes, || format!("{answered} requests"));
    }
    Ok(status)
}

fn too_long(message: String) -> RequestError {
    RequestError::new(Code::LineTooLong.as_str(), message, None)
}
