//! A progress bar for work that takes longer than somebody likes to wait in the dark.

use super::output::Output;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(2);

/// A bar on standard error that appears after [`PATIENCE`], and only where somebody watches.
pub(super) struct Progress {
    started: Instant,
    total: Option<u64>,
    watched: bool,
    done: u64,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// For work of `total` units, where that is known.
    pub(super) fn new(output: &Output, total: Option<u64>) -> Self {
        Self { started: Instant::now(), total, watched: output.watched(), done: 0, bar: None }
    }

    /// For work that shows how far it is by what it prints: no bar where that scrolls by.
    pub(super) fn of_steady_output(output: &Output, total: Option<u64>) -> Self {
        let mut progress = Self::new(output, total);
        progress.watched &= !output.scrolls();
        progress
    }

    /// Takes the bar away while something is printed.
    pub(super) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Counts work done; `message` says at what.
    pub(super) fn advance(&mut self, units: u64, message: impl FnOnce() -> String) {
        self.done = self.done.saturating_add(units);
        if !self.watched {
            return;
        }
        if self.bar.is_none() && self.started.elapsed() >= PATIENCE {
            let bar = ProgressBar::with_draw_target(self.total, ProgressDrawTarget::stderr());
            let template = if self.total.is_some() { "{wide_bar} {percent}% {msg}" } else { "{spinner} {msg}" };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            self.bar = Some(bar);
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
            bar.set_message(message());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
