//! Comparisons of two values.

use super::truth::Truth;
use super::value::{Elements, Val};
use super::world::World;
use crate::compile::Comparison;
use std::cmp::Ordering;

impl<'a> World<'a> {
    /// A comparison. A missing side makes it unknown; otherwise an absent one makes it false, `!=` true.
    pub(crate) fn compare(&self, comparison: Comparison, left: Val<'a>, right: Val<'a>) -> Truth {
        match (left, right) {
            (Val::Unknown, _) | (_, Val::Unknown) => return Truth::Unknown,
            (Val::Absent, _) | (_, Val::Absent) => return Truth::from(comparison == Comparison::Ne),
            _ => {}
        }
        let order = |wanted: fn(Ordering) -> bool| match ordering(left, right) {
            Some(found) => Truth::from(wanted(found)),
            None => Truth::Unknown,
        };
        let texts = |holds: fn(&str, &str) -> bool| match (left, right) {
            (Val::Text(left), Val::Text(right)) => Truth::from(holds(left, right)),
            _ => Truth::Unknown,
        };
        match comparison {
            Comparison::Eq => Truth::from(equal(left, right)),
            Comparison::Ne => Truth::from(!equal(left, right)),
            Comparison::Lt => order(Ordering::is_lt),
            Comparison::Le => order(Ordering::is_le),
            Comparison::Gt => order(Ordering::is_gt),
            Comparison::Ge => order(Ordering::is_ge),
            Comparison::In => Truth::from(self.has_element(right, left)),
            Comparison::Contains => Truth::from(self.has_element(left, right)),
            Comparison::Overlaps => Truth::from(self.overlap(left, right)),
            Comparison::SubsetOf => Truth::from(self.is_subset(left, right)),
            Comparison::StartsWith => texts(|text, start| text.starts_with(start)),
            Comparison::EndsWith => texts(|text, end| text.ends_with(end)),
            Comparison::Like => texts(like),
        }
    }

    fn overlap(&self, left: Val<'a>, right: Val<'a>) -> bool {
        match (left, right) {
            (Val::Everything, set) | (set, Val::Everything) => self.any(set, |_| true),
            _ => self.any(left, |element| self.has_element(right, element)),
        }
    }

    /// No set that is written out holds everything.
    fn is_subset(&self, left: Val<'a>, right: Val<'a>) -> bool {
        match (left, right) {
            (_, Val::Everything) => true,
            (Val::Everything, _) => false,
            _ => !self.any(left, |element| !self.has_element(right, element)),
        }
    }

    /// Whether a set holds an element, or an address range an address.
    fn has_element(&self, set: Val<'a>, element: Val<'a>) -> bool {
        match (set, element) {
            (Val::Everything, _) => true,
            (Val::Range(range), Val::Ip(address)) => range.contains(&address),
            _ => self.any(set, |inner| equal(inner, element)),
        }
    }

    /// Whether any element of a set is such. A single value is a set of one.
    pub(crate) fn any(&self, set: Val<'a>, mut is: impl FnMut(Val<'a>) -> bool) -> bool {
        match set {
            Val::Set(Elements::Data(data)) => data.iter().any(|element| is(element.view())),
            Val::Set(Elements::Stored(stored)) => {
                stored.iter().any(|&element| is(Val::stored(self.facts.snapshot.directory(), element)))
            }
            Val::Set(Elements::Ancestors(of, ty)) => self.facts.upwards_of(of, ty).any(|above| is(Val::Entity(above))),
            single => is(single),
        }
    }

    /// How many elements a set has.
    pub(crate) fn size(&self, set: Val<'a>) -> Val<'a> {
        match set {
            Val::Set(_) => {
                let mut count = 0;
                self.any(set, |_| {
                    count += 1;
                    false
                });
                Val::Int(count)
            }
            Val::Absent => Val::Absent,
            // The one ancestor of a thing where others of the same condition have several.
            Val::Entity(_) => Val::Int(1),
            _ => Val::Unknown,
        }
    }
}

/// Equality of single values; of different kinds, they are unequal.
fn equal(left: Val<'_>, right: Val<'_>) -> bool {
    match (left, right) {
        (Val::Bool(left), Val::Bool(right)) => left == right,
        (Val::Text(left), Val::Text(right)) => left == right,
        (Val::Ip(left), Val::Ip(right)) => left == right,
        (Val::Entity(left), Val::Entity(right)) => left == right,
        _ => ordering(left, right) == Some(Ordering::Equal),
    }
}

fn ordering(left: Val<'_>, right: Val<'_>) -> Option<Ordering> {
    match (left, right) {
        (Val::Int(left), Val::Int(right))
        | (Val::Timestamp(left), Val::Timestamp(right))
        | (Val::Duration(left), Val::Duration(right)) => Some(left.cmp(&right)),
        (Val::Text(left), Val::Text(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// Whether `text` matches `pattern`, in which `*` stands for any text. Linear but for a return to the last `*`.
pub(crate) fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let (mut at, mut wanted) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(wanted) {
            Some(b'*') => {
                retry = Some((at, wanted));
                wanted += 1;
            }
            Some(byte) if text.get(at) == Some(byte) => {
                at += 1;
                wanted += 1;
            }
            _ => match retry {
                Some((from, star)) => {
                    retry = Some((from + 1, star));
                    at = from + 1;
                    wanted = star + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(wanted..).is_some_and(|rest| rest.iter().all(|&byte| byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn globs() {
        for (text, pattern, expected) in [
            ("", "", true),
            ("", "*", true),
            ("a", "", false),
            ("release-1", "release-*", true),
            ("release", "release-*", false),
            ("a-b-c", "*-c", true),
            ("a-b-c", "a*b*c", true),
            ("a-b-c", "a*c*b", false),
            ("aab", "*ab", true),
            ("x*y", "x*y", true),
            ("größe", "gr*e", true),
            ("Größe", "gr*e", false),
            ("aaaa", "a*a*a*a*a", false),
        ] {
            assert_eq!(like(text, pattern), expected, "`{text}` like `{pattern}`");
        }
    }
}
