//! From programs to formulas.

mod compare;
mod value;

pub(super) use compare::matches;

use super::Conditions;
use super::atom::{Atom, AtomId, Operand};
use super::formula::{Formula, Tree};
use super::occasion::Occasion;
use super::term::{Kind, Single, Term, TermId, TermKey};
use super::truths::Truths;
use crate::compile::{CompiledPolicy, Node, NodeId};
use crate::decide::Truth;
use crate::schema::{Reach, RoleId, Schema, TypeId};

/// What a step that yields a value comes to.
enum Read {
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

    /// Whether a term is that of an entity by this key.
    fn is(&self, term: TermId, key: TermKey) -> bool {
        self.term_ids.get(&(key, Kind::Entity(None).tag())) == Some(&term)
    }

    /// The term of a path; what is said of it by several is joined.
    fn term(&mut self, key: TermKey, term: Term) -> TermId {
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
        self.term_ids.insert(key, id);
        id
    }
}

struct Reader<'c, 'p> {
    conditions: &'c mut Conditions<'p>,
    policy: &'p CompiledPolicy,
    schema: &'p Schema,
    occasion: Occasion,
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
        let truths = match self.schema.reach(resource, ty) {
            Reach::Never => return Tree::Constant(Truth::False),
            Reach::One => Truths::NOT_FALSE,
            Reach::Optional | Reach::Many => Truths::ALL,
        };
        let name = self.schema.types.get(ty).map_or_else(Box::default, |info| info.name.clone());
        self.atom(Atom::Within(name, truths))
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
