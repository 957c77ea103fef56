//! Who runs, who waits, and who is next. Plain data under the pool's lock; nothing here calls anybody else's code.

use crate::pattern::line::{Line, Place, Wakers};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use core::task::Waker;

/// A task of the pool, from its place in line, whose number it is, to its end.
pub(super) type TaskId = u64;

/// What somebody waits for who runs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Calm {
    /// Nobody is in line.
    Empty,
    /// Nobody is in line and nothing runs.
    Idle,
}

/// Why a task left the line without a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Cleared,
    /// Every slot belongs to a task that waits for a slot.
    Deadlock,
}

/// What became of a task's place in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Waiting,
    Granted,
    Refused(Refusal),
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) concurrency: usize,
    /// How many may be in line before `try_add` fails.
    pub(super) room: usize,
    pub(super) paused: bool,
    /// Slots in use, those included whose task has not noticed yet.
    pub(super) running: usize,
    pub(super) line: Line,
    clearable: BTreeSet<Place>,
    /// Those who left the line without a slot and have not noticed yet.
    refused: BTreeMap<TaskId, Refusal>,
    /// Tasks in line, with the running tasks of this pool that await them.
    parents: BTreeMap<Place, Vec<TaskId>>,
    /// Running tasks that await tasks in line, and how many.
    blocked: BTreeMap<TaskId, usize>,
    calms: BTreeMap<u64, (Calm, Option<Waker>)>,
}

impl State {
    pub(super) fn new(concurrency: usize, room: usize) -> Self {
        Self {
            concurrency,
            room,
            paused: false,
            running: 0,
            line: Line::default(),
            clearable: BTreeSet::new(),
            refused: BTreeMap::new(),
            parents: BTreeMap::new(),
            blocked: BTreeMap::new(),
            calms: BTreeMap::new(),
        }
    }

    /// Takes a slot if one is free. Nobody is overtaken: while anybody is in line, none is free for long.
    pub(super) fn take_slot(&mut self) -> Option<TaskId> {
        if self.paused || self.running >= self.concurrency {
            return None;
        }
        self.running += 1;
        Some(self.line.number())
    }

    /// The turn of a task that has a place. While it waits, `waker` is kept, and `parents` are known to await it.
    pub(super) fn turn(
        &mut self,
        place: Place,
        waker: &mut Option<Waker>,
        parents: Vec<TaskId>,
    ) -> Turn {
        if self.line.watch(place, waker) {
            if self.parents.get(&place).map_or(&[][..], |known| known) != parents {
                self.forget_parents(place);
                for &parent in &parents {
                    *self.blocked.entry(parent).or_default() += 1;
                }
                self.parents.insert(place, parents);
            }
            if !self.parents.contains_key(&place) || !self.deadlocked() {
                return Turn::Waiting;
            }
            // Whoever makes the last slot wait is told, and its panic gives that slot back.
            *waker = self.leave(place).flatten();
            return Turn::Refused(Refusal::Deadlock);
        }
        match self.refused.remove(&place.number) {
            Some(refusal) => Turn::Refused(refusal),
            None => Turn::Granted,
        }
    }

    /// Every slot is taken by a task that waits for a slot itself.
    fn deadlocked(&self) -> bool {
        self.running >= self.concurrency && self.running == self.blocked.len()
    }

    fn forget_parents(&mut self, place: Place) {
        for parent in self.parents.remove(&place).unwrap_or_default() {
            if let Some(count) = self.blocked.get_mut(&parent) {
                *count -= 1;
                if *count == 0 {
                    self.blocked.remove(&parent);
                }
            }
        }
    }

    fn forget(&mut self, place: Place) {
        self.clearable.remove(&place);
        self.forget_parents(place);
    }

    /// Leaves the line. Gives its waker, or `None` if the task is not in it any more.
    fn leave(&mut self, place: Place) -> Option<Option<Waker>> {
        let left = self.line.leave(place);
        if left.is_some() {
            self.forget(place);
        }
        left
    }

    /// A task with a place is dropped.
    pub(super) fn give_up(&mut self, place: Place, wakers: &mut Wakers) {
        match self.leave(place) {
            Some(waker) => wakers.discard(waker),
            None if self.refused.remove(&place.number).is_some() => {}
            // It had been given a slot and had not noticed.
            None => self.running -= 1,
        }
        self.settle(wakers);
    }

    /// A task with a slot is over. False if somebody has to hear of it, which [`release`](Self::release) does.
    #[inline]
    pub(super) fn release_unnoticed(&mut self) -> bool {
        let unnoticed = self.line.is_empty() && self.blocked.is_empty() && self.calms.is_empty();
        if unnoticed {
            self.running -= 1;
        }
        unnoticed
    }

    /// A task with a slot is over.
    pub(super) fn release(&mut self, task: TaskId, wakers: &mut Wakers) {
        self.running -= 1;
        self.blocked.remove(&task);
        self.settle(wakers);
    }

    pub(super) fn make_clearable(&mut self, place: Place) {
        if self.line.contains(place) {
            self.clearable.insert(place);
        }
    }

    /// Refuses everybody in line who can be told so.
    pub(super) fn clear(&mut self, wakers: &mut Wakers) -> usize {
        let cleared = core::mem::take(&mut self.clearable);
        for &place in &cleared {
            self.refuse(place, Refusal::Cleared, wakers);
        }
        self.settle(wakers);
        cleared.len()
    }

    fn refuse(&mut self, place: Place, refusal: Refusal, wakers: &mut Wakers) {
        if let Some(waker) = self.leave(place) {
            self.refused.insert(place.number, refusal);
            wakers.push(waker);
        }
    }

    /// Hands free slots to the first in line, and tells who waits for calm.
    pub(super) fn settle(&mut self, wakers: &mut Wakers) {
        while !self.paused && self.running < self.concurrency {
            let Some((place, waker)) = self.line.call() else {
                break;
            };
            self.running += 1;
            self.forget(place);
            wakers.push(waker);
        }
        if !self.blocked.is_empty() && self.deadlocked() {
            // The slots may have become fewer under tasks that wait for one another.
            let last = self.parents.keys().next_back().copied();
            if let Some(place) = last {
                self.refuse(place, Refusal::Deadlock, wakers);
            }
        }
        if !self.calms.is_empty() {
            self.call_the_calm(wakers);
        }
    }

    /// Tells who waits for calm that there is some.
    fn call_the_calm(&mut self, wakers: &mut Wakers) {
        let [empty, idle] = [Calm::Empty, Calm::Idle].map(|calm| self.is(calm));
        self.calms.retain(|_, (awaited, waker)| {
            let called = match awaited {
                Calm::Empty => empty,
                Calm::Idle => idle,
            };
            if called {
                wakers.push(waker.take());
            }
            !called
        });
    }

    fn is(&self, calm: Calm) -> bool {
        self.line.is_empty() && (calm == Calm::Empty || self.running == 0)
    }

    /// The number under which somebody waits for calm; `None` if it is calm now.
    pub(super) fn await_calm(&mut self, calm: Calm) -> Option<u64> {
        if self.is(calm) {
            return None;
        }
        let number = self.line.number();
        self.calms.insert(number, (calm, None));
        Some(number)
    }

    /// Makes `waker` the one to wake, and gives the former one back; false if it has been calm meanwhile.
    pub(super) fn watch_calm(&mut self, number: u64, waker: &mut Option<Waker>) -> bool {
        let Some((_, stored)) = self.calms.get_mut(&number) else {
            return false;
        };
        core::mem::swap(stored, waker);
        true
    }

    pub(super) fn stop_watching(&mut self, number: u64) -> Option<Waker> {
        self.calms.remove(&number).and_then(|(_, waker)| waker)
    }
}
