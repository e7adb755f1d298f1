//! A generated policy in the other form, and back again: it is compiled to the same tables, and decides alike.

use super::case::{Case, query};
use super::verdict;
use crate::format::converted;
use rolebook::Engine;
use rolebook::compile::{CompiledPolicy, ConditionOrigin, Grant, Implied, Owner, StatementId};
use rolebook::engine::facts;
use rolebook::format::Form;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Whether converting the policy of a case changes anything, and what.
pub(super) fn difference(case: &Case) -> Result<(), String> {
    let text = case.policies.join("\n");
    let yaml = converted(Form::Dsl, &text)?;
    let back = converted(Form::Yaml, &yaml)?;
    let load = |name: &str, text: &str| {
        Engine::from_strings(&[(name, text)], &[("directory.yaml", &case.directory)])
            .map_err(|error| format!("refused: {error}\n{text}\nfrom\n{yaml}"))
    };
    let wanted = tables(case.engine.state().snapshot().policy());
    for (name, text) in [("policy.yaml", &yaml), ("policy.rolebook", &back)] {
        let engine = load(name, text)?;
        let tables = tables(engine.state().snapshot().policy());
        if tables != wanted {
            return Err(format!("{tables}\ninstead of\n{wanted}\nby\n{text}"));
        }
        let [one, other] = [&case.engine, &engine].map(|engine| facts(&engine.state()).expect("tables of their texts"));
        for ((section, one), (_, other)) in one.iter().zip(&other) {
            // What the tables of the policy say stands there as text.
            let same = if *section == "texts" { once(one) == once(other) } else { one == other };
            if !same {
                let [one, other] = [one, other].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                return Err(format!("other bytes in {section}:\n{other}\ninstead of\n{one}\nby\n{text}\nfrom\n{yaml}"));
            }
        }
        for request in &case.requests {
            let [one, other] = [&case.engine, &engine].map(|engine| engine.check(&query(request)));
            if verdict(&one) != verdict(&other) {
                return Err(format!("{}\nby\n{text}", case.report(request, &one, &other)));
            }
        }
    }
    let filled = |text: &str| text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    if filled(&converted(Form::Dsl, &back)?) != filled(&yaml) {
        return Err(format!("{yaml}\nis another after one more turn, by way of\n{back}"));
    }
    Ok(())
}

/// What the tables of a policy say, each grant of a role once: two lines with the same permission are one line in YAML. The
/// numbers of conditions are those in which they come up, and YAML has the allows of a role before its denials.
fn once(said: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(said);
    let mut parts = text.split("NodeId(");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    let unnumbered = rest.fold(first, |text, part| text + "NodeId(" + part);
    unnumbered
        .replace("[(", "[\n(")
        .replace("), (", "),\n(")
        .replace(")]", "),\n]")
        .lines()
        .map(str::to_owned)
        .collect()
}

/// All that a policy's tables say of roles, but for the places and the numbers of statements, of which two that follow each
/// other may have become one.
fn tables(policy: &CompiledPolicy) -> String {
    let mut text = String::new();
    let (schema, origins) = (policy.schema(), policy.provenance());
    let condition = |origin: &ConditionOrigin| format!("{} {}", origin.clause.as_str(), origin.text);
    let conditions = |origins: &[ConditionOrigin]| origins.iter().map(condition).collect::<Vec<_>>();
    let said = |id: StatementId| {
        let origin = &origins.statements[id];
        format!("{:?} {:?} {:?}", origin.effect, conditions(&origin.conditions), origin.because)
    };
    for (id, role) in policy.roles().iter_enumerated() {
        let origin = &origins.roles[id];
        let _ = writeln!(text, "{id:?} {:?} {:?} {:?}", schema.roles[id], origin.doc, conditions(&origin.when));
        let guard = policy.guards().assignment(id).map(|guard| (guard.freely, &guard.permissions));
        let _ = writeln!(text, "  {:?} {:?} {guard:?}", role.counts_as, role.requires);
        let grant = |grant: &Grant| format!("{:?} {:?} {}", grant.permission, grant.effect, said(grant.statement));
        let mut grants: Vec<_> = role.grants.iter().map(grant).collect();
        grants.sort();
        // What is said twice is said once by one statement of both.
        grants.dedup();
        let implied = |implied: &Implied| {
            format!("{:?} {:?}", implied.role, origins.implications[implied.implication].when.as_ref().map(condition))
        };
        let mut implied: Vec<_> = role.implies.iter().map(implied).collect();
        implied.sort();
        implied.dedup();
        let _ = writeln!(text, "  {grants:#?}\n  implies {implied:#?}");
    }
    for (id, origin) in origins.statements.iter_enumerated().filter(|(_, origin)| origin.owner == Owner::Rule) {
        let _ = writeln!(text, "{:?} {}", origin.effect, said(id));
    }
    for (id, name) in schema.policies.iter_enumerated() {
        let given: Vec<_> = policy.given_settings(id).iter().map(|given| (given.setting, &given.value)).collect();
        let _ = writeln!(text, "{name} {:?} {given:?}", schema.policy_organizations[id]);
        for grant in schema.permissions.ids().flat_map(|permission| policy.guardrails(id, permission)) {
            let _ = writeln!(text, "  {:?} {}", grant.permission, said(grant.statement));
        }
    }
    text
}
