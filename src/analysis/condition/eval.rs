//! What a formula may come to under what is supposed so far.

use super::Conditions;
use super::atom::{Atom, AtomId, Operand, Several};
use super::formula::Tree;
use super::read::matches;
use super::state::{State, Supposed, Variable};
use super::term::{Kind, Single, TermId};
use super::truths::Truths;
use crate::compile::Comparison;
use crate::decide::Truth;
use std::cmp::Ordering;

/// Evaluates formulas, counts its steps, and notes what is to be supposed next.
pub(super) struct Evaluation<'e, 'p> {
    pub(super) conditions: &'e Conditions<'p>,
    pub(super) supposed: &'e Supposed,
    pub(super) next: Option<Variable>,
    pub(super) steps: usize,
}

/// The variable that is still open.
struct Open(Variable);

impl Evaluation<'_, '_> {
    /// The truths that a formula may come to: all that it can, and perhaps more while something is open.
    pub(super) fn tree(&mut self, tree: &Tree) -> Truths {
        match tree {
            Tree::Constant(truth) => Truths::from(*truth),
            Tree::All(parts) => {
                let mut all = Truths::TRUE;
                for part in parts {
                    all = all.and(self.tree(part));
                    if all == Truths::FALSE {
                        break;
                    }
                }
                all
            }
            Tree::Any(parts) => {
                let mut any = Truths::FALSE;
                for part in parts {
                    any = any.or(self.tree(part));
                    if any == Truths::TRUE {
                        break;
                    }
                }
                any
            }
            Tree::Not(part) => self.tree(part).negated(),
            Tree::Certain(part) => self.tree(part).certain(),
            Tree::Atom(atom) => {
                self.steps += 1;
                match self.atom(*atom) {
                    Ok(truth) => Truths::from(truth),
                    Err(Open(variable)) => {
                        self.next.get_or_insert(variable);
                        Truths::ALL
                    }
                }
            }
        }
    }

    fn atom(&self, id: AtomId) -> Result<Truth, Open> {
        let Some(atom) = self.conditions.atoms.get(id) else { return Ok(Truth::Unknown) };
        match atom {
            Atom::Compare(comparison, left, right) => {
                let (left, right) = (self.operand(left)?, self.operand(right)?);
                Ok(compare(*comparison, &left, &right))
            }
            Atom::Bare(term) => match self.term(*term)? {
                State::Missing => Ok(Truth::Unknown),
                State::Absent => Ok(Truth::False),
                State::Known(Single::Bool(value)) => Ok(Truth::from(value)),
                State::There if self.is_set(*term) => self.free(id),
                _ => Ok(Truth::True),
            },
            Atom::Never(term) => Ok(match self.term(*term)? {
                State::Missing => Truth::Unknown,
                _ => Truth::False,
            }),
            Atom::Pattern(comparison, left, right) => {
                let (left, right) = (self.operand(left)?, self.operand(right)?);
                match (&left, &right) {
                    (State::Missing, _) | (_, State::Missing) => Ok(Truth::Unknown),
                    (State::Absent, _) | (_, State::Absent) => Ok(Truth::False),
                    (State::Known(Single::Text(text)), State::Known(Single::Text(pattern))) => {
                        Ok(Truth::from(matches(*comparison, text, pattern)))
                    }
                    _ => self.free(id),
                }
            }
            Atom::InRange(term, range) => match self.term(*term)? {
                State::Missing => Ok(Truth::Unknown),
                State::Absent => Ok(Truth::False),
                State::Known(Single::Address(address)) => Ok(Truth::from(range.contains(&address))),
                _ => self.free(id),
            },
            Atom::Member(element, set) => {
                let (element, set) = (self.operand(element)?, self.term(*set)?);
                match (element, set) {
                    (State::Missing, _) | (_, State::Missing) => Ok(Truth::Unknown),
                    (State::Absent, _) | (_, State::Absent) => Ok(Truth::False),
                    (_, State::Everything) => Ok(Truth::True),
                    _ => self.free(id),
                }
            }
            Atom::Sets(comparison, left, right) => {
                let overlaps = *comparison == Comparison::Overlaps;
                match (self.several(left)?, self.several(right)?) {
                    (State::Missing, _) | (_, State::Missing) => Ok(Truth::Unknown),
                    (State::Absent, _) | (_, State::Absent) => Ok(Truth::False),
                    (State::Everything, State::Everything) => Ok(Truth::True),
                    (_, State::Everything) if !overlaps => Ok(Truth::True),
                    (State::Everything, _) if !overlaps => Ok(Truth::False),
                    _ => self.free(id),
                }
            }
            Atom::Has(subject, _, on) => match (self.operand(subject)?, self.operand(on)?) {
                (State::Missing, _) | (_, State::Missing) => Ok(Truth::Unknown),
                (State::Absent, _) | (_, State::Absent) => Ok(Truth::False),
                (_, State::Everything) => Ok(Truth::Unknown),
                _ => self.free(id),
            },
            Atom::Within(..) | Atom::Free(_) => self.free(id),
        }
    }

    fn free(&self, id: AtomId) -> Result<Truth, Open> {
        self.supposed.atoms.get(&id).copied().ok_or(Open(Variable::Atom(id)))
    }

    fn is_set(&self, term: TermId) -> bool {
        self.conditions.terms.get(term).is_some_and(|term| term.kind == Kind::Set)
    }

    fn operand(&self, operand: &Operand) -> Result<State, Open> {
        match operand {
            Operand::Term(term) => self.term(*term),
            Operand::Single(single) => Ok(State::Known(single.clone())),
        }
    }

    fn several(&self, several: &Several) -> Result<State, Open> {
        match several {
            Several::Term(term) => self.term(*term),
            Several::List(_) => Ok(State::There),
        }
    }

    /// What a term leads to: nothing where what it goes on from leads nowhere.
    fn term(&self, id: TermId) -> Result<State, Open> {
        let Some(term) = self.conditions.terms.get(id) else { return Ok(State::Missing) };
        if let Some(of) = term.of {
            match self.term(of)? {
                State::Missing => return Ok(State::Missing),
                State::Absent => return Ok(State::Absent),
                // Nobody can count everything.
                State::Everything => return Ok(State::Missing),
                _ => {}
            }
        }
        self.supposed.terms.get(&id).cloned().ok_or(Open(Variable::Term(id)))
    }
}

/// A comparison of single values.
fn compare(comparison: Comparison, left: &State, right: &State) -> Truth {
    match (left, right) {
        (State::Missing, _) | (_, State::Missing) => return Truth::Unknown,
        (State::Absent, _) | (_, State::Absent) => return Truth::from(comparison == Comparison::Ne),
        _ => {}
    }
    let order = || match (left, right) {
        (State::Known(Single::Number(left)), State::Known(Single::Number(right))) => Some(left.cmp(right)),
        _ => None,
    };
    let ordered = |wanted: fn(Ordering) -> bool| order().map_or(Truth::Unknown, |found| Truth::from(wanted(found)));
    match comparison {
        Comparison::Eq => Truth::from(left == right),
        Comparison::Ne => Truth::from(left != right),
        Comparison::Lt => ordered(Ordering::is_lt),
        Comparison::Le => ordered(Ordering::is_le),
        Comparison::Gt => ordered(Ordering::is_gt),
        Comparison::Ge => ordered(Ordering::is_ge),
        _ => Truth::Unknown,
    }
}
