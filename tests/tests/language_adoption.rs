//! Adoption is decided by type, one level deep, in generic functions by their bounds.

use std::convert::Infallible;
use std::future::{Future, IntoFuture, ready};
use std::pin::Pin;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, Count, Query, double, fetch_user, outcome};
use promise_tests::{fulfil, settle};

#[test]
#[expect(
    clippy::async_yields_async,
    reason = "a future of a future is what this is about"
)]
fn adoption_is_one_level_deep() {
    let inner = promise! { Promise.resolve(()).then(() => async { double(4) }) };
    let Ok(future) = settle(inner);
    assert_eq!(settle(future), 8);
    let next = promise! { Promise.resolve(()).then(() => async { double(4) }).then(future => future).then(v => v + 1) };
    assert_eq!(settle(next), Ok(9));
    let nested: Result<Result<u32, &str>, ApiError> = Ok(Err("inner"));
    let shown = settle(promise! { nested });
    assert_eq!(shown, Ok(Err("inner")));
    let future_of_nested = promise! { async { Ok::<Result<u32, &str>, ApiError>(Ok(3)) } };
    assert_eq!(settle(future_of_nested), Ok(Ok(3)));
    let unwrapped = promise! { <_, &str> Promise.resolve(()).then(() => Ok::<Result<u32, &str>, &str>(Err("inner"))).then(inner => inner) };
    assert_eq!(settle(unwrapped), Err("inner"));
}

#[test]
fn generic_functions_go_by_the_bounds_in_scope() {
    async fn any_value<T>(value: T) -> T {
        let Ok(value) = promise! { move Promise.resolve(value).then(v => v) }.await;
        value
    }
    async fn any_result<T, E>(result: Result<T, E>) -> Result<T, E> {
        promise! { move Promise.resolve(()).then(() => result).then(|v| v) }.await
    }
    async fn any_future<F: Future>(future: F) -> F::Output {
        let Ok(output) = promise! { move future.then(v => v) }.await;
        output
    }
    async fn any_promise<T, E>(future: impl Future<Output = Result<T, E>>) -> Result<Vec<T>, E> {
        promise! { move future.then(v => vec![v]) }.await
    }
    async fn any_into<P, T, E>(promise: P) -> Result<(T, u32), E>
    where
        P: IntoFuture<Output = Result<T, E>>,
    {
        promise! { move Promise.resolve(1).then(n => promise.into_future().then_pair(n)) }.await
    }
    assert_eq!(settle(any_value(5)), 5);
    // A future of which nothing is known is a plain value.
    assert_eq!(settle(settle(any_value(double(2)))), 4);
    assert_eq!(settle(any_result(outcome(0))), Err(ApiError::NotFound));
    // What a future yields is all a generic function knows: a `Result` of it is a value.
    assert_eq!(
        settle(any_future(async { outcome(0) })),
        Err(ApiError::NotFound)
    );
    assert_eq!(settle(any_promise(fulfil::<_, Infallible>(2))), Ok(vec![2]));
    assert_eq!(settle(any_into(Query(Ok(2)))), Ok((2, 1)));
}

trait ThenPair<T, E>: Future<Output = Result<T, E>> + Sized {
    async fn then_pair(self, other: u32) -> Result<(T, u32), E> {
        Ok((self.await?, other))
    }
}
impl<T, E, F: Future<Output = Result<T, E>>> ThenPair<T, E> for F {}

#[test]
fn handlers_may_be_generic_over_what_they_return() {
    async fn apply<T, P, U, E>(value: T, handler: impl FnOnce(T) -> P) -> Result<U, E>
    where
        P: Future<Output = Result<U, E>>,
    {
        promise! { move Promise.resolve(value).then(handler) }.await
    }
    assert_eq!(settle(apply(3, fetch_user)).map(|user| user.id), Ok(3));
    async fn plainly<T, U>(value: T, handler: impl FnOnce(T) -> U) -> U {
        let Ok(result) = promise! { move Promise.resolve(value).then(handler) }.await;
        result
    }
    assert_eq!(settle(plainly(3, |v| v + 1)), 4);
}

#[test]
fn trait_objects_and_opaque_types_are_adopted() {
    fn opaque(v: u32) -> impl Future<Output = Result<u32, ApiError>> {
        ready(outcome(v))
    }
    fn boxed<'a>(v: &'a u32) -> Pin<Box<dyn Future<Output = Result<u32, ApiError>> + 'a>> {
        Box::pin(async move { outcome(*v) })
    }
    fn into() -> impl IntoFuture<Output = u32> {
        Count(3)
    }
    let one = 1;
    let chain = promise! { opaque(1).then(_ => boxed(&one)).then(v => opaque(v)).then(|_| into()) };
    assert_eq!(settle(chain), Ok(3));
}

#[test]
fn syntactically_plain_handlers_are_not_looked_at() {
    let v = 3;
    assert_eq!(
        settle(promise! { Promise.resolve(v).then(v => (v, 1)) }),
        Ok((3, 1))
    );
    assert_eq!(
        settle(promise! { Promise.resolve(v).then(v => [v, 1]) }),
        Ok([3, 1])
    );
    assert_eq!(
        settle(promise! { Promise.resolve(v).then(v => v as u8) }),
        Ok(3_u8)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(v).then(v => 0..v) }),
        Ok(0..3)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(v).then(v => v > 2 && v < 5) }),
        Ok(true)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(v).then(v => !v.eq(&3)) }),
        Ok(false)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(v).then(v => -v) }),
        Ok(-3)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(v).then(v => format!("{v}")) }),
        Ok("3".into())
    );
    assert_eq!(
        settle(promise! { Promise.resolve(v).then(v => vec![v; 2]) }),
        Ok(vec![3, 3])
    );
    assert_eq!(
        settle(promise! { Promise.resolve(v).then(v => println!("{v}")) }),
        Ok(())
    );
    assert_eq!(
        settle(promise! { Promise.resolve(v).then(|v| [v, 1]) }),
        Ok([3, 1])
    );
    // A tuple that holds a future is a value.
    let Ok((future, 1)) = settle(promise! { Promise.resolve(2).then(v => (double(v), 1)) }) else {
        panic!()
    };
    assert_eq!(settle(future), 4);
}

#[test]
#[expect(
    clippy::async_yields_async,
    reason = "a future of a future is what this is about"
)]
fn a_deref_or_an_await_may_yield_a_promise() {
    let boxed = Box::new(outcome(0));
    assert_eq!(
        settle(promise! { Promise.resolve(boxed).then(b => *b) }),
        Err(ApiError::NotFound)
    );
    let nested = promise! { Promise.resolve(()).then(async () => async { double(2) }.await) };
    assert_eq!(settle(nested), Ok(4));
    let asked =
        promise! { <_, ApiError> Promise.resolve(Ok::<_, ApiError>(double(2))).then(f => f) };
    assert_eq!(settle(asked), Ok(4));
    let question =
        promise! { Promise.resolve(Some(Ok::<_, ApiError>(double(2)))).then(r => r.unwrap()?) };
    assert_eq!(settle(question), Ok(4));
}
