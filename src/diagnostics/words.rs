//! Small matters of English that messages share.

/// A name in backticks, with its article: a `team`, an `organization`.
///
/// By its first letter: among names of types `user` and its like are more frequent than words such as `umbrella`.
pub(crate) fn with_article(name: &str) -> String {
    let article = if name.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} `{name}`")
}
