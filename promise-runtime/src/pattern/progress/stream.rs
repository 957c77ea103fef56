//! The updates as a stream.

use core::fmt;
use core::future::{Future, IntoFuture};
use core::pin::Pin;
use core::task::{Context, Poll};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::vec::Vec;

use futures_core::Stream;

use super::told::{ToldItem, ToldProgress};
use super::track::{Track, lock, track};
use super::{Progress, ProgressUpdate};

type Updates = Arc<Mutex<VecDeque<ProgressUpdate>>>;

/// Keeps the updates for a stream.
#[doc(hidden)]
#[derive(Debug)]
pub(super) struct Collect<P> {
    before: P,
    updates: Updates,
}

impl<P: ToldProgress> ToldProgress for Collect<P> {
    fn progress(&mut self, update: ProgressUpdate) {
        self.before.progress(update);
        lock(&self.updates).push_back(update);
    }
}

pub(super) fn stream<X, T, E, P, I>(
    progress: Progress<P, I>,
    promises: X,
) -> ProgressStream<<X::Item as IntoFuture>::IntoFuture, T, E, P, I>
where
    X: IntoIterator,
    X::Item: IntoFuture<Output = Result<T, E>>,
    P: ToldProgress,
    I: ToldItem<T, E>,
{
    let updates = Updates::default();
    let collecting = Progress {
        on_progress: Collect {
            before: progress.on_progress,
            updates: updates.clone(),
        },
        on_item: progress.on_item,
    };
    ProgressStream {
        state: State::Running(track(collecting, promises)),
        updates,
    }
}

/// The stream of [`Progress::stream`].
///
/// Cancel-safe: dropping it drops the promises.
///
/// Yields a [`ProgressUpdate`] for each promise that settles, then ends; also when it is polled again.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::Progress;
/// use std::{future::{poll_fn, ready}, pin::Pin};
/// use futures_core::Stream;
///
/// let mut updates = Progress::new().stream([ready(Ok::<u8, ()>(1)), ready(Err(()))]);
/// let mut percentages = Vec::new();
/// while let Some(update) = poll_fn(|cx| Pin::new(&mut updates).poll_next(cx)).await {
///     percentages.push(update.percentage);
/// }
/// assert_eq!(percentages, [50, 100]);
/// assert!(poll_fn(|cx| Pin::new(&mut updates).poll_next(cx)).await.is_none());
/// # });
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct ProgressStream<F, T, E, P, I> {
    state: State<F, T, E, P, I>,
    updates: Updates,
}

enum State<F, T, E, P, I> {
    Running(Track<F, T, E, Collect<P>, I>),
    Settled(Vec<Result<T, E>>),
}

impl<F, T, E, P, I> ProgressStream<F, T, E, P, I> {
    /// The outcomes, in input order; `None` before the stream has ended.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::{Progress, prelude::*};
    /// use std::future::ready;
    ///
    /// let early = Progress::new().stream([ready(Ok::<u8, ()>(1))]);
    /// assert_eq!(early.into_outcomes(), None);
    ///
    /// let mut updates = Progress::new().stream([ready(Ok::<u8, ()>(1))]);
    /// let Ok(_) = promise! { Promise.map(&mut updates, update => update.completed) }.await;
    /// assert_eq!(updates.into_outcomes(), Some(vec![Ok(1)]));
    /// # });
    /// ```
    #[must_use]
    pub fn into_outcomes(self) -> Option<Vec<Result<T, E>>> {
        match self.state {
            State::Running(_) => None,
            State::Settled(outcomes) => Some(outcomes),
        }
    }
}

impl<F, T, E, P, I> Stream for ProgressStream<F, T, E, P, I>
where
    F: Future<Output = Result<T, E>>,
    P: ToldProgress,
    I: ToldItem<T, E>,
{
    type Item = ProgressUpdate;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<ProgressUpdate>> {
        let this = self.get_mut();
        if let Some(update) = lock(&this.updates).pop_front() {
            return Poll::Ready(Some(update));
        }
        let State::Running(track) = &mut this.state else {
            return Poll::Ready(None);
        };
        let settled = Pin::new(track).poll(cx);
        if let Poll::Ready(Ok(outcomes)) = settled {
            this.state = State::Settled(outcomes);
        }
        match lock(&this.updates).pop_front() {
            None if matches!(this.state, State::Running(_)) => Poll::Pending,
            update => Poll::Ready(update),
        }
    }
}

/// The promises live on the heap, and nothing else is pinned.
impl<F, T, E, P, I> Unpin for ProgressStream<F, T, E, P, I> {}

impl<F, T, E, P, I> fmt::Debug for ProgressStream<F, T, E, P, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgressStream").finish_non_exhaustive()
    }
}
