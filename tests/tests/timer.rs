//! `delay` and where it takes its time from.

use futures::{FutureExt, poll, select};
use promise_runtime::event_loop::{self, Clock, EventLoop};
use promise_runtime::timer::{Deadline, Nested, Within};
use promise_runtime::{Sleep, delay};
use std::panic::catch_unwind;
use std::pin::pin;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(60 * 60);

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime")
}

#[test]
fn a_sleep_and_what_holds_one_can_move_to_another_thread() {
    fn send_sync<T: Send + Sync>() {}
    send_sync::<Sleep>();
    send_sync::<Deadline>();
    send_sync::<Nested<'_, 2>>();
    send_sync::<Within<'_, (), Nested<'_, 2>>>();
}

#[test]
fn without_a_runtime_the_portable_timer_waits() {
    let sleep = delay(MS);
    assert_eq!(format!("{sleep:?}"), "Sleep(new, 1ms)");
    futures::executor::block_on(async {
        let mut sleep = pin!(sleep);
        sleep.as_mut().await;
        assert_eq!(format!("{sleep:?}"), "Sleep(elapsed)");
        let mut dropped = Box::pin(delay(HOUR));
        assert!(poll!(&mut dropped).is_pending());
        assert_eq!(format!("{dropped:?}"), "Sleep(waiting, portable timer)");
    });
}

#[test]
fn tokio_can_pause_it() {
    runtime().block_on(async {
        let start = tokio::time::Instant::now();
        let mut sleep = pin!(delay(HOUR));
        assert!(poll!(&mut sleep).is_pending());
        assert_eq!(format!("{sleep:?}"), "Sleep(waiting, tokio)");
        sleep.await;
        assert!(start.elapsed() >= HOUR && start.elapsed() < HOUR + 2 * MS);
    });
}

#[test]
fn time_counts_from_the_first_poll() {
    runtime().block_on(async {
        let sleep = delay(HOUR);
        tokio::time::advance(HOUR).await;
        let mut sleep = pin!(sleep);
        assert!(poll!(&mut sleep).is_pending());
    });
}

#[test]
fn an_elapsed_sleep_stays_ready() {
    runtime().block_on(async {
        let mut sleep = pin!(delay(MS));
        sleep.as_mut().await;
        sleep.as_mut().await;
        sleep.await;
    });
}

#[test]
#[should_panic(expected = "timers are disabled")]
fn a_tokio_runtime_without_time_says_so() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(delay(MS));
}

#[test]
fn the_event_loop_goes_before_tokio() {
    let runtime = runtime();
    event_loop::run_with(Clock::Virtual, async {
        let _guard = runtime.enter();
        let mut sleep = pin!(delay(HOUR));
        assert!(poll!(&mut sleep).is_pending());
        assert_eq!(format!("{sleep:?}"), "Sleep(waiting, event loop)");
        sleep.await;
        assert_eq!(event_loop::now(), HOUR);
    });
}

#[test]
fn a_dropped_sleep_is_cancelled() {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async {
        select! {
            () = pin!(delay(HOUR).fuse()) => unreachable!("the shorter wait wins"),
            () = pin!(delay(MS).fuse()) => {}
        }
    });
    // A timer left behind would move the clock.
    event_loop.run_until_idle();
    assert_eq!(event_loop.now(), MS);
}

#[test]
fn a_sleep_moves_to_another_thread_while_its_loop_runs() {
    event_loop::run(async {
        let mut sleep = Box::pin(delay(2 * MS));
        assert!(poll!(&mut sleep).is_pending());
        let (sender, receiver) = futures::channel::oneshot::channel();
        std::thread::spawn(move || {
            futures::executor::block_on(sleep);
            sender.send(()).expect("the loop waits");
        });
        // Whether the loop fires the timer before or after the other thread polls, both go on.
        receiver.await.expect("the other thread answers");
    });
}

#[test]
fn a_sleep_that_outlives_its_loop_panics_instead_of_hanging() {
    let sleep = event_loop::run_with(Clock::Virtual, async {
        let mut sleep = Box::pin(delay(MS));
        assert!(poll!(&mut sleep).is_pending());
        Some(sleep)
    });
    let caught = catch_unwind(std::panic::AssertUnwindSafe(|| {
        futures::executor::block_on(async {
            sleep?.await;
            Some(())
        })
    }));
    let message = *caught.unwrap_err().downcast::<&str>().expect("a message");
    assert!(
        message.contains("the event loop of this timer is gone"),
        "{message}"
    );
}

#[test]
fn the_longest_duration_does_not_overflow() {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(delay(HOUR));
    event_loop.run(async {
        select! {
            () = pin!(delay(Duration::MAX).fuse()) => unreachable!("the shorter wait wins"),
            () = pin!(delay(HOUR).fuse()) => {}
        }
    });
    assert_eq!(event_loop.now(), 2 * HOUR);
    runtime().block_on(async { assert!(poll!(pin!(delay(Duration::MAX))).is_pending()) });
    futures::executor::block_on(async { assert!(poll!(pin!(delay(Duration::MAX))).is_pending()) });
}
