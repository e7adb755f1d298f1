//! The result in Markdown: a table, and what comes of it.

use crate::measure::{Nanoseconds, Row, Taken};

/// Prints one table. In brackets stands how many times as long as Rolebook something takes, numbers against its ids and
/// strings against its strings.
pub(crate) fn print(size: &str, rows: &[Row]) {
    println!(
        "| at {size} | one check | of many at once | load | memory | list runs X may delete | who may delete run Y |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for row in rows {
        let base = rows.iter().find(|base| base.numbers == row.numbers && base.name.starts_with(OURS));
        let check = |of: fn(&Row) -> Option<Nanoseconds>| cell(of(row).map(plain), base.and_then(of));
        let reverse = |of: fn(&Row) -> Option<Taken>| cell(of(row), base.and_then(of).map(|base| base.time));
        println!(
            "| {} | {} | {} | {} | {} | {} | {} |",
            row.name,
            check(|row| row.check),
            check(|row| row.many),
            row.load.map_or_else(none, shown),
            row.bytes.map_or_else(none, weighed),
            reverse(|row| row.list),
            reverse(|row| row.who),
        );
    }
    println!();
    for line in conclusions(rows) {
        println!("- {line}");
    }
    println!();
}

/// How the names of Rolebook's own rows begin.
const OURS: &str = "Rolebook";
/// How the names of the rows of the structure written by hand begin.
const BY_HAND: &str = "by hand";

/// How Rolebook stands to the structure written by hand, and to the fastest of the other engines.
fn conclusions(rows: &[Row]) -> Vec<String> {
    let best = |numbers: bool, ours: bool, of: fn(&Row) -> Option<Nanoseconds>| {
        let hand = |row: &&Row| row.name.starts_with(BY_HAND) && row.numbers == numbers;
        let own = |row: &&Row| row.name.starts_with(OURS) && row.numbers == numbers;
        rows.iter().find(|row| if ours { own(row) } else { hand(row) }).and_then(of)
    };
    let ratio = |one: Option<Nanoseconds>, other: Option<Nanoseconds>| Some(one? / other?);
    let fastest = |of: fn(&Row) -> Option<Nanoseconds>| {
        let others = rows.iter().filter(|row| !row.name.starts_with(OURS) && !row.name.starts_with(BY_HAND));
        others.filter_map(of).reduce(f64::min)
    };
    let checks: fn(&Row) -> Option<Nanoseconds> = |row| row.check;
    let lists: fn(&Row) -> Option<Nanoseconds> = |row| row.list.map(|taken| taken.time);
    let who: fn(&Row) -> Option<Nanoseconds> = |row| row.who.map(|taken| taken.time);
    let many: fn(&Row) -> Option<Nanoseconds> = |row| row.many;
    let said = [
        ("A check from ids, to one by hand", ratio(best(true, true, checks), best(true, false, checks))),
        ("A check from strings, to one by hand", ratio(best(false, true, checks), best(false, false, checks))),
        ("A check among many, to a single one", ratio(best(true, true, many), best(true, true, checks))),
        ("A check of the fastest other engine, to one from strings", ratio(fastest(checks), best(false, true, checks))),
        ("A list in ids, to one by hand", ratio(best(true, true, lists), best(true, false, lists))),
        ("Who may, in ids, to by hand", ratio(best(true, true, who), best(true, false, who))),
        ("A list of the fastest other engine, to one in names", ratio(fastest(lists), best(false, true, lists))),
        ("Who may, by the fastest other engine, to in names", ratio(fastest(who), best(false, true, who))),
    ];
    said.into_iter().filter_map(|(what, ratio)| Some(format!("{what}: {}×", digits(ratio?)))).collect()
}

fn none() -> String {
    String::from("–")
}

const fn plain(time: Nanoseconds) -> Taken {
    Taken { time, one_of: 1 }
}

/// A time and its ratio. What was reckoned from a part of the candidates says so.
fn cell(taken: Option<Taken>, base: Option<Nanoseconds>) -> String {
    let Some(Taken { time, one_of }) = taken else { return none() };
    let time_shown = match one_of {
        1 => shown(time),
        _ => format!("≈ {}, 1 of {one_of} asked", shown(time)),
    };
    match base {
        Some(base) => format!("{time_shown} ({}×)", digits(time / base)),
        None => time_shown,
    }
}

fn weighed(bytes: usize) -> String {
    let kib = bytes as f64 / 1024.0;
    if kib < 1024.0 { format!("{kib:.0} KiB") } else { format!("{:.1} MiB", kib / 1024.0) }
}

/// Three digits and a unit.
fn shown(nanoseconds: Nanoseconds) -> String {
    let (value, unit) = match nanoseconds {
        ..1e3 => (nanoseconds, "ns"),
        ..1e6 => (nanoseconds / 1e3, "µs"),
        ..1e9 => (nanoseconds / 1e6, "ms"),
        _ => (nanoseconds / 1e9, "s"),
    };
    format!("{} {unit}", digits(value))
}

fn digits(value: f64) -> String {
    match value {
        ..10.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        ..1_000.0 => format!("{value:.0}"),
        ..1e6 => format!("{},{:03}", value as u64 / 1_000, value as u64 % 1_000),
        _ => format!("{},{:03}", digits((value / 1e3).floor()), value as u64 % 1_000),
    }
}
