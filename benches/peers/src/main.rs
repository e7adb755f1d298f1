//! The workload `orgs` on other engines, beside Rolebook and the structure written by hand.
//!
//! ```sh
//! cargo run --release -p rolebook-peers -- S M
//! cargo run --release -p rolebook-peers -- L 2000
//! ```
//! Arguments are sizes, and a number: of how many requests. Every engine has to give the right answer to every request and
//! every question the other way round, or the program stops. A check begins with three strings everywhere, but for the
//! numbers of the structure written by hand. Prints a Markdown table a size; ratios are to Rolebook.

mod casbin;
mod cedar;
mod facts;
mod hand;
mod measure;
#[path = "../../orgs/mod.rs"]
mod orgs;
mod oso;
mod peer;
mod regorus;
mod rolebook;
mod table;

use measure::{Measured, Questions, measure};
use orgs::World;
use std::env;
use std::error::Error;

/// How many requests are put to the engines, where the command does not say. A round ends after its time for slow ones.
const REQUESTS: usize = 1 << 17;
/// The size at which Oso is left out: a check takes longer the more there is, and it would take all day.
const TOO_LARGE_FOR_OSO: u32 = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let requests = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(REQUESTS);
    let mut sizes: Vec<&str> = arguments.iter().filter(|it| it.parse::<usize>().is_err()).map(String::as_str).collect();
    if sizes.is_empty() {
        sizes = vec!["S", "M"];
    }
    for size in sizes {
        let world = World::named(size).ok_or_else(|| format!("no workload is called `{size}`"))?;
        table::print(size, "Rolebook", &measured(&world, requests)?);
    }
    Ok(())
}

fn measured(world: &World, requests: usize) -> Result<Vec<Measured>, Box<dyn Error>> {
    let questions = Questions::new(world, requests, 5);
    let folder = env::temp_dir().join(format!("rolebook-peers-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    rolebook::write(world, &folder)?;
    let mut rows = vec![
        measure("Rolebook", &questions, || rolebook::Rolebook::open(&folder)),
        measure("by hand, numbers", &questions, || hand::Numbers::new(world)),
        measure("by hand, strings", &questions, || hand::Strings::new(world)),
        measure("regorus 0.14, compiled", &questions, || regorus::Regorus::new(world)),
        measure("casbin 2.20", &questions, || casbin::Casbin::new(world)),
    ];
    std::fs::remove_dir_all(&folder)?;
    rows.push(measure("cedar-policy 4.14, all entities loaded", &questions, || cedar::Preloaded::new(world)));
    // Its entities come from elsewhere with each request: there is nothing to weigh, and nothing to list from.
    let sliced = measure("cedar-policy 4.14, entities of the request", &questions, || cedar::Sliced::new(world));
    rows.push(Measured { load: None, bytes: None, list: None, who: None, ..sliced });
    if (world.users.len() as u32) < TOO_LARGE_FOR_OSO {
        let oso = measure("oso 0.27", &questions, || oso::Oso::new(world));
        rows.push(Measured { load: None, bytes: None, ..oso });
    }
    Ok(rows)
}
