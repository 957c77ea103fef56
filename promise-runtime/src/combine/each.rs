//! `each`: one item after the other.

use alloc::vec::Vec;
use core::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::{bounded::known_length, slots::Stage};

/// Makes a promise of each item, one after the other, and fulfils with the items, or rejects with the first reason.
///
/// The function looks at the item; its promise's value is ignored. The next item is taken from the iterator when the
/// promise before it has fulfilled, the first at the first poll. A rejection drops the items so far and the iterator, before it is reported. Of
/// nothing, it fulfils at once. No allocation but for the items. Panics when polled after it has settled. Cancel-safe: dropping
/// it drops everything it holds.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::combine::each_iter;
/// use std::cell::RefCell;
///
/// let log = RefCell::new(String::new());
/// let write = |&c: &char| {
///     log.borrow_mut().push(c);
///     async { Ok::<_, ()>(()) }
/// };
/// assert_eq!(each_iter("abc".chars(), write).await, Ok(vec!['a', 'b', 'c']));
/// assert_eq!(log.take(), "abc");
/// # });
/// ```
pub fn each_iter<I, F, C, T, E>(items: I, f: F) -> EachVec<I::IntoIter, F, C, I::Item>
where
    I: IntoIterator,
    F: FnMut(&I::Item) -> C,
    C: Future<Output = Result<T, E>>,
{
    let items = items.into_iter();
    EachVec {
        items: Some(items),
        f,
        promise: None,
        item: None,
        done: Vec::new(),
        stage: Stage::Idle,
    }
}

pin_project! {
    /// The future of [`each_iter`].
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct EachVec<I, F, C, Item> {
        items: Option<I>,
        f: F,
        #[pin]
        promise: Option<C>,
        item: Option<Item>,
        done: Vec<Item>,
        stage: Stage,
    }
}

impl<I, F, C, T, E> Future for EachVec<I, F, C, I::Item>
where
    I: Iterator,
    F: FnMut(&I::Item) -> C,
    C: Future<Output = Result<T, E>>,
{
    type Output = Result<Vec<I::Item>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        this.stage.begin();
        loop {
            if let Some(promise) = this.promise.as_mut().as_pin_mut() {
                let Poll::Ready(outcome) = promise.poll(cx) else {
                    *this.stage = Stage::Idle;
                    return Poll::Pending;
                };
                this.promise.set(None);
                if let Err(reason) = outcome {
                    *this.item = None;
                    *this.done = Vec::new();
                    *this.items = None;
                    *this.stage = Stage::Settled;
                    return Poll::Ready(Err(reason));
                }
                if this.done.is_empty() {
                    // One is done, and is no longer counted.
                    this.done
                        .reserve(1 + this.items.as_ref().map_or(0, known_length));
                }
                this.done.extend(this.item.take());
            }
            let Some(item) = this.items.as_mut().and_then(Iterator::next) else {
                *this.items = None;
                *this.stage = Stage::Settled;
                return Poll::Ready(Ok(mem::take(this.done)));
            };
            this.promise.set(Some((this.f)(&item)));
            *this.item = Some(item);
        }
    }
}

impl<I, F, C, Item> fmt::Debug for EachVec<I, F, C, Item> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EachVec").finish_non_exhaustive()
    }
}
