//! A chain dropped at every suspension point of every static.

mod drops_kit;

use drops_kit::*;
use promise_runtime::prelude::*;
use promise_tests::{Diary, Token, suspended};

dropped! {
    resolve: 3, |d| [Promise.resolve(fine(d, "a"))];
    resolve_value: 3, |d| [Promise.resolve(d.token("v")).then(v => fine(d, "a").then(w => (v, w)))];
    reject: 3, |d| [Promise.reject(Reason::Token(d.token("r"))).catch(_ => fine(d, "a"))];
    try_: 3, |d| [Promise.try(() => fine(d, "a"))];
    try_closure_that_rejects: 5, |d| [Promise.try(|| bad(d, "a")).catch(_ => fine(d, "b"))];
    delay: 2, |d| [Promise.delay(SECOND)];
    delay_with_a_value: 4, |d| [Promise.delay(SECOND, d.token("v")).then(v => fine(d, "a").then(w => (v, w)))];
    new_promise: 3, |d| [new Promise((resolve) => { resolve(d.token("v")) }).then(v => fine(d, "a").then(w => (v, w)))];
    new_promise_settled_twice: 1, |d| [new Promise((resolve, reject) => { resolve(d.token("v")); resolve(d.token("w")); reject(Reason::Token(d.token("x"))) })];
    new_promise_that_throws: 3, |d| [new Promise((resolve, _reject) => { if d.alive() == 0 { throw Reason::Token(d.token("r")) } resolve(d.token("v")) }).catch(_ => fine(d, "a"))];
    all_literal: 4, |d| [Promise.all([fine(d, "a"), after(d, "b", 3), after(d, "c", 0)])];
    all_literal_of_two_types: 4, |d| [Promise.all([fine(d, "a"), after(d, "b", 3).then(v => (v, 1)), d.token("plain")])];
    all_literal_rejected: 5, |d| [Promise.all([fine(d, "a"), bad_after(d, "b", 3), after(d, "c", 9)]).catch(_ => [d.token("x"), d.token("y"), d.token("z")]).then(([x, _, _]) => after(d, "e", 1).then(v => (v, x)))];
    all_tuple: 4, |d| [Promise.all((fine(d, "a"), after(d, "b", 3))).then(([a, _]) => a)];
    all_array: 4, |d| [Promise.all([("a", 2), ("b", 3), ("c", 1)].map(|(name, count)| after(d, name, count)))];
    all_array_rejected: 3, |d| [Promise.all([("a", 5), ("b", 2), ("c", 1)].map(|(name, count)| if name == "b" { bad_after(d, name, count) } else { after(d, name, count) }))];
    all_iterator: 4, |d| [Promise.all([("a", 2), ("b", 3), ("c", 1)].into_iter().map(|(name, count)| after(d, name, count)))];
    all_iterator_rejected: 3, |d| [Promise.all(vec![after(d, "a", 5), bad_after(d, "b", 2), after(d, "c", 0)])];
    all_record: 4, |d| [Promise.all({ a: fine(d, "a"), b: after(d, "b", 3) }).then(({ a, b }) => (b, a))];
    all_settled_literal: 4, |d| [Promise.allSettled([fine(d, "a"), bad_after(d, "b", 3)])];
    all_settled_tuple: 4, |d| [Promise.allSettled((fine(d, "a"), bad_after(d, "b", 3)))];
    all_settled_array: 4, |d| [Promise.allSettled([("a", 2), ("b", 3)].map(|(name, count)| bad_after(d, name, count)))];
    all_settled_iterator: 4, |d| [Promise.allSettled(vec![fine(d, "a"), bad_after(d, "b", 3)])];
    all_settled_record: 4, |d| [Promise.allSettled({ a: fine(d, "a"), b: bad_after(d, "b", 3) }).then(r => r.a)];
    any_literal: 4, |d| [Promise.any([bad(d, "a"), after(d, "b", 3), after(d, "c", 9)])];
    any_literal_all_rejected: 4, |d| [Promise.any([bad(d, "a"), bad_after(d, "b", 3)])];
    any_tuple: 3, |d| [Promise.any((fine(d, "a"), bad_after(d, "b", 1)))];
    any_array: 3, |d| [Promise.any([("a", 2), ("b", 3)].map(|(name, count)| after(d, name, count)))];
    any_iterator: 3, |d| [Promise.any(vec![bad_after(d, "a", 1), fine(d, "b")])];
    any_iterator_all_rejected: 3, |d| [Promise.any(vec![bad_after(d, "a", 1), bad(d, "b")])];
    race_literal: 3, |d| [Promise.race([fine(d, "a"), bad_after(d, "b", 3), Promise.never()])];
    race_literal_rejected: 2, |d| [Promise.race([fine(d, "a"), bad_after(d, "b", 1)])];
    race_tuple: 3, |d| [Promise.race((fine(d, "a"), after(d, "b", 3)))];
    race_array: 2, |d| [Promise.race([("a", 2), ("b", 1)].map(|(name, count)| after(d, name, count)))];
    race_iterator: 3, |d| [Promise.race(vec![after(d, "a", 3), fine(d, "b")])];
    combinators_in_each_other: 4, |d| [Promise.all([Promise.race([fine(d, "a"), after(d, "b", 9)]), Promise.any([bad(d, "c"), after(d, "e", 3)])])];
    chains_as_elements: 5, |d| [Promise.all([fine(d, "a").then(v => fine(d, "b").then(w => (v, w))), fine(d, "c").finally(|| d.write("finally element")).then(v => (v, d.token("t")))])];
    combinator_in_a_handler: 7, |d| [fine(d, "a").then(async v => { let both = await Promise.all([fine(d, "b"), fine(d, "c")]); let last = await fine(d, "e"); (v, both, last) })];
}

/// Never settles, so the number of polls is not one that settles it.
macro_rules! never_settles {
    ($($name:ident: |$diary:ident| [$($chain:tt)*];)*) => {$(
        #[test]
        fn $name() {
            for count in 0..4 {
                let $diary = Diary::kept();
                let chain = promise! { move <Token, Reason> $($chain)*.finally(|| $diary.write("finally")) };
                drop(suspended(chain, count));
                let written = $diary.take();
                let expected = usize::from(count > 0);
                assert_eq!(written.iter().filter(|line| *line == "finally").count(), expected, "{written:?}");
                assert_eq!($diary.alive(), 0);
            }
        }
    )*};
}

never_settles! {
    never: |d| [Promise.never()];
    new_promise_whose_resolvers_are_gone: |d| [new Promise(() => {})];
    race_of_what_never_settles: |d| [Promise.race([Promise.never(), Promise.never()])];
    empty_race: |d| [Promise.race(Vec::<Step>::new())];
    all_with_one_that_never_settles: |d| [Promise.all([fine(d, "a"), Promise.never()]).then(([a, b]) => { let _: Token = b; a })];
}

#[test]
fn an_element_that_was_never_polled_is_dropped_too() {
    let record = polled(
        1,
        |d| promise! { move <_, Reason> Promise.race([after(d, "a", 0), fine(d, "b")]) },
    );
    assert_eq!(
        record.before,
        ["poll a", "drop a", "drop b", "drop value of b"]
    );
    assert_eq!(record.after, ["drop value of a"]);
}
