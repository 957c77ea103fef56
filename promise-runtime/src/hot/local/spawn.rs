//! Starting a future on this thread.

use super::engine::Task;
use super::kind::Seat;
#[cfg(feature = "event_loop")]
use crate::hot::TaskId;
use crate::hot::{LocalPromise, Reason};
use core::panic::Location;
use core::task::Context;
use std::rc::Rc;

/// A spawned future with its promise in one allocation.
pub(crate) trait LocalWork {
    /// False once it is over. Never panics: a panic of the future is the promise's.
    fn poll(self: Rc<Self>, cx: &mut Context<'_>) -> bool;

    /// Says which task polls it.
    #[cfg(feature = "event_loop")]
    fn take_seat(&self, task: TaskId);

    /// The executor drops it. Does nothing if it is over.
    fn shut_down(self: Rc<Self>);
}

impl<T, E, F> LocalWork for Task<T, E, F>
where
    T: 'static,
    E: Reason + 'static,
    F: Future<Output = Result<T, E>> + 'static,
{
    fn poll(self: Rc<Self>, cx: &mut Context<'_>) -> bool {
        Task::poll(self, cx)
    }

    #[cfg(feature = "event_loop")]
    fn take_seat(&self, task: TaskId) {
        Task::take_seat(self, Seat::Loop(task));
    }

    fn shut_down(self: Rc<Self>) {
        Task::shut_down(&self);
    }
}

/// Starts `future` on the event loop that runs on this thread, or else on the tokio `LocalSet`.
///
/// Panics if there is none.
#[track_caller]
pub(crate) fn spawn<T, E, F>(future: F, place: &'static Location<'static>) -> LocalPromise<T, E>
where
    T: 'static,
    E: Reason + 'static,
    F: Future<Output = Result<T, E>> + 'static,
{
    #[cfg(feature = "event_loop")]
    if crate::event_loop::entered() {
        let (view, task) = Task::create(future, place);
        crate::event_loop::spawn_local(task);
        return LocalPromise::from_view(view);
    }
    #[cfg(feature = "tokio")]
    if tokio::runtime::Handle::try_current().is_ok() {
        let (view, task) = Task::create(future, place);
        let driver = Driver(task.clone());
        task.take_seat(Seat::Tokio(tokio::task::spawn_local(driver).abort_handle()));
        return LocalPromise::from_view(view);
    }
    drop((future, place));
    crate::spawn::no_executor()
}

/// Polls a spawned future on a tokio `LocalSet`.
#[cfg(feature = "tokio")]
struct Driver(Rc<dyn LocalWork>);

#[cfg(feature = "tokio")]
impl Future for Driver {
    type Output = ();

    fn poll(self: core::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> core::task::Poll<()> {
        if self.0.clone().poll(cx) {
            core::task::Poll::Pending
        } else {
            core::task::Poll::Ready(())
        }
    }
}

#[cfg(feature = "tokio")]
impl Drop for Driver {
    fn drop(&mut self) {
        self.0.clone().shut_down();
    }
}
