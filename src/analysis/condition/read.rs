//! From programs to formulas.

use super::Conditions;
use super::atom::{Atom, AtomId, Operand, Several};
use super::formula::{Formula, Tree};
use super::occasion::Occasion;
use super::term::{Kind, Single, Term, TermId, TermKey};
use super::truths::Truths;
use crate::compile::{Comparison, CompiledPolicy, Node, NodeId};
use crate::decide::{Truth, like};
use crate::schema::{Reach, RoleId, Schema, TypeId};

/// What a step that yields a value comes to.
pub(super) enum Read {
    Term(TermId),
    Single(Single),
    List(Vec<Single>),
    Range(ipnet::IpNet),
    /// It is not looked into.
    Obscure,
}

impl<'p> Conditions<'p> {
    /// The formula of a condition of a policy, as it is asked on an occasion.
    pub fn read(&mut self, policy: &'p CompiledPolicy, program: NodeId, occasion: Occasion) -> Formula {
        if !self.policies.iter().any(|known| std::ptr::eq(*known, policy)) {
            self.policies.push(policy);
        }
        let mut reader = Reader { conditions: self, policy, schema: policy.schema(), occasion };
        Formula(reader.truth(program))
    }

    fn atom(&mut self, atom: Atom) -> AtomId {
        if let Some(&id) = self.atom_ids.get(&atom) {
            return id;
        }
        let id = self.atoms.push(atom.clone());
        self.atom_ids.insert(atom, id);
        id
    }

    /// The formula of whether the resource is or lies in something of a type, where a role may be implied.
    pub fn is_inside(&mut self, policy: &'p CompiledPolicy, ty: TypeId, occasion: Occasion) -> Formula {
        let mut reader = Reader { conditions: self, policy, schema: policy.schema(), occasion };
        Formula(reader.is_there(ty))
    }

    /// Whether a term is that of an entity by this key.
    pub(super) fn is(&self, term: TermId, key: TermKey) -> bool {
        self.term_ids.get(&(key, Kind::Entity(None).tag())) == Some(&term)
    }

    /// The term of a path; what is said of it by several is joined.
    pub(super) fn term(&mut self, key: TermKey, term: Term) -> TermId {
        // A path that is of another kind in another policy is another one.
        let key = (key, term.kind.tag());
        if let Some(&id) = self.term_ids.get(&key) {
            if let Some(known) = self.terms.get_mut(id) {
                known.may_miss |= term.may_miss;
                known.may_lack |= term.may_lack;
                known.may_be_everything |= term.may_be_everything;
                known.kind = known.kind.clone().joined(&term.kind);
            }
            return id;
        }
        let id = self.terms.push(term);
        self.keys.push(key.0.clone());
        self.term_ids.insert(key, id);
        id
    }
}

pub(super) struct Reader<'c, 'p> {
    pub(super) conditions: &'c mut Conditions<'p>,
    pub(super) policy: &'p CompiledPolicy,
    pub(super) schema: &'p Schema,
    pub(super) occasion: Occasion,
}

impl Reader<'_, '_> {
    /// A step that yields a truth. Recursion is bounded: programs are validated.
    fn truth(&mut self, id: NodeId) -> Tree {
        let programs = self.policy.programs();
        match programs.node(id) {
            Node::And(list) => Tree::All(programs.operands(list).iter().map(|&part| self.truth(part)).collect()),
            Node::Or(list) => Tree::Any(programs.operands(list).iter().map(|&part| self.truth(part)).collect()),
            Node::Not(part) => Tree::Not(Box::new(self.truth(part))),
            Node::Compare(comparison, left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                self.compare(comparison, left, right)
            }
            Node::Is(of, ty) => {
                let of = self.value(of);
                self.is(&of, ty)
            }
            Node::Has(subject, roles, on) => {
                let roles = programs.roles(roles).iter().map(|&role| role_key(self.schema, role)).collect();
                self.has(subject, Some(roles), on)
            }
            Node::HasAny(subject, on) => self.has(subject, None, on),
            Node::Bare(of) => match self.value(of) {
                Read::Single(Single::Bool(value)) => Tree::Constant(value.into()),
                Read::List(list) => Tree::Constant((!list.is_empty()).into()),
                Read::Single(_) | Read::Range(_) => Tree::Constant(Truth::True),
                Read::Term(term) => self.atom(Atom::Bare(term)),
                Read::Obscure => self.free(),
            },
            Node::Within(ty) => self.within(ty),
            Node::To(types) => match self.occasion.subject {
                Some(subject) => Tree::Constant(programs.types(types).contains(&subject).into()),
                None => self.free(),
            },
            // Validation keeps values out of the place of truths.
            _ => Tree::Constant(Truth::Unknown),
        }
    }

    fn atom(&mut self, atom: Atom) -> Tree {
        Tree::Atom(self.conditions.atom(atom))
    }

    fn free(&mut self) -> Tree {
        let number = u32::try_from(self.conditions.atoms.len()).unwrap_or(u32::MAX);
        self.atom(Atom::Free(number))
    }

    fn is(&mut self, of: &Read, ty: TypeId) -> Tree {
        let wanted = self.schema.types.get(ty).map(|info| &*info.name);
        let found = match of {
            Read::Term(term) => match self.conditions.terms.get(*term).map(|term| &term.kind) {
                Some(Kind::Entity(Some(found))) => found.clone(),
                _ => return self.free(),
            },
            Read::Single(single) => return Tree::Constant((single.entity_type() == wanted).into()),
            _ => return self.free(),
        };
        let Read::Term(term) = of else { return self.free() };
        self.atom(if Some(&*found) == wanted { Atom::Bare(*term) } else { Atom::Never(*term) })
    }

    fn has(&mut self, subject: NodeId, roles: Option<Vec<Box<str>>>, on: NodeId) -> Tree {
        let roles = roles.map(|mut roles| {
            roles.sort_unstable();
            roles
        });
        let operand = |read: Read| match read {
            Read::Term(term) => Some(Operand::Term(term)),
            Read::Single(single) => Some(Operand::Single(single)),
            _ => None,
        };
        match (operand(self.value(subject)), operand(self.value(on))) {
            (Some(subject), Some(on)) => self.atom(Atom::Has(subject, roles, on)),
            _ => self.free(),
        }
    }

    fn within(&mut self, ty: TypeId) -> Tree {
        let resource = self.occasion.resource;
        if resource == ty {
            return Tree::Constant(Truth::True);
        }
        match self.schema.reach(resource, ty) {
            Reach::Never => Tree::Constant(Truth::False),
            Reach::One | Reach::Optional => self.is_there(ty),
            Reach::Many => {
                let name = self.type_name(ty);
                self.atom(Atom::Within(name, Truths::ALL))
            }
        }
    }

    /// Whether the resource is or lies in something of a type.
    fn is_there(&mut self, ty: TypeId) -> Tree {
        match self.lying_in(ty) {
            Read::Term(term) => self.atom(Atom::Bare(term)),
            _ => Tree::Constant(Truth::Unknown),
        }
    }

    fn compare(&mut self, comparison: Comparison, left: Read, right: Read) -> Tree {
        match comparison {
            Comparison::Contains => self.member(right, left),
            Comparison::In => self.member(left, right),
            Comparison::Overlaps | Comparison::SubsetOf => self.sets(comparison, left, right),
            Comparison::StartsWith | Comparison::EndsWith | Comparison::Like => self.pattern(comparison, left, right),
            Comparison::Eq | Comparison::Ne | Comparison::Lt | Comparison::Le | Comparison::Gt | Comparison::Ge => {
                match (self.single(left), self.single(right)) {
                    (Some(left), Some(right)) => self.atom(Atom::Compare(comparison, left, right)),
                    _ => self.free(),
                }
            }
        }
    }

    /// A side of a comparison of single values.
    fn single(&self, read: Read) -> Option<Operand> {
        match read {
            Read::Term(term) if self.conditions.terms.get(term)?.kind != Kind::Set => Some(Operand::Term(term)),
            Read::Single(single) => Some(Operand::Single(single)),
            _ => None,
        }
    }

    fn member(&mut self, element: Read, set: Read) -> Tree {
        let is_set = |term: TermId, conditions: &Conditions<'_>| {
            conditions.terms.get(term).is_some_and(|it| it.kind == Kind::Set)
        };
        match (element, set) {
            (Read::Term(term), Read::Range(range)) => self.atom(Atom::InRange(term, range)),
            (element, Read::List(list)) => {
                let Some(element) = self.single(element) else { return self.free() };
                match &element {
                    Operand::Term(term) if list.is_empty() => self.atom(Atom::Never(*term)),
                    Operand::Term(_) => {
                        let equal = |single| Atom::Compare(Comparison::Eq, element.clone(), Operand::Single(single));
                        Tree::Any(list.into_iter().map(|single| self.atom(equal(single))).collect())
                    }
                    Operand::Single(single) => Tree::Constant(list.contains(single).into()),
                }
            }
            (element, Read::Term(set)) if is_set(set, self.conditions) => match self.single(element) {
                Some(element) => self.atom(Atom::Member(element, set)),
                None => self.free(),
            },
            // One value where others of the same condition are a set.
            (element, set @ Read::Term(_)) => match (self.single(element), self.single(set)) {
                (Some(element), Some(set)) => self.atom(Atom::Compare(Comparison::Eq, element, set)),
                _ => self.free(),
            },
            _ => self.free(),
        }
    }

    fn sets(&mut self, comparison: Comparison, left: Read, right: Read) -> Tree {
        let side = |read: Read, conditions: &Conditions<'_>| match read {
            Read::Term(term) if conditions.terms.get(term).is_some_and(|it| it.kind == Kind::Set) => {
                Some(Several::Term(term))
            }
            Read::List(list) => Some(Several::List(list)),
            _ => None,
        };
        let (Some(left), Some(right)) = (side(left, self.conditions), side(right, self.conditions)) else {
            return self.free();
        };
        let overlaps = comparison == Comparison::Overlaps;
        match (left, right) {
            (Several::List(left), Several::List(right)) => {
                let holds = if overlaps {
                    left.iter().any(|single| right.contains(single))
                } else {
                    left.iter().all(|single| right.contains(single))
                };
                Tree::Constant(holds.into())
            }
            (Several::Term(set), Several::List(list)) | (Several::List(list), Several::Term(set))
                if overlaps && !list.is_empty() =>
            {
                let member = |single| Atom::Member(Operand::Single(single), set);
                Tree::Any(list.into_iter().map(|single| self.atom(member(single))).collect())
            }
            (Several::List(list), Several::Term(set)) if !list.is_empty() => {
                let member = |single| Atom::Member(Operand::Single(single), set);
                Tree::All(list.into_iter().map(|single| self.atom(member(single))).collect())
            }
            // One atom, whichever is named first.
            (Several::Term(left), Several::Term(right)) if overlaps => {
                let (first, second) = (left.min(right), left.max(right));
                self.atom(Atom::Sets(comparison, Several::Term(first), Several::Term(second)))
            }
            (left, right) => self.atom(Atom::Sets(comparison, left, right)),
        }
    }

    fn pattern(&mut self, comparison: Comparison, left: Read, right: Read) -> Tree {
        let (Some(left), Some(right)) = (self.single(left), self.single(right)) else { return self.free() };
        if let (Operand::Single(Single::Text(text)), Operand::Single(Single::Text(pattern))) = (&left, &right) {
            return Tree::Constant(matches(comparison, text, pattern).into());
        }
        let Operand::Single(Single::Text(pattern)) = &right else {
            return self.atom(Atom::Pattern(comparison, left, right));
        };
        // What says the same is written the same; where a beginning and an end cannot share letters, they are apart.
        if let (Comparison::Like, Some((start, end))) = (comparison, pattern.split_once('*'))
            && !start.is_empty()
            && !end.is_empty()
            && !end.contains('*')
            && !(1..=end.len()).any(|at| end.get(..at).is_some_and(|shared| start.ends_with(shared)))
        {
            let part = |comparison, text: &str| {
                Atom::Pattern(comparison, left.clone(), Operand::Single(Single::Text(text.into())))
            };
            let parts = [part(Comparison::StartsWith, start), part(Comparison::EndsWith, end)];
            return Tree::All(parts.into_iter().map(|part| self.atom(part)).collect());
        }
        let (comparison, pattern) = match (comparison, pattern.split_once('*')) {
            (Comparison::Like, None) => (Comparison::Eq, pattern.clone()),
            (Comparison::Like, Some((start, ""))) => (Comparison::StartsWith, start.into()),
            (Comparison::Like, Some(("", end))) if !end.contains('*') => (Comparison::EndsWith, end.into()),
            _ => (comparison, pattern.clone()),
        };
        // Any text there is begins with nothing.
        if let (Operand::Term(term), true, Comparison::StartsWith | Comparison::EndsWith) =
            (&left, pattern.is_empty(), comparison)
        {
            return self.atom(Atom::Bare(*term));
        }
        let right = Operand::Single(Single::Text(pattern));
        self.atom(match comparison {
            Comparison::Eq => Atom::Compare(comparison, left, right),
            _ => Atom::Pattern(comparison, left, right),
        })
    }
}

/// The name by which a role is known in all policies.
pub(super) fn role_key(schema: &Schema, role: RoleId) -> Box<str> {
    let name = schema.role_name(role);
    match schema.roles.get(role).and_then(|info| info.organization.as_ref()) {
        Some(organization) => format!("{name} {}", organization.text(schema)).into(),
        None => name.into(),
    }
}

/// Whether a text is such.
pub(super) fn matches(comparison: Comparison, text: &str, pattern: &str) -> bool {
    match comparison {
        Comparison::StartsWith => text.starts_with(pattern),
        Comparison::EndsWith => text.ends_with(pattern),
        _ => like(text, pattern),
    }
}
