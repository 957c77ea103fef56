//! `Promise.race`

use super::kit::{Hot, Object, Sequence, in_a_job, watch};
use promise_runtime::LocalPromise;

/// What the tests of section A6 and A7 share: a turn of a promise that is already fulfilled before the race's handler, and
/// one after it.
fn check_turns(sequence: &Sequence) {
    let _ = Hot::resolve(0).then(sequence.at(3)).then(sequence.at(5));
    sequence.push(2);
    sequence.check(5);
}

// test/built-ins/Promise/race/S25.4.4.3_A5.1_T1.js
#[test]
fn of_nothing_never_settles() {
    watch(&Hot::race([])).pending();
}

// test/built-ins/Promise/race/S25.4.4.3_A6.1_T1.js
#[test]
fn of_one_fulfilled_takes_one_turn_more() {
    let sequence = Sequence::default();
    let race = Hot::race([Hot::resolve(1)]);
    sequence.push(1);
    let _ = race.then(sequence.at(4));
    check_turns(&sequence);
}

// test/built-ins/Promise/race/S25.4.4.3_A6.2_T1.js
#[test]
fn of_one_rejected_takes_one_turn_more() {
    let sequence = Sequence::default();
    let race = Hot::race([Hot::reject("1")]);
    sequence.push(1);
    let _ = race.then_or_else(sequence.never::<_, &str>(), sequence.at(4));
    check_turns(&sequence);
}

// test/built-ins/Promise/race/S25.4.4.3_A7.1_T1.js
#[test]
fn the_first_of_two_fulfilled_wins() {
    let sequence = Sequence::default();
    let race = Hot::race([Hot::resolve(1), Hot::resolve(2)]);
    let outcome = watch(&race);
    sequence.push(1);
    let _ = race.then(sequence.at(4));
    check_turns(&sequence);
    outcome.fulfilled(1);
}

// test/built-ins/Promise/race/S25.4.4.3_A7.1_T2.js
#[test]
fn a_fulfilled_one_wins_before_a_pending_one() {
    let sequence = Sequence::default();
    let race = Hot::race([Hot::resolve(1), Hot::new(|_, _| {})]);
    let outcome = watch(&race);
    sequence.push(1);
    let _ = race.then(sequence.at(4));
    check_turns(&sequence);
    outcome.fulfilled(1);
}

// test/built-ins/Promise/race/S25.4.4.3_A7.1_T3.js
#[test]
fn a_fulfilled_one_wins_after_a_pending_one() {
    let sequence = Sequence::default();
    let race = Hot::race([Hot::new(|_, _| {}), Hot::resolve(2)]);
    let outcome = watch(&race);
    sequence.push(1);
    let _ = race.then(sequence.at(4));
    check_turns(&sequence);
    outcome.fulfilled(2);
}

// test/built-ins/Promise/race/S25.4.4.3_A7.2_T1.js
#[test]
fn a_rejected_one_wins_before_a_fulfilled_one() {
    let sequence = Sequence::default();
    let race = Hot::race([Hot::reject("1"), Hot::resolve(2)]);
    let outcome = watch(&race);
    sequence.push(1);
    let _ = race.then_or_else(sequence.never::<_, &str>(), sequence.at(4));
    check_turns(&sequence);
    outcome.rejected("1");
}

// test/built-ins/Promise/race/S25.4.4.3_A7.3_T1.js
#[test]
fn among_settled_ones_the_place_decides_and_not_the_time() {
    let (p1, resolve_p1, _reject) = Hot::with_resolvers();
    let (p2, _resolve, reject_p2) = Hot::with_resolvers();
    reject_p2("not seen");
    resolve_p1(1);
    watch(&Hot::race([p1, p2])).fulfilled(1);
}

// test/built-ins/Promise/race/S25.4.4.3_A7.3_T2.js
#[test]
fn among_pending_ones_the_first_to_settle_wins() {
    let (p1, resolve_p1, _reject) = Hot::with_resolvers();
    let (p2, _resolve, reject_p2) = Hot::with_resolvers();
    let race = watch(&Hot::race([p1, p2]));
    reject_p2("2");
    resolve_p1(1);
    race.rejected("2");
}

// test/built-ins/Promise/race/reject-deferred.js
#[test]
fn an_element_that_rejects_in_a_later_job_rejects_it() {
    let thenable = in_a_job(|_, reject| reject("later"));
    watch(&Hot::race([thenable])).rejected("later");
}

// test/built-ins/Promise/race/reject-from-same-thenable.js
#[test]
fn of_an_element_rejected_three_times_the_first_counts() {
    let (p1, _resolve, reject) = Hot::with_resolvers();
    let race = watch(&Hot::race([p1]));
    race.pending();
    for reason in ["1", "2", "3"] {
        reject(reason);
    }
    race.rejected("1");
}

// test/built-ins/Promise/race/reject-ignored-deferred.js
#[test]
fn a_rejection_after_a_fulfilment_in_a_later_job_is_ignored() {
    let fulfiller = in_a_job(|resolve, _| resolve(1));
    let rejector = in_a_job(|_, reject| reject("too late"));
    watch(&Hot::race([fulfiller, rejector])).fulfilled(1);
}

// test/built-ins/Promise/race/reject-ignored-immed.js
#[test]
fn a_rejection_after_a_fulfilment_is_ignored() {
    watch(&Hot::race([Hot::resolve(1), Hot::reject("too late")])).fulfilled(1);
}

// test/built-ins/Promise/race/reject-immed.js
#[test]
fn a_rejected_element_rejects_it() {
    watch(&Hot::race([Hot::new(|_, reject| reject("at once"))])).rejected("at once");
}

// test/built-ins/Promise/race/resolve-from-same-thenable.js
#[test]
fn of_an_element_resolved_three_times_the_first_counts() {
    let (p1, resolve, _reject) = Hot::with_resolvers();
    let race = watch(&Hot::race([p1]));
    race.pending();
    for value in [1, 2, 3] {
        resolve(value);
    }
    race.fulfilled(1);
}

// test/built-ins/Promise/race/resolve-ignores-late-rejection-deferred.js
#[test]
fn a_rejection_after_the_fulfilment_of_the_same_element_is_ignored() {
    let sequence = Sequence::default();
    sequence.push(1);
    let late_rejector = Hot::new(|resolve, reject| {
        let inner = Hot::new(|done, _| {
            sequence.push(2);
            done(0);
            sequence.push(3);
        });
        let sequence = sequence.clone();
        let _ = inner.map(move |_| {
            sequence.push(5);
            resolve(9);
            sequence.push(6);
            reject("too late");
            sequence.push(7);
        });
    });
    sequence.push(4);
    let race = watch(&Hot::race([late_rejector]));
    sequence.check(7);
    race.fulfilled(9);
}

// test/built-ins/Promise/race/resolve-ignores-late-rejection.js
#[test]
fn a_later_element_is_not_looked_at() {
    let resolver = Hot::new(|resolve, _| resolve(42));
    let late_rejector = Hot::new(|resolve, reject| {
        resolve(33);
        reject("too late");
    });
    watch(&Hot::race([resolver, late_rejector])).fulfilled(42);
}

// test/built-ins/Promise/race/resolve-non-obj.js
#[test]
fn an_element_fulfilled_with_a_number_fulfils_it() {
    watch(&Hot::race([Hot::new(|resolve, _| resolve(23))])).fulfilled(23);
}

// test/built-ins/Promise/race/resolve-non-thenable.js
#[test]
fn an_element_fulfilled_with_an_object_fulfils_it() {
    let value = Object::new();
    let element = LocalPromise::<_, &str>::new(|resolve, _| resolve(value.clone()));
    watch(&LocalPromise::race([element])).fulfilled(value);
}

// test/built-ins/Promise/race/resolve-thenable.js
#[test]
fn an_element_that_adopts_a_promise_fulfils_it_with_that_ones_value() {
    let element = Hot::new(|resolve, _| resolve.adopt(Hot::new(|resolve, _| resolve(23))));
    watch(&Hot::race([element])).fulfilled(23);
}

// test/built-ins/Promise/race/resolved-sequence-extra-ticks.js
#[test]
fn a_handler_of_the_race_runs_between_two_of_the_element() {
    let sequence = Sequence::default();
    let a = Hot::new(|resolve, _| resolve(0));
    sequence.push(1);
    let all = LocalPromise::all([
        Hot::race([a.clone()]).then(sequence.at(4)),
        a.then(sequence.at(3)).then(sequence.at(5)),
    ]);
    let checked = watch(&all);
    sequence.push(2);
    sequence.check(5);
    checked.fulfilled(vec![(), ()]);
}

// test/built-ins/Promise/race/resolved-sequence-mixed.js
#[test]
fn a_rejected_race_skips_its_handler() {
    let sequence = Sequence::default();
    let a = Hot::reject("");
    let b = Hot::new(|resolve, _| resolve(0));
    let c = Hot::new(|_, reject| reject(""));
    sequence.push(1);
    let seen = sequence.clone();
    let _ = LocalPromise::all([
        a.then_or_else(sequence.never::<_, &str>(), sequence.at(3)),
        Hot::race([a, b.clone(), c]).then(sequence.never()),
        b.then(sequence.at(4)),
    ])
    .then_or_else(
        |_| Ok::<(), &str>(()),
        move |_| {
            seen.push(5);
            Ok(())
        },
    );
    sequence.push(2);
    sequence.check(5);
}

// test/built-ins/Promise/race/resolved-sequence-with-rejections.js
#[test]
fn a_rejected_race_takes_its_turn_after_handlers_of_both() {
    let sequence = Sequence::default();
    let a = Hot::new(|_, reject| reject("a"));
    let b = Hot::new(|_, reject| reject("b"));
    sequence.push(1);
    let all = LocalPromise::all([
        a.catch(sequence.caught_at::<_, &str>(3)),
        Hot::race([a, b.clone()]).catch(sequence.caught_at(5)),
        b.catch(sequence.caught_at(4)),
    ]);
    let checked = watch(&all);
    sequence.push(2);
    sequence.check(5);
    checked.fulfilled(vec![0, 0, 0]);
}

// test/built-ins/Promise/race/resolved-sequence.js
#[test]
fn a_fulfilled_race_takes_its_turn_after_handlers_of_both() {
    let sequence = Sequence::default();
    let a = Hot::new(|resolve, _| resolve(1));
    let b = Hot::new(|resolve, _| resolve(2));
    sequence.push(1);
    let all = LocalPromise::all([
        a.then(sequence.at(3)),
        Hot::race([a, b.clone()]).then(sequence.at(5)),
        b.then(sequence.at(4)),
    ]);
    let checked = watch(&all);
    sequence.push(2);
    sequence.check(5);
    checked.fulfilled(vec![(), (), ()]);
}

// test/built-ins/Promise/race/resolved-then-catch-finally.js
#[test]
fn among_promises_derived_in_every_way_the_first_with_the_fewest_turns_wins() {
    type Text = LocalPromise<&'static str, &'static str>;
    let race = LocalPromise::race([
        Text::reject("a").catch(Ok::<_, &str>),
        Text::resolve("b").then(Err),
        Text::reject("c").then(Err),
        Text::resolve("d").finally(|| ()),
        Text::reject("e").finally(|| ()),
        Text::resolve("f").finally(|| Err::<(), _>("f")),
        Text::reject("g").finally(|| Err::<(), _>("g")),
        Text::reject("h").then_or_else(Ok, |_| Ok("j")),
        Text::resolve("i").then(Ok),
    ]);
    watch(&race).fulfilled("a");
}
