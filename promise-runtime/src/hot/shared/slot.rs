//! An outcome that comes once, that many may look at, and that the last of them may take out; and who waits for it until then.
//!
//! Both lie behind one lock in the flags, which is held for a moment, and for the last time by whoever brings the outcome. To unlock it is
//! a store: on many threads a change of what is there costs as much as a dozen other instructions.
//!
//! | flag | meaning |
//! |---|---|
//! | `BUSY` | somebody changes who waits, or brings the outcome |
//! | `WAITED` | somebody may be waiting |
//! | `FULL` | the value is there, and everybody may look at it; nobody takes the lock any more |

use crate::sync::atomic::{
    AtomicU8,
    Ordering::{Acquire, Relaxed, Release},
};
use crate::sync::{UnsafeCell, pause};
use core::mem;

const BUSY: u8 = 1;
const WAITED: u8 = 2;
const FULL: u8 = 4;

pub(crate) struct Slot<T, W> {
    flags: AtomicU8,
    value: UnsafeCell<Option<T>>,
    waiting: UnsafeCell<W>,
}

// SAFETY: many threads look at the value at once, which `T: Sync` allows, and one may move it to itself, which `T: Send` allows; the flags
// say when, and `take` asks its caller that nobody looks then. One at a time comes to who waits.
unsafe impl<T: Send + Sync, W: Send> Sync for Slot<T, W> {}

impl<T, W: Default> Slot<T, W> {
    pub(crate) fn empty() -> Self {
        Self {
            flags: AtomicU8::new(0),
            value: UnsafeCell::new(None),
            waiting: UnsafeCell::new(W::default()),
        }
    }

    pub(crate) fn full(value: T) -> Self {
        Self {
            flags: AtomicU8::new(FULL),
            value: UnsafeCell::new(Some(value)),
            waiting: UnsafeCell::new(W::default()),
        }
    }

    /// Whether there is no value yet; false when it is taken.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.flags.load(Acquire) & FULL == 0
    }

    /// Takes the lock; gives the flags. `None` if there is a value.
    #[inline]
    fn lock(&self) -> Option<u8> {
        let mut flags = self.flags.load(Relaxed);
        let mut times = 0;
        while flags & FULL == 0 {
            if flags & BUSY != 0 {
                pause(times);
                times += 1;
                flags &= !BUSY;
            }
            match (self.flags).compare_exchange_weak(flags, flags | BUSY, Acquire, Relaxed) {
                Ok(_) => return Some(flags),
                Err(present) => flags = present,
            }
        }
        None
    }

    /// Tells those who wait, if any, that the value is there; gives it back if there was one before.
    #[inline]
    pub(crate) fn set(&self, value: T, tell: impl FnOnce(W)) -> Result<(), T> {
        let Some(flags) = self.lock() else {
            return Err(value);
        };
        // SAFETY: nobody else has the lock, and nobody looks before `FULL`. There was no value, so there is nothing to drop.
        self.value
            .with_mut(|place| unsafe { place.write(Some(value)) });
        self.flags.store(FULL, Release);
        if flags & WAITED != 0 {
            // SAFETY: nobody else takes the lock from now on.
            tell((self.waiting).with_mut(|waiting| mem::take(unsafe { &mut *waiting })));
        }
        Ok(())
    }

    /// Changes who waits; gives `input` back if there is a value: then nobody waits any more.
    ///
    /// # Safety
    ///
    /// `change` does not panic, and does not come to this slot again: it runs no foreign code, drops included.
    #[inline]
    pub(crate) unsafe fn change<I, O>(
        &self,
        input: I,
        change: impl FnOnce(&mut W, I) -> O,
    ) -> Result<O, I> {
        if self.lock().is_none() {
            return Err(input);
        }
        // SAFETY: nobody else has the lock.
        let output = (self.waiting).with_mut(|waiting| change(unsafe { &mut *waiting }, input));
        self.flags.store(WAITED, Release);
        Ok(output)
    }

    pub(crate) fn waiting_mut(&mut self) -> &mut W {
        self.waiting.get_mut()
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
