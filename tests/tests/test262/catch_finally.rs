//! `Promise.prototype.catch` and `Promise.prototype.finally`

use super::kit::{Hot, Object, Sequence, watch};
use promise_runtime::LocalPromise;

// test/built-ins/Promise/prototype/catch/S25.4.5.1_A3.1_T1.js
#[test]
fn catch_passes_a_fulfilment() {
    let sequence = Sequence::default();
    let caught = Hot::resolve(3).catch(sequence.caught_at::<_, &str>(1));
    watch(&caught).fulfilled(3);
    sequence.check(0);
}

// test/built-ins/Promise/prototype/catch/S25.4.5.1_A3.1_T2.js
#[test]
fn catch_gets_the_reason_that_then_has_passed() {
    let sequence = Sequence::default();
    let caught = Hot::reject("reason")
        .then(sequence.never())
        .catch(|reason| Err(("caught", reason)));
    watch(&caught).rejected(("caught", "reason"));
    sequence.check(0);
}

// test/built-ins/Promise/prototype/finally/rejected-observable-then-calls.js
#[test]
fn a_promise_returned_by_finally_leaves_the_rejection() {
    let sequence = Sequence::default();
    let no = Hot::reject("no");
    let yes = Hot::resolve(1);
    let (first, second, third) = (sequence.clone(), sequence.clone(), sequence.clone());
    let caught = no
        .catch(move |reason| {
            first.push(1);
            Err::<i32, _>(reason)
        })
        .finally(move || {
            second.push(2);
            yes
        })
        .catch(move |reason| {
            third.push(3);
            Err::<i32, _>(("caught", reason))
        });
    watch(&caught).rejected(("caught", "no"));
    sequence.check(3);
}

// test/built-ins/Promise/prototype/finally/rejection-reason-no-fulfill.js
#[test]
fn a_value_returned_by_finally_leaves_the_rejection() {
    let sequence = Sequence::default();
    let first = sequence.clone();
    let finished = Hot::reject("original").finally(move || {
        first.push(1);
        Ok::<_, &str>(Object::new())
    });
    let passed = finished
        .then(sequence.never())
        .catch(|reason| Err(("caught", reason)));
    watch(&passed).rejected(("caught", "original"));
    sequence.check(1);
}

// test/built-ins/Promise/prototype/finally/rejection-reason-override-with-throw.js
#[test]
fn a_reason_thrown_by_finally_replaces_the_rejection() {
    let sequence = Sequence::default();
    let first = sequence.clone();
    let finished = Hot::reject("original").finally(move || {
        first.push(1);
        Err::<(), _>("thrown")
    });
    let passed = finished
        .then(sequence.never())
        .catch(|reason| Err(("caught", reason)));
    watch(&passed).rejected(("caught", "thrown"));
    sequence.check(1);
}

// test/built-ins/Promise/prototype/finally/resolution-value-no-override.js
#[test]
fn a_value_returned_by_finally_leaves_the_fulfilment() {
    let object = Object::new();
    let sequence = Sequence::default();
    let first = sequence.clone();
    let finished = LocalPromise::<_, &str>::resolve(object.clone()).finally(move || {
        first.push(1);
        Ok::<_, &str>(Object::new())
    });
    let second = sequence.clone();
    let passed = finished.map(move |value| {
        second.push(2);
        value
    });
    watch(&passed).fulfilled(object);
    sequence.check(2);
}

// test/built-ins/Promise/prototype/finally/resolved-observable-then-calls.js
#[test]
fn a_rejected_promise_returned_by_finally_replaces_the_fulfilment() {
    let sequence = Sequence::default();
    let yes = Hot::resolve(1);
    let no = Hot::reject("no");
    let (first, second, third) = (sequence.clone(), sequence.clone(), sequence.clone());
    let caught = yes
        .map(move |value| {
            first.push(1);
            value
        })
        .finally(move || {
            second.push(2);
            no
        })
        .catch(move |reason| {
            third.push(3);
            Err::<i32, _>(("caught", reason))
        });
    watch(&caught).rejected(("caught", "no"));
    sequence.check(3);
}
