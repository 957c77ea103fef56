//! `finally` in a chain that is dropped.

use promise_runtime::prelude::*;
use promise_tests::{Diary, Leaf, fulfil, never, poll_once, suspended};
use std::cell::Cell;
use std::pin::pin;

#[derive(Debug, PartialEq)]
struct Reason(&'static str);

fn fine(value: u32) -> Leaf<Result<u32, Reason>> {
    fulfil(value)
}

#[test]
fn runs_once_when_the_chain_is_dropped() {
    let runs = Cell::new(0);
    drop(suspended(
        promise! { fine(1).after(9).finally(|| runs.set(runs.get() + 1)) },
        3,
    ));
    assert_eq!(runs.get(), 1);
}

#[test]
fn does_not_run_for_a_chain_that_never_started() {
    let runs = Cell::new(0);
    drop(promise! { fine(1).finally(|| runs.set(1)) });
    assert_eq!(runs.get(), 0);
}

#[test]
fn does_not_run_again_when_a_settled_chain_is_dropped() {
    let runs = Cell::new(0);
    {
        let mut chain = pin!(promise! { fine(1).finally(|| runs.set(runs.get() + 1)) });
        assert_eq!(poll_once(chain.as_mut()), std::task::Poll::Ready(Ok(1)));
        assert_eq!(runs.get(), 1);
    }
    assert_eq!(runs.get(), 1);
}

#[test]
fn runs_once_when_a_later_step_is_dropped() {
    let runs = Cell::new(0);
    let chain = promise! { fine(1).finally(|| runs.set(runs.get() + 1)).then(_ => never::<u32>()) };
    let chain = suspended(chain, 2);
    assert_eq!(runs.get(), 1);
    drop(chain);
    assert_eq!(runs.get(), 1);
}

#[test]
fn on_drop_the_future_is_created_and_dropped_unpolled() {
    let diary = Diary::new();
    let chain = promise! { fine(1).after(9).watched(&diary, "step").finally(|| fine(2).watched(&diary, "clean-up")) };
    drop(suspended(chain, 1));
    assert_eq!(diary.take(), ["poll step", "drop step", "drop clean-up"]);
    assert_eq!(diary.alive(), 0);
}

#[test]
fn an_async_arrow_does_not_begin_on_drop() {
    let begun = Cell::new(false);
    drop(suspended(
        promise! { fine(1).after(9).finally(async () => { begun.set(true); await fine(2); }) },
        1,
    ));
    assert!(!begun.get());
}

#[test]
fn on_drop_its_rejection_goes_nowhere() {
    let runs = Cell::new(0);
    drop(suspended(
        promise! { fine(1).after(9).finally(|| { runs.set(1); Err::<u8, _>(Reason("lost")) }) },
        1,
    ));
    assert_eq!(runs.get(), 1);
}

#[test]
fn dropped_while_its_future_is_awaited_it_does_not_run_again() {
    let diary = Diary::new();
    let chain = promise! {
        fine(1).finally(|| { diary.write("inner"); fine(2).after(9).watched(&diary, "clean-up") }).finally(|| diary.write("outer"))
    };
    drop(suspended(chain, 2));
    assert_eq!(
        diary.take(),
        [
            "inner",
            "poll clean-up",
            "poll clean-up",
            "drop clean-up",
            "outer"
        ]
    );
}
