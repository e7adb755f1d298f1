//! `--fail-under`: how little may be exercised or caught.

use crate::analysis::coverage::{Figures, Kind, Share};

/// The least share that is enough, of one kind or of every kind without a floor of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Floor {
    kind: Option<Measured>,
    permille: usize,
}

/// What can have a floor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Measured {
    Coverage(Kind),
    Mutants,
}

impl Measured {
    fn named(name: &str) -> Option<Self> {
        let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == name).map(Self::Coverage);
        kind.or_else(|| (name == MUTANTS).then_some(Self::Mutants))
    }
}

const MUTANTS: &str = "mutants";

/// Reads `PERCENT` or `KIND=PERCENT`.
pub(super) fn read(text: &str) -> Result<Floor, String> {
    let (kind, number) = match text.split_once('=') {
        None => (None, text),
        Some((name, number)) => {
            let kind = Measured::named(name).ok_or_else(|| {
                let known: Vec<&str> = Kind::ALL.into_iter().map(Kind::as_str).chain([MUTANTS]).collect();
                format!("`{name}` is not measured; write one of {}", known.join(", "))
            })?;
            (Some(kind), number)
        }
    };
    let permille = permille(number.trim_end_matches('%').trim_end());
    permille
        .map(|permille| Floor { kind, permille })
        .ok_or_else(|| String::from("expected a percentage from 0 to 100, with at most one decimal place"))
}

fn permille(text: &str) -> Option<usize> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    if whole.is_empty() || tenth.len() != 1 || !digits(whole) || !digits(tenth) {
        return None;
    }
    let permille = whole.parse::<usize>().ok()?.checked_mul(10)? + tenth.parse::<usize>().ok()?;
    (permille <= 1_000).then_some(permille)
}

/// The floor of something: its own, the last that is given, or else the one of all.
fn of(floors: &[Floor], measured: Measured) -> Option<usize> {
    let last = |kind| floors.iter().rfind(|floor| floor.kind == kind);
    last(Some(measured)).or_else(|| last(None)).map(|floor| floor.permille)
}

/// What says how far a share is below its floor, if it is.
fn below(name: &str, share: Share, floor: Option<usize>) -> Option<String> {
    let floor = floor.filter(|&floor| share.permille() < floor)?;
    Some(format!("{name} {}, below {}.{} %", share.percent(), floor / 10, floor % 10))
}

/// Whether one of the floors is of coverage alone.
pub(super) fn names_coverage(floors: &[Floor]) -> bool {
    floors.iter().any(|floor| matches!(floor.kind, Some(Measured::Coverage(_))))
}

/// Whether one of the floors is of mutants alone.
pub(super) fn names_mutants(floors: &[Floor]) -> bool {
    floors.iter().any(|floor| floor.kind == Some(Measured::Mutants))
}

/// What says that too few mutants are noticed, if so: fewer than the floor, or than all where there is none.
pub(super) fn unnoticed(floors: &[Floor], share: Share) -> Option<String> {
    below(MUTANTS, share, of(floors, Measured::Mutants).or(Some(1_000)))
}

/// The kinds of coverage that are below their floors.
pub(super) fn uncovered(floors: &[Floor], figures: Figures) -> Vec<String> {
    let kinds = Kind::ALL.into_iter();
    let short = |kind: Kind| below(kind.as_str(), figures.of(kind), of(floors, Measured::Coverage(kind)));
    kinds.filter_map(short).collect()
}
