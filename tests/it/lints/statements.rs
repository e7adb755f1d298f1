//! Statements that say nothing that is not said already, or that never count.

use super::assert_told;
use rolebook::diagnostics::Code;

#[test]
fn a_grant_is_redundant_where_all_of_it_is_said_elsewhere() {
    let inherited = |statement: &str| format!("{statement}: the role inherits this already - statement {statement}");
    let base = "role team.base { allow run.view  allow run.stop when resource.size > 5  deny team.edit when resource.locked }\n";
    for (policy, expected) in [
        ("role team.sub extends team.base { allow run.view }", &[inherited("allow run.view")][..]),
        (
            "role team.sub extends team.base { allow run.view, team.view }",
            &[String::from("run.view: the role inherits this already - item run.view")],
        ),
        (
            "role team.sub extends team.base { allow run.{view, stop} }",
            &[String::from("view: the role inherits this already - item view")],
        ),
        ("role team.sub extends team.base { allow run.stop when resource.size > 7 }", &[inherited("allow run.stop")]),
        ("role team.sub extends team.base { allow run.stop when resource.size > 3 }", &[]),
        ("role team.sub extends team.base { allow run.stop }", &[]),
        ("role team.sub extends team.base { allow run.* }", &[]),
        ("role team.sub extends team.base { allow team.edit when resource.locked }", &[]),
        ("role team.sub extends team.base { deny run.view }", &[]),
        (
            "role team.sub extends team.base { deny team.edit when resource.locked }",
            &[String::from("deny team.edit: the role inherits this denial already - statement deny team.edit")],
        ),
        // Of two that say the same one stays.
        (
            "allow run.stop when resource.size > 1 allow run.stop when resource.size > 1",
            &[String::from("allow run.stop: another statement allows this already - statement allow run.stop")],
        ),
        (
            "deny run.stop when resource.size > 1 deny run.stop when resource.size > 2",
            &[String::from("deny run.stop: another statement denies this already - statement deny run.stop")],
        ),
        // Its words would be lost.
        (
            "deny run.stop when resource.size > 1 deny run.stop when resource.size > 2 because \"so\"",
            &[String::from("deny run.stop: another statement denies this already")],
        ),
        // What may be missing is denied by the one, and not by the other.
        ("deny note.view when resource.size > 5 deny note.view when resource.size == team.size and team.size > 5", &[]),
        (
            "allow note.view when resource.size > 5 allow note.view when resource.size == team.size and team.size > 5",
            &[String::from("allow note.view: another statement allows this already - statement allow note.view")],
        ),
        (
            "policy tight { deny run.stop deny run.stop, run.view } deny run.view",
            &[String::from("deny run.stop: another statement denies this already - statement deny run.stop")],
        ),
        ("deny run.stop policy tight { deny run.stop }", &[]),
    ] {
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        assert_told(Code::RedundantGrant, &[(&format!("{base}{policy}"), "", &expected)]);
    }
}

#[test]
fn a_grant_is_redundant_where_a_role_that_surely_comes_with_the_role_allows_it() {
    let implied = |role: &str, text: &str| format!("{text}: `{role}`, which the role implies, allows this already");
    let member = "role team.member { allow team.view  allow run.view  allow run.stop when resource.size > 5 }\n";
    for (policy, expected) in [
        ("role org.admin { allow run.view implies team.member }", &[implied("team.member", "allow run.view")][..]),
        ("role org.admin { allow org.manage, team.view implies team.member }", &[implied("team.member", "team.view")]),
        (
            "role org.admin { allow run.stop when resource.size > 7 implies team.member }",
            &[implied("team.member", "allow run.stop")],
        ),
        ("role org.admin { allow run.stop when resource.size > 3 implies team.member }", &[]),
        ("role org.admin { allow run.stop implies team.member }", &[]),
        // By what it inherits, and over two steps.
        (
            "role org.boss { implies team.member } role org.admin extends org.boss { allow team.view }",
            &[implied("team.member", "allow team.view")],
        ),
        (
            "role org.admin { allow run.stop implies team.lead } role team.lead { implies run.owner } role run.owner { allow run.stop }",
            &[implied("run.owner", "allow run.stop")],
        ),
        // Only where it surely comes with the role.
        ("role org.admin { allow run.view implies team.member when resource.locked }", &[]),
        (
            "role org.admin { allow run.view implies team.some } role team.some when scope.locked { allow run.view }",
            &[],
        ),
        (
            "role org.admin { allow run.view implies team.some } role team.some { allow run.view when scope.locked }",
            &[],
        ),
        ("role org.admin { deny run.view implies team.some } role team.some { deny run.view }", &[]),
    ] {
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        assert_told(Code::RedundantGrant, &[(&format!("{member}{policy}"), "", &expected)]);
    }
    // What need not lie in what the role is implied on is reached by the role itself alone.
    let docs = "type shelf in org { actions view } type doc in shelf?, org { actions view }\n";
    let implied = "role org.clerk { allow doc.view implies shelf.clerk } role shelf.clerk { allow doc.view }";
    assert_told(Code::RedundantGrant, &[(&format!("{docs}{implied}"), "", &[])]);
    // Of folders in folders, the one that the role is held on lies in none on which the other is held.
    let folders = "type folder in folder?, org { actions view } type page in folder { actions view }\n";
    let implied = "role folder.lead { allow page.view implies folder.reader } role folder.reader { allow page.view }";
    assert_told(Code::RedundantGrant, &[(&format!("{folders}{implied}"), "", &[])]);
}

#[test]
fn an_allow_is_hidden_where_a_deny_holds_wherever_it_does() {
    let hidden = |text: &str| format!("{text}: this allows nothing: a deny always hides it");
    for (policy, expected) in [
        ("role team.a { allow run.stop } deny run.stop", &[hidden("allow run.stop")][..]),
        ("role team.a { allow run.stop deny run.stop }", &[hidden("allow run.stop")]),
        ("role team.a { allow run.stop deny run.view }", &[]),
        ("role team.a { allow run.{view, stop} } deny run.stop", &[hidden("stop")]),
        ("role team.a { allow run.* } deny run.stop", &[]),
        (
            "role team.a { allow run.stop when resource.size > 5 } deny run.stop when resource.size > 3",
            &[hidden("allow run.stop")],
        ),
        ("role team.a { allow run.stop when resource.size > 3 } deny run.stop when resource.size > 5", &[]),
        // What cannot be computed is denied.
        (
            "role team.a { allow note.view when resource.size > 5 } deny note.view when resource.size > 3 or resource.size < 3",
            &[hidden("allow note.view")],
        ),
        (
            "role team.a { allow run.view } deny run.view when resource.maker == resource.maker",
            &[hidden("allow run.view")],
        ),
        // That of the role counts.
        (
            "role team.a when scope.locked { allow team.edit } deny team.edit when resource.locked",
            &[hidden("allow team.edit")],
        ),
        // One that never holds is hidden by nothing.
        (
            "role team.a { allow run.stop when resource.size > 3 and resource.size < 2 } deny run.stop when resource.size > 1",
            &[],
        ),
        ("deny run.stop deny run.stop when resource.size > 1", &[]),
        ("role team.a { allow run.stop allow run.stop when resource.size > 1 }", &[]),
        (
            "role team.a when scope.locked { allow team.edit when resource.size > 1 } deny team.edit when resource.locked",
            &[hidden("allow team.edit")],
        ),
    ] {
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        assert_told(Code::HiddenAllow, &[(policy, "", &expected)]);
    }
}

#[test]
fn within_has_an_effect_where_something_lies_elsewhere() {
    let idle = "team: `within team` has no effect - clause team";
    assert_told(
        Code::WithinNoEffect,
        &[
            ("deny run.stop within team", "", &[idle]),
            ("deny note.view within team", "", &[]),
            ("deny run.stop, note.view within team", "", &[]),
            ("deny note.view, run.stop within team", "", &[]),
            // A pattern that ranges over types ranges over fewer by it.
            ("deny *.view within team", "", &[]),
            ("deny * within team", "", &[]),
            ("role org.a { allow * within team }", "", &[]),
            // Unless it ranges over what lies there only.
            ("deny *.stop within team", "", &[idle]),
            ("role team.a { allow * within team }", "", &[idle]),
            ("deny team.view within team", "", &[idle]),
            // What cannot be told to lie there is not allowed there.
            (
                "allow run.stop within team",
                "",
                &["team: `within team` has no effect on what is known to lie somewhere"],
            ),
            ("allow note.view within team", "", &[]),
            ("allow run.stop, note.view within team", "", &[]),
            ("allow team.view within team", "", &[idle]),
        ],
    );
}

#[test]
fn a_deny_is_never_met_where_its_conditions_never_hold_together() {
    let unmet = |text: &str| format!("{text}: nobody can ever meet this deny - statement {text}");
    for (policy, expected) in [
        ("deny run.stop when resource.size > 5 and resource.size < 3", &[unmet("deny run.stop")][..]),
        // It denies what cannot be computed.
        ("deny note.view when resource.size > 5 and resource.size < 3", &[]),
        ("deny run.stop, note.view when resource.size > 5 and resource.size < 3", &[]),
        ("deny note.view, run.stop when resource.size > 5 and resource.size < 3", &[]),
        ("allow run.stop when resource.size > 5 and resource.size < 3", &[]),
        ("deny run.stop when resource.size > 5 unless resource.size > 3", &[unmet("deny run.stop")]),
        ("role team.a when scope.locked { deny team.edit when not resource.locked }", &[unmet("deny team.edit")]),
        ("deny run.stop", &[]),
    ] {
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        assert_told(Code::DenyNeverMet, &[(policy, "", &expected)]);
    }
}

#[test]
fn what_is_inherited_is_said_to_be_so_as_a_whole() {
    let base = "role team.base { allow run.{view, stop} }\n";
    let twice = "role team.a extends team.base { allow run.view allow run.view }";
    let inherited = "allow run.view: the role inherits this already - statement allow run.view";
    let part = "role team.a extends team.base { allow team.view, run.{view, stop} }";
    let whole = "run.{view, stop}: the role inherits this already - item run.{view, stop}";
    // That it is overtaken is said of the role.
    let overtaken = "open role team.o { allow run.view } custom role team.a extends team.o { allow run.view }";
    for (policy, expected) in [(twice, &[inherited, inherited][..]), (part, &[whole]), (overtaken, &[])] {
        assert_told(Code::RedundantGrant, &[(&format!("{base}{policy}"), "", expected)]);
    }
}
