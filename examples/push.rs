//! To which team does a push go that names none? A rule of the caller's own, made of questions to the engine.
//!
//! ```sh
//! cargo run --example push
//! ```
//! The command-line tool of Baseten (see `policies/baseten`) decides it in three steps: whoever deploys to one team only
//! means that one; otherwise the one of their teams that already has a model of this name is meant; otherwise it asks.
//! Which teams somebody deploys to is the policy's to say. What to make of that is no permission, so it is not in there.

use rolebook::decide::{Fact, Query};
use rolebook::{Engine, engine};
use std::error::Error;
use std::path::PathBuf;

/// What the platform knows of its teams: each with the names of its models.
const TEAMS: [(&str, &[&str]); 4] = [
    ("team:lumen", &["embedder"]),
    ("team:research", &["summarizer"]),
    ("team:inference", &["summarizer", "ranker"]),
    ("team:orbit", &["forecaster"]),
];

/// Who pushes a model of which name.
const PUSHES: [(&str, &str); 7] = [
    ("user:hana", "classifier"),
    ("user:hana", "ranker"),
    ("user:jo", "embedder"),
    ("user:jo", "summarizer"),
    ("user:jo", "classifier"),
    ("api_key:inference-deploy", "summarizer"),
    ("user:kim", "ranker"),
];

/// Where a push goes.
enum Target {
    /// To this team.
    Team(&'static str),
    /// To one of these, and somebody has to say which.
    Ambiguous(Vec<&'static str>),
    /// Nowhere: there is no team to which the subject may deploy.
    Nowhere,
}

/// The team of a push, from the teams that `subject` may deploy a model to.
fn target(engine: &Engine, subject: &str, model: &str) -> Result<Target, Box<dyn Error>> {
    let mut reachable = Vec::new();
    for (team, models) in TEAMS {
        if engine.check(&deploy(subject, model, team))?.allowed {
            reachable.push((team, models));
        }
    }
    let having: Vec<_> = reachable.iter().filter(|(_, models)| models.contains(&model)).collect();
    Ok(match (reachable.as_slice(), having.as_slice()) {
        ([], _) => Target::Nowhere,
        ([(team, _)], _) | (_, [(team, _)]) => Target::Team(team),
        _ => Target::Ambiguous(reachable.iter().map(|(team, _)| *team).collect()),
    })
}

/// May the subject deploy a model in the team? It need not exist: the question says where it will lie.
fn deploy(subject: &str, model: &str, team: &str) -> Query<'static> {
    let pushed = format!("model:pushed-{model}");
    let fact = Fact { entity: pushed.clone(), parents: vec![team.to_owned()], attributes: Vec::new() };
    Query { facts: vec![fact], ..Query::new(subject.to_owned(), "deploy", pushed, engine::now()) }
}

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::open(&[PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/policies/baseten"))], &[])?;
    for (subject, model) in PUSHES {
        let answer = match target(&engine, subject, model)? {
            Target::Team(team) => format!("goes to {team}"),
            Target::Ambiguous(teams) => format!("could go to {}: name one with --team", teams.join(", ")),
            Target::Nowhere => String::from("goes nowhere: no team lets them deploy"),
        };
        println!("{subject} pushes {model}: {answer}");
    }
    Ok(())
}
