//! What lies in what: parents by nesting and by `in`, their types and number, and the way up from every entity.

use super::Builder;
use super::cycle::{Step, Walk};
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::directory::by_entity::ByEntity;
use crate::directory::containment::{CHAIN, ChainId, TOP, TooLong};
use crate::directory::{EntityId, ParentFault, compare_ways, count_parents};
use crate::index::Idx;
use crate::schema::TypeId;
use crate::source::Span;
use fixedbitset::FixedBitSet;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// A parent and where it is named.
#[derive(Clone, Copy)]
struct Edge {
    parent: EntityId,
    span: Span,
}

/// Parents as written, and what is known of their faults.
struct Containment {
    /// Every parent that exists, in the order written.
    written: ByEntity<Edge>,
    /// Those that may be parents at all, sorted, each once.
    sound: ByEntity<EntityId>,
    /// Entities with a fault of their own or above them: what would follow from it is not reported.
    faulty: FixedBitSet,
    /// Parents left out because they would close a cycle.
    cut: FxHashSet<(EntityId, EntityId)>,
    /// What was found to be in order, by chain and type of what lies there.
    checked: FxHashSet<(ChainId, TypeId)>,
    exhausted: bool,
}

impl Builder<'_> {
    pub(super) fn contain(&mut self) {
        let mut faulty = FixedBitSet::with_capacity(self.directory.len());
        let edges = self.edges(&mut faulty);
        let written = ByEntity::new(self.directory.len(), edges);
        let sound = self.sound(&written, &mut faulty);
        let mut containment = Containment {
            written,
            sound,
            faulty,
            cut: FxHashSet::default(),
            checked: FxHashSet::default(),
            exhausted: false,
        };
        Arc::make_mut(&mut self.directory.chains).grow(self.directory.entities.len());
        self.climb(&mut containment);
    }

    /// All parents that have an entry.
    fn edges(&mut self, faulty: &mut FixedBitSet) -> Vec<(EntityId, Edge)> {
        let mut edges = Vec::new();
        for (tree, written) in self.trees.iter().enumerate() {
            for mention in &written.parents {
                let Some(entity) = self.entity(tree, mention.entity, mention.span) else { continue };
                let parent = self.entity(tree, mention.parent, mention.span);
                match parent {
                    Some(parent) if self.directory.is_declared(parent) => {
                        edges.push((entity, Edge { parent, span: mention.span }));
                    }
                    Some(parent) => {
                        faulty.grow_and_insert(entity.index());
                        self.undeclared_parent(entity, parent, mention.span, written.bulk);
                    }
                    None => faulty.grow_and_insert(entity.index()),
                }
            }
        }
        edges
    }

    fn undeclared_parent(&mut self, entity: EntityId, parent: EntityId, span: Span, bulk: bool) {
        self.reported.grow_and_insert(parent.index());
        if self.incomplete {
            return;
        }
        let help = if self.findings.room(Severity::Error) { self.nearest(parent) } else { None };
        let (name, child) = (self.name(parent), self.name(entity));
        self.findings.error(|| {
            let message = format!("`{child}` lies in `{name}`, which has no entry");
            Diagnostic::error(Code::UndeclaredParent, span, message).help(help.unwrap_or_else(|| match bulk {
                true => format!("give it one: {{\"entity\":\"{name}\"}}"),
                false => format!("give it one: `{name}: {{}}`"),
            }))
        });
    }

    /// Checks types and numbers of parents; keeps those of a type that fits.
    fn sound(&mut self, written: &ByEntity<Edge>, faulty: &mut FixedBitSet) -> ByEntity<EntityId> {
        let mut sound: Vec<(EntityId, EntityId)> = Vec::with_capacity(written.all().len());
        let mut parents: Vec<EntityId> = Vec::new();
        for entity in self.directory.entities().filter(|&entity| self.directory.is_declared(entity)).collect::<Vec<_>>()
        {
            parents.clear();
            parents.extend(written.of(entity).iter().map(|edge| edge.parent));
            parents.sort_unstable();
            parents.dedup();
            let ty = self.directory.type_of(entity);
            let faults = count_parents(self.schema, ty, &parents, |parent| self.directory.type_of(parent));
            let mut follows = faulty.contains(entity.index());
            for fault in faults {
                if let ParentFault::WrongType { parent } = fault {
                    parents.retain(|&kept| kept != parent);
                    follows = true;
                } else if follows && matches!(fault, ParentFault::Lacking { .. }) {
                    continue;
                }
                faulty.grow_and_insert(entity.index());
                self.parent_fault(entity, fault, written);
            }
            sound.extend(parents.iter().map(|&parent| (entity, parent)));
        }
        ByEntity::new(self.directory.len(), sound)
    }

    fn parent_fault(&mut self, entity: EntityId, fault: ParentFault, written: &ByEntity<Edge>) {
        let own = self.directory.span(entity);
        let place =
            |parent: EntityId| written.of(entity).iter().find(|edge| edge.parent == parent).map(|edge| edge.span);
        let (directory, schema, trees) = (&self.directory, self.schema, self.trees);
        let name = |entity: EntityId| directory.name(schema, entity);
        self.findings.error(|| {
            let (first, second) = match fault {
                ParentFault::WrongType { parent } => (place(parent), None),
                ParentFault::Several { first, second, .. } => (
                    place(second),
                    place(first).map(|span| {
                        (format!("in `{}` here", name(second)), span, format!("in `{}` here", name(first)))
                    }),
                ),
                ParentFault::Lacking { .. } => (own, None),
                ParentFault::Apart { first, second, .. } => (
                    place(second.through),
                    place(first.through).map(|span| {
                        let leads = |to| format!("leads to `{}`", name(to));
                        (leads(second.to), span, leads(first.to))
                    }),
                ),
            };
            let message = fault.message(schema, &name(entity), name);
            let finding = match first.or(own) {
                Some(span) => Diagnostic::error(Code::Containment, span, message),
                None => Diagnostic::placeless(Code::Containment, message),
            };
            let bulk = own.is_some_and(|own| trees.iter().any(|tree| tree.bulk && tree.is_of(own.file)));
            let finding = finding.help(match fault {
                ParentFault::Lacking { ty } if bulk => {
                    let wanted = schema.types.get(ty).map_or("", |info| &info.name);
                    format!("say where it lies in its line: `\"in\":[\"{wanted}:ID\"]`")
                }
                _ => fault.help(schema, directory.type_of(entity)),
            });
            match second {
                Some((here, span, there)) => finding.here(here).label(span, there),
                None => finding,
            }
        });
    }

    /// Makes the chain of every entity, parents first.
    fn climb(&mut self, containment: &mut Containment) {
        let mut walk = Walk::new(self.directory.len());
        for entity in self.directory.entities() {
            walk.start(entity);
            while let Some(step) = walk.step(&containment.sound) {
                match step {
                    Step::Cycle(cycle) => self.cycle(&cycle, containment),
                    Step::Done(entity) => self.chain(entity, containment),
                }
            }
        }
    }

    fn cycle(&mut self, cycle: &[EntityId], containment: &mut Containment) {
        /// Steps that are shown of a long cycle.
        const SHOWN: usize = 16;
        let (Some(&first), Some(&last)) = (cycle.first(), cycle.last()) else { return };
        containment.cut.insert((last, first));
        for entity in cycle {
            containment.faulty.grow_and_insert(entity.index());
        }
        let next = cycle.iter().skip(1).chain(std::iter::once(&first));
        let steps: Vec<(EntityId, EntityId)> = cycle.iter().copied().zip(next.copied()).take(SHOWN).collect();
        let written = &containment.written;
        let (directory, schema) = (&self.directory, self.schema);
        let name = |entity: EntityId| directory.name(schema, entity);
        self.findings.error(|| {
            let mut path: Vec<String> = steps.iter().map(|(entity, _)| format!("`{}`", name(*entity))).collect();
            if cycle.len() > SHOWN {
                path.push(format!("{} more", cycle.len() - SHOWN));
            }
            path.push(format!("`{}`", name(first)));
            let message = format!("`{}` lies in itself: {}", name(first), path.join(" in "));
            let mut finding: Option<Diagnostic> = None;
            for (entity, parent) in steps {
                let Some(edge) = written.of(entity).iter().find(|edge| edge.parent == parent) else { continue };
                let text = format!("`{}` in `{}`", name(entity), name(parent));
                finding = Some(match finding {
                    None => Diagnostic::error(Code::Containment, edge.span, message.clone()).here(text),
                    Some(finding) => finding.label(edge.span, text),
                });
            }
            finding.unwrap_or_else(|| Diagnostic::placeless(Code::Containment, message))
        });
    }

    /// The chain of an entity whose parents have theirs, and whether its ways up agree.
    fn chain(&mut self, entity: EntityId, containment: &mut Containment) {
        let parents = containment.sound.of(entity);
        let kept: Vec<EntityId>;
        let parents = if containment.cut.is_empty() {
            parents
        } else {
            kept = parents.iter().copied().filter(|&parent| !containment.cut.contains(&(entity, parent))).collect();
            &kept
        };
        let chain = match Arc::make_mut(&mut self.directory.chains).intern(parents) {
            Ok(chain) => chain,
            Err(too_long) => {
                self.too_long(entity, too_long, containment.exhausted);
                containment.exhausted |= too_long == TooLong::Together;
                containment.faulty.grow_and_insert(entity.index());
                TOP
            }
        };
        Arc::make_mut(&mut self.directory.chains).set(entity, chain);
        if parents.iter().any(|parent| containment.faulty.contains(parent.index())) {
            containment.faulty.grow_and_insert(entity.index());
        }
        let ty = self.directory.type_of(entity);
        if containment.faulty.contains(entity.index()) || !containment.checked.insert((chain, ty)) {
            return;
        }
        let (directory, schema) = (&self.directory, self.schema);
        let faults =
            compare_ways(schema, ty, parents, |above| directory.type_of(above), |parent| directory.ancestors(parent));
        if !faults.is_empty() {
            // The next sibling has the same fault, and its own places.
            containment.checked.remove(&(chain, ty));
            containment.faulty.grow_and_insert(entity.index());
        }
        for fault in faults {
            self.parent_fault(entity, fault, &containment.written);
        }
    }

    fn too_long(&mut self, entity: EntityId, why: TooLong, exhausted: bool) {
        let (name, span) = (self.name(entity), self.directory.span(entity));
        let message = match why {
            TooLong::Chain => format!("`{name}` lies in more than {CHAIN} entities"),
            TooLong::Together if exhausted => return,
            TooLong::Together => String::from("the entities nest too deep and too wide to keep their ways up"),
        };
        self.findings.error(|| match span {
            Some(span) => Diagnostic::error(Code::LimitExceeded, span, message),
            None => Diagnostic::placeless(Code::LimitExceeded, message),
        });
    }
}
