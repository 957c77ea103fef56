//! Generated code is silent under the strictest lints. What this file asserts, clippy checks:
//! `cargo clippy -p promise-tests --tests`.

#![deny(
    warnings,
    clippy::all,
    clippy::pedantic,
    unused,
    unused_results,
    rust_2018_idioms
)]
#![deny(
    missing_debug_implementations,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_pub
)]
#![deny(
    unused_qualifications,
    unused_import_braces,
    variant_size_differences,
    let_underscore_drop
)]
#![forbid(unsafe_code, unsafe_op_in_unsafe_fn)]

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, User, double, fetch_posts, fetch_user};
use promise_tests::{ms, settle, virtually};
use std::convert::Infallible;

#[test]
fn every_step_is_silent() {
    let chain = promise! { <usize, ApiError>
        fetch_user(1)
            .then(user => fetch_posts(user.id))
            .then(|posts| posts.len())
            .tap(count => assert_eq!(*count, 2))
            .tap(|count| assert_eq!(*count, 2))
            .then(count => (count, 1))
            .spread((a, b) => a + b)
            .then(count => [count, 1])
            .spread(|a, b| a + b)
            .delay(ms(1))
            .timeout(ms(10))
            .tap_catch(e => assert_eq!(*e, ApiError::Timeout))
            .then(count => count, |_| 0)
            .catch(ApiError::NotFound => 1, ApiError::Http(status) if status >= 500 => { 2 } ApiError::Http(status) => usize::from(status))
            .finally(() => ())
            .finally(|| double(1))
            .catch(_ => 5)
            .then(() => 7)
    };
    assert_eq!(virtually(chain), Ok(7));
}

#[test]
fn every_word_of_an_arrow_is_silent() {
    let run = |id: u32| {
        promise! { move <usize, ApiError>
            fetch_user(id)
                .then(user => { if user.id == 2 { throw ApiError::Http(2) } user })
                .then(async user => { let posts = await fetch_posts(user.id); if posts.is_empty() { return 0; } posts.len() })
                .then(count => count.to_string().parse::<usize>()? + 1)
                .then(async count => { let doubled = double(1).await; count + usize::try_from(doubled).unwrap_or(0) })
                .then(count => { println!("{count}"); if count > 100 { throw ApiError::NotFound; } return count; })
        }
    };
    assert_eq!(settle(run(1)), Ok(5));
    assert_eq!(settle(run(7)), Ok(3));
    assert_eq!(settle(run(2)), Err(ApiError::Http(2)));
    let throws: Result<u32, _> =
        settle(promise! { Promise.resolve(1).then(_ => { throw "always"; }) });
    assert_eq!(throws, Err("always"));
    let throws: Result<u32, _> = settle(promise! { Promise.resolve(1).then(_ => throw "always") });
    assert_eq!(throws, Err("always"));
}

#[test]
fn every_static_is_silent() {
    let all =
        promise! { Promise.all([double(1), Promise.resolve(2), 3]).then(([a, b, c]) => a + b + c) };
    assert_eq!(settle(all), Ok(7));
    let mixed = promise! { Promise.all([fetch_user(1), fetch_posts(1)]).then(([User { id, .. }, posts]) => (id, posts.len())) };
    assert_eq!(settle(mixed), Ok((1, 2)));
    let record = promise! { Promise.all({ user: fetch_user(1), count: 5 }).then(({ user, count }) => ({ id: user.id, count })).then(r => r.id + r.count) };
    assert_eq!(settle(record), Ok(6));
    let Ok(settled) = settle(promise! { Promise.allSettled([fetch_user(0), fetch_user(1)]) });
    assert!(settled[0].is_err());
    let any = promise! { Promise.any([fetch_user(0), fetch_user(1)]).then(user => user.id).catch(e => { let [first, _] = e.errors; throw first }) };
    assert_eq!(settle(any), Ok(1));
    let race = promise! { Promise.race([Promise.never(), fetch_user(1)]).then(|user| user.id) };
    assert_eq!(settle(race), Ok(1));
    let many = promise! { Promise.all((1..3).map(fetch_user)).then(users => users.len()) };
    assert_eq!(settle(many), Ok(2));
    let tried = promise! { Promise.try(|| fetch_user(1)).then(|user| user.id) };
    assert_eq!(settle(tried), Ok(1));
    let rejected = promise! { Promise.reject("no").then((v: u32) => v).catch(|reason| u32::from(reason.is_empty())) };
    assert_eq!(settle(rejected), Ok(0));
    let empty = promise! { Promise.resolve() };
    assert_eq!(settle(empty), Ok(()));
    let delayed = promise! { Promise.delay(ms(1), 5).then(v => v) };
    assert_eq!(virtually(delayed), Ok(5));
    let made = promise! { <u32, &str> new Promise((resolve, reject) => { if false { reject("no"); } resolve(5); }) };
    assert_eq!(settle(made), Ok(5));
    let thrown = promise! { <u32, &str> new Promise((_resolve, _reject) => { throw "no"; }) };
    assert_eq!(settle(thrown), Err("no"));
}

#[test]
fn sources_and_nested_chains_are_silent() {
    let base = 20;
    assert_eq!(settle(promise! { (base + 1).then(v => v * 2) }), Ok(42));
    assert_eq!(
        settle(promise! { { let next = base + 1; next * next }.then(v => v * 2) }),
        Ok(882)
    );
    let nested = promise! { fetch_user(1).then(user => fetch_posts(user.id).then(posts => (user.name, posts.len()))) };
    assert_eq!(settle(nested), Ok(("user1".into(), 2)));
    let values = promise! { fetch_user(1).then(async user => { let posts = fetch_posts(user.id).then(posts => posts.len()); await posts }) };
    assert_eq!(settle(values), Ok(2));
    let moved = promise! { move <_, ApiError> Promise.resolve(base).then(v => v) };
    assert_eq!(settle(moved), Ok(20));
}

#[test]
fn macros_and_dynamic_errors_are_silent() {
    let run = |v: u32| {
        promise! { move <u32, anyhow::Error>
            Promise.resolve(v)
                .then(v => { anyhow::ensure!(v > 0, "zero"); v })
                .then(async v => { if v == 1 { anyhow::bail!("one") } v })
                .catch((e: ApiError) => { drop(e); 1 })
                .catch(|_: ApiError| 1)
                .tap(v => anyhow::ensure!(*v < 10))
        }
    };
    assert!(settle(run(0)).is_err());
    assert!(settle(run(1)).is_err());
    assert_eq!(settle(run(2)).unwrap_or(0), 2);
    let tail = promise! { <u32, anyhow::Error> Promise.resolve(1).then(v => anyhow::bail!("{v}")) };
    assert!(settle(tail).is_err());
}

#[test]
fn unused_parameters_are_ignored_by_name() {
    assert_eq!(
        settle(
            promise! { Promise.resolve(1).then(_ => 2).then(_v => 3).then(() => 4).then(|_| 5).then(|| 6) }
        ),
        Ok(6)
    );
}

async fn forever() -> Infallible {
    std::future::pending().await
}

async fn refused() -> Result<Infallible, ApiError> {
    delay(ms(1)).await;
    Err(ApiError::NotFound)
}

/// rustc 1.85 calls what comes after a value that cannot exist unreachable.
#[test]
fn what_never_fulfils_is_silent() {
    let combined = promise! { <u8, ApiError>
        Promise.all([forever(), Promise.resolve(1)]).then(_ => Promise.all([forever(), forever()])).then(_ => 1).timeout(ms(1))
    };
    assert_eq!(virtually(combined), Err(ApiError::Timeout));
    assert_eq!(
        virtually(promise! { refused().delay(ms(1)).then(_ => 1).catch(_ => 2) }),
        Ok(2)
    );
}

/// Where there is neither a value nor a reason, rustc 1.85 says so of the step.
#[test]
#[allow(unreachable_code, reason = "only rustc 1.85 does")]
fn what_never_settles_waits() {
    let late = Err(ApiError::Timeout);
    let steps = promise! { <u8, ApiError>
        forever().then(_ => 1).tap(_ => forever()).finally(forever).then(|_| 2).timeout(ms(1))
    };
    assert_eq!(virtually(steps), late);
    let waited = promise! { <Infallible, ApiError>
        Promise.resolve(1).then(async _ => { let never = await forever(); match never {} }).retry(2).timeout(ms(1))
    };
    assert_eq!(virtually(waited), Err(ApiError::Timeout));
    drop(promise! { refused().catch(_ => forever()) });
}
