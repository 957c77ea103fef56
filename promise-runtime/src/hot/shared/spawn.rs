//! Starting a future on an executor.

use super::engine::Task;
use super::kind::Seat;
use crate::hot::{Promise, Reason};
use core::fmt;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::Arc;

/// A spawned future with its promise in one allocation.
pub(crate) trait SharedWork: Send + Sync {
    /// False once it is over. Never panics: a panic of the future is the promise's.
    fn poll(self: Arc<Self>, cx: &mut Context<'_>) -> bool;

    /// Says which task polls it.
    fn take_seat(&self, seat: Seat);

    /// The executor drops it. Does nothing if it is over.
    fn shut_down(self: Arc<Self>);
}

impl<T, E, F> SharedWork for Task<T, E, F>
where
    T: Send + Sync + 'static,
    E: Reason + Send + Sync + 'static,
    F: Future<Output = Result<T, E>> + Send + 'static,
{
    fn poll(self: Arc<Self>, cx: &mut Context<'_>) -> bool {
        Task::poll(self, cx)
    }

    fn take_seat(&self, seat: Seat) {
        Task::take_seat(self, seat);
    }

    fn shut_down(self: Arc<Self>) {
        Task::shut_down(&self);
    }
}

/// Starts `future` on the innermost executor that is entered here: tokio or an event loop.
///
/// Panics if there is none.
#[cfg(any(feature = "event_loop", feature = "tokio"))]
#[track_caller]
pub(crate) fn spawn<T, E, F>(future: F, place: &'static Location<'static>) -> Promise<T, E>
where
    T: Send + Sync + 'static,
    E: Reason + Send + Sync + 'static,
    F: Future<Output = Result<T, E>> + Send + 'static,
{
    #[cfg(feature = "tokio")]
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        let (view, task) = Task::create(future, place);
        let running = runtime.spawn(PromiseTask { work: task.clone() });
        task.take_seat(Seat::Tokio(running.abort_handle()));
        return Promise::from_view(view);
    }
    #[cfg(feature = "event_loop")]
    if crate::event_loop::entered() {
        let (view, task) = Task::create(future, place);
        crate::event_loop::spawn_shared(task);
        return Promise::from_view(view);
    }
    drop((future, place));
    crate::spawn::no_executor()
}

/// Makes the promise of `future` and the task that drives it, for any executor.
pub(crate) fn split<T, E, F>(
    future: F,
    place: &'static Location<'static>,
) -> (Promise<T, E>, PromiseTask)
where
    T: Send + Sync + 'static,
    E: Reason + Send + Sync + 'static,
    F: Future<Output = Result<T, E>> + Send + 'static,
{
    let (view, work) = Task::create(future, place);
    (Promise::from_view(view), PromiseTask { work })
}

/// The task of [`Chain::spawn_with`](crate::Chain::spawn_with): whoever polls it runs the chain.
///
/// It fulfils with nothing; the outcome goes to the promise. It never panics: a panic of the chain goes to the promise, too. Dropping it
/// before it is ready cancels the promise. After the promise was cancelled it is ready at its next poll.
#[must_use = "the promise does not settle unless somebody polls its task"]
pub struct PromiseTask {
    work: Arc<dyn SharedWork>,
}

impl Future for PromiseTask {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if Arc::clone(&self.work).poll(cx) {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }
}

impl Drop for PromiseTask {
    fn drop(&mut self) {
        Arc::clone(&self.work).shut_down();
    }
}

impl fmt::Debug for PromiseTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PromiseTask").finish_non_exhaustive()
    }
}
