//! What an element of a combinator may be: the kinds of [`resolve`](crate::resolve), with two more for what cannot
//! reject, so that the others decide the rejection type.
//!
//! Each kind turns its element into a future whose output is a `Result`, of a concrete type.

use core::convert::Infallible;
use core::future::{Future, IntoFuture, Ready, ready};
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::reject::ConvertsTo;
use crate::resolve::{Fulfils, Probe, Tag};

macro_rules! kinds {
    ($($kind:ident $probe:ident [$($reference:tt)*] [$($generic:ident),*] $element:ty [$($bound:tt)*];)*) => {$(
        #[derive(Clone, Copy, Debug)]
        pub struct $kind;

        pub trait $probe {
            fn __element(&self) -> $kind;
        }

        impl<$($generic),*> $probe for $($reference)* Probe<$element>
        where
            $($bound)*
        {
            #[inline(always)]
            fn __element(&self) -> $kind {
                $kind
            }
        }
    )*};
}

kinds! {
    InfallibleFuture ProbeInfallibleFuture [&&&&&] [F, T] F [F: IntoFuture<Output = Result<T, Infallible>>];
    FallibleFuture ProbeFallibleFuture [&&&&] [F, T, E] F [F: IntoFuture<Output = Result<T, E>>];
    ValueFuture ProbeValueFuture [&&&] [F] F [F: IntoFuture];
    InfallibleOutcome ProbeInfallibleOutcome [&&] [T] Result<T, Infallible> [];
    Outcome ProbeOutcome [&] [T, E] Result<T, E> [];
    Value ProbeValue [] [T] T [];
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

/// A rejection whose fulfilment type the others decide.
#[inline]
pub fn rejected<T, E>(reason: E, _: Tag<T>) -> Result<T, E> {
    Err(reason)
}

/// The argument of a combinator that is no literal: an array, a tuple, or any iterator.
pub mod inputs {
    use core::marker::PhantomData;

    use super::{ConvertedElement, Element, OwnElement, Probe, Tag};

    #[derive(Clone, Copy, Debug)]
    pub struct Array;
    #[derive(Clone, Copy, Debug)]
    pub struct Iter;
    /// What is neither: a tuple, if it is any of them.
    #[derive(Clone, Copy, Debug)]
    pub struct Other<X>(PhantomData<fn() -> X>);
    #[derive(Clone, Copy, Debug)]
    pub struct Tuple;

    pub trait ProbeArray {
        fn __inputs(&self) -> Array;
    }

    impl<X, const N: usize> ProbeArray for &&Probe<[X; N]> {
        #[inline(always)]
        fn __inputs(&self) -> Array {
            Array
        }
    }

    /// Nothing is one without an allocator for the results.
    pub trait ProbeIter {
        fn __inputs(&self) -> Iter;
    }

    #[cfg(feature = "alloc")]
    impl<I: IntoIterator> ProbeIter for &Probe<I> {
        #[inline(always)]
        fn __inputs(&self) -> Iter {
            Iter
        }
    }

    pub trait ProbeTuple<X> {
        fn __inputs(&self) -> Other<X>;
    }

    impl<X> ProbeTuple<X> for Probe<X> {
        #[inline(always)]
        fn __inputs(&self) -> Other<X> {
            Other(PhantomData)
        }
    }

    /// Several promises may be in it.
    #[diagnostic::on_unimplemented(
        message = "`{X}` is one value, where several promises belong",
        label = "not a list of promises",
        note = "put the promises in brackets, `[a, b]`, or hand over an array or an iterator of them; one promise alone needs no combinator"
    )]
    pub trait Several<X> {}

    impl<X> Other<X>
    where
        Self: Several<X>,
    {
        #[inline(always)]
        pub fn __several(self) -> Tuple {
            Tuple
        }
    }

    impl Array {
        #[inline(always)]
        pub fn __several(self) -> Self {
            self
        }

        #[inline(always)]
        pub fn item<X, const N: usize>(self, _: &[X; N]) -> Probe<X> {
            Probe::new()
        }

        #[inline]
        pub fn elements<K: Element<X, E>, X, E, const N: usize>(
            self,
            kind: K,
            xs: [X; N],
            tag: Tag<E>,
        ) -> [K::Future; N] {
            xs.map(|element| kind.element(element, tag))
        }

        #[inline]
        pub fn converted<K: ConvertedElement<X, E>, X, E, const N: usize>(
            self,
            kind: K,
            xs: [X; N],
            tag: Tag<E>,
        ) -> [K::Future; N] {
            xs.map(|element| kind.converted(element, tag))
        }

        #[inline]
        pub fn own<K: OwnElement<X>, X, const N: usize>(
            self,
            kind: K,
            xs: [X; N],
        ) -> [K::Future; N] {
            xs.map(|element| kind.own(element))
        }
    }

    #[cfg(feature = "alloc")]
    impl Iter {
        #[inline(always)]
        pub fn __several(self) -> Self {
            self
        }

        #[inline(always)]
        pub fn item<I: IntoIterator>(self, _: &I) -> Probe<I::Item> {
            Probe::new()
        }

        #[inline]
        pub fn elements<K: Element<I::Item, E>, I: IntoIterator, E>(
            self,
            kind: K,
            xs: I,
            tag: Tag<E>,
        ) -> impl Iterator<Item = K::Future> {
            xs.into_iter()
                .map(move |element| kind.element(element, tag))
        }

        #[inline]
        pub fn converted<K: ConvertedElement<I::Item, E>, I: IntoIterator, E>(
            self,
            kind: K,
            xs: I,
            tag: Tag<E>,
        ) -> impl Iterator<Item = K::Future> {
            xs.into_iter()
                .map(move |element| kind.converted(element, tag))
        }

        #[inline]
        pub fn own<K: OwnElement<I::Item>, I: IntoIterator>(
            self,
            kind: K,
            xs: I,
        ) -> impl Iterator<Item = K::Future> {
            xs.into_iter().map(move |element| kind.own(element))
        }
    }

    /// A tuple's elements are futures of results already: there is no closure that takes all their types.
    impl Tuple {
        #[inline(always)]
        pub fn item<X>(self, _: &X) -> Probe<()> {
            Probe::new()
        }

        #[inline(always)]
        pub fn elements<K, X, E>(self, _: K, xs: X, _: Tag<E>) -> X {
            xs
        }

        #[inline(always)]
        pub fn converted<K, X, E>(self, _: K, xs: X, _: Tag<E>) -> X {
            xs
        }

        #[inline(always)]
        pub fn own<K, X>(self, _: K, xs: X) -> X {
            xs
        }
    }
}
