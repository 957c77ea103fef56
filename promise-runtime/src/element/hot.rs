//! A hot promise of one thread as an element: if it has settled, it is there at the first poll.
//!
//! Awaited, it takes a turn also then, and would lose to a plain value after it. In JavaScript both take a turn, so the order of the
//! elements decides; here, therefore, neither does. The promise for many threads takes no turn in any case.

use core::convert::Infallible;
use core::future::{Future, IntoFuture};

use super::{
    AskElement, AskFallibleFuture, ConvertedElement, Element, FallibleFuture, InfallibleFuture,
    OwnElement, PartElement,
};
use crate::hot::{LocalAwait, LocalPromise};
use crate::member::{Converting, Member};
use crate::resolve::Tag;

/// A [`LocalPromise`], or a reference to one. Whether something is one is asked before all else, so what has no type then fails here.
#[diagnostic::on_unimplemented(
    message = "the type of this element is not known where it stands",
    label = "of unknown type",
    note = "write it down, as in `text.parse::<u32>()`; what always panics has none"
)]
pub trait HotPromise: IntoFuture<Output = Result<Self::Value, Self::Reason>> {
    type Value;
    type Reason;
    type Child: Future<Output = Result<Self::Value, Self::Reason>>;
    fn into_child(self) -> Self::Child;
}

impl<T: Clone, E: Clone> HotPromise for LocalPromise<T, E> {
    type Value = T;
    type Reason = E;
    type Child = LocalAwait<T, E>;

    #[inline]
    fn into_child(self) -> LocalAwait<T, E> {
        self.into_element()
    }
}

impl<T: Clone, E: Clone> HotPromise for &LocalPromise<T, E> {
    type Value = T;
    type Reason = E;
    type Child = LocalAwait<T, E>;

    #[inline]
    fn into_child(self) -> LocalAwait<T, E> {
        self.clone().into_element()
    }
}

/// A hot promise, and the kind of any other future in its place.
#[derive(Clone, Copy, Debug)]
pub struct Hot<K>(K);

// An inherent method is found before the one of the trait that asks for any future.

impl<P: HotPromise<Reason = Infallible>> AskElement<P> {
    #[inline(always)]
    pub fn __element(self) -> Hot<InfallibleFuture> {
        Hot(InfallibleFuture)
    }
}

impl<P: HotPromise> AskFallibleFuture<P> {
    #[inline(always)]
    pub fn __element(self) -> Hot<FallibleFuture> {
        Hot(FallibleFuture)
    }
}

impl<P: HotPromise, K: Element<P::Child, E>, E> Element<P, E> for Hot<K> {
    type Future = K::Future;
    type Value = K::Value;

    #[inline]
    fn element(self, promise: P, tag: Tag<E>) -> K::Future {
        self.0.element(promise.into_child(), tag)
    }
}

impl<P: HotPromise, K: ConvertedElement<P::Child, E>, E> ConvertedElement<P, E> for Hot<K> {
    type Future = K::Future;
    type Value = K::Value;

    #[inline]
    fn converted(self, promise: P, tag: Tag<E>) -> K::Future {
        self.0.converted(promise.into_child(), tag)
    }
}

impl<P: HotPromise, K: OwnElement<P::Child>> OwnElement<P> for Hot<K> {
    type Future = K::Future;
    type Value = K::Value;
    type Reason = K::Reason;

    #[inline]
    fn own(self, promise: P) -> K::Future {
        self.0.own(promise.into_child())
    }
}

impl<P: HotPromise, K: PartElement<P::Child, E>, E> PartElement<P, E> for Hot<K> {
    type Future = K::Future;

    #[inline]
    fn part(self, promise: P, tag: Tag<E>) -> K::Future {
        self.0.part(promise.into_child(), tag)
    }
}

impl<P, K: Member<P, R>, R> Member<P, R> for Hot<K> {
    type Reasons = K::Reasons;

    #[inline(always)]
    fn reasons(self, promise: &P, tag: Tag<R>) -> K::Reasons {
        self.0.reasons(promise, tag)
    }
}

impl<P: HotPromise, K: Converting<P::Child, E>, E> Converting<P, E> for Hot<K> {
    type Reason = K::Reason;
    type Value = K::Value;

    #[inline(always)]
    fn converting(
        self,
        promise: P,
        tag: Tag<E>,
        convert: impl FnMut(K::Reason) -> E,
    ) -> impl Future<Output = Result<K::Value, E>> {
        self.0.converting(promise.into_child(), tag, convert)
    }
}
