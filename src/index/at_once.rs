//! Work that may be done at once. Who has threads lends them; without any, all of it is done in turn and comes to the same.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does two pieces of work, at once where there are threads for it. Each may do all of it and leave nothing to the other.
pub type AtOnce<'a> = &'a dyn Fn(&(dyn Fn() + Sync), &(dyn Fn() + Sync));

/// One after the other.
pub fn in_turn(one: &(dyn Fn() + Sync), other: &(dyn Fn() + Sync)) {
    one();
    other();
}

/// What two pieces of work come to.
pub fn both<A: Send + Sync, B: Send + Sync>(
    at_once: AtOnce<'_>,
    one: impl Fn() -> A + Sync,
    other: impl Fn() -> B + Sync,
) -> (A, B) {
    let (first, second) = (OnceLock::new(), OnceLock::new());
    let do_one = || _ = first.get_or_init(&one);
    let do_other = || _ = second.get_or_init(&other);
    at_once(&do_one, &do_other);
    (first.into_inner().unwrap_or_else(one), second.into_inner().unwrap_or_else(other))
}

/// Does something with each of many things, whoever is free taking the next, and yields the first error in their order. What
/// comes after an error need not be done.
///
/// # Errors
/// The first of the errors.
pub fn try_each<T: Sync, E: Send + Sync>(
    things: &[T],
    at_once: AtOnce<'_>,
    work: impl Fn(&T) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let errors: Vec<OnceLock<E>> = things.iter().map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    let take = || {
        while let Some((thing, error)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            things.get(at).zip(errors.get(at))
        } {
            if let Err(found) = work(thing) {
                // Those before are done or under way.
                next.fetch_max(things.len(), Ordering::Relaxed);
                drop(error.set(found));
            }
        }
    };
    at_once(&take, &take);
    errors.into_iter().find_map(OnceLock::into_inner).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On two threads.
    fn threads(one: &(dyn Fn() + Sync), other: &(dyn Fn() + Sync)) {
        std::thread::scope(|scope| {
            scope.spawn(other);
            one();
        });
    }

    #[test]
    fn of_two_pieces_of_work_each_is_done_once_and_neither_takes_the_place_of_the_other() {
        let nothing = |_: &(dyn Fn() + Sync), _: &(dyn Fn() + Sync)| {};
        for at_once in [&in_turn as AtOnce<'_>, &threads, &nothing] {
            let done = AtomicUsize::new(0);
            let count = |word: &'static str| {
                done.fetch_add(1, Ordering::Relaxed);
                word
            };
            assert_eq!(both(at_once, || count("one"), || count("other")), ("one", "other"));
            assert_eq!(done.into_inner(), 2);
        }
    }

    #[test]
    fn each_is_done_once_and_the_first_error_is_told_whoever_finds_it() {
        let things: Vec<usize> = (0..100).collect();
        for at_once in [&in_turn as AtOnce<'_>, &threads] {
            let done: Vec<AtomicUsize> = things.iter().map(|_| AtomicUsize::new(0)).collect();
            let all = try_each(&things, at_once, |&at| {
                done[at].fetch_add(1, Ordering::Relaxed);
                Ok::<(), usize>(())
            });
            assert_eq!(all, Ok(()));
            assert!(done.iter().all(|done| done.load(Ordering::Relaxed) == 1));
            for _ in 0..100 {
                let first = try_each(&things, at_once, |&at| if at % 7 == 6 { Err(at) } else { Ok(()) });
                assert_eq!(first, Err(6));
            }
        }
    }
}
