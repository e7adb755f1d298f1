//! Test files: what a policy is expected to allow and deny, and whether it does.
//!
//! Reads and runs `*.test.yaml`; finding the files and loading the directories they name is `workspace`'s.

mod change;
mod course;
mod expectation;
mod noting;
mod read;
mod report;
mod run;
mod settings;
mod test_file;

pub use course::{Again, Course};
pub use read::read;
pub use report::{CaseReport, Failure, SuiteReport, UnmetChange, UnmetDecision, UnmetSetting};
pub use run::{Seen, Tried, passes, run, run_one};
pub use test_file::{Expectation, SettingsExpectation, Test, TestChange, TestDirectory, TestFact, TestFile};
