//! Waiting: [`delay`], the [`Sleep`] it returns, and the [`Timer`] behind it.
//!
//! A [`Sleep`] decides when it is first polled which timer it uses, from where it runs:
//!
//! 1. the event loop that runs on this thread (feature `event_loop`); in a browser or Node `setTimeout` (feature `wasm`),
//! 2. the tokio runtime entered on this thread (feature `tokio`), so `tokio::time::pause` works,
//! 3. the timer given to [`set_timer`],
//! 4. a portable timer with a thread of its own (feature `std`).
//!
//! With none of them the first poll panics.

#[cfg(not(all(feature = "event_loop", feature = "tokio")))]
mod absent;
#[cfg(feature = "patterns")]
mod clock;
mod installed;
mod sleep;
mod within;

use core::task::Waker;
use core::time::Duration;

#[cfg(feature = "patterns")]
pub(crate) use clock::{Moment, now};
#[cfg(target_has_atomic = "8")]
pub use installed::set_timer;
pub use installed::{TimerAlreadySet, set_timer_racy};
pub use sleep::{Sleep, delay};
#[doc(hidden)]
pub use within::{Deadline, Late, Nested, Watched, Within, within};

/// A clock that wakes tasks: what [`set_timer`] takes, for embedded systems and executors with their own time.
///
/// Every identifier that [`wake_at`](Timer::wake_at) and [`update`](Timer::update) return is cancelled exactly
/// once, also after its waker was woken. An implementation may therefore number the slots of a fixed table and
/// use a slot again as soon as it is cancelled. It must not wake a waker while it holds a lock.
///
/// ```
/// use promise_runtime::timer::{Timer, TimerId};
/// use std::{sync::Mutex, task::Waker, time::Duration};
///
/// /// A clock that a tick interrupt moves, with room for eight sleepers.
/// struct Ticks(Mutex<State>);
/// struct State { now: Duration, slots: [Option<(Duration, Option<Waker>)>; 8] }
///
/// impl Ticks {
///     fn tick(&self, step: Duration) {
///         let mut due = Vec::new();
///         {
///             let state = &mut *self.0.lock().unwrap();
///             state.now += step;
///             for (at, waker) in state.slots.iter_mut().flatten() {
///                 if *at <= state.now { due.extend(waker.take()) }
///             }
///         }
///         due.into_iter().for_each(Waker::wake);
///     }
/// }
///
/// impl Timer for Ticks {
///     fn now(&self) -> Duration {
///         self.0.lock().unwrap().now
///     }
///     fn wake_at(&self, at: Duration, waker: &Waker) -> TimerId {
///         let slots = &mut self.0.lock().unwrap().slots;
///         let free = slots.iter().position(Option::is_none).expect("more than eight sleepers");
///         slots[free] = Some((at, Some(waker.clone())));
///         TimerId::new(free as u32)
///     }
///     fn cancel(&self, id: TimerId) {
///         self.0.lock().unwrap().slots[id.get() as usize] = None;
///     }
/// }
/// ```
pub trait Timer: Send + Sync {
    /// The time since a fixed start of the timer's choice. Never goes back.
    fn now(&self) -> Duration;

    /// Arranges for `waker` to be woken as soon as [`now`](Timer::now) reaches `at`; at once if it already has.
    fn wake_at(&self, at: Duration, waker: &Waker) -> TimerId;

    /// Replaces the waker of a registration that `now` has not reached; called whenever the sleeper is polled again.
    ///
    /// Returns the identifier to use from now on. The default cancels and registers anew; an implementation that
    /// keeps its wakers where it can see them skips the work when [`Waker::will_wake`] says so.
    fn update(&self, id: TimerId, at: Duration, waker: &Waker) -> TimerId {
        self.cancel(id);
        self.wake_at(at, waker)
    }

    /// Forgets a registration, woken or not.
    fn cancel(&self, id: TimerId);
}

/// Names one registration with a [`Timer`]. The timer chooses the number.
///
/// ```
/// assert_eq!(promise_runtime::timer::TimerId::new(7).get(), 7);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimerId(u32);

impl TimerId {
    /// Wraps the timer's number.
    ///
    /// ```
    /// use promise_runtime::timer::TimerId;
    ///
    /// const FIRST_SLOT: TimerId = TimerId::new(0);
    /// assert_ne!(FIRST_SLOT, TimerId::new(1));
    /// ```
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The timer's number.
    ///
    /// ```
    /// use promise_runtime::timer::TimerId;
    ///
    /// let slots = ["free", "taken"];
    /// assert_eq!(slots[TimerId::new(1).get() as usize], "taken");
    /// ```
    pub const fn get(self) -> u32 {
        self.0
    }
}
