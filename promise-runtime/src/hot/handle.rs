//! The public types, written once for both kinds.

use super::{IntoCleanup, IntoResolution, PromiseState, Reason, Resolution};
use crate::AggregateError;
use crate::chain::CannotReject;
use crate::trace;
use core::convert::Infallible;
use core::fmt;
use core::ops::Deref;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::vec::Vec;

/// Makes the types of one kind. `[value]` is what values and reasons must be, `[handler]` what closures must be.
macro_rules! handles {
    (
        $(#[$documentation:meta])*
        $Promise:ident, $Await:ident, $Resolve:ident, $Reject:ident,
        $engine:path, value: [$($value:tt)*], handler: [$($handler:tt)*], panics: $panics:literal,
    ) => {
        $(#[$documentation])*
        pub struct $Promise<T, E> {
            view: engine::View<T, E>,
        }

        use $engine as engine;

        /// Making promises.
        impl<T: $($value)*, E: Reason + $($value)*> $Promise<T, E> {
            /// A promise that `executor` settles, now or later; JavaScript's `new Promise`.
            ///
            /// `executor` runs at once. The two functions it gets may be called, cloned and kept; the first call decides, later ones are ignored. If
            /// all are dropped uncalled, the promise stays pending, and if somebody waits for it, that is reported to
            /// [`on_unhandled_rejection`](crate::on_unhandled_rejection). A panic of `executor` passes through.
            ///
            #[doc = concat!("Their types, to keep them in a structure or a map, are [`", stringify!($Resolve), "`](crate::hot::", stringify!($Resolve), ") and [`", stringify!($Reject), "`](crate::hot::", stringify!($Reject), ").")]
            /// One allocation. ECMA-262, 27.2.3.1.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", event_loop};")]
            ///
            #[doc = concat!("let promise = ", stringify!($Promise), "::new(|resolve, reject| match \"42\".parse::<i32>() {")]
            ///     Ok(number) => resolve(number),
            ///     Err(error) => reject(error),
            /// });
            /// assert_eq!(event_loop::run(promise), Ok(42));
            /// ```
            #[track_caller]
            pub fn new(executor: impl FnOnce($Resolve<T, E>, $Reject<T, E>)) -> Self {
                let (promise, resolve, reject) = Self::with_resolvers();
                executor(resolve, reject);
                promise
            }

            /// A promise and the two functions that settle it; JavaScript's `Promise.withResolvers()`.
            ///
            /// What is said of [`new`](Self::new) holds here too. ECMA-262, 27.2.4.8.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", event_loop};")]
            ///
            #[doc = concat!("let (promise, resolve, _reject) = ", stringify!($Promise), "::<_, ()>::with_resolvers();")]
            /// resolve(1);
            /// resolve(2); // too late
            /// assert_eq!(event_loop::run(promise), Ok(1));
            /// ```
            #[track_caller]
            pub fn with_resolvers() -> (Self, $Resolve<T, E>, $Reject<T, E>) {
                let (view, resolve, reject) = engine::Deferred::create(Location::caller());
                (Self { view }, $Resolve { resolver: resolve }, $Reject { resolver: reject })
            }

            /// A promise that is fulfilled with `value`.
            ///
            /// One allocation. ECMA-262, 27.2.4.7, for what is no promise: a promise need not be wrapped in another one.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::", stringify!($Promise), ";")]
            ///
            #[doc = concat!("assert_eq!(", stringify!($Promise), "::<_, ()>::resolve(1).peek(), Some(Ok(&1)));")]
            /// ```
            #[track_caller]
            pub fn resolve(value: T) -> Self {
                Self { view: engine::resolved(Ok(value), Location::caller()) }
            }

            /// A promise that is rejected with `reason`.
            ///
            /// One allocation. ECMA-262, 27.2.4.6.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::", stringify!($Promise), ";")]
            ///
            #[doc = concat!("let promise = ", stringify!($Promise), "::<(), _>::reject(\"no\");")]
            /// assert_eq!(promise.peek(), Some(Err(&"no")));
            /// # promise_runtime::event_loop::run(promise).unwrap_err();
            /// ```
            #[track_caller]
            pub fn reject(reason: E) -> Self {
                Self { view: engine::resolved(Err(reason), Location::caller()) }
            }

            pub(crate) fn from_view(view: engine::View<T, E>) -> Self {
                Self { view }
            }
        }

        /// Handlers. Each gives a new promise, and none runs before the method has returned. With feature `tracing` it runs in the span in which the
        /// method was called.
        impl<T: $($value)* + Clone, E: Reason + $($value)* + Clone> $Promise<T, E> {
            /// Fulfils with what the plain function `f` makes of the value; rejections pass.
            ///
            /// `f` is called once, in a turn of its own; a panic of it is kept for whoever awaits the promise. One allocation.
            ///
            /// # Panics
            ///
            #[doc = $panics]
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", event_loop};")]
            ///
            /// let length = event_loop::run(async {
            #[doc = concat!("    ", stringify!($Promise), "::<_, ()>::resolve(\"four\").map(str::len).await")]
            /// });
            /// assert_eq!(length, Ok(4));
            /// ```
            #[track_caller]
            pub fn map<U: $($value)*>(&self, f: impl FnOnce(T) -> U + $($handler)*) -> $Promise<U, E> {
                self.derive(|outcome| match outcome {
                    Ok(value) => Resolution::Fulfill(f(value)),
                    Err(reason) => Resolution::Reject(reason),
                })
            }

            /// Settles with what `f` makes of the value: a `Result`, another promise of this kind, or a [`Resolution`]; rejections pass.
            ///
            /// What is said of [`map`](Self::map) holds here too. A promise that `f` returns is adopted. ECMA-262, 27.2.5.4.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", event_loop};")]
            ///
            /// let number = event_loop::run(async {
            #[doc = concat!("    ", stringify!($Promise), "::resolve(\"42\").then(|text| text.parse::<i32>()).await")]
            /// });
            /// assert_eq!(number, Ok(42));
            /// ```
            #[track_caller]
            pub fn then<U, R>(&self, f: impl FnOnce(T) -> R + $($handler)*) -> $Promise<U, E>
            where
                U: $($value)* + Clone,
                R: IntoResolution<U, E, $Promise<U, E>>,
            {
                self.derive(|outcome| match outcome {
                    Ok(value) => $Promise::product(f(value)),
                    Err(reason) => Resolution::Reject(reason),
                })
            }

            /// Settles with what `f` makes of the value or `r` of the reason; JavaScript's `then` with two functions.
            ///
            /// `r` does not see a rejection of `f`. The two may return different things, of those [`then`](Self::then) lists.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", event_loop};")]
            ///
            /// let text = event_loop::run(async {
            #[doc = concat!("    let promise = ", stringify!($Promise), "::<i32, _>::reject(\"offline\");")]
            ///     promise
            ///         .then_or_else(
            ///             |number| Ok::<_, ()>(number.to_string()),
            #[doc = concat!("            |reason| ", stringify!($Promise), "::resolve(format!(\"{reason}?\")),")]
            ///         )
            ///         .await
            /// });
            /// assert_eq!(text.unwrap(), "offline?");
            /// ```
            #[track_caller]
            pub fn then_or_else<U, E2, R, R2>(
                &self,
                f: impl FnOnce(T) -> R + $($handler)*,
                r: impl FnOnce(E) -> R2 + $($handler)*,
            ) -> $Promise<U, E2>
            where
                U: $($value)* + Clone,
                E2: Reason + $($value)* + Clone,
                R: IntoResolution<U, E2, $Promise<U, E2>>,
                R2: IntoResolution<U, E2, $Promise<U, E2>>,
            {
                self.derive(|outcome| match outcome {
                    Ok(value) => $Promise::product(f(value)),
                    Err(reason) => $Promise::product(r(reason)),
                })
            }

            /// Settles with what `r` makes of the reason; values pass.
            ///
            /// What is said of [`then`](Self::then) holds here too. ECMA-262, 27.2.5.1.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", event_loop};")]
            /// use std::convert::Infallible;
            ///
            /// let number = event_loop::run(async {
            #[doc = concat!("    ", stringify!($Promise), "::reject(\"offline\").catch(|_| Ok::<_, Infallible>(0)).await")]
            /// });
            /// assert_eq!(number, Ok(0));
            /// ```
            #[track_caller]
            pub fn catch<E2, R>(&self, r: impl FnOnce(E) -> R + $($handler)*) -> $Promise<T, E2>
            where
                E2: Reason + $($value)* + Clone,
                R: IntoResolution<T, E2, $Promise<T, E2>>,
            {
                self.derive(|outcome| match outcome {
                    Ok(value) => Resolution::Fulfill(value),
                    Err(reason) => $Promise::product(r(reason)),
                })
            }

            /// Calls `f` when this promise has settled, either way, and then settles as this one did.
            ///
            /// `f` may return nothing, or what a handler of [`then`](Self::then) may. A value of it is ignored, a promise is waited for, a rejection
            /// replaces the outcome, and a panic too; JavaScript's `throw` is `Err::<(), _>(reason)` here. `f` also runs, in a turn of its own, when this or the new promise is cancelled
            /// before; nobody waits for what it returns then. ECMA-262, 27.2.5.3.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", event_loop};")]
            ///
            /// let number = event_loop::run(async {
            #[doc = concat!("    ", stringify!($Promise), "::<_, ()>::resolve(1).finally(|| println!(\"done\")).await")]
            /// });
            /// assert_eq!(number, Ok(1));
            /// ```
            #[track_caller]
            pub fn finally<V, R>(&self, f: impl FnOnce() -> R + $($handler)*) -> Self
            where
                V: $($value)*,
                R: IntoCleanup<V, E, $Promise<V, E>>,
            {
                let handler = || match f().into_cleanup() {
                    Resolution::Fulfill(()) => Resolution::Fulfill(()),
                    Resolution::Reject(reason) => Resolution::Reject(reason),
                    Resolution::Adopt(promise) => engine::Cleanup::Adopt(promise.view),
                };
                Self { view: engine::finally(&self.view, Location::caller(), trace::callback(handler)) }
            }

            #[track_caller]
            fn derive<U, E2>(
                &self,
                handler: impl FnOnce(Result<T, E>) -> engine::Product<U, E2> + $($handler)*,
            ) -> $Promise<U, E2>
            where
                U: $($value)*,
                E2: Reason + $($value)*,
            {
                $Promise { view: engine::then(&self.view, Location::caller(), trace::handler(handler)) }
            }

            /// What a handler returned, as the engine takes it.
            fn product(returned: impl IntoResolution<T, E, Self>) -> engine::Product<T, E> {
                match returned.into_resolution() {
                    Resolution::Fulfill(value) => Resolution::Fulfill(value),
                    Resolution::Reject(reason) => Resolution::Reject(reason),
                    Resolution::Adopt(promise) => Resolution::Adopt(engine::Adopted::new(promise.view)),
                }
            }
        }

        /// Statics: many promises into one. Each reads its iterator to the end first, as JavaScript does with an array.
        impl<T: $($value)* + Clone, E: Reason + $($value)* + Clone> $Promise<T, E> {
            /// Fulfils with all values in input order, or rejects with the first reason.
            ///
            /// Fulfils at once if there are none. The others go on after a rejection, and theirs count as handled. One that is cancelled, or panics, before this
            /// has settled cancels this, or hands the panic on. One allocation and the places for the values. ECMA-262, 27.2.4.1.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", event_loop};")]
            ///
            #[doc = concat!("let promises = [1, 2, 3].map(", stringify!($Promise), "::<_, ()>::resolve);")]
            #[doc = concat!("assert_eq!(event_loop::run(", stringify!($Promise), "::all(promises)), Ok(vec![1, 2, 3]));")]
            /// ```
            #[track_caller]
            pub fn all(promises: impl IntoIterator<Item = Self>) -> $Promise<Vec<T>, E> {
                $Promise { view: engine::all(Self::views(promises), Location::caller()) }
            }

            /// Fulfils with all outcomes in input order, and never rejects.
            ///
            /// Fulfils at once if there are none. A promise that is cancelled or panics has no outcome, so what is said of it at [`all`](Self::all) holds
            /// here too: awaiting this panics then. ECMA-262, 27.2.4.2.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", event_loop};")]
            ///
            #[doc = concat!("let promises = [", stringify!($Promise), "::resolve(1), ", stringify!($Promise), "::reject(\"no\")];")]
            #[doc = concat!("let Ok(outcomes) = event_loop::run(", stringify!($Promise), "::all_settled(promises));")]
            /// assert_eq!(outcomes, [Ok(1), Err("no")]);
            /// ```
            #[track_caller]
            pub fn all_settled(promises: impl IntoIterator<Item = Self>) -> $Promise<Vec<Result<T, E>>, Infallible> {
                $Promise { view: engine::all_settled(Self::views(promises), Location::caller()) }
            }

            /// Fulfils with the first value, or rejects with all reasons in input order.
            ///
            /// Rejects at once if there are none. Once it has settled it leaves the others. A promise that is cancelled or panics before is no loser: it cancels this,
            /// or hands its panic on, also if another one would still fulfil. ECMA-262, 27.2.4.3.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", event_loop};")]
            ///
            #[doc = concat!("let promises = [", stringify!($Promise), "::reject(\"no\"), ", stringify!($Promise), "::resolve(2)];")]
            #[doc = concat!("assert_eq!(event_loop::run(", stringify!($Promise), "::any(promises)), Ok(2));")]
            /// ```
            #[track_caller]
            pub fn any(promises: impl IntoIterator<Item = Self>) -> $Promise<T, AggregateError<Vec<E>>>
            where
                AggregateError<Vec<E>>: Reason,
            {
                $Promise { view: engine::any(Self::views(promises), Location::caller()) }
            }

            /// Settles as the first one to settle does; of those that have settled, the first in input order.
            ///
            /// Stays pending for ever if there are none. Once it has settled it leaves the others, so any number of races against one pending
            /// promise takes no memory. A promise that is cancelled or panics first cancels this, or hands its panic on. ECMA-262, 27.2.4.5.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", event_loop};")]
            ///
            #[doc = concat!("let (pending, _resolve, _reject) = ", stringify!($Promise), "::<_, ()>::with_resolvers();")]
            #[doc = concat!("let race = ", stringify!($Promise), "::race([pending, ", stringify!($Promise), "::resolve(2)]);")]
            /// assert_eq!(event_loop::run(race), Ok(2));
            /// ```
            #[track_caller]
            pub fn race(promises: impl IntoIterator<Item = Self>) -> Self {
                Self { view: engine::race(Self::views(promises), Location::caller()) }
            }

            fn views(promises: impl IntoIterator<Item = Self>) -> Vec<engine::View<T, E>> {
                promises.into_iter().map(|promise| promise.view).collect()
            }
        }

        /// Looking at a promise, and ending it.
        impl<T, E> $Promise<T, E> {
            /// How far it is. This does not handle a rejection.
            ///
            /// A promise that panicked is [`Cancelled`](PromiseState::Cancelled): it has neither a value nor a reason.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", PromiseState};")]
            ///
            #[doc = concat!("let (promise, resolve, _reject) = ", stringify!($Promise), "::<_, ()>::with_resolvers();")]
            /// assert_eq!(promise.state(), PromiseState::Pending);
            /// resolve(1);
            /// assert_eq!(promise.state(), PromiseState::Fulfilled);
            /// ```
            #[must_use]
            pub fn state(&self) -> PromiseState {
                self.view.state()
            }

            /// A look at the outcome, if there is one. This does not handle a rejection.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::", stringify!($Promise), ";")]
            ///
            #[doc = concat!("assert_eq!(", stringify!($Promise), "::<_, ()>::resolve(1).peek(), Some(Ok(&1)));")]
            /// ```
            #[must_use]
            pub fn peek(&self) -> Option<Result<&T, &E>> {
                self.view.peek()
            }

            /// Stops what would settle this promise, and everything derived from it.
            ///
            /// A spawned chain is dropped: the step in flight first, then its `finally`s run. A pending handler is dropped, that of
            /// [`finally`](Self::finally) runs, in a turn of its own. The promises derived from this one are cancelled too; those it
            /// was derived from go on. Awaiting a cancelled promise panics. Does nothing if the promise has settled.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", PromiseState};")]
            ///
            #[doc = concat!("let (promise, resolve, _reject) = ", stringify!($Promise), "::<_, ()>::with_resolvers();")]
            /// promise.cancel();
            /// resolve(1); // too late
            /// assert_eq!(promise.state(), PromiseState::Cancelled);
            /// ```
            pub fn cancel(&self) {
                engine::cancel(self.view.handle());
            }

            /// Drops the handle on purpose; the work goes on.
            ///
            /// Exists only where the promise cannot reject: nobody would see the rejection.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::", stringify!($Promise), ";")]
            /// use std::convert::Infallible;
            ///
            #[doc = concat!(stringify!($Promise), "::<_, Infallible>::resolve(1).detach();")]
            /// ```
            pub fn detach(self)
            where
                E: CannotReject,
            {
                drop(self);
            }

            /// A future of the outcome itself instead of a clone, if nobody else can see the outcome.
            ///
            /// # Errors
            ///
            /// Gives the handle back if there is another one, or a handler or combinator that waits for it.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", event_loop};")]
            ///
            /// #[derive(Debug)]
            /// struct NotClone(i32);
            ///
            #[doc = concat!("let promise = ", stringify!($Promise), "::<_, ()>::resolve(NotClone(1));")]
            /// let only = promise.into_unique().expect("the only handle");
            /// assert_eq!(event_loop::run(only).unwrap().0, 1);
            /// ```
            pub fn into_unique(self) -> Result<impl Future<Output = Result<T, E>> + use<T, E>, Self> {
                if !self.view.is_unique() {
                    return Err(self);
                }
                let mut wait = engine::Wait::new(self.view, true);
                Ok(core::future::poll_fn(move |cx| wait.poll_unique(cx)))
            }
        }

        impl<T, E> Clone for $Promise<T, E> {
            fn clone(&self) -> Self {
                Self { view: self.view.clone() }
            }
        }

        impl<T: fmt::Debug, E: fmt::Debug> fmt::Debug for $Promise<T, E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut tuple = f.debug_tuple(stringify!($Promise));
                match self.peek() {
                    Some(Ok(value)) => tuple.field(&format_args!("Fulfilled({value:?})")),
                    Some(Err(reason)) => tuple.field(&format_args!("Rejected({reason:?})")),
                    None => tuple.field(&self.state()),
                };
                tuple.finish()
            }
        }

        /// Awaiting gives a clone of the outcome, or the outcome itself if nobody else can see it.
        ///
        /// Panics if the promise was cancelled. If it panicked, the first one who awaits gets the panic, and later ones another.
        impl<T: Clone, E: Clone> IntoFuture for $Promise<T, E> {
            type Output = Result<T, E>;
            type IntoFuture = $Await<T, E>;

            fn into_future(self) -> $Await<T, E> {
                $Await { wait: engine::Wait::new(self.view, true) }
            }
        }

        impl<T: Clone, E: Clone> IntoFuture for &$Promise<T, E> {
            type Output = Result<T, E>;
            type IntoFuture = $Await<T, E>;

            fn into_future(self) -> $Await<T, E> {
                self.clone().into_future()
            }
        }

        #[doc = concat!("Waits for a [`", stringify!($Promise), "`]; what `.await` of one polls.")]
        ///
        /// Cancel-safe: dropping it leaves nothing behind. Panics when it is polled again after it was ready.
        #[must_use = "futures do nothing unless you `.await` or poll them"]
        pub struct $Await<T, E> {
            wait: engine::Wait<T, E>,
        }

        impl<T: Clone, E: Clone> Future for $Await<T, E> {
            type Output = Result<T, E>;

            #[inline]
            fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, E>> {
                self.get_mut().wait.poll(cx)
            }
        }

        impl<T, E> fmt::Debug for $Await<T, E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($Await)).finish_non_exhaustive()
            }
        }

        #[doc = concat!("Fulfils the promise it was made with: `resolve(value)`. See [`", stringify!($Promise), "::new`].")]
        pub struct $Resolve<T, E> {
            resolver: engine::Resolver<T, E>,
        }

        #[doc = concat!("Rejects the promise it was made with: `reject(reason)`. See [`", stringify!($Promise), "::new`].")]
        pub struct $Reject<T, E> {
            resolver: engine::Resolver<T, E>,
        }

        impl<T: $($value)*, E: Reason + $($value)*> $Resolve<T, E> {
            /// The same as `resolve(value)`.
            pub fn call(&self, value: T) {
                self.resolver.resolve(Resolution::Fulfill(value));
            }

            /// Has the promise become what `promise` becomes; JavaScript's `resolve(promise)`.
            ///
            /// Like a call it decides: later calls are ignored even while `promise` is pending. A promise that is given itself panics
            /// in whoever awaits it, where JavaScript rejects with a TypeError. ECMA-262, 27.2.1.3.2.
            ///
            /// ```
            #[doc = concat!("use promise_runtime::{", stringify!($Promise), ", event_loop};")]
            ///
            #[doc = concat!("let (first, resolve_first, _reject) = ", stringify!($Promise), "::<_, ()>::with_resolvers();")]
            #[doc = concat!("let (second, resolve_second, _reject) = ", stringify!($Promise), "::with_resolvers();")]
            /// resolve_first.adopt(second);
            /// resolve_first(1); // too late
            /// resolve_second(2);
            /// assert_eq!(event_loop::run(first), Ok(2));
            /// ```
            pub fn adopt(&self, promise: $Promise<T, E>)
            where
                T: Clone,
                E: Clone,
            {
                self.resolver.resolve(Resolution::Adopt(engine::Adopted::new(promise.view)));
            }
        }

        impl<T: $($value)*, E: Reason + $($value)*> $Reject<T, E> {
            /// The same as `reject(reason)`.
            pub fn call(&self, reason: E) {
                self.resolver.resolve(Resolution::Reject(reason));
            }
        }

        /// This is what makes `resolve(value)` a call.
        impl<T: $($value)*, E: Reason + $($value)*> Deref for $Resolve<T, E> {
            type Target = dyn Fn(T);

            fn deref(&self) -> &Self::Target {
                crate::resolvers::as_function(self, |resolve| move |value| resolve.call(value))
            }
        }

        /// This is what makes `reject(reason)` a call.
        impl<T: $($value)*, E: Reason + $($value)*> Deref for $Reject<T, E> {
            type Target = dyn Fn(E);

            fn deref(&self) -> &Self::Target {
                crate::resolvers::as_function(self, |reject| move |reason| reject.call(reason))
            }
        }

        impl<T, E> Clone for $Resolve<T, E> {
            fn clone(&self) -> Self {
                Self { resolver: self.resolver.clone() }
            }
        }

        impl<T, E> Clone for $Reject<T, E> {
            fn clone(&self) -> Self {
                Self { resolver: self.resolver.clone() }
            }
        }

        impl<T, E> fmt::Debug for $Resolve<T, E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($Resolve))
            }
        }

        impl<T, E> fmt::Debug for $Reject<T, E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($Reject))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T, E> IntoResolution<T, E, $Promise<T, E>> for $Promise<T, E> {
            fn into_resolution(self) -> Resolution<T, E, Self> {
                Resolution::Adopt(self)
            }
        }

        impl<T, E> IntoCleanup<T, E, $Promise<T, E>> for $Promise<T, E> {
            fn into_cleanup(self) -> Resolution<(), E, Self> {
                Resolution::Adopt(self)
            }
        }
    };
}

#[cfg(any(feature = "event_loop", feature = "tokio"))]
mod local {
    use super::*;

    handles! {
        /// A hot promise of one thread, which keeps JavaScript's order turn by turn.
        ///
        /// It settles once, with a value or a reason, and may have any number of handles and consumers; its work goes on whether or
        /// not anybody waits, also when all handles are dropped. Handlers and consumers have their turns in the microtask queue of the thread: that of
        /// the event loop that runs on it, of a tokio `LocalSet`, or of JavaScript. Outside of all, that of the thread's own loop, so that a
        /// program can set its promises up and then call [`event_loop::run_until_idle`](crate::event_loop::run_until_idle). In a tokio runtime
        /// without a `LocalSet` a method that takes a handler panics: use [`Promise`](crate::Promise) there.
        ///
        /// Handlers get a clone of the value, or the value itself if nobody else can see it, so `T` and `E` must be `Clone` for
        /// most of what can be done here: share what is dear in an `Rc`. Rejections that nobody has handled when the queue has
        /// drained are reported to [`on_unhandled_rejection`](crate::on_unhandled_rejection).
        ///
        /// ```
        /// use promise_runtime::{LocalPromise, event_loop};
        ///
        /// let promise = LocalPromise::<_, ()>::resolve(20);
        /// let doubled = promise.map(|v| v * 2);
        /// let sum = LocalPromise::all([promise, doubled]).map(|values| values.iter().sum::<i32>());
        /// assert_eq!(event_loop::run(sum), Ok(60));
        /// ```
        LocalPromise, LocalAwait, LocalResolve, LocalReject,
        crate::hot::local::engine, value: ['static], handler: ['static],
        panics: "With feature `tokio` inside a tokio runtime without a `LocalSet`. On an executor that is none of these nothing panics, and `f` waits \
            for the thread's own loop: start the program on one of those that [`LocalPromise`](crate::LocalPromise) names.",
    }

    impl<T, E> LocalPromise<T, E> {
        /// What awaits it without a turn of its own.
        #[inline]
        pub(crate) fn into_element(self) -> LocalAwait<T, E> {
            LocalAwait {
                wait: engine::Wait::new(self.view, false),
            }
        }
    }
}

mod shared {
    use super::*;

    handles! {
        /// A hot promise for many threads.
        ///
        /// It settles once, with a value or a reason, and may have any number of handles and consumers, on any thread; its work
        /// goes on whether or not anybody waits, also when all handles are dropped. A handler runs as a task of the executor that was entered where the
        /// method was called (an event loop, or with feature `tokio` a tokio runtime), after what it depends on; more is not said of the
        /// order. Awaiting works on every executor. Where an order as in JavaScript matters, use [`LocalPromise`](crate::LocalPromise).
        ///
        /// Values and reasons are `Send + Sync`, since any thread may [`peek`](Self::peek) at them, and must be `Clone` for most of what can be done here:
        /// share what is dear in an `Arc`. A rejection that nobody has handled is reported to
        /// [`on_unhandled_rejection`](crate::on_unhandled_rejection) when the last handle is dropped.
        ///
        /// ```
        /// use promise_runtime::{Promise, event_loop};
        ///
        /// let (promise, resolve, _reject) = Promise::<_, ()>::with_resolvers();
        /// std::thread::spawn(move || resolve(21));
        /// let answer = event_loop::run(async { promise.map(|v| v * 2).await });
        /// assert_eq!(answer, Ok(42));
        /// ```
        Promise, PromiseAwait, SharedResolve, SharedReject,
        crate::hot::shared::engine, value: [Send + Sync + 'static], handler: [Send + 'static],
        panics: "Where no executor is entered that `f` could run on.",
    }
}

#[cfg(any(feature = "event_loop", feature = "tokio"))]
pub use local::{LocalAwait, LocalPromise, LocalReject, LocalResolve};
pub use shared::{Promise, PromiseAwait, SharedReject, SharedResolve};
