//! The structure written by hand: from numbers, and from strings.

use crate::measure::{Row, checks, loaded, reverse};
use crate::orgs::World;
use crate::orgs::by_hand::{ByHand, Ids, Names};
use crate::questions::Questions;

/// How many checks are decided together.
pub(crate) const BATCH: usize = 1 << 12;

/// Its rows of the table.
pub(crate) fn rows(world: &World, questions: &Questions) -> [Row; 2] {
    let (numbers, strings) = ("by hand, numbers", "by hand, strings");
    let (records, load, bytes) = loaded(numbers, || ByHand::new(world));
    let (names, more_load, more_bytes) = loaded(strings, || Names::new(world, &records));
    let ids: Vec<(Ids, bool)> = questions
        .words
        .iter()
        .map(|words| {
            let asked = words.asked();
            (Ids { user: asked.user, permission: asked.bit, resource: records.id(asked.thing) }, words.allowed())
        })
        .collect();
    let check =
        checks(numbers, &ids, |(ids, allowed)| records.check(ids.user, ids.permission, ids.resource) == *allowed);
    let of_strings = checks(strings, &questions.words, |words| {
        let asked = words.asked();
        names.check(&records, asked.subject, asked.action, asked.resource) == Some(words.allowed())
    });
    let many = many(numbers, &ids, &records);
    let list = reverse(numbers, &questions.lists, 1, |words, _| {
        let (asked, mut runs) = (words.asked(), Vec::new());
        records.list_runs(asked.user, asked.bit, &mut runs);
        runs
    });
    let who = reverse(numbers, &questions.who, 1, |words, _| {
        let (asked, mut people) = (words.asked(), Vec::new());
        records.who_can(asked.bit, records.id(asked.thing), &mut people);
        people
    });
    let of_numbers = Row {
        name: numbers,
        numbers: true,
        check: Some(check),
        many: Some(many),
        load: Some(load),
        bytes: Some(bytes),
        list: Some(list),
        who: Some(who),
    };
    let of_strings = Row {
        name: strings,
        check: Some(of_strings),
        load: Some(load + more_load),
        bytes: Some(bytes + more_bytes),
        ..Row::default()
    };
    [of_numbers, of_strings]
}

fn many(name: &str, ids: &[(Ids, bool)], records: &ByHand) -> f64 {
    let (requests, allowed): (Vec<Ids>, Vec<bool>) = ids.iter().copied().unzip();
    let batches: Vec<_> = requests.chunks_exact(BATCH).zip(allowed.chunks_exact(BATCH)).collect();
    let mut answers = Vec::with_capacity(BATCH);
    let all = checks(name, &batches, |(requests, allowed)| {
        answers.clear();
        records.check_many(requests, &mut answers);
        answers == *allowed
    });
    all / BATCH as f64
}
