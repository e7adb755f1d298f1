//! What tests came to, as JSON.

use super::{wanted, word};
use crate::cli::answer;
use crate::cli::settings::{self, JsonSetting};
use crate::diagnostics::json::{self, JsonDiagnostic, JsonPlace};
use crate::engine::TestRun;
use crate::suite::{CaseReport, Failure as Unmet};
use serde::Serialize;

#[derive(Serialize)]
pub(in crate::cli) struct JsonFile<'a> {
    file: &'a str,
    tests: Vec<JsonTest<'a>>,
    findings: Vec<JsonDiagnostic<'a>>,
}

#[derive(Serialize)]
struct JsonTest<'a> {
    name: &'a str,
    passed: bool,
    expectations: usize,
    failures: Vec<JsonUnmet<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum JsonUnmet<'a> {
    Decision {
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<JsonPlace<'a>>,
        expected: &'static str,
        subject: &'a str,
        action: &'a str,
        resource: &'a str,
        actual: Box<answer::Answer<'a>>,
    },
    Setting {
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<JsonPlace<'a>>,
        entity: &'a str,
        expected: serde_json::Value,
        actual: JsonSetting<'a>,
    },
    Change {
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<JsonPlace<'a>>,
        change: &'a str,
        expected: &'static str,
        refusal: Vec<JsonDiagnostic<'a>>,
    },
}

/// One file.
pub(in crate::cli) fn file(run: &TestRun) -> JsonFile<'_> {
    JsonFile {
        file: run.sources.get(run.report.file).map_or("", |source| source.name()),
        tests: run.report.cases.iter().map(|case| json_case(run, case)).collect(),
        findings: run.report.diagnostics.iter().map(|finding| json::diagnostic(&run.sources, finding)).collect(),
    }
}

fn json_case<'a>(run: &'a TestRun, case: &'a CaseReport) -> JsonTest<'a> {
    JsonTest {
        name: &case.name,
        passed: case.passed(),
        expectations: case.expectations,
        failures: case
            .failures
            .iter()
            .map(|unmet| match unmet {
                Unmet::Decision(unmet) => JsonUnmet::Decision {
                    place: json::place(&run.sources, unmet.span),
                    expected: wanted(unmet),
                    subject: &unmet.subject,
                    action: &unmet.action,
                    resource: &unmet.resource,
                    actual: Box::new(answer::answer(&run.sources, &unmet.explanation.outcome)),
                },
                Unmet::Setting(unmet) => JsonUnmet::Setting {
                    place: json::place(&run.sources, unmet.span),
                    entity: &unmet.entity,
                    expected: settings::json_effective(&unmet.schema, &unmet.expected),
                    actual: settings::json_setting(&unmet.schema, &run.sources, &unmet.actual),
                },
                Unmet::Change(unmet) => JsonUnmet::Change {
                    place: json::place(&run.sources, unmet.span),
                    change: word(run, unmet),
                    expected: if unmet.refusal.is_empty() { "refused" } else { "made" },
                    refusal: unmet.refusal.iter().map(|finding| json::diagnostic(&run.sources, finding)).collect(),
                },
            })
            .collect(),
    }
}
