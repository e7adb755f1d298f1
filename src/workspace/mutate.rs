//! A package with one thing in it said otherwise, and the tests that notice it.
//!
//! Where a role or a rule is said otherwise, it alone is compiled again and everything else is shared, as after an edit.
//! Otherwise the whole is built anew.

use super::additions::Additions;
use super::policy_tree::PolicyTree;
use super::revise::Slot;
use super::trials::{Ground, Position, Trials};
use super::{State, Workspace};
use crate::analysis::coverage::Coverage;
use crate::analysis::mutants::{self, Mutant, MutantKind, Witness, says_the_same};
use crate::diagnostics::Diagnostic;
use crate::directory::{Change, ChangeAction};
use crate::model::{Revision, RoleChange, RuleChange};
use crate::schema::Schema;
use crate::source::Span;
use crate::suite::{self, Test, TestChange};
use crate::syntax::ast::{Item, PolicyFile};
use fixedbitset::FixedBitSet;
use std::sync::Arc;

/// What became of a mutant.
#[derive(Clone, PartialEq, Debug)]
pub enum Fate {
    /// A test fails.
    Caught {
        /// Which of the test files it is in.
        file: usize,
        /// The test's name.
        test: String,
        /// Its name's place, in the texts of that file.
        place: Span,
    },
    /// The directory of a test file is not sound any more.
    Refused {
        /// Which of the test files it is.
        file: usize,
        /// Why.
        finding: String,
    },
    /// All tests pass.
    Missed {
        /// What a test that fails would ask, and the test file with the directory to ask it of.
        witness: Option<(usize, Witness)>,
    },
    /// It says nothing else, so no test could notice it.
    Same,
    /// It is no policy: whoever writes it is told so.
    Impossible,
}

impl Fate {
    /// Whether the tests notice the mutant.
    #[must_use]
    pub const fn is_noticed(&self) -> bool {
        matches!(self, Self::Caught { .. } | Self::Refused { .. })
    }
}

/// A package's policy with one thing said otherwise.
struct Mutated<'m> {
    mutant: &'m Mutant,
    file: &'m PolicyFile,
    workspace: Workspace,
}

/// A state under a mutant.
enum Attempt {
    Made(Box<State>),
    Same,
    Impossible,
    Refused(String),
}

impl Workspace {
    /// The mutants of the package's policy files.
    #[must_use]
    pub fn mutants(&self) -> Vec<(usize, Mutant)> {
        let (Some(schema), Some(coverage)) = (self.schema(), self.coverage()) else { return Vec::new() };
        let files = self.files.iter().enumerate();
        files.flat_map(|(at, tree)| mutants_of(at, tree, schema, &coverage)).collect()
    }

    /// What becomes of a mutant of one of the package's files, of which it has the number among those that the tests' sights
    /// tell of: the tests are run that may notice it, `last` first, until one fails. That is the next `last`. `now` is the
    /// moment of those that name none.
    #[must_use]
    pub fn fate(
        &self,
        (number, file, mutant): (usize, usize, &Mutant),
        trials: &Trials<'_>,
        last: &mut Option<Position>,
        now: i64,
    ) -> Fate {
        let Some(tree) = self.files.get(file) else { return Fate::Impossible };
        let mutated = Mutated { mutant, file: tree.whole(), workspace: self.mutated(file, mutant) };
        let mut after: Vec<Option<Box<State>>> = trials.grounds.iter().map(|_| None).collect();
        let concerned =
            |test: &Test| !mutant.kind.is_of_changes() || test.changes.iter().any(|made| made.change.by.is_some());
        for at in last.iter().copied().chain(trials.positions()) {
            let Some((ground, trial)) = trials.get(at).filter(|(_, trial)| concerned(trial.test)) else { continue };
            let Some(place) = after.get_mut(at.ground) else { continue };
            let state = match place {
                Some(state) => state,
                None => match mutated.state(ground.state) {
                    Attempt::Made(state) => place.insert(state),
                    Attempt::Same => return Fate::Same,
                    Attempt::Impossible => return Fate::Impossible,
                    Attempt::Refused(finding) => return Fate::Refused { file: trial.file, finding },
                },
            };
            if trial.may_notice(number) && !suite::passes(trial.test, &**state, now) {
                *last = Some(at);
                let name = &trial.test.name;
                return Fate::Caught { file: trial.file, test: name.value.clone(), place: name.span };
            }
        }
        if mutant.kind.is_of_changes() {
            // No question is answered by who makes changes.
            return Fate::Missed { witness: None };
        }
        let ask = |(ground, after): (&Ground<'_>, Option<Box<State>>)| {
            let witness = mutants::witness(ground.state.snapshot(), after?.snapshot(), now)?;
            Some((ground.tests.first()?.file, witness))
        };
        Fate::Missed { witness: trials.grounds.iter().zip(after).find_map(ask) }
    }

    /// Which of the package's mutants a test may notice, by their numbers: those of what it looks at. Nothing where that
    /// cannot be told.
    #[must_use]
    pub fn sight(
        &self,
        trials: &Trials<'_>,
        at: Position,
        mutants: &[(usize, Mutant)],
        nothing: &Coverage,
        now: i64,
    ) -> Option<FixedBitSet> {
        let (ground, trial) = trials.get(at)?;
        // What a composed role takes off its bases has to be there, and no question tells.
        let composes = |made: &TestChange| matches!(made.change.action, ChangeAction::CustomRole(_));
        if trial.test.changes.iter().any(composes) {
            return None;
        }
        let covered = suite::look(trial.test, ground.state, now, nothing.clone());
        let schema = ground.state.snapshot().policy().schema();
        let made = trial.test.changes.iter().map(|made| &made.change).filter(|change| change.by.is_some());
        let made: Vec<&Change> = made.collect();
        let may = |(_, mutant): &(usize, Mutant)| {
            let concerned = made.iter().any(|change| mutant.target.concerns(change, schema));
            mutant.target.may_be_noticed(&covered) && (concerned || !mutant.kind.is_of_changes())
        };
        let mut sight = FixedBitSet::with_capacity(mutants.len());
        sight.extend(mutants.iter().enumerate().filter(|(_, mutant)| may(mutant)).map(|(number, _)| number));
        Some(sight)
    }

    /// The package with a mutant in the place of what it is of.
    fn mutated(&self, file: usize, mutant: &Mutant) -> Self {
        let mut files = self.files.to_vec();
        if let Some(tree) = files.get_mut(file) {
            let mut whole = tree.whole().clone();
            match &mutant.with {
                Some(item) => whole.items.iter_mut().skip(mutant.item).take(1).for_each(|place| *place = item.clone()),
                None => drop((mutant.item < whole.items.len()).then(|| whole.items.remove(mutant.item))),
            }
            *tree = Arc::new(PolicyTree::parsed(whole, None));
        }
        Self { files: Arc::new(files), policy: Arc::default(), ..self.clone() }
    }
}

fn mutants_of(at: usize, tree: &PolicyTree, schema: &Schema, coverage: &Coverage) -> Vec<(usize, Mutant)> {
    mutants::mutants(tree.whole(), schema, coverage).into_iter().map(|mutant| (at, mutant)).collect()
}

impl Mutated<'_> {
    /// A state under the mutant.
    fn state(&self, before: &State) -> Attempt {
        self.revised(before).unwrap_or_else(|| self.built(before))
    }

    /// The state with a role or rule compiled again; nothing where that is not enough.
    fn revised(&self, before: &State) -> Option<Attempt> {
        let policy = &before.policy;
        let slot = *policy.slots.of_file(self.file.file)?.get(self.mutant.item)?;
        let model = &policy.model;
        let revision = match (slot, &self.mutant.with) {
            (Slot::Role(role), Some(Item::Role(decl))) => {
                let change = RoleChange { before: Some(role), decl, rank: model.rank_of_role(role) };
                Revision { roles: vec![change], ..Revision::default() }
            }
            (Slot::Rule(rule), Some(Item::Rule(decl))) => {
                let change = RuleChange { before: Some(rule), decl, rank: model.rank_of_rule(rule) };
                Revision { rules: vec![change], ..Revision::default() }
            }
            (Slot::Rule(rule), None) => Revision { gone_rules: vec![rule], ..Revision::default() },
            _ => return None,
        };
        let mut revised = policy.revised(&revision)?;
        let compiled = Arc::clone(revised.policy.compiled.as_ref()?);
        // What else is dropped may make a difference to a role that a test composes.
        let drops = matches!(self.mutant.kind, MutantKind::DropGrant | MutantKind::DropRule);
        if drops && says_the_same(policy.compiled.as_deref()?, &compiled, &revised.affected) {
            return Some(Attempt::Same);
        }
        revised.policy.added.clone_from(&policy.added);
        let snapshot = before.snapshot.under(compiled, &revised.affected)?;
        Some(Attempt::Made(Box::new(State {
            workspace: Arc::new(self.workspace.clone()),
            policy: Arc::new(revised.policy),
            snapshot: Arc::new(snapshot),
            ..before.clone()
        })))
    }

    /// The state built anew.
    fn built(&self, before: &State) -> Attempt {
        let additions = Additions::of_directories(&before.declarations);
        let policy = self.workspace.policy_with(additions.file);
        if policy.compiled.is_none() || policy.diagnostics.iter().any(Diagnostic::is_error) {
            return Attempt::Impossible;
        }
        let mut findings = Vec::new();
        let snapshot = policy.link(&before.records(), before.snapshot.revision(), &mut findings);
        if let Some(finding) = findings.iter().find(|finding| finding.is_error()) {
            return Attempt::Refused(finding.message.clone());
        }
        match snapshot {
            Some(snapshot) => Attempt::Made(Box::new(State {
                workspace: Arc::new(self.workspace.clone()),
                policy: Arc::new(policy),
                snapshot,
                ..before.clone()
            })),
            None => Attempt::Refused(String::from("the directory cannot be read by it")),
        }
    }
}
