//! The complete tables of decisions of two engines, asked one by one.

use rolebook::Engine;
use rolebook::decide::Query;
use std::collections::BTreeSet;

/// Who, what, on what, and whether it is gained.
pub(crate) type Row = (String, String, String, bool);

/// What is decided otherwise, without any context.
pub(crate) fn difference(engines: [&Engine; 2], at: i64) -> BTreeSet<Row> {
    let Asked { names, permissions } = asked_about(engines);
    let mut found: BTreeSet<Row> = BTreeSet::new();
    for (ty, action) in &permissions {
        for resource in names.iter().filter(|name| name.split(':').next() == Some(ty)) {
            for subject in &names {
                let (subject, action, resource) = (subject.clone(), action.clone(), resource.clone());
                let query = Query::new(&subject, &action, &resource, at);
                let [was, is] = engines.map(|engine| engine.check(&query).is_ok_and(|decision| decision.allowed));
                if was != is {
                    found.insert((subject, format!("{ty}.{action}"), resource, is));
                }
            }
        }
    }
    found
}

/// What both sides are asked about: everybody may ask.
pub(super) struct Asked {
    /// All entities that one of the directories names.
    pub(super) names: BTreeSet<String>,
    /// All permissions, by type and action.
    pub(super) permissions: BTreeSet<(String, String)>,
}

pub(super) fn asked_about(engines: [&Engine; 2]) -> Asked {
    let states = engines.map(Engine::state);
    let mut found = Asked { names: BTreeSet::new(), permissions: BTreeSet::new() };
    for state in &states {
        let (policy, directory) = (state.snapshot().policy(), state.snapshot().directory());
        let schema = policy.schema();
        found.names.extend(directory.entities().map(|entity| directory.name(schema, entity)));
        let permissions = schema.permissions.iter();
        found.permissions.extend(
            permissions.map(|info| (schema.types[info.ty].name.to_string(), schema.actions[info.action].to_string())),
        );
    }
    found
}
