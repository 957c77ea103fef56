//! The timers that wake, of one loop, and the clock they go by.

use super::Clock;
use super::deadlines::{Deadlines, Turn};
use super::executor;
use super::hosted::{Hosted, Kind};
use super::marks::Marks;
use super::waker::TaskId;
use crate::browser::Instant;
use crate::hot::jobs;
use crate::hot::shared::Brief;
use crate::sync::AtomicU64;
use std::mem;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};
use std::time::Duration;
use std::vec::Vec;

/// What the loop does about the first of these timers.
pub(super) enum Next {
    /// It is due, and this is whom it wakes.
    Fire(Sleeper),
    /// It is due after this time.
    Wait(Duration),
}

/// Who waits for a timer.
pub(super) enum Sleeper {
    /// A task of this loop, whose waker need not be kept.
    Task(TaskId),
    Waker(Waker),
}

/// Shared between a loop and the sleeps that use its timers, which may be polled and dropped on any thread.
///
/// Wakers are cloned, woken and dropped outside the lock, since they may be somebody else's code.
#[derive(Debug)]
pub(crate) struct Timers {
    event_loop: u64,
    /// When the loop was made. `None` with a virtual clock.
    start: Option<Instant>,
    /// The latest time that the loop has seen, which is the present one of a virtual clock. Changes on the loop's thread only.
    seen: AtomicU64,
    /// JavaScript fires them, and [`next`](Self::next) none.
    hosted: bool,
    marks: Marks,
    /// Whether any is pending, for a look without the lock.
    any: AtomicBool,
    sleeps: Brief<Sleeps>,
}

#[derive(Debug)]
struct Sleeps {
    /// The waker of whoever waits and has no mark.
    deadlines: Deadlines<Option<Waker>>,
    hosted: Option<Hosted>,
    closed: bool,
}

/// What became of a timer.
enum Stage {
    Pending,
    Fired,
    /// The loop is gone.
    Closed,
}

impl Sleeps {
    /// What became of the timer in this slot. If it has fired, the slot is no longer its owner's.
    fn stage(&mut self, slot: u32) -> Stage {
        if self.closed {
            return Stage::Closed;
        }
        if self.deadlines.turn(slot).is_some() {
            return Stage::Pending;
        }
        self.deadlines.close(slot);
        Stage::Fired
    }
}

impl Timers {
    /// For the loop of this number. `hosted` if JavaScript runs it.
    pub(super) fn new(clock: Clock, event_loop: u64, hosted: bool) -> Self {
        Self {
            event_loop,
            start: match clock {
                Clock::Real => Some(Instant::now()),
                Clock::Virtual => None,
            },
            seen: AtomicU64::new(0),
            hosted,
            marks: Marks::new(),
            any: AtomicBool::new(false),
            sleeps: Brief::new(Sleeps {
                deadlines: Deadlines::default(),
                hosted: Hosted::new(Kind::Sleep, hosted),
                closed: false,
            }),
        }
    }

    /// Those of the loop that runs on this thread.
    #[cfg(any(feature = "patterns", test))]
    pub(crate) fn current() -> Option<Arc<Self>> {
        executor::current(|executor| Arc::clone(&executor.timers))
    }

    /// The time since the loop was made.
    pub(crate) fn now(&self) -> Duration {
        Duration::from_nanos(self.now_nanos())
    }

    /// The same in nanoseconds.
    #[inline]
    pub(super) fn now_nanos(&self) -> u64 {
        match self.start {
            Some(start) => nanos(start.elapsed()),
            None => self.seen.load(Ordering::Relaxed),
        }
    }

    /// The time since `origin` on the system's clock, or on a virtual clock since the loop was made.
    ///
    /// Loops that go by the system's clock agree on it, whenever they were made.
    #[cfg(feature = "patterns")]
    pub(crate) fn since(&self, origin: Instant) -> Duration {
        match self.start {
            Some(_) => Instant::now().saturating_duration_since(origin),
            None => self.now(),
        }
    }

    /// Whether that time has come; if not, how long it is until then. A virtual clock goes there. On the loop's thread only.
    ///
    /// Of many timers that are due, only the first looks at the system's clock.
    #[inline]
    pub(super) fn until(&self, at: u64) -> Option<Duration> {
        if at <= self.seen.load(Ordering::Relaxed) {
            return None;
        }
        let now = if self.start.is_some() {
            self.now_nanos()
        } else {
            at
        };
        self.seen.store(now, Ordering::Relaxed);
        (at > now).then(|| Duration::from_nanos(at - now))
    }

    /// How many have not fired yet.
    pub(super) fn pending(&self) -> usize {
        self.sleeps.with(|sleeps| sleeps.deadlines.pending())
    }

    /// How many slots are in use.
    #[cfg(test)]
    pub(super) fn slots(&self) -> usize {
        self.sleeps.with(|sleeps| sleeps.deadlines.in_use())
    }

    /// The task of this loop that is being polled with this waker.
    #[inline]
    fn polled_task(&self, waker: &Waker) -> Option<TaskId> {
        jobs::polled_task(waker).filter(|task| task.event_loop == self.event_loop)
    }

    /// Wakes `waker` after `nanos`. The slot is the caller's until it closes it. On the loop's thread only.
    #[inline]
    fn add(&self, nanos: u64, number: NonZeroU64, waker: &Waker) -> u32 {
        let task = self.polled_task(waker);
        let waker = task.is_none().then(|| waker.clone());
        let at = self.now_nanos().saturating_add(nanos);
        let turn = Turn { at, number };
        self.sleeps.with(|sleeps| {
            let slot = sleeps.deadlines.open(waker);
            sleeps.deadlines.join(slot, turn, nanos);
            if task.is_some() {
                self.marks.set(slot, task);
            }
            if let Some(hosted) = &mut sleeps.hosted {
                hosted.set(slot, turn, nanos);
            }
            self.any.store(true, Ordering::Relaxed);
            slot
        })
    }

    /// Ready once the timer has fired, and then the slot is no longer the caller's. Before that makes `waker` the one to wake.
    fn poll(&self, slot: u32, waker: &Waker) -> Poll<()> {
        let task = self.polled_task(waker);
        let (stage, is_known) = self.sleeps.with(|sleeps| {
            let stage = sleeps.stage(slot);
            let known = sleeps.deadlines.get_mut(slot).and_then(Option::as_mut);
            let is_known = task.is_none() && known.is_some_and(|known| known.will_wake(waker));
            (stage, is_known)
        });
        match stage {
            Stage::Pending if is_known => return Poll::Pending,
            Stage::Pending => {}
            Stage::Fired => return Poll::Ready(()),
            Stage::Closed => closed(),
        }
        let mut waker = task.is_none().then(|| waker.clone());
        // It may have fired in between, on the loop's thread.
        let stage = self.sleeps.with(|sleeps| {
            let stage = sleeps.stage(slot);
            if matches!(stage, Stage::Pending) {
                self.marks.set(slot, task);
                if let Some(known) = sleeps.deadlines.get_mut(slot) {
                    mem::swap(known, &mut waker);
                }
            }
            stage
        });
        match stage {
            Stage::Pending => Poll::Pending,
            Stage::Fired => Poll::Ready(()),
            Stage::Closed => closed(),
        }
    }

    /// Takes the slot back, fired or not.
    fn cancel(&self, slot: u32) {
        let waker = self.sleeps.with(|sleeps| {
            self.marks.take(slot, self.event_loop);
            if let Some(hosted) = &mut sleeps.hosted {
                hosted.clear(slot);
            }
            let waker = sleeps.deadlines.close(slot);
            self.note_any(sleeps);
            waker
        });
        drop(waker);
    }

    /// Takes the first timer, if it ends before this turn. A virtual clock moves there.
    #[inline]
    pub(super) fn next(&self, before: Option<Turn>) -> Option<Next> {
        if !self.any.load(Ordering::Relaxed) || self.hosted {
            return None;
        }
        self.sleeps.with(|sleeps| {
            let (turn, slot) = sleeps.deadlines.first()?;
            if before.is_some_and(|before| before < turn) {
                return None;
            }
            if let Some(time) = self.until(turn.at) {
                return Some(Next::Wait(time));
            }
            self.fire(sleeps, slot).map(Next::Fire)
        })
    }

    /// Takes a timer out of its line. A pending one has somebody to wake.
    #[inline]
    fn fire(&self, sleeps: &mut Sleeps, slot: u32) -> Option<Sleeper> {
        sleeps.deadlines.leave(slot);
        self.note_any(sleeps);
        if let Some(task) = self.marks.take(slot, self.event_loop) {
            return Some(Sleeper::Task(task));
        }
        let waker = sleeps.deadlines.get_mut(slot)?.take()?;
        Some(Sleeper::Waker(waker))
    }

    #[inline]
    fn note_any(&self, sleeps: &Sleeps) {
        let any = sleeps.deadlines.pending() > 0;
        self.any.store(any, Ordering::Relaxed);
    }

    /// JavaScript fires the timer in this slot; `None` if it is another one by now, or has longer to wait.
    #[cfg(feature = "wasm")]
    pub(super) fn fire_hosted(&self, slot: u32, number: u64) -> Option<Sleeper> {
        self.sleeps.with(|sleeps| {
            let turn = sleeps.deadlines.turn(slot)?;
            let over = turn.number.get() == number && sleeps.hosted.as_mut()?.is_over(slot, turn);
            over.then(|| self.fire(sleeps, slot)).flatten()
        })
    }

    /// The loop is gone: whoever still waits is woken, and panics when it polls. Its own tasks are gone, too.
    pub(super) fn close(&self) {
        let wakers: Vec<_> = self.sleeps.with(|sleeps| {
            sleeps.closed = true;
            sleeps.deadlines.stop().flatten().collect()
        });
        wakers.into_iter().for_each(Waker::wake);
    }
}

#[cold]
#[track_caller]
fn closed() -> ! {
    panic!("the event loop of this timer is gone; a `Sleep` must not outlive its event loop");
}

/// What a `Sleep` has of a loop: one of its timers, which is forgotten when this is dropped.
#[derive(Debug)]
pub(crate) struct Wait {
    timers: Arc<Timers>,
    /// `None` once it is over.
    slot: Option<u32>,
}

impl Wait {
    /// For `nanos` from now, on the loop that runs on this thread. `None` if there is none.
    #[inline]
    pub(crate) fn start(nanos: u64, waker: &Waker) -> Option<Self> {
        executor::current(|executor| Self {
            slot: Some(executor.timers.add(nanos, executor.number_timer(), waker)),
            timers: Arc::clone(&executor.timers),
        })
    }

    /// Whether the task of this waker waits for it already, as far as can be said without a lock. Else [`poll`](Self::poll) tells.
    #[inline]
    pub(crate) fn waits_for(&self, waker: &Waker) -> bool {
        let task = self.timers.polled_task(waker);
        self.slot
            .zip(task)
            .is_some_and(|(slot, task)| self.timers.marks.is(slot, task))
    }

    /// Ready once the time is up; before that makes `waker` the one to wake.
    pub(crate) fn poll(&mut self, waker: &Waker) -> Poll<()> {
        let Some(slot) = self.slot else {
            return Poll::Ready(());
        };
        let poll = self.timers.poll(slot, waker);
        if poll.is_ready() {
            self.slot = None;
        }
        poll
    }
}

impl Drop for Wait {
    #[inline]
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            self.timers.cancel(slot);
        }
    }
}

#[inline]
fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
