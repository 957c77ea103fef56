//! A policy at work.
//!
//! Mostly the first attempt fulfils. So what is needed only after a rejection is out of its way: neither read, nor drawn,
//! nor inlined before.

use core::num::NonZeroU32;
use core::ops::Not;

use super::backoff::{Backoff, nanos};
use super::hooks::{Accept, Delays, Observe};
use super::policy::RetryPolicy;
use crate::retry::{Attempts, IntoAttempts, Pause, Pauses};
use crate::timer::{Sleep, delay, now};
use crate::trace;

/// The attempts of one run of a [`RetryPolicy`].
#[derive(Debug)]
#[doc(hidden)]
pub struct PolicyAttempts<W, N, D> {
    backoff: Backoff,
    when: W,
    on_retry: N,
    delay_from: D,
    attempts: Option<NonZeroU32>,
    /// How many attempts have been rejected.
    rejected: u32,
    /// In nanoseconds: no attempt begins later than so long after the first one; once that has begun, later than this time of
    /// the clock. `u64::MAX` is never, and needs no clock.
    latest: u64,
}

/// The time on the clock, in nanoseconds, in so many.
#[cold]
fn time_in(nanoseconds: u64) -> u64 {
    nanos(now()).saturating_add(nanoseconds)
}

impl<W, N, D> IntoAttempts for RetryPolicy<W, N, D> {
    type Attempts = PolicyAttempts<W, N, D>;

    #[inline]
    fn into_attempts(self) -> Self::Attempts {
        PolicyAttempts {
            backoff: self.settings.backoff,
            when: self.when,
            on_retry: self.on_retry,
            delay_from: self.delay_from,
            attempts: self.settings.attempts,
            rejected: 0,
            latest: self.settings.max_elapsed,
        }
    }
}

/// Its closures are cloned: what they count, they count for this run.
impl<W: Clone, N: Clone, D: Clone> IntoAttempts for &RetryPolicy<W, N, D> {
    type Attempts = PolicyAttempts<W, N, D>;

    #[inline]
    fn into_attempts(self) -> Self::Attempts {
        self.clone().into_attempts()
    }
}

impl<W, N, D> Attempts for PolicyAttempts<W, N, D> {
    #[inline]
    fn begin(&mut self) {
        if self.latest < u64::MAX {
            self.latest = time_in(self.latest);
        }
    }

    #[inline]
    fn left(&mut self) -> bool {
        self.rejected = self.rejected.saturating_add(1);
        self.attempts
            .is_none_or(|attempts| self.rejected < attempts.get())
    }
}

/// A pause that has to be waited for.
#[derive(Debug)]
pub struct Waits(Sleep);

impl Not for Waits {
    type Output = Sleep;

    #[inline(always)]
    fn not(self) -> Sleep {
        self.0
    }
}

#[diagnostic::do_not_recommend]
impl<E, W, N, D> Pauses<E> for PolicyAttempts<W, N, D>
where
    W: Accept<E>,
    N: Observe<E>,
    D: Delays<E>,
{
    type Wait = Waits;

    #[cold]
    #[inline(never)]
    fn pause(&mut self, reason: &E) -> Pause<Waits> {
        if !self.when.accepts(reason) {
            return Pause::Stop;
        }
        let pause = match self.delay_from.delay(reason) {
            Some(pause) => pause,
            None => self.backoff.pause(self.rejected),
        };
        if self.latest < u64::MAX && time_in(nanos(pause)) > self.latest {
            return Pause::Stop;
        }
        trace::retrying(self.rejected, pause);
        self.on_retry.observe(self.rejected, reason, pause);
        match pause.is_zero() {
            true => Pause::None,
            false => Pause::Wait(Waits(delay(pause))),
        }
    }
}
