//! Where the items of `map`, `filter`, `each` and `reduce` come from: an iterator, or (feature `stream`) a stream, decided by
//! type. Both are asked in the same words; where there is nothing to wait for, the wait cannot exist, and the compiler deletes it.

use core::convert::Infallible;
use core::marker::PhantomData;
use core::ops::Not;

#[cfg(feature = "stream")]
use {
    crate::combine::{FilterMapStream, MapStream},
    alloc::boxed::Box,
    core::pin::Pin,
    core::task::{Context, Poll},
    futures_core::Stream,
};
#[cfg(feature = "alloc")]
use {
    crate::combine::{FilterMapVec, MapVec, Room, known_length},
    alloc::vec::Vec,
    core::future::{Pending, pending},
};

use crate::resolve::{Never, Probe};

#[derive(Clone, Copy, Debug)]
pub struct IterKind;

#[derive(Clone, Copy, Debug)]
pub struct StreamKind;

pub trait ProbeItems {
    fn __items(&self) -> IterKind;
}

impl<I: IntoIterator> ProbeItems for &&Probe<I> {
    #[inline(always)]
    fn __items(&self) -> IterKind {
        IterKind
    }
}

/// Nothing is one without the feature.
pub trait ProbeStream {
    fn __items(&self) -> StreamKind;
}

#[cfg(feature = "stream")]
impl<S: Stream> ProbeStream for &Probe<S> {
    #[inline(always)]
    fn __items(&self) -> StreamKind {
        StreamKind
    }
}

/// What is neither.
#[derive(Clone, Copy, Debug)]
pub struct NoKind;

pub trait ProbeNoItems {
    fn __items(&self) -> NoKind;
}

impl<T> ProbeNoItems for Probe<T> {
    #[inline(always)]
    fn __items(&self) -> NoKind {
        NoKind
    }
}

/// Nothing that ends up with [`NoKind`] is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no items to go through",
    label = "neither an iterator nor a stream",
    note = "it takes whatever a `for` loop takes and, with the feature `stream`, a `Stream`"
)]
pub trait HasItems {}

/// The next item, or the wait for it, which generated code takes with the operator `!` (see [`Never`]).
#[derive(Debug)]
pub enum Next<T, L> {
    Now(Option<T>),
    Later(L),
}

/// The wait for an item that is there. Never constructed.
#[derive(Debug)]
pub struct NoItem<T>(Infallible, PhantomData<fn() -> T>);

impl<T> Not for NoItem<T> {
    type Output = Never<Option<T>>;

    #[inline(always)]
    fn not(self) -> Never<Option<T>> {
        match self.0 {}
    }
}

#[derive(Debug)]
pub struct IterItems<I>(I);

impl<I: Iterator> IterItems<I> {
    #[inline(always)]
    pub fn advance(&mut self) -> Next<I::Item, NoItem<I::Item>> {
        Next::Now(self.0.next())
    }

    /// Where the items may go: with room for all of them, if it is known how many there are.
    #[cfg(feature = "alloc")]
    #[inline]
    pub fn room(&self) -> Vec<I::Item> {
        let mut items = Vec::new();
        // One that claims more than there is memory for may be left early.
        let _ = items.try_reserve_exact(known_length(&self.0));
        items
    }
}

impl IterKind {
    #[inline(always)]
    pub fn begin<I: IntoIterator>(self, items: I) -> IterItems<I::IntoIter> {
        IterItems(items.into_iter())
    }
}

/// For the message only; what comes after it is of any type.
impl NoKind {
    pub fn begin<X: HasItems, T>(self, _: X) -> IterItems<core::iter::Empty<T>> {
        IterItems(core::iter::empty())
    }
}

/// A stream, on the heap so that it need not be pinned where it is asked.
#[cfg(feature = "stream")]
#[derive(Debug)]
pub struct StreamItems<S>(Pin<Box<S>>);

#[cfg(feature = "stream")]
impl<S: Stream> StreamItems<S> {
    #[inline]
    pub fn advance(&mut self) -> Next<S::Item, NextItem<'_, S>> {
        Next::Later(NextItem(self.0.as_mut()))
    }

    /// Where the items may go.
    #[inline]
    pub fn room(&self) -> Vec<S::Item> {
        Vec::new()
    }
}

/// Yields the next item of a stream.
#[cfg(feature = "stream")]
#[derive(Debug)]
pub struct NextItem<'a, S>(Pin<&'a mut S>);

#[cfg(feature = "stream")]
impl<S> Not for NextItem<'_, S> {
    type Output = Self;

    #[inline(always)]
    fn not(self) -> Self {
        self
    }
}

#[cfg(feature = "stream")]
impl<S: Stream> Future for NextItem<'_, S> {
    type Output = Option<S::Item>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll_next(cx)
    }
}

#[cfg(feature = "stream")]
impl StreamKind {
    #[inline]
    pub fn begin<S: Stream>(self, items: S) -> StreamItems<S> {
        StreamItems(Box::pin(items))
    }
}

/// The item, if it is to be kept.
#[cfg(feature = "alloc")]
#[inline(always)]
pub fn keep<T>(kept: bool, item: T) -> Option<T> {
    kept.then_some(item)
}

/// A function whose future may borrow the item that it looks at: no type stands for such futures.
pub trait ProbeAsynchronous {
    type Calls;
    fn __calls(&self) -> Self::Calls;
}

pub trait ProbeSynchronous {
    type Calls;
    fn __calls(&self) -> Self::Calls;
}

/// What the steps `map` and `filter` lower to.
#[cfg(feature = "alloc")]
macro_rules! concurrent {
    ($kind:ident: $Items:ident, $Map:ident, $FilterMap:ident, $items:ty, $Predicate:ident, $Asynchronous:ident) => {
        /// A function that says of the items of `I` whether to keep them, and may do so asynchronously.
        #[derive(Debug)]
        pub struct $Predicate<I, F>(PhantomData<fn(I) -> F>);

        #[derive(Clone, Copy, Debug)]
        pub struct $Asynchronous;

        impl<I: $Items, F: AsyncFn(&I::Item) -> P, P> ProbeAsynchronous for &$Predicate<I, F> {
            type Calls = $Asynchronous;

            #[inline(always)]
            fn __calls(&self) -> $Asynchronous {
                $Asynchronous
            }
        }

        impl<I, F> ProbeSynchronous for $Predicate<I, F> {
            type Calls = $kind;

            #[inline(always)]
            fn __calls(&self) -> $kind {
                $kind
            }
        }

        impl $Asynchronous {
            #[track_caller]
            pub fn filter_with<I, P, C, E>(
                self,
                items: I,
                room: Room,
                handler: impl AsyncFn(&I::Item) -> P,
                child: impl Fn(P) -> C,
            ) -> impl Future<Output = Result<Vec<I::Item>, E>>
            where
                I: $Items,
                C: Future<Output = Result<bool, E>>,
            {
                $kind.filter_async(items, room, handler, child)
            }
        }

        impl $kind {
            #[inline(always)]
            pub fn predicate<I: $Items, F>(self, _: &I, _: &F) -> $Predicate<I, F> {
                $Predicate(PhantomData)
            }

            #[track_caller]
            pub fn map<I, F, C, T, E>(self, items: I, room: Room, f: F) -> $Map<$items, F, C, T>
            where
                I: $Items,
                F: FnMut(I::Item) -> C,
                C: Future<Output = Result<T, E>>,
            {
                $Map::new(items, room, f)
            }

            #[track_caller]
            pub fn filter_map<I, F, C, T, E>(
                self,
                items: I,
                room: Room,
                f: F,
            ) -> $FilterMap<$items, F, C, T>
            where
                I: $Items,
                F: FnMut(I::Item) -> C,
                C: Future<Output = Result<Option<T>, E>>,
            {
                $FilterMap::new(items, room, f)
            }

            /// `handler` makes a product of an item, `child` a future of the product.
            #[track_caller]
            pub fn map_with<I, P, C, T, E>(
                self,
                items: I,
                room: Room,
                mut handler: impl FnMut(I::Item) -> P,
                mut child: impl FnMut(P) -> C,
            ) -> $Map<$items, impl FnMut(I::Item) -> C, C, T>
            where
                I: $Items,
                C: Future<Output = Result<T, E>>,
            {
                $Map::new(items, room, move |item| child(handler(item)))
            }

            /// The same for a handler that says of an item whether to keep it.
            #[track_caller]
            pub fn filter_with<I, P, C, E>(
                self,
                items: I,
                room: Room,
                mut handler: impl FnMut(&I::Item) -> P,
                mut child: impl FnMut(P) -> C,
            ) -> impl Future<Output = Result<Vec<I::Item>, E>>
            where
                I: $Items,
                C: Future<Output = Result<bool, E>>,
            {
                $FilterMap::new(items, room, move |item| {
                    let kept = child(handler(&item));
                    async move { Ok(keep(kept.await?, item)) }
                })
            }

            /// The same for an asynchronous handler, which may look at its item for as long as it takes.
            pub async fn filter_async<I, P, C, E>(
                self,
                items: I,
                room: Room,
                handler: impl AsyncFn(&I::Item) -> P,
                child: impl Fn(P) -> C,
            ) -> Result<Vec<I::Item>, E>
            where
                I: $Items,
                C: Future<Output = Result<bool, E>>,
            {
                let (handler, child) = (&handler, &child);
                $FilterMap::new(items, room, async move |item| {
                    let kept = child(handler(&item).await);
                    Ok(keep(kept.await?, item))
                })
                .await
            }
        }
    };
}

/// For the message only.
#[cfg(feature = "alloc")]
impl NoKind {
    pub fn map<X: HasItems, I, C, T, E>(
        self,
        _: X,
        _: Room,
        _: impl FnMut(I) -> C,
    ) -> Pending<Result<Vec<T>, E>>
    where
        C: Future<Output = Result<T, E>>,
    {
        pending()
    }

    pub fn filter_map<X: HasItems, I, C, T, E>(
        self,
        _: X,
        _: Room,
        _: impl FnMut(I) -> C,
    ) -> Pending<Result<Vec<T>, E>>
    where
        C: Future<Output = Result<Option<T>, E>>,
    {
        pending()
    }

    pub fn map_with<X: HasItems, I, P, C, T, E>(
        self,
        _: X,
        _: Room,
        _: impl FnMut(I) -> P,
        _: impl FnMut(P) -> C,
    ) -> Pending<Result<Vec<T>, E>>
    where
        C: Future<Output = Result<T, E>>,
    {
        pending()
    }

    #[inline(always)]
    pub fn predicate<X: HasItems, F>(self, _: &X, _: &F) -> Self {
        self
    }

    #[inline(always)]
    pub fn __calls(self) -> Self {
        self
    }

    pub fn filter_async<X: HasItems, I, P, C, E>(
        self,
        _: X,
        _: Room,
        _: impl AsyncFn(&I) -> P,
        _: impl Fn(P) -> C,
    ) -> Pending<Result<Vec<I>, E>>
    where
        C: Future<Output = Result<bool, E>>,
    {
        pending()
    }

    pub fn filter_with<X: HasItems, I, P, C, E>(
        self,
        _: X,
        _: Room,
        _: impl FnMut(&I) -> P,
        _: impl FnMut(P) -> C,
    ) -> Pending<Result<Vec<I>, E>>
    where
        C: Future<Output = Result<bool, E>>,
    {
        pending()
    }
}

#[cfg(feature = "alloc")]
concurrent!(IterKind: IntoIterator, MapVec, FilterMapVec, I::IntoIter, IterPredicate, IterAsynchronous);
#[cfg(feature = "stream")]
concurrent!(StreamKind: Stream, MapStream, FilterMapStream, I, StreamPredicate, StreamAsynchronous);
