//! Test files: what a policy is expected to allow and deny, and whether it does.
//!
//! Reads and runs `*.test.yaml`; finding the files and loading the directories they name is `workspace`'s.

mod report;

pub use report::{CaseReport, Failure, SuiteReport};
