//! `Promise.all`

use super::kit::{Hot, Object, Sequence, deferred, in_a_job, watch};
use promise_runtime::LocalPromise;
use promise_runtime::event_loop;
use promise_runtime::prelude::*;

// test/built-ins/Promise/all/S25.4.4.1_A2.2_T1.js
#[test]
fn of_nothing_is_fulfilled_at_once() {
    let sequence = Sequence::default();
    let _ = Hot::all([]).then(sequence.at(2));
    let _ = Hot::resolve(0).then(sequence.at(3)).then(sequence.at(4));
    sequence.push(1);
    sequence.check(4);
}

// test/built-ins/Promise/all/S25.4.4.1_A2.3_T2.js
#[test]
fn of_nothing_fulfils_with_no_values() {
    watch(&Hot::all([])).fulfilled(vec![]);
}

// test/built-ins/Promise/all/S25.4.4.1_A7.1_T1.js
#[test]
fn of_one_fulfils_with_its_value() {
    let all = Hot::all([Hot::resolve(3)]);
    watch(&all).fulfilled(vec![3]);
}

// test/built-ins/Promise/all/S25.4.4.1_A7.2_T1.js
#[test]
fn of_one_takes_one_turn_more() {
    let sequence = Sequence::default();
    let p1 = Hot::new(|resolve, _| resolve(0));
    sequence.push(1);
    let _ = Hot::all([p1.clone()]).then(sequence.at(4));
    let _ = p1.then(sequence.at(3)).then(sequence.at(5));
    sequence.push(2);
    sequence.check(5);
}

// test/built-ins/Promise/all/S25.4.4.1_A8.1_T1.js
#[test]
fn of_two_takes_its_turn_after_handlers_of_both() {
    let sequence = Sequence::default();
    let p1 = Hot::new(|resolve, _| resolve(1));
    let p2 = Hot::new(|resolve, _| resolve(2));
    sequence.push(1);
    let _ = p1.then(sequence.at(3));
    let _ = Hot::all([p1, p2.clone()]).then(sequence.at(5));
    let _ = p2.then(sequence.at(4));
    sequence.push(2);
    sequence.check(5);
}

// test/built-ins/Promise/all/S25.4.4.1_A8.2_T1.js
#[test]
fn the_first_promise_rejects_it_later() {
    let (p1, _resolve, reject_p1) = Hot::with_resolvers();
    let all = watch(&Hot::all([p1, Hot::resolve(2)]));
    reject_p1("first");
    all.rejected("first");
}

// test/built-ins/Promise/all/S25.4.4.1_A8.2_T2.js
#[test]
fn the_second_promise_rejects_it_later() {
    let (p2, _resolve, reject_p2) = Hot::with_resolvers();
    let all = watch(&Hot::all([Hot::resolve(1), p2]));
    reject_p2("second");
    all.rejected("second");
}

// test/built-ins/Promise/all/call-resolve-element-after-return.js
#[test]
fn an_element_resolved_again_after_the_end_changes_nothing() {
    let (p1, resolve, _reject) = Hot::with_resolvers();
    resolve(1);
    let all = Hot::all([p1]);
    watch(&all).fulfilled(vec![1]);
    resolve(2);
    watch(&all).fulfilled(vec![1]);
}

// test/built-ins/Promise/all/call-resolve-element-items.js
#[test]
fn elements_resolved_twice_each_count_once() {
    let twice = |value| {
        Hot::new(move |resolve, _| {
            resolve(value);
            resolve(-value);
        })
    };
    watch(&Hot::all([twice(1), twice(2)])).fulfilled(vec![1, 2]);
}

// test/built-ins/Promise/all/call-resolve-element.js
#[test]
fn an_element_resolved_twice_counts_once() {
    let p1 = Hot::new(|resolve, _| {
        resolve(1);
        resolve(2);
    });
    watch(&Hot::all([p1])).fulfilled(vec![1]);
}

// test/built-ins/Promise/all/reject-deferred.js
#[test]
fn an_element_that_rejects_in_a_later_job_rejects_it() {
    let thenable = in_a_job(|_, reject| reject("later"));
    watch(&Hot::all([thenable])).rejected("later");
}

// test/built-ins/Promise/all/reject-ignored-deferred.js
#[test]
fn an_element_rejected_after_it_was_resolved_in_a_later_job_does_not_reject_it() {
    let fulfiller = in_a_job(|resolve, _| resolve(1));
    let rejector = in_a_job(|resolve, reject| {
        resolve(2);
        reject("too late");
    });
    watch(&Hot::all([fulfiller, rejector])).fulfilled(vec![1, 2]);
}

// test/built-ins/Promise/all/reject-ignored-immed.js
#[test]
fn an_element_rejected_after_it_was_resolved_does_not_reject_it() {
    let late_rejector = Hot::new(|resolve, reject| {
        resolve(2);
        reject("too late");
    });
    watch(&Hot::all([Hot::resolve(1), late_rejector])).fulfilled(vec![1, 2]);
}

// test/built-ins/Promise/all/reject-immed.js
#[test]
fn a_rejected_element_rejects_it() {
    watch(&Hot::all([Hot::reject("at once")])).rejected("at once");
}

// test/built-ins/Promise/all/resolve-before-loop-exit-from-same.js
#[test]
fn settled_elements_behind_a_pending_one_do_not_fulfil_it() {
    let (p1, resolve_p1, _reject) = Hot::with_resolvers();
    let p2 = Hot::new(|resolve, _| {
        resolve(2);
        resolve(-2);
    });
    let all = watch(&Hot::all([p1, p2, Hot::resolve(3)]));
    all.pending();
    resolve_p1(1);
    all.fulfilled(vec![1, 2, 3]);
}

// test/built-ins/Promise/all/resolve-before-loop-exit.js
#[test]
fn elements_that_settle_while_the_iterator_is_read_do_not_fulfil_it_early() {
    let [
        (p1, resolve_p1, _r1),
        (p2, resolve_p2, _r2),
        (p3, resolve_p3, _r3),
    ] = deferred::<i32, &str>();
    let mut count = 0;
    let all = LocalPromise::all([p1, p2, p3].into_iter().inspect(move |_| {
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
    watch(&all).fulfilled(vec![1, 2, 3]);
}

// test/built-ins/Promise/all/resolve-from-same-thenable.js
#[test]
fn an_element_resolved_three_times_is_not_three_elements() {
    let [
        (p1, resolve_p1, _r1),
        (p2, resolve_p2, _r2),
        (p3, resolve_p3, _r3),
    ] = deferred::<i32, &str>();
    let all = watch(&LocalPromise::all([p1, p2, p3]));
    for value in [1, -1, -2] {
        resolve_p1(value);
    }
    all.pending();
    resolve_p2(2);
    resolve_p3(3);
    all.fulfilled(vec![1, 2, 3]);
}

// test/built-ins/Promise/all/resolve-ignores-late-rejection-deferred.js
#[test]
fn a_late_rejection_in_a_later_job_leaves_the_values() {
    let resolver = in_a_job(|resolve, _| resolve(42));
    let late_rejector = in_a_job(|resolve, reject| {
        resolve(9);
        reject("too late");
    });
    watch(&Hot::all([resolver, late_rejector])).fulfilled(vec![42, 9]);
}

// test/built-ins/Promise/all/resolve-ignores-late-rejection.js
#[test]
fn a_late_rejection_leaves_the_values() {
    let resolver = Hot::new(|resolve, _| resolve(42));
    let late_rejector = Hot::new(|resolve, reject| {
        resolve(33);
        reject("too late");
    });
    watch(&Hot::all([resolver, late_rejector])).fulfilled(vec![42, 33]);
}

// test/built-ins/Promise/all/resolve-non-thenable.js
#[test]
fn plain_values_are_kept_in_their_order() {
    let [v1, v2, v3] = [(); 3].map(|()| Object::new());
    let expected = [v1.clone(), v2.clone(), v3.clone()];
    let Ok(values) = event_loop::run(promise! { Promise.all([v1, v2, v3]) });
    assert_eq!(values, expected);
}
