//! `map`: a promise for each item, so many at a time.

use alloc::vec::Vec;
use core::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use super::bounded::{Bounded, Work};

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
    MapVec {
        machine: Bounded::new(items.into_iter(), limit),
        f,
    }
}

/// The future of [`map_iter`].
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct MapVec<I, F, C, T> {
    machine: Bounded<I, C, T>,
    f: F,
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
