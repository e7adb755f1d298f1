//! What took part in a decision: counted over generated decisions, so that it shows when something is no longer met.

use std::collections::BTreeSet;

/// A feature of the language that had its part in a decision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Part {
    /// The deciding statement is a rule.
    Rule,
    /// The deciding statement stands in a role.
    Role,
    /// The role took the deciding statement over from a base.
    Inherited,
    /// The deciding statement has the clause.
    Within,
    To,
    When,
    Unless,
    /// The role is held above the resource.
    Above,
    /// The role is held by this.
    Implied,
    ImpliedTwice,
    Userset,
    UsersetTwice,
    Requirement,
    Condition,
    Custom,
    /// An assignment to the subject does not count for this.
    BeforeSince,
    AfterUntil,
    RequirementUnmet,
    ConditionFails,
    /// An implication cannot be computed.
    ImplicationUnknown,
    /// A role may or may not count.
    ConditionUnknown,
    /// The subject is a key's owner.
    ActsAs,
    /// The key is not declared, or its owner is not.
    NobodyBehind,
    /// The deciding statement is an org policy's.
    Guardrail,
    /// Conditions of the deciding statement, or on the way to it, ask for a setting of such a merge word.
    Overrides,
    Narrows,
    Widens,
    AtMostOrLeast,
    Locks,
    /// Its value is that of a linked policy, or comes from above.
    SuppliedByPolicy,
    SuppliedAbove,
    /// Nobody narrows it.
    Everything,
    /// What supplies it may be missing, or differs by what a request tells.
    SettingUnknown,
    ToldConflict,
    /// The resource is told of in the request only.
    Told,
    /// Nothing at all is known of the resource.
    Unheard,
}

/// Several of them.
pub(crate) type Parts = BTreeSet<Part>;
