//! Chains in generic functions, methods, traits, with lifetimes, and in recursion.

use std::fmt::{Debug, Display};
use std::future::Future;
use std::str::FromStr;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, double, fetch_user};
use promise_tests::{fulfil, settle};

#[test]
fn generic_functions_use_their_bounds() {
    async fn parse_twice<T, E>(text: &str) -> Result<(T, T), E>
    where
        T: FromStr<Err = E>,
    {
        promise! { Promise.resolve(text).then(text => { let first = text.parse::<T>()?; (first, text.parse::<T>()?) }) }.await
    }
    assert_eq!(settle(parse_twice::<u8, _>("4")), Ok((4, 4)));
    assert!(settle(parse_twice::<u8, _>("x")).is_err());

    async fn describe<T: Display, E: Debug>(promise: impl Future<Output = Result<T, E>>) -> String {
        let Ok(text) =
            promise! { promise.then(v => format!("ok {v}")).catch(e => format!("err {e:?}")) }
                .await;
        text
    }
    assert_eq!(
        settle(describe(fetch_user(0).into_display())),
        "err NotFound"
    );
    assert_eq!(settle(describe(fulfil::<_, ()>(3))), "ok 3");

    async fn converted<E: From<ApiError> + From<std::num::ParseIntError>>(
        id: u32,
    ) -> Result<u32, E> {
        promise! { <u32, E> fetch_user(id).then(user => user.name.trim_start_matches("user").parse::<u32>()?) }.await
    }
    assert_eq!(settle(converted::<ApiError>(0)), Err(ApiError::NotFound));
    assert_eq!(
        settle(converted::<Box<dyn std::error::Error>>(4)).unwrap(),
        4
    );
}

trait IntoDisplay {
    fn into_display(self) -> impl Future<Output = Result<u32, ApiError>>;
}
impl<F: Future<Output = Result<promise_tests::api::User, ApiError>>> IntoDisplay for F {
    fn into_display(self) -> impl Future<Output = Result<u32, ApiError>> {
        promise! { move self.then(user => user.id) }
    }
}

#[test]
fn generic_statics() {
    async fn both<A, B, T, U, E>(a: A, b: B) -> Result<(T, U), E>
    where
        A: Future<Output = Result<T, E>>,
        B: Future<Output = Result<U, E>>,
    {
        promise! { Promise.all([a, b]).then(([a, b]) => (a, b)) }.await
    }
    assert_eq!(settle(both(fulfil::<_, ()>(1), fulfil("b"))), Ok((1, "b")));
    async fn every<P: Future<Output = Result<T, E>>, T, E>(promises: Vec<P>) -> Result<Vec<T>, E> {
        promise! { Promise.all(promises) }.await
    }
    assert_eq!(
        settle(every(vec![fetch_user(1), fetch_user(0)])),
        Err(ApiError::NotFound)
    );
    async fn first<P: Future<Output = T>, T>(promises: impl IntoIterator<Item = P>) -> T {
        let Ok(first) = promise! { Promise.race(promises) }.await;
        first
    }
    assert_eq!(settle(first([double(3), double(4)])), 6);
    async fn page<A: Clone, E>(a: impl Future<Output = Result<A, E>>) -> Result<(A, u32), E> {
        promise! { Promise.all({ a, b: double(1) }).then(({ a, b }) => (a.clone(), b)) }.await
    }
    assert_eq!(settle(page(fulfil::<_, ()>("x"))), Ok(("x", 2)));
}

struct Repository {
    names: Vec<String>,
}

impl Repository {
    fn find<'a>(&'a self, id: usize) -> impl Future<Output = Result<&'a str, ApiError>> + 'a {
        promise! { move Promise.resolve(self.names.get(id)).then(name => match name {
            Some(name) => name.as_str(),
            None => throw ApiError::NotFound,
        }) }
    }

    async fn longest(&self) -> Result<usize, ApiError> {
        promise! { Promise.all((0..self.names.len()).map(|id| self.find(id))).then(names => names.iter().map(|name| name.len()).max().unwrap_or(0)) }.await
    }

    async fn rename(&mut self, id: usize, name: &str) -> Result<usize, ApiError> {
        promise! { Promise.resolve(id).then(id => {
            let slot = self.names.get_mut(id).ok_or(ApiError::NotFound)?;
            slot.clear();
            slot.push_str(name);
            slot.len()
        }).tap(_ => self.names.sort()) }
        .await
    }
}

#[test]
fn chains_borrow_from_self_and_arguments() {
    let mut repository = Repository {
        names: vec!["bob".into(), "alice".into()],
    };
    assert_eq!(settle(repository.find(1)), Ok("alice"));
    assert_eq!(settle(repository.find(2)), Err(ApiError::NotFound));
    assert_eq!(settle(repository.longest()), Ok(5));
    assert_eq!(settle(repository.rename(0, "carol")), Ok(5));
    assert_eq!(repository.names, ["alice", "carol"]);
    assert_eq!(
        settle(repository.rename(9, "dave")),
        Err(ApiError::NotFound)
    );
}

#[test]
fn handlers_pass_borrowed_values_along() {
    let text = String::from("one two three");
    let chain = promise! { Promise.resolve(text.as_str()).then(text => text.split(' ')).then(mut words => words.next_back()).then(|last| last.unwrap_or("")) };
    assert_eq!(settle(chain), Ok("three"));
    let mut numbers = vec![3, 1, 2];
    let sorted = promise! { Promise.resolve(&mut numbers).then(numbers => { numbers.sort_unstable(); numbers }).then(numbers => numbers[0]) };
    assert_eq!(settle(sorted), Ok(1));
    async fn length(text: &str) -> Result<usize, ApiError> {
        Ok(text.len())
    }
    let borrowing = promise! { fetch_user(1).then(user => length(&user.name)).then(n => length(&n.to_string())) };
    assert_eq!(settle(borrowing), Ok(1));
}

#[test]
fn recursion_goes_through_a_box() {
    fn factorial(n: u64) -> LocalBoxedChain<'static, u64, ApiError> {
        promise! { move <u64, ApiError>
            Promise.resolve(n).then(n => {
                if n > 20 { throw ApiError::Http(20) }
                if n < 2 { return Promise.resolve(1).boxed_or(n); }
                factorial(n - 1)
            }).then(previous => previous * n.max(1))
        }
        .boxed_local()
    }
    trait BoxedOr {
        fn boxed_or(self, n: u64) -> LocalBoxedChain<'static, u64, ApiError>;
    }
    impl<F: Future<Output = Result<u64, ApiError>> + 'static> BoxedOr for F {
        fn boxed_or(self, _: u64) -> LocalBoxedChain<'static, u64, ApiError> {
            promise! { move self }.boxed_local()
        }
    }
    assert_eq!(settle(factorial(5)), Ok(120));
    assert_eq!(settle(factorial(25)), Err(ApiError::Http(20)));
}

#[test]
fn a_recursive_send_chain() {
    fn sum(n: u32) -> BoxedChain<'static, u32, ApiError> {
        promise! { move Promise.resolve(n).then(n => match n {
            0 => Promise.resolve(0),
            13 => throw ApiError::Http(13),
            n => sum(n - 1).then(rest => rest + n),
        }) }
        .boxed()
    }
    assert_eq!(settle(sum(4)), Ok(10));
    assert_eq!(settle(sum(15)), Err(ApiError::Http(13)));
}

#[test]
fn chains_in_traits_constants_and_closures() {
    trait Loader {
        fn load(&self, id: u32) -> impl Future<Output = Result<String, ApiError>>;
    }
    struct Prefixed(&'static str);
    impl Loader for Prefixed {
        fn load(&self, id: u32) -> impl Future<Output = Result<String, ApiError>> {
            promise! { move fetch_user(id).then(user => format!("{}{}", self.0, user.name)) }
        }
    }
    assert_eq!(settle(Prefixed("mr ").load(1)), Ok("mr user1".into()));
    let make = |id: u32| promise! { move fetch_user(id).then(user => user.id) };
    assert_eq!(
        settle(promise! { Promise.all([make(1), make(2)]) }),
        Ok([1, 2])
    );
    let by_async_closure = async |id: u32| promise! { fetch_user(id).then(user => user.id) }.await;
    assert_eq!(settle(by_async_closure(0)), Err(ApiError::NotFound));
}

#[test]
fn const_generics() {
    async fn sums<const N: usize>(values: [u32; N]) -> [u32; N] {
        let Ok(doubled) = promise! { Promise.all(values.map(double)) }.await;
        doubled
    }
    assert_eq!(settle(sums([1, 2, 3])), [2, 4, 6]);
}
