//! Where handlers and spawned futures run.

use super::engine::DynJob;
#[cfg(any(feature = "event_loop", feature = "tokio"))]
use super::kind::any_job;
#[cfg(any(feature = "event_loop", feature = "tokio"))]
use crate::hot::flat;
#[cfg(feature = "tokio")]
use core::pin::Pin;
#[cfg(feature = "tokio")]
use core::task::{Context, Poll};
#[cfg(feature = "event_loop")]
use std::sync::Arc;

/// The executor that was entered where `then` was called.
pub(crate) enum Home {
    #[cfg(feature = "event_loop")]
    Loop(Arc<crate::event_loop::Remote>),
    #[cfg(feature = "tokio")]
    Tokio(tokio::runtime::Handle),
    /// Never; but an enum without variants would make what follows unreachable.
    #[cfg(not(any(feature = "event_loop", feature = "tokio")))]
    Nowhere,
}

impl Home {
    /// The innermost executor that is entered here.
    ///
    /// Panics if there is none.
    #[track_caller]
    pub(crate) fn here() -> Self {
        // An event loop refuses to run inside tokio, so if both are entered tokio is the inner one.
        #[cfg(feature = "tokio")]
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            return Self::Tokio(runtime);
        }
        #[cfg(feature = "event_loop")]
        if let Some(remote) = crate::event_loop::remote() {
            return Self::Loop(remote);
        }
        crate::spawn::no_executor()
    }

    /// Whether it is the event loop whose queue is this thread's: so it is with most, and a job need not be held twice then.
    #[inline]
    pub(crate) fn is_here(&self) -> bool {
        match self {
            #[cfg(feature = "event_loop")]
            Self::Loop(remote) => remote.is_current(),
            #[cfg(feature = "tokio")]
            Self::Tokio(_) => false,
            #[cfg(not(any(feature = "event_loop", feature = "tokio")))]
            Self::Nowhere => false,
        }
    }

    /// Gives a job a turn where [`is_here`](Self::is_here) has said so.
    #[inline]
    pub(crate) fn push_here(job: DynJob, index: u32) {
        #[cfg(any(feature = "event_loop", feature = "tokio"))]
        crate::hot::jobs::push(crate::hot::jobs::Entry::Shared(job, index));
        #[cfg(not(any(feature = "event_loop", feature = "tokio")))]
        drop((job, index));
    }

    pub(crate) fn push(&self, job: DynJob, index: u32) {
        match self {
            #[cfg(feature = "event_loop")]
            Self::Loop(remote) => {
                if let Err(job) = remote.push(job, index) {
                    flat::cancel_job(any_job(job), index);
                }
            }
            #[cfg(feature = "tokio")]
            Self::Tokio(runtime) => {
                // A runtime that shuts down drops the task, which cancels the job.
                drop(runtime.spawn(Turn(Some((job, index)))));
            }
            #[cfg(not(any(feature = "event_loop", feature = "tokio")))]
            Self::Nowhere => drop((job, index)),
        }
    }
}

/// One handler's turn as a task of tokio.
#[cfg(feature = "tokio")]
struct Turn(Option<(DynJob, u32)>);

#[cfg(feature = "tokio")]
impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if let Some((job, index)) = self.0.take() {
            job.run(index);
        }
        Poll::Ready(())
    }
}

#[cfg(feature = "tokio")]
impl Drop for Turn {
    fn drop(&mut self) {
        if let Some((job, index)) = self.0.take() {
            flat::cancel_job(any_job(job), index);
        }
    }
}

/// The task that polls a spawned future.
pub(crate) enum Seat {
    #[cfg(feature = "event_loop")]
    Loop(Arc<crate::event_loop::Woken>, crate::event_loop::TaskId),
    /// By the waker of the task, which is polled once more then.
    #[cfg(feature = "tokio")]
    Tokio(core::task::Waker),
    /// Never, as above.
    #[cfg(not(any(feature = "event_loop", feature = "tokio")))]
    Nowhere,
}

impl Seat {
    /// The future is gone: the task may go too.
    pub(crate) fn give_up(&self) {
        match self {
            #[cfg(feature = "event_loop")]
            Self::Loop(woken, task) => woken.wake(*task),
            #[cfg(feature = "tokio")]
            Self::Tokio(task) => task.wake_by_ref(),
            #[cfg(not(any(feature = "event_loop", feature = "tokio")))]
            Self::Nowhere => {}
        }
    }
}
