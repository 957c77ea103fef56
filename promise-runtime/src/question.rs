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

pub trait OpenFuture {
    fn __close(&self);
}

impl<F: IntoFuture<Output = Result<T, E>>, T, E> OpenFuture for &&Open<F, E> {
    #[inline(always)]
    fn __close(&self) {}
}

pub trait OpenResult {
    fn __close(&self);
}

impl<T, E> OpenResult for &Open<Result<T, E>, E> {
    #[inline(always)]
    fn __close(&self) {}
}

/// It cannot reject, or rejects with another type.
pub trait Closed {
    fn __close(&self);
}

impl<P, E> Closed for Open<P, E> {
    #[inline(always)]
    fn __close(&self) {}
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
