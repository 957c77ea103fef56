//! The promises, each of which reports when it settles.

use core::convert::Infallible;
use core::fmt;
use core::future::{Future, IntoFuture};
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec::Vec;

use pin_project_lite::pin_project;

use super::told::{ToldItem, ToldProgress};
use super::{Progress, ProgressUpdate};
use crate::combine::{AllSettledVec, all_settled_iter};

/// Who is told. The lock is for the compiler: children are polled one after the other, within one poll of what holds them.
struct Told<P, I> {
    total: usize,
    completed: usize,
    on_progress: P,
    on_item: I,
}

pin_project! {
    #[doc(hidden)]
    pub struct Tracked<F, P, I> {
        #[pin]
        promise: F,
        index: usize,
        told: Arc<Mutex<Told<P, I>>>,
    }
}

impl<F, T, E, P, I> Future for Tracked<F, P, I>
where
    F: Future<Output = Result<T, E>>,
    P: ToldProgress,
    I: ToldItem<T, E>,
{
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Poll::Ready(outcome) = this.promise.poll(cx) else {
            return Poll::Pending;
        };
        let told = &mut *lock(this.told);
        told.completed += 1;
        told.on_item.item(*this.index, &outcome);
        told.on_progress
            .progress(ProgressUpdate::new(told.completed, told.total));
        Poll::Ready(outcome)
    }
}

/// After a panic of the user's closure the combinator is not polled on.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn track<X, T, E, P, I>(
    progress: Progress<P, I>,
    promises: X,
) -> Track<<X::Item as IntoFuture>::IntoFuture, T, E, P, I>
where
    X: IntoIterator,
    X::Item: IntoFuture<Output = Result<T, E>>,
    P: ToldProgress,
    I: ToldItem<T, E>,
{
    let promises: Vec<_> = promises.into_iter().map(IntoFuture::into_future).collect();
    let told = Arc::new(Mutex::new(Told {
        total: promises.len(),
        completed: 0,
        on_progress: progress.on_progress,
        on_item: progress.on_item,
    }));
    let children = promises
        .into_iter()
        .enumerate()
        .map(move |(index, promise)| Tracked {
            promise,
            index,
            told: told.clone(),
        });
    Track {
        all: all_settled_iter(children),
    }
}

/// The future of [`Progress::track`].
///
/// Fulfils with the outcomes and never rejects. Dropped, it drops the promises; the closures hear no more.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::Progress;
/// use std::{cell::Cell, future::{pending, poll_fn, ready}, pin::pin, task::Poll};
///
/// let told = Cell::new(0);
/// {
///     let progress = Progress::new().on_progress(|update| told.set(update.completed));
///     let promises: [std::pin::Pin<Box<dyn Future<Output = Result<u8, ()>>>>; 2] = [Box::pin(ready(Ok(1))), Box::pin(pending())];
///     let mut both = pin!(progress.track(promises));
///     poll_fn(|cx| { assert!(both.as_mut().poll(cx).is_pending()); Poll::Ready(()) }).await;
/// }
/// assert_eq!(told.get(), 1);
/// # });
/// ```
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Track<F, T, E, P, I> {
    all: AllSettledVec<Tracked<F, P, I>, Result<T, E>>,
}

impl<F, T, E, P, I> Future for Track<F, T, E, P, I>
where
    F: Future<Output = Result<T, E>>,
    P: ToldProgress,
    I: ToldItem<T, E>,
{
    type Output = Result<Vec<Result<T, E>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.all).poll(cx)
    }
}

/// The promises live on the heap, and nothing else is pinned.
impl<F, T, E, P, I> Unpin for Track<F, T, E, P, I> {}

impl<F, T, E, P, I> fmt::Debug for Track<F, T, E, P, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Track").finish_non_exhaustive()
    }
}
