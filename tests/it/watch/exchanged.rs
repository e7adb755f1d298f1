//! What is exchanged as a whole, deleted and made again, renamed away and back.

use super::{STAFF, Watched, allowed, folder, is_version, loose_pair, pair, write_pair};
use rolebook::engine::query;
use rolebook::workspace::State;
use std::fs;
use std::path::Path;

/// What a cluster does where a folder of configuration is mounted: each version in a folder of its own, a link to the one in
/// effect, and links to the files through that one.
#[cfg(unix)]
#[test]
fn a_mounted_folder_is_exchanged_as_a_whole() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().expect("a folder");
    let mount = root.path().join("mount");
    let publish = |version: u32| {
        write_pair(&mount.join(format!("..v{version}")), loose_pair(version));
        let staff = STAFF.replace("user:ana", &format!("user:u{version}"));
        fs::write(mount.join(format!("..v{version}/directory.yaml")), staff).expect("a file");
        symlink(format!("..v{version}"), mount.join("..data_tmp")).expect("a link");
        fs::rename(mount.join("..data_tmp"), mount.join("..data")).expect("renamed");
        if let Some(before) = version.checked_sub(1) {
            fs::remove_dir_all(mount.join(format!("..v{before}"))).expect("removed");
        }
    };
    fs::create_dir(&mount).expect("a folder");
    publish(0);
    for name in ["a.rolebook", "z.rolebook", "directory.yaml"] {
        symlink(Path::new("..data").join(name), mount.join(name)).expect("a link");
    }
    let watched = Watched::open(&mount);
    for version in 1..=8 {
        publish(version);
        let member = format!("user:u{version}");
        watched.until("the version that was published", |state| {
            let joins = state.snapshot().check(&query(&member, "join", "team:red")).expect("a decision").allowed;
            joins && allowed(state, "view") == (version % 2 == 1)
        });
    }
    // One after the other without waiting: half-read versions, and folders that go while they are read.
    for version in 9..=60 {
        publish(version);
    }
    watched.until("the last version", |state| {
        state.snapshot().check(&query("user:u60", "join", "team:red")).expect("a decision").allowed
    });
    watched.until_fresh();
}

#[test]
fn what_is_deleted_and_made_again_is_followed() {
    let (_root, package) = folder();
    let watched = Watched::open(&package);
    let rule = package.join("rule.rolebook");
    for _ in 0..3 {
        // A file that appears, and goes.
        fs::write(&rule, "allow team.view\nallow team.edit\n").expect("a file");
        watched.until("the new file", |state| allowed(state, "view"));
        fs::remove_file(&rule).expect("removed");
        watched.until("the new file is gone", |state| !allowed(state, "view"));
        // One that the others need.
        fs::remove_file(package.join("a.rolebook")).expect("removed");
        watched.until_stale("unknown type `team`");
        fs::write(package.join("a.rolebook"), pair(0).0).expect("a file");
        watched.until_fresh();
        watched.results.lock().expect("a list").clear();
    }
    // Renamed over, and deleted at once.
    fs::write(package.join("rule.txt"), "allow team.view\nallow team.edit\n").expect("a file");
    fs::rename(package.join("rule.txt"), &rule).expect("renamed");
    watched.until("the renamed file", |state| allowed(state, "view"));
    fs::write(package.join("rule.txt"), "allow team.view\nallow team.edit\n# more\n").expect("a file");
    fs::rename(package.join("rule.txt"), &rule).expect("renamed");
    fs::remove_file(&rule).expect("removed");
    watched.until("the renamed file is gone", |state| !allowed(state, "view"));
}

#[test]
fn a_package_that_is_deleted_and_made_again_is_watched_again() {
    let (_root, package) = folder();
    let watched = Watched::open(&package);
    for version in [1, 3, 5] {
        // The system may give the next folder the number of the one before.
        fs::remove_dir_all(&package).expect("removed");
        watched.until_stale("there is no such file or folder");
        watched.results.lock().expect("a list").clear();
        write_pair(&package, pair(version));
        watched.until("the package made again", is_version(version));
        write_pair(&package, pair(version + 1));
        watched.until("an edit of it", is_version(version + 1));
    }
}

#[test]
fn a_package_that_is_back_before_anybody_looked_is_watched_all_the_same() {
    let (root, package) = folder();
    let watched = Watched::open(&package);
    let away = root.path().join("away");
    for version in [1, 3, 5, 7] {
        // The system's watcher turns away from what is renamed or deleted, though the same folder be back at once, or another
        // with the number of the one before.
        if version % 4 == 1 {
            fs::rename(&package, &away).expect("renamed");
            fs::rename(&away, &package).expect("renamed");
        } else {
            fs::remove_dir_all(&package).expect("removed");
        }
        write_pair(&package, pair(version));
        watched.until("the package that is back", is_version(version));
        watched.until_fresh();
        write_pair(&package, pair(version + 1));
        watched.until("an edit of it", is_version(version + 1));
    }
}

#[test]
fn a_package_that_is_renamed_away_and_back_is_found_again() {
    let (root, package) = folder();
    let watched = Watched::open(&package);
    let away = root.path().join("away");
    for version in 1..=3 {
        fs::rename(&package, &away).expect("renamed");
        watched.until_stale("there is no such file or folder");
        assert!(is_version(version - 1)(&watched.engine.state()));
        watched.results.lock().expect("a list").clear();
        fs::rename(&away, &package).expect("renamed");
        watched.until_fresh();
        write_pair(&package, pair(version));
        watched.until("an edit of what came back", is_version(version));
    }
    // Another one in its place, at once.
    write_pair(&root.path().join("next"), pair(4));
    fs::rename(&package, &away).expect("renamed");
    fs::rename(root.path().join("next"), &package).expect("renamed");
    watched.until("another package", is_version(4));
    write_pair(&away, pair(5));
    write_pair(&package, pair(6));
    watched.until("an edit of the other package", is_version(6));
}

#[test]
fn a_directory_that_is_gone_leaves_everybody_what_they_hold() {
    let (_root, package) = folder();
    let directory = package.join("directory.yaml");
    fs::write(&directory, STAFF).expect("a file");
    let watched = Watched::open(&package);
    let joins = |name: &'static str| {
        move |state: &State| state.snapshot().check(&query(name, "join", "team:red")).expect("a decision").allowed
    };
    fs::remove_file(&directory).expect("removed");
    watched.until_stale("was there, and no directory is there now");
    assert!(joins("user:ana")(&watched.engine.state()));
    fs::write(&directory, STAFF.replace("user:ana", "user:bo")).expect("a file");
    watched.until("the directory that is back", joins("user:bo"));
    watched.until_fresh();
    fs::write(&directory, "rolebook: 1\nkind: directory\n").expect("a file");
    watched.until("a directory of nobody", |state| !joins("user:bo")(state));
}
