//! The handles.

use super::local::engine;
use super::{IntoCleanup, IntoResolution, PromiseState, Reason, Resolution};
use crate::AggregateError;
use crate::chain::CannotReject;
use core::convert::Infallible;
use core::fmt;
use core::ops::Deref;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Poll};
use engine::{Adopted, View};
use std::vec::Vec;

/// A promise of one thread, with JavaScript's order.
pub struct LocalPromise<T, E> {
    view: View<T, E>,
}

impl<T, E> LocalPromise<T, E>
where
    T: 'static,
    E: Reason + 'static,
{
    #[track_caller]
    pub fn new(executor: impl FnOnce(LocalResolve<T, E>, LocalReject<T, E>)) -> Self {
        let (promise, resolve, reject) = Self::with_resolvers();
        executor(resolve, reject);
        promise
    }

    #[track_caller]
    pub fn with_resolvers() -> (Self, LocalResolve<T, E>, LocalReject<T, E>) {
        let (view, resolve, reject) = engine::Deferred::create(Location::caller());
        (
            Self { view },
            LocalResolve { resolver: resolve },
            LocalReject { resolver: reject },
        )
    }

    #[track_caller]
    pub fn resolve(value: T) -> Self {
        Self {
            view: engine::resolved(Ok(value), Location::caller()),
        }
    }

    #[track_caller]
    pub fn reject(reason: E) -> Self {
        Self {
            view: engine::resolved(Err(reason), Location::caller()),
        }
    }

    #[track_caller]
    pub fn map<U>(&self, f: impl FnOnce(T) -> U + 'static) -> LocalPromise<U, E>
    where
        T: Clone,
        E: Clone,
        U: 'static,
    {
        self.derive(|outcome| match outcome {
            Ok(value) => Resolution::Fulfill(f(value)),
            Err(reason) => Resolution::Reject(reason),
        })
    }

    #[track_caller]
    pub fn then<U, R>(&self, f: impl FnOnce(T) -> R + 'static) -> LocalPromise<U, E>
    where
        T: Clone,
        E: Clone,
        U: Clone + 'static,
        R: IntoResolution<U, E>,
    {
        self.derive(|outcome| match outcome {
            Ok(value) => product(f(value).into_resolution()),
            Err(reason) => Resolution::Reject(reason),
        })
    }

    #[track_caller]
    pub fn then_or_else<U, E2, R, R2>(
        &self,
        f: impl FnOnce(T) -> R + 'static,
        r: impl FnOnce(E) -> R2 + 'static,
    ) -> LocalPromise<U, E2>
    where
        T: Clone,
        E: Clone,
        U: Clone + 'static,
        E2: Clone + Reason + 'static,
        R: IntoResolution<U, E2>,
        R2: IntoResolution<U, E2>,
    {
        self.derive(|outcome| match outcome {
            Ok(value) => product(f(value).into_resolution()),
            Err(reason) => product(r(reason).into_resolution()),
        })
    }

    #[track_caller]
    pub fn catch<E2, R>(&self, r: impl FnOnce(E) -> R + 'static) -> LocalPromise<T, E2>
    where
        T: Clone,
        E: Clone,
        E2: Clone + Reason + 'static,
        R: IntoResolution<T, E2>,
    {
        self.derive(|outcome| match outcome {
            Ok(value) => Resolution::Fulfill(value),
            Err(reason) => product(r(reason).into_resolution()),
        })
    }

    #[track_caller]
    pub fn finally<V, R>(&self, f: impl FnOnce() -> R + 'static) -> Self
    where
        T: Clone,
        E: Clone,
        V: 'static,
        R: IntoCleanup<V, E, LocalPromise<V, E>>,
    {
        let handler = || match f().into_cleanup() {
            Resolution::Fulfill(()) => Resolution::Fulfill(()),
            Resolution::Reject(reason) => Resolution::Reject(reason),
            Resolution::Adopt(promise) => engine::Cleanup::Adopt(promise.view),
        };
        Self {
            view: engine::finally(&self.view, Location::caller(), handler),
        }
    }

    #[track_caller]
    fn derive<U, E2>(
        &self,
        handler: impl FnOnce(Result<T, E>) -> engine::Product<U, E2> + 'static,
    ) -> LocalPromise<U, E2>
    where
        T: Clone,
        E: Clone,
        U: 'static,
        E2: Reason + 'static,
    {
        LocalPromise {
            view: engine::then(&self.view, Location::caller(), handler),
        }
    }

    #[track_caller]
    pub fn all(promises: impl IntoIterator<Item = Self>) -> LocalPromise<Vec<T>, E>
    where
        T: Clone,
        E: Clone,
    {
        LocalPromise {
            view: engine::all(views(promises), Location::caller()),
        }
    }

    #[track_caller]
    pub fn all_settled(
        promises: impl IntoIterator<Item = Self>,
    ) -> LocalPromise<Vec<Result<T, E>>, Infallible>
    where
        T: Clone,
        E: Clone,
    {
        LocalPromise {
            view: engine::all_settled(views(promises), Location::caller()),
        }
    }

    #[track_caller]
    pub fn any(promises: impl IntoIterator<Item = Self>) -> LocalPromise<T, AggregateError<Vec<E>>>
    where
        T: Clone,
        E: Clone,
        AggregateError<Vec<E>>: Reason,
    {
        LocalPromise {
            view: engine::any(views(promises), Location::caller()),
        }
    }

    #[track_caller]
    pub fn race(promises: impl IntoIterator<Item = Self>) -> Self
    where
        T: Clone,
        E: Clone,
    {
        Self {
            view: engine::race(views(promises), Location::caller()),
        }
    }

    pub(crate) fn from_view(view: View<T, E>) -> Self {
        Self { view }
    }
}

fn views<T, E>(promises: impl IntoIterator<Item = LocalPromise<T, E>>) -> Vec<View<T, E>> {
    promises.into_iter().map(|promise| promise.view).collect()
}

fn product<T: Clone, E: Clone>(resolution: Resolution<T, E>) -> engine::Product<T, E> {
    match resolution {
        Resolution::Fulfill(value) => Resolution::Fulfill(value),
        Resolution::Reject(reason) => Resolution::Reject(reason),
        Resolution::Adopt(promise) => Resolution::Adopt(Adopted::new(promise.view)),
    }
}

impl<T, E> LocalPromise<T, E> {
    pub fn state(&self) -> PromiseState {
        self.view.state()
    }

    pub fn peek(&self) -> Option<Result<&T, &E>> {
        self.view.peek()
    }

    pub fn cancel(&self) {
        engine::cancel(self.view.handle());
    }

    pub fn detach(self)
    where
        E: CannotReject,
    {
        drop(self);
    }

    pub fn into_unique(self) -> Result<impl Future<Output = Result<T, E>>, Self> {
        if !self.view.is_unique() {
            return Err(self);
        }
        let mut wait = engine::Wait::new(self.view);
        Ok(core::future::poll_fn(move |cx| wait.poll_unique(cx)))
    }
}

impl<T, E> Clone for LocalPromise<T, E> {
    fn clone(&self) -> Self {
        Self {
            view: self.view.clone(),
        }
    }
}

impl<T: fmt::Debug, E: fmt::Debug> fmt::Debug for LocalPromise<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("LocalPromise");
        match self.peek() {
            Some(Ok(value)) => tuple.field(&format_args!("Fulfilled({value:?})")),
            Some(Err(reason)) => tuple.field(&format_args!("Rejected({reason:?})")),
            None => tuple.field(&self.state()),
        };
        tuple.finish()
    }
}

impl<T: Clone, E: Clone> IntoFuture for LocalPromise<T, E> {
    type Output = Result<T, E>;
    type IntoFuture = LocalAwait<T, E>;

    fn into_future(self) -> LocalAwait<T, E> {
        LocalAwait {
            wait: engine::Wait::new(self.view),
        }
    }
}

impl<T: Clone, E: Clone> IntoFuture for &LocalPromise<T, E> {
    type Output = Result<T, E>;
    type IntoFuture = LocalAwait<T, E>;

    fn into_future(self) -> LocalAwait<T, E> {
        self.clone().into_future()
    }
}

/// What `.await` of a [`LocalPromise`] polls.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct LocalAwait<T, E> {
    wait: engine::Wait<T, E>,
}

impl<T: Clone, E: Clone> Future for LocalAwait<T, E> {
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, E>> {
        self.get_mut().wait.poll(cx)
    }
}

impl<T, E> fmt::Debug for LocalAwait<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalAwait").finish_non_exhaustive()
    }
}

/// Fulfils the promise it was made with: `resolve(value)`.
pub struct LocalResolve<T, E> {
    resolver: engine::Resolver<T, E>,
}

/// Rejects the promise it was made with: `reject(reason)`.
pub struct LocalReject<T, E> {
    resolver: engine::Resolver<T, E>,
}

impl<T: 'static, E: Reason + 'static> LocalResolve<T, E> {
    pub fn call(&self, value: T) {
        self.resolver.resolve(Resolution::Fulfill(value));
    }

    pub fn adopt(&self, promise: LocalPromise<T, E>)
    where
        T: Clone,
        E: Clone,
    {
        self.resolver
            .resolve(Resolution::Adopt(Adopted::new(promise.view)));
    }
}

impl<T: 'static, E: Reason + 'static> LocalReject<T, E> {
    pub fn call(&self, reason: E) {
        self.resolver.resolve(Resolution::Reject(reason));
    }
}

impl<T: 'static, E: Reason + 'static> Deref for LocalResolve<T, E> {
    type Target = dyn Fn(T);

    fn deref(&self) -> &Self::Target {
        crate::resolvers::as_function(self, |resolve| move |value| resolve.call(value))
    }
}

impl<T: 'static, E: Reason + 'static> Deref for LocalReject<T, E> {
    type Target = dyn Fn(E);

    fn deref(&self) -> &Self::Target {
        crate::resolvers::as_function(self, |reject| move |reason| reject.call(reason))
    }
}

impl<T, E> Clone for LocalResolve<T, E> {
    fn clone(&self) -> Self {
        Self {
            resolver: self.resolver.clone(),
        }
    }
}

impl<T, E> Clone for LocalReject<T, E> {
    fn clone(&self) -> Self {
        Self {
            resolver: self.resolver.clone(),
        }
    }
}

impl<T, E> fmt::Debug for LocalResolve<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalResolve")
    }
}

impl<T, E> fmt::Debug for LocalReject<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalReject")
    }
}
