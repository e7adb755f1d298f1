//! The limits of the compiled form. Exceeding one is a finding, never a truncation.

/// How deep a condition may nest, after lowering.
pub const PROGRAM_DEPTH: u32 = 160;

/// How many steps evaluating one condition may take.
pub const PROGRAM_STEPS: u32 = 16_384;

/// How many grants all roles together may have once inheritance is spelled out.
pub const ROLE_GRANTS: usize = 1 << 25;

/// How many types a policy may declare: the containment table is quadratic in them.
pub const TYPES: usize = 2_048;
