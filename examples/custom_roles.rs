//! Roles that an organization composes for itself while the service runs.
//!
//! ```sh
//! cargo run --example custom_roles
//! ```
//! What is composed goes through the same reader, checks and compiler as the policy of `policies/wandb` itself: a role
//! that names what there is not, or builds on a role that is not open, is refused with the place in what was sent.

use rolebook::Engine;
use rolebook::engine::{Change, now, query};
use serde_json::json;
use std::error::Error;
use std::path::PathBuf;

const ORGANIZATION: &str = "organization:meridian";

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::open(&[PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/policies/wandb"))], &[])?;
    let publisher = json!({ "extends": ["team.viewer"], "allow": ["registry.add_model", "registry.add_alias"] });

    println!("An admin of the organization composes a role, and the admin of a team assigns it:");
    make(&engine, Change::custom_role("team.publisher", ORGANIZATION, publisher.clone()).by("user:olive"));
    make(&engine, Change::assign("user:kay", "publisher", "team:vision").by("user:ada"));
    show(&engine, "user:kay", "view", "run:detector-ben")?;
    show(&engine, "user:kay", "add_model", "registry:vision")?;
    show(&engine, "user:kay", "log_run", "project:detector")?;

    println!("\nIt is not the admin of a team who composes roles:");
    make(&engine, Change::custom_role("team.mine", ORGANIZATION, publisher).by("user:ada"));

    println!("\nA role builds on open roles, and names what there is:");
    make(
        &engine,
        Change::custom_role("team.boss", ORGANIZATION, json!({ "extends": ["team.admin"] })).by("user:olive"),
    );
    let typing_error = json!({ "extends": ["team.viewer"], "allow": ["registry.add_modle"] });
    make(&engine, Change::custom_role("team.publisher", ORGANIZATION, typing_error).by("user:olive"));

    println!("\nComposing it anew changes what its holders may do, from the next decision on:");
    let narrower = json!({ "extends": ["team.viewer"], "allow": ["registry.add_alias"], "without": ["run.view"] });
    make(&engine, Change::custom_role("team.publisher", ORGANIZATION, narrower).by("user:olive"));
    show(&engine, "user:kay", "view", "run:detector-ben")?;
    show(&engine, "user:kay", "add_model", "registry:vision")?;
    show(&engine, "user:kay", "add_alias", "registry:vision")?;

    println!("\nTaking it away takes it from everybody:");
    make(&engine, Change::delete_custom_role("team.publisher", ORGANIZATION).by("user:olive"));
    show(&engine, "user:kay", "add_alias", "registry:vision")?;
    show(&engine, "user:kay", "view", "team:vision")
}

/// Makes a change and tells what came of it.
fn make(engine: &Engine, change: Change) {
    let text = change.to_string();
    match engine.apply(&[change], now()) {
        Ok(_) => println!("  made     {text}"),
        Err(refused) => {
            println!("  refused  {text}\n           {}", refused.to_string().replace('\n', "\n           "))
        }
    }
}

/// Whether the subject may, as things are now.
fn show(engine: &Engine, subject: &str, action: &str, resource: &str) -> Result<(), Box<dyn Error>> {
    let allowed = engine.check(&query(subject, action, resource))?.allowed;
    println!("  {subject} {} {action} {resource}", if allowed { "may" } else { "may not" });
    Ok(())
}
