//! Callers that are polled by hand: each counts how often it was woken.
#![allow(dead_code)]

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Somebody who awaits a future, in a task of its own.
pub(crate) struct Caller<F: Future> {
    future: Option<Pin<Box<F>>>,
    woken: Arc<Count>,
    seen: usize,
}

impl<F: Future> Caller<F> {
    pub(crate) fn new(future: F) -> Self {
        Self {
            future: Some(Box::pin(future)),
            woken: Arc::default(),
            seen: 0,
        }
    }

    /// Polls, if the future is still there; gives its output, after which it is gone.
    pub(crate) fn poll(&mut self) -> Option<F::Output> {
        self.seen = self.woken.0.load(Ordering::Relaxed);
        let waker = Waker::from(self.woken.clone());
        let future = self.future.as_mut()?;
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => {
                self.future = None;
                Some(output)
            }
            Poll::Pending => None,
        }
    }

    /// Whether it was woken since its last poll.
    pub(crate) fn is_woken(&self) -> bool {
        self.woken.0.load(Ordering::Relaxed) > self.seen
    }

    pub(crate) fn wakes(&self) -> usize {
        self.woken.0.load(Ordering::Relaxed)
    }

    /// How many references to its waker somebody else keeps.
    pub(crate) fn kept_wakers(&self) -> usize {
        Arc::strong_count(&self.woken) - 1
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.future.is_some()
    }

    pub(crate) fn drop_future(&mut self) {
        self.future = None;
    }
}
