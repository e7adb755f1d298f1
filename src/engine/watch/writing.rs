//! Files that somebody may be at.
//!
//! A file that is written in place is empty for a moment, and then longer and longer. Half of it may be sound by itself, with
//! a denial in the other half. Nothing tells half a file from a whole one; but whoever is at it is at it again soon.

use std::fs::{self, Metadata};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// Whether one of these files was written to within the last so long. A moment that is still to come is none, as the clock of
/// another machine may have given it.
pub(super) fn is_written_to(paths: &[PathBuf], within: Duration) -> bool {
    let now = SystemTime::now();
    let is_recent = |metadata: Metadata| {
        let age = last_change(&metadata).and_then(|at| now.duration_since(at).ok());
        !metadata.is_dir() && age.is_some_and(|age| age < within)
    };
    paths.iter().filter_map(|path| fs::metadata(path).ok()).any(is_recent)
}

/// When something happened to a file last.
fn last_change(metadata: &Metadata) -> Option<SystemTime> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        // Whoever copies a file may set the moment of writing, but not this one.
        let seconds = Duration::from_secs(u64::try_from(metadata.ctime()).ok()?);
        let rest = Duration::from_nanos(u64::try_from(metadata.ctime_nsec()).ok()?);
        SystemTime::UNIX_EPOCH.checked_add(seconds)?.checked_add(rest)
    }
    #[cfg(not(unix))]
    {
        metadata.modified().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn a_file_is_at_rest_once_nothing_happened_to_it_for_long_enough() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.rolebook");
        let long = Duration::from_secs(3_600);
        let paths = [folder.path().to_owned(), path.clone(), folder.path().join("missing")];
        assert!(!is_written_to(&paths, long), "what comes and goes in a folder is no matter");
        let file = File::create(&path).expect("a file");
        assert!(is_written_to(&paths, long));
        #[cfg(unix)]
        {
            file.set_modified(SystemTime::now() - 2 * long).expect("a moment");
            assert!(is_written_to(&paths, long), "it came to be now, whatever it says");
        }
        std::thread::sleep(Duration::from_millis(20));
        assert!(!is_written_to(&paths, Duration::from_millis(10)));
    }
}
