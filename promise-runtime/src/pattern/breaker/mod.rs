//! [`CircuitBreaker`]: leaves a service in peace that keeps failing.

mod builder;
mod machine;
mod window;

use super::line::lock;
use super::own_reason::own_reason;
use crate::timer::now;
use alloc::sync::Arc;
pub use builder::{Builder, EveryReason, NoListener};
use core::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll, ready},
    time::Duration,
};
pub use machine::BreakerState;
use machine::{Change, Glance, Machine, Period, Settings};
use pin_project_lite::pin_project;
use std::sync::Mutex;
pub use window::Window;

/// Lets calls through while they succeed, and turns them away for a while when they keep failing.
///
/// Closed, it lets every call through and watches how they end. After [too many failures](Builder::failure_threshold) it opens:
/// calls reject with [`BreakerError::Open`] at once and their function is not called. The first call after the
/// [recovery time](Builder::recovery_timeout) finds it half-open and goes through as a probe, as do others up to
/// [a limit](Builder::half_open_probes); the rest is still turned away. When that many probes have succeeded it closes; the first that
/// fails opens it again. No timer runs, so nothing is left behind by a breaker that nobody uses.
///
/// Only calls that began in the present state count: a slow one from before the breaker opened neither closes nor
/// reopens it. A breaker is a handle: clones share the state, and it is `Send` and `Sync` if its functions are. It goes by
/// the clock of the place where it is used (event loop, tokio, else the system), and is meant to be used with one clock.
///
/// Imitates opossum and cockatiel's circuit breaker. `C` says [which reasons count](Builder::count_if), and `L` is
/// [told of changes](Builder::on_state_change); a type with either is named with a function pointer or a box:
/// `CircuitBreaker<fn(&ApiError) -> bool>`.
///
/// ```
/// # use promise_runtime::event_loop::{self, Clock};
/// # event_loop::run_with(Clock::Virtual, async {
/// use promise_runtime::{BreakerError, BreakerState, CircuitBreaker, delay};
/// use std::time::Duration;
///
/// let breaker = CircuitBreaker::builder()
///     .failure_threshold(2)
///     .recovery_timeout(Duration::from_secs(10))
///     .build();
/// let down = async || Err::<u32, _>("no answer");
/// let up = async || Ok::<_, &str>(200);
///
/// for _ in 0..2 {
///     assert_eq!(breaker.execute(down).await, Err(BreakerError::Inner("no answer")));
/// }
/// assert_eq!(breaker.execute(up).await, Err(BreakerError::Open));
///
/// delay(Duration::from_secs(10)).await;
/// assert_eq!(breaker.state(), BreakerState::Open); // until somebody calls
/// assert_eq!(breaker.execute(up).await, Ok(200));
/// assert_eq!(breaker.state(), BreakerState::Closed);
/// # });
/// ```
pub struct CircuitBreaker<C = EveryReason, L = NoListener> {
    shared: Arc<Shared<C, L>>,
}

struct Shared<C, L> {
    machine: Mutex<Machine>,
    /// The machine's [`Glance`], renewed under its lock.
    glance: AtomicUsize,
    settings: Settings,
    counts: C,
    listener: L,
}

impl CircuitBreaker {
    /// The settings of a breaker, to begin with those of the [`Builder`]'s methods.
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl<C, L> Shared<C, L> {
    fn glance(&self) -> Glance {
        Glance::from_word(self.glance.load(Ordering::Acquire))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Machine) -> T) -> T {
        let machine = &mut *lock(&self.machine);
        let result = change(machine);
        let glance = machine.glance();
        self.glance.store(glance.to_word(), Ordering::Release);
        result
    }
}

impl<C, L> CircuitBreaker<C, L> {
    /// Where the breaker stands. An open one stays open until the next call, however long that takes.
    #[must_use]
    pub fn state(&self) -> BreakerState {
        lock(&self.shared.machine).state()
    }

    /// Calls `call` if the breaker lets it through, and settles as the promise does that it makes.
    ///
    /// Decides at the first poll, and in the same poll calls `call`.
    ///
    /// # Rejects
    ///
    /// With [`BreakerError::Open`] when the breaker is open, or half-open with all its probes under way; else with the call's own
    /// reason in [`BreakerError::Inner`].
    ///
    /// # Panics
    ///
    /// A panic of the call passes through and counts as if the caller had been dropped, so does one of the functions given to
    /// the builder. Polled after its end, it panics.
    ///
    /// # Cancel-safety
    ///
    /// Dropping it drops the call's promise. Neither a success nor a failure, it counts as nothing; a probe gives its permit to the
    /// next caller.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::prelude::*;
    ///
    /// # async fn fetch() -> Result<String, String> { Err("no answer".to_owned()) }
    /// let breaker = CircuitBreaker::builder().failure_threshold(1).build();
    /// let page = || promise! {
    ///     breaker.execute(|| fetch())
    ///         .catch(BreakerError::Open => "a page from yesterday".to_owned())
    /// };
    /// assert_eq!(page().await, Err(BreakerError::Inner("no answer".to_owned())));
    /// assert_eq!(page().await, Ok("a page from yesterday".to_owned()));
    /// # });
    /// ```
    pub fn execute<F, P, T, E>(&self, call: F) -> Execute<F, P, C, L>
    where
        F: FnOnce() -> P,
        P: IntoFuture<Output = Result<T, E>>,
        C: Counts<E>,
        L: Listener,
    {
        Execute {
            running: None,
            call: Some(call),
            stage: Stage::New {
                breaker: self.clone(),
            },
        }
    }
}

impl<C, L: Listener> CircuitBreaker<C, L> {
    fn enter(&self) -> Option<Period> {
        let glance = self.shared.glance();
        if glance.closed {
            return Some(glance.period);
        }
        // The clock may be anybody's code, so it is asked before the lock.
        let now = now();
        let (period, change) = self.shared.change(|machine| machine.enter(now));
        self.tell(change);
        period
    }

    fn leave(&self, period: Period, failed: bool) {
        let glance = self.shared.glance();
        if !failed && glance.calm && glance.period == period {
            // A failure that comes at the same moment counts as coming after this.
            return;
        }
        let now = if self.shared.settings.needs_time(failed) {
            now()
        } else {
            Duration::ZERO
        };
        let change = self
            .shared
            .change(|machine| machine.leave(period, failed, now));
        self.tell(change);
    }

    fn tell(&self, change: Option<Change>) {
        if let Some((from, to)) = change {
            self.shared.listener.changed(from, to);
        }
    }
}

impl<C, L> Clone for CircuitBreaker<C, L> {
    fn clone(&self) -> Self {
        Self {
            shared: self.shared.clone(),
        }
    }
}

impl<C, L> fmt::Debug for CircuitBreaker<C, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CircuitBreaker")
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

/// Says which reasons count as failures of the service. Every `Fn(&E) -> bool` does.
pub trait Counts<E> {
    /// Whether a call that rejects with `reason` has failed. If not, it counts as a success: the service did answer.
    fn counts(&self, reason: &E) -> bool;
}

impl<E, F: Fn(&E) -> bool> Counts<E> for F {
    fn counts(&self, reason: &E) -> bool {
        self(reason)
    }
}

impl<E> Counts<E> for EveryReason {
    fn counts(&self, _: &E) -> bool {
        true
    }
}

/// Is told when a breaker changes its state. Every `Fn(BreakerState, BreakerState)` is one.
pub trait Listener {
    /// The breaker has gone `from` one state `to` another.
    fn changed(&self, from: BreakerState, to: BreakerState);
}

impl<F: Fn(BreakerState, BreakerState)> Listener for F {
    fn changed(&self, from: BreakerState, to: BreakerState) {
        self(from, to);
    }
}

impl Listener for NoListener {
    fn changed(&self, _: BreakerState, _: BreakerState) {}
}

/// Why a call through a [`CircuitBreaker`] rejects.
///
/// ```
/// use promise_runtime::BreakerError;
///
/// assert_eq!(BreakerError::<String>::Open.to_string(), "the circuit breaker is open");
/// assert_eq!(BreakerError::Inner("no answer").to_string(), "no answer");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BreakerError<E> {
    /// The breaker has turned the call away.
    Open,
    /// The call's own reason.
    Inner(E),
}

own_reason!(BreakerError::Open, "the circuit breaker is open");

pin_project! {
    /// A call through a breaker: the future of [`CircuitBreaker::execute`].
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Execute<F, P: IntoFuture, C, L> {
        // Dropped in this order: a permit goes back when nothing of the call is left.
        #[pin]
        running: Option<P::IntoFuture>,
        call: Option<F>,
        stage: Stage<C, L>,
    }
}

enum Stage<C, L> {
    New { breaker: CircuitBreaker<C, L> },
    Running { permit: Permit<C, L> },
    Over,
}

/// A call that was let through; given back when it is dropped.
struct Permit<C, L> {
    breaker: CircuitBreaker<C, L>,
    /// `None` once the call has ended.
    period: Option<Period>,
}

impl<C, L> Drop for Permit<C, L> {
    fn drop(&mut self) {
        if let Some(period) = self.period {
            let shared = &self.breaker.shared;
            shared.change(|machine| machine.give_back(period));
        }
    }
}

impl<F, P, C, L, T, E> Future for Execute<F, P, C, L>
where
    F: FnOnce() -> P,
    P: IntoFuture<Output = Result<T, E>>,
    C: Counts<E>,
    L: Listener,
{
    type Output = Result<T, BreakerError<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if matches!(this.stage, Stage::New { .. }) {
            let Stage::New { breaker } = mem::replace(this.stage, Stage::Over) else {
                return Poll::Pending;
            };
            let Some(period) = breaker.enter() else {
                return Poll::Ready(Err(BreakerError::Open));
            };
            let period = Some(period);
            *this.stage = Stage::Running {
                permit: Permit { breaker, period },
            };
            if let Some(call) = this.call.take() {
                let promise = call().into_future();
                this.running.set(Some(promise));
            }
        }
        let (Stage::Running { permit }, Some(running)) =
            (&mut *this.stage, this.running.as_mut().as_pin_mut())
        else {
            panic!("a call through a circuit breaker was polled again after its end");
        };
        let outcome = ready!(running.poll(cx));
        this.running.set(None);
        let failed = match &outcome {
            Ok(_) => false,
            Err(reason) => permit.breaker.shared.counts.counts(reason),
        };
        if let Some(period) = permit.period.take() {
            permit.breaker.leave(period, failed);
        }
        *this.stage = Stage::Over;
        Poll::Ready(outcome.map_err(BreakerError::Inner))
    }
}

impl<F, P: IntoFuture, C, L> fmt::Debug for Execute<F, P, C, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match self.stage {
            Stage::New { .. } => "new",
            Stage::Running { .. } => "running",
            Stage::Over => "over",
        };
        write!(f, "Execute({stage})")
    }
}
