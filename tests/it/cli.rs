//! The commands, by transcripts: everything they print, and how they exit.

use super::transcript;
use std::path::Path;

#[test]
fn transcripts() {
    transcript::run_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli"), "session.txt");
}
