//! Changes made in the directory itself: everything that they leave alone is shared with the state before.

use super::rebuild::{cascades, lacks_required_roles_only};
use super::{State, Step};
use crate::admin::{Occasion, permit, revocations};
use crate::decide::Revision;
use crate::diagnostics::{self, Diagnostic};
use crate::directory::{Change, Edit};
use std::sync::Arc;

impl State {
    /// The state after a change that comes to these steps; nothing where it has to be built anew.
    pub(super) fn amended(
        &self,
        change: &Change,
        edits: &[Edit],
        revision: Revision,
        occasion: Occasion<'_>,
    ) -> Option<Result<Step, Vec<Diagnostic>>> {
        let schema = self.snapshot.policy().schema();
        let mut edits = edits.to_vec();
        let (amended, snapshot) = loop {
            let amended = match self.snapshot.directory().amended(schema, &edits)? {
                Ok(amended) => amended,
                Err(findings) => return Some(Err(findings)),
            };
            let (snapshot, mut found) = self.snapshot.amended(&amended)?;
            // What required a role that is gone goes with it. An assignment that never counted is refused instead.
            if cascades(change) && lacks_required_roles_only(&found) {
                edits.extend(revocations(&snapshot));
                continue;
            }
            if found.iter().any(Diagnostic::is_error) {
                found.retain(Diagnostic::is_error);
                diagnostics::sort(&mut found);
                return Some(Err(found));
            }
            break (amended, snapshot.with_revision(revision));
        };
        if let Err(finding) = permit(&self.snapshot, &snapshot, change, occasion) {
            return Some(Err(vec![finding]));
        }
        let warnings = match amended.warnings(schema, &self.warnings)? {
            Some(warnings) => warnings.into(),
            None => Arc::clone(&self.warnings),
        };
        let state = Self { snapshot: Arc::new(snapshot), warnings, ..self.clone() };
        Some(Ok(Step { state, edits, rebuilt: false }))
    }
}
