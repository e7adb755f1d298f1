//! The one integration binary: a module a topic.

mod architecture;
mod cli;
mod documents;
mod engine;
mod policies;
mod render;
mod transcript;
mod unreadable_files;
