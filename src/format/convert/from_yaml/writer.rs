//! Policy text as it is put together: words and comments, each on lines of its own.

use crate::format::yaml::sheet::{Comment, Item};
use crate::syntax::ast::LiteralKind;

/// A text in the making.
#[derive(Default)]
pub(super) struct Writer {
    out: String,
}

impl Writer {
    /// The text.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Words, and the end of a line: a text of several lines may end in a comment.
    pub(super) fn words(&mut self, words: &str) {
        self.out.push_str(words);
        self.out.push('\n');
    }

    /// An empty line before what follows, for a declaration.
    pub(super) fn separate(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// What stands above an item.
    pub(super) fn open(&mut self, item: &Item) {
        self.comments(&item.before);
        if item.blank {
            self.separate();
        }
    }

    /// The comment behind an item, and those in the place of its value.
    pub(super) fn close(&mut self, item: &Item) {
        self.behind(item.after.as_deref());
        self.comments(super::tail(&item.value));
    }

    /// Comments on lines of their own.
    pub(super) fn comments(&mut self, comments: &[Comment]) {
        for comment in comments {
            if comment.blank {
                self.separate();
            }
            self.comment(Some(&comment.text));
        }
    }

    /// A comment on a line of its own. One that begins with two marks would document what follows.
    pub(super) fn comment(&mut self, comment: Option<&str>) {
        let Some(comment) = comment else { return };
        let comment = match comment.strip_prefix("##") {
            Some(rest) if !rest.starts_with('#') => format!("#{rest}"),
            _ => comment.to_owned(),
        };
        self.words(&comment);
    }

    /// A comment behind the words so far.
    pub(super) fn behind(&mut self, comment: Option<&str>) {
        let Some(comment) = comment else { return };
        match self.out.strip_suffix('\n').map(str::len) {
            // Behind a comment it would be a part of that.
            Some(end) if !self.out.get(..end).unwrap_or("").rsplit('\n').next().unwrap_or("").contains('#') => {
                self.out.truncate(end);
                self.words(&format!("  {comment}"));
            }
            _ => self.comment(Some(comment)),
        }
    }

    /// A doc comment.
    pub(super) fn doc(&mut self, text: Option<&str>) {
        for line in text.into_iter().flat_map(|text| text.trim_end().trim_start_matches('\n').split('\n')) {
            self.words(format!("## {line}").trim_end());
        }
    }
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    LiteralKind::String(text.to_owned()).to_string()
}

/// An entity, its id in quotes where it holds what ends an id.
pub(super) fn entity(text: &str) -> String {
    match text.split_once(':') {
        Some((name, id)) if id.contains([',', '{', '}', '(', ')']) || id.starts_with('\'') => {
            format!("{name}:{}", quoted(id))
        }
        _ => text.to_owned(),
    }
}
