//! The permission table: what each role gives its holder, in the words of the policy.
//!
//! A cell says what the role grants and denies, its own and what it inherits, together with what the roles that it
//! implies grant and deny, and with rules that hold without any condition. It speaks of resources at or below the entity
//! that the role is held on. Rules that hold under a condition bind every role alike and stand beside the table as
//! [`StandingRule`]s; what depends on a directory (assignments, linked org policies, `requires`) is in no cell.

mod clauses;
mod column;
mod equivalence;
mod standing;
mod ways;

pub(in crate::analysis) use clauses::read as expression;
pub use equivalence::equivalent;
pub(in crate::analysis) use equivalence::implies;
pub use standing::{StandingRule, written as written_rules};
pub(in crate::analysis) use standing::{grants_of, statement_text};

use crate::compile::{CompiledPolicy, Effect};
use crate::schema::{PermissionId, RoleId};
use crate::source::Span;
use crate::syntax::ast::Expr;
use clauses::Clauses;

/// A permission table.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// The columns.
    pub roles: Vec<RoleId>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Rules and guardrails that speak of these permissions under a condition, whatever role is held.
    pub rules: Vec<StandingRule>,
}

/// What the roles say of one permission.
#[derive(Clone, Debug)]
pub struct Row {
    /// The permission.
    pub permission: PermissionId,
    /// A cell a role, in the order of the columns.
    pub cells: Vec<Cell>,
    /// Where rules with a condition allow it to whoever holds whatever role.
    pub allowed_beside: Option<Expr>,
    /// Where rules with a condition deny it to everybody.
    pub denied_beside: Option<Expr>,
}

/// What one role says of one permission.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Whether its holder may.
    pub grant: RoleGrant,
    /// The statements that allow it.
    pub allows: Vec<Span>,
    /// The statements that deny it.
    pub denies: Vec<Span>,
    /// The implications by which the role comes by these.
    pub implications: Vec<Span>,
    /// Where what allows it comes from, each once.
    pub origins: Vec<Origin>,
}

/// Where a statement comes from that allows something to the holder of a role.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Origin {
    /// It stands in the role itself.
    Own,
    /// In a rule, which speaks to everybody.
    Rule,
    /// In a role that this one extends.
    Extended(RoleId),
    /// In a role that this one implies below, or in one that such a role extends.
    Implied(RoleId),
}

/// Whether a role's holder may do something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RoleGrant {
    /// Without condition.
    Yes,
    /// Not by this role.
    No,
    /// Where this holds.
    When(Expr),
}

/// More roles come by implications under more different conditions than a table can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooManyWays {
    /// The role whose column it is.
    pub role: RoleId,
    /// How many ways are followed.
    pub limit: usize,
}

impl Matrix {
    /// The table with these columns and rows.
    ///
    /// # Errors
    /// When a role's implications branch under more conditions than can be shown.
    pub fn new(policy: &CompiledPolicy, roles: &[RoleId], permissions: &[PermissionId]) -> Result<Self, TooManyWays> {
        let mut clauses = Clauses::new(policy);
        let mut rows: Vec<Row> = Vec::with_capacity(permissions.len());
        for &permission in permissions {
            let mut beside = |effect| standing::beside(policy, permission, effect, &mut clauses);
            let (allowed_beside, denied_beside) = (beside(Effect::Allow), beside(Effect::Deny));
            rows.push(Row { permission, cells: Vec::with_capacity(roles.len()), allowed_beside, denied_beside });
        }
        for &role in roles {
            let column = column::Column::new(policy, role, &mut clauses)?;
            for row in &mut rows {
                row.cells.push(column.cell(row.permission, &mut clauses));
            }
        }
        let rules = standing::rules(policy, permissions, &mut clauses);
        Ok(Self { roles: roles.to_vec(), rows, rules })
    }
}

impl Cell {
    /// How the role comes by what it gives here: of several origins the nearest. Nothing where it gives nothing.
    #[must_use]
    pub fn origin(&self) -> Option<Origin> {
        if self.grant == RoleGrant::No { None } else { self.origins.first().copied() }
    }
}

impl Row {
    /// Whether a condition that somebody wrote for a cell of this row is true to the policy: it says what the cell says, or
    /// takes in rules that stand beside the table. Then it holds no less than what they leave of the cell, and no more than
    /// they and the cell give together.
    #[must_use]
    pub fn agrees(&self, cell: &Cell, written: &Expr) -> bool {
        let given = match &cell.grant {
            RoleGrant::Yes => clauses::truth(true),
            RoleGrant::No => clauses::truth(false),
            RoleGrant::When(expr) if equivalent(expr, written) => return true,
            RoleGrant::When(expr) => expr.clone(),
        };
        if self.allowed_beside.is_none() && self.denied_beside.is_none() {
            return false;
        }
        let denied = self.denied_beside.iter().map(|expr| clauses::not(expr.clone()));
        let least = clauses::all(std::iter::once(given.clone()).chain(denied).collect());
        let most = clauses::any(std::iter::once(given).chain(self.allowed_beside.iter().cloned()).collect());
        equivalence::implies(&least, written) && equivalence::implies(written, &most)
    }
}
