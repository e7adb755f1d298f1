//! A YAML document as items with their comments, ready to be laid out.

/// A comment on a line of its own.
#[derive(Clone, Debug)]
pub(in crate::format) struct Comment {
    /// From `#` on.
    pub(in crate::format) text: String,
    /// Whether an empty line stands before it.
    pub(in crate::format) blank: bool,
}

/// An entry of a mapping or an element of a list.
#[derive(Clone, Debug, Default)]
pub(in crate::format) struct Item {
    /// The comments above it.
    pub(in crate::format) before: Vec<Comment>,
    /// Whether an empty line stands right before it, below its comments.
    pub(in crate::format) blank: bool,
    /// The key as it is to be written; nothing in a list.
    pub(in crate::format) key: Option<String>,
    /// What stands behind the key or the dash.
    pub(in crate::format) value: Value,
    /// The comment on the line of the key or the dash.
    pub(in crate::format) after: Option<String>,
}

/// What an item holds.
#[derive(Clone, Debug)]
pub(in crate::format) enum Value {
    /// Nothing, as it is written, and comments in its place.
    Null(String, Vec<Comment>),
    /// A single value by its lines, all but the first of which are indented.
    Scalar(Vec<String>),
    /// A text in a block: the mark it begins with, and its lines.
    Block(String, Vec<String>),
    /// A mapping or a list.
    Items(Items),
}

impl Default for Value {
    fn default() -> Self {
        Self::Null(String::new(), Vec::new())
    }
}

/// The items of a mapping or a list.
#[derive(Clone, Debug, Default)]
pub(in crate::format) struct Items {
    /// Whether they are a list.
    pub(in crate::format) list: bool,
    /// Whether they stand in brackets, on one line if they have room there.
    pub(in crate::format) flow: bool,
    pub(in crate::format) items: Vec<Item>,
    /// The comments behind the last.
    pub(in crate::format) tail: Vec<Comment>,
}

/// A document.
#[derive(Clone, Debug, Default)]
pub(in crate::format) struct Document {
    /// The comments above a mark that the document begins; nothing where there is no such mark.
    pub(in crate::format) marked: Option<Vec<Comment>>,
    /// What stands in it, as an item without a key.
    pub(in crate::format) root: Item,
    /// The comments at the end.
    pub(in crate::format) tail: Vec<Comment>,
}
