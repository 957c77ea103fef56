//! `Promise.allSettled`

use super::kit::{Hot, Object, Sequence, deferred, in_a_job, watch};
use promise_runtime::LocalPromise;
use promise_runtime::event_loop;
use promise_runtime::prelude::*;

// test/built-ins/Promise/allSettled/call-resolve-element-after-return.js
#[test]
fn an_element_resolved_again_after_the_end_changes_nothing() {
    let (p1, resolve, _reject) = Hot::with_resolvers();
    resolve(1);
    let settled = Hot::all_settled([p1]);
    watch(&settled).fulfilled(vec![Ok(1)]);
    resolve(2);
    watch(&settled).fulfilled(vec![Ok(1)]);
}

// test/built-ins/Promise/allSettled/call-resolve-element-items.js
#[test]
fn elements_resolved_twice_each_count_once() {
    let twice = |value| {
        Hot::new(move |resolve, _| {
            resolve(value);
            resolve(-value);
        })
    };
    watch(&Hot::all_settled([twice(1), twice(2)])).fulfilled(vec![Ok(1), Ok(2)]);
}

// test/built-ins/Promise/allSettled/call-resolve-element.js
#[test]
fn an_element_resolved_twice_counts_once() {
    let p1 = Hot::new(|resolve, _| {
        resolve(1);
        resolve(2);
    });
    watch(&Hot::all_settled([p1])).fulfilled(vec![Ok(1)]);
}

// test/built-ins/Promise/allSettled/reject-deferred.js
#[test]
fn an_element_that_rejects_in_a_later_job_is_one_of_the_outcomes() {
    let thenable = in_a_job(|_, reject| reject("later"));
    watch(&Hot::all_settled([thenable])).fulfilled(vec![Err("later")]);
}

// test/built-ins/Promise/allSettled/reject-ignored-deferred.js
#[test]
fn an_element_rejected_after_it_was_resolved_in_a_later_job_is_fulfilled() {
    let fulfiller = in_a_job(|resolve, _| resolve(42));
    let rejector = in_a_job(|resolve, reject| {
        resolve(7);
        reject("too late");
    });
    watch(&Hot::all_settled([fulfiller, rejector])).fulfilled(vec![Ok(42), Ok(7)]);
}

// test/built-ins/Promise/allSettled/reject-ignored-immed.js
#[test]
fn an_element_rejected_after_it_was_resolved_is_fulfilled() {
    let late_rejector = Hot::new(|resolve, reject| {
        resolve(7);
        reject("too late");
    });
    watch(&Hot::all_settled([Hot::resolve(42), late_rejector])).fulfilled(vec![Ok(42), Ok(7)]);
}

// test/built-ins/Promise/allSettled/reject-immed.js
#[test]
fn a_rejected_element_is_one_of_the_outcomes() {
    watch(&Hot::all_settled([Hot::reject("at once")])).fulfilled(vec![Err("at once")]);
}

// test/built-ins/Promise/allSettled/resolve-before-loop-exit-from-same.js
#[test]
fn settled_elements_behind_a_pending_one_do_not_fulfil_it() {
    let (p1, resolve_p1, _reject) = Hot::with_resolvers();
    let p2 = Hot::new(|resolve, _| {
        resolve(2);
        resolve(-2);
    });
    let settled = watch(&Hot::all_settled([p1, p2, Hot::resolve(3)]));
    settled.pending();
    resolve_p1(1);
    settled.fulfilled(vec![Ok(1), Ok(2), Ok(3)]);
}

// test/built-ins/Promise/allSettled/resolve-before-loop-exit.js
#[test]
fn elements_that_settle_while_the_iterator_is_read_do_not_fulfil_it_early() {
    let [
        (p1, resolve_p1, _r1),
        (p2, resolve_p2, _r2),
        (p3, resolve_p3, _r3),
    ] = deferred::<i32, &str>();
    let mut count = 0;
    let settled = LocalPromise::all_settled([p1, p2, p3].into_iter().inspect(move |_| {
        count += 1;
        match count {
            2 => {
                resolve_p1(1);
                resolve_p2(2);
            }
            3 => resolve_p3(3),
            _ => {}
        }
    }));
    watch(&settled).fulfilled(vec![Ok(1), Ok(2), Ok(3)]);
}

// test/built-ins/Promise/allSettled/resolve-from-same-thenable.js
#[test]
fn an_element_resolved_three_times_is_not_three_elements() {
    let [
        (p1, resolve_p1, _r1),
        (p2, resolve_p2, _r2),
        (p3, resolve_p3, _r3),
    ] = deferred::<i32, &str>();
    let settled = watch(&LocalPromise::all_settled([p1, p2, p3]));
    for value in [1, -1, -2] {
        resolve_p1(value);
    }
    settled.pending();
    resolve_p2(2);
    resolve_p3(3);
    settled.fulfilled(vec![Ok(1), Ok(2), Ok(3)]);
}

// test/built-ins/Promise/allSettled/resolve-ignores-late-rejection-deferred.js
#[test]
fn a_late_rejection_in_a_later_job_leaves_the_outcomes() {
    let resolver = in_a_job(|resolve, _| resolve(42));
    let late_rejector = in_a_job(|resolve, reject| {
        resolve(9);
        reject("too late");
    });
    watch(&Hot::all_settled([resolver, late_rejector])).fulfilled(vec![Ok(42), Ok(9)]);
}

// test/built-ins/Promise/allSettled/resolve-ignores-late-rejection.js
#[test]
fn a_late_rejection_leaves_the_outcomes() {
    let resolver = Hot::new(|resolve, _| resolve(42));
    let late_rejector = Hot::new(|resolve, reject| {
        resolve(33);
        reject("too late");
    });
    watch(&Hot::all_settled([resolver, late_rejector])).fulfilled(vec![Ok(42), Ok(33)]);
}

// test/built-ins/Promise/allSettled/resolve-non-thenable.js
#[test]
fn plain_values_are_fulfilled() {
    let [v1, v2, v3] = [(); 3].map(|()| Object::new());
    let expected = [Ok(v1.clone()), Ok(v2.clone()), Ok(v3.clone())];
    let Ok(outcomes) = event_loop::run(promise! { Promise.allSettled([v1, v2, v3]) });
    assert_eq!(outcomes, expected);
}

// test/built-ins/Promise/allSettled/resolved-all-fulfilled.js
#[test]
fn three_fulfilled_promises() {
    let settled =
        Hot::all_settled([1, 2, 3].map(|value| Hot::new(move |resolve, _| resolve(value))));
    watch(&settled).fulfilled(vec![Ok(1), Ok(2), Ok(3)]);
}

// test/built-ins/Promise/allSettled/resolved-all-mixed.js
#[test]
fn fulfilled_and_rejected_promises_in_input_order() {
    let fulfilled = |value| Hot::new(move |resolve, _| resolve(value));
    let rejected = |reason| Hot::new(move |_, reject| reject(reason));
    let settled = Hot::all_settled([
        rejected("one"),
        fulfilled(2),
        fulfilled(39),
        rejected("test262"),
        rejected("object"),
        fulfilled(6),
    ]);
    watch(&settled).fulfilled(vec![
        Err("one"),
        Ok(2),
        Ok(39),
        Err("test262"),
        Err("object"),
        Ok(6),
    ]);
}

// test/built-ins/Promise/allSettled/resolved-all-rejected.js
#[test]
fn three_rejected_promises() {
    let settled =
        Hot::all_settled(["1", "2", "3"].map(|reason| Hot::new(move |_, reject| reject(reason))));
    watch(&settled).fulfilled(vec![Err("1"), Err("2"), Err("3")]);
}

// test/built-ins/Promise/allSettled/resolved-immed.js
#[test]
fn of_nothing_is_fulfilled_at_once() {
    let sequence = Sequence::default();
    let _ = Hot::all_settled([]).then(sequence.at(2));
    let _ = Hot::resolve(0).then(sequence.at(3)).then(sequence.at(4));
    sequence.push(1);
    sequence.check(4);
}

// test/built-ins/Promise/allSettled/resolved-sequence-extra-ticks.js
#[test]
fn of_one_takes_one_turn_more() {
    let sequence = Sequence::default();
    let p1 = Hot::new(|resolve, _| resolve(0));
    sequence.push(1);
    let _ = Hot::all_settled([p1.clone()]).then(sequence.at(4));
    let _ = p1.then(sequence.at(3)).then(sequence.at(5));
    sequence.push(2);
    sequence.check(5);
}

// test/built-ins/Promise/allSettled/resolved-sequence-mixed.js
#[test]
fn of_three_takes_its_turn_after_handlers_of_all() {
    let sequence = Sequence::default();
    let p1 = Hot::new(|_, reject| reject(""));
    let p2 = Hot::new(|resolve, _| resolve(0));
    let p3 = Hot::new(|_, reject| reject(""));
    sequence.push(1);
    let _ = p1.catch(sequence.caught_at::<_, &str>(3));
    let _ = Hot::all_settled([p1, p2.clone(), p3.clone()]).then(sequence.at(6));
    let _ = p2.then(sequence.at(4));
    sequence.push(2);
    let _ = p3.catch(sequence.caught_at::<_, &str>(5));
    sequence.check(6);
}

// test/built-ins/Promise/allSettled/resolved-sequence-with-rejections.js
#[test]
fn of_two_rejected_takes_its_turn_after_handlers_of_both() {
    let sequence = Sequence::default();
    let p1 = Hot::new(|_, reject| reject("foo"));
    let p2 = Hot::new(|_, reject| reject("bar"));
    sequence.push(1);
    let _ = p1.catch(sequence.caught_at::<_, &str>(3));
    let _ = Hot::all_settled([p1, p2.clone()]).then(sequence.at(5));
    let _ = p2.catch(sequence.caught_at::<_, &str>(4));
    sequence.push(2);
    sequence.check(5);
}

// test/built-ins/Promise/allSettled/resolved-sequence.js
#[test]
fn of_two_takes_its_turn_after_handlers_of_both() {
    let sequence = Sequence::default();
    let p1 = Hot::new(|resolve, _| resolve(1));
    let p2 = Hot::new(|resolve, _| resolve(2));
    sequence.push(1);
    let _ = p1.then(sequence.at(3));
    let _ = Hot::all_settled([p1, p2.clone()]).then(sequence.at(5));
    let _ = p2.then(sequence.at(4));
    sequence.push(2);
    sequence.check(5);
}

// test/built-ins/Promise/allSettled/resolved-then-catch-finally.js
#[test]
fn promises_derived_in_every_way() {
    let settled = Hot::all_settled([
        Hot::resolve(2).then(|value| Ok(value + 1)),
        Hot::reject("twenty-one").catch(|_| Ok(42)),
        Hot::resolve(0).then(|_| Err("foo")),
        Hot::reject("yes").then(|_| Err("nope")),
        Hot::resolve(4).finally(|| Ok::<_, &str>("nope")),
        Hot::reject("here too").finally(|| Ok::<_, &str>("nope")),
        Hot::resolve(0).finally(|| Err::<(), _>("finally")),
        Hot::reject("nope").finally(|| Err::<(), _>("finally after rejected")),
        Hot::reject("1").then_or_else(|_| Err("nope"), |_| Ok(0)),
    ]);
    watch(&settled).fulfilled(vec![
        Ok(3),
        Ok(42),
        Err("foo"),
        Err("yes"),
        Ok(4),
        Err("here too"),
        Err("finally"),
        Err("finally after rejected"),
        Ok(0),
    ]);
}

// test/built-ins/Promise/allSettled/resolves-empty-array.js
#[test]
fn of_nothing_fulfils_with_no_outcomes() {
    watch(&Hot::all_settled([])).fulfilled(vec![]);
}
