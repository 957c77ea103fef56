//! Starting a future on this thread.

#[cfg(feature = "tokio")]
use super::engine::DynWork;
use super::engine::Task;
#[cfg(feature = "tokio")]
use super::kind::Seat;
use crate::hot::{LocalPromise, Reason};
use crate::trace;
#[cfg(feature = "tokio")]
use core::mem::ManuallyDrop;
use core::panic::Location;
#[cfg(feature = "tokio")]
use core::task::{Context, Poll};

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
        let (view, task) = Task::create(trace::future(future), place);
        crate::event_loop::spawn_local(task);
        return LocalPromise::from_view(view);
    }
    #[cfg(feature = "tokio")]
    if tokio::runtime::Handle::try_current().is_ok() {
        let (view, task) = Task::create(trace::future(future), place);
        crate::spawn::on_local_set(Driver {
            work: ManuallyDrop::new(task),
            begun: false,
        });
        return LocalPromise::from_view(view);
    }
    drop((future, place));
    crate::spawn::no_executor()
}

/// Polls a spawned future on a tokio `LocalSet`.
#[cfg(feature = "tokio")]
struct Driver {
    work: ManuallyDrop<DynWork>,
    /// It was polled, so the promise knows whom to wake when it is cancelled.
    begun: bool,
}

#[cfg(feature = "tokio")]
impl Future for Driver {
    type Output = ();

    fn poll(mut self: core::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let pending = if self.begun {
            self.work.poll(cx)
        } else {
            self.begun = true;
            self.work.begin(cx, &|waker| Seat::Tokio(waker.clone()))
        };
        if pending {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }
}

#[cfg(feature = "tokio")]
impl Drop for Driver {
    fn drop(&mut self) {
        // SAFETY: it ends here, and this happens once.
        unsafe { ManuallyDrop::take(&mut self.work) }.shut_down();
    }
}
