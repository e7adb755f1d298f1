//! `rolebook settings`: the settings in effect on an entity, and where each came from.

use super::args::{Format, Package};
use super::failure::Failure;
use super::output::{FAINT, NAME, Output};
use super::{ExitStatus, answer, render};
use crate::analysis::EntitySettings;
use crate::diagnostics::json::{self, JsonPlace};
use crate::directory::Effective;
use crate::explain::SettingReport;
use crate::schema::{Schema, Value};
use crate::source::SourceMap;
use serde::Serialize;
use std::io::{self, Write};

const AFTER_HELP: &str = "\
Exit status: 0, or 2 could not run.

Below each setting stands every value that was given to it, from the farthest up on down: where, by
what (the entity's own `settings`, or an org policy linked to it), and what became of it. `any` is a
set that nobody narrows; `absent` is a setting that nobody gives.

Examples:
  rolebook settings project:p1
  rolebook settings project:p1 --format json";

/// Show the settings in effect on an entity, and where each came from.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// On what, such as project:p1
    entity: String,
    #[command(flatten)]
    package: Package,
    /// The form of the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let engine = args.package.open()?;
    let Some(found) = answer::or_refusal(engine.settings(&args.entity), args.format, output)? else {
        return Ok(ExitStatus::CouldNotRun);
    };
    let state = engine.state();
    let schema = state.snapshot().policy().schema();
    match args.format {
        Format::Text if found.settings.is_empty() => {
            writeln!(output, "no setting has to do with `{}`", render::legible(&found.entity))?;
        }
        Format::Text => text(output, schema, state.sources(), &found.settings, "")?,
        Format::Json => output.json(&json_settings(schema, state.sources(), &found))?,
    }
    Ok(ExitStatus::Success)
}

/// How far a column is filled up; what is longer pushes its own line aside only.
const COLUMN: usize = 48;

/// Where a value is given, by what, the value, and what becomes of it.
type Row = [String; 4];

/// Settings, each with the values given to it, in columns.
pub(super) fn text(
    output: &mut impl Write,
    schema: &Schema,
    sources: &SourceMap,
    settings: &[SettingReport],
    indent: &str,
) -> io::Result<()> {
    let names = width(settings.iter().map(|setting| setting.name.clone()));
    let values = width(settings.iter().map(|setting| effective_text(schema, &setting.effective)));
    let rows: Vec<Vec<Row>> = settings
        .iter()
        .map(|setting| {
            let chain = setting.chain.iter();
            chain
                .map(|given| {
                    let by = given
                        .policy
                        .as_ref()
                        .map_or_else(|| String::from("settings"), |policy| format!("policy {policy}"));
                    [given.entity.clone(), by, given.value.brief(schema), given.outcome.text.clone()]
                })
                .collect()
        })
        .collect();
    let widths: [usize; 4] = [0, 1, 2, 3].map(|at| width(rows.iter().flatten().filter_map(|row| row.get(at).cloned())));
    for (setting, rows) in settings.iter().zip(rows) {
        let name = render::legible(&setting.name);
        let value = effective_text(schema, &setting.effective);
        let within = setting.within.as_ref().map_or_else(String::new, |within| format!(", within {within}"));
        writeln!(
            output,
            "{indent}{NAME}{name:names$}{NAME:#}  {:values$}  {FAINT}{}{within}{FAINT:#}",
            render::legible(&value),
            setting.merge
        )?;
        for (given, row) in setting.chain.iter().zip(rows) {
            write!(output, "{indent}  ")?;
            for (text, width) in row.iter().zip(widths) {
                write!(output, "{:width$}  ", render::legible(text))?;
            }
            writeln!(output, "{FAINT}{}{FAINT:#}", render::legible(&sources.place(given.place)))?;
        }
    }
    Ok(())
}

fn width(texts: impl Iterator<Item = String>) -> usize {
    texts.map(|text| text.chars().count()).filter(|&width| width <= COLUMN).max().unwrap_or(0)
}

/// An effective value in words.
pub(super) fn effective_text(schema: &Schema, effective: &Effective) -> String {
    match effective {
        Effective::Absent => String::from("absent"),
        Effective::Everything => String::from("any"),
        // No sound directory has one.
        Effective::Conflicting => String::from("conflicting"),
        Effective::Value(value) => value.text(schema),
    }
}

/// The settings of an entity in their wire form.
#[derive(Serialize, Debug)]
pub(super) struct JsonSettings<'a> {
    entity: &'a str,
    settings: Vec<JsonSetting<'a>>,
}

/// A setting in its wire form. The value is `null` where it is absent, the text `any` where everything is in the set.
#[derive(Serialize, Debug)]
pub(super) struct JsonSetting<'a> {
    name: &'a str,
    merge: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<&'a str>,
    value: serde_json::Value,
    chain: Vec<JsonContribution<'a>>,
}

#[derive(Serialize, Debug)]
struct JsonContribution<'a> {
    entity: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
    value: serde_json::Value,
    outcome: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lost: Vec<serde_json::Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    added: Vec<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    linked: Option<JsonPlace<'a>>,
}

fn json_settings<'a>(schema: &Schema, sources: &'a SourceMap, found: &'a EntitySettings) -> JsonSettings<'a> {
    JsonSettings {
        entity: &found.entity,
        settings: found.settings.iter().map(|setting| json_setting(schema, sources, setting)).collect(),
    }
}

/// A setting in its wire form.
pub(super) fn json_setting<'a>(schema: &Schema, sources: &'a SourceMap, setting: &'a SettingReport) -> JsonSetting<'a> {
    JsonSetting {
        name: &setting.name,
        merge: setting.merge.as_str(),
        within: setting.within.as_deref(),
        value: json_effective(schema, &setting.effective),
        chain: setting
            .chain
            .iter()
            .map(|given| JsonContribution {
                entity: &given.entity,
                policy: given.policy.as_deref(),
                value: json_value(schema, &given.value),
                outcome: given.outcome.word,
                message: &given.outcome.text,
                by: given.outcome.by.as_deref(),
                left: given.outcome.left.as_ref().map(|left| json_value(schema, left)),
                lost: given.outcome.lost.iter().map(|value| json_value(schema, value)).collect(),
                added: given.outcome.added.iter().map(|value| json_value(schema, value)).collect(),
                place: json::place(sources, given.place),
                linked: given.linked.and_then(|span| json::place(sources, span)),
            })
            .collect(),
    }
}

/// An effective value in its wire form.
pub(super) fn json_effective(schema: &Schema, effective: &Effective) -> serde_json::Value {
    match effective {
        Effective::Absent | Effective::Conflicting => serde_json::Value::Null,
        Effective::Everything => serde_json::Value::from("any"),
        Effective::Value(value) => json_value(schema, value),
    }
}

fn json_value(schema: &Schema, value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(value) => serde_json::Value::from(*value),
        Value::Int(value) => serde_json::Value::from(*value),
        Value::Str(text) => serde_json::Value::from(&**text),
        Value::Entity(name) => serde_json::Value::from(name.text(schema)),
        Value::Set(values) => values.iter().map(|value| json_value(schema, value)).collect(),
        other => serde_json::Value::from(other.text(schema)),
    }
}
