//! What happened, for whoever keeps a log. The targets are part of the interface: filters name them.

use super::spans::is_open;
use core::fmt;
use core::panic::Location;
use core::time::Duration;
use tracing::{Level, debug, enabled, error, info, warn};

/// A promise was rejected and nobody handles that, or, without a reason, was abandoned. False if no subscriber wants to know.
pub(crate) fn unhandled(
    place: &'static Location<'static>,
    reason: Option<&dyn fmt::Debug>,
) -> bool {
    if !is_open() || !enabled!(target: "promise_runtime", Level::ERROR) {
        return false;
    }
    match reason {
        Some(reason) => {
            error!(target: "promise_runtime", location = %place, ?reason, "unhandled rejection");
        }
        None => error!(
            target: "promise_runtime",
            location = %place,
            "abandoned promise: somebody waits, but every resolver was dropped uncalled"
        ),
    }
    true
}

/// So many attempts were rejected, and another one begins after `pause`.
pub(crate) fn retrying(attempt: u32, pause: Duration) {
    debug!(target: "promise_runtime::retry", attempt, delay = ?pause, "an attempt was rejected; retrying");
}

/// An attempt was rejected, and so many are left, of which the next begins now.
pub(crate) fn retrying_at_once(attempts_left: u32) {
    debug!(target: "promise_runtime::retry", attempts_left, "an attempt was rejected; retrying");
}

/// A breaker has changed its state.
pub(crate) fn breaker_changed(from: &dyn fmt::Debug, to: &dyn fmt::Debug, opened: bool) {
    if opened {
        warn!(target: "promise_runtime::breaker", ?from, ?to, "the circuit breaker opened");
    } else {
        info!(target: "promise_runtime::breaker", ?from, ?to, "the circuit breaker changed its state");
    }
}
