//! Writes a workload of the benchmarks into a folder, for trying the command on a large directory.
//!
//! ```sh
//! cargo run --release --example orgs_workload -- M /tmp/orgs-M
//! rolebook check --policy /tmp/orgs-M
//! rolebook can --policy /tmp/orgs-M --requests /tmp/orgs-M/requests.jsonl
//! ```
//! `S`, `M`, `L` and `XL` are one organization of 100, 10,000, 100,000 and 245,000 people (a million assignments), `tenants-N` is N organizations of size `S`, and
//! `policies-N` is `S` under a policy of N roles and rules. Without arguments it says how large the small ones are.

#[path = "../benches/orgs/mod.rs"]
mod orgs;

use orgs::{Ask, World};
use serde_json::json;
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

/// How many requests are written.
const REQUESTS: usize = 10_000;

/// A request as a line of a batch.
fn line(ask: &Ask) -> serde_json::Value {
    let entity = |name: &str| {
        let (kind, id) = name.split_once(':').unwrap_or_default();
        json!({ "type": kind, "id": id })
    };
    json!({
        "subject": entity(&ask.subject()),
        "action": { "name": ask.action() },
        "resource": entity(&ask.resource()),
    })
}

fn write(world: &World, folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("policy.rolebook"), world.policy())?;
    let mut directory = BufWriter::new(File::create(folder.join("directory.jsonl"))?);
    world.write_directory(&mut directory)?;
    directory.flush()?;
    let mut requests = BufWriter::new(File::create(folder.join("requests.jsonl"))?);
    for ask in world.requests(REQUESTS) {
        writeln!(requests, "{}", line(&ask))?;
    }
    Ok(requests.flush()?)
}

fn describe(name: &str, world: &World) {
    println!(
        "{name}: {} entities, {} assignments, {} team roles, {} requests half of which are allowed",
        world.entities(),
        world.assignments(),
        world.roles.len(),
        REQUESTS
    );
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => {
            for name in ["S", "M", "tenants-100", "policies-800"] {
                describe(name, &World::named(name).ok_or(name)?);
            }
        }
        [name, folder] => {
            let world = World::named(name).ok_or_else(|| format!("no workload is called `{name}`"))?;
            write(&world, Path::new(folder))?;
            describe(name, &world);
        }
        _ => return Err("usage: orgs_workload NAME FOLDER".into()),
    }
    Ok(())
}
