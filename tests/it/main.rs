//! The one integration binary: a module a topic.

mod cli;
mod render;
mod transcript;
