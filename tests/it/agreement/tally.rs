//! What the decisions of a run consisted of, and how much of it all there must be.

use super::DECISIONS;
use crate::reference::{Answer, Fault, Part, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// What the decisions of a run consisted of.
#[derive(Default, Debug)]
pub(super) struct Tally {
    decisions: usize,
    verdicts: BTreeMap<Verdict, usize>,
    parts: BTreeMap<(Verdict, Part), usize>,
    faults: BTreeMap<Fault, usize>,
}

impl Tally {
    pub(super) fn count(&mut self, answer: &Answer) {
        self.decisions += 1;
        *self.verdicts.entry(answer.verdict).or_default() += 1;
        for &part in &answer.parts {
            *self.parts.entry((answer.verdict, part)).or_default() += 1;
        }
    }

    /// Counts why a directory could not stand at first.
    pub(super) fn count_refusal(&mut self, faults: &BTreeSet<Fault>) {
        for &fault in faults {
            *self.faults.entry(fault).or_default() += 1;
        }
    }

    /// A generator that goes blind would agree with everything: of each hundred thousand decisions so many at least must
    /// come to each verdict, and so many with each feature having its part in it.
    pub(super) fn assert_healthy(&self) {
        if self.decisions < DECISIONS {
            return;
        }
        let rate = |count: Option<&usize>| count.copied().unwrap_or(0) * 100_000 / self.decisions;
        let mut blind = Vec::new();
        for (verdict, least) in [
            (Verdict::Allowed, 8_000),
            (Verdict::Forbidden, 6_000),
            (Verdict::NotGranted, 30_000),
            (Verdict::NotComputed, 1_500),
        ] {
            if rate(self.verdicts.get(&verdict)) < least {
                blind.push(format!("{verdict:?}: {}, wanted {least}", rate(self.verdicts.get(&verdict))));
            }
        }
        for &(verdict, parts) in HEALTHY {
            for &(part, least) in parts {
                let rate = rate(self.parts.get(&(verdict, part)));
                if rate < least {
                    blind.push(format!("{verdict:?} with {part:?}: {rate}, wanted {least}"));
                }
            }
        }
        for (fault, least) in
            [(Fault::SettingConflict, 80), (Fault::OutsideWithin, 50), (Fault::MissingRequiredRole, 250)]
        {
            if rate(self.faults.get(&fault)) < least {
                blind.push(format!("{fault:?}: {}, wanted {least}", rate(self.faults.get(&fault))));
            }
        }
        assert!(blind.is_empty(), "too few of each hundred thousand decisions:\n{}\n{self:#?}", blind.join("\n"));
    }
}

/// How many of a hundred thousand decisions must have come about with what.
const HEALTHY: &[(Verdict, &[(Part, usize)])] = &[
    (
        Verdict::Allowed,
        &[
            (Part::Rule, 2_000),
            (Part::Role, 3_000),
            (Part::Inherited, 500),
            (Part::Within, 1_000),
            (Part::To, 1_000),
            (Part::When, 2_000),
            (Part::Unless, 800),
            (Part::Above, 1_000),
            (Part::Implied, 400),
            (Part::ImpliedTwice, 20),
            (Part::Userset, 500),
            (Part::UsersetTwice, 70),
            (Part::Requirement, 200),
            (Part::Condition, 500),
            (Part::Custom, 300),
            (Part::ActsAs, 60),
            (Part::Told, 700),
            (Part::Unheard, 80),
            (Part::Overrides, 150),
            (Part::Narrows, 60),
            (Part::Widens, 35),
            (Part::AtMostOrLeast, 80),
            (Part::Locks, 130),
            (Part::SuppliedByPolicy, 60),
            (Part::SuppliedAbove, 140),
            (Part::Everything, 40),
        ],
    ),
    (
        Verdict::Forbidden,
        &[
            (Part::Rule, 3_000),
            (Part::Role, 1_500),
            (Part::Inherited, 500),
            (Part::Above, 600),
            (Part::Implied, 300),
            (Part::ImpliedTwice, 20),
            (Part::Userset, 300),
            (Part::UsersetTwice, 40),
            (Part::Requirement, 150),
            (Part::Condition, 400),
            (Part::Custom, 150),
            (Part::Told, 700),
            (Part::Guardrail, 800),
            (Part::Overrides, 200),
            (Part::Narrows, 70),
            (Part::Widens, 20),
            (Part::AtMostOrLeast, 70),
            (Part::Locks, 180),
            (Part::SuppliedByPolicy, 100),
            (Part::SuppliedAbove, 200),
            (Part::Everything, 50),
        ],
    ),
    (
        Verdict::NotGranted,
        &[
            (Part::BeforeSince, 2_000),
            (Part::AfterUntil, 4_000),
            (Part::RequirementUnmet, 2_000),
            (Part::ConditionFails, 7_000),
            (Part::ImplicationUnknown, 80),
            (Part::NobodyBehind, 1_500),
        ],
    ),
    (
        Verdict::NotComputed,
        &[
            (Part::Rule, 1_500),
            (Part::Role, 300),
            (Part::When, 2_000),
            (Part::ConditionUnknown, 40),
            (Part::Told, 600),
            (Part::Guardrail, 200),
            (Part::SettingUnknown, 200),
        ],
    ),
];
