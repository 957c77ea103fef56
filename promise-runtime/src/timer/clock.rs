//! What time it is, where a [`Sleep`](super::Sleep) would wait.

use core::time::Duration;
use std::time::Instant;

use super::{Timer, installed::installed};

/// A point in time, on the clock that a `Sleep` started here and now would go by.
///
/// It may be read elsewhere: it stays with its clock.
#[derive(Clone)]
pub(crate) struct Moment(Reading);

#[derive(Clone)]
enum Reading {
    #[cfg(feature = "event_loop")]
    EventLoop(std::sync::Arc<crate::event_loop::Timers>, Duration),
    #[cfg(feature = "tokio")]
    Tokio(tokio::time::Instant),
    Installed(&'static dyn Timer, Duration),
    Portable(Instant),
}

impl Moment {
    pub(crate) fn now() -> Self {
        #[cfg(feature = "event_loop")]
        if let Some(timers) = crate::event_loop::Timers::current() {
            let now = timers.now();
            return Self(Reading::EventLoop(timers, now));
        }
        #[cfg(feature = "tokio")]
        if tokio::runtime::Handle::try_current().is_ok() {
            return Self(Reading::Tokio(tokio::time::Instant::now()));
        }
        Self(match installed() {
            Some(timer) => Reading::Installed(timer, timer.now()),
            None => Reading::Portable(Instant::now()),
        })
    }

    /// How long ago it is; zero for what is still to come.
    pub(crate) fn elapsed(&self) -> Duration {
        match &self.0 {
            #[cfg(feature = "event_loop")]
            Reading::EventLoop(timers, at) => timers.now().saturating_sub(*at),
            #[cfg(feature = "tokio")]
            Reading::Tokio(at) => at.elapsed(),
            Reading::Installed(timer, at) => timer.now().saturating_sub(*at),
            Reading::Portable(at) => at.elapsed(),
        }
    }
}

impl core::fmt::Debug for Moment {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?} ago", self.elapsed())
    }
}
