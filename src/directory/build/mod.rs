//! From directory files and a policy's vocabulary to a [`Directory`]: one pass a concern, each going on after mistakes.

mod assign;
mod contain;
mod cycle;
mod fields;
mod names;
mod nearest;
mod place;
mod unique;

use super::findings::Findings;
use super::tree::DirectoryTree;
use super::{Directory, EntityId};
use crate::diagnostics::Diagnostic;
use crate::schema::Schema;
use fixedbitset::FixedBitSet;
use nearest::Nearest;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// The facts so far, and what only the building of them needs.
struct Builder<'a> {
    schema: &'a Schema,
    trees: &'a [Arc<DirectoryTree>],
    directory: Directory,
    findings: Findings,
    nearest: Nearest,
    /// Of each tree, what its texts are as entities.
    resolved: Vec<Vec<names::Resolved>>,
    /// Undeclared entities that an error was reported for, so that no warning is needed.
    reported: FixedBitSet,
    /// Attributes whose value could not be read; that they are missing is no further mistake.
    unreadable: FxHashSet<(EntityId, usize)>,
    /// Unknown types that no declared one is near to.
    foreign: FxHashSet<Box<str>>,
    full: bool,
    /// How many entities something else than an assignment speaks of.
    unassigned: usize,
    /// Whether a part of a file is missing: an entry that seems not to be there may stand in it.
    incomplete: bool,
}

pub(super) fn build(schema: &Schema, trees: &[Arc<DirectoryTree>]) -> (Directory, Vec<Diagnostic>) {
    let mut builder = Builder {
        schema,
        trees,
        directory: Directory::default(),
        findings: Findings::default(),
        nearest: Nearest::default(),
        resolved: trees.iter().map(|tree| vec![names::Resolved::Unseen; tree.texts.len()]).collect(),
        reported: FixedBitSet::new(),
        unreadable: FxHashSet::default(),
        foreign: FxHashSet::default(),
        full: false,
        unassigned: 0,
        incomplete: trees.iter().any(|tree| tree.incomplete),
    };
    // Entries come first: whether an entity is declared must be known wherever it is mentioned.
    builder.declare();
    builder.contain();
    builder.attributes();
    builder.unique();
    let settings = builder.settings();
    let links = builder.links();
    builder.unassigned = builder.directory.len();
    let assignments = builder.assign();
    builder.seal(settings, links, assignments);
    builder.undeclared_mentions();
    (builder.directory, builder.findings.finish())
}
