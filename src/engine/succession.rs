//! How one state takes the place of another: one writer at a time, readers undisturbed, and whoever wants to hear of it told
//! in the order in which it happened.
//!
//! Three locks, always taken in this order. `reviser` is held for a whole revision, which reads files and may take long;
//! `writer` while a step is taken, so that none is lost; `board` for moments only. The slot itself is read without any of
//! them. Nobody is told while a lock is held: a subscriber may do whatever it likes with the engine, this included.
//!
//! The locks and the slot are a parameter, so that tests can try out the orders in which threads may come to them.

use arc_swap::{ArcSwap, Guard};
use std::collections::VecDeque;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// The place of the state that is in effect.
pub(super) trait Slot<T> {
    type Guard<'s>: Deref<Target = Arc<T>>
    where
        Self: 's;

    fn new(state: Arc<T>) -> Self;
    fn load(&self) -> Self::Guard<'_>;
    fn store(&self, state: Arc<T>);
}

/// A lock around a value.
pub(super) trait Lock<T> {
    fn new(value: T) -> Self;
    fn with<R>(&self, use_it: impl FnOnce(&mut T) -> R) -> R;
}

/// What threads share states by.
pub(super) trait Platform {
    type Slot<T: Send + Sync + 'static>: Slot<T>;
    type Lock<T: Send>: Lock<T>;
}

/// Threads as they are.
#[derive(Debug)]
pub(super) struct Threads;

impl Platform for Threads {
    type Slot<T: Send + Sync + 'static> = ArcSwap<T>;
    type Lock<T: Send> = Mutex<T>;
}

impl<T: Send + Sync + 'static> Slot<T> for ArcSwap<T> {
    type Guard<'s> = Guard<Arc<T>>;

    fn new(state: Arc<T>) -> Self {
        Self::new(state)
    }

    #[inline]
    fn load(&self) -> Self::Guard<'_> {
        Self::load(self)
    }

    fn store(&self, state: Arc<T>) {
        Self::store(self, state);
    }
}

impl<T> Lock<T> for Mutex<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    // Nothing is left half-done under a lock, so that a thread which stopped there does not stop the others.
    fn with<R>(&self, use_it: impl FnOnce(&mut T) -> R) -> R {
        use_it(&mut self.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a writer's work comes to. What is nothing stays as it is.
pub(super) struct Step<T, N, S> {
    /// The state that takes the place of the one in effect.
    pub(super) next: Option<Arc<T>>,
    /// How it stands with the state in effect.
    pub(super) standing: Option<S>,
    /// What subscribers are told.
    pub(super) news: Option<N>,
}

/// Whom to tell.
type Subscriber<N> = Arc<dyn Fn(&N) + Send + Sync>;

struct Board<N, S> {
    standing: S,
    /// What is yet to be told.
    outbox: VecDeque<N>,
    /// Whether a thread is telling. It goes on for as long as there is something to tell.
    telling: bool,
    subscribers: Vec<(u64, Subscriber<N>)>,
    next: u64,
}

/// States that others have taken the place of while readers were at them. To let go of one may take long, which is the
/// writer's to do and not that of the reader who happens to be the last: so they are kept here until nobody else has them.
struct Former<T>(Vec<Arc<T>>);

impl<T> Former<T> {
    /// Lets go of those that nobody else has.
    fn let_go(&mut self) {
        self.0.retain(|state| Arc::strong_count(state) > 1);
    }
}

/// States of `T` in their succession, each with a standing `S`, and news `N` of them.
pub(super) struct Succession<T: Send + Sync + 'static, N: Send, S: Send, P: Platform = Threads> {
    slot: P::Slot<T>,
    reviser: P::Lock<()>,
    writer: P::Lock<Former<T>>,
    board: P::Lock<Board<N, S>>,
}

impl<T: Send + Sync + 'static, N: Send, S: Clone + Send, P: Platform> Succession<T, N, S, P> {
    pub(super) fn new(first: T, standing: S) -> Self {
        let board = Board { standing, outbox: VecDeque::new(), telling: false, subscribers: Vec::new(), next: 0 };
        Self {
            slot: Slot::new(Arc::new(first)),
            reviser: Lock::new(()),
            writer: Lock::new(Former(Vec::new())),
            board: Lock::new(board),
        }
    }

    /// The state in effect.
    #[inline]
    pub(super) fn load(&self) -> <P::Slot<T> as Slot<T>>::Guard<'_> {
        self.slot.load()
    }

    /// The place of the state in effect, for who reads it often.
    pub(super) const fn slot(&self) -> &P::Slot<T> {
        &self.slot
    }

    /// The state in effect and how it stands with it, of one moment.
    pub(super) fn standing(&self) -> (Arc<T>, S) {
        self.board.with(|board| (Arc::clone(&self.slot.load()), board.standing.clone()))
    }

    /// Takes a step from the state in effect. No other is taken meanwhile.
    pub(super) fn step<R>(&self, work: impl FnOnce(&Arc<T>, &S) -> (Step<T, N, S>, R)) -> R {
        let result = self.writer.with(|former| {
            let (current, standing) = self.standing();
            let (step, result) = work(&current, &standing);
            self.take(step, current, former);
            result
        });
        self.tell();
        result
    }

    /// Takes a step that is prepared at length. Others may be taken meanwhile, so that it may end on another state than it
    /// began with; no other revision is.
    pub(super) fn revise<W, R>(
        &self,
        prepare: impl FnOnce(&Arc<T>) -> W,
        finish: impl FnOnce(W, &Arc<T>, &S) -> (Step<T, N, S>, R),
    ) -> R {
        let result = self.reviser.with(|()| {
            let base = Arc::clone(&self.slot.load());
            let prepared = prepare(&base);
            drop(base);
            self.writer.with(|former| {
                let (current, standing) = self.standing();
                let (step, result) = finish(prepared, &current, &standing);
                self.take(step, current, former);
                result
            })
        });
        self.tell();
        result
    }

    /// Puts what a step from the state in effect came to where others see it, all at once.
    fn take(&self, step: Step<T, N, S>, current: Arc<T>, former: &mut Former<T>) {
        if step.next.is_some() {
            former.0.push(current);
        }
        self.board.with(|board| {
            if let Some(next) = step.next {
                self.slot.store(next);
            }
            if let Some(standing) = step.standing {
                board.standing = standing;
            }
            board.outbox.extend(step.news);
        });
        former.let_go();
    }

    /// Tells what is to be told, unless another thread is at it, which then tells this as well.
    fn tell(&self) {
        loop {
            let next = self.board.with(|board| {
                if board.telling {
                    return None;
                }
                let news = board.outbox.pop_front()?;
                board.telling = true;
                let subscribers: Vec<_> =
                    board.subscribers.iter().map(|(_, subscriber)| Arc::clone(subscriber)).collect();
                Some((news, subscribers))
            });
            let Some((news, subscribers)) = next else { return };
            for subscriber in subscribers {
                // One that panics has said so on its own, and is no reason to leave the others in the dark.
                let _ = catch_unwind(AssertUnwindSafe(|| subscriber(&news)));
            }
            self.board.with(|board| board.telling = false);
        }
    }

    /// Has a subscriber told from now on, until its number is given back.
    pub(super) fn subscribe(&self, subscriber: Subscriber<N>) -> u64 {
        self.board.with(|board| {
            let number = board.next;
            board.next = number.wrapping_add(1);
            board.subscribers.push((number, subscriber));
            number
        })
    }

    /// Has a subscriber told no longer.
    pub(super) fn unsubscribe(&self, number: u64) {
        let gone = self.board.with(|board| {
            let at = board.subscribers.iter().position(|(known, _)| *known == number)?;
            Some(board.subscribers.remove(at))
        });
        // What a subscriber holds may have something to do with the engine when it goes.
        drop(gone);
    }
}

#[cfg(test)]
mod tests;
