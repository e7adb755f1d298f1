//! Rolebook: who may do what, written down as policy text, compiled to lookup tables, decided and explained.
//!
//! # The way of a policy
//!
//! ```text
//!  .rolebook, .yaml ──▶ syntax ──▶ model ──▶ graph ──▶ compile ─┐
//!                       a tree     names,    order,    tables,  │
//!                       of all     types,    cycles    programs │
//!                       it can     patterns                     ▼
//!                       read                                 Snapshot ──▶ decide ──▶ explain
//!                                                               ▲         slots,     proofs,
//!  directory.yaml ────▶ document ──▶ directory ─────────────────┘         cells,     near misses
//!                       nodes        facts, who holds what                conditions
//! ```
//!
//! Data flows one way, and each module imports from those before it alone; `docs/architecture.md` has the table, and a
//! test holds the code to it. [`workspace`] owns the order of the passes, [`engine`] the disk and the clock, and the
//! command line stands outside of them all.
//!
//! # A request on its way to a table cell
//!
//! [`decide::Query`] holds words. They are resolved to ids; for the resource and each entity above it,
//! [`directory::Holdings::row`] tells which set of roles the subject holds there, and
//! [`compile::RoleCells::cell`] what that set says about the permission: nothing, allowed, or what it depends on, down to
//! the [`compile::Programs`] of its conditions. What cells say in short ([`compile::Said`]) is looked at first, and answers
//! most requests. Every grant names its [`compile::StatementId`], and
//! [`compile::Provenance`] leads from there to the file and line that a person wrote.
//!
//! # A change on its way to the next state
//!
//! [`engine::Engine::apply`] reads [`directory::Change`]s. [`admin::consequences`] spells out the steps that one comes to,
//! and [`directory::tree`] takes them on the records; what these come to is read and checked like any directory, and
//! [`admin::permit`] asks whether the author may. The result is another [`workspace::State`], put in the place of the one
//! before, or a refusal that changes nothing.
//!
//! # What always holds
//!
//! - Nothing is allowed by default, a denial outranks every grant, and the order of declarations never matters.
//! - What cannot be computed grants nothing and lifts no denial, and the decision says so.
//! - A policy or directory with an error is never decided on.
//! - Reading yields what could be read *and* every mistake found.
//! - Nothing below [`engine`] touches files, clock, network or threads.
//! - A snapshot is immutable: any number of threads decide on it without locks.
//!
//! # Example
//!
//! ```
//! use rolebook::Engine;
//! use rolebook::engine::query;
//!
//! let policy = r#"
//!     type user
//!     type team { actions view, delete }
//!     role team.member { allow team.view }
//! "#;
//! let directory = "
//! rolebook: 1
//! kind: directory
//! team:research: { roles: { member: [user:ana] } }
//! ";
//! let engine = Engine::from_strings(&[("policy.rolebook", policy)], &[("directory.yaml", directory)])?;
//! assert!(engine.check(&query("user:ana", "view", "team:research"))?.allowed);
//! assert!(!engine.check(&query("user:ana", "delete", "team:research"))?.allowed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod admin;
pub mod analysis;
#[cfg(feature = "cli")]
pub mod cli;
pub mod compile;
pub mod decide;
pub mod diagnostics;
pub mod directory;
pub mod document;
pub mod engine;
pub mod explain;
pub mod format;
pub mod graph;
pub mod image;
pub mod index;
pub mod model;
pub mod rewrite;
pub mod schema;
pub mod source;
pub mod suite;
pub mod syntax;
pub mod workspace;

pub use engine::Engine;

/// Lets the examples of the front page be compiled and run with those of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct FrontPage;
