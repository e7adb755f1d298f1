//! What the table of a small directory tells of rules that are sure to allow, and where nothing is left but whose a resource is.

use super::load;
use super::told::entity;
use crate::workspace::State;

const TYPES: &str = r#"
type user
context { level: int = 0 }
type org { plan: string = "free"  actions view }
type team in org { mode: "open" | "shut" = "open"  kept: bool = true  locked: bool = false  actions view }
type run in team { owner: user?  keeper: user?  mark: string?  actions look, take }
role org.member { allow org.view }
role org.boss extends org.member { allow org.view }
role org.guest when scope.plan == "paid" { allow org.view }
role org.head { implies team.viewer }
role team.viewer { allow team.view }
"#;

/// Folders in folders, and sheets that may lie in none.
const FOLDERS: &str = r#"
type user
type shelf { actions look }
type book in shelf { actions look }
type note { about: book?  actions look }
type folder in folder? { mode: "open" | "shut" = "shut"  actions look }
type sheet in folder? { actions look }
role folder.viewer { allow folder.look }
"#;

const DIRECTORY: &str = "
rolebook: 1
kind: directory
user:ana: {}
user:bo: {}
org:a:
  roles:
    member: [user:mia, { subject: user:tim, until: 2100-01-01T00:00:00Z }]
    boss: user:bea
    guest: user:gil
    head: user:hal
  team:t:
    roles: { viewer: user:vic, helper: user:eve, mender: user:max, checker: user:cal }
    run:r: { owner: user:ana, keeper: user:bo }
";

/// A state under a policy that says this, too.
fn under(policy: &str) -> State {
    let roles = ["helper", "mender", "checker"];
    let missing = roles.iter().filter(|role| !policy.contains(*role));
    let unused: String = missing.map(|role| format!("role team.{role} {{ allow team.view }}\n")).collect();
    load(&format!("{TYPES}{unused}{policy}"), DIRECTORY).with_access_matrix(None)
}

/// Whether a rule is sure to let somebody look at something where folders lie in folders.
fn is_ruled_in_folders(rule: &str, resource: &str) -> bool {
    let directory = "
rolebook: 1
kind: directory
user:vic: {}
sheet:loose: {}
shelf:s: { book:declared: {} }
note:n: { about: book:mentioned }
folder:upper:
  mode: open
  roles: { viewer: user:vic }
  sheet:upper: {}
  folder:lower: { mode: shut, sheet:lower: {} }
";
    let state = load(&format!("{FOLDERS}{rule}"), directory).with_access_matrix(None);
    let snapshot = state.snapshot();
    let resource = entity(snapshot, resource);
    let permission = snapshot.policy().schema().permission_named(snapshot.directory().type_of(resource), "look");
    snapshot.is_nearly_told(entity(snapshot, "user:vic"), resource, permission.expect("an action"))[0]
}

/// Whether it is told that a rule is sure to let somebody do something with the run, and that nothing is left but whose that is.
fn told(state: &State, user: &str, action: &str) -> [bool; 2] {
    let snapshot = state.snapshot();
    let run = entity(snapshot, "run:r");
    let permission = snapshot.policy().schema().permission_named(snapshot.directory().type_of(run), action);
    snapshot.is_nearly_told(entity(snapshot, &format!("user:{user}")), run, permission.expect("an action"))
}

fn is_ruled(rule: &str, user: &str) -> bool {
    told(&under(rule), user, "look")[0]
}

#[test]
fn rules_are_sure_where_the_place_and_roles_there_are_all_they_ask_for() {
    for (rule, expected) in [
        ("allow run.look", true),
        (r#"allow run.look when team.mode == "open""#, true),
        (r#"allow run.look when "open" == team.mode"#, true),
        ("allow run.look within team when team.kept", true),
        (r#"allow run.look when team.mode == "shut""#, false),
        ("allow run.look when not team.kept", false),
        ("allow run.look when team.kept and context.level > 1", false),
        // The second attribute is none that tells places apart.
        (r#"allow run.look when team.mode == "open" and team.kept"#, false),
        (r#"allow run.look when org.plan == "free" or context.level > 1"#, false),
        (r#"allow run.look when resource.mark == "any""#, false),
        ("allow run.look when team.kept and context.level > 1\nallow run.look when team.locked", false),
        // Of two rules, one asks for what is there, and the other is sure wherever it finds what it asks for.
        ("allow run.look when team.kept and context.level > 1\nallow run.look when not team.kept", false),
        ("allow run.look when team.kept and context.level > 1\nallow run.look when org.plan == \"paid\"", false),
        ("allow run.look when org.plan == \"free\" and context.level > 1\nallow run.look when team.kept", true),
        ("allow run.look when team.kept\ndeny run.look when context.level > 1", false),
        (r#"allow run.look when team.kept and subject has org.member on org and org.plan == "free""#, false),
    ] {
        assert_eq!(is_ruled(rule, "ana"), expected, "{rule}");
    }
}

#[test]
fn a_rule_that_asks_for_a_role_is_sure_for_whoever_holds_it_always() {
    let member = "allow run.look when team.kept and subject has org.member on org";
    let two = "allow run.look when subject has org.member on org and subject has team.viewer on team";
    for (rule, user, expected) in [
        (member, "ana", false),
        (member, "mia", true),
        (member, "bea", true),
        (member, "tim", false),
        (member, "vic", false),
        ("allow run.look when subject has org.guest on org", "gil", false),
        ("allow run.look when subject has team.viewer on team", "vic", true),
        ("allow run.look when subject has team.viewer on team", "hal", false),
        (two, "mia", false),
        ("allow run.look when subject has any role on team", "vic", false),
    ] {
        assert_eq!(is_ruled(rule, user), expected, "{rule}: {user}");
    }
}

#[test]
fn a_way_up_that_is_not_the_only_one_is_not_taken_for_it() {
    let holds = |what: &str| format!("allow {what}.look when subject has folder.viewer on folder");
    for (rule, resource, expected) in [
        // The folder in which one lies is open, and it itself is not.
        (r#"allow folder.look when resource.mode == "open""#, "folder:lower", false),
        ("allow sheet.look within folder", "sheet:loose", false),
        // Nobody says where it stands.
        ("allow book.look within shelf", "book:mentioned", false),
        ("allow book.look within shelf", "book:declared", true),
        (&*holds("sheet"), "sheet:lower", true),
        (&*holds("folder"), "folder:lower", true),
        (&*holds("sheet"), "sheet:loose", false),
        ("allow folder.look when subject has folder.viewer on resource", "folder:lower", false),
    ] {
        assert_eq!(is_ruled_in_folders(rule, resource), expected, "{rule}: {resource}");
    }
}

#[test]
fn what_is_left_is_whose_a_resource_is_where_all_roles_ask_for_that() {
    let own = "role team.helper { allow run.take when resource.owner == subject }\n";
    let others = "role team.mender { allow run.take when resource.keeper == subject }\n\
        role team.checker { allow run.take when resource.owner == subject and context.level > 1 }\n";
    let roles = format!("{own}{others}");
    for (rules, user, expected) in [
        ("", "eve", true),
        // Another attribute than the first that is asked for.
        ("", "max", false),
        ("", "cal", false),
        ("", "vic", false),
        ("allow run.take when team.kept and context.level > 1", "eve", false),
        ("deny run.take when team.kept and context.level > 1", "eve", false),
        (r#"allow run.take when resource.mark == "any""#, "eve", false),
    ] {
        assert_eq!(told(&under(&format!("{roles}{rules}")), user, "take"), [false, expected], "{rules}: {user}");
    }
    let allowed = "role team.helper { allow run.take when resource.owner == subject";
    for denied in ["deny run.take when context.level > 1", "deny run.take when resource.owner == subject"] {
        assert_eq!(told(&under(&format!("{allowed}  {denied} }}")), "eve", "take"), [false, false], "{denied}");
    }
}
