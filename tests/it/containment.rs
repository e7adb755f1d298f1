//! How many of a type an entity can lie in, by its type's declaration, and what a condition may ask of them therefore.

use rolebook::Engine;

/// Whether `hot` of the team can be read, as of one that there is at most one of.
fn has_one_team(types: &str) -> bool {
    let policy = format!(
        "type user\ntype team {{ hot: bool = false }}\n{types}\nallow note.read when team.hot\nallow note.read when team"
    );
    match Engine::from_strings(&[("policy.rolebook", &policy)], &[]) {
        Ok(_) => true,
        Err(error) => {
            let error = error.to_string();
            assert!(error.contains("set"), "{types}\n{error}");
            false
        }
    }
}

#[test]
fn there_is_one_where_all_ways_meet_before_it() {
    for (types, one) in [
        ("type note in team? { actions read }", true),
        ("type note in team* { actions read }", false),
        ("type note in note?, team? { actions read }", false),
        ("type area in team?\ntype note in area { actions read }", true),
        // Every folder that a note lies in lies in its own area.
        ("type area in team?\ntype note in note?, area { actions read }", true),
        ("type area in team?\ntype folder in folder?, area\ntype note in folder, area? { actions read }", true),
        ("type area in team?\ntype folder in folder?, area\ntype note in folder* { actions read }", false),
        ("type area in team?\ntype folder in area?\ntype note in folder, area? { actions read }", false),
        ("type area in team*\ntype note in note?, area { actions read }", false),
        // One way leads around the area.
        ("type area in team?\ntype folder in team?\ntype note in area, folder? { actions read }", false),
        ("type area in area?, team?\ntype note in area { actions read }", false),
    ] {
        assert_eq!(has_one_team(types), one, "{types}");
    }
}

/// What such a condition reads is the team of the one area, by whichever way it is reached.
#[test]
fn what_is_read_is_that_one() {
    let policy = "
        type user
        type team { hot: bool = false }
        type area in team?
        type folder in folder?, area { actions read }
        allow folder.read when team.hot
    ";
    let directory = "rolebook: 1
kind: directory
user:u:
team:hot: { hot: true, area:warm: { folder:top: {} } }
team:cold: { area:cool: { folder:low: {} } }
area:none: { folder:bare: {} }
folder:inner: { in: [folder:top, area:warm] }
";
    let engine = Engine::from_strings(&[("policy.rolebook", policy)], &[("directory.yaml", directory)])
        .unwrap_or_else(|error| panic!("{error}"));
    let may = |folder: &str| {
        engine.check(&rolebook::engine::query("user:u", "read", folder)).expect("a sound request").reason.as_str()
    };
    let asked = ["folder:top", "folder:inner", "folder:low", "folder:bare"];
    assert_eq!(asked.map(may), ["granted", "granted", "not_granted", "not_granted"]);
}
