//! A request by which `rolebook diff` shows that what is said differs, decided by the reference evaluator on both sides.

use crate::reference::{Fact, Reference, Request, Verdict};
use rolebook::analysis::diff::Witness;
use rolebook::compile::Effect;
use rolebook::decide::{self, Query};
use rolebook::schema::RawValue;
use rolebook::syntax::ast::PolicyFile;
use serde_yaml::Value as Yaml;

/// What is wrong with a witness, if anything is: it is to show that one side alone, the old one first, allows or denies.
pub(crate) fn fault(
    witness: &Witness,
    side: usize,
    effect: Effect,
    policies: [&[PolicyFile]; 2],
    directory: &str,
) -> Option<String> {
    let request = asked(&witness.query);
    let verdicts = [0, 1].map(|at| {
        let directory = witness.directories.as_ref().map_or(directory, |directories| &directories[at]);
        Reference::of_files(policies[at], [directory]).decide(&request).verdict
    });
    let shows = verdicts.map(|verdict| match effect {
        Effect::Allow => verdict == Verdict::Allowed,
        Effect::Deny => matches!(verdict, Verdict::Forbidden | Verdict::NotComputed),
    });
    (shows != [side == 0, side == 1]).then(|| format!("`{}` is decided {verdicts:?}\n{witness:#?}", witness.text))
}

fn asked(query: &Query) -> Request {
    let values = |values: &[(String, RawValue)]| values.iter().map(|(name, it)| (name.clone(), yaml(it))).collect();
    let fact = |fact: &decide::Fact| Fact {
        entity: fact.entity.clone(),
        parents: fact.parents.clone(),
        attributes: values(&fact.attributes),
    };
    Request {
        subject: query.subject.to_string(),
        action: query.action.to_string(),
        resource: query.resource.to_string(),
        context: values(&query.context),
        facts: query.facts.iter().map(fact).collect(),
        at: query.at,
    }
}

fn yaml(value: &RawValue) -> Yaml {
    match value {
        RawValue::Bool(value) => (*value).into(),
        RawValue::Int(value) => (*value).into(),
        RawValue::String(text) | RawValue::Plain(text) => text.as_str().into(),
        RawValue::List(values) => values.iter().map(yaml).collect::<Vec<_>>().into(),
        RawValue::Null | RawValue::Duration(_) | RawValue::Other(_) => Yaml::Null,
    }
}
