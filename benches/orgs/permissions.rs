//! What can be done to what: seven types, forty actions.

/// A type of things. Reports, artifacts, models and secrets are part of the policy; the directory holds none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Team,
    Project,
    Run,
    Report,
    Artifact,
    Model,
    Secret,
}

/// The types with their actions. Permissions are counted through in this order.
const ACTIONS: [(Kind, &str, &[&str]); 7] = [
    (Kind::Team, "team", &["view", "rename", "delete", "manage_members", "manage_settings"]),
    (Kind::Project, "project", &["view", "create", "update", "delete", "archive", "share"]),
    (Kind::Run, "run", &["view", "download", "create", "update", "delete", "stop", "tag"]),
    (Kind::Report, "report", &["view", "create", "update", "delete", "comment", "publish"]),
    (Kind::Artifact, "artifact", &["view", "download", "create", "update", "delete", "alias"]),
    (Kind::Model, "model", &["view", "download", "create", "update", "delete", "deploy"]),
    (Kind::Secret, "secret", &["view", "create", "update", "delete"]),
];

impl Kind {
    /// All types.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        ACTIONS.into_iter().map(|(kind, ..)| kind)
    }

    /// As the policy names it.
    pub(crate) fn name(self) -> &'static str {
        ACTIONS[self as usize].1
    }

    /// Its actions.
    pub(crate) fn actions(self) -> &'static [&'static str] {
        ACTIONS[self as usize].2
    }

    /// Its permissions.
    pub(crate) fn permissions(self) -> impl Iterator<Item = Permission> {
        let first = ACTIONS[..self as usize].iter().map(|(.., actions)| actions.len()).sum::<usize>();
        (first..first + self.actions().len()).map(|at| Permission(at as u8))
    }

    /// Whether things of this type lie in a project, or are one.
    pub(crate) fn within_project(self) -> bool {
        !matches!(self, Self::Team | Self::Secret)
    }
}

/// An action of a type, as a number below 64: a bit of a mask.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Permission(pub(crate) u8);

impl Permission {
    /// All of them.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Kind::all().flat_map(Kind::permissions)
    }

    /// That which is written `type.action`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::all().find(|permission| permission.name() == name)
    }

    /// The type.
    pub(crate) fn kind(self) -> Kind {
        self.parts().0
    }

    /// The verb.
    pub(crate) fn action(self) -> &'static str {
        self.parts().1
    }

    /// `type.action`.
    pub(crate) fn name(self) -> String {
        format!("{}.{}", self.kind().name(), self.action())
    }

    /// Whether it changes nothing.
    pub(crate) fn reads(self) -> bool {
        matches!(self.action(), "view" | "download")
    }

    /// Whether it makes something or changes it, and is neither an end nor an administration of it.
    pub(crate) fn writes(self) -> bool {
        matches!(self.action(), "create" | "update")
    }

    fn parts(self) -> (Kind, &'static str) {
        let mut at = usize::from(self.0);
        for (kind, _, actions) in ACTIONS {
            match actions.get(at) {
                Some(action) => return (kind, action),
                None => at -= actions.len(),
            }
        }
        unreachable!("permissions are counted through")
    }
}
