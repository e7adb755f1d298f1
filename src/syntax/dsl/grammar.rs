//! The parser that pest derives from `grammar/rolebook.pest`, and what else of the grammar the other files ask for.
//!
//! Nothing here knows what a piece of text means or how an error is told.

use pest::Parser as _;
use pest::iterators::{Pair, Pairs};

pub(crate) use derived::Rule;

/// A piece of text that one rule of the grammar read.
pub(crate) type Piece<'t> = Pair<'t, Rule>;

/// What pest says where a text does not fit.
pub(crate) type Refusal = pest::error::Error<Rule>;

/// pest writes `pub` items without comments; they stay in here.
#[allow(missing_docs, unreachable_pub)]
mod derived {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/rolebook.pest"]
    pub(super) struct Grammar;
}

/// Reads `text` from its start by one rule. A rule whose name begins with `only_` must use up the whole text.
///
/// # Errors
/// pest's account of the farthest place that reading came to.
pub(crate) fn read(rule: Rule, text: &str) -> Result<Pairs<'_, Rule>, Box<Refusal>> {
    derived::Grammar::parse(rule, text).map_err(Box::new)
}

/// Whether a word belongs to the language.
pub(super) fn is_reserved(word: &str) -> bool {
    read(Rule::only_reserved, word).is_ok()
}
