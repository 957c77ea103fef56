//! Leaf futures of known sizes, and the parts of which one writes by hand what a chain does.
#![allow(dead_code, unused_macros, unused_imports)]

use promise_runtime::event_loop::{Clock, run_with};
use promise_runtime::{AggregateError, Sleep, TimeoutError, delay};
use std::fmt::{Debug, Display, Formatter};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// A small reason with nothing to drop.
#[derive(Debug, PartialEq, Clone, Copy)]
pub(crate) struct Reason(pub(crate) u64);

/// A large reason that has something to drop.
#[derive(Debug, PartialEq, Clone)]
pub(crate) struct Failure(pub(crate) String, pub(crate) [u8; 104]);

/// A large value that has something to drop.
#[derive(Debug, PartialEq, Clone)]
pub(crate) struct Text(pub(crate) String, pub(crate) [u8; 200]);

pub(crate) fn failure(text: &str) -> Failure {
    Failure(text.into(), [0; 104])
}

pub(crate) fn text(text: &str) -> Text {
    Text(text.into(), [0; 200])
}

impl From<TimeoutError> for Reason {
    fn from(_: TimeoutError) -> Self {
        Self(408)
    }
}

impl<const N: usize> From<AggregateError<[Self; N]>> for Reason {
    fn from(_: AggregateError<[Self; N]>) -> Self {
        Self(500)
    }
}

impl From<TimeoutError> for Failure {
    fn from(_: TimeoutError) -> Self {
        failure("late")
    }
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        failure(&reason.0.to_string())
    }
}

/// A future that carries `N` bytes, is pending once, and fulfils with its value.
pub(crate) struct Leaf<const N: usize> {
    value: u64,
    pending: bool,
    ballast: [u8; N],
}

impl<const N: usize> Leaf<N> {
    fn new(value: u64) -> Self {
        Self {
            value,
            pending: true,
            ballast: [0; N],
        }
    }
}

impl<const N: usize> Future for Leaf<N> {
    type Output = Result<u64, Reason>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if std::mem::take(&mut self.pending) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(check(self.value))
    }
}

/// Like most futures it has something to drop. Where a chain keeps what it has moved out of in parts, only that shows it.
impl<const N: usize> Drop for Leaf<N> {
    fn drop(&mut self) {
        std::hint::black_box(&self.ballast);
    }
}

pub(crate) fn small(value: u64) -> Leaf<0> {
    Leaf::new(value)
}

pub(crate) fn big(value: u64) -> Leaf<1024> {
    Leaf::new(value)
}

pub(crate) fn check(value: u64) -> Result<u64, Reason> {
    if value > 1000 {
        Err(Reason(value))
    } else {
        Ok(value)
    }
}

pub(crate) async fn load(text: Text) -> Result<Text, Failure> {
    big(1).await?;
    Ok(text)
}

pub(crate) async fn refuse(reason: Failure) -> Result<Text, Failure> {
    big(1).await?;
    Err(reason)
}

pub(crate) async fn copy(text: &Text) -> Result<Text, Failure> {
    big(1).await?;
    Ok(text.clone())
}

pub(crate) async fn mend(reason: Failure) -> Result<Text, Failure> {
    big(1).await?;
    Ok(text(&reason.0))
}

pub(crate) async fn log(_: &Failure) {
    let _ = big(1).await;
}

/// What `finally` is by hand: the function, and a destructor that calls it.
pub(crate) struct Guard<F: FnMut()>(pub(crate) F);

impl<F: FnMut()> Drop for Guard<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// The same for a clean-up that is awaited, or dropped unpolled. It stays where it is meanwhile: moved out of, it would be stored elsewhere.
pub(crate) struct CleanUp<F: FnOnce() -> P, P>(pub(crate) Option<F>);

impl<F: FnOnce() -> P, P> CleanUp<F, P> {
    pub(crate) fn begin(&mut self) -> P {
        let handler = self.0.take();
        handler.expect("a clean-up begins once")()
    }
}

impl<F: FnOnce() -> P, P> Drop for CleanUp<F, P> {
    fn drop(&mut self) {
        if let Some(handler) = self.0.take() {
            drop(handler());
        }
    }
}

/// What `timeout` is by hand, and in every library: a future beside a timer.
pub(crate) struct Timeout<F> {
    future: F,
    sleep: Sleep,
}

impl<F, T, E> Future for Timeout<F>
where
    F: Future<Output = Result<T, E>>,
    E: From<TimeoutError>,
{
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: both fields are pinned with the whole; nothing moves out of them.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: as above.
        if let Poll::Ready(outcome) = unsafe { Pin::new_unchecked(&mut this.future) }.poll(cx) {
            return Poll::Ready(outcome);
        }
        // SAFETY: as above.
        unsafe { Pin::new_unchecked(&mut this.sleep) }
            .poll(cx)
            .map(|()| Err(TimeoutError.into()))
    }
}

pub(crate) fn timeout<F>(future: F, duration: Duration) -> Timeout<F> {
    Timeout {
        future,
        sleep: delay(duration),
    }
}

/// `?` that leaves a block.
macro_rules! ok {
    ($label:lifetime $outcome:expr) => {
        match $outcome {
            Ok(value) => value,
            Err(reason) => break $label Err(reason),
        }
    };
}
pub(crate) use ok;

/// A chain is no larger than what one writes by hand, and comes to the same. `what` is for the message.
#[track_caller]
pub(crate) fn no_larger<C, H, T, E>(what: &str, chain: C, by_hand: H)
where
    C: Future<Output = Result<T, E>>,
    H: Future<Output = Result<T, E>>,
    T: PartialEq + Debug,
    E: PartialEq + Debug,
{
    let (size, best) = (size_of_val(&chain), size_of_val(&by_hand));
    println!("{what:<24} {size:>5} {best:>5}");
    assert!(size <= best, "{what}: {size} bytes, by hand {best}");
    let (outcome, expected) = (
        run_with(Clock::Virtual, chain),
        run_with(Clock::Virtual, by_hand),
    );
    assert_eq!(outcome, expected, "{what}");
}

/// One test for each `name: [chain] 'label { by hand }`: the chain alone, and under each step that wraps.
macro_rules! sizes {
    ($reason:ty; $($name:ident: [$($chain:tt)*] $label:lifetime { $($by_hand:tt)* })*) => {$(
        #[test]
        fn $name() {
            let ended = std::cell::Cell::new(0);
            let end = || ended.set(ended.get() + 1);
            no_larger(
                "alone",
                promise! { <_, $reason> $($chain)* },
                async { $label: { $($by_hand)* } },
            );
            no_larger(
                "finally",
                promise! { <_, $reason> $($chain)*.finally(|| ended.set(ended.get() + 1)) },
                async {
                    let _guard = Guard(end);
                    $label: { $($by_hand)* }
                },
            );
            no_larger(
                "finally with a future",
                promise! { <_, $reason> $($chain)*.finally(|| small(1)) },
                async {
                    let mut clean_up = CleanUp(Some(|| small(1)));
                    let outcome = $label: { $($by_hand)* };
                    clean_up.begin().await?;
                    outcome
                },
            );
            no_larger(
                "timeout",
                promise! { <_, $reason> $($chain)*.timeout(SECOND) },
                async { timeout(async { $label: { $($by_hand)* } }, SECOND).await },
            );
            no_larger(
                "retry",
                promise! { <_, $reason> $($chain)*.retry(3) },
                async {
                    let mut left = 3;
                    loop {
                        match $label: { $($by_hand)* } {
                            Ok(value) => break Ok(value),
                            Err(reason) => {
                                left -= 1;
                                if left == 0 {
                                    break Err(reason);
                                }
                            }
                        }
                    }
                },
            );
            no_larger(
                "timeout, retry, finally",
                promise! { <_, $reason> $($chain)*.timeout(SECOND).retry(3).finally(|| ended.set(ended.get() + 1)) },
                async {
                    let _guard = Guard(end);
                    let mut left = 3;
                    loop {
                        match timeout(async { $label: { $($by_hand)* } }, SECOND).await {
                            Ok(value) => break Ok(value),
                            Err(reason) => {
                                left -= 1;
                                if left == 0 {
                                    break Err(reason);
                                }
                            }
                        }
                    }
                },
            );
        }
    )*};
}
pub(crate) use sizes;
