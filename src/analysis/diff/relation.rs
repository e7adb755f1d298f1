//! How a condition of one side stands to one of the other: equal, weaker, stronger, or not to be told.

use super::names::Side;
use super::said::{Said, Tells};
use super::witness::{self, Witness};
use crate::analysis::condition::{Answer, Conditions, Formula, Given, Occasion, Truths};
use crate::analysis::equivalent;
use crate::analysis::matrix::implies;
use crate::compile::NodeId;
use crate::decide::{Query, Snapshot};
use crate::schema::TypeId;
use crate::syntax::ast::Expr;

/// How what is on the new side stands to what was on the old.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Relation {
    /// They hold in the same cases.
    Equal,
    /// The new one holds wherever the old one did, and elsewhere.
    Weaker,
    /// The new one holds nowhere but where the old one did, and not everywhere there.
    Stronger,
    /// Each holds somewhere where the other does not.
    Crossed,
    /// The new one holds wherever the old one did, and may hold elsewhere.
    NotStronger,
    /// The new one holds nowhere but where the old one did, and perhaps not everywhere there.
    NotWeaker,
    /// It was not found out.
    MayDiffer,
}

impl Relation {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Weaker => "weaker",
            Self::Stronger => "stronger",
            Self::Crossed => "differs",
            Self::NotStronger => "weaker or equal",
            Self::NotWeaker => "stronger or equal",
            Self::MayDiffer => "may differ",
        }
    }

    /// Whether the new one may hold where the old one did not.
    #[must_use]
    pub const fn may_widen(self) -> bool {
        let ([_, found], [_, open]) = self.parts();
        found || open
    }

    /// Whether the old one may have held where the new one does not.
    #[must_use]
    pub const fn may_narrow(self) -> bool {
        let ([found, _], [open, _]) = self.parts();
        found || open
    }

    /// Whether nothing is open: it is proven, or shown by requests.
    pub(super) const fn is_settled(self) -> bool {
        let (_, [old, new]) = self.parts();
        !(old || new)
    }

    /// By whether it was found that one side alone holds somewhere, the old one and the new one, and whether that is open.
    const fn of(found: [bool; 2], open: [bool; 2]) -> Self {
        match (found, open) {
            ([false, false], [false, false]) => Self::Equal,
            ([true, true], _) => Self::Crossed,
            // Nothing holds on the old side alone: proven.
            ([false, true], [false, _]) => Self::Weaker,
            ([true, false], [_, false]) => Self::Stronger,
            ([false, false], [false, true]) => Self::NotStronger,
            ([false, false], [true, false]) => Self::NotWeaker,
            _ => Self::MayDiffer,
        }
    }

    const fn parts(self) -> ([bool; 2], [bool; 2]) {
        match self {
            Self::Equal => ([false, false], [false, false]),
            Self::Weaker => ([false, true], [false, false]),
            Self::Stronger => ([true, false], [false, false]),
            Self::Crossed => ([true, true], [false, false]),
            Self::NotStronger => ([false, false], [false, true]),
            Self::NotWeaker => ([false, false], [true, false]),
            Self::MayDiffer => ([false, false], [true, true]),
        }
    }

    /// That of two conditions together, each of which stands to its counterpart by one of these.
    const fn with(self, other: Self) -> Self {
        let ((found, open), (too, open_too)) = (self.parts(), other.parts());
        Self::of([found[0] || too[0], found[1] || too[1]], [open[0] || open_too[0], open[1] || open_too[1]])
    }
}

/// A relation, and requests that show it.
#[derive(Clone, PartialEq, Debug)]
pub struct Related {
    /// The relation.
    pub relation: Relation,
    /// A request for which the old side's condition alone holds, and one for which the new side's does, as far as one was
    /// found.
    pub witnesses: [Option<Witness>; 2],
}

impl Related {
    /// Nothing was found out.
    pub(super) const MAY_DIFFER: Self = Self::without_witness(Relation::MayDiffer);
    /// It is the same.
    pub(super) const EQUAL: Self = Self::without_witness(Relation::Equal);

    pub(super) const fn without_witness(relation: Relation) -> Self {
        Self { relation, witnesses: [None, None] }
    }

    /// That of two conditions together.
    pub(super) fn with(self, other: Self) -> Self {
        let ([old, new], [old_too, new_too]) = (self.witnesses, other.witnesses);
        Self { relation: self.relation.with(other.relation), witnesses: [old.or(old_too), new.or(new_too)] }
    }

    /// The same, where it is known of each side whether it may hold alone.
    pub(super) fn proven(self, may: [bool; 2]) -> Self {
        let (found, open) = self.relation.parts();
        Self { relation: Relation::of(found, [open[0] && may[0], open[1] && may[1]]), ..self }
    }
}

/// How what one side says stands to what the other does. Where a search finds facts that cannot be tried, `candidates` are:
/// requests that the sides decide otherwise.
///
/// Both policies must name types alike, or nothing is told: subjects are told apart by type.
pub(super) fn related(old: &Said<'_>, new: &Said<'_>, candidates: &[Query]) -> Related {
    let (before, after) = (old.occasions(), new.occasions());
    // Each side may have to tell subjects apart where the other need not: by the longer list, by name.
    let count = before.len().max(after.len());
    let mut found = [None, None];
    let mut open = [false, false];
    let counts = old.counts();
    for at in 0..count {
        let (Some(one), Some(other)) = pair(old, new, &before, &after, at) else { return Related::MAY_DIFFER };
        let mut conditions = Conditions::default();
        let was = old.formula(&mut conditions, one);
        let is = new.formula(&mut conditions, other);
        let undenied = [old.undenied(&mut conditions, one), new.undenied(&mut conditions, other)];
        let [undenied_before, undenied_after] = &undenied;
        let sides = [
            (Side::Old, &was, &is, old, one, [undenied_before, undenied_after]),
            (Side::New, &is, &was, new, other, [undenied_after, undenied_before]),
        ];
        for ((slot, open), (side, holds, fails, said, occasion, undenied)) in found.iter_mut().zip(&mut open).zip(sides)
        {
            let wanted = [(holds, counts), (fails, counts.others())];
            // What rules deny in any case shows nothing: of an allow where it holds, of a denial where it does not.
            let [here, there] = undenied;
            let undenied = if said.tells == Tells::Allowed { here } else { there };
            let shows = [wanted[0], wanted[1], (undenied, Truths::TRUE)];
            let mut shown = None;
            let mut seek = |given: Given| {
                let policy = said.snapshot.policy();
                conditions.search(&shows, given, (policy, occasion), |sketch| {
                    shown = witness::shown(old, new, sketch, side);
                    shown.is_some()
                })
            };
            // Facts of which nothing is missing are easier to believe; what is proven holds of all others, too.
            let answer = match seek(Given::Complete) {
                Answer::Found => Answer::Found,
                _ => seek(Given::MayMiss),
            };
            let is_open = answer != Answer::Found && !conditions.find(&wanted, Given::MayMiss).is_never();
            *open |= is_open;
            *slot = slot.take().or(shown);
        }
    }
    for query in candidates {
        if found.iter().zip(open).all(|(found, open)| found.is_some() || !open) {
            break;
        }
        let side = witness::holding([old, new], [old.snapshot, new.snapshot], query);
        if let Some(slot) = side.and_then(|side| found.get_mut(usize::from(side == Side::New))) {
            slot.get_or_insert_with(|| Witness::of_directories(query));
        }
    }
    let relation = Relation::of([found[0].is_some(), found[1].is_some()], open);
    Related { relation, witnesses: found }
}

/// The occasions of both sides that are of the same types.
fn pair(
    old: &Said<'_>,
    new: &Said<'_>,
    before: &[Occasion],
    after: &[Occasion],
    at: usize,
) -> (Option<Occasion>, Option<Occasion>) {
    let name = |said: &Said<'_>, ty: Option<TypeId>| {
        ty.and_then(|ty| said.snapshot.policy().schema().types.get(ty)).map(|info| info.name.clone())
    };
    let key = |said: &Said<'_>, occasion: &Occasion| (name(said, occasion.subject), name(said, occasion.actor));
    let translated = |from: &Said<'_>, occasion: &Occasion, to: &Said<'_>, general: Option<&Occasion>| {
        let schema = to.snapshot.policy().schema();
        let (subject, actor) = key(from, occasion);
        let ty = |name: &Option<Box<str>>| name.as_deref().and_then(|name| schema.type_named(name));
        general.map(|general| Occasion { subject: ty(&subject), actor: ty(&actor), ..*general })
    };
    if before.len() >= after.len() {
        let Some(one) = before.get(at) else { return (None, None) };
        (Some(*one), translated(old, one, new, after.first()))
    } else {
        let Some(other) = after.get(at) else { return (None, None) };
        (translated(new, other, old, before.first()), Some(*other))
    }
}

/// A condition under which a role on a type counts, or implies another on a type below; it always does without one.
#[derive(Clone, Copy)]
pub(super) struct Condition<'s> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) scope: TypeId,
    pub(super) below: TypeId,
    pub(super) when: Option<NodeId>,
}

/// How the conditions stand to each other under which roles count, or imply others.
pub(super) fn related_conditions(old: Condition<'_>, new: Condition<'_>) -> Related {
    if let Some((old, new)) = old.said().zip(new.said()) {
        return related(&old, &new, &[]);
    }
    Related::without_witness(Relation::of([false, false], open(old, new, Truths::TRUE)))
}

/// The same of conditions that count where they cannot be computed, too: denials of a role that may count hold.
pub(super) fn related_uncomputed(old: Condition<'_>, new: Condition<'_>) -> Related {
    Related::without_witness(Relation::of([false, false], open(old, new, Truths::NOT_FALSE)))
}

/// Whether it is open that one side's condition counts alone.
fn open(old: Condition<'_>, new: Condition<'_>, counts: Truths) -> [bool; 2] {
    let mut conditions = Conditions::default();
    let (was, is) = (old.formula(&mut conditions), new.formula(&mut conditions));
    let Some((was, is)) = was.zip(is) else { return [true, true] };
    [(&was, &is), (&is, &was)].map(|(holds, fails)| {
        let wanted = [(holds, counts), (fails, counts.others())];
        !conditions.find(&wanted, Given::MayMiss).is_never()
    })
}

impl<'s> Condition<'s> {
    fn said(self) -> Option<Said<'s>> {
        Said::bare(self.snapshot, self.scope, self.below, self.when)
    }

    /// Where it holds; nothing where that hangs on what the subject is.
    fn formula(self, conditions: &mut Conditions<'s>) -> Option<Formula> {
        let Some(when) = self.when else { return Some(Formula::TRUE) };
        let (policy, occasion) = (self.snapshot.policy(), Occasion::of_implication(self.scope, self.below));
        let one = occasion.each(policy, &[when]).len() == 1;
        one.then(|| conditions.read(policy, when, occasion))
    }
}

/// As [`related`] of conditions as they are written, whatever their comparisons yield.
pub(super) fn related_in_form(old: &Expr, new: &Expr) -> Related {
    // That one does not hold wherever another does, form alone does not show: only what it shows is said.
    let relation = match (implies(old, new), implies(new, old)) {
        _ if equivalent(old, new) => Relation::Equal,
        (true, _) => Relation::NotStronger,
        (_, true) => Relation::NotWeaker,
        _ => Relation::MayDiffer,
    };
    Related::without_witness(relation)
}
