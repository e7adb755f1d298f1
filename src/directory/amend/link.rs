//! Org policies linked and unlinked, and settings given.

use super::Amending;
use crate::directory::change::{Field, LinkName};
use crate::directory::wording::Given;
use crate::directory::{Link, SettingEntry};
use crate::schema::RawValue;

impl Amending<'_> {
    pub(super) fn link(&mut self, link: &LinkName) -> Option<()> {
        let entity = self.declared(&link.on)?;
        let policy = self.schema.policy_named(&link.policy)?;
        if let Some(owner) = self.schema.policy_organizations.get(policy)? {
            let owner = self.directory.find(owner.ty, &owner.id)?;
            if !self.directory.is_within(entity, owner) {
                return None;
            }
        }
        let mut links = self.directory.links(entity).to_vec();
        links.push(Link { policy, span: link.policy.span });
        let mut patch = self.directory.patch_of(entity);
        patch.links = Some(links.into());
        self.put(entity, patch);
        self.resettled.push(entity);
        Some(())
    }

    pub(super) fn unlink(&mut self, policy: &str, on: &str) -> Option<()> {
        let entity = self.declared(on)?;
        let policy = self.schema.policy_named(policy)?;
        let links = self.directory.links(entity).iter().copied().filter(|link| link.policy != policy).collect();
        let mut patch = self.directory.patch_of(entity);
        patch.links = Some(links);
        self.put(entity, patch);
        self.resettled.push(entity);
        Some(())
    }

    pub(super) fn set_setting(&mut self, entity: &str, field: &Field) -> Option<()> {
        let entity = self.declared(entity)?;
        let setting = self.schema.setting_named(&field.key)?;
        let info = self.schema.settings.get(setting)?;
        let given = self.directory.settings(entity).to_vec();
        // A warning may be of a mention that goes.
        let is_known = |entry: &SettingEntry| self.directory.is_of_known(entry.value);
        if !self.schema.may_give(self.directory.type_of(entity), setting) || !given.iter().all(is_known) {
            return None;
        }
        let mut given: Vec<SettingEntry> = given.into_iter().filter(|entry| entry.setting != setting).collect();
        let key = (entity, Given::Setting(setting));
        self.directory.wordings.remove(&key);
        if !field.value.is_null() {
            let value = self.schema.read_value(&info.value, &RawValue::from(&field.value)).ok()?;
            let value = self.known_value(&value, field.value.span)?;
            given.push(SettingEntry { setting, value, span: field.value.span });
            self.word(key, field, value);
        }
        let mut patch = self.directory.patch_of(entity);
        patch.settings = Some(given.into());
        self.put(entity, patch);
        self.resettled.push(entity);
        Some(())
    }
}
