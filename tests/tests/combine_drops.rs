//! When children and values are dropped, and what a panic leaves behind.

mod combine_kit;

use combine_kit::{Child, Diary, Fulfil, Panic, Reject, panic_message, poll_once};
use promise_runtime::{all, all_settled, any, race};
use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
};

/// Drops a pinned future that may panic in its drop; says whether it did.
fn drop_panics<F>(future: Pin<Box<F>>) -> bool {
    catch_unwind(AssertUnwindSafe(|| drop(future))).is_err()
}

#[test]
fn losers_are_dropped_before_the_outcome_is_reported() {
    fn check<F: Future>(diary: &Diary, future: F) {
        let mut future = Box::pin(future);
        assert!(poll_once(&mut future).is_pending());
        diary.take();
        let outcome = poll_once(&mut future);
        assert!(outcome.is_ready());
        assert_eq!(
            diary.take(),
            [
                "poll a",
                "poll b",
                "drop b",
                "drop a",
                "drop value c",
                "drop d"
            ]
        );
        assert_eq!(diary.alive(), 1, "the reason");
        drop((outcome, future));
        assert_eq!(diary.alive(), 0);
    }
    let diary = Diary::default();
    let four = || {
        [
            (9, Fulfil, "a"),
            (1, Reject, "b"),
            (0, Fulfil, "c"),
            (9, Fulfil, "d"),
        ]
        .map(|(n, end, name)| diary.child(name, n, end))
    };
    let [a, b, c, d] = four();
    check(&diary, all((a, b, c, d)));
    check(&diary, all(four()));
    check(&diary, all(Vec::from(four())));
}

#[test]
fn the_losers_of_a_race_are_gone_when_the_caller_goes_on() {
    let diary = Diary::default();
    let log = diary.clone();
    let two = move || [log.child("a", 9, Fulfil), log.child("b", 0, Fulfil)];
    let log = diary.clone();
    combine_kit::settle(async move {
        let [a, b] = two();
        let first = race((a, b)).await;
        log.write("go on");
        drop(first);
        let first = race(two()).await;
        log.write("go on");
        drop(first);
        let first = race(Vec::from(two())).await;
        log.write("go on");
        drop(first);
    });
    let once = [
        "poll a",
        "poll b",
        "drop a",
        "drop b",
        "go on",
        "drop value b",
    ];
    assert_eq!(diary.take(), once.repeat(3));
}

#[test]
fn a_dropped_combinator_that_never_ran_drops_its_children_in_order() {
    let diary = Diary::default();
    let two = || [diary.child("a", 0, Fulfil), diary.child("b", 0, Fulfil)];
    let [a, b] = two();
    drop(all((a, b)));
    drop(any(two()));
    drop(all_settled(Vec::from(two())));
    drop(race(two()));
    assert_eq!(diary.take(), ["drop a", "drop b"].repeat(4));
    assert_eq!(diary.alive(), 0);
}

/// Runs `$body` with `$make` as the children in each form.
macro_rules! every_form {
    ($diary:ident, $make:expr, $body:ident) => {{
        let [a, b, c] = $make;
        $body(&$diary, all_settled((a, b, c)));
        $body(&$diary, all_settled($make));
        $body(&$diary, all_settled(Vec::from($make)));
        let [a, b, c] = $make;
        $body(&$diary, all((a, b, c)));
        $body(&$diary, all($make));
        $body(&$diary, all(Vec::from($make)));
    }};
}

#[test]
fn a_panic_in_a_child_passes_through_and_the_rest_is_dropped_with_the_combinator() {
    fn check<F: Future>(diary: &Diary, future: F) {
        let mut future = Box::pin(future);
        let message = panic_message(|| drop(poll_once(&mut future)));
        assert_eq!(message, "b panics");
        assert_eq!(diary.take(), ["poll a", "drop a", "poll b"]);
        let message = panic_message(|| drop(poll_once(&mut future)));
        assert_eq!(
            message,
            "a combinator of promises was polled again after a panic in one of them"
        );
        drop(future);
        assert_eq!(diary.take(), ["drop value a", "drop b", "drop c"]);
        assert_eq!(diary.alive(), 0);
    }
    let diary = Diary::default();
    let make = || {
        [
            diary.child("a", 0, Fulfil),
            diary.child("b", 0, Panic),
            diary.child("c", 0, Fulfil),
        ]
    };
    every_form!(diary, make(), check);
}

#[test]
fn polling_after_the_end_panics() {
    fn check<F: Future>(_: &Diary, future: F) {
        let mut future = Box::pin(future);
        assert!(poll_once(&mut future).is_ready());
        let message = panic_message(|| drop(poll_once(&mut future)));
        assert_eq!(
            message,
            "a combinator of promises was polled again after it had settled"
        );
    }
    let diary = Diary::default();
    let make = || {
        [
            diary.child("a", 0, Fulfil),
            diary.child("b", 0, Reject),
            diary.child("c", 0, Fulfil),
        ]
    };
    every_form!(diary, make(), check);
    check(&diary, race(Vec::from(make())));
    check(&diary, all(Vec::<Child>::new()));
    assert_eq!(diary.alive(), 0);
}

#[test]
fn a_panic_in_a_settled_childs_drop_loses_nothing() {
    fn check<F: Future>(diary: &Diary, future: F) {
        let mut future = Box::pin(future);
        let message = panic_message(|| drop(poll_once(&mut future)));
        assert_eq!(message, "b panics in drop");
        drop(future);
        assert_eq!(diary.alive(), 0);
        let lines = diary.take();
        for line in ["drop a", "drop value a", "drop b", "drop value b", "drop c"] {
            assert_eq!(
                lines.iter().filter(|l| *l == line).count(),
                1,
                "{line} in {lines:?}"
            );
        }
    }
    let diary = Diary::default();
    let make = || {
        [
            diary.child("a", 0, Fulfil),
            diary.child("b", 0, Fulfil).explosive(),
            diary.child("c", 0, Fulfil),
        ]
    };
    every_form!(diary, make(), check);
}

#[test]
fn a_panic_in_a_losers_drop_loses_nothing() {
    fn check<F: Future>(diary: &Diary, future: F) {
        let mut future = Box::pin(future);
        let message = panic_message(|| drop(poll_once(&mut future)));
        assert_eq!(message, "a panics in drop");
        assert_eq!(
            diary.take(),
            [
                "poll a",
                "poll b",
                "drop b",
                "drop a",
                "drop c",
                "drop value b"
            ]
        );
        assert_eq!(diary.alive(), 0);
        drop(future);
        assert_eq!(diary.take(), [""; 0]);
    }
    let diary = Diary::default();
    let make = || {
        [
            diary.child("a", 9, Fulfil).explosive(),
            diary.child("b", 0, Reject),
            diary.child("c", 0, Fulfil),
        ]
    };
    let [a, b, c] = make();
    check(&diary, all((a, b, c)));
    check(&diary, all(make()));
    check(&diary, all(Vec::from(make())));
}

#[test]
fn a_panic_in_a_drop_of_the_combinator_loses_nothing() {
    fn check<F: Future>(diary: &Diary, future: F) {
        let mut future = Box::pin(future);
        assert!(poll_once(&mut future).is_pending());
        assert!(drop_panics(future));
        assert_eq!(diary.alive(), 0);
        assert_eq!(
            diary.take(),
            [
                "poll a",
                "drop a",
                "poll b",
                "poll c",
                "drop value a",
                "drop b",
                "drop c"
            ]
        );
    }
    let diary = Diary::default();
    let make = || {
        [
            diary.child("a", 0, Fulfil),
            diary.child("b", 9, Fulfil).explosive(),
            diary.child("c", 9, Fulfil),
        ]
    };
    every_form!(diary, make(), check);
}
