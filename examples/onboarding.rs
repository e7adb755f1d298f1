//! People who come, change teams and leave: a service that makes changes in the name of whoever asks for them.
//!
//! ```sh
//! cargo run --example onboarding
//! ```
//! Every list of changes is made whole or not at all. Each change is asked of the policy of `policies/baseten` first, on
//! the state that the earlier ones of its list left; what follows from it (here: the teams of somebody who leaves the
//! organization) is part of it.

use rolebook::Engine;
use rolebook::engine::{Change, now, query};
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::open(&[PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/policies/baseten"))], &[])?;

    // Nobody joins a team before they are in the organization, not even when its admin asks for it.
    make(
        &engine,
        "Cleo takes Mia into her team",
        &[Change::assign("user:mia", "member", "team:research").by("user:cleo")],
    );

    // An organization admin does both at once. The second change is asked of the state after the first.
    let invitation = [
        Change::assign("user:mia", "member", "organization:lumen").by("user:ana"),
        Change::assign("user:mia", "member", "team:research").by("user:ana"),
    ];
    make(&engine, "Ana invites Mia", &invitation);
    show(&engine, "user:mia", "deploy", "model:summarizer-next")?;

    // One change of this list is refused, so there is no new team either.
    let grab = [
        Change::create("team:evaluation").inside("organization:lumen").by("user:ana"),
        Change::assign("user:mia", "admin", "team:evaluation").by("user:mia"),
    ];
    make(&engine, "Ana creates a team, and Mia makes herself its admin", &grab);

    // The team's admin, once there is one, fills the team. Mia is in it up to a day that is known already.
    let team = [
        Change::create("team:evaluation").inside("organization:lumen").attribute("name", "Evaluation").by("user:ana"),
        Change::assign("user:dan", "admin", "team:evaluation").by("user:ana"),
        Change::assign("user:mia", "member", "team:evaluation").until("2100-01-01T00:00:00Z").by("user:dan"),
        Change::create("model:judge").inside("team:evaluation").attribute("name", "judge").by("user:mia"),
    ];
    make(&engine, "Ana creates a team with Dan as its admin", &team);
    show(&engine, "user:dan", "manage_members", "team:evaluation")?;
    show(&engine, "user:mia", "call", "model:judge")?;

    // Leaving the organization is leaving its teams, in one change.
    make(&engine, "Mia leaves", &[Change::revoke("user:mia", "member", "organization:lumen").by("user:ana")]);
    show(&engine, "user:mia", "deploy", "model:summarizer-next")?;
    show(&engine, "user:mia", "call", "model:judge")?;
    show(&engine, "user:dan", "call", "model:judge")
}

/// Makes changes and tells what came of them.
fn make(engine: &Engine, what: &str, changes: &[Change]) {
    println!("\n{what}:");
    match engine.apply(changes, now()) {
        Ok(applied) => {
            let steps: usize = applied.edits.iter().map(Vec::len).sum();
            println!("  made, in {steps} steps");
        }
        Err(refused) => println!("  refused: {}", refused.to_string().replace('\n', "\n  ")),
    }
}

/// Whether the subject may, as things are now.
fn show(engine: &Engine, subject: &str, action: &str, resource: &str) -> Result<(), Box<dyn Error>> {
    let allowed = engine.check(&query(subject, action, resource))?.allowed;
    println!("  {subject} {} {action} {resource}", if allowed { "may" } else { "may not" });
    Ok(())
}
