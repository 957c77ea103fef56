//! An outcome that comes once, that many may look at, and that the last of them may take out.
//!
//! Whoever claims it first may write, once. Two flags say the rest, and spare whoever settles a lock that nobody needs:
//!
//! | flag | set by | meaning |
//! |---|---|---|
//! | `FULL` | whoever has claimed, after it has written | everybody may look at the value |
//! | `WAITED` | whoever is about to wait, before `FULL` | whoever sets `FULL` has somebody to tell |
//!
//! A flag is added, not or-ed, as each is set once only: that is one instruction, and the other a loop.

use crate::sync::UnsafeCell;
use crate::sync::atomic::{
    AtomicBool, AtomicU8,
    Ordering::{Acquire, Relaxed, Release},
};

const FULL: u8 = 1;
const WAITED: u8 = 2;

pub(crate) struct Slot<T> {
    claimed: AtomicBool,
    flags: AtomicU8,
    value: UnsafeCell<Option<T>>,
}

// SAFETY: many threads look at the value at once, which `T: Sync` allows, and one may move it to itself, which `T: Send`
// allows; the flags say when, and `take` asks its caller that nobody looks then.
unsafe impl<T: Send + Sync> Sync for Slot<T> {}

impl<T> Slot<T> {
    pub(crate) fn empty() -> Self {
        Self {
            claimed: AtomicBool::new(false),
            flags: AtomicU8::new(0),
            value: UnsafeCell::new(None),
        }
    }

    pub(crate) fn full(value: T) -> Self {
        Self {
            claimed: AtomicBool::new(true),
            flags: AtomicU8::new(FULL),
            value: UnsafeCell::new(Some(value)),
        }
    }

    /// Whether there is no value yet; false when it is taken.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.flags.load(Acquire) & FULL == 0
    }

    /// Whether somebody may be waiting; gives the value back if there was one before.
    pub(crate) fn set(&self, value: T) -> Result<bool, T> {
        // There is nothing to be seen yet of what another one has done: that is what `FULL` is for.
        if self.claimed.swap(true, Relaxed) {
            return Err(value);
        }
        // SAFETY: only whoever has claimed is here, and nobody looks before `FULL`.
        self.value.with_mut(|place| unsafe { *place = Some(value) });
        Ok(self.flags.fetch_add(FULL, Release) & WAITED != 0)
    }

    /// From here on somebody waits; false if there is a value.
    ///
    /// Who waits is kept under a lock, and this is called under it. So of the two one sees the other, whatever the memory does: if `set` had the lock
    /// first, this comes after it; and else it finds what is kept.
    pub(crate) fn wait(&self) -> bool {
        let mut flags = self.flags.load(Relaxed);
        if flags & (FULL | WAITED) == 0 {
            flags = self.flags.fetch_add(WAITED, Relaxed);
        }
        flags & FULL == 0
    }

    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut().as_mut()
    }

    /// `None` before it comes, and once it is taken.
    ///
    /// # Safety
    ///
    /// Until the reference is dropped nobody calls `take`.
    #[inline]
    pub(crate) unsafe fn get(&self) -> Option<&T> {
        if self.is_empty() {
            return None;
        }
        // SAFETY: from `FULL` on only `take` makes an exclusive reference.
        self.value.with(|value| unsafe { &*value }).as_ref()
    }

    /// Takes the value out.
    ///
    /// # Safety
    ///
    /// No reference that `get` gave is alive, and no other thread is in `get` or `take`.
    #[inline]
    pub(crate) unsafe fn take(&self) -> Option<T> {
        if self.is_empty() {
            return None;
        }
        // SAFETY: so says the caller, and from `FULL` on nobody writes.
        self.value.with_mut(|value| unsafe { &mut *value }.take())
    }
}
