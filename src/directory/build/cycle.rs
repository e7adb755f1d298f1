//! A walk over all entities that comes to every parent before what lies in it, and meets every cycle.

use crate::directory::EntityId;
use crate::directory::by_entity::ByEntity;
use crate::index::Idx;

/// What the walk came to.
pub(super) enum Step {
    /// A cycle: each lies in the next, and the last in the first. The walk goes on as if the last did not.
    Cycle(Vec<EntityId>),
    /// An entity whose parents are all done.
    Done(EntityId),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unseen,
    Open,
    Done,
}

/// The walk. Its stack is its own, as entities may nest thousands deep.
pub(super) struct Walk {
    states: Vec<State>,
    stack: Vec<(EntityId, usize)>,
}

impl Walk {
    pub(super) fn new(entities: usize) -> Self {
        Self { states: vec![State::Unseen; entities], stack: Vec::new() }
    }

    /// Goes on from an entity, unless the walk was there.
    pub(super) fn start(&mut self, entity: EntityId) {
        if self.state(entity) == State::Unseen {
            self.open(entity);
        }
    }

    /// The next thing met; `None` when everything above the start is done.
    pub(super) fn step(&mut self, parents: &ByEntity<EntityId>) -> Option<Step> {
        loop {
            let (entity, at) = self.stack.last_mut()?;
            let entity = *entity;
            let Some(&parent) = parents.of(entity).get(*at) else {
                self.stack.pop();
                if let Some(state) = self.states.get_mut(entity.index()) {
                    *state = State::Done;
                }
                return Some(Step::Done(entity));
            };
            *at += 1;
            match self.state(parent) {
                State::Unseen => self.open(parent),
                State::Open => {
                    let path = self.stack.iter().map(|(entity, _)| *entity);
                    return Some(Step::Cycle(path.skip_while(|&entity| entity != parent).collect()));
                }
                State::Done => {}
            }
        }
    }

    fn open(&mut self, entity: EntityId) {
        if let Some(state) = self.states.get_mut(entity.index()) {
            *state = State::Open;
        }
        self.stack.push((entity, 0));
    }

    fn state(&self, entity: EntityId) -> State {
        self.states.get(entity.index()).copied().unwrap_or(State::Done)
    }
}
