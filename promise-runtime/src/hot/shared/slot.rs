//! An outcome that comes once, that many may look at, and that the last of them may take out.

use crate::sync::{OnceLock, UnsafeCell};

pub(crate) struct Slot<T>(OnceLock<Place<T>>);

/// Shared, but for the one who takes the value.
struct Place<T>(UnsafeCell<Option<T>>);

// SAFETY: many threads look at the value at once, which `T: Sync` allows, and one may move it to itself, which `T: Send`
// allows; `take` asks its caller that nobody looks then.
unsafe impl<T: Send + Sync> Sync for Place<T> {}

impl<T> Place<T> {
    fn new(value: T) -> Self {
        Self(UnsafeCell::new(Some(value)))
    }

    fn into_inner(mut self) -> Option<T> {
        self.0.get_mut().take()
    }
}

impl<T> Slot<T> {
    pub(crate) fn empty() -> Self {
        Self(OnceLock::new())
    }

    pub(crate) fn full(value: T) -> Self {
        Self(OnceLock::from(Place::new(value)))
    }

    /// Whether there is no value yet; false when it is taken.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.get().is_none()
    }

    /// Gives the value back if there was one before.
    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        match self.0.set(Place::new(value)) {
            Ok(()) => Ok(()),
            Err(late) => late.into_inner().map_or(Ok(()), Err),
        }
    }

    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        self.0.get_mut()?.0.get_mut().as_mut()
    }

    /// `None` before it comes, and once it is taken.
    ///
    /// # Safety
    ///
    /// Until the reference is dropped nobody calls `take`.
    pub(crate) unsafe fn get(&self) -> Option<&T> {
        // SAFETY: only `take` makes an exclusive reference.
        self.0.get()?.0.with(|value| unsafe { &*value }).as_ref()
    }

    /// Takes the value out.
    ///
    /// # Safety
    ///
    /// No reference that `get` gave is alive, and no other thread is in `get` or `take`.
    pub(crate) unsafe fn take(&self) -> Option<T> {
        // SAFETY: so says the caller.
        self.0
            .get()?
            .0
            .with_mut(|value| unsafe { &mut *value }.take())
    }
}
