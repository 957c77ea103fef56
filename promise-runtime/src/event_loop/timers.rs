//! The timers of one loop and the clock they go by.

use super::{Clock, executor, lock};
use crate::browser::{self, Instant, Timeout};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;
use std::vec::Vec;

/// What the loop does when no task is ready.
pub(super) enum Next {
    /// A timer is due.
    Fire(Due),
    /// The next one is due after this time.
    Wait(Duration),
    /// There is none.
    Empty,
}

/// What a timer is for.
#[derive(Debug)]
pub(super) enum Due {
    Wake(Waker),
    /// The loop keeps a callback for this slot.
    Call(u32),
}

/// Shared between a loop and the sleeps that use its timers, which may be polled and dropped on any thread.
///
/// Wakers are cloned, woken and dropped outside the lock, since they may be somebody else's code.
#[derive(Debug)]
pub(crate) struct Timers {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    time: Time,
    /// Pending timers: when, in which order they were made, and the slot.
    queue: BTreeSet<(u64, u64, u32)>,
    made: u64,
    slots: Vec<Slot>,
    free: Vec<u32>,
    closed: bool,
    /// JavaScript fires them, each by a timer of its own, so that they keep their order among its other timers.
    hosted: bool,
}

#[derive(Debug)]
enum Time {
    Real(Instant),
    Virtual(u64),
}

/// One timer, from `add` to `cancel`.
#[derive(Debug, Default)]
struct Slot {
    /// Its place in the queue: when, and the number among those made. `None` once it has fired.
    pending: Option<(u64, u64)>,
    waker: Option<Waker>,
    /// A callback of the loop's, instead of a waker.
    calls: bool,
    /// What fires it, in a browser.
    timeout: Option<Timeout>,
    /// How many nanoseconds are left then, of a time that is too long for it.
    left: u64,
}

/// The longest time that `setTimeout` can wait: 2^31 - 1 milliseconds, 24.8 days.
const LONGEST: u64 = i32::MAX as u64 * 1_000_000;

impl Inner {
    fn now(&self) -> u64 {
        match self.time {
            Time::Real(start) => u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX),
            Time::Virtual(now) => now,
        }
    }
}

impl Inner {
    /// Puts a slot into the queue.
    fn queue(&mut self, at: u64, now: u64, slot: u32) -> (u64, u64) {
        let number = self.made;
        self.made += 1;
        self.queue.insert((at, number, slot));
        self.set_timeout(at.saturating_sub(now), number, slot);
        (at, number)
    }

    /// Takes a timer out of the queue.
    fn fire(&mut self, at: u64, number: u64, slot: u32) -> Option<Due> {
        self.queue.remove(&(at, number, slot));
        let entry = &mut self.slots[slot as usize];
        entry.pending = None;
        if entry.calls {
            return Some(Due::Call(slot));
        }
        entry.waker.take().map(Due::Wake)
    }

    /// Has JavaScript fire the timer, or go on with one that is too long for it.
    fn set_timeout(&mut self, nanos: u64, number: u64, slot: u32) {
        if browser::HERE && self.hosted {
            let leg = nanos.min(LONGEST);
            // No more than 31 bits.
            let milliseconds = leg.div_ceil(1_000_000) as u32;
            let entry = &mut self.slots[slot as usize];
            entry.left = nanos - leg;
            entry.timeout = Some(browser::set_timeout(milliseconds, slot, number));
        }
    }
}

impl Timers {
    /// With `hosted` JavaScript fires them, and [`next`](Self::next) none.
    pub(super) fn new(clock: Clock, hosted: bool) -> Self {
        let time = match clock {
            Clock::Real => Time::Real(Instant::now()),
            Clock::Virtual => Time::Virtual(0),
        };
        let inner = Inner {
            time,
            queue: BTreeSet::new(),
            made: 0,
            slots: Vec::new(),
            free: Vec::new(),
            closed: false,
            hosted,
        };
        Self {
            inner: Mutex::new(inner),
        }
    }

    /// Those of the loop that runs on this thread.
    pub(crate) fn current() -> Option<Arc<Self>> {
        executor::current(|executor| Arc::clone(&executor.timers))
    }

    /// The time since the loop was made.
    pub(crate) fn now(&self) -> Duration {
        Duration::from_nanos(lock(&self.inner).now())
    }

    /// The same in nanoseconds.
    pub(super) fn now_nanos(&self) -> u64 {
        lock(&self.inner).now()
    }

    /// The time since `origin` on the system's clock, or on a virtual clock since the loop was made.
    ///
    /// Loops that go by the system's clock agree on it, whenever they were made.
    #[cfg(feature = "patterns")]
    pub(crate) fn since(&self, origin: Instant) -> Duration {
        match lock(&self.inner).time {
            Time::Real(_) => Instant::now().saturating_duration_since(origin),
            Time::Virtual(now) => Duration::from_nanos(now),
        }
    }

    /// How many have not fired yet.
    pub(super) fn pending(&self) -> usize {
        lock(&self.inner).queue.len()
    }

    /// How many slots are in use.
    #[cfg(test)]
    pub(super) fn slots(&self) -> usize {
        let inner = lock(&self.inner);
        inner.slots.len() - inner.free.len()
    }

    /// Wakes `waker` after `nanos`. The slot is the caller's until it cancels it.
    pub(crate) fn add(&self, nanos: u64, waker: &Waker) -> u32 {
        self.insert(nanos, Some(waker.clone()))
    }

    /// Has the loop call the callback it keeps for the slot, after `nanos`. The slot is the loop's until it cancels it.
    pub(super) fn add_callback(&self, nanos: u64) -> u32 {
        self.insert(nanos, None)
    }

    /// The same again at this time, for a callback that has been called.
    pub(super) fn again(&self, slot: u32, at: u64) {
        let inner = &mut *lock(&self.inner);
        let now = inner.now();
        let pending = inner.queue(at, now, slot);
        inner.slots[slot as usize].pending = Some(pending);
    }

    fn insert(&self, nanos: u64, waker: Option<Waker>) -> u32 {
        let inner = &mut *lock(&self.inner);
        let slot = inner.free.pop().unwrap_or_else(|| {
            inner.slots.push(Slot::default());
            u32::try_from(inner.slots.len() - 1).expect("fewer than 2^32 timers")
        });
        let now = inner.now();
        let pending = Some(inner.queue(now.saturating_add(nanos), now, slot));
        let entry = &mut inner.slots[slot as usize];
        entry.pending = pending;
        entry.calls = waker.is_none();
        entry.waker = waker;
        slot
    }

    /// Ready once the timer has fired; before that makes `waker` the one to wake.
    pub(crate) fn poll_slot(&self, slot: u32, waker: &Waker) -> Poll<()> {
        let check = |inner: &Inner| {
            assert!(
                !inner.closed,
                "the event loop of this timer is gone; a `Sleep` must not outlive its event loop"
            );
            inner.slots[slot as usize].pending.is_none()
        };
        {
            let inner = lock(&self.inner);
            if check(&inner) {
                return Poll::Ready(());
            }
            if inner.slots[slot as usize]
                .waker
                .as_ref()
                .is_some_and(|old| old.will_wake(waker))
            {
                return Poll::Pending;
            }
        }
        let mut waker = Some(waker.clone());
        let mut inner = lock(&self.inner);
        // It may have fired in between, on the loop's thread.
        if check(&inner) {
            return Poll::Ready(());
        }
        std::mem::swap(&mut inner.slots[slot as usize].waker, &mut waker);
        drop(inner);
        drop(waker);
        Poll::Pending
    }

    /// Gives the slot back, fired or not.
    pub(crate) fn cancel(&self, slot: u32) {
        let mut inner = lock(&self.inner);
        let Slot {
            pending,
            waker,
            timeout,
            ..
        } = std::mem::take(&mut inner.slots[slot as usize]);
        if let Some(timeout) = timeout {
            browser::clear_timeout(timeout);
        }
        if let Some((at, number)) = pending {
            inner.queue.remove(&(at, number, slot));
        }
        inner.free.push(slot);
        drop(inner);
        drop(waker);
    }

    /// Takes the first timer that is due. A virtual clock moves to the first one.
    pub(super) fn next(&self) -> Next {
        let inner = &mut *lock(&self.inner);
        if inner.hosted {
            return Next::Empty;
        }
        let Some(&(at, number, slot)) = inner.queue.first() else {
            return Next::Empty;
        };
        let now = inner.now();
        if at > now {
            match &mut inner.time {
                Time::Real(_) => return Next::Wait(Duration::from_nanos(at - now)),
                Time::Virtual(now) => *now = at,
            }
        }
        // A pending timer has a waker; without one there is nobody to wake.
        inner
            .fire(at, number, slot)
            .map_or(Next::Wait(Duration::ZERO), Next::Fire)
    }

    /// JavaScript fires the timer in this slot; `None` if it is another one by now, or has longer to wait.
    #[cfg(feature = "wasm")]
    pub(super) fn fire(&self, slot: u32, number: u64) -> Option<Due> {
        let inner = &mut *lock(&self.inner);
        let entry = inner.slots.get_mut(slot as usize)?;
        let (at, _) = entry.pending.filter(|pending| pending.1 == number)?;
        entry.timeout = None;
        let left = entry.left;
        if left > 0 {
            inner.set_timeout(left, number, slot);
            return None;
        }
        inner.fire(at, number, slot)
    }

    /// The loop is gone: whoever still waits is woken, and panics when it polls.
    pub(super) fn close(&self) {
        let mut inner = lock(&self.inner);
        inner.closed = true;
        inner.queue.clear();
        let wakers: Vec<_> = inner
            .slots
            .iter_mut()
            .filter_map(|slot| slot.waker.take())
            .collect();
        drop(inner);
        wakers.into_iter().for_each(Waker::wake);
    }
}
