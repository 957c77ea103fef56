//! The list of who waits for one promise: in order, with removal, and without recursion when it is dropped.

use super::cell::{Handle, View};
use super::job::DynJob;
use super::kind::{self, any_job};
use super::object::{Object, Shared, Untyped};
use crate::hot::TaskId;
use crate::hot::flat;
use core::marker::PhantomData;
use core::mem;
use core::task::Waker;
use std::boxed::Box;
use std::collections::VecDeque;
use std::vec::Vec;

/// Waits for a promise, and takes a turn when that has settled.
pub(crate) trait React<T, E>: Object {
    /// The source has settled: keeps it and queues the job.
    fn arm(this: Shared<Self>, source: View<T, E>, index: u32);

    /// What it queues.
    fn job(this: Shared<Self>) -> DynJob;
}

/// Of unknown type, a [`React`] for a source of these.
pub(crate) struct DynReact<T, E> {
    object: Untyped,
    methods: &'static Methods,
    source: PhantomData<fn(T, E)>,
}

struct Methods {
    /// The object in the middle is the source, of which a view was promised.
    arm: unsafe fn(Untyped, Untyped, u32),
    job: unsafe fn(Untyped) -> DynJob,
}

impl<T, E> DynReact<T, E> {
    #[inline]
    pub(crate) fn new<R: React<T, E>>(react: Shared<R>) -> Self {
        Self {
            object: react.untyped(),
            methods: const {
                &Methods {
                    arm: |object, source, index| {
                        // SAFETY: these are the methods of objects that are an `R`.
                        let object = unsafe { object.typed() };
                        // SAFETY: and this is how they react to a source of these.
                        let source = unsafe { Handle::new(source) };
                        R::arm(object, View::promised(source), index);
                    },
                    // SAFETY: as above.
                    job: |object| R::job(unsafe { object.typed() }),
                }
            },
            source: PhantomData,
        }
    }

    /// The source has settled. It counts the view that it gives.
    #[inline]
    pub(crate) fn arm(self, source: Handle<T, E>, index: u32) {
        // SAFETY: they are the object's own methods, and the source is one of these.
        unsafe { (self.methods.arm)(self.object, source.untyped(), index) }
    }

    fn job(self) -> DynJob {
        // SAFETY: they are the object's own methods.
        unsafe { (self.methods.job)(self.object) }
    }
}

pub(crate) enum Reaction<T, E> {
    /// A derived promise; the number says which of its sources this is.
    React(DynReact<T, E>, u32),
    /// A task of the event loop on this thread.
    Task(TaskId),
    /// Any other task.
    Waker(Waker),
}

impl<T, E> Reaction<T, E> {
    /// The promise has settled.
    #[inline]
    pub(crate) fn trigger(self, promise: impl FnOnce() -> Handle<T, E>) {
        match self {
            Self::React(react, index) => react.arm(promise(), index),
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

    /// Whether this is the waker that it wakes, by its address.
    pub(crate) fn wakes(&self, waker: &Waker) -> bool {
        match self {
            Self::Task(task) => kind::polled_task(waker) == Some(*task),
            Self::Waker(known) => known.will_wake(waker),
            Self::React(..) => false,
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

/// Who waits for a pending promise.
#[derive(Default)]
pub(crate) enum Reactions<T, E> {
    #[default]
    None,
    /// Most promises have one consumer, which needs no allocation. Its key is 0.
    One(Reaction<T, E>),
    Many(Box<Many<T, E>>),
}

/// In the order of the keys, with gaps where reactions were removed.
pub(crate) struct Many<T, E> {
    entries: VecDeque<(Key, Option<Reaction<T, E>>)>,
    next: u64,
    live: usize,
}

impl<T, E> Reactions<T, E> {
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::None => true,
            Self::One(_) => false,
            Self::Many(many) => many.live == 0,
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, reaction: Reaction<T, E>) -> Key {
        if matches!(self, Self::None) {
            // There is nothing to drop.
            mem::forget(mem::replace(self, Self::One(reaction)));
            return Key(0);
        }
        self.push_another(reaction)
    }

    #[cold]
    fn push_another(&mut self, reaction: Reaction<T, E>) -> Key {
        let mut many = match mem::take(self) {
            Self::None => Many::new(None),
            Self::One(first) => Many::new(Some(first)),
            Self::Many(many) => many,
        };
        let key = many.push(reaction);
        *self = Self::Many(many);
        key
    }

    pub(crate) fn get(&self, key: Key) -> Option<&Reaction<T, E>> {
        match self {
            Self::None => None,
            Self::One(only) => (key == Key(0)).then_some(only),
            Self::Many(many) => many.entries[many.find(key)?].1.as_ref(),
        }
    }

    /// Gives back the one that is not kept: the former one, or this one if all have been taken.
    pub(crate) fn replace(&mut self, key: Key, reaction: Reaction<T, E>) -> Reaction<T, E> {
        match self.get_mut(key) {
            Some(kept) => mem::replace(kept, reaction),
            None => reaction,
        }
    }

    fn get_mut(&mut self, key: Key) -> Option<&mut Reaction<T, E>> {
        match self {
            Self::None => None,
            Self::One(only) => (key == Key(0)).then_some(only),
            Self::Many(many) => {
                let index = many.find(key)?;
                many.entries[index].1.as_mut()
            }
        }
    }

    pub(crate) fn remove(&mut self, key: Key) -> Option<Reaction<T, E>> {
        match self {
            Self::None => None,
            Self::One(_) if key != Key(0) => None,
            Self::One(_) => match mem::take(self) {
                Self::One(only) => Some(only),
                Self::None | Self::Many(_) => None,
            },
            Self::Many(many) => many.remove(key),
        }
    }

    /// Takes the wakers out; who waits stays known.
    pub(crate) fn take_wakers(&mut self) -> Vec<Waker> {
        match self {
            Self::None => Vec::new(),
            Self::One(only) => only.forget_waker().into_iter().collect(),
            Self::Many(many) => many
                .entries
                .iter_mut()
                .filter_map(|(_, reaction)| reaction.as_mut())
                .filter_map(Reaction::forget_waker)
                .collect(),
        }
    }

    /// Drops them without recursion.
    #[cold]
    pub(crate) fn drop_flat(self) {
        match self {
            Self::None => {}
            Self::One(only) => only.drop_flat(),
            Self::Many(many) => many.into_reactions().for_each(Reaction::drop_flat),
        }
    }
}

impl<T, E> Many<T, E> {
    fn new(first: Option<Reaction<T, E>>) -> Box<Self> {
        let mut entries = VecDeque::with_capacity(4);
        let live = usize::from(first.is_some());
        entries.extend(first.map(|reaction| (Key(0), Some(reaction))));
        Box::new(Self {
            entries,
            next: 1,
            live,
        })
    }

    fn push(&mut self, reaction: Reaction<T, E>) -> Key {
        let key = Key(self.next);
        self.next += 1;
        self.live += 1;
        self.entries.push_back((key, Some(reaction)));
        key
    }

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
