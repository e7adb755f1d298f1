//! Reading a value by the type that is wanted: the one place where outside data becomes a [`Value`].

use super::{EntityName, Schema, Value, ValueType, parse_address, parse_duration, parse_timestamp, timestamp_help};
use crate::diagnostics::{did_you_mean, with_article};
use crate::document::{Node, NodeKind, ScalarStyle};
use std::collections::HashSet;

/// A list of up to so many elements is searched for repeated ones by comparing them.
const FEW: usize = 16;

/// A value from outside, before its type is known.
#[derive(Clone, PartialEq, Debug)]
pub enum RawValue {
    /// Nothing.
    Null,
    /// A JSON or DSL truth value.
    Bool(bool),
    /// A JSON or DSL whole number.
    Int(i64),
    /// Text known to be text: a JSON string, a quoted scalar.
    String(String),
    /// Text that may be anything: an unquoted YAML scalar, a command-line argument.
    Plain(String),
    /// A duration literal, in milliseconds.
    Duration(i64),
    /// A list.
    List(Vec<RawValue>),
    /// What no attribute can hold (a mapping, a fraction), in words for the message.
    Other(&'static str),
}

/// Why a value could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadError {
    /// What is wrong, in the user's words.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl ReadError {
    fn new(message: String) -> Self {
        Self { message, help: None }
    }
}

impl Schema {
    /// The value that `raw` stands for where `ty` is wanted.
    ///
    /// A single value stands for a set of one. Repeated elements of a set count once.
    ///
    /// # Errors
    /// When `raw` is no value of that type.
    pub fn read_value(&self, ty: &ValueType, raw: &RawValue) -> Result<Value, ReadError> {
        let mismatch = || ReadError::new(format!("expected {}, found {}", self.type_text(ty), raw.describe()));
        match (ty, raw) {
            (ValueType::Set(element), RawValue::List(items)) => {
                let mut values = Vec::with_capacity(items.len());
                let mut seen = HashSet::new();
                for item in items {
                    let value = self.read_value(element, item)?;
                    let again = if items.len() <= FEW { values.contains(&value) } else { !seen.insert(value.clone()) };
                    if !again {
                        values.push(value);
                    }
                }
                Ok(Value::Set(values))
            }
            (_, RawValue::Null | RawValue::Other(_) | RawValue::List(_)) => Err(mismatch()),
            (ValueType::Set(element), single) => Ok(Value::Set(vec![self.read_value(element, single)?])),
            (ValueType::Bool, RawValue::Bool(value)) => Ok(Value::Bool(*value)),
            (ValueType::Int, RawValue::Int(value)) => Ok(Value::Int(*value)),
            (ValueType::Duration, RawValue::Duration(value)) => Ok(Value::Duration(*value)),
            (_, RawValue::Bool(_) | RawValue::Int(_) | RawValue::Duration(_)) => Err(mismatch()),
            (ValueType::Bool, RawValue::Plain(text)) => match text.as_str() {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err(ReadError { help: did_you_mean(text, ["true", "false"]), ..mismatch() }),
            },
            (ValueType::Int, RawValue::Plain(text)) => text.parse().map(Value::Int).map_err(|_| mismatch()),
            (ValueType::Bool | ValueType::Int, RawValue::String(_)) => Err(mismatch()),
            (ty, RawValue::String(text) | RawValue::Plain(text)) => self.read_text(ty, text),
        }
    }

    /// The value that a text stands for where a type written as text is wanted.
    fn read_text(&self, ty: &ValueType, text: &str) -> Result<Value, ReadError> {
        let mismatch = || ReadError::new(format!("expected {}, found `{text}`", self.type_text(ty)));
        match ty {
            ValueType::String => Ok(Value::Str(text.into())),
            ValueType::Timestamp => parse_timestamp(text)
                .map(Value::Timestamp)
                .ok_or_else(|| ReadError { help: Some(timestamp_help(text)), ..mismatch() }),
            ValueType::Duration => parse_duration(text).map(Value::Duration).ok_or_else(|| ReadError {
                help: Some(String::from("write a number and `d`, `h`, `m` or `s`: `30d`")),
                ..mismatch()
            }),
            ValueType::Ip => parse_address(text).map(Value::Ip).ok_or_else(mismatch),
            ValueType::Enum(words) => match words.iter().find(|word| ***word == *text) {
                Some(word) => Ok(Value::Str(word.clone())),
                None => Err(ReadError { help: did_you_mean(text, words.iter().map(|word| &**word)), ..mismatch() }),
            },
            ValueType::Entity(ty) => {
                let entity = self.read_entity(text)?;
                if entity.ty == *ty { Ok(Value::Entity(entity)) } else { Err(mismatch()) }
            }
            ValueType::Bool | ValueType::Int | ValueType::Set(_) => Err(mismatch()),
        }
    }

    /// The entity that `type:id` names.
    ///
    /// # Errors
    /// When the text has no colon, the id is empty or holds white space or `#`, or the type is not declared.
    pub fn read_entity(&self, text: &str) -> Result<EntityName, ReadError> {
        let (type_name, id) = split_entity(text).ok_or_else(|| ReadError {
            message: format!("`{text}` is no entity"),
            help: Some(String::from("write `type:id`, the id without white space or `#`")),
        })?;
        match self.type_named(type_name) {
            Some(ty) => Ok(EntityName { ty, id: id.into() }),
            None => Err(ReadError {
                message: format!("unknown type `{type_name}`"),
                help: did_you_mean(type_name, self.types.iter().map(|info| &*info.name)),
            }),
        }
    }

    /// A value type as policy text writes it, with its article for the plain ones.
    #[must_use]
    pub fn type_text(&self, ty: &ValueType) -> String {
        match ty {
            ValueType::Bool => String::from("`true` or `false`"),
            ValueType::Int => String::from("an int"),
            ValueType::String => String::from("a string"),
            ValueType::Timestamp => String::from("a timestamp"),
            ValueType::Duration => String::from("a duration"),
            ValueType::Ip => String::from("an ip"),
            ValueType::Enum(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                format!("one of {}", words.join(", "))
            }
            ValueType::Entity(ty) => self
                .types
                .get(*ty)
                .map_or_else(String::new, |info| format!("{}, written `{}:id`", with_article(&info.name), info.name)),
            ValueType::Set(element) => format!("a list, each {}", self.type_text(element)),
        }
    }
}

/// The two halves of `type:id`, if the text is one: the id is not empty and has no white space, control character or `#`.
///
/// ```
/// use rolebook::schema::split_entity;
/// assert_eq!(split_entity("user:ana"), Some(("user", "ana")));
/// assert_eq!(split_entity("url:http://x:80"), Some(("url", "http://x:80")));
/// assert_eq!(split_entity("user:a b"), None);
/// ```
#[must_use]
pub fn split_entity(text: &str) -> Option<(&str, &str)> {
    let (type_name, id) = text.split_once(':')?;
    let sound = |part: &str| {
        // Letter by letter it takes several times as long, and most names are plain.
        let plain = part.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        plain || !part.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#')
    };
    let both = !type_name.is_empty() && !id.is_empty();
    (both && sound(type_name) && sound(id)).then_some((type_name, id))
}

impl RawValue {
    /// What it is, for messages.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Null => String::from("nothing"),
            Self::Bool(value) => format!("`{value}`"),
            Self::Int(value) => format!("`{value}`"),
            Self::String(text) => format!("\"{text}\""),
            Self::Plain(text) => format!("`{text}`"),
            Self::Duration(_) => String::from("a duration"),
            Self::List(_) => String::from("a list"),
            Self::Other(what) => String::from(*what),
        }
    }
}

impl From<&serde_json::Value> for RawValue {
    fn from(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => {
                number.as_i64().map_or(Self::Other("a number that is no 64-bit whole number"), Self::Int)
            }
            serde_json::Value::String(text) => Self::String(text.clone()),
            serde_json::Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            serde_json::Value::Object(_) => Self::Other("an object"),
        }
    }
}

impl From<&Node> for RawValue {
    fn from(node: &Node) -> Self {
        match &node.kind {
            NodeKind::Null => Self::Null,
            NodeKind::Scalar(scalar) => match scalar.style {
                ScalarStyle::Plain => Self::Plain(scalar.text.clone()),
                ScalarStyle::Quoted | ScalarStyle::Block => Self::String(scalar.text.clone()),
            },
            NodeKind::Sequence(nodes) => Self::List(nodes.iter().map(Self::from).collect()),
            NodeKind::Mapping(_) => Self::Other("a mapping"),
        }
    }
}
