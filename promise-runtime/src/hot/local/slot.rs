//! An outcome that comes once, that many may look at, and that the last of them may take out: in the bytes of the outcome.

use core::cell::UnsafeCell;
use core::mem;

pub(crate) struct Slot<T>(UnsafeCell<Place<T>>);

enum Place<T> {
    Empty,
    Full(T),
    Taken,
}

impl<T> Slot<T> {
    #[inline]
    pub(crate) fn empty() -> Self {
        Self(UnsafeCell::new(Place::Empty))
    }

    #[inline]
    pub(crate) fn full(value: T) -> Self {
        Self(UnsafeCell::new(Place::Full(value)))
    }

    /// Whether there is no value yet; false when it is taken.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        // SAFETY: exclusive references live only within `set` and `take`, which run no foreign code.
        matches!(unsafe { &*self.0.get() }, Place::Empty)
    }

    /// Whether somebody may be waiting; gives the value back if there was one before.
    #[inline]
    pub(crate) fn set(&self, value: T) -> Result<bool, T> {
        if !self.is_empty() {
            return Err(value);
        }
        // SAFETY: as long as the place is empty, `get` gives no references.
        let empty = mem::replace(unsafe { &mut *self.0.get() }, Place::Full(value));
        // There is nothing to drop.
        mem::forget(empty);
        Ok(true)
    }

    /// From here on somebody waits; false if there is a value.
    #[inline]
    pub(crate) fn wait(&self) -> bool {
        self.is_empty()
    }

    #[inline]
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        match self.0.get_mut() {
            Place::Full(value) => Some(value),
            Place::Empty | Place::Taken => None,
        }
    }

    /// `None` before it comes, and once it is taken.
    ///
    /// # Safety
    ///
    /// Until the reference is dropped nobody calls `take`.
    #[inline]
    pub(crate) unsafe fn get(&self) -> Option<&T> {
        // SAFETY: `set` changes only an empty place, and `take` is not called, as the caller says.
        match unsafe { &*self.0.get() } {
            Place::Full(value) => Some(value),
            Place::Empty | Place::Taken => None,
        }
    }

    /// Takes the value out.
    ///
    /// # Safety
    ///
    /// No reference that `get` gave is alive.
    #[inline]
    pub(crate) unsafe fn take(&self) -> Option<T> {
        if self.is_empty() {
            return None;
        }
        // SAFETY: so says the caller.
        match mem::replace(unsafe { &mut *self.0.get() }, Place::Taken) {
            Place::Full(value) => Some(value),
            Place::Empty | Place::Taken => None,
        }
    }
}
