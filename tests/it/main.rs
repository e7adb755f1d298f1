//! The one integration binary: a module a topic.

mod additions;
mod agreement;
mod apply;
mod architecture;
mod attacks;
mod bulk;
mod changes;
mod ci;
mod cli;
mod compiled;
mod corpus;
mod coverage;
mod diff;
mod documents;
mod engine;
mod format;
mod generate;
mod graph;
mod guardrails;
mod matrix;
#[path = "../../benches/orgs/mod.rs"]
mod orgs;
mod pages;
mod policies;
mod reference;
mod reload;
mod render;
mod rewrite;
mod settings;
mod shells;
mod transcript;
mod unreadable_files;
mod watch;
mod watch_command;
mod workload;
