//! A queue as `VecDeque` is one, but an element is made where it will lie: to make it elsewhere and copy it takes longer than all the rest.

use core::mem;
use std::vec::Vec;

pub(super) struct Ring<T> {
    /// As many as a power of two, or none.
    slots: Vec<Option<T>>,
    /// Where the first one lies.
    head: usize,
    len: usize,
}

impl<T> Ring<T> {
    pub(super) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            head: 0,
            len: 0,
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where the one lies that `index` others are before. Never out of the slots, unless there are none.
    #[inline]
    fn place(&self, index: usize) -> usize {
        self.head.wrapping_add(index) & self.slots.len().wrapping_sub(1)
    }

    #[inline(always)]
    pub(super) fn push_with(&mut self, make: impl FnOnce() -> T) {
        if self.len == self.slots.len() {
            self.grow();
        }
        let place = self.place(self.len);
        let slot = &mut self.slots[place];
        self.len += 1;
        // The slot is empty, so there is nothing to drop.
        mem::forget(slot.replace(make()));
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let size = self.slots.len().max(4) * 2;
        let mut slots = Vec::with_capacity(size);
        slots.extend(mem::take(self).map(Some));
        self.len = slots.len();
        slots.resize_with(size, || None);
        self.slots = slots;
    }

    /// The one that `index` others are before.
    #[inline]
    pub(super) fn get(&self, index: usize) -> Option<&T> {
        self.slots.get(self.place(index))?.as_ref()
    }

    #[inline]
    pub(super) fn front(&self) -> Option<&T> {
        self.slots.get(self.head)?.as_ref()
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<T> {
        let first = self.slots.get_mut(self.head)?.take()?;
        self.head = self.place(1);
        self.len -= 1;
        Some(first)
    }
}

impl<T> Default for Ring<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Iterator for Ring<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.pop()
    }
}
