//! What an element of a combinator may be: the kinds of [`resolve`](crate::resolve), with two more for what cannot
//! reject, so that the others decide the rejection type.
//!
//! Each kind turns its element into a future whose output is a `Result`, of a concrete type.

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

/// The argument of a combinator that is no literal: an array, a tuple, or any iterator.
///
/// What an element of a tuple is can be asked only where its type is known, which is in the expansion. That does not know how many there are, and
/// asks twelve times; who is not there says [`Missing`](inputs::Missing). Where all elements have one type the first answer is theirs.
pub mod inputs {
    use core::marker::PhantomData;

    use super::{AskElement, ConvertedElement, Element, OwnElement, PartElement};
    use crate::resolve::{Probe, Tag};

    #[derive(Clone, Copy, Debug)]
    pub struct Array;
    #[derive(Clone, Copy, Debug)]
    pub struct Iter;
    /// Nothing that a combinator takes.
    #[derive(Clone, Copy, Debug)]
    pub struct Other<X>(PhantomData<fn() -> X>);
    #[derive(Clone, Copy, Debug)]
    pub struct Tuple;
    pub trait ProbeArray {
        fn __inputs(&self) -> Array;
    }

    impl<X, const N: usize> ProbeArray for &&&Probe<[X; N]> {
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
    impl<I: IntoIterator> ProbeIter for &&Probe<I> {
        #[inline(always)]
        fn __inputs(&self) -> Iter {
            Iter
        }
    }

    pub trait ProbeTuple {
        fn __inputs(&self) -> Tuple;
    }

    impl<X: Parts> ProbeTuple for &Probe<X> {
        #[inline(always)]
        fn __inputs(&self) -> Tuple {
            Tuple
        }
    }

    pub trait ProbeOther<X> {
        fn __inputs(&self) -> Other<X>;
    }

    impl<X> ProbeOther<X> for Probe<X> {
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

    /// There is no such element.
    #[derive(Clone, Copy, Debug)]
    pub struct Missing;

    impl Missing {
        #[inline(always)]
        pub fn __element(self) -> Self {
            self
        }
    }

    /// Twelve questions, of which the first is that.
    type Only<X> = (
        AskElement<X>,
        Missing,
        Missing,
        Missing,
        Missing,
        Missing,
        Missing,
        Missing,
        Missing,
        Missing,
        Missing,
        Missing,
    );

    #[inline(always)]
    const fn only<X>() -> Only<X> {
        (
            AskElement(PhantomData),
            Missing,
            Missing,
            Missing,
            Missing,
            Missing,
            Missing,
            Missing,
            Missing,
            Missing,
            Missing,
            Missing,
        )
    }

    impl Array {
        #[inline(always)]
        pub fn __several(self) -> Self {
            self
        }

        #[inline(always)]
        pub fn items<X, const N: usize>(self, _: &[X; N]) -> Only<X> {
            only()
        }

        #[inline]
        pub fn elements<K: Element<X, E>, R, X, E, const N: usize>(
            self,
            (kind, _): (K, R),
            xs: [X; N],
            tag: Tag<E>,
        ) -> [K::Future; N] {
            xs.map(|element| kind.element(element, tag))
        }

        #[inline]
        pub fn converted<K: ConvertedElement<X, E>, R, X, E, const N: usize>(
            self,
            (kind, _): (K, R),
            xs: [X; N],
            tag: Tag<E>,
        ) -> [K::Future; N] {
            xs.map(|element| kind.converted(element, tag))
        }

        #[inline]
        pub fn own<K: OwnElement<X>, R, X, const N: usize>(
            self,
            (kind, _): (K, R),
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
        pub fn items<I: IntoIterator>(self, _: &I) -> Only<I::Item> {
            only()
        }

        #[inline]
        pub fn elements<K: Element<I::Item, E>, R, I: IntoIterator, E>(
            self,
            (kind, _): (K, R),
            xs: I,
            tag: Tag<E>,
        ) -> impl Iterator<Item = K::Future> {
            xs.into_iter()
                .map(move |element| kind.element(element, tag))
        }

        #[inline]
        pub fn converted<K: ConvertedElement<I::Item, E>, R, I: IntoIterator, E>(
            self,
            (kind, _): (K, R),
            xs: I,
            tag: Tag<E>,
        ) -> impl Iterator<Item = K::Future> {
            xs.into_iter()
                .map(move |element| kind.converted(element, tag))
        }

        #[inline]
        pub fn own<K: OwnElement<I::Item>, R, I: IntoIterator>(
            self,
            (kind, _): (K, R),
            xs: I,
        ) -> impl Iterator<Item = K::Future> {
            xs.into_iter().map(move |element| kind.own(element))
        }
    }

    /// A tuple of 1 to 12.
    pub trait Parts {
        type Asked;
        fn ask() -> Self::Asked;
    }

    /// A tuple whose elements are of these kinds.
    pub trait Elements<K, E> {
        type Futures;
        fn elements(self, kinds: K, tag: Tag<E>) -> Self::Futures;
    }

    /// The same, where what they reject with converts.
    #[diagnostic::on_unimplemented(
        message = "not everything that the promises of this tuple reject with converts into the chain's `{E}`",
        label = "rejects with what does not convert",
        note = "implement `From` for it, or convert it before"
    )]
    pub trait ConvertedElements<K, E> {
        type Futures;
        fn converted(self, kinds: K, tag: Tag<E>) -> Self::Futures;
    }

    /// The same, each with its own rejection type.
    pub trait OwnElements<K> {
        type Futures;
        fn own(self, kinds: K) -> Self::Futures;
    }

    impl Tuple {
        #[inline(always)]
        pub fn __several(self) -> Self {
            self
        }

        #[inline(always)]
        pub fn items<X: Parts>(self, _: &X) -> X::Asked {
            X::ask()
        }

        #[inline]
        pub fn elements<K, X: Elements<K, E>, E>(self, kinds: K, xs: X, tag: Tag<E>) -> X::Futures {
            xs.elements(kinds, tag)
        }

        #[inline]
        pub fn converted<K, X: ConvertedElements<K, E>, E>(
            self,
            kinds: K,
            xs: X,
            tag: Tag<E>,
        ) -> X::Futures {
            xs.converted(kinds, tag)
        }

        #[inline]
        pub fn own<K, X: OwnElements<K>>(self, kinds: K, xs: X) -> X::Futures {
            xs.own(kinds)
        }
    }

    /// For each arity: the elements with their kinds and places; of the places after them, the kinds that are not looked at.
    macro_rules! tuples {
        ($(($($X:ident $K:ident $i:tt)+) ($K0:ident $($rest:ident)*) ($($missing:ident)*);)*) => {$(
            impl<$($X),+> Parts for ($($X,)+) {
                type Asked = ($(AskElement<$X>,)+ $($missing,)*);

                #[inline(always)]
                fn ask() -> Self::Asked {
                    ($(AskElement::<$X>(PhantomData),)+ $($missing,)*)
                }
            }

            #[diagnostic::do_not_recommend]
            impl<$($X,)+ $K0, $($rest,)* E> Elements<($K0, ($($rest,)*)), E> for ($($X,)+)
            where
                $($K: PartElement<$X, E>),+
            {
                type Futures = ($($K::Future,)+);

                #[inline]
                #[allow(non_snake_case, unused_variables, reason = "the kinds are named after their types")]
                fn elements(self, ($K0, ($($rest,)*)): ($K0, ($($rest,)*)), tag: Tag<E>) -> Self::Futures {
                    ($($K.part(self.$i, tag),)+)
                }
            }

            #[diagnostic::do_not_recommend]
            impl<$($X,)+ $K0, $($rest,)* E> ConvertedElements<($K0, ($($rest,)*)), E> for ($($X,)+)
            where
                $($K: ConvertedElement<$X, E>),+
            {
                type Futures = ($($K::Future,)+);

                #[inline]
                #[allow(non_snake_case, unused_variables, reason = "the kinds are named after their types")]
                fn converted(self, ($K0, ($($rest,)*)): ($K0, ($($rest,)*)), tag: Tag<E>) -> Self::Futures {
                    ($($K.converted(self.$i, tag),)+)
                }
            }

            #[diagnostic::do_not_recommend]
            impl<$($X,)+ $K0, $($rest,)*> OwnElements<($K0, ($($rest,)*))> for ($($X,)+)
            where
                $($K: OwnElement<$X>),+
            {
                type Futures = ($($K::Future,)+);

                #[inline]
                #[allow(non_snake_case, unused_variables, reason = "the kinds are named after their types")]
                fn own(self, ($K0, ($($rest,)*)): ($K0, ($($rest,)*))) -> Self::Futures {
                    ($($K.own(self.$i),)+)
                }
            }
        )*};
    }

    tuples! {
        (A K0 0) (K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11) (Missing Missing Missing Missing Missing Missing Missing Missing Missing Missing Missing);
        (A K0 0 B K1 1) (K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11) (Missing Missing Missing Missing Missing Missing Missing Missing Missing Missing);
        (A K0 0 B K1 1 C K2 2) (K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11) (Missing Missing Missing Missing Missing Missing Missing Missing Missing);
        (A K0 0 B K1 1 C K2 2 D K3 3) (K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11) (Missing Missing Missing Missing Missing Missing Missing Missing);
        (A K0 0 B K1 1 C K2 2 D K3 3 F K4 4) (K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11) (Missing Missing Missing Missing Missing Missing Missing);
        (A K0 0 B K1 1 C K2 2 D K3 3 F K4 4 G K5 5) (K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11) (Missing Missing Missing Missing Missing Missing);
        (A K0 0 B K1 1 C K2 2 D K3 3 F K4 4 G K5 5 H K6 6) (K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11) (Missing Missing Missing Missing Missing);
        (A K0 0 B K1 1 C K2 2 D K3 3 F K4 4 G K5 5 H K6 6 I K7 7) (K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11) (Missing Missing Missing Missing);
        (A K0 0 B K1 1 C K2 2 D K3 3 F K4 4 G K5 5 H K6 6 I K7 7 J K8 8) (K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11) (Missing Missing Missing);
        (A K0 0 B K1 1 C K2 2 D K3 3 F K4 4 G K5 5 H K6 6 I K7 7 J K8 8 K K9 9) (K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11) (Missing Missing);
        (A K0 0 B K1 1 C K2 2 D K3 3 F K4 4 G K5 5 H K6 6 I K7 7 J K8 8 K K9 9 L K10 10) (K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11) (Missing);
        (A K0 0 B K1 1 C K2 2 D K3 3 F K4 4 G K5 5 H K6 6 I K7 7 J K8 8 K K9 9 L K10 10 M K11 11) (K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11) ();
    }
}
