//! The structure written by hand: from numbers, and from strings.

use crate::orgs::World;
use crate::orgs::by_hand::{ByHand, Names};
use crate::peer::{Asked, Candidates, Peer};

/// From numbers.
pub(crate) struct Numbers(ByHand);

/// From strings.
pub(crate) struct Strings {
    records: ByHand,
    names: Names,
}

impl Numbers {
    pub(crate) fn new(world: &World) -> Self {
        Self(ByHand::new(world))
    }
}

impl Strings {
    pub(crate) fn new(world: &World) -> Self {
        let records = ByHand::new(world);
        Self { names: Names::new(world, &records), records }
    }
}

fn list(records: &ByHand, asked: &Asked<'_>) -> Vec<u32> {
    let mut runs = Vec::new();
    records.list_runs(asked.user, asked.bit, &mut runs);
    runs
}

fn who_can(records: &ByHand, asked: &Asked<'_>) -> Vec<u32> {
    let mut people = Vec::new();
    records.who_can(asked.bit, records.id(asked.thing), &mut people);
    people
}

impl Peer for Numbers {
    fn check(&mut self, asked: &Asked<'_>) -> bool {
        self.0.check(asked.user, asked.bit, self.0.id(asked.thing))
    }

    fn list(&mut self, asked: &Asked<'_>, _: &Candidates) -> Vec<u32> {
        list(&self.0, asked)
    }

    fn who_can(&mut self, asked: &Asked<'_>, _: &Candidates) -> Vec<u32> {
        who_can(&self.0, asked)
    }
}

impl Peer for Strings {
    fn check(&mut self, asked: &Asked<'_>) -> bool {
        self.names.check(&self.records, asked.subject, asked.action, asked.resource).expect("known names")
    }

    fn list(&mut self, asked: &Asked<'_>, _: &Candidates) -> Vec<u32> {
        list(&self.records, asked)
    }

    fn who_can(&mut self, asked: &Asked<'_>, _: &Candidates) -> Vec<u32> {
        who_can(&self.records, asked)
    }
}
