//! The same as `counts`, for targets that cannot change 64 bits at once: as `Arc` does it.

use crate::sync::atomic::{
    AtomicU32,
    Ordering::{AcqRel, Acquire, Relaxed},
};

/// Whoever counts so many has forgotten most of them; a wrong count would be worse.
const MANY: u32 = u32::MAX / 2;

pub(crate) struct Counts {
    holders: AtomicU32,
    /// All who hold it watch it together, as one.
    watchers: AtomicU32,
}

impl Counts {
    pub(crate) fn new(holders: u32) -> Self {
        Self {
            holders: AtomicU32::new(holders),
            watchers: AtomicU32::new(1),
        }
    }

    /// One more holds it.
    pub(crate) fn hold(&self) {
        one_more(self.holders.fetch_add(1, Relaxed));
    }

    /// One less holds it. True for the last one, who sees everything that the others did.
    pub(crate) fn let_go(&self) -> bool {
        // Also who seems to be the only one: somebody who watches may be about to hold it.
        self.holders.fetch_sub(1, AcqRel) == 1
    }

    /// One more watches it.
    pub(crate) fn watch(&self) {
        one_more(self.watchers.fetch_add(1, Relaxed));
    }

    /// One less watches it. True for the last one, after whom nobody has it.
    pub(crate) fn unwatch(&self) -> bool {
        self.watchers.load(Acquire) == 1 || self.watchers.fetch_sub(1, AcqRel) == 1
    }

    /// Who watches it holds it, too, if somebody else still does.
    pub(crate) fn try_hold(&self) -> bool {
        let more = |holders: u32| (holders > 0).then(|| holders + 1);
        let held = self.holders.fetch_update(Relaxed, Relaxed, more);
        held.is_ok_and(|former| {
            one_more(former);
            true
        })
    }
}

fn one_more(former: u32) {
    if former > MANY {
        std::process::abort();
    }
}
