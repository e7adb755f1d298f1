//! The folders that are watched, and a word to the thread when something happened in one.

use super::Signal;
use crate::engine::steady::node;
use notify::event::{AccessKind, AccessMode};
use notify::{Config, Event, EventHandler, EventKind, RecommendedWatcher, RecursiveMode, WatcherKind};
use notify_debouncer_full::{DebounceEventResult, Debouncer, NoCache, new_debouncer_opt};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A shorter time would keep the debouncing thread busy.
const SHORTEST: Duration = Duration::from_millis(4);

/// Which folder it is, as far as the system numbers them.
type Node = (u64, u64, i64, i64);

/// The folders that are watched.
pub(super) struct Eyes {
    /// Nothing where the system has no watching left to give.
    debouncer: Option<Debouncer<Hints, NoCache>>,
    /// The folders that were to be watched last, each with whether it is.
    folders: BTreeMap<PathBuf, (Node, bool)>,
    touched: Arc<Mutex<Touched>>,
}

/// What something happened to since it was asked last.
#[derive(Debug, Default)]
struct Touched {
    paths: BTreeSet<PathBuf>,
    /// Whether it may have happened to anything, as some of it was lost.
    any: bool,
}

impl Touched {
    fn note(&mut self, hints: DebounceEventResult) {
        match hints {
            Ok(events) => self.paths.extend(events.into_iter().flat_map(|hint| hint.event.paths)),
            Err(_) => self.any = true,
        }
    }

    /// Whether something may have happened to a folder itself, as when it is renamed, or one that it lies in is: the system's
    /// watcher looks at it no longer then, though the same folder be back in its place by now.
    fn has(&self, folder: &Path) -> bool {
        self.any || folder.ancestors().any(|path| self.paths.contains(path))
    }
}

impl Eyes {
    pub(super) fn new(debounce: Duration, sender: Sender<Signal>) -> Self {
        let touched = Arc::<Mutex<Touched>>::default();
        let noted = Arc::clone(&touched);
        let tell = move |hints: DebounceEventResult| {
            noted.lock().unwrap_or_else(PoisonError::into_inner).note(hints);
            // Errors are hints too: something was lost.
            let _ = sender.send(Signal::Happened);
        };
        let debouncer = new_debouncer_opt(debounce.max(SHORTEST), None, tell, NoCache, Config::default()).ok();
        Self { debouncer, folders: BTreeMap::new(), touched }
    }

    /// Watches these folders and no others; whether one is watched that was not before.
    pub(super) fn watch_only(&mut self, wanted: &BTreeSet<PathBuf>) -> bool {
        let gone: Vec<PathBuf> = self.folders.keys().filter(|folder| !wanted.contains(*folder)).cloned().collect();
        for folder in gone {
            self.forget(&folder);
        }
        let touched = std::mem::take(&mut *self.touched.lock().unwrap_or_else(PoisonError::into_inner));
        let mut anew = false;
        for folder in wanted {
            let Ok(metadata) = fs::metadata(folder) else {
                self.forget(folder);
                continue;
            };
            let node = node(&metadata);
            let known = self.folders.get(folder).copied();
            if known == Some((node, true)) && !touched.has(folder) {
                continue;
            }
            // Another folder of the same name may have come in its place, under the same number at that.
            self.forget(folder);
            let watch = |debouncer: &mut Debouncer<_, _>| debouncer.watch(folder, RecursiveMode::NonRecursive);
            let watched = self.debouncer.as_mut().is_some_and(|debouncer| watch(debouncer).is_ok());
            anew |= watched;
            self.folders.insert(folder.clone(), (node, watched));
        }
        anew
    }

    /// The folders that could not be watched.
    pub(super) fn unwatched(&self) -> Vec<PathBuf> {
        self.folders.iter().filter(|(_, (_, watched))| !watched).map(|(folder, _)| folder.clone()).collect()
    }

    fn forget(&mut self, folder: &Path) {
        let watched = self.folders.remove(folder).is_some_and(|(_, watched)| watched);
        if let Some(debouncer) = self.debouncer.as_mut().filter(|_| watched) {
            // It is not watched any more where the folder is gone.
            let _ = debouncer.unwatch(folder);
        }
    }
}

/// The system's watcher, its events stripped to the hint that there was one.
///
/// The debouncer puts events of one path together: a file that came and went is nothing to it. A file that was renamed over
/// another and went is not nothing, and it cannot tell the two apart.
#[derive(Debug)]
pub(super) struct Hints(RecommendedWatcher);

impl notify::Watcher for Hints {
    fn new<F: EventHandler>(mut handler: F, config: Config) -> notify::Result<Self> {
        let tell = move |event: notify::Result<Event>| match event {
            Ok(event) if is_read(event.kind) => {}
            Ok(event) if !event.need_rescan() => {
                let paths = event.paths.into_iter().take(1).collect();
                handler.handle_event(Ok(Event { kind: EventKind::Any, paths, attrs: event.attrs }));
            }
            other => handler.handle_event(other),
        };
        RecommendedWatcher::new(tell, config).map(Self)
    }

    fn watch(&mut self, path: &Path, mode: RecursiveMode) -> notify::Result<()> {
        self.0.watch(path, mode)
    }

    fn unwatch(&mut self, path: &Path) -> notify::Result<()> {
        self.0.unwatch(path)
    }

    fn configure(&mut self, option: Config) -> notify::Result<bool> {
        self.0.configure(option)
    }

    fn kind() -> WatcherKind {
        RecommendedWatcher::kind()
    }
}

/// Whether somebody merely read: otherwise each reload would lead to the next.
fn is_read(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access != AccessKind::Close(AccessMode::Write),
        _ => false,
    }
}
