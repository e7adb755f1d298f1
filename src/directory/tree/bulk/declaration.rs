//! The lines of org policies and custom roles, which are compiled with the policy.

use super::{BulkReader, Step};
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::tree::{CustomRoleEntry, DirectoryTree, PolicyEntry};
use crate::document::{JsonLine, JsonValue, NodeKind};
use crate::source::{Span, Spanned};
use std::sync::Arc;

/// How many bytes the lines of org policies and custom roles may take together. They are compiled with the policy, and
/// their text is kept; everything else is small records.
const DECLARATIONS: usize = 32 << 20;

/// What of the lines of org policies and custom roles was taken up.
#[derive(Debug, Default)]
pub(super) struct Declared {
    /// How many bytes they take.
    bytes: usize,
    /// The lines that gave a policy, or else a custom role.
    lines: Vec<(Span, bool)>,
}

impl BulkReader {
    /// Whether there is room for another line.
    fn declares(&mut self, line: Span) -> bool {
        let before = self.declared.bytes;
        self.declared.bytes = before.saturating_add(line.end.saturating_sub(line.start) as usize);
        if self.declared.bytes <= DECLARATIONS {
            return true;
        }
        // Said once, at the first line that is too much.
        if before <= DECLARATIONS {
            self.error(|| {
                let message =
                    format!("the org policies and custom roles of the file take more than {DECLARATIONS} bytes");
                Diagnostic::error(Code::LimitExceeded, line, message)
            });
        }
        self.reader.tree.incomplete = true;
        false
    }

    /// Takes out of the tree of lines that follow what there is no room for.
    pub(super) fn declares_more(&mut self, following: &Declared, tree: &mut DirectoryTree) {
        if self.declared.bytes.saturating_add(following.bytes) <= DECLARATIONS {
            self.declared.bytes += following.bytes;
            return;
        }
        let (mut policies, mut custom_roles) = (0, 0);
        for &(line, policy) in &following.lines {
            if self.declares(line) {
                *(if policy { &mut policies } else { &mut custom_roles }) += 1;
            }
        }
        tree.declarations.policies.truncate(policies);
        tree.declarations.custom_roles.truncate(custom_roles);
    }

    /// What stands under `policy` or `custom_role`.
    pub(super) fn declaration(&mut self, line: JsonLine<'_>, key: &str, value: JsonValue<'_>) -> Step<()> {
        if !self.declares(line.span()) {
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
        self.declared.lines.push((line.span(), key == "policy"));
        if key == "policy" {
            self.reader.tree.declarations.policies.push(PolicyEntry { name, node });
        } else {
            self.reader.tree.declarations.custom_roles.push(Arc::new(CustomRoleEntry {
                name,
                organization: None,
                node,
            }));
        }
        Ok(())
    }
}
