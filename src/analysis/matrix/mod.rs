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

pub use equivalence::equivalent;
pub use standing::StandingRule;

use crate::compile::CompiledPolicy;
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
        let mut rows: Vec<Row> =
            permissions.iter().map(|&permission| Row { permission, cells: Vec::with_capacity(roles.len()) }).collect();
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
