//! Watched files: whatever is done to them, the engine comes to be on what they say, and nobody ever sees half of it.
//!
//! Nothing here counts on being quick. Each test does something and waits, for as long as it takes, until the engine shows
//! it; meanwhile readers look for what must never be seen.

mod exchanged;

use rolebook::Engine;
use rolebook::engine::{Change, Reloaded, Watch, WatchOptions, now, query};
use rolebook::workspace::State;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long anything may take before it counts as never.
const LONG: Duration = Duration::from_secs(120);

/// Files are read again on hints alone.
const HINTS: WatchOptions = WatchOptions { debounce: Duration::from_millis(20), poll: Duration::from_secs(3_600) };

const STAFF: &str = "rolebook: 1\nkind: directory\nteam:red:\n  roles: { member: [user:ana] }\n";

/// The two files of a version: what everybody may do by the one they may do by the other, in odd versions. The halves of two
/// versions do not go together, as each names the other's version.
fn pair(version: u32) -> (String, String) {
    let rule = |action: &str| if version % 2 == 1 { format!("allow team.{action}\n") } else { String::new() };
    let one = format!("type user\ntype team {{ actions view, edit, join, v{version} }}\n{}", rule("view"));
    let other = format!("role team.member {{ allow team.join, team.v{version} }}\n{}", rule("edit"));
    (one, other)
}

/// As [`pair`], with halves that go together all too well.
fn loose_pair(version: u32) -> (String, String) {
    let (one, other) = pair(version);
    (one.replace(&format!(", v{version}"), ""), other.replace(&format!(", team.v{version}"), ""))
}

fn write_pair(folder: &Path, (one, other): (String, String)) {
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("a.rolebook"), one).expect("a file");
    fs::write(folder.join("z.rolebook"), other).expect("a file");
}

/// Writes a text beside a file, and renames it over that.
fn replace(file: &Path, text: &str) {
    let new = file.with_extension("new");
    fs::write(&new, text).expect("a file");
    fs::rename(new, file).expect("renamed");
}

fn allowed(state: &State, action: &str) -> bool {
    state.snapshot().check(&query("user:guest", action, "team:red")).expect("a decision").allowed
}

/// An engine that is watched, with readers that look at it all the while.
struct Watched {
    engine: Engine,
    watch: Option<Watch>,
    results: Arc<Mutex<Vec<Result<Reloaded, String>>>>,
    stop: Arc<AtomicBool>,
    readers: Vec<JoinHandle<()>>,
}

impl Watched {
    fn open(policy: &Path) -> Self {
        Self::of(Engine::builder().policy(policy).build().expect("a sound package"), HINTS)
    }

    fn of(engine: Engine, options: WatchOptions) -> Self {
        let results = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&results);
        let tell = move |result: &rolebook::engine::ReloadResult| {
            list.lock().expect("a list").push(result.clone().map_err(|error| error.to_string()));
        };
        engine.subscribe(tell).forever();
        let watch = Some(engine.watch_with(options).expect("a thread"));
        let stop = Arc::new(AtomicBool::new(false));
        let readers = (0..2).map(|_| read(engine.clone(), Arc::clone(&stop))).collect();
        Self { engine, watch, results, stop, readers }
    }

    /// Waits until the engine's state is as wanted.
    #[track_caller]
    fn until(&self, what: &str, wanted: impl Fn(&State) -> bool) {
        self.wait(what, || wanted(&self.engine.state()));
    }

    /// Waits until files are found to be broken, with this in a message.
    #[track_caller]
    fn until_stale(&self, message: &str) {
        self.wait(message, || {
            self.engine.status().stale.is_some_and(|stale| stale.error.to_string().contains(message))
        });
        self.wait("a subscriber hears it", || {
            let results = self.results.lock().expect("a list");
            results.iter().any(|result| result.as_ref().is_err_and(|error| error.contains(message)))
        });
    }

    #[track_caller]
    fn until_fresh(&self) {
        self.wait("fresh files", || self.engine.status().stale.is_none());
    }

    #[track_caller]
    fn wait(&self, what: &str, done: impl Fn() -> bool) {
        let began = Instant::now();
        while !done() {
            if began.elapsed() > LONG {
                panic!("never: {what}; {:?}; {:?}", self.engine.status(), self.results.lock().expect("a list"));
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        drop(self.watch.take());
        self.stop.store(true, Ordering::SeqCst);
        for reader in self.readers.drain(..) {
            // What a reader has to say goes before; a test that fails already says enough.
            if reader.join().is_err() && !thread::panicking() {
                panic!("a reader saw what it must not see");
            }
        }
    }
}

/// Looks for states that are half of one version and half of another, and for revisions that go back.
fn read(engine: Engine, stop: Arc<AtomicBool>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut last = engine.status().revision;
        while !stop.load(Ordering::SeqCst) {
            let state = engine.state();
            assert_eq!(allowed(&state, "view"), allowed(&state, "edit"), "two versions at once");
            let now = engine.check(&query("user:guest", "view", "team:red")).expect("a decision").revision;
            assert!(now >= last, "revision {now} after {last}");
            last = now;
            thread::yield_now();
        }
    })
}

/// Whether a state is of this version of a [`pair`].
fn is_version(version: u32) -> impl Fn(&State) -> bool {
    move |state| {
        let names = format!("v{version}");
        state.snapshot().check(&query("user:guest", &names, "team:red")).is_ok()
    }
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let root = tempfile::tempdir().expect("a folder");
    let package = root.path().join("package");
    write_pair(&package, pair(0));
    (root, package)
}

#[test]
fn files_that_are_written_in_place_take_effect_together() {
    let (_root, package) = folder();
    let watched = Watched::open(&package);
    for version in 1..=5 {
        write_pair(&package, pair(version));
        watched.until("the version that was written", is_version(version));
        watched.until_fresh();
    }
}

#[test]
fn after_rapid_edits_the_last_is_in_effect() {
    let (_root, package) = folder();
    let watched = Watched::open(&package);
    for version in 1..=300 {
        write_pair(&package, pair(version));
    }
    watched.until("the last version", is_version(300));
    watched.until_fresh();
    let results = watched.results.lock().expect("a list").len();
    assert!(results < 300, "{results} reloads");
}

#[test]
fn files_that_are_renamed_over_are_seen_each_time() {
    let (_root, package) = folder();
    let watched = Watched::open(&package);
    for version in 1..=5 {
        let (one, other) = pair(version);
        replace(&package.join("a.rolebook"), &one);
        replace(&package.join("z.rolebook"), &other);
        watched.until("the version that was renamed over", is_version(version));
    }
}

#[test]
fn a_single_file_that_is_named_is_watched_by_its_folder() {
    let (_root, package) = folder();
    let file = package.join("alone.rolebook");
    let text = |version: u32| format!("type user\ntype team {{ actions view, edit, v{version} }}\n");
    fs::write(&file, text(0)).expect("a file");
    let watched = Watched::open(&file);
    for version in 1..=3 {
        replace(&file, &text(version));
        watched.until("the version that was renamed over", is_version(version));
    }
    fs::remove_file(&file).expect("removed");
    watched.until_stale("error[unreadable-file]: cannot read ");
    fs::write(&file, text(4)).expect("a file");
    watched.until("the file is back", is_version(4));
    watched.until_fresh();
}

#[test]
fn of_half_a_file_nothing_takes_effect() {
    let (_root, package) = folder();
    let watched = Watched::open(&package);
    let (one, other) = pair(1);
    let (half, _) = one.split_at(one.len() / 2);
    fs::write(package.join("a.rolebook"), half).expect("a file");
    watched.until_stale("error[syntax]");
    assert!(is_version(0)(&watched.engine.state()));
    let since = watched.engine.status().stale.expect("stale").since;
    fs::write(package.join("a.rolebook"), &one).expect("a file");
    watched.until_stale("has no action `v0`");
    assert_eq!(watched.engine.status().stale.expect("stale").since, since, "stale since the first of it");
    fs::write(package.join("z.rolebook"), other).expect("a file");
    watched.until("both halves", is_version(1));
    watched.until_fresh();
}

#[test]
fn whoever_still_writes_is_waited_for() {
    let (_root, package) = folder();
    let types = "type user\ntype team { actions view, edit, join }\nrole team.member { allow team.join }\n";
    replace(&package.join("a.rolebook"), types);
    fs::remove_file(package.join("z.rolebook")).expect("removed");
    let engine = Engine::builder().policy(&package).build().expect("a sound package");
    let options = WatchOptions { debounce: Duration::from_millis(1_500), ..HINTS };
    let watched = Watched::of(engine, options);
    // Sound in between, and longer on the way than the debounce lasts: what is allowed first is denied in the end.
    let file = package.join("rules.rolebook");
    let rules = ["", "allow team.edit", "allow team.view", "deny team.edit", "deny team.view", "allow team.join"];
    for written in 1..=rules.len() {
        let text = rules.get(..written).expect("some").join("\n");
        fs::write(&file, text).expect("a file");
        thread::sleep(options.debounce / 3);
    }
    watched.until("all of it", |state| allowed(state, "join"));
    let results = watched.results.lock().expect("a list").clone();
    assert_eq!(results.len(), 1, "{results:?}");
    assert!(results.iter().all(Result::is_ok), "{results:?}");
}

#[test]
fn whoever_never_stops_writing_is_not_waited_for() {
    let (_root, package) = folder();
    let engine = Engine::builder().policy(&package).build().expect("a sound package");
    let options = WatchOptions { debounce: Duration::from_millis(200), ..HINTS };
    let watched = Watched::of(engine, options);
    write_pair(&package, pair(1));
    // Sound at every moment: how long a file is empty that is written anew, the disk tells.
    let notes = fs::File::create(package.join("notes.rolebook")).expect("a file");
    (&notes).write_all(b"type note\n").expect("written");
    watched.wait("what was written before", || {
        (&notes).write_all(b"# still at it\n").expect("written");
        thread::sleep(options.debounce / 20);
        is_version(1)(&watched.engine.state())
    });
}

#[test]
fn what_was_written_right_before_gives_no_hint_and_is_read_all_the_same() {
    let (_root, package) = folder();
    let engine = Engine::builder().policy(&package).build().expect("a sound package");
    write_pair(&package, pair(1));
    let watched = Watched::of(engine, WatchOptions { debounce: Duration::from_secs(2), ..HINTS });
    watched.until("what was written before", is_version(1));
}

#[test]
fn directories_are_watched_and_changes_stay_until_they_change() {
    let (_root, package) = folder();
    fs::write(package.join("directory.yaml"), STAFF).expect("a file");
    let watched = Watched::open(&package);
    let joins = |name: &'static str| {
        let asked = query(name, "join", "team:red");
        move |state: &State| state.snapshot().check(&asked).expect("a decision").allowed
    };
    watched.engine.apply(&[Change::assign("user:bo", "member", "team:red")], now()).expect("a sound change");
    write_pair(&package, pair(1));
    watched.until("the policy", is_version(1));
    watched.until("the change", joins("user:bo"));

    replace(&package.join("directory.yaml"), &STAFF.replace("user:ana", "user:cy"));
    watched.until("the directory", joins("user:cy"));
    assert!(!joins("user:bo")(&watched.engine.state()));
    watched.wait("how many changes went", || {
        let results = watched.results.lock().expect("a list");
        results.iter().any(|result| result.as_ref().is_ok_and(|reloaded| reloaded.superseded == 1))
    });

    let bulk = package.join("directory.jsonl");
    fs::write(&bulk, "{\"assign\":{\"subject\":\"user:di\",\"role\":\"member\",\"on\":\"team:red\"}}\n")
        .expect("a file");
    watched.until("a second directory", joins("user:di"));
    fs::write(&bulk, "{\"assign\":{\"subject\":\"user:di\",\"role\":\"membre\",\"on\":\"team:red\"}}\n")
        .expect("a file");
    watched.until_stale("did you mean `member`?");
    fs::write(&bulk, "{\"assign\":{\"subject\":\"user:eve\",\"role\":\"member\",\"on\":\"team:red\"}}\n")
        .expect("a file");
    watched.until("the second directory, mended", joins("user:eve"));
    fs::remove_file(&bulk).expect("removed");
    watched.until("the second directory is gone", |state| !joins("user:eve")(state));
    watched.until_fresh();
}

#[test]
fn a_compiled_file_is_watched() {
    let (root, package) = folder();
    // More than is copied: the system's own pages are read.
    let members: String = (0..3_000).map(|at| format!("team:t{at}:\n  roles: {{ member: [user:u{at}] }}\n")).collect();
    fs::write(package.join("directory.yaml"), format!("{STAFF}{members}")).expect("a file");
    let file = root.path().join("all.compiled");
    let compile = || Engine::builder().policy(&package).build().expect("sound").compile(&file).expect("written");
    compile();
    assert!(fs::metadata(&file).expect("a file").len() > 1 << 17);
    let watched = Watched::open(&file);
    for version in 1..=4 {
        write_pair(&package, pair(version));
        compile();
        watched.until("the file compiled again", is_version(version));
        let asked = query("user:u2999", "join", "team:t2999");
        assert!(watched.engine.check(&asked).expect("a decision").allowed);
        assert!(!watched.engine.check(&query("user:u2999", "join", "team:t2998")).expect("a decision").allowed);
    }
    // Another file in its place that is none.
    replace(&file, "rolebk, or not");
    watched.until_stale("all.compiled");
    assert!(is_version(4)(&watched.engine.state()));
    compile();
    watched.until_fresh();
}

#[test]
fn what_is_imported_from_elsewhere_is_watched_too() {
    let (root, package) = folder();
    let watched = Watched::open(&package);
    let rules = |text: &str| {
        fs::create_dir_all(root.path().join("other/lib")).expect("a folder");
        fs::write(root.path().join("other/lib/rules.rolebook"), text).expect("a file");
    };
    let both = "allow team.view\nallow team.edit\n";
    // It comes to be after it is imported, and the folders on the way with it.
    fs::write(package.join("imports.rolebook"), "import \"../other/lib\"\n").expect("a file");
    watched.until_stale("unknown import `../other/lib`");
    rules(both);
    watched.until("what is imported", |state| allowed(state, "view"));
    rules("role team.nobody\n");
    watched.until("an edit of what is imported", |state| !allowed(state, "view"));
    fs::write(root.path().join("other/lib/more.rolebook"), both).expect("a file");
    watched.until("a new file beside what is imported", |state| allowed(state, "edit"));
    fs::rename(root.path().join("other"), root.path().join("gone")).expect("renamed");
    watched.until_stale("unknown import `../other/lib`");
    fs::remove_file(package.join("imports.rolebook")).expect("removed");
    watched.until("nothing is imported", |state| !allowed(state, "edit"));
    watched.until_fresh();
}

#[test]
fn what_gives_no_hint_is_found_by_looking() {
    let root = tempfile::tempdir().expect("a folder");
    let package = root.path().join("deep/down/package");
    write_pair(&package, pair(0));
    let engine = Engine::builder().policy(&package).build().expect("a sound package");
    let watched = Watched::of(engine, WatchOptions { poll: Duration::from_millis(50), ..HINTS });
    // Neither the package nor what it lies in is touched: something above takes the name of another.
    write_pair(&root.path().join("new/down/package"), pair(1));
    fs::rename(root.path().join("deep"), root.path().join("old")).expect("renamed");
    fs::rename(root.path().join("new"), root.path().join("deep")).expect("renamed");
    watched.until("what lies there now", is_version(1));
    assert_eq!(watched.watch.as_ref().expect("a watch").unwatched(), Vec::<PathBuf>::new());
}

#[test]
fn nothing_is_watched_once_the_watch_is_gone() {
    let (_root, package) = folder();
    let mut watched = Watched::open(&package);
    write_pair(&package, pair(1));
    watched.until("watched", is_version(1));
    // It waits for its thread, so that nothing comes after.
    drop(watched.watch.take());
    let state = watched.engine.state();
    write_pair(&package, pair(2));
    thread::sleep(HINTS.debounce * 10);
    assert!(Arc::ptr_eq(&state, &watched.engine.state()));
    watched.watch = Some(watched.engine.watch_with(HINTS).expect("a thread"));
    watched.until("what happened meanwhile", is_version(2));
}

#[test]
fn a_subscriber_may_let_go_of_the_watch() {
    let (_root, package) = folder();
    let engine = Engine::builder().policy(&package).build().expect("a sound package");
    let watch = Arc::new(Mutex::new(None));
    let (held, told) = (Arc::clone(&watch), Arc::new(AtomicBool::new(false)));
    let flag = Arc::clone(&told);
    engine
        .subscribe(move |_| {
            drop(held.lock().expect("a watch").take());
            flag.store(true, Ordering::SeqCst);
        })
        .forever();
    let guard = engine.watch_with(HINTS).expect("a thread");
    *watch.lock().expect("a watch") = Some(guard);
    write_pair(&package, pair(1));
    let began = Instant::now();
    while !told.load(Ordering::SeqCst) {
        assert!(began.elapsed() < LONG, "it lets go");
        thread::sleep(Duration::from_millis(2));
    }
}
