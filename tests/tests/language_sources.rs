//! Where a chain begins, and what may stand there.

use std::convert::Infallible;
use std::future::{Future, IntoFuture, Ready, ready};
use std::pin::{Pin, pin};
use std::time::Duration;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, User, double, fetch_user};
use promise_tests::{fulfil, plain, poll_once, settle};

/// A builder whose methods look like those of `reqwest`, with the names of steps among them.
#[derive(Clone, Default)]
struct Client {
    calls: Vec<String>,
}

impl Client {
    fn call(mut self, name: &str) -> Self {
        self.calls.push(name.to_string());
        self
    }
    fn get(self, url: &str) -> Self {
        self.call(url)
    }
    fn timeout(self, _: Duration) -> Self {
        self.call("timeout")
    }
    fn retry(self, _: u32) -> Self {
        self.call("retry")
    }
    async fn send(self) -> Result<Vec<String>, ApiError> {
        Ok(self.calls)
    }
}

#[test]
fn step_names_before_another_method_belong_to_the_source() {
    let client = Client::default();
    let calls = promise! {
        client.get("/users").timeout(Duration::from_secs(1)).retry(2).send().then(calls => calls)
    };
    assert_eq!(
        settle(calls),
        Ok(vec!["/users".into(), "timeout".into(), "retry".into()])
    );
}

#[test]
fn the_longest_trailing_run_of_step_names_are_steps() {
    let chain = promise! { <_, ApiError>
        Client::default().send().then(calls => calls.len()).timeout(Duration::from_secs(1)).catch(_ => 9)
    };
    assert_eq!(promise_tests::virtually(chain), Ok(0));
}

#[test]
fn map_and_filter_right_after_a_rust_source_are_rust() {
    let chain = promise! { vec![1, 2, 3].into_iter().map(|v| v * 2).filter(|v| *v > 2).collect::<Vec<_>>() };
    assert_eq!(settle(chain), Ok(vec![4, 6]));
    let chain = promise! { Some(3).map(|v| v + 1).then(v => v.unwrap() * 10) };
    assert_eq!(settle(chain), Ok(40));
    let chain = promise! { Some(3).filter(|v| *v > 5).map(|v| v + 1).then(v => v.is_none()) };
    assert_eq!(settle(chain), Ok(true));
}

#[test]
fn parentheses_settle_what_an_operator_leaves_open() {
    let base = 20;
    assert_eq!(settle(promise! { (base + 1).then(v => v * 2) }), Ok(42));
    let number = 5;
    assert_eq!(settle(promise! { (&number).then(v => *v + 1) }), Ok(6));
    assert_eq!(settle(promise! { (-number).then(v => v) }), Ok(-5));
    assert_eq!(
        settle(promise! { (if number > 3 { "big" } else { "small" }).then(v => v.len()) }),
        Ok(3)
    );
    assert_eq!(settle(promise! { (number as u64).then(v => v) }), Ok(5_u64));
}

#[test]
fn an_operator_needs_no_parentheses_where_no_step_follows() {
    let base = 20;
    assert_eq!(settle(promise! { base + 1 }), Ok(21));
    assert_eq!(settle(promise! { -base }), Ok(-20));
}

#[test]
fn blocks_matches_and_ifs_are_sources() {
    let id = 2;
    let chain = promise! { { let next = id + 1; fetch_user(next) }.then(user => user.id) };
    assert_eq!(settle(chain), Ok(3));
    let chain = promise! { match id { 0 => None, id => Some(id) } };
    assert_eq!(settle(chain), Ok(Some(2)));
    let chain = promise! { async { id + 5 }.then(v => v) };
    assert_eq!(settle(chain), Ok(7));
    let chain = promise! { async move { if id == 0 { return Err(ApiError::NotFound); } Ok(id) }.then(v => v) };
    assert_eq!(settle(chain), Ok(2));
}

#[test]
fn a_source_alone_is_a_chain() {
    assert_eq!(settle(promise! { fetch_user(0) }), Err(ApiError::NotFound));
    assert_eq!(settle(promise! { double(4) }), Ok(8));
    assert_eq!(settle(promise! { 5 }), Ok(5));
    assert_eq!(settle(promise! { "text" }), Ok("text"));
}

#[test]
fn the_source_follows_the_rules_of_arrows() {
    let parsed = promise! { ("12".parse::<u32>()? + 1).then(v => v * 2) };
    assert_eq!(settle(parsed).unwrap(), 26);
    let refused = promise! { ("x".parse::<u32>()?).then(v => v * 2) };
    assert!(settle(refused).is_err());
    let awaited = promise! { (fetch_user(3).await?).then(user => user.id) };
    assert_eq!(settle(awaited), Ok(3));
    let thrown = promise! { <u32, ApiError> { if fetch_user(1).await.is_ok() { throw ApiError::Http(1) } 5 }.then(v => v) };
    assert_eq!(settle(thrown), Err(ApiError::Http(1)));
}

trait Service {
    fn fetch(id: u32) -> impl Future<Output = Result<u32, ApiError>>;
    const LIMIT: u32;
}
struct Users;
impl Service for Users {
    async fn fetch(id: u32) -> Result<u32, ApiError> {
        Ok(id)
    }
    const LIMIT: u32 = 9;
}

#[test]
fn a_qualified_path_is_a_source_and_not_a_header() {
    assert_eq!(
        settle(promise! { <Users as Service>::fetch(4).then(v => v + 1) }),
        Ok(5)
    );
    assert_eq!(
        settle(promise! { <Users>::fetch(4).then(v => v + 1) }),
        Ok(5)
    );
    assert_eq!(
        settle(promise! { <Users as Service>::LIMIT.then(v => v + 1) }),
        Ok(10)
    );
    let chain = promise! { <u32, ApiError> <Users as Service>::fetch(4).then(v => v + 1) };
    assert_eq!(settle(chain), Ok(5));
}

struct Request(u32);
impl IntoFuture for Request {
    type Output = Result<u32, ApiError>;
    type IntoFuture = Ready<Self::Output>;
    fn into_future(self) -> Self::IntoFuture {
        ready(Ok(self.0))
    }
}

#[test]
fn into_future_values_are_adopted() {
    assert_eq!(settle(promise! { Request(3) }), Ok(3));
    assert_eq!(
        settle(promise! { Request(3).then(v => Request(v + 1)) }),
        Ok(4)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(Request(3)).then(|v| Request(v + 1)) }),
        Ok(4)
    );
}

#[test]
fn boxed_futures_are_adopted() {
    let boxed: Pin<Box<dyn Future<Output = Result<u32, ApiError>>>> = Box::pin(async { Ok(1) });
    assert_eq!(settle(promise! { boxed.then(v => v + 1) }), Ok(2));
    let sendable: Pin<Box<dyn Future<Output = u32> + Send>> = Box::pin(double(2));
    assert_eq!(settle(promise! { sendable.then(v => v + 1) }), Ok(5));
    let unpinned: Box<dyn Future<Output = u32> + Unpin> = Box::new(ready(3));
    assert_eq!(settle(promise! { unpinned.then(v => v + 1) }), Ok(4));
}

#[test]
fn a_borrowed_future_goes_on_where_the_chain_left_it() {
    let mut leaf = fulfil::<u32, Infallible>(5).after(2);
    {
        let mut chain = pin!(promise! { (&mut leaf).then(v => v + 1) });
        assert!(poll_once(chain.as_mut()).is_pending());
    }
    let rest = promise! { (&mut leaf).then(v => v + 1) };
    assert_eq!(
        promise_tests::polls(rest),
        (Ok(6), 2),
        "one of the two pending polls was used up"
    );
    let mut pinned = pin!(double(4));
    assert_eq!(settle(promise! { pinned.as_mut().then(v => v) }), Ok(8));
}

#[test]
fn a_chain_is_the_source_of_another() {
    let inner = promise! { fetch_user(2).then(user => user.id) };
    let outer = promise! { inner.then(id => id + 1) };
    assert_eq!(settle(promise! { outer.then(id => id * 10) }), Ok(30));
    let inline = promise! { (promise! { fetch_user(2).then(user => user.id) }).then(id => id + 1) };
    assert_eq!(settle(inline), Ok(3));
    let macro_source = promise! { promise! { fetch_user(0) }.catch(_ => User { id: 8, name: String::new() }).then(user => user.id) };
    assert_eq!(settle(macro_source), Ok(8));
}

#[test]
fn a_chain_does_nothing_before_its_first_poll() {
    let started = std::cell::Cell::new(false);
    let chain = promise! { Promise.try(|| started.set(true)) };
    drop(chain);
    let chain = promise! { { started.set(true); plain(1) }.then(v => v) };
    assert!(!started.get());
    assert_eq!(settle(chain), Ok(1));
    assert!(started.get());
}

#[test]
fn fields_indices_and_method_chains_are_sources() {
    struct Holder {
        values: [u32; 2],
        pair: (u32, u32),
    }
    let holder = Holder {
        values: [1, 2],
        pair: (3, 4),
    };
    assert_eq!(settle(promise! { holder.values[1].then(v => v) }), Ok(2));
    assert_eq!(settle(promise! { holder.pair.1.then(v => v) }), Ok(4));
    assert_eq!(
        settle(promise! { holder.values.iter().sum::<u32>().then(v => v) }),
        Ok(3)
    );
    assert_eq!(settle(promise! { [1, 2].then(([a, b]) => a + b) }), Ok(3));
    assert_eq!(settle(promise! { (1, 2).then((a, b) => a + b) }), Ok(3));
    assert_eq!(
        settle(promise! { format!("{}", 12).then(v => v.len()) }),
        Ok(2)
    );
    assert_eq!(
        settle(promise! { User { id: 3, name: String::new() }.then(user => user.id) }),
        Ok(3)
    );
}
