//! What a package says beside its roles: the context that it reads, rules, org policies and assertions.

use super::roles::line;
use super::{brief, code, comment, heading, list, types};
use crate::syntax::ast::{AssertDecl, Item, PolicyDecl, SettingValue};
use crate::workspace::State;
use std::io::{self, Write};

pub(super) fn write(out: &mut impl Write, state: &State, items: &[&Item]) -> io::Result<()> {
    let rules = items.iter().filter_map(|item| if let Item::Rule(rule) = item { Some(line(rule)) } else { None });
    section(out, "Rules", &rules.collect::<Vec<_>>())?;
    for item in items {
        if let Item::Context(context) = item {
            heading(out, 2, "Context")?;
            comment(out, &context.doc)?;
            types::attributes(out, "field", &context.fields)?;
        }
    }
    if items.iter().any(|item| matches!(item, Item::Policy(_))) {
        heading(out, 2, "Org policies")?;
    }
    for item in items {
        if let Item::Policy(item) = item {
            policy(out, item)?;
        }
    }
    let assertions =
        items.iter().filter_map(|item| if let Item::Assert(item) = item { Some(assertion(state, item)) } else { None });
    section(out, "Assertions", &assertions.collect::<Vec<_>>())
}

/// A list under a heading, if there is anything in it.
fn section(out: &mut impl Write, title: &str, items: &[String]) -> io::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    heading(out, 2, title)?;
    list(out, items)
}

fn policy(out: &mut impl Write, policy: &PolicyDecl) -> io::Result<()> {
    heading(out, 3, &code(&policy.name.value))?;
    comment(out, &policy.doc)?;
    let of = policy.organization.as_ref();
    let of = of.map(|of| format!("of {}", code(&format!("{}:{}", of.type_name.value, of.id.value))));
    let value =
        |given: &SettingValue| format!("{} = {}", code(&given.name.value), code(&given.value.value.to_string()));
    let settings = policy.settings.iter().map(value);
    list(out, &of.into_iter().chain(settings).chain(policy.rules.iter().map(line)).collect::<Vec<_>>())
}

fn assertion(state: &State, assertion: &AssertDecl) -> String {
    let text: Vec<&str> = state.sources().slice(assertion.text.span).split_whitespace().collect();
    let text = code(&text.join(" "));
    match brief(&assertion.doc).as_str() {
        "" => text,
        doc => format!("{text}  \n  {doc}"),
    }
}
