//! Reloading by itself: a thread that waits until something happens where the files lie.
//!
//! What happened is not asked, and where only by folder: a file that is renamed into its place goes by another name before,
//! and of a folder that is exchanged by setting a link anew only the link's name is ever told. So every hint leads to reading
//! all files again, which is cheap where they say what they said. Hints may be lost (a queue overflows, a network file
//! system sends none), and so the files are read every now and then without one.

mod eyes;
mod folders;
mod lookout;
mod writing;

use super::{Engine, LoadError};
use crate::diagnostics::{Code, Diagnostic};
use eyes::Eyes;
pub use lookout::Lookout;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How files are watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WatchOptions {
    /// How long after something happened the files are read again: time for whoever writes several to be done. For as long
    /// no file may have been written to, or nothing is made of what is read; but nobody is waited for more than twenty times
    /// as long.
    pub debounce: Duration,
    /// How often the files are read though nothing seems to have happened.
    pub poll: Duration,
}

impl Default for WatchOptions {
    /// A tenth of a second, and half a minute.
    fn default() -> Self {
        Self { debounce: Duration::from_millis(100), poll: Duration::from_secs(30) }
    }
}

/// Keeps an engine on what its files say, until it goes.
#[derive(Debug)]
#[must_use = "nothing is watched any more when this goes"]
pub struct Watch {
    sender: Sender<Signal>,
    thread: Option<JoinHandle<()>>,
    unwatched: Arc<Mutex<Vec<PathBuf>>>,
}

/// What the thread hears.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Signal {
    Happened,
    Stop,
}

impl Engine {
    /// Reloads whenever the engine's files change: policies, what they import, directories, those that newly appear included.
    /// Results go to [`Engine::subscribe`]rs, and [`Engine::status`] tells of files that cannot be loaded.
    ///
    /// # Errors
    /// When no thread can be started. A folder that cannot be watched is no error: what lies in it is read again every now
    /// and then, see [`Watch::unwatched`].
    ///
    /// ```
    /// use rolebook::Engine;
    /// use rolebook::engine::query;
    /// use std::sync::mpsc;
    /// use std::time::Duration;
    ///
    /// # let folder = std::env::temp_dir().join(format!("rolebook-watch-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// std::fs::write(folder.join("users.rolebook"), "type user { actions greet }")?;
    /// let engine = Engine::builder().policy(&folder).build()?;
    /// let (sender, results) = mpsc::channel();
    /// engine.subscribe(move |result| drop(sender.send(result.clone()))).forever();
    /// let watch = engine.watch()?;
    ///
    /// std::fs::write(folder.join("greetings.rolebook"), "allow user.greet")?;
    /// assert!(results.recv_timeout(Duration::from_secs(60))??.policy);
    /// assert!(engine.check(&query("user:ana", "greet", "user:bo"))?.allowed);
    /// drop(watch);
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn watch(&self) -> io::Result<Watch> {
        self.watch_with(WatchOptions::default())
    }

    /// As [`Engine::watch`], with other times.
    ///
    /// # Errors
    /// As [`Engine::watch`].
    pub fn watch_with(&self, options: WatchOptions) -> io::Result<Watch> {
        let (sender, receiver) = channel();
        let unwatched = Arc::new(Mutex::new(Vec::new()));
        let watcher = Watcher {
            engine: self.clone(),
            eyes: Eyes::new(options.debounce, sender.clone()),
            options,
            receiver,
            unwatched: Arc::clone(&unwatched),
        };
        let thread = thread::Builder::new().name(String::from("rolebook-watch")).spawn(move || watcher.run())?;
        Ok(Watch { sender, thread: Some(thread), unwatched })
    }
}

impl Watch {
    /// The folders that could not be watched, as of the last time that files were read: what happens in them is noticed when
    /// it is looked for.
    #[must_use]
    pub fn unwatched(&self) -> Vec<PathBuf> {
        self.unwatched.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Watch {
    /// Waits until a reload that has begun is through, unless it is a subscriber of that reload who lets go.
    fn drop(&mut self) {
        // A thread that is gone needs no word.
        let _ = self.sender.send(Signal::Stop);
        if let Some(thread) = self.thread.take().filter(|watching| watching.thread().id() != thread::current().id()) {
            let _ = thread.join();
        }
    }
}

/// How many times the debounce is waited for whoever keeps writing.
const PATIENCE: u32 = 20;

/// What the thread works with.
struct Watcher {
    engine: Engine,
    eyes: Eyes,
    options: WatchOptions,
    receiver: Receiver<Signal>,
    unwatched: Arc<Mutex<Vec<PathBuf>>>,
}

impl Watcher {
    fn run(mut self) {
        let WatchOptions { debounce, poll } = self.options;
        let mut paths = Vec::new();
        let mut put_off: Option<Instant> = None;
        loop {
            let is_patient = put_off.is_none_or(|since| since.elapsed() < debounce.saturating_mul(PATIENCE));
            let is_busy = |paths: &[PathBuf]| is_patient && writing::is_written_to(paths, debounce);
            // Whatever reading comes to is told to subscribers, and stands in the status.
            let mut busy = is_busy(&paths);
            let read = if busy { None } else { guarded(&self.engine, || self.engine.reload_unless(is_busy)) };
            busy |= read.as_ref().is_some_and(|(busy, _)| *busy);
            put_off = busy.then(|| put_off.unwrap_or_else(Instant::now));
            if let Some((_, seen)) = read {
                paths = seen;
            }
            let anew = self.eyes.watch_only(&folders::of(&paths));
            *self.unwatched.lock().unwrap_or_else(PoisonError::into_inner) = self.eyes.unwatched();
            // What happened in a folder before it was watched went unseen.
            let is_at_rest = !writing::is_written_to(&paths, debounce);
            let wait = if is_at_rest { poll } else { poll.min(debounce) };
            let signal = if anew { Ok(Signal::Happened) } else { self.receiver.recv_timeout(wait) };
            let stop = matches!(signal, Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected));
            // One reading answers all that happened before it.
            if stop || self.receiver.try_iter().any(|signal| signal == Signal::Stop) {
                return;
            }
        }
    }
}

/// Reads the files. Where that panics, which is a mistake of ours, the engine is stale from then on, and the next hint leads to
/// the next try: a thread that ends would leave everybody believing that the files are what is in effect.
fn guarded<T>(engine: &Engine, read: impl FnOnce() -> T) -> Option<T> {
    let panic = match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => return Some(read),
        Err(panic) => panic,
    };
    let said = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    let message = format!("reading the files panicked: {said}");
    let finding = Diagnostic::placeless(Code::UnreadableFile, message);
    engine.give_up(LoadError::placeless(finding.help("this is a mistake in Rolebook; please report it")));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_panic_the_engine_is_stale_and_the_next_reading_counts() {
        let engine = Engine::from_strings(&[("users.rolebook", "type user")], &[]).expect("a sound policy");
        let (sender, results) = channel();
        engine.subscribe(move |result| drop(sender.send(result.clone()))).forever();
        assert_eq!(guarded(&engine, || panic!("at {}", 7)), None::<()>);
        let stale = engine.status().stale.expect("stale");
        assert!(stale.error.to_string().contains("reading the files panicked: at 7"), "{}", stale.error);
        assert!(results.try_recv().expect("told").is_err());
        assert!(guarded(&engine, || engine.reload()).expect("no panic").is_ok());
        assert!(engine.status().stale.is_none() && results.try_recv().expect("told").is_ok());
    }
}
