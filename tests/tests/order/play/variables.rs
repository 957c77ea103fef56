//! The variables of a program.

use super::lock;
use crate::program::Slot;
use std::collections::HashMap;
use std::sync::Mutex;

/// Variables by number; where `left` says how often each will be read at most, the last reading takes it.
pub(super) struct Variables<T> {
    values: Mutex<HashMap<Slot, T>>,
    left: Option<Mutex<HashMap<Slot, usize>>>,
}

impl<T: Clone> Variables<T> {
    pub(super) fn new(left: Option<HashMap<Slot, usize>>) -> Self {
        Self {
            values: Mutex::default(),
            left: left.map(Mutex::new),
        }
    }

    pub(super) fn set(&self, slot: Slot, value: T) {
        let wanted = match &self.left {
            Some(left) => lock(left).contains_key(&slot),
            None => true,
        };
        if wanted {
            lock(&self.values).insert(slot, value);
        }
    }

    pub(super) fn get(&self, slot: Slot) -> T {
        let last = self.left.as_ref().is_some_and(|left| {
            let mut left = lock(left);
            let left = left.get_mut(&slot).expect("every mention was counted");
            *left -= 1;
            *left == 0
        });
        let mut values = lock(&self.values);
        let value = if last {
            values.remove(&slot)
        } else {
            values.get(&slot).cloned()
        };
        value.expect("a block names what stands before it")
    }

    pub(super) fn clear(&self) {
        let values = std::mem::take(&mut *lock(&self.values));
        drop(values);
    }
}
