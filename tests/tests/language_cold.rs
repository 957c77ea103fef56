//! The value of `promise!`: an ordinary future that starts at its first poll and runs anywhere.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::Future;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, User, double, fetch_posts, fetch_user};
use promise_tests::{fulfil, ms, polls, settle, suspended};

#[test]
fn it_is_a_chain_whose_output_is_a_result() {
    fn named<F: Future<Output = Result<T, E>>, T, E>(chain: Chain<F>) -> Chain<F> {
        chain
    }
    let chain = named::<_, u32, ApiError>(promise! { fetch_user(1).then(user => user.id) });
    assert_eq!(settle(chain), Ok(1));
    let certain = named::<_, u32, Infallible>(promise! { double(1) });
    assert_eq!(settle(certain), Ok(2));
}

#[test]
fn it_runs_on_any_executor() {
    let make = |id: u32| promise! { move fetch_user(id).then(user => fetch_posts(user.id)).then(posts => posts.len()).catch(_ => 0) };
    assert_eq!(make(1).block_on(), Ok(2));
    assert_eq!(futures::executor::block_on(make(1)), Ok(2));
    assert_eq!(promise_runtime::event_loop::run(make(1)), Ok(2));
    assert_eq!(
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(make(0)),
        Ok(0)
    );
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    assert_eq!(
        threads.block_on(async { tokio::spawn(make(1)).await.unwrap() }),
        Ok(2)
    );
}

#[tokio::test(start_paused = true)]
async fn it_waits_on_the_executors_own_clock() {
    let start = tokio::time::Instant::now();
    let late = promise! { <u32, ApiError> double(1).delay(ms(60_000)).timeout(ms(90_000)).delay(ms(60_000)).timeout(ms(100_000)) }.await;
    assert_eq!(late, Err(ApiError::Timeout));
    assert_eq!(start.elapsed(), ms(100_000));
}

#[test]
fn it_joins_the_combinators_of_other_crates() {
    let both = futures::future::join(
        promise! { double(1) },
        promise! { fetch_user(0).then(user => user.id) },
    );
    assert_eq!(settle(both), (Ok(2), Err(ApiError::NotFound)));
    let mapped = futures::FutureExt::map(promise! { double(1).then(v => v + 1) }, |outcome| {
        outcome.map(|v| v * 10)
    });
    assert_eq!(settle(mapped), Ok(30));
    let stream = futures::stream::iter(
        (1..4).map(|id| promise! { move fetch_user(id).then(user => user.id) }),
    );
    let ids = futures::StreamExt::collect::<Vec<_>>(futures::StreamExt::buffered(stream, 2));
    assert_eq!(settle(ids), [Ok(1), Ok(2), Ok(3)]);
}

#[test]
fn steps_that_are_ready_run_in_one_poll() {
    let ready = promise! { Promise.resolve(1).then(v => v + 1).then(|v| v + 1).then(async v => v).tap(_ => ()).finally(() => ()).then(v => Promise.all([v, 2])) };
    assert_eq!(polls(ready), (Ok([3, 2]), 1));
    let waiting = promise! { fulfil::<u32, ()>(1).after(2).then(v => fulfil(v + 1).after(3)).then(v => v + 1) };
    assert_eq!(polls(waiting), (Ok(3), 6));
}

#[test]
fn dropping_a_chain_that_never_started_runs_nothing() {
    let log = RefCell::new(Vec::new());
    let chain = promise! { fetch_user(1).tap(_ => log.borrow_mut().push("tap")).finally(() => log.borrow_mut().push("finally")) };
    drop(chain);
    assert!(log.borrow().is_empty());
    let started = suspended(
        promise! { fetch_user(1).tap(_ => log.borrow_mut().push("tap")).finally(() => log.borrow_mut().push("finally")) },
        1,
    );
    drop(started);
    assert_eq!(*log.borrow(), ["finally"]);
}

#[test]
fn finallys_handler_is_evaluated_when_the_chain_starts() {
    let log = RefCell::new(Vec::new());
    let note = |line: &'static str| log.borrow_mut().push(line);
    let clean_up = || {
        note("made");
        || note("ran")
    };
    let chain = promise! { Promise.try(|| note("source")).then(() => note("then")).finally(clean_up()).then(() => note("after")) };
    assert!(log.borrow().is_empty());
    assert_eq!(settle(chain), Ok(()));
    assert_eq!(*log.borrow(), ["made", "source", "then", "ran", "after"]);
}

async fn length(text: &str) -> Result<usize, ApiError> {
    Ok(text.len())
}

#[test]
fn an_arrows_tail_may_borrow_its_names() {
    let call = promise! { fetch_user(1).then(user => length(&user.name)) };
    assert_eq!(settle(call), Ok(5));
    let choice = promise! { fetch_user(1).then(user => if user.id == 1 { length(&user.name) } else { length("nobody") }) };
    assert_eq!(settle(choice), Ok(5));
    let all = promise! { fetch_user(1).then(user => Promise.all([length(&user.name), length("xy")])).then(([a, b]) => a + b) };
    assert_eq!(settle(all), Ok(7));
    let caught = promise! { fetch_user(1).then(user => length(&user.name).catch(_ => 0)) };
    assert_eq!(settle(caught), Ok(5));
    let local = promise! { fetch_user(1).then(async user => { let text = user.name + "!"; length(&text) }) };
    assert_eq!(settle(local), Ok(6));
    struct Owner(User);
    impl Owner {
        async fn length(&self) -> Result<usize, ApiError> {
            length(&self.0.name).await
        }
    }
    let awaited = promise! { fetch_user(1).then(async user => { let owner = Owner(user); await owner.length() }) };
    assert_eq!(settle(awaited), Ok(5));
    let method = promise! { fetch_user(1).then(user => Owner(user)).then(owner => owner.length()) };
    assert_eq!(settle(method), Ok(5));
}

#[test]
fn tails_that_borrow_may_differ_in_kind_when_one_is_a_chain() {
    let run = |id: u32| promise! { move fetch_user(id).then(user => if user.id == 1 { fetch_posts(1).then(posts => posts.len()) } else { user.name.len() }) };
    assert_eq!(settle(run(1)), Ok(2));
    assert_eq!(settle(run(2)), Ok(5));
}

#[test]
fn async_blocks_inside_an_arrow_await_nested_chains_with_rusts_await() {
    let chain = promise! { fetch_user(1).then(user => async move {
        let posts = fetch_posts(user.id).then(posts => posts.len()).await?;
        let [a, b] = Promise.all([fetch_posts(1), fetch_posts(2)]).await?;
        Ok::<_, ApiError>(posts + a.len() + b.len())
    }) };
    assert_eq!(settle(chain), Ok(6));
}
