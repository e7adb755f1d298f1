//! Random org policies, in the policy and in the directory: values for settings and guardrails.

use super::choices::Choices;
use super::shape::{OrgPolicyShape, Shape};
use super::statement::{Statement, statement};
use super::values::{self, Datum};

/// What an org policy holds.
struct Content {
    settings: Vec<(&'static str, (Datum, String))>,
    denies: Vec<Statement>,
}

fn content(choices: &mut Choices<'_>, shape: &Shape) -> Content {
    let mut settings = Vec::new();
    for setting in &shape.settings {
        if choices.chance(50) {
            settings.push((setting.name, values::setting(choices, shape, setting)));
        }
    }
    let count = choices.copy_pick(&[0, 1, 0, 1, 2]);
    let denies = (0..count).filter_map(|_| statement(choices, shape, "deny", None)).collect();
    Content { settings, denies }
}

/// The entity that a policy belongs to; most belong to none.
fn organization(choices: &mut Choices<'_>, shape: &Shape) -> Option<String> {
    if !choices.chance(35) {
        return None;
    }
    let ty = choices.between(1, shape.types.len() - 1);
    Some(format!("{}:1", shape.types[ty].name))
}

/// Org policies of policy files.
pub(super) fn declared(choices: &mut Choices<'_>, shape: &mut Shape) {
    for name in &["gpu", "calm"][..choices.below(3)] {
        let organization = organization(choices, shape);
        let content = content(choices, shape);
        let mut text = format!("policy {name}");
        if let Some(organization) = &organization {
            text += &format!(" in {organization}");
        }
        text += " {\n";
        for (setting, (_, value)) in &content.settings {
            text += &format!("  {setting} = {value}\n");
        }
        for deny in &content.denies {
            text += &format!("  {}\n", deny.text().replace('\n', "\n  "));
        }
        shape.declarations.push(text + "}");
        shape.org_policies.push(OrgPolicyShape { name: (*name).to_owned(), organization });
    }
}

/// An org policy that a directory keeps as data.
pub(super) fn kept(choices: &mut Choices<'_>, shape: &Shape, name: &str) -> (OrgPolicyShape, String) {
    let organization = organization(choices, shape);
    let content = content(choices, shape);
    let mut fields: Vec<String> = organization.iter().map(|organization| format!("in: \"{organization}\"")).collect();
    if !content.settings.is_empty() {
        let values: Vec<String> =
            content.settings.iter().map(|(setting, (datum, _))| format!("{setting}: {}", datum.yaml())).collect();
        fields.push(format!("settings: {{ {} }}", values.join(", ")));
    }
    if !content.denies.is_empty() {
        let rules: Vec<String> = content.denies.iter().map(Statement::yaml).collect();
        fields.push(format!("rules: [{}]", rules.join(", ")));
    }
    (OrgPolicyShape { name: name.to_owned(), organization }, format!("{{ {} }}", fields.join(", ")))
}
