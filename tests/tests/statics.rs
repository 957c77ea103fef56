//! The functions of `Promise`, row by row.

use std::cell::Cell;
use std::convert::Infallible;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, User, double, fetch_posts, fetch_user};
use promise_tests::{Diary, fulfil, ms, never, plain, reject, settle, suspended, timed, virtually};

type Outcome<T> = Result<T, &'static str>;

fn after<T: Unpin>(turns: u32, outcome: Outcome<T>) -> promise_tests::Leaf<Outcome<T>> {
    plain(outcome).after(turns)
}

#[test]
fn all_fulfils_with_every_value_in_input_order() {
    let chain = promise! { Promise.all([after(3, Ok(1)), after(1, Ok(2)), after(2, Ok(3))]) };
    assert_eq!(settle(chain), Ok([1, 2, 3]));
}

#[test]
fn all_rejects_at_the_first_rejection_and_drops_the_rest() {
    let diary = Diary::new();
    let chain = promise! {
        Promise.all([never::<u32>().watched(&diary, "first"), after(2, Err::<u32, _>("late")), after(1, Err::<u32, _>("early")), never::<u32>().watched(&diary, "last")])
            .tap_catch(_ => diary.write("handler"))
    };
    assert_eq!(settle(chain), Err("early"));
    let lines = diary.take();
    assert_eq!(
        lines.last().map(String::as_str),
        Some("handler"),
        "the rest is dropped before the next handler runs: {lines:?}"
    );
    assert_eq!(diary.alive(), 0);
}

#[test]
fn all_settled_fulfils_with_every_outcome_and_never_rejects() {
    let Ok(outcomes) = settle(
        promise! { Promise.allSettled([after(2, Ok(1)), after(1, Err("no")), after(0, Ok(3))]) },
    );
    assert_eq!(outcomes, [Ok(1), Err("no"), Ok(3)]);
}

#[test]
fn all_settled_keeps_each_elements_own_rejection_type() {
    let Ok((user, number, text, plain, certain)) = settle(promise! {
        Promise.allSettled([fetch_user(0), async { "x".parse::<u32>() }, Promise.reject("text").then((v: u32) => v), 5, double(2)])
    });
    assert_eq!(user, Err(ApiError::NotFound));
    assert!(number.is_err());
    assert_eq!(text, Err("text"));
    let (Ok(5), Ok(4)): (Result<i32, Infallible>, Result<u32, Infallible>) = (plain, certain)
    else {
        panic!()
    };
}

#[test]
fn any_fulfils_with_the_first_fulfilment_and_drops_the_rest() {
    let diary = Diary::new();
    let chain = promise! {
        Promise.any([after(0, Err("no")), never::<u32>().watched(&diary, "pending"), after(2, Ok(2)), after(1, Ok(1))]).tap(_ => diary.write("handler"))
    };
    let Ok(1) = settle(chain) else { panic!() };
    assert_eq!(diary.take().last().map(String::as_str), Some("handler"));
}

#[test]
fn any_rejects_with_all_reasons_in_input_order() {
    let chain = promise! { Promise.any([after(2, Err::<u32, _>("a")), after(1, Err("b")), after(3, Err("c"))]) };
    assert_eq!(
        settle(chain),
        Err(AggregateError {
            errors: ["a", "b", "c"]
        })
    );
    let caught = promise! { Promise.any([fetch_user(0), fetch_user(0)]).then(user => user.id).catch(e => e.errors.len() as u32) };
    assert_eq!(settle(caught), Ok(2));
    let tuple = promise! { Promise.any((after(2, Err::<u32, _>("a")), fulfil::<u32, &str>(1).then(v => { if v == 1 { throw "b" } v }))) };
    assert_eq!(settle(tuple), Err(AggregateError { errors: ["a", "b"] }));
    let dynamic = promise! { Promise.any(vec![after(1, Err::<u32, _>("a")), after(0, Err("b"))]) };
    assert_eq!(
        settle(dynamic),
        Err(AggregateError {
            errors: vec!["a", "b"]
        })
    );
}

#[test]
fn race_settles_like_the_first_to_settle_and_drops_the_rest() {
    let diary = Diary::new();
    let fulfilled = promise! { Promise.race([never::<u32>().watched(&diary, "slow"), after(2, Ok(2)), after(1, Ok(1))]).tap(_ => diary.write("handler")) };
    assert_eq!(settle(fulfilled), Ok(1));
    assert_eq!(diary.take().last().map(String::as_str), Some("handler"));
    let rejected =
        promise! { Promise.race([after(2, Ok(2)), after(1, Err("first")), Promise.never()]) };
    assert_eq!(settle(rejected), Err("first"));
}

#[test]
fn children_are_polled_in_input_order_and_ties_go_to_the_earlier_one() {
    let diary = Diary::new();
    let child = |name| after(1, Ok::<_, &str>(name)).watched(&diary, name);
    let chain = promise! { Promise.race([child("a"), child("b"), child("c")]) };
    assert_eq!(settle(chain), Ok("a"));
    assert_eq!(diary.take()[..4], ["poll a", "poll b", "poll c", "poll a"]);
    let values = promise! { Promise.race([1, 2]) };
    assert_eq!(settle(values), Ok(1));
    let any = promise! { Promise.any([after(1, Ok("a")), after(1, Ok("b"))]) };
    assert_eq!(settle(any), Ok("a"));
    let all = promise! { Promise.all([after::<u32>(1, Err("a")), after::<u32>(1, Err("b"))]) };
    assert_eq!(settle(all), Err("a"));
}

#[test]
fn children_run_concurrently() {
    let chain = promise! { Promise.all([Promise.delay(ms(30), 1), Promise.delay(ms(50), 2), Promise.delay(ms(40), 3)]) };
    assert_eq!(timed(chain), (Ok([1, 2, 3]), ms(50)));
    let race = promise! { Promise.race([Promise.delay(ms(30), 1), Promise.delay(ms(20), 2)]) };
    assert_eq!(timed(race), (Ok(2), ms(20)));
    let any = promise! { Promise.any([Promise.delay(ms(30), 1), Promise.delay(ms(20)).then(() => { if true { throw "no" } 2 })]) };
    assert_eq!(timed(any), (Ok(1), ms(30)));
    let settled = promise! { Promise.allSettled([Promise.delay(ms(30)), Promise.delay(ms(20))]).then(() => ()) };
    assert_eq!(timed(settled), (Ok(()), ms(30)));
}

#[test]
fn resolve_fulfils_with_what_its_argument_produces() {
    assert_eq!(settle(promise! { Promise.resolve(3) }), Ok(3));
    assert_eq!(settle(promise! { Promise.resolve() }), Ok(()));
    assert_eq!(settle(promise! { Promise.resolve(()) }), Ok(()));
    assert_eq!(
        settle(promise! { Promise.resolve(fetch_user(0)) }),
        Err(ApiError::NotFound)
    );
    assert_eq!(
        settle(promise! { Promise.resolve("5".parse::<u8>()) }),
        Ok(5)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1 + 2 * 3).then(v => v) }),
        Ok(7)
    );
}

#[test]
fn reject_rejects_with_its_argument_as_it_is() {
    let text: Result<u32, _> = settle(promise! { Promise.reject("no") });
    assert_eq!(text, Err("no"));
    let typed = promise! { <User, _> Promise.reject(ApiError::Http(1)) };
    assert_eq!(settle(typed), Err(ApiError::Http(1)));
    let result: Result<u32, Result<u8, ApiError>> = settle(promise! { Promise.reject(Ok(1)) });
    assert_eq!(result, Err(Ok(1)), "a `Result` is a reason like any other");
    let future: Result<u32, _> = settle(promise! { Promise.reject(double(2)) });
    assert_eq!(settle(future.unwrap_err()), 4, "and so is a future");
    assert_eq!(
        settle(
            promise! { Promise.reject("no").then((v: usize) => v + 1).catch(reason => reason.len()) }
        ),
        Ok(2)
    );
}

#[test]
fn try_settles_with_what_the_function_produces() {
    assert_eq!(settle(promise! { Promise.try(() => 5) }), Ok(5));
    assert_eq!(
        settle(promise! { Promise.try(|| fetch_user(2)).then(user => user.id) }),
        Ok(2)
    );
    assert_eq!(
        settle(promise! { Promise.try(() => { if true { throw "no" } 5 }) }),
        Err("no")
    );
    assert_eq!(
        settle(promise! { Promise.try(async () => await double(2) + 1) }),
        Ok(5)
    );
    assert!(settle(promise! { Promise.try(() => "x".parse::<u32>()?) }).is_err());
    fn source() -> Result<u32, ApiError> {
        Err(ApiError::NotFound)
    }
    assert_eq!(
        settle(promise! { Promise.try(source).catch(_ => 9) }),
        Ok(9)
    );
}

#[test]
fn try_calls_its_function_at_the_first_poll() {
    let called = Cell::new(false);
    let chain = promise! { Promise.try(() => called.set(true)) };
    assert!(!called.get());
    assert_eq!(settle(chain), Ok(()));
    assert!(called.get());
}

/// Nothing says what it would fulfil with, and nothing need.
#[test]
#[allow(unreachable_code, reason = "only rustc 1.85 says so of generated code")]
fn a_value_that_there_never_is_needs_no_type() {
    assert!(promise! { Promise.reject("no") }.block_on().is_err());
    let skipped =
        promise! { Promise.reject("no").then(v => v).tap(_ => ()).catch(reason => reason.len()) };
    assert_eq!(settle(skipped), Ok(2));
    let recovered = promise! { Promise.reject("no").catch("yes" => "never".len()) };
    assert_eq!(settle(recovered), Err("no"));
    drop(suspended(promise! { Promise.never() }, 3));
    drop(suspended(promise! { Promise.never().then(v => v) }, 3));
    let late = promise! { Promise.never().timeout(ms(1), "late") };
    assert!(virtually(late).is_err());
    let first = promise! { Promise.race([Promise.never(), Promise.reject("no")]) };
    assert!(settle(first).is_err());
}

#[test]
fn never_stays_pending() {
    drop(suspended(promise! { <u32, ApiError> Promise.never() }, 50));
    drop(suspended(
        promise! { <u32, ApiError> Promise.never().then(|v: u32| v + 1).catch(_ => 1) },
        50,
    ));
    assert_eq!(
        settle(promise! { Promise.race([Promise.never(), fetch_user(1)]).then(user => user.id) }),
        Ok(1)
    );
}

#[test]
fn delay_fulfils_after_the_time() {
    assert_eq!(timed(promise! { Promise.delay(ms(40)) }), (Ok(()), ms(40)));
    assert_eq!(
        timed(promise! { Promise.delay(ms(40), "late") }),
        (Ok("late"), ms(40))
    );
    assert_eq!(
        timed(promise! { Promise.delay(ms(40), fetch_user(1)).then(user => user.id) }),
        (Ok(1), ms(40))
    );
    assert_eq!(
        virtually(promise! { Promise.delay(ms(40), fetch_user(0)) }),
        Err(ApiError::NotFound)
    );
    let chained =
        promise! { Promise.delay(ms(1)).then(() => Promise.delay(ms(2), 5)).delay(ms(3)) };
    assert_eq!(timed(chained), (Ok(5), ms(6)));
}

#[test]
fn empty_inputs() {
    assert_eq!(
        settle(promise! { Promise.all(Vec::<promise_tests::Leaf<Outcome<u32>>>::new()) }),
        Ok(vec![])
    );
    let Ok(none) =
        settle(promise! { Promise.allSettled(Vec::<promise_tests::Leaf<Outcome<u32>>>::new()) });
    assert!(none.is_empty());
    let any = promise! { Promise.any(Vec::<promise_tests::Leaf<Outcome<u32>>>::new()) };
    assert_eq!(settle(any), Err(AggregateError { errors: vec![] }));
    drop(suspended(
        promise! { Promise.race(Vec::<promise_tests::Leaf<Outcome<u32>>>::new()) },
        20,
    ));
    assert!(settle(promise! { Promise.all([]) }).is_ok());
    assert!(settle(promise! { Promise.allSettled([]) }).is_ok());
}

#[test]
fn elements_see_the_environment_and_are_evaluated_when_the_chain_starts() {
    let started = Cell::new(0);
    let start = |v: u32| {
        started.set(started.get() + 1);
        double(v)
    };
    let base = 4;
    let chain = promise! { Promise.all([start(base), start(base + 1), Promise.resolve(base)]) };
    assert_eq!(started.get(), 0);
    assert_eq!(settle(chain), Ok([8, 10, 4]));
    assert_eq!(started.get(), 2);
}

#[test]
fn a_page_is_loaded_at_once() {
    let chain = promise! {
        Promise.all({ user: Promise.delay(ms(10), fetch_user(1)), posts: Promise.delay(ms(20), fetch_posts(1)).catch(_ => Vec::new()) })
            .timeout(ms(30), ApiError::Timeout)
            .then(({ user, posts }) => (user.id, posts.len()))
    };
    assert_eq!(virtually(chain), Ok((1, 2)));
    let failing = promise! { <u32, &str> Promise.all([reject::<u32, &str>("no"), fulfil(1)]).then(([a, b]) => a + b) };
    assert_eq!(settle(failing), Err("no"));
}

#[test]
fn a_question_mark_in_an_element_rejects_with_what_the_chain_does() {
    let all = |id| promise! { move <_, ApiError> Promise.all([async move { let user = fetch_user(id).await?; Ok(user.id) }, async { Ok(2) }]) };
    assert_eq!(settle(all(1)), Ok([1, 2]));
    assert_eq!(settle(all(9)), Ok([9, 2]));
    let race = promise! { <_, ApiError> Promise.race([async { Ok(fetch_user(1).await?.id) }, async { Ok(2) }]) };
    assert_eq!(settle(race), Ok(2));
    let record = promise! { <_, ApiError> Promise.all({ a: async { Ok(fetch_user(1).await?.id) }, b: fetch_user(2) }).then(({ a, b }) => a + b.id) };
    assert_eq!(settle(record), Ok(3));
    let iterator = promise! { <_, ApiError> Promise.all([1, 2].iter().map(|&id| async move { Ok(fetch_user(id).await?.id) })) };
    assert_eq!(settle(iterator), Ok(vec![1, 2]));
    let after_another = promise! { Promise.all([fetch_user(1), async { let user = fetch_user(2).await?; Ok(user) }]).then(([a, b]) => a.id + b.id) };
    assert_eq!(settle(after_another), Ok(3));
}
