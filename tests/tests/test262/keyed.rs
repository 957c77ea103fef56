//! `Promise.allKeyed` and `Promise.allSettledKeyed`, which a chain writes as `Promise.all({ … })` and `Promise.allSettled({ … })`.
//!
//! The chain is cold; what stands in the record are hot promises.

use super::kit::{Hot, deferred, in_a_job};
use promise_runtime::event_loop::run;
use promise_runtime::prelude::*;

// test/built-ins/Promise/allKeyed/key-order-preserved.js
#[test]
fn all_keeps_the_order_of_the_keys() {
    let [
        (p1, resolve_p1, _r1),
        (p2, resolve_p2, _r2),
        (p3, resolve_p3, _r3),
    ] = deferred::<i32, &str>();
    let combined = promise! { Promise.all({ first: p1, second: p2, third: p3 }) };
    resolve_p2(2);
    resolve_p3(3);
    resolve_p1(1);
    let record = run(combined).expect("all are fulfilled");
    assert_eq!((record.first, record.second, record.third), (1, 2, 3));
    let debug = format!("{record:?}");
    let places = ["first", "second", "third"].map(|key| debug.find(key).expect("the key is shown"));
    assert!(places.is_sorted(), "{debug}");
}

// test/built-ins/Promise/allKeyed/reject-deferred.js
#[test]
fn all_rejects_with_a_later_rejection() {
    let p = in_a_job(|_, reject| reject("later"));
    let outcome = run(promise! { Promise.all({ key: p }) });
    assert_eq!(outcome.err(), Some("later"));
}

/// Three pending promises of which one rejects first.
fn all_of_which_one_rejects(rejected: usize) {
    let [
        (p1, resolve_p1, reject_p1),
        (p2, resolve_p2, reject_p2),
        (p3, resolve_p3, reject_p3),
    ] = deferred::<i32, &str>();
    let combined = promise! { Promise.all({ first: p1, second: p2, third: p3 }) };
    let resolves = [resolve_p1, resolve_p2, resolve_p3];
    let rejects = [reject_p1, reject_p2, reject_p3];
    for (place, (resolve, reject)) in resolves.iter().zip(&rejects).enumerate() {
        if place == rejected {
            reject("error");
        } else {
            resolve(1);
        }
    }
    assert_eq!(run(combined).err(), Some("error"));
}

// test/built-ins/Promise/allKeyed/reject-first.js
#[test]
fn all_rejects_with_the_first() {
    all_of_which_one_rejects(0);
}

// test/built-ins/Promise/allKeyed/reject-second.js
#[test]
fn all_rejects_with_the_second() {
    all_of_which_one_rejects(1);
}

// test/built-ins/Promise/allKeyed/reject-last.js
#[test]
fn all_rejects_with_the_last() {
    all_of_which_one_rejects(2);
}

// test/built-ins/Promise/allKeyed/reject-immed.js
#[test]
fn all_rejects_with_a_rejected_promise() {
    let p = Hot::new(|_, reject| reject("at once"));
    let outcome = run(promise! { Promise.all({ key: p }) });
    assert_eq!(outcome.err(), Some("at once"));
}

// test/built-ins/Promise/allKeyed/resolve-before-loop-exit.js
#[test]
fn all_waits_for_keys_that_settle_while_others_are_built() {
    let [
        (a, resolve_a, _r1),
        (b, resolve_b, _r2),
        (c, resolve_c, _r3),
    ] = deferred::<i32, &str>();
    let combined = promise! {
        Promise.all({
            a: a,
            b: { resolve_a(1); resolve_b(2); b },
            c: { resolve_c(3); c },
        })
    };
    let record = run(combined).expect("all are fulfilled");
    assert_eq!((record.a, record.b, record.c), (1, 2, 3));
}

// test/built-ins/Promise/allKeyed/resolve-from-same-thenable.js
#[test]
fn all_takes_the_first_value_of_a_key() {
    let p = Hot::new(|resolve, _| {
        for value in [1, 2, 3] {
            resolve(value);
        }
    });
    let record = run(promise! { Promise.all({ key: p }) }).expect("it is fulfilled");
    assert_eq!(record.key, 1);
}

// test/built-ins/Promise/allSettledKeyed/key-order-preserved.js
#[test]
fn all_settled_keeps_the_order_of_the_keys() {
    let [
        (p1, resolve_p1, _r1),
        (p2, resolve_p2, _r2),
        (p3, resolve_p3, _r3),
    ] = deferred::<i32, &str>();
    let combined = promise! { Promise.allSettled({ first: p1, second: p2, third: p3 }) };
    resolve_p2(2);
    resolve_p3(3);
    resolve_p1(1);
    let Ok(record) = run(combined);
    assert_eq!(
        (record.first, record.second, record.third),
        (Ok(1), Ok(2), Ok(3))
    );
    let debug = format!("{record:?}");
    let places = ["first", "second", "third"].map(|key| debug.find(key).expect("the key is shown"));
    assert!(places.is_sorted(), "{debug}");
}

// test/built-ins/Promise/allSettledKeyed/reject-from-same-thenable.js
#[test]
fn all_settled_takes_the_first_rejection_of_a_key() {
    let p = Hot::new(|resolve, reject| {
        reject("first");
        resolve(1);
        reject("second");
    });
    let Ok(record) = run(promise! { Promise.allSettled({ key: p }) });
    assert_eq!(record.key, Err("first"));
}

// test/built-ins/Promise/allSettledKeyed/resolve-before-loop-exit.js
#[test]
fn all_settled_waits_for_keys_that_settle_while_others_are_built() {
    let [
        (a, resolve_a, _r1),
        (b, resolve_b, _r2),
        (c, resolve_c, _r3),
    ] = deferred::<i32, &str>();
    let combined = promise! {
        Promise.allSettled({
            a: a,
            b: { resolve_a(1); resolve_b(2); b },
            c: { resolve_c(3); c },
        })
    };
    let Ok(record) = run(combined);
    assert_eq!((record.a, record.b, record.c), (Ok(1), Ok(2), Ok(3)));
}

// test/built-ins/Promise/allSettledKeyed/resolve-from-same-thenable.js
#[test]
fn all_settled_takes_the_first_value_of_a_key() {
    let p = Hot::new(|resolve, reject| {
        resolve(1);
        reject("error");
        resolve(2);
    });
    let Ok(record) = run(promise! { Promise.allSettled({ key: p }) });
    assert_eq!(record.key, Ok(1));
}

// test/built-ins/Promise/allSettledKeyed/resolved-all-fulfilled.js
#[test]
fn all_settled_of_fulfilled_promises() {
    let [p1, p2, p3] = [1, 2, 3].map(Hot::resolve);
    let Ok(record) = run(promise! { Promise.allSettled({ first: p1, second: p2, third: p3 }) });
    assert_eq!(
        (record.first, record.second, record.third),
        (Ok(1), Ok(2), Ok(3))
    );
}

// test/built-ins/Promise/allSettledKeyed/resolved-all-mixed.js
#[test]
fn all_settled_of_fulfilled_and_rejected_promises() {
    let [p1, p4, p5] = ["1", "4", "5"].map(Hot::reject);
    let [p2, p3, p6] = [2, 3, 6].map(Hot::resolve);
    let Ok(record) = run(promise! {
        Promise.allSettled({ first: p1, second: p2, third: p3, fourth: p4, fifth: p5, sixth: p6 })
    });
    assert_eq!(
        (record.first, record.second, record.third),
        (Err("1"), Ok(2), Ok(3))
    );
    assert_eq!(
        (record.fourth, record.fifth, record.sixth),
        (Err("4"), Err("5"), Ok(6))
    );
}

// test/built-ins/Promise/allSettledKeyed/resolved-all-rejected.js
#[test]
fn all_settled_of_rejected_promises() {
    let [p1, p2, p3] = ["1", "2", "3"].map(Hot::reject);
    let Ok(record) = run(promise! { Promise.allSettled({ first: p1, second: p2, third: p3 }) });
    assert_eq!(
        (record.first, record.second, record.third),
        (Err("1"), Err("2"), Err("3"))
    );
}
