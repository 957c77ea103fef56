//! `filter`: the items whose promise says so.

use alloc::vec::Vec;
use core::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::bounded::{Bounded, FromIter, Room, Work};
#[cfg(feature = "stream")]
use {
    super::bounded::{Boxed, FromStream},
    alloc::boxed::Box,
    futures_core::Stream,
};

/// Makes a promise of a `bool` for each item, and fulfils with the items for which it is `true`, in input order, or rejects
/// with the first reason.
///
/// Apart from what it fulfils with it is [`map_iter`](super::map_iter), and all that is said there holds here. A promise that borrows its
/// item cannot be made by a function of `&Item`; use [`filter_map_iter`] with a block that owns the item.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::combine::filter_iter;
///
/// async fn is_even(n: u32) -> Result<bool, String> {
///     Ok(n % 2 == 0)
/// }
///
/// assert_eq!(filter_iter(1..=9, 3, |&n| is_even(n)).await, Ok(vec![2, 4, 6, 8]));
/// # });
/// ```
#[track_caller]
pub fn filter_iter<I, F, C, E>(
    items: I,
    limit: usize,
    f: F,
) -> FilterVec<I::IntoIter, F, C, I::Item>
where
    I: IntoIterator,
    F: FnMut(&I::Item) -> C,
    C: Future<Output = Result<bool, E>>,
{
    FilterVec {
        machine: Bounded::new(FromIter(items.into_iter()), Room::AtOnce(limit)),
        f,
    }
}

/// Makes a promise of an `Option` of each item, and fulfils with what is in those that are `Some`, in input order, or
/// rejects with the first reason.
///
/// Apart from what it fulfils with it is [`map_iter`](super::map_iter), and all that is said there holds here.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::combine::filter_map_iter;
///
/// async fn is_short(text: &String) -> Result<bool, String> {
///     Ok(text.len() < 4)
/// }
///
/// let texts = ["tea", "water"].map(String::from);
/// let short = filter_map_iter(texts, 3, async |text| Ok::<_, String>(is_short(&text).await?.then_some(text)));
/// assert_eq!(short.await, Ok(vec!["tea".to_owned()]));
/// # });
/// ```
#[track_caller]
pub fn filter_map_iter<I, F, C, T, E>(
    items: I,
    limit: usize,
    f: F,
) -> FilterMapVec<I::IntoIter, F, C, T>
where
    I: IntoIterator,
    F: FnMut(I::Item) -> C,
    C: Future<Output = Result<Option<T>, E>>,
{
    FilterMapVec::new(items, Room::AtOnce(limit), f)
}

/// The future of [`filter_iter`].
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct FilterVec<I, F, C, Item> {
    machine: Bounded<FromIter<I>, Judging<C, Item>, Item>,
    f: F,
}

/// The future of [`filter_map_iter`].
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct FilterMapVec<I, F, C, T> {
    machine: Bounded<FromIter<I>, C, T>,
    f: F,
}

impl<I: Iterator, F, C: Future, T> FilterMapVec<I, F, C, T> {
    #[track_caller]
    pub(crate) fn new(items: impl IntoIterator<IntoIter = I>, room: Room, f: F) -> Self {
        FilterMapVec {
            machine: Bounded::new(FromIter(items.into_iter()), room),
            f,
        }
    }
}

pin_project! {
    // An item that waits for its judgement.
    struct Judging<C, Item> {
        #[pin]
        promise: C,
        item: Option<Item>,
    }
}

impl<C, Item, E> Future for Judging<C, Item>
where
    C: Future<Output = Result<bool, E>>,
{
    type Output = Result<Option<Item>, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let verdict = this.promise.poll(cx);
        verdict.map_ok(|keep| this.item.take().filter(|_| keep))
    }
}

struct Filter<'a, F>(&'a mut F);

impl<Item, F, C, E> Work<Item, Judging<C, Item>, Item> for Filter<'_, F>
where
    F: FnMut(&Item) -> C,
    C: Future<Output = Result<bool, E>>,
{
    type Reason = E;

    const KEEPS_ALL: bool = false;

    fn start(&mut self, item: Item) -> Judging<C, Item> {
        Judging {
            promise: (self.0)(&item),
            item: Some(item),
        }
    }

    fn judge(outcome: Result<Option<Item>, E>) -> Result<Option<Item>, E> {
        outcome
    }
}

struct FilterMap<'a, F>(&'a mut F);

impl<Item, F, C, T, E> Work<Item, C, T> for FilterMap<'_, F>
where
    F: FnMut(Item) -> C,
    C: Future<Output = Result<Option<T>, E>>,
{
    type Reason = E;

    const KEEPS_ALL: bool = false;

    fn start(&mut self, item: Item) -> C {
        (self.0)(item)
    }

    fn judge(outcome: Result<Option<T>, E>) -> Result<Option<T>, E> {
        outcome
    }
}

impl<I, F, C, E> Future for FilterVec<I, F, C, I::Item>
where
    I: Iterator,
    F: FnMut(&I::Item) -> C,
    C: Future<Output = Result<bool, E>>,
{
    type Output = Result<Vec<I::Item>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.machine.poll(&mut Filter(&mut this.f), cx)
    }
}

impl<I, F, C, T, E> Future for FilterMapVec<I, F, C, T>
where
    I: Iterator,
    F: FnMut(I::Item) -> C,
    C: Future<Output = Result<Option<T>, E>>,
{
    type Output = Result<Vec<T>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.machine.poll(&mut FilterMap(&mut this.f), cx)
    }
}

/// The promises live on the heap, and nothing else is pinned.
impl<I, F, C, Item> Unpin for FilterVec<I, F, C, Item> {}

/// The promises live on the heap, and nothing else is pinned.
impl<I, F, C, T> Unpin for FilterMapVec<I, F, C, T> {}

impl<I, F, C, Item> fmt::Debug for FilterVec<I, F, C, Item> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilterVec").finish_non_exhaustive()
    }
}

impl<I, F, C, T> fmt::Debug for FilterMapVec<I, F, C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilterMapVec").finish_non_exhaustive()
    }
}

/// `filter` over a stream.
#[cfg(feature = "stream")]
#[must_use = "futures do nothing unless you `.await` or poll them"]
#[doc(hidden)]
pub struct FilterMapStream<S, F, C, T> {
    machine: Bounded<FromStream<S>, Pin<Box<C>>, T>,
    f: F,
}

#[cfg(feature = "stream")]
impl<S: Stream, F, C: Future, T> FilterMapStream<S, F, C, T> {
    #[track_caller]
    pub(crate) fn new(items: S, room: Room, f: F) -> Self {
        FilterMapStream {
            machine: Bounded::new(FromStream(Box::pin(items)), room),
            f,
        }
    }
}

#[cfg(feature = "stream")]
impl<S, F, C, T, E> Future for FilterMapStream<S, F, C, T>
where
    S: Stream,
    F: FnMut(S::Item) -> C,
    C: Future<Output = Result<Option<T>, E>>,
{
    type Output = Result<Vec<T>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.machine.poll(&mut Boxed(FilterMap(&mut this.f)), cx)
    }
}

/// The stream and the promises live on the heap, and nothing else is pinned.
#[cfg(feature = "stream")]
impl<S, F, C, T> Unpin for FilterMapStream<S, F, C, T> {}

#[cfg(feature = "stream")]
impl<S, F, C, T> fmt::Debug for FilterMapStream<S, F, C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilterMapStream").finish_non_exhaustive()
    }
}
