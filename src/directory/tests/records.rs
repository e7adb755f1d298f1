//! A directory put into records again says what the files said that it was built of.

use super::{Loaded, load};
use crate::directory::tree::{DirectoryTree, Written, difference};
use crate::directory::{Directory, EntityId, Stored};
use crate::schema::{ValueType, parse_timestamp};
use std::sync::Arc;

/// Values written in every way that there is.
const WAYS: &str = "\
thing:usual: { count: 7, at: '2026-01-01T00:00:00Z', length: 1d, address: 10.0.0.1, tags: [b, a], friends: [user:x, user:y] }
thing:own: { count: 007, at: 2026-01-01T01:00:00+01:00, length: 24h, address: '::ffff:10.0.0.1', tags: b, friends: user:x }
thing:more: { count: -7, length: 90s, tags: [a, 1.10, a], friends: [] }
thing:null: { count: ~, tags: [7, '7', 'true', ''] }
thing:plus: { count: +7 }
thing:zero: { count: 0, tags: ['7', '+1', x:y] }
thing:bare: {}
organization:acme:
  plan: free
  team:a: { default: false, name: 5 }
  team:b: { default: true, name: '6', in: organization:acme, policy: [gpu, open, gpu] }
  project:p: { in: [team:b, team:a], settings: { queues: [b, a], default_queue: '7' }, run:r: { created_by: user:x } }
";

fn recorded(loaded: &Loaded) -> Vec<Arc<DirectoryTree>> {
    let mut declarations = super::tree::Declarations::default();
    loaded.trees.iter().for_each(|tree| declarations.extend(tree.declarations()));
    let facts = DirectoryTree::of_directory(&loaded.schema, &loaded.directory);
    vec![Arc::new(facts), Arc::new(DirectoryTree::of_declarations(declarations))]
}

#[test]
fn nothing_that_was_said_is_lost() {
    let roles = "organization:acme:\n  roles: { member: [user:x, { subject: user:x, since: 2026-01-01T00:00:00Z }], admin: user:y }\n  team:a:\n    roles: { viewer: ['team:b#member', user:x], janitor: user:y }\n  team:b: {}\n  custom_roles: { team.q: { extends: team.viewer } }\npolicies: { p: {} }\n";
    for texts in [&[WAYS][..], &[super::example::EXAMPLE], &[roles], &["thing:only: {}\n", super::example::EXAMPLE]] {
        let loaded = load(texts);
        assert!(!loaded.findings.iter().any(crate::diagnostics::Diagnostic::is_error), "{}", loaded.rendered());
        let records = recorded(&loaded);
        assert_eq!(difference(&loaded.trees, &records), None);
        assert_eq!(difference(&records, &loaded.trees), None);
        let (again, found) = Directory::build(&loaded.schema, &records);
        assert!(found.iter().all(|finding| !finding.is_error()), "{found:?}");
        let again = Loaded { directory: again, trees: records, ..load(texts) };
        assert_eq!(difference(&loaded.trees, &recorded(&again)), None, "and so it stays");
        assert!(again.directory.entities().eq(loaded.directory.entities()));
        for entity in again.directory.entities() {
            assert_eq!(again.directory.span(entity), loaded.directory.span(entity));
        }
    }
}

#[test]
fn one_record_less_is_noticed() {
    let loaded = load(&[WAYS]);
    let without = |change: &dyn Fn(&mut DirectoryTree)| {
        let mut records = recorded(&loaded);
        change(Arc::make_mut(&mut records[0]));
        difference(&loaded.trees, &records)
    };
    let told = [
        without(&|tree| tree.entries.truncate(tree.entries.len() - 1)),
        without(&|tree| tree.parents.truncate(tree.parents.len() - 1)),
        without(&|tree| {
            tree.attributes.remove(0);
        }),
        without(&|tree| tree.settings.truncate(tree.settings.len() - 1)),
        without(&|tree| tree.links.truncate(tree.links.len() - 1)),
    ];
    assert_eq!(
        told.map(Option::unwrap_or_default),
        [
            "`run:r` has an entry",
            "`run:r` lies in `project:p`",
            "the attribute `count` of `thing:usual` is \"7\"",
            "the setting `default_queue` of `project:p` is \"7\" as text",
            "`gpu` is linked to `team:b`",
        ]
    );
}

#[test]
fn what_is_written_counts_under_another_vocabulary() {
    let mut loaded = load(&[WAYS]);
    let records = recorded(&loaded);
    let thing = loaded.schema.type_named("thing").expect("a type");
    for attribute in &mut loaded.schema.types[thing].attributes {
        if !matches!(attribute.ty, ValueType::Set(_)) {
            attribute.ty = ValueType::String;
        }
    }
    let (texts, found) = Directory::build(&loaded.schema, &records);
    assert!(found.iter().all(|finding| !finding.is_error()), "{found:?}");
    let told = |name: &str| -> Vec<String> {
        let entity = texts.find(thing, name).expect("a thing");
        let text = |slot| match texts.attribute(entity, slot) {
            Stored::Text(symbol) => texts.text(symbol).to_owned(),
            other => format!("{other:?}"),
        };
        (0..4).map(text).collect()
    };
    assert_eq!(told("usual"), ["7", "2026-01-01T00:00:00Z", "1d", "10.0.0.1"]);
    assert_eq!(told("own"), ["007", "2026-01-01T01:00:00+01:00", "24h", "::ffff:10.0.0.1"]);
    assert_eq!(told("plus"), ["+7", "Absent", "Absent", "Absent"]);
}

#[test]
fn only_what_does_not_follow_from_a_value_is_kept_beside_it() {
    let loaded = load(&[WAYS]);
    let (schema, directory) = (&loaded.schema, &loaded.directory);
    let kept = directory.wordings.iter().map(|((entity, given), _)| {
        let info = &schema.types[directory.type_of(*entity)];
        let key = match given {
            super::super::wording::Given::Attribute(slot) => info.attributes[*slot].name.to_string(),
            super::super::wording::Given::Setting(setting) => schema.settings[*setting].name.to_string(),
        };
        format!("{} {key}", directory.name(schema, *entity))
    });
    let own = ["count", "at", "length", "address", "tags", "friends"].map(|key| format!("thing:own {key}"));
    let rest = ["thing:more tags", "thing:null count", "thing:null tags", "thing:plus count", "team:a name"];
    let expected: Vec<String> = own.into_iter().chain(rest.map(String::from)).collect();
    assert_eq!(kept.collect::<Vec<_>>(), expected);
    // The places of values are there, and nothing where a default took the place of one.
    let place =
        |name: &str, slot| directory.attribute_span(loaded.entity(name), slot).map(|at| loaded.sources.slice(at));
    assert_eq!(
        [place("thing:own", 2), place("organization:acme", 0), place("thing:bare", 0)],
        [Some("24h"), Some("free"), None]
    );
    assert_eq!(parse_timestamp("2026-01-01T01:00:00+01:00"), Some(1_767_225_600_000));
    assert_eq!(directory.attribute(loaded.entity("thing:own"), 1), Stored::Timestamp(1_767_225_600_000));
    assert_eq!(directory.attribute_span(EntityId(u32::MAX), 0), None);
    let lists = loaded.trees[0].attributes.iter().filter(|field| matches!(field.value, Written::List(_)));
    assert_eq!(lists.count(), 6);
}
