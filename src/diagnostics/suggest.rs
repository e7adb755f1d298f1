//! The near miss: which known name a person most likely meant.

/// The candidate nearest to `name`, if one is near enough to be a typing error.
///
/// Near enough is an edit distance (with transpositions) of at most a third of the longer word's length, and at least
/// one; a difference in case alone is always near.
#[must_use]
pub fn near_miss<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let distance = if candidate.eq_ignore_ascii_case(name) {
            0
        } else {
            let (length, other) = (name.chars().count(), candidate.chars().count());
            let longer = length.max(other);
            let far = (longer / 3).max(1);
            // The difference in length alone may be too much; to see it costs less than to compare.
            if length.abs_diff(other) > far {
                continue;
            }
            let distance = strsim::osa_distance(name, candidate);
            if distance > far || distance >= longer {
                continue;
            }
            distance
        };
        if best.is_none_or(|held| (distance, candidate) < held) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// A help line that offers the near miss, if there is one.
#[must_use]
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    near_miss(name, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}
