//! The argument of a combinator that is no literal: an array, a tuple, or any iterator.
//!
//! What an element of a tuple is can be asked only where its type is known, which is in the expansion. That does not know how many there are, and
//! asks twelve times; who is not there says [`Missing`]. Where all elements have one type the first answer is theirs.

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
