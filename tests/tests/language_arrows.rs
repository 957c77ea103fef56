//! Arrows are JavaScript: the tail is the value, `return` fulfils, `throw` and `?` reject, `await` yields.

use std::cell::Cell;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, double, fetch_comments, fetch_posts, fetch_user};
use promise_tests::{fulfil, plain, reject, settle};

#[test]
fn the_tail_is_the_value() {
    assert_eq!(
        settle(promise! { Promise.resolve(2).then(v => v + 1) }),
        Ok(3)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(2).then(v => { let w = v + 1; w * 2 }) }),
        Ok(6)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(2).then(v => { let _ = v; }) }),
        Ok(())
    );
    assert_eq!(
        settle(promise! { Promise.resolve(2).then(_v => {}) }),
        Ok(())
    );
    assert_eq!(
        settle(promise! { Promise.resolve(2).then(v => if v > 1 { "many" } else { "few" }) }),
        Ok("many")
    );
    assert_eq!(
        settle(promise! { Promise.resolve(2).then(v => match v { 2 => 'b', _ => 'a' }) }),
        Ok('b')
    );
}

#[test]
fn return_fulfils() {
    let sign = |v: i32| promise! { move Promise.resolve(v).then(v => { if v < 0 { return "negative"; } "other" }) };
    assert_eq!(settle(sign(-1)), Ok("negative"));
    assert_eq!(settle(sign(1)), Ok("other"));
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(v => { return v + 1; }) }),
        Ok(2)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(v => { return v + 1 }) }),
        Ok(2)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(v => { if v == 1 { return; } unreachable!() }) }),
        Ok(())
    );
}

#[test]
fn a_returned_future_is_adopted() {
    let comments = |id| {
        promise! {
            move fetch_posts(id).then(posts => {
                let Some(first) = posts.first() else { return fetch_comments(0); };
                fetch_comments(first.id)
            }).then(comments => comments[0].0.clone())
        }
    };
    assert_eq!(settle(comments(3)), Ok("on 30".into()));
    assert_eq!(settle(comments(7)), Ok("on 0".into()));
    assert_eq!(settle(comments(9)), Err(ApiError::Http(503)));
}

#[test]
fn throw_rejects() {
    let even = |v: u32| promise! { move Promise.resolve(v).then(v => { if v % 2 == 1 { throw "odd" } v / 2 }) };
    assert_eq!(settle(even(4)), Ok(2));
    assert_eq!(settle(even(5)), Err("odd"));
    let always = promise! { <u32, &str> Promise.resolve(1).then(_ => throw "always") };
    assert_eq!(settle(always), Err("always"));
    let in_block = promise! { <u32, _> Promise.resolve(1).then(_ => { throw "always"; }) };
    assert_eq!(settle(in_block), Err("always"));
}

#[test]
fn throw_skips_to_the_next_catch() {
    let skipped = Cell::new(true);
    let chain = promise! {
        Promise.resolve(1)
            .then(v => { if v == 1 { throw ApiError::Http(1) } v })
            .then(v => { skipped.set(false); v })
            .catch(e => { assert_eq!(e, ApiError::Http(1)); 10 })
            .then(v => v + 1)
    };
    assert_eq!(settle(chain), Ok(11));
    assert!(skipped.get());
}

#[test]
fn a_question_mark_rejects_on_err() {
    let parse = |text: &'static str| promise! { move Promise.resolve(text).then(text => text.parse::<u8>()? + 1) };
    assert_eq!(settle(parse("4")), Ok(5));
    assert_eq!(
        settle(parse("four")).unwrap_err().to_string(),
        "invalid digit found in string"
    );
    let twice = promise! { Promise.resolve(("1", "2")).then((a, b) => { let a: u8 = a.parse()?; let b = b.parse::<u8>()?; a + b }) };
    assert_eq!(settle(twice), Ok(3));
    let tail = promise! { Promise.resolve("5").then(text => text.parse::<u8>()?) };
    assert_eq!(settle(tail), Ok(5));
}

#[test]
fn a_question_mark_deep_in_an_expression_rejects() {
    let chain = promise! { Promise.resolve(vec!["1", "x"]).then(texts => {
        let mut sum = 0;
        for text in texts {
            sum += match text.parse::<u32>() { Ok(0) => continue, other => other? };
            if sum > 100 { break; }
        }
        sum
    }) };
    assert!(settle(chain).is_err());
}

#[test]
fn an_async_arrow_awaits_in_both_languages() {
    let javascript = promise! { fetch_user(3).then(async user => { let posts = await fetch_posts(user.id); posts.len() }) };
    assert_eq!(settle(javascript), Ok(2));
    let rust = promise! { fetch_user(3).then(async user => { let posts = fetch_posts(user.id).await; posts.is_ok() }) };
    assert_eq!(settle(rust), Ok(true));
    let both = promise! { fetch_user(3).then(async user => { let posts = fetch_posts(user.id).await?; posts.len() as u32 + await double(2) }) };
    assert_eq!(settle(both), Ok(6));
    let tail = promise! { fetch_user(3).then(async user => await fetch_posts(user.id)).then(posts => posts.len()) };
    assert_eq!(settle(tail), Ok(2));
}

#[test]
fn prefix_await_rejects_on_err() {
    let chain = promise! { fetch_user(9).then(async user => { let posts = await fetch_posts(user.id); posts.len() }) };
    assert_eq!(settle(chain), Err(ApiError::Http(503)));
    let caught = promise! {
        fetch_user(9)
            .then(async user => { let posts = await fetch_posts(user.id); posts.len() })
            .catch(ApiError::Http(status) => usize::from(status))
    };
    assert_eq!(settle(caught), Ok(503));
}

#[test]
fn prefix_await_takes_one_postfix_expression() {
    let chain =
        promise! { Promise.resolve(1).then(async v => await double(v) + await double(v + 1)) };
    assert_eq!(settle(chain), Ok(6));
    let method =
        promise! { Promise.resolve(1).then(async v => await fulfil::<u32, ()>(v).after(1) == 1) };
    assert_eq!(settle(method), Ok(true));
    let parenthesised =
        promise! { Promise.resolve(1).then(async v => (await fetch_user(v)).name.len()) };
    assert_eq!(settle(parenthesised), Ok(5));
    let negated = promise! { Promise.resolve(1).then(async v => !await plain(v == 1)) };
    assert_eq!(settle(negated), Ok(false));
    let in_condition = promise! { Promise.resolve(1).then(async v => { if await plain(v == 1) { 5 } else { 6 } }) };
    assert_eq!(settle(in_condition), Ok(5));
}

#[test]
fn prefix_await_takes_chains_plain_values_and_variables() {
    let chain = promise! { Promise.resolve(1).then(async v => {
        let user = await fetch_user(v).then(user => user.name);
        let both = await Promise.all([double(v), double(v + 1)]);
        let value = await v;
        let future = double(value);
        (user, both, await future)
    }) };
    assert_eq!(settle(chain), Ok(("user1".into(), [2, 4], 2)));
}

#[test]
fn await_works_in_loops_and_nested_blocks() {
    let chain = promise! { Promise.resolve(vec![1, 2, 3]).then(async ids => {
        let mut names = Vec::new();
        for id in ids {
            if id == 2 { continue; }
            let user = await fetch_user(id);
            names.push({ let name = await plain(user.name.clone()); name.len() });
        }
        names
    }) };
    assert_eq!(settle(chain), Ok(vec![5, 5]));
}

#[test]
fn an_async_arrow_throws_returns_and_asks() {
    let run = |v: u32| {
        promise! { move <u32, ApiError> Promise.resolve(v).then(async v => {
            if v == 0 { throw ApiError::NotFound }
            if v == 1 { return 100; }
            let text = await plain(format!("{v}x"));
            text.trim_end_matches('x').parse::<u32>()?
        }) }
    };
    assert_eq!(settle(run(0)), Err(ApiError::NotFound));
    assert_eq!(settle(run(1)), Ok(100));
    assert_eq!(settle(run(2)), Ok(2));
}

#[test]
fn an_async_arrows_tail_may_be_a_future() {
    let chain =
        promise! { fetch_user(1).then(async user => { await plain(()); fetch_posts(user.id) }) };
    assert_eq!(settle(chain).map(|posts| posts.len()), Ok(2));
}

#[test]
fn break_and_continue_stay_inside_the_arrow() {
    let chain = promise! { Promise.resolve(10).then(limit => {
        let mut found = 0;
        'outer: for a in 1..limit {
            for b in 1..limit {
                if b > a { continue 'outer; }
                if a * b == 42 { found = a; break 'outer; }
            }
        }
        let first = loop { found += 1; if found > 7 { break found; } };
        let labelled = 'block: { if first > 1 { break 'block 2; } 3 };
        first + labelled
    }) };
    assert_eq!(settle(chain), Ok(10));
}

#[test]
fn arrows_stand_in_every_handlers_place() {
    let chain = promise! {
        reject::<u32, _>("no")
            .then(v => v + 1, reason => reason.len() as u32)
            .tap(v => assert_eq!(*v, 2))
            .then(v => { if v == 2 { throw "again" } v })
            .tap_catch(reason => assert_eq!(*reason, "again"))
            .catch(_ => 5)
            .finally(() => ())
            .then(() => "end")
    };
    assert_eq!(settle(chain), Ok("end"));
}

#[test]
fn parameters_may_be_patterns_mutable_typed_or_absent() {
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(mut v => { v += 1; v }) }),
        Ok(2)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then((mut v) => { v += 1; v }) }),
        Ok(2)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then((v: u64) => v) }),
        Ok(1_u64)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(() => "ignored") }),
        Ok("ignored")
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(_ => "ignored") }),
        Ok("ignored")
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then((_) => "ignored") }),
        Ok("ignored")
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(|| "ignored") }),
        Ok("ignored")
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(|_| "ignored") }),
        Ok("ignored")
    );
    assert_eq!(
        settle(promise! { Promise.resolve((1, (2, 3))).then((a, (b, c)) => a + b + c) }),
        Ok(6)
    );
    assert_eq!(
        settle(promise! { fetch_user(2).then(promise_tests::api::User { id, .. } => id) }),
        Ok(2)
    );
}

mod question_marks_of_rusts {
    use super::*;

    async fn found(id: u32) -> Result<u32, ApiError> {
        match id {
            0 => Err(ApiError::NotFound),
            _ => Ok(id),
        }
    }

    #[test]
    fn one_in_an_async_block_rejects_with_what_the_chain_does() {
        let chain =
            |id| promise! { move found(1).then(_ => async move { found(id).await?; Ok(id) }) };
        assert_eq!(settle(chain(2)), Ok(2));
        assert_eq!(settle(chain(0)), Err(ApiError::NotFound));
        let in_a_block = promise! { found(1).then(id => { let next = id + 1; async move { Ok(found(next).await? + 1) } }) };
        assert_eq!(settle(in_a_block), Ok(3));
    }

    #[test]
    fn one_in_an_arm_rejects_with_what_the_chain_does() {
        let chain = |id| promise! { move found(0).catch(ApiError::NotFound => async move { Ok(found(id).await? + 1) }) };
        assert_eq!(settle(chain(1)), Ok(2));
        assert_eq!(settle(chain(0)), Err(ApiError::NotFound));
    }

    #[test]
    fn one_in_a_macro_rejects_with_what_the_chain_does() {
        macro_rules! either {
            ($value:expr) => {
                $value
            };
        }
        let chain = |id| promise! { move found(1).then(async _ => either!(found(id).await?)) };
        assert_eq!(settle(chain(2)), Ok(2));
        assert_eq!(settle(chain(0)), Err(ApiError::NotFound));
    }
}
