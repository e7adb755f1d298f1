//! The rules of the large policies: each speaks of the projects that carry one label.

use super::permissions::{Kind, Permission};
use super::random::Random;

/// A rule about everything in the projects of one label. The label is the rule's own place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Rule {
    /// Whether it allows, to members of the organization, or denies, to everybody.
    pub(crate) allows: bool,
    /// What it speaks of: one to three actions of one type.
    pub(crate) permissions: Vec<Permission>,
}

/// So many rules, allowing and denying by turns.
pub(crate) fn rules(count: u32) -> Vec<Rule> {
    let mut random = Random::new(0x4_0175);
    let kinds: Vec<Kind> = Kind::all().filter(|kind| kind.within_project()).collect();
    (0..count)
        .map(|at| {
            // Every third is about runs, as most of the requests are.
            let kind = if at % 3 == 0 { Kind::Run } else { *random.of(&kinds) };
            let mut permissions: Vec<Permission> = kind.permissions().collect();
            random.shuffle(&mut permissions);
            permissions.truncate(1 + random.below(3) as usize);
            permissions.sort_unstable();
            Rule { allows: at % 2 == 0, permissions }
        })
        .collect()
}
