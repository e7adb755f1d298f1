//! Files read again: what takes effect, what stays, what is said of it, and that the outcome is what would have been loaded.

mod bytes;
mod declarations;
mod edits;

use rolebook::Engine;
use rolebook::decide::{Query, Revision};
use rolebook::engine::{Change, Reloaded, now, query, write};
use rolebook::explain::Step;
use rolebook::source::SourceMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

const TYPES: &str =
    "type user\ntype organization { actions manage }\ntype team in organization { actions view, edit }\n";
const ROLES: &str = "open role team.viewer { allow team.view }\nrole team.editor extends team.viewer { }\n";
const DIRECTORY: &str =
    "rolebook: 1\nkind: directory\norganization:acme:\n  team:red:\n    roles: { editor: [user:ana] }\n";

/// A folder with a package in it.
struct Package(tempfile::TempDir);

impl Package {
    fn new() -> Self {
        let package = Self(tempfile::tempdir().expect("a folder"));
        package.write("types.rolebook", TYPES);
        package.write("roles.rolebook", ROLES);
        package.write("directory.yaml", DIRECTORY);
        package
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).expect("a file");
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.path().join(name)).expect("a file");
    }

    fn open(&self) -> Engine {
        Engine::builder().policy(self.path()).build().expect("a sound package")
    }

    /// A message without the folder's own name.
    fn shown(&self, message: impl ToString) -> String {
        message.to_string().replace(&self.path().display().to_string(), "DIR")
    }
}

fn may(engine: &Engine, subject: &str, action: &str, resource: &str) -> bool {
    engine.check(&query(subject, action, resource)).expect("a decision").allowed
}

fn took(revision: u64, policy: bool, directory: bool, superseded: usize) -> Reloaded {
    let revision = (1..revision).fold(Revision::FIRST, |revision, _| revision.next());
    Reloaded { revision, policy, directory, superseded }
}

#[test]
fn where_the_files_say_what_they_said_nothing_happens() {
    let package = Package::new();
    let engine = package.open();
    let state = engine.state();
    assert_eq!(engine.reload().expect("sound files"), took(1, false, false, 0));
    // Written anew, in another order, under another name: not another text.
    package.write("directory.yaml", DIRECTORY);
    package.write("types.rolebook", TYPES);
    fs::write(package.path().join("new"), ROLES).expect("a file");
    fs::rename(package.path().join("new"), package.path().join("roles.rolebook")).expect("renamed");
    assert!(!engine.reload().expect("sound files").took_effect());
    assert!(Arc::ptr_eq(&state, &engine.state()));
}

#[test]
fn changes_stay_where_only_the_policy_is_another() {
    let package = Package::new();
    let engine = package.open();
    let guest = serde_json::json!({ "extends": "team.viewer" });
    let changes = [
        Change::assign("user:bo", "viewer", "team:red"),
        Change::custom_role("team.guest", "organization:acme", guest),
        Change::assign("user:cy", "guest", "team:red"),
    ];
    engine.apply(&changes, now()).expect("sound changes");
    let may_edit = || ["ana", "bo", "cy"].map(|name| may(&engine, &format!("user:{name}"), "edit", "team:red"));
    assert_eq!(may_edit(), [false, false, false]);

    package.write("roles.rolebook", &ROLES.replace("viewer { }", "viewer { allow team.edit }"));
    assert_eq!(engine.reload().expect("sound files"), took(3, true, false, 0));
    assert_eq!(may_edit(), [true, false, false]);
    assert!(may(&engine, "user:cy", "view", "team:red"), "by a custom role that stands in no file");

    // Files that come, whose ids are taken by the texts of changes, and that go.
    package.write("more.rolebook", "\n\nallow team.edit when subject == \"user:bo\"\n");
    assert_eq!(engine.reload().expect("sound files"), took(4, true, false, 0));
    assert_eq!(may_edit(), [true, true, false]);
    let why = |subject: &str, action: &str| package.shown(proof(&engine, subject, action, "team:red"));
    assert!(why("user:bo", "edit").contains("(DIR/more.rolebook:3:1)"), "{}", why("user:bo", "edit"));
    package.remove("more.rolebook");
    package.write("yet.rolebook", "# a comment\nallow team.edit when subject == \"user:cy\"\n");
    assert_eq!(engine.reload().expect("sound files"), took(5, true, false, 0));
    assert_eq!(may_edit(), [true, false, true]);
    assert!(why("user:cy", "edit").contains("(DIR/yet.rolebook:2:1)"), "{}", why("user:cy", "edit"));
    assert!(why("user:bo", "view").contains("(changes.jsonl:1:"), "{}", why("user:bo", "view"));
    engine.apply(&[Change::revoke("user:bo", "viewer", "team:red")], now()).expect("a sound change");
    assert!(!may(&engine, "user:bo", "view", "team:red"));
}

#[test]
fn where_the_directory_is_another_the_files_are_the_record() {
    let package = Package::new();
    let engine = package.open();
    let joining = |name: &str| Change::assign(name, "viewer", "team:red");
    engine.apply(&[joining("user:bo"), joining("user:cy")], now()).expect("sound changes");
    engine.apply(&[joining("user:di")], now()).expect("a sound change");
    package.write("directory.yaml", &DIRECTORY.replace("[user:ana]", "[user:ana, user:eve]"));
    package.write("roles.rolebook", &format!("{ROLES}deny team.view when subject == \"user:nobody\"\n"));
    assert_eq!(engine.reload().expect("sound files"), took(4, true, true, 3));
    let may_view =
        ["ana", "bo", "cy", "di", "eve"].map(|name| may(&engine, &format!("user:{name}"), "view", "team:red"));
    assert_eq!(may_view, [true, false, false, false, true]);

    // One more file beside the policy, and one that goes.
    package
        .write("directory.jsonl", "{\"assign\":{\"subject\":\"user:bo\",\"role\":\"viewer\",\"on\":\"team:red\"}}\n");
    assert_eq!(engine.reload().expect("sound files"), took(5, false, true, 0));
    assert!(may(&engine, "user:bo", "view", "team:red"));
    package
        .write("directory.jsonl", "{\"assign\":{\"subject\":\"user:cy\",\"role\":\"viewer\",\"on\":\"team:red\"}}\n");
    assert_eq!(engine.reload().expect("sound files"), took(6, false, true, 0));
    assert_eq!(["bo", "cy"].map(|name| may(&engine, &format!("user:{name}"), "view", "team:red")), [false, true]);
    package.remove("directory.jsonl");
    assert_eq!(engine.reload().expect("sound files"), took(7, false, true, 0));
    assert!(!may(&engine, "user:cy", "view", "team:red"));
}

#[test]
fn changes_that_were_written_are_not_lost() {
    let package = Package::new();
    let engine = package.open();
    let applied = engine.apply(&[Change::assign("user:bo", "viewer", "team:red")], now()).expect("a sound change");
    write(&engine.rewritten(&applied).expect("new texts")).expect("written");
    assert_eq!(engine.reload().expect("sound files"), took(3, false, true, 0));
    assert!(may(&engine, "user:bo", "view", "team:red"));
    engine.apply(&[Change::assign("user:cy", "viewer", "team:red")], now()).expect("a sound change");
    package.write("directory.yaml", DIRECTORY);
    assert_eq!(engine.reload().expect("sound files").superseded, 1);
    // What is written after a reload goes by what was read then.
    let applied = engine.apply(&[Change::assign("user:di", "viewer", "team:red")], now()).expect("a sound change");
    write(&engine.rewritten(&applied).expect("new texts")).expect("written");
    assert!(may(&package.open(), "user:di", "view", "team:red"));
}

/// What a subscriber heard, in short.
fn heard(engine: &Engine) -> Arc<Mutex<Vec<String>>> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&heard);
    let tell = move |result: &rolebook::engine::ReloadResult| {
        list.lock().expect("a list").push(match result {
            Ok(Reloaded { revision, policy, directory, .. }) => format!("{revision} {policy} {directory}"),
            Err(error) => error.diagnostics[0].message.clone(),
        });
    };
    engine.subscribe(tell).forever();
    heard
}

#[test]
fn whatever_is_wrong_with_the_files_the_last_good_state_stays() {
    let package = Package::new();
    let engine = package.open();
    engine.apply(&[Change::assign("user:bo", "viewer", "team:red")], now()).expect("a sound change");
    let (before, heard) = (engine.state(), heard(&engine));
    let broken: [(&str, &str, &str); 5] = [
        ("roles.rolebook", "role team.viewer { allow", "error[syntax]: "),
        ("roles.rolebook", "role team.viewer { allow team.veiw }\nrole team.editor { }", "error[unknown-action]: "),
        (
            "directory.yaml",
            "rolebook: 1\nkind: directory\norganization:acme: { team:red: { roles: { owner: [user:ana] } } }\n",
            "error[unknown-role]: ",
        ),
        ("directory.yaml", "rolebook: 1\nkind: dire", "error["),
        // Sound by itself, and not with a change that was made.
        ("roles.rolebook", "role team.editor { allow team.view }\n", "error[unknown-role]: "),
    ];
    let mut since = None;
    for (name, text, expected) in broken {
        let good = fs::read_to_string(package.path().join(name)).expect("a text");
        package.write(name, text);
        for _ in 0..2 {
            let error = engine.reload().expect_err("broken files");
            assert!(error.to_string().contains(expected), "{error}");
            let stale = engine.status().stale.expect("it is stale");
            assert_eq!(stale.error.to_string(), error.to_string());
            assert!(stale.since <= now() && since.is_none_or(|since| since == stale.since));
            since = Some(stale.since);
        }
        assert!(Arc::ptr_eq(&before, &engine.state()));
        package.write(name, &good);
        if name == "directory.yaml" {
            // It goes on being stale, from one failure to the next.
            continue;
        }
        assert_eq!(engine.reload().expect("sound files"), took(2, false, false, 0));
        assert!(engine.status().stale.is_none());
        since = None;
    }
    let messages = heard.lock().expect("a list").clone();
    let back = messages.iter().filter(|message| *message == "2 false false").count();
    assert_eq!((messages.len(), back), (broken.len() + 3, 3), "{messages:#?}");

    // The package itself is gone.
    let away = package.path().with_extension("away");
    fs::rename(package.path(), &away).expect("renamed");
    let error = engine.reload().expect_err("no package");
    let gone = "error[unreadable-file]: cannot read `DIR`: there is no such file or folder";
    assert!(package.shown(&error).starts_with(gone), "{error}");
    assert!(may(&engine, "user:bo", "view", "team:red"));
    fs::rename(&away, package.path()).expect("renamed");
    assert!(!engine.reload().expect("sound files").took_effect());
    assert!(engine.status().stale.is_none());
}

#[test]
fn subscribers_hear_what_is_new_until_they_let_go() {
    let package = Package::new();
    let engine = package.open();
    let heard = heard(&engine);
    let told = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&told);
    let subscription = engine.subscribe(move |_| flag.store(true, Ordering::SeqCst));
    engine.reload().expect("sound files");
    assert!(!told.load(Ordering::SeqCst), "nothing happened");
    package.write("more.rolebook", "allow team.edit\n");
    engine.clone().reload().expect("sound files");
    assert!(told.swap(false, Ordering::SeqCst));
    drop(subscription);
    package.remove("more.rolebook");
    engine.reload().expect("sound files");
    assert!(!told.load(Ordering::SeqCst));
    assert_eq!(*heard.lock().expect("a list"), ["2 true false", "3 true false"]);
}

#[test]
fn a_subscriber_may_use_the_engine() {
    let package = Package::new();
    let engine = package.open();
    let inner = engine.clone();
    let subscription = engine.subscribe(move |result| {
        if result.as_ref().is_ok_and(|reloaded| reloaded.revision.number() == 2) {
            inner.apply(&[Change::assign("user:bo", "viewer", "team:red")], now()).expect("a sound change");
            inner.reload().expect("sound files");
            assert!(inner.status().stale.is_none());
        }
    });
    package.write("more.rolebook", "allow team.edit\n");
    engine.reload().expect("sound files");
    assert!(may(&engine, "user:bo", "view", "team:red"));
    assert_eq!(engine.status().revision.number(), 3);
    drop(subscription);
}

#[test]
fn texts_are_what_they_were() {
    let engine = Engine::from_strings(&[("a.rolebook", TYPES), ("b.rolebook", ROLES)], &[("d.yaml", DIRECTORY)])
        .expect("sound texts");
    engine.apply(&[Change::assign("user:bo", "viewer", "team:red")], now()).expect("a sound change");
    assert_eq!(engine.reload().expect("sound texts"), took(2, false, false, 0));
    assert!(may(&engine, "user:bo", "view", "team:red"));
}

#[test]
fn policies_as_texts_go_with_directories_on_disk_and_the_other_way_round() {
    let package = Package::new();
    let staff = package.path().join("directory.yaml");
    let texts = || Engine::builder().policy_text("a.rolebook", TYPES).policy_text("b.rolebook", ROLES);
    let engine = texts().directory(&staff).build().expect("sound");
    assert!(may(&engine, "user:ana", "view", "team:red"));
    package.write("directory.yaml", &DIRECTORY.replace("user:ana", "user:bo"));
    assert_eq!(engine.reload().expect("sound files"), took(2, false, true, 0));
    assert!(may(&engine, "user:bo", "view", "team:red"));

    let more = "rolebook: 1\nkind: directory\nteam:blue: { in: 'organization:acme', roles: { viewer: [user:cy] } }\n";
    let both = Engine::builder().policy(package.path()).directories([&staff]).directory_text("more.yaml", more);
    let engine = both.build().expect("sound");
    assert!(may(&engine, "user:bo", "view", "team:red") && may(&engine, "user:cy", "view", "team:blue"));
    let engine = Engine::builder().policies([package.path()]).no_directory_beside().build().expect("sound");
    assert!(!may(&engine, "user:bo", "view", "team:red"));

    let error = texts().policy(package.path()).build().expect_err("two kinds");
    assert_eq!(
        package.shown(error),
        "error[wrong-kind]: `DIR` is a policy on disk, and `a.rolebook` a text: name one kind"
    );
}

/// Two files that agree, or do not: what a reader must never see.
fn pair(folder: &Path, open: bool) {
    fs::create_dir_all(folder).expect("a folder");
    let rule = |action: &str| if open { format!("allow team.{action}\n") } else { String::new() };
    fs::write(folder.join("a.rolebook"), format!("{TYPES}{}", rule("view"))).expect("a file");
    fs::write(folder.join("z.rolebook"), format!("role team.none\n{}", rule("edit"))).expect("a file");
}

/// The link of a mounted folder is set anew again and again while the files behind it are read.
#[cfg(unix)]
#[test]
fn what_is_exchanged_as_a_whole_is_read_as_a_whole() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().expect("a folder");
    let mount = root.path().join("mount");
    let publish = |version: usize| {
        pair(&mount.join(format!("..v{version}")), version % 2 == 1);
        symlink(format!("..v{version}"), mount.join("..data_tmp")).expect("a link");
        fs::rename(mount.join("..data_tmp"), mount.join("..data")).expect("renamed");
        if let Some(before) = version.checked_sub(1) {
            fs::remove_dir_all(mount.join(format!("..v{before}"))).expect("removed");
        }
    };
    publish(0);
    for name in ["a.rolebook", "z.rolebook"] {
        symlink(Path::new("..data").join(name), mount.join(name)).expect("a link");
    }
    let engine = Engine::builder().policy(&mount).build().expect("a sound package");
    let stop = AtomicBool::new(false);
    let mut effects = 0;
    thread::scope(|threads| {
        threads.spawn(|| {
            for version in 1_usize.. {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                publish(version);
                // From a fraction of a reading to many of them, however fast the machine is.
                thread::sleep(Duration::from_micros(50 << (version % 10)));
            }
        });
        let began = Instant::now();
        while effects < 60 && began.elapsed() < Duration::from_secs(120) {
            // Files that never stand still are not read at all.
            if engine.reload().is_ok_and(|reloaded| reloaded.took_effect()) {
                effects += 1;
            }
            let state = engine.state();
            let check = |action: &str| state.snapshot().check(&query("user:ana", action, "team:red"));
            let [view, edit] = ["view", "edit"].map(|action| check(action).expect("a decision").allowed);
            if view != edit {
                stop.store(true, Ordering::SeqCst);
                panic!("half of one version and half of the other");
            }
        }
        stop.store(true, Ordering::SeqCst);
    });
    assert_eq!(effects, 60, "too few took effect");
}

/// A decision with all that it rests on, and the places of it.
fn proof(engine: &Engine, subject: &str, action: &str, resource: &str) -> String {
    fn add(sources: &SourceMap, steps: &[Step], text: &mut String) {
        for step in steps {
            let place = step.place.map(|place| sources.place(place)).unwrap_or_default();
            *text += &format!("\n{} ({place})", step.text);
            add(sources, &step.children, text);
        }
    }
    let asked = Query { at: 0, ..query(subject, action, resource) };
    let explanation = engine.explain(&asked).expect("an explanation");
    let mut text = explanation.outcome.summary;
    for found in [&explanation.steps, &explanation.nearest] {
        add(engine.state().sources(), found, &mut text);
    }
    text
}

#[test]
fn changes_and_reloads_at_once_lose_nothing() {
    let package = Package::new();
    let engine = package.open();
    thread::scope(|threads| {
        for writer in 0..2 {
            let engine = &engine;
            threads.spawn(move || {
                for at in 0..30 {
                    let change = Change::assign(&format!("user:{writer}-{at}"), "viewer", "team:red");
                    engine.apply(&[change], now()).expect("a sound change");
                }
            });
        }
        for version in 0..20 {
            package.write("more.rolebook", &format!("# {version}\nallow team.edit\n"));
            assert!(engine.reload().expect("sound files").policy);
        }
    });
    assert_eq!(engine.status().revision.number(), 1 + 2 * 30 + 20);
    for (writer, at) in (0..2).flat_map(|writer| (0..30).map(move |at| (writer, at))) {
        assert!(may(&engine, &format!("user:{writer}-{at}"), "view", "team:red"));
    }
}

/// What goes from thread to thread.
#[test]
fn an_engine_and_what_it_tells_go_anywhere() {
    const fn cloned_and_shared<T: Clone + Send + Sync + 'static>() {}
    const fn shared<T: Send + Sync + 'static>() {}
    const {
        cloned_and_shared::<Engine>();
        cloned_and_shared::<rolebook::engine::Status>();
        cloned_and_shared::<rolebook::engine::ReloadResult>();
        shared::<rolebook::engine::Subscription>();
        shared::<rolebook::engine::Watch>();
        shared::<rolebook::engine::EngineBuilder>();
        shared::<rolebook::engine::Reader>();
    }
    // A clone is one more pointer.
    assert_eq!(size_of::<Engine>(), size_of::<usize>());
}
