//! The rows of a difference: counted without being listed, and listed where they are wanted.

use super::cause::{Cause, CauseId, Causes};
use super::classes::{PartId, Parts, Who};
use super::names::{Names, Thing, Verb};
use super::occasion::Occasion;
use super::reach::{Block, Reach};
use crate::analysis::effect;
use crate::index::{Idx, IndexVec};
use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who gains and who loses what.
pub struct PeopleDiff<'s> {
    names: Names<'s>,
    causes: IndexVec<CauseId, Cause>,
    /// By cause, and within it by permission.
    blocks: Vec<Block>,
    parts: Parts,
    partial: bool,
}

/// A number of rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counted {
    /// How many times somebody gains or loses a permission on something.
    pub rows: usize,
    /// Who, each once.
    pub subjects: usize,
    /// On what, each once.
    pub entities: usize,
}

/// What one change brings and takes.
pub struct CausedBy<'d, 's> {
    diff: &'d PeopleDiff<'s>,
    /// The change.
    pub cause: &'d Cause,
    blocks: &'d [Block],
}

/// Somebody gains or loses a permission on something.
#[derive(Clone, PartialEq, Debug)]
pub struct Difference {
    /// Who, `type:id`.
    pub subject: String,
    /// What, `type.action`.
    pub permission: String,
    /// On what, `type:id`.
    pub entity: String,
    /// Whether it is gained.
    pub gained: bool,
    /// Under which circumstances, if not under those that were asked about.
    pub occasion: Option<Arc<Occasion>>,
}

/// Somebody gains or loses a permission, with some of the entities.
#[derive(Clone, PartialEq, Debug)]
pub struct Sample {
    /// Who, `type:id`.
    pub subject: String,
    /// What, `type.action`.
    pub permission: String,
    /// Whether it is gained.
    pub gained: bool,
    /// Under which circumstances, if not under those that were asked about.
    pub occasion: Option<Arc<Occasion>>,
    /// On what, the first few, `type:id`.
    pub entities: Vec<String>,
    /// On how many others.
    pub more: usize,
}

/// Who gains or loses what under which circumstances, the last in words.
type SubjectKey = (Thing, Verb, bool, Option<String>);

/// Circumstances, the first few entities, and how many more there are.
type Met = (Option<Arc<Occasion>>, Vec<Thing>, usize);

impl<'s> PeopleDiff<'s> {
    pub(super) fn new(names: Names<'s>, causes: Causes, reach: Reach) -> Self {
        let Reach { mut blocks, parts, partial } = reach;
        blocks.sort_by_key(|block| block.cause);
        Self { names, causes: causes.all, blocks, parts, partial }
    }

    /// Whether all circumstances were tried that conditions tell apart; otherwise somebody may gain or lose in others.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        !self.partial
    }

    /// By the change that caused it, in the order of the permissions.
    pub fn by_cause(&self) -> impl Iterator<Item = CausedBy<'_, 's>> {
        let runs = self.blocks.chunk_by(|one, other| one.cause == other.cause);
        runs.filter_map(|blocks| {
            let cause = self.causes.get(blocks.first()?.cause)?;
            Some(CausedBy { diff: self, cause, blocks })
        })
    }

    /// How many gain, or lose, over all causes.
    #[must_use]
    pub fn counted(&self, gained: bool) -> Counted {
        count(&self.names, &self.blocks, &self.parts, gained)
    }

    /// Whether nobody gains or loses anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Rows by subject, permission and circumstances, at most so many, and how many more there are.
    pub(crate) fn by_subject(&self, at_most: usize) -> (Vec<effect::Difference>, usize) {
        let mut left = at_most;
        let mut found: BTreeMap<SubjectKey, (Option<Arc<Occasion>>, Vec<Thing>)> = BTreeMap::new();
        for block in &self.blocks {
            for actor in block.who.iter(&self.parts) {
                if left == 0 {
                    break;
                }
                let occasion = block.occasion.as_ref();
                let key = (actor, block.verb, block.gained, occasion.map(|occasion| occasion.text()));
                let (_, entities) = found.entry(key).or_insert_with(|| (occasion.cloned(), Vec::new()));
                let taken = block.resources.get(..left).unwrap_or(&block.resources);
                entities.extend_from_slice(taken);
                left -= taken.len();
            }
        }
        let difference = |((actor, verb, gained, _), (occasion, mut entities)): (SubjectKey, (_, Vec<Thing>))| {
            entities.sort_unstable();
            effect::Difference {
                subject: self.names.name(actor),
                permission: self.names.verb_name(verb),
                gained,
                occasion,
                entities: entities.into_iter().map(|entity| self.names.name(entity)).collect(),
            }
        };
        let mut differences: Vec<effect::Difference> = found.into_iter().map(difference).collect();
        differences.sort_by(|one, other| one.subject.cmp(&other.subject));
        let all = self.counted(true).rows + self.counted(false).rows;
        (differences, all - (at_most - left))
    }

    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = Difference> + '_ {
        self.blocks.iter().flat_map(|block| self.rows_of(block))
    }

    fn rows_of<'d>(&'d self, block: &'d Block) -> impl Iterator<Item = Difference> + 'd {
        let permission = self.names.verb_name(block.verb);
        block.who.iter(&self.parts).flat_map(move |actor| {
            let (subject, permission) = (self.names.name(actor), permission.clone());
            block.resources.iter().map(move |&resource| Difference {
                subject: subject.clone(),
                permission: permission.clone(),
                entity: self.names.name(resource),
                gained: block.gained,
                occasion: block.occasion.clone(),
            })
        })
    }
}

impl<'d> CausedBy<'d, '_> {
    /// How many gain, or lose, by it.
    #[must_use]
    pub fn counted(&self, gained: bool) -> Counted {
        count(&self.diff.names, self.blocks, &self.diff.parts, gained)
    }

    /// The rows, by permission, subject and entity.
    pub fn rows(&self) -> impl Iterator<Item = Difference> + 'd {
        let diff = self.diff;
        self.blocks.iter().flat_map(move |block| diff.rows_of(block))
    }

    /// All that some gain or lose by it: at most so many who gain, and so many who lose, with at most so many entities of
    /// each permission.
    #[must_use]
    pub fn samples(&self, subjects: usize, entities: usize) -> Vec<Sample> {
        let (names, parts) = (&self.diff.names, &self.diff.parts);
        let mut found: BTreeMap<SubjectKey, Met> = BTreeMap::new();
        for gained in [true, false] {
            let blocks = || self.blocks.iter().filter(|block| block.gained == gained);
            let mut some: BTreeSet<Thing> = BTreeSet::new();
            for block in blocks() {
                let wanted = subjects - some.len();
                if wanted == 0 {
                    break;
                }
                let others: Vec<Thing> =
                    block.who.iter(parts).filter(|actor| !some.contains(actor)).take(wanted).collect();
                some.extend(others);
            }
            for block in blocks() {
                for &actor in some.iter().filter(|&&actor| block.who.contains(actor, parts)) {
                    let occasion = block.occasion.as_ref();
                    let key = (actor, block.verb, gained, occasion.map(|occasion| occasion.text()));
                    let (_, named, more) = found.entry(key).or_insert_with(|| (occasion.cloned(), Vec::new(), 0));
                    let room = (entities - named.len()).min(block.resources.len());
                    named.extend(block.resources.iter().take(room));
                    *more += block.resources.len() - room;
                }
            }
        }
        let sample = |((actor, verb, gained, _), (occasion, entities, more)): (SubjectKey, Met)| Sample {
            subject: names.name(actor),
            permission: names.verb_name(verb),
            gained,
            occasion,
            entities: entities.into_iter().map(|entity| names.name(entity)).collect(),
            more,
        };
        found.into_iter().map(sample).collect()
    }

    /// The permissions that are gained, or lost, each once.
    #[must_use]
    pub fn permissions(&self, gained: bool) -> Vec<String> {
        let mut verbs: Vec<Verb> =
            self.blocks.iter().filter(|block| block.gained == gained).map(|block| block.verb).collect();
        verbs.sort_unstable();
        verbs.dedup();
        verbs.into_iter().map(|verb| self.diff.names.verb_name(verb)).collect()
    }
}

fn count(names: &Names<'_>, blocks: &[Block], parts: &Parts, gained: bool) -> Counted {
    let mut rows = 0;
    let mut subjects = FixedBitSet::with_capacity(names.things.len());
    let mut entities = FixedBitSet::with_capacity(names.things.len());
    // Of a part of everybody, how often it is met, and who of it how often is not.
    let mut met: FxHashMap<PartId, (usize, FxHashMap<Thing, usize>)> = FxHashMap::default();
    for block in blocks.iter().filter(|block| block.gained == gained) {
        rows += block.who.len(parts) * block.resources.len();
        block.resources.iter().for_each(|resource| entities.insert(resource.index()));
        match &block.who {
            Who::Some(who) => who.iter().for_each(|actor| subjects.insert(actor.index())),
            Who::Rest(part, without) => {
                let (times, missed) = met.entry(*part).or_default();
                *times += 1;
                without.iter().for_each(|&actor| *missed.entry(actor).or_default() += 1);
            }
        }
    }
    for (part, (times, missed)) in met {
        let all = parts.get(part).map_or(&[][..], |all| all);
        let met = all.iter().filter(|actor| missed.get(actor).is_none_or(|&missed| missed < times));
        met.for_each(|actor| subjects.insert(actor.index()));
    }
    Counted { rows, subjects: subjects.count_ones(..), entities: entities.count_ones(..) }
}
