//! The value of `promise!`.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// A cold promise: what [`promise!`](crate::promise) evaluates to.
    ///
    /// Fulfils with `T` or rejects with `E`, where `Output = Result<T, E>`. Nothing runs before the first poll. It is one
    /// flat state machine without allocations, `Send` when what it holds across an await is.
    ///
    /// Panics when it is polled again after it has settled, as `async` blocks do, and when a handler panics.
    ///
    /// Cancel-safe: dropping it drops the step in flight, then runs the `finally`s that are pending from the inside out.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// let chain = promise! { Promise.resolve(20).then(v => v + 1).then(async v => v * 2) };
    /// assert_eq!(chain.block_on(), Ok(42));
    /// ```
    #[derive(Clone, Debug)]
    #[must_use = "a chain does nothing until it is awaited, spawned or blocked on"]
    pub struct Chain<F> {
        #[pin]
        future: F,
    }
}

impl<F> Chain<F> {
    /// The chain, with the mistakes in it, which have no value.
    #[doc(hidden)]
    pub fn __with(self, _mistakes: ()) -> Self {
        self
    }
}

impl<F, T, E> Chain<F>
where
    F: Future<Output = Result<T, E>>,
{
    #[doc(hidden)]
    #[inline(always)]
    pub const fn new(future: F) -> Self {
        Self { future }
    }

    /// Runs the chain on this thread's event loop and waits for its outcome.
    ///
    /// # Panics
    ///
    /// Inside another executor, which it would block: await the chain there. When a handler panics, and when nothing that
    /// the chain waits for can happen any more; [`event_loop::run`](crate::event_loop::run) says what can be told of that.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// assert_eq!(promise! { Promise.resolve("ready") }.block_on(), Ok("ready"));
    /// ```
    #[cfg(feature = "event_loop")]
    #[track_caller]
    pub fn block_on(self) -> Result<T, E> {
        crate::event_loop::block_on(self)
    }

    /// Moves the chain to the heap, where its type has a name: for recursion, and for chains of different types in one
    /// collection.
    ///
    /// One allocation. Dropping it drops the chain.
    ///
    /// ```
    /// use core::convert::Infallible;
    /// use promise_runtime::prelude::*;
    ///
    /// fn countdown(n: u32) -> BoxedChain<'static, &'static str, Infallible> {
    ///     promise! { move
    ///         Promise.resolve(n).then(n => match n { 0 => Promise.resolve("lift-off"), n => countdown(n - 1) })
    ///     }
    ///     .boxed()
    /// }
    /// assert_eq!(countdown(3).block_on(), Ok("lift-off"));
    /// ```
    #[cfg(feature = "alloc")]
    pub fn boxed<'a>(self) -> BoxedChain<'a, T, E>
    where
        F: Send + 'a,
    {
        Chain {
            future: alloc::boxed::Box::pin(self.future),
        }
    }

    /// Like [`boxed`](Self::boxed), for a chain that stays on its thread.
    ///
    /// One allocation. Dropping it drops the chain.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// use std::rc::Rc;
    ///
    /// let shared = Rc::new(2);
    /// let chains = vec![promise! { Promise.resolve(1) }.boxed_local(), promise! { Promise.resolve(*shared) }.boxed_local()];
    /// assert_eq!(promise! { Promise.all(chains) }.block_on(), Ok(vec![1, 2]));
    /// ```
    #[cfg(feature = "alloc")]
    pub fn boxed_local<'a>(self) -> LocalBoxedChain<'a, T, E>
    where
        F: 'a,
    {
        Chain {
            future: alloc::boxed::Box::pin(self.future),
        }
    }

    /// Starts the chain and gives a handle to it, which any thread may use.
    ///
    /// It runs on the innermost executor that is entered: an event loop, with feature `tokio` a tokio runtime, with feature `wasm` a browser. On an event loop and in a browser it is polled
    /// at once, like an `async` function of JavaScript. It goes on when the handle is dropped;
    /// [`cancel`](crate::Promise::cancel) stops it, and so does the end of the executor. A panic of the chain is kept for whoever awaits the promise.
    ///
    /// The value and the reason must be `Sync` too: any thread that has a handle may [`peek`](crate::Promise::peek) at them. A `Mutex` makes a value so,
    /// `Box<dyn Error + Send + Sync>` or [`SharedError`](crate::SharedError) is such a reason.
    ///
    /// With feature `tracing` it runs in the span that is current here. One allocation (on tokio: plus the task's).
    ///
    /// # Panics
    ///
    /// Where no executor is entered.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// promise_runtime::event_loop::run(async {
    ///     let answer: Promise<_, _> = promise! { Promise.resolve(42) }.spawn();
    ///     assert_eq!(answer.await, Ok(42));
    /// });
    /// ```
    #[cfg(any(feature = "event_loop", feature = "tokio"))]
    #[track_caller]
    pub fn spawn(self) -> crate::Promise<T, E>
    where
        F: Send + 'static,
        T: Send + Sync + 'static,
        E: crate::hot::Reason + Send + Sync + 'static,
    {
        crate::hot::shared::spawn(self.future, core::panic::Location::caller())
    }

    /// Like [`spawn`](Self::spawn), for a chain that stays on its thread.
    ///
    /// # Panics
    ///
    /// Outside the event loop, with feature `tokio` a tokio `LocalSet`, and with feature `wasm` a browser. In a tokio runtime without a `LocalSet` tokio
    /// shows its own panic first.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// use std::rc::Rc;
    ///
    /// promise_runtime::event_loop::run(async {
    ///     let shared = Rc::new(42);
    ///     let answer: LocalPromise<_, _> = promise! { move Promise.resolve(shared) }.spawn_local();
    ///     assert_eq!(answer.await.as_deref(), Ok(&42));
    /// });
    /// ```
    #[cfg(any(feature = "event_loop", feature = "tokio"))]
    #[track_caller]
    pub fn spawn_local(self) -> crate::LocalPromise<T, E>
    where
        F: 'static,
        T: 'static,
        E: crate::hot::Reason + 'static,
    {
        crate::hot::local::spawn(self.future, core::panic::Location::caller())
    }

    /// Like [`spawn`](Self::spawn), on any other executor: `start` gets the task that runs the chain, and hands it over.
    ///
    /// If the task is dropped before it is ready the promise is cancelled.
    ///
    /// ```
    /// use promise_runtime::{event_loop, prelude::*};
    ///
    /// let answer = promise! { Promise.resolve(42) }.spawn_with(|task| {
    ///     std::thread::spawn(|| event_loop::run(task));
    /// });
    /// assert_eq!(event_loop::run(answer), Ok(42));
    /// ```
    #[cfg(feature = "std")]
    #[track_caller]
    pub fn spawn_with<R>(
        self,
        start: impl FnOnce(crate::hot::PromiseTask) -> R,
    ) -> crate::Promise<T, E>
    where
        F: Send + 'static,
        T: Send + Sync + 'static,
        E: crate::hot::Reason + Send + Sync + 'static,
    {
        let (promise, task) =
            crate::hot::shared::split(self.future, core::panic::Location::caller());
        start(task);
        promise
    }

    /// Starts the chain and forgets it: it runs in the background of the executor that is entered.
    ///
    /// On the event loop it runs up to where it first has to wait before this returns, as an async function of JavaScript does when it is called; on tokio it is
    /// a task. A panic in it ends the loop's `run` in a later turn, and on tokio the task.
    ///
    /// With feature `tracing` it runs in the span that is current here.
    ///
    /// Exists only where the chain cannot reject: nobody would see the rejection.
    ///
    /// # Panics
    ///
    /// Outside the event loop, with feature `tokio` a tokio runtime, and with feature `wasm` a browser.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// use std::sync::{Arc, atomic::{AtomicBool, Ordering}};
    ///
    /// let done = Arc::new(AtomicBool::new(false));
    /// let seen = done.clone();
    /// promise_runtime::event_loop::run(async {
    ///     promise! { move Promise.resolve(()).then(|()| done.store(true, Ordering::Relaxed)) }.detach();
    ///     promise_runtime::delay(std::time::Duration::from_millis(1)).await;
    /// });
    /// assert!(seen.load(Ordering::Relaxed));
    /// ```
    #[cfg(any(feature = "event_loop", feature = "tokio"))]
    #[track_caller]
    pub fn detach(self)
    where
        F: Send + 'static,
        E: CannotReject,
    {
        crate::spawn::detach(self)
    }

    /// Like [`detach`](Self::detach), for a chain that stays on its thread.
    ///
    /// # Panics
    ///
    /// Outside the event loop, with feature `tokio` a tokio `LocalSet`, and with feature `wasm` a browser.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// use std::{cell::Cell, rc::Rc};
    ///
    /// let seen = Rc::new(Cell::new(0));
    /// let counter = seen.clone();
    /// promise_runtime::event_loop::run(async {
    ///     promise! { move Promise.resolve(7).then(v => counter.set(v)) }.detach_local();
    ///     promise_runtime::delay(std::time::Duration::from_millis(1)).await;
    /// });
    /// assert_eq!(seen.get(), 7);
    /// ```
    #[cfg(any(feature = "event_loop", feature = "tokio"))]
    #[track_caller]
    pub fn detach_local(self)
    where
        F: 'static,
        E: CannotReject,
    {
        crate::spawn::detach_local(self)
    }
}

/// A [`Chain`] on the heap.
///
/// For lists, fields, trait methods, and functions that call themselves. What [`Chain::boxed`] returns.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::prelude::*;
///
/// # async fn fetch(path: &str) -> Result<String, String> { Ok(format!("page {path}")) }
/// // Chains of different steps, in one list.
/// let jobs: Vec<BoxedChain<'static, usize, String>> = vec![
///     promise! { fetch("/a").then(page => page.len()) }.boxed(),
///     promise! { fetch("/b").then(page => page.len()).then(length => length * 2) }.boxed(),
/// ];
/// assert_eq!(all(jobs).await, Ok(vec![7, 14]));
/// # });
/// ```
#[cfg(feature = "alloc")]
pub type BoxedChain<'a, T, E> =
    Chain<Pin<alloc::boxed::Box<dyn Future<Output = Result<T, E>> + Send + 'a>>>;

/// A [`Chain`] on the heap that stays on its thread. What [`Chain::boxed_local`] returns.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::prelude::*;
/// use std::{cell::Cell, rc::Rc};
///
/// let visits = Rc::new(Cell::new(0));
/// let seen = visits.clone();
/// let visit: LocalBoxedChain<'static, (), std::convert::Infallible> =
///     promise! { move Promise.resolve(1).then(|by| seen.set(seen.get() + by)) }.boxed_local();
/// assert_eq!((visits.get(), visit.await, visits.get()), (0, Ok(()), 1));
/// # });
/// ```
#[cfg(feature = "alloc")]
pub type LocalBoxedChain<'a, T, E> =
    Chain<Pin<alloc::boxed::Box<dyn Future<Output = Result<T, E>> + 'a>>>;

impl<F: Future> Future for Chain<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().future.poll(context) {
            Poll::Ready(outcome) => Poll::Ready(outcome),
            Poll::Pending => {
                waits();
                Poll::Pending
            }
        }
    }
}

/// The code on the way to the call of a cold function stands behind the rest: whoever has to wait is in no hurry.
#[cold]
#[inline(always)]
const fn waits() {}

/// The rejection type of what cannot reject: [`Infallible`](core::convert::Infallible).
#[cfg(feature = "std")]
#[diagnostic::on_unimplemented(
    message = "unhandled rejection: this chain can reject with `{Self}`",
    label = "nobody would see the rejection",
    note = "handle it before the chain is detached: add `.catch(reason => …)`"
)]
pub trait CannotReject {}

#[cfg(feature = "std")]
impl CannotReject for core::convert::Infallible {}
