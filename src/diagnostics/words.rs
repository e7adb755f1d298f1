//! Small matters of English that messages share.

/// A name in backticks, with its article: a `team`, an `organization`.
///
/// By its first letter: among names of types `user` and its like are more frequent than words such as `umbrella`.
pub(crate) fn with_article(name: &str) -> String {
    let article = if name.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} `{name}`")
}

/// How many names are listed in one line.
const LISTED: usize = 12;

/// What there is where a name is unknown and none is near: "`team` has the actions `view` and `delete`".
pub(crate) fn listing<'a>(owner: &str, what: &str, names: impl Iterator<Item = &'a str>) -> String {
    let mut names = names.map(|name| format!("`{name}`"));
    let known: Vec<String> = names.by_ref().take(LISTED).collect();
    match (names.count(), known.as_slice()) {
        (0, []) => format!("{owner} has no {what}s"),
        (0, [only]) => format!("{owner} has only the {what} {only}"),
        (0, [first @ .., last]) => format!("{owner} has the {what}s {} and {last}", first.join(", ")),
        (more, _) => format!("{owner} has the {what}s {} and {more} more", known.join(", ")),
    }
}
