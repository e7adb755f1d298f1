//! What the names of a policy mean at run time: types, attributes, permissions, roles and settings, by id and by name.
//!
//! Built by `model`, carried inside the compiled policy, read by `directory` and `decide`. Holds no source places, no
//! expressions and no grants: those are the model's and the tables'.

mod alike;
mod names;
mod reach;
mod read;
mod text;
mod value;

pub use names::{
    ActionId, AttributeInfo, Cardinality, ParentInfo, PermissionId, PermissionInfo, PolicyId, Presence, RoleId,
    RoleInfo, Schema, SettingId, SettingInfo, TypeId, TypeInfo, narrow,
};
pub use reach::Reach;
pub use read::{RawValue, ReadError, split_entity};
pub(crate) use text::brief_list;
pub use text::duration_text;
pub(crate) use value::timestamp_help;
pub use value::{
    EntityName, MergeWord, Value, ValueType, no_such_day, parse_address, parse_address_range, parse_duration,
    parse_timestamp, timestamp_text,
};
