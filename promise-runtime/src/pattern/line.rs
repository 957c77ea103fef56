//! Who waits, in order: the part that pools, throttles and flights share.

use alloc::{collections::BTreeMap, vec::Vec};
use core::task::Waker;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Nothing panics while it holds one of the patterns' locks, so a poisoned one is sound.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Wakers to wake, or to drop, once the lock is released: both may run anybody's code.
#[derive(Debug, Default)]
#[must_use]
pub(super) struct Wakers {
    /// Mostly one is woken, which takes no allocation.
    first: Option<Waker>,
    more: Vec<Waker>,
    spent: Option<Waker>,
}

impl Wakers {
    pub(super) fn push(&mut self, waker: Option<Waker>) {
        if self.first.is_none() {
            self.first = waker;
        } else {
            self.more.extend(waker);
        }
    }

    /// The waker of somebody who is gone.
    pub(super) fn discard(&mut self, waker: Option<Waker>) {
        self.spent = waker;
    }

    pub(super) fn wake(self) {
        self.first
            .into_iter()
            .chain(self.more)
            .for_each(Waker::wake);
    }
}

/// Waiting callers by their place in line. A caller that is not in it any more has been called.
#[derive(Debug)]
pub(super) struct Line<P> {
    /// `None`: takes a place before its first poll.
    waiting: BTreeMap<P, Option<Waker>>,
}

impl<P> Default for Line<P> {
    fn default() -> Self {
        Self {
            waiting: BTreeMap::new(),
        }
    }
}

impl<P: Ord + Copy> Line<P> {
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn contains(&self, place: P) -> bool {
        self.waiting.contains_key(&place)
    }

    /// The places, from the first to the last.
    pub(super) fn places(&self) -> impl DoubleEndedIterator<Item = P> {
        self.waiting.keys().copied()
    }

    pub(super) fn first(&self) -> Option<P> {
        self.places().next()
    }

    pub(super) fn join(&mut self, place: P) {
        self.waiting.insert(place, None);
    }

    /// Makes `waker` the one to wake, and puts the former one into its place, to be dropped without the lock.
    ///
    /// False if the caller is not in line any more.
    pub(super) fn watch(&mut self, place: P, waker: &mut Option<Waker>) -> bool {
        let Some(stored) = self.waiting.get_mut(&place) else {
            return false;
        };
        core::mem::swap(stored, waker);
        true
    }

    /// Takes the first one out of the line.
    pub(super) fn call(&mut self) -> Option<(P, Option<Waker>)> {
        self.waiting.pop_first()
    }

    /// Takes this one out of the line, if it is in it.
    pub(super) fn leave(&mut self, place: P) -> Option<Option<Waker>> {
        self.waiting.remove(&place)
    }

    /// The waker of the first one, who stays.
    pub(super) fn nudge(&mut self) -> Option<Waker> {
        self.waiting.values_mut().next().and_then(Option::take)
    }

    /// Takes everybody out of the line.
    pub(super) fn call_all(&mut self, wakers: &mut Wakers) {
        for waker in core::mem::take(&mut self.waiting).into_values() {
            wakers.push(waker);
        }
    }
}
