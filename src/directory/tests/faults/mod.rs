//! Facts that the policy's vocabulary does not allow, or doubts. Lines count from the head, which takes two.

mod assignments;
mod containment;
mod names;
mod values;

use super::load;

/// Each text is a file of its own, beside what is found in it.
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(load(&[text]).rendered(), *expected, "{text}");
    }
}
