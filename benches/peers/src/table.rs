//! The result as a Markdown table.

use crate::measure::Measured;
use std::time::Duration;

/// Prints one table. Ratios are to the row named `base`: how many times as long the others take.
pub(crate) fn print(size: &str, base: &str, rows: &[Measured]) {
    let base = rows.iter().find(|row| row.name == base);
    let ratio = |of: fn(&Measured) -> Option<Duration>, row: &Measured| match (of(row), base.and_then(of)) {
        (Some(time), Some(base)) => format!("{} ({})", shown(time), times(time.as_secs_f64() / base.as_secs_f64())),
        (Some(time), None) => shown(time),
        _ => String::from("–"),
    };
    println!("| at {size} | one check | load | memory | list runs X may delete | who may delete run Y |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for row in rows {
        let memory =
            row.bytes.map_or_else(|| String::from("–"), |bytes| format!("{:.1} MiB", bytes as f64 / 1_048_576.0));
        println!(
            "| {} | {} | {} | {memory} | {} | {} |",
            row.name,
            ratio(|row| Some(row.check), row),
            row.load.map_or_else(|| String::from("–"), shown),
            ratio(|row| row.list, row),
            ratio(|row| row.who, row),
        );
    }
    println!();
}

/// Three digits and a unit.
fn shown(time: Duration) -> String {
    let nanoseconds = time.as_secs_f64() * 1e9;
    let (value, unit) = match nanoseconds {
        ..1e3 => (nanoseconds, "ns"),
        ..1e6 => (nanoseconds / 1e3, "µs"),
        ..1e9 => (nanoseconds / 1e6, "ms"),
        _ => (nanoseconds / 1e9, "s"),
    };
    format!("{} {unit}", digits(value))
}

fn times(ratio: f64) -> String {
    format!("{}×", digits(ratio))
}

fn digits(value: f64) -> String {
    match value {
        ..10.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
