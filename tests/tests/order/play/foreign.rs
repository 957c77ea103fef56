//! Wakers that are not the loop's own.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

/// Polls a future with a new waker each time, which wakes the one of whoever polls this.
pub(super) struct Foreign<F>(Pin<Box<F>>);

pub(super) fn foreign<F: IntoFuture>(future: F) -> Foreign<F::IntoFuture> {
    Foreign(Box::pin(future.into_future()))
}

impl<F: Future> Future for Foreign<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let waker = Waker::from(Arc::new(Forward(cx.waker().clone())));
        self.0.as_mut().poll(&mut Context::from_waker(&waker))
    }
}

struct Forward(Waker);

impl Wake for Forward {
    fn wake(self: Arc<Self>) {
        self.0.wake_by_ref();
    }
}
