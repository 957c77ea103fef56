//! The last calls of a breaker: so many, or those of so long a time. Memory is bounded by the window, not by the calls.

use alloc::collections::VecDeque;
use core::time::Duration;

/// What a failure rate is taken over.
///
/// ```
/// use promise_runtime::pattern::breaker::Window;
/// use std::time::Duration;
///
/// assert_eq!(Window::from(20), Window::Calls(20));
/// assert_eq!(Window::from(Duration::from_secs(10)), Window::Time(Duration::from_secs(10)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The last so many calls.
    Calls(usize),
    /// The calls that ended in the last so long. It moves on in steps of a tenth.
    Time(Duration),
}

impl From<usize> for Window {
    fn from(calls: usize) -> Self {
        Self::Calls(calls)
    }
}

impl From<Duration> for Window {
    fn from(time: Duration) -> Self {
        Self::Time(time)
    }
}

/// How a time window moves on.
const STEPS: u128 = 10;

/// Calls that have ended, and those of them that failed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) calls: usize,
    pub(super) failures: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Recent {
    window: Window,
    /// In a window of calls one for each; in a window of time one for each step that had any, with the step's number.
    parts: VecDeque<(u128, Tally)>,
    total: Tally,
}

impl Recent {
    pub(super) fn new(window: Window) -> Self {
        Self {
            window,
            parts: VecDeque::new(),
            total: Tally::default(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.parts.clear();
        self.total = Tally::default();
    }

    /// Adds a call that has ended now, and gives the tally of the window.
    pub(super) fn add(&mut self, failed: bool, now: Duration) -> Tally {
        let added = Tally {
            calls: 1,
            failures: usize::from(failed),
        };
        match self.window {
            Window::Calls(size) => {
                if self.parts.len() == size {
                    self.forget_first();
                }
                self.parts.push_back((0, added));
            }
            Window::Time(length) => {
                let step = now.as_nanos() * STEPS / length.as_nanos().max(1);
                while self
                    .parts
                    .front()
                    .is_some_and(|&(first, _)| first + STEPS <= step)
                {
                    self.forget_first();
                }
                match self.parts.back_mut() {
                    Some((last, part)) if *last == step => {
                        part.calls += added.calls;
                        part.failures += added.failures;
                    }
                    _ => self.parts.push_back((step, added)),
                }
            }
        }
        self.total.calls += added.calls;
        self.total.failures += added.failures;
        self.total
    }

    fn forget_first(&mut self) {
        if let Some((_, part)) = self.parts.pop_front() {
            self.total.calls -= part.calls;
            self.total.failures -= part.failures;
        }
    }
}
