//! What becomes of the warnings of a directory.

use super::Amended;
use crate::diagnostics::{self, Code, Diagnostic, near_miss};
use crate::directory::EntityId;
use crate::directory::naming::{assigned_at, repeated, undeclared, undeclared_mention};
use crate::schema::{Schema, split_entity};
use crate::source::Span;

/// Among how many entities with an entry a suggestion for one that has none is looked for.
const NEAREST_AMONG: u32 = 1_000_000;

impl Amended {
    /// The warnings after it, of those before: nothing where they are the same, `None` where that cannot be told.
    ///
    /// Two kinds may change: of an assignment that stands twice, and of an entity that is mentioned without an entry.
    #[must_use]
    pub fn warnings(&self, schema: &Schema, before: &[Diagnostic]) -> Option<Option<Vec<Diagnostic>>> {
        let suggested = self.suggested(schema, before)?;
        let twice = |finding: &Diagnostic| {
            // Two assignments may share a place: an alias stands for a list of subjects.
            finding.code == Code::DuplicateAssignment
                && self.gone.iter().any(|one| {
                    finding.labels.iter().any(|label| holds(one.span, label.span))
                        && finding.message == repeated(schema, &self.directory, one.role, one.on)
                })
        };
        let mut lost: Vec<usize> = Vec::new();
        if !self.gone.is_empty() {
            lost.extend(before.iter().enumerate().filter(|(_, finding)| twice(finding)).map(|(at, _)| at));
        }
        let mut new = Vec::new();
        let mut mentioned: Vec<EntityId> = self
            .gone
            .iter()
            .chain(&self.came)
            .map(|one| one.subject.entity())
            .filter(|&one| self.is_doubtful(one))
            .collect();
        mentioned.sort_unstable();
        mentioned.dedup();
        for entity in mentioned {
            let message = undeclared(&self.directory.name(schema, entity));
            let known =
                before.iter().position(|finding| finding.code == Code::UndeclaredMention && finding.message == message);
            if let Some((at, finding)) = known.and_then(|at| Some((at, before.get(at)?))) {
                let mut assigned = self.gone.iter().copied().chain(self.directory.assignments.naming(entity));
                let place = finding.span();
                // Where something else than an assignment mentions it, that goes before.
                if !assigned.any(|one| place.is_some_and(|place| holds(one.span, place)))
                    || place == assigned_at(schema, &self.directory, entity)
                {
                    continue;
                }
                lost.push(at);
            }
            new.extend(self.mention(schema, entity));
        }
        if lost.is_empty() && new.is_empty() && suggested.is_empty() {
            return Some(None);
        }
        // Where some are not shown, one that goes makes room for another.
        if before.iter().any(|finding| finding.code == Code::LimitExceeded) {
            return None;
        }
        let kept = before.iter().enumerate().filter(|(at, _)| !lost.contains(at)).map(|(_, finding)| finding.clone());
        let mut after: Vec<Diagnostic> = kept.chain(new).collect();
        for (place, help) in suggested {
            // Where it is lost, it was made anew.
            if let Some(finding) = after.iter_mut().find(|finding| finding.message == place) {
                finding.help = help;
            }
        }
        diagnostics::sort(&mut after);
        Some(Some(after))
    }

    /// By what they say, the warnings of mentions that suggest something else now that entities came or went; `None` where
    /// that cannot be told without a look at all entities.
    fn suggested(&self, schema: &Schema, before: &[Diagnostic]) -> Option<Vec<(String, Option<String>)>> {
        let directory = &self.directory;
        let (mut suggested, mut looked_at) = (Vec::new(), 0_usize);
        if self.created.is_empty() && self.removed.is_empty() {
            return Some(suggested);
        }
        for finding in before.iter().filter(|finding| finding.code == Code::UndeclaredMention) {
            let (type_name, id) = split_entity(quoted(&finding.message)?)?;
            let ty = schema.type_named(type_name)?;
            looked_at = looked_at.saturating_add(directory.declared_of(ty) as usize);
            let of_type = |entity: &&EntityId| directory.type_of(**entity) == ty;
            let old = finding.help.as_deref().and_then(quoted).and_then(split_entity).map(|(_, near)| near);
            let gone = self.removed.iter().filter(of_type).any(|&one| Some(directory.id_of(one)) == old);
            if gone {
                return None;
            }
            let new = self.created.iter().filter(of_type).map(|&one| directory.id_of(one));
            let near = near_miss(id, old.into_iter().chain(new));
            if near != old {
                suggested
                    .push((finding.message.clone(), near.map(|near| format!("did you mean `{type_name}:{near}`?"))));
            }
        }
        // Past as many, not all of them suggest something.
        (looked_at <= NEAREST_AMONG as usize).then_some(suggested)
    }

    /// Whether a mention of an entity is a warning: it has no entry, and others of its type have. One that only a default
    /// of the policy named at first is none.
    fn is_doubtful(&self, entity: EntityId) -> bool {
        let directory = &self.directory;
        !directory.is_declared(entity)
            && directory.declares_type(directory.type_of(entity))
            && directory.is_mentioned_somewhere(entity)
    }

    /// The warning at the first mention of an entity, if it is mentioned still.
    fn mention(&self, schema: &Schema, entity: EntityId) -> Option<Diagnostic> {
        let directory = &self.directory;
        let span = assigned_at(schema, directory, entity)?;
        let (ty, id) = (directory.type_of(entity), directory.id_of(entity));
        let mut near = None;
        if directory.declared_of(ty) <= NEAREST_AMONG {
            let declared =
                directory.entities().filter(|&one| directory.type_of(one) == ty && directory.is_declared(one));
            near = near_miss(id, declared.map(|one| directory.id_of(one)));
        }
        let own = schema.types.get(ty).map_or("", |info| &info.name);
        let help = near.map(|near| format!("did you mean `{own}:{near}`?"));
        Some(undeclared_mention(&directory.name(schema, entity), span, help))
    }
}

/// What stands between the first quotes of a text.
fn quoted(text: &str) -> Option<&str> {
    text.split('`').nth(1)
}

/// Whether a place lies in another.
fn holds(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}
