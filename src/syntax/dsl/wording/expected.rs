//! What the grammar expected, in the user's words.

use crate::syntax::dsl::grammar::Rule;
use crate::syntax::dsl::level::Level;

/// What was expected, as one phrase: `a`, `b` or `c`.
pub(super) fn list(positives: &[Rule], at_start: bool, level: &Level) -> String {
    if at_start {
        return level.what.to_owned();
    }
    let mut phrases: Vec<String> = Vec::new();
    let mut push = |phrase: String| {
        if !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
    };
    // After a whole condition a step further or a comparison could stand, but neither is what was forgotten.
    let after_condition = positives.contains(&Rule::test);
    for &rule in positives {
        match rule {
            Rule::EOI => {}
            Rule::dot if after_condition => {}
            _ => push(phrase(rule)),
        }
    }
    if positives.contains(&Rule::EOI) {
        if after_condition {
            ["`and`", "`or`", level.end].into_iter().for_each(|phrase| push(phrase.to_owned()));
        } else if level.after.is_empty() {
            push(level.end.to_owned());
        } else {
            level.after.iter().for_each(|word| push(format!("`{word}`")));
        }
    }
    let last = phrases.pop().unwrap_or_else(|| level.what.to_owned());
    if phrases.is_empty() { last } else { format!("{} or {last}", phrases.join(", ")) }
}

/// The words that could stand there, for a word that is nearly one of them.
pub(super) fn words(positives: &[Rule], at_start: bool, level: &Level) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = Vec::new();
    if at_start {
        words.extend(level.words);
    }
    for &rule in positives {
        match rule {
            Rule::EOI => words.extend(level.after),
            Rule::test => {
                words.extend(["in", "is", "has", "contains", "overlaps", "subset", "starts", "ends", "like"]);
            }
            Rule::merge_word => words.extend(["overrides", "narrows", "widens", "at", "locks"]),
            _ => words.extend(keyword(rule)),
        }
    }
    words.retain(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
    words
}

/// The word that a keyword's rule stands for.
fn keyword(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::kw_package => "package",
        Rule::kw_import => "import",
        Rule::kw_type => "type",
        Rule::kw_in => "in",
        Rule::kw_acts => "acts",
        Rule::kw_as => "as",
        Rule::kw_setting => "setting",
        Rule::kw_within | Rule::setting_within => "within",
        Rule::kw_at => "at",
        Rule::kw_most => "most",
        Rule::kw_least => "least",
        Rule::kw_actions => "actions",
        Rule::kw_unique => "unique",
        Rule::kw_create => "create",
        Rule::kw_delete => "delete",
        Rule::kw_set => "set",
        Rule::kw_move => "move",
        Rule::kw_link => "link",
        Rule::kw_custom | Rule::custom => "custom",
        Rule::kw_roles => "roles",
        Rule::kw_by => "by",
        Rule::kw_context => "context",
        Rule::kw_open | Rule::open => "open",
        Rule::kw_role => "role",
        Rule::kw_extends => "extends",
        Rule::kw_requires => "requires",
        Rule::kw_assigned => "assigned",
        Rule::kw_freely => "freely",
        Rule::kw_implies => "implies",
        Rule::kw_without => "without",
        Rule::kw_allow => "allow",
        Rule::kw_deny => "deny",
        Rule::kw_to => "to",
        Rule::kw_when => "when",
        Rule::kw_unless => "unless",
        Rule::kw_because => "because",
        Rule::kw_policy => "policy",
        Rule::kw_assert => "assert",
        Rule::kw_only => "only",
        Rule::kw_can => "can",
        Rule::kw_cannot => "cannot",
        Rule::kw_or => "or",
        Rule::kw_and => "and",
        Rule::kw_not => "not",
        Rule::kw_contains => "contains",
        Rule::kw_overlaps => "overlaps",
        Rule::kw_subset => "subset",
        Rule::kw_of => "of",
        Rule::kw_starts => "starts",
        Rule::kw_ends => "ends",
        Rule::kw_with => "with",
        Rule::kw_like => "like",
        Rule::kw_is => "is",
        Rule::kw_has => "has",
        Rule::kw_any => "any",
        Rule::kw_on => "on",
        Rule::kw_size => "size",
        _ => return None,
    })
}

/// What a rule reads, in the user's words.
fn phrase(rule: Rule) -> String {
    if let Some(word) = keyword(rule) {
        return format!("`{word}`");
    }
    let phrase = match rule {
        Rule::comma => "`,`",
        Rule::dot => "`.`",
        Rule::colon => "`:`",
        Rule::assign | Rule::default => "`=`",
        Rule::bar => "`|`",
        Rule::optional_mark => "`?`",
        Rule::many_mark | Rule::any_mark => "`*`",
        Rule::open_brace | Rule::type_body | Rule::role_body | Rule::policy_body => "`{`",
        Rule::close_brace => "`}`",
        Rule::open_paren => "`(`",
        Rule::close_paren => "`)`",
        Rule::open_bracket => "`[`",
        Rule::close_bracket => "`]`",
        Rule::less => "`<`",
        Rule::greater => "`>`",
        Rule::test | Rule::compare | Rule::compare_op => "a comparison",
        Rule::expr | Rule::conjunction | Rule::negation | Rule::comparison => "a condition",
        Rule::operand | Rule::group | Rule::path | Rule::size => "a value",
        Rule::literal => "a value such as `true`, `12`, `\"text\"`, `30d` or `[…]`",
        Rule::list => "a list",
        Rule::number => "a number",
        Rule::boolean => "`true`, `false`",
        Rule::string => "a string in double quotes",
        Rule::type_expr | Rule::value_type | Rule::set_type | Rule::enumeration => {
            "a type such as `bool`, `string`, `\"a\" | \"b\"` or `set<string>`"
        }
        Rule::merge_word => "a merge word (`overrides`, `narrows`, `widens`, `at most`, `at least`, `locks`)",
        Rule::pattern | Rule::pattern_type => "permissions such as `run.delete`, `run.*`, `*.view` or `*`",
        Rule::permission | Rule::permission_type => "a permission such as `run.delete`",
        Rule::role | Rule::role_type => "a role such as `team.member`",
        Rule::entity | Rule::entity_type => "an entity such as `organization:acme`",
        Rule::entity_id => "an id",
        Rule::parent | Rule::type_name => "the name of a type",
        Rule::attribute_name => "the name of an attribute",
        Rule::action_name => "the name of an action",
        Rule::action_set => "a set of actions in braces",
        Rule::setting_name => "the name of a setting",
        Rule::role_name => "the name of a role",
        Rule::policy_name => "the name of a policy",
        Rule::package_name => "the name of the package",
        Rule::step => "a name",
        Rule::assertion | Rule::only_claim | Rule::claim => "a claim such as `team.viewer cannot run.delete`",
        Rule::effect | Rule::statement => "`allow`, `deny`",
        Rule::change_kind | Rule::change => "a line such as `create by …`",
        _ => "something else",
    };
    phrase.to_owned()
}
