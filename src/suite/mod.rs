//! Test files: what a policy is expected to allow and deny, and whether it does.
//!
//! Reads and runs `*.test.yaml`; finding the files and loading the directories they name is `workspace`'s.

mod change;
mod expectation;
mod read;
mod report;
mod run;
mod settings;
mod test_file;

pub use read::read;
pub use report::{CaseReport, Failure, SuiteReport, UnmetChange, UnmetDecision, UnmetSetting};
pub use run::{look, passes, run};
pub use test_file::{Expectation, SettingsExpectation, Test, TestChange, TestDirectory, TestFact, TestFile};
