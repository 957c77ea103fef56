//! `CircuitBreaker`: when it opens, whom it lets probe, and when it closes again.

#[path = "pattern_pool_kit/mod.rs"]
mod kit;

use BreakerState::{Closed, HalfOpen, Open};
use kit::Caller;
use promise_runtime::event_loop::delay;
use promise_runtime::pattern::breaker::{EveryReason, Execute, NoListener, Window};
use promise_runtime::prelude::*;
use promise_runtime::{BreakerError, BreakerState, CircuitBreaker, with_resolvers};
use promise_tests::{
    Diary, fulfil, ms, panic_message, poll_once, reject, settle, timed, virtually,
};
use std::cell::{Cell, RefCell};
use std::future::{Ready, ready};
use std::pin::pin;
use std::time::Duration;

type Outcome = Result<u32, BreakerError<&'static str>>;

const OPEN: Outcome = Err(BreakerError::Open);
const DOWN: Outcome = Err(BreakerError::Inner("down"));
const RECOVERY: Duration = ms(100);

fn up() -> Ready<Result<u32, &'static str>> {
    ready(Ok(200))
}

fn down() -> Ready<Result<u32, &'static str>> {
    ready(Err("down"))
}

/// Opens after three failures, for a tenth of a second.
fn breaker() -> CircuitBreaker {
    CircuitBreaker::builder()
        .failure_threshold(3)
        .recovery_timeout(RECOVERY)
        .build()
}

/// A breaker that has just opened.
async fn opened() -> CircuitBreaker {
    let breaker = breaker();
    for _ in 0..3 {
        assert_eq!(breaker.execute(down).await, DOWN);
    }
    assert_eq!(breaker.state(), Open);
    breaker
}

#[test]
fn so_many_failures_in_a_row_open_it() {
    virtually(async {
        let breaker = breaker();
        for _ in 0..2 {
            assert_eq!(breaker.execute(down).await, DOWN);
        }
        assert_eq!(
            (breaker.execute(up).await, breaker.state()),
            (Ok(200), Closed)
        );
        // The success has ended the row.
        for expected in [Closed, Closed, Open] {
            assert_eq!(breaker.execute(down).await, DOWN);
            assert_eq!(breaker.state(), expected);
        }
    });
}

#[test]
fn an_open_breaker_turns_calls_away_without_making_them() {
    let calls = Cell::new(0);
    let count = || {
        calls.set(calls.get() + 1);
        up()
    };
    let (_, time) = timed(async {
        let breaker = opened().await;
        for _ in 0..5 {
            assert_eq!(breaker.execute(count).await, OPEN);
        }
    });
    assert_eq!((calls.get(), time), (0, ms(0)));
}

#[test]
fn it_stays_open_until_the_first_call_after_the_recovery_time() {
    virtually(async {
        let breaker = opened().await;
        delay(RECOVERY - ms(1)).await;
        assert_eq!(breaker.execute(up).await, OPEN);
        delay(ms(1)).await;
        assert_eq!(breaker.state(), Open);
        delay(10 * RECOVERY).await;
        assert_eq!(breaker.state(), Open);
        assert_eq!(
            (breaker.execute(up).await, breaker.state()),
            (Ok(200), Closed)
        );
    });
}

#[test]
fn a_call_that_was_turned_away_does_not_prolong_the_recovery() {
    virtually(async {
        let breaker = opened().await;
        for _ in 0..10 {
            assert_eq!(breaker.execute(up).await, OPEN);
            delay(RECOVERY / 10).await;
        }
        assert_eq!(breaker.execute(up).await, Ok(200));
    });
}

/// nodeshift/opossum#119: half-open, the first version lets every call through; and when the probe fails while the failure rate is low
/// again, nothing opens it any more.
#[test]
fn half_open_one_call_probes_and_the_rest_is_turned_away() {
    virtually(async {
        let breaker = opened().await;
        delay(RECOVERY).await;
        let (deferred, _resolve, reject) = with_resolvers();
        let mut probe = Caller::new(breaker.execute(|| deferred));
        assert!(probe.poll().is_none());
        assert_eq!(breaker.state(), HalfOpen);
        for _ in 0..5 {
            assert_eq!(breaker.execute(up).await, OPEN);
        }
        reject("down");
        assert_eq!((probe.poll(), breaker.state()), (Some(DOWN), Open));
        assert_eq!(breaker.execute(up).await, OPEN);
        delay(RECOVERY).await;
        assert_eq!(
            (breaker.execute(up).await, breaker.state()),
            (Ok(200), Closed)
        );
    });
}

/// nodeshift/opossum#385: of several calls that fail at once, the first past the threshold opens it, and the next one takes away the
/// timer that would have ended that.
#[test]
fn failures_at_once_do_not_keep_it_open_for_ever() {
    virtually(async {
        let breaker = breaker();
        let calls = (0..6).map(|_| breaker.execute(|| reject::<u32, _>("down").after(1)));
        let Ok(outcomes) = all_settled(calls).await;
        assert_eq!((outcomes, breaker.state()), (vec![DOWN; 6], Open));
        delay(RECOVERY).await;
        assert_eq!(
            (breaker.execute(up).await, breaker.state()),
            (Ok(200), Closed)
        );
    });
}

#[test]
fn late_failures_do_not_prolong_the_recovery() {
    virtually(async {
        let breaker = breaker();
        let late = async {
            let outcome = breaker
                .execute(async || {
                    delay(RECOVERY - ms(1)).await;
                    down().await
                })
                .await;
            assert_eq!(outcome, DOWN);
            delay(ms(1)).await;
            Ok::<_, ()>(breaker.execute(up).await)
        };
        let early = async {
            for _ in 0..3 {
                assert_eq!(breaker.execute(down).await, DOWN);
            }
            Ok(())
        };
        assert_eq!(all((late, early)).await.unwrap().0, Ok(200));
    });
}

/// connor4312/cockatiel#73: one lucky probe closes it. Here as many as are asked for must succeed.
#[test]
fn several_probes_must_all_succeed() {
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_threshold(1)
            .recovery_timeout(RECOVERY)
            .half_open_probes(3)
            .build();
        assert_eq!(breaker.execute(down).await, DOWN);
        delay(RECOVERY).await;
        assert_eq!(
            (breaker.execute(up).await, breaker.state()),
            (Ok(200), HalfOpen)
        );
        assert_eq!(
            (breaker.execute(up).await, breaker.state()),
            (Ok(200), HalfOpen)
        );
        assert_eq!((breaker.execute(down).await, breaker.state()), (DOWN, Open));
        delay(RECOVERY).await;
        for expected in [HalfOpen, HalfOpen, Closed] {
            assert_eq!(
                (breaker.execute(up).await, breaker.state()),
                (Ok(200), expected)
            );
        }
    });
}

#[test]
fn several_probes_at_once_and_not_one_more() {
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_threshold(1)
            .recovery_timeout(RECOVERY)
            .half_open_probes(2)
            .build();
        assert_eq!(breaker.execute(down).await, DOWN);
        delay(RECOVERY).await;
        let calls = (0..4).map(|_| breaker.execute(|| fulfil::<_, &str>(200).after(1)));
        let Ok(outcomes) = all_settled(calls).await;
        assert_eq!(outcomes, [Ok(200), Ok(200), OPEN, OPEN]);
        assert_eq!(breaker.state(), Closed);
    });
}

#[test]
fn a_dropped_probe_gives_its_permit_back() {
    for polls in 1..4 {
        virtually(async {
            let breaker = opened().await;
            delay(RECOVERY).await;
            let mut probe = Caller::new(breaker.execute(|| fulfil::<_, &str>(200).after(9)));
            for _ in 0..polls {
                assert!(probe.poll().is_none());
            }
            assert_eq!(
                (breaker.execute(up).await, breaker.state()),
                (OPEN, HalfOpen)
            );
            probe.drop_future();
            assert_eq!(breaker.state(), HalfOpen);
            assert_eq!(
                (breaker.execute(up).await, breaker.state()),
                (Ok(200), Closed)
            );
        });
    }
}

#[test]
fn a_call_that_was_never_polled_takes_no_permit() {
    virtually(async {
        let breaker = opened().await;
        delay(RECOVERY).await;
        drop(breaker.execute(up));
        assert_eq!(breaker.state(), Open);
        assert_eq!(breaker.execute(up).await, Ok(200));
    });
}

#[test]
fn a_probe_is_gone_before_its_permit_is_back() {
    virtually(async {
        let (breaker, diary) = (opened().await, Diary::new());
        delay(RECOVERY).await;
        let probe = breaker.execute(|| fulfil::<u32, &str>(200).after(9).watched(&diary, "probe"));
        let mut probe = Box::pin(probe);
        assert!(poll_once(probe.as_mut()).is_pending());
        drop(probe);
        assert_eq!(diary.take(), ["poll probe", "drop probe"]);
        assert_eq!(breaker.execute(up).await, Ok(200));
    });
}

#[test]
fn a_panic_counts_as_nothing() {
    virtually(async {
        let breaker = opened().await;
        delay(RECOVERY).await;
        let mut probe =
            Caller::new(breaker.execute(|| -> Ready<Result<u32, &str>> { panic!("a bug") }));
        assert_eq!(panic_message(|| assert!(probe.poll().is_none())), "a bug");
        probe.drop_future();
        assert_eq!(
            (breaker.execute(up).await, breaker.state()),
            (Ok(200), Closed)
        );
    });
}

#[test]
fn a_slow_success_from_before_does_not_close_it() {
    virtually(async {
        let breaker = breaker();
        let (deferred, resolve, _reject) = with_resolvers::<u32, &str>();
        let mut slow = Caller::new(breaker.execute(|| deferred));
        assert!(slow.poll().is_none());
        for _ in 0..3 {
            assert_eq!(breaker.execute(down).await, DOWN);
        }
        resolve(200);
        assert_eq!((slow.poll(), breaker.state()), (Some(Ok(200)), Open));
        // Nor does it take part in the next half-open period.
        let (first, _resolve, reject_first) = with_resolvers::<u32, &str>();
        delay(RECOVERY).await;
        let mut probe = Caller::new(breaker.execute(|| first));
        assert!(probe.poll().is_none());
        reject_first("down");
        assert_eq!((probe.poll(), breaker.state()), (Some(DOWN), Open));
    });
}

#[test]
fn a_probe_of_an_earlier_period_does_not_count_in_a_later_one() {
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_threshold(1)
            .recovery_timeout(RECOVERY)
            .half_open_probes(2)
            .build();
        assert_eq!(breaker.execute(down).await, DOWN);
        delay(RECOVERY).await;
        let (deferred, resolve, _reject) = with_resolvers::<u32, &str>();
        let mut old = Caller::new(breaker.execute(|| deferred));
        let mut dropped = Caller::new(breaker.execute(|| fulfil::<u32, &str>(1).after(9)));
        assert!(old.poll().is_none() && dropped.poll().is_none());
        dropped.drop_future();
        assert_eq!((breaker.execute(down).await, breaker.state()), (DOWN, Open));
        delay(RECOVERY).await;
        let mut fresh = Caller::new(breaker.execute(|| fulfil::<u32, &str>(1).after(1)));
        assert!(fresh.poll().is_none());
        resolve(200);
        assert_eq!((old.poll(), breaker.state()), (Some(Ok(200)), HalfOpen));
        assert_eq!((fresh.poll(), breaker.state()), (Some(Ok(1)), HalfOpen));
        assert_eq!(
            (breaker.execute(up).await, breaker.state()),
            (Ok(200), Closed)
        );
    });
}

/// nodeshift/opossum#484: under load it does not stay closed after its probe has succeeded, as calls from before it opened still come
/// back with failures.
#[test]
fn calls_from_before_do_not_open_it_again_after_a_probe() {
    virtually(async {
        let breaker = breaker();
        let mut slow: Vec<_> = (0..5)
            .map(|_| {
                Caller::new(breaker.execute(async || -> Result<u32, &str> {
                    delay(2 * RECOVERY).await;
                    Err("down")
                }))
            })
            .collect();
        assert!(slow.iter_mut().all(|call| call.poll().is_none()));
        for _ in 0..3 {
            assert_eq!(breaker.execute(down).await, DOWN);
        }
        delay(RECOVERY).await;
        assert_eq!(
            (breaker.execute(up).await, breaker.state()),
            (Ok(200), Closed)
        );
        delay(2 * RECOVERY).await;
        assert!(slow.iter_mut().all(|call| call.poll() == Some(DOWN)));
        assert_eq!(
            (breaker.execute(up).await, breaker.state()),
            (Ok(200), Closed)
        );
    });
}

/// nodeshift/opossum#276: a probe that fails while too few calls were counted leaves it half-open for ever, and every call is
/// turned away.
#[test]
fn a_failed_probe_opens_it_however_few_calls_there_were() {
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_rate(0.5, 10 * RECOVERY)
            .minimum_calls(4)
            .recovery_timeout(RECOVERY)
            .build();
        for _ in 0..4 {
            assert_eq!(breaker.execute(down).await, DOWN);
        }
        // By then the window is empty.
        delay(20 * RECOVERY).await;
        assert_eq!((breaker.execute(down).await, breaker.state()), (DOWN, Open));
        delay(RECOVERY).await;
        assert_eq!(
            (breaker.execute(up).await, breaker.state()),
            (Ok(200), Closed)
        );
    });
}

#[test]
fn the_open_time_may_grow_up_to_a_limit() {
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_threshold(1)
            .recovery_timeout(RECOVERY)
            .recovery_growth(3.0, ms(500))
            .build();
        assert_eq!(breaker.execute(down).await, DOWN);
        for open in [100, 300, 500, 500] {
            delay(ms(open) - Duration::from_nanos(1)).await;
            assert_eq!(breaker.execute(down).await, OPEN, "{open} ms");
            delay(Duration::from_nanos(1)).await;
            assert_eq!(breaker.execute(down).await, DOWN, "{open} ms");
        }
        delay(ms(500)).await;
        assert_eq!(
            (breaker.execute(up).await, breaker.state()),
            (Ok(200), Closed)
        );
        // Having closed, it begins with the first time again.
        assert_eq!((breaker.execute(down).await, breaker.state()), (DOWN, Open));
        delay(RECOVERY).await;
        assert_eq!(breaker.execute(up).await, Ok(200));
    });
}

/// nodeshift/opossum#288: it opens at the first failure, long before the number that was asked for.
#[test]
fn a_rate_over_a_window_of_calls_needs_a_full_window() {
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_rate(0.5, 4)
            .recovery_timeout(RECOVERY)
            .build();
        for _ in 0..3 {
            assert_eq!(
                (breaker.execute(down).await, breaker.state()),
                (DOWN, Closed)
            );
        }
        // The fourth call fills the window; a success opens nothing.
        assert_eq!(
            (breaker.execute(up).await, breaker.state()),
            (Ok(200), Closed)
        );
        assert_eq!((breaker.execute(down).await, breaker.state()), (DOWN, Open));
        delay(RECOVERY).await;
        assert_eq!(breaker.execute(up).await, Ok(200));
        // Closed again, it starts from an empty window.
        for _ in 0..3 {
            assert_eq!(
                (breaker.execute(down).await, breaker.state()),
                (DOWN, Closed)
            );
        }
        assert_eq!((breaker.execute(down).await, breaker.state()), (DOWN, Open));
    });
}

#[test]
fn calls_leave_a_window_of_calls() {
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_rate(0.5, Window::Calls(4))
            .build();
        for _ in 0..3 {
            for _ in 0..3 {
                assert_eq!(breaker.execute(up).await, Ok(200));
            }
            assert_eq!(
                (breaker.execute(down).await, breaker.state()),
                (DOWN, Closed)
            );
        }
        assert_eq!((breaker.execute(down).await, breaker.state()), (DOWN, Open));
    });
}

#[test]
fn calls_leave_a_window_of_time() {
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_rate(1.0, ms(1_000))
            .minimum_calls(3)
            .build();
        assert_eq!(breaker.execute(down).await, DOWN);
        delay(ms(600)).await;
        assert_eq!(breaker.execute(down).await, DOWN);
        delay(ms(600)).await;
        // The first failure is too long ago to be the third.
        assert_eq!(
            (breaker.execute(down).await, breaker.state()),
            (DOWN, Closed)
        );
        delay(ms(300)).await;
        assert_eq!((breaker.execute(down).await, breaker.state()), (DOWN, Open));
    });
}

#[test]
fn a_window_of_time_ends_to_the_moment() {
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_rate(1.0, ms(1_000))
            .minimum_calls(2)
            .build();
        assert_eq!(breaker.execute(down).await, DOWN);
        delay(ms(1_000)).await;
        assert_eq!(
            (breaker.execute(down).await, breaker.state()),
            (DOWN, Closed)
        );
        delay(ms(999)).await;
        assert_eq!((breaker.execute(down).await, breaker.state()), (DOWN, Open));
    });
}

#[test]
fn a_recovery_time_without_growth_is_kept_to_the_nanosecond() {
    let recovery = Duration::new(1_000_000_007, 123_456_789);
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_threshold(1)
            .recovery_timeout(recovery)
            .build();
        for _ in 0..3 {
            assert_eq!(breaker.execute(down).await, DOWN);
            delay(recovery - Duration::from_nanos(1)).await;
            assert_eq!(breaker.execute(up).await, OPEN);
            delay(Duration::from_nanos(1)).await;
        }
        assert_eq!(breaker.execute(up).await, Ok(200));
    });
}

#[test]
fn a_success_in_the_window_keeps_the_rate_down() {
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_rate(0.75, ms(1_000))
            .build();
        assert_eq!(breaker.execute(up).await, Ok(200));
        assert_eq!(breaker.execute(up).await, Ok(200));
        for _ in 0..5 {
            assert_eq!(
                (breaker.execute(down).await, breaker.state()),
                (DOWN, Closed)
            );
        }
        assert_eq!((breaker.execute(down).await, breaker.state()), (DOWN, Open));
    });
}

#[test]
fn reasons_that_do_not_count_are_successes_for_the_breaker() {
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_threshold(2)
            .recovery_timeout(RECOVERY)
            .count_if(|status: &u16| *status >= 500)
            .build();
        let answer = |status: u16| ready(Err::<(), _>(status));
        for status in [500, 404, 500, 404] {
            assert_eq!(
                breaker.execute(|| answer(status)).await,
                Err(BreakerError::Inner(status))
            );
            assert_eq!(breaker.state(), Closed);
        }
        for status in [500, 503] {
            assert_eq!(
                breaker.execute(|| answer(status)).await,
                Err(BreakerError::Inner(status))
            );
        }
        assert_eq!(breaker.state(), Open);
        delay(RECOVERY).await;
        assert_eq!(
            breaker.execute(|| answer(404)).await,
            Err(BreakerError::Inner(404))
        );
        assert_eq!(breaker.state(), Closed);
    });
}

#[test]
fn changes_are_told_in_order() {
    let changes = RefCell::new(Vec::new());
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_threshold(1)
            .recovery_timeout(RECOVERY)
            .on_state_change(|from, to| changes.borrow_mut().push((from, to)))
            .build();
        assert_eq!(breaker.execute(down).await, DOWN);
        assert_eq!(breaker.execute(up).await, OPEN);
        delay(RECOVERY).await;
        assert_eq!(breaker.execute(down).await, DOWN);
        delay(RECOVERY).await;
        assert_eq!(breaker.execute(up).await, Ok(200));
        assert_eq!(breaker.execute(up).await, Ok(200));
    });
    let expected = [
        (Closed, Open),
        (Open, HalfOpen),
        (HalfOpen, Open),
        (Open, HalfOpen),
        (HalfOpen, Closed),
    ];
    assert_eq!(changes.into_inner(), expected);
}

#[test]
fn a_listener_is_told_under_no_lock() {
    use std::sync::{Arc, Mutex, OnceLock};
    let seen = Arc::new(Mutex::new(Vec::new()));
    type Watched =
        CircuitBreaker<EveryReason, Box<dyn Fn(BreakerState, BreakerState) + Send + Sync>>;
    let breaker: Arc<OnceLock<Watched>> = Arc::default();
    let listener: Box<dyn Fn(BreakerState, BreakerState) + Send + Sync> = {
        let (seen, breaker) = (seen.clone(), Arc::downgrade(&breaker));
        Box::new(move |_, to| {
            let state = breaker
                .upgrade()
                .and_then(|breaker| breaker.get().map(CircuitBreaker::state));
            seen.lock().unwrap().push((to, state));
        })
    };
    let built = CircuitBreaker::builder()
        .failure_threshold(1)
        .on_state_change(listener)
        .build();
    let breaker = breaker.get_or_init(|| built);
    assert_eq!(settle(breaker.execute(down)), DOWN);
    assert_eq!(*seen.lock().unwrap(), [(Open, Some(Open))]);
}

#[test]
fn nonsense_settings_are_mistakes() {
    let builder = CircuitBreaker::builder;
    assert!(panic_message(|| drop(builder().failure_threshold(0))).contains("at least 1"));
    assert!(panic_message(|| drop(builder().half_open_probes(0))).contains("at least 1"));
    assert!(
        panic_message(|| drop(builder().recovery_growth(0.5, RECOVERY))).contains("at least 1")
    );
    for rate in [0.0, -0.5, 1.5, f64::NAN] {
        assert!(panic_message(|| drop(builder().failure_rate(rate, 10))).contains("above 0"));
    }
    assert!(panic_message(|| drop(builder().failure_rate(0.5, 0))).contains("hold a call"));
    assert!(panic_message(|| drop(builder().failure_rate(0.5, ms(0)))).contains("hold a call"));
}

#[test]
fn a_listener_that_panics_as_a_probe_begins_keeps_no_permit() {
    virtually(async {
        let panics = Cell::new(true);
        let breaker = CircuitBreaker::builder()
            .failure_threshold(1)
            .recovery_timeout(RECOVERY)
            .on_state_change(|_, to| assert!(to != HalfOpen || !panics.get(), "a bug"))
            .build();
        assert_eq!(breaker.execute(down).await, DOWN);
        delay(RECOVERY).await;
        let mut probe = Caller::new(breaker.execute(up));
        assert_eq!(panic_message(|| assert!(probe.poll().is_none())), "a bug");
        drop(probe);
        panics.set(false);
        assert_eq!(breaker.execute(up).await, Ok(200));
        assert_eq!(breaker.state(), Closed);
    });
}

#[test]
fn a_call_polled_after_its_end_panics() {
    let breaker = breaker();
    let mut call = pin!(breaker.execute(up));
    assert!(poll_once(call.as_mut()).is_ready());
    assert!(
        panic_message(|| assert!(poll_once(call.as_mut()).is_pending())).contains("after its end")
    );
}

/// The JavaScript notes: `failureThreshold: 3, recoveryTimeout: 10000`, and default data while it is open.
#[test]
fn the_breaker_of_the_notes() {
    virtually(async {
        let breaker = CircuitBreaker::builder()
            .failure_threshold(3)
            .recovery_timeout(ms(10_000))
            .build();
        let fetch = async |works: bool| {
            if works {
                Ok("live data")
            } else {
                Err("network")
            }
        };
        let call_external_api = async |works: bool| {
            promise! {
                breaker.execute(|| fetch(works))
                    .catch(BreakerError::Open => {
                        "default data"
                    })
            }
            .await
        };
        let network = Err(BreakerError::Inner("network"));
        for _ in 0..3 {
            assert_eq!(call_external_api(false).await, network);
        }
        assert_eq!(call_external_api(true).await, Ok("default data"));
        delay(ms(10_000)).await;
        assert_eq!(call_external_api(true).await, Ok("live data"));
        assert_eq!(breaker.state(), Closed);
    });
}

#[test]
fn it_goes_by_the_clock_of_tokio_when_that_is_paused() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let breaker = opened().await;
        tokio::time::advance(RECOVERY - ms(1)).await;
        assert_eq!(breaker.execute(up).await, OPEN);
        tokio::time::advance(ms(1)).await;
        assert_eq!(breaker.execute(up).await, Ok(200));
    });
}

#[test]
fn breakers_and_calls_go_to_other_threads() {
    fn assert_send<T: Send>(_: &T) {}
    fn assert_sync<T: Sync>(_: &T) {}
    let breaker: CircuitBreaker<fn(&u16) -> bool> = CircuitBreaker::builder()
        .count_if((|status| *status >= 500) as fn(&u16) -> bool)
        .build();
    assert_send(&breaker);
    assert_sync(&breaker);
    let call: Execute<_, _, fn(&u16) -> bool, NoListener> =
        breaker.execute(|| fulfil::<u32, u16>(1));
    assert_send(&call);
    assert_eq!(settle(call), Ok(1));
}

#[test]
fn threads_let_one_probe_through() {
    use std::sync::Barrier;
    use std::thread::scope;
    let breaker = CircuitBreaker::builder()
        .failure_threshold(1)
        .recovery_timeout(ms(0))
        .build();
    for _ in 0..200 {
        assert_eq!(settle(breaker.execute(down)), DOWN);
        let barrier = Barrier::new(4);
        let through = scope(|scope| {
            let call = || {
                let mut call =
                    Caller::new(breaker.execute(|| fulfil::<u32, &'static str>(1).after(1)));
                barrier.wait();
                let turned_away = call.poll().is_some();
                // Nobody ends before everybody has tried.
                barrier.wait();
                (turned_away, call.poll())
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(call)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .filter(|(away, _)| !away)
                .count()
        });
        assert_eq!((through, breaker.state()), (1, Closed));
    }
}
