//! `map` and `filter`, as steps and as functions of `Promise`.
#![allow(
    clippy::redundant_closure,
    reason = "closures and functions are different handlers"
)]

use std::cell::Cell;
use std::convert::Infallible;

use promise_runtime::prelude::*;
use promise_tests::{ms, virtually};

async fn double(n: u32) -> Result<u32, String> {
    if n == 13 {
        Err("unlucky".to_owned())
    } else {
        Ok(n * 2)
    }
}

async fn later(n: u32) -> u32 {
    delay(ms(u64::from(10 - n))).await;
    n
}

#[test]
fn results_come_in_input_order_whatever_settles_first() {
    let chain = promise! { Promise.resolve([1, 2, 3]).map(n => later(n)) };
    assert_eq!(virtually(chain), Ok(vec![1, 2, 3]));
}

#[test]
fn a_handler_is_an_arrow_a_closure_or_a_function() {
    let arrow = promise! { Promise.map([1, 2], n => double(n)) };
    let asynchronous = promise! { Promise.map([1, 2], async n => await double(n) + 1) };
    let closure = promise! { Promise.map([1, 2], |n| double(n)) };
    let moving = promise! { Promise.map([1, 2], move |n| double(n)) };
    let with_block = promise! { Promise.map([1, 2], |n| async move { double(n).await }) };
    let function = promise! { Promise.map([1, 2], double) };
    let plain = promise! { Promise.map([1, 2], n => n + 1) };
    assert_eq!(virtually(arrow), Ok(vec![2, 4]));
    assert_eq!(virtually(asynchronous), Ok(vec![3, 5]));
    assert_eq!(virtually(closure), Ok(vec![2, 4]));
    assert_eq!(virtually(moving), Ok(vec![2, 4]));
    assert_eq!(virtually(with_block), Ok(vec![2, 4]));
    assert_eq!(virtually(function), Ok(vec![2, 4]));
    let Ok(plain) = virtually(plain);
    assert_eq!(plain, [2, 3]);
}

#[test]
fn the_first_rejection_wins() {
    let chain = promise! { Promise.resolve([1, 13, 3]).map(n => double(n)).catch(e => vec![e.len() as u32]) };
    assert_eq!(virtually(chain), Ok(vec![7]));
    let thrown = promise! { Promise.map([1, 2], n => { if n == 2 { throw "two" } n }) };
    assert_eq!(virtually(thrown), Err("two"));
    let converted = promise! { <_, Box<dyn std::error::Error>> Promise.map(["1", "x"], text => text.parse::<u32>()?) };
    assert_eq!(
        virtually(converted).unwrap_err().to_string(),
        "invalid digit found in string"
    );
}

#[test]
fn no_more_run_at_once_than_the_concurrency_says() {
    let (running, most) = (Cell::new(0), Cell::new(0));
    let chain = promise! {
        Promise.map(0..9_u32, async n => {
            running.set(running.get() + 1);
            most.set(most.get().max(running.get()));
            delay(ms(5)).await;
            running.set(running.get() - 1);
            n
        }, { concurrency: 3 })
    };
    assert_eq!(virtually(chain), Ok((0..9).collect()));
    assert_eq!(most.get(), 3);
}

#[test]
fn the_iterator_is_pulled_only_as_far_as_the_concurrency_needs() {
    let pulled = Cell::new(0);
    let items = (0..1_000_u32).inspect(|_| pulled.set(pulled.get() + 1));
    let chain = promise! { Promise.map(items, n => { if n == 4 { throw "enough" } n }, { concurrency: 2 }) };
    assert_eq!(virtually(chain), Err("enough"));
    assert!(pulled.get() <= 6, "{} items were pulled", pulled.get());
}

#[test]
fn handlers_borrow_from_their_surroundings_and_own_their_item() {
    let prefix = "n".to_owned();
    let chain = promise! {
        Promise.resolve(vec!["a".to_owned(), "b".to_owned()])
            .map(async name => { delay(ms(1)).await; format!("{prefix}{name}") })
            .then(names => names.join(prefix.as_str()))
    };
    assert_eq!(virtually(chain), Ok("nannb".to_owned()));
}

#[test]
fn filter_keeps_the_items_for_which_the_handler_fulfils_with_true() {
    async fn is_even(n: &u32) -> bool {
        delay(ms(1)).await;
        n % 2 == 0
    }
    let borrowing = promise! { Promise.resolve(1..=6).filter(n => is_even(n)) };
    let plain = promise! { Promise.resolve(1..=6).filter(n => n % 2 == 0) };
    let closure = promise! { Promise.filter(1..=6, |n| n % 2 == 0) };
    let function = promise! { Promise.filter(1..=6, |n: &u32| { let n = *n; async move { Ok::<_, Infallible>(n % 2 == 0) } }, { concurrency: 2 }) };
    let moving = promise! { Promise.filter(1..=6, move |n: &u32| n % 2 == 0) };
    assert_eq!(virtually(borrowing), Ok(vec![2, 4, 6]));
    assert_eq!(virtually(plain), Ok(vec![2, 4, 6]));
    assert_eq!(virtually(closure), Ok(vec![2, 4, 6]));
    assert_eq!(virtually(function), Ok(vec![2, 4, 6]));
    assert_eq!(virtually(moving), Ok(vec![2, 4, 6]));
}

#[test]
fn a_chain_of_collections_reads_in_one_breath() {
    let chain = promise! {
        Promise.resolve(1..=5)
            .map(n => double(n), { concurrency: 2 })
            .filter(n => n % 4 != 0)
            .reduce((sum, n) => sum + n, 0)
            .timeout(ms(50), "late".to_owned())
    };
    assert_eq!(virtually(chain), Ok(2 + 6 + 10));
}

#[test]
fn a_collection_step_on_an_ordinary_value_is_the_values_own() {
    let chain = promise! { [1, 2].iter().map(|n| n + 1).sum::<i32>().then(|n| n * 2) };
    assert_eq!(virtually(chain), Ok(10));
}

#[test]
fn a_question_mark_in_a_closure_rejects_with_what_the_chain_does() {
    let map = promise! { <_, String> Promise.map([1, 2], async |n| { let n = double(n).await?; Ok(n + 1) }) };
    assert_eq!(virtually(map), Ok(vec![3, 5]));
    let at_once = promise! { <_, String> Promise.resolve([1, 13]).map(async |n| { let n = double(n).await?; Ok(n + 1) }, { concurrency: 2 }) };
    assert_eq!(virtually(at_once), Err("unlucky".to_owned()));
    let block = promise! { <_, String> Promise.map([1, 2], |n| async move { let n = double(n).await?; Ok(n + 1) }) };
    assert_eq!(virtually(block), Ok(vec![3, 5]));
    let result = promise! { <_, std::num::ParseIntError> Promise.map(["1", "x"], |text| { let n = text.parse::<u32>()?; Ok(n + 1) }) };
    assert!(virtually(result).is_err());
    let kept = promise! { <_, std::num::ParseIntError> Promise.filter(["1", "2"], |text| { let n = text.parse::<u32>()?; Ok(n == 1) }) };
    assert_eq!(virtually(kept), Ok(vec!["1"]));
    let converted = promise! { <_, Box<dyn std::error::Error>> Promise.map(["1"], async |text| { let n = text.parse::<u32>()?; double(n).await?; Ok(n) }) };
    assert_eq!(virtually(converted).unwrap(), [1]);
    let after_a_step =
        promise! { double(1).then(|n| [n]).map(async |n| { let n = double(n).await?; Ok(n + 1) }) };
    assert_eq!(virtually(after_a_step), Ok(vec![5]));
}

#[test]
fn filter_takes_asynchronous_functions_and_closures_that_borrow_the_item() {
    async fn is_large(n: &u32) -> bool {
        later(*n).await > 1
    }
    async fn is_lucky(n: &u32) -> Result<bool, String> {
        double(*n).await.map(|_| true)
    }
    async fn is_set<T: Default + PartialEq>(value: &T) -> bool {
        *value != T::default()
    }
    let function = promise! { Promise.filter([2, 1, 3], is_large) };
    assert_eq!(virtually(function), Ok(vec![2, 3]));
    let rejecting = promise! { Promise.resolve([2, 13]).filter(is_lucky, { concurrency: 1 }) };
    assert_eq!(virtually(rejecting), Err("unlucky".to_owned()));
    let generic = promise! { Promise.filter([0, 1], is_set) };
    assert_eq!(virtually(generic), Ok(vec![1]));
    let (limit, items) = (1, [2, 1, 3]);
    let closure = promise! { Promise.filter(items, async |n| later(*n).await > limit) };
    assert_eq!(virtually(closure), Ok(vec![2, 3]));
    let name = "b".to_owned();
    let moving = promise! { Promise.filter(["a", "b"], async move |text| { later(1).await; *text == name }) };
    assert_eq!(virtually(moving), Ok(vec!["b"]));
    let asking =
        promise! { <_, String> Promise.filter([1, 2], async |n| Ok(double(*n).await? == 4)) };
    assert_eq!(virtually(asking), Ok(vec![2]));
}

#[test]
fn filter_takes_any_function_by_its_name() {
    fn is_lucky(n: &u32) -> Result<bool, String> {
        Ok(*n != 13)
    }
    fn is_ready(n: &u32) -> std::future::Ready<bool> {
        std::future::ready(*n > 1)
    }
    let is_large = |n: &u32| *n > 1;
    let method = promise! { Promise.filter([Some(1), None], Option::is_some) };
    assert_eq!(virtually(method), Ok(vec![Some(1)]));
    let fallible = promise! { Promise.filter([1, 13], is_lucky) };
    assert_eq!(virtually(fallible), Ok(vec![1]));
    let ready = promise! { Promise.filter([1, 2], is_ready) };
    assert_eq!(virtually(ready), Ok(vec![2]));
    let variable = promise! { Promise.filter([1, 2], is_large) };
    assert_eq!(virtually(variable), Ok(vec![2]));
}

#[test]
fn items_that_are_asked_asynchronously_are_asked_at_once() {
    let chain = promise! { Promise.filter([1, 2, 3], async |n| later(*n).await != 2) };
    let (outcome, elapsed) = promise_tests::timed(chain);
    assert_eq!((outcome, elapsed), (Ok(vec![1, 3]), ms(9)));
    fn spawned<F: Future + Send>(future: F) -> F {
        future
    }
    drop(spawned(
        promise! { Promise.filter([1, 2, 3], async |n| *n == later(*n).await) },
    ));
}
