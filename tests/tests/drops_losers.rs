//! What lost is gone before the next handler runs: losers of `race`, `any` and `all`, and what `timeout` cut off.

mod drops_kit;

use drops_kit::*;
use promise_runtime::prelude::*;
use promise_tests::Diary;

/// Everything that was made before the handler is dropped before it, but for `kept`.
fn settles_after_drops<F: Future>(make: impl FnOnce(&'static Diary) -> F) {
    let record = polled(u32::MAX, make);
    assert!(record.settled);
    let handler = record
        .before
        .iter()
        .position(|line| line == "handler")
        .expect("the handler ran");
    let (before, after) = record.before.split_at(handler);
    for name in before.iter().filter_map(|line| line.strip_prefix("poll ")) {
        assert!(
            before.contains(&format!("drop {name}")),
            "{name} in {:?}",
            record.before
        );
    }
    assert!(
        !after
            .iter()
            .any(|line| line.starts_with("poll ") || line == "finally loser"),
        "{:?}",
        record.before
    );
}

macro_rules! losers {
    ($($name:ident: |$diary:ident| [$($chain:tt)*];)*) => {$(
        #[test]
        fn $name() {
            settles_after_drops(|$diary| promise! { move <_, Reason> $($chain)* });
        }
    )*};
}

losers! {
    race_literal: |d| [Promise.race([after(d, "a", 5), after(d, "b", 1), after(d, "c", 3)]).then(_ => d.write("handler"))];
    race_rejected: |d| [Promise.race([after(d, "a", 5), bad_after(d, "b", 1)]).then(_ => 0).catch(_ => { d.write("handler"); 1 })];
    race_tuple: |d| [Promise.race((after(d, "a", 5), after(d, "b", 1))).then(|_| d.write("handler"))];
    race_array: |d| [Promise.race([("a", 2), ("b", 1)].map(|(name, count)| after(d, name, count))).then(_ => d.write("handler"))];
    race_iterator: |d| [Promise.race(vec![after(d, "a", 5), after(d, "b", 1)]).then(_ => d.write("handler"))];
    race_of_chains: |d| [Promise.race([after(d, "a", 5).finally(|| d.write("finally loser")), after(d, "b", 1)]).then(_ => d.write("handler"))];
    any_literal: |d| [Promise.any([bad(d, "a"), after(d, "b", 3), after(d, "c", 9)]).then(_ => d.write("handler"))];
    any_tuple: |d| [Promise.any((after(d, "a", 5), after(d, "b", 1))).then(_ => d.write("handler"))];
    any_array: |d| [Promise.any([("a", 2), ("b", 1)].map(|(name, count)| after(d, name, count))).then(_ => d.write("handler"))];
    any_iterator: |d| [Promise.any(vec![bad(d, "a"), after(d, "b", 3), after(d, "c", 9)]).then(_ => d.write("handler"))];
    any_all_rejected: |d| [Promise.any([bad(d, "a"), bad_after(d, "b", 3)]).then(_ => 0).catch(_ => { d.write("handler"); 1 })];
    all_literal: |d| [Promise.all([after(d, "a", 5), bad_after(d, "b", 1)]).then(_ => 0).catch(_ => { d.write("handler"); 1 })];
    all_literal_fulfilled: |d| [Promise.all([after(d, "a", 5), after(d, "b", 1)]).then(_ => d.write("handler"))];
    all_tuple: |d| [Promise.all((after(d, "a", 5), bad_after(d, "b", 1))).then(_ => 0, _ => { d.write("handler"); 1 })];
    all_array: |d| [Promise.all([("a", 2), ("b", 1)].map(|(name, count)| bad_after(d, name, count))).then(_ => 0).catch(|_| { d.write("handler"); 1 })];
    all_iterator: |d| [Promise.all(vec![after(d, "a", 5), bad_after(d, "b", 1), after(d, "c", 1)]).then(_ => 0).catch(_ => { d.write("handler"); 1 })];
    all_record: |d| [Promise.all({ a: after(d, "a", 5), b: bad_after(d, "b", 1) }).then(_ => 0).catch(_ => { d.write("handler"); 1 })];
    all_tap_catch: |d| [Promise.all([after(d, "a", 5), bad_after(d, "b", 1)]).then(_ => 0).tap_catch(_ => d.write("handler")).catch(_ => 1)];
    all_finally: |d| [Promise.all([after(d, "a", 5), bad_after(d, "b", 1)]).then(_ => 0).finally(() => d.write("handler"))];
    timeout_catch: |d| [after(d, "a", 2).then(_ => after(d, "b", 1)).then(async v => { let w = fine(d, "c").await; delay(SECOND * 5).await; (v, w).0 }).timeout(SECOND).then(_ => 0).catch(_ => { d.write("handler"); 1 })];
    timeout_reason: |d| [fine(d, "a").delay(SECOND * 5).timeout(SECOND, { d.write("handler"); Reason::Late })];
    timeout_finally: |d| [fine(d, "a").delay(SECOND * 5).finally(() => d.write("finally loser")).timeout(SECOND).then(_ => 0).catch(|_| { d.write("handler"); 1 })];
    timeout_of_a_race: |d| [Promise.race([fine(d, "a").delay(SECOND * 7), fine(d, "b").delay(SECOND * 9)]).timeout(SECOND).then(_ => 0, _ => { d.write("handler"); 1 })];
    timeout_of_an_iterator: |d| [Promise.all(vec![fine(d, "a"), fine(d, "b")]).delay(SECOND * 9).timeout(SECOND).then(_ => 0).tap_catch(_ => d.write("handler")).catch(_ => 1)];
    step_before: |d| [fine(d, "a").then(_ => fine(d, "b")).then(_ => d.write("handler"))];
    attempt_before: |d| [fine(d, "a").then(v => { if v.name() != "b" { throw Reason::Late } v }).retry(1).catch(_ => { d.write("handler"); d.token("t") })];
}

#[test]
fn losers_are_dropped_in_input_order_and_finallys_run_for_those_polled_only() {
    let record = polled(u32::MAX, |d| {
        promise! { move <_, Reason>
            Promise.race([
                after(d, "a", 5).finally(|| d.write("finally a")),
                after(d, "b", 0),
                after(d, "c", 5).finally(|| d.write("finally c")),
            ]).then(_ => d.write("handler"))
        }
    });
    let position = |line: &str| record.before.iter().position(|other| other == line);
    assert!(
        position("drop a") < position("finally a"),
        "{:?}",
        record.before
    );
    assert!(
        position("finally a") < position("handler"),
        "{:?}",
        record.before
    );
    assert_eq!(position("finally c"), None, "{:?}", record.before);
    assert_eq!(position("poll c"), None, "{:?}", record.before);
}
