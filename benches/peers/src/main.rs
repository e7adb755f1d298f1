//! The workload `orgs` on other engines, beside Rolebook and the structure written by hand.
//!
//! ```sh
//! cargo run --release -p rolebook-peers -- S M
//! cargo run --release -p rolebook-peers -- L
//! ```
//! Arguments are sizes, and a number: of how many requests. Every engine has to give the right answer to every request and
//! every question the other way round, or the program stops. Prints a Markdown table a size.

mod casbin;
mod cedar;
mod facts;
mod hand;
mod measure;
#[path = "../../orgs/mod.rs"]
mod orgs;
mod oso;
mod peer;
mod questions;
mod regorus;
mod rolebook;
mod table;

use measure::{Row, peer};
use orgs::World;
use questions::Questions;
use std::env;
use std::error::Error;

/// How many requests are put to the engines, where the command does not say. A round ends after its time for slow ones.
const REQUESTS: usize = 1 << 17;
/// How many questions the other way round of each kind; of an engine that takes long, the first.
const REVERSE: usize = 5;
/// How many people are too many for Oso, whose checks take by far the longest.
const TOO_LARGE_FOR_OSO: usize = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let requests = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(REQUESTS);
    let mut sizes: Vec<&str> = arguments.iter().filter(|it| it.parse::<usize>().is_err()).map(String::as_str).collect();
    if sizes.is_empty() {
        sizes = vec!["S", "M"];
    }
    for size in sizes {
        let world = World::named(size).ok_or_else(|| format!("no workload is called `{size}`"))?;
        table::print(size, &rows(&world, requests)?);
    }
    Ok(())
}

fn rows(world: &World, requests: usize) -> Result<Vec<Row>, Box<dyn Error>> {
    let questions = Questions::new(world, requests, REVERSE);
    let mut rows = Vec::from(hand::rows(world, &questions));
    let folder = env::temp_dir().join(format!("rolebook-peers-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    rolebook::write(world, &folder)?;
    rows.extend(rolebook::rows(&folder, &questions));
    std::fs::remove_dir_all(&folder)?;
    rows.push(peer("regorus 0.14, compiled", &questions, || regorus::Regorus::new(world)));
    rows.push(peer("casbin 2.20", &questions, || casbin::Casbin::new(world)));
    rows.push(peer("cedar-policy 4.14, all entities loaded", &questions, || cedar::Preloaded::new(world)));
    // Entities come with each request from elsewhere: there is nothing to weigh.
    let slices = peer("cedar-policy 4.14, entities of the request", &questions, || cedar::Sliced::new(world));
    rows.push(Row { load: None, bytes: None, ..slices });
    if world.users.len() < TOO_LARGE_FOR_OSO {
        // It asks the application's own objects, which are there anyway.
        let oso = peer("oso 0.27", &questions, || oso::Oso::new(world));
        rows.push(Row { load: None, bytes: None, ..oso });
    }
    Ok(rows)
}
