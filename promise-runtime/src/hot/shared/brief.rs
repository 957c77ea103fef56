//! A lock for moments.

use crate::sync::atomic::{
    AtomicU8,
    Ordering::{Acquire, Release},
};
use crate::sync::{UnsafeCell, pause};
use core::fmt;
use core::mem;

/// What is locked for so brief moments that no foreign code runs in them.
///
/// To unlock it is a store, which a lock that threads sleep at cannot do: on many threads a change of what is there costs as much as a dozen
/// other instructions.
pub(crate) struct Brief<T> {
    /// 1 if somebody has it.
    locked: AtomicU8,
    value: UnsafeCell<T>,
}

// SAFETY: whoever has locked it is the only one to come to the value, and may be on any thread.
unsafe impl<T: Send> Sync for Brief<T> {}

/// Unlocks when it is dropped, also by a panic.
struct Locked<'a>(&'a AtomicU8);

impl Drop for Locked<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.store(0, Release);
    }
}

impl<T> Brief<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            locked: AtomicU8::new(0),
            value: UnsafeCell::new(value),
        }
    }

    /// Changes the value. If `change` comes to it again, that waits for ever.
    #[inline]
    pub(crate) fn with<O>(&self, change: impl FnOnce(&mut T) -> O) -> O {
        let mut times = 0;
        while self.locked.swap(1, Acquire) == 1 {
            pause(times);
            times += 1;
        }
        let _locked = Locked(&self.locked);
        // SAFETY: nobody else has the lock.
        self.value.with_mut(|value| change(unsafe { &mut *value }))
    }

    #[inline]
    pub(crate) fn replace(&self, value: T) -> T {
        self.with(|place| mem::replace(place, value))
    }

    /// Changes the value.
    ///
    /// # Safety
    ///
    /// None is needed, but on one thread: there this is no lock, so `change` may not come to the value again.
    #[inline]
    pub(crate) unsafe fn update<O>(&self, change: impl FnOnce(&mut T) -> O) -> O {
        self.with(change)
    }
}

impl<T> fmt::Debug for Brief<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Brief").finish_non_exhaustive()
    }
}
