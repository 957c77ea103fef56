//! What the standard library has no atomic of 64 bits for on this target, under a lock.

use super::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) struct AtomicU64(Mutex<u64>);

impl AtomicU64 {
    pub(crate) const fn new(value: u64) -> Self {
        Self(Mutex::new(value))
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn load(&self, _: Ordering) -> u64 {
        *self.lock()
    }

    #[cfg(feature = "event_loop")]
    pub(crate) fn store(&self, value: u64, _: Ordering) {
        *self.lock() = value;
    }

    pub(crate) fn fetch_add(&self, value: u64, _: Ordering) -> u64 {
        let mut present = self.lock();
        let former = *present;
        *present = former.wrapping_add(value);
        former
    }
}

impl core::fmt::Debug for AtomicU64 {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.load(Ordering::Relaxed).fmt(f)
    }
}
