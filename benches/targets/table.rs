//! The table of targets.

use std::time::Duration;

/// What a ratio should be.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

/// A target.
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    pub(crate) measured: String,
    /// What it is held to: a time of something else, or a limit.
    pub(crate) held_to: String,
    pub(crate) ratio: f64,
    pub(crate) goal: Goal,
}

impl Row {
    /// One time held to another, in nanoseconds.
    pub(crate) fn times(what: impl Into<String>, measured: f64, held_to: f64, at_most: f64) -> Self {
        Self {
            what: what.into(),
            measured: time(measured),
            held_to: time(held_to),
            ratio: measured / held_to,
            goal: Goal::AtMost(at_most),
        }
    }

    /// A time held to a limit.
    pub(crate) fn limit(what: impl Into<String>, measured: Duration, limit: Duration) -> Self {
        Self::times(what, measured.as_nanos() as f64, limit.as_nanos() as f64, 1.0)
    }
}

pub(crate) fn head() {
    println!("| | measured | held to | ratio | target | |");
    println!("| --- | --- | --- | --- | --- | --- |");
}

pub(crate) fn print(rows: &[Row]) {
    for Row { what, measured, held_to, ratio, goal } in rows {
        let (target, met) = match goal {
            Goal::AtMost(most) => (format!("≤ {most}"), ratio <= most),
            Goal::AtLeast(least) => (format!("≥ {least}"), ratio >= least),
        };
        let met = if met { "met" } else { "missed" };
        println!("| {what} | {measured} | {held_to} | {ratio:.2} | {target} | {met} |");
    }
}

/// Nanoseconds with three digits and a unit.
pub(crate) fn time(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        ..1e3 => (nanoseconds, "ns"),
        ..1e6 => (nanoseconds / 1e3, "µs"),
        ..1e9 => (nanoseconds / 1e6, "ms"),
        _ => (nanoseconds / 1e9, "s"),
    };
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}
