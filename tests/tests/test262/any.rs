//! `Promise.any`

use super::kit::{Hot, Object, Sequence, deferred, in_a_job, watch};
use promise_runtime::event_loop;
use promise_runtime::prelude::*;
use promise_runtime::{AggregateError, LocalPromise};

fn aggregate<E>(errors: Vec<E>) -> AggregateError<Vec<E>> {
    AggregateError { errors }
}

// test/built-ins/Promise/any/call-reject-element-after-return.js
#[test]
fn an_element_rejected_again_after_the_end_changes_nothing() {
    let (p1, _resolve, reject) = Hot::with_resolvers();
    reject("first");
    let any = Hot::any([p1]);
    watch(&any).rejected(aggregate(vec!["first"]));
    reject("second");
    watch(&any).rejected(aggregate(vec!["first"]));
}

// test/built-ins/Promise/any/call-reject-element-items.js
#[test]
fn elements_rejected_twice_each_count_once() {
    let twice = |reason| {
        Hot::new(move |_, reject| {
            reject(reason);
            reject("unexpected");
        })
    };
    watch(&Hot::any([twice("p1"), twice("p2")])).rejected(aggregate(vec!["p1", "p2"]));
}

// test/built-ins/Promise/any/iter-arg-is-empty-iterable-reject.js
#[test]
fn of_nothing_rejects_with_no_reasons() {
    watch(&Hot::any([])).rejected(aggregate(vec![]));
}

// test/built-ins/Promise/any/reject-all-mixed.js
#[test]
fn reasons_stand_in_input_order() {
    let any = LocalPromise::any([
        LocalPromise::<Vec<i32>, _>::reject("a"),
        LocalPromise::new(|_, reject| reject("b")),
        Hot::all([Hot::reject("c")]),
        LocalPromise::new(|resolve, _| resolve.adopt(LocalPromise::reject("d"))),
    ]);
    watch(&any).rejected(aggregate(vec!["a", "b", "c", "d"]));
}

// test/built-ins/Promise/any/reject-deferred.js
#[test]
fn an_element_that_rejects_in_a_later_job_rejects_it() {
    let thenable = in_a_job(|_, reject| reject("later"));
    watch(&Hot::any([thenable])).rejected(aggregate(vec!["later"]));
}

// test/built-ins/Promise/any/reject-from-same-thenable.js
#[test]
fn an_element_rejected_three_times_is_not_three_elements() {
    let [
        (p1, _r1, reject_p1),
        (p2, _r2, reject_p2),
        (p3, _r3, reject_p3),
    ] = deferred::<i32, &str>();
    let any = watch(&LocalPromise::any([p1, p2, p3]));
    for reason in ["p1", "unexpected 1", "unexpected 2"] {
        reject_p1(reason);
    }
    any.pending();
    reject_p2("p2");
    reject_p3("p3");
    any.rejected(aggregate(vec!["p1", "p2", "p3"]));
}

// test/built-ins/Promise/any/reject-ignored-deferred.js
#[test]
fn an_element_rejected_after_it_was_resolved_in_a_later_job_is_fulfilled() {
    let fulfiller = in_a_job(|resolve, _| resolve(1));
    let rejector = in_a_job(|resolve, reject| {
        resolve(2);
        reject("too late");
    });
    // The file calls `all`, and means both to be fulfilled.
    watch(&Hot::all([fulfiller.clone(), rejector.clone()])).fulfilled(vec![1, 2]);
    watch(&Hot::any([rejector, fulfiller])).fulfilled(2);
}

// test/built-ins/Promise/any/reject-ignored-immed.js
#[test]
fn an_element_rejected_after_it_was_resolved_is_fulfilled() {
    let late_rejector = Hot::new(|resolve, reject| {
        resolve(2);
        reject("too late");
    });
    watch(&Hot::any([Hot::resolve(1), late_rejector.clone()])).fulfilled(1);
    watch(&Hot::any([late_rejector])).fulfilled(2);
}

// test/built-ins/Promise/any/reject-immed.js
#[test]
fn of_one_rejected_rejects_with_its_reason() {
    let thenable = Hot::new(|_, reject| reject("reason"));
    watch(&Hot::any([thenable])).rejected(aggregate(vec!["reason"]));
}

// test/built-ins/Promise/any/resolve-before-loop-exit-from-same.js
#[test]
fn rejected_elements_behind_a_pending_one_do_not_reject_it() {
    let (p1, _resolve, reject_p1) = Hot::with_resolvers();
    let p2 = Hot::new(|_, reject| {
        reject("p2");
        reject("unexpected");
    });
    let any = watch(&Hot::any([p1, p2, Hot::reject("p3")]));
    any.pending();
    reject_p1("p1");
    any.rejected(aggregate(vec!["p1", "p2", "p3"]));
}

// test/built-ins/Promise/any/resolve-before-loop-exit.js
#[test]
fn elements_that_reject_while_the_iterator_is_read_do_not_reject_it_early() {
    let [
        (p1, _r1, reject_p1),
        (p2, _r2, reject_p2),
        (p3, _r3, reject_p3),
    ] = deferred::<i32, &str>();
    let mut count = 0;
    let late = reject_p1.clone();
    let any = LocalPromise::any([p1, p2, p3].into_iter().inspect(move |_| {
        count += 1;
        match count {
            2 => {
                reject_p1("p1");
                reject_p2("p2");
            }
            3 => reject_p3("p3"),
            _ => {}
        }
    }));
    watch(&any).rejected(aggregate(vec!["p1", "p2", "p3"]));
    late("unexpected");
    watch(&any).rejected(aggregate(vec!["p1", "p2", "p3"]));
}

// test/built-ins/Promise/any/resolve-from-reject-catch.js
#[test]
fn a_caught_rejection_fulfils_it() {
    let any = LocalPromise::any([
        LocalPromise::<Vec<i32>, _>::reject("a"),
        LocalPromise::new(|_, reject| reject("b")),
        Hot::all([Hot::reject("c")]),
        LocalPromise::reject("d").catch(|_| Ok(vec![4])),
    ]);
    watch(&any).fulfilled(vec![4]);
}

// test/built-ins/Promise/any/resolve-from-resolve-reject-catch.js
#[test]
fn an_adopted_caught_rejection_fulfils_it() {
    let caught = LocalPromise::reject("d").catch(|_| Ok(vec![4]));
    let any = LocalPromise::any([
        LocalPromise::<Vec<i32>, _>::reject("a"),
        LocalPromise::new(|_, reject| reject("b")),
        Hot::all([Hot::reject("c")]),
        LocalPromise::new(|resolve, _| resolve.adopt(caught)),
    ]);
    watch(&any).fulfilled(vec![4]);
}

// test/built-ins/Promise/any/resolve-from-same-thenable.js
#[test]
fn of_an_element_resolved_three_times_the_first_counts() {
    let (p1, resolve, _reject) = Hot::with_resolvers();
    let any = watch(&Hot::any([p1]));
    any.pending();
    for value in [1, 2, 3] {
        resolve(value);
    }
    any.fulfilled(1);
}

// test/built-ins/Promise/any/resolve-ignores-late-rejection-deferred.js
#[test]
fn the_first_of_two_that_fulfil_in_a_later_job_wins() {
    let resolver = in_a_job(|resolve, _| resolve(42));
    let late_rejector = in_a_job(|resolve, reject| {
        resolve(9);
        reject("too late");
    });
    watch(&Hot::any([resolver, late_rejector])).fulfilled(42);
}

// test/built-ins/Promise/any/resolve-ignores-late-rejection.js
#[test]
fn the_first_of_two_fulfilled_wins() {
    let resolver = Hot::new(|resolve, _| resolve(42));
    let late_rejector = Hot::new(|resolve, reject| {
        resolve(33);
        reject("too late");
    });
    watch(&Hot::any([resolver, late_rejector])).fulfilled(42);
}

// test/built-ins/Promise/any/resolve-non-thenable.js
#[test]
fn the_first_of_plain_values_wins() {
    let [a, b, c] = [(); 3].map(|()| Object::new());
    let expected = a.clone();
    let outcome = event_loop::run(promise! { Promise.any([a, b, c]) });
    assert_eq!(outcome.ok(), Some(expected));
}

// test/built-ins/Promise/any/resolved-sequence-extra-ticks.js
#[test]
fn of_one_takes_one_turn_more() {
    let sequence = Sequence::default();
    let p1 = Hot::new(|resolve, _| resolve(0));
    sequence.push(1);
    let _ = Hot::any([p1.clone()]).then(sequence.at(4));
    let _ = p1.then(sequence.at(3)).then(sequence.at(5));
    sequence.push(2);
    sequence.check(5);
}

// test/built-ins/Promise/any/resolved-sequence-mixed.js
#[test]
fn a_fulfilled_one_between_rejected_ones_takes_its_turn() {
    let sequence = Sequence::default();
    let p1 = Hot::new(|_, reject| reject(""));
    let p2 = Hot::new(|resolve, _| resolve(0));
    let p3 = Hot::new(|_, reject| reject(""));
    sequence.push(1);
    let _ = p1.catch(sequence.caught_at::<_, &str>(3));
    let _ = Hot::any([p1, p2.clone(), p3.clone()]).then(sequence.at(6));
    let _ = p2.then(sequence.at(4));
    sequence.push(2);
    let _ = p3.catch(sequence.caught_at::<_, &str>(5));
    sequence.check(6);
}

// test/built-ins/Promise/any/resolved-sequence-with-rejections.js
#[test]
fn of_two_rejected_rejects_after_handlers_of_both() {
    let sequence = Sequence::default();
    let p1 = Hot::new(|_, reject| reject("foo"));
    let p2 = Hot::new(|_, reject| reject("bar"));
    sequence.push(1);
    let _ = p1.catch(sequence.caught_at::<_, &str>(3));
    let any = Hot::any([p1, p2.clone()]);
    let outcome = watch(&any);
    let _ = any.then_or_else(sequence.never::<_, &str>(), sequence.at(5));
    let _ = p2.catch(sequence.caught_at::<_, &str>(4));
    sequence.push(2);
    sequence.check(5);
    outcome.rejected(aggregate(vec!["foo", "bar"]));
}

// test/built-ins/Promise/any/resolved-sequence.js
#[test]
fn of_two_takes_its_turn_after_handlers_of_both() {
    let sequence = Sequence::default();
    let p1 = Hot::new(|resolve, _| resolve(1));
    let p2 = Hot::new(|resolve, _| resolve(2));
    sequence.push(1);
    let _ = p1.then(sequence.at(3));
    let _ = Hot::any([p1, p2.clone()]).then(sequence.at(5));
    let _ = p2.then(sequence.at(4));
    sequence.push(2);
    sequence.check(5);
}
