//! Answers in pages, for whoever embeds the engine: what they cost, and what a change between two of them does.

use rolebook::analysis::{Part, list_from, list_page, who_can_from};
use rolebook::directory::EntityId;
use rolebook::engine::{Change, now, query};
use rolebook::{Engine, decide::Revision};
use std::fmt::Write;
use std::time::Duration;

const POLICY: &str = "
    type user
    type organization
    type project in organization { shared: bool = false }
    type run in project { created_by: user? actions view, delete }
    role organization.admin { allow * }
    role project.member { allow run.view }
    allow run.delete to user when resource.created_by == subject
    allow run.view to user when project.shared
";

/// So many projects with so many runs each; Ana may see all, and Bo those of the third project.
fn engine(projects: usize, runs: usize) -> Engine {
    let mut directory = String::from("{\"entity\":\"organization:o\"}\n");
    for project in 0..projects {
        writeln!(directory, "{{\"entity\":\"project:{project}\",\"in\":[\"organization:o\"]}}").expect("text");
        for run in 0..runs {
            writeln!(directory, "{{\"entity\":\"run:{project}-{run}\",\"in\":[\"project:{project}\"]}}").expect("text");
        }
    }
    for (subject, role, on) in [("ana", "admin", "organization:o"), ("bo", "member", "project:2")] {
        let subject = format!("user:{subject}");
        writeln!(directory, "{{\"assign\":{{\"subject\":\"{subject}\",\"role\":\"{role}\",\"on\":\"{on}\"}}}}")
            .expect("text");
    }
    Engine::from_strings(&[("policy.rolebook", POLICY)], &[("directory.jsonl", &directory)]).expect("a sound package")
}

/// The least time of this thread that something takes.
fn least(mut what: impl FnMut()) -> Duration {
    let clock = || {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(now.tv_sec.cast_unsigned(), u32::try_from(now.tv_nsec).expect("nanoseconds"))
    };
    let time = |_| {
        let start = clock();
        what();
        clock() - start
    };
    (0..20).map(time).min().expect("some tries")
}

#[test]
fn a_page_costs_what_it_holds() {
    let engine = engine(40, 1_000);
    let asked = query("user:ana", "view", "");
    let whole = engine.list(&asked, "run").expect("an answer");
    assert_eq!(whole.len(), 40_000);
    let all = least(|| drop(engine.list_page(&asked, "run", &Part::default())));
    for after in [None, Some("run:0-0"), Some("run:20-500"), Some("run:39-900")] {
        let part = Part { after: after.map(str::to_owned), ..Part::first(10) };
        let page = engine.list_page(&asked, "run", &part).expect("a page");
        let begin = after.map_or(0, |after| 1 + whole.iter().position(|run| run == after).expect("a run"));
        assert_eq!(page.rows, whole[begin..begin + 10]);
        assert!(page.more);
        let one = least(|| drop(engine.list_page(&asked, "run", &part)));
        assert!(one * 50 < all, "behind {after:?} {one:?}, all of them {all:?}");
    }
}

#[test]
fn an_answer_can_be_had_one_by_one() {
    let engine = engine(4, 5);
    let state = engine.state();
    let (snapshot, asked) = (state.snapshot(), query("user:bo", "view", "run:2-3"));
    let name = |entity: EntityId| snapshot.directory().name(snapshot.policy().schema(), entity);
    let mut runs = list_from(snapshot, &asked, "run", None).expect("an answer");
    let third = runs.nth(2).expect("a third run");
    assert_eq!((name(third).as_str(), runs.count()), ("run:2-2", 2));
    let rest: Vec<String> = list_from(snapshot, &asked, "run", Some(third)).expect("an answer").map(name).collect();
    assert_eq!(rest, ["run:2-3", "run:2-4"]);
    let people: Vec<String> = who_can_from(snapshot, &asked, None).expect("an answer").map(name).collect();
    assert_eq!(people, ["user:ana", "user:bo"]);
}

#[test]
fn pages_say_which_state_they_are_of() {
    let engine = engine(3, 3);
    let asked = query("user:ana", "view", "");
    let state = engine.state();
    let first = engine.list_page(&asked, "run", &Part::first(4)).expect("a page");
    assert_eq!((first.revision, first.next()), (Revision::FIRST, Some("run:1-0")));
    engine.apply(&[Change::revoke("user:ana", "admin", "organization:o")], now()).expect("a change");
    let part = Part::first(9).after("run:1-0");
    let other = engine.list_page(&asked, "run", &part).expect("a page");
    assert_eq!((other.revision, other.rows.len(), other.more), (Revision::FIRST.next(), 0, false));
    // The state that was taken goes on as it began.
    let same = list_page(state.snapshot(), &asked, "run", &part).expect("a page");
    assert_eq!((same.revision, same.rows.len(), same.more), (Revision::FIRST, 5, false));
}
