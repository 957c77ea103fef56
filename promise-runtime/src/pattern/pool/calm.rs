//! Waiting until a pool has nothing to do.

use super::Pool;
use super::state::Calm;
use crate::pattern::line::lock;
use core::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

/// Waits until a pool is calm: the future of [`Pool::on_idle`] and [`Pool::on_empty`].
///
/// Ready also if the pool has become busy again before this was polled. Cancel-safe: dropping it leaves nothing behind.
///
/// ```
/// # use promise_runtime::event_loop::{self, Clock};
/// # event_loop::run_with(Clock::Virtual, async {
/// use promise_runtime::{Pool, pattern::pool::UntilCalm};
///
/// let pool = Pool::new(1);
/// let (idle, empty): (UntilCalm, UntilCalm) = (pool.on_idle(), pool.on_empty());
/// // There is nothing to wait for.
/// idle.await;
/// empty.await;
/// # });
/// ```
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct UntilCalm {
    pool: Pool,
    calm: Calm,
    number: Option<u64>,
}

impl UntilCalm {
    pub(super) fn new(pool: Pool, calm: Calm) -> Self {
        Self {
            pool,
            calm,
            number: None,
        }
    }
}

impl Future for UntilCalm {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut waker = Some(cx.waker().clone());
        let mut state = lock(&this.pool.shared.state);
        if this.number.is_none() {
            this.number = state.await_calm(this.calm);
        }
        let waits = this
            .number
            .is_some_and(|number| state.watch_calm(number, &mut waker));
        drop(state);
        drop(waker);
        if waits {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }
}

impl Drop for UntilCalm {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let waker = lock(&self.pool.shared.state).stop_watching(number);
            drop(waker);
        }
    }
}

impl fmt::Debug for UntilCalm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Until{:?}", self.calm)
    }
}
