//! The succession under thousands of orders in which threads may take turns.
//!
//! The slot is modelled as a lock around the state: what readers and writers of the real one may rely on is that a state is
//! put there as a whole, and that is all that is taken for granted here.

use super::{Lock, Platform, Slot, Step, Succession, Threads};
use shuttle::sync::{Mutex, MutexGuard};
use shuttle::thread;
use std::ops::Deref;
use std::sync::{Arc, Weak};

/// Orders that are tried for each test.
const ORDERS: usize = 3_000;

/// Threads whose turns are chosen.
struct Modelled;

struct ModelledSlot<T>(Mutex<Arc<T>>);
struct Loaded<T>(Arc<T>);

impl<T> Deref for Loaded<T> {
    type Target = Arc<T>;

    fn deref(&self) -> &Arc<T> {
        &self.0
    }
}

impl Platform for Modelled {
    type Slot<T: Send + Sync + 'static> = ModelledSlot<T>;
    type Lock<T: Send> = Mutex<T>;
}

impl<T> Slot<T> for ModelledSlot<T> {
    type Guard<'s>
        = Loaded<T>
    where
        T: 's;

    fn new(state: Arc<T>) -> Self {
        Self(Mutex::new(state))
    }

    fn load(&self) -> Loaded<T> {
        Loaded(Arc::clone(&held(&self.0)))
    }

    fn store(&self, state: Arc<T>) {
        *held(&self.0) = state;
    }
}

impl<T> Lock<T> for Mutex<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn with<R>(&self, use_it: impl FnOnce(&mut T) -> R) -> R {
        use_it(&mut held(self))
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().expect("nobody panics under it")
}

/// A state that tells how it came to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct State {
    revision: u64,
    changes: u64,
    reloads: u64,
    /// The revision that the last reload led to.
    reloaded: u64,
}

const FIRST: State = State { revision: 1, changes: 0, reloads: 0, reloaded: 1 };

/// News are revisions; the standing is the revision at which reloading failed.
type States = Succession<State, u64, Option<u64>, Modelled>;

fn states() -> Arc<States> {
    Arc::new(Succession::new(FIRST, None))
}

fn change(states: &States) {
    states.step(|now, _| {
        let next = State { revision: now.revision + 1, changes: now.changes + 1, ..**now };
        (Step { next: Some(Arc::new(next)), standing: None, news: None }, ())
    });
}

fn reload(states: &States) {
    states.revise(
        |_| thread::yield_now(),
        |(), now, _| {
            let revision = now.revision + 1;
            let next = State { revision, reloads: now.reloads + 1, reloaded: revision, ..**now };
            (Step { next: Some(Arc::new(next)), standing: Some(None), news: Some(revision) }, ())
        },
    );
}

fn fail(states: &States) {
    states.revise(
        |_| (),
        |(), now, _| (Step { next: None, standing: Some(Some(now.revision)), news: Some(now.revision) }, ()),
    );
}

/// Runs works at once, each on a thread of its own, and waits for all.
fn at_once(works: Vec<Box<dyn FnOnce() + Send>>) {
    let threads: Vec<_> = works.into_iter().map(|work| thread::spawn(work)).collect();
    for thread in threads {
        thread.join().expect("no thread panics");
    }
}

fn on(states: &Arc<States>, work: impl FnOnce(&States) + Send + 'static) -> Box<dyn FnOnce() + Send> {
    let states = Arc::clone(states);
    Box::new(move || work(&states))
}

#[test]
fn no_step_is_lost_and_readers_see_whole_states_in_their_order() {
    let run = || {
        let states = states();
        at_once(vec![
            on(&states, |states| (0..2).for_each(|_| change(states))),
            on(&states, |states| (0..2).for_each(|_| reload(states))),
            on(&states, change),
            on(&states, |states| {
                let mut last = 0;
                for _ in 0..4 {
                    let now = **states.load();
                    assert!(now.revision >= last, "{now:?} after {last}");
                    assert_eq!(now.revision, 1 + now.changes + now.reloads);
                    last = now.revision;
                }
            }),
        ]);
        let State { revision, changes, reloads, .. } = **states.load();
        assert_eq!((revision, changes, reloads), (6, 3, 2));
    };
    shuttle::check_random(run, ORDERS);
    shuttle::check_pct(run, ORDERS, 3);
}

#[test]
fn news_are_told_once_in_their_order_and_after_the_state_took_its_place() {
    let run = || {
        let states = states();
        let told = Arc::new(Mutex::new(Vec::new()));
        let (heard, seen) = (Arc::clone(&told), Arc::clone(&states));
        states.subscribe(Arc::new(move |news: &u64| {
            let revision = seen.load().revision;
            // It takes a while until it is through.
            thread::yield_now();
            held(&heard).push((*news, revision));
        }));
        at_once(vec![
            on(&states, |states| (0..2).for_each(|_| reload(states))),
            on(&states, |states| {
                change(states);
                reload(states);
            }),
            on(&states, change),
        ]);
        let told = held(&told).clone();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told.windows(2).all(|pair| pair[0].0 < pair[1].0), "{told:?}");
        assert!(told.iter().all(|(news, seen)| seen >= news), "{told:?}");
    };
    shuttle::check_random(run, ORDERS);
    shuttle::check_pct(run, ORDERS, 3);
}

#[test]
fn how_it_stands_is_said_of_the_state_in_effect() {
    let run = || {
        let states = states();
        at_once(vec![
            on(&states, |states| {
                fail(states);
                reload(states);
                fail(states);
            }),
            on(&states, change),
            on(&states, |states| {
                for _ in 0..4 {
                    let (now, failed) = states.standing();
                    // A reload that took effect ends what failed before it.
                    assert!(failed.is_none_or(|at| now.reloaded <= at && at <= now.revision), "{now:?} {failed:?}");
                }
            }),
        ]);
        assert!(states.standing().1.is_some());
    };
    shuttle::check_random(run, ORDERS);
    shuttle::check_pct(run, ORDERS, 3);
}

#[test]
fn a_subscriber_may_take_steps_of_its_own_and_let_go() {
    let run = || {
        let states = states();
        let told = Arc::new(Mutex::new(Vec::new()));
        let (heard, inner) = (Arc::clone(&told), Arc::downgrade(&states));
        let number = states.subscribe(Arc::new(move |news: &u64| {
            held(&heard).push(*news);
            let states = inner.upgrade().expect("it is told by it");
            change(&states);
            if held(&heard).len() == 1 {
                reload(&states);
            } else {
                // Numbers go up from 0, and it is the only one.
                states.unsubscribe(0);
            }
        }));
        assert_eq!(number, 0);
        at_once(vec![on(&states, reload), on(&states, reload)]);
        reload(&states);
        let told = held(&told).clone();
        assert!(told.len() >= 2 && told.windows(2).all(|pair| pair[0] < pair[1]), "{told:?}");
        let State { revision, changes, reloads, .. } = **states.load();
        assert_eq!((changes as usize, reloads), (told.len(), 4));
        assert_eq!(revision, 1 + changes + reloads);
    };
    shuttle::check_random(run, ORDERS);
    shuttle::check_pct(run, ORDERS, 3);
}

/// Looks how it stands when it goes.
struct Looks(Weak<States>);

impl Drop for Looks {
    fn drop(&mut self) {
        if let Some(states) = self.0.upgrade() {
            states.standing();
        }
    }
}

#[test]
fn no_lock_is_held_while_a_subscriber_is_told_of_a_step_or_goes() {
    let run = || {
        let states = states();
        let (looks, inner) = (Looks(Arc::downgrade(&states)), Arc::downgrade(&states));
        let number = states.subscribe(Arc::new(move |_: &u64| {
            let Looks(_) = &looks;
            change(&inner.upgrade().expect("it is told by it"));
        }));
        states.step(|_, _| (Step { next: None, standing: None, news: Some(1) }, ()));
        assert_eq!(states.load().changes, 1);
        states.unsubscribe(number);
    };
    shuttle::check_random(run, 1);
}

#[test]
fn a_subscriber_that_panics_keeps_nobody_else_from_hearing() {
    let states: Arc<Succession<State, u64, Option<u64>>> = Arc::new(Succession::new(FIRST, None));
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    states.subscribe(Arc::new(|_: &u64| panic!("on purpose")));
    states.subscribe(Arc::new(move |news: &u64| heard.lock().expect("a list").push(*news)));
    for news in [7, 8] {
        states.step(|_, _| (Step { next: None, standing: None, news: Some(news) }, ()));
    }
    assert_eq!(*told.lock().expect("a list"), [7, 8]);
}

#[test]
fn readers_never_let_go_of_a_state() {
    let before = Arc::new(());
    let noted = Arc::downgrade(&before);
    let succession = Succession::<_, (), (), Threads>::new(Some(before), ());
    let step = |next: Option<Option<Arc<()>>>| {
        succession.step(|_, ()| (Step { next: next.map(Arc::new), standing: None, news: None }, ()));
    };
    let reader = Arc::clone(&succession.load());
    step(Some(None));
    assert!(noted.strong_count() == 1, "the reader is at it");
    drop(reader);
    assert_eq!(noted.strong_count(), 1, "it was not the reader's to let it go");
    step(None);
    assert_eq!(noted.strong_count(), 0, "the writer let it go");

    let next = Arc::new(());
    let noted = Arc::downgrade(&next);
    step(Some(Some(next)));
    step(Some(None));
    assert_eq!(noted.strong_count(), 0, "nobody was at it");
}
