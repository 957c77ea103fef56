//! Who waits, in order: the part that pools, throttles and flights share.

use alloc::{collections::BTreeMap, vec::Vec};
use core::{cmp::Reverse, task::Waker};
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

/// Somebody's place in a [`Line`]. Of two places the lesser one comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    priority: Reverse<i32>,
    /// No two places of a line have the same.
    pub(super) number: u64,
    slot: u32,
}

/// Waiting callers: a higher priority comes first, and within one who came first.
///
/// A caller that is not in it any more has been called. Joining, leaving and being called cost the same at any length.
#[derive(Debug)]
pub(super) struct Line {
    slots: Vec<Slot>,
    /// The first of the slots that nobody uses; `next` links them.
    free: u32,
    queues: BTreeMap<Reverse<i32>, Queue>,
    numbers: u64,
    len: usize,
}

#[derive(Debug)]
struct Slot {
    /// Whose it is; 0 if nobody's.
    number: u64,
    next: u32,
    previous: u32,
    /// `None`: was not polled yet.
    waker: Option<Waker>,
}

/// The callers of one priority.
#[derive(Debug)]
struct Queue {
    first: u32,
    last: u32,
}

const NONE: u32 = u32::MAX;

/// How many slots an empty line keeps.
const FEW: usize = 64;

impl Default for Line {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: NONE,
            queues: BTreeMap::new(),
            numbers: 0,
            len: 0,
        }
    }
}

impl Line {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A number that no place has, and none will have.
    pub(super) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    fn slot(&mut self, place: Place) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(place.slot as usize)?;
        (slot.number == place.number).then_some(slot)
    }

    pub(super) fn contains(&mut self, place: Place) -> bool {
        self.slot(place).is_some()
    }

    /// Whether this is the next one to be called.
    pub(super) fn is_first(&self, place: Place) -> bool {
        let first = self.queues.values().next();
        first.is_some_and(|queue| self.slots[queue.first as usize].number == place.number)
    }

    pub(super) fn join(&mut self, priority: i32) -> Place {
        let priority = Reverse(priority);
        let number = self.number();
        let slot = self.take_slot(number);
        let place = Place {
            priority,
            number,
            slot,
        };
        match self.queues.get_mut(&priority) {
            Some(queue) => {
                let last = core::mem::replace(&mut queue.last, slot);
                self.slots[slot as usize].previous = last;
                self.slots[last as usize].next = slot;
            }
            None => {
                let (first, last) = (slot, slot);
                self.queues.insert(priority, Queue { first, last });
            }
        }
        self.len += 1;
        place
    }

    fn take_slot(&mut self, number: u64) -> u32 {
        let new = Slot {
            number,
            next: NONE,
            previous: NONE,
            waker: None,
        };
        let free = self.free;
        match self.slots.get_mut(free as usize) {
            Some(slot) => {
                self.free = slot.next;
                *slot = new;
                free
            }
            None => {
                self.slots.push(new);
                u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 callers in line")
            }
        }
    }

    /// Makes `waker` the one to wake, and puts the former one into its place, to be dropped without the lock.
    ///
    /// False if the caller is not in line any more.
    pub(super) fn watch(&mut self, place: Place, waker: &mut Option<Waker>) -> bool {
        let Some(slot) = self.slot(place) else {
            return false;
        };
        core::mem::swap(&mut slot.waker, waker);
        true
    }

    /// Takes the first one out of the line.
    pub(super) fn call(&mut self) -> Option<(Place, Option<Waker>)> {
        let (&priority, queue) = self.queues.iter().next()?;
        let slot = queue.first;
        let place = Place {
            priority,
            number: self.slots[slot as usize].number,
            slot,
        };
        let waker = self.leave(place)?;
        Some((place, waker))
    }

    /// Takes this one out of the line, if it is in it.
    pub(super) fn leave(&mut self, place: Place) -> Option<Option<Waker>> {
        let free = self.free;
        let slot = self.slot(place)?;
        let (previous, next) = (slot.previous, slot.next);
        let waker = slot.waker.take();
        slot.number = 0;
        slot.next = free;
        self.free = place.slot;
        self.unlink(place.priority, previous, next);
        self.len -= 1;
        if self.len == 0 {
            // Nobody's place can be mistaken for a later one: its number never comes again.
            self.slots.clear();
            self.slots.shrink_to(FEW);
            self.free = NONE;
        }
        Some(waker)
    }

    /// Makes the neighbours of a slot each other's.
    fn unlink(&mut self, priority: Reverse<i32>, previous: u32, next: u32) {
        if previous == NONE && next == NONE {
            self.queues.remove(&priority);
            return;
        }
        if let Some(before) = self.slots.get_mut(previous as usize) {
            before.next = next;
        } else if let Some(queue) = self.queues.get_mut(&priority) {
            queue.first = next;
        }
        if let Some(after) = self.slots.get_mut(next as usize) {
            after.previous = previous;
        } else if let Some(queue) = self.queues.get_mut(&priority) {
            queue.last = previous;
        }
    }

    /// The waker of the first one, who stays.
    pub(super) fn nudge(&mut self) -> Option<Waker> {
        let first = self.queues.values().next()?.first;
        self.slots[first as usize].waker.take()
    }

    /// Takes everybody out of the line.
    pub(super) fn call_all(&mut self, wakers: &mut Wakers) {
        while let Some((_, waker)) = self.call() {
            wakers.push(waker);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_used_again() {
        let mut line = Line::default();
        let stays = line.join(0);
        for _ in 0..1_000 {
            let (second, third) = (line.join(1), line.join(0));
            assert!(line.leave(second).is_some() && line.leave(third).is_some());
            assert!(line.leave(second).is_none());
        }
        assert_eq!((line.slots.len(), line.len()), (3, 1));
        assert!(line.is_first(stays));
    }

    #[test]
    fn a_long_line_that_has_emptied_gives_its_memory_back() {
        let mut line = Line::default();
        let places: Vec<_> = (0..10_000).map(|n| line.join(n % 3)).collect();
        assert!(places.iter().all(|&place| line.contains(place)));
        let mut called = Vec::new();
        while let Some((place, _)) = line.call() {
            called.push(place);
        }
        let mut sorted = places.clone();
        sorted.sort();
        assert_eq!(called, sorted);
        assert!(line.is_empty() && line.slots.capacity() <= FEW);
        // An old place is not mistaken for a new one in the same slot.
        let new = line.join(0);
        assert!(line.contains(new) && !places.iter().any(|&place| line.contains(place)));
    }
}
