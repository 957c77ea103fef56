//! What time it is, by the clock that a [`Sleep`](super::Sleep) started here would go by.

use super::installed::installed;
use crate::browser::Instant;
use core::time::Duration;
use std::sync::OnceLock;

/// Where the system's clock starts to count: the first time that anybody asked.
static ORIGIN: OnceLock<Instant> = OnceLock::new();

/// The time since a fixed start. Never goes back on one clock.
///
/// The start is the clock's own, so only times of one clock may be compared. All event loops and runtimes that go by the
/// system's clock have one clock; each virtual clock is another.
pub(crate) fn now() -> Duration {
    let origin = *ORIGIN.get_or_init(Instant::now);
    #[cfg(feature = "event_loop")]
    if let Some(timers) = crate::event_loop::Timers::current() {
        return timers.since(origin);
    }
    // In a browser the loop above is always there, and the clock of tokio never.
    #[cfg(all(feature = "tokio", not(target_arch = "wasm32")))]
    if tokio::runtime::Handle::try_current().is_ok() {
        // A paused clock counts from when it was paused.
        return tokio::time::Instant::now()
            .into_std()
            .saturating_duration_since(origin);
    }
    match installed() {
        Some(timer) => timer.now(),
        None => Instant::now().saturating_duration_since(origin),
    }
}
