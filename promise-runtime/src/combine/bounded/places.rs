//! Places for promises, and the order of those that are in use.

use core::mem;

use pin_project_lite::pin_project;

use crate::combine::pinned::PinnedVec;

pin_project! {
    pub(super) struct Place<C> {
        #[pin]
        pub(super) promise: Option<C>,
        // The number of its item.
        pub(super) item: usize,
        // The neighbours in input order, of those that are in use.
        pub(super) before: usize,
        pub(super) after: usize,
        // Wakers of an earlier promise are alive, so that they say nothing about this one.
        pub(super) stale: bool,
    }
}

/// No place.
pub(super) const NONE: usize = usize::MAX;

/// The promises, and the order of those that are running.
pub(in crate::combine) struct Places<C> {
    pub(super) places: PinnedVec<Place<C>>,
    pub(super) running: usize,
    pub(super) first: usize,
    pub(super) last: usize,
}

impl<C> Places<C> {
    /// Drops the promise in a place, which leaves the order.
    pub(super) fn free(&mut self, i: usize) {
        let place = self.places.get(i).project();
        let (before, after) = (*place.before, *place.after);
        match before {
            NONE => self.first = after,
            _ => *self.places.get(before).project().after = after,
        }
        match after {
            NONE => self.last = before,
            _ => *self.places.get(after).project().before = before,
        }
        self.running -= 1;
        self.places.get(i).project().promise.set(None);
    }

    /// Puts a promise into a free place, as the last in order.
    pub(super) fn put(&mut self, i: usize, promise: C, item: usize) {
        let before = mem::replace(&mut self.last, i);
        match before {
            NONE => self.first = i,
            _ => *self.places.get(before).project().after = i,
        }
        let mut place = self.places.get(i).project();
        place.promise.set(Some(promise));
        *place.item = item;
        *place.before = before;
        *place.after = NONE;
        *place.stale = false;
        self.running += 1;
    }

    /// Puts a promise into a place that is new, as the last in order.
    #[cfg(feature = "stream")]
    pub(super) fn add(&mut self, promise: C, item: usize)
    where
        C: Unpin,
    {
        let i = self.places.len();
        self.places.push(Place {
            promise: None,
            item,
            before: NONE,
            after: NONE,
            stale: false,
        });
        self.put(i, promise, item);
    }

    /// Drops all promises, in input order, and frees the memory.
    pub(super) fn clear(&mut self) {
        while self.first != NONE {
            self.free(self.first);
        }
        self.places.clear();
    }
}

impl<C> Drop for Places<C> {
    fn drop(&mut self) {
        while self.first != NONE {
            self.free(self.first);
        }
    }
}
