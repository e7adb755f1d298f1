//! Texts and places in them: files, byte spans, line and column positions.
//!
//! This room knows nothing of languages. A [`Span`] is a byte range of one file of a [`SourceMap`]; everything a person
//! is told about is a span first and becomes a line and a column only when it is shown.

mod map;
mod outline;
mod shifts;
mod span;
mod text;

pub use map::SourceMap;
pub use outline::{Outline, OutlineParts};
pub use shifts::Shifts;
pub use span::{FileId, Span, Spanned};
pub use text::{HeldLines, Position, Source};
