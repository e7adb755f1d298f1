//! Waiting for something to happen, for those who look after it themselves.

use super::eyes::Eyes;
use super::{Signal, folders};
use std::fmt;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Waits until something happens where some paths lie. What happened is not told: whoever waits looks again.
///
/// ```
/// use rolebook::engine::Lookout;
/// use std::time::Duration;
///
/// # let folder = std::env::temp_dir().join(format!("rolebook-lookout-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let mut lookout = Lookout::new(Duration::from_millis(20));
/// lookout.watch_only(&[folder.clone()]);
/// std::fs::write(folder.join("teams.rolebook"), "type team")?;
/// lookout.wait(Duration::from_secs(60));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Lookout {
    eyes: Eyes,
    receiver: Receiver<Signal>,
}

impl fmt::Debug for Lookout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookout").finish_non_exhaustive()
    }
}

impl Lookout {
    /// One that looks at nothing yet. `debounce` is how long after something happened it is told: time for whoever writes
    /// several files to be done.
    #[must_use]
    pub fn new(debounce: Duration) -> Self {
        let (sender, receiver) = channel();
        Self { eyes: Eyes::new(debounce, sender), receiver }
    }

    /// Looks at these paths and at nothing else: at the folders that they lie in, at folders themselves, at every link on the
    /// way, and of what is not there at the last folder on the way that is. Whether it looks anywhere that it did not
    /// before: what happened there until now went unseen.
    pub fn watch_only(&mut self, paths: &[PathBuf]) -> bool {
        self.eyes.watch_only(&folders::of(paths))
    }

    /// Waits until something happens, or for so long: not every file system tells of it, and a system that watches too much
    /// already has none to spare.
    pub fn wait(&self, at_most: Duration) {
        // Whoever tells lives as long as this does.
        let _ = self.receiver.recv_timeout(at_most);
        // All that happened until now is answered by looking once.
        self.receiver.try_iter().for_each(drop);
    }
}
