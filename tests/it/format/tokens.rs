//! Policy text cut into words and marks without the engine's reader, and put together again with anything between.

use crate::generate::Choices;

/// The words, marks and texts of a policy text, comments left out.
pub(super) fn tokens(text: &str) -> Vec<&str> {
    let mut tokens: Vec<&str> = Vec::new();
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some(first) = rest.chars().next() {
        let word = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        let length = match first {
            ' ' | '\t' | '\r' | '\n' => {
                rest = &rest[1..];
                continue;
            }
            '#' => {
                rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
                continue;
            }
            '"' => quoted(rest),
            '-' => 1 + word(&rest[1..]),
            '=' | '!' | '<' | '>' if rest[1..].starts_with('=') => 2,
            _ if first.is_alphanumeric() || first == '_' => {
                let length = word(rest);
                // Nothing may stand within an entity.
                match rest[length..].strip_prefix(':') {
                    Some(id) if tokens.last() == Some(&"in") && id.starts_with('"') => length + 1 + quoted(id),
                    Some(id) if tokens.last() == Some(&"in") => {
                        length + 1 + id.find(|c: char| c.is_whitespace() || "#,{}()".contains(c)).unwrap_or(id.len())
                    }
                    _ => length,
                }
            }
            _ => 1,
        };
        tokens.push(&rest[..length]);
        rest = &rest[length..];
    }
    tokens
}

fn quoted(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|&(_, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

/// The comments of a policy text, in order, without white space at their ends.
pub(super) fn comments(text: &str) -> Vec<&str> {
    let mut comments = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['#', '"']) {
        rest = &rest[at..];
        let length = if rest.starts_with('"') {
            quoted(rest)
        } else {
            let end = rest.find('\n').unwrap_or(rest.len());
            comments.push(rest[..end].trim_end());
            end
        };
        rest = &rest[length..];
    }
    comments
}

/// The tokens with random white space and comments between; `comments` of a hundred gaps have some.
pub(super) fn strewn(tokens: &[&str], choices: &mut Choices<'_>, comments: usize) -> String {
    let mut text = String::new();
    let mut number = 0;
    let mut comment = |choices: &mut Choices<'_>| {
        number += 1;
        let mark = choices.copy_pick(&["#", "# ", "## ", "##", "###", "#  ", "# \""]);
        format!("{mark}{number}{}\n", choices.copy_pick(&["", "", " ", " with words\t"]))
    };
    for (at, token) in tokens.iter().enumerate() {
        let previous = at.checked_sub(1).map_or("", |before| tokens[before]);
        let apart = needs_space(previous, token);
        if choices.chance(comments) {
            for _ in 0..choices.between(1, 3) {
                text.push_str(choices.copy_pick(&[" ", "\n", "\n\n", "\n \n\n", "\n  ", "\t"]));
                text.push_str(&comment(choices));
            }
            text.push_str(choices.copy_pick(&["", "\n", "  ", "\n\n\n"]));
        } else {
            let gaps: &[&str] =
                if apart { &[" ", "\n", "\n\n", "   ", "\r\n"] } else { &["", " ", "", "\n", "\n\n\n"] };
            text.push_str(choices.copy_pick(gaps));
        }
        text.push_str(token);
    }
    if choices.chance(50) {
        text.push_str(&format!(" {}", comment(choices)));
    }
    text
}

/// Whether two tokens would be read as others if nothing stood between them.
fn needs_space(one: &str, other: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let (last, first) = (one.chars().last().unwrap_or(' '), other.chars().next().unwrap_or(' '));
    let entity = one.contains(':') && one.len() > 1 && !one.starts_with('"');
    "=<>!".contains(last) || "=-".contains(first) || entity || word(last) && word(first)
}
