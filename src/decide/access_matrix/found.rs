//! What rules find above a resource, for each permission: which of them may have a say, and what it takes for one to allow.

use crate::compile::{Answer, Asked, Effect, Known, Profile, Signature, Way};
use crate::decide::answers::{Answered, StoredAnswer, stored_above};
use crate::decide::snapshot::Snapshot;
use crate::directory::{ChainId, Stored};
use crate::index::Idx;
use crate::schema::PermissionId;

/// All that is stored above resources of what rules ask for; nothing where some of it may be anything.
pub(super) type StoredAbove = Option<Vec<StoredAnswer>>;

/// What rules find about each permission, by the number of that.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Found(Box<[FoundOfOne]>);

/// What rules find about one permission.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct FoundOfOne {
    /// What of theirs they find.
    pub(super) signature: Signature,
    /// The ways in which they are sure to allow it. There are none where anything may deny it.
    pub(super) ways: Vec<Way>,
}

/// What is stored above whoever has a chain.
pub(super) fn stored(snapshot: &Snapshot, chain: ChainId) -> StoredAbove {
    let directory = snapshot.directory();
    let is_known = |&stored: &StoredAnswer| !matches!(Answered::by(stored, directory), Answered::Perhaps);
    let all = stored_above(snapshot.policy().sought(), directory, chain);
    all.map(|stored| Some(stored).filter(is_known)).collect()
}

impl Found {
    /// What is found where this is stored.
    pub(super) fn of(snapshot: &Snapshot, stored: &StoredAbove) -> Self {
        let profiles = snapshot.policy().profiles();
        let Some(stored) = stored else {
            let anything = FoundOfOne { signature: Signature::ANY, ways: Vec::new() };
            return Self(vec![anything; profiles.len()].into());
        };
        let answer = |&stored: &StoredAnswer| match Answered::by(stored, snapshot.directory()) {
            Answered::With(answer) => Some(answer),
            Answered::Nothing | Answered::Perhaps => None,
        };
        let answers: Vec<Answer> = stored.iter().filter_map(answer).collect();
        let of_permission = |(at, profile): (usize, &Profile)| {
            let permission = PermissionId::from_index(at);
            let signature = signature(snapshot, (permission, profile), &answers);
            let is_sure = profile.allowed_by_rules.meets(signature) && !profile.may_be_denied_at(signature);
            let known = |asked| known(snapshot, stored, asked);
            let ways = if is_sure { snapshot.policy().ways(permission, known) } else { Vec::new() };
            FoundOfOne { signature, ways }
        };
        Self(profiles.iter().enumerate().map(of_permission).collect())
    }

    /// That about each permission, by the number of that.
    pub(super) const fn of_each(&self) -> &[FoundOfOne] {
        &self.0
    }
}

/// What rules find of theirs where this is answered: where many lists of rules share a bit, the signature of what lies above
/// tells less exactly which of them may hold.
fn signature(snapshot: &Snapshot, (permission, profile): (PermissionId, &Profile), answers: &[Answer]) -> Signature {
    let of_list = |effect, met| {
        let rules = snapshot.policy().rules_of(permission, effect);
        if rules.ask_for_any(answers) { met } else { Signature::NONE }
    };
    let denied = of_list(Effect::Deny, profile.denied_by_rules);
    Signature::PLACE.or(denied).or(of_list(Effect::Allow, profile.allowed_by_rules))
}

/// What an attribute of the one entity of a type is among these: of several that one rule asks for, the first tells places apart,
/// and the others are not among them.
fn known<'a>(snapshot: &'a Snapshot, stored: &[StoredAnswer], asked: Asked) -> Option<Known<'a>> {
    match stored.iter().find(|(of, _)| *of == asked)?.1? {
        Stored::Text(text) => Some(Known::Text(snapshot.directory().text(text))),
        Stored::Bool(truth) => Some(Known::Truth(truth)),
        _ => None,
    }
}
