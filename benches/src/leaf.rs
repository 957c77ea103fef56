//! The futures at the ends of every case: nothing to do, so that what is around them can be seen.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What people chain: a function of their own, which starts something and waits for it.
pub(crate) async fn request<const PENDING: bool>(value: u64) -> Result<u64, u32> {
    leaf::<PENDING>(value).await
}

/// Ready when first polled, or `Pending` once before, with a wake-up at once.
#[derive(Debug)]
pub(crate) struct Leaf<const PENDING: bool> {
    value: u64,
    waits: bool,
}

/// Fulfils with `value`. The compiler does not see that it never rejects.
#[inline(always)]
pub(crate) fn leaf<const PENDING: bool>(value: u64) -> Leaf<PENDING> {
    Leaf {
        value,
        waits: PENDING,
    }
}

impl<const PENDING: bool> Future for Leaf<PENDING> {
    type Output = Result<u64, u32>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if PENDING && self.waits {
            self.waits = false;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(black_box(Ok(self.value)))
    }
}
