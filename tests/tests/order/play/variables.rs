//! The variables of a program.

use crate::program::Slot;
use std::cell::RefCell;
use std::collections::HashMap;

/// Variables by number; where `left` says how often each will be read at most, the last reading takes it.
pub(super) struct Variables<T> {
    values: RefCell<HashMap<Slot, T>>,
    left: Option<RefCell<HashMap<Slot, usize>>>,
}

impl<T: Clone> Variables<T> {
    pub(super) fn new(left: Option<HashMap<Slot, usize>>) -> Self {
        Self {
            values: RefCell::default(),
            left: left.map(RefCell::new),
        }
    }

    pub(super) fn set(&self, slot: Slot, value: T) {
        let wanted = match &self.left {
            Some(left) => left.borrow().contains_key(&slot),
            None => true,
        };
        if wanted {
            self.values.borrow_mut().insert(slot, value);
        }
    }

    pub(super) fn get(&self, slot: Slot) -> T {
        let last = self.left.as_ref().is_some_and(|left| {
            let mut left = left.borrow_mut();
            let left = left.get_mut(&slot).expect("every mention was counted");
            *left -= 1;
            *left == 0
        });
        let mut values = self.values.borrow_mut();
        let value = if last {
            values.remove(&slot)
        } else {
            values.get(&slot).cloned()
        };
        value.expect("a block names what stands before it")
    }

    pub(super) fn clear(&self) {
        let values = self.values.take();
        drop(values);
    }
}
