//! From items to text.

use super::super::STEP;
use super::sheet::{Comment, Document, Item, Items, Value};

/// What stands in brackets is put on one line where that is no longer than this. Tests and directories are tables in all but
/// name, and a row that is spread makes its neighbours harder to compare.
const WIDTH: usize = 120;

/// The text of a document.
pub(in crate::format) fn print(document: &Document) -> String {
    let mut printer = Printer { out: String::new() };
    if let Some(above) = &document.marked {
        printer.comments(above, 0, false);
        printer.out.push_str("---\n");
    }
    printer.comments(&document.root.before, 0, false);
    match &document.root.value {
        Value::Items(held) if !is_on_one_line(held, 0) => {
            if let Some(after) = &document.root.after {
                printer.out.push_str(&format!("{after}\n"));
            }
            printer.items(held, 0, false);
        }
        _ => printer.inline(&document.root, 0),
    }
    printer.comments(&document.tail, 0, true);
    printer.out
}

struct Printer {
    out: String,
}

impl Printer {
    /// Comments on lines of their own. The first has an empty line before it only where `kept` says so.
    fn comments(&mut self, comments: &[Comment], indent: usize, kept: bool) {
        for (at, comment) in comments.iter().enumerate() {
            if comment.blank && (kept || at > 0) {
                self.empty_line();
            }
            self.out.push_str(&format!("{:indent$}{}\n", "", comment.text));
        }
    }

    /// Items, each on lines of its own. The first goes on behind a dash, if it is `begun`.
    fn items(&mut self, held: &Items, indent: usize, begun: bool) {
        for (at, item) in held.items.iter().enumerate() {
            if !(begun && at == 0) {
                self.comments(&item.before, indent, at > 0);
                if item.blank && (at > 0 || !item.before.is_empty()) {
                    self.empty_line();
                }
                self.out.extend(std::iter::repeat_n(' ', indent));
            }
            match &item.key {
                Some(key) => {
                    self.out.push_str(key);
                    self.out.push(':');
                }
                None => self.out.push('-'),
            }
            self.value(item, indent);
        }
        self.comments(&held.tail, indent, !held.items.is_empty());
    }

    /// What stands behind a key or a dash, up to the end of its last line.
    fn value(&mut self, item: &Item, indent: usize) {
        let column = indent + item.key.as_ref().map_or(1, |key| key.chars().count() + 1) + 1;
        let Value::Items(held) = &item.value else {
            if !matches!(&item.value, Value::Null(text, _) if text.is_empty()) {
                self.out.push(' ');
            }
            return self.inline(item, indent);
        };
        if is_on_one_line(held, column) {
            self.out.push(' ');
            return self.inline(item, indent);
        }
        let first = held.items.first();
        let begins_here =
            item.key.is_none() && item.after.is_none() && first.is_some_and(|first| first.before.is_empty());
        if begins_here {
            self.out.push(' ');
        } else {
            self.end_line(item.after.as_deref());
        }
        self.items(held, indent + STEP, begins_here);
    }

    /// A value that begins on the line so far.
    fn inline(&mut self, item: &Item, indent: usize) {
        let inner = indent + STEP;
        match &item.value {
            Value::Null(text, comments) => {
                self.out.push_str(text);
                self.end_line(item.after.as_deref());
                self.comments(comments, inner, false);
            }
            Value::Scalar(lines) => {
                for (at, line) in lines.iter().enumerate() {
                    match at {
                        0 => self.out.push_str(line),
                        _ if line.is_empty() => self.out.push('\n'),
                        _ => self.out.push_str(&format!("\n{:inner$}{line}", "")),
                    }
                }
                self.end_line(item.after.as_deref());
            }
            Value::Block(mark, lines) => {
                self.out.push_str(mark);
                self.end_line(item.after.as_deref());
                for line in lines {
                    if line.is_empty() {
                        self.out.push('\n');
                    } else {
                        self.out.push_str(&format!("{:inner$}{line}\n", ""));
                    }
                }
            }
            Value::Items(held) => {
                self.out.push_str(&on_one_line(held));
                self.end_line(item.after.as_deref());
            }
        }
    }

    /// An empty line, unless there is one: those at the end of a text in a block may be part of it.
    fn empty_line(&mut self) {
        if !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn end_line(&mut self, comment: Option<&str>) {
        if let Some(comment) = comment {
            self.out.push_str("  ");
            self.out.push_str(comment);
        }
        self.out.push('\n');
    }
}

/// Whether items are to be put on one line, which begins at a column.
fn is_on_one_line(held: &Items, column: usize) -> bool {
    if held.items.is_empty() && held.tail.is_empty() {
        return true;
    }
    can_be_on_one_line(held) && column + on_one_line(held).chars().count() <= WIDTH
}

fn can_be_on_one_line(held: &Items) -> bool {
    held.flow
        && held.tail.is_empty()
        && held.items.iter().all(|item| {
            item.before.is_empty()
                && item.after.is_none()
                && match &item.value {
                    Value::Null(_, comments) => comments.is_empty(),
                    Value::Scalar(lines) => lines.len() == 1,
                    Value::Block(..) => false,
                    Value::Items(held) => can_be_on_one_line(held),
                }
        })
}

/// Items in brackets.
fn on_one_line(held: &Items) -> String {
    let parts: Vec<String> = held
        .items
        .iter()
        .map(|item| {
            let value = match &item.value {
                Value::Null(text, _) => text.clone(),
                Value::Scalar(lines) | Value::Block(_, lines) => lines.join(" "),
                Value::Items(held) => on_one_line(held),
            };
            match &item.key {
                // Some readers take a comma right behind the colon for a part of the key.
                Some(key) => format!("{key}: {value}"),
                None => value,
            }
        })
        .collect();
    match (held.list, parts.is_empty()) {
        (true, _) => format!("[{}]", parts.join(", ")),
        (false, true) => String::from("{}"),
        (false, false) => format!("{{ {} }}", parts.join(", ").trim_end()),
    }
}
