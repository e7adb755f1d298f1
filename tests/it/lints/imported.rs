//! What stands in a package that is imported is the concern of that package.

use rolebook::Engine;
use rolebook::analysis::lint;
use rolebook::diagnostics::Code;
use std::collections::BTreeSet;
use std::fs;

const BASE: &str = "package base
type user
type team { actions view, edit, invite, lose  setting queues: set<string> widens }
open role team.base { allow team.view }
role team.a assigned by team.invite { allow team.view }
role team.b assigned by team.invite { allow team.view allow team.view }
role team.host { allow team.invite }
role team.free assigned freely by team.invite { allow team.edit }
custom role team.left extends team.base { allow team.view }
role team.again extends team.a { without team.view allow team.view }
policy tight { deny team.edit }
deny team.view within team when \"a\" == \"b\"
allow team.edit when \"a\" == \"a\"
allow team.view when \"a\" == \"b\"
";

const MAIN: &str = "package main
import \"../base\"
role team.own { allow team.invite, team.edit, team.view }
";

const DIRECTORY: &str = "rolebook: 1
kind: directory
team:1: { roles: { own: [user:ana, user:bo] } }
";

fn told(folder: &std::path::Path, directory: &str) -> BTreeSet<Code> {
    let file = folder.join("directory.yaml");
    fs::write(&file, directory).expect("a file");
    let engine = Engine::open(&[folder.to_owned()], &[file]).unwrap_or_else(|error| panic!("{error}"));
    let findings = lint::find(&engine.state().examined(0), |_| true);
    findings.into_iter().map(|finding| finding.diagnostic.code).collect()
}

#[test]
fn what_is_imported_is_checked_where_it_stands() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = |name: &str, text: &str| {
        let folder = root.path().join(name);
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("policy.rolebook"), text).expect("a file");
        folder
    };
    let (base, main) = (folder("base", BASE), folder("main", MAIN));
    let alone = told(&base, &DIRECTORY.replace("own:", "host:"));
    for code in [
        Code::UnusedRole,
        Code::UnusedSetting,
        Code::UnusedPolicy,
        Code::RedundantGrant,
        Code::ConditionAlwaysTrue,
        Code::ConditionAlwaysFalse,
        Code::WithoutNoEffect,
        Code::EqualRoles,
        Code::OvertakenRole,
        Code::DenyNeverMet,
        Code::EscalationPath,
    ] {
        assert!(alone.contains(&code), "{code} is not told of: {alone:?}");
    }
    assert_eq!(told(&main, DIRECTORY), BTreeSet::new());
}
