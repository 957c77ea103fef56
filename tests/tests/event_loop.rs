//! The built-in executor, seen from outside.

use futures::channel::{mpsc, oneshot};
use futures::stream::{FuturesUnordered, StreamExt};
use promise_runtime::event_loop::{Clock, EventLoop, delay, now, run, run_until_idle, run_with};
use promise_runtime::prelude::promise;
use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::Poll;
use std::thread;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What `f` panics with.
fn panic_of<T>(f: impl FnOnce() -> T) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).err().expect("a panic");
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => (*payload.downcast::<&str>().expect("a message")).to_owned(),
    }
}

#[test]
fn run_returns_the_output() {
    assert_eq!(run(async { 1 + 2 }), 3);
    let text = String::from("borrowed");
    assert_eq!(run(async { text.as_str() }), "borrowed");
    assert_eq!(run(std::future::ready(Rc::new(5))), Rc::new(5));
}

#[test]
fn real_time_passes() {
    let event_loop = EventLoop::new();
    event_loop.run(delay(2 * MS));
    assert!(event_loop.now() >= 2 * MS);
}

#[test]
fn virtual_time_jumps_to_the_next_timer() {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async {
        delay(HOUR).await;
        assert_eq!(now(), HOUR);
        delay(MS).await;
    });
    assert_eq!(event_loop.now(), HOUR + MS);
}

#[test]
fn virtual_time_stands_still_while_something_is_ready() {
    run_with(Clock::Virtual, async {
        let mut sleep = Box::pin(delay(MS));
        let mut turns = 0;
        poll_fn(|cx| {
            assert!(sleep.as_mut().poll(cx).is_pending());
            turns += 1;
            if turns == 1000 {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        assert_eq!(now(), Duration::ZERO);
        sleep.await;
        assert_eq!(now(), MS);
    });
}

#[test]
fn an_empty_delay_takes_a_turn() {
    run_with(Clock::Virtual, async {
        let mut sleep = Box::pin(delay(Duration::ZERO));
        assert!(futures::poll!(&mut sleep).is_pending());
        sleep.await;
        assert_eq!(now(), Duration::ZERO);
    });
}

/// Timers fire by their time, then by their creation; some are dropped on the way.
#[test]
fn timers_fire_in_the_order_of_time_then_creation() {
    let mut random = 12345_u64;
    let mut below = |limit: u64| {
        random = random
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (random >> 33) % limit
    };
    for _ in 0..20 {
        let sleeps: Vec<_> = (0..100)
            .map(|number| (below(20), number, below(4) == 0))
            .collect();
        let mut expected: Vec<_> = sleeps
            .iter()
            .filter(|sleep| !sleep.2)
            .map(|&(time, number, _)| (time, number))
            .collect();
        expected.sort();
        let fired = RefCell::new(Vec::new());
        run_with(Clock::Virtual, async {
            let mut waiting = FuturesUnordered::new();
            let mut dropped = Vec::new();
            for (time, number, drop_it) in sleeps {
                let mut sleep = Box::pin(delay(time as u32 * MS));
                assert!(futures::poll!(&mut sleep).is_pending());
                if drop_it {
                    dropped.push(sleep);
                    continue;
                }
                let fired = &fired;
                waiting.push(async move {
                    sleep.await;
                    fired.borrow_mut().push((time, number));
                });
            }
            drop(dropped);
            while waiting.next().await.is_some() {}
        });
        assert_eq!(fired.into_inner(), expected);
    }
}

#[test]
fn another_thread_wakes_it() {
    let (sender, receiver) = oneshot::channel();
    let helper = thread::spawn(move || {
        thread::sleep(MS);
        sender.send(7).expect("the loop waits");
    });
    assert_eq!(run(receiver), Ok(7));
    helper.join().unwrap();
}

#[test]
fn no_wake_of_many_threads_is_lost() {
    let (sender, receiver) = mpsc::unbounded();
    for thread in 0..4_u64 {
        let sender = sender.clone();
        thread::spawn(move || {
            (0..500).for_each(|n| {
                sender
                    .unbounded_send(thread * 1000 + n)
                    .expect("the loop waits")
            })
        });
    }
    drop(sender);
    let sum = run(receiver.fold(0, async |sum, n| sum + n));
    assert_eq!(
        sum,
        (0..4)
            .map(|thread| thread * 1000 * 500 + 499 * 500 / 2)
            .sum()
    );
}

/// The wake, the drop of the waker and the loop's look at both happen in every order.
#[test]
fn a_wake_just_before_the_wait_is_no_deadlock() {
    let (requests, inbox) = std::sync::mpsc::channel::<oneshot::Sender<usize>>();
    let helper = thread::spawn(move || {
        inbox
            .into_iter()
            .enumerate()
            .for_each(|(n, reply)| reply.send(n).expect("the loop waits"))
    });
    let event_loop = EventLoop::new();
    for n in 0..5000 {
        let (sender, receiver) = oneshot::channel();
        requests.send(sender).expect("the helper runs");
        assert_eq!(event_loop.run(receiver), Ok(n));
    }
    drop(requests);
    helper.join().unwrap();
}

#[test]
fn a_wake_from_elsewhere_beats_a_far_timer() {
    let (sender, receiver) = oneshot::channel();
    let event_loop = EventLoop::new();
    let helper = thread::spawn(move || sender.send(()).expect("the loop waits"));
    event_loop.run(async {
        let mut far = Box::pin(delay(HOUR));
        assert!(futures::poll!(&mut far).is_pending());
        receiver.await.expect("the other thread answers");
    });
    helper.join().unwrap();
    assert!(event_loop.now() < HOUR);
}

#[test]
fn a_deadlock_of_block_on_speaks_of_the_chain() {
    let never = promise! { <(), ()> Promise.never() };
    let message = panic_of(|| _ = never.block_on());
    let start = "the event loop is deadlocked: the chain of `.block_on()` is pending";
    assert!(message.starts_with(start), "{message}");
}

#[test]
fn a_deadlock_panics_and_says_what_is_waited_for() {
    let message = panic_of(|| run(pending::<()>()));
    let start = "the event loop is deadlocked: the future given to `run` is pending";
    assert!(message.starts_with(start), "{message}");
    assert!(
        message.contains("0 spawned tasks") && message.contains("0 timers"),
        "{message}"
    );
    // After the last timer too.
    panic_of(|| {
        run_with(Clock::Virtual, async {
            delay(HOUR).await;
            pending::<()>().await;
        })
    });
    assert_eq!(run(async { "usable again" }), "usable again");
}

#[test]
fn a_loop_inside_a_loop_panics() {
    let inside = [
        panic_of(|| run(async { run(async {}) })),
        panic_of(|| run(async { EventLoop::new().run(async {}) })),
        panic_of(|| run(async { run_with(Clock::Virtual, async {}) })),
    ];
    for message in inside {
        assert!(
            message.starts_with("`event_loop::run` inside an event loop"),
            "{message}"
        );
    }
    let message = panic_of(|| run(async { run_until_idle() }));
    assert!(
        message.starts_with("`event_loop::run_until_idle` inside an event loop"),
        "{message}"
    );
    assert_eq!(run(async { "usable again" }), "usable again");
}

#[test]
fn a_loop_inside_tokio_panics() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let message = runtime.block_on(async { panic_of(|| run(async {})) });
    assert!(
        message.starts_with("`event_loop::run` where a tokio runtime is entered"),
        "{message}"
    );
}

#[test]
fn a_chain_that_would_block_names_its_own_method() {
    let chain = || promise! { Promise.resolve(1) };
    let message = panic_of(|| run(async { chain().block_on() }));
    assert!(
        message.starts_with("`.block_on()` inside an event loop"),
        "{message}"
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .expect("a runtime");
    for message in [
        runtime.block_on(async { panic_of(|| chain().block_on()) }),
        runtime
            .block_on(runtime.spawn_blocking(move || panic_of(|| chain().block_on())))
            .expect("a message"),
    ] {
        assert!(
            message.starts_with("`.block_on()` where a tokio runtime is entered"),
            "{message}"
        );
        assert!(message.contains("`Handle::block_on`"), "{message}");
    }
}

#[test]
fn every_thread_has_its_own_loop() {
    run(async {
        let other = thread::spawn(|| {
            run(async {
                delay(MS).await;
                5
            })
        });
        assert_eq!(other.join().unwrap(), 5);
    });
}

#[test]
fn the_clock_of_no_loop_panics() {
    let message = panic_of(now);
    assert!(
        message.starts_with("`event_loop::now` outside an event loop"),
        "{message}"
    );
}

#[test]
fn a_wake_during_the_poll_polls_again_once() {
    let polls = Cell::new(0);
    run(poll_fn(|cx| {
        polls.set(polls.get() + 1);
        if polls.get() == 3 {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        cx.waker().wake_by_ref();
        Poll::Pending
    }));
    assert_eq!(polls.get(), 3);
    run_until_idle();
    assert_eq!(polls.get(), 3);
}

#[test]
fn a_panic_drops_the_future_and_leaves_the_loop_usable() {
    let held = Rc::new(());
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    let message = panic_of(|| {
        let held = Rc::clone(&held);
        event_loop.run(async move {
            delay(MS).await;
            drop(held);
            panic!("in the future");
        })
    });
    assert_eq!(message, "in the future");
    assert_eq!(Rc::strong_count(&held), 1);
    event_loop.run(delay(MS));
    assert_eq!(event_loop.now(), 2 * MS);
}

#[test]
fn a_drop_inside_the_loop_may_wake_it() {
    let event_loop = EventLoop::new();
    let (sender, receiver) = oneshot::channel::<()>();
    event_loop.run(async move {
        let mut receiver = Box::pin(receiver);
        assert!(futures::poll!(&mut receiver).is_pending());
        drop(sender);
        assert!(receiver.await.is_err());
    });
}

#[test]
fn a_detached_chain_runs_at_once_up_to_its_first_wait() {
    let log = Rc::new(RefCell::new(Vec::new()));
    let started = |name: &'static str| {
        let log = Rc::clone(&log);
        promise! { move Promise.try(() => log.borrow_mut().push(name)).delay(Duration::ZERO).then(() => log.borrow_mut().push("later")) }
    };
    run_with(Clock::Virtual, async {
        started("detached").detach_local();
        log.borrow_mut().push("after");
        let _ = started("spawned").spawn_local();
        log.borrow_mut().push("after");
        delay(Duration::from_millis(1)).await;
    });
    let expected = ["detached", "after", "spawned", "after", "later", "later"];
    assert_eq!(*log.borrow(), expected);

    let count = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    run_with(Clock::Virtual, async {
        let counter = count.clone();
        promise! { move Promise.try(() => { counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed); }) }
            .detach();
        assert_eq!(count.load(std::sync::atomic::Ordering::Relaxed), 1);
    });
}

#[test]
fn a_panic_of_a_detached_chain_is_the_loops_not_the_callers() {
    let went_on = Cell::new(false);
    let message = panic_of(|| {
        run_with(Clock::Virtual, async {
            promise! { Promise.try(|| -> () { panic!("detached") }) }.detach_local();
            went_on.set(true);
            delay(Duration::from_millis(1)).await;
            unreachable!("the panic ends `run` first");
        })
    });
    assert_eq!(message, "detached");
    assert!(went_on.get());
}
