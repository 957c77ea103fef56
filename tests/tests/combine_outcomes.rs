//! What `all`, `all_settled`, `any` and `race` settle with.

mod combine_kit;

use combine_kit::settle;
use promise_runtime::{AggregateError, all, all_settled, any, combine, race};
use std::{
    collections::{BTreeSet, VecDeque},
    convert::Infallible,
    future::{Future, IntoFuture, Ready, pending, ready},
    pin::pin,
    task::{Context, Waker},
};

fn ok<T, E>(value: T) -> Ready<Result<T, E>> {
    ready(Ok(value))
}

fn err<T>(reason: &'static str) -> Ready<Result<T, &'static str>> {
    ready(Err(reason))
}

fn never<T, E>() -> std::future::Pending<Result<T, E>> {
    pending()
}

fn is_pending(future: impl Future) -> bool {
    pin!(future)
        .poll(&mut Context::from_waker(Waker::noop()))
        .is_pending()
}

#[test]
fn all_gives_values_in_the_shape_it_was_given() {
    let expected: Result<(u8, &str), Infallible> = Ok((1, "a"));
    assert_eq!(settle(all((ok(1), ok("a")))), expected);
    assert_eq!(settle(all([ok::<_, ()>(1), ok(2)])), Ok([1, 2]));
    assert_eq!(settle(all(vec![ok::<_, ()>(1), ok(2)])), Ok(vec![1, 2]));
    assert_eq!(
        settle(all(VecDeque::from([ok::<_, ()>(1), ok(2)]))),
        Ok(vec![1, 2])
    );
    assert_eq!(
        settle(all(vec![ok::<_, ()>(1), ok(2)].into_boxed_slice())),
        Ok(vec![1, 2])
    );
    assert_eq!(settle(all((1..=3).map(ok::<_, ()>))), Ok(vec![1, 2, 3]));
    assert_eq!(
        settle(all((1..=9).filter(|n| n % 2 == 0).map(ok::<_, ()>))),
        Ok(vec![2, 4, 6, 8])
    );
}

#[test]
fn the_macros_entries_take_anything_that_iterates() {
    let one = || {
        BTreeSet::from([1, 2])
            .into_iter()
            .map(ok::<_, ()>)
            .collect::<Vec<_>>()
    };
    assert_eq!(settle(combine::all_iter(one())), Ok(vec![1, 2]));
    assert_eq!(settle(combine::all_iter([ok::<_, ()>(1)])), Ok(vec![1]));
    assert_eq!(
        settle(combine::all_settled_iter(Some(ok::<_, ()>(1)))),
        Ok(vec![Ok(1)])
    );
    assert_eq!(settle(combine::any_iter(one())), Ok(1));
    assert_eq!(settle(combine::race_iter(one())), Ok(1));
}

#[test]
fn what_is_not_yet_a_future_is_turned_into_one() {
    struct Later(u8);
    impl IntoFuture for Later {
        type Output = Result<u8, ()>;
        type IntoFuture = Ready<Self::Output>;
        fn into_future(self) -> Self::IntoFuture {
            ok(self.0)
        }
    }
    assert_eq!(settle(all((Later(1), ok("a")))), Ok((1, "a")));
    assert_eq!(settle(all([Later(1), Later(2)])), Ok([1, 2]));
    assert_eq!(settle(any(vec![Later(1), Later(2)])), Ok(1));
    assert_eq!(settle(race((Later(1), Later(2)))), Ok(1));
    assert_eq!(settle(all_settled([Later(1)])), Ok([Ok(1)]));
}

#[test]
fn all_rejects_with_the_first_reason_in_time_and_then_in_order() {
    assert_eq!(
        settle(all((never::<(), _>(), err::<()>("b"), err::<()>("c")))),
        Err("b")
    );
    assert_eq!(settle(all([err::<()>("a"), err("b")])), Err("a"));
    assert_eq!(settle(all(vec![err::<()>("a"), err("b")])), Err("a"));
}

#[test]
fn all_settled_keeps_each_rejection_type() {
    let outcome: Result<_, Infallible> = settle(all_settled((err::<u8>("x"), ok::<_, ()>("y"))));
    assert_eq!(outcome, Ok((Err("x"), Ok("y"))));
    assert_eq!(
        settle(all_settled([err::<u8>("x"), ok(2)])),
        Ok([Err("x"), Ok(2)])
    );
    assert_eq!(
        settle(all_settled(vec![err::<u8>("x"), ok(2)])),
        Ok(vec![Err("x"), Ok(2)])
    );
}

#[test]
fn any_takes_the_first_fulfilment_or_all_reasons() {
    assert_eq!(settle(any((err("a"), never(), ok(3), ok(4)))), Ok(3));
    assert_eq!(
        settle(any([err::<u8>("a"), err("b")])),
        Err(AggregateError { errors: ["a", "b"] })
    );
    assert_eq!(
        settle(any((err::<u8>("a"), err("b"), err("c")))),
        Err(AggregateError {
            errors: ["a", "b", "c"]
        })
    );
    assert_eq!(
        settle(any(vec![err::<u8>("a"), err("b")])),
        Err(AggregateError {
            errors: vec!["a", "b"]
        })
    );
}

#[test]
fn race_goes_to_the_first_ready_in_input_order() {
    assert_eq!(settle(race((never(), err("b"), ok(3)))), Err("b"));
    assert_eq!(settle(race([ok::<_, ()>(1), ok(2)])), Ok(1));
    assert_eq!(settle(race(vec![ok::<_, ()>(1), ok(2)])), Ok(1));
}

#[test]
fn nothing_fulfils_all_rejects_any_and_never_wins_a_race() {
    type One = Ready<Result<u8, &'static str>>;
    assert_eq!(settle(all::<[One; 0], _>([])), Ok([]));
    assert_eq!(settle(all(Vec::<One>::new())), Ok(vec![]));
    assert_eq!(settle(all_settled::<[One; 0], _>([])), Ok([]));
    assert_eq!(settle(all_settled(Vec::<One>::new())), Ok(vec![]));
    assert_eq!(
        settle(any::<[One; 0], _>([])),
        Err(AggregateError { errors: [] })
    );
    assert_eq!(
        settle(any(Vec::<One>::new())),
        Err(AggregateError { errors: vec![] })
    );
    assert!(is_pending(race::<[One; 0], _>([])));
    assert!(is_pending(race(Vec::<One>::new())));
}

macro_rules! arity {
    ($($n:literal)+) => {{
        type E = &'static str;
        assert_eq!(settle(all(($(ok::<_, E>($n),)+))), Ok(($($n,)+)));
        assert_eq!(settle(all_settled(($(ok::<_, E>($n),)+))), Ok(($(Ok($n),)+)));
        assert_eq!(settle(any(($({ let _ = $n; err::<u8>(stringify!($n)) },)+))).unwrap_err().errors, [$(stringify!($n)),+]);
        assert_eq!(settle(race(($(ok::<_, E>($n),)+))), Ok(1));
    }};
}

#[test]
fn tuples_have_one_to_twelve_elements() {
    arity!(1);
    arity!(1 2);
    arity!(1 2 3);
    arity!(1 2 3 4);
    arity!(1 2 3 4 5);
    arity!(1 2 3 4 5 6);
    arity!(1 2 3 4 5 6 7);
    arity!(1 2 3 4 5 6 7 8);
    arity!(1 2 3 4 5 6 7 8 9);
    arity!(1 2 3 4 5 6 7 8 9 10);
    arity!(1 2 3 4 5 6 7 8 9 10 11);
    arity!(1 2 3 4 5 6 7 8 9 10 11 12);
}

#[test]
fn a_thousand_children_are_as_good_as_ten() {
    let diary = combine_kit::Diary::default();
    let children = (0..1000).map(|i| diary.child("x", i % 7, combine_kit::Fulfil));
    assert_eq!(settle(all(children)).unwrap().len(), 1000);
    assert_eq!(diary.alive(), 0);
}

#[test]
fn rejection_types_are_inferred_across_elements() {
    let both = all((async { Ok(1) }, async { Err::<u8, _>("no") }));
    assert_eq!(settle(both), Err("no"));
    let first = race((async { Ok(1) }, async { Err::<u8, _>("no") }));
    assert_eq!(settle(first), Ok(1));
}

#[test]
fn combinators_nest() {
    let outcome = settle(all((
        all([ok::<_, &str>(1), ok(2)]),
        race((never(), ok("x"))),
    )));
    assert_eq!(outcome, Ok(([1, 2], "x")));
}
