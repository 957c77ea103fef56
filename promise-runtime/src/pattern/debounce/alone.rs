//! Every caller for itself: one runs, the others are superseded.

use super::{Times, now};
use crate::pattern::line::lock;
use crate::timer::delay;
use core::{
    fmt,
    future::{Future, poll_fn},
    pin::pin,
    task::{Poll, Waker},
    time::Duration,
};
use std::sync::Mutex;

/// The calls of a [`Debounce`](super::Debounce) whose callers are superseded by one another.
///
/// The third parameter of a [`Debounce`](super::Debounce) unless it is [shared](super::Debounce::shared); it need not be named.
///
/// ```
/// use promise_runtime::pattern::debounce::{Alone, Debounce, debounce};
/// use std::{future::{Ready, ready}, time::Duration};
///
/// type Save = fn(u32) -> Ready<Result<u32, String>>;
/// let save: Debounce<Save, u32, Alone> = debounce(Duration::ZERO, (|version| ready(Ok(version))) as Save);
/// let same_type: Debounce<Save, u32> = save;
/// # drop(same_type);
/// ```
#[derive(Default)]
pub struct Alone {
    numbers: u64,
    /// The call of this burst that waits, or, leading, has run.
    current: Option<Call>,
}

struct Call {
    number: u64,
    /// When the burst began.
    first: Duration,
    /// When it is over.
    end: Duration,
    waker: Option<Waker>,
}

impl Alone {
    /// Waits until a call may run; `None` if it is superseded. One that leads must say when it is [done](Current::done).
    pub(super) async fn turn(state: &Mutex<Self>, times: Times) -> Option<Option<Current<'_>>> {
        if times.leading {
            return Self::lead(state, times).map(Some);
        }
        let current = Self::follow(state, times);
        current.wait().await.then_some(None)
    }

    /// Begins a burst, unless one is under way, which this call prolongs.
    fn lead(state: &Mutex<Self>, times: Times) -> Option<Current<'_>> {
        let now = now();
        let this = &mut *lock(state);
        if let Some(call) = &mut this.current {
            if now < call.end {
                call.end = times.end(call.first, now);
                return None;
            }
        }
        let (number, _) = this.enter(now, now, times);
        Some(Current { state, number })
    }

    /// Takes the place of the call before.
    fn follow(state: &Mutex<Self>, times: Times) -> Current<'_> {
        let now = now();
        let (number, superseded) = {
            let this = &mut *lock(state);
            let first = this.current.as_ref().map_or(now, |call| call.first);
            this.enter(first, now, times)
        };
        if let Some(waker) = superseded {
            waker.wake();
        }
        Current { state, number }
    }

    fn enter(&mut self, first: Duration, now: Duration, times: Times) -> (u64, Option<Waker>) {
        self.numbers += 1;
        let call = Call {
            number: self.numbers,
            first,
            end: times.end(first, now),
            waker: None,
        };
        let former = self.current.replace(call);
        (self.numbers, former.and_then(|call| call.waker))
    }

    fn current(&mut self, number: u64) -> Option<&mut Call> {
        self.current.as_mut().filter(|call| call.number == number)
    }
}

/// A call that nothing has superseded yet; when it is dropped, its burst is over.
pub(super) struct Current<'a> {
    state: &'a Mutex<Alone>,
    number: u64,
}

impl Current<'_> {
    /// Waits for the end of the burst; false if another call comes first.
    async fn wait(&self) -> bool {
        loop {
            let now = now();
            let Some(end) = lock(self.state).current(self.number).map(|call| call.end) else {
                return false;
            };
            let mut sleep = pin!(delay(end.saturating_sub(now)));
            let in_time = poll_fn(|cx| {
                let mut waker = Some(cx.waker().clone());
                let current = match lock(self.state).current(self.number) {
                    Some(call) => {
                        core::mem::swap(&mut call.waker, &mut waker);
                        true
                    }
                    None => false,
                };
                drop(waker);
                if !current {
                    return Poll::Ready(false);
                }
                sleep.as_mut().poll(cx).map(|()| true)
            });
            if !in_time.await {
                return false;
            }
            if super::now() >= end {
                return true;
            }
        }
    }

    /// The run has ended well; the burst goes on without this call.
    pub(super) fn done(self) {
        core::mem::forget(self);
    }
}

impl Drop for Current<'_> {
    fn drop(&mut self) {
        let call = {
            let state = &mut *lock(self.state);
            let current = state.current(self.number).is_some();
            if current { state.current.take() } else { None }
        };
        drop(call);
    }
}

impl fmt::Debug for Alone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alone").finish_non_exhaustive()
    }
}
