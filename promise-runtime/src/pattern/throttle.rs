//! [`throttle`]: so many starts in so much time.

use super::line::{Line, Place, Wakers, lock};
use crate::timer::{Sleep, delay, now};
use alloc::{collections::VecDeque, sync::Arc};
use core::{
    fmt,
    future::{Future, poll_fn},
    marker::PhantomData,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};
use std::sync::Mutex;

/// Lets `handler` start at most `limit` times in any span as long as `interval`; further calls wait in line.
///
/// The first `limit` calls start at once; each later one as soon as the start `limit` calls before it is `interval` ago, first
/// come, first served. How long the calls then run does not matter: for that there is [`Pool`](super::Pool). No call is left out.
///
/// Imitates p-throttle in its strict mode. Panics if `limit` is 0, as nothing would ever start.
///
/// ```
/// # use promise_runtime::event_loop::{self, Clock};
/// # event_loop::run_with(Clock::Virtual, async {
/// use promise_runtime::{all, throttle};
/// use std::time::Duration;
///
/// let second = Duration::from_secs(1);
/// let get = throttle(2, second, async |page: u32| {
///     Ok::<_, String>((page, event_loop::now().as_secs()))
/// });
/// let pages = all((1..=5).map(|page| get.call(page))).await?;
/// assert_eq!(pages, [(1, 0), (2, 0), (3, 1), (4, 1), (5, 2)]);
/// # Ok::<(), String>(())
/// # }).unwrap();
/// ```
#[track_caller]
pub fn throttle<A, O, F>(limit: usize, interval: Duration, handler: F) -> Throttle<F, A>
where
    F: AsyncFn(A) -> O,
{
    assert!(
        limit > 0,
        "with a limit of 0 nothing would ever start; it must be at least 1"
    );
    let gate = Mutex::new(Gate {
        limit,
        interval,
        starts: VecDeque::new(),
        line: Line::default(),
    });
    Throttle {
        shared: Arc::new(Shared { handler, gate }),
        argument: PhantomData,
    }
}

/// A function that starts only so often: what [`throttle`] returns. Clones share the limit.
///
/// ```
/// # use promise_runtime::event_loop::{self, Clock};
/// # event_loop::run_with(Clock::Virtual, async {
/// use promise_runtime::{Throttle, delay, throttle};
/// use std::time::Duration;
///
/// /// Held in a structure, a function pointer has a name where a closure has none; of one that captures, see `Debounce`.
/// struct Mailer {
///     send: Throttle<fn(&'static str) -> std::future::Ready<usize>, &'static str>,
/// }
///
/// let send: fn(&'static str) -> std::future::Ready<usize> = |text| std::future::ready(text.len());
/// let mailer = Mailer { send: throttle(1, Duration::from_secs(60), send) };
/// let same_limit = mailer.send.clone();
/// assert_eq!(mailer.send.call("first").await, 5);
/// assert_eq!(same_limit.call("later").await, 5);
/// assert_eq!(event_loop::now(), Duration::from_secs(60));
/// # });
/// ```
#[must_use = "a throttled function does nothing until it is called with `call`"]
pub struct Throttle<F, A> {
    shared: Arc<Shared<F>>,
    argument: PhantomData<fn(A)>,
}

struct Shared<F> {
    handler: F,
    gate: Mutex<Gate>,
}

impl<F, A> Throttle<F, A> {
    /// Calls the handler when its turn has come, and settles as its promise does.
    ///
    /// Gets its place in line at the first poll; one that is neither polled nor dropped any more holds up those behind it. The handler
    /// runs in the task that awaits this. Cancel-safe: whoever is dropped in
    /// line leaves it and uses up no start.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::throttle;
    /// use std::time::Duration;
    ///
    /// let get = throttle(1, Duration::from_secs(1), async |page: u32| Ok::<_, String>(page));
    /// assert_eq!(get.call(1).await, Ok(1));
    /// assert_eq!(get.call(2).await, Ok(2));
    /// assert_eq!(event_loop::now(), Duration::from_secs(1));
    /// # });
    /// ```
    pub fn call<O>(&self, argument: A) -> impl Future<Output = O> + use<F, A, O>
    where
        F: AsyncFn(A) -> O,
    {
        let shared = self.shared.clone();
        async move {
            shared.start().await;
            (shared.handler)(argument).await
        }
    }

    /// How many calls are in line.
    ///
    /// A call is in it from its first poll until it starts or is dropped.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{all, throttle};
    /// use std::time::Duration;
    ///
    /// let get = throttle(1, Duration::from_secs(1), async |page: u32| Ok::<_, String>(page));
    /// let look = async { Ok(get.waiting()) };
    /// let outcome = all((get.call(1), get.call(2), get.call(3), look)).await;
    /// assert_eq!(outcome, Ok((1, 2, 3, 2)));
    /// assert_eq!(get.waiting(), 0);
    /// # });
    /// ```
    #[must_use]
    pub fn waiting(&self) -> usize {
        lock(&self.shared.gate).line.len()
    }
}

impl<F, A> Clone for Throttle<F, A> {
    fn clone(&self) -> Self {
        Self {
            shared: self.shared.clone(),
            argument: PhantomData,
        }
    }
}

impl<F, A> fmt::Debug for Throttle<F, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gate = lock(&self.shared.gate);
        f.debug_struct("Throttle")
            .field("limit", &gate.limit)
            .field("interval", &gate.interval)
            .field("waiting", &gate.line.len())
            .finish()
    }
}

struct Gate {
    limit: usize,
    interval: Duration,
    /// When the last `limit` calls started.
    starts: VecDeque<Duration>,
    line: Line,
}

impl Gate {
    /// How long the next start must wait.
    fn wait(&self, now: Duration) -> Duration {
        match self.starts.front() {
            Some(first) if self.starts.len() == self.limit => {
                first.saturating_add(self.interval).saturating_sub(now)
            }
            _ => Duration::ZERO,
        }
    }

    fn start(&mut self, now: Duration) {
        if self.starts.len() == self.limit {
            self.starts.pop_front();
        }
        self.starts.push_back(now);
    }
}

/// A place in line; given up when it is dropped.
struct Turn<'a> {
    gate: &'a Mutex<Gate>,
    place: Place,
}

impl<F> Shared<F> {
    /// Waits for its turn.
    async fn start(&self) {
        let Some(turn) = Turn::take(&self.gate) else {
            return;
        };
        let mut sleep = pin!(None);
        poll_fn(|cx| turn.poll(sleep.as_mut(), cx)).await;
    }
}

impl<'a> Turn<'a> {
    /// `None` if it need not wait, and has started.
    fn take(gate: &'a Mutex<Gate>) -> Option<Self> {
        let now = now();
        let state = &mut *lock(gate);
        if state.line.is_empty() && state.wait(now).is_zero() {
            state.start(now);
            return None;
        }
        let place = state.line.join(0);
        Some(Self { gate, place })
    }

    /// The first in line waits for the time, the others for becoming first.
    fn poll(&self, mut sleep: Pin<&mut Option<Sleep>>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let now = now();
            let mut waker = Some(cx.waker().clone());
            let wait = {
                let gate = &mut *lock(self.gate);
                if !gate.line.is_first(self.place) {
                    gate.line.watch(self.place, &mut waker);
                    return Poll::Pending;
                }
                let wait = gate.wait(now);
                if wait.is_zero() {
                    gate.start(now);
                }
                wait
            };
            if wait.is_zero() {
                // Leaving the line calls the next one.
                return Poll::Ready(());
            }
            if sleep.is_none() {
                sleep.set(Some(delay(wait)));
            }
            let Some(time) = sleep.as_mut().as_pin_mut() else {
                continue;
            };
            if time.poll(cx).is_pending() {
                return Poll::Pending;
            }
            // Should the timer have been early, there is some left to wait for.
            sleep.set(None);
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut wakers = Wakers::default();
        {
            let gate = &mut *lock(self.gate);
            let first = gate.line.is_first(self.place);
            wakers.discard(gate.line.leave(self.place).flatten());
            if first {
                wakers.push(gate.line.nudge());
            }
        }
        wakers.wake();
    }
}
