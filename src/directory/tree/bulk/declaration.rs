//! The lines of org policies and custom roles, which are compiled with the policy.

use super::{BulkReader, Step};
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::tree::{CustomRoleEntry, PolicyEntry};
use crate::document::{JsonLine, JsonValue, NodeKind};
use crate::source::Spanned;

/// How many bytes the lines of org policies and custom roles may take together. They are compiled with the policy, and
/// their text is kept; everything else is small records.
const DECLARATIONS: usize = 32 << 20;

impl BulkReader {
    /// What stands under `policy` or `custom_role`.
    pub(super) fn declaration(&mut self, line: JsonLine<'_>, key: &str, value: JsonValue<'_>) -> Step<()> {
        let length = (line.span().end - line.span().start) as usize;
        self.declarations = self.declarations.saturating_add(length);
        if self.declarations > DECLARATIONS {
            // Said once, at the first line that is too much.
            if self.declarations - length <= DECLARATIONS {
                self.error(|| {
                    let message =
                        format!("the org policies and custom roles of the file take more than {DECLARATIONS} bytes");
                    Diagnostic::error(Code::LimitExceeded, line.span(), message)
                });
            }
            self.reader.tree.incomplete = true;
            return Ok(());
        }
        let mut node = value.node()?;
        let NodeKind::Mapping(entries) = &mut node.kind else {
            self.error(|| value.wrong_shape("a mapping"));
            return Ok(());
        };
        let Some(at) = entries.iter().position(|entry| entry.key.text == "name") else {
            let at = entries.first().map_or(node.span, |entry| entry.key_span);
            self.missing("name", at);
            return Ok(());
        };
        let name = entries.remove(at).value;
        let Some(text) = self.reader.scalar(&name).map(|scalar| scalar.text.clone()) else { return Ok(()) };
        let name = Spanned::new(text, name.span);
        if key == "policy" {
            self.reader.tree.declarations.policies.push(PolicyEntry { name, node });
        } else {
            self.reader.tree.declarations.custom_roles.push(CustomRoleEntry { name, organization: None, node });
        }
        Ok(())
    }
}
