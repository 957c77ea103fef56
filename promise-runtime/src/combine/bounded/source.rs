//! Where items come from: an iterator, which always has the next one, or a stream, which may not yet.

use core::task::{Context, Poll};

use super::{known_length, places::Places};
#[cfg(feature = "stream")]
use {
    super::Work,
    alloc::boxed::Box,
    core::{future::Future, pin::Pin},
    futures_core::Stream,
};

pub(in crate::combine) trait Source<C> {
    type Item;

    /// Whether it may be pending.
    const WAITS: bool;

    fn next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Self::Item>>;

    fn known_length(&self) -> usize;

    /// Puts a promise into a new place, as the last in order.
    fn add_place(places: &mut Places<C>, promise: C, item: usize);
}

pub(in crate::combine) struct FromIter<I>(pub(in crate::combine) I);

impl<I: Iterator, C> Source<C> for FromIter<I> {
    type Item = I::Item;

    const WAITS: bool = false;

    #[inline]
    fn next(&mut self, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }

    fn known_length(&self) -> usize {
        known_length(&self.0)
    }

    fn add_place(_: &mut Places<C>, _: C, _: usize) {
        unreachable!("the first poll has made as many places as there may be promises")
    }
}

#[cfg(feature = "stream")]
pub(in crate::combine) struct FromStream<S>(pub(in crate::combine) Pin<Box<S>>);

#[cfg(feature = "stream")]
impl<S: Stream, C> Source<Pin<Box<C>>> for FromStream<S> {
    type Item = S::Item;

    const WAITS: bool = true;

    fn next(&mut self, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.0.as_mut().poll_next(cx)
    }

    fn known_length(&self) -> usize {
        0
    }

    fn add_place(places: &mut Places<Pin<Box<C>>>, promise: Pin<Box<C>>, item: usize) {
        places.add(promise, item);
    }
}

/// Work whose promises can be moved about.
#[cfg(feature = "stream")]
pub(in crate::combine) struct Boxed<W>(pub(in crate::combine) W);

#[cfg(feature = "stream")]
impl<W, Item, C, T> Work<Item, Pin<Box<C>>, T> for Boxed<W>
where
    W: Work<Item, C, T>,
    C: Future,
{
    type Reason = W::Reason;

    const KEEPS_ALL: bool = W::KEEPS_ALL;

    fn start(&mut self, item: Item) -> Pin<Box<C>> {
        Box::pin(self.0.start(item))
    }

    fn judge(outcome: C::Output) -> Result<Option<T>, W::Reason> {
        W::judge(outcome)
    }
}
