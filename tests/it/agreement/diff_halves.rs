//! Differences that two threads go over, each half of the places: they come to what one would come to.

use rolebook::Engine;
use rolebook::analysis::diff::Asking;
use rolebook::engine::compare;

const PEOPLE: &str = "
rolebook: 1
kind: directory
team:red: { label: y, roles: { member: [user:ana] } }
team:blue: { label: y, roles: { guest: [user:bo] } }
team:green: { label: y, roles: { member: [user:cy], guest: [user:di] } }
";

/// What changes, each with who gains (`+`) or loses (`-`) by it; and whether that is all.
fn by_cause(old: (&str, &str), new: (&str, &str)) -> (Vec<(String, Vec<String>)>, bool) {
    let states = [old, new].map(|(policy, directory)| {
        let engine = Engine::from_strings(&[("p.rolebook", policy)], &[("directory.yaml", directory)]);
        engine.expect("it is sound").state()
    });
    let diff = compare(&states[0], &states[1], &Asking { at: 1_780_000_000_000, context: Vec::new() });
    let caused = diff.people.by_cause().map(|caused| {
        let row = |row: rolebook::analysis::diff::Difference| {
            format!("{}{} {} {}", if row.gained { '+' } else { '-' }, row.subject, row.permission, row.entity)
        };
        (caused.cause.text.clone(), caused.rows().map(row).collect())
    });
    (caused.collect(), diff.people.is_complete())
}

#[test]
fn each_row_stands_with_the_change_that_brings_it_whichever_thread_meets_it() {
    let types = "type user type team { label: string actions view, edit }";
    let policy =
        |member: &str, guest: &str| format!("{types} role team.member {{ {member} }} role team.guest {{ {guest} }}");
    let (old, new) = (policy("allow team.view", "allow team.view"), policy("allow team.edit", "allow team.edit"));
    let (found, complete) = by_cause((&old, PEOPLE), (&new, PEOPLE));
    let expected = [
        (
            "`team.member`: `allow team.view` is gone",
            &["-user:ana team.view team:red", "-user:cy team.view team:green"][..],
        ),
        ("`team.member`: `allow team.edit` is new", &["+user:ana team.edit team:red", "+user:cy team.edit team:green"]),
        ("`team.guest`: `allow team.view` is gone", &["-user:bo team.view team:blue", "-user:di team.view team:green"]),
        ("`team.guest`: `allow team.edit` is new", &["+user:bo team.edit team:blue", "+user:di team.edit team:green"]),
    ];
    let expected = expected.map(|(cause, rows)| (cause.to_owned(), rows.iter().map(|row| (*row).to_owned()).collect()));
    assert_eq!(found, expected);
    assert!(complete);
}

#[test]
fn that_not_everything_was_tried_is_told_by_either_thread() {
    let fields: Vec<String> = (0..12).map(|at| format!("f{at}")).collect();
    let all: Vec<String> = fields.iter().map(|field| format!("context.{field}")).collect();
    let policy = |condition: &str| {
        format!(
            "context {{ {}: bool }} type user type team {{ label: string actions view }} role team.member
             role team.guest {{ allow team.view when {condition} }}",
            fields.join(": bool ")
        )
    };
    let (old, new) = (policy(&all.join(" and ")), policy(&all.join(" or ")));
    let nobody_first = PEOPLE.replace("guest: [user:di]", "member: [user:di]").replace("member: [user:cy], ", "");
    let (_, complete) = by_cause((&old, &nobody_first), (&new, &nobody_first));
    assert!(!complete);
}

#[test]
fn what_was_alike_need_not_be_so_any_more() {
    let policy = "
        type user type team { label: string actions view } type run in team { label: string actions view }
        role team.member { allow run.view when resource.label == \"x\" }  role team.guest";
    let runs = |one: &str, other: &str| {
        PEOPLE.replace(
            "roles: { member: [user:ana] } }",
            &format!("run:a: {{ label: {one} }}, run:b: {{ label: {other} }}, roles: {{ member: [user:ana] }} }}"),
        )
    };
    let (alike, apart) = (runs("y", "y"), runs("y", "x"));
    let rows = |old: &str, new: &str| -> Vec<String> {
        by_cause((policy, old), (policy, new)).0.into_iter().flat_map(|(_, rows)| rows).collect()
    };
    assert_eq!(rows(&alike, &apart), ["+user:ana run.view run:b"]);
    assert_eq!(rows(&apart, &alike), ["-user:ana run.view run:b"]);
}
