//! Where a text that was cut stood in the one that it was cut out of.

use std::ops::Range;

/// The parts of a text that are left, in their order.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    left: Vec<Range<usize>>,
}

impl Trace {
    /// Of a text of which nothing was cut.
    pub(super) fn whole(text: &str) -> Self {
        Self { left: std::iter::once(0..text.len()).collect() }
    }

    /// Where in the whole text a place stood that is one in what is left.
    pub(super) fn origin(&self, place: usize) -> usize {
        let mut passed = 0;
        for part in &self.left {
            if place < passed + part.len() {
                return part.start + (place - passed);
            }
            passed += part.len();
        }
        self.left.last().map_or(0, |part| part.end)
    }

    /// Notes that something of what is left is cut.
    pub(super) fn cut(&mut self, cut: &Range<usize>) {
        let mut passed = 0;
        let mut left = Vec::with_capacity(self.left.len() + 1);
        for part in &self.left {
            // What of the part stands before the cut, and what behind it.
            let within = |place: usize| part.start + place.clamp(passed, passed + part.len()) - passed;
            let (before, behind) = (part.start..within(cut.start), within(cut.end)..part.end);
            left.extend([before, behind].into_iter().filter(|part| !part.is_empty()));
            passed += part.len();
        }
        self.left = left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_found_where_it_stood() {
        let whole = "one two three four five";
        let mut text = whole.to_owned();
        let mut trace = Trace::whole(whole);
        for word in ["two ", "four ", "e three f"] {
            let start = text.find(word).expect("a word");
            let cut = start..start + word.len();
            text.replace_range(cut.clone(), "");
            trace.cut(&cut);
            for (place, letter) in text.char_indices() {
                let origin = trace.origin(place);
                assert_eq!(whole[origin..].chars().next(), Some(letter), "{text}: {place} from {origin}");
            }
        }
        assert_eq!(text, "onive");
        assert_eq!(trace.origin(2), whole.rfind("ive").expect("its end"));
        assert_eq!(trace.origin(text.len()), whole.len());
    }
}
