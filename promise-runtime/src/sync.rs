//! What threads share, under the names by which the models of the tests put loom's in their place.

pub(crate) use alloc::alloc::{alloc, dealloc};
pub(crate) use alloc::sync::Arc;
pub(crate) use core::sync::atomic;
#[cfg(feature = "std")]
pub(crate) use std::{
    sync::{Mutex, MutexGuard, OnceLock},
    thread_local,
};

#[cfg(not(target_has_atomic = "64"))]
#[cfg(any(feature = "event_loop", feature = "tokio"))]
mod wide;

#[cfg(target_has_atomic = "64")]
#[cfg(any(feature = "event_loop", feature = "tokio"))]
pub(crate) use atomic::AtomicU64;
#[cfg(not(target_has_atomic = "64"))]
#[cfg(any(feature = "event_loop", feature = "tokio"))]
pub(crate) use wide::AtomicU64;

/// A cell that several threads may look into, each when it is its turn.
#[derive(Debug)]
pub(crate) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub(crate) const fn new(value: T) -> Self {
        UnsafeCell(core::cell::UnsafeCell::new(value))
    }

    /// Nobody else has the cell.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }

    /// Looks at the value. The caller sees to it that nobody changes it meanwhile.
    #[inline(always)]
    pub(crate) fn with<R>(&self, look: impl FnOnce(*const T) -> R) -> R {
        look(self.0.get())
    }

    /// Changes the value. The caller sees to it that nobody else uses it meanwhile.
    #[inline(always)]
    pub(crate) fn with_mut<R>(&self, change: impl FnOnce(*mut T) -> R) -> R {
        change(self.0.get())
    }
}

/// Says that nobody else uses this atomic any more. It does nothing; in a model it is an error if somebody does.
#[inline(always)]
pub(crate) fn retired<T>(_: &mut T) {}

/// Waits a moment for what another thread is in the midst of, and was seen to be so many times.
#[cfg(feature = "std")]
#[cold]
pub(crate) fn pause(times: u32) {
    match times {
        0..64 => core::hint::spin_loop(),
        64..128 => std::thread::yield_now(),
        // If this thread has a higher priority, the other one has its turn only now.
        _ => std::thread::sleep(core::time::Duration::from_micros(50)),
    }
}
