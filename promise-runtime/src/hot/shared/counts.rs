//! How many hold an object, and how many watch it without keeping it alive, in one word.
//!
//! All who hold it watch it together, as one. So whoever finds one of each is the only one who has the object at all: nobody comes to
//! it any more, and nothing has to be subtracted that nobody will see.

use crate::sync::atomic::{
    AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed},
};

const WATCH: u64 = 1 << 32;
const ONLY: u64 = WATCH | 1;

/// Whoever counts so many has forgotten most of them; a wrong count would be worse.
const MANY: u32 = u32::MAX / 2;

pub(crate) struct Counts(AtomicU64);

impl Counts {
    #[inline]
    pub(crate) fn new(holders: u32) -> Self {
        Self(AtomicU64::new(WATCH | u64::from(holders)))
    }

    /// One more holds it.
    #[inline]
    pub(crate) fn hold(&self) {
        // Whoever counts one more is counted himself, so nobody takes it for the last one.
        if self.0.fetch_add(1, Relaxed) as u32 > MANY {
            std::process::abort();
        }
    }

    /// One less holds it. True for the last one, who sees everything that the others did.
    #[inline]
    pub(crate) fn let_go(&self) -> bool {
        if self.0.load(Acquire) == ONLY {
            self.0.store(WATCH, Relaxed);
            return true;
        }
        self.0.fetch_sub(1, AcqRel) as u32 == 1
    }

    /// One more watches it.
    pub(crate) fn watch(&self) {
        if (self.0.fetch_add(WATCH, Relaxed) >> 32) as u32 > MANY {
            std::process::abort();
        }
    }

    /// One less watches it. True for the last one, after whom nobody has it.
    #[inline]
    pub(crate) fn unwatch(&self) -> bool {
        self.0.load(Acquire) == WATCH || self.0.fetch_sub(WATCH, AcqRel) == WATCH
    }

    /// Who watches it holds it, too, if somebody else still does.
    pub(crate) fn try_hold(&self) -> bool {
        let more = |counts: u64| (counts as u32 > 0).then(|| counts + 1);
        match self.0.fetch_update(Relaxed, Relaxed, more) {
            Ok(former) if former as u32 > MANY => std::process::abort(),
            held => held.is_ok(),
        }
    }
}
