//! What is noted while a test runs, for who wants to know.

use super::Course;
use crate::admin::Question;
use crate::analysis::coverage::Coverage;
use crate::decide::{Query, Snapshot};
use std::cell::RefCell;

/// What is noted of tests.
pub(super) struct Noting {
    /// What of the policy they look at.
    pub(super) coverage: RefCell<Coverage>,
    /// What a single one goes through.
    course: Option<RefCell<Course>>,
}

impl Noting {
    /// What tests look at, more than was looked at before.
    pub(super) fn of_policy(before: Coverage) -> Self {
        Self { coverage: RefCell::new(before), course: None }
    }

    /// What one test looks at, and what it goes through.
    pub(super) fn of_test(before: Coverage) -> Self {
        Self { course: Some(RefCell::default()), ..Self::of_policy(before) }
    }

    /// What was noted.
    pub(super) fn into_noted(self) -> (Coverage, Course) {
        (self.coverage.into_inner(), self.course.map(RefCell::into_inner).unwrap_or_default())
    }

    /// A question that decides on a change of the test's.
    pub(super) fn hear(&self, number: usize, question: &Question<'_>) {
        if let Question::Change { before, after } = question {
            self.note(|course| course.try_change(number, before, after));
            return;
        }
        let Ok(mut coverage) = self.coverage.try_borrow_mut() else { return };
        match question {
            Question::Decision { snapshot, query } => coverage.look(snapshot, query),
            Question::Comparison { held, standing, granting, role } => {
                coverage.compare(held, standing, granting, *role);
            }
            Question::Change { .. } => {}
        }
    }

    /// The changes are made.
    pub(super) fn arrive(&self, after: &Snapshot) {
        self.note(|course| course.arrive(after));
    }

    /// A question was answered.
    pub(super) fn ask(&self, snapshot: &Snapshot, query: &Query, allowed: bool) {
        if let Ok(mut coverage) = self.coverage.try_borrow_mut() {
            coverage.look(snapshot, query);
        }
        self.note(|course| course.ask(query, allowed));
    }

    fn note(&self, what: impl FnOnce(&mut Course)) {
        if let Some(mut course) = self.course.as_ref().and_then(|course| course.try_borrow_mut().ok()) {
            what(&mut course);
        }
    }
}
