//! What time it is, where a [`Sleep`](super::Sleep) would wait.

use crate::browser::Instant;
use core::time::Duration;

use super::installed::installed;

/// A point in time, on the clock that a `Sleep` started here and now would go by.
///
/// It may be read elsewhere: it stays with its clock.
#[derive(Clone)]
pub(crate) struct Moment(Reading);

#[derive(Clone)]
enum Reading {
    #[cfg(feature = "event_loop")]
    EventLoop(std::sync::Arc<crate::event_loop::Timers>, u64),
    #[cfg(feature = "tokio")]
    Tokio(tokio::time::Instant),
    /// A timer cannot be taken away again.
    Installed(u64),
    Portable(Instant),
}

impl Moment {
    pub(crate) fn now() -> Self {
        #[cfg(feature = "event_loop")]
        if let Some(timers) = crate::event_loop::Timers::current() {
            let now = nanos(timers.now());
            return Self(Reading::EventLoop(timers, now));
        }
        #[cfg(feature = "tokio")]
        if tokio::runtime::Handle::try_current().is_ok() {
            return Self(Reading::Tokio(tokio::time::Instant::now()));
        }
        Self(match installed() {
            Some(timer) => Reading::Installed(nanos(timer.now())),
            None => Reading::Portable(Instant::now()),
        })
    }

    /// How long ago it is; zero for what is still to come.
    pub(crate) fn elapsed(&self) -> Duration {
        match &self.0 {
            #[cfg(feature = "event_loop")]
            Reading::EventLoop(timers, at) => since(timers.now(), *at),
            #[cfg(feature = "tokio")]
            Reading::Tokio(at) => at.elapsed(),
            Reading::Installed(at) => {
                installed().map_or(Duration::ZERO, |timer| since(timer.now(), *at))
            }
            Reading::Portable(at) => at.elapsed(),
        }
    }
}

fn since(now: Duration, then: u64) -> Duration {
    now.saturating_sub(Duration::from_nanos(then))
}

/// Half as large as a [`Duration`], for 584 years.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl core::fmt::Debug for Moment {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?} ago", self.elapsed())
    }
}
