//! `with_timeout` and `with_deadline`: what wins, what is dropped, and when the time begins.

use promise_runtime::event_loop::{self, Clock, EventLoop, now};
use promise_runtime::prelude::*;
use promise_tests::{Diary, fulfil, ms, panic_message, poll_once, settle, timed, virtually};
use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

async fn slow(milliseconds: u64) -> u64 {
    delay(ms(milliseconds)).await;
    milliseconds
}

#[test]
fn in_time_it_fulfils_with_what_the_future_yields() {
    assert_eq!(timed(with_timeout(slow(5), ms(10))), (Ok(5), ms(5)));
    let outcome: Result<Result<u8, &str>, TimeoutError> =
        virtually(with_timeout(async { Err("no") }, ms(10)));
    assert_eq!(outcome, Ok(Err("no")), "a rejection is no timeout");
}

#[test]
fn too_late_it_rejects_when_the_time_is_up() {
    assert_eq!(
        timed(with_timeout(slow(50), ms(10))),
        (Err(TimeoutError), ms(10))
    );
    assert_eq!(
        timed(with_timeout(pending::<()>(), Duration::ZERO)).0,
        Err(TimeoutError)
    );
}

#[test]
fn the_future_goes_first() {
    assert_eq!(virtually(with_timeout(slow(10), ms(10))), Ok(10));
    assert_eq!(settle(with_timeout(async { 1 }, Duration::ZERO)), Ok(1));
}

#[test]
fn a_chain_takes_it_for_a_future_of_a_result() {
    let chain = promise! { with_timeout(slow(5), ms(10)).then(n => n + 1) };
    assert_eq!(virtually(chain), Ok(6));
    let chain = promise! { with_timeout(slow(50), ms(10)).catch(TimeoutError => 0) };
    assert_eq!(virtually(chain), Ok(0));
}

#[test]
fn what_has_not_to_wait_sets_no_timer() {
    // Outside of an event loop a timer would start a thread; with one that has to wait the debug text tells.
    let mut timeout = pin!(with_timeout(fulfil::<_, ()>(1), ms(10)));
    assert_eq!(poll_once(timeout.as_mut()), Poll::Ready(Ok(Ok(1))));
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async { assert_eq!(with_timeout(async { 1 }, ms(10)).await, Ok(1)) });
    event_loop.run_until_idle();
    assert_eq!(event_loop.now(), Duration::ZERO);
}

#[test]
fn the_time_runs_from_the_first_poll() {
    virtually(async {
        let timeout = with_timeout(slow(8), ms(10));
        delay(ms(100)).await;
        assert_eq!(timeout.await, Ok(8));
    });
}

#[test]
fn the_future_is_dropped_before_the_timeout_is_reported() {
    let diary = Diary::new();
    let timeout = with_timeout(promise_tests::never::<()>().watched(&diary, "work"), ms(10));
    virtually(async {
        let mut timeout = pin!(timeout);
        assert_eq!(timeout.as_mut().await, Err(TimeoutError));
        assert_eq!(diary.take().last().map(String::as_str), Some("drop work"));
        assert_eq!(diary.alive(), 0);
    });
}

#[test]
fn the_timer_goes_with_the_future_and_with_the_drop() {
    for dropped in [false, true] {
        let event_loop = EventLoop::with_clock(Clock::Virtual);
        event_loop.run(async {
            let mut timeout = Box::pin(with_timeout(slow(5), ms(10_000)));
            assert!(poll_once(timeout.as_mut()).is_pending());
            if !dropped {
                assert_eq!(timeout.as_mut().await, Ok(5));
            }
            std::mem::forget(if dropped { None } else { Some(timeout) });
        });
        let time = event_loop.now();
        event_loop.run_until_idle();
        assert_eq!(event_loop.now(), time);
    }
}

#[test]
fn a_future_that_cannot_be_moved_stays_where_it_is() {
    let cell = Cell::new(0);
    let borrowing = async {
        let (one, two) = (Cell::new(1), Cell::new(2));
        let both = [&one, &two];
        delay(ms(1)).await;
        cell.set(both.iter().map(|cell| cell.get()).sum());
    };
    assert_eq!(virtually(with_timeout(borrowing, ms(5))), Ok(()));
    assert_eq!(cell.get(), 3);
}

#[test]
fn a_deadline_is_shared() {
    virtually(async {
        let deadline = Deadline::after(ms(25));
        for _ in 0..2 {
            assert_eq!(with_deadline(slow(10), &deadline).await, Ok(10));
        }
        assert_eq!(deadline.remaining(), ms(5));
        assert_eq!(with_deadline(slow(10), &deadline).await, Err(TimeoutError));
        assert_eq!((now(), deadline.remaining()), (ms(25), Duration::ZERO));
        assert_eq!(
            with_deadline(async { 1 }, &deadline).await,
            Ok(1),
            "polled once all the same"
        );
        assert_eq!(
            with_deadline(slow(1), &deadline.clone()).await,
            Err(TimeoutError)
        );
        assert_eq!(now(), ms(25));
    });
}

#[test]
fn a_deadline_keeps_its_clock() {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    let deadline = event_loop.run(async { Deadline::after(ms(500)) });
    assert_eq!(deadline.remaining(), ms(500), "asked outside of the loop");
    event_loop.run(delay(ms(400)));
    assert_eq!(deadline.remaining(), ms(100));
}

#[test]
fn an_instant_is_a_deadline() {
    let past = Deadline::from(Instant::now());
    assert_eq!(past.remaining(), Duration::ZERO);
    assert_eq!(
        event_loop::run(with_deadline(pending::<()>(), &past)),
        Err(TimeoutError)
    );
}

#[tokio::test(start_paused = true)]
async fn it_goes_by_the_clock_of_tokio() {
    let deadline = Deadline::after(ms(100));
    assert_eq!(with_timeout(slow(60), ms(80)).await, Ok(60));
    assert_eq!(with_deadline(slow(60), &deadline).await, Err(TimeoutError));
    assert_eq!(deadline.remaining(), Duration::ZERO);
    let task = tokio::spawn(with_timeout(slow(60), ms(10)));
    assert_eq!(task.await.unwrap(), Err(TimeoutError));
}

#[test]
fn polled_on_it_panics() {
    let mut timeout = pin!(with_timeout(async { 1 }, ms(1)));
    assert_eq!(poll_once(timeout.as_mut()), Poll::Ready(Ok(1)));
    let message = panic_message(|| {
        let _ = poll_once(timeout.as_mut());
    });
    assert_eq!(message, "a promise was polled again after it had settled");
}

#[test]
fn the_waker_is_the_last_one() {
    // The future keeps no waker, so only the timer's can end this.
    let polls = Cell::new(0);
    let silent = poll_fn(|_| {
        polls.set(polls.get() + 1);
        Poll::<()>::Pending
    });
    virtually(async {
        let mut timeout = pin!(with_timeout(silent, ms(10)));
        assert!(poll_once(timeout.as_mut()).is_pending());
        assert_eq!(timeout.as_mut().await, Err(TimeoutError));
    });
    assert_eq!(polls.get(), 3);
    fn is_send<F: Future + Send>(_: F) {}
    is_send(with_timeout(slow(1), ms(1)));
}
