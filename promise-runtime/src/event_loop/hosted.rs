//! Timers that JavaScript fires, each by a timer of its own, so that they keep their order among its other timers.

use super::deadlines::Turn;
use crate::browser::{self, Timeout};
use std::collections::BTreeMap;

/// The longest time that `setTimeout` can wait: 2^31 - 1 milliseconds, 24.8 days.
const LONGEST: u64 = i32::MAX as u64 * 1_000_000;

/// Whose timer it is, of two loops' parts that number their slots alike: JavaScript sees the numbers of callbacks with this bit.
const CALLS: u32 = 1 << 31;

/// For what JavaScript fires a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Sleep,
    Call,
}

/// What JavaScript was told, by slot.
#[derive(Debug)]
pub(super) struct Hosted {
    kind: Kind,
    legs: BTreeMap<u32, Leg>,
}

/// A time that is too long for JavaScript has several.
#[derive(Debug)]
struct Leg {
    timeout: Timeout,
    /// How many nanoseconds are left after it.
    #[cfg_attr(
        not(feature = "wasm"),
        allow(dead_code, reason = "only JavaScript fires them")
    )]
    left: u64,
}

impl Hosted {
    /// `None` where no JavaScript runs the loop.
    pub(super) fn new(kind: Kind, hosted: bool) -> Option<Self> {
        (browser::HERE && hosted).then(|| Self {
            kind,
            legs: BTreeMap::new(),
        })
    }

    /// Has JavaScript fire the timer `nanos` from now, or go on with one that is too long for it.
    pub(super) fn set(&mut self, slot: u32, turn: Turn, nanos: u64) {
        let leg = nanos.min(LONGEST);
        // No more than 31 bits.
        let milliseconds = leg.div_ceil(1_000_000) as u32;
        let name = match self.kind {
            Kind::Sleep => slot,
            Kind::Call => slot | CALLS,
        };
        let timeout = browser::set_timeout(milliseconds, name, turn.number.get());
        let left = nanos - leg;
        self.legs.insert(slot, Leg { timeout, left });
    }

    pub(super) fn clear(&mut self, slot: u32) {
        if let Some(leg) = self.legs.remove(&slot) {
            browser::clear_timeout(leg.timeout);
        }
    }

    /// A timer of JavaScript's has fired for this one. False if it has longer to wait.
    #[cfg(feature = "wasm")]
    pub(super) fn is_over(&mut self, slot: u32, turn: Turn) -> bool {
        let left = self.legs.remove(&slot).map_or(0, |leg| leg.left);
        if left > 0 {
            self.set(slot, turn, left);
        }
        left == 0
    }
}

/// Whose timer JavaScript has fired, and its slot.
#[cfg(feature = "wasm")]
pub(super) fn named(name: u32) -> (Kind, u32) {
    if name & CALLS == 0 {
        (Kind::Sleep, name)
    } else {
        (Kind::Call, name & !CALLS)
    }
}
