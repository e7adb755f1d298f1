//! From programs to formulas.

use super::Conditions;
use super::atom::{Atom, AtomId, Operand, Several};
use super::formula::{Formula, Tree};
use super::occasion::Occasion;
use super::term::{Kind, Single, Term, TermId, TermKey};
use super::truths::Truths;
use crate::compile::{AttributeName, Comparison, CompiledPolicy, Node, NodeId};
use crate::decide::{Truth, like};
use crate::schema::{AttributeInfo, MergeWord, Presence, Reach, RoleId, Schema, SettingId, TypeId, Value};

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
        // What says the same is written the same.
        let (comparison, pattern) = match (comparison, pattern.split_once('*')) {
            (Comparison::Like, None) => (Comparison::Eq, pattern.clone()),
            (Comparison::Like, Some((start, ""))) => (Comparison::StartsWith, start.into()),
            (Comparison::Like, Some(("", end))) if !end.contains('*') => (Comparison::EndsWith, end.into()),
            _ => (comparison, pattern.clone()),
        };
        let right = Operand::Single(Single::Text(pattern));
        self.atom(match comparison {
            Comparison::Eq => Atom::Compare(comparison, left, right),
            _ => Atom::Pattern(comparison, left, right),
        })
    }

    /// A step that yields a value.
    fn value(&mut self, id: NodeId) -> Read {
        let entity = |ty: Option<TypeId>, schema: &Schema| match ty {
            Some(ty) => Kind::entity(schema, ty),
            None => Kind::Entity(None),
        };
        match self.policy.programs().node(id) {
            Node::Constant(constant) => match self.policy.programs().constants().get(constant) {
                Some(value) => self.constant(value),
                None => Read::Obscure,
            },
            Node::Subject => self.root(TermKey::Subject, "subject", entity(self.occasion.subject, self.schema)),
            Node::Actor => match self.occasion.actor {
                Some(actor) if self.schema.types.get(actor).is_some_and(|info| info.acts_as.is_none()) => {
                    self.root(TermKey::Subject, "subject", entity(self.occasion.subject, self.schema))
                }
                actor => self.root(TermKey::Actor, "actor", entity(actor, self.schema)),
            },
            Node::Resource => self.resource(),
            Node::Scope => match self.occasion.scope {
                Some(scope) if scope == self.occasion.resource && self.is_one(scope) => self.resource(),
                scope => self.root(TermKey::Scope, "scope", entity(scope, self.schema)),
            },
            Node::Action => match self.occasion.permission.and_then(|id| self.schema.permissions.get(id)) {
                Some(info) => match self.schema.actions.get(info.action) {
                    Some(name) => Read::Single(Single::Text(name.clone())),
                    None => Read::Obscure,
                },
                None => Read::Obscure,
            },
            Node::Now => self.root(TermKey::Now, "context.time", Kind::Number(super::term::Unit::Moment)),
            Node::Context(field) => match self.schema.context.get(field as usize) {
                Some(info) => {
                    let text = format!("context.{}", info.name);
                    let term = attribute_term(self.schema, info, None, text);
                    Read::Term(self.conditions.term(TermKey::Context(info.name.clone()), term))
                }
                None => Read::Obscure,
            },
            Node::Attribute(of, name) => self.attribute(of, name),
            Node::Ancestor(of, ty) => self.ancestor(of, ty),
            Node::Setting(of, setting) => self.setting(of, setting),
            Node::Size(of) => self.size(of),
            _ => Read::Obscure,
        }
    }

    /// What is there whatever the facts are.
    fn root(&mut self, key: TermKey, text: &str, kind: Kind) -> Read {
        let text = text.to_owned();
        let term = Term { text, of: None, kind, may_miss: false, may_lack: false, may_be_everything: false };
        Read::Term(self.conditions.term(key, term))
    }

    fn resource(&mut self) -> Read {
        self.root(TermKey::Resource, "resource", Kind::entity(self.schema, self.occasion.resource))
    }

    /// Whether an entity of a type is its only ancestor-or-self of that type.
    fn is_one(&self, ty: TypeId) -> bool {
        self.schema.reach(ty, ty) == Reach::One
    }

    fn constant(&self, value: &Value) -> Read {
        match value {
            Value::IpRange(range) => Read::Range(*range),
            Value::Set(values) => {
                match values.iter().map(|value| Single::of(self.schema, value)).collect::<Option<Vec<_>>>() {
                    Some(list) => Read::List(list),
                    None => Read::Obscure,
                }
            }
            _ => Single::of(self.schema, value).map_or(Read::Obscure, Read::Single),
        }
    }

    /// The path behind a step, with the type of the entity that it leads to.
    fn entity(&mut self, id: NodeId) -> Option<(TermId, TypeId)> {
        let Read::Term(term) = self.value(id) else { return None };
        let Kind::Entity(Some(name)) = &self.conditions.terms.get(term)?.kind else { return None };
        Some((term, self.schema.type_named(name)?))
    }

    fn attribute(&mut self, of: NodeId, name: AttributeName) -> Read {
        let found = self.entity(of).and_then(|(of, ty)| {
            let name = self.policy.programs().attributes().get(name)?;
            let info = self.schema.types.get(ty)?;
            Some((of, info, info.attributes.get(info.attribute(name)?)?))
        });
        let Some((of, ty, info)) = found else { return Read::Obscure };
        // A key acts as whom it names: that is the subject.
        let is_actor = self.conditions.is(of, TermKey::Actor);
        if is_actor && ty.acts_as.is_some() && ty.acts_as == ty.attribute(&info.name) {
            let kind = self.occasion.subject.map_or(Kind::Entity(None), |ty| Kind::entity(self.schema, ty));
            return self.root(TermKey::Subject, "subject", kind);
        }
        let text = format!("{}.{}", self.text(of), info.name);
        let term = attribute_term(self.schema, info, Some(of), text);
        Read::Term(self.conditions.term(TermKey::Attribute(of, info.name.clone()), term))
    }

    fn ancestor(&mut self, of: NodeId, ty: TypeId) -> Read {
        let Some((of, from)) = self.entity(of) else { return Read::Obscure };
        let reach = self.schema.reach(from, ty);
        if from == ty && reach == Reach::One {
            return Read::Term(of);
        }
        let is_resource = self.conditions.is(of, TermKey::Resource);
        if is_resource && self.occasion.scope == Some(ty) && reach == Reach::One {
            return self.root(TermKey::Scope, "scope", Kind::entity(self.schema, ty));
        }
        let (kind, may_lack) = match reach {
            Reach::Never => return Read::Obscure,
            Reach::One => (Kind::entity(self.schema, ty), false),
            Reach::Optional => (Kind::entity(self.schema, ty), true),
            Reach::Many => (Kind::Set, false),
        };
        let name = self.schema.types.get(ty).map_or_else(Box::default, |info| info.name.clone());
        let text = format!("{}.{name}", self.text(of));
        let term = Term { text, of: Some(of), kind, may_miss: true, may_lack, may_be_everything: false };
        Read::Term(self.conditions.term(TermKey::Ancestor(of, name), term))
    }

    fn setting(&mut self, of: NodeId, setting: SettingId) -> Read {
        let Read::Term(of) = self.value(of) else { return Read::Obscure };
        let Some(info) = self.schema.settings.get(setting) else { return Read::Obscure };
        let always = matches!(info.merge, MergeWord::Narrows | MergeWord::Widens);
        let term = Term {
            text: format!("{}.settings.{}", self.text(of), info.name),
            of: Some(of),
            kind: Kind::of(self.schema, &info.value),
            may_miss: true,
            may_lack: !always,
            may_be_everything: info.merge == MergeWord::Narrows,
        };
        Read::Term(self.conditions.term(TermKey::Setting(of, info.name.clone()), term))
    }

    fn size(&mut self, of: NodeId) -> Read {
        let set = match self.value(of) {
            Read::List(list) => return Read::Single(Single::Number(i64::try_from(list.len()).unwrap_or(i64::MAX))),
            Read::Term(term) if self.conditions.terms.get(term).is_some_and(|it| it.kind == Kind::Set) => term,
            _ => return Read::Obscure,
        };
        let term = Term {
            text: format!("size({})", self.text(set)),
            of: Some(set),
            kind: Kind::Size,
            may_miss: false,
            may_lack: false,
            may_be_everything: false,
        };
        Read::Term(self.conditions.term(TermKey::Size(set), term))
    }

    fn text(&self, term: TermId) -> &str {
        self.conditions.terms.get(term).map_or("", |term| &term.text)
    }
}

fn attribute_term(schema: &Schema, info: &AttributeInfo, of: Option<TermId>, text: String) -> Term {
    Term {
        text,
        of,
        kind: Kind::of(schema, &info.ty),
        may_miss: info.presence == Presence::Required,
        may_lack: info.presence == Presence::Optional,
        may_be_everything: false,
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
