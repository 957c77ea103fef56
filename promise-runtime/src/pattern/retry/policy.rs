//! What there is to say about retries.

use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

use super::backoff::{Backoff, Growth, Jitter, folded, nanos};
use super::hooks::{Hook, Unset};

/// How often to try again, after which rejections, and how long to pause before.
///
/// Given to [`retry`](super::retry) or to the step [`.retry(policy)`](crate::steps::retry), by value, or by reference,
/// where its closures can be cloned. It starts from a back-off, [`constant`](Self::constant), [`exponential`](Self::exponential) or
/// [`fibonacci`](Self::fibonacci), and **tries until it fulfils** unless [`attempts`](Self::attempts), [`max_elapsed`](Self::max_elapsed) or
/// [`when`](Self::when) sets an end. After each rejection it is asked, in this order: are there attempts left; does the step's own predicate agree;
/// does `when`; how long is the pause, [`delay_from`](Self::delay_from) the reason or by the back-off; does it end within `max_elapsed`. Each "no"
/// rejects with that reason. Then [`on_retry`](Self::on_retry) is told, and with feature `tracing`
/// there is an event: level `DEBUG`, target `promise_runtime::retry`.
///
/// The time of the pauses is that of [`delay`](crate::delay). A pause of zero is none: the next attempt starts in the same poll.
///
/// The names are those of cockatiel and the Rust crate backon. Closures of different types make policies of different types;
/// one without closures is `RetryPolicy`, `const` if need be, and fits rejections of every type. In a closure, the reason's type
/// has to be written down where its methods are called: `|reason: &ApiError| reason.is_transient()`.
///
/// ```
/// # use promise_runtime::event_loop::{self, Clock};
/// use promise_runtime::prelude::*;
/// use std::time::Duration;
///
/// #[derive(Debug, PartialEq)]
/// enum ApiError { NotFound, Busy { retry_after: Option<Duration> } }
/// # let mut answers = vec![Ok("page"), Err(ApiError::Busy { retry_after: None }), Err(ApiError::Busy { retry_after: Some(Duration::from_secs(3)) })];
/// # let mut fetch = async || answers.pop().unwrap();
///
/// let policy = RetryPolicy::exponential(Duration::from_millis(250))
///     .max_delay(Duration::from_secs(10))
///     .attempts(5)
///     .when(|reason: &ApiError| *reason != ApiError::NotFound)
///     .delay_from(|reason: &ApiError| match reason { ApiError::Busy { retry_after } => *retry_after, _ => None })
///     .on_retry(|attempt, reason: &ApiError, delay| println!("attempt {attempt}: {reason:?}; again in {delay:?}"));
/// # event_loop::run_with(Clock::Virtual, async {
/// let page = promise! { fetch().retry(policy) }.await;
/// assert_eq!(page, Ok("page"));
/// # assert_eq!(event_loop::now(), Duration::from_millis(3500));
/// # });
/// ```
#[derive(Clone, Copy)]
#[must_use = "a policy does nothing until it is given to `retry`"]
pub struct RetryPolicy<W = Unset, N = Unset, D = Unset> {
    pub(super) settings: Settings,
    pub(super) when: W,
    pub(super) on_retry: N,
    pub(super) delay_from: D,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) backoff: Backoff,
    pub(super) attempts: Option<NonZeroU32>,
    /// In nanoseconds; nothing takes longer than `u64::MAX`.
    pub(super) max_elapsed: u64,
}

impl RetryPolicy {
    /// A pause of `delay` before each further attempt.
    ///
    /// ```
    /// # use promise_runtime::{RetryPolicy, retry, event_loop::{self, Clock}};
    /// # use std::time::Duration;
    /// const POLICY: RetryPolicy = RetryPolicy::constant(Duration::from_secs(1)).attempts(4);
    /// event_loop::run_with(Clock::Virtual, async {
    ///     assert_eq!(retry(POLICY, async || Err::<(), _>("down")).await, Err("down"));
    ///     assert_eq!(event_loop::now(), Duration::from_secs(3));
    /// });
    /// ```
    pub const fn constant(delay: Duration) -> Self {
        Self::new(Growth::Constant, delay)
    }

    /// Pauses of `base`, twice `base`, four times `base`, and so on; another [`factor`](Self::factor) than 2 can be set.
    ///
    /// ```
    /// # use promise_runtime::{RetryPolicy, retry, event_loop::{self, Clock}};
    /// # use std::time::Duration;
    /// let policy = RetryPolicy::exponential(Duration::from_secs(1)).attempts(4);
    /// event_loop::run_with(Clock::Virtual, async {
    ///     assert_eq!(retry(policy, async || Err::<(), _>("down")).await, Err("down"));
    ///     assert_eq!(event_loop::now(), Duration::from_secs(1 + 2 + 4));
    /// });
    /// ```
    pub const fn exponential(base: Duration) -> Self {
        Self::new(Growth::Exponential, base)
    }

    /// Pauses of 1, 1, 2, 3, 5, 8, … times `base`: slower than [`exponential`](Self::exponential).
    ///
    /// ```
    /// # use promise_runtime::{RetryPolicy, retry, event_loop::{self, Clock}};
    /// # use std::time::Duration;
    /// let policy = RetryPolicy::fibonacci(Duration::from_secs(1)).attempts(6);
    /// event_loop::run_with(Clock::Virtual, async {
    ///     assert_eq!(retry(policy, async || Err::<(), _>("down")).await, Err("down"));
    ///     assert_eq!(event_loop::now(), Duration::from_secs(1 + 1 + 2 + 3 + 5));
    /// });
    /// ```
    pub const fn fibonacci(base: Duration) -> Self {
        Self::new(Growth::Fibonacci, base)
    }

    const fn new(growth: Growth, base: Duration) -> Self {
        Self {
            settings: Settings {
                backoff: Backoff {
                    growth,
                    jitter: Jitter::None,
                    factor: 2.0,
                    base: nanos(base),
                    least: 0,
                    most: u64::MAX,
                    seed: 0,
                },
                attempts: None,
                max_elapsed: u64::MAX,
            },
            when: Unset,
            on_retry: Unset,
            delay_from: Unset,
        }
    }
}

impl<W, N, D> RetryPolicy<W, N, D> {
    /// By how much each pause is longer than the one before; 2 if it is not said.
    ///
    /// # Panics
    ///
    /// If the policy is not exponential, and if `factor` is below 1 or not finite.
    ///
    /// ```
    /// # use promise_runtime::RetryPolicy;
    /// # use std::time::Duration;
    /// let policy = RetryPolicy::exponential(Duration::from_millis(100)).factor(1.5);
    /// ```
    pub const fn factor(mut self, factor: f64) -> Self {
        assert!(
            matches!(self.settings.backoff.growth, Growth::Exponential),
            "only `RetryPolicy::exponential` has a factor"
        );
        assert!(
            factor >= 1.0 && factor < f64::INFINITY,
            "the factor of a back-off is a number from 1 on"
        );
        self.settings.backoff.factor = factor;
        self
    }

    /// No pause of the back-off is longer, the first and those with jitter included. See [`delay_from`](Self::delay_from) for one that it does not concern.
    ///
    /// ```
    /// # use promise_runtime::RetryPolicy;
    /// # use std::time::Duration;
    /// let policy = RetryPolicy::exponential(Duration::from_millis(100)).max_delay(Duration::from_secs(5));
    /// ```
    pub const fn max_delay(mut self, most: Duration) -> Self {
        self.settings.backoff.most = nanos(most);
        self
    }

    /// No pause of the back-off is shorter. Where [`max_delay`](Self::max_delay) is less than that, this counts.
    ///
    /// ```
    /// # use promise_runtime::RetryPolicy;
    /// # use std::time::Duration;
    /// let policy = RetryPolicy::fibonacci(Duration::from_millis(1)).min_delay(Duration::from_millis(20));
    /// ```
    pub const fn min_delay(mut self, least: Duration) -> Self {
        self.settings.backoff.least = nanos(least);
        self
    }

    /// Makes each pause a random one, from its length to twice that, so that clients that were rejected together do not come back
    /// together. Where [`max_delay`](Self::max_delay) leaves no room for that, it is between a half and the whole of `max_delay`.
    ///
    /// ```
    /// # use promise_runtime::RetryPolicy;
    /// # use std::time::Duration;
    /// let policy = RetryPolicy::exponential(Duration::from_millis(100)).jitter().attempts(5);
    /// ```
    pub const fn jitter(mut self) -> Self {
        self.settings.backoff.jitter = Jitter::Random;
        self
    }

    /// The same with random numbers that follow from `seed`: every run pauses alike. For tests.
    ///
    /// ```
    /// # use promise_runtime::{RetryPolicy, retry, event_loop::{self, Clock}};
    /// # use std::time::Duration;
    /// let policy = RetryPolicy::constant(Duration::from_secs(1)).jitter_seed(7).attempts(2);
    /// event_loop::run_with(Clock::Virtual, async {
    ///     let _ = retry(policy, async || Err::<(), _>("down")).await;
    ///     let once = event_loop::now();
    ///     let _ = retry(policy, async || Err::<(), _>("down")).await;
    ///     assert_eq!(event_loop::now(), 2 * once);
    ///     assert!(Duration::from_secs(1) <= once && once <= Duration::from_secs(2));
    /// });
    /// ```
    pub const fn jitter_seed(mut self, seed: u64) -> Self {
        self.settings.backoff.jitter = Jitter::Seeded;
        self.settings.backoff.seed = folded(seed);
        self
    }

    /// How many attempts there are in all, the first one included; 0 counts as 1.
    ///
    /// ```
    /// # use promise_runtime::{RetryPolicy, retry};
    /// # use std::time::Duration;
    /// # promise_runtime::event_loop::run(async {
    /// let mut attempts = 0;
    /// let policy = RetryPolicy::constant(Duration::ZERO).attempts(3);
    /// let outcome = retry(policy, async || { attempts += 1; Err::<(), _>("down") }).await;
    /// assert_eq!((outcome, attempts), (Err("down"), 3));
    /// # });
    /// ```
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.settings.attempts = match NonZeroU32::new(attempts) {
            None => Some(NonZeroU32::MIN),
            some => some,
        };
        self
    }

    /// No further attempt begins later than this after the first one began.
    ///
    /// A pause that would go beyond is not begun: the last rejection counts at once. The attempt in flight is not interrupted.
    ///
    /// ```
    /// # use promise_runtime::{RetryPolicy, retry, event_loop::{self, Clock}};
    /// # use std::time::Duration;
    /// let policy = RetryPolicy::exponential(Duration::from_secs(1)).max_elapsed(Duration::from_secs(10));
    /// event_loop::run_with(Clock::Virtual, async {
    ///     let _ = retry(policy, async || Err::<(), _>("down")).await;
    ///     assert_eq!(event_loop::now(), Duration::from_secs(1 + 2 + 4)); // 8 more would be too late
    /// });
    /// ```
    pub const fn max_elapsed(mut self, most: Duration) -> Self {
        self.settings.max_elapsed = nanos(most);
        self
    }
}

impl<N, D> RetryPolicy<Unset, N, D> {
    /// Tries again only after reasons of which `when` says `true`.
    ///
    /// ```
    /// # use promise_runtime::{RetryPolicy, retry};
    /// # use std::time::Duration;
    /// # promise_runtime::event_loop::run(async {
    /// let policy = RetryPolicy::constant(Duration::ZERO).when(|status: &u16| *status >= 500);
    /// let mut answers = [404, 503, 500].into_iter();
    /// assert_eq!(retry(policy, async || Err::<(), _>(answers.next_back().unwrap())).await, Err(404));
    /// # });
    /// ```
    pub fn when<E, F>(self, when: F) -> RetryPolicy<Hook<F, E>, N, D>
    where
        F: FnMut(&E) -> bool,
    {
        RetryPolicy {
            settings: self.settings,
            when: Hook::new(when),
            on_retry: self.on_retry,
            delay_from: self.delay_from,
        }
    }
}

impl<W, D> RetryPolicy<W, Unset, D> {
    /// Called before each pause with the number of the attempt that was rejected, counted from 1, its reason, and the pause to come.
    ///
    /// Not called for a rejection after which there is no other attempt.
    ///
    /// ```
    /// # use promise_runtime::{RetryPolicy, retry};
    /// # use std::time::Duration;
    /// # promise_runtime::event_loop::run(async {
    /// let mut log = Vec::new();
    /// let policy = RetryPolicy::constant(Duration::ZERO).attempts(3).on_retry(|attempt, reason: &&str, _| log.push(format!("{attempt}: {reason}")));
    /// let _ = retry(policy, async || Err::<(), _>("down")).await;
    /// assert_eq!(log, ["1: down", "2: down"]);
    /// # });
    /// ```
    pub fn on_retry<E, F>(self, on_retry: F) -> RetryPolicy<W, Hook<F, E>, D>
    where
        F: FnMut(u32, &E, Duration),
    {
        RetryPolicy {
            settings: self.settings,
            when: self.when,
            on_retry: Hook::new(on_retry),
            delay_from: self.delay_from,
        }
    }
}

impl<W, N> RetryPolicy<W, N, Unset> {
    /// Lets the reason say how long to pause, as the `Retry-After` of HTTP does; `None` leaves it to the back-off.
    ///
    /// What it says is kept to exactly: there is no jitter, and neither [`min_delay`](Self::min_delay) nor [`max_delay`](Self::max_delay) concerns it, as an
    /// earlier attempt would be refused again. [`max_elapsed`](Self::max_elapsed) counts.
    ///
    /// ```
    /// # use promise_runtime::{RetryPolicy, retry, event_loop::{self, Clock}};
    /// # use std::time::Duration;
    /// struct Busy { retry_after: Option<Duration> }
    /// let policy = RetryPolicy::constant(Duration::from_secs(1)).attempts(2).delay_from(|busy: &Busy| busy.retry_after);
    /// event_loop::run_with(Clock::Virtual, async {
    ///     let _ = retry(policy, async || Err::<(), _>(Busy { retry_after: Some(Duration::from_secs(30)) })).await;
    ///     assert_eq!(event_loop::now(), Duration::from_secs(30));
    /// });
    /// ```
    pub fn delay_from<E, F>(self, delay_from: F) -> RetryPolicy<W, N, Hook<F, E>>
    where
        F: FnMut(&E) -> Option<Duration>,
    {
        RetryPolicy {
            settings: self.settings,
            when: self.when,
            on_retry: self.on_retry,
            delay_from: Hook::new(delay_from),
        }
    }
}

impl<W, N, D> fmt::Debug for RetryPolicy<W, N, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings {
            backoff,
            attempts,
            max_elapsed,
        } = self.settings;
        let mut shown = f.debug_struct("RetryPolicy");
        shown.field("growth", &backoff.growth);
        if backoff.growth == Growth::Exponential {
            shown.field("factor", &backoff.factor);
        }
        shown
            .field("base", &Duration::from_nanos(backoff.base))
            .field("min_delay", &Duration::from_nanos(backoff.least))
            .field("max_delay", &Duration::from_nanos(backoff.most))
            .field("jitter", &backoff.jitter);
        if matches!(backoff.jitter, Jitter::Seeded) {
            shown.field("seed", &backoff.seed);
        }
        let limit = (max_elapsed < u64::MAX).then(|| Duration::from_nanos(max_elapsed));
        shown
            .field("attempts", &attempts)
            .field("max_elapsed", &limit)
            .finish()
    }
}
