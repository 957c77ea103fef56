//! A hot promise whose outcome cannot be cloned is no future, and would pass for a plain value: that is said instead.

use core::convert::Infallible;
use core::future::{Future, Pending, pending};
use core::marker::PhantomData;

use crate::element::{ConvertedElement, Element, OwnElement};
use crate::finally::{Finally, InTurn};
use crate::member::{Converting, Member, NoReason};
#[cfg(feature = "std")]
use crate::resolve::{AskResult, Probe};
use crate::resolve::{Kind, NotNow, Tag};

/// Never implemented: it is the bound of what must not be called.
#[diagnostic::on_unimplemented(
    message = "this hot promise cannot be awaited: its value `{T}` or its reason `{E}` is not `Clone`",
    label = "a hot promise whose outcome is not `Clone`",
    note = "any number of consumers may wait for it, and each gets a clone: derive `Clone`, share the value in an `Rc` or an `Arc`, or reject with `SharedError`",
    note = "from the only handle `.into_unique()` moves the outcome out"
)]
pub trait ClonesOutcome<T, E> {}

/// It would fulfil with `T` or reject with `E`.
#[derive(Debug)]
pub struct Unshared<T, E>(PhantomData<fn() -> (T, E)>);

impl<T, E> Clone for Unshared<T, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, E> Copy for Unshared<T, E> {}

/// As the product of a handler or a source.
pub trait ProbeUnshared<P, T, E> {
    fn __kind(self) -> Kind<NotNow, Unshared<T, E>>
    where
        P: ClonesOutcome<T, E>;
}

/// As an element of a combinator.
pub trait ProbeUnsharedElement<P, T, E> {
    fn __element(&self) -> Unshared<T, E>
    where
        P: ClonesOutcome<T, E>;
}

macro_rules! unshared {
    ($(#[$condition:meta] [$($lifetime:lifetime)?] $promise:ty;)*) => {$(
        #[$condition]
        impl<$($lifetime,)? T, E> ProbeUnshared<$promise, T, E> for AskResult<$promise> {
            fn __kind(self) -> Kind<NotNow, Unshared<T, E>>
            where
                $promise: ClonesOutcome<T, E>,
            {
                Kind::Later(Unshared(PhantomData))
            }
        }

        #[$condition]
        impl<$($lifetime,)? T, E> ProbeUnsharedElement<$promise, T, E> for &Probe<$promise> {
            fn __element(&self) -> Unshared<T, E>
            where
                $promise: ClonesOutcome<T, E>,
            {
                Unshared(PhantomData)
            }
        }
    )*};
}

unshared! {
    #[cfg(feature = "std")] [] crate::Promise<T, E>;
    #[cfg(feature = "std")] ['a] &'a crate::Promise<T, E>;
    #[cfg(any(feature = "event_loop", feature = "tokio"))] [] crate::LocalPromise<T, E>;
    #[cfg(any(feature = "event_loop", feature = "tokio"))] ['a] &'a crate::LocalPromise<T, E>;
}

// What comes after the message: nothing more to report.

impl<T, E> Unshared<T, E> {
    pub fn future<P>(self, _: P) -> Pending<Result<T, E>> {
        pending()
    }

    pub fn called<F: FnOnce() -> P, P>(
        self,
        _: &mut Finally<F, P, InTurn<F, P>>,
    ) -> Pending<Result<T, E>> {
        pending()
    }
}

impl<T, E> Kind<NotNow, Unshared<T, E>> {
    pub fn same(self, reason: E, _: Tag<E>) -> E {
        reason
    }
}

impl<X, T, E, R> Element<X, R> for Unshared<T, E> {
    type Future = Pending<Result<T, R>>;
    type Value = T;

    fn element(self, _: X, _: Tag<R>) -> Self::Future {
        pending()
    }
}

impl<X, T, E, R> ConvertedElement<X, R> for Unshared<T, E> {
    type Future = Pending<Result<T, R>>;
    type Value = T;

    fn converted(self, _: X, _: Tag<R>) -> Self::Future {
        pending()
    }
}

impl<X, T, E> OwnElement<X> for Unshared<T, E> {
    type Future = Pending<Result<T, E>>;
    type Value = T;
    type Reason = E;

    fn own(self, _: X) -> Self::Future {
        pending()
    }
}

impl<X, T, E, R> Member<X, R> for Unshared<T, E> {
    type Reasons = NoReason;

    fn reasons(self, _: &X, _: Tag<R>) -> NoReason {
        NoReason
    }
}

impl<X, T, E, R> Converting<X, R> for Unshared<T, E> {
    type Reason = Infallible;
    type Value = T;

    fn converting(
        self,
        _: X,
        _: Tag<R>,
        _: impl FnMut(Infallible) -> R,
    ) -> impl Future<Output = Result<T, R>> {
        pending()
    }
}
