//! Building facts.
