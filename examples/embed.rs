//! A service that asks Rolebook before it acts: one engine, loaded at the start and shared by all worker threads.
//!
//! ```sh
//! cargo run --example embed
//! ```
//! It opens the tools platform of `policies/`; another policy folder may be named as an argument, and then only loads.

use rolebook::decide::{Fact, Query};
use rolebook::schema::RawValue;
use rolebook::{Engine, engine};
use std::error::Error;
use std::path::PathBuf;
use std::thread;

/// What comes in: who wants to do what to which tool.
const REQUESTS: [(&str, &str, &str); 5] = [
    ("user:bea", "edit", "tool:sql-console"),
    ("user:dora", "view", "tool:sql-console"),
    ("user:dora", "execute", "tool:sql-console"),
    ("user:gwen", "execute", "tool:notebook"),
    ("user:olga", "execute", "tool:crane"),
];

/// A worker of the service. Its engine is a clone that shares everything with the others.
fn serve(engine: &Engine, request: (&str, &str, &str)) -> Result<String, Box<dyn Error + Send + Sync>> {
    let (subject, action, resource) = request;
    let query = engine::query(subject, action, resource);
    // The hot path: no text is made, only a decision.
    if engine.check(&query)?.allowed {
        return Ok(format!("200 {subject} did {action} {resource}"));
    }
    // Off it: why not, for the log and for the one who asked.
    let outcome = engine.outcome(&query)?;
    let reason = outcome.because.unwrap_or(outcome.summary);
    Ok(format!("403 {reason}"))
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let named = std::env::args().nth(1);
    let policy = named.clone().unwrap_or_else(|| format!("{}/policies/tools", env!("CARGO_MANIFEST_DIR")));
    // Everything wrong with policy and directory comes back at once, with places; a service should not start then.
    let engine = Engine::open(&[PathBuf::from(policy)], &[])?;
    for warning in engine.state().warnings() {
        eprintln!("warning: {}", warning.message);
    }
    if named.is_some() {
        println!("sound");
        return Ok(());
    }

    let workers: Vec<_> = REQUESTS
        .into_iter()
        .map(|request| {
            let engine = engine.clone();
            thread::spawn(move || serve(&engine, request))
        })
        .collect();
    for worker in workers {
        let answer = worker.join().map_err(|_| "a worker stopped")??;
        println!("{answer}");
    }

    // A tool that is not in the directory yet: the request itself says where it will lie.
    let query = Query {
        facts: vec![Fact {
            entity: String::from("tool:draft"),
            parents: vec![String::from("organization:harbor"), String::from("team:data-tools")],
            attributes: vec![(
                String::from("note"),
                RawValue::from(&serde_json::json!("unknown attributes are ignored")),
            )],
        }],
        ..engine::query("user:carl", "execute", "tool:draft")
    };
    println!("{}", engine.outcome(&query)?.summary);

    // A request that is wrong is an error, never a denial that looks like a decision.
    if let Err(error) = engine.check(&engine::query("user:carl", "run", "tool:notebook")) {
        println!("400 {}: {error}", error.code);
    }
    Ok(())
}
