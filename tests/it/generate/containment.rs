//! Parents for an entity that break no rule of containment.

use super::choices::Choices;
use super::directory::Facts;
use super::shape::{Mark, Reach, Shape, TypeAt};
use std::collections::BTreeSet;

/// The search for parents of one entity among those declared so far.
pub(crate) struct Placing<'a> {
    shape: &'a Shape,
    facts: &'a Facts,
    ty: TypeAt,
    /// Whether a required parent may be left out, as in a request.
    may_lack: bool,
}

impl<'a> Placing<'a> {
    /// For an entity of the directory.
    pub(crate) fn declared(shape: &'a Shape, facts: &'a Facts, ty: TypeAt) -> Self {
        Self { shape, facts, ty, may_lack: false }
    }

    /// For an entity of which only a request tells.
    pub(crate) fn told(shape: &'a Shape, facts: &'a Facts, ty: TypeAt) -> Self {
        Self { shape, facts, ty, may_lack: true }
    }

    /// Parents, if any fit.
    pub(crate) fn parents(&self, choices: &mut Choices<'_>) -> Option<Vec<usize>> {
        let marked = &self.shape.types[self.ty].parents;
        let mut required = vec![Vec::new()];
        for &(parent, _) in marked.iter().filter(|(_, mark)| *mark == Mark::One) {
            if self.may_lack && choices.chance(30) {
                continue;
            }
            let candidates = self.of_type(parent);
            let extend = |chosen: &Vec<usize>| -> Vec<Vec<usize>> {
                candidates.iter().map(|&candidate| [chosen.as_slice(), &[candidate]].concat()).collect()
            };
            required = required.iter().flat_map(extend).collect();
        }
        required.retain(|chosen| self.fits(chosen));
        let mut chosen = choices.pick_any(&required)?.clone();
        for &(parent, mark) in marked {
            let more = match mark {
                Mark::One => 0,
                Mark::Optional => choices.below(2),
                Mark::Many => choices.below(3),
            };
            for _ in 0..more {
                if let Some(candidate) = choices.copy_pick_any(&self.of_type(parent)) {
                    chosen.push(candidate);
                    if chosen[..chosen.len() - 1].contains(&candidate) || !self.fits(&chosen) {
                        chosen.pop();
                    }
                }
            }
        }
        Some(chosen)
    }

    fn of_type(&self, ty: TypeAt) -> Vec<usize> {
        (0..self.facts.entities.len()).filter(|&at| self.facts.entities[at].ty == ty).collect()
    }

    /// Whether every type of which there is to be one has one above: none has two, and, unless it may lack, none has none.
    fn fits(&self, parents: &[usize]) -> bool {
        let above: BTreeSet<usize> = parents.iter().flat_map(|&parent| self.facts.closure(parent)).collect();
        (0..self.shape.types.len()).filter(|&ty| ty != self.ty).all(|ty| {
            let count = above.iter().filter(|&&at| self.facts.entities[at].ty == ty).count();
            match self.shape.reach(self.ty, ty) {
                Reach::One => count == 1 || (self.may_lack && count == 0),
                Reach::Optional => count <= 1,
                Reach::Never | Reach::Many => true,
            }
        })
    }
}

impl Shape {
    /// All types, each after those that may contain it.
    pub(crate) fn outermost_first(&self) -> Vec<TypeAt> {
        let mut order: Vec<TypeAt> = Vec::new();
        while order.len() < self.types.len() {
            for ty in 0..self.types.len() {
                let ready = self.types[ty].parents.iter().all(|(parent, _)| *parent == ty || order.contains(parent));
                if ready && !order.contains(&ty) {
                    order.push(ty);
                }
            }
        }
        order
    }
}
