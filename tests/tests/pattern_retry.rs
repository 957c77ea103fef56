//! `retry` with a policy, as a function and as a step: attempts, pauses, what is asked, and in which order.

use promise_runtime::event_loop::{Clock, EventLoop, now};
use promise_runtime::prelude::*;
use promise_tests::{Diary, fulfil, ms, poll_once, reject, settle, timed, virtually};
use std::cell::{Cell, RefCell};
use std::future::pending;
use std::pin::pin;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq)]
enum ApiError {
    Busy,
    Gone,
    RetryAfter(u64),
}
use ApiError::{Busy, Gone, RetryAfter};

/// Writes down when each attempt begins, and rejects with what it is told.
struct Server {
    answers: RefCell<Vec<Result<u32, ApiError>>>,
    asked: RefCell<Vec<u128>>,
}

impl Server {
    fn new(answers: &[Result<u32, ApiError>]) -> Self {
        let mut answers = answers.to_vec();
        answers.reverse();
        Self {
            answers: RefCell::new(answers),
            asked: RefCell::default(),
        }
    }

    fn busy(times: usize) -> Self {
        Self::new(&[vec![Err(Busy); times], vec![Ok(1)]].concat())
    }

    async fn ask(&self) -> Result<u32, ApiError> {
        self.asked.borrow_mut().push(now().as_millis());
        let answer = self.answers.borrow_mut().pop();
        answer.expect("asked too often")
    }

    fn asked(&self) -> Vec<u128> {
        self.asked.take()
    }
}

#[test]
fn pauses_are_those_of_the_policy() {
    let constant = RetryPolicy::constant(ms(100));
    let exponential = RetryPolicy::exponential(ms(100));
    let fibonacci = RetryPolicy::fibonacci(ms(100));
    for (policy, asked) in [
        (constant, [0, 100, 200, 300, 400]),
        (exponential, [0, 100, 300, 700, 1500]),
        (exponential.factor(3.0), [0, 100, 400, 1300, 4000]),
        (exponential.max_delay(ms(250)), [0, 100, 300, 550, 800]),
        (exponential.min_delay(ms(150)), [0, 150, 350, 750, 1550]),
        (fibonacci, [0, 100, 200, 400, 700]),
    ] {
        let server = Server::busy(4);
        assert_eq!(virtually(retry(policy, || server.ask())), Ok(1));
        assert_eq!(server.asked(), asked, "{policy:?}");
        let server = Server::busy(4);
        assert_eq!(virtually(promise! { server.ask().retry(policy) }), Ok(1));
        assert_eq!(server.asked(), asked, "{policy:?}");
    }
}

#[test]
fn attempts_are_counted_in_all_and_the_last_reason_counts() {
    for (attempts, made) in [(0, 1), (1, 1), (2, 2), (4, 4)] {
        let server = Server::new(&[Err(Busy), Err(RetryAfter(2)), Err(RetryAfter(3)), Err(Gone)]);
        let policy = RetryPolicy::constant(ms(1)).attempts(attempts);
        let last = server.answers.borrow()[4 - made];
        assert_eq!(virtually(retry(policy, || server.ask())), last);
        assert_eq!(server.asked().len(), made);
    }
}

#[test]
fn a_number_is_a_policy_without_pauses() {
    let server = Server::busy(2);
    assert_eq!(timed(retry(3, || server.ask())), (Ok(1), Duration::ZERO));
    let server = Server::busy(2);
    assert_eq!(virtually(retry(2, || server.ask())), Err(Busy));
    for attempts in [0, -5] {
        let server = Server::busy(1);
        assert_eq!(virtually(retry(attempts, || server.ask())), Err(Busy));
    }
    let server = Server::busy(1);
    assert_eq!(virtually(retry(2_usize, || server.ask())), Ok(1));
    let (server, two) = (Server::busy(1), 2_usize);
    assert_eq!(virtually(promise! { server.ask().retry(two) }), Ok(1));
    let server = Server::busy(9);
    assert_eq!(virtually(retry(u64::MAX, || server.ask())), Ok(1));
}

#[test]
fn a_number_makes_no_suspension_point() {
    let outcome = promise! { fulfil::<u32, ApiError>(1).retry(3) };
    let counted = size_of_val(&outcome);
    let outcome = promise! { fulfil::<u32, ApiError>(1).retry(RetryPolicy::constant(ms(1))) };
    assert!(counted < size_of_val(&outcome) / 2, "{counted} bytes");
}

#[test]
fn without_a_limit_it_goes_on() {
    let server = Server::busy(5000);
    let policy = RetryPolicy::constant(ms(1));
    assert_eq!(timed(retry(policy, || server.ask())), (Ok(1), ms(5000)));
}

#[test]
fn no_attempt_begins_after_the_time_is_up_and_no_pause_that_is_in_vain() {
    for (most, made) in [(0, 1), (99, 1), (100, 2), (299, 2), (300, 3), (700, 4)] {
        let server = Server::busy(99);
        let policy = RetryPolicy::exponential(ms(100)).max_elapsed(ms(most));
        let (outcome, time) = timed(retry(policy, || server.ask()));
        assert_eq!(outcome, Err(Busy));
        let asked = server.asked();
        assert_eq!(asked.len(), made, "{most}");
        assert_eq!(time.as_millis(), asked[made - 1]);
    }
}

#[test]
fn the_time_of_attempts_counts_and_attempts_are_not_interrupted() {
    let attempts = Cell::new(0);
    let policy = RetryPolicy::constant(ms(10)).max_elapsed(ms(100));
    let slow = retry(policy, async || {
        attempts.set(attempts.get() + 1);
        delay(ms(70)).await;
        Err::<(), _>(Busy)
    });
    assert_eq!(timed(slow), (Err(Busy), ms(150)));
    assert_eq!(attempts.get(), 2);
}

#[test]
fn only_accepted_reasons_are_tried_again() {
    let answers = [Err(Busy), Err(Busy), Err(Gone), Ok(1)];
    let policy = RetryPolicy::constant(ms(1)).when(|reason: &ApiError| *reason == Busy);
    let server = Server::new(&answers);
    assert_eq!(virtually(retry(policy, || server.ask())), Err(Gone));
    assert_eq!(server.asked(), [0, 1, 2]);
    let server = Server::new(&answers);
    assert_eq!(
        virtually(promise! { server.ask().retry(policy) }),
        Err(Gone)
    );
    let server = Server::new(&answers);
    let chain =
        promise! { server.ask().retry(RetryPolicy::constant(ms(1)), |reason| *reason == Busy) };
    assert_eq!(virtually(chain), Err(Gone));
    let server = Server::new(&answers);
    let chain = promise! { server.ask().retry(RetryPolicy::constant(ms(1)), reason => matches!(reason, Busy)) };
    assert_eq!(virtually(chain), Err(Gone));
}

#[test]
fn the_reason_may_say_how_long_to_wait() {
    let server = Server::new(&[
        Err(RetryAfter(5000)),
        Err(Busy),
        Err(RetryAfter(0)),
        Err(Busy),
        Ok(1),
    ]);
    let policy = RetryPolicy::exponential(ms(10))
        .max_delay(ms(50))
        .jitter_seed(1)
        .delay_from(|reason: &ApiError| match reason {
            RetryAfter(milliseconds) => Some(ms(*milliseconds)),
            _ => None,
        });
    assert_eq!(virtually(retry(policy, || server.ask())), Ok(1));
    let asked = server.asked();
    assert_eq!(asked[1], 5000, "neither shortened nor spread");
    assert_eq!(asked[2], asked[3], "no pause at all");
    assert!(
        (20..=40).contains(&(asked[2] - asked[1])),
        "that of the second rejection"
    );
    assert!(
        (25..=50).contains(&(asked[4] - asked[3])),
        "that of the fourth rejection"
    );
}

#[test]
fn hooks_are_asked_in_order_and_told_only_of_what_happens() {
    let diary = Diary::new();
    let answers = [Err(Busy), Err(RetryAfter(7)), Err(Gone)];
    let server = Server::new(&answers);
    let policy = RetryPolicy::constant(ms(5))
        .attempts(3)
        .when(|reason: &ApiError| {
            diary.write(format!("when {reason:?}"));
            true
        })
        .delay_from(|reason: &ApiError| {
            diary.write("delay_from");
            matches!(reason, RetryAfter(_)).then_some(ms(7))
        })
        .on_retry(|attempt, reason: &ApiError, delay| {
            diary.write(format!("{attempt} {reason:?} {delay:?}"))
        });
    let chain =
        promise! { server.ask().retry(policy, reason => { diary.write("step"); *reason != Gone }) };
    assert_eq!(timed(chain), (Err(Gone), ms(12)));
    assert_eq!(
        diary.take(),
        [
            "step",
            "when Busy",
            "delay_from",
            "1 Busy 5ms",
            "step",
            "when RetryAfter(7)",
            "delay_from",
            "2 RetryAfter(7) 7ms"
        ]
    );
}

#[test]
fn hooks_may_keep_a_count() {
    let mut retries = 0;
    let server = Server::busy(3);
    let policy = RetryPolicy::constant(ms(1)).on_retry(|_, _: &ApiError, _| retries += 1);
    assert_eq!(virtually(retry(policy, || server.ask())), Ok(1));
    assert_eq!(retries, 3);
}

#[test]
fn the_operation_may_change_what_it_captures() {
    let mut log = Vec::new();
    let outcome = retry(3, async || {
        log.push(log.len());
        delay(ms(1)).await;
        if log.len() < 3 {
            Err(Busy)
        } else {
            Ok(log.len())
        }
    });
    assert_eq!(virtually(outcome), Ok(3));
    assert_eq!(log, [0, 1, 2]);
}

#[test]
fn types_of_reasons_are_found_where_rust_can() {
    let server = Server::busy(1);
    let policy = RetryPolicy::constant(ms(1)).when(|reason| matches!(reason, Busy));
    assert_eq!(virtually(retry(policy, || server.ask())), Ok(1));
    let server = Server::busy(1);
    let chain = promise! { server.ask().retry(RetryPolicy::constant(ms(1)).when(|_| true).on_retry(|_, _, _| ())) };
    assert_eq!(virtually(chain), Ok(1));
}

#[test]
fn a_policy_can_be_shared() {
    static POLICY: RetryPolicy = RetryPolicy::constant(Duration::from_millis(5)).attempts(3);
    let policy = RetryPolicy::constant(ms(5))
        .attempts(3)
        .when(|reason: &ApiError| *reason == Busy);
    for _ in 0..2 {
        let server = Server::busy(2);
        assert_eq!(virtually(retry(&policy, || server.ask())), Ok(1));
        let server = Server::busy(2);
        assert_eq!(virtually(promise! { server.ask().retry(&policy) }), Ok(1));
        let server = Server::busy(2);
        assert_eq!(virtually(retry(&POLICY, || server.ask())), Ok(1));
        let server = Server::busy(2);
        assert_eq!(virtually(promise! { server.ask().retry(POLICY) }), Ok(1));
    }
}

#[test]
fn a_policy_begins_anew_inside_another() {
    let server = Server::new(&[Err(Busy); 6]);
    let chain =
        promise! { server.ask().retry(RetryPolicy::exponential(ms(10)).attempts(3)).retry(2) };
    assert_eq!(virtually(chain), Err(Busy));
    assert_eq!(server.asked(), [0, 10, 30, 30, 40, 60]);
}

#[test]
fn everything_before_the_step_is_tried_again_with_its_finallys() {
    let diary = Diary::new();
    let server = Server::new(&[Ok(1), Ok(2)]);
    let chain = promise! {
        server.ask()
            .then(n => { if n < 2 { throw Busy } n })
            .finally(() => diary.write("finally"))
            .retry(RetryPolicy::constant(ms(10)))
            .tap(() => diary.write("after"))
    };
    assert_eq!(timed(chain), (Ok(2), ms(10)));
    assert_eq!(diary.take(), ["finally", "finally", "after"]);
}

#[test]
fn a_timeout_around_cuts_the_pause() {
    let server = Server::new(&[Err(Busy)]);
    let chain =
        promise! { server.ask().retry(RetryPolicy::constant(ms(1000))).timeout(ms(300), Gone) };
    assert_eq!(timed(chain), (Err(Gone), ms(300)));
}

#[test]
fn a_timeout_inside_is_one_of_the_reasons() {
    let attempts = Cell::new(0);
    let chain = promise! {
        Promise.try(() => attempts.set(attempts.get() + 1)).then(() => pending::<u32>()).timeout(ms(10)).retry(RetryPolicy::constant(ms(5)).attempts(3))
    };
    assert_eq!(timed(chain), (Err(TimeoutError), ms(40)));
    assert_eq!(attempts.get(), 3);
}

#[test]
fn dropped_at_any_point_it_makes_no_further_attempt_and_leaves_no_timer() {
    for polls in 0..12 {
        let event_loop = EventLoop::with_clock(Clock::Virtual);
        let diary = Diary::new();
        let attempts = Cell::new(0);
        event_loop.run(async {
            let policy = RetryPolicy::constant(ms(10)).attempts(3);
            let mut outcome = Box::pin(retry(policy, async || {
                attempts.set(attempts.get() + 1);
                reject::<u32, _>(Busy)
                    .after(2)
                    .watched(&diary, "attempt")
                    .await
            }));
            for _ in 0..polls {
                if poll_once(outcome.as_mut()).is_ready() {
                    break;
                }
                delay(ms(4)).await;
            }
            let before = attempts.get();
            drop(outcome);
            assert_eq!(diary.alive(), 0);
            assert_eq!(attempts.get(), before);
        });
        let time = event_loop.now();
        event_loop.run_until_idle();
        assert_eq!(
            event_loop.now(),
            time,
            "a timer is left after {polls} polls"
        );
    }
}

#[test]
fn the_reason_is_dropped_before_the_pause() {
    let diary = Diary::new();
    let token = || diary.token("reason");
    let mut attempts = pin!(retry(RetryPolicy::constant(ms(10)), async || Err::<(), _>(
        token()
    )));
    virtually(async {
        assert!(poll_once(attempts.as_mut()).is_pending());
        assert_eq!(diary.alive(), 0);
    });
    let chain =
        promise! { <(), _> Promise.try(() => Err(token())).retry(RetryPolicy::constant(ms(10))) };
    virtually(async {
        let mut chain = pin!(chain);
        diary.take();
        assert!(poll_once(chain.as_mut()).is_pending());
        assert_eq!(diary.take(), ["drop reason"]);
        assert_eq!(diary.alive(), 0);
    });
}

#[test]
fn a_panic_is_not_tried_again() {
    let attempts = Cell::new(0);
    let message = promise_tests::panic_message(|| {
        let _ = settle(retry(5, async || -> Result<(), ApiError> {
            attempts.set(attempts.get() + 1);
            panic!("a mistake")
        }));
    });
    assert_eq!((message.as_str(), attempts.get()), ("a mistake", 1));
}

#[test]
fn settings_that_make_no_sense_panic() {
    let exponential = RetryPolicy::exponential(ms(1));
    for factor in [0.5, -1.0, f64::NAN, f64::INFINITY] {
        let message = promise_tests::panic_message(|| {
            let _ = exponential.factor(factor);
        });
        assert_eq!(message, "the factor of a back-off is a number from 1 on");
    }
    let message = promise_tests::panic_message(|| {
        let _ = RetryPolicy::constant(ms(1)).factor(2.0);
    });
    assert_eq!(message, "only `RetryPolicy::exponential` has a factor");
}

#[tokio::test(start_paused = true)]
async fn it_runs_as_a_task_of_tokio() {
    async fn ask(name: &str, attempt: &mut u32) -> Result<String, ApiError> {
        *attempt += 1;
        tokio::task::yield_now().await;
        if *attempt < 3 {
            Err(Busy)
        } else {
            Ok(format!("{name} {attempt}"))
        }
    }
    let name = String::from("page");
    let started = tokio::time::Instant::now();
    let policy = RetryPolicy::exponential(ms(100))
        .max_elapsed(ms(1000))
        .when(|reason: &ApiError| *reason == Busy);
    let mut attempt = 0;
    let task = tokio::spawn(retry(policy, async move || ask(&name, &mut attempt).await));
    assert_eq!(task.await.unwrap(), Ok("page 3".to_owned()));
    assert!(started.elapsed() >= ms(300) && started.elapsed() < ms(310));

    let shared = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let task = tokio::spawn(retry(3, move || {
        let shared = shared.clone();
        async move { Err::<(), _>(shared.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) }
    }));
    assert_eq!(task.await.unwrap(), Err(2));
}
