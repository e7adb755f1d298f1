//! What nothing uses.

use super::assert_told;
use rolebook::diagnostics::Code;

const HELD: &str = "org:1: { roles: { admin: [user:ana] }, team:1: { size: 1 } }";
const ADMIN: &str = "role org.admin { allow * }\n";

fn with_admin(policy: &str) -> String {
    format!("{ADMIN}{policy}")
}

#[test]
fn a_role_is_used_by_whoever_holds_it_or_builds_on_it() {
    let lonely = "team.lonely: nobody holds `team.lonely`, and nothing builds on it";
    for (policy, directory, expected) in [
        ("role team.lonely { allow run.view }", HELD, &[lonely][..]),
        // Without assignments nobody can tell.
        ("role team.lonely { allow run.view }", "", &[]),
        (
            "role team.lonely { allow run.view } role team.other extends team.lonely { allow run.stop }",
            HELD,
            &["team.other: nobody holds `team.other`, and nothing builds on it"],
        ),
        (
            "role org.guest { allow org.invite } role team.other requires org.guest { allow run.stop }",
            HELD,
            &["team.other: nobody holds `team.other`, and nothing builds on it"],
        ),
        (
            "role team.lonely { allow run.view } role org.other { implies team.lonely }",
            HELD,
            &["org.other: nobody holds `org.other`, and nothing builds on it"],
        ),
        ("role team.lonely { allow run.view } allow run.stop when subject has team.lonely on team", HELD, &[]),
        ("open role team.lonely { allow run.view }", HELD, &[]),
        (
            "role team.lonely { allow run.view }",
            "org:1: { roles: { admin: [user:ana, \"team:1#lonely\"] }, team:1: { size: 1 } }",
            &[],
        ),
        (
            "role team.lonely { allow run.view }",
            "org:1: { team:1: { size: 1, roles: { lonely: [user:bo] } } }",
            &["org.admin: nobody holds `org.admin`, and nothing builds on it"],
        ),
    ] {
        assert_told(Code::UnusedRole, &[(&with_admin(policy), directory, expected)]);
    }
}

#[test]
fn an_action_is_used_where_something_allows_it() {
    let stop = "stop: nothing allows `run.stop`";
    let rest = "role org.some { allow org.*, team.*, note.view, run.view }\n";
    for (policy, expected) in [
        ("", &[stop][..]),
        ("deny run.stop", &[stop]),
        ("role team.some { deny run.stop }", &[stop]),
        ("role team.some { allow run.stop when resource.size > 1 }", &[]),
        ("allow run.stop when context.queue", &[]),
        // A custom role could.
        ("open role team.some { allow run.view }", &[]),
        ("open role run.some { allow run.view }", &[]),
        ("open role note.some { allow note.view }", &[stop]),
    ] {
        assert_told(Code::UnusedAction, &[(&format!("{rest}{policy}"), "", expected)]);
    }
}

#[test]
fn a_setting_is_used_by_whoever_reads_or_gives_it() {
    let told = "queues: nothing reads the setting `queues`, and nothing gives it a value";
    let types = "type lab { actions view  setting queues: set<string> widens }\n";
    for (policy, directory, expected) in [
        ("", "lab:1: {}", &[told][..]),
        // Services read what a directory gives.
        ("", "", &[]),
        ("", "lab:1: { settings: { queues: [gpu] } }", &[]),
        ("policy gpu { queues = [\"gpu\"] }", "lab:1: {}", &[]),
        ("deny lab.view when \"gpu\" in resource.settings.queues", "lab:1: {}", &[]),
    ] {
        assert_told(Code::UnusedSetting, &[(&format!("{types}{policy}"), directory, expected)]);
    }
    let within =
        "type lab { actions view  setting queues: set<string> widens  setting queue: string overrides within queues }";
    assert_told(
        Code::UnusedSetting,
        &[(within, "lab:1: {}", &["queue: nothing reads the setting `queue`, and nothing gives it a value"])],
    );
}

#[test]
fn an_org_policy_is_used_where_it_is_linked() {
    let policy = "policy tight { deny run.stop }";
    assert_told(
        Code::UnusedPolicy,
        &[
            (policy, "org:1: {}", &["tight: the org policy `tight` is linked to nothing"]),
            (policy, "", &[]),
            (policy, "org:1: { policy: tight }", &[]),
            (policy, "org:1: { team:1: { size: 1, policy: tight } }", &[]),
        ],
    );
}
