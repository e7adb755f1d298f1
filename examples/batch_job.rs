//! A nightly job: who may do what to every tool, as a table for those who review it, and what an offboarding would take.
//!
//! ```sh
//! cargo run --release --example batch_job
//! ```
//! The whole review is of one state and one moment. The engine may be changed or reloaded meanwhile: the state that was
//! taken from it stays as it is, and any number of threads read it without locks.

use rolebook::decide::Query;
use rolebook::engine::{Change, now};
use rolebook::workspace::State;
use rolebook::{Engine, engine};
use std::collections::BTreeMap;
use std::error::Error;
use std::thread;

const ACTIONS: [&str; 3] = ["view", "execute", "edit"];

/// Who may do what, by tool: each person with the last of [`ACTIONS`] that they may.
type Review = BTreeMap<String, BTreeMap<String, &'static str>>;

/// All declared entities of a type, by name.
fn entities(state: &State, ty: &str) -> Vec<String> {
    let (directory, schema) = (state.snapshot().directory(), state.snapshot().policy().schema());
    let declared = directory.entities().filter(|&entity| directory.is_declared(entity));
    let names = declared.map(|entity| directory.name(schema, entity));
    names.filter(|name| name.split_once(':').is_some_and(|(found, _)| found == ty)).collect()
}

/// Reviews a share of the tools.
fn review(state: &State, tools: &[String], people: &[String], at: i64) -> Result<Review, String> {
    let mut review = Review::new();
    for tool in tools {
        let row = review.entry(tool.clone()).or_default();
        for person in people {
            for action in ACTIONS {
                let asked = Query::new(person, action, tool, at);
                // A question that cannot be decided spoils the review: it must not look like a denial.
                let decision = state.snapshot().check(&asked).map_err(|error| format!("{tool}: {error}"))?;
                if decision.allowed {
                    row.insert(person.clone(), action);
                }
            }
        }
    }
    Ok(review)
}

/// Reviews everything, on all processors.
fn review_all(state: &State, at: i64) -> Result<Review, Box<dyn Error>> {
    let (tools, people) = (entities(state, "tool"), &entities(state, "user"));
    let threads = thread::available_parallelism()?.get();
    let shares: Vec<Result<Review, String>> = thread::scope(|scope| {
        let share = |tools| scope.spawn(move || review(state, tools, people, at));
        let workers: Vec<_> = tools.chunks(tools.len().div_ceil(threads).max(1)).map(share).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| Err(String::from("a worker stopped"))))
            .collect()
    });
    let mut whole = Review::new();
    for share in shares {
        whole.extend(share?);
    }
    Ok(whole)
}

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::builder().policy(concat!(env!("CARGO_MANIFEST_DIR"), "/policies/tools")).build()?;
    let at = engine::now();
    let today = review_all(&engine.state(), at)?;
    println!("| tool | {} |\n| --- | --- | --- | --- |", ACTIONS.join(" | "));
    for (tool, people) in &today {
        let cell = |action| {
            let those = people.iter().filter(|(_, most)| **most == action);
            those.map(|(person, _)| person.trim_start_matches("user:")).collect::<Vec<_>>().join(", ")
        };
        println!("| {tool} | {} |", ACTIONS.map(cell).join(" | "));
    }

    // What would be gone if Bea left? Nothing is changed to find out.
    let leaving = Change::revoke("user:bea", "member", "organization:harbor").by("user:ada");
    let preview = engine.preview("leaving.jsonl", &leaving.to_string(), now())?;
    let then = review_all(&preview.after, at)?;
    println!("\nwithout Bea in the organization:");
    for (tool, people) in &today {
        let left = then.get(tool);
        for (person, action) in people {
            if left.and_then(|left| left.get(person)) != Some(action) {
                println!("{person} may no longer {action} {tool}");
            }
        }
        if !then.get(tool).is_some_and(|left| left.values().any(|action| *action == "edit")) {
            println!("nobody could edit {tool}");
        }
    }
    Ok(())
}
