//! Pictures of policies: in each, everything has a place of its own, and is where it belongs.

use crate::orgs::World;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A rectangle of a picture: its left upper corner, its right lower one.
#[derive(Clone, Copy, Debug)]
struct Area {
    left: i64,
    top: i64,
    right: i64,
    bottom: i64,
}

impl Area {
    fn overlaps(self, other: Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    fn lies_in(self, outer: Self) -> bool {
        outer.left <= self.left && outer.top <= self.top && self.right <= outer.right && self.bottom <= outer.bottom
    }
}

fn picture(policy: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_rolebook"))
        .args(["graph", "--format", "svg", "--policy"])
        .arg(policy)
        .output()
        .expect("rolebook starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a text")
}

/// The rectangles of a class.
fn areas(svg: &str, class: &str) -> Vec<Area> {
    let start = format!("<rect class=\"{class}\"");
    let area = |line: &str| {
        let number = |name: &str| {
            let (_, rest) = line.split_once(&format!(" {name}=\"")).expect("an attribute");
            rest.split('"').next().expect("its end").parse::<i64>().expect("a number")
        };
        let (left, top) = (number("x"), number("y"));
        Area { left, top, right: left + number("width"), bottom: top + number("height") }
    };
    svg.lines().filter(|line| line.starts_with(&start)).map(area).collect()
}

fn assert_apart(what: &str, areas: &[Area]) {
    for (at, one) in areas.iter().enumerate() {
        for other in &areas[..at] {
            assert!(!one.overlaps(*other), "{what}: {one:?} and {other:?}");
        }
    }
}

/// Checks a picture, and counts what is in it.
fn assert_tidy(what: &str, svg: &str) -> (usize, usize) {
    let (groups, roles) = (areas(svg, "group"), areas(svg, "role"));
    assert_apart(what, &groups);
    assert_apart(what, &roles);
    for role in &roles {
        assert!(groups.iter().any(|group| role.lies_in(*group)), "{what}: {role:?} in none of {groups:?}");
    }
    let head = svg.lines().next().expect("a head");
    let size = |name: &str| {
        let (_, rest) = head.split_once(&format!(" {name}=\"")).expect("a size");
        rest.split('"').next().expect("its end").parse::<i64>().expect("a number")
    };
    let paper = Area { left: 0, top: 0, right: size("width"), bottom: size("height") };
    for group in &groups {
        assert!(group.lies_in(paper), "{what}: {group:?} is not on {paper:?}");
    }
    (groups.len(), roles.len())
}

#[test]
fn everything_has_a_place_of_its_own() {
    for (name, expected) in [("baseten", 5), ("polyaxon", 10), ("tools", 9), ("wandb", 8)] {
        let svg = picture(&Path::new("policies").join(name));
        let (groups, roles) = assert_tidy(name, &svg);
        assert!(groups > 3 && roles == expected, "{name}: {groups} groups, {roles} roles");
        assert_eq!(svg, picture(&Path::new("policies").join(name)), "{name} a second time");
    }
    assert_tidy("shapes", &picture(Path::new("tests/cli/graph/policy.rolebook")));
}

#[test]
fn large_policies_can_be_drawn() {
    let world = World::policies(800);
    let place = tempfile::tempdir().expect("a temporary folder");
    let policy = place.path().join("policy.rolebook");
    fs::write(&policy, world.policy()).expect("a policy file");
    let (groups, roles) = assert_tidy("800 roles and rules", &picture(&policy));
    assert!(groups > 5 && roles > 400, "{groups} groups, {roles} roles");
}
