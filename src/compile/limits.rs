//! The limits of the compiled form. Exceeding one is a finding, never a truncation.

/// How deep a condition may nest, after lowering.
pub const PROGRAM_DEPTH: u32 = 160;

/// How many steps evaluating one condition may take.
pub const PROGRAM_STEPS: u32 = 16_384;

/// How many grants all roles together may have once inheritance is spelled out. Each takes 16 bytes.
pub const ROLE_GRANTS: usize = 1 << 23;

/// How many roles all roles together may extend, require and imply once inheritance is spelled out.
pub const ROLE_REFERENCES: usize = 1 << 24;

/// How many roles and permissions may lie behind the implications of all roles together. Each takes a bit, there or not.
pub const ROLE_LEADS: usize = 1 << 31;

/// How many types a policy may declare: the containment table is quadratic in them.
pub const TYPES: usize = 2_048;
