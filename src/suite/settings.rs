//! `settings of ENTITY`: what its settings are expected to amount to.

use super::run::entity_finding;
use super::{Failure, SettingsExpectation, UnmetSetting};
use crate::analysis::{amount, declared, setting};
use crate::decide::{RequestError, RequestFault, Snapshot};
use crate::diagnostics::{Code, Diagnostic, did_you_mean, listing, near_miss, with_article};
use crate::directory::{Effective, EntityId};
use crate::document::Entry;
use crate::schema::{MergeWord, RawValue, ReadError, SettingInfo};
use crate::source::Spanned;
use std::sync::Arc;

/// The key without an entity.
pub(super) const BARE_KEY: &str = "settings of";

/// How the key begins.
const KEY: &str = "settings of ";

/// Whether a key of a test is one of these.
pub(super) fn is_key(entry: &Entry) -> bool {
    entry.key.text.starts_with(KEY)
}

/// The help for a key that is nearly one of these.
pub(super) fn meant(key: &str) -> Option<String> {
    let (head, entity) = key.rsplit_once(' ')?;
    near_miss(head, [BARE_KEY]).map(|_| format!("did you mean `{KEY}{entity}`?"))
}

/// Reads one such key with its values, each read by the policy later.
pub(super) fn read(entry: &Entry, diagnostics: &mut Vec<Diagnostic>) -> Option<SettingsExpectation> {
    let rest = entry.key.text.strip_prefix(KEY)?;
    let name = rest.trim();
    let start = KEY.len() + (rest.len() - rest.trim_start().len());
    let end = start + name.len();
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let span = entry.key.locate(entry.key_span, place(start), place(end));
    let given = entry.value.expect_mapping(diagnostics);
    if given.is_empty() && (entry.value.is_null() || entry.value.mapping().is_some()) {
        let finding =
            Diagnostic::error(Code::InvalidTest, entry.value.span, "the test expects nothing of the settings");
        diagnostics.push(finding.help("name one and its value: `queues: [gpu, cpu]`"));
    }
    let values = given.iter().map(|given| {
        let value = Spanned::new(RawValue::from(&given.value), given.value.span);
        (Spanned::new(given.key.text.clone(), given.key_span), value)
    });
    Some(SettingsExpectation { entity: Spanned::new(name.to_owned(), span), values: values.collect() })
}

/// The settings that amount to something else than expected, or what is wrong with the expectation itself.
pub(super) fn meet(expected: &SettingsExpectation, snapshot: &Snapshot) -> Result<Vec<Failure>, Vec<Diagnostic>> {
    if let Err(error) = snapshot.policy().schema().read_entity(&expected.entity) {
        return Err(vec![entity_finding(&error, &expected.entity)]);
    }
    let entity = declared(snapshot, &expected.entity).map_err(|error| vec![undeclared(&expected.entity, error)])?;
    let mut failures = Vec::new();
    let mut findings = Vec::new();
    for (name, value) in &expected.values {
        match compare(snapshot, (entity, &expected.entity), name, value) {
            Ok(failure) => failures.extend(failure.map(|failure| Failure::Setting(Box::new(failure)))),
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() { Ok(failures) } else { Err(findings) }
}

fn compare(
    snapshot: &Snapshot,
    (entity, entity_name): (EntityId, &str),
    name: &Spanned<String>,
    value: &Spanned<RawValue>,
) -> Result<Option<UnmetSetting>, Diagnostic> {
    let schema = snapshot.policy().schema();
    let ty = snapshot.directory().type_of(entity);
    let unknown = |message: String| {
        let concerning = || {
            let settings = schema.settings.iter_enumerated().filter(|(id, _)| schema.concerns(ty, *id));
            settings.map(|(_, info)| &*info.name)
        };
        let owner = || format!("`{}`", schema.types.get(ty).map_or("", |info| &info.name));
        let help = did_you_mean(name, concerning()).unwrap_or_else(|| listing(&owner(), "setting", concerning()));
        Diagnostic::error(Code::UnknownSetting, name.span, message).help(help)
    };
    let Some((id, info)) = schema.setting_named(name).and_then(|id| Some((id, schema.settings.get(id)?))) else {
        return Err(unknown(format!("unknown setting `{}`", name.value)));
    };
    let nothing_to_do = || {
        let own = with_article(schema.types.get(ty).map_or("", |info| &info.name));
        unknown(format!("{own} has nothing to do with the setting `{}`", name.value))
    };
    if !schema.concerns(ty, id) {
        return Err(nothing_to_do());
    }
    let wanted = wanted(snapshot, info, value)?;
    if wanted == amount(snapshot, entity, id) {
        return Ok(None);
    }
    let report = setting(snapshot, entity, id).ok_or_else(nothing_to_do)?;
    Ok(Some(UnmetSetting {
        entity: entity_name.to_owned(),
        expected: wanted,
        span: name.span.to(value.span),
        actual: report,
        schema: Arc::clone(snapshot.policy().shared_schema()),
    }))
}

/// The value that is written: `null` is none, and of a set that is narrowed `any` is everything.
fn wanted(snapshot: &Snapshot, info: &SettingInfo, value: &Spanned<RawValue>) -> Result<Effective, Diagnostic> {
    match (&value.value, info.merge) {
        (RawValue::Plain(text), MergeWord::Narrows) if text == "any" => Ok(Effective::Everything),
        (RawValue::Null, MergeWord::Narrows | MergeWord::Widens) => {
            let unset = if info.merge == MergeWord::Narrows { "any" } else { "[]" };
            let message = format!("`{}` {} and so is never absent", info.name, info.merge);
            Err(Diagnostic::error(Code::InvalidTest, value.span, message)
                .help(format!("where nobody gives it any value, it is `{unset}`")))
        }
        (RawValue::Null, _) => Ok(Effective::Absent),
        (raw, _) => {
            let read = snapshot.policy().schema().read_value(&info.value, raw);
            let invalid = |error: ReadError| {
                Diagnostic::error(Code::InvalidLiteral, value.span, error.message).maybe_help(error.help)
            };
            read.map(|value| Effective::Value(value.canonical())).map_err(invalid)
        }
    }
}

/// The finding for an entity without an entry.
fn undeclared(entity: &Spanned<String>, error: RequestError) -> Diagnostic {
    let code = Code::ALL.iter().copied().find(|code| code.as_str() == error.code).unwrap_or(Code::InvalidTest);
    let RequestFault { message, help, .. } = error.into();
    Diagnostic::error(code, entity.span, message).maybe_help(help)
}
