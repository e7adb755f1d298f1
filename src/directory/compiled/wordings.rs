//! Values that are not written as usual, in a compiled file: JSON, as there are few.

use crate::directory::EntityId;
use crate::directory::wording::{Given, Wordings};
use crate::image::{Fault, Image, Section};
use crate::schema::{RawValue, SettingId};
use serde::{Deserialize, Serialize};

/// Whose value, and what it is written as.
#[derive(Serialize, Deserialize)]
struct Wording {
    entity: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    setting: Option<u32>,
    written: Written,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Written {
    Null,
    Bool(bool),
    Int(i64),
    String(String),
    Plain(String),
    Duration(i64),
    List(Vec<Self>),
}

impl Written {
    /// What a sound directory can hold.
    fn of(raw: &RawValue) -> Option<Self> {
        Some(match raw {
            RawValue::Null => Self::Null,
            RawValue::Bool(value) => Self::Bool(*value),
            RawValue::Int(value) => Self::Int(*value),
            RawValue::String(text) => Self::String(text.clone()),
            RawValue::Plain(text) => Self::Plain(text.clone()),
            RawValue::Duration(length) => Self::Duration(*length),
            RawValue::List(items) => Self::List(items.iter().map(Self::of).collect::<Option<_>>()?),
            RawValue::Other(_) => return None,
        })
    }

    fn raw(self) -> RawValue {
        match self {
            Self::Null => RawValue::Null,
            Self::Bool(value) => RawValue::Bool(value),
            Self::Int(value) => RawValue::Int(value),
            Self::String(text) => RawValue::String(text),
            Self::Plain(text) => RawValue::Plain(text),
            Self::Duration(length) => RawValue::Duration(length),
            Self::List(items) => RawValue::List(items.into_iter().map(Self::raw).collect()),
        }
    }
}

pub(super) fn write(wordings: &Wordings) -> Vec<u8> {
    let wordings = wordings.iter().filter_map(|(&(entity, given), raw)| {
        let (attribute, setting) = match given {
            Given::Attribute(slot) => (Some(slot), None),
            Given::Setting(setting) => (None, Some(setting.0)),
        };
        Some(Wording { entity: entity.0, attribute, setting, written: Written::of(raw)? })
    });
    serde_json::to_vec(&wordings.collect::<Vec<_>>()).unwrap_or_default()
}

pub(super) fn read(image: &Image, entities: usize) -> Result<Wordings, Fault> {
    let fault = |at| Fault::row(Section::Wordings, at, "it is no way of writing a value");
    let read: Vec<Wording> = serde_json::from_slice(image.bytes(Section::Wordings)).map_err(|_| fault(0))?;
    let mut wordings = Wordings::default();
    for (at, Wording { entity, attribute, setting, written }) in read.into_iter().enumerate() {
        let given = match (attribute, setting) {
            (Some(slot), None) => Given::Attribute(slot),
            (None, Some(setting)) => Given::Setting(SettingId(setting)),
            _ => return Err(fault(at)),
        };
        if entity as usize >= entities || !wordings.insert((EntityId(entity), given), written.raw()) {
            return Err(fault(at));
        }
    }
    Ok(wordings)
}
