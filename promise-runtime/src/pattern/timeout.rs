//! `with_timeout`: a future that has so much time and no more.

use core::fmt;
use core::future::{Future, IntoFuture};
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::time::Instant;

use pin_project_lite::pin_project;

use crate::TimeoutError;
use crate::timer::{Moment, Sleep, delay};

/// Fulfils with what `future` yields, or rejects with [`TimeoutError`] when that takes longer than `limit`.
///
/// What a future of a [`Result`] yields is that `Result`, so its own rejection stays apart from the timeout, as in `Ok(Err(reason))`. In a chain
/// write [`.timeout(limit)`](crate::steps::timeout) instead, where both are rejections.
///
/// The time runs from the first poll. The future goes first: if it is ready when the time is up, it wins. When the time is up the
/// future is dropped, before this is ready; when the future is ready the timer is cancelled likewise. A future that never waits sets no timer.
/// Time is looked at when the future waits: one that blocks its thread is not interrupted.
///
/// Panics when polled after it has settled, and where there is no timer, see [`Sleep`]. Cancel-safe: dropping it drops the future and the timer.
///
/// In JavaScript: the package p-timeout, of which the work goes on.
///
/// ```
/// # use promise_runtime::event_loop::{self, Clock};
/// # event_loop::run_with(Clock::Virtual, async {
/// use promise_runtime::{TimeoutError, delay, with_timeout};
/// use std::time::Duration;
///
/// let fetch = async |seconds| { delay(Duration::from_secs(seconds)).await; "page" };
/// assert_eq!(with_timeout(fetch(1), Duration::from_secs(5)).await, Ok("page"));
/// assert_eq!(with_timeout(fetch(9), Duration::from_secs(5)).await, Err(TimeoutError));
/// assert_eq!(event_loop::now(), Duration::from_secs(6));
/// # });
/// ```
pub fn with_timeout<F: IntoFuture>(future: F, limit: Duration) -> WithTimeout<F::IntoFuture> {
    WithTimeout::new(future.into_future(), Limit::After(limit))
}

/// Like [`with_timeout`], up to a point in time that several futures may share.
///
/// A future that is given a deadline that has passed is polled once all the same.
///
/// ```
/// # use promise_runtime::event_loop::{self, Clock};
/// # event_loop::run_with(Clock::Virtual, async {
/// use promise_runtime::{Deadline, TimeoutError, delay, with_deadline};
/// use std::time::Duration;
///
/// let step = async || delay(Duration::from_secs(2)).await;
/// let deadline = Deadline::after(Duration::from_secs(5));
/// assert_eq!(with_deadline(step(), &deadline).await, Ok(()));
/// assert_eq!(with_deadline(step(), &deadline).await, Ok(()));
/// assert_eq!(with_deadline(step(), &deadline).await, Err(TimeoutError));
/// assert_eq!(event_loop::now(), Duration::from_secs(5));
/// # });
/// ```
pub fn with_deadline<F: IntoFuture>(future: F, deadline: &Deadline) -> WithTimeout<F::IntoFuture> {
    WithTimeout::new(future.into_future(), Limit::At(deadline.clone()))
}

/// A point in time, for [`with_deadline`]: the time budget of several steps.
///
/// It goes by the clock of the place where it was made: the event loop's, tokio's, or the system's.
///
/// ```
/// use promise_runtime::Deadline;
/// use std::time::{Duration, Instant};
///
/// let deadline = Deadline::from(Instant::now() + Duration::from_secs(60));
/// assert!(deadline.remaining() > Duration::from_secs(50));
/// ```
#[derive(Clone)]
pub struct Deadline(End);

#[derive(Clone)]
enum End {
    After(Moment, Duration),
    At(Instant),
}

impl Deadline {
    /// `limit` from now.
    ///
    /// A [`with_deadline`] under it that begins late has what is left:
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{Deadline, TimeoutError, delay, with_deadline};
    /// use std::time::Duration;
    ///
    /// let second = Duration::from_secs(1);
    /// let deadline = Deadline::after(5 * second);
    /// assert_eq!(with_deadline(delay(3 * second), &deadline).await, Ok(()));
    /// assert_eq!(with_deadline(delay(3 * second), &deadline).await, Err(TimeoutError));
    /// assert_eq!(event_loop::now(), 5 * second);
    /// # });
    /// ```
    #[must_use]
    pub fn after(limit: Duration) -> Self {
        Self(End::After(Moment::now(), limit))
    }

    /// How much time is left; zero when it has passed.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{Deadline, delay};
    /// use std::time::Duration;
    ///
    /// let deadline = Deadline::after(Duration::from_secs(5));
    /// delay(Duration::from_secs(2)).await;
    /// assert_eq!(deadline.remaining(), Duration::from_secs(3));
    /// delay(Duration::from_secs(9)).await;
    /// assert_eq!(deadline.remaining(), Duration::ZERO);
    /// # });
    /// ```
    #[must_use]
    pub fn remaining(&self) -> Duration {
        match &self.0 {
            End::After(start, limit) => limit.saturating_sub(start.elapsed()),
            End::At(instant) => instant.saturating_duration_since(Instant::now()),
        }
    }
}

/// By the system's clock, also on an event loop whose clock is virtual.
impl From<Instant> for Deadline {
    fn from(instant: Instant) -> Self {
        Self(End::At(instant))
    }
}

impl fmt::Debug for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Deadline(in {:?})", self.remaining())
    }
}

#[derive(Clone, Debug)]
enum Limit {
    After(Duration),
    At(Deadline),
}

pin_project! {
    /// The future of [`with_timeout`] and [`with_deadline`].
    ///
    /// Fulfils with what the future yields, or rejects with [`TimeoutError`] and drops it. The time counts from the first poll that has to wait, which sets
    /// the timer; one who is ready at once needs none. Polled after it has settled, it panics. Cancel-safe: dropped, it drops the future and cancels the timer.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{TimeoutError, WithTimeout, delay, with_timeout};
    /// use std::{future::Ready, future::ready, time::Duration};
    ///
    /// let at_once: WithTimeout<Ready<u32>> = with_timeout(ready(7), Duration::ZERO);
    /// assert_eq!(at_once.await, Ok(7));
    ///
    /// let late = with_timeout(delay(Duration::from_secs(9)), Duration::from_secs(1));
    /// assert_eq!(late.await, Err(TimeoutError));
    /// assert_eq!(event_loop::now(), Duration::from_secs(1));
    /// # });
    /// ```
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct WithTimeout<F> {
        // `None` when it has settled.
        #[pin]
        future: Option<F>,
        // There is none before the future has had to wait.
        #[pin]
        timer: Option<Sleep>,
        limit: Limit,
    }
}

impl<F> WithTimeout<F> {
    fn new(future: F, limit: Limit) -> Self {
        Self {
            future: Some(future),
            timer: None,
            limit,
        }
    }
}

impl<F: Future> Future for WithTimeout<F> {
    type Output = Result<F::Output, TimeoutError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            panic!("a promise was polled again after it had settled");
        };
        let outcome = match future.poll(cx) {
            Poll::Ready(output) => Ok(output),
            Poll::Pending => {
                if this.timer.is_none() {
                    let left = match this.limit {
                        Limit::After(limit) => *limit,
                        Limit::At(deadline) => deadline.remaining(),
                    };
                    this.timer.set(Some(delay(left)));
                }
                let timer = this.timer.as_mut().as_pin_mut();
                if timer.is_some_and(|timer| timer.poll(cx).is_pending()) {
                    return Poll::Pending;
                }
                Err(TimeoutError)
            }
        };
        this.future.set(None);
        this.timer.set(None);
        Poll::Ready(outcome)
    }
}

impl<F> fmt::Debug for WithTimeout<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithTimeout")
            .field("limit", &self.limit)
            .field("settled", &self.future.is_none())
            .finish()
    }
}
