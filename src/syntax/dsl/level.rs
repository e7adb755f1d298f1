//! The kinds of parts that a broken text is read by: which rule reads one, what it may begin with, what may follow.

use super::grammar::Rule;
use super::outline::wants_more;
use super::scan::{Kind, Scan};
use super::wording::near_word;

/// One kind of part.
pub(super) struct Level {
    /// The rule that reads one and lets text follow.
    pub(super) rule: Rule,
    /// The rule that reads one and nothing else.
    pub(super) only: Rule,
    /// What is expected where one begins.
    pub(super) what: &'static str,
    /// The words that one may begin with.
    pub(super) words: &'static [&'static str],
    /// The words that begin what stands elsewhere, and is often put here.
    pub(super) misplaced: &'static [&'static str],
    /// The words that may follow one, apart from those that begin the next of its kind.
    pub(super) after: &'static [&'static str],
    /// What its end is called.
    pub(super) end: &'static str,
    /// Whether one may begin in the middle of a line.
    pub(super) inline: bool,
    /// Whether a comma may stand between two.
    pub(super) commas: bool,
    /// Whether one begins at a token that is not the first of all; the other number is where the part before begins.
    pub(super) begins: fn(&Scan<'_>, usize, usize) -> bool,
}

/// The words of a statement's clauses.
const CLAUSES: &[&str] = &["within", "to", "when", "unless", "because"];

/// A declaration.
pub(super) const DECLARATION: Level = Level {
    rule: Rule::declaration,
    only: Rule::only_declaration,
    what: "a declaration",
    words: &["package", "import", "type", "context", "open", "custom", "role", "allow", "deny", "policy", "assert"],
    misplaced: &[],
    after: &[],
    end: "the end of the declaration",
    inline: false,
    commas: false,
    begins: |_, _, _| false,
};

/// What stands in a type's declaration before its braces.
pub(super) const TYPE_PART: Level = Level {
    rule: Rule::type_part,
    only: Rule::only_type_part,
    what: "`in`, `acts as` or `{`",
    words: &["in", "acts"],
    misplaced: &[],
    after: &["in", "acts", "{"],
    end: "`{`",
    inline: true,
    commas: false,
    begins: |scan, at, _| is_keyword(scan, at, &["in", "acts"]),
};

/// What stands in a type's braces.
pub(super) const TYPE_MEMBER: Level = Level {
    rule: Rule::type_member,
    only: Rule::only_type_member,
    what: "an attribute, `actions`, `setting`, `unique` or a line such as `create by …`",
    words: &["actions", "setting", "unique", "create", "delete", "set", "move", "link", "custom"],
    misplaced: &["in", "acts", "extends", "requires", "type", "role", "allow", "deny"],
    after: &[],
    end: "the end of the line",
    inline: false,
    commas: false,
    begins: |scan, at, _| {
        let next = scan.word(at + 1);
        match scan.word(at) {
            "create" | "delete" | "set" | "move" | "link" if next == "by" => scan.word(at.wrapping_sub(1)) != ".",
            "custom" if next == "roles" => true,
            "setting" if scan.kind(at + 1) == Some(Kind::Word) && scan.word(at + 2) == ":" => true,
            _ if next == ":" => scan.kind(at) == Some(Kind::Word) && !follows_setting(scan, at),
            "actions" | "unique" => !wants_more(scan, at.wrapping_sub(1)),
            _ => false,
        }
    },
};

/// A field of the context.
pub(super) const FIELD: Level = Level {
    rule: Rule::attribute,
    only: Rule::only_attribute,
    what: "a field such as `mfa: bool = false`",
    words: &[],
    misplaced: &["type", "role"],
    after: &[],
    end: "the end of the field",
    inline: false,
    commas: true,
    begins: |scan, at, _| {
        let next = scan.word(at + 1);
        scan.kind(at) == Some(Kind::Word) && (next == ":" || (next == "=" && scan.word(at.wrapping_sub(1)) == ","))
    },
};

/// What stands in a role's declaration before its braces.
pub(super) const ROLE_PART: Level = Level {
    rule: Rule::role_part,
    only: Rule::only_role_part,
    what: "`in`, `extends`, `requires`, `assigned by`, `when` or `{`",
    words: &["in", "extends", "requires", "assigned", "when"],
    misplaced: &[],
    after: &["in", "extends", "requires", "assigned", "when", "{"],
    end: "`{`",
    inline: true,
    commas: false,
    begins: |scan, at, from| match scan.word(at) {
        "when" => is_keyword(scan, at, &["when"]) && scan.word(at.wrapping_sub(1)) != "open",
        // Inside a condition `in` compares, unless what follows can only be an entity.
        "in" => scan.kind(at + 1) == Some(Kind::Entity) || !matches!(scan.word(from), "when" | "open"),
        _ => is_keyword(scan, at, &["open", "custom", "role", "extends", "requires", "assigned"]),
    },
};

/// What stands in a role's braces.
pub(super) const ROLE_ITEM: Level = Level {
    rule: Rule::role_item,
    only: Rule::only_role_item,
    what: "`allow`, `deny`, `implies` or `without`",
    words: &["allow", "deny", "implies", "without"],
    misplaced: &["in", "extends", "requires", "assigned", "type", "role"],
    after: &[],
    end: "the end of the line",
    inline: false,
    commas: false,
    begins: |scan, at, _| is_keyword(scan, at, &["allow", "deny", "implies", "without"]),
};

/// The parts of an implication.
pub(super) const IMPLIES_PART: Level = Level {
    rule: Rule::implies_part,
    only: Rule::only_implies_part,
    what: "`implies`",
    words: &["when"],
    misplaced: &[],
    after: &["when"],
    end: "the end of the line",
    inline: true,
    commas: false,
    begins: |scan, at, _| is_keyword(scan, at, &["when"]),
};

/// The parts of a statement.
pub(super) const STATEMENT_PART: Level = Level {
    rule: Rule::statement_part,
    only: Rule::only_statement_part,
    what: "`allow` or `deny`",
    words: CLAUSES,
    misplaced: &[],
    after: CLAUSES,
    end: "the end of the rule",
    inline: true,
    commas: false,
    begins: |scan, at, _| is_keyword(scan, at, CLAUSES),
};

/// What stands in an org policy's declaration before its braces.
pub(super) const POLICY_PART: Level = Level {
    rule: Rule::policy_part,
    only: Rule::only_policy_part,
    what: "`in` or `{`",
    words: &["in"],
    misplaced: &[],
    after: &["in", "{"],
    end: "`{`",
    inline: true,
    commas: false,
    begins: |scan, at, _| is_keyword(scan, at, &["in"]),
};

/// What stands in an org policy's braces.
pub(super) const POLICY_ITEM: Level = Level {
    rule: Rule::policy_item,
    only: Rule::only_policy_item,
    what: "a setting's value such as `queues = [\"gpu\"]`, or `deny`",
    words: &["allow", "deny"],
    misplaced: &["in", "type", "role"],
    after: &[],
    end: "the end of the line",
    inline: false,
    commas: false,
    begins: |scan, at, _| {
        is_keyword(scan, at, &["allow", "deny"])
            || (scan.kind(at) == Some(Kind::Word)
                && matches!(scan.word(at + 1), "=" | ":")
                && !wants_more(scan, at.wrapping_sub(1)))
    },
};

/// What `and` and `or` join.
pub(super) const CONDITION: Level = Level {
    rule: Rule::negation,
    only: Rule::only_negation,
    what: "a condition",
    words: &[],
    misplaced: &[],
    after: &["and", "or", "within", "to", "when", "unless", "because", "extends", "requires", "assigned"],
    end: "the end of the condition",
    inline: true,
    commas: false,
    begins: |scan, at, _| is_keyword(scan, at, &["and", "or"]),
};

/// A piece of its own, as the YAML form holds it.
pub(super) const fn fragment(only: Rule, what: &'static str) -> Level {
    Level {
        rule: only,
        only,
        what,
        words: &[],
        misplaced: &[],
        after: &[],
        end: "the end",
        inline: false,
        commas: false,
        begins: |_, _, _| false,
    }
}

/// Whether the word before a token is `setting`, or was meant to be.
fn follows_setting(scan: &Scan<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    let leads = scan.tokens.get(before).is_some_and(|token| token.indent.is_some());
    let word = scan.word(before);
    word == "setting" || (leads && near_word(word, &["setting"]).is_some())
}

/// Whether one of these words stands at a token, and not as the name of an action.
fn is_keyword(scan: &Scan<'_>, at: usize, words: &[&str]) -> bool {
    let leads = scan.tokens.get(at).is_some_and(|token| token.indent.is_some());
    words.contains(&scan.word(at)) && (leads || scan.word(at.wrapping_sub(1)) != ".")
}
