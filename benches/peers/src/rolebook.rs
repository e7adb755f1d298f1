//! Rolebook, from the files that the workload comes in.

use crate::hand::BATCH;
use crate::measure::{Answer, Row, checks, loaded, number, reverse};
use crate::orgs::World;
use crate::peer::Words;
use crate::questions::Questions;
use ::rolebook::Engine;
use ::rolebook::analysis::{list, who_can};
use ::rolebook::decide::{Query, Resolved, Snapshot};
use ::rolebook::directory::EntityId;
use ::rolebook::engine::query;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes the files that are loaded.
pub(crate) fn write(world: &World, folder: &Path) -> io::Result<()> {
    fs::write(folder.join("policy.rolebook"), world.policy())?;
    let mut directory = BufWriter::new(File::create(folder.join("directory.jsonl"))?);
    world.write_directory(&mut directory)?;
    directory.flush()
}

/// Its rows of the table.
pub(crate) fn rows(folder: &Path, questions: &Questions) -> [Row; 2] {
    let (ids, strings) = ("Rolebook, ids", "Rolebook, strings");
    let (engine, load, bytes) =
        loaded(strings, || Engine::open(&[PathBuf::from(folder)], &[]).expect("the workload is sound"));
    let queries: Vec<(Query, bool)> = questions.words.iter().map(|words| (asked(words), words.allowed())).collect();
    let resolve = |(query, allowed): &(Query, bool)| (engine.resolve(query).expect("a sound request"), *allowed);
    let resolved: Vec<(Resolved, bool)> = queries.iter().map(resolve).collect();
    let mut reader = engine.reader();
    let of_strings =
        checks(strings, &queries, |(query, allowed)| reader.is_allowed(query).is_ok_and(|answer| answer == *allowed));
    let of_ids =
        checks(ids, &resolved, |(resolved, allowed)| reader.allows(resolved).is_ok_and(|answer| answer == *allowed));
    let many = many(ids, &engine, &resolved);
    let state = engine.state();
    let snapshot = state.snapshot();
    let found = |entities| Entities { entities, snapshot };
    let entities = Row {
        name: ids,
        numbers: true,
        check: Some(of_ids),
        many: Some(many),
        list: Some(reverse(ids, &questions.lists, 1, |words, _| {
            found(list(snapshot, &asked(words), "run").expect("a sound request"))
        })),
        who: Some(reverse(ids, &questions.who, 1, |words, _| {
            found(who_can(snapshot, &asked(words)).expect("a sound request"))
        })),
        ..Row::default()
    };
    let names = Row {
        name: strings,
        check: Some(of_strings),
        load: Some(load),
        bytes: Some(bytes),
        list: Some(reverse(strings, &questions.lists, 1, |words, _| {
            engine.list(&asked(words), "run").expect("a sound request")
        })),
        who: Some(reverse(strings, &questions.who, 1, |words, _| {
            engine.who_can(&asked(words)).expect("a sound request")
        })),
        ..Row::default()
    };
    [entities, names]
}

fn asked(words: &Words) -> Query<'_> {
    let asked = words.asked();
    query(asked.subject, asked.action, asked.resource)
}

fn many(name: &str, engine: &Engine, resolved: &[(Resolved, bool)]) -> f64 {
    let (requests, allowed): (Vec<Resolved>, Vec<bool>) = resolved.iter().cloned().unzip();
    let batches: Vec<_> = requests.chunks_exact(BATCH).zip(allowed.chunks_exact(BATCH)).collect();
    let mut decisions = Vec::with_capacity(BATCH);
    let all = checks(name, &batches, |(requests, allowed)| {
        decisions.clear();
        engine.check_many(requests, &mut decisions);
        let answers = decisions.iter().map(|decision| decision.as_ref().is_ok_and(|decision| decision.allowed));
        answers.eq(allowed.iter().copied())
    });
    all / BATCH as f64
}

/// An answer in ids.
struct Entities<'a> {
    entities: Vec<EntityId>,
    snapshot: &'a Snapshot,
}

impl Answer for Entities<'_> {
    fn numbers(self) -> Vec<u32> {
        let (schema, directory) = (self.snapshot.policy().schema(), self.snapshot.directory());
        self.entities.into_iter().map(|entity| number(&directory.name(schema, entity))).collect()
    }
}
