//! What types declare beside their shape: who may change their entities, and where things stand.

use super::{Resolver, doc_text};
use crate::diagnostics::{Code, Diagnostic};
use crate::index::IndexVec;
use crate::model::{AssignedBy, SettingDef, TypeDef, lookup};
use crate::schema::{SettingId, TypeId};
use crate::source::Span;
use crate::syntax::ast::{ChangeKind, ChangeRule, PermissionRef};
use rustc_hash::FxHashSet;

impl Resolver<'_, '_> {
    pub(super) fn type_defs(&mut self) -> IndexVec<TypeId, TypeDef> {
        let names = self.names;
        names
            .types
            .iter_enumerated()
            .map(|(ty, state)| TypeDef {
                span: state.decl.name.span,
                doc: doc_text(&state.decl.doc),
                parent_spans: state.parent_spans.clone(),
                attributes: state.attributes.clone(),
                permissions: state.permissions.clone(),
                changes: self.changes(ty, &state.decl.changes),
            })
            .collect()
    }

    pub(super) fn setting_defs(&self) -> IndexVec<SettingId, SettingDef> {
        self.names
            .settings
            .iter()
            .map(|decl| SettingDef {
                span: decl.name.span,
                doc: doc_text(&decl.doc),
                within: decl.within.as_ref().map(|outer| outer.span),
            })
            .collect()
    }

    fn changes(&mut self, ty: TypeId, rules: &[ChangeRule]) -> Vec<(ChangeKind, AssignedBy)> {
        let mut changes = Vec::with_capacity(rules.len());
        let mut places: Vec<(ChangeKind, Span)> = Vec::new();
        for rule in rules {
            let kind = rule.kind.value;
            if let Some((_, first)) = places.iter().find(|(other, _)| *other == kind) {
                let message = format!("`{} by` stands twice in `{}`", kind.as_str(), self.names.type_name(ty));
                self.findings.report(
                    Diagnostic::error(Code::DuplicateClause, rule.kind.span, message)
                        .here("again here")
                        .label(*first, "first here")
                        .help("list the permissions after one `by`: any of them suffices"),
                );
            } else {
                places.push((kind, rule.kind.span));
            }
            changes.push((kind, self.asked_permissions(ty, &rule.by, false, rule.kind.span)));
        }
        changes
    }

    /// Permissions that are asked of an entity of type `ty` or of what contains it; `place` is shown where none is named.
    pub(super) fn asked_permissions(
        &mut self,
        ty: TypeId,
        written: &[PermissionRef],
        freely: bool,
        place: Span,
    ) -> AssignedBy {
        let names = self.names;
        let mut permissions = Vec::with_capacity(written.len());
        let mut seen = FxHashSet::default();
        for reference in written {
            let Some(permission) = lookup::permission(names, self.findings, reference) else { continue };
            let asked = names.schema.permissions[permission].ty;
            if names.never_reaches(ty, asked) {
                self.findings.report(
                    Diagnostic::error(
                        Code::WrongPermission,
                        reference.span(),
                        format!(
                            "`{}` cannot be asked for here: {}",
                            names.schema.permission_name(permission),
                            names.lies_not_in(ty, asked)
                        ),
                    )
                    .help(format!("name a permission of `{}` or of a type that contains it", names.type_name(ty))),
                );
            } else if seen.insert(permission) {
                permissions.push(permission);
            }
        }
        let span = match (written.first(), written.last()) {
            (Some(first), Some(last)) => first.span().to(last.span()),
            _ => place,
        };
        AssignedBy { freely, permissions, span }
    }
}
