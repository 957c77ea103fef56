//! What is reported against the JavaScript packages whose names the patterns bear, as tests of ours.

use promise_runtime::event_loop::{Clock, EventLoop, now};
use promise_runtime::prelude::*;
use promise_tests::{Diary, fulfil, ms, poll_once, reject, settle, timed, virtually};
use std::cell::{Cell, RefCell};
use std::future::pending;
use std::pin::pin;
use std::time::Duration;

/// No timer is set any more: nothing moves the virtual clock.
fn is_idle(event_loop: &EventLoop) -> bool {
    let time = event_loop.now();
    event_loop.run_until_idle();
    event_loop.now() == time
}

/// sindresorhus/p-retry#97: aborted during the back-off, it went on waiting. browserbase/sdk-node#205 likewise.
#[test]
fn a_cancelled_back_off_ends_at_once() {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    let attempts = Cell::new(0);
    let outcome = event_loop.run(async {
        let policy = RetryPolicy::constant(Duration::from_secs(3600));
        let retried = retry(policy, async || {
            attempts.set(attempts.get() + 1);
            Err::<(), _>("down")
        });
        with_timeout(retried, ms(10)).await
    });
    assert_eq!((outcome, attempts.get()), (Err(TimeoutError), 1));
    assert_eq!(event_loop.now(), ms(10));
    assert!(is_idle(&event_loop));
}

/// sindresorhus/p-retry#45 and 67: TypeErrors were not retried, and nothing said so.
#[test]
fn every_rejection_is_retried_unless_the_policy_refuses_it() {
    #[derive(Debug, PartialEq)]
    enum Reason {
        TypeError,
    }
    let attempts = Cell::new(0);
    let outcome = retry(RetryPolicy::constant(ms(1)).attempts(4), async || {
        attempts.set(attempts.get() + 1);
        Err::<(), _>(Reason::TypeError)
    });
    assert_eq!(
        (virtually(outcome), attempts.get()),
        (Err(Reason::TypeError), 4)
    );
}

/// sindresorhus/p-retry#48: the number of the attempt, and what has become of the error.
#[test]
fn hooks_see_the_attempt_and_the_error_itself() {
    let seen = RefCell::new(Vec::new());
    let policy = RetryPolicy::constant(ms(1))
        .attempts(3)
        .on_retry(|attempt, reason: &String, _| seen.borrow_mut().push((attempt, reason.clone())));
    let number = Cell::new(0);
    let outcome = retry(policy, async || {
        number.set(number.get() + 1);
        Err::<(), _>(format!("error {}", number.get()))
    });
    assert_eq!(virtually(outcome), Err("error 3".to_owned()));
    assert_eq!(
        seen.take(),
        [(1, "error 1".to_owned()), (2, "error 2".to_owned())]
    );
}

/// sindresorhus/p-timeout#36, p-event#24, p-wait-for#6, petkaantonov/bluebird#371 and #926, apify/crawlee#263: the timer
/// outlived what it was for, and kept the process alive.
#[test]
fn no_timer_outlives_what_it_is_for() {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async {
        assert_eq!(with_timeout(delay(ms(5)), Duration::from_secs(60)).await, Ok(()));
        let late = promise! { Promise.delay(ms(5), 1).timeout(Duration::from_secs(60)) };
        assert_eq!(late.await, Ok(1));
        let rejected = promise! { <(), &str> Promise.delay(ms(5)).then(() => { throw "no" }).timeout(Duration::from_secs(60), "late") };
        assert_eq!(rejected.await, Err("no"));
        let raced = promise! { Promise.race([Promise.delay(ms(5), 1), Promise.delay(Duration::from_secs(60), 2)]) };
        assert_eq!(raced.await, Ok(1));
    });
    assert_eq!(event_loop.now(), ms(20));
    assert!(is_idle(&event_loop));
}

/// sindresorhus/p-timeout#2: what had timed out went on working.
#[test]
fn what_has_timed_out_works_no_more() {
    let diary = Diary::new();
    let work = async {
        for step in 0.. {
            diary.write(format!("{step}"));
            delay(ms(10)).await;
        }
    };
    virtually(async {
        assert_eq!(with_timeout(work, ms(25)).await, Err(TimeoutError));
        delay(ms(100)).await;
    });
    assert_eq!(diary.take(), ["0", "1", "2"]);
}

/// sindresorhus/p-timeout#42, nodejs/node#48951: each round left a listener behind. Here a million leave nothing, for there is
/// one waker to be kept, and the promise that stays pending has it.
#[test]
fn a_million_timeouts_of_one_promise_leave_nothing() {
    let (promise, resolve, _reject) = with_resolvers::<u32, ()>();
    let mut promise = pin!(promise);
    virtually(async {
        for _ in 0..1_000_000 {
            let mut timeout = pin!(with_timeout(promise.as_mut(), ms(1)));
            assert!(poll_once(timeout.as_mut()).is_pending());
        }
        assert_eq!(now(), Duration::ZERO);
        resolve(1);
        assert_eq!(promise.await, Ok(1));
    });
}

/// sindresorhus/p-map#42 and #46: mappers ran on after one had rejected, and new ones began.
#[test]
fn after_a_rejection_no_mapper_runs_on_and_none_begins() {
    for batches in [false, true] {
        let diary = Diary::new();
        let begun = Cell::new(0);
        let mapper = |n: u32| {
            begun.set(begun.get() + 1);
            let leaf = if n == 1 {
                reject("no").after(1)
            } else {
                fulfil(n).after(9)
            };
            leaf.watched(&diary, "mapper")
        };
        let mapped = match batches {
            false => settle(promise! { Promise.map(0..100, mapper, { concurrency: 3 }) }),
            true => settle(promise! { Promise.map(0..100, mapper, { batch: 3 }) }),
        };
        assert_eq!(mapped, Err("no"));
        assert_eq!((begun.get(), diary.alive()), (3, 0));
    }
}

/// Node ends without a word when what a promise waits for is gone: here that is a reason.
#[test]
fn a_callback_that_nobody_will_call_is_a_rejection() {
    let forgotten = from_callback::<_, _, (), ()>(|done| {
        let later =
            promise! { move Promise.delay(Duration::from_secs(60)).then(|()| done.settle(Ok(()))) };
        drop(later);
    });
    assert_eq!(
        timed(forgotten),
        (Err(CallbackError::CallbackDropped), Duration::ZERO)
    );
}

/// ESLint's no-multiple-resolved: a callback that was called twice.
#[test]
fn a_callback_called_twice_settles_once() {
    let outcome = from_callback(|done| {
        done(Some("the first"), None::<()>);
        done(None, Some(()));
    });
    assert_eq!(settle(outcome), Err(CallbackError::Inner("the first")));
}

/// unicorn's no-async-promise-finally: a clean-up that failed hid why the work had.
#[test]
fn a_release_that_fails_does_not_hide_why_the_use_did() {
    let outcome = using(
        async { Ok(()) },
        async |()| Err::<(), _>("the cause"),
        async |()| Err::<(), _>("the consequence"),
    );
    assert_eq!(settle(outcome), Err("the cause"));
}

/// connor4312/cockatiel: a retry's delay could not be aborted. The same for the step.
#[test]
fn a_dropped_chain_cancels_its_back_off() {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async {
        let mut chain = Box::pin(
            promise! { <(), _> Promise.reject("no").retry(RetryPolicy::constant(ms(1000))) },
        );
        assert!(poll_once(chain.as_mut()).is_pending());
    });
    assert!(is_idle(&event_loop));
    let _ = event_loop.run(with_timeout(pending::<()>(), ms(1)));
    assert_eq!(event_loop.now(), ms(1));
}
