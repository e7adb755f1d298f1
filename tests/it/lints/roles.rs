//! Roles that are no more than others, and what they take away.

use super::assert_told;
use rolebook::diagnostics::Code;

#[test]
fn without_has_no_effect_where_the_role_gives_all_of_it_again() {
    let base = "role team.base { allow run.{view, stop}  deny team.edit }\n";
    let again = "run.stop: this takes away what the role gives itself again";
    for (policy, expected) in [
        ("role team.a extends team.base { without run.stop allow run.stop }", &[again][..]),
        ("role team.a extends team.base { without run.stop allow run.stop when resource.size > 1 }", &[]),
        ("role team.a extends team.base { without run.stop deny run.stop }", &[]),
        ("role team.a extends team.base { without run.* allow run.stop }", &[]),
        (
            "role team.a extends team.base { without run.* allow run.*, team.view }",
            &["run.*: this takes away what the role gives itself again"],
        ),
        // Of several actions, some.
        (
            "role team.a extends team.base { without run.{view, stop} allow run.stop }",
            &["stop: this takes away what the role gives itself again"],
        ),
        // By what it implies, or its base does: the base gave it on the same runs.
        (
            "role team.a extends team.base { without run.stop implies run.owner } role run.owner { allow run.stop }",
            &[again],
        ),
        (
            "role team.a extends team.base { without run.stop implies run.owner when resource.size > 1 } role run.owner { allow run.stop }",
            &[],
        ),
    ] {
        assert_told(Code::WithoutNoEffect, &[(&format!("{base}{policy}"), "", expected)]);
    }
}

#[test]
fn only_what_without_takes_away_is_to_be_given_again() {
    let again = |text: &str| format!("{text}: this takes away what the role gives itself again");
    for (policy, pattern) in [
        (
            "role team.base { allow team.view deny team.edit } role team.a extends team.base { without team.* allow team.view }",
            "team.*",
        ),
        (
            "role team.base { allow run.view when resource.size > 1 allow run.stop } role team.a extends team.base { without run.stop allow run.stop }",
            "run.stop",
        ),
        // Under the same condition, or a weaker one.
        (
            "role team.base { allow run.stop when resource.size > 5 } role team.a extends team.base { without run.stop allow run.stop when resource.size > 3 }",
            "run.stop",
        ),
    ] {
        assert_told(Code::WithoutNoEffect, &[(policy, "", &[&again(pattern)])]);
    }
}

#[test]
fn equal_roles_differ_in_nothing_but_their_names() {
    let equal = "team.b: `team.b` is the same as `team.a`";
    for (policy, expected) in [
        ("role team.a { allow run.stop } role team.b { allow run.stop }", &[equal][..]),
        (
            "role team.b { allow run.stop } role team.a { allow run.stop }",
            &["team.a: `team.a` is the same as `team.b`"],
        ),
        ("role team.a { allow run.stop } role org.a { allow run.stop }", &[]),
        ("role team.a { allow run.stop } role team.b { deny run.stop }", &[]),
        ("role team.a { allow run.stop } role team.b { allow run.stop when resource.size > 1 }", &[]),
        // Conditions are the same where they come to the same in every request.
        (
            "role team.a { allow run.stop when team.locked } role team.b { allow run.stop when team.locked == true }",
            &[equal],
        ),
        (
            "role team.a { deny run.stop when not team.locked } role team.b { deny run.stop when team.locked == false }",
            &[equal],
        ),
        (
            "role team.a when scope.locked { allow run.stop } role team.b when scope.locked == true { allow run.stop }",
            &[equal],
        ),
        (
            "role team.a { allow run.stop when team.locked } role team.b { allow run.stop when team.locked == false }",
            &[],
        ),
        // What may be absent is neither true nor false.
        (
            "type flagged { flag: bool? actions view } role flagged.a { allow flagged.view when not resource.flag } role flagged.b { allow flagged.view when resource.flag == false }",
            &[],
        ),
        (
            "role org.a { implies team.x when resource.locked implies team.y } role org.b { implies team.y implies team.x when resource.locked == true } role team.x { allow run.stop } role team.y { allow run.view }",
            &["org.b: `org.b` is the same as `org.a`"],
        ),
        ("role team.a { allow run.stop } role team.b when scope.locked { allow run.stop }", &[]),
        (
            "role team.a requires org.x { allow run.stop } role team.b { allow run.stop } role org.x { allow org.invite }",
            &[],
        ),
        (
            "role org.a { implies team.x } role org.b { implies team.x when resource.locked } role team.x { allow run.stop }",
            &[],
        ),
        (
            "role org.a { implies team.x allow org.invite } role org.b { allow org.invite } role team.x { allow run.stop }",
            &[],
        ),
        (
            "role team.a assigned by team.invite { allow run.stop } role team.b assigned by team.edit { allow run.stop }",
            &[],
        ),
        (
            "role team.a assigned by team.invite { allow run.stop } role team.b assigned freely by team.invite { allow run.stop }",
            &[],
        ),
        (
            "role team.a { allow run.stop } role team.b { allow run.stop } allow run.view when subject has team.a on team",
            &[],
        ),
        (
            "role team.a { allow run.stop } role team.b { allow run.stop } allow run.view when subject has any role on team",
            &[equal],
        ),
        (
            "role org.a { allow run.stop } role org.b { allow run.stop } role team.c requires org.a { allow run.view }",
            &[],
        ),
        (
            "open role team.o { allow team.view } custom role team.a in org:1 extends team.o { allow run.stop } custom role team.b in org:2 extends team.o { allow run.stop }",
            &[],
        ),
        (
            "open role team.o { allow team.view } custom role team.a extends team.o { allow run.stop } role team.b extends team.o { allow run.stop }",
            &[],
        ),
    ] {
        assert_told(Code::EqualRoles, &[(policy, "", expected)]);
    }
}

#[test]
fn a_custom_role_is_overtaken_by_a_base_that_grants_all_of_it() {
    let base = "open role team.base { allow run.view  allow run.stop when resource.size > 5 }\n";
    let overtaken = "team.c: the custom role `team.c` grants nothing beyond its base `team.base`";
    for (policy, expected) in [
        ("custom role team.c extends team.base { allow run.view }", &[overtaken][..]),
        ("custom role team.c extends team.base {}", &[overtaken]),
        ("custom role team.c extends team.base { allow run.stop when resource.size > 7 }", &[overtaken]),
        ("custom role team.c extends team.base { allow run.stop when resource.size > 3 }", &[]),
        ("custom role team.c extends team.base { allow run.stop }", &[]),
        ("custom role team.c extends team.base { without run.stop }", &[]),
        ("custom role team.c extends team.base { deny run.view }", &[]),
        ("custom role team.c extends team.base when scope.locked { allow run.view }", &[]),
        (
            "custom role team.c extends team.base requires org.member { allow run.view } role org.member { allow org.invite }",
            &[],
        ),
        (
            "custom role team.c extends team.base { allow run.view implies run.watcher } role run.watcher { allow run.stop }",
            &[],
        ),
        ("role team.c extends team.base { allow run.view }", &[]),
        ("open role team.other { allow run.view } custom role team.c extends team.base, team.other {}", &[]),
    ] {
        assert_told(Code::OvertakenRole, &[(&format!("{base}{policy}"), "", expected)]);
    }
    let open_when =
        "open when org.plan == \"paid\" role team.base { allow run.view } custom role team.c extends team.base {}";
    assert_told(Code::OvertakenRole, &[(open_when, "", &[])]);
}
