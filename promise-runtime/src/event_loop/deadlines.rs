//! Which timer is next: a line of timers for each duration, as in Node, and an order among the first of each line.
//!
//! Timers of one duration end in the order in which they were set, so one more goes to the end of its line, whatever else
//! is set. The tree has an entry for each line but the foremost, not for each timer: a program with few durations never searches in it.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::num::{NonZeroU32, NonZeroU64};
use std::vec::Vec;

/// When a timer ends; of those that end together, the one with the smaller number is first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    pub(super) at: u64,
    /// No other turn of the loop has it.
    pub(super) number: NonZeroU64,
}

/// The timers of one kind, in numbered slots. Each slot has something that its owner has put there.
#[derive(Debug)]
pub(super) struct Deadlines<P> {
    slots: Vec<Slot<P>>,
    /// Apart from the slots, so that none has to be fetched before the next one is known.
    free: Vec<Index>,
    pending: usize,
    /// The foremost of all.
    first: Option<(Turn, Index)>,
    /// The first ones of the other lines.
    heads: BTreeSet<(Turn, Index)>,
    /// The last one of each line, by their duration.
    tails: BTreeMap<u64, Index>,
}

#[derive(Debug)]
struct Slot<P> {
    /// `None` unless it is in a line.
    turn: Option<Turn>,
    /// What names its line.
    nanos: u64,
    before: Option<Index>,
    after: Option<Index>,
    payload: P,
}

/// The number of a slot and one, so that none is no larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Index(NonZeroU32);

impl Index {
    fn new(slot: u32) -> Self {
        let index = slot.checked_add(1).and_then(NonZeroU32::new);
        Self(index.expect("fewer than 2^32 timers"))
    }

    #[inline]
    fn slot(self) -> u32 {
        self.0.get() - 1
    }
}

impl<P> Default for Deadlines<P> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            pending: 0,
            first: None,
            heads: BTreeSet::new(),
            tails: BTreeMap::new(),
        }
    }
}

impl<P: Default> Deadlines<P> {
    /// How many are in a line.
    pub(super) fn pending(&self) -> usize {
        self.pending
    }

    /// How many slots have an owner.
    #[cfg(test)]
    pub(super) fn in_use(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Gives a slot to its owner. It is in no line yet.
    #[inline]
    pub(super) fn open(&mut self, payload: P) -> u32 {
        if let Some(index) = self.free.pop() {
            self.slot_mut(index).payload = payload;
            return index.slot();
        }
        let index = Index::new(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
        self.slots.push(Slot {
            turn: None,
            nanos: 0,
            before: None,
            after: None,
            payload,
        });
        index.slot()
    }

    /// Takes the slot back, with what was in it.
    #[inline]
    pub(super) fn close(&mut self, slot: u32) -> P {
        self.leave(slot);
        let index = Index::new(slot);
        self.free.push(index);
        mem::take(&mut self.slot_mut(index).payload)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, slot: u32) -> Option<&mut P> {
        let slot = self.slots.get_mut(slot as usize)?;
        Some(&mut slot.payload)
    }

    /// When it ends, if it is in a line.
    #[inline]
    pub(super) fn turn(&self, slot: u32) -> Option<Turn> {
        self.slots.get(slot as usize)?.turn
    }

    /// The first to end, and when.
    #[inline]
    pub(super) fn first(&self) -> Option<(Turn, u32)> {
        self.first.map(|(turn, index)| (turn, index.slot()))
    }

    /// Puts a slot that is in no line to the end of the line for `nanos`.
    ///
    /// One that ends before the last one there is a line of its own.
    #[inline]
    pub(super) fn join(&mut self, slot: u32, turn: Turn, nanos: u64) {
        self.pending += 1;
        let index = Index::new(slot);
        let last = match self.tails.get_mut(&nanos) {
            Some(tail) => {
                let last = self.slots[tail.slot() as usize].turn;
                let follows = last.is_some_and(|last| last < turn);
                follows.then(|| mem::replace(tail, index))
            }
            None => {
                self.tails.insert(nanos, index);
                None
            }
        };
        let slot = self.slot_mut(index);
        slot.turn = Some(turn);
        slot.nanos = nanos;
        slot.before = last;
        match last {
            Some(last) => self.slot_mut(last).after = Some(index),
            None => self.add_head(turn, index),
        }
    }

    /// Takes a slot out of its line. Does nothing if it is in none.
    #[inline]
    pub(super) fn leave(&mut self, slot: u32) {
        let index = Index::new(slot);
        let slot = self.slot_mut(index);
        let Some(turn) = slot.turn.take() else { return };
        let (before, after, nanos) = (slot.before.take(), slot.after.take(), slot.nanos);
        self.pending -= 1;
        if let Some(before) = before {
            self.slot_mut(before).after = after;
        }
        let Some(next) = after else {
            self.remove_tail(nanos, index, before);
            if before.is_none() {
                self.remove_head(turn, index);
            }
            return;
        };
        let follower = self.slot_mut(next);
        follower.before = before;
        let heir = follower.turn.filter(|_| before.is_none());
        if let Some(heir) = heir {
            self.replace_head((turn, index), (heir, next));
        }
    }

    /// The line ends with `before` now, or with its end.
    fn remove_tail(&mut self, nanos: u64, index: Index, before: Option<Index>) {
        // The tail may be that of another line, beside which this slot was one of its own.
        if self.tails.get(&nanos) == Some(&index) {
            match before {
                Some(before) => self.tails.insert(nanos, before),
                None => self.tails.remove(&nanos),
            };
        }
    }

    fn add_head(&mut self, turn: Turn, index: Index) {
        let head = (turn, index);
        match &mut self.first {
            Some(first) if *first < head => {
                self.heads.insert(head);
            }
            first => {
                self.heads.extend(first.replace(head));
            }
        }
    }

    fn remove_head(&mut self, turn: Turn, index: Index) {
        if self.first == Some((turn, index)) {
            self.first = self.heads.pop_first();
        } else {
            self.heads.remove(&(turn, index));
        }
    }

    /// The next one of the line is its first now.
    #[inline]
    fn replace_head(&mut self, head: (Turn, Index), heir: (Turn, Index)) {
        if self.first != Some(head) {
            self.heads.remove(&head);
            self.heads.insert(heir);
        } else if self.heads.first().is_none_or(|other| heir < *other) {
            self.first = Some(heir);
        } else {
            self.first = self.heads.pop_first();
            self.heads.insert(heir);
        }
    }

    /// Forgets every line, and gives what is in the slots that have an owner. They stay in use.
    pub(super) fn stop(&mut self) -> impl Iterator<Item = P> {
        self.first = None;
        self.heads.clear();
        self.tails.clear();
        self.pending = 0;
        self.slots.iter_mut().map(|slot| {
            slot.turn = None;
            (slot.before, slot.after) = (None, None);
            mem::take(&mut slot.payload)
        })
    }

    #[inline]
    fn slot_mut(&mut self, index: Index) -> &mut Slot<P> {
        &mut self.slots[index.slot() as usize]
    }
}
