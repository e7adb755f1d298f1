//! Policies from one form to the other, with their comments.
//!
//! What stands in one form is put into the other piece by piece, and laid out as [`format`](super::format) does it. It is
//! read once more and must say the same. `docs/format.md` says where comments go for which the other form has no place.

mod comments;
mod counterpart;
mod from_dsl;
mod from_yaml;
mod same;

use super::{Form, dsl, yaml};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, Span};
use crate::syntax::ast::{PolicyFile, TypeExpr};
use crate::syntax::{self, Parsed};

/// The declared types of settings by their names, where a file does not declare them itself: a value in YAML is read by
/// the type that is wanted, and in policy text by what it is.
pub type SettingTypes<'a> = &'a dyn Fn(&str) -> Option<TypeExpr>;

/// A policy in the other form.
///
/// # Errors
/// What is wrong with the text, where it cannot be read or is no policy; or what the other form cannot hold.
///
/// ```
/// use rolebook::format::{Form, convert};
/// use rolebook::source::FileId;
///
/// let text = "# Who there is.\ntype team {\n  actions view\n}\n";
/// let yaml = convert(Form::Dsl, FileId(0), text, &|_| None).unwrap_or_default();
/// assert_eq!(yaml, "rolebook: 1\n\ntypes:\n  # Who there is.\n  team:\n    actions: view\n");
/// assert_eq!(convert(Form::Yaml, FileId(0), &yaml, &|_| None).as_deref(), Ok(text));
/// ```
pub fn convert(from: Form, file: FileId, text: &str, settings: SettingTypes<'_>) -> Result<String, Vec<Diagnostic>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let parsed = parse(from, file, text);
    if parsed.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(parsed.diagnostics);
    }
    let to = from.other();
    let body = text.replace("\r\n", "\n");
    let converted = match from {
        Form::Dsl => from_dsl::yaml(&body),
        Form::Yaml => from_yaml::dsl(file, &body, &parsed.tree, settings),
    };
    let Some(converted) = converted else { return Err(refusal(file, "text")) };
    let laid_out = match to {
        Form::Dsl => dsl::format(file, &converted),
        Form::Yaml => yaml::format(file, &converted),
    };
    let laid_out = laid_out.map_err(|findings| cannot_hold(to, &parsed.tree, &findings))?;
    let again = parse(to, file, &laid_out);
    if again.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(cannot_hold(to, &parsed.tree, &again.diagnostics));
    }
    if !same::policies(&parsed.tree, &again.tree) {
        return Err(refusal(file, "meaning"));
    }
    let (before, after) = (comments::said(from, &body, &parsed.tree), comments::said(to, &laid_out, &again.tree));
    if before.is_none() || before != after {
        return Err(refusal(file, "comments"));
    }
    Ok(if text.contains("\r\n") { laid_out.replace('\n', "\r\n") } else { laid_out })
}

fn parse(form: Form, file: FileId, text: &str) -> Parsed<PolicyFile> {
    match form {
        Form::Dsl => syntax::dsl::parse(file, text),
        Form::Yaml => syntax::yaml::parse(file, text),
    }
}

/// The findings for a policy that the other form has no words for: what it is and where, or else how that form refused it.
fn cannot_hold(to: Form, tree: &PolicyFile, findings: &[Diagnostic]) -> Vec<Diagnostic> {
    let missing = counterpart::missing(to, tree);
    if !missing.is_empty() {
        return missing;
    }
    let form = match to {
        Form::Dsl => "policy text",
        Form::Yaml => "YAML",
    };
    let why = findings.iter().find(|finding| finding.is_error());
    let why = why.map_or("it could not be read", |finding| finding.message.as_str());
    let message = format!("the policy cannot be written as {form}: {why}");
    vec![Diagnostic::error(Code::Unsupported, Span::new(tree.file, 0, 0), message)]
}

/// The finding for a policy that would not say the same; `lost` is what would differ.
fn refusal(file: FileId, lost: &str) -> Vec<Diagnostic> {
    let message = format!("the file cannot be converted: its {lost} would not be the same");
    let finding = Diagnostic::error(Code::UnwritableFile, Span::new(file, 0, 0), message);
    vec![finding.help("nothing was written; this is a defect of rolebook, please report it")]
}
