//! What `.timeout(…)` lowers to: one deadline, and every await below it raced against it.

use super::sleep::{Sleep, delay};
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use pin_project_lite::pin_project;

pin_project! {
    /// The time that the steps under one `.timeout(…)` share: a pinned local of the generated code.
    ///
    /// It starts with the first [`Within`] that has to wait; a chain whose steps are all ready sets no timer.
    #[derive(Debug)]
    pub struct Deadline {
        #[pin]
        sleep: Sleep,
    }
}

impl Deadline {
    /// A deadline `duration` after the first wait under it.
    pub fn new(duration: Duration) -> Self {
        Self {
            sleep: delay(duration),
        }
    }
}

/// Runs `future` until `deadline`: `None` when the time is up first.
///
/// The future goes first, so one that is ready when the time is up still wins, and the first poll of a step under
/// a deadline that has passed happens. Dropping it drops the future and leaves the deadline running.
pub fn within<F: IntoFuture>(future: F, deadline: Pin<&mut Deadline>) -> Within<'_, F::IntoFuture> {
    Within {
        deadline,
        future: future.into_future(),
    }
}

pin_project! {
    /// What [`within`] returns.
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Within<'a, F> {
        deadline: Pin<&'a mut Deadline>,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Within<'_, F> {
    type Output = Option<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Some(output));
        }
        this.deadline
            .as_mut()
            .project()
            .sleep
            .poll(cx)
            .map(|()| None)
    }
}
