//! `?` in a closure or an `async` block of Rust's converts into whatever that rejects with, and often nothing says what it
//! is. Then it is what the region rejects with.
//!
//! Generated code asks this before it asks what kind of product it has: [`Infallible`](core::convert::Infallible) would be
//! the first answer to that.

use core::future::IntoFuture;
use core::marker::PhantomData;

use crate::element::AskElement;
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

#[derive(Debug)]
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
}

pub trait Inexactly {
    fn __exactly(self);
}

impl<E> Inexactly for Tag<E> {
    #[inline(always)]
    fn __exactly(self) {}
}

impl Inexactly for NotOpen {
    #[inline(always)]
    fn __exactly(self) {}
}

pub trait InexactReason<E> {
    fn __exact_reason(self, reason: E) -> E;
}

impl<E> InexactReason<E> for Tag<E> {
    #[inline(always)]
    fn __exact_reason(self, reason: E) -> E {
        reason
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
