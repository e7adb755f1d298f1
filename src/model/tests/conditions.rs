//! Conditions as the model holds them.

use super::cases::{self, BASE};
use crate::model::{Model, RuleId, Term, TermKind};
use crate::schema::Schema;

/// A term in brackets, the operator first.
fn show(schema: &Schema, term: &Term) -> String {
    let all = |word: &str, terms: &[&Term]| {
        let parts: Vec<String> = terms.iter().map(|term| show(schema, term)).collect();
        format!("({word} {})", parts.join(" "))
    };
    match &term.kind {
        TermKind::And(parts) => all("and", &parts.iter().collect::<Vec<_>>()),
        TermKind::Or(parts) => all("or", &parts.iter().collect::<Vec<_>>()),
        TermKind::Not(of) => all("not", &[of]),
        TermKind::Compare(comparison, left, right) => all(&format!("{comparison:?}"), &[left, right]),
        TermKind::Is(of, ty) => all(&format!("is-{}", schema.types[*ty].name), &[of]),
        TermKind::Has { subject, roles, on } => {
            let names: Vec<String> = match roles {
                Some(roles) => roles.iter().map(|&role| schema.role_name(role)).collect(),
                None => vec![String::from("any")],
            };
            all(&format!("has-{}", names.join("-or-")), &[subject, on])
        }
        TermKind::Bare(of) => all("bare", &[of]),
        TermKind::Constant(value) => format!("{value:?}"),
        TermKind::Subject => String::from("subject"),
        TermKind::Actor => String::from("actor"),
        TermKind::Resource => String::from("resource"),
        TermKind::Scope => String::from("scope"),
        TermKind::Action => String::from("action"),
        TermKind::Now => String::from("now"),
        TermKind::Context(slot) => format!("context.{}", schema.context[*slot].name),
        TermKind::Attribute(of, name) => format!("{}.{name}", show(schema, of)),
        TermKind::Ancestor(of, ty) => format!("{}^{}", show(schema, of), schema.types[*ty].name),
        TermKind::Setting(of, setting) => format!("{}!{}", show(schema, of), schema.settings[*setting].name),
        TermKind::Size(of) => all("size", &[of]),
    }
}

/// What the condition of a rule on `run.view` becomes.
fn resolved(condition: &str) -> String {
    let text = format!("allow run.view when {condition}");
    let (files, sources) = cases::parse(&[("base", BASE), ("policy", &text)]);
    let (model, findings) = Model::build(&files);
    assert_eq!(cases::render(&findings, &sources), "");
    let condition = model.rules[RuleId(0)].as_ref().unwrap().when.as_ref().unwrap();
    assert_eq!(sources.slice(condition.term.span), text["allow run.view when ".len()..].trim());
    show(&model.schema, &condition.term)
}

#[test]
fn names_become_what_they_stand_for() {
    let table = [
        ("resource.created_by == subject", "(Eq resource.created_by subject)"),
        ("project.lead.email", "(bare resource^project.lead.email)"),
        ("organization.plan != \"free\"", "(Ne resource^organization.plan Str(\"free\"))"),
        ("resource.project.team", "(bare resource^project^team)"),
        ("context.queue in project.settings.queues", "(In context.queue resource^project!queues)"),
        ("project.settings.queues contains context.queue", "(Contains resource^project!queues context.queue)"),
        ("not context.mfa", "(not (bare context.mfa))"),
        ("context.time >= \"1970-01-01T00:00:01Z\"", "(Ge now Timestamp(1000))"),
        ("resource.took < 2m", "(Lt resource.took Duration(120000))"),
        ("action == \"view\"", "(Eq action Str(\"view\"))"),
        ("actor is key", "(is-key actor)"),
        ("size(project.labels) > 1", "(Gt (size resource^project.labels) Int(1))"),
        ("subject has team.viewer on project.team", "(has-team.viewer subject resource^project^team)"),
        ("subject has any role on resource", "(has-any subject resource)"),
        (
            "resource.status in [\"open\", \"done\", \"open\"]",
            "(In resource.status Set([Str(\"open\"), Str(\"done\")]))",
        ),
        ("resource.address in \"10.0.0.0/8\"", "(In resource.address IpRange(10.0.0.0/8))"),
        (
            "resource.address in [\"10.0.0.0/8\", \"::1\"]",
            "(or (In resource.address IpRange(10.0.0.0/8)) (In resource.address IpRange(::1/128)))",
        ),
        ("context.address in [\"::1\"]", "(In context.address Set([Ip(::1)]))"),
        (
            "subject is user and (subject.level == 1 or subject.name like \"a*\")",
            "(and (is-user subject) (or (Eq subject.level Int(1)) (Like subject.name Str(\"a*\"))))",
        ),
    ];
    for (condition, expected) in table {
        assert_eq!(resolved(condition), expected, "{condition}");
    }
}

#[test]
fn roles_of_one_name_are_asked_for_together() {
    let text = "custom role team.guest in organization:a extends team.viewer
        custom role team.guest in organization:b extends team.viewer
        allow team.view when subject has team.guest on resource";
    let (files, _) = cases::parse(&[("base", BASE), ("policy", text)]);
    let (model, findings) = Model::build(&files);
    assert_eq!(findings, []);
    let condition = model.rules[RuleId(0)].as_ref().unwrap().when.as_ref().unwrap();
    assert_eq!(show(&model.schema, &condition.term), "(has-team.guest-or-team.guest subject resource)");
}

#[test]
fn conditions_of_roles_are_about_their_scope() {
    let text = "open when organization.plan == \"enterprise\" role team.guest when scope.default {
            implies project.reader when resource.visibility == \"open\"
            allow run.view when scope.default
        }";
    let (files, _) = cases::parse(&[("base", BASE), ("policy", text)]);
    let (model, findings) = Model::build(&files);
    assert_eq!(findings, []);
    let role = model.roles.iter().last().unwrap();
    let crate::model::Openness::OpenWhen(open) = &role.openness else { panic!("{:?}", role.openness) };
    let conditions = [
        open,
        role.when.as_ref().unwrap(),
        role.implies[0].when.as_ref().unwrap(),
        role.statements[0].when.as_ref().unwrap(),
    ];
    assert_eq!(
        conditions.map(|condition| show(&model.schema, &condition.term)),
        [
            "(Eq scope^organization.plan Str(\"enterprise\"))",
            "(bare scope.default)",
            "(Eq resource.visibility Str(\"open\"))",
            "(bare scope.default)",
        ]
    );
}
