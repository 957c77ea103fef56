//! The shapes of a combinator's inputs and outputs: literals, tuples, arrays, iterators; and the functions outside the macro.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, double, fetch_posts, fetch_user};
use promise_tests::{Leaf, fulfil, plain, reject, settle};

type Outcome<T> = Result<T, &'static str>;

fn ok<T>(value: T) -> Leaf<Outcome<T>> {
    fulfil(value)
}

#[test]
fn a_literal_of_one_fulfilment_type_gives_an_array() {
    let Ok([a, b, c]) = settle(promise! { Promise.all([double(1), Promise.resolve(2), 3]) });
    let array: [u32; 3] = [a, b, c];
    assert_eq!(array, [2, 2, 3]);
    let result: Result<[u32; 2], &str> = settle(promise! { Promise.all([ok(1), ok(2)]) });
    assert_eq!(result, Ok([1, 2]));
    let settled: Result<[Outcome<u32>; 2], Infallible> =
        settle(promise! { Promise.allSettled([ok(1), reject("no")]) });
    assert_eq!(settled, Ok([Ok(1), Err("no")]));
}

#[test]
fn a_literal_of_several_types_gives_a_tuple() {
    let result: Result<(u32, &str, Vec<u8>), &str> =
        settle(promise! { Promise.all([ok(1), "b", ok(vec![3])]) });
    assert_eq!(result, Ok((1, "b", vec![3])));
}

#[test]
fn a_tuple_gives_a_tuple() {
    let result: Result<(u32, u32), &str> = settle(promise! { Promise.all((ok(1), ok(2))) });
    assert_eq!(result, Ok((1, 2)));
    let settled: Result<(Outcome<u32>, Outcome<&str>), Infallible> =
        settle(promise! { Promise.allSettled((ok(1), ok("b"))) });
    assert_eq!(settled, Ok((Ok(1), Ok("b"))));
}

#[test]
fn a_tuple_in_a_variable_may_hold_whatever_a_literal_may() {
    let futures = (double(1), double(2));
    let Ok((a, b)) = settle(promise! { Promise.all(futures) });
    assert_eq!((a, b), (2, 4));
    let none: Result<&str, Infallible> = Ok("c");
    let everything = (ok(1), double(2), 3_u8, none, plain("d"), Outcome::Ok('e'));
    let result: Result<(u32, u32, u8, &str, &str, char), &str> =
        settle(promise! { Promise.all(everything) });
    assert_eq!(result, Ok((1, 4, 3, "c", "d", 'e')));
    let one = (double(1),);
    assert_eq!(settle(promise! { Promise.all(one) }), Ok((2,)));
    let twelve = (
        0,
        double(1),
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        reject::<u32, _>("the last"),
    );
    let result = settle(promise! { Promise.all(twelve).then(_ => ()) });
    assert_eq!(result, Err("the last"));
}

#[test]
fn the_outcomes_of_a_tuple_in_a_variable_keep_their_own_types() {
    let tuple = (double(1), reject::<u32, _>("no"), "plain");
    let Ok(settled) = settle(promise! { Promise.allSettled(tuple) });
    let (a, b, c): (
        Result<u32, Infallible>,
        Outcome<u32>,
        Result<&str, Infallible>,
    ) = settled;
    assert_eq!((a, b, c), (Ok(2), Err("no"), Ok("plain")));
}

#[test]
fn a_tuple_in_a_variable_races() {
    let tuple = (
        plain(1_u32).after(2),
        7_u32,
        reject::<u32, _>("late").after(1),
    );
    assert_eq!(settle(promise! { Promise.race(tuple) }), Ok(7));
    let tuple = (reject::<u32, _>("a"), plain(8_u32).after(1));
    assert_eq!(settle(promise! { Promise.any(tuple) }), Ok(8));
    let tuple = (reject::<u32, _>("a"), Outcome::<u32>::Err("b"));
    let errors = settle(promise! { Promise.any(tuple) });
    assert_eq!(errors, Err(AggregateError { errors: ["a", "b"] }));
}

#[test]
fn the_reasons_of_a_tuple_in_a_variable_convert() {
    let text = "text".parse::<u32>();
    let tuple = (double(1), fetch_user(1), text);
    let result = settle(
        promise! { <_, SharedError> Promise.all(tuple).then((n, user, text) => (n, user.id, text)) },
    );
    assert_eq!(
        result.unwrap_err().to_string(),
        "invalid digit found in string"
    );
}

#[test]
fn an_array_gives_an_array() {
    let variable = [ok(1), ok(2)];
    let result: Result<[u32; 2], &str> = settle(promise! { Promise.all(variable) });
    assert_eq!(result, Ok([1, 2]));
    let result: Result<[u32; 3], Infallible> =
        settle(promise! { Promise.all([1, 2, 3].map(double)) });
    assert_eq!(result, Ok([2, 4, 6]));
    let settled: Result<[Outcome<u32>; 2], Infallible> =
        settle(promise! { Promise.allSettled([1, 2].map(ok)) });
    assert_eq!(settled, Ok([Ok(1), Ok(2)]));
    let raced: Outcome<u32> = settle(promise! { Promise.race([1, 2].map(ok)) });
    assert_eq!(raced, Ok(1));
    let errors: Result<u32, AggregateError<[&str; 2]>> =
        settle(promise! { Promise.any(["a", "b"].map(reject)) });
    assert_eq!(errors, Err(AggregateError { errors: ["a", "b"] }));
}

#[test]
fn any_other_iterator_gives_a_vec() {
    let result: Outcome<Vec<u32>> = settle(promise! { Promise.all(vec![ok(1), ok(2)]) });
    assert_eq!(result, Ok(vec![1, 2]));
    let lazy: Outcome<Vec<u32>> = settle(promise! { Promise.all((1..4).map(ok)) });
    assert_eq!(lazy, Ok(vec![1, 2, 3]));
    let deque: Outcome<Vec<u32>> = settle(promise! { Promise.all(VecDeque::from([ok(1), ok(2)])) });
    assert_eq!(deque, Ok(vec![1, 2]));
    let option: Outcome<Vec<u32>> = settle(promise! { Promise.all(Some(ok(1))) });
    assert_eq!(option, Ok(vec![1]));
    let map = BTreeMap::from([("b", 2), ("a", 1)]);
    let values = settle(promise! { Promise.all(map.into_values().map(double)) });
    assert_eq!(values, Ok(vec![2, 4]));
    let Ok(settled) = settle(promise! { Promise.allSettled((0..2).map(fetch_user)) });
    assert_eq!((settled[0].is_err(), settled[1].is_ok()), (true, true));
    let raced: Outcome<u32> =
        settle(promise! { Promise.race((1..4).map(|n| ok(n).after(10 - n))) });
    assert_eq!(raced, Ok(3));
    let any: Result<u32, AggregateError<Vec<&str>>> =
        settle(promise! { Promise.any(vec![reject("a"), reject("b")]) });
    assert_eq!(any.unwrap_err().into_errors(), ["a", "b"]);
}

#[test]
fn iterators_of_plain_values_chains_and_boxed_futures() {
    let infallible = settle(
        promise! { Promise.all((0..3).map(double)).then(values => values.into_iter().sum::<u32>()) },
    );
    assert_eq!(infallible, Ok(6));
    let plain_values = settle(promise! { Promise.all(vec![1, 2]) });
    assert_eq!(plain_values, Ok(vec![1, 2]));
    let results = settle(promise! { Promise.all(["1", "x"].map(str::parse::<u32>)) });
    assert!(results.is_err());
    type Boxed = Pin<Box<dyn Future<Output = Result<u32, ApiError>>>>;
    let boxed: Vec<Boxed> = vec![
        Box::pin(async { Ok(1) }),
        Box::pin(async { Err(ApiError::NotFound) }),
    ];
    assert_eq!(
        settle(promise! { Promise.all(boxed) }),
        Err(ApiError::NotFound)
    );
    let chains: Vec<_> = (1..3)
        .map(|id| promise! { move fetch_user(id).then(user => user.id) })
        .collect();
    assert_eq!(settle(promise! { Promise.all(chains) }), Ok(vec![1, 2]));
}

#[test]
fn many_children() {
    let sum = settle(
        promise! { Promise.all((0..500).map(|n| ok(n).after(n % 7))).then(values => values.iter().sum::<u32>()) },
    );
    assert_eq!(sum, Ok(499 * 500 / 2));
    let unique = settle(
        promise! { Promise.all((0..100).map(double)).then(values => values.into_iter().collect::<HashSet<_>>().len()) },
    );
    assert_eq!(unique, Ok(100));
}

#[test]
fn literals_and_tuples_hold_up_to_twelve() {
    let array = settle(promise! { Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) });
    assert_eq!(array.unwrap().len(), 12);
    let tuple = settle(promise! { Promise.all((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, "twelve")) });
    assert_eq!(tuple.unwrap().11, "twelve");
    let Ok((only,)) = settle(promise! { Promise.all((double(1),)) });
    assert_eq!(only, 2);
}

#[test]
#[allow(deprecated)]
fn literals_of_one() {
    let Ok([only]) = settle(promise! { Promise.all([double(1)]) });
    assert_eq!(only, 2);
    assert_eq!(settle(promise! { Promise.race([ok(1)]) }), Ok(1));
    assert_eq!(
        settle(promise! { Promise.any([reject::<u32, _>("no")]) }),
        Err(AggregateError { errors: ["no"] })
    );
}

#[test]
fn trailing_commas_are_fine() {
    assert_eq!(
        settle(promise! { Promise.all([double(1), double(2),]) }),
        Ok([2, 4])
    );
    assert_eq!(
        settle(promise! { Promise.all([double(1), double(2)],) }),
        Ok([2, 4])
    );
    assert_eq!(
        settle(promise! { Promise.all((double(1), double(2),),) }),
        Ok((2, 4))
    );
    assert_eq!(
        settle(promise! { Promise.resolve(1,).then(v => v,).then(|v| v,) }),
        Ok(1)
    );
}

#[test]
fn race_and_any_mix_future_types_of_one_fulfilment_type() {
    let race = promise! { Promise.race([Promise.never(), fetch_user(1).then(user => user.id), double(3).then(v => v), 9]) };
    assert_eq!(settle(race), Ok(6));
    let any = promise! { Promise.any([Promise.reject(ApiError::NotFound), fetch_user(0).then(user => user.id), fetch_posts(1).then(posts => posts.len() as u32)]) };
    let Ok(2) = settle(any) else { panic!() };
    let tuple =
        promise! { Promise.race((plain(Ok::<_, &str>(1)).after(2), plain(Ok(2)).after(1))) };
    assert_eq!(settle(tuple), Ok(2));
}

#[test]
fn an_aggregate_error_is_an_error_like_any_other() {
    let chain = promise! { <u32, Box<dyn std::error::Error>> Promise.any([fetch_user(0), fetch_user(0)]).then(user => user.id) };
    assert_eq!(
        settle(chain).unwrap_err().to_string(),
        "all 2 promises were rejected"
    );
    let caught = promise! { Promise.any([fetch_user(0), fetch_user(0)]).then(user => user.id).catch(AggregateError { errors: [first, _] } => first.to_string().len() as u32) };
    assert_eq!(settle(caught), Ok(9));
}

#[test]
fn the_functions_work_outside_the_macro() {
    use promise_runtime::{all, all_settled, any, race};
    assert_eq!(settle(all((ok(1), ok("b")))), Ok((1, "b")));
    assert_eq!(settle(all([ok(1), ok(2)])), Ok([1, 2]));
    assert_eq!(settle(all(vec![ok(1), ok(2)])), Ok(vec![1, 2]));
    let Ok(outcomes) = settle(all_settled((ok(1), reject::<u32, _>("no"))));
    assert_eq!(outcomes, (Ok(1), Err("no")));
    assert_eq!(settle(any((reject("a"), ok(2)))), Ok(2));
    assert_eq!(settle(race([ok(1).after(1), ok(2)])), Ok(2));
    let chain = promise! { all((ok(1), ok(2))).then(([a, b]) => a + b) };
    assert_eq!(settle(chain), Ok(3));
    let chains = all((
        promise! { double(1).then(v => v + 1) },
        promise! { double(2) },
    ));
    assert_eq!(settle(chains), Ok((3, 4)));
}
