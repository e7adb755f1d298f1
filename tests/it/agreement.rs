//! Generated policies, directories and requests, on which the engine must decide as the reference evaluator does.
//!
//! A default run makes 150,000 decisions; `ROLEBOOK_GENERATED=5000000` makes as many as it says and
//! `ROLEBOOK_SEED=7` other ones. What disagrees is shrunk before it is shown.
//!
//! # What it was shown to catch
//!
//! Each of these mistakes was put into the compiler, the directory or the evaluator, one at a time; a run of 100,000
//! decisions found every one of them, most within a tenth of a second.
//!
//! - **What roles take over**: `without` removes nothing, denies too, or the role's own allows; a base's `when`, its
//!   `requires`, implications or denies are not inherited; only the first base is; a role's own `requires` is dropped
//!   where it has bases; a role does not count as its bases, in itself or where implications lead; a custom role does not
//!   carry `open when`, or every extending role does.
//! - **Statements**: `within`, `to` or `unless` is dropped; `unless` is not negated; `and` is lowered as `or`; of several
//!   actions in a pattern the first counts; `*.ACTION` means one type.
//! - **Cells compiled ahead**: a cell is allowed although the role has a `when`, the grant has a condition, an implication
//!   may deny, or another role of the set denies; implications are left out.
//! - **The verdict**: `?` in a deny counts as false, in an allow as true; an allow outranks a deny that cannot be computed;
//!   denies of rules are skipped; roles above the resource, or those held within a time or under conditions, are not looked
//!   at; a role's `when` is not asked for its grants, or for its implications; a role that may count grants for certain;
//!   `scope` is the resource.
//! - **Time**: `since` or `until` is ignored, `until` is inclusive, `since` exclusive; the times of what is required, of a
//!   userset's assignment or of the membership are ignored; of two ends the later one counts; `context.time` is late.
//! - **Usersets**: they do not nest; a member must hold exactly the role; implied roles make no members, or only the first
//!   step does; membership forgets the `when` of the role, of the implying role, of the implied role or of the
//!   implication; conditions on the way are ignored, or ask of the scope; one way of holding covers another with other
//!   conditions; only one way is kept.
//! - **Implications**: transitive ones lead nowhere, or are not followed; the condition of one, or of the implied role, is
//!   ignored; its `resource` is its scope; roles are implied on entities that are not below; one that cannot be computed
//!   is followed, or leaves membership in doubt; a role in doubt implies all the same.
//! - **`requires`**: it is not asked; only the first of several is; what requires a role found later, or one that such a
//!   role extends, is not looked at again. (Only one run in three shows it where the later role *implies* the required one.)
//! - **`has`**: implied roles are not looked at, also by `has any role`; it forgets a role's `when`, wants exactly the role,
//!   is false of an unknown entity, or asks only the first element of a set.
//! - **What is missing**: nothing can be missing above, or only the entity's own parents can; a missing ancestor or
//!   attribute is absent, an absent one missing, as is something of an absent value; defaults do not apply to what is told
//!   or to the context; `within` is false where it is not known; told parents count one step only.
//! - **Conditions**: a bare set is true though empty; `is` of an absent value is unknown; `and` and `or` stop at the first
//!   `?`; `!=` with an absent value is false; a comparison with a missing value is false; an absent side goes before a
//!   missing one; `subset of` is turned around; `<=` is taken as `<`; `like` never goes back to its last `*`.
//! - **Who acts**: `actor` is the subject; a key is checked as itself; an undeclared key acts; its owner is taken from the
//!   request; an owner that is not declared counts, or never does.
//! - **Containment and names**: `X.TYPE` through `*` is taken as optional; an unmarked way settles nothing; of two
//!   organizations' roles of one name the first is assigned.

use crate::generate::{self, AssignmentFacts, Choices, Datum, Facts, RequestFacts, Rows, Shape};
use crate::reference::{Answer, Fact, Part, Reference, Request, Verdict};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use rolebook::Engine;
use rolebook::decide::{self, Decision, Query, Reason, RequestError};
use rolebook::explain::Explanation;
use rolebook::schema::RawValue;
use serde_yaml::Value as Yaml;
use std::collections::BTreeMap;
use std::fmt::Debug;

/// Decisions in a run that is not told otherwise.
const DECISIONS: usize = 150_000;
/// Requests for each policy with its directory.
const REQUESTS: usize = 30;

#[test]
fn the_engine_decides_as_the_reference_does() {
    let mut tally = Tally::default();
    run(decisions(), |case| {
        for request in &case.requests {
            let answer = case.reference.decide(&asked_of_reference(request));
            let decided = case.engine.check(&query(request));
            if verdict(&decided) != Some(expected(&answer)) {
                return Err(case.report(request, &answer, &decided));
            }
            tally.count(&answer);
        }
        Ok(())
    });
    tally.assert_healthy();
}

#[test]
fn order_never_matters() {
    run(decisions() / 20, |case| {
        let shuffled = case.shuffled()?;
        for request in &case.requests {
            let decided = case.engine.check(&query(request));
            let again = shuffled.engine.check(&query(request));
            if verdict(&decided) != verdict(&again) {
                let other = format!("{}\n{}", shuffled.policies.join("\n# next file\n"), shuffled.directory);
                return Err(format!("{}\nin another order:\n{other}", case.report(request, &decided, &again)));
            }
        }
        Ok(())
    });
}

/// A generated policy and directory, loaded by both, and requests.
struct Case {
    shape: Shape,
    facts: Facts,
    policies: Vec<String>,
    directory: String,
    requests: Vec<RequestFacts>,
    /// Choices that were not needed so far.
    order: Vec<u32>,
    reference: Reference,
    engine: Engine,
}

impl Case {
    fn new(rows: &[Vec<u32>]) -> Result<Self, String> {
        let [policy, directory, order, requests @ ..] = rows else { return Err(String::from("three rows or more")) };
        let shape = generate::policy(&mut Choices::new(policy));
        let mut facts = generate::directory(&mut Choices::new(directory), &shape);
        let policies = vec![shape.text()];
        let reference = without_unmet_requirements(&policies, &shape, &mut facts);
        let requests = requests.iter().map(|row| generate::request(&mut Choices::new(row), &shape, &facts)).collect();
        let directory = facts.text(&shape);
        let engine = load(&policies, &directory)?;
        Ok(Self { shape, facts, policies, directory, requests, order: order.clone(), reference, engine })
    }

    /// The same with everything written in another order, in several files.
    fn shuffled(&self) -> Result<Loaded, String> {
        let choices = &mut Choices::new(&self.order);
        let mut declarations = self.shape.declarations.clone();
        choices.shuffle(&mut declarations);
        let middle = choices.between(1, declarations.len() - 1);
        let policies = [&declarations[..middle], &declarations[middle..]].map(|part| part.join("\n")).to_vec();
        let mut facts = self.facts.clone();
        facts.shuffle(choices);
        let directory = facts.text(&self.shape);
        Ok(Loaded { engine: load(&policies, &directory)?, policies, directory })
    }

    fn report(&self, request: &RequestFacts, one: &impl Debug, other: &impl Debug) -> String {
        let query = query(request);
        format!("{}\n{}\n{query:#?}\n{one:?}\n{other:?}", self.policies.join("\n"), self.directory)
    }
}

struct Loaded {
    engine: Engine,
    policies: Vec<String>,
    directory: String,
}

/// Drops the assignments that the language refuses because their subjects do not hold what the roles require.
fn without_unmet_requirements(policies: &[String], shape: &Shape, facts: &mut Facts) -> Reference {
    let read = |facts: &Facts| Reference::new(policies.iter().map(String::as_str), [facts.text(shape).as_str()]);
    let reference = read(facts);
    let unmet = reference.unmet_requirements();
    if unmet.is_empty() {
        return reference;
    }
    let entities = facts.entities.iter().map(|entity| entity.name.clone()).collect::<Vec<_>>();
    let stands = |assignment: &AssignmentFacts| {
        let [on, role, subject] = [&entities[assignment.on], &assignment.role, &assignment.subject];
        !unmet.iter().any(|unmet| unmet.each_ref() == [on, role, subject])
    };
    facts.assignments.retain(stands);
    read(facts)
}

fn load(policies: &[String], directory: &str) -> Result<Engine, String> {
    let names: Vec<String> = (1..=policies.len()).map(|at| format!("policy{at}.rolebook")).collect();
    let policies: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(policies.iter().map(String::as_str)).collect();
    let loaded = Engine::from_strings(&policies, &[("directory.yaml", directory)]);
    loaded.map_err(|error| {
        let texts: Vec<&str> = policies.iter().map(|(_, text)| *text).collect();
        format!("refused: {error}\n{}\n{directory}", texts.join("\n"))
    })
}

fn query(request: &RequestFacts) -> Query {
    Query {
        subject: request.subject.clone(),
        action: request.action.clone(),
        resource: request.resource.clone(),
        context: raw_values(&request.context),
        facts: request
            .told
            .iter()
            .map(|told| decide::Fact {
                entity: told.entity.clone(),
                parents: told.parents.clone(),
                attributes: raw_values(&told.attributes),
            })
            .collect(),
        at: request.moment(),
    }
}

fn raw_values(values: &[(String, Datum)]) -> Vec<(String, RawValue)> {
    values.iter().map(|(name, datum)| (name.clone(), raw(datum))).collect()
}

fn raw(datum: &Datum) -> RawValue {
    match datum {
        Datum::Bool(value) => RawValue::Bool(*value),
        Datum::Int(value) => RawValue::Int(*value),
        Datum::Text(text) => RawValue::String(text.clone()),
        Datum::List(items) => RawValue::List(items.iter().map(raw).collect()),
    }
}

fn asked_of_reference(request: &RequestFacts) -> Request {
    let values = |values: &[(String, Datum)]| -> BTreeMap<String, Yaml> {
        values.iter().map(|(name, datum)| (name.clone(), yaml(datum))).collect()
    };
    let fact = |told: &generate::Told| Fact {
        entity: told.entity.clone(),
        parents: told.parents.clone(),
        attributes: values(&told.attributes),
    };
    Request {
        subject: request.subject.clone(),
        action: request.action.clone(),
        resource: request.resource.clone(),
        context: values(&request.context),
        facts: request.told.iter().map(fact).collect(),
        at: request.moment(),
    }
}

fn yaml(datum: &Datum) -> Yaml {
    match datum {
        Datum::Bool(value) => (*value).into(),
        Datum::Int(value) => (*value).into(),
        Datum::Text(text) => text.as_str().into(),
        Datum::List(items) => Yaml::Sequence(items.iter().map(yaml).collect()),
    }
}

/// What is decided, if anything is.
fn verdict(decided: &Result<Decision, RequestError>) -> Option<(bool, Reason)> {
    decided.as_ref().ok().map(|decision| (decision.allowed, decision.reason))
}

fn expected(answer: &Answer) -> (bool, Reason) {
    match answer.verdict {
        Verdict::Allowed => (true, Reason::Granted),
        Verdict::Forbidden => (false, Reason::Forbidden),
        Verdict::NotGranted => (false, Reason::NotGranted),
        Verdict::NotComputed => (false, Reason::NotComputed),
    }
}

/// What the decisions of a run consisted of.
#[derive(Default, Debug)]
struct Tally {
    decisions: usize,
    verdicts: BTreeMap<Verdict, usize>,
    parts: BTreeMap<(Verdict, Part), usize>,
}

impl Tally {
    fn count(&mut self, answer: &Answer) {
        self.decisions += 1;
        *self.verdicts.entry(answer.verdict).or_default() += 1;
        for &part in &answer.parts {
            *self.parts.entry((answer.verdict, part)).or_default() += 1;
        }
    }

    /// A generator that goes blind would agree with everything: of each hundred thousand decisions so many at least must
    /// come to each verdict, and so many with each feature having its part in it.
    fn assert_healthy(&self) {
        if self.decisions < DECISIONS {
            return;
        }
        let rate = |count: Option<&usize>| count.copied().unwrap_or(0) * 100_000 / self.decisions;
        let mut blind = Vec::new();
        for (verdict, least) in [
            (Verdict::Allowed, 8_000),
            (Verdict::Forbidden, 6_000),
            (Verdict::NotGranted, 30_000),
            (Verdict::NotComputed, 1_500),
        ] {
            if rate(self.verdicts.get(&verdict)) < least {
                blind.push(format!("{verdict:?}: {}, wanted {least}", rate(self.verdicts.get(&verdict))));
            }
        }
        for &(verdict, parts) in HEALTHY {
            for &(part, least) in parts {
                let rate = rate(self.parts.get(&(verdict, part)));
                if rate < least {
                    blind.push(format!("{verdict:?} with {part:?}: {rate}, wanted {least}"));
                }
            }
        }
        assert!(blind.is_empty(), "too few of each hundred thousand decisions:\n{}\n{self:#?}", blind.join("\n"));
    }
}

/// How many of a hundred thousand decisions must have come about with what.
const HEALTHY: &[(Verdict, &[(Part, usize)])] = &[
    (
        Verdict::Allowed,
        &[
            (Part::Rule, 2_000),
            (Part::Role, 3_000),
            (Part::Inherited, 500),
            (Part::Within, 1_000),
            (Part::To, 1_000),
            (Part::When, 2_000),
            (Part::Unless, 800),
            (Part::Above, 1_000),
            (Part::Implied, 400),
            (Part::ImpliedTwice, 20),
            (Part::Userset, 500),
            (Part::UsersetTwice, 70),
            (Part::Requirement, 200),
            (Part::Condition, 500),
            (Part::Custom, 300),
            (Part::ActsAs, 60),
            (Part::Told, 700),
            (Part::Unheard, 80),
        ],
    ),
    (
        Verdict::Forbidden,
        &[
            (Part::Rule, 3_000),
            (Part::Role, 1_500),
            (Part::Inherited, 500),
            (Part::Above, 600),
            (Part::Implied, 300),
            (Part::ImpliedTwice, 20),
            (Part::Userset, 300),
            (Part::UsersetTwice, 40),
            (Part::Requirement, 150),
            (Part::Condition, 400),
            (Part::Custom, 150),
            (Part::Told, 700),
        ],
    ),
    (
        Verdict::NotGranted,
        &[
            (Part::BeforeSince, 2_000),
            (Part::AfterUntil, 4_000),
            (Part::RequirementUnmet, 2_000),
            (Part::ConditionFails, 7_000),
            (Part::ImplicationUnknown, 80),
            (Part::NobodyBehind, 1_500),
        ],
    ),
    (
        Verdict::NotComputed,
        &[(Part::Rule, 1_500), (Part::Role, 300), (Part::When, 2_000), (Part::ConditionUnknown, 40), (Part::Told, 600)],
    ),
];

/// Decisions wanted.
fn decisions() -> usize {
    std::env::var("ROLEBOOK_GENERATED")
        .map_or(DECISIONS, |count| count.parse().expect("ROLEBOOK_GENERATED is a number"))
}

/// Runs a property over so many requests.
fn run(requests: usize, mut property: impl FnMut(&Case) -> Result<(), String>) {
    let standard = Config::default();
    let config = Config {
        cases: u32::try_from(requests.div_ceil(REQUESTS)).expect("a number of cases"),
        failure_persistence: None,
        // Each policy has many choices to take back; PROPTEST_MAX_SHRINK_ITERS overrides.
        max_shrink_iters: if standard.max_shrink_iters == u32::MAX { 20_000 } else { standard.max_shrink_iters },
        ..standard
    };
    let mut seed = [0; 32];
    if let Ok(number) = std::env::var("ROLEBOOK_SEED") {
        seed[..8].copy_from_slice(&number.parse::<u64>().expect("ROLEBOOK_SEED is a number").to_le_bytes());
    }
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let property = std::cell::RefCell::new(&mut property);
    let lengths = [3000, 1000, 300].into_iter().chain(std::iter::repeat_n(80, REQUESTS)).collect();
    let outcome = runner.run(&Rows { lengths }, |rows| {
        let case = Case::new(&rows).map_err(TestCaseError::fail)?;
        (property.borrow_mut())(&case).map_err(TestCaseError::fail)
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(TestError::Abort(reason)) => panic!("aborted: {reason}"),
    }
}

#[test]
fn explanations_prove_what_is_decided() {
    run(decisions() / 10, |case| {
        for request in &case.requests {
            let Ok(explanation) = case.engine.explain(&query(request)) else { continue };
            if let Some(gap) = gap(&explanation) {
                return Err(case.report(request, &gap, &explanation));
            }
        }
        Ok(())
    });
}

/// What an explanation leaves open.
fn gap(explanation: &Explanation) -> Option<&'static str> {
    let steps = &explanation.steps;
    let proven = steps.iter().all(|step| step.truth == Some(true));
    let by_role = steps.last().is_some_and(|step| step.text.starts_with('`'));
    let held = steps.iter().any(|step| step.text.contains(" holds `"));
    match explanation.outcome.verdict {
        Reason::Granted | Reason::Forbidden if steps.is_empty() => Some("no proof"),
        Reason::Granted | Reason::Forbidden if !proven => Some("a step of the proof does not hold"),
        Reason::NotGranted if !steps.is_empty() => Some("a proof of nothing"),
        Reason::NotComputed if explanation.outcome.uncomputed.is_empty() => Some("nothing was uncomputed"),
        Reason::NotGranted | Reason::NotComputed => None,
        _ if by_role && !held => Some("not said how the role is held"),
        _ => None,
    }
}
