//! What is asked of every engine, with the right answers: those that a walk over the facts finds.

use crate::orgs::{Ask, Kind, Resource, World};
use crate::peer::{Candidates, Words};

/// A question the other way round: who asks what, or about what, and the answer in ascending order.
pub(crate) struct Question {
    pub(crate) words: Words,
    pub(crate) answer: Vec<u32>,
}

/// All questions.
pub(crate) struct Questions {
    /// Requests to check.
    pub(crate) words: Vec<Words>,
    pub(crate) candidates: Candidates,
    /// Which runs the subject of a request may delete.
    pub(crate) lists: Vec<Question>,
    /// Who may delete the run of a request.
    pub(crate) who: Vec<Question>,
}

impl Questions {
    /// `requests` checks, and so many questions of each kind the other way round, about deleting runs.
    pub(crate) fn new(world: &World, requests: usize, reverse: usize) -> Self {
        let asks = world.requests(requests);
        // An administrator may delete every run, which would measure how a million names are copied.
        let about = |ask: &&Ask| {
            let admin = world.users[ask.user as usize].admin;
            ask.resource.kind == Kind::Run && ask.action() == "delete" && ask.allowed && !admin
        };
        let picked: Vec<Ask> = asks.iter().filter(about).take(reverse).copied().collect();
        assert_eq!(picked.len(), reverse, "too few requests");
        let question = |ask: &Ask, answer: Vec<u32>| Question { words: Words::new(*ask), answer };
        let lists = picked.iter().map(|ask| {
            let run = |at: u32| Resource { kind: Kind::Run, at };
            let runs = 0..world.creators.len() as u32;
            question(ask, runs.filter(|at| world.allows(ask.user, ask.permission, run(*at))).collect())
        });
        let who = picked.iter().map(|ask| {
            let people = 0..world.users.len() as u32;
            question(ask, people.filter(|at| world.allows(*at, ask.permission, ask.resource)).collect())
        });
        let (lists, who) = (lists.collect(), who.collect());
        let words = asks.into_iter().map(Words::new).collect();
        Self { words, candidates: Candidates::new(world), lists, who }
    }
}
