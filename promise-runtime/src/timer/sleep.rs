//! The future that waits.

use super::TimerId;
use super::installed::installed;
use core::fmt;
use core::marker::PhantomPinned;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use pin_project_lite::pin_project;

#[cfg(feature = "event_loop")]
type LoopWait = crate::event_loop::Wait;
#[cfg(not(feature = "event_loop"))]
type LoopWait = super::absent::Absent;
#[cfg(feature = "tokio")]
type TokioSleep = tokio::time::Sleep;
#[cfg(not(feature = "tokio"))]
type TokioSleep = super::absent::Absent;
#[cfg(feature = "std")]
type Portable = futures_timer::Delay;
#[cfg(not(feature = "std"))]
type Portable = super::absent::Absent;

/// Waits for `duration`, counted from the first poll of the returned future.
///
/// In a chain that is the moment JavaScript would start the timer, since a step's future is polled as soon as the
/// chain reaches it. See [`Sleep`] for panics, drops and which timer is used.
///
/// ```
/// use promise_runtime::{delay, event_loop};
/// use std::time::Duration;
///
/// event_loop::run(async {
///     delay(Duration::from_millis(1)).await;
///     assert!(event_loop::now() >= Duration::from_millis(1));
/// });
/// ```
pub fn delay(duration: Duration) -> Sleep {
    Sleep {
        state: State::New {
            nanos: to_nanos(duration),
        },
        pinned: PhantomPinned,
    }
}

pin_project! {
    /// Waits; what [`delay`] returns.
    ///
    /// Which timer it uses is decided at the first poll, as the [module](crate::timer) says; it may move to another
    /// thread afterwards and keeps that timer. Once the time is up every further poll is ready at once.
    ///
    /// Cancel-safe: dropping it cancels the timer and leaves nothing behind. The wait is never shorter than
    /// the duration, and longer by what the timer's resolution adds (tokio: up to a millisecond); in a browser it is what `setTimeout` takes for it. On the event
    /// loop even an empty duration waits for one turn. Durations above 584 years count as 584 years.
    ///
    /// # Panics
    ///
    /// The first poll panics without `std` when no timer was installed with [`set_timer`](super::set_timer), and
    /// inside a tokio runtime that was built without `enable_time`. A later one panics when the event loop
    /// whose timer it uses is gone.
    ///
    /// ```
    /// use promise_runtime::{Sleep, delay, event_loop};
    /// use std::{pin::pin, time::Duration};
    ///
    /// let sleep: Sleep = delay(Duration::from_millis(1));
    /// event_loop::run(async {
    ///     let mut sleep = pin!(sleep);
    ///     sleep.as_mut().await;
    ///     sleep.await; // still ready
    /// });
    /// ```
    #[must_use = "futures do nothing unless polled"]
    pub struct Sleep {
        #[pin]
        state: State,
        // Without it the features would decide whether a `Sleep` is `Unpin`.
        #[pin]
        pinned: PhantomPinned,
    }
}

pin_project! {
    // Times are in nanoseconds and identifiers have 32 bits, so that a state fits in 16 bytes.
    #[project = StateProjection]
    enum State {
        New { nanos: u64 },
        EventLoop { wait: LoopWait },
        Tokio { #[pin] sleep: TokioSleep },
        Installed { id: u32, at: u64 },
        Portable { delay: Portable },
        Elapsed,
    }

    impl PinnedDrop for State {
        fn drop(this: Pin<&mut Self>) {
            if let StateProjection::Installed { id, .. } = this.project() {
                if let Some(timer) = installed() {
                    timer.cancel(TimerId::new(*id));
                }
            }
        }
    }
}

impl State {
    /// Starts the timer of the place this is polled in.
    fn start(nanos: u64, cx: &mut Context<'_>) -> Self {
        #[cfg(feature = "event_loop")]
        if let Some(wait) = LoopWait::start(nanos, cx.waker()) {
            return Self::EventLoop { wait };
        }
        let duration = Duration::from_nanos(nanos);
        #[cfg(feature = "tokio")]
        if tokio::runtime::Handle::try_current().is_ok() {
            return Self::Tokio {
                sleep: tokio::time::sleep(duration),
            };
        }
        if let Some(timer) = installed() {
            if duration.is_zero() {
                return Self::Elapsed;
            }
            let at = timer.now().saturating_add(duration);
            return Self::Installed {
                id: timer.wake_at(at, cx.waker()).get(),
                at: to_nanos(at),
            };
        }
        #[cfg(feature = "std")]
        return Self::Portable {
            delay: futures_timer::Delay::new(duration),
        };
        #[cfg(not(feature = "std"))]
        panic!("no timer to wait with: install one with `promise_runtime::timer::set_timer`");
    }

    /// The first poll.
    #[inline(never)]
    fn begin(mut self: Pin<&mut Self>, nanos: u64, cx: &mut Context<'_>) -> Poll<()> {
        let started = Self::start(nanos, cx);
        self.set(started);
        // These two have the waker already.
        if matches!(*self, Self::EventLoop { .. } | Self::Installed { .. }) {
            return Poll::Pending;
        }
        self.go_on(cx)
    }

    #[inline(never)]
    fn go_on(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let poll = self.as_mut().poll(cx);
        if poll.is_ready() {
            self.set(Self::Elapsed);
        }
        poll
    }

    /// Polls a timer that was started before.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.project() {
            StateProjection::EventLoop { wait } => wait.poll(cx.waker()),
            StateProjection::Tokio { sleep } => sleep.poll(cx),
            StateProjection::Installed { id, at } => {
                poll_installed(id, Duration::from_nanos(*at), cx)
            }
            StateProjection::Portable { delay } => Pin::new(delay).poll(cx),
            StateProjection::New { .. } | StateProjection::Elapsed => Poll::Ready(()),
        }
    }
}

fn poll_installed(id: &mut u32, at: Duration, cx: &mut Context<'_>) -> Poll<()> {
    // A timer cannot be taken away again, so it is there.
    let Some(timer) = installed() else {
        return Poll::Ready(());
    };
    if timer.now() >= at {
        return Poll::Ready(());
    }
    *id = timer.update(TimerId::new(*id), at, cx.waker()).get();
    Poll::Pending
}

fn to_nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.project().state;
        match state.as_mut().project() {
            StateProjection::New { nanos } => {
                let nanos = *nanos;
                state.begin(nanos, cx)
            }
            // Most polls: a combinator that is woken for one child polls the others, too.
            StateProjection::EventLoop { wait } if wait.waits_for(cx.waker()) => Poll::Pending,
            _ => state.go_on(cx),
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timer = match &self.state {
            State::New { nanos } => {
                return write!(f, "Sleep(new, {:?})", Duration::from_nanos(*nanos));
            }
            State::Elapsed => return f.write_str("Sleep(elapsed)"),
            State::EventLoop { .. } => "event loop",
            State::Tokio { .. } => "tokio",
            State::Installed { .. } => "installed timer",
            State::Portable { .. } => "portable timer",
        };
        write!(f, "Sleep(waiting, {timer})")
    }
}
