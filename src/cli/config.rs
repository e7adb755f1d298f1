//! `rolebook.toml`: what is set for a package, or for a repository of packages.
//!
//! It is looked for in the folder of the policy and in those above it, up to the root of the repository; the nearest
//! counts. Outside of a repository only the policy's own folder is looked in, lest a stranger's file decide.

use super::levels::{Level, Name};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::engine::LoadError;
use crate::source::{FileId, SourceMap, Span};
use crate::workspace::{self, Files, PathKind};
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The name of the file.
pub(super) const FILE: &str = "rolebook.toml";

/// What stands in the root of a repository.
pub(super) const REPOSITORY: &str = ".git";

/// What the keys of the file are.
const TABLES: [&str; 1] = ["lints"];

/// What a level with a reason says.
const KEYS: [&str; 2] = ["level", "reason"];

/// What is set.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// The levels of lints.
    pub(super) lints: Vec<(Name, Level)>,
}

impl Config {
    /// What is set for a policy, a folder or a file; nothing where there is no such file.
    pub(super) fn of(files: &dyn Files, policy: &Path) -> Result<Self, LoadError> {
        let Some(path) = find(files, policy) else { return Ok(Self::default()) };
        let mut sources = SourceMap::new();
        let text = match workspace::read_text(files, &path) {
            Ok(text) => text,
            Err(finding) => return Err(LoadError { sources, diagnostics: vec![finding] }),
        };
        let file = workspace::add_text(&mut sources, &path.display().to_string(), &text);
        let (config, diagnostics) = read(file, text.strip_prefix('\u{feff}').unwrap_or(&text));
        if diagnostics.is_empty() { Ok(config) } else { Err(LoadError { sources, diagnostics }) }
    }
}

/// The nearest file for a policy.
fn find(files: &dyn Files, policy: &Path) -> Option<PathBuf> {
    // A folder of the name is an error, when it is read.
    let is_there = |path: &Path| files.kind(path).is_ok();
    let folder = if files.kind(policy) == Ok(PathKind::Folder) { policy } else { policy.parent()? };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // Shown as it was given where it lies beside the policy.
    let beside = if folder == Path::new(".") { PathBuf::from(FILE) } else { folder.join(FILE) };
    if is_there(&beside) {
        return Some(beside);
    }
    let whole = files.identity(folder).ok()?;
    let root = whole.ancestors().find(|above| files.kind(&above.join(REPOSITORY)).is_ok())?;
    let above = whole.ancestors().take_while(|above| above.starts_with(root));
    above.map(|above| above.join(FILE)).find(|path| is_there(path))
}

/// Reads the text of a file, with everything wrong in it.
fn read(file: FileId, text: &str) -> (Config, Vec<Diagnostic>) {
    let mut reader = Reader { file, config: Config::default(), findings: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = reader.span(error.span().unwrap_or(0..0));
        reader.findings.push(Diagnostic::error(Code::InvalidToml, span, error.message().to_lowercase()));
    }
    if reader.findings.is_empty() {
        reader.whole(table.get_ref());
    }
    crate::diagnostics::sort(&mut reader.findings);
    (reader.config, reader.findings)
}

struct Reader {
    file: FileId,
    config: Config,
    findings: Vec<Diagnostic>,
}

impl Reader {
    fn span(&self, range: Range<usize>) -> Span {
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span::new(self.file, narrow(range.start), narrow(range.end))
    }

    fn error(&mut self, code: Code, at: Range<usize>, message: String, help: Option<String>) {
        let finding = Diagnostic::error(code, self.span(at), message).maybe_help(help);
        self.findings.push(finding);
    }

    fn whole(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref();
            if name != "lints" {
                let help = did_you_mean(name, TABLES).or_else(|| Some(String::from("what is set stands in `[lints]`")));
                self.error(Code::UnknownKey, key.span(), format!("unknown key `{name}`"), help);
                continue;
            }
            match value.get_ref() {
                DeValue::Table(lints) => self.lints(lints),
                _ => {
                    let help = Some(String::from("write `[lints]`, and a line for each: `unused-role = \"allow\"`"));
                    self.error(Code::WrongShape, value.span(), String::from("`lints` is a table"), help);
                }
            }
        }
    }

    fn lints(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = match Name::read(key.get_ref()) {
                Ok(name) => Some(name),
                Err(unknown) => {
                    self.error(unknown.code, key.span(), unknown.message, unknown.help);
                    None
                }
            };
            if let (Some(level), Some(name)) = (self.level(value), name) {
                self.config.lints.push((name, level));
            }
        }
    }

    /// `"allow"`, or `{ level = "allow", reason = "…" }`.
    fn level(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Level> {
        let table = match value.get_ref() {
            DeValue::Table(table) => table,
            _ => return self.level_word(value),
        };
        let mut level = None;
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "level" => level = Some(self.level_word(value)),
                "reason" if value.get_ref().is_str() => {}
                "reason" => self.error(Code::WrongShape, value.span(), String::from("the reason is a text"), None),
                name => {
                    let help = did_you_mean(name, KEYS);
                    self.error(Code::UnknownKey, key.span(), format!("unknown key `{name}`"), help);
                }
            }
        }
        if level.is_none() {
            let help = Some(String::from("write `{ level = \"allow\", reason = \"…\" }`"));
            self.error(Code::MissingKey, value.span(), String::from("the key `level` is missing"), help);
        }
        level.flatten()
    }

    fn level_word(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Level> {
        let Some(word) = value.get_ref().as_str() else {
            let help = Some(String::from("write \"allow\", \"warn\" or \"deny\""));
            self.error(Code::WrongShape, value.span(), String::from("a level is a text"), help);
            return None;
        };
        let level = Level::named(word);
        if level.is_none() {
            let help = did_you_mean(word, Level::NAMES)
                .or_else(|| Some(String::from("the levels are \"allow\", \"warn\" and \"deny\"")));
            self.error(Code::InvalidLiteral, value.span(), format!("`{word}` is no level"), help);
        }
        level
    }
}
