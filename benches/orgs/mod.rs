//! The workload `orgs`: one policy, directories of three sizes, and requests whose answers are known.
//!
//! One organization holds teams, a team projects, a project runs; everybody has a role in the organization and in three
//! teams. Everything is drawn from a fixed seed, so that two machines, and two engines, are given the same. The text of
//! the policy, the lines of the directory and the answers of the requests come from one [`World`]; the answers by a walk
//! over it ([`World::allows`]) that knows nothing of tables.
//!
//! Included by benchmarks and tests as a module, and by the example `orgs_workload`, which writes it into files.

// Each of those who include the workload needs a part of it.
#![allow(dead_code, unused_imports)]

pub(crate) mod by_hand;
mod directory;
mod permissions;
mod policy;
mod random;
mod requests;
mod roles;
mod rules;
mod truth;
mod world;

pub(crate) use directory::user;
pub(crate) use permissions::{Kind, Permission};
pub(crate) use requests::Ask;
pub(crate) use roles::Role;
pub(crate) use rules::Rule;
pub(crate) use world::{Membership, Project, Resource, User, World};

/// How much one organization holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Size {
    /// People.
    pub(crate) users: u32,
    /// Teams.
    pub(crate) teams: u32,
    /// Projects, as many in each team.
    pub(crate) projects: u32,
    /// Runs, as many in each project.
    pub(crate) runs: u32,
}

/// 100 people, 1,000 runs.
pub(crate) const S: Size = Size { users: 100, teams: 10, projects: 50, runs: 1_000 };
/// 10,000 people, 100,000 runs.
pub(crate) const M: Size = Size { users: 10_000, teams: 500, projects: 5_000, runs: 100_000 };
/// 100,000 people, 1,000,000 runs.
pub(crate) const L: Size = Size { users: 100_000, teams: 5_000, projects: 50_000, runs: 1_000_000 };
/// 245,000 people, a million assignments, as many runs.
pub(crate) const XL: Size = Size { users: 245_000, teams: 10_000, projects: 100_000, runs: 1_000_000 };

/// How many roles and rules the policies of [`World::policies`] have.
pub(crate) const POLICIES: [u32; 4] = [40, 800, 8_000, 40_000];
/// How many organizations [`World::tenants`] has.
pub(crate) const TENANTS: [u32; 3] = [1, 100, 5_000];

impl World {
    /// One organization, with the policy of 26 roles and one rule.
    pub(crate) fn orgs(size: Size) -> Self {
        Self::drawn(1, size, 0)
    }

    /// Organizations of size [`S`] beside each other, under the policy of [`World::orgs`].
    pub(crate) fn tenants(organizations: u32) -> Self {
        Self::drawn(organizations, S, 0)
    }

    /// One organization of size [`S`] under a policy of so many roles and rules together.
    pub(crate) fn policies(statements: u32) -> Self {
        Self::drawn(1, S, statements)
    }

    /// A workload by its name: `S`, `M`, `L`, `tenants-100`, `policies-8000`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "S" => Some(Self::orgs(S)),
            "M" => Some(Self::orgs(M)),
            "L" => Some(Self::orgs(L)),
            "XL" => Some(Self::orgs(XL)),
            _ => match name.split_once('-')? {
                ("tenants", count) => count.parse().ok().filter(|count| *count > 0).map(Self::tenants),
                ("policies", count) => count.parse().ok().map(Self::policies),
                _ => None,
            },
        }
    }
}
