//! A panic in a handler unwinds through the chain: nothing leaks, nothing runs twice, every `finally` runs.

mod drops_kit;

use drops_kit::*;
use promise_runtime::prelude::*;
use promise_tests::{Diary, Token, fulfil, panic_message, poll_once};
use std::cell::Cell;
use std::pin::pin;
use std::task::Poll;

fn boom<T>(why: &str) -> T {
    panic!("{why}")
}

/// Runs until the panic, then drops the chain.
fn unwinds<F: Future>(make: impl FnOnce(&'static Diary) -> F) {
    let diary = Diary::kept();
    let mut chain = Box::pin(make(diary));
    let message = panic_message(|| {
        promise_runtime::event_loop::run_with(
            promise_runtime::event_loop::Clock::Virtual,
            chain.as_mut(),
        );
    });
    assert_eq!(message, "boom");
    // The panic has run them already; an `async` block drops its locals as it unwinds.
    let written = diary.take();
    let count = |line: &str| written.iter().filter(|other| *other == line).count();
    assert_eq!(
        (count("finally inner"), count("finally outer")),
        (1, 1),
        "{written:?}"
    );
    assert!(
        written.iter().all(|line| line != "after the panic"),
        "{written:?}"
    );
    let again = panic_message(|| {
        let _ = poll_once(chain.as_mut());
    });
    assert!(again.contains("resumed after panicking"), "{again}");
    drop(chain);
    let later = diary.take();
    assert!(
        !later.iter().any(|line| line.starts_with("finally")),
        "{later:?}"
    );
    assert_eq!(diary.alive(), 0, "{written:?}, {later:?}");
}

macro_rules! panics {
    ($($name:ident: |$diary:ident| [$($chain:tt)*];)*) => {$(
        #[test]
        fn $name() {
            unwinds(|$diary| promise! { move <_, Reason>
                $($chain)*.then(_ => $diary.write("after the panic")).catch(_ => $diary.write("after the panic"))
                    .finally(|| $diary.write("finally inner")).finally(() => $diary.write("finally outer"))
            });
        }
    )*};
}

panics! {
    in_the_source: |d| [boom::<Step>("boom")];
    in_a_leaf: |d| [fine(d, "a").then(async v => { await fine(d, "b"); if d.alive() > 0 { boom::<()>("boom") } v })];
    in_then_arrow: |d| [fine(d, "a").then(v => { let _v: Token = v; boom::<Step>("boom") })];
    in_then_closure: |d| [fine(d, "a").then(|v| { let _v: Token = v; boom::<Step>("boom") })];
    in_then_with_a_panic_macro: |d| [fine(d, "a").then(v => { if v.name() != "" { panic!("boom") } v })];
    in_then_always: |d| [fine(d, "a").then(_ => panic!("boom")).then(|()| 1)];
    in_async_arrow: |d| [fine(d, "a").then(async v => { let w = await fine(d, "b"); (v, w, boom::<u8>("boom")) })];
    in_nested: |d| [fine(d, "a").then(v => fine(d, "b").then(w => (v, w, boom::<u8>("boom"))))];
    in_two_handlers: |d| [bad(d, "a").then(_ => 1, r => { let _r = r; boom::<u8>("boom") })];
    in_catch: |d| [bad(d, "a").catch(r => { let _r = r; boom::<Step>("boom") })];
    in_catch_arm: |d| [bad(d, "a").catch(Reason::Late => d.token("x"), Reason::Token(_) => boom::<Token>("boom"))];
    in_catch_guard: |d| [bad(d, "a").catch(r if boom::<bool>("boom") => { drop(r); d.token("x") })];
    in_tap: |d| [fine(d, "a").tap(_ => boom::<()>("boom"))];
    in_tap_catch: |d| [bad(d, "a").tap_catch(|_| boom::<()>("boom"))];
    in_spread: |d| [fine(d, "a").then(v => (v, 1)).spread(|v, _| { let _v = v; boom::<u8>("boom") })];
    in_try: |d| [Promise.try(|| boom::<Step>("boom"))];
    in_an_executor: |d| [new Promise((resolve) => { let t = d.token("t"); boom::<()>("boom"); resolve(t) })];
    in_a_child_of_all: |d| [Promise.all([fine(d, "a"), fine(d, "b").then(v => (v, boom::<u8>("boom")).0), fine(d, "c")])];
    in_a_child_of_race: |d| [Promise.race([after(d, "a", 9), fine(d, "b").then(v => (v, boom::<u8>("boom")).0)])];
    in_a_child_of_any: |d| [Promise.any(vec![fine(d, "a").then(_ => boom::<Step>("boom"))].into_iter().chain(None))];
    in_the_reason_of_a_timeout: |d| [fine(d, "a").delay(SECOND * 9).timeout(SECOND, boom::<Reason>("boom"))];
    in_the_duration_of_a_delay: |d| [fine(d, "a").delay(boom("boom"))];
    in_the_predicate_of_retry: |d| [Promise.try(|| bad(d, "a")).retry(3, |_: &Reason| boom("boom"))];
    in_an_inner_finally: |d| [fine(d, "a").finally(|| boom::<()>("boom"))];
    in_an_inner_finally_after_a_rejection: |d| [bad(d, "a").finally(() => boom::<()>("boom"))];
}

#[test]
fn a_panic_in_a_finally_that_runs_on_drop_does_not_keep_the_outer_ones_from_running() {
    let diary = Diary::new();
    let chain = promise! {
        fine(&diary, "a").finally(|| { diary.write("inner"); if diary.alive() >= 0 { panic!("boom") } }).finally(|| diary.write("outer"))
    };
    let chain = promise_tests::suspended(chain, 1);
    assert_eq!(panic_message(|| drop(chain)), "boom");
    assert_eq!(
        diary.take(),
        ["poll a", "drop a", "drop value of a", "inner", "outer"]
    );
    assert_eq!(diary.alive(), 0);
}

#[test]
fn a_finally_that_panics_does_not_run_again() {
    let runs = Cell::new(0);
    let mut chain = Box::pin(
        promise! { fulfil::<_, ()>(1).finally(|| { runs.set(runs.get() + 1); boom::<()>("boom") }) },
    );
    let message = panic_message(|| {
        let _ = poll_once(chain.as_mut());
    });
    assert_eq!(message, "boom");
    drop(chain);
    assert_eq!(runs.get(), 1);
}

#[test]
fn polling_after_completion_panics() {
    let runs = Cell::new(0);
    let mut chain = pin!(
        promise! { Promise.resolve(1).then(v => { runs.set(runs.get() + 1); v }).finally(|| runs.set(runs.get() + 1)) }
    );
    assert_eq!(poll_once(chain.as_mut()), Poll::Ready(Ok(1)));
    for _ in 0..2 {
        let message = panic_message(|| {
            let _ = poll_once(chain.as_mut());
        });
        assert!(message.contains("resumed after completion"), "{message}");
    }
    assert_eq!(runs.get(), 2);
}

#[test]
fn a_panic_is_no_rejection() {
    let caught = Cell::new(false);
    let chain = promise! { <u8, &str> fulfil(1).then(_ => boom::<u8>("boom")).catch(_ => { caught.set(true); 0 }) };
    assert_eq!(
        panic_message(|| {
            let _ = promise_tests::settle(chain);
        }),
        "boom"
    );
    assert!(!caught.get());
}
