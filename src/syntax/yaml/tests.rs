//! The YAML form against the DSL, mistake by mistake and on broken files.

use super::parse;
use crate::document::invariants::{Numbers, mutate};
use crate::source::FileId;

#[test]
fn mutated_policies_end_in_a_tree_or_findings() {
    let example = include_str!("../../../tests/forms/acme.yaml");
    let mut numbers = Numbers::new(0xbad);
    for _ in 0..2_000 {
        let text = mutate(example, &mut numbers);
        let parsed = parse(FileId(0), &text);
        for label in parsed.diagnostics.iter().flat_map(|finding| &finding.labels) {
            let range = label.span.start as usize..label.span.end as usize;
            assert!(text.get(range).is_some(), "{label:?} in {text:?}");
        }
    }
}
