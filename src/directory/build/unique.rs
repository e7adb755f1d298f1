//! `unique`: among the siblings of one type under one parent, no two have the same value.

use super::Builder;
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::{EntityId, Stored};
use crate::schema::TypeId;
use rustc_hash::FxHashMap;

/// Who has a value: by parent (`None` for what lies in nothing: there the whole directory is the parent), type, slot and
/// value.
type Owners = FxHashMap<(Option<EntityId>, TypeId, usize, Stored), EntityId>;

impl Builder<'_> {
    pub(super) fn unique(&mut self) {
        let mut owners = Owners::default();
        for entity in self.directory.entities() {
            let ty = self.directory.type_of(entity);
            let Some(info) = self.schema.types.get(ty) else { continue };
            if !self.directory.is_declared(entity) {
                continue;
            }
            for (slot, _) in info.attributes.iter().enumerate().filter(|(_, attribute)| attribute.unique) {
                let value = self.directory.attribute(entity, slot);
                if matches!(value, Stored::Absent | Stored::Missing) {
                    continue;
                }
                if let Some((other, parent)) = self.take(&mut owners, entity, slot, value) {
                    self.not_unique(entity, other, parent, slot);
                }
            }
        }
    }

    /// Notes the owner of a value under each of its parents; the one who had it first, if somebody did.
    fn take(
        &self,
        owners: &mut Owners,
        entity: EntityId,
        slot: usize,
        value: Stored,
    ) -> Option<(EntityId, Option<EntityId>)> {
        let ty = self.directory.type_of(entity);
        let parents = self.directory.parents(entity);
        let top = parents.is_empty().then_some(None);
        let mut taken = None;
        for parent in parents.iter().copied().map(Some).chain(top) {
            let owner = *owners.entry((parent, ty, slot, value)).or_insert(entity);
            if owner != entity {
                taken = taken.or(Some((owner, parent)));
            }
        }
        taken
    }

    fn not_unique(&mut self, entity: EntityId, other: EntityId, parent: Option<EntityId>, slot: usize) {
        let place = |owner| self.directory.attribute_span(owner, slot).or_else(|| self.directory.span(owner));
        let (here, there) = (place(entity), place(other));
        let info = self.schema.types.get(self.directory.type_of(entity));
        let attribute = info.and_then(|info| info.attributes.get(slot)).map_or("", |attribute| &attribute.name);
        let own = info.map_or("", |info| &info.name);
        let names = (self.name(entity), self.name(other), parent.map(|parent| self.name(parent)));
        self.findings.error(|| {
            let (name, other, parent) = names;
            let message = format!("`{name}` has the same `{attribute}` as `{other}`");
            let finding = match here {
                Some(span) => Diagnostic::error(Code::NotUnique, span, message),
                None => Diagnostic::placeless(Code::NotUnique, message),
            };
            let finding = match there {
                Some(span) => finding.label(span, format!("taken by `{other}` here")),
                None => finding,
            };
            let siblings =
                parent.map_or_else(|| format!("each `{own}`"), |parent| format!("each `{own}` in `{parent}`"));
            finding.help(format!("{siblings} needs its own `{attribute}`"))
        });
    }
}
