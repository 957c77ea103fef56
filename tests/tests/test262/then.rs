//! `Promise.prototype.then`: when handlers run, and with what.
//!
//! What a handler returns is in `then_products`.

use super::kit::{Called, Hot, Sequence, watch};
use std::convert::Infallible;

// test/built-ins/Promise/prototype/then/S25.4.4_A1.1_T1.js
#[test]
fn handlers_of_two_chains_take_turns() {
    let sequence = Sequence::default();
    let p = Hot::new(|resolve, _| {
        sequence.push(1);
        resolve(0);
    });
    let _ = p
        .then(sequence.at(3))
        .then(sequence.at(5))
        .then(sequence.at(7));
    let _ = p
        .then(sequence.at(4))
        .then(sequence.at(6))
        .then(sequence.at(8));
    sequence.push(2);
    sequence.check(8);
}

// test/built-ins/Promise/prototype/then/S25.4.4_A2.1_T1.js
#[test]
fn handlers_run_in_the_order_of_settling() {
    let sequence = Sequence::default();
    let (p1, resolve_p1, _reject) = Hot::with_resolvers();
    let (p2, _resolve, reject_p2) = Hot::with_resolvers();
    let _ = p1.then(sequence.at(3));
    let _ = p2.catch(sequence.caught_at::<_, Infallible>(2));
    reject_p2("");
    resolve_p1(0);
    sequence.push(1);
    sequence.check(3);
}

// test/built-ins/Promise/prototype/then/S25.4.4_A2.1_T2.js
#[test]
fn handlers_of_settled_promises_run_in_the_order_of_registration() {
    let sequence = Sequence::default();
    let (p1, resolve_p1, _reject) = Hot::with_resolvers();
    let (p2, _resolve, reject_p2) = Hot::with_resolvers();
    reject_p2("");
    resolve_p1(0);
    let _ = p1.then(sequence.at(2));
    let _ = p2.catch(sequence.caught_at::<_, Infallible>(3));
    sequence.push(1);
    sequence.check(3);
}

// test/built-ins/Promise/prototype/then/S25.4.4_A2.1_T3.js
#[test]
fn handlers_registered_in_a_job_run_in_the_order_of_registration() {
    let sequence = Sequence::default();
    let (p1, resolve_p1, _reject) = Hot::with_resolvers();
    let (p2, _resolve, reject_p2) = Hot::with_resolvers();
    reject_p2("");
    resolve_p1(0);
    let inner = sequence.clone();
    let _ = Hot::resolve(0).map(move |_| {
        let _ = p1.then(inner.at(2));
        let _ = p2.catch(inner.caught_at::<_, Infallible>(3));
    });
    sequence.push(1);
    sequence.check(3);
}

// test/built-ins/Promise/prototype/then/S25.4.5.3_A4.1_T1.js
#[test]
fn without_handlers_a_fulfilment_passes() {
    let passed = Hot::resolve(3).catch(|_| Ok::<_, &str>(-1));
    watch(&passed).fulfilled(3);
}

// test/built-ins/Promise/prototype/then/S25.4.5.3_A4.1_T2.js
#[test]
fn without_handlers_a_rejection_passes() {
    let passed = Hot::reject("reason").then(|_| Ok(-1));
    watch(&passed).rejected("reason");
}

// test/built-ins/Promise/prototype/then/S25.4.5.3_A5.1_T1.js
#[test]
fn handlers_of_a_pending_promise_are_queued_in_the_order_of_registration() {
    let sequence = Sequence::default();
    let (p, resolve, _reject) = Hot::with_resolvers();
    sequence.push(1);
    let _ = p.then(sequence.at(3));
    let inner = sequence.clone();
    let _ = Hot::resolve(0).map(move |_| {
        let _ = p.then(inner.at(4));
        inner.push(2);
        resolve(0);
    });
    sequence.check(4);
}

// test/built-ins/Promise/prototype/then/S25.4.5.3_A5.2_T1.js
#[test]
fn a_handler_of_a_fulfilled_promise_is_queued_at_once() {
    let sequence = Sequence::default();
    let (p, resolve, _reject) = Hot::with_resolvers();
    sequence.push(1);
    resolve(0);
    let _ = p.then(sequence.at(3));
    let inner = sequence.clone();
    let _ = Hot::resolve(0).map(move |_| {
        let _ = p.then(inner.at(5));
        inner.push(4);
    });
    sequence.push(2);
    sequence.check(5);
}

// test/built-ins/Promise/prototype/then/S25.4.5.3_A5.3_T1.js
#[test]
fn a_handler_of_a_rejected_promise_is_queued_at_once() {
    let sequence = Sequence::default();
    let (p, _resolve, reject) = Hot::with_resolvers();
    sequence.push(1);
    reject("");
    let _ = p.then_or_else(sequence.never::<_, &str>(), sequence.at(3));
    let inner = sequence.clone();
    let _ = Hot::resolve(0).map(move |_| {
        let _ = p.then_or_else(inner.never::<_, &str>(), inner.at(5));
        inner.push(4);
    });
    sequence.push(2);
    sequence.check(5);
}

// test/built-ins/Promise/prototype/then/prfm-fulfilled.js
#[test]
fn of_a_fulfilled_promise_calls_only_on_fulfilled() {
    let p = Hot::new(|resolve, _| resolve(1));
    assert_eq!(watch(&p).calls(), [Called::OnFulfilled(1)]);
}

// test/built-ins/Promise/prototype/then/prfm-pending-fulfulled.js
#[test]
fn of_a_promise_fulfilled_later_calls_only_on_fulfilled() {
    let (p, resolve, _reject) = Hot::with_resolvers();
    let calls = watch(&p);
    resolve(1);
    assert_eq!(calls.calls(), [Called::OnFulfilled(1)]);
}

// test/built-ins/Promise/prototype/then/prfm-pending-rejected.js
#[test]
fn of_a_promise_rejected_later_calls_only_on_rejected() {
    let (p, _resolve, reject) = Hot::with_resolvers();
    let calls = watch(&p);
    reject("reason");
    assert_eq!(calls.calls(), [Called::OnRejected("reason")]);
}

// test/built-ins/Promise/prototype/then/prfm-rejected.js
#[test]
fn of_a_rejected_promise_calls_only_on_rejected() {
    let p = Hot::new(|_, reject| reject("reason"));
    assert_eq!(watch(&p).calls(), [Called::OnRejected("reason")]);
}

// test/built-ins/Promise/prototype/then/rxn-handler-fulfilled-next-abrupt.js
#[test]
fn a_handler_that_rejects_does_not_disturb_the_next_one() {
    let sequence = Sequence::default();
    let p = Hot::new(|resolve, _| resolve(0));
    let first = sequence.clone();
    let _ = p.then_or_else(
        move |_| {
            first.push(1);
            Err::<(), _>("thrown")
        },
        sequence.never(),
    );
    let _ = p.then(sequence.at(2));
    sequence.check(2);
}

// test/built-ins/Promise/prototype/then/rxn-handler-fulfilled-next.js
#[test]
fn four_handlers_of_a_fulfilled_promise_run_once_each_in_series() {
    let sequence = Sequence::default();
    let p = Hot::new(|resolve, _| resolve(0));
    for number in 1..=4 {
        let _ = p.then_or_else(sequence.at::<_, Infallible>(number), sequence.never());
    }
    sequence.check(4);
}

// test/built-ins/Promise/prototype/then/rxn-handler-fulfilled-return-abrupt.js
#[test]
fn on_fulfilled_that_rejects_gives_its_reason() {
    let p1 = Hot::new(|resolve, _| resolve(0));
    let p2 = p1.then_or_else(|_| Err("thrown"), |_| Ok(-1));
    watch(&p2).rejected("thrown");
}

// test/built-ins/Promise/prototype/then/rxn-handler-fulfilled-return-normal.js
#[test]
fn on_fulfilled_that_returns_gives_its_value() {
    let p1 = Hot::new(|resolve, _| resolve(0));
    let p2 = p1.then_or_else(|_| Ok::<_, &str>(5), |_| Ok(-1));
    watch(&p2).fulfilled(5);
}

// test/built-ins/Promise/prototype/then/rxn-handler-identity.js
#[test]
fn a_missing_on_fulfilled_is_the_identity() {
    let passed = Hot::resolve(3)
        .catch(|_| Ok::<_, Infallible>(-1))
        .then(|value| Ok(("after", value)));
    watch(&passed).fulfilled(("after", 3));
}

// test/built-ins/Promise/prototype/then/rxn-handler-rejected-next-abrupt.js
#[test]
fn a_rejection_handler_that_rejects_does_not_disturb_the_next_one() {
    let sequence = Sequence::default();
    let p = Hot::new(|_, reject| reject("reason"));
    let first = sequence.clone();
    let _ = p.then_or_else(sequence.never(), move |_| {
        first.push(1);
        Err::<(), _>("thrown")
    });
    let _ = p.then_or_else(sequence.never::<_, &str>(), sequence.at(2));
    sequence.check(2);
}

// test/built-ins/Promise/prototype/then/rxn-handler-rejected-next.js
#[test]
fn four_handlers_of_a_rejected_promise_run_once_each_in_series() {
    let sequence = Sequence::default();
    let p = Hot::new(|_, reject| reject("reason"));
    for number in 1..=4 {
        let _ = p.then_or_else(sequence.never::<_, Infallible>(), sequence.at(number));
    }
    sequence.check(4);
}

// test/built-ins/Promise/prototype/then/rxn-handler-rejected-return-abrupt.js
#[test]
fn on_rejected_that_rejects_gives_its_reason() {
    let p1 = Hot::new(|_, reject| reject("reason"));
    let p2 = p1.then_or_else(|_| Ok(-1), |_| Err("thrown"));
    watch(&p2).rejected("thrown");
}

// test/built-ins/Promise/prototype/then/rxn-handler-rejected-return-normal.js
#[test]
fn on_rejected_that_returns_gives_its_value() {
    let p1 = Hot::new(|_, reject| reject("reason"));
    let p2 = p1.then_or_else(|_| Err("thrown"), |_| Ok(5));
    watch(&p2).fulfilled(5);
}

// test/built-ins/Promise/prototype/then/rxn-handler-thrower.js
#[test]
fn a_missing_on_rejected_is_the_thrower() {
    let passed = Hot::reject("reason")
        .then(|_| Ok(-1))
        .catch(|reason| Err(("after", reason)));
    watch(&passed).rejected(("after", "reason"));
}
