//! `catch`: total, with arms, and by type.

use std::cell::Cell;
use std::error::Error;
use std::num::ParseIntError;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, double, fetch_posts, fetch_user};
use promise_tests::{reject, settle};

type Dynamic = Box<dyn Error + Send + Sync>;

#[test]
fn a_handler_recovers_with_what_it_produces() {
    assert_eq!(
        settle(promise! { reject::<u32, _>("no").catch(e => e.len() as u32) }),
        Ok(2)
    );
    assert_eq!(
        settle(promise! { reject::<u32, _>("no").catch(|e| e.len() as u32) }),
        Ok(2)
    );
    assert_eq!(
        settle(promise! { reject::<u32, _>("no").catch(e => double(e.len() as u32)) }),
        Ok(4)
    );
    assert_eq!(
        settle(
            promise! { reject::<u32, _>("no").catch(async e => 1 + await double(e.len() as u32)) }
        ),
        Ok(5)
    );
    fn recover(reason: &str) -> u32 {
        reason.len() as u32 + 10
    }
    assert_eq!(
        settle(promise! { reject::<u32, _>("no").catch(recover) }),
        Ok(12)
    );
}

#[test]
fn a_handler_may_reject_again() {
    let chain = promise! { reject::<u32, _>("no").catch(e => { if e.len() == 2 { throw ApiError::NotFound } 1 }) };
    assert_eq!(settle(chain), Err(ApiError::NotFound));
    let chain = promise! { reject::<u32, _>("0").catch(e => fetch_user(e.parse().unwrap_or(0)).then(user => user.id)) };
    assert_eq!(settle(chain), Err(ApiError::NotFound));
}

#[test]
fn a_fulfilled_chain_passes_by() {
    let called = Cell::new(false);
    let chain =
        promise! { fetch_user(1).then(user => user.id).catch(_ => { called.set(true); 9 }) };
    assert_eq!(settle(chain), Ok(1));
    assert!(!called.get());
}

#[test]
fn arms_are_tried_in_order() {
    let run = |reason: ApiError| {
        promise! { move
            reject::<&str, _>(reason).catch(
                ApiError::NotFound => "missing",
                ApiError::Http(401 | 403) => "forbidden",
                ApiError::Http(status) if status >= 500 => "server",
                ApiError::Http(status @ 400..) => if status == 418 { "teapot" } else { "client" },
                ApiError::Parse(ref text) if text.is_empty() => "empty",
            )
        }
    };
    assert_eq!(settle(run(ApiError::NotFound)), Ok("missing"));
    assert_eq!(settle(run(ApiError::Http(403))), Ok("forbidden"));
    assert_eq!(settle(run(ApiError::Http(503))), Ok("server"));
    assert_eq!(settle(run(ApiError::Http(418))), Ok("teapot"));
    assert_eq!(settle(run(ApiError::Http(404))), Ok("client"));
    assert_eq!(settle(run(ApiError::Parse(String::new()))), Ok("empty"));
}

#[test]
fn what_no_arm_matches_passes_on_unchanged() {
    let moved = ApiError::Parse("kept".into());
    let chain = promise! { reject::<u32, _>(moved).catch(ApiError::Parse(text) if text.is_empty() => 1, ApiError::Http(_) => 2) };
    assert_eq!(settle(chain), Err(ApiError::Parse("kept".into())));
}

#[test]
fn the_comma_after_a_block_may_be_left_out() {
    let chain = promise! {
        reject::<u32, _>(ApiError::Http(500)).catch(
            ApiError::NotFound => { 1 }
            ApiError::Http(status) => { u32::from(status) }
            _ => 3
        )
    };
    assert_eq!(settle(chain), Ok(500));
}

#[test]
fn arms_may_differ_in_kind() {
    let run = |reason: ApiError| {
        promise! { move
            reject::<u32, _>(reason).catch(
                ApiError::NotFound => 1,
                ApiError::Http(0) => fetch_user(0).then(user => user.id),
                ApiError::Http(status) => double(status.into()),
                ApiError::Parse(text) => text.parse::<u32>().map_err(ApiError::from),
                ApiError::Timeout => throw ApiError::Http(1),
            )
        }
    };
    assert_eq!(settle(run(ApiError::NotFound)), Ok(1));
    assert_eq!(settle(run(ApiError::Http(0))), Err(ApiError::NotFound));
    assert_eq!(settle(run(ApiError::Http(4))), Ok(8));
    assert_eq!(settle(run(ApiError::Parse("12".into()))), Ok(12));
    assert_eq!(
        settle(run(ApiError::Parse("x".into()))),
        Err(ApiError::Parse("invalid digit found in string".into()))
    );
    assert_eq!(settle(run(ApiError::Timeout)), Err(ApiError::Http(1)));
}

#[test]
fn an_arms_own_rejection_is_not_caught_by_its_neighbours() {
    let chain = promise! { reject::<u32, _>(ApiError::Http(1)).catch(ApiError::Http(1) => { throw ApiError::Http(2) }, ApiError::Http(2) => 5) };
    assert_eq!(settle(chain), Err(ApiError::Http(2)));
}

#[test]
fn one_arm_that_cannot_fail_to_match_makes_it_total() {
    let Ok(v) = settle(
        promise! { fetch_user(0).then(user => user.id).catch(ApiError::Http(_) => 1, other => other.to_string().len() as u32) },
    );
    assert_eq!(v, 9);
    let Ok(v) = settle(
        promise! { reject::<u32, _>((1, "a")).catch((2, _) => 5, (n, text) => n + text.len() as u32) },
    );
    assert_eq!(v, 2);
    let Ok(v) = settle(promise! { reject::<u32, _>((1, "a")).catch((n, _) => n) });
    assert_eq!(v, 1);
    let v: Result<u32, ApiError> = settle(
        promise! { fetch_user(0).then(user => user.id).catch(any if any == ApiError::Timeout => 1) },
    );
    assert_eq!(v, Err(ApiError::NotFound));
}

#[test]
fn a_match_inside_a_handler_is_checked_by_rustc() {
    let Ok(v) = settle(
        promise! { fetch_user(0).then(user => user.id).catch(e => match e {
            ApiError::NotFound => 1,
            ApiError::Http(_) | ApiError::Timeout | ApiError::Parse(_) => 2,
        }) },
    );
    assert_eq!(v, 1);
}

#[test]
fn a_single_arm_with_a_path_pattern_is_an_arm() {
    const TEAPOT: u16 = 418;
    let run = |reason: u16| promise! { move reject::<u32, _>(reason).catch(TEAPOT => 1) };
    assert_eq!(settle(run(418)), Ok(1));
    assert_eq!(settle(run(1)), Err(1));
    let literal = promise! { reject::<u32, _>("a").catch("a" => 1, "b" => 2) };
    assert_eq!(settle(literal), Ok(1));
    let structure = promise! { reject::<u32, _>(Point { x: 1, y: 2 }).catch(Point { x: 0, .. } => 0, Point { x, y } => x + y) };
    assert_eq!(settle(structure), Ok(3));
}

#[derive(Debug, PartialEq)]
struct Point {
    x: u32,
    y: u32,
}

#[test]
fn arms_bind_by_reference_and_by_value() {
    let chain = promise! { reject::<usize, _>(ApiError::Parse("text".into())).catch(ApiError::Parse(ref text) if text.len() > 10 => 0, ApiError::Parse(text) => text.into_bytes().len()) };
    assert_eq!(settle(chain), Ok(4));
    let guarded = promise! { reject::<usize, _>(ApiError::Parse("text".into())).catch(ApiError::Parse(text) if text.len() > 10 => text.len(), ApiError::Parse(text) if text.len() == 4 => text.into_bytes().len() + 1) };
    assert_eq!(settle(guarded), Ok(5));
}

#[test]
fn a_typed_catch_picks_its_type_out_of_a_dynamic_chain() {
    let run = |text: &'static str| {
        promise! { move <u32, Dynamic>
            Promise.resolve(text)
                .then(text => text.parse::<u32>()?)
                .then(id => fetch_user(id).then(user => user.id))
                .catch((e: ParseIntError) => { assert_eq!(e.to_string(), "invalid digit found in string"); 100 })
                .then(v => v + 1)
                .catch(|e: ApiError| { assert_eq!(e, ApiError::NotFound); 200 })
        }
    };
    assert_eq!(settle(run("1")).unwrap(), 2);
    assert_eq!(settle(run("x")).unwrap(), 101);
    assert_eq!(settle(run("0")).unwrap(), 200);
}

#[test]
fn what_is_not_of_the_type_passes_on() {
    let chain = promise! { <u32, Dynamic> fetch_user(0).then(user => user.id).catch((_e: ParseIntError) => 1) };
    assert_eq!(
        settle(chain).unwrap_err().downcast_ref(),
        Some(&ApiError::NotFound)
    );
    let closure =
        promise! { <u32, Dynamic> fetch_user(0).then(user => user.id).catch(|_: ParseIntError| 1) };
    assert!(settle(closure).unwrap_err().is::<ApiError>());
    let anyhow = promise! { <u32, anyhow::Error> fetch_user(0).then(user => user.id).catch((_e: ParseIntError) => 1).catch((e: ApiError) => e.to_string().len() as u32) };
    assert_eq!(settle(anyhow).unwrap(), 9);
    let shared = promise! { <u32, SharedError> fetch_user(0).then(user => user.id).catch((_e: TimeoutError) => 1).catch((e: ApiError) => e.to_string().len() as u32) };
    assert_eq!(settle(shared).unwrap(), 9);
    let local = promise! { <u32, Box<dyn Error>> fetch_user(0).then(user => user.id).catch((_e: ParseIntError) => 1) };
    assert!(settle(local).unwrap_err().is::<ApiError>());
}

#[test]
fn a_typed_catch_of_the_chains_own_type_is_total() {
    let Ok(v) = settle(
        promise! { fetch_posts(9).then(posts => posts.len()).catch((e: ApiError) => e.to_string().len()) },
    );
    assert_eq!(v, 8);
    let Ok(v) = settle(
        promise! { fetch_posts(9).then(posts => posts.len()).catch(|e: ApiError| e.to_string().len()) },
    );
    assert_eq!(v, 8);
}

#[test]
fn a_typed_catch_may_be_async_and_rejects_like_any_handler() {
    let chain = promise! { <u32, Dynamic> fetch_user(0).then(user => user.id).catch(async (e: ApiError) => { let v = await double(1); if v == 2 { throw format!("again: {e}") } v }) };
    assert_eq!(settle(chain).unwrap_err().to_string(), "again: not found");
}

#[test]
fn a_two_handler_then_takes_only_what_stands_before() {
    let chain = promise! { reject::<u32, _>("before").then(v => v, e => e.len() as u32) };
    assert_eq!(settle(chain), Ok(6));
    let own = promise! { <u32, &str> Promise.resolve(1).then(v => { if v == 1 { throw "own" } v }, _ => 5) };
    assert_eq!(settle(own), Err("own"));
    let closures =
        promise! { fetch_user(0).then(|user| user.id, |e| double(e.to_string().len() as u32)) };
    assert_eq!(settle(closures), Ok(18));
    let rejecting = promise! { fetch_user(0).then(user => user.id, e => { if e == ApiError::NotFound { throw "second" } 1 }) };
    assert_eq!(settle(rejecting), Err("second"));
}

#[deny(warnings)]
#[allow(clippy::empty_loop, reason = "no loop is reached")]
mod handlers_that_never_return {
    use super::*;

    fn give_up() -> ! {
        panic!("given up")
    }

    async fn found() -> Result<u32, ApiError> {
        Ok(2)
    }

    fn panics<T, E>(chain: impl Future<Output = Result<T, E>>) -> bool {
        let mut chain = Box::pin(chain);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            promise_tests::poll_once(chain.as_mut()).is_ready()
        }))
        .is_err()
    }

    #[test]
    fn the_value_is_that_of_what_stands_before() {
        assert_eq!(settle(promise! { found().catch(_ => give_up()) }), Ok(2));
        assert_eq!(settle(promise! { found().catch(|_| give_up()) }), Ok(2));
        assert_eq!(
            settle(promise! { found().catch(|_| { std::process::exit(1) }) }),
            Ok(2)
        );
        assert_eq!(
            settle(promise! { found().catch(_ => { eprintln!(); std::process::exit(1) }) }),
            Ok(2)
        );
        assert_eq!(settle(promise! { found().catch(_ => loop {}) }), Ok(2));
        assert_eq!(settle(promise! { found().catch(|_| loop {}) }), Ok(2));
        assert_eq!(
            settle(promise! { found().then(n => n, _ => give_up()) }),
            Ok(2)
        );
        assert_eq!(
            settle(
                promise! { found().catch(ApiError::NotFound => give_up(), ApiError::Http(n) => u32::from(n)) }
            ),
            Ok(2)
        );
        assert_eq!(
            settle(promise! { <u32, ApiError> found().catch(_ => give_up()) }),
            Ok(2)
        );
    }

    #[test]
    fn a_handler_that_is_reached_is_called() {
        let missing = || reject::<u32, _>("no");
        assert!(panics(promise! { missing().catch(_ => give_up()) }));
        assert!(panics(promise! { missing().catch(|_| give_up()) }));
        assert!(panics(promise! { missing().tap_catch(_ => give_up()) }));
        assert!(panics(promise! { found().tap(_ => give_up()) }));
        assert!(panics(promise! { found().tap(|_| give_up()) }));
        assert!(panics(promise! { found().finally(() => give_up()) }));
        assert!(panics(promise! { found().finally(|| give_up()) }));
        assert!(panics(promise! { found().finally(give_up) }));
    }
}
