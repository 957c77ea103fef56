//! What `map` and `filter` lower to, where the handler is called as it is.

use core::future::Future;

use crate::combine::{MapVec, filter_map_iter, map_iter};

/// Items at once.
pub const UNLIMITED: usize = usize::MAX;

/// `handler` makes a product of an item, `child` a future of the product.
#[track_caller]
pub fn map_with<I, P, C, T, E>(
    items: I,
    limit: usize,
    mut handler: impl FnMut(I::Item) -> P,
    mut child: impl FnMut(P) -> C,
) -> MapVec<I::IntoIter, impl FnMut(I::Item) -> C, C, T>
where
    I: IntoIterator,
    C: Future<Output = Result<T, E>>,
{
    map_iter(items, limit, move |item| child(handler(item)))
}

/// The same for a handler that says of an item whether to keep it.
#[track_caller]
pub fn filter_with<I, P, C, E>(
    items: I,
    limit: usize,
    mut handler: impl FnMut(&I::Item) -> P,
    mut child: impl FnMut(P) -> C,
) -> impl Future<Output = Result<alloc::vec::Vec<I::Item>, E>>
where
    I: IntoIterator,
    C: Future<Output = Result<bool, E>>,
{
    filter_map_iter(items, limit, move |item| {
        let kept = child(handler(&item));
        async move { Ok(keep(kept.await?, item)) }
    })
}

/// The item, if it is to be kept.
#[inline(always)]
pub fn keep<T>(kept: bool, item: T) -> Option<T> {
    kept.then_some(item)
}
