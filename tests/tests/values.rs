//! What a handler, a source, an element, or `Promise.resolve`'s argument may produce.

use std::future::ready;
use std::rc::Rc;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, Count, Query, double, outcome};
use promise_tests::{fulfil, plain, reject, settle};

/// The four kinds, good and bad, in a place of a chain. `$place` is a macro that puts the value there.
macro_rules! every_kind {
    ($place:ident) => {
        // A future of a `Result` is adopted: fulfils or rejects.
        assert_eq!(settle($place!(fulfil::<u32, ApiError>(3).after(1))), Ok(3));
        assert_eq!(
            settle($place!(reject::<u32, _>(ApiError::NotFound))),
            Err(ApiError::NotFound)
        );
        assert_eq!(settle($place!(Query(Ok(4)))), Ok(4));
        assert_eq!(
            settle($place!(Query(Err(ApiError::NotFound)))),
            Err(ApiError::NotFound)
        );
        // Any other future is adopted and cannot reject.
        let Ok(6) = settle($place!(double(3))) else {
            panic!()
        };
        let Ok(7) = settle($place!(Count(7))) else {
            panic!()
        };
        let Ok(Some(1)) = settle($place!(ready(Some(1)))) else {
            panic!()
        };
        // A `Result` fulfils or rejects.
        assert_eq!(settle($place!(outcome(5))), Ok(5));
        assert_eq!(settle($place!(outcome(0))), Err(ApiError::NotFound));
        // Anything else fulfils.
        let Ok(8) = settle($place!(8)) else { panic!() };
        let Ok("text") = settle($place!("text")) else {
            panic!()
        };
        let Ok(()) = settle($place!(()));
        let Ok(None) = settle($place!(None::<u32>)) else {
            panic!()
        };
        assert_eq!(settle($place!(vec![1, 2])), Ok(vec![1, 2]));
        assert_eq!(
            settle($place!(String::from("owned"))),
            Ok(String::from("owned"))
        );
        assert_eq!(settle($place!(Rc::new(5))), Ok(Rc::new(5)));
    };
}

#[test]
fn as_a_source() {
    macro_rules! source {
        ($value:expr) => {
            promise! { $value }
        };
    }
    every_kind!(source);
}

#[test]
fn as_the_source_of_steps() {
    macro_rules! source_of_step {
        ($value:expr) => {
            promise! { ($value).then(v => v) }
        };
    }
    every_kind!(source_of_step);
}

#[test]
fn as_the_argument_of_promise_resolve() {
    macro_rules! resolve {
        ($value:expr) => {
            promise! { Promise.resolve($value) }
        };
    }
    every_kind!(resolve);
}

#[test]
fn as_an_arrows_tail() {
    macro_rules! arrow {
        ($value:expr) => {
            promise! { Promise.resolve(()).then(() => $value) }
        };
    }
    every_kind!(arrow);
}

#[test]
fn as_what_an_arrow_returns() {
    macro_rules! returned {
        ($value:expr) => {
            promise! { Promise.resolve(true).then(early => { if early { return $value; } $value }) }
        };
    }
    every_kind!(returned);
}

#[test]
fn as_an_async_arrows_tail() {
    macro_rules! async_arrow {
        ($value:expr) => {
            promise! { Promise.resolve(()).then(async () => { let _ = await plain(()).after(1); $value }) }
        };
    }
    every_kind!(async_arrow);
}

#[test]
fn as_a_closures_value() {
    macro_rules! closure {
        ($value:expr) => {
            promise! { Promise.resolve(()).then(|()| $value) }
        };
    }
    every_kind!(closure);
}

#[test]
fn as_what_catch_recovers_with() {
    macro_rules! recovered {
        ($value:expr) => {
            promise! { Promise.reject("first").catch(_ => $value) }
        };
    }
    every_kind!(recovered);
    macro_rules! recovered_by_closure {
        ($value:expr) => {
            promise! { Promise.reject("first").catch(|_| $value) }
        };
    }
    every_kind!(recovered_by_closure);
}

#[test]
fn as_what_promise_try_calls() {
    macro_rules! tried {
        ($value:expr) => {
            promise! { Promise.try(() => $value) }
        };
    }
    every_kind!(tried);
    macro_rules! tried_closure {
        ($value:expr) => {
            promise! { Promise.try(|| $value) }
        };
    }
    every_kind!(tried_closure);
}

#[test]
fn as_an_element_of_a_combinator() {
    macro_rules! element {
        ($value:expr) => {
            promise! { Promise.all([$value, 1]).then((value, _) => value) }
        };
    }
    every_kind!(element);
    macro_rules! field {
        ($value:expr) => {
            promise! { Promise.all({ a: 1, b: $value }).then(({ a, b }) => { let _: i32 = a; b }) }
        };
    }
    every_kind!(field);
}

#[test]
fn as_the_value_of_a_delay() {
    macro_rules! delayed {
        ($value:expr) => {
            promise! { Promise.delay(promise_tests::ms(0), $value) }
        };
    }
    assert_eq!(promise_tests::virtually(delayed!(5)), Ok(5));
    assert_eq!(promise_tests::virtually(delayed!(double(5))), Ok(10));
}
