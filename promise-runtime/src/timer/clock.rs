//! What time it is, by the clock that a [`Sleep`](super::Sleep) started here would go by.

use super::Timer;
use super::installed::installed;
use crate::browser::Instant;
use core::fmt;
use core::time::Duration;
use std::sync::OnceLock;

/// Where the system's clock starts to count, for all threads.
static ORIGIN: OnceLock<Instant> = OnceLock::new();

fn origin() -> Instant {
    *ORIGIN.get_or_init(|| {
        let now = Instant::now();
        // A clock that was paused before anybody asked is behind.
        #[cfg(all(feature = "tokio", not(target_arch = "wasm32")))]
        let now = now.checked_sub(Duration::from_secs(3_600)).unwrap_or(now);
        now
    })
}

#[derive(Clone)]
enum Clock {
    #[cfg(feature = "event_loop")]
    EventLoop(std::sync::Arc<crate::event_loop::Timers>),
    #[cfg(all(feature = "tokio", not(target_arch = "wasm32")))]
    Tokio,
    Installed(&'static dyn Timer),
    System,
}

impl Clock {
    // Together the two are one look at the clock, and no clock is built.
    #[inline(always)]
    fn here() -> Self {
        #[cfg(feature = "event_loop")]
        if let Some(timers) = crate::event_loop::Timers::current() {
            return Self::EventLoop(timers);
        }
        // In a browser the loop above is always there, and the clock of tokio never.
        #[cfg(all(feature = "tokio", not(target_arch = "wasm32")))]
        if tokio::runtime::Handle::try_current().is_ok() {
            return Self::Tokio;
        }
        installed().map_or(Self::System, Self::Installed)
    }

    /// The time since a start of the clock's own. Never goes back.
    #[inline(always)]
    fn time(&self) -> Duration {
        match self {
            #[cfg(feature = "event_loop")]
            Self::EventLoop(timers) => timers.since(origin()),
            // A paused clock counts from when it was paused.
            #[cfg(all(feature = "tokio", not(target_arch = "wasm32")))]
            Self::Tokio => tokio::time::Instant::now()
                .into_std()
                .saturating_duration_since(origin()),
            Self::Installed(timer) => timer.now(),
            Self::System => Instant::now().saturating_duration_since(origin()),
        }
    }
}

/// The time since a fixed start. Never goes back on one clock.
///
/// Only times of one clock may be compared. All event loops and runtimes that go by the
/// system's clock have one clock; each virtual clock is another.
pub(crate) fn now() -> Duration {
    Clock::here().time()
}

/// A point in time on the clock of the place where it was taken. It may be read elsewhere: it stays with its clock.
#[derive(Clone)]
pub(crate) struct Moment {
    clock: Clock,
    /// In nanoseconds: half as large as a [`Duration`], for 584 years.
    at: u64,
}

impl Moment {
    pub(crate) fn now() -> Self {
        let clock = Clock::here();
        let at = u64::try_from(clock.time().as_nanos()).unwrap_or(u64::MAX);
        Self { clock, at }
    }

    /// How long ago it is; zero for what is still to come.
    pub(crate) fn elapsed(&self) -> Duration {
        self.clock
            .time()
            .saturating_sub(Duration::from_nanos(self.at))
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ago", self.elapsed())
    }
}
