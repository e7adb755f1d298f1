//! The policy as text.

use super::permissions::{Kind, Permission};
use super::world::World;
use std::fmt::Write as _;

/// Everything but types, custom roles and the rules of large policies.
const ROLES: &str = r#"
role organization.member
role organization.admin extends organization.member {
  allow *
}

open role team.viewer {
  allow *.{view, download}
}
open role team.member extends team.viewer {
  allow *.{create, update}
  allow run.delete when resource.created_by == subject
}
role team.admin extends team.member {
  allow *
}

role project.contributor {
  allow *.{view, download, create, update}
  allow run.delete when resource.created_by == subject
}

allow *.{view, download} within project
  when project.visibility == "open" and subject has organization.member on organization

"#;

/// Attributes of a project, where no rule speaks of labels and where some do.
const PROJECT: &str = "  visibility: \"private\" | \"open\" = \"private\"\n";
const LABELLED: &str = "  visibility: \"private\" | \"open\" = \"private\"\n  label: string?\n";

impl World {
    /// The policy, in the DSL.
    pub(crate) fn policy(&self) -> String {
        let mut text = String::from("package orgs\n\ntype user\ntype organization\n");
        for kind in Kind::all() {
            let parent = match kind {
                Kind::Team => "organization",
                Kind::Project | Kind::Secret => "team",
                _ => "project",
            };
            let _ = writeln!(text, "type {} in {parent} {{", kind.name());
            text += match kind {
                Kind::Project if self.rules.is_empty() => PROJECT,
                Kind::Project => LABELLED,
                Kind::Run => "  created_by: user\n",
                _ => "",
            };
            let _ = writeln!(text, "  actions {}\n}}", kind.actions().join(", "));
        }
        text += ROLES;
        for role in &self.roles {
            if let Some(base) = role.base {
                let base = &self.roles[base as usize].name;
                let _ = writeln!(text, "custom role team.{} extends team.{base} {{", role.name);
                let _ = writeln!(text, "  allow {}\n}}", listed(&role.added));
            }
        }
        for (label, rule) in self.rules.iter().enumerate() {
            let permissions = listed(&rule.permissions);
            let _ = match rule.allows {
                true => writeln!(
                    text,
                    "allow {permissions} when project.label == \"label{label}\" and subject has organization.member on organization"
                ),
                false => writeln!(text, "deny {permissions} when project.label == \"label{label}\""),
            };
        }
        text
    }
}

fn listed(permissions: &[Permission]) -> String {
    permissions.iter().map(|permission| permission.name()).collect::<Vec<_>>().join(", ")
}
