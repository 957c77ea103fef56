//! [`CircuitBreaker`]: leaves a service in peace that keeps failing.

mod builder;
mod machine;
mod window;

use super::line::lock;
use super::own_reason::own_reason;
use crate::timer::now;
use crate::trace;
use alloc::sync::Arc;
pub use builder::{Builder, EveryReason, NoListener};
use core::{
    fmt,
    future::Future,
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
/// With feature `tracing` each change of state is an event with target `promise_runtime::breaker`: level `WARN` when it opens, else `INFO`.
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
    ///
    /// ```
    /// use promise_runtime::CircuitBreaker;
    /// use std::time::Duration;
    ///
    /// let breaker = CircuitBreaker::builder()
    ///     .failure_threshold(3)
    ///     .recovery_timeout(Duration::from_secs(5))
    ///     .build();
    /// assert_eq!(format!("{breaker:?}"), "CircuitBreaker { state: Closed, .. }");
    /// ```
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
    #[cold]
    fn give_back(&self, period: Period) {
        self.shared.change(|machine| machine.give_back(period));
    }

    /// Where the breaker stands. An open one stays open until the next call, however long that takes.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{BreakerState, CircuitBreaker, delay};
    /// use std::time::Duration;
    ///
    /// let breaker = CircuitBreaker::builder().failure_threshold(1).build();
    /// breaker.execute(async || Err::<(), _>("down")).await.ok();
    /// delay(Duration::from_secs(3_600)).await;
    /// assert_eq!(breaker.state(), BreakerState::Open);
    /// # });
    /// ```
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
            pass: Some(Pass {
                breaker: self.clone(),
                period: None,
            }),
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
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::pattern::breaker::Counts;
/// use promise_runtime::{BreakerState, CircuitBreaker};
///
/// /// A named function counts as a closure does, and has a type to write down.
/// fn is_fault(status: &u16) -> bool { *status >= 500 }
/// struct Service { breaker: CircuitBreaker<fn(&u16) -> bool> }
///
/// let is_fault: fn(&u16) -> bool = is_fault;
/// assert!(is_fault.counts(&503));
/// let service = Service { breaker: CircuitBreaker::builder().failure_threshold(1).count_if(is_fault).build() };
/// service.breaker.execute(async || Err::<(), u16>(404)).await.ok();
/// assert_eq!(service.breaker.state(), BreakerState::Closed);
/// # });
/// ```
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
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::pattern::breaker::{EveryReason, Listener};
/// use promise_runtime::{BreakerState, CircuitBreaker};
/// use std::sync::{Arc, Mutex};
///
/// type Boxed = Box<dyn Fn(BreakerState, BreakerState) + Send + Sync>;
///
/// let changes = Arc::new(Mutex::new(Vec::new()));
/// let log = changes.clone();
/// let listener: Boxed = Box::new(move |_, to| log.lock().unwrap().push(to));
/// listener.changed(BreakerState::Closed, BreakerState::Open);
/// let breaker: CircuitBreaker<EveryReason, Boxed> =
///     CircuitBreaker::builder().failure_threshold(1).on_state_change(listener).build();
/// breaker.execute(async || Err::<(), _>("down")).await.ok();
/// assert_eq!(*changes.lock().unwrap(), [BreakerState::Open, BreakerState::Open]);
/// # });
/// ```
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
    ///
    /// What it settles with, its panics and what a drop does are told there.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::CircuitBreaker;
    /// use std::{future::pending, time::Duration};
    ///
    /// let breaker = CircuitBreaker::builder().failure_threshold(1).recovery_timeout(Duration::ZERO).build();
    /// breaker.execute(async || Err::<(), _>("down")).await.ok();
    /// // A probe that is dropped gives its permit to the next.
    /// let probe = breaker.execute(pending::<Result<(), &str>>);
    /// assert_eq!(format!("{probe:?}"), "Execute(new)");
    /// drop(probe);
    /// assert_eq!(breaker.execute(async || Ok::<_, &str>(())).await, Ok(()));
    /// # });
    /// ```
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Execute<F, P: IntoFuture, C, L> {
        // Dropped in this order: a permit goes back when nothing of the call is left.
        #[pin]
        running: Option<P::IntoFuture>,
        // `None` from the first poll on.
        call: Option<F>,
        // `None` once the call has ended.
        pass: Option<Pass<C, L>>,
    }
}

/// With it a call goes through; a permit is given back when it is dropped.
struct Pass<C, L> {
    breaker: CircuitBreaker<C, L>,
    /// The permit. `None` before and after the call.
    period: Option<Period>,
}

impl<C, L: Listener> Pass<C, L> {
    /// Whether the breaker lets the call through.
    fn enter(&mut self) -> bool {
        let glance = self.breaker.shared.glance();
        if glance.closed {
            self.period = Some(glance.period);
        } else {
            self.ask();
        }
        self.period.is_some()
    }

    #[cold]
    fn ask(&mut self) {
        // The clock may be anybody's code, so it is asked before the lock.
        let now = now();
        let (period, change) = self.breaker.shared.change(|machine| machine.enter(now));
        // Kept before anybody is told, who may panic.
        self.period = period;
        self.tell(change);
    }

    fn leave(&mut self, failed: bool) {
        let Some(period) = self.period.take() else {
            return;
        };
        let glance = self.breaker.shared.glance();
        // A failure that comes at the same moment counts as coming after this.
        if failed || !glance.calm || glance.period != period {
            self.count(period, failed);
        }
    }

    #[inline(never)]
    fn count(&self, period: Period, failed: bool) {
        let shared = &self.breaker.shared;
        let now = if shared.settings.needs_time(failed) {
            now()
        } else {
            Duration::ZERO
        };
        self.tell(shared.change(|machine| machine.leave(period, failed, now)));
    }

    fn tell(&self, change: Option<Change>) {
        if let Some((from, to)) = change {
            trace::breaker_changed(&from, &to, to == BreakerState::Open);
            self.breaker.shared.listener.changed(from, to);
        }
    }
}

impl<C, L> Drop for Pass<C, L> {
    fn drop(&mut self) {
        if let Some(period) = self.period {
            self.breaker.give_back(period);
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
        if let (Some(call), Some(pass)) = (this.call.take(), &mut *this.pass) {
            if !pass.enter() {
                *this.pass = None;
                return Poll::Ready(Err(BreakerError::Open));
            }
            let promise = call().into_future();
            this.running.set(Some(promise));
        }
        let (Some(pass), Some(running)) = (&mut *this.pass, this.running.as_mut().as_pin_mut())
        else {
            panic!("a call through a circuit breaker was polled again after its end");
        };
        let outcome = ready!(running.poll(cx));
        this.running.set(None);
        let failed = match &outcome {
            Ok(_) => false,
            Err(reason) => pass.breaker.shared.counts.counts(reason),
        };
        pass.leave(failed);
        *this.pass = None;
        Poll::Ready(outcome.map_err(BreakerError::Inner))
    }
}

impl<F, P: IntoFuture, C, L> fmt::Debug for Execute<F, P, C, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match (&self.call, &self.running, &self.pass) {
            (Some(_), ..) => "new",
            (_, Some(_), Some(_)) => "running",
            _ => "over",
        };
        write!(f, "Execute({stage})")
    }
}
