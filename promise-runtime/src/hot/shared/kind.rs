//! The types that the engine is compiled over.

use super::engine::object::{Shared, Untyped, Weak};
use super::engine::{DynJob, Job};
use crate::hot::Reason;
use crate::hot::TaskId;
use crate::hot::flat;
use crate::hot::job::AnyJob;
use crate::sync::atomic::{self, AtomicBool, AtomicU8, AtomicU32, Ordering};
use crate::sync::{Mutex, MutexGuard, UnsafeCell};
use core::task::Waker;
use std::sync::PoisonError;

pub(crate) use super::brief::Brief;
pub(crate) use super::counts::Counts;
pub(crate) use super::home::{Home, Seat};
pub(crate) use super::slot::Slot;
pub(crate) use crate::sync::OnceLock as Once;
pub(crate) use std::sync::Arc as Payloads;

/// Used by many threads at once.
pub(crate) trait Portable: Send + Sync {}
impl<T: Send + Sync + ?Sized> Portable for T {}

// SAFETY: objects are `Portable`, and their counts are atomic.
unsafe impl Send for Untyped {}

// SAFETY: likewise.
unsafe impl Sync for Untyped {}

// SAFETY: likewise.
unsafe impl Send for Weak {}

// SAFETY: likewise.
unsafe impl Sync for Weak {}

/// What a promise may hold: every thread may look at it.
pub(crate) trait Value: Portable + 'static {}
impl<T: Send + Sync + 'static> Value for T {}

/// What a promise may reject with.
pub(crate) trait Cause: Reason + Value {}
impl<E: Reason + Value> Cause for E {}

/// What one thread uses after another: handlers and futures.
pub(crate) trait Owned: Send + 'static {}
impl<T: Send + 'static> Owned for T {}

/// Whether steps that run no handler have turns of their own: on many threads nobody could tell.
pub(crate) const TURNS: bool = false;

/// Held for moments, never while foreign code runs.
#[derive(Default)]
pub(crate) struct Lock<T>(Mutex<T>);

impl<T> Lock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one at a time has, and nobody waits for.
pub(crate) struct Exclusive<T> {
    /// 1 if somebody has it.
    taken: AtomicU8,
    value: UnsafeCell<T>,
}

// SAFETY: whoever has taken it is the only one to come to the value, and may be on any thread.
unsafe impl<T: Send> Sync for Exclusive<T> {}

impl<T> Exclusive<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            taken: AtomicU8::new(0),
            value: UnsafeCell::new(value),
        }
    }

    /// `None` if somebody has it. `change` does not panic.
    pub(crate) fn try_change<O>(&self, change: impl FnOnce(&mut T) -> O) -> Option<O> {
        if self.taken.swap(1, Ordering::Acquire) == 1 {
            return None;
        }
        // SAFETY: nobody else has it until it is given back.
        let output = self.value.with_mut(|value| change(unsafe { &mut *value }));
        self.taken.store(0, Ordering::Release);
        Some(output)
    }
}

/// A truth that begins with `false`. It publishes nothing: what it is about lies behind locks.
#[derive(Default)]
pub(crate) struct Flag(AtomicBool);

impl Flag {
    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The same for whoever nobody else looks at it with.
    pub(crate) fn get_mut(&mut self) -> bool {
        *self.0.get_mut()
    }

    /// Makes it true.
    pub(crate) fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Makes it true; returns what it was.
    pub(crate) fn set(&self) -> bool {
        self.0.swap(true, Ordering::Relaxed)
    }
}

pub(crate) struct Count(AtomicU32);

impl Count {
    pub(crate) fn new(count: u32) -> Self {
        Self(AtomicU32::new(count))
    }

    pub(crate) fn increment(&self) {
        // Whoever counts one more is counted himself, so nobody takes it for one.
        if self.0.fetch_add(1, Ordering::Relaxed) > u32::MAX / 2 {
            // Whoever counts so many has forgotten most of them; a wrong count would be worse.
            std::process::abort();
        }
    }

    /// Sees everything that those did who are not counted any more.
    pub(crate) fn is_one(&self) -> bool {
        self.0.load(Ordering::Acquire) == 1
    }

    /// True for the last one; it sees everything that the others did before they were counted no more.
    pub(crate) fn decrement(&self) -> bool {
        // Only who is counted counts others, so nobody comes after the last one, and nobody would see it subtracted.
        self.is_one() || self.0.fetch_sub(1, Ordering::AcqRel) == 1
    }
}

/// Does what few promises come to, which would keep the rest from being short.
#[inline(never)]
pub(crate) fn rarely<O>(act: impl FnOnce() -> O) -> O {
    act()
}

/// What is written before the fence on one thread, or after it on the other, is seen by one of the two.
pub(crate) fn fence() {
    atomic::fence(Ordering::SeqCst);
}

/// Whether a rejection is reported when nobody has the promise any more, and nobody has handled it.
pub(crate) const REPORT_AT_THE_END: bool = true;

/// A rejection is decided when nobody has the promise any more.
pub(crate) fn track_rejected(_: Untyped) {}

/// That somebody waits in vain is known at once.
pub(crate) fn track_abandoned(promise: Untyped) {
    if !promise.is_clear() {
        promise.report();
    }
}

/// Another thread may have to wake it, so only its waker will do.
pub(crate) fn polled_task(_: &Waker) -> Option<TaskId> {
    None
}

/// Gives the task that is being polled another turn.
pub(crate) fn wake_next(waker: &Waker) {
    waker.wake_by_ref();
}

/// Gives a job its turn where its handler runs.
pub(crate) fn push<J: Job>(job: Shared<J>, home: fn(&J) -> &Home, index: u32) {
    if home(&job).is_here() {
        return Home::push_here(job.into(), index);
    }
    let keeper = job.clone();
    home(&keeper).push(job.into(), index);
}

/// Runs a step that runs no handler.
pub(crate) fn step(job: DynJob, index: u32) {
    flat::run_job(any_job(job), index);
}

pub(crate) fn any_job(job: DynJob) -> AnyJob {
    AnyJob::Shared(job)
}
