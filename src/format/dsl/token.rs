//! The words and marks of a policy text, each with the comments around it.
//!
//! A comment is held by one of two tokens: by the one before it, where it stands on that one's line, else by the one after
//! it. Both stay so when the text is laid out anew, so that laying it out once more changes nothing.

/// A word, a mark, a text, or the end of the file.
#[derive(Debug)]
pub(in crate::format) struct Token<'t> {
    pub(in crate::format) text: &'t str,
    /// Where it begins; nothing for a comma that the text does not have.
    pub(in crate::format) start: Option<usize>,
    /// The comments on lines of their own before it.
    pub(in crate::format) before: Vec<Comment<'t>>,
    /// The comment behind it on its line.
    pub(in crate::format) after: Option<&'t str>,
    /// Whether an empty line stands right before it, below its comments.
    pub(in crate::format) blank: bool,
    /// What may become of it.
    pub(in crate::format) role: Role,
}

/// What a token is to the layout.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::format) enum Role {
    /// It stays as it is.
    Fixed,
    /// A comma between two elements, which a comment on the line of the first follows.
    Separator,
    /// A comma that may stand behind the last element: it does where each element has a line of its own.
    Trailing,
    /// A comma that may stand between two elements: it does where they share a line.
    Joining,
}

/// A comment on a line of its own.
#[derive(Debug)]
pub(in crate::format) struct Comment<'t> {
    /// From `#` on, without the white space at its end.
    pub(in crate::format) text: &'t str,
    /// Whether an empty line stands before it.
    pub(in crate::format) blank: bool,
}

impl Token<'_> {
    /// Whether a comment goes with it.
    pub(super) fn is_commented(&self) -> bool {
        !self.before.is_empty() || self.after.is_some()
    }
}

/// The tokens of a text, as they are found.
#[derive(Debug, Default)]
pub(in crate::format) struct Tokens<'t> {
    text: &'t str,
    /// Where the last token ended.
    end: usize,
    all: Vec<Token<'t>>,
}

impl<'t> Tokens<'t> {
    /// None yet, of a text that is looked at from a byte on.
    pub(super) const fn of(text: &'t str, from: usize) -> Self {
        Self { text, end: from, all: Vec::new() }
    }

    /// The next token, which stands at these bytes.
    pub(super) fn push(&mut self, start: usize, end: usize, role: Role) -> usize {
        let mut token = Token {
            text: self.text.get(start..end).unwrap_or(""),
            start: Some(start),
            before: Vec::new(),
            after: None,
            blank: false,
            role,
        };
        let between = self.text.get(self.end..start).unwrap_or("");
        for (at, line) in between.split('\n').enumerate() {
            let words = line.trim_matches([' ', '\t', '\r']);
            // The first piece is the rest of a line, except at the beginning of the text.
            if at == 0
                && let Some(last) = self.all.last_mut()
            {
                last.after = words.starts_with('#').then_some(words);
            } else if words.starts_with('#') {
                token.before.push(Comment { text: words, blank: token.blank });
                token.blank = false;
            } else if at > 0 && at < between.matches('\n').count() {
                token.blank = true;
            }
        }
        self.end = end;
        self.all.push(token);
        self.all.len() - 1
    }

    /// A comma that the text does not have.
    pub(super) fn comma(&mut self, role: Role) -> usize {
        self.all.push(Token { text: ",", start: None, before: Vec::new(), after: None, blank: false, role });
        self.all.len() - 1
    }

    /// All tokens, comments on the side of the commas that they are to be on.
    pub(super) fn finish(mut self) -> Vec<Token<'t>> {
        for at in 1..self.all.len() {
            let Some([element, comma]) =
                self.all.get_mut(at - 1..=at).and_then(|pair| <&mut [_; 2]>::try_from(pair).ok())
            else {
                continue;
            };
            match comma.role {
                Role::Separator | Role::Trailing if !comma.is_commented() => comma.after = element.after.take(),
                Role::Joining if element.after.is_none() && comma.before.is_empty() => {
                    element.after = comma.after.take()
                }
                _ => {}
            }
        }
        self.all
    }
}
