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
