//! `using`: acquire, use, release.

use core::future::{Future, IntoFuture, poll_fn};
use core::pin::pin;
use core::task::Poll;
use std::any::Any;
use std::boxed::Box;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Acquires a resource, uses it, and releases it, however the use ends.
///
/// `acquire` is a future of a [`Result`]; if that rejects, nothing else happens. `used` gets the resource as `&mut R`, and what it fulfils or rejects
/// with is the outcome. `release` gets the resource itself, is called once, and may fulfil with anything, or end in no `Result` at
/// all; what it ends in may also be a promise of that, which is awaited: `async |r| close(r)` is `async |r| close(r).await`.
///
/// | the use | `release` | the outcome |
/// |---|---|---|
/// | fulfils | is called and awaited | the use's value, or the reason that `release` rejects with |
/// | rejects | is called and awaited | the use's reason; one of `release`'s is lost, as it follows from the first more often than not |
/// | panics | is called and awaited | the panic goes on |
/// | is dropped | is called, and the future it returns is dropped unpolled | |
///
/// # Cancel-safety
///
/// The last line is what cancellation does: while `acquire` waits there is nothing to release; while the use waits, it is dropped first, then `release` is
/// called. **Nobody is left to await it then.** Of an async closure nothing runs, so the resource is merely dropped; a closure that returns a
/// future (`|r| { give_back(r); async {} }`) does what it does before the future. While `release` waits, it is dropped where it stands. For clean-up that must be
/// awaited, spawn the whole, and cancel by telling it to end.
///
/// What panics: only the closures. If `release` panics or is called on a drop that unwinds, what holds for destructors holds for it.
///
/// In JavaScript: `await using`, and bluebird's `Promise.using`.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::using;
///
/// struct Connection { statements: u32 }
/// async fn connect() -> Result<Connection, String> { Ok(Connection { statements: 0 }) }
/// async fn close(connection: Connection) { println!("closed after {} statements", connection.statements) }
///
/// let rows = using(
///     connect(),
///     async |connection| {
///         connection.statements += 1;
///         if connection.statements > 9 { Err("too many".to_owned()) } else { Ok(connection.statements) }
///     },
///     async |connection| close(connection).await,
/// );
/// assert_eq!(rows.await, Ok(1));
/// # });
/// ```
pub async fn using<A, R, U, T, E, L, O, B>(acquire: A, used: U, release: L) -> Result<T, E>
where
    A: IntoFuture<Output = Result<R, E>>,
    U: AsyncFnOnce(&mut R) -> Result<T, E>,
    L: AsyncFnOnce(R) -> O,
    O: Released<E, B>,
{
    let resource = acquire.into_future().await?;
    let mut guard = Guard(Some((resource, release)));
    let outcome = match &mut guard.0 {
        Some((resource, _)) => caught(async { used(resource).await }).await,
        None => unreachable!("it has just been put there"),
    };
    let released = match guard.0.take() {
        Some((resource, release)) => release(resource).await.released().await,
        None => Ok(()),
    };
    match outcome {
        Ok(Ok(value)) => released.map(|()| value),
        Ok(Err(reason)) => Err(reason),
        Err(panic) => resume_unwind(panic),
    }
}

/// Calls `release` on drop, when nobody can await it.
struct Guard<R, L: AsyncFnOnce(R) -> O, O>(Option<(R, L)>);

impl<R, L: AsyncFnOnce(R) -> O, O> Drop for Guard<R, L, O> {
    fn drop(&mut self) {
        if let Some((resource, release)) = self.0.take() {
            drop(release(resource));
        }
    }
}

/// What `future` yields, or the panic that it ends in.
async fn caught<F: Future>(future: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        // Nobody looks at the future again after a panic, and the resource goes to `release`, whose business it is.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

/// What [`using`]'s `release` may end in: `()`, a [`Result`] that rejects with the same type as the use, or a promise of one of them.
///
/// `B` says which of the three, and is found by inference.
#[diagnostic::on_unimplemented(
    message = "`release` ends in `{Self}`, which is neither `()` nor a `Result` that rejects with `{E}`",
    label = "the release of a resource that rejects with `{E}`"
)]
#[doc(hidden)]
pub trait Released<E, B> {
    fn released(self) -> impl Future<Output = Result<(), E>>;
}

/// `B` of what is there at once.
#[doc(hidden)]
#[derive(Debug)]
pub enum AtOnce {}

/// `B` of a promise.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByPromise {}

impl<E> Released<E, AtOnce> for () {
    async fn released(self) -> Result<(), E> {
        Ok(())
    }
}

impl<T, E> Released<E, AtOnce> for Result<T, E> {
    async fn released(self) -> Result<(), E> {
        self.map(drop)
    }
}

#[diagnostic::do_not_recommend]
impl<P, E> Released<E, ByPromise> for P
where
    P: IntoFuture<Output: Released<E, AtOnce>>,
{
    async fn released(self) -> Result<(), E> {
        self.into_future().await.released().await
    }
}
