//! What the steps mean: `then`, `tap`, `tapCatch`, `spread`, `delay`, `timeout`, and the rules of `finally`.
#![allow(
    deprecated,
    reason = "what the macro calls redundant must work all the same"
)]

use std::cell::{Cell, RefCell};
use std::time::Duration;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, double, fetch_posts, fetch_user};
use promise_tests::{Diary, fulfil, ms, never, reject, settle, timed, virtually};

#[test]
fn then_passes_rejections_by() {
    let called = Cell::new(false);
    let chain = promise! { fetch_user(0).then(|user| { called.set(true); user.id }).then(id => { called.set(true); id + 1 }) };
    assert_eq!(settle(chain), Err(ApiError::NotFound));
    assert!(!called.get());
}

#[test]
fn handlers_run_in_causal_order() {
    let order = RefCell::new(Vec::new());
    let log = |step: &'static str| order.borrow_mut().push(step);
    let chain = promise! {
        { log("source"); fetch_user(1) }
            .then(user => { log("then"); user })
            .tap(_ => log("tap"))
            .then(async user => { log("async"); let id = await double(user.id); log("awaited"); id })
            .finally(() => log("finally"))
            .then(_ => log("end"))
    };
    assert!(settle(chain).is_ok());
    assert_eq!(
        *order.borrow(),
        [
            "source", "then", "tap", "async", "awaited", "finally", "end"
        ]
    );
}

#[test]
fn tap_looks_and_changes_nothing() {
    let seen = Cell::new(0);
    let chain = promise! { fetch_user(3).tap(user => seen.set(user.id)).tap(|user| user.name.len()).tap(_ => double(5)).then(user => user.id) };
    assert_eq!(settle(chain), Ok(3));
    assert_eq!(seen.get(), 3);
}

#[test]
fn taps_future_is_awaited_and_may_borrow_the_value() {
    let done = Cell::new(0);
    let chain = promise! { fetch_user(3).tap(async user => { let doubled = await double(user.id); done.set(doubled); }).then(user => (user.id, done.get())) };
    assert_eq!(settle(chain), Ok((3, 6)));
    async fn audit(name: &str) -> Result<(), ApiError> {
        if name == "user4" {
            Err(ApiError::Http(4))
        } else {
            Ok(())
        }
    }
    let run = |id: u32| promise! { move fetch_user(id).tap(user => audit(&user.name)).then(user => user.id) };
    assert_eq!(settle(run(3)), Ok(3));
    assert_eq!(settle(run(4)), Err(ApiError::Http(4)));
}

#[test]
fn taps_rejection_replaces_the_outcome() {
    let thrown = promise! { Promise.resolve(1).tap(v => { if *v == 1 { throw "tapped" } }) };
    assert_eq!(settle(thrown), Err("tapped"));
    let rejected = promise! { fetch_user(1).tap(user => fetch_posts(user.id + 8)) };
    assert_eq!(settle(rejected), Err(ApiError::Http(503)));
    let closure = promise! { fetch_user(1).tap(|user| if user.id == 1 { Err(ApiError::NotFound) } else { Ok(()) }) };
    assert_eq!(settle(closure), Err(ApiError::NotFound));
}

#[test]
fn tap_does_not_see_rejections_and_tap_catch_no_values() {
    let called = Cell::new(0);
    let chain = promise! {
        fetch_user(0)
            .tap(_ => called.set(called.get() + 1))
            .tapCatch(e => { assert_eq!(*e, ApiError::NotFound); called.set(called.get() + 10); })
            .catch(_ => fetch_user(1))
            .tapCatch(_ => called.set(called.get() + 100))
            .then(user => user.id)
    };
    assert_eq!(settle(chain), Ok(1));
    assert_eq!(called.get(), 10);
}

#[test]
fn tap_catch_changes_nothing_unless_it_rejects() {
    let kept = promise! { reject::<u32, _>("first").tap_catch(e => { let _ = e.len(); 5 }).tap_catch(async e => { let _ = await double(e.len() as u32); }) };
    assert_eq!(settle(kept), Err("first"));
    let replaced = promise! { reject::<u32, _>("first").tap_catch(e => { if e.len() == 5 { throw "second" } }) };
    assert_eq!(settle(replaced), Err("second"));
    let by_future = promise! { fetch_user(0).tap_catch(_ => fetch_posts(9)) };
    assert_eq!(settle(by_future), Err(ApiError::Http(503)));
}

#[test]
#[allow(deprecated)] // that is what they are about
fn a_tap_catch_before_the_first_rejection_has_no_say_in_its_type() {
    let plain = promise! { Promise.resolve(1).tap_catch(e => println!("{e}")).then(n => { if n == 1 { throw "later" } n }) };
    assert_eq!(plain.block_on(), Err("later"));
    let twice = promise! { Promise.resolve(0).tap_catch(|e| e.to_string()).tap_catch(async e => { let _ = e; }).then(fetch_user) };
    assert!(twice.block_on().is_err());
    let throwing = promise! { Promise.resolve(1).tap_catch(_ => { throw "never" }).then(n => reject::<u32, _>(["odd", "even"][n])) };
    assert_eq!(throwing.block_on(), Err("even"));
    let among_others = promise! {
        reject::<u32, _>("first")
            .catch("second" => 2)
            .tap_catch(e => assert_eq!(e.len(), 5))
            .finally(() => {})
            .tap_catch(|e: &&str| assert_eq!(*e, "first"))
            .retry(2)
            .then(n => { if n == 1 { throw "later" } n })
    };
    assert_eq!(among_others.block_on(), Err("first"));
}

#[test]
fn spread_takes_a_tuple_or_an_array_apart() {
    assert_eq!(
        settle(promise! { Promise.resolve((1, "b")).spread(|a, b| (b, a)) }),
        Ok(("b", 1))
    );
    assert_eq!(
        settle(promise! { Promise.resolve((1, "b")).spread((a, b) => (b, a)) }),
        Ok(("b", 1))
    );
    assert_eq!(
        settle(promise! { Promise.resolve([1, 2, 3]).spread(|a, b, c| a + b + c) }),
        Ok(6)
    );
    assert_eq!(
        settle(promise! { Promise.resolve([1, 2, 3]).spread((a, b, c) => a + b + c) }),
        Ok(6)
    );
    assert_eq!(
        settle(
            promise! { Promise.all([fetch_user(1), fetch_posts(2)]).spread((user, posts) => user.id as usize + posts.len()) }
        ),
        Ok(3)
    );
    assert_eq!(
        settle(
            promise! { Promise.all([double(1), double(2)]).spread(async (a, b) => a + await double(b)) }
        ),
        Ok(10)
    );
    assert_eq!(
        settle(promise! { Promise.all([double(1), double(2)]).spread(|a, b| double(a + b)) }),
        Ok(12)
    );
    fn add(a: u32, b: u32) -> u32 {
        a + b
    }
    assert_eq!(
        settle(promise! { Promise.resolve((1, 2)).spread(add) }),
        Ok(3)
    );
    assert_eq!(
        settle(promise! { Promise.resolve((1,)).spread(|a| a) }),
        Ok(1)
    );
    let many = promise! { Promise.resolve((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)).spread((a, b, c, d, e, f, g, h, i, j, k, l) => a + b + c + d + e + f + g + h + i + j + k + l) };
    assert_eq!(settle(many), Ok(78));
    assert_eq!(
        settle(promise! { reject::<(u32, u32), _>("no").spread((a, b) => a + b) }),
        Err("no")
    );
}

#[test]
fn delay_waits_after_fulfilment_only() {
    assert_eq!(
        timed(promise! { double(2).delay(ms(30)).then(v => v + 1) }),
        (Ok(5), ms(30))
    );
    assert_eq!(
        timed(promise! { fetch_user(0).delay(ms(30)) }),
        (Err(ApiError::NotFound), ms(0))
    );
    let computed = timed(promise! { double(2).delay(Duration::from_secs(1) * 2).delay(ms(5)) });
    assert_eq!(computed, (Ok(4), ms(2005)));
}

#[test]
fn what_is_in_time_passes_a_timeout() {
    assert_eq!(
        timed(
            promise! { <_, ApiError> fetch_user(1).delay(ms(10)).then(user => user.id).timeout(ms(11)) }
        ),
        (Ok(1), ms(10))
    );
    assert_eq!(
        timed(promise! { fetch_user(0).timeout(ms(11), ApiError::Timeout) }),
        (Err(ApiError::NotFound), ms(0))
    );
}

#[test]
fn what_is_late_is_dropped_and_the_chain_rejects() {
    let diary = Diary::new();
    let chain = promise! {
        fulfil::<u32, TimeoutError>(1).watched(&diary, "before")
            .then(v => never::<u32>().watched(&diary, "late").finally(() => diary.write("inner finally")).then(w => v + w))
            .finally(() => diary.write("finally"))
            .timeout(ms(20))
            .tap_catch(_ => diary.write("rejected"))
    };
    assert_eq!(timed(chain), (Err(TimeoutError), ms(20)));
    let lines = diary.take();
    assert_eq!(
        lines[lines.len() - 4..],
        ["drop late", "inner finally", "finally", "rejected"]
    );
}

#[test]
fn a_timeout_covers_everything_before_it() {
    let run = |limit| {
        promise! { move <u32, ApiError>
            double(1).delay(ms(10)).then(v => double(v)).delay(ms(10)).then(async v => { await Promise.delay(ms(10)); v }).timeout(limit)
        }
    };
    assert_eq!(timed(run(ms(31))), (Ok(4), ms(30)));
    assert_eq!(timed(run(ms(29))), (Err(ApiError::Timeout), ms(29)));
}

#[test]
fn a_timeouts_reason_is_evaluated_only_then() {
    let evaluated = Cell::new(0);
    let reason = || {
        evaluated.set(evaluated.get() + 1);
        ApiError::Http(504)
    };
    let in_time = promise! { fetch_user(1).timeout(ms(5), reason()).then(user => user.id) };
    assert_eq!(virtually(in_time), Ok(1));
    assert_eq!(evaluated.get(), 0);
    let late =
        promise! { fetch_user(1).delay(ms(6)).timeout(ms(5), reason()).then(user => user.id) };
    assert_eq!(virtually(late), Err(ApiError::Http(504)));
    assert_eq!(evaluated.get(), 1);
}

#[test]
fn timeouts_nest_and_are_caught_like_any_rejection() {
    let inner = promise! { <_, ApiError> fetch_user(1).delay(ms(30)).timeout(ms(10)).catch(ApiError::Timeout => fetch_user(2)).delay(ms(30)).timeout(ms(50)).then(user => user.id) };
    assert_eq!(timed(inner), (Ok(2), ms(40)));
    let outer = promise! { <_, ApiError> fetch_user(1).delay(ms(30)).timeout(ms(100)).delay(ms(30)).timeout(ms(50)).then(user => user.id).catch(_ => 7) };
    assert_eq!(timed(outer), (Ok(7), ms(50)));
    let only = promise! { double(1).delay(ms(9)).timeout(ms(5)) };
    assert_eq!(virtually(only), Err(TimeoutError));
}

#[test]
fn steps_after_a_timeout_have_all_the_time_they_want() {
    let chain = promise! { <_, ApiError> double(1).timeout(ms(5)).delay(ms(50)).then(v => v + 1) };
    assert_eq!(timed(chain), (Ok(3), ms(50)));
}

#[test]
fn arguments_are_evaluated_when_the_chain_reaches_their_step() {
    let order = RefCell::new(Vec::new());
    let log = |step: &'static str, v: u64| {
        order.borrow_mut().push(step);
        ms(v)
    };
    let chain = promise! { <_, ApiError> double(1).tap(_ => order.borrow_mut().push("tap")).delay(log("delay", 1)).tap(_ => order.borrow_mut().push("tap again")).timeout(log("timeout", 50)) };
    assert!(order.borrow().is_empty());
    assert_eq!(virtually(chain), Ok(2));
    let order = order.take();
    let place = |name| order.iter().position(|line| *line == name).unwrap();
    assert!(
        place("tap") < place("delay") && place("delay") < place("tap again"),
        "{order:?}"
    );
}

#[test]
fn finally_runs_once_whatever_the_outcome() {
    for id in [0, 1] {
        let runs = Cell::new(0);
        let chain = promise! { fetch_user(id).finally(() => runs.set(runs.get() + 1)).then(user => user.id) };
        assert_eq!(settle(chain).is_ok(), id == 1);
        assert_eq!(runs.get(), 1);
    }
}

#[test]
fn finallys_value_is_ignored_its_rejection_replaces_and_its_future_is_awaited() {
    assert_eq!(
        settle(promise! { Promise.resolve("yes").finally(() => 77) }),
        Ok("yes")
    );
    assert_eq!(
        settle(promise! { reject::<u32, _>("a reason").finally(() => 233) }),
        Err("a reason")
    );
    assert_eq!(
        settle(promise! { reject::<u32, _>(46).finally(() => { throw 47; }) }),
        Err(47)
    );
    assert_eq!(
        settle(promise! { reject::<u32, _>("first").finally(() => Promise.reject("second")) }),
        Err("second")
    );
    assert_eq!(
        settle(promise! { fulfil::<u32, _>(1).finally(|| reject::<(), _>("second")) }),
        Err("second")
    );
    let waited = promise! { fulfil::<u32, ApiError>(1).finally(() => Promise.delay(ms(30))).finally(async () => { await Promise.delay(ms(10)); }) };
    assert_eq!(timed(waited), (Ok(1), ms(40)));
}
