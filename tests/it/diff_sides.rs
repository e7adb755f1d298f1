//! Both sides of a difference opened together: what they have in common is read once, and each comes to what it comes to by
//! itself.

use rolebook::engine::{Opened, Origin, open_both};
use std::fs;
use std::path::PathBuf;

const POLICY: &str = "
type user
type team {
  plan: string = \"free\"
  actions view, delete
}
role team.member { allow team.view }
role team.admin extends team.member { allow team.delete }
";

const LINES: &str = r#"{"entity":"team:red"}
{"entity":"team:blue","attributes":{"plan":"paid"}}
{"assign":{"subject":"user:ana","role":"member","on":"team:red"}}
{"assign":{"subject":"user:bo","role":"admin","on":"team:blue"}}
"#;

const TREE: &str = "
rolebook: 1
kind: directory
team:red: { roles: { member: [user:ana] } }
team:blue: { plan: paid, roles: { admin: [user:bo] } }
";

/// Two packages in folders of their own, each with the directory that stands beside it.
struct Sides {
    place: tempfile::TempDir,
}

impl Sides {
    fn new(old: [&str; 3], new: [&str; 3]) -> Self {
        let place = tempfile::tempdir().expect("a folder");
        for (side, [policy, name, directory]) in [("old", old), ("new", new)] {
            let folder = place.path().join(side);
            fs::create_dir(&folder).expect("a folder");
            fs::write(folder.join("policy.rolebook"), policy).expect("a file");
            fs::write(folder.join(name), directory).expect("a file");
        }
        Self { place }
    }

    fn origin(&self, side: &str) -> Origin {
        Origin::Disk(self.place.path().join(side))
    }

    /// Opens them together and one by one, which has to come to the same; whether they have one directory.
    fn share(&self, directories: &[PathBuf]) -> bool {
        let (old, new) = (self.origin("old"), self.origin("new"));
        let together = open_both(&old, &new, directories);
        for (origin, state) in [&old, &new].into_iter().zip(&together) {
            same(state, &origin.open(directories));
        }
        let [Ok(old), Ok(new)] = together else { return false };
        std::ptr::eq(old.snapshot().directory(), new.snapshot().directory())
    }
}

fn same(together: &Opened, alone: &Opened) {
    match (together, alone) {
        (Ok(together), Ok(alone)) => {
            assert!(together.says_the_same(alone));
            assert!(together.directory_files().eq(alone.directory_files()));
            let places = |state: &rolebook::workspace::State| -> Vec<String> {
                let directory = state.snapshot().directory();
                let spans = directory.entities().filter_map(|entity| directory.span(entity));
                let roles = state.snapshot().policy().provenance().roles.iter().map(|origin| origin.span);
                spans.chain(roles).map(|span| state.sources().place(span)).collect()
            };
            assert_eq!(places(together), places(alone));
            assert!(places(together).len() > 3);
        }
        (Err(together), Err(alone)) => assert_eq!(together.to_string(), alone.to_string()),
        (together, alone) => panic!("{together:?}\n{alone:?}"),
    }
}

#[test]
fn a_directory_that_both_have_is_read_once() {
    let other = POLICY.replace("allow team.view", "allow *");
    for (name, directory) in [("directory.jsonl", LINES), ("directory.yaml", TREE)] {
        let sides = Sides::new([POLICY, name, directory], [&other, name, directory]);
        assert!(sides.share(&[]), "two files that say the same");
        assert!(sides.share(&[sides.place.path().join("old").join(name)]), "one file that is named");
    }
}

#[test]
fn where_anything_differs_that_a_directory_is_read_by_each_has_its_own() {
    let attribute = POLICY.replace("\"free\"", "\"none\"");
    let role = POLICY.replace("role team.admin", "role team.guest\nrole team.admin");
    for new in [&attribute, &role] {
        let sides = Sides::new([POLICY, "directory.jsonl", LINES], [new, "directory.jsonl", LINES]);
        assert!(!sides.share(&[]), "{new}");
    }
    let longer = format!("{LINES}{{\"entity\":\"team:green\"}}\n");
    let longest = LINES.replace("user:bo", "user:di");
    for (name, directory) in [
        ("directory.jsonl", longer.as_str()),
        ("directory.jsonl", longest.as_str()),
        ("directory.jsonl", &LINES[..LINES.len() - 1]),
        ("directory.yaml", TREE),
    ] {
        for flipped in [false, true] {
            let (mut old, mut new) = ([POLICY, "directory.jsonl", LINES], [POLICY, name, directory]);
            if flipped {
                std::mem::swap(&mut old, &mut new);
            }
            assert!(!Sides::new(old, new).share(&[]), "{directory}");
        }
    }
}

#[test]
fn what_is_wrong_is_told_as_of_each_by_itself() {
    let wrong = POLICY.replace("allow team.view", "allow team.veiw");
    let broken = LINES.replace("\"member\"", "\"memebr\"");
    let unknown = format!("{LINES}{{\"entity\":\"team:red\"}}\n");
    for (old, new, directory) in
        [(POLICY, &*wrong, LINES), (&wrong, &wrong, LINES), (POLICY, POLICY, &*broken), (POLICY, POLICY, &*unknown)]
    {
        let sides = Sides::new([old, "directory.jsonl", directory], [new, "directory.jsonl", directory]);
        assert!(!sides.share(&[]));
        assert!(!sides.share(&[sides.place.path().join("new/directory.jsonl")]));
        assert!(!sides.share(&[sides.place.path().join("nothing.jsonl")]));
    }
}
