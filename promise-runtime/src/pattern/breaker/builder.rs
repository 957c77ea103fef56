//! The settings of a breaker.

use super::machine::{Machine, Rule, Settings};
use super::{BreakerState, CircuitBreaker, Listener, Shared, Window};
use alloc::sync::Arc;
use core::{fmt, sync::atomic::AtomicUsize, time::Duration};
use std::sync::Mutex;

/// The settings of a [`CircuitBreaker`]: what [`CircuitBreaker::builder`] returns.
///
/// ```
/// use promise_runtime::CircuitBreaker;
/// use std::time::Duration;
///
/// let breaker = CircuitBreaker::builder()
///     .failure_rate(0.5, Duration::from_secs(10))
///     .minimum_calls(20)
///     .recovery_timeout(Duration::from_secs(1))
///     .recovery_growth(2.0, Duration::from_secs(60))
///     .half_open_probes(3)
///     .count_if(|status: &u16| *status >= 500)
///     .on_state_change(|from, to| println!("{from:?} -> {to:?}"))
///     .build();
/// # assert_eq!(breaker.state(), promise_runtime::BreakerState::Closed);
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder<C = EveryReason, L = NoListener> {
    settings: Settings,
    minimum: Option<usize>,
    counts: C,
    listener: L,
}

/// Every rejection counts as a failure, unless [`count_if`](Builder::count_if) says otherwise.
///
/// It stands in the type of a breaker that was given no `count_if`.
///
/// ```
/// use promise_runtime::CircuitBreaker;
/// use promise_runtime::pattern::breaker::{Counts, EveryReason};
///
/// let breaker: CircuitBreaker<EveryReason> = CircuitBreaker::builder().build();
/// assert!(EveryReason.counts(&404) && EveryReason.counts(&"no answer"));
/// # drop(breaker);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct EveryReason;

/// Nobody is told of changes, unless [`on_state_change`](Builder::on_state_change) is given.
///
/// It stands in the type of a breaker that was given no `on_state_change`.
///
/// ```
/// use promise_runtime::CircuitBreaker;
/// use promise_runtime::pattern::breaker::{EveryReason, NoListener};
///
/// let named: CircuitBreaker<EveryReason, NoListener> = CircuitBreaker::builder().build();
/// let same_type: CircuitBreaker = named;
/// # drop(same_type);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct NoListener;

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            settings: Settings {
                rule: Rule::Consecutive(5),
                recovery: Duration::from_secs(30),
                growth: 1.0,
                longest_recovery: Duration::MAX,
                probes: 1,
            },
            minimum: None,
            counts: EveryReason,
            listener: NoListener,
        }
    }
}

impl<C, L> Builder<C, L> {
    /// Opens after so many failures with no success between them; 5 if not given.
    ///
    /// Replaces [`failure_rate`](Self::failure_rate). Panics if `failures` is 0.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::{BreakerState, CircuitBreaker};
    ///
    /// let breaker = CircuitBreaker::builder().failure_threshold(2).build();
    /// // A success between two failures begins the count anew.
    /// for outcome in [Err("down"), Ok(200), Err("down")] {
    ///     breaker.execute(async || outcome).await.ok();
    /// }
    /// assert_eq!(breaker.state(), BreakerState::Closed);
    /// breaker.execute(async || Err::<u16, _>("down")).await.ok();
    /// assert_eq!(breaker.state(), BreakerState::Open);
    /// # });
    /// ```
    #[track_caller]
    pub fn failure_threshold(mut self, failures: u32) -> Self {
        assert!(
            failures > 0,
            "a breaker cannot open before the first failure: the threshold must be at least 1"
        );
        self.settings.rule = Rule::Consecutive(failures);
        self
    }

    /// Opens at a failure that brings the failed part of the calls in a window to `rate` or above.
    ///
    /// `window` is a number of calls, or a `Duration`. A window of calls must be full first, a window of time have 5 calls, unless
    /// [`minimum_calls`](Self::minimum_calls) says otherwise. A window of time moves on in steps of a tenth of it.
    /// Replaces [`failure_threshold`](Self::failure_threshold). Panics if the rate is not above 0 and at most 1, and if the window is
    /// empty.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::{BreakerState, CircuitBreaker};
    ///
    /// // Opens when half of the last four calls have failed, in whatever order.
    /// let breaker = CircuitBreaker::builder().failure_rate(0.5, 4).build();
    /// for outcome in [Err("down"), Ok(200), Ok(200)] {
    ///     breaker.execute(async || outcome).await.ok();
    /// }
    /// assert_eq!(breaker.state(), BreakerState::Closed);
    /// breaker.execute(async || Err::<u16, _>("down")).await.ok();
    /// assert_eq!(breaker.state(), BreakerState::Open);
    /// # });
    /// ```
    #[track_caller]
    pub fn failure_rate(mut self, rate: f64, window: impl Into<Window>) -> Self {
        assert!(
            rate > 0.0 && rate <= 1.0,
            "a failure rate is above 0 and at most 1, as 0.5 for a half"
        );
        let window = window.into();
        let minimum = match window {
            Window::Calls(calls) => calls,
            Window::Time(time) if time.is_zero() => 0,
            Window::Time(_) => 5,
        };
        assert!(minimum > 0, "the window of a failure rate must hold a call");
        self.settings.rule = Rule::Rate {
            rate,
            window,
            minimum,
        };
        self
    }

    /// How many calls the window of a [`failure_rate`](Self::failure_rate) needs before the breaker may open.
    ///
    /// Without a failure rate it has no effect.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::{BreakerState, CircuitBreaker};
    /// use std::time::Duration;
    ///
    /// let breaker = CircuitBreaker::builder()
    ///     .failure_rate(1.0, Duration::from_secs(60))
    ///     .minimum_calls(2)
    ///     .build();
    /// let down = async || Err::<(), _>("down");
    /// breaker.execute(down).await.ok();
    /// assert_eq!(breaker.state(), BreakerState::Closed); // the only call has failed, but one is too few
    /// breaker.execute(down).await.ok();
    /// assert_eq!(breaker.state(), BreakerState::Open);
    /// # });
    /// ```
    pub fn minimum_calls(mut self, calls: usize) -> Self {
        self.minimum = Some(calls);
        self
    }

    /// How long it stays open before a call may probe the service; 30 seconds if not given.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{BreakerError, CircuitBreaker, delay};
    /// use std::time::Duration;
    ///
    /// let breaker = CircuitBreaker::builder()
    ///     .failure_threshold(1)
    ///     .recovery_timeout(Duration::from_secs(10))
    ///     .build();
    /// breaker.execute(async || Err::<u32, _>("down")).await.ok();
    /// delay(Duration::from_millis(9_999)).await;
    /// assert_eq!(breaker.execute(async || Ok::<u32, &str>(1)).await, Err(BreakerError::Open));
    /// delay(Duration::from_millis(1)).await;
    /// assert_eq!(breaker.execute(async || Ok::<u32, &str>(2)).await, Ok(2));
    /// # });
    /// ```
    pub fn recovery_timeout(mut self, time: Duration) -> Self {
        self.settings.recovery = time;
        self
    }

    /// Multiplies the recovery time by `factor` each time a probe fails, up to `longest`; closing resets it.
    ///
    /// Panics if the factor is below 1.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{BreakerError, CircuitBreaker, delay};
    /// use std::time::Duration;
    ///
    /// let second = Duration::from_secs(1);
    /// let breaker = CircuitBreaker::builder()
    ///     .failure_threshold(1)
    ///     .recovery_timeout(second)
    ///     .recovery_growth(2.0, 60 * second)
    ///     .build();
    /// let down = async || Err::<(), _>("down");
    /// breaker.execute(down).await.ok(); // opens for one second
    /// delay(second).await;
    /// breaker.execute(down).await.ok(); // the probe fails: two seconds
    /// delay(second).await;
    /// assert_eq!(breaker.execute(down).await, Err(BreakerError::Open));
    /// delay(second).await;
    /// assert_eq!(breaker.execute(down).await, Err(BreakerError::Inner("down")));
    /// # });
    /// ```
    #[track_caller]
    pub fn recovery_growth(mut self, factor: f64, longest: Duration) -> Self {
        assert!(
            factor >= 1.0,
            "a recovery time grows by a factor of at least 1"
        );
        self.settings.growth = factor;
        self.settings.longest_recovery = longest;
        self
    }

    /// How many calls probe a half-open breaker, and must succeed to close it; 1 if not given. Panics if it is 0.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::{BreakerState, CircuitBreaker};
    /// use std::time::Duration;
    ///
    /// let breaker = CircuitBreaker::builder()
    ///     .failure_threshold(1)
    ///     .recovery_timeout(Duration::ZERO)
    ///     .half_open_probes(2)
    ///     .build();
    /// breaker.execute(async || Err::<(), _>("down")).await.ok();
    /// let up = async || Ok::<_, &str>(());
    /// assert_eq!(breaker.execute(up).await, Ok(()));
    /// assert_eq!(breaker.state(), BreakerState::HalfOpen);
    /// assert_eq!(breaker.execute(up).await, Ok(()));
    /// assert_eq!(breaker.state(), BreakerState::Closed);
    /// # });
    /// ```
    #[track_caller]
    pub fn half_open_probes(mut self, probes: u32) -> Self {
        assert!(
            probes > 0,
            "without a probe a breaker could never close again: there must be at least 1"
        );
        self.settings.probes = probes;
        self
    }

    /// Counts only rejections for which `counts(&reason)` is true as failures; all do if not given.
    ///
    /// The others count as successes, in every state: the service did answer. The caller gets them all the same.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::{BreakerState, CircuitBreaker};
    ///
    /// let breaker = CircuitBreaker::builder()
    ///     .failure_threshold(1)
    ///     .count_if(|status: &u16| *status >= 500)
    ///     .build();
    /// breaker.execute(async || Err::<(), u16>(404)).await.ok();
    /// assert_eq!(breaker.state(), BreakerState::Closed);
    /// breaker.execute(async || Err::<(), u16>(503)).await.ok();
    /// assert_eq!(breaker.state(), BreakerState::Open);
    /// # });
    /// ```
    pub fn count_if<E, F>(self, counts: F) -> Builder<F, L>
    where
        F: Fn(&E) -> bool,
    {
        Builder {
            settings: self.settings,
            minimum: self.minimum,
            counts,
            listener: self.listener,
        }
    }

    /// Calls `listener(from, to)` after each change of state, in the task whose call has caused it and under no lock.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::CircuitBreaker;
    /// use std::cell::RefCell;
    ///
    /// let log = RefCell::new(Vec::new());
    /// let breaker = CircuitBreaker::builder()
    ///     .failure_threshold(1)
    ///     .on_state_change(|from, to| log.borrow_mut().push(format!("{from:?} -> {to:?}")))
    ///     .build();
    /// breaker.execute(async || Err::<(), _>("no answer")).await.ok();
    /// assert_eq!(log.take(), ["Closed -> Open"]);
    /// # });
    /// ```
    pub fn on_state_change<F>(self, listener: F) -> Builder<C, F>
    where
        F: Fn(BreakerState, BreakerState),
    {
        Builder {
            settings: self.settings,
            minimum: self.minimum,
            counts: self.counts,
            listener,
        }
    }

    /// A closed breaker with these settings.
    ///
    /// ```
    /// use promise_runtime::{BreakerState, CircuitBreaker};
    ///
    /// // A builder can be kept, to build several breakers that know nothing of each other.
    /// let settings = CircuitBreaker::builder().failure_threshold(3);
    /// let (users, orders) = (settings.clone().build(), settings.build());
    /// assert_eq!((users.state(), orders.state()), (BreakerState::Closed, BreakerState::Closed));
    /// ```
    #[must_use]
    pub fn build(self) -> CircuitBreaker<C, L>
    where
        L: Listener,
    {
        let mut settings = self.settings;
        if let (Rule::Rate { minimum, .. }, Some(calls)) = (&mut settings.rule, self.minimum) {
            *minimum = calls;
        }
        let machine = Machine::new(settings);
        CircuitBreaker {
            shared: Arc::new(Shared {
                glance: AtomicUsize::new(machine.glance().to_word()),
                machine: Mutex::new(machine),
                settings,
                counts: self.counts,
                listener: self.listener,
            }),
        }
    }
}

impl<C, L> fmt::Debug for Builder<C, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
