//! An outcome that comes once, that many may look at, and that the last of them may take out.
//!
//! Whoever claims it first may write, once. The flags say the rest, and spare whoever settles a lock that nobody needs:
//!
//! | flag | set by | meaning |
//! |---|---|---|
//! | `CLAIMED` | whoever is first | only this one writes, at once |
//! | `FULL` | the same, after it has written | everybody may look at the value |
//! | `WAITED` | whoever is about to wait | if it was there before `CLAIMED`, whoever has claimed has somebody to tell |
//!
//! `FULL` is stored, not added: on many threads a change of what is there costs as much as a dozen other instructions. It may wipe `WAITED` out
//! that has come after `CLAIMED`: whoever set that has seen `CLAIMED`, and does not begin to wait but sees the value through.

use crate::sync::atomic::{
    AtomicU8,
    Ordering::{Acquire, Relaxed, Release},
};
use crate::sync::{UnsafeCell, pause};

const CLAIMED: u8 = 1;
const FULL: u8 = 2;
const WAITED: u8 = 4;

pub(crate) struct Slot<T> {
    flags: AtomicU8,
    value: UnsafeCell<Option<T>>,
}

// SAFETY: many threads look at the value at once, which `T: Sync` allows, and one may move it to itself, which `T: Send`
// allows; the flags say when, and `take` asks its caller that nobody looks then.
unsafe impl<T: Send + Sync> Sync for Slot<T> {}

impl<T> Slot<T> {
    pub(crate) fn empty() -> Self {
        Self {
            flags: AtomicU8::new(0),
            value: UnsafeCell::new(None),
        }
    }

    pub(crate) fn full(value: T) -> Self {
        Self {
            flags: AtomicU8::new(CLAIMED | FULL),
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
        // There is nothing to be seen yet of what another one has done: that is what `FULL` is for, and the lock of those who wait.
        let flags = self.flags.fetch_or(CLAIMED, Relaxed);
        if flags & CLAIMED != 0 {
            return Err(value);
        }
        // SAFETY: only whoever has claimed is here, and nobody looks before `FULL`. There was no value, so there is nothing to drop.
        self.value
            .with_mut(|place| unsafe { place.write(Some(value)) });
        self.flags.store(CLAIMED | FULL, Release);
        Ok(flags & WAITED != 0)
    }

    /// From here on somebody waits; false if there is a value.
    ///
    /// Who waits is kept under a lock, and this is called under it. Whoever has claimed and found `WAITED` takes the lock after `FULL`. So of the two one
    /// sees the other, whatever the memory does: if that one had the lock first, this comes after `FULL`; and else it finds what is kept.
    pub(crate) fn wait(&self) -> bool {
        let flags = self.flags.load(Relaxed);
        if flags & (FULL | WAITED) != 0 {
            return flags & FULL == 0;
        }
        // Nobody else sets it: this is called under a lock.
        if self.flags.fetch_add(WAITED, Relaxed) & CLAIMED == 0 {
            return true;
        }
        // Whoever has claimed does nothing but write the value, and has nobody to tell.
        let mut times = 0;
        while self.is_empty() {
            pause(times);
            times += 1;
        }
        false
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
