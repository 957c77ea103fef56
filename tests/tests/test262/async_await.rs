//! `await`: a spawned chain is an async function.

use promise_runtime::LocalPromise;
use promise_runtime::event_loop::{run, run_until_idle};
use promise_runtime::prelude::*;
use promise_tests::Diary;
use std::convert::Infallible;

/// `async function pushAwait(value)`
fn push_await(actual: &Diary, value: u32) -> LocalPromise<(), Infallible> {
    let actual = actual.clone();
    promise! { move Promise.try(() => actual.write(format!("Await: {value}"))) }.spawn_local()
}

/// `async function callAsync()`
fn call_async(actual: &Diary) -> LocalPromise<(), Infallible> {
    let actual = actual.clone();
    promise! {
        move Promise.try(async () => {
            await push_await(&actual, 1);
            await push_await(&actual, 2);
        })
    }
    .spawn_local()
}

// test/language/expressions/await/async-await-interleaved.js
#[test]
fn awaits_and_promises_are_interleaved() {
    let actual = Diary::new();
    run(async {
        let _ = call_async(&actual);
        let first = actual.clone();
        let second = actual.clone();
        let _ = LocalPromise::<(), Infallible>::new(|resolve, _| {
            first.write("Promise: 1");
            resolve(());
        })
        .map(move |()| second.write("Promise: 2"));
    });
    run_until_idle();
    assert_eq!(
        actual.take(),
        ["Await: 1", "Promise: 1", "Await: 2", "Promise: 2"]
    );
}
