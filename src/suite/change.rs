//! The changes of a test: read, and made before anything is asked.

use super::noting::Noting;
use super::{Failure, TestChange, UnmetChange};
use crate::admin::{Changing, Occasion, Question};
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::{ChangeAction, change};
use crate::document::Node;

/// Reads the changes of a test.
pub(super) fn read(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<TestChange> {
    let mut changes = Vec::new();
    for node in node.one_or_many() {
        let refused = node.get("refused").and_then(|value| value.expect_bool(diagnostics)).unwrap_or(false);
        let change = change::read(node, &["refused"], diagnostics);
        changes.extend(change.map(|change| TestChange { change, refused }));
    }
    changes
}

/// Makes changes one after the other, and notes what deciding on them looks at. The state after them, where there are any,
/// and those that did not go as expected; an error that is nobody's refusal, a misspelled name say, is a finding.
pub(super) fn make<S: Changing>(
    changes: &[TestChange],
    state: &S,
    at: i64,
    noting: Option<&Noting>,
) -> Result<(Option<S>, Vec<Failure>), Vec<Diagnostic>> {
    let (mut current, mut failures) = (None, Vec::new());
    for (number, TestChange { change, refused }) in changes.iter().enumerate() {
        let listen = |question: &Question<'_>| noting.into_iter().for_each(|noting| noting.hear(number, question));
        let occasion = Occasion::at(at).heard_by(&listen);
        let before = current.as_ref().unwrap_or(state);
        let refusal = match before.changed(change, occasion) {
            Ok(next) => {
                if let (Some(noting), ChangeAction::Assign(made)) = (noting, &change.action) {
                    let name = &made.name;
                    noting.coverage.borrow_mut().require(next.snapshot(), &name.subject, &name.role, &name.on);
                }
                if !refused {
                    current = Some(next);
                    continue;
                }
                Vec::new()
            }
            Err(findings) if findings.iter().any(|finding| is_mistake(finding.code)) => return Err(findings),
            Err(_) if *refused => continue,
            Err(findings) => findings,
        };
        failures.push(Failure::Change(UnmetChange { span: change.span, refusal }));
    }
    Ok((current, failures))
}

/// Whether a finding of this kind is a mistake in the test rather than a refusal: nothing of such a name is there.
const fn is_mistake(code: Code) -> bool {
    matches!(
        code,
        Code::UnknownType
            | Code::UnknownAction
            | Code::UnknownRole
            | Code::UnknownAttribute
            | Code::UnknownSetting
            | Code::UnknownPolicy
            | Code::UnknownEntity
            | Code::UnknownKey
            | Code::InvalidEntity
            | Code::WrongShape
            | Code::Syntax
    )
}
