//! The directory of the language page, fact by fact.

use super::{Loaded, load};
use crate::directory::{Assignment, Stored, Subject};
use crate::schema::TypeId;

pub(super) const EXAMPLE: &str = "\
organization:acme:
  plan: enterprise
  roles:
    admin: [user:ana]
    member: [user:bo, user:cy, user:dee]
  team:research:
    default: true
    policy: gpu
    roles:
      admin: [user:bo]
      member: [user:cy, { subject: user:dee, until: 2026-12-31T00:00:00Z }]
  team:vision:
    roles: { viewer: [team:research#member] }
  project:p1:
    in: [team:research, team:vision]
    settings: { default_queue: cpu }
    run:42: { created_by: user:cy }
  custom_roles:                      # composed at run time by the organization
    team.reporter: { extends: team.viewer, allow: [run.create], without: [project.view] }
personal_key:k1: { owner: user:cy }
policies:                            # org policies kept as data
  spot: { in: organization:acme, settings: { queues: [cpu, spot] } }
";

fn described(loaded: &Loaded, one: &Assignment) -> String {
    let name = |entity| loaded.directory.name(&loaded.schema, entity);
    let subject = match one.subject {
        Subject::Entity(entity) => name(entity),
        Subject::Userset { on, role } => format!("{}#{}", name(on), loaded.schema.role_name(role)),
    };
    let until = one.until.map_or(String::new(), |until| format!(" until {until}"));
    format!("{subject} {} {}{until}", loaded.schema.role_name(one.role), name(one.on))
}

#[test]
fn it_is_read_without_a_finding() {
    assert_eq!(load(&[EXAMPLE]).rendered(), "");
}

#[test]
fn entities_are_declared_by_entries_and_mentioned_otherwise() {
    let loaded = load(&[EXAMPLE]);
    let (declared, mentioned): (Vec<_>, Vec<_>) =
        loaded.directory.entities().partition(|&entity| loaded.directory.is_declared(entity));
    assert_eq!(
        loaded.names(&declared),
        ["organization:acme", "personal_key:k1", "project:p1", "run:42", "team:research", "team:vision"]
    );
    assert_eq!(loaded.names(&mentioned), ["user:ana", "user:bo", "user:cy", "user:dee"]);
    assert!(!loaded.directory.declares_type(TypeId(0)));
    assert!(loaded.directory.declares_type(TypeId(1)));
    let run = loaded.directory.span(loaded.entity("run:42"));
    assert_eq!(run.map(|span| loaded.sources.slice(span)), Some("run:42"));
}

#[test]
fn everything_has_the_parents_and_ancestors_written() {
    let loaded = load(&[EXAMPLE]);
    let above = |name: &str| loaded.names(loaded.directory.ancestors(loaded.entity(name)));
    let parents = |name: &str| loaded.names(loaded.directory.parents(loaded.entity(name)));
    assert_eq!(above("organization:acme"), [""; 0]);
    assert_eq!(parents("project:p1"), ["organization:acme", "team:research", "team:vision"]);
    assert_eq!(parents("run:42"), ["project:p1"]);
    assert_eq!(above("run:42"), ["organization:acme", "project:p1", "team:research", "team:vision"]);
    assert_eq!(above("user:cy"), [""; 0]);
    let chain = |name: &str| loaded.directory.chain(loaded.entity(name));
    assert_eq!(chain("team:research"), chain("team:vision"));
    assert_ne!(chain("team:research"), chain("project:p1"));
    assert!(loaded.directory.is_within(loaded.entity("run:42"), loaded.entity("team:vision")));
    assert!(loaded.directory.is_within(loaded.entity("run:42"), loaded.entity("run:42")));
    assert!(!loaded.directory.is_within(loaded.entity("team:vision"), loaded.entity("run:42")));
}

#[test]
fn attributes_have_their_values_and_defaults() {
    let loaded = load(&[EXAMPLE]);
    let attribute = |name: &str, slot| loaded.directory.attribute(loaded.entity(name), slot);
    let text = |stored| match stored {
        Stored::Text(symbol) => loaded.directory.text(symbol).to_owned(),
        other => format!("{other:?}"),
    };
    assert_eq!(text(attribute("organization:acme", 0)), "enterprise");
    assert_eq!(attribute("team:research", 0), Stored::Bool(true));
    assert_eq!(attribute("team:vision", 0), Stored::Bool(false));
    assert_eq!(attribute("team:vision", 1), Stored::Absent);
    assert_eq!(text(attribute("project:p1", 0)), "private");
    assert_eq!(attribute("run:42", 0), Stored::Entity(loaded.entity("user:cy")));
    assert_eq!(attribute("run:42", 7), Stored::Missing);
}

#[test]
fn assignments_are_found_by_entity_and_by_subject() {
    let loaded = load(&[EXAMPLE]);
    let on = |name: &str| -> Vec<String> {
        let entity = loaded.entity(name);
        loaded.directory.assignments_on(entity).map(|one| described(&loaded, &one)).collect()
    };
    assert_eq!(
        on("team:research"),
        [
            "user:bo team.admin team:research",
            "user:cy team.member team:research",
            "user:dee team.member team:research until 1798675200000"
        ]
    );
    assert_eq!(on("run:42"), [""; 0]);
    let of: Vec<String> =
        loaded.directory.assignments_of(loaded.entity("user:bo")).map(|one| described(&loaded, &one)).collect();
    assert_eq!(of, ["user:bo organization.member organization:acme", "user:bo team.admin team:research"]);
    let usersets: Vec<String> = loaded.directory.userset_assignments().map(|one| described(&loaded, &one)).collect();
    assert_eq!(usersets, ["team:research#team.member team.viewer team:vision"]);
    assert_eq!(loaded.directory.assignment_count(), 8);
}

#[test]
fn links_settings_and_what_is_compiled_elsewhere_are_kept() {
    let loaded = load(&[EXAMPLE]);
    let links = loaded.directory.links(loaded.entity("team:research"));
    let names: Vec<&str> =
        links.iter().filter_map(|link| loaded.schema.policies.get(link.policy)).map(|name| &**name).collect();
    assert_eq!(names, ["gpu"]);
    let settings = loaded.directory.settings(loaded.entity("project:p1"));
    let values: Vec<String> = settings
        .iter()
        .filter_map(|entry| Some((loaded.schema.settings.get(entry.setting)?, entry.value)))
        .map(|(info, value)| match value {
            Stored::Text(symbol) => format!("{} = {}", info.name, loaded.directory.text(symbol)),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(values, ["default_queue = cpu"]);
    let roles: Vec<(&str, Option<&str>)> = loaded
        .trees
        .iter()
        .flat_map(|tree| tree.custom_roles())
        .map(|role| (role.name.value.as_str(), role.organization.as_ref().map(|owner| owner.value.as_str())))
        .collect();
    assert_eq!(roles, [("team.reporter", Some("organization:acme"))]);
    let policies: Vec<&str> =
        loaded.trees.iter().flat_map(|tree| tree.policies()).map(|policy| policy.name.value.as_str()).collect();
    assert_eq!(policies, ["spot"]);
}

#[test]
fn json_says_the_same() {
    let json = r#"{"rolebook": 1, "kind": "directory", "organization:acme": {"plan": "enterprise",
        "team:research": {"default": true, "name": null, "roles": {"member": ["user:cy", {"subject": "user:dee",
        "since": null, "until": "2026-12-31T00:00:00Z"}]}}}, "thing:x": {"count": -3, "tags": ["b", "a", "b"]}}"#;
    let loaded = super::load_as_written(&[json]);
    assert_eq!(loaded.rendered(), "");
    let team = loaded.entity("team:research");
    assert_eq!(loaded.directory.attribute(team, 0), Stored::Bool(true));
    assert_eq!(loaded.directory.attribute(team, 1), Stored::Absent);
    let untils: Vec<_> = loaded.directory.assignments_on(team).map(|one| (one.since, one.until)).collect();
    assert_eq!(untils, [(None, None), (None, Some(1_798_675_200_000))]);
    let thing = loaded.entity("thing:x");
    assert_eq!(loaded.directory.attribute(thing, 0), Stored::Int(-3));
    let Stored::Set(tags) = loaded.directory.attribute(thing, 4) else { panic!("a set of strings") };
    assert_eq!(loaded.directory.set(tags).len(), 2);
}

#[test]
fn several_files_are_one_directory_in_any_order() {
    let loaded = load(&["team:b: { in: organization:acme, roles: { member: user:bo } }", "organization:acme:"]);
    assert_eq!(loaded.rendered(), "");
    assert_eq!(loaded.names(loaded.directory.ancestors(loaded.entity("team:b"))), ["organization:acme"]);
}
