//! What every engine is asked, and what it answers.

use crate::orgs::{Ask, Kind, Permission, Resource, World};

/// A request as a service has it: three strings, and the number of the thing for engines whose caller hands in its facts.
pub(crate) struct Asked<'a> {
    pub(crate) subject: &'a str,
    /// The verb: `delete`.
    pub(crate) action: &'a str,
    /// `type.verb`: `run.delete`.
    pub(crate) permission: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) user: u32,
    pub(crate) bit: Permission,
    pub(crate) thing: Resource,
}

/// The words of a request.
pub(crate) struct Words {
    subject: String,
    permission: String,
    resource: String,
    ask: Ask,
}

impl Words {
    pub(crate) fn new(ask: Ask) -> Self {
        Self { subject: ask.subject(), permission: ask.permission.name(), resource: ask.resource(), ask }
    }

    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked {
            subject: &self.subject,
            action: self.ask.action(),
            permission: &self.permission,
            resource: &self.resource,
            user: self.ask.user,
            bit: self.ask.permission,
            thing: self.ask.resource,
        }
    }

    /// The right answer.
    pub(crate) fn allowed(&self) -> bool {
        self.ask.allowed
    }
}

/// The names of the candidates of the questions the other way round, made before these are timed.
pub(crate) struct Candidates {
    pub(crate) people: Vec<String>,
    pub(crate) runs: Vec<String>,
}

impl Candidates {
    pub(crate) fn new(world: &World) -> Self {
        let run = |at: usize| Resource { kind: Kind::Run, at: at as u32 }.to_string();
        Self {
            people: (0..world.users.len()).map(|at| format!("user:u{at}")).collect(),
            runs: (0..world.creators.len()).map(run).collect(),
        }
    }
}

/// An engine with the workload loaded.
pub(crate) trait Peer {
    /// Whether it finds by itself what somebody may do something to, and who may. Otherwise the candidates are checked.
    const FINDS: bool = false;
    /// Whether it has anything to begin such a search with.
    const SEARCHES: bool = true;

    /// Decides one request, from its strings.
    fn check(&mut self, asked: &Asked<'_>) -> bool;

    /// The runs that the subject may do this to, of the candidates whose number is a multiple of `one_of`.
    fn list(&mut self, asked: &Asked<'_>, candidates: &Candidates, one_of: usize) -> Vec<u32> {
        let run = |(at, name): (usize, &String)| {
            let at = at as u32;
            let asked = Asked { resource: name, thing: Resource { kind: Kind::Run, at }, ..*asked };
            self.check(&asked).then_some(at)
        };
        candidates.runs.iter().enumerate().step_by(one_of).filter_map(run).collect()
    }

    /// The people who may do this to the thing, of the candidates whose number is a multiple of `one_of`.
    fn who_can(&mut self, asked: &Asked<'_>, candidates: &Candidates, one_of: usize) -> Vec<u32> {
        let person = |(at, name): (usize, &String)| {
            let user = at as u32;
            self.check(&Asked { subject: name, user, ..*asked }).then_some(user)
        };
        candidates.people.iter().enumerate().step_by(one_of).filter_map(person).collect()
    }
}
