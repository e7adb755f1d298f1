//! Values in words, as policy and directory texts write them.

use super::{Schema, Value, timestamp_text};

impl Value {
    /// The value with its set sorted, each element once, so that equal sets are equal values.
    #[must_use]
    pub fn canonical(self) -> Self {
        match self {
            Self::Set(mut elements) => {
                elements.sort_unstable();
                elements.dedup();
                Self::Set(elements)
            }
            single => single,
        }
    }

    /// The value as a text writes it: quotes only where they are needed.
    ///
    /// ```
    /// use rolebook::schema::{Schema, Value};
    ///
    /// let queues = Value::Set(vec![Value::Str("gpu".into()), Value::Str("two words".into())]);
    /// assert_eq!(queues.text(&Schema::default()), r#"[gpu, "two words"]"#);
    /// assert_eq!(Value::Duration(86_400_000).text(&Schema::default()), "1d");
    /// ```
    #[must_use]
    pub fn text(&self, schema: &Schema) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Str(text) => quoted(text),
            Self::Timestamp(at) => timestamp_text(*at),
            Self::Duration(length) => duration_text(*length),
            Self::Ip(address) => address.to_string(),
            Self::IpRange(range) => range.to_string(),
            Self::Entity(name) => quoted(&name.text(schema)),
            Self::Set(values) => {
                let values: Vec<String> = values.iter().map(|value| value.text(schema)).collect();
                format!("[{}]", values.join(", "))
            }
        }
    }

    /// As [`Value::text`], but of a large set only the beginning, and how much more there is.
    ///
    /// ```
    /// use rolebook::schema::{Schema, Value};
    ///
    /// let many = Value::Set((0..100).map(Value::Int).collect());
    /// assert_eq!(many.brief(&Schema::default()), "[0, 1, 2, 3, 4, 5, 6, 7, and 92 more]");
    /// ```
    #[must_use]
    pub fn brief(&self, schema: &Schema) -> String {
        match self {
            Self::Set(values) => format!("[{}]", brief_list(values, schema)),
            single => single.text(schema),
        }
    }
}

/// The first few values, and how many more there are.
pub(crate) fn brief_list(values: &[Value], schema: &Schema) -> String {
    let mut shown: Vec<String> = values.iter().take(SHOWN).map(|value| value.text(schema)).collect();
    if values.len() > SHOWN {
        shown.push(format!("and {} more", values.len() - SHOWN));
    }
    shown.join(", ")
}

/// How many elements of a set are shown where space is scarce.
const SHOWN: usize = 8;

/// A text, in quotes where it would otherwise run into what stands around it or pass for another kind of value.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/' | '@' | '+');
    let numeral = text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    if !text.is_empty() && text.chars().all(plain) && !numeral && !matches!(text, "true" | "false" | "any" | "null") {
        text.to_owned()
    } else {
        format!("{text:?}")
    }
}

/// A duration in its largest whole unit; the reverse of [`parse_duration`](super::parse_duration).
///
/// ```
/// assert_eq!(rolebook::schema::duration_text(90 * 60 * 1_000), "90m");
/// ```
#[must_use]
pub fn duration_text(milliseconds: i64) -> String {
    let seconds = milliseconds / 1_000;
    for (unit, length) in [("d", 86_400), ("h", 3_600), ("m", 60)] {
        if seconds != 0 && seconds % length == 0 {
            return format!("{}{unit}", seconds / length);
        }
    }
    format!("{seconds}s")
}
