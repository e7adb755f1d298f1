//! Where a command's result goes, and whether in colour.

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

/// A word said with approval.
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// A word said with disapproval.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// A word about something open.
pub(super) const OPEN: Style = AnsiColor::Yellow.on_default().bold();
/// What the lines below it speak of.
pub(super) const NAME: Style = Style::new().bold();
/// What is beside the point, such as places.
pub(super) const FAINT: Style = Style::new().dimmed();

/// Standard output, buffered; styles are dropped where they are not wanted (no terminal, `NO_COLOR`).
pub(super) struct Output {
    out: BufWriter<AutoStream<StdoutLock<'static>>>,
}

impl Output {
    pub(super) fn new() -> Self {
        Self { out: BufWriter::new(AutoStream::auto(io::stdout().lock())) }
    }

    /// Whether findings on standard output are in colour.
    pub(super) fn colour(&self) -> bool {
        AutoStream::choice(&io::stdout()) != ColorChoice::Never
    }

    /// Whether findings on standard error are in colour.
    pub(super) fn error_colour(&self) -> bool {
        AutoStream::choice(&io::stderr()) != ColorChoice::Never
    }

    /// Whether somebody watches standard error.
    pub(super) fn watched(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Whether the result scrolls by on a terminal.
    pub(super) fn scrolls(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Writes what is buffered. To be called at the end, as an error in dropping goes unseen.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// A value as one line of JSON.
    pub(super) fn json_line(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, value)?;
        self.out.write_all(b"\n")
    }

    /// A value as JSON for reading.
    pub(super) fn json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.out, value)?;
        self.out.write_all(b"\n")
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
