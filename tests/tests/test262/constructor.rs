//! The executor and its two functions.
//!
//! A hot promise's executor is a Rust closure and cannot throw; what the files say about a `throw` is tested with the cold
//! `new Promise(…)`.

use super::kit::{Hot, Object, in_a_job, watch};
use promise_runtime::event_loop::run;
use promise_runtime::hot::LocalResolve;
use promise_runtime::prelude::*;
use promise_runtime::{LocalPromise, PromiseState};
use promise_tests::panic_message;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A promise that is nobody's to await: as a reason it stands for itself.
type Thenable = LocalPromise<i32, ()>;

/// Asserts that the promise is rejected with a promise as it is: pending, and the one that `settle` settles.
fn assert_rejected_with(promise: &LocalPromise<(), Thenable>, settle: &LocalResolve<i32, ()>) {
    let reason: Rc<RefCell<Option<Thenable>>> = Rc::default();
    let seen = reason.clone();
    let after = promise.catch(move |thenable| {
        seen.replace(Some(thenable));
        Ok::<_, ()>(())
    });
    watch(&after).fulfilled(());
    let reason = reason.take().expect("the handler was called");
    assert_eq!(reason.state(), PromiseState::Pending);
    settle(7);
    assert_eq!(
        reason.peek(),
        Some(Ok(&7)),
        "the reason is the very promise"
    );
}

fn thenable() -> (Thenable, LocalResolve<i32, ()>) {
    let (thenable, resolve, _reject) = Thenable::with_resolvers();
    (thenable, resolve)
}

// test/built-ins/Promise/exception-after-resolve-in-executor.js
#[test]
fn a_rejection_after_resolving_with_a_promise_is_ignored() {
    let thenable = Hot::new(|resolve, _| resolve(1));
    let p = Hot::new(|resolve, reject| {
        resolve.adopt(thenable);
        reject("ignored");
    });
    watch(&p).fulfilled(1);
}

// test/built-ins/Promise/exception-after-resolve-in-thenable-job.js
#[test]
fn a_rejection_after_an_adopted_promise_was_resolved_is_ignored() {
    let thenable = Hot::new(|resolve, _| resolve(1));
    let thenable_with_error = in_a_job(|resolve, reject| {
        resolve.adopt(thenable);
        reject("ignored");
    });
    let p = Hot::new(|resolve, _| resolve.adopt(thenable_with_error));
    watch(&p).fulfilled(1);
}

// test/built-ins/Promise/reject-ignored-via-abrupt.js
#[test]
fn a_throw_after_resolving_is_ignored() {
    let outcome = run(promise! { <i32, &'static str>
        new Promise((resolve, _reject) => {
            resolve(1);
            throw "ignored"
        })
    });
    assert_eq!(outcome, Ok(1));
}

// test/built-ins/Promise/reject-ignored-via-fn-deferred.js
#[test]
fn reject_after_resolve_is_ignored() {
    let (thenable, _settle) = thenable();
    let (p, resolve, reject) = LocalPromise::<(), Thenable>::with_resolvers();
    let after = p.then_or_else(|()| Ok::<_, ()>("fulfilled"), |_| Ok("rejected"));
    resolve(());
    reject(thenable);
    watch(&after).fulfilled("fulfilled");
}

// test/built-ins/Promise/reject-ignored-via-fn-immed.js
#[test]
fn reject_after_resolve_in_the_executor_is_ignored() {
    let (thenable, _settle) = thenable();
    let p = LocalPromise::<(), Thenable>::new(|resolve, reject| {
        resolve(());
        reject(thenable);
    });
    let after = p.then_or_else(|()| Ok::<_, ()>("fulfilled"), |_| Ok("rejected"));
    watch(&after).fulfilled("fulfilled");
}

// test/built-ins/Promise/reject-via-abrupt-queue.js
#[test]
fn what_the_executor_throws_passes_a_then() {
    let fulfilled = Cell::new(false);
    let outcome = run(promise! { <(), &'static str>
        new Promise((_resolve, _reject) => { throw "thrown" })
            .then(|()| fulfilled.set(true))
            .then(|()| fulfilled.set(true), |reason| Err(reason))
    });
    assert_eq!(outcome, Err("thrown"));
    assert!(!fulfilled.get());
}

// test/built-ins/Promise/reject-via-abrupt.js
#[test]
fn what_the_executor_throws_is_the_reason() {
    let fulfilled = Cell::new(false);
    let outcome = run(promise! { <(), &'static str>
        new Promise((_resolve, _reject) => { throw "thrown" })
            .then(|()| fulfilled.set(true), |reason| Err(reason))
    });
    assert_eq!(outcome, Err("thrown"));
    assert!(!fulfilled.get());
}

// test/built-ins/Promise/reject-via-fn-deferred-queue.js
#[test]
fn a_promise_given_to_reject_passes_a_then_as_it_is() {
    let (p, _resolve, reject) = LocalPromise::<(), Thenable>::with_resolvers();
    let passed = p.then(|()| Ok(()));
    let (reason, settle) = thenable();
    reject(reason);
    assert_rejected_with(&passed, &settle);
}

// test/built-ins/Promise/reject-via-fn-deferred.js
#[test]
fn a_promise_given_to_reject_is_the_reason_as_it_is() {
    let (p, _resolve, reject) = LocalPromise::<(), Thenable>::with_resolvers();
    let (reason, settle) = thenable();
    reject(reason);
    assert_rejected_with(&p, &settle);
}

// test/built-ins/Promise/reject-via-fn-immed-queue.js
#[test]
fn a_promise_given_to_reject_in_the_executor_passes_a_then_as_it_is() {
    let (reason, settle) = thenable();
    let p = LocalPromise::<(), Thenable>::new(|_, reject| reject(reason));
    let passed = p.then(|()| Ok(()));
    assert_rejected_with(&passed, &settle);
}

// test/built-ins/Promise/reject-via-fn-immed.js
#[test]
fn a_promise_given_to_reject_in_the_executor_is_the_reason_as_it_is() {
    let (reason, settle) = thenable();
    let p = LocalPromise::<(), Thenable>::new(|_, reject| reject(reason));
    assert_rejected_with(&p, &settle);
}

// test/built-ins/Promise/resolve-ignored-via-fn-deferred.js
#[test]
fn resolve_after_reject_is_ignored() {
    let (p, resolve, reject) = Hot::with_resolvers();
    let watch = watch(&p);
    reject("reason");
    resolve(1);
    watch.rejected("reason");
}

// test/built-ins/Promise/resolve-ignored-via-fn-immed.js
#[test]
fn resolve_after_reject_in_the_executor_is_ignored() {
    let p = Hot::new(|resolve, reject| {
        reject("reason");
        resolve(1);
    });
    watch(&p).rejected("reason");
}

// test/built-ins/Promise/resolve-non-obj-deferred.js
#[test]
fn resolve_with_a_number() {
    let (p, resolve, _reject) = Hot::with_resolvers();
    let watch = watch(&p);
    resolve(45);
    watch.fulfilled(45);
}

// test/built-ins/Promise/resolve-non-obj-immed.js
#[test]
fn resolve_in_the_executor_with_a_number() {
    watch(&Hot::new(|resolve, _| resolve(45))).fulfilled(45);
}

// test/built-ins/Promise/resolve-non-thenable-deferred.js
#[test]
fn resolve_with_an_object() {
    let object = Object::new();
    let (p, resolve, _reject) = LocalPromise::<_, ()>::with_resolvers();
    let watch = watch(&p);
    resolve(object.clone());
    watch.fulfilled(object);
}

// test/built-ins/Promise/resolve-non-thenable-immed.js
#[test]
fn resolve_in_the_executor_with_an_object() {
    let object = Object::new();
    let p = LocalPromise::<_, ()>::new(|resolve, _| resolve(object.clone()));
    watch(&p).fulfilled(object);
}

/// A `TypeError` in JavaScript, a panic for whoever awaits it here: no rejection type has a variant for it.
// test/built-ins/Promise/resolve-self.js
#[test]
fn a_promise_resolved_with_itself_calls_no_handler() {
    let (p, resolve, _reject) = Hot::with_resolvers();
    let handlers = watch(&p);
    let message = panic_message(move || {
        resolve.adopt(p.clone());
        let _ = run(p);
    });
    assert!(message.contains("itself"), "{message}");
    handlers.pending();
}

// test/built-ins/Promise/resolve-thenable-deferred.js
#[test]
fn resolve_with_a_promise() {
    let object = Object::new();
    let thenable = LocalPromise::<_, ()>::new(|resolve, _| resolve(object.clone()));
    let (p, resolve, _reject) = LocalPromise::with_resolvers();
    let watch = watch(&p);
    resolve.adopt(thenable);
    watch.fulfilled(object);
}

// test/built-ins/Promise/resolve-thenable-immed.js
#[test]
fn resolve_in_the_executor_with_a_promise() {
    let object = Object::new();
    let thenable = LocalPromise::<_, ()>::new(|resolve, _| resolve(object.clone()));
    let p = LocalPromise::new(|resolve, _| resolve.adopt(thenable));
    watch(&p).fulfilled(object);
}
