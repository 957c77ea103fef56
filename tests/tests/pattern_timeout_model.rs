//! `with_timeout` and `with_deadline` against a model: any number of them inside one another, any limits, dropped at any time.

use promise_runtime::event_loop::{Clock, EventLoop, now};
use promise_runtime::{Deadline, delay, with_deadline, with_timeout};
use promise_tests::ms;
use proptest::prelude::*;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;

#[derive(Clone, Copy, Debug)]
enum Limit {
    Timeout(u64),
    /// From the beginning, before the work is late.
    Deadline(u64),
}

#[derive(Clone, Debug)]
struct Plan {
    /// How late the work begins, and how long it takes.
    late: u64,
    takes: u64,
    /// From the innermost to the outermost.
    limits: Vec<Limit>,
    /// When the whole is dropped, after the work has begun.
    dropped: u64,
}

/// When it ended, and how: the limit that it went beyond, if any.
type Outcome = Option<(u64, Result<(), usize>)>;

fn model(plan: &Plan) -> Outcome {
    let mut end = (plan.takes, Ok(()));
    for (index, limit) in plan.limits.iter().enumerate() {
        let limit = match limit {
            Limit::Timeout(limit) => *limit,
            Limit::Deadline(limit) => limit.saturating_sub(plan.late),
        };
        // At the same moment the inner one comes first.
        if limit < end.0 {
            end = (limit, Err(index));
        }
    }
    (end.0 < plan.dropped).then_some((plan.late + end.0, end.1))
}

/// Counts what is there.
struct Alive<'a>(&'a Cell<u32>);

impl<'a> Alive<'a> {
    fn new(count: &'a Cell<u32>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

fn real(plan: &Plan) -> Outcome {
    let alive = &Cell::new(0);
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    let outcome = event_loop.run(async {
        let mut whole: Pin<Box<dyn Future<Output = Result<(), usize>> + '_>> = Box::pin(async {
            let _alive = Alive::new(alive);
            if plan.takes > 0 {
                delay(ms(plan.takes)).await;
            }
            Ok(())
        });
        for (index, limit) in plan.limits.iter().enumerate() {
            let inner = whole;
            whole = match *limit {
                Limit::Timeout(limit) => Box::pin(async move {
                    let outcome = with_timeout(inner, ms(limit)).await;
                    outcome.unwrap_or(Err(index))
                }),
                Limit::Deadline(limit) => {
                    let deadline = Deadline::after(ms(limit));
                    Box::pin(async move {
                        let outcome = with_deadline(inner, &deadline).await;
                        outcome.unwrap_or(Err(index))
                    })
                }
            };
        }
        if plan.late > 0 {
            delay(ms(plan.late)).await;
        }
        let outcome = with_timeout(whole, ms(plan.dropped)).await;
        assert_eq!(alive.get(), 0, "what has timed out is still there");
        Some((now().as_millis() as u64, outcome.ok()?))
    });
    let time = event_loop.now();
    event_loop.run_until_idle();
    assert_eq!(event_loop.now(), time, "a timer is left");
    outcome
}

fn plan() -> impl Strategy<Value = Plan> {
    let limit = prop_oneof![
        (0..20_u64).prop_map(|limit| Limit::Timeout(limit * 2)),
        (0..30_u64).prop_map(|limit| Limit::Deadline(limit * 2)),
    ];
    let limits = prop::collection::vec(limit, 0..5);
    // At even moments, and the drop at odd ones.
    (0..10_u64, 0..20_u64, limits, 0..25_u64).prop_map(|(late, takes, limits, dropped)| Plan {
        late: late * 2,
        takes: takes * 2,
        limits,
        dropped: dropped * 2 + 1,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn of_many_limits_the_earliest_counts(plan in plan()) {
        prop_assert_eq!(real(&plan), model(&plan));
    }
}
