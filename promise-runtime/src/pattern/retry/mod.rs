//! `retry`: tries again what was rejected.

/// The future that evaluates `$outcome` and awaits it, once per attempt.
///
/// A macro, as an async closure and a function that returns a future have no trait in common that could be called here.
macro_rules! attempts {
    ($policy:expr, $outcome:expr) => {{
        // Not an `async fn`: that would keep the policy beside what is made of it.
        let mut attempts = $policy.into_attempts();
        async move {
            attempts.begin();
            loop {
                let wait = {
                    let reason = match $outcome.await {
                        Ok(value) => return Ok(value),
                        Err(reason) => reason,
                    };
                    if !attempts.left() {
                        return Err(reason);
                    }
                    match attempts.pause(&reason) {
                        Pause::Stop => return Err(reason),
                        Pause::None => continue,
                        Pause::Wait(wait) => !wait,
                    }
                };
                wait.await;
            }
        }
    }};
}

mod attempts;
mod backoff;
mod execute;
mod hooks;
mod policy;

pub use policy::RetryPolicy;

use crate::retry::{Attempts, IntoAttempts, Pause, Pauses};

/// Calls `operation` until it fulfils, as often as `policy` allows; rejects with the last reason.
///
/// `policy` is a number of attempts in all (less than 1 counts as 1), between which there is no pause, or a [`RetryPolicy`] with back-off,
/// conditions and hooks, by value or by reference. `operation` is an async closure, or a function that returns a future of a [`Result`]; it is called
/// anew for each attempt, and may use and change what it captures. An attempt that has started is not interrupted; give it a
/// [`with_timeout`](super::with_timeout).
///
/// # On several threads
///
/// rustc cannot see yet that a future is `Send` if an `operation` in it borrows from its surroundings ("implementation of `Send` is not general
/// enough"). For `tokio::spawn` there are three ways: [`RetryPolicy::execute`], which takes a plain closure; the step, which may borrow too; or an
/// `operation` that owns what it uses, `async move || …`:
///
/// ```
/// # #[derive(Clone)] struct Client;
/// # impl Client { async fn load(&self) -> Result<u32, String> { Ok(7) } }
/// # fn needs_send<F: Future + Send>(future: F) -> F { future }
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::prelude::*;
/// use std::time::Duration;
///
/// const POLICY: RetryPolicy = RetryPolicy::constant(Duration::from_secs(1)).attempts(3);
///
/// let (client, owned) = (Client, Client);
/// let task = async move {
///     let first = POLICY.execute(|| client.load()).await?;
///     let second = promise! { client.load().retry(POLICY) }.await?;
///     let third = retry(POLICY, async move || owned.load().await).await?;
///     Ok::<_, String>(first + second + third)
/// };
/// assert_eq!(needs_send(task).await, Ok(21));
/// # });
/// ```
///
/// # Panics and cancellation
///
/// What panics: only `operation` and the policy's closures; a panic is not tried again. Cancel-safe: dropping it drops the attempt in
/// flight or the back-off, whose timer is cancelled, and no further attempt is made.
///
/// In a chain, [`.retry(policy)`](crate::steps::retry) tries all steps before it again. In JavaScript: the packages p-retry and cockatiel. Unlike in those, every
/// rejection is worth another attempt unless [`when`](RetryPolicy::when) refuses it: none is taken for a programming error by its type.
/// A generic function asks for `F: AsyncFnMut() -> Result<T, E>`; one that asks for `F: FnMut() -> P` passes `|| operation()`, or calls [`RetryPolicy::execute`].
///
/// ```
/// # use promise_runtime::event_loop::{self, Clock};
/// # event_loop::run_with(Clock::Virtual, async {
/// use promise_runtime::{RetryPolicy, retry};
/// use std::time::Duration;
///
/// let mut attempts = 0;
/// let policy = RetryPolicy::exponential(Duration::from_millis(100)).attempts(5);
/// let page = retry(policy, async || {
///     attempts += 1;
///     if attempts < 4 { Err("busy") } else { Ok("page") }
/// });
/// assert_eq!(page.await, Ok("page"));
/// assert_eq!(event_loop::now(), Duration::from_millis(100 + 200 + 400));
///
/// assert_eq!(retry(3, async || Err::<u32, _>("down")).await, Err("down"));
/// # });
/// ```
pub fn retry<P, F, T, E>(policy: P, mut operation: F) -> impl Future<Output = Result<T, E>>
where
    P: IntoAttempts,
    P::Attempts: Pauses<E>,
    F: AsyncFnMut() -> Result<T, E>,
{
    attempts!(policy, operation())
}
