//! The verbs of types.

use crate::model::findings::Findings;
use crate::model::names::Names;
use crate::schema::{ActionId, PermissionInfo};
use rustc_hash::FxHashMap;

pub(super) fn declare<'a>(names: &mut Names<'a>, findings: &mut Findings) {
    let mut ids: FxHashMap<&'a str, ActionId> = FxHashMap::default();
    for ty in names.types.ids() {
        let decl = names.types[ty].decl;
        let mut first = FxHashMap::default();
        let start = names.schema.permissions.next_id();
        for action in &decl.actions {
            let name = action.name.value.as_str();
            if let Some(&span) = first.get(name) {
                let message = format!("the action `{name}` of `{}` is declared twice", decl.name.value);
                findings.duplicate(message, action.name.span, span);
                continue;
            }
            first.insert(name, action.name.span);
            let id = *ids.entry(name).or_insert_with(|| names.schema.to_mut().actions.push(name.into()));
            names.schema.to_mut().permissions.push(PermissionInfo { ty, action: id });
            names.types[ty].permissions.push((action.name.span, action.doc.as_ref().map(|doc| doc.value.clone())));
        }
        names.schema.to_mut().types[ty].permissions = start.0..names.schema.permissions.next_id().0;
    }
}
