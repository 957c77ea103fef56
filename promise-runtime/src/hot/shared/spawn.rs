//! Starting a future on an executor.

#[cfg(feature = "tokio")]
use super::engine::task::NewSeat;
use super::engine::{DynWork, Task};
#[cfg(feature = "tokio")]
use super::kind::Seat;
use crate::hot::{Promise, Reason};
use crate::trace;
use core::fmt;
use core::mem::ManuallyDrop;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Poll};

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
        let (view, work) = Task::create(trace::future(future), place);
        drop(runtime.spawn(TokioTask {
            task: PromiseTask::new(work),
            begun: false,
        }));
        return Promise::from_view(view);
    }
    #[cfg(feature = "event_loop")]
    if crate::event_loop::entered() {
        let (view, task) = Task::create(trace::future(future), place);
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
    let (view, work) = Task::create(trace::future(future), place);
    (Promise::from_view(view), PromiseTask::new(work))
}

/// The task of [`Chain::spawn_with`](crate::Chain::spawn_with): whoever polls it runs the chain.
///
/// It fulfils with nothing; the outcome goes to the promise. It never panics: a panic of the chain goes to the promise, too. Dropping it
/// before it is ready cancels the promise. After the promise was cancelled it is ready at its next poll.
#[must_use = "the promise does not settle unless somebody polls its task"]
pub struct PromiseTask {
    work: ManuallyDrop<DynWork>,
    is_over: bool,
}

impl PromiseTask {
    fn new(work: DynWork) -> Self {
        Self {
            work: ManuallyDrop::new(work),
            is_over: false,
        }
    }

    #[inline]
    fn poll_with(&mut self, poll: impl FnOnce(&DynWork) -> bool) -> Poll<()> {
        self.is_over = !poll(&self.work);
        if self.is_over {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl Future for PromiseTask {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.get_mut().poll_with(|work| work.poll(cx))
    }
}

impl Drop for PromiseTask {
    fn drop(&mut self) {
        // SAFETY: it ends here, and this happens once.
        let work = unsafe { ManuallyDrop::take(&mut self.work) };
        if !self.is_over {
            work.shut_down();
        }
    }
}

/// The same as a task of tokio, which the promise can wake when it is cancelled.
#[cfg(feature = "tokio")]
struct TokioTask {
    task: PromiseTask,
    /// It was polled, so the promise knows whom to wake.
    begun: bool,
}

#[cfg(feature = "tokio")]
impl Future for TokioTask {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if this.begun {
            return this.task.poll_with(|work| work.poll(cx));
        }
        this.begun = true;
        let seat: NewSeat<'_> = &|waker| Seat::Tokio(waker.clone());
        this.task.poll_with(|work| work.begin(cx, seat))
    }
}

impl fmt::Debug for PromiseTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PromiseTask").finish_non_exhaustive()
    }
}
