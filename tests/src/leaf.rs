//! Futures that follow a script: pending so many times, then an outcome.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::Diary;

/// A future that is pending a number of times and then ready. It wakes its task each time, so it runs on any executor
/// and under [`settle`](crate::settle). It is `Send` and `Unpin` unless it is watched; polled after its end it panics.
#[derive(Debug)]
#[must_use]
pub struct Leaf<O> {
    pending: u32,
    output: Option<O>,
    forever: bool,
}

impl<O> Leaf<O> {
    /// Pending `count` times before it is ready.
    pub fn after(mut self, count: u32) -> Self {
        self.pending = count;
        self
    }

    /// Writes `poll NAME` and `drop NAME` into the diary, and counts as alive there.
    pub fn watched(self, diary: &Diary, name: &'static str) -> Watched<O> {
        diary.count(1);
        Watched {
            leaf: self,
            diary: diary.clone(),
            name,
        }
    }
}

/// Ready at once, with `Ok(value)`.
pub fn fulfil<T, E>(value: T) -> Leaf<Result<T, E>> {
    plain(Ok(value))
}

/// Ready at once, with `Err(reason)`.
pub fn reject<T, E>(reason: E) -> Leaf<Result<T, E>> {
    plain(Err(reason))
}

/// Ready at once, with `output`: a future of no `Result`, which cannot reject, if `output` is none.
pub fn plain<O>(output: O) -> Leaf<O> {
    Leaf {
        pending: 0,
        output: Some(output),
        forever: false,
    }
}

/// Never ready, and never woken.
pub fn never<T>() -> Leaf<Result<T, Infallible>> {
    Leaf {
        pending: 0,
        output: None,
        forever: true,
    }
}

impl<O: Unpin> Future for Leaf<O> {
    type Output = O;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<O> {
        if self.forever {
            return Poll::Pending;
        }
        if self.pending > 0 {
            self.pending -= 1;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.output.take().expect("a leaf is polled after its end"))
    }
}

/// A leaf whose polls and drop are written down.
#[derive(Debug)]
#[must_use]
pub struct Watched<O> {
    leaf: Leaf<O>,
    diary: Diary,
    name: &'static str,
}

impl<O: Unpin> Future for Watched<O> {
    type Output = O;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<O> {
        self.diary.write(format!("poll {}", self.name));
        Pin::new(&mut self.leaf).poll(context)
    }
}

impl<O> Drop for Watched<O> {
    fn drop(&mut self) {
        self.diary.count(-1);
        self.diary.write(format!("drop {}", self.name));
    }
}
