//! From trees to a model: the two passes.

use super::Model;
use super::declare::declare;
use super::findings::Findings;
use super::resolve::resolve;
use crate::diagnostics::{self, Diagnostic};
use crate::syntax::ast::PolicyFile;

impl Model {
    /// The model of the given files, a package and all that it imports, and everything wrong with them.
    ///
    /// The order of files and of declarations never matters to what a policy means; it is the order of the model's ids.
    /// A model that comes with errors lacks what they are about: it must not be compiled.
    #[must_use]
    pub fn build(files: &[PolicyFile]) -> (Self, Vec<Diagnostic>) {
        let mut findings = Findings::new();
        let names = declare(files, &mut findings);
        let mut model = resolve(files, &names, &mut findings);
        model.schema = names.schema;
        let owners = model.policies.iter().map(|policy| policy.organization.as_ref().map(|owner| owner.value.clone()));
        model.schema.policy_organizations = owners.collect();
        let mut found = findings.into_diagnostics();
        diagnostics::sort(&mut found);
        (model, found)
    }
}
