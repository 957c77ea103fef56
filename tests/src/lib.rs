//! What the tests share: polling by hand, futures that follow a script, a diary, and a clock that takes no time.
//!
//! Everything here is deterministic. Nothing sleeps, and nothing depends on the order of threads.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use promise_runtime::event_loop::{self, Clock};

pub mod api;
pub mod diary;
pub mod leaf;

pub use diary::{Diary, Token};
pub use leaf::{Leaf, fulfil, never, plain, reject};

/// Polls once with a waker that does nothing.
pub fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls until the future is ready, without waking: the script's futures need no waker.
///
/// # Panics
///
/// After 10,000 polls: the future waits for something that the test forgot.
pub fn settle<F: IntoFuture>(future: F) -> F::Output {
    polls(future).0
}

/// Like [`settle`]; also says how many polls it took.
pub fn polls<F: IntoFuture>(future: F) -> (F::Output, u32) {
    let mut future = pin!(future.into_future());
    for count in 1..=10_000 {
        if let Poll::Ready(output) = poll_once(future.as_mut()) {
            return (output, count);
        }
    }
    panic!("still pending after 10,000 polls");
}

/// Polls `count` times, asserts that it is pending each time, and hands the future back: suspended, ready to be
/// dropped or polled on.
pub fn suspended<F: IntoFuture>(future: F, count: u32) -> Pin<Box<F::IntoFuture>> {
    let mut future = Box::pin(future.into_future());
    for _ in 0..count {
        assert!(poll_once(future.as_mut()).is_pending(), "settled too early");
    }
    future
}

/// Runs on an event loop whose clock jumps instead of waiting.
pub fn virtually<F: IntoFuture>(future: F) -> F::Output {
    event_loop::run_with(Clock::Virtual, future)
}

/// Like [`virtually`]; also says how much time went by on the loop's clock.
pub fn timed<F: IntoFuture>(future: F) -> (F::Output, Duration) {
    event_loop::run_with(Clock::Virtual, async {
        let output = future.await;
        (output, event_loop::now())
    })
}

/// `n` milliseconds.
pub const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Runs `f`, which must panic, and gives the message.
pub fn panic_message(f: impl FnOnce()) -> String {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).expect_err("no panic");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => (*panic.downcast::<&str>().expect("a message")).to_string(),
    }
}
