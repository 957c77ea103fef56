//! An outcome that comes once, that many may look at, and that the last of them may take out; and who waits for it until then.

use core::cell::{Cell, UnsafeCell};
use core::mem;

pub(crate) struct Slot<T, W> {
    place: UnsafeCell<Place<T>>,
    waiting: Cell<W>,
}

enum Place<T> {
    Empty,
    Full(T),
    Taken,
}

impl<T, W: Default> Slot<T, W> {
    #[inline]
    pub(crate) fn empty() -> Self {
        Self::with(Place::Empty)
    }

    #[inline]
    pub(crate) fn full(value: T) -> Self {
        Self::with(Place::Full(value))
    }

    #[inline]
    fn with(place: Place<T>) -> Self {
        Self {
            place: UnsafeCell::new(place),
            waiting: Cell::default(),
        }
    }

    /// Whether there is no value yet; false when it is taken.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        // SAFETY: exclusive references live only within `set` and `take`, which run no foreign code.
        matches!(unsafe { &*self.place.get() }, Place::Empty)
    }

    /// Tells those who wait, if any, that the value is there; gives it back if there was one before.
    #[inline]
    pub(crate) fn set(&self, value: T, tell: impl FnOnce(W)) -> Result<(), T> {
        if !self.is_empty() {
            return Err(value);
        }
        // SAFETY: as long as the place is empty, `get` gives no references.
        let empty = mem::replace(unsafe { &mut *self.place.get() }, Place::Full(value));
        // There is nothing to drop.
        mem::forget(empty);
        tell(self.waiting.take());
        Ok(())
    }

    /// Changes who waits; gives `input` back if there is a value: then nobody waits any more.
    ///
    /// # Safety
    ///
    /// `change` does not come to this slot again: it runs no foreign code, drops included.
    #[inline]
    pub(crate) unsafe fn change<I, O>(
        &self,
        input: I,
        change: impl FnOnce(&mut W, I) -> O,
    ) -> Result<O, I> {
        if !self.is_empty() {
            return Err(input);
        }
        // SAFETY: no other thread sees it, and on this one nobody comes to it meanwhile.
        Ok(change(unsafe { &mut *self.waiting.as_ptr() }, input))
    }

    #[inline]
    pub(crate) fn waiting_mut(&mut self) -> &mut W {
        self.waiting.get_mut()
    }

    #[inline]
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        match self.place.get_mut() {
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
        match unsafe { &*self.place.get() } {
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
        match mem::replace(unsafe { &mut *self.place.get() }, Place::Taken) {
            Place::Full(value) => Some(value),
            Place::Empty | Place::Taken => None,
        }
    }
}
