//! The clauses that grants, roles and implications depend on, and what is left of them for a resource of one type.
//!
//! A clause is written where it stands, and a cell brings clauses of several places together. So `scope` and `resource`
//! of a clause that speaks of another entity than the cell does are replaced by the name of that entity's type.

use crate::compile::{Clause, CompiledPolicy, ConditionOrigin, Node, StatementId};
use crate::schema::{Reach, TypeId};
use crate::source::{FileId, Span, Spanned};
use crate::syntax::ast::{Expr, ExprKind, HasRole, Ident, LiteralKind};
use crate::syntax::dsl::fragment;
use rustc_hash::FxHashMap;

/// A clause of a [`Clauses`]; equal clauses have one id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct ClauseId(u32);

/// What something depends on.
#[derive(Clone, Debug)]
enum Kind {
    /// A condition on the cell's resource.
    Condition(Expr),
    /// A condition in which `resource` is the entity of this type that a role is implied on.
    OnImplied(Expr, TypeId),
    /// The resource is of this type or lies in one.
    Inside(TypeId),
}

/// What is left of a clause for a resource of one type.
#[derive(Clone, Debug)]
pub(super) enum Reduced {
    /// It always holds.
    Always,
    /// It never does.
    Never,
    /// It holds where this does.
    Where(Expr),
}

/// Interned clauses.
pub(super) struct Clauses<'p> {
    policy: &'p CompiledPolicy,
    kinds: Vec<Kind>,
    /// By text, and by the type that the kind names.
    known: FxHashMap<(String, Option<TypeId>), ClauseId>,
    statements: FxHashMap<(StatementId, Option<TypeId>), Vec<ClauseId>>,
}

impl<'p> Clauses<'p> {
    pub(super) fn new(policy: &'p CompiledPolicy) -> Self {
        Self { policy, kinds: Vec::new(), known: FxHashMap::default(), statements: FxHashMap::default() }
    }

    /// The clauses of a statement. `scope` is the type of the implied role that it stands in, if that is where it stands.
    pub(super) fn of_statement(&mut self, statement: StatementId, scope: Option<TypeId>) -> Vec<ClauseId> {
        if let Some(known) = self.statements.get(&(statement, scope)) {
            return known.clone();
        }
        let policy = self.policy;
        let origin = policy.provenance().statements.get(statement);
        let clauses: Vec<ClauseId> = origin
            .iter()
            .flat_map(|origin| &origin.conditions)
            .map(|condition| match policy.programs().node(condition.program) {
                Node::Within(ty) if condition.clause == Clause::Within => self.inside(ty),
                _ => {
                    let expr = self.read(condition);
                    self.condition(expr, scope)
                }
            })
            .collect();
        self.statements.insert((statement, scope), clauses.clone());
        clauses
    }

    /// A role's `when`; `scope` as in [`Clauses::of_statement`].
    pub(super) fn of_role(&mut self, condition: &ConditionOrigin, scope: Option<TypeId>) -> ClauseId {
        let expr = self.read(condition);
        self.condition(expr, scope)
    }

    /// An implication's `when`; its `resource` is the entity of type `on`.
    pub(super) fn of_implication(
        &mut self,
        condition: &ConditionOrigin,
        scope: Option<TypeId>,
        on: TypeId,
    ) -> ClauseId {
        let expr = self.scoped(self.read(condition), scope);
        self.intern(expr.to_string(), Some(on), Kind::OnImplied(expr, on))
    }

    /// That the resource is of a type or lies in one.
    pub(super) fn inside(&mut self, ty: TypeId) -> ClauseId {
        self.intern(String::new(), Some(ty), Kind::Inside(ty))
    }

    fn condition(&mut self, expr: Expr, scope: Option<TypeId>) -> ClauseId {
        let expr = self.scoped(expr, scope);
        self.intern(expr.to_string(), None, Kind::Condition(expr))
    }

    fn intern(&mut self, text: String, ty: Option<TypeId>, kind: Kind) -> ClauseId {
        let next = ClauseId(u32::try_from(self.kinds.len()).unwrap_or(u32::MAX));
        let id = *self.known.entry((text, ty)).or_insert(next);
        if id == next {
            self.kinds.push(kind);
        }
        id
    }

    /// A clause as an expression that holds where the clause does.
    fn read(&self, condition: &ConditionOrigin) -> Expr {
        if let Node::To(types) = self.policy.programs().node(condition.program)
            && condition.clause == Clause::To
        {
            let is = |ty: &TypeId| {
                let entity = Box::new(variable("subject"));
                unplaced(ExprKind::Is { entity, type_name: self.type_name(*ty) })
            };
            return any(self.policy.programs().types(types).iter().map(is).collect());
        }
        let expr = read(&condition.text);
        if condition.clause == Clause::Unless { not(expr) } else { expr }
    }

    /// With the name of the scope's type for `scope`, where the scope is not the entity that the column's role is held on.
    fn scoped(&self, expr: Expr, scope: Option<TypeId>) -> Expr {
        match scope {
            Some(ty) => renamed(expr, "scope", &self.type_name(ty)),
            None => expr,
        }
    }

    fn type_name(&self, ty: TypeId) -> Ident {
        named(self.policy.schema().types.get(ty).map_or("", |info| &info.name))
    }

    /// What is left of a clause where the resource is of type `resource`.
    pub(super) fn reduce(&self, clause: ClauseId, resource: TypeId) -> Reduced {
        match self.kinds.get(clause.0 as usize) {
            Some(Kind::Condition(expr)) => condition(expr.clone()),
            Some(Kind::OnImplied(expr, ty)) if *ty == resource => condition(expr.clone()),
            Some(Kind::OnImplied(expr, ty)) => condition(renamed(expr.clone(), "resource", &self.type_name(*ty))),
            Some(Kind::Inside(ty)) if *ty == resource => Reduced::Always,
            Some(Kind::Inside(ty)) => match self.policy.schema().reach(resource, *ty) {
                Reach::Never => Reduced::Never,
                Reach::One => Reduced::Always,
                Reach::Optional | Reach::Many => {
                    Reduced::Where(unplaced(ExprKind::Path(vec![named("resource"), self.type_name(*ty)])))
                }
            },
            None => Reduced::Never,
        }
    }
}

/// The expression of a text that the policy's own expression displayed itself as; it stands nowhere.
pub(in crate::analysis) fn read(text: &str) -> Expr {
    let place = |start, end| Span::new(NOWHERE, start, end);
    // Its parentheses may nest deeper than the reader allows; then it stands as it is, and nothing looks into it.
    fragment::expression(text, &place).tree.unwrap_or_else(|| variable(text))
}

fn condition(expr: Expr) -> Reduced {
    match expr.kind {
        ExprKind::Literal(LiteralKind::Bool(true)) => Reduced::Always,
        ExprKind::Literal(LiteralKind::Bool(false)) => Reduced::Never,
        _ => Reduced::Where(expr),
    }
}

/// Expressions of a table stand in no text.
const NOWHERE: FileId = FileId(u32::MAX);

fn unplaced(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::new(NOWHERE, 0, 0))
}

fn named(name: &str) -> Ident {
    Spanned::new(name.to_owned(), Span::new(NOWHERE, 0, 0))
}

fn variable(name: &str) -> Expr {
    unplaced(ExprKind::Path(vec![named(name)]))
}

/// An expression that always or never holds.
pub(super) fn truth(value: bool) -> Expr {
    unplaced(ExprKind::Literal(LiteralKind::Bool(value)))
}

/// The contrary; of a contrary, what it was the contrary of.
pub(super) fn not(expr: Expr) -> Expr {
    match expr.kind {
        ExprKind::Not(inner) => *inner,
        _ => unplaced(ExprKind::Not(Box::new(expr))),
    }
}

/// What all must hold for an expression to hold.
pub(super) fn parts(expr: Expr) -> Vec<Expr> {
    match expr.kind {
        ExprKind::And(parts) => parts,
        _ => vec![expr],
    }
}

/// All of one or more.
pub(super) fn all(parts: Vec<Expr>) -> Expr {
    joined(parts, ExprKind::And, |kind| match kind {
        ExprKind::And(parts) => Ok(parts),
        other => Err(other),
    })
}

/// Any of one or more.
pub(super) fn any(parts: Vec<Expr>) -> Expr {
    joined(parts, ExprKind::Or, |kind| match kind {
        ExprKind::Or(parts) => Ok(parts),
        other => Err(other),
    })
}

/// Parts joined by a word, those that are so joined themselves taken apart first.
fn joined(
    parts: Vec<Expr>,
    join: impl Fn(Vec<Expr>) -> ExprKind,
    apart: impl Fn(ExprKind) -> Result<Vec<Expr>, ExprKind>,
) -> Expr {
    let mut flat: Vec<Expr> = Vec::with_capacity(parts.len());
    for part in parts {
        let span = part.span();
        match apart(part.kind) {
            Ok(inner) => flat.extend(inner),
            Err(kind) => flat.push(Expr::new(kind, span)),
        }
    }
    match (flat.pop(), flat.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            flat.extend(last);
            unplaced(join(flat))
        }
    }
}

/// The expression with another name for a variable. Recursion is bounded: the reader limits how deep it nests.
fn renamed(expr: Expr, from: &str, to: &Ident) -> Expr {
    let span = expr.span();
    let again = |inner: Box<Expr>| Box::new(renamed(*inner, from, to));
    let each = |parts: Vec<Expr>| parts.into_iter().map(|part| renamed(part, from, to)).collect();
    let kind = match expr.kind {
        ExprKind::Or(parts) => ExprKind::Or(each(parts)),
        ExprKind::And(parts) => ExprKind::And(each(parts)),
        ExprKind::Not(part) => ExprKind::Not(again(part)),
        ExprKind::Compare { op, left, right } => ExprKind::Compare { op, left: again(left), right: again(right) },
        ExprKind::Is { entity, type_name } => ExprKind::Is { entity: again(entity), type_name },
        ExprKind::Has { subject, role: role @ (HasRole::Any | HasRole::Role(_)), on } => {
            ExprKind::Has { subject: again(subject), role, on: again(on) }
        }
        ExprKind::Size(of) => ExprKind::Size(again(of)),
        ExprKind::Path(mut steps) => {
            if let Some(first) = steps.first_mut()
                && first.value == from
            {
                *first = to.clone();
            }
            ExprKind::Path(steps)
        }
        kind @ (ExprKind::Literal(_) | ExprKind::Broken) => kind,
    };
    Expr::new(kind, span)
}
