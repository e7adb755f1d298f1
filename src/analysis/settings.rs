//! The settings of one entity: what each amounts to, and what became of every value given on the way down.

use crate::decide::{RequestError, Snapshot};
use crate::diagnostics::{Code, near_miss};
use crate::directory::{Effective, EntityId, Supply};
use crate::explain::{SettingReport, given, report};
use crate::schema::{SettingId, split_entity};

/// All settings of an entity.
#[derive(Clone, PartialEq, Debug)]
pub struct EntitySettings {
    /// The entity, `type:id`.
    pub entity: String,
    /// Every setting that its type has to do with, in the order of declaration.
    pub settings: Vec<SettingReport>,
}

/// What a setting amounts to on an entity that the directory declares.
#[must_use]
pub fn amount(snapshot: &Snapshot, entity: EntityId, setting: SettingId) -> Effective {
    let settings = snapshot.settings();
    settings.amount(settings.profile(snapshot.directory(), entity), setting)
}

/// All settings of an entity that the directory declares. Knows names only as the directory writes them.
///
/// # Errors
/// When the text is no entity, or the directory has no entry for it.
pub fn settings(snapshot: &Snapshot, entity: &str) -> Result<EntitySettings, RequestError> {
    let found = declared(snapshot, entity)?;
    let schema = snapshot.policy().schema();
    let ty = snapshot.directory().type_of(found);
    let given = all_given(snapshot, found);
    let concerning = schema.settings.ids().filter(|&setting| schema.concerns(ty, setting));
    Ok(EntitySettings {
        entity: entity.to_owned(),
        settings: concerning.filter_map(|setting| report(snapshot, setting, &given)).collect(),
    })
}

/// One setting of an entity that the directory declares, if its type has to do with it.
#[must_use]
pub fn setting(snapshot: &Snapshot, entity: EntityId, setting: SettingId) -> Option<SettingReport> {
    let ty = snapshot.directory().type_of(entity);
    snapshot.policy().schema().concerns(ty, setting).then(|| report(snapshot, setting, &all_given(snapshot, entity)))?
}

/// The entity of a name that has an entry in the directory.
///
/// # Errors
/// When the text is no entity, or the directory has no entry for it.
pub fn declared(snapshot: &Snapshot, text: &str) -> Result<EntityId, RequestError> {
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let name = schema.read_entity(text).map_err(|error| {
        let code = if split_entity(text).is_some() { Code::UnknownType } else { Code::InvalidEntity };
        RequestError::new(code.as_str(), error.message, error.help)
    })?;
    let found = directory.find(name.ty, &name.id);
    if let Some(found) = found.filter(|&found| directory.is_declared(found)) {
        return Ok(found);
    }
    let of_type = || directory.entities().filter(|&other| directory.type_of(other) == name.ty);
    let known = of_type().filter(|&other| directory.is_declared(other)).map(|other| directory.id_of(other));
    let near = near_miss(&name.id, known);
    let type_name = schema.types.get(name.ty).map_or("", |info| &info.name);
    let mentioned = if found.is_some() { "is only mentioned, and " } else { "" };
    Err(RequestError::new(
        Code::UnknownEntity.as_str(),
        format!("`{text}` {mentioned}has no entry in the directory"),
        near.map(|near| format!("did you mean `{type_name}:{near}`?")).or_else(|| {
            let has_settings = schema.settings.ids().any(|setting| schema.concerns(name.ty, setting));
            let has_parents = schema.types.get(name.ty).is_some_and(|info| !info.parents.is_empty());
            let help = "something new has the settings of what it comes to lie in: ask for those";
            (has_settings && has_parents).then(|| String::from(help))
        }),
    ))
}

fn all_given(snapshot: &Snapshot, entity: EntityId) -> Vec<Supply> {
    given(snapshot, std::iter::once(entity).chain(snapshot.directory().ancestors(entity).iter().copied()))
}
