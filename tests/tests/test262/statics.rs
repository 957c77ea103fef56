//! `Promise.resolve`, `Promise.reject` and `Promise.try`
//!
//! What only the cold statics have a counterpart of (a thenable is an `IntoFuture`, and `Promise.resolve` of a promise follows
//! it) is tested with them.

use super::kit::{Hot, Object, Sequence, watch};
use promise_runtime::LocalPromise;
use promise_runtime::event_loop::run;
use promise_runtime::prelude::*;
use promise_tests::panic_message;
use std::convert::Infallible;
use std::future::{Ready, ready};

/// A thenable that fulfils with a text, and pushes 3 when it is asked to.
struct Thenable(Sequence);

impl IntoFuture for Thenable {
    type Output = Result<&'static str, Infallible>;
    type IntoFuture = Ready<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.0.push(3);
        ready(Ok("resolved"))
    }
}

// test/built-ins/Promise/resolve/S25.4.4.5_A2.2_T1.js
#[test]
fn resolve_follows_a_promise_that_fulfils() {
    let (p1, resolve_p1, _reject) = Hot::with_resolvers();
    let p2 = promise! { Promise.resolve(p1) };
    resolve_p1(4);
    assert_eq!(run(p2), Ok(4));
}

// test/built-ins/Promise/resolve/S25.4.4.5_A2.3_T1.js
#[test]
fn resolve_follows_a_promise_that_rejects() {
    let (p1, _resolve, reject_p1) = Hot::with_resolvers();
    let p2 = promise! { Promise.resolve(p1) };
    reject_p1("reason");
    assert_eq!(run(p2), Err("reason"));
}

/// A `TypeError` in JavaScript, a panic for whoever awaits it here: no rejection type has a variant for it.
// test/built-ins/Promise/resolve/S25.4.4.5_A4.1_T1.js
#[test]
fn a_promise_resolved_with_itself_is_not_awaited_for_ever() {
    let (p, resolve, _reject) = Hot::with_resolvers();
    let message = panic_message(move || {
        resolve.adopt(p.clone());
        let after = p.then(|_| Ok("fulfilled"));
        let _ = run(after);
    });
    assert!(message.contains("itself"), "{message}");
}

// test/built-ins/Promise/resolve/S25.Promise_resolve_foreign_thenable_1.js
#[test]
fn resolve_follows_a_thenable() {
    let p = promise! { Promise.resolve(Thenable(Sequence::default())) };
    assert_eq!(run(p), Ok("resolved"));
}

// test/built-ins/Promise/resolve/S25.Promise_resolve_foreign_thenable_2.js
#[test]
fn resolve_asks_a_thenable_later() {
    let sequence = Sequence::default();
    sequence.push(1);
    let p = promise! { Promise.resolve(Thenable(sequence.clone())) };
    sequence.push(2);
    let after = sequence.clone();
    let p = promise! { p.then(value => { after.push(4); value }) };
    assert_eq!(run(p), Ok("resolved"));
    sequence.check(4);
}

// test/built-ins/Promise/resolve/arg-non-thenable.js
#[test]
fn resolve_with_an_object_in_a_chain() {
    let object = Object::new();
    let value = object.clone();
    assert_eq!(
        run(promise! { Promise.resolve(value) }),
        Ok::<_, Infallible>(object)
    );
}

// test/built-ins/Promise/resolve/resolve-non-obj.js
#[test]
fn resolve_with_a_number() {
    watch(&Hot::resolve(23)).fulfilled(23);
}

// test/built-ins/Promise/resolve/resolve-non-thenable.js
#[test]
fn resolve_with_an_object() {
    let object = Object::new();
    watch(&LocalPromise::<_, ()>::resolve(object.clone())).fulfilled(object);
}

// test/built-ins/Promise/resolve/resolve-thenable.js
#[test]
fn resolve_takes_the_value_of_a_thenable() {
    let object = Object::new();
    let thenable = ready(Ok::<_, Infallible>(object.clone()));
    assert_eq!(run(promise! { Promise.resolve(thenable) }), Ok(object));
}

// test/built-ins/Promise/reject/S25.4.4.4_A2.1_T1.js
#[test]
fn reject_gives_its_reason() {
    watch(&LocalPromise::<(), _>::reject(3)).rejected(3);
}

// test/built-ins/Promise/try/return-value.js
#[test]
fn try_gives_what_its_function_returns() {
    let sentinel = Object::new();
    let value = sentinel.clone();
    assert_eq!(
        run(promise! { Promise.try(() => value) }),
        Ok::<_, Infallible>(sentinel)
    );
}

// test/built-ins/Promise/try/throws.js
#[test]
fn try_rejects_with_what_its_function_throws() {
    let outcome = run(promise! { <(), &'static str> Promise.try(() => { throw "thrown" }) });
    assert_eq!(outcome, Err("thrown"));
}
