//! A value that many may look at, and the last of them may take out.

use crate::sync::UnsafeCell;

/// Shared, but for the one who takes the value.
pub(super) struct Slot<T>(UnsafeCell<Option<T>>);

// SAFETY: many threads look at the value at once, which `T: Sync` allows, and one may move it to itself, which `T: Send`
// allows; `take` asks its caller that nobody looks then.
unsafe impl<T: Send + Sync> Sync for Slot<T> {}

impl<T> Slot<T> {
    pub(super) fn new(value: T) -> Self {
        Self(UnsafeCell::new(Some(value)))
    }

    pub(super) fn get_mut(&mut self) -> Option<&mut T> {
        self.0.get_mut().as_mut()
    }

    /// `None` once it is taken.
    ///
    /// # Safety
    ///
    /// Until the reference is dropped nobody calls `take`.
    pub(super) unsafe fn get(&self) -> Option<&T> {
        // SAFETY: only `take` makes an exclusive reference.
        self.0.with(|value| unsafe { &*value }).as_ref()
    }

    /// Takes the value out.
    ///
    /// # Safety
    ///
    /// No reference that `get` gave is alive, and no other thread is in `get` or `take`.
    pub(super) unsafe fn take(&self) -> Option<T> {
        // SAFETY: so says the caller.
        self.0.with_mut(|value| unsafe { &mut *value }.take())
    }
}
