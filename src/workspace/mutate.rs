//! A package with one thing in it said otherwise, and the tests that notice it.
//!
//! Where a role or a rule is said otherwise, it alone is compiled again and everything else is shared, as after an edit.
//! Otherwise the whole is built anew.

use super::additions::Additions;
use super::passes::Policy;
use super::policy_tree::PolicyTree;
use super::revise::Slot;
use super::trials::{Ground, Position, Sight, Trial, Trials};
use super::{State, Workspace};
use crate::analysis::coverage::Coverage;
use crate::analysis::mutants::{self, Mutant, MutantKind, Target, Witness, all_held_alike, says_the_same};
use crate::decide::Snapshot;
use crate::diagnostics::Diagnostic;
use crate::directory::{Change, ChangeAction};
use crate::model::{Revision, RoleChange, RuleChange};
use crate::schema::{RoleId, Schema, TypeId};
use crate::source::Span;
use crate::suite::{self, Again, Test, TestChange};
use crate::syntax::ast::{ChangeKind, Item, PolicyFile};
use fixedbitset::FixedBitSet;
use std::cell::OnceCell;
use std::ptr;
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
    package: &'m Workspace,
    /// Which of the package's files it is.
    number: usize,
    /// The package with the mutant in it, where that is needed.
    workspace: OnceCell<Arc<Workspace>>,
}

/// A ground under a mutant.
struct Made {
    policy: Arc<Policy>,
    snapshot: Arc<Snapshot>,
    /// The roles that may grant something else, where that is all: everybody holds what they held.
    alike: Option<Vec<RoleId>>,
    /// The state that tests are run on, where one has to be.
    state: OnceCell<Box<State>>,
}

/// What a ground comes to under a mutant.
enum Attempt {
    Made(Made),
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
        let mut fate = |mutant: &Mutant| self.fate_of((number, file, mutant), trials, last, now);
        match fate(mutant) {
            Fate::Impossible => {
                let named = self.schema().and_then(|schema| mutants::still_named(mutant, schema));
                named.map_or(Fate::Impossible, |named| fate(&named))
            }
            fate => fate,
        }
    }

    fn fate_of(
        &self,
        (number, file, mutant): (usize, usize, &Mutant),
        trials: &Trials<'_>,
        last: &mut Option<Position>,
        now: i64,
    ) -> Fate {
        let Some(tree) = self.files.get(file) else { return Fate::Impossible };
        let workspace = OnceCell::new();
        let mutated = Mutated { mutant, file: tree.whole(), package: self, number: file, workspace };
        let mut after: Vec<Option<Made>> = trials.grounds.iter().map(|_| None).collect();
        let concerned =
            |test: &Test| !mutant.kind.is_of_changes() || test.changes.iter().any(|made| made.change.by.is_some());
        for at in last.iter().copied().chain(trials.positions_for(mutant.kind)) {
            let Some((ground, trial)) = trials.get(at).filter(|(_, trial)| concerned(trial.test)) else { continue };
            let Some(place) = after.get_mut(at.ground) else { continue };
            let made = match place {
                Some(made) => made,
                None => match mutated.ground(ground) {
                    Attempt::Made(made) => place.insert(made),
                    Attempt::Same => return Fate::Same,
                    Attempt::Impossible => return Fate::Impossible,
                    Attempt::Refused(finding) => return Fate::Refused { file: trial.file, finding },
                },
            };
            let passes = || {
                let again = made.passes_again(mutant, (ground, trial), now);
                again.unwrap_or_else(|| suite::passes(trial.test, made.state(&mutated, ground.state), now))
            };
            if trial.may_notice(number) && !passes() {
                *last = Some(at);
                let name = &trial.test.name;
                return Fate::Caught { file: trial.file, test: name.value.clone(), place: name.span };
            }
        }
        if mutant.kind.is_of_changes() {
            // No question is answered by who makes changes.
            return Fate::Missed { witness: None };
        }
        let ask = |(ground, after): (&Ground<'_>, Option<Made>)| {
            let witness = mutants::witness(ground.state.snapshot(), &after?.snapshot, now)?;
            Some((ground.tests.first()?.file, witness))
        };
        Fate::Missed { witness: trials.grounds.iter().zip(after).find_map(ask) }
    }

    /// Which of the package's mutants a test may notice: those of what it looks at. Nothing where that cannot be told.
    #[must_use]
    pub fn sight(
        &self,
        trials: &Trials<'_>,
        at: Position,
        mutants: &[(usize, Mutant)],
        nothing: &Coverage,
        now: i64,
    ) -> Option<Sight> {
        let (ground, trial) = trials.get(at)?;
        let tried;
        let seen = match trial.seen {
            Some(seen) => seen,
            None => {
                tried = suite::run_one(trial.test, ground.state, now, nothing.clone()).seen;
                &tried
            }
        };
        // What a composed role takes off its bases has to be there, and no question tells.
        let composes = |made: &TestChange| matches!(made.change.action, ChangeAction::CustomRole(_));
        if trial.test.changes.iter().any(composes) {
            return Some(Sight { mutants: None, course: seen.course.clone() });
        }
        let schema = ground.state.snapshot().policy().schema();
        let made = trial.test.changes.iter().map(|made| &made.change).filter(|change| change.by.is_some());
        let made: Vec<&Change> = made.collect();
        let may = |(_, mutant): &(usize, Mutant)| {
            let concerned = made.iter().any(|change| mutant.target.concerns(change, schema));
            mutant.target.may_be_noticed(&seen.coverage) && (concerned || !mutant.kind.is_of_changes())
        };
        let mut sight = FixedBitSet::with_capacity(mutants.len());
        sight.extend(mutants.iter().enumerate().filter(|(_, mutant)| may(mutant)).map(|(number, _)| number));
        Some(Sight { mutants: Some(sight), course: seen.course.clone() })
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

/// The changes that a mutant leaves without a guard, where that is all that it does: their kind, and the type of the entity.
fn unguarded(mutant: &Mutant) -> Option<(ChangeKind, TypeId)> {
    match mutant.target {
        Target::Changes(kind, ty) if mutant.kind == MutantKind::DropGuard => Some((kind, ty)),
        _ => None,
    }
}

impl Made {
    /// A ground that is linked with a policy.
    fn linked(policy: Policy, snapshot: Arc<Snapshot>, alike: Option<Vec<RoleId>>) -> Attempt {
        Attempt::Made(Self { policy: Arc::new(policy), snapshot, alike, state: OnceCell::new() })
    }

    /// Whether a test passes, by what it went through before; nothing where that does not tell.
    fn passes_again(&self, mutant: &Mutant, (ground, trial): (&Ground<'_>, &Trial<'_>), now: i64) -> Option<bool> {
        let (course, policy) = (trial.course()?, self.policy.compiled.as_ref()?);
        let roles: &[RoleId] = match &self.alike {
            Some(roles) => roles,
            // Where nothing is changed, there are answers alone.
            None if trial.test.changes.is_empty() => &[],
            None => return None,
        };
        let before = ground.state.snapshot.policy();
        let under = |snapshot: &Snapshot| match unguarded(mutant) {
            // Whatever a change made of the policy, it is said in all of them.
            Some((kind, ty)) => snapshot.under(Arc::new(snapshot.policy().without_guard(kind, ty)), &[]),
            None if ptr::eq(snapshot.policy(), before) => snapshot.under(Arc::clone(policy), roles),
            None => None,
        };
        let again = Again {
            ground: &self.snapshot,
            under: &under,
            concerned: &|change| mutant.target.concerns(change, policy.schema()),
            asks: !mutant.kind.is_of_changes(),
            now,
        };
        course.passes(trial.test, again)
    }

    /// The state that a test is run on as a whole.
    fn state(&self, mutated: &Mutated<'_>, before: &State) -> &State {
        self.state.get_or_init(|| {
            Box::new(State {
                workspace: Arc::clone(mutated.workspace()),
                policy: Arc::clone(&self.policy),
                snapshot: Arc::clone(&self.snapshot),
                ..before.clone()
            })
        })
    }
}

impl Mutated<'_> {
    /// The package with the mutant in it.
    fn workspace(&self) -> &Arc<Workspace> {
        self.workspace.get_or_init(|| Arc::new(self.package.mutated(self.number, self.mutant)))
    }

    /// A ground under the mutant.
    fn ground(&self, before: &Ground<'_>) -> Attempt {
        let state = before.state;
        self.unguarded(state).or_else(|| self.revised(before)).unwrap_or_else(|| self.built(state))
    }

    /// A ground in which changes of a kind are guarded no more; nothing where something else is said.
    fn unguarded(&self, before: &State) -> Option<Attempt> {
        let (kind, ty) = unguarded(self.mutant)?;
        let compiled = Arc::new(before.snapshot.policy().without_guard(kind, ty));
        let snapshot = Arc::new(before.snapshot.under(Arc::clone(&compiled), &[])?);
        let policy = Policy { compiled: Some(compiled), ..Policy::clone(&before.policy) };
        Some(Made::linked(policy, snapshot, Some(Vec::new())))
    }

    /// A ground with a role or rule compiled again; nothing where that is not enough.
    fn revised(&self, ground: &Ground<'_>) -> Option<Attempt> {
        let before = ground.state;
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
        let mut revised = ground.reviser()?.revise(&revision)?;
        let compiled = Arc::clone(revised.policy.compiled.as_ref()?);
        // What else is dropped may make a difference to a role that a test composes.
        let drops = matches!(self.mutant.kind, MutantKind::DropGrant | MutantKind::DropRule);
        if drops && says_the_same(policy.compiled.as_deref()?, &compiled, &revised.affected) {
            return Some(Attempt::Same);
        }
        revised.policy.added.clone_from(&policy.added);
        let alike = all_held_alike(policy.compiled.as_deref()?, &compiled, &revised.affected);
        let snapshot = Arc::new(before.snapshot.under(compiled, &revised.affected)?);
        Some(Made::linked(revised.policy, snapshot, alike.then_some(revised.affected)))
    }

    /// A ground built anew.
    fn built(&self, before: &State) -> Attempt {
        let additions = Additions::of_directories(&before.declarations);
        let policy = self.workspace().policy_with(additions.file);
        if policy.compiled.is_none() || policy.diagnostics.iter().any(Diagnostic::is_error) {
            return Attempt::Impossible;
        }
        let mut findings = Vec::new();
        let snapshot = policy.link(&before.records(), before.snapshot.revision(), &mut findings);
        if let Some(finding) = findings.iter().find(|finding| finding.is_error()) {
            return Attempt::Refused(finding.message.clone());
        }
        match snapshot {
            Some(snapshot) => Made::linked(policy, snapshot, None),
            None => Attempt::Refused(String::from("the directory cannot be read by it")),
        }
    }
}
