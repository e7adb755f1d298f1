//! Cycles, order, what a change affects, and the sizes that a graph must bear.

use super::{AssertionId, DependencyGraph, ImportEdge, Node, RuleId, import_cycles};
use crate::diagnostics::{Code, Diagnostic};
use crate::index::Idx;
use crate::model::Model;
use crate::model::tests::cases::{self, PolicyFile};
use crate::schema::RoleId;
use crate::source::{FileId, Span};
use std::fmt::Write;

fn build(text: &str) -> (Model, DependencyGraph) {
    let (model, findings) = Model::build(&cases::parse(&[("policy", text)]).0);
    assert!(findings.is_empty(), "{:?}", findings.first());
    let (graph, findings) = DependencyGraph::build(&model);
    assert!(findings.is_empty(), "{:?}", findings.first());
    (model, graph)
}

fn role(model: &Model, name: &str) -> RoleId {
    model.roles.ids().find(|&role| model.schema.role_name(role) == name).unwrap()
}

const FOLDER: &str = "src/graph/tests/data";

fn find(files: &[PolicyFile]) -> Vec<Diagnostic> {
    let (model, mut findings) = Model::build(files);
    findings.extend(DependencyGraph::build(&model).1);
    findings
}

#[test]
fn each_cycle_is_shown_once_and_nothing_else() {
    cases::check(FOLDER, find);
    let codes = [Code::ExtendsCycle, Code::ImpliesCycle, Code::ContainmentCycle, Code::SettingCycle];
    assert_eq!(cases::codes(FOLDER, find), codes.into_iter().collect());
}

const POLICY: &str = r#"
type user
type organization { setting limit: int at most actions manage }
type team in organization { actions view }
type box { actions open }
role organization.admin { implies team.admin }
role organization.member
role team.admin extends team.member { allow * }
role team.member extends team.viewer requires organization.member { allow team.view }
role team.viewer
role box.owner { allow box.open }
allow team.view when subject has team.viewer on team
allow team.view when team.settings.limit > 3
allow box.open when subject has any role on resource
policy p { limit = 3 deny team.view when subject has organization.admin on organization }
assert team.admin can team.view
"#;

#[test]
fn roles_come_after_what_they_extend_and_imply() {
    let (model, graph) = build(POLICY);
    let order: Vec<String> = graph.role_order().iter().map(|&role| model.schema.role_name(role)).collect();
    let at = |name: &str| order.iter().position(|other| other == name).unwrap();
    assert_eq!(order.len(), model.roles.len());
    assert!(at("team.viewer") < at("team.member"), "{order:?}");
    assert!(at("team.member") < at("team.admin"), "{order:?}");
    assert!(at("team.admin") < at("organization.admin"), "{order:?}");
}

/// What is affected, in words: names of types, settings and roles, `rule`, `policy` and `assert` with their numbers.
fn affected(model: &Model, graph: &DependencyGraph, node: Node) -> String {
    let affected = graph.affected(node);
    let mut words: Vec<String> = affected.types.iter().map(|&ty| model.schema.types[ty].name.to_string()).collect();
    words.extend(affected.settings.iter().map(|&setting| model.schema.settings[setting].name.to_string()));
    words.extend(affected.roles.iter().map(|&role| model.schema.role_name(role)));
    words.extend(affected.rules.iter().map(|rule| format!("rule {}", rule.index())));
    words.extend(affected.policies.iter().map(|policy| format!("policy {}", policy.index())));
    words.extend(affected.assertions.iter().map(|assertion| format!("assert {}", assertion.index())));
    words.join(", ")
}

#[test]
fn a_change_affects_what_depends_on_it() {
    let (model, graph) = build(POLICY);
    let of_role = |name: &str| affected(&model, &graph, Node::Role(role(&model, name)));
    // Who extends it, who implies those, who asks for any of them or for what they extend.
    assert_eq!(
        of_role("team.member"),
        "organization.admin, team.admin, team.member, rule 0, rule 2, policy 0, assert 0"
    );
    // Holding the admin is holding the viewer, for which rule 0 asks.
    assert_eq!(of_role("team.admin"), "organization.admin, team.admin, rule 0, rule 2, policy 0, assert 0");
    assert_eq!(of_role("organization.admin"), "organization.admin, rule 0, rule 2, policy 0, assert 0");
    // It is required by the member.
    assert_eq!(
        of_role("organization.member"),
        "organization.admin, organization.member, team.admin, team.member, rule 0, rule 2, policy 0, assert 0"
    );
    assert_eq!(of_role("box.owner"), "box.owner, rule 2");
    let limit = model.schema.setting_named("limit").unwrap();
    assert_eq!(affected(&model, &graph, Node::Setting(limit)), "limit, rule 1, policy 0");
    let ty = |name: &str| Node::Type(model.schema.type_named(name).unwrap());
    assert_eq!(affected(&model, &graph, ty("box")), "box, box.owner, rule 2");
    assert_eq!(affected(&model, &graph, ty("user")), "user");
    assert_eq!(
        affected(&model, &graph, ty("team")),
        "team, organization.admin, organization.member, team.admin, team.member, team.viewer, \
         rule 0, rule 1, rule 2, policy 0, assert 0"
    );
    assert_eq!(affected(&model, &graph, Node::Rule(RuleId::from_index(1))), "rule 1");
    assert_eq!(affected(&model, &graph, Node::Assertion(AssertionId::from_index(0))), "assert 0");
    assert_eq!(affected(&model, &graph, Node::Role(RoleId::from_index(99))), "");
}

#[test]
fn packages_that_import_each_other_are_shown_once() {
    let span = |at| Span::new(FileId(0), at, at + 1);
    let edge = |from, to, at| ImportEdge { from, to, span: span(at) };
    let imports = [edge("in", "a", 0), edge("a", "b", 1), edge("b", "a", 2), edge("in", "c", 3), edge("c", "c", 4)];
    let findings = import_cycles(&imports);
    let said: Vec<String> = findings
        .iter()
        .map(|finding| {
            let labels: Vec<String> =
                finding.labels.iter().map(|label| format!("{}: {}", label.span.start, label.text)).collect();
            format!("{} {} ({})", finding.code, finding.message, labels.join("; "))
        })
        .collect();
    assert_eq!(
        said,
        [
            "import-cycle `a` imports itself: `a` → `b` → `a` (1: `a` imports `b`; 2: `b` imports `a`)",
            "import-cycle `c` imports itself (4: `c` imports `c`)",
        ]
    );
}

#[test]
fn long_chains_need_no_deep_stack() {
    const ROLES: usize = 10_000;
    let mut text = String::from("type folder in folder? { actions view }\nrole folder.r0 { allow folder.view }\n");
    for at in 1..ROLES {
        writeln!(text, "role folder.r{at} extends folder.r{} {{ implies folder.i{at} }}\nrole folder.i{at}", at - 1)
            .unwrap();
    }
    writeln!(text, "role folder.last extends folder.r{} {{ without folder.view }}", ROLES - 1).unwrap();
    let (model, graph) = build(&text);
    let position: std::collections::HashMap<RoleId, usize> =
        graph.role_order().iter().enumerate().map(|(at, &role)| (role, at)).collect();
    assert_eq!(position.len(), model.roles.len());
    for (id, role) in model.roles.iter_enumerated() {
        assert!(role.extends.iter().all(|base| position[&base.value] < position[&id]));
        assert!(role.implies.iter().all(|implied| position[&implied.role.value] < position[&id]));
    }
    assert_eq!(graph.affected(Node::Role(role(&model, "folder.r0"))).roles.len(), ROLES + 1);
}

#[test]
fn a_long_circle_is_found_and_cut_short() {
    const ROLES: usize = 10_000;
    let mut text = String::from("type team\n");
    for at in 0..ROLES {
        writeln!(text, "role team.r{at} extends team.r{}", (at + 1) % ROLES).unwrap();
    }
    let (model, findings) = Model::build(&cases::parse(&[("policy", &text)]).0);
    assert_eq!(findings, []);
    let (graph, findings) = DependencyGraph::build(&model);
    assert_eq!(graph.role_order().len(), ROLES);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!(
        finding.message,
        "`team.r0` extends itself: `team.r0` → `team.r1` → `team.r2` → `team.r3` → `team.r4` → `team.r5` → 9994 more → `team.r0`"
    );
    assert_eq!(finding.help.as_deref(), Some("steps not shown: 9984"));
}
