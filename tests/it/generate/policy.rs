//! A whole random policy.

use super::choices::Choices;
use super::shape::Shape;
use super::{org_policies, roles, settings, statement, types};

/// A policy that compiles, with conditions everywhere or with none.
pub(crate) fn policy(choices: &mut Choices<'_>, unconditional: bool) -> Shape {
    let mut shape = Shape { unconditional, ..Shape::default() };
    types::types(choices, &mut shape);
    settings::settings(choices, &mut shape);
    types::write(choices, &mut shape);
    roles::roles(choices, &mut shape);
    // Rules that allow something to everybody leave little for roles to give.
    for _ in 0..if unconditional { 0 } else { choices.below(3) } {
        shape.declarations.extend(statement::statement(choices, &shape, "allow", None).map(|rule| rule.text()));
    }
    for _ in 0..choices.below(3) {
        shape.declarations.extend(statement::statement(choices, &shape, "deny", None).map(|rule| rule.text()));
    }
    org_policies::declared(choices, &mut shape);
    shape
}

impl Shape {
    /// The policy as one text.
    pub(crate) fn text(&self) -> String {
        let package = String::from("package generated\n\n");
        self.declarations.iter().fold(package, |text, declaration| text + declaration + "\n")
    }
}
