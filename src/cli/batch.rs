//! A batch of requests: one JSON line in, one JSON line out, in constant memory.

use super::args::Defaults;
use super::failure::{Failure, reason};
use super::output::Output;
use super::progress::Progress;
use super::{ExitStatus, answer, authzen};
use crate::decide::RequestError;
use crate::diagnostics::{Code, Diagnostic};
use crate::engine::{self, Engine};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

/// A line longer than this is no request.
const LINE_LIMIT: usize = 1 << 20;

/// A line longer than this has no end, as in `/dev/zero`: what follows is not read.
const ENDLESS: u64 = 64 << 20;

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

/// What the next line is.
enum Line {
    End,
    Text,
    TooLong,
    Endless,
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
        let (kind, bytes) =
            next_line(&mut requests.reader, &mut line).map_err(|error| unreadable(&requests.name, &error))?;
        let text = match answered {
            0 => line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line),
            _ => &line,
        };
        let result = match kind {
            Line::End => break,
            Line::Text if text.iter().all(u8::is_ascii_whitespace) => continue,
            Line::Text => authzen::query(text, defaults.at.unwrap_or_else(engine::now)).and_then(|mut query| {
                defaults.complete(&mut query.context);
                engine.outcome(&query)
            }),
            Line::TooLong => Err(too_long(format!("the line is longer than {LINE_LIMIT} bytes"))),
            Line::Endless => Err(too_long(format!("the line has no end within {ENDLESS} bytes: nothing more is read"))),
        };
        match result {
            Ok(outcome) => output.json_line(&answer::answer(engine.state().sources(), &outcome))?,
            Err(error) => {
                status = ExitStatus::CouldNotRun;
                output.json_line(&answer::refusal(&error))?;
            }
        }
        if matches!(kind, Line::Endless) {
            break;
        }
        answered += 1;
        progress.advance(bytes, || format!("{answered} requests"));
    }
    Ok(status)
}

fn too_long(message: String) -> RequestError {
    RequestError { code: Code::LineTooLong.as_str(), message, help: None }
}

/// Reads a line without its line break into `line`, and says how many bytes it took. What is too long is passed over.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<(Line, u64)> {
    line.clear();
    let mut taken = 0_u64;
    let mut too_long = false;
    loop {
        let buffer = match reader.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            let end = taken == 0;
            return Ok((
                if end {
                    Line::End
                } else if too_long {
                    Line::TooLong
                } else {
                    Line::Text
                },
                taken,
            ));
        }
        let stop = buffer.iter().position(|&byte| byte == b'\n');
        let part = buffer.get(..stop.unwrap_or(buffer.len())).unwrap_or(&[]);
        if line.len() + part.len() > LINE_LIMIT {
            too_long = true;
            line.clear();
        }
        if !too_long {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(stop.is_some());
        taken += used as u64;
        reader.consume(used);
        if too_long && stop.is_none() && taken > ENDLESS {
            return Ok((Line::Endless, taken));
        }
        if stop.is_some() {
            return Ok((if too_long { Line::TooLong } else { Line::Text }, taken));
        }
    }
}
