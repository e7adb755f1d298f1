//! Conditions that always come to the same.

use super::assert_told;
use rolebook::diagnostics::Code;

#[test]
fn a_condition_that_is_always_true_restricts_nothing() {
    let always = "resource.size > 1 or resource.size < 5: this condition is always true";
    let computed = "this condition is true wherever it can be computed";
    for (policy, expected) in [
        (
            "allow run.stop when resource.size > 1 or resource.size < 5",
            &[format!("{always} - clause resource.size > 1 or resource.size < 5")][..],
        ),
        ("allow run.stop when resource.size > 1 or resource.size < 0", &[]),
        // A note that only a request knows may lack it.
        (
            "allow note.view when resource.size > 1 or resource.size < 5",
            &[format!("resource.size > 1 or resource.size < 5: {computed}")],
        ),
        (
            "allow run.stop, note.view when resource.size > 1 or resource.size < 5",
            &[format!("resource.size > 1 or resource.size < 5: {computed}")],
        ),
        ("allow run.stop unless resource.size > 1 or resource.size < 5", &[String::from(always)]),
        // That is said of the deny.
        ("deny run.stop unless resource.size > 1 or resource.size < 5", &[]),
        (
            "role team.a when scope.locked or not scope.locked { allow run.stop }",
            &[String::from(
                "scope.locked or not scope.locked: this condition is always true - clause scope.locked or not scope.locked",
            )],
        ),
        (
            "role team.b { allow run.stop } role org.a { implies team.b when resource.locked or not resource.locked }",
            &[String::from(
                "resource.locked or not resource.locked: this condition is always true - clause resource.locked or not resource.locked",
            )],
        ),
        (
            "role team.b { allow run.stop } role org.a { implies team.b when resource.locked or not resource.locked } role org.c extends org.a { allow org.invite }",
            &[String::from(
                "resource.locked or not resource.locked: this condition is always true - clause resource.locked or not resource.locked",
            )],
        ),
    ] {
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        assert_told(Code::ConditionAlwaysTrue, &[(policy, "", &expected)]);
    }
}

#[test]
fn a_condition_that_is_never_true_is_told_of() {
    let never = "resource.size > 5 and resource.size < 3";
    for (policy, expected) in [
        (
            "allow run.stop when resource.size > 5 and resource.size < 3",
            &[format!("{never}: this condition is always false")][..],
        ),
        (
            "allow note.view when resource.size > 5 and resource.size < 3",
            &[format!("{never}: this condition is never true")],
        ),
        (
            "allow run.stop, note.view when resource.size > 5 and resource.size < 3",
            &[format!("{never}: this condition is never true")],
        ),
        (
            "deny run.stop unless resource.size > 5 and resource.size < 3",
            &[format!("{never}: this condition is always false - clause {never}")],
        ),
        (
            "deny note.view unless resource.size > 5 and resource.size < 3",
            &[format!("{never}: this condition is never true")],
        ),
        // That is said of the deny.
        ("deny run.stop when resource.size > 5 and resource.size < 3", &[]),
        ("allow run.stop when resource.size > 5 and resource.size < 7", &[]),
        // Other subjects than the first type's.
        ("allow run.stop when subject is team", &[]),
    ] {
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        assert_told(Code::ConditionAlwaysFalse, &[(policy, "", &expected)]);
    }
}
