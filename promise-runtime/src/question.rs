//! `?` in a closure or an `async` block of Rust's converts into whatever that rejects with, and often nothing says what it
//! is. Then it is what the region rejects with.
//!
//! Generated code asks this before it asks what kind of product it has: [`Infallible`] would be
//! the first answer to that.

use core::convert::Infallible;
use core::future::{Future, IntoFuture};
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::element::AskElement;
use crate::error::AggregateError;
use crate::resolve::Tag;

/// A product, and what its region rejects with.
#[derive(Debug)]
pub struct Open<P, E>(PhantomData<fn() -> (P, E)>);

#[inline(always)]
pub fn open<P, E>(_: AskElement<P>, _: Tag<E>) -> Open<P, E> {
    Open(PhantomData)
}

/// With the type that it rejects with.
pub trait OpenFuture {
    type Reason;
    fn __close(&self) -> Tag<Self::Reason>;
}

impl<F: IntoFuture<Output = Result<T, E>>, T, E> OpenFuture for &&Open<F, E> {
    type Reason = E;

    #[inline(always)]
    fn __close(&self) -> Tag<E> {
        Tag::new()
    }
}

/// With the type that it rejects with.
pub trait OpenResult {
    type Reason;
    fn __close(&self) -> Tag<Self::Reason>;
}

impl<T, E> OpenResult for &Open<Result<T, E>, E> {
    type Reason = E;

    #[inline(always)]
    fn __close(&self) -> Tag<E> {
        Tag::new()
    }
}

/// It cannot reject, or rejects with another type.
pub trait Closed {
    fn __close(&self) -> NotOpen;
}

impl<P, E> Closed for Open<P, E> {
    #[inline(always)]
    fn __close(&self) -> NotOpen {
        NotOpen
    }
}

#[derive(Clone, Copy, Debug)]
pub struct NotOpen;

/// What a combinator rejects with where each of its elements leaves that open: `?` converts every reason into this, so it is
/// the reason as it is.
#[derive(Debug)]
pub struct AnnotationNeededUnless<E>(E);

impl<E> From<E> for AnnotationNeededUnless<E> {
    #[inline(always)]
    fn from(reason: E) -> Self {
        Self(reason)
    }
}

// A type that nothing has fixed becomes `AnnotationNeededUnless`: inherent methods are found before a trait's.
impl<E> Tag<AnnotationNeededUnless<E>> {
    #[inline(always)]
    pub fn __exactly(self) {}

    /// The reason as it was.
    #[inline(always)]
    pub fn __exact_reason(self, reason: AnnotationNeededUnless<E>) -> E {
        reason.0
    }

    /// All reasons of an `any` as they were.
    #[inline(always)]
    pub fn __exact_reasons<const N: usize>(
        self,
        reasons: AggregateError<[AnnotationNeededUnless<E>; N]>,
    ) -> AggregateError<[E; N]> {
        AggregateError {
            errors: reasons.errors.map(|reason| reason.0),
        }
    }

    /// A future that rejects with the reason as it was.
    #[inline(always)]
    pub fn __exact_future<F>(self, future: F) -> ExactReason<F> {
        ExactReason { future }
    }

    /// Its type.
    #[inline(always)]
    pub fn __exact_type(self) -> Tag<E> {
        Tag::new()
    }
}

pub trait Inexactly: Sized {
    type Reason;
    fn __exactly(self) {}
    fn __exact_future<F>(self, future: F) -> F;
    fn __exact_type(self) -> Tag<Self::Reason>;
}

impl<E> Inexactly for Tag<E> {
    type Reason = E;

    #[inline(always)]
    fn __exact_future<F>(self, future: F) -> F {
        future
    }

    #[inline(always)]
    fn __exact_type(self) -> Self {
        self
    }
}

impl Inexactly for NotOpen {
    type Reason = Infallible;

    #[inline(always)]
    fn __exact_future<F>(self, future: F) -> F {
        future
    }

    #[inline(always)]
    fn __exact_type(self) -> Tag<Infallible> {
        Tag::new()
    }
}

pin_project! {
    /// A future that rejects with the reason as it was.
    #[derive(Debug)]
    pub struct ExactReason<F> {
        #[pin]
        future: F,
    }
}

impl<F, T, E> Future for ExactReason<F>
where
    F: Future<Output = Result<T, AnnotationNeededUnless<E>>>,
{
    type Output = Result<T, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project()
            .future
            .poll(context)
            .map_err(|reason| reason.0)
    }
}

pub trait InexactReason<E> {
    fn __exact_reason(self, reason: E) -> E;
    fn __exact_reasons<A>(self, reasons: A) -> A;
}

impl<E> InexactReason<E> for Tag<E> {
    #[inline(always)]
    fn __exact_reason(self, reason: E) -> E {
        reason
    }

    #[inline(always)]
    fn __exact_reasons<A>(self, reasons: A) -> A {
        reasons
    }
}

/// A reason of unknown type is the region's, too: the case of `?` in a macro.
#[derive(Debug)]
pub struct OpenReason<E, R>(pub E, pub Tag<R>);

impl<R> OpenReason<R, R> {
    #[inline(always)]
    pub fn __closed(self) -> R {
        self.0
    }
}

pub trait ClosedReason<E> {
    fn __closed(self) -> E;
}

impl<E, R> ClosedReason<E> for OpenReason<E, R> {
    #[inline(always)]
    fn __closed(self) -> E {
        self.0
    }
}
