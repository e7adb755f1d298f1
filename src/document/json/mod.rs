//! Values in a line of JSON, each with its place, read no deeper than is asked for.
//!
//! For files of so many lines that making nodes of each would be most of the work. A [`JsonValue`] is the letters of a
//! value, borrowed from the line and known to be well formed; taking it apart gives the letters of its parts. What is
//! taken apart to its depth pays for each level anew, so that is for what is shallow, or small: [`JsonValue::node`].

mod fault;
mod line;
mod node;
mod value;

pub use fault::JsonFault;
pub use line::JsonLine;
pub use value::{JsonMember, JsonMembers, JsonValue};
