//! `finally`: when it runs, how often, in which order, and what comes of what it returns.

use promise_runtime::prelude::*;
use promise_tests::{Diary, Leaf, fulfil, ms, never, reject, settle, suspended, virtually};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

#[derive(Debug, PartialEq)]
enum Reason {
    Told(&'static str),
    Late,
}
use Reason::Told;

impl From<TimeoutError> for Reason {
    fn from(_: TimeoutError) -> Self {
        Self::Late
    }
}

fn fine(value: u32) -> Leaf<Result<u32, Reason>> {
    fulfil(value)
}

fn bad(text: &'static str) -> Leaf<Result<u32, Reason>> {
    reject(Told(text))
}

#[test]
fn runs_once_after_a_fulfilment() {
    let runs = Cell::new(0);
    let chain = promise! { fine(1).finally(|| runs.set(runs.get() + 1)).then(v => v + runs.get()) };
    assert_eq!((settle(chain), runs.get()), (Ok(2), 1));
}

#[test]
fn runs_once_after_a_rejection() {
    let runs = Cell::new(0);
    let chain = promise! { bad("no").finally(() => runs.set(runs.get() + 1)).then(v => v + 1) };
    assert_eq!((settle(chain), runs.get()), (Err(Told("no")), 1));
}

#[test]
fn runs_before_the_next_handler() {
    let diary = Diary::new();
    let chain = promise! {
        bad("no").finally(|| diary.write("first")).catch(_ => { diary.write("catch"); 1 }).finally(|| diary.write("second")).then(_ => diary.write("then"))
    };
    let Ok(()) = settle(chain);
    assert_eq!(diary.take(), ["first", "catch", "second", "then"]);
}

#[test]
fn runs_when_a_timeout_cuts_it_off_and_before_the_catch() {
    let diary = Diary::new();
    let chain = promise! { <_, Reason>
        fine(1).delay(ms(90)).finally(|| diary.write("finally")).timeout(ms(10)).catch(_ => { diary.write("catch"); 7 })
    };
    assert_eq!(virtually(chain), Ok(7));
    assert_eq!(diary.take(), ["finally", "catch"]);
}

#[test]
fn outside_a_timeout_it_runs_after_the_time_is_up() {
    let diary = Diary::new();
    let chain = promise! { <_, Reason> never().then(_ => 1).timeout(ms(10)).finally(|| diary.write("finally")) };
    assert_eq!(virtually(chain), Err(Reason::Late));
    assert_eq!(diary.take(), ["finally"]);
}

#[test]
fn runs_once_per_attempt() {
    let (attempts, runs) = (Cell::new(0), Cell::new(0));
    let chain = promise! {
        Promise.try(|| { attempts.set(attempts.get() + 1); if attempts.get() < 3 { bad("no") } else { fine(5) } })
            .finally(|| runs.set(runs.get() + 1)).retry(5)
    };
    assert_eq!((settle(chain), attempts.get(), runs.get()), (Ok(5), 3, 3));
}

#[test]
fn outside_retry_it_runs_once() {
    let runs = Cell::new(0);
    let chain =
        promise! { Promise.try(|| bad("no")).retry(4).finally(|| runs.set(runs.get() + 1)) };
    assert_eq!((settle(chain), runs.get()), (Err(Told("no")), 1));
}

#[test]
fn its_value_is_ignored() {
    let other = || 99;
    assert_eq!(settle(promise! { fine(1).finally(() => 5) }), Ok(1));
    assert_eq!(settle(promise! { fine(1).finally(|| "text") }), Ok(1));
    assert_eq!(settle(promise! { fine(1).finally(other) }), Ok(1));
    assert_eq!(
        settle(promise! { bad("kept").finally(() => fine(5)) }),
        Err(Told("kept"))
    );
    assert_eq!(
        settle(promise! { fine(1).finally(|| Ok::<_, Reason>("text")) }),
        Ok(1)
    );
}

#[test]
fn its_rejection_replaces_the_outcome() {
    assert_eq!(
        settle(promise! { fine(1).finally(() => bad("new")) }),
        Err(Told("new"))
    );
    assert_eq!(
        settle(promise! { bad("old").finally(|| bad("new")) }),
        Err(Told("new"))
    );
    assert_eq!(
        settle(promise! { bad("old").finally(|| Err::<u8, _>(Told("new"))) }),
        Err(Told("new"))
    );
    assert_eq!(
        settle(promise! { fine(1).finally(() => { if true { throw Told("thrown") } }) }),
        Err(Told("thrown"))
    );
    assert_eq!(
        settle(promise! { fine(1).finally(() => { Err::<u8, _>(Told("question"))?; }) }),
        Err(Told("question"))
    );
    assert_eq!(
        settle(promise! { fine(1).finally(async () => { await bad("awaited"); }) }),
        Err(Told("awaited"))
    );
    assert_eq!(
        settle(promise! { fine(1).finally(() => bad("new")).catch(_ => 8) }),
        Ok(8)
    );
}

#[test]
fn a_returned_future_is_awaited() {
    let diary = Diary::new();
    let chain = promise! { fine(1).finally(|| fine(2).after(2).watched(&diary, "clean-up")).then(_ => diary.write("then")) };
    assert_eq!(settle(chain), Ok(()));
    assert_eq!(
        diary.take(),
        [
            "poll clean-up",
            "poll clean-up",
            "poll clean-up",
            "drop clean-up",
            "then"
        ]
    );
}

#[test]
fn nested_ones_run_from_the_inside_out() {
    let diary = Diary::new();
    let chain = |pending| {
        let diary = diary.clone();
        async move {
            promise! {
                fine(1).after(pending).finally(|| diary.write("one")).then(v => v + 1).finally(|| diary.write("two")).finally(() => diary.write("three"))
            }
            .await
        }
    };
    assert_eq!(settle(chain(2)), Ok(2));
    assert_eq!(diary.take(), ["one", "two", "three"]);
    drop(suspended(chain(9), 2));
    assert_eq!(diary.take(), ["one", "two", "three"]);
}

#[test]
fn that_of_a_nested_chain_runs_before_the_outer_one() {
    let diary = Diary::new();
    let chain = promise! {
        fine(1).then(v => fine(v).after(9).finally(() => diary.write("nested")).then(w => w + 1)).finally(|| diary.write("outer"))
    };
    drop(suspended(chain, 3));
    assert_eq!(diary.take(), ["nested", "outer"]);
}

#[test]
fn the_handler_expression_is_evaluated_when_the_chain_starts() {
    let diary = Diary::new();
    let logs = |when: &'static str| {
        diary.write(format!("made {when}"));
        let diary = diary.clone();
        move || diary.write(format!("ran {when}"))
    };
    let chain = promise! {
        Promise.try(|| diary.write("source")).then(_ => diary.write("then")).finally(logs("inner")).then(_ => diary.write("after")).finally(logs("outer"))
    };
    assert!(diary.take().is_empty());
    let Ok(()) = settle(chain);
    assert_eq!(
        diary.take(),
        [
            "made outer",
            "made inner",
            "source",
            "then",
            "ran inner",
            "after",
            "ran outer"
        ]
    );
}

#[test]
fn under_retry_the_handler_expression_is_evaluated_per_attempt() {
    let made = Cell::new(0);
    let make = || {
        made.set(made.get() + 1);
        || {}
    };
    assert_eq!(
        settle(promise! { Promise.try(|| bad("no")).finally(make()).retry(3) }),
        Err(Told("no"))
    );
    assert_eq!(made.get(), 3);
}

#[test]
fn it_sees_what_the_steps_did_to_shared_captures() {
    let (seen, count, list) = (Cell::new(0), Cell::new(0), RefCell::new(vec![]));
    let chain = promise! {
        fine(1).then(v => { count.set(count.get() + v); list.borrow_mut().push("then"); v })
            .finally(|| { seen.set(count.get()); list.borrow_mut().push("finally") })
    };
    assert_eq!(settle(chain), Ok(1));
    assert_eq!(
        (seen.get(), list.into_inner()),
        (1, vec!["then", "finally"])
    );
}

#[test]
fn what_it_owns_is_dropped_with_it() {
    let diary = Diary::new();
    let token = diary.token("owned");
    let chain =
        promise! { fine(1).after(1).finally(move || drop(token)).then(|_| diary.write("then")) };
    assert_eq!(settle(chain), Ok(()));
    assert_eq!(diary.take(), ["drop owned", "then"]);
    let rc = Rc::new(());
    let held = rc.clone();
    drop(suspended(
        promise! { fine(1).after(9).finally(move || drop(held)) },
        1,
    ));
    assert_eq!(Rc::strong_count(&rc), 1);
}
