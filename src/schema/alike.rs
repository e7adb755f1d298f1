//! Whether two vocabularies make the same of the same directory.

use super::Schema;

impl Schema {
    /// Whether a directory that is read by one of two vocabularies is, number by number, what it is by the other. How settings
    /// combine, and what the context is, no directory is read by.
    #[must_use]
    pub fn reads_alike(&self, other: &Self) -> bool {
        let settings = |schema: &Self| {
            let infos = schema.settings.iter();
            infos.map(|info| (info.name.clone(), info.ty, info.value.clone())).collect::<Vec<_>>()
        };
        self.types == other.types
            && self.actions == other.actions
            && self.permissions == other.permissions
            && self.roles.len() == other.roles.len()
            && self.roles.iter().eq(other.roles.iter())
            && settings(self) == settings(other)
            && self.policies == other.policies
            && self.policy_organizations == other.policy_organizations
    }
}

#[cfg(test)]
mod tests {
    use crate::Engine;

    /// Whether the vocabularies of two policies read directories alike.
    fn alike(old: &str, new: &str) -> bool {
        let [old, new] = [old, new].map(|policy| {
            Engine::from_strings(&[("p.rolebook", policy)], &[]).expect("a sound policy").state().snapshot().clone()
        });
        let there = old.policy().schema().reads_alike(new.policy().schema());
        assert_eq!(there, new.policy().schema().reads_alike(old.policy().schema()), "it goes both ways");
        there
    }

    const POLICY: &str = "type user type organization { plan: string? setting keep: int at most actions view, edit } \
                          type team in organization { actions view } \
                          role organization.member { allow * } role team.member { allow team.view } \
                          policy short in organization:a { keep = 3 } \
                          deny team.view when team.settings.keep > 5";

    #[test]
    fn what_no_directory_is_read_by_makes_no_difference() {
        for (from, to) in [
            ("allow *", "allow organization.view"),
            ("at most", "at least"),
            ("keep = 3", "keep = 4"),
            ("deny team.view", "deny team.view to user"),
            ("role team.member {", "role team.member requires organization.member {"),
            ("type user", "context { mfa: bool = false } type user"),
        ] {
            assert_ne!(POLICY, POLICY.replace(from, to), "{from}");
            assert!(alike(POLICY, &POLICY.replace(from, to)), "{from} → {to}");
        }
    }

    #[test]
    fn what_a_directory_is_read_by_does() {
        for (from, to) in [
            ("plan: string?", "plan: int?"),
            ("plan: string?", "plan: string = \"free\""),
            ("plan: string?", "plan: string? tier: int?"),
            ("plan: string?", "plan: string? unique plan"),
            ("keep: int at most", "keep: duration at most"),
            ("type team in organization", "type team in organization?"),
            ("type team", "type key acts as owner { owner: user } type team"),
            ("actions view, edit", "actions edit, view"),
            ("role team.member {", "role team.guest role team.member {"),
            ("role team.member {", "role team.guest {"),
            ("short in organization:a", "long in organization:a"),
            ("short in organization:a", "short in organization:b"),
            ("type user", "type robot type user"),
        ] {
            let new = POLICY.replace(from, to);
            let new = match to {
                "keep: duration at most" => new.replace("keep = 3", "keep = 3d").replace("keep > 5", "keep > 5d"),
                _ => new,
            };
            assert_ne!(POLICY, new, "{from}");
            assert!(!alike(POLICY, &new), "{from} → {to}");
        }
    }
}
