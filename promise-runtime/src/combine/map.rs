//! `map`: a promise for each item, so many at a time.

use alloc::vec::Vec;
use core::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use super::bounded::{Bounded, FromIter, Room, Work};
#[cfg(feature = "stream")]
use {
    super::bounded::{Boxed, FromStream},
    alloc::boxed::Box,
    futures_core::Stream,
};

/// Makes a promise of each item, and fulfils with their values in input order, or rejects with the first reason.
///
/// At most `limit` promises run at a time; `usize::MAX` is no limit. An item is taken from the iterator when there is room for its promise and not
/// before, the first of them at the first poll, so what is in memory are the values and `limit` promises. The first rejection drops the
/// promises that are running, the values so far, and the iterator, before it is reported; of two that reject in one poll the earlier item counts.
/// Of nothing, it fulfils at once. Panics at the call if `limit` is 0, and when polled after it has settled. Cancel-safe:
/// dropping it drops everything it holds. The [module](super) says what all combinators keep to.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::combine::map_iter;
///
/// async fn price(of: &str) -> Result<usize, String> {
///     if of == "moon" { Err(format!("no price for the {of}")) } else { Ok(of.len()) }
/// }
///
/// assert_eq!(map_iter(["tea", "water"], 8, price).await, Ok(vec![3, 5]));
/// assert_eq!(map_iter(["tea", "moon"], 1, price).await, Err("no price for the moon".to_owned()));
/// # });
/// ```
#[track_caller]
pub fn map_iter<I, F, C, T, E>(items: I, limit: usize, f: F) -> MapVec<I::IntoIter, F, C, T>
where
    I: IntoIterator,
    F: FnMut(I::Item) -> C,
    C: Future<Output = Result<T, E>>,
{
    MapVec::new(items, Room::AtOnce(limit), f)
}

/// Like [`map_iter`], in batches: `size` promises start, and the next ones when all of these have settled.
///
/// What is in memory are the values and one batch. Slower than a limit of the same size wherever promises take different times; for services that want their
/// requests in bundles, and for work whose parts belong together. Panics at the call if `size` is 0.
///
/// ```
/// # promise_runtime::event_loop::run_with(promise_runtime::event_loop::Clock::Virtual, async {
/// use promise_runtime::{combine::map_batches, delay, event_loop::now};
/// use std::time::Duration;
///
/// let started = async |seconds| {
///     let started = now().as_secs();
///     delay(Duration::from_secs(seconds)).await;
///     Ok::<_, ()>(started)
/// };
/// assert_eq!(map_batches([1, 5, 1, 1, 1], 2, started).await, Ok(vec![0, 0, 5, 5, 6]));
/// # });
/// ```
#[track_caller]
pub fn map_batches<I, F, C, T, E>(items: I, size: usize, f: F) -> MapVec<I::IntoIter, F, C, T>
where
    I: IntoIterator,
    F: FnMut(I::Item) -> C,
    C: Future<Output = Result<T, E>>,
{
    MapVec::new(items, Room::Batches(size), f)
}

/// The future of [`map_iter`] and [`map_batches`].
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct MapVec<I, F, C, T> {
    machine: Bounded<FromIter<I>, C, T>,
    f: F,
}

impl<I: Iterator, F, C: Future, T> MapVec<I, F, C, T> {
    #[track_caller]
    pub(crate) fn new(items: impl IntoIterator<IntoIter = I>, room: Room, f: F) -> Self {
        MapVec {
            machine: Bounded::new(FromIter(items.into_iter()), room),
            f,
        }
    }
}

struct Map<'a, F>(&'a mut F);

impl<Item, F, C, T, E> Work<Item, C, T> for Map<'_, F>
where
    F: FnMut(Item) -> C,
    C: Future<Output = Result<T, E>>,
{
    type Reason = E;

    const KEEPS_ALL: bool = true;

    fn start(&mut self, item: Item) -> C {
        (self.0)(item)
    }

    fn judge(outcome: Result<T, E>) -> Result<Option<T>, E> {
        outcome.map(Some)
    }
}

impl<I, F, C, T, E> Future for MapVec<I, F, C, T>
where
    I: Iterator,
    F: FnMut(I::Item) -> C,
    C: Future<Output = Result<T, E>>,
{
    type Output = Result<Vec<T>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.machine.poll(&mut Map(&mut this.f), cx)
    }
}

/// The promises live on the heap, and nothing else is pinned.
impl<I, F, C, T> Unpin for MapVec<I, F, C, T> {}

impl<I, F, C, T> fmt::Debug for MapVec<I, F, C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapVec").finish_non_exhaustive()
    }
}

/// `map` over a stream.
#[cfg(feature = "stream")]
#[must_use = "futures do nothing unless you `.await` or poll them"]
#[doc(hidden)]
pub struct MapStream<S, F, C, T> {
    machine: Bounded<FromStream<S>, Pin<Box<C>>, T>,
    f: F,
}

#[cfg(feature = "stream")]
impl<S: Stream, F, C: Future, T> MapStream<S, F, C, T> {
    #[track_caller]
    pub(crate) fn new(items: S, room: Room, f: F) -> Self {
        MapStream {
            machine: Bounded::new(FromStream(Box::pin(items)), room),
            f,
        }
    }
}

#[cfg(feature = "stream")]
impl<S, F, C, T, E> Future for MapStream<S, F, C, T>
where
    S: Stream,
    F: FnMut(S::Item) -> C,
    C: Future<Output = Result<T, E>>,
{
    type Output = Result<Vec<T>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.machine.poll(&mut Boxed(Map(&mut this.f)), cx)
    }
}

/// The stream and the promises live on the heap, and nothing else is pinned.
#[cfg(feature = "stream")]
impl<S, F, C, T> Unpin for MapStream<S, F, C, T> {}

#[cfg(feature = "stream")]
impl<S, F, C, T> fmt::Debug for MapStream<S, F, C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapStream").finish_non_exhaustive()
    }
}
