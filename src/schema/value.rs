//! The values of attributes, settings and context, and their types.

use super::{Schema, TypeId};
use ipnet::IpNet;
use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use std::fmt;
use std::net::IpAddr;

/// The type of a value, apart from whether it may be absent.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ValueType {
    /// `true` or `false`.
    Bool,
    /// A 64-bit signed integer.
    Int,
    /// Text.
    String,
    /// A moment, in milliseconds since 1970 UTC.
    Timestamp,
    /// A length of time, in milliseconds.
    Duration,
    /// An IPv4 or IPv6 address.
    Ip,
    /// One of the given words, in the order written.
    Enum(Vec<Box<str>>),
    /// An entity of this type.
    Entity(TypeId),
    /// A set of values of one type, never of sets.
    Set(Box<ValueType>),
}

impl ValueType {
    /// The type as policy text, such as `set<string>`.
    #[must_use]
    pub fn text(&self, schema: &Schema) -> String {
        match self {
            Self::Bool => String::from("bool"),
            Self::Int => String::from("int"),
            Self::String => String::from("string"),
            Self::Timestamp => String::from("timestamp"),
            Self::Duration => String::from("duration"),
            Self::Ip => String::from("ip"),
            Self::Enum(words) => words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(" | "),
            Self::Entity(ty) => schema.types.get(*ty).map_or_else(String::new, |info| info.name.to_string()),
            Self::Set(of) => format!("set<{}>", of.text(schema)),
        }
    }
}

/// An entity by name, `type:id`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct EntityName {
    /// Its type.
    pub ty: TypeId,
    /// Its id: not empty, without white space or `#`.
    pub id: Box<str>,
}

impl EntityName {
    /// `type:id`.
    #[must_use]
    pub fn text(&self, schema: &Schema) -> String {
        format!("{}:{}", schema.types.get(self.ty).map_or("", |info| &info.name), self.id)
    }
}

/// A value that stands on its own: a literal, a default, a constant. The order is of use among values of one type.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Value {
    /// A `bool`.
    Bool(bool),
    /// An `int`.
    Int(i64),
    /// A `string` or a word of an enumeration.
    Str(Box<str>),
    /// A `timestamp`, in milliseconds since 1970 UTC.
    Timestamp(i64),
    /// A `duration`, in milliseconds.
    Duration(i64),
    /// An `ip`.
    Ip(IpAddr),
    /// An address range, the right side of `ip in "10.0.0.0/8"`.
    IpRange(IpNet),
    /// An entity.
    Entity(EntityName),
    /// A set.
    Set(Vec<Value>),
}

/// How the values of one setting on the way down are combined.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MergeWord {
    /// The nearest value wins.
    Overrides,
    /// A set: the intersection.
    Narrows,
    /// A set: the union.
    Widens,
    /// The smallest value wins.
    AtMost,
    /// The largest value wins.
    AtLeast,
    /// The value set farthest up wins.
    Locks,
}

impl MergeWord {
    /// The words as written in policy text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overrides => "overrides",
            Self::Narrows => "narrows",
            Self::Widens => "widens",
            Self::AtMost => "at most",
            Self::AtLeast => "at least",
            Self::Locks => "locks",
        }
    }
}

impl fmt::Display for MergeWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Milliseconds since 1970 UTC of an ISO 8601 text with a zone, such as `2026-12-31T00:00:00Z`.
///
/// `None` when the text is no such moment; a text without a zone is none.
///
/// ```
/// assert_eq!(rolebook::schema::parse_timestamp("1970-01-01T00:00:01Z"), Some(1_000));
/// assert_eq!(rolebook::schema::parse_timestamp("1970-01-01T00:00:01"), None);
/// assert_eq!(rolebook::schema::parse_timestamp("9999-12-31T23:59:59Z"), Some(253_402_300_799_000));
/// ```
#[must_use]
pub fn parse_timestamp(text: &str) -> Option<i64> {
    // Not by jiff's own moments: they end a day before the last one that can be written, and that one stands for ever.
    let pieces = Pieces::parse(text).ok()?;
    let offset = pieces.offset()?.to_numeric_offset();
    let local = pieces.date().to_datetime(pieces.time()?).duration_since(EPOCH);
    i64::try_from(local.as_millis()).ok()?.checked_sub(i64::from(offset.seconds()) * 1_000)
}

/// What to do about a text that is no moment: how one is written, or that there is no such day.
#[must_use]
pub(crate) fn timestamp_help(text: &str) -> String {
    no_such_day(text).unwrap_or_else(|| String::from("write an ISO time with a zone: `2026-12-31T00:00:00Z`"))
}

/// That a month has no such day, where the text is a moment but for its day.
///
/// ```
/// let told = rolebook::schema::no_such_day("2027-06-31T00:00:00Z");
/// assert_eq!(told.as_deref(), Some("there is no such day: 2027-06 has 30 days"));
/// ```
#[must_use]
pub fn no_such_day(text: &str) -> Option<String> {
    let (month, day, rest) = (text.get(..7)?, text.get(8..10)?, text.get(10..)?);
    let is_there = |day: u8| parse_timestamp(&format!("{month}-{day:02}{rest}")).is_some();
    let last =
        (28..=31).rev().find(|&last| is_there(last)).filter(|_| day.bytes().all(|byte| byte.is_ascii_digit()))?;
    (text.get(7..8) == Some("-")).then(|| format!("there is no such day: {month} has {last} days"))
}

/// A moment in ISO form, in UTC; the reverse of [`parse_timestamp`].
///
/// ```
/// assert_eq!(rolebook::schema::timestamp_text(253_402_300_799_000), "9999-12-31T23:59:59Z");
/// ```
#[must_use]
pub fn timestamp_text(at: i64) -> String {
    let date = EPOCH.checked_add(SignedDuration::from_millis(at));
    date.map_or_else(|_| format!("{at} ms"), |date| format!("{date}Z"))
}

/// The beginning of 1970.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// The address that a text names. An IPv4 address is one and the same in its IPv6 form, `::ffff:10.0.0.1`: which form a
/// server sees depends on how it listens, and no rule should depend on that.
///
/// ```
/// assert_eq!(rolebook::schema::parse_address("::ffff:10.0.0.1"), rolebook::schema::parse_address("10.0.0.1"));
/// ```
#[must_use]
pub fn parse_address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// The range of addresses that a text names; a single address is a range of one. Forms are one as in [`parse_address`].
///
/// ```
/// use rolebook::schema::parse_address_range;
///
/// assert_eq!(parse_address_range("::ffff:10.0.0.0/104"), parse_address_range("10.0.0.0/8"));
/// assert_eq!(parse_address_range("10.0.0.0/33"), None);
/// ```
#[must_use]
pub fn parse_address_range(text: &str) -> Option<IpNet> {
    let range = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    let mapped = match range {
        IpNet::V6(range) => range.addr().to_ipv4_mapped().zip(range.prefix_len().checked_sub(96)),
        IpNet::V4(_) => None,
    };
    match mapped {
        Some((address, length)) => IpNet::new(address.into(), length).ok(),
        None => Some(range),
    }
}

/// Milliseconds of a duration literal: a whole number and one of `d`, `h`, `m`, `s`.
///
/// ```
/// assert_eq!(rolebook::schema::parse_duration("12h"), Some(12 * 60 * 60 * 1_000));
/// assert_eq!(rolebook::schema::parse_duration("12"), None);
/// ```
#[must_use]
pub fn parse_duration(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let seconds = match unit {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        's' => 1,
        _ => return None,
    };
    let digits = text.get(..text.len() - 1)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse::<i64>().ok()?.checked_mul(seconds)?.checked_mul(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_there_is_not_is_told_from_another_form() {
        let told = |text| no_such_day(text).unwrap_or_default();
        assert_eq!(told("2027-06-31T00:00:00Z"), "there is no such day: 2027-06 has 30 days");
        assert_eq!(told("2027-02-29T12:30:00+02:00"), "there is no such day: 2027-02 has 28 days");
        assert_eq!(told("2028-02-30T00:00:00Z"), "there is no such day: 2028-02 has 29 days");
        for other in ["2027-06-31", "2027-13-01T00:00:00Z", "2027-06-xxT00:00:00Z", "yesterday", "", "ääääääääääää"]
        {
            assert_eq!(no_such_day(other), None, "{other}");
        }
    }
}
