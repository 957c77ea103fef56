//! Several pieces of foreign code, of which each has its turn even if the one before has panicked.

use super::reason::Payload;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Keeps the first panic until all have had their turn.
#[derive(Default)]
pub(crate) struct Panics(Option<Payload>);

impl Panics {
    pub(crate) fn guard(&mut self, step: impl FnOnce()) {
        // Whoever sees what the step has broken sees the panic, too, right after.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(step)) {
            self.0.get_or_insert(payload);
        }
    }

    /// Panics as the first one did, unless this is the clean-up after another panic.
    pub(crate) fn resume(self) {
        if let Some(payload) = self.0.filter(|_| !std::thread::panicking()) {
            resume_unwind(payload);
        }
    }
}
