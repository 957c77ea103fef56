//! Values that come in any order.

use alloc::{collections::VecDeque, vec::Vec};

/// Values in input order. Those whose turn has not come wait.
pub(super) struct InOrder<T> {
    pub(super) values: Vec<T>,
    /// How many items' turn has come.
    passed: usize,
    /// What has come of the items from `passed` on.
    waiting: VecDeque<Option<Option<T>>>,
}

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        InOrder {
            values: Vec::new(),
            passed: 0,
            waiting: VecDeque::new(),
        }
    }
}

impl<T> InOrder<T> {
    pub(super) fn put(&mut self, item: usize, value: Option<T>) {
        let ahead = item - self.passed;
        if ahead != 0 {
            if self.waiting.len() <= ahead {
                self.waiting.resize_with(ahead + 1, || None);
            }
            self.waiting[ahead] = Some(value);
            return;
        }
        self.waiting.pop_front();
        self.pass(value);
        while let Some(Some(_)) = self.waiting.front() {
            let value = self.waiting.pop_front().flatten().flatten();
            self.pass(value);
        }
    }

    fn pass(&mut self, value: Option<T>) {
        self.passed += 1;
        self.values.extend(value);
    }
}
