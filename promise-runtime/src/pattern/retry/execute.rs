//! `RetryPolicy::execute`: `retry` for functions that return futures.

use core::future::{Future, IntoFuture};

use super::policy::RetryPolicy;
use crate::retry::{Attempts, IntoAttempts, Pause, Pauses};

impl<W, N, D> RetryPolicy<W, N, D> {
    /// Calls `operation` until the promise it returns fulfils, as often as the policy allows; rejects with the last reason.
    ///
    /// As [`retry(policy, operation)`](super::retry), panics and cancellation included, but `operation` is a plain closure that returns a promise, anything
    /// that can be awaited, and not an async closure. Both may borrow from their surroundings; this one also in what `tokio::spawn` takes. What an async
    /// closure does and this one does not: its promise cannot hold on to what the closure itself owns or changes. It changes
    /// that before it makes the promise:
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::RetryPolicy;
    /// use std::time::Duration;
    ///
    /// struct Client;
    /// impl Client {
    ///     async fn load(&self, attempt: u32) -> Result<&str, &str> {
    ///         if attempt < 3 { Err("busy") } else { Ok("page") }
    ///     }
    /// }
    ///
    /// let (client, mut attempt) = (Client, 0);
    /// let page = RetryPolicy::fibonacci(Duration::from_secs(1)).execute(|| {
    ///     attempt += 1;
    ///     client.load(attempt)
    /// });
    /// assert_eq!(page.await, Ok("page"));
    /// assert_eq!(event_loop::now(), Duration::from_secs(1 + 1));
    /// # });
    /// ```
    ///
    /// The policy is used up; one whose closures are `Copy`, or that has none, is copied. For attempts without pauses in between take
    /// `RetryPolicy::constant(Duration::ZERO).attempts(3)`. The name is that of cockatiel's `policy.execute(…)` and of
    /// [`CircuitBreaker::execute`](crate::CircuitBreaker::execute); in the crate backon it is `operation.retry(policy)`.
    pub fn execute<F, P, T, E>(self, mut operation: F) -> impl Future<Output = Result<T, E>>
    where
        F: FnMut() -> P,
        P: IntoFuture<Output = Result<T, E>>,
        <Self as IntoAttempts>::Attempts: Pauses<E>,
    {
        attempts!(self, operation())
    }
}
