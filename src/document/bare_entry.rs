//! The entry of an entity that was written without the colon, or the space, before its value.

/// The entity of `type:id`, `type:id {}` and `type:id:{}`, where `type:id: {}` was meant.
///
/// Nothing but its form is looked at: `plan:free` may as well be an attribute that lacks a space.
pub(crate) fn bare_entry(written: &str) -> Option<&str> {
    let entity = match written.strip_suffix("{}") {
        Some(rest) => {
            let rest = rest.trim_end();
            rest.strip_suffix(':').unwrap_or(rest)
        }
        None => written,
    };
    let (kind, id) = entity.split_once(':')?;
    let named = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "#{}[],\"'".contains(c));
    (named(kind) && named(id)).then_some(entity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_is_told_from_other_texts() {
        for written in ["user:dan", "user:dan:{}", "user:dan {}", "user:dan{}", "user:dan: {}"] {
            assert_eq!(bare_entry(written), Some("user:dan"), "{written}");
        }
        for written in ["user", "user:", ":dan", "because:It is so", "roles:[a]", "roles: {}", "{}"] {
            assert_eq!(bare_entry(written), None, "{written}");
        }
    }
}
