//! A file as items that can be moved about and still print, where nothing was done to them, exactly as they were written.
//!
//! An [`Item`] is an entry of a mapping or an element of a list with all the text around it; the texts of all items one
//! after the other are the file. What an edit may have to reach (entities, their parents, links, roles, settings) is
//! items; any other value is one leaf, however much stands in it.

use super::habits::Habits;
use super::read::What;
use crate::index::{IndexVec, dense_id};
use std::borrow::Cow;

dense_id! {
    /// An item of a [`Sheet`].
    #[expect(unreachable_pub, reason = "ids are declared by one macro, and this one stays in this room")]
    ItemId
}

/// A piece of the file, or what an edit put in its place.
pub(super) type Text<'t> = Cow<'t, str>;

/// An entry of a mapping or an element of a list; the whole document is one too.
#[derive(Debug, Default)]
pub(super) struct Item<'t> {
    /// What it stands in; nothing for the document.
    pub(super) parent: Option<ItemId>,
    /// In a block the lines above and the indentation; in brackets all that follows the comma before.
    pub(super) before: Text<'t>,
    /// What the key says; nothing in a list.
    pub(super) name: Box<str>,
    /// The key as written.
    pub(super) key: Text<'t>,
    /// From the key to the value, or the dash: `: `, `- `. For a block below a key this goes up to the end of the line.
    pub(super) mark: Text<'t>,
    pub(super) value: Value<'t>,
    /// What the value says, where it is a single one that names something: a parent, a policy, a subject.
    pub(super) said: Box<str>,
    /// Whether the value is a leaf that is a mapping on lines of its own, for a single subject with its bounds.
    pub(super) lines: bool,
    /// In a block the rest of the line with its break; in brackets what stands before the comma.
    pub(super) after: Text<'t>,
    /// In brackets a comment behind the comma.
    pub(super) trail: Text<'t>,
}

/// What stands behind a key or a dash.
#[derive(Debug)]
pub(super) enum Value<'t> {
    /// Text that is not looked into; empty for nothing.
    Leaf(Text<'t>),
    /// Items.
    Items(Items<'t>),
}

/// The items of a mapping or a list.
#[derive(Debug)]
pub(super) struct Items<'t> {
    pub(super) list: bool,
    pub(super) style: Style,
    pub(super) items: Vec<ItemId>,
    /// What follows the last item: lines of comments in a block, else what stands before the closing bracket.
    pub(super) close: Text<'t>,
}

/// How items are held together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    /// Each on lines of its own, this far from the edge.
    Block { indent: usize },
    /// In brackets; `comma` says that the last is followed by a comma as well.
    Flow { comma: bool },
}

impl Default for Value<'_> {
    fn default() -> Self {
        Self::Leaf(Text::default())
    }
}

/// A file as items.
#[derive(Debug)]
pub(super) struct Sheet<'t> {
    pub(super) items: IndexVec<ItemId, Item<'t>>,
    pub(super) root: ItemId,
    pub(super) what: What,
    pub(super) habits: Habits,
    /// Whether the last line had no break, so that it gets none.
    pub(super) open_end: bool,
}

impl<'t> Sheet<'t> {
    /// The items in the value of one; none where it is no mapping or list.
    pub(super) fn children(&self, item: ItemId) -> &[ItemId] {
        self.held(item).map_or(&[], |held| &held.items)
    }

    /// The value as a mapping or list.
    pub(super) fn held(&self, item: ItemId) -> Option<&Items<'t>> {
        match &self.items[item].value {
            Value::Items(items) => Some(items),
            Value::Leaf(_) => None,
        }
    }

    pub(super) fn held_mut(&mut self, item: ItemId) -> Option<&mut Items<'t>> {
        match &mut self.items[item].value {
            Value::Items(items) => Some(items),
            Value::Leaf(_) => None,
        }
    }

    /// The entry of a mapping by its key.
    pub(super) fn child(&self, item: ItemId, name: &str) -> Option<ItemId> {
        self.children(item).iter().copied().find(|&child| *self.items[child].name == *name)
    }

    /// Where an item stands among those beside it.
    pub(super) fn position(&self, item: ItemId) -> Option<(ItemId, usize)> {
        let parent = self.items[item].parent?;
        Some((parent, self.children(parent).iter().position(|&child| child == item)?))
    }

    /// Whether an item stands in brackets.
    pub(super) fn in_flow(&self, item: ItemId) -> bool {
        let parent = self.items[item].parent.and_then(|parent| self.held(parent));
        match parent {
            Some(held) => matches!(held.style, Style::Flow { .. }),
            None => self.habits.json,
        }
    }

    /// How many mappings and lists an item stands in.
    pub(super) fn depth(&self, item: ItemId) -> usize {
        std::iter::successors(self.items[item].parent, |&at| self.items[at].parent).count()
    }

    /// How far an item that stands in a block is from the edge.
    pub(super) fn indent(&self, item: ItemId) -> usize {
        match self.items[item].parent.and_then(|parent| self.held(parent)).map(|held| held.style) {
            Some(Style::Block { indent }) => indent,
            _ => 0,
        }
    }

    /// The text.
    pub(super) fn print(&self) -> String {
        let mut out = String::new();
        self.print_item(self.root, false, &mut out);
        if self.open_end && out.ends_with('\n') {
            out.truncate(out.len() - if out.ends_with("\r\n") { 2 } else { 1 });
        }
        out
    }

    /// Nesting has a limit that the reading keeps, so this may call itself.
    fn print_item(&self, item: ItemId, comma: bool, out: &mut String) {
        let item = &self.items[item];
        out.push_str(&item.before);
        out.push_str(&item.key);
        out.push_str(&item.mark);
        match &item.value {
            Value::Leaf(text) => out.push_str(text),
            Value::Items(held) => {
                let brackets = match (held.style, held.list) {
                    (Style::Block { .. }, _) => ["", ""],
                    (Style::Flow { .. }, true) => ["[", "]"],
                    (Style::Flow { .. }, false) => ["{", "}"],
                };
                out.push_str(brackets[0]);
                let last = held.items.len().saturating_sub(1);
                for (at, &child) in held.items.iter().enumerate() {
                    let comma = match held.style {
                        Style::Block { .. } => false,
                        Style::Flow { comma } => comma || at < last,
                    };
                    self.print_item(child, comma, out);
                }
                out.push_str(&held.close);
                out.push_str(brackets[1]);
            }
        }
        out.push_str(&item.after);
        if comma {
            out.push(',');
        }
        out.push_str(&item.trail);
    }
}
