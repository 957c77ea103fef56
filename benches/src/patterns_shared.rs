//! Patterns that many callers share: what one call costs through them.

use failsafe::futures::CircuitBreaker as _;
use failsafe::{Config, backoff, failure_policy};
use futures::{StreamExt as _, stream};
use promise_runtime::{Cache, CircuitBreaker, Pool, all, combine::map_iter};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

use crate::leaf::{leaf, request};
use crate::measure::Case;
use crate::report::{FUTURES, Group, HAND_WRITTEN};

const LONG: Duration = Duration::from_secs(3_600);
const SLOTS: usize = 8;
const TASKS: u64 = 1_000;

/// The cases must be `Copy` and may be run at any time.
fn for_ever<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// The breaker is closed and the call succeeds.
fn breaker<const P: bool>() -> Vec<Case> {
    let ours = for_ever(
        CircuitBreaker::builder()
            .failure_threshold(3)
            .recovery_timeout(LONG)
            .build(),
    );
    let policy = failure_policy::consecutive_failures(3, backoff::constant(LONG));
    let failsafe = for_ever(Config::new().failure_policy(policy).build());
    vec![
        Case::new(HAND_WRITTEN, request::<P>),
        Case::new("CircuitBreaker", move |x| {
            ours.execute(move || request::<P>(x))
        }),
        Case::new("failsafe", move |x| failsafe.call(request::<P>(x))),
    ]
}

/// The value is there.
fn cache() -> Vec<Case> {
    let ours = for_ever(Cache::<u64, u64, u32>::new(LONG).capacity(1_000));
    let moka = for_ever(
        moka::future::Cache::<u64, u64>::builder()
            .time_to_live(LONG)
            .max_capacity(1_000)
            .build(),
    );
    futures::executor::block_on(async {
        for key in 0..100 {
            ours.get(key, || request::<false>(key))
                .await
                .unwrap_or_default();
            moka.insert(key, key).await;
        }
    });
    vec![
        Case::new("Cache::get", move |x| {
            ours.get(x % 100, move || request::<false>(x))
        }),
        Case::new("moka, try_get_with", move |x| {
            moka.try_get_with(x % 100, request::<false>(x))
        }),
        Case::new("Cache::peek", move |x| async move { ours.peek(&(x % 100)) }),
        Case::new(
            "moka, get",
            move |x| async move { moka.get(&(x % 100)).await },
        ),
    ]
}

/// A slot is free.
fn pool_free<const P: bool>() -> Vec<Case> {
    let ours = for_ever(Pool::new(SLOTS));
    let semaphore = for_ever(Semaphore::new(SLOTS));
    vec![
        Case::new(HAND_WRITTEN, request::<P>),
        Case::new("Pool::add", move |x| ours.add(move || request::<P>(x))),
        Case::new("tokio, Semaphore", move |x| async move {
            let _permit = semaphore.acquire().await;
            request::<P>(x).await
        }),
    ]
}

/// A thousand promises, eight at a time, each pending once.
fn pool_full() -> Vec<Case> {
    vec![
        Case::new("Pool::add, all", |x| {
            let pool = Pool::new(SLOTS);
            all((x..x + TASKS).map(move |x| pool.add(move || leaf::<true>(x))))
        }),
        Case::new("tokio, Semaphore, join_all", |x| {
            let semaphore = Arc::new(Semaphore::new(SLOTS));
            futures::future::try_join_all((x..x + TASKS).map(move |x| {
                let semaphore = semaphore.clone();
                async move {
                    let _permit = semaphore.acquire().await;
                    leaf::<true>(x).await
                }
            }))
        }),
        Case::new("map, { concurrency: 8 }", |x| {
            map_iter(x..x + TASKS, SLOTS, leaf::<true>)
        }),
        Case::new(FUTURES, |x| {
            stream::iter((x..x + TASKS).map(leaf::<true>))
                .buffered(SLOTS)
                .collect::<Vec<_>>()
        }),
    ]
}

pub(crate) fn groups() -> Vec<Group> {
    let groups = [
        ("breaker, closed, ready", breaker::<false>()),
        ("breaker, closed, pending", breaker::<true>()),
        ("cache, hit", cache()),
        ("pool, a free slot, ready", pool_free::<false>()),
        ("pool, a free slot, pending", pool_free::<true>()),
        ("pool, 1000 tasks, 8 at a time", pool_full()),
    ];
    let named = |(name, cases): (&str, _)| Group {
        name: name.to_owned(),
        cases,
    };
    groups.map(named).into()
}
