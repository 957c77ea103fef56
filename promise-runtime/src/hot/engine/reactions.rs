//! The list of who waits for one promise: in order, with removal, and without recursion when it is dropped.

use super::cell::{Handle, Job, View};
use super::kind::{Portable, Shared, any_job};
use crate::hot::TaskId;
use crate::hot::flat;
use core::mem;
use core::task::Waker;
use std::boxed::Box;
use std::collections::VecDeque;
use std::vec::Vec;

/// Waits for a promise, and takes a turn when that has settled.
pub(crate) trait React<T, E>: Portable {
    /// The source has settled: keeps it and queues the job.
    fn arm(self: Shared<Self>, source: View<T, E>, index: u32);

    /// The same object.
    fn job(self: Shared<Self>) -> Shared<dyn Job>;
}

pub(crate) enum Reaction<T, E> {
    /// A derived promise; the number says which of its sources this is.
    React(Shared<dyn React<T, E>>, u32),
    /// A task of the event loop on this thread.
    Task(TaskId),
    /// Any other task.
    Waker(Waker),
}

impl<T, E> Reaction<T, E> {
    /// The promise has settled.
    pub(crate) fn trigger(self, promise: &Handle<T, E>) {
        match self {
            Self::React(react, index) => react.arm(View::promised(promise.clone()), index),
            Self::Task(task) => task.wake(),
            Self::Waker(waker) => waker.wake(),
        }
    }

    /// Keeps nothing that an executor could wait for.
    pub(crate) fn forget_waker(&mut self) -> Option<Waker> {
        match self {
            Self::Waker(waker) => Some(mem::replace(waker, Waker::noop().clone())),
            Self::React(..) | Self::Task(_) => None,
        }
    }

    fn drop_flat(self) {
        if let Self::React(react, _) = self {
            flat::drop_job(any_job(react.job()));
        }
    }
}

/// Names one reaction of a pending promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key(u64);

/// Most promises have one consumer, which needs no allocation.
pub(crate) struct Reactions<T, E> {
    /// Its key is 0.
    first: Option<Reaction<T, E>>,
    rest: Option<Box<Rest<T, E>>>,
}

/// The reactions of a promise that has settled: the first one, and the others if there are any.
pub(crate) type Taken<T, E> = (Option<Reaction<T, E>>, Option<Box<Rest<T, E>>>);

/// In the order of the keys, with gaps where reactions were removed.
pub(crate) struct Rest<T, E> {
    entries: VecDeque<(Key, Option<Reaction<T, E>>)>,
    next: u64,
    live: usize,
}

impl<T, E> Reactions<T, E> {
    pub(crate) const fn new() -> Self {
        Self {
            first: None,
            rest: None,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none() && self.rest.as_ref().is_none_or(|rest| rest.live == 0)
    }

    pub(crate) fn push(&mut self, reaction: Reaction<T, E>) -> Key {
        if self.is_empty() {
            self.first = Some(reaction);
            return Key(0);
        }
        let rest = self.rest.get_or_insert_with(|| {
            Box::new(Rest {
                entries: VecDeque::new(),
                next: 1,
                live: 0,
            })
        });
        let key = Key(rest.next);
        rest.next += 1;
        rest.live += 1;
        rest.entries.push_back((key, Some(reaction)));
        key
    }

    pub(crate) fn get(&self, key: Key) -> Option<&Reaction<T, E>> {
        if key == Key(0) {
            return self.first.as_ref();
        }
        let rest = self.rest.as_ref()?;
        let index = rest.find(key)?;
        rest.entries[index].1.as_ref()
    }

    /// Gives back the one that is not kept: the former one, or this one if all have been taken.
    pub(crate) fn replace(&mut self, key: Key, reaction: Reaction<T, E>) -> Reaction<T, E> {
        match self.get_mut(key) {
            Some(kept) => mem::replace(kept, reaction),
            None => reaction,
        }
    }

    fn get_mut(&mut self, key: Key) -> Option<&mut Reaction<T, E>> {
        if key == Key(0) {
            return self.first.as_mut();
        }
        let rest = self.rest.as_mut()?;
        let index = rest.find(key)?;
        rest.entries[index].1.as_mut()
    }

    pub(crate) fn remove(&mut self, key: Key) -> Option<Reaction<T, E>> {
        if key == Key(0) {
            return self.first.take();
        }
        self.rest.as_mut()?.remove(key)
    }

    /// Takes the wakers out; who waits stays known.
    pub(crate) fn take_wakers(&mut self) -> Vec<Waker> {
        let rest = self
            .rest
            .iter_mut()
            .flat_map(|rest| &mut rest.entries)
            .filter_map(|(_, reaction)| reaction.as_mut());
        self.first
            .iter_mut()
            .chain(rest)
            .filter_map(Reaction::forget_waker)
            .collect()
    }

    /// All of them.
    #[inline]
    pub(crate) fn take(&mut self) -> Taken<T, E> {
        (self.first.take(), self.rest.take())
    }
}

impl<T, E> Rest<T, E> {
    /// In order.
    pub(crate) fn into_reactions(self) -> impl Iterator<Item = Reaction<T, E>> {
        self.entries
            .into_iter()
            .filter_map(|(_, reaction)| reaction)
    }

    fn find(&self, key: Key) -> Option<usize> {
        self.entries
            .binary_search_by_key(&key.0, |(key, _)| key.0)
            .ok()
    }

    fn remove(&mut self, key: Key) -> Option<Reaction<T, E>> {
        let index = self.find(key)?;
        let removed = self.entries[index].1.take();
        if removed.is_some() {
            self.live -= 1;
        }
        while let Some((_, None)) = self.entries.front() {
            self.entries.pop_front();
        }
        while let Some((_, None)) = self.entries.back() {
            self.entries.pop_back();
        }
        if self.entries.len() > 32 && self.live < self.entries.len() / 2 {
            self.entries.retain(|(_, reaction)| reaction.is_some());
        }
        if self.entries.capacity() > 64 && self.entries.len() < self.entries.capacity() / 4 {
            self.entries.shrink_to(self.entries.len() * 2);
        }
        removed
    }
}

impl<T, E> Drop for Reactions<T, E> {
    #[inline]
    fn drop(&mut self) {
        if self.first.is_some() || self.rest.is_some() {
            self.drop_flat();
        }
    }
}

impl<T, E> Reactions<T, E> {
    #[cold]
    fn drop_flat(&mut self) {
        let (first, rest) = self.take();
        let rest = rest.into_iter().flat_map(|rest| rest.into_reactions());
        first.into_iter().chain(rest).for_each(Reaction::drop_flat);
    }
}
