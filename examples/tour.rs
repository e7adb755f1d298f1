//! A walk through the reference policies: a few questions to each, and why they are answered as they are.
//!
//! Run it from the root of the repository: `cargo run --release --example tour`. For how a service embeds the engine, see
//! `embed.rs`; for the same output in colour, `rolebook explain`.

use rolebook::Engine;
use rolebook::engine::query;
use rolebook::explain::Step;
use rolebook::source::SourceMap;
use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;

/// A package, and questions to it: who, what, on which.
type Stop = (&'static str, &'static [(&'static str, &'static str, &'static str)]);

const STOPS: &[Stop] = &[
    (
        "policies/baseten",
        &[
            // A role in the team.
            ("user:gil", "deploy", "model:summarizer"),
            // A role on the organization, which implies one in each team.
            ("user:ana", "manage", "environment:inference-production"),
            // A deny that binds the team's own admin.
            ("user:fay", "manage", "environment:inference-production"),
            // A deny that binds everybody.
            ("user:ana", "delete", "team:lumen"),
            // A deny that keeps a key inside its team.
            ("api_key:inference-deploy", "deploy", "model:embedder"),
        ],
    ),
    (
        "policies/wandb",
        &[
            // A run that a member created, wherever it was moved to in the team.
            ("user:ben", "delete", "run:segmenter-moved"),
            // To members of the project that it came to, it is somebody else's.
            ("user:cy", "delete", "run:segmenter-moved"),
            // A role composed by the organization adds to what a member may do.
            ("user:hal", "delete", "run:translator-fin"),
            // Viewers come with the enterprise plan.
            ("user:oto", "view", "project:songs"),
            // An open project takes runs from everybody.
            ("user:pam", "log_run", "project:leaderboard"),
        ],
    ),
    (
        "policies/polyaxon",
        &[
            // A role in one of the project's teams.
            ("user:duo", "create_run", "project:search"),
            // An org policy lets only one of the project's teams in, and this is not the one.
            ("user:ed", "view", "project:vault"),
            // A project without teams is for the whole organization.
            ("user:opal", "view", "project:handbook"),
            // An outsider, assigned to one project.
            ("user:otto", "delete", "project:api"),
        ],
    ),
    (
        "policies/tools",
        &[
            // A role in a team, which implies one on each tool of the team.
            ("user:carl", "execute", "tool:notebook"),
            // An assignment on the tool itself.
            ("user:gwen", "execute", "tool:notebook"),
            // Nothing grants it: an owner holds no tool by being one.
            ("user:olga", "view", "tool:notebook"),
        ],
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let out = &mut io::stdout().lock();
    for (package, questions) in STOPS {
        let engine = Engine::open(&[PathBuf::from(package)], &[])?;
        writeln!(out, "{package}")?;
        for (subject, action, resource) in *questions {
            let explanation = engine.explain(&query(subject, action, resource))?;
            writeln!(out, "\n{subject} {action} {resource}\n  {}", explanation.outcome.summary)?;
            if let Some(because) = &explanation.outcome.because {
                writeln!(out, "  {because}")?;
            }
            for step in &explanation.steps {
                print_step(out, engine.state().sources(), step, 2)?;
            }
            if !explanation.nearest.is_empty() {
                writeln!(out, "  what came closest:")?;
            }
            for step in &explanation.nearest {
                print_step(out, engine.state().sources(), step, 2)?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

fn print_step(out: &mut impl Write, sources: &SourceMap, step: &Step, depth: usize) -> io::Result<()> {
    let mark = match step.truth {
        Some(true) => '✓',
        Some(false) => '✗',
        None => '?',
    };
    let place = step.place.map_or_else(String::new, |span| format!("  ({})", sources.place(span)));
    writeln!(out, "{:indent$}{mark} {}{place}", "", step.text, indent = depth * 2)?;
    for child in &step.children {
        print_step(out, sources, child, depth + 1)?;
    }
    Ok(())
}
