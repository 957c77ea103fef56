//! What an element of a combinator may be: the kinds of [`resolve`](crate::resolve), with two more for what cannot
//! reject, so that the others decide the rejection type.
//!
//! Each kind turns its element into a future whose output is a `Result`, of a concrete type.

#[cfg(any(feature = "event_loop", feature = "tokio"))]
pub mod hot;
pub mod inputs;

use core::convert::Infallible;
use core::future::{Future, IntoFuture, Ready, ready};
use core::marker::PhantomData;
use core::ops::Deref;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::reject::ConvertsTo;
use crate::resolve::{Fulfils, Tag};

/// A row of the question as a type, as in [`resolve`](crate::resolve): the kind it gives, and the row to ask next.
macro_rules! rows {
    ($($row:ident $probe:ident $kind:ident [$($generic:ident),*] $element:ty [$($bound:tt)*] $(-> $next:ident)?;)*) => {$(
        #[derive(Clone, Copy, Debug)]
        pub struct $kind;

        #[derive(Debug)]
        pub struct $row<X>(PhantomData<fn() -> X>);

        impl<X> Clone for $row<X> {
            #[inline(always)]
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<X> Copy for $row<X> {}

        pub trait $probe {
            fn __element(self) -> $kind;
        }

        impl<$($generic),*> $probe for $row<$element>
        where
            $($bound)*
        {
            #[inline(always)]
            fn __element(self) -> $kind {
                $kind
            }
        }

        $(impl<X> Deref for $row<X> {
            type Target = $next<X>;

            #[inline(always)]
            fn deref(&self) -> &$next<X> {
                &$next(PhantomData)
            }
        })?
    )*};
}

rows! {
    AskElement ProbeInfallibleFuture InfallibleFuture [F, T] F [F: IntoFuture<Output = Result<T, Infallible>>] -> AskFallibleFuture;
    AskFallibleFuture ProbeFallibleFuture FallibleFuture [F, T, E] F [F: IntoFuture<Output = Result<T, E>>] -> AskValueFuture;
    AskValueFuture ProbeValueFuture ValueFuture [F] F [F: IntoFuture] -> AskInfallibleOutcome;
    AskInfallibleOutcome ProbeInfallibleOutcome InfallibleOutcome [T] Result<T, Infallible> [] -> AskOutcome;
    AskOutcome ProbeOutcome Outcome [T, E] Result<T, E> [] -> AskValue;
    AskValue ProbeValue Value [T] T [];
}

/// Where the question begins.
#[inline(always)]
pub fn ask_element<X>(_: &X) -> AskElement<X> {
    AskElement(PhantomData)
}

/// An element of this kind as a future that rejects with `E`.
pub trait Element<X, E>: Copy {
    type Future: Future<Output = Result<Self::Value, E>>;
    type Value;
    fn element(self, element: X, tag: Tag<E>) -> Self::Future;
}

/// The same, where the user named `E`: what the element rejects with converts into it.
pub trait ConvertedElement<X, E>: Copy {
    type Future: Future<Output = Result<Self::Value, E>>;
    type Value;
    fn converted(self, element: X, tag: Tag<E>) -> Self::Future;
}

/// The same, with the rejection type that the element has.
pub trait OwnElement<X>: Copy {
    type Future: Future<Output = Result<Self::Value, Self::Reason>>;
    type Value;
    type Reason;
    fn own(self, element: X) -> Self::Future;
}

pin_project! {
    /// A future whose rejection, if it has one, converts.
    #[derive(Debug)]
    pub struct Converts<F, E> {
        #[pin]
        future: F,
        rejection: PhantomData<fn() -> E>,
    }
}

impl<F, T, R, E> Future for Converts<F, E>
where
    F: Future<Output = Result<T, R>>,
    R: ConvertsTo<E>,
{
    type Output = Result<T, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project()
            .future
            .poll(context)
            .map_err(ConvertsTo::converts_to)
    }
}

pin_project! {
    /// A future that cannot reject, as one that could.
    #[derive(Debug)]
    pub struct NeverRejects<F, E> {
        #[pin]
        future: F,
        rejection: PhantomData<fn() -> E>,
    }
}

impl<F, T, E> Future for NeverRejects<F, E>
where
    F: Future<Output = Result<T, Infallible>>,
{
    type Output = Result<T, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project()
            .future
            .poll(context)
            .map_err(|never| match never {})
    }
}

fn never_rejects<T, E>(outcome: Result<T, Infallible>) -> Ready<Result<T, E>> {
    ready(outcome.map_err(|never| match never {}))
}

/// The kinds that have no reason of their own take any rejection type.
macro_rules! element_without_reason {
    ($($kind:ident [$($generic:ident),*] $element:ty, $future:ty, $value:ty, |$product:ident| $child:expr, [$($bound:tt)*];)*) => {$(
        impl<$($generic,)* E> Element<$element, E> for $kind where $($bound)* {
            type Future = $future;
            type Value = $value;

            #[inline]
            fn element(self, $product: $element, _: Tag<E>) -> Self::Future {
                $child
            }
        }

        impl<$($generic,)* E> ConvertedElement<$element, E> for $kind where $($bound)* {
            type Future = $future;
            type Value = $value;

            #[inline]
            fn converted(self, $product: $element, _: Tag<E>) -> Self::Future {
                $child
            }
        }
    )*};
}

element_without_reason! {
    InfallibleFuture [X, T] X, NeverRejects<X::IntoFuture, E>, T,
        |future| NeverRejects { future: future.into_future(), rejection: PhantomData }, [X: IntoFuture<Output = Result<T, Infallible>>];
    ValueFuture [X] X, Fulfils<X::IntoFuture, E>, X::Output, |future| Fulfils::new(future.into_future()), [X: IntoFuture];
    InfallibleOutcome [T] Result<T, Infallible>, Ready<Result<T, E>>, T, |outcome| never_rejects(outcome), [];
    Value [X] X, Ready<Result<X, E>>, X, |value| ready(Ok(value)), [];
}

impl<X, T, E> Element<X, E> for FallibleFuture
where
    X: IntoFuture<Output = Result<T, E>>,
{
    type Future = X::IntoFuture;
    type Value = T;

    #[inline]
    fn element(self, element: X, _: Tag<E>) -> X::IntoFuture {
        element.into_future()
    }
}

impl<T, E> Element<Result<T, E>, E> for Outcome {
    type Future = Ready<Result<T, E>>;
    type Value = T;

    #[inline]
    fn element(self, element: Result<T, E>, _: Tag<E>) -> Self::Future {
        ready(element)
    }
}

impl<X, T, R, E> ConvertedElement<X, E> for FallibleFuture
where
    X: IntoFuture<Output = Result<T, R>>,
    R: ConvertsTo<E>,
{
    type Future = Converts<X::IntoFuture, E>;
    type Value = T;

    #[inline]
    fn converted(self, element: X, _: Tag<E>) -> Self::Future {
        Converts {
            future: element.into_future(),
            rejection: PhantomData,
        }
    }
}

impl<T, R, E> ConvertedElement<Result<T, R>, E> for Outcome
where
    R: ConvertsTo<E>,
{
    type Future = Ready<Result<T, E>>;
    type Value = T;

    #[inline]
    fn converted(self, element: Result<T, R>, _: Tag<E>) -> Self::Future {
        ready(element.map_err(ConvertsTo::converts_to))
    }
}

macro_rules! own_element {
    ($($kind:ident [$($generic:ident),*] $element:ty, $future:ty, $value:ty, $reason:ty, |$product:ident| $child:expr, [$($bound:tt)*];)*) => {$(
        impl<$($generic),*> OwnElement<$element> for $kind where $($bound)* {
            type Future = $future;
            type Value = $value;
            type Reason = $reason;

            #[inline]
            fn own(self, $product: $element) -> Self::Future {
                $child
            }
        }
    )*};
}

own_element! {
    InfallibleFuture [X, T] X, X::IntoFuture, T, Infallible, |future| future.into_future(), [X: IntoFuture<Output = Result<T, Infallible>>];
    FallibleFuture [X, T, E] X, X::IntoFuture, T, E, |future| future.into_future(), [X: IntoFuture<Output = Result<T, E>>];
    ValueFuture [X] X, Fulfils<X::IntoFuture, Infallible>, X::Output, Infallible, |future| Fulfils::new(future.into_future()), [X: IntoFuture];
    InfallibleOutcome [T] Result<T, Infallible>, Ready<Result<T, Infallible>>, T, Infallible, |outcome| ready(outcome), [];
    Outcome [T, E] Result<T, E>, Ready<Result<T, E>>, T, E, |outcome| ready(outcome), [];
    Value [X] X, Ready<Result<X, Infallible>>, X, Infallible, |value| ready(Ok(value)), [];
}

/// An element of a tuple. Whether all of them reject with `E` is left to the combinator to say, so that it is said once.
pub trait PartElement<X, E>: Copy {
    type Future;
    fn part(self, element: X, tag: Tag<E>) -> Self::Future;
}

macro_rules! part_without_reason {
    ($($kind:ty)*) => {$(
        impl<X, E> PartElement<X, E> for $kind
        where
            Self: Element<X, E>,
        {
            type Future = <Self as Element<X, E>>::Future;

            #[inline]
            fn part(self, element: X, tag: Tag<E>) -> Self::Future {
                self.element(element, tag)
            }
        }
    )*};
}

part_without_reason! { InfallibleFuture ValueFuture InfallibleOutcome Value }

impl<X: IntoFuture, E> PartElement<X, E> for FallibleFuture {
    type Future = X::IntoFuture;

    #[inline]
    fn part(self, element: X, _: Tag<E>) -> X::IntoFuture {
        element.into_future()
    }
}

impl<T, R, E> PartElement<Result<T, R>, E> for Outcome {
    type Future = Ready<Result<T, R>>;

    #[inline]
    fn part(self, element: Result<T, R>, _: Tag<E>) -> Self::Future {
        ready(element)
    }
}

/// A rejection whose fulfilment type the others decide.
#[inline]
pub fn rejected<T, E>(reason: E, _: Tag<T>) -> Result<T, E> {
    Err(reason)
}
