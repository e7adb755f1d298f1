//! The one integration binary: a module a topic.

mod architecture;
mod cli;
mod engine;
mod readme;
mod render;
mod transcript;
mod unreadable_files;
