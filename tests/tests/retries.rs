//! `retry(attempts)`: what is evaluated again, how often, and what it rejects with.

use promise_runtime::prelude::*;
use promise_tests::{Diary, Leaf, fulfil, ms, reject, settle, timed};
use std::cell::Cell;

#[derive(Debug, PartialEq, Clone, Copy)]
struct Reason(u32);

impl From<TimeoutError> for Reason {
    fn from(_: TimeoutError) -> Self {
        Self(408)
    }
}

/// Rejects with its number until the attempt `good`.
struct Flaky {
    attempts: Cell<u32>,
    good: u32,
}

impl Flaky {
    fn until(good: u32) -> Self {
        Self {
            attempts: Cell::new(0),
            good,
        }
    }

    fn call(&self) -> Leaf<Result<u32, Reason>> {
        self.attempts.set(self.attempts.get() + 1);
        let attempt = self.attempts.get();
        if attempt < self.good {
            reject(Reason(attempt)).after(1)
        } else {
            fulfil(attempt).after(1)
        }
    }
}

#[test]
fn stops_at_the_first_fulfilment() {
    let flaky = Flaky::until(3);
    assert_eq!(settle(promise! { flaky.call().retry(5) }), Ok(3));
    assert_eq!(flaky.attempts.get(), 3);
}

#[test]
fn rejects_with_the_last_reason() {
    let flaky = Flaky::until(99);
    assert_eq!(settle(promise! { flaky.call().retry(4) }), Err(Reason(4)));
    assert_eq!(flaky.attempts.get(), 4);
}

#[test]
fn the_number_is_of_attempts_in_all() {
    for attempts in [1, 2, 7] {
        let flaky = Flaky::until(99);
        assert_eq!(
            settle(promise! { flaky.call().retry(attempts) }),
            Err(Reason(attempts))
        );
        assert_eq!(flaky.attempts.get(), attempts);
    }
}

#[test]
fn everything_before_is_evaluated_again_and_nothing_after() {
    let diary = Diary::new();
    let flaky = Flaky::until(3);
    let chain = promise! {
        Promise.try(() => { diary.write("source"); flaky.call() }).tap_catch(_ => diary.write("tap_catch")).then(v => { diary.write("then"); v })
            .retry(5).then(v => { diary.write("after"); v })
    };
    assert_eq!(settle(chain), Ok(3));
    assert_eq!(
        diary.take(),
        [
            "source",
            "tap_catch",
            "source",
            "tap_catch",
            "source",
            "then",
            "after"
        ]
    );
}

#[test]
fn a_rejection_after_it_is_not_retried() {
    let flaky = Flaky::until(1);
    let chain = promise! { flaky.call().retry(5).then(v => { if v == 1 { throw Reason(70) } v }) };
    assert_eq!(settle(chain), Err(Reason(70)));
    assert_eq!(flaky.attempts.get(), 1);
}

#[test]
fn a_step_that_throws_is_retried_with_the_source() {
    let flaky = Flaky::until(1);
    let chain = promise! { flaky.call().then(v => { if v < 4 { throw Reason(v) } v }).retry(9) };
    assert_eq!(settle(chain), Ok(4));
}

#[test]
fn a_catch_before_it_leaves_nothing_to_retry() {
    let flaky = Flaky::until(9);
    let chain = promise! { <_, Reason> flaky.call().catch(e => e.0 + 100).retry(5) };
    assert_eq!(settle(chain), Ok(101));
    assert_eq!(flaky.attempts.get(), 1);
}

#[test]
fn a_catch_after_it_sees_the_last_reason() {
    let flaky = Flaky::until(9);
    assert_eq!(
        settle(promise! { flaky.call().retry(3).catch(e => e.0 + 100) }),
        Ok(103)
    );
}

#[test]
fn the_predicate_decides_by_the_reason() {
    let flaky = Flaky::until(9);
    assert_eq!(
        settle(promise! { flaky.call().retry(8, |e: &Reason| e.0 < 3) }),
        Err(Reason(3))
    );
    assert_eq!(flaky.attempts.get(), 3);
    let flaky = Flaky::until(9);
    assert_eq!(
        settle(promise! { flaky.call().retry(8, e => e.0 < 2) }),
        Err(Reason(2))
    );
    let flaky = Flaky::until(9);
    fn never(_: &Reason) -> bool {
        false
    }
    assert_eq!(
        settle(promise! { flaky.call().retry(8, never) }),
        Err(Reason(1))
    );
}

#[test]
fn one_in_another_multiplies() {
    let flaky = Flaky::until(99);
    assert_eq!(
        settle(promise! { flaky.call().retry(3).retry(2) }),
        Err(Reason(6))
    );
    let flaky = Flaky::until(5);
    assert_eq!(settle(promise! { flaky.call().retry(3).retry(2) }), Ok(5));
}

#[test]
fn in_a_nested_chain_it_is_the_nested_chains() {
    let (outer, inner) = (Flaky::until(1), Flaky::until(99));
    let chain = promise! { outer.call().then(v => inner.call().then(w => w + v).retry(4)) };
    assert_eq!(settle(chain), Err(Reason(4)));
    assert_eq!((outer.attempts.get(), inner.attempts.get()), (1, 4));
}

#[test]
fn what_stands_before_it_is_dropped_before_the_next_attempt() {
    let diary = Diary::new();
    let flaky = Flaky::until(2);
    let chain = promise! { flaky.call().watched(&diary, "attempt").finally(|| diary.write("finally")).retry(2) };
    assert_eq!(settle(chain), Ok(2));
    let attempt = ["poll attempt", "poll attempt", "drop attempt", "finally"];
    assert_eq!(diary.take(), [attempt, attempt].concat());
}

#[test]
fn values_are_captured_by_reference_and_cloned_by_the_user() {
    let name = String::from("a");
    let flaky = Flaky::until(3);
    let chain = promise! { flaky.call().then(v => (name.clone(), v)).retry(3) };
    assert_eq!(settle(chain), Ok(("a".into(), 3)));
    let chain = promise! { move Promise.resolve(name.clone()).then(n => { if n == "b" { throw Reason(1) } n }).retry(3) };
    assert_eq!(settle(chain), Ok("a".into()));
}

#[test]
fn arguments_are_evaluated_once_per_attempt_of_what_stands_around() {
    let evaluated = Cell::new(0);
    let attempts = || {
        evaluated.set(evaluated.get() + 1);
        2
    };
    let flaky = Flaky::until(99);
    assert_eq!(
        settle(promise! { flaky.call().retry(attempts()).retry(3) }),
        Err(Reason(6))
    );
    assert_eq!(evaluated.get(), 3);
}

#[test]
fn waiting_between_attempts_is_a_step_of_the_chain() {
    let flaky = Flaky::until(4);
    let chain = promise! { <_, Reason> flaky.call().tap_catch(|_| delay(ms(10))).retry(9) };
    assert_eq!(timed(chain), (Ok(4), ms(30)));
}

#[test]
fn attempts_that_are_ready_at_once_do_not_grow_the_stack() {
    let count = Cell::new(0u32);
    let chain = promise! { Promise.try(|| { count.set(count.get() + 1); Err::<u32, _>(Reason(count.get())) }).retry(1_000_000) };
    assert_eq!(settle(chain), Err(Reason(1_000_000)));
}
