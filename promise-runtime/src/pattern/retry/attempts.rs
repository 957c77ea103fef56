//! A policy at work.

use core::time::Duration;

use super::backoff::random_seed;
use super::hooks::{Accept, Delays, Observe};
use super::policy::{Jitter, RetryPolicy, Settings};
use crate::retry::{Attempts, IntoAttempts, Pause, Pauses};
use crate::timer::{Moment, Sleep, delay};

/// The attempts of one run of a [`RetryPolicy`].
#[derive(Debug)]
#[doc(hidden)]
pub struct PolicyAttempts<W, N, D> {
    settings: Settings,
    when: W,
    on_retry: N,
    delay_from: D,
    /// How many attempts have been rejected.
    rejected: u32,
    /// When the first one began, if anything depends on it.
    started: Option<Moment>,
}

impl<W, N, D> PolicyAttempts<W, N, D> {
    fn new(settings: Settings, when: W, on_retry: N, delay_from: D) -> Self {
        Self {
            settings,
            when,
            on_retry,
            delay_from,
            rejected: 0,
            started: None,
        }
    }

    fn backoff(&mut self) -> Duration {
        let Settings {
            backoff, jitter, ..
        } = &mut self.settings;
        let seed = match jitter {
            Jitter::None => return backoff.delay(self.rejected),
            Jitter::Seeded(seed) => *seed,
            Jitter::Random => random_seed(),
        };
        *jitter = Jitter::Seeded(seed);
        backoff.jittered(self.rejected, seed)
    }

    fn is_too_late(&self, delay: Duration) -> bool {
        match (&self.started, self.settings.max_elapsed) {
            (Some(started), Some(most)) => {
                started.elapsed().saturating_add(delay) > Duration::from_nanos(most)
            }
            _ => false,
        }
    }
}

impl<W, N, D> IntoAttempts for RetryPolicy<W, N, D> {
    type Attempts = PolicyAttempts<W, N, D>;

    #[inline]
    fn into_attempts(self) -> Self::Attempts {
        PolicyAttempts::new(self.settings, self.when, self.on_retry, self.delay_from)
    }
}

/// Its closures are cloned: what they count, they count for this run.
impl<W: Clone, N: Clone, D: Clone> IntoAttempts for &RetryPolicy<W, N, D> {
    type Attempts = PolicyAttempts<W, N, D>;

    fn into_attempts(self) -> Self::Attempts {
        self.clone().into_attempts()
    }
}

impl<W, N, D> Attempts for PolicyAttempts<W, N, D> {
    #[inline]
    fn begin(&mut self) {
        if self.settings.max_elapsed.is_some() {
            self.started = Some(Moment::now());
        }
    }

    fn left(&mut self) -> bool {
        self.rejected = self.rejected.saturating_add(1);
        self.settings
            .attempts
            .is_none_or(|attempts| self.rejected < attempts)
    }
}

#[diagnostic::do_not_recommend]
impl<E, W, N, D> Pauses<E> for PolicyAttempts<W, N, D>
where
    W: Accept<E>,
    N: Observe<E>,
    D: Delays<E>,
{
    type Wait = Sleep;

    fn pause(&mut self, reason: &E) -> Pause<Sleep> {
        if !self.when.accepts(reason) {
            return Pause::Stop;
        }
        let pause = match self.delay_from.delay(reason) {
            Some(pause) => pause,
            None => self.backoff(),
        };
        if self.is_too_late(pause) {
            return Pause::Stop;
        }
        self.on_retry.observe(self.rejected, reason, pause);
        match pause.is_zero() {
            true => Pause::None,
            false => Pause::Wait(delay(pause)),
        }
    }
}
