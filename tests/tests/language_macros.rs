//! A macro call inside an arrow never escapes the handler.

use std::cell::Cell;
use std::fmt::Write as _;

use anyhow::{anyhow, bail, ensure};
use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, double, fetch_user};
use promise_tests::{panic_message, settle};

/// A macro with a `return` in it that the reader of a call does not see.
macro_rules! require {
    ($condition:expr, $reason:expr) => {
        if !$condition {
            return Err($reason.into());
        }
    };
}

/// A macro with a `?` in it.
macro_rules! parsed {
    ($text:expr) => {
        $text.parse::<u32>()?
    };
}

/// A macro that is an ordinary expression.
macro_rules! plus_one {
    ($value:expr) => {
        $value + 1
    };
}

#[test]
fn std_macros_are_plain_values() {
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(v => format!("<{v}>")) }),
        Ok("<1>".into())
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(v => vec![v, 2]) }),
        Ok(vec![1, 2])
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(v => println!("{v}")) }),
        Ok(())
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(v => eprintln!("{v}")) }),
        Ok(())
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(v => assert!(v == 1)) }),
        Ok(())
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(v => assert_eq!(v, 1, "{}", "equal")) }),
        Ok(())
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(v => assert_ne!(v, 2)) }),
        Ok(())
    );
    assert_eq!(
        settle(promise! { Promise.resolve(Some(1)).then(v => matches!(v, Some(n) if n > 0)) }),
        Ok(true)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1).then(_ => concat!("a", 1)) }),
        Ok("a1")
    );
    #[allow(clippy::dbg_macro)]
    let debugged = promise! { Promise.resolve(1).then(v => dbg!(v)) };
    assert_eq!(settle(debugged), Ok(1));
}

#[test]
fn write_yields_a_result_that_rejects() {
    let chain = promise! { Promise.resolve(1).then(v => { let mut text = String::new(); write!(text, "{v}!")?; writeln!(text)?; text }) };
    assert_eq!(settle(chain), Ok("1!\n".into()));
    let mut log = String::new();
    let tail = promise! { Promise.resolve(1).then(v => write!(log, "{v}")).then(() => 5) };
    assert_eq!(settle(tail), Ok(5));
}

#[test]
fn words_work_in_the_arguments_of_std_macros() {
    let run = |text: &'static str| {
        promise! { move <String, ApiError> Promise.resolve(text).then(async text => {
            assert!(text.parse::<u32>()? < 100, "{}", text.len());
            let numbers = vec![text.parse::<u32>()?, await double(2), if text == "9" { throw ApiError::Http(9) } else { 0 }];
            let numbers = numbers.into_iter().collect::<std::collections::VecDeque<_>>();
            format!("{} {sum}", text, sum = numbers[0] + await double(numbers[1]))
        }) }
    };
    assert_eq!(settle(run("3")), Ok("3 11".into()));
    assert_eq!(settle(run("9")), Err(ApiError::Http(9)));
    assert!(matches!(settle(run("x")), Err(ApiError::Parse(_))));
    assert_eq!(panic_message(|| drop(settle(run("300")))), "3");
}

#[test]
#[expect(clippy::todo, reason = "`todo!` is one of them")]
fn diverging_macros_stand_anywhere() {
    let run = |v: u32| {
        promise! { move Promise.resolve(v).then(v => match v {
            0 => 10,
            1 => panic!("one"),
            2 => todo!("two"),
            3 => unimplemented!("three"),
            _ => unreachable!("{v}"),
        }) }
    };
    assert_eq!(settle(run(0)), Ok(10));
    assert_eq!(panic_message(|| _ = settle(run(1))), "one");
    assert!(panic_message(|| _ = settle(run(2))).starts_with("not yet implemented"));
    assert!(panic_message(|| _ = settle(run(4))).contains("4"));
    let always = promise! { <u32, ApiError> Promise.resolve(1).then(_ => panic!("always")) };
    assert_eq!(panic_message(|| drop(settle(always))), "always");
}

#[test]
fn bail_rejects_as_throw_does() {
    let after = Cell::new(0);
    let run = |v: u32| {
        let after = &after;
        promise! { move
            Promise.resolve(v)
                .then(v => { if v == 1 { bail!("no {v}") } v })
                .then(v => { after.set(v); v })
                .catch(e => e.to_string().len() as u32)
                .then(v => v + 100)
        }
    };
    assert_eq!(
        settle(run(1)),
        Ok(104),
        "the later catch sees it, and the chain goes on"
    );
    assert_eq!(after.get(), 0);
    assert_eq!(settle(run(2)), Ok(102));
}

#[test]
fn bail_works_as_tail_statement_and_in_async_arrows() {
    let tail = promise! { <u32, anyhow::Error> Promise.resolve(1).then(v => bail!("tail {v}")) };
    assert_eq!(settle(tail).unwrap_err().to_string(), "tail 1");
    let statement =
        promise! { <u32, anyhow::Error> Promise.resolve(1).then(v => { bail!("statement {v}"); }) };
    assert_eq!(settle(statement).unwrap_err().to_string(), "statement 1");
    let path = promise! { <_, anyhow::Error> Promise.resolve(1).then(v => { if v == 1 { anyhow::bail!(ApiError::NotFound) } v }) };
    assert!(settle(path).unwrap_err().is::<ApiError>());
    let asynchronous = promise! { <_, anyhow::Error> Promise.resolve(1).then(async v => { let w = await double(v); if w == 2 { bail!("async") } w }) };
    assert_eq!(settle(asynchronous).unwrap_err().to_string(), "async");
}

#[test]
fn ensure_rejects_unless_the_condition_holds() {
    let run = |v: u32| promise! { move Promise.resolve(v).then(v => { ensure!(v > 1, "{v} is small"); ensure!(v < 9); v }) };
    assert_eq!(settle(run(5)).unwrap(), 5);
    assert_eq!(settle(run(1)).unwrap_err().to_string(), "1 is small");
    assert!(settle(run(10)).unwrap_err().to_string().contains("v < 9"));
}

#[test]
fn an_unknown_macro_with_a_hidden_return_rejects() {
    let run = |v: u32| {
        promise! { move <_, ApiError>
            Promise.resolve(v)
                .then(v => { require!(v > 0, ApiError::NotFound); v * 2 })
                .catch(ApiError::NotFound => 99)
        }
    };
    assert_eq!(settle(run(0)), Ok(99));
    assert_eq!(settle(run(2)), Ok(4));
}

#[test]
fn an_unknown_macro_with_a_hidden_question_mark_rejects() {
    let run = |text: &'static str| {
        promise! { move <_, ApiError>
            Promise.resolve(text)
                .then(text => parsed!(text) + 1)
                .then(async v => { let w = await double(v); w + parsed!("1") })
                .catch(ApiError::Parse(_) => 99)
        }
    };
    assert_eq!(settle(run("3")), Ok(9));
    assert_eq!(settle(run("x")), Ok(99));
}

#[test]
fn an_unknown_macro_may_be_harmless() {
    let Ok(v) = settle(promise! { Promise.resolve(1).then(v => plus_one!(v)) });
    assert_eq!(v, 2);
    let chain = promise! { Promise.resolve(1).then(v => { let w = plus_one!(v); if w == 3 { throw "three" }
    if w == 2 { return 20; } w }) };
    assert_eq!(settle(chain), Ok(20));
    let future =
        promise! { Promise.resolve(1).then(v => fetch_user(plus_one!(v))).then(user => user.id) };
    assert_eq!(settle(future), Ok(2));
    let error =
        promise! { Promise.resolve(1).then(v => { if v == 1 { throw anyhow!("made {v}") } v }) };
    assert_eq!(settle(error).unwrap_err().to_string(), "made 1");
}

#[test]
fn unknown_macros_work_in_every_kind_of_handler() {
    let chain = promise! { <u32, anyhow::Error>
        Promise.resolve(1)
            .tap(v => ensure!(*v == 1, "tap"))
            .then(v => { if v == 1 { bail!("first") } v }, _ => 0)
            .tap_catch(e => ensure!(e.to_string() == "first", "tap_catch"))
            .catch(e => { ensure!(e.to_string() == "first", "catch"); bail!("second") })
            .finally(() => ensure!(1 + 1 == 2, "finally"))
    };
    assert_eq!(settle(chain).unwrap_err().to_string(), "second");
    let executor = promise! { <u32, anyhow::Error> new Promise((resolve, _reject) => { ensure!(1 + 1 == 2, "never"); resolve(1); bail!("after it settled") }) };
    assert_eq!(settle(executor).unwrap(), 1);
    let rejecting =
        promise! { <u32, anyhow::Error> new Promise((_resolve, _reject) => { bail!("executor") }) };
    assert_eq!(settle(rejecting).unwrap_err().to_string(), "executor");
    let arms = promise! { <u32, anyhow::Error> fetch_user(0).then(user => user.id).catch(e if e.is::<ApiError>() => bail!("arm"), _ => 0) };
    assert_eq!(settle(arms).unwrap_err().to_string(), "arm");
    let tried = promise! { <u32, anyhow::Error> Promise.try(() => { ensure!(1 > 2, "tried"); 5 }) };
    assert_eq!(settle(tried).unwrap_err().to_string(), "tried");
}

#[test]
fn macros_in_closures_are_rusts() {
    let chain = promise! { <_, anyhow::Error> Promise.resolve(1).then(|v| { if v == 1 { bail!("closure") } Ok(v) }).catch(|e| e.to_string().len() as i32) };
    assert_eq!(settle(chain).unwrap(), 7);
    let inside = promise! { Promise.resolve(1).then(v => { let check = |w: i32| { ensure!(w == 1, "inner"); Ok(w) }; check(v + 1).is_err() }) };
    assert_eq!(settle(inside), Ok(true));
}

#[test]
fn a_promise_macro_in_the_tokens_of_another_macro_is_its_own() {
    let joined = promise! {
        double(1).then(async x => {
            let (a, b) = tokio::join!(promise! { double(x).then(y => y + 1) }, double(2));
            a? + b
        })
    };
    assert_eq!(settle(joined), Ok(9));
    let source = promise! {
        async { tokio::join!(promise_runtime::promise! { double(1).then(y => { if y == 0 { throw "zero" } y }) }) }
            .then(|(a,)| a)
    };
    assert_eq!(settle(source), Ok(2));
    let elements = promise! {
        Promise.all([
            async { tokio::join!(promise!(double(1).then(y => y + 1))).0 },
            double(2),
        ])
    };
    assert_eq!(settle(elements), Ok([3, 4]));
    let selected = promise! {
        Promise.resolve(1).then(async x => {
            tokio::select! { biased; v = promise! { double(x).then(y => y + 1) } => v, v = double(5) => Ok(v) }
        })
    };
    assert_eq!(settle(selected), Ok(3));
}

/// A macro that puts the user's own statements where they run only sometimes.
macro_rules! unless {
    ($condition:expr, $otherwise:block) => {
        if !$condition $otherwise
    };
}

#[test]
fn a_return_in_the_tokens_of_a_macro_returns_a_result() {
    let run = |n: u32| {
        promise! { move <u32, &str> Promise.resolve(n).then(n => { unless!(n < 5, { return Ok(50) }); unless!(n > 0, { return Err("zero") }); n + 1 }) }
    };
    assert_eq!(settle(run(1)), Ok(2));
    assert_eq!(settle(run(7)), Ok(50));
    assert_eq!(settle(run(0)), Err("zero"));
    let run = |n: u32| {
        promise! { move Promise.resolve(n).then(async n => { unless!(n < 5, { return Ok(50) }); unless!(n > 0, { return Err("zero") }); double(n).await }) }
    };
    assert_eq!(settle(run(1)), Ok(2));
    assert_eq!(settle(run(7)), Ok(50));
    assert_eq!(settle(run(0)), Err("zero"));
}
