//! Org policies: values for settings and guardrails, from policy files and from directories.

use super::value::{Value, text};
use rolebook::syntax::ast::{Effect, EntityRef, Item, Literal, PolicyDecl, Statement, TypeExprKind};
use serde_yaml::Value as Yaml;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// An org policy.
pub(super) struct OrgPolicy {
    pub(super) name: String,
    /// The entity inside of which alone it may be linked.
    pub(super) organization: Option<String>,
    settings: BTreeMap<String, Given>,
    pub(super) denies: Vec<Statement>,
}

/// A value as it was written.
enum Given {
    Literal(Literal),
    Data(Yaml),
}

impl OrgPolicy {
    /// One that is declared in a policy file.
    pub(super) fn declared(decl: PolicyDecl) -> Self {
        let settings = decl.settings.into_iter().map(|given| (given.name.value, Given::Literal(given.value)));
        Self {
            name: decl.name.value,
            organization: decl.organization.as_ref().map(entity),
            settings: settings.collect(),
            denies: decl.rules,
        }
    }

    /// One that a directory keeps as data.
    pub(super) fn kept(name: &str, data: &Yaml) -> Self {
        let mut rules = String::new();
        for rule in data.get("rules").map(list).unwrap_or_default() {
            write!(rules, "deny {}", list(&rule["deny"]).iter().map(text).collect::<Vec<_>>().join(", "))
                .expect("text");
            for clause in ["within", "to", "when", "unless"] {
                if let Some(value) = rule.get(clause) {
                    let values: Vec<String> = list(value).iter().map(text).collect();
                    write!(rules, " {clause} {}", values.join(", ")).expect("text");
                }
            }
            rules.push('\n');
        }
        let rules = if rules.is_empty() { Vec::new() } else { super::parse_policy(&rules).items };
        let denies = rules.into_iter().map(|item| match item {
            Item::Rule(statement) => statement,
            other => panic!("no guardrail: {other:?}"),
        });
        let settings = data.get("settings").and_then(Yaml::as_mapping).into_iter().flatten();
        Self {
            name: name.to_owned(),
            organization: data.get("in").map(text),
            settings: settings.map(|(name, value)| (text(name), Given::Data(value.clone()))).collect(),
            denies: denies.inspect(|deny| assert_eq!(deny.effect.value, Effect::Deny)).collect(),
        }
    }

    /// The value that it has for a setting of this type.
    pub(super) fn value(&self, setting: &str, ty: &TypeExprKind) -> Option<Value> {
        Some(match self.settings.get(setting)? {
            Given::Literal(literal) => Value::default(ty, &literal.value),
            Given::Data(data) => Value::read(ty, data),
        })
    }
}

/// The name of an entity written in a policy.
pub(super) fn entity(written: &EntityRef) -> String {
    format!("{}:{}", written.type_name.value, written.id.value)
}

/// A list, or a single value as a list of one.
pub(super) fn list(value: &Yaml) -> Vec<Yaml> {
    value.as_sequence().cloned().unwrap_or_else(|| vec![value.clone()])
}
