//! The one timer a program may install, kept without `std`.

use super::Timer;
use core::cell::UnsafeCell;
use core::fmt;
use core::sync::atomic::{AtomicU8, Ordering};

/// Nobody has installed a timer.
const UNSET: u8 = 0;
/// One thread is writing the cell; nobody may read it.
#[cfg(target_has_atomic = "8")]
const SETTING: u8 = 1;
/// The cell is written and will not change again; everybody may read it.
const SET: u8 = 2;

struct Installed {
    state: AtomicU8,
    timer: UnsafeCell<Option<&'static dyn Timer>>,
}

// SAFETY: the cell is written by one thread only, the one that moved `state` from `UNSET` (or, in
// `set_timer_racy`, the only one there is), and read only after `state` is `SET`. A timer is `Sync`.
unsafe impl Sync for Installed {}

static INSTALLED: Installed = Installed {
    state: AtomicU8::new(UNSET),
    timer: UnsafeCell::new(None),
};

/// Installs the timer that every [`Sleep`](super::Sleep) outside an event loop and outside tokio uses.
///
/// Fails if one is installed already. A `Sleep` that was polled before keeps the timer it has.
/// On targets without compare-and-swap use [`set_timer_racy`].
///
/// ```
/// use promise_runtime::timer::{Timer, TimerId, set_timer};
/// use std::{task::Waker, time::Duration};
///
/// /// Time is always up.
/// struct Instantly;
/// impl Timer for Instantly {
///     fn now(&self) -> Duration { Duration::MAX }
///     fn wake_at(&self, _: Duration, waker: &Waker) -> TimerId { waker.wake_by_ref(); TimerId::new(0) }
///     fn cancel(&self, _: TimerId) {}
/// }
///
/// assert!(set_timer(&Instantly).is_ok());
/// assert!(set_timer(&Instantly).is_err());
/// ```
#[cfg(target_has_atomic = "8")]
pub fn set_timer(timer: &'static dyn Timer) -> Result<(), TimerAlreadySet> {
    let won =
        INSTALLED
            .state
            .compare_exchange(UNSET, SETTING, Ordering::Acquire, Ordering::Relaxed);
    if won.is_err() {
        return Err(TimerAlreadySet(()));
    }
    // SAFETY: only one call ever moves the state from `UNSET`, and nobody reads before it is `SET`.
    unsafe { *INSTALLED.timer.get() = Some(timer) };
    INSTALLED.state.store(SET, Ordering::Release);
    Ok(())
}

/// As [`set_timer`], for targets without compare-and-swap; there `set_timer` does not exist.
///
/// ```
/// use promise_runtime::timer::{Timer, set_timer_racy};
///
/// fn start(timer: &'static dyn Timer) {
///     // SAFETY: the first line of `main`, before interrupts are enabled.
///     unsafe { set_timer_racy(timer) }.expect("the first timer");
/// }
/// ```
///
/// # Safety
///
/// No other call of `set_timer_racy` or `set_timer` may run at the same time, on any thread or in an interrupt.
pub unsafe fn set_timer_racy(timer: &'static dyn Timer) -> Result<(), TimerAlreadySet> {
    if INSTALLED.state.load(Ordering::Acquire) != UNSET {
        return Err(TimerAlreadySet(()));
    }
    // SAFETY: the caller promises that nobody else writes, and nobody reads before the state is `SET`.
    unsafe { *INSTALLED.timer.get() = Some(timer) };
    INSTALLED.state.store(SET, Ordering::Release);
    Ok(())
}

/// The installed timer.
pub(super) fn installed() -> Option<&'static dyn Timer> {
    if INSTALLED.state.load(Ordering::Acquire) != SET {
        return None;
    }
    // SAFETY: `SET` was stored with release ordering after the only write.
    unsafe { *INSTALLED.timer.get() }
}

/// Why [`set_timer`] failed: the program has a timer already.
///
/// ```
/// use promise_runtime::timer::TimerAlreadySet;
///
/// fn report(error: TimerAlreadySet) -> String {
///     error.to_string()
/// }
/// # let _ = report;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerAlreadySet(());

impl fmt::Display for TimerAlreadySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a timer is installed already")
    }
}

impl core::error::Error for TimerAlreadySet {}
