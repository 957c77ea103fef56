//! How far `throw` reaches, and where it is an ordinary name.

use promise_runtime::prelude::*;
use promise_tests::api::ApiError;
use promise_tests::settle;

fn pick(v: u32) -> Result<u32, u32> {
    if v > 5 { Err(v) } else { Ok(v) }
}

#[test]
fn throw_takes_one_expression() {
    let sum =
        promise! { <u32, u32> Promise.resolve(1).then(v => { if v == 1 { throw v + 2 * 3 } v }) };
    assert_eq!(settle(sum), Err(7));
    let call = promise! { <u32, ApiError> Promise.resolve(1).then(v => { throw ApiError::Http(u16::try_from(v).unwrap()); }) };
    assert_eq!(settle(call), Err(ApiError::Http(1)));
    let conditional = promise! { <u32, &str> Promise.resolve(1).then(v => throw if v > 1 { "big" } else { "small" }) };
    assert_eq!(settle(conditional), Err("small"));
    let choice = promise! { <u32, &str> Promise.resolve(1).then(v => throw match v { 1 => "one", _ => "other" }) };
    assert_eq!(settle(choice), Err("one"));
    let comparison = promise! { <u32, bool> Promise.resolve(1).then(v => throw v < 2 && v > 0) };
    assert_eq!(settle(comparison), Err(true));
    let structure = promise! { <u32, Reason> Promise.resolve(1).then(v => { if v == 1 { throw Reason { code: v } } v }) };
    assert_eq!(settle(structure), Err(Reason { code: 1 }));
}

#[test]
fn an_arrow_that_only_throws_needs_no_type() {
    let always = promise! { Promise.resolve(1).then(v => { throw format!("{v}") }) };
    assert!(settle(always).is_err_and(|reason| reason == "1"));
    let converted = promise! { pick(9).catch(n => { throw n.to_string() }) };
    assert_eq!(settle(converted), Err("9".to_owned()));
    let waits = promise! { pick(1).then(async v => { let w = await pick(v); throw w + 1 }).then(_ => 1).catch(n => n) };
    assert_eq!(settle(waits), Ok(2));
}

#[derive(Debug, PartialEq)]
struct Reason {
    code: u32,
}

#[test]
fn throw_with_parentheses_throws() {
    let chain =
        promise! { <u32, &str> Promise.resolve(1).then(v => { if v == 1 { throw("one") } v }) };
    assert_eq!(settle(chain), Err("one"));
    let tuple = promise! { <u32, (u32, u32)> Promise.resolve(1).then(v => throw (v, v)) };
    assert_eq!(settle(tuple), Err((1, 1)));
}

#[test]
fn throw_stands_wherever_an_expression_does() {
    let run = |v: u32| {
        promise! { move <u32, &'static str> Promise.resolve(v).then(v => {
            let Some(half) = v.checked_div(2) else { throw "never" };
            let checked = match half { 0 => throw "zero", 1 => return 11, 2 => { throw "two"; } other => other };
            let limited = if checked > 8 { throw "large" } else { checked };
            let unwrapped = pick(limited).unwrap_or(0);
            unwrapped + if unwrapped == 0 { throw "picked" } else { 0 }
        }) }
    };
    assert_eq!(settle(run(0)), Err("zero"));
    assert_eq!(settle(run(2)), Ok(11));
    assert_eq!(settle(run(4)), Err("two"));
    assert_eq!(settle(run(6)), Ok(3));
    assert_eq!(settle(run(14)), Err("picked"));
    assert_eq!(settle(run(20)), Err("large"));
}

#[test]
fn throw_works_in_loops_and_labelled_blocks() {
    let chain = promise! { <u32, u32> Promise.resolve(3).then(v => {
        let mut left = v;
        while left > 0 { 'inner: { if left == 2 { throw left } break 'inner; } left -= 1; }
        left
    }) };
    assert_eq!(settle(chain), Err(2));
}

#[test]
fn an_expression_that_throws_may_ask_too() {
    let chain = promise! { <u32, u32> Promise.resolve(9).then(v => throw pick(v)? + 1) };
    assert_eq!(settle(chain), Err(9));
}

#[test]
fn throw_is_a_name_where_no_expression_follows() {
    mod ball {
        pub(super) fn throw(distance: u32) -> u32 {
            distance
        }
    }
    struct Player {
        throw: u32,
    }
    impl Player {
        fn throw(&self) -> u32 {
            self.throw * 2
        }
    }
    let chain = promise! { Promise.resolve(2).then(v => {
        let player = Player { throw: v };
        let Player { throw, .. } = player;
        let distance = ball::throw(throw.max(1));
        let throw = distance + 1;
        let again = Player { throw, };
        (throw.max(1), again.throw(), again.throw)
    }) };
    assert_eq!(settle(chain), Ok((3, 6, 3)));
}

#[test]
fn throw_before_a_dot_an_equals_sign_or_a_path_is_a_name() {
    #[allow(dead_code)]
    mod throw {
        pub(super) const DISTANCE: u32 = 4;
    }
    let chain = promise! { Promise.resolve(2).then(v => {
        let mut throw = vec![v];
        throw.push(throw::DISTANCE);
        throw = throw.into_iter().rev().collect();
        let pair = (throw, 1);
        pair.0
    }) };
    assert_eq!(settle(chain), Ok(vec![4, 2]));
    macro_rules! throw {
        ($value:expr) => {
            $value + 1
        };
    }
    assert_eq!(
        settle(promise! { Promise.resolve(2).then(v => throw!(v)) }),
        Ok(3)
    );
}

#[test]
fn throw_in_a_closure_keeps_the_name_of_a_function() {
    fn throw(value: u32) -> u32 {
        value + 1
    }
    assert_eq!(
        settle(promise! { Promise.resolve(2).then(|v| throw(v)) }),
        Ok(3)
    );
}

#[test]
fn await_and_new_are_ordinary_names_where_rust_says_so() {
    #[derive(Debug, PartialEq)]
    struct Thing;
    impl Thing {
        fn new(_: u32) -> Self {
            Self
        }
    }
    assert_eq!(
        settle(promise! { Promise.resolve(2).then(v => Thing::new(v)) }),
        Ok(Thing)
    );
    let new = 3;
    assert_eq!(
        settle(promise! { Promise.resolve(2).then(v => v + new) }),
        Ok(5)
    );
}
