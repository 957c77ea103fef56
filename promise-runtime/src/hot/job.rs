//! One step of a promise of either kind.

#[cfg(any(feature = "event_loop", feature = "tokio"))]
use super::local;
use super::shared;

/// A step that is queued.
pub(crate) enum AnyJob {
    #[cfg(any(feature = "event_loop", feature = "tokio"))]
    Local(local::DynJob),
    Shared(shared::DynJob),
}

impl AnyJob {
    pub(crate) fn run(self, index: u32) {
        match self {
            #[cfg(any(feature = "event_loop", feature = "tokio"))]
            Self::Local(job) => job.run(index),
            Self::Shared(job) => job.run(index),
        }
    }

    pub(crate) fn cancel(self, index: u32) {
        match self {
            #[cfg(any(feature = "event_loop", feature = "tokio"))]
            Self::Local(job) => job.cancel(index),
            Self::Shared(job) => job.cancel(index),
        }
    }
}
