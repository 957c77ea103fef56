//! Patterns: what one costs where nothing goes wrong.

use backon::{ConstantBuilder, ExponentialBuilder, Retryable as _};
use promise_runtime::{RetryPolicy, promise, retry};
use std::time::Duration;

use crate::leaf::request;
use crate::measure::Case;
use crate::patterns_shared;
use crate::report::{Group, HAND_WRITTEN, Table};

pub(crate) const NAME: &str = "patterns";

const PAUSE: Duration = Duration::from_millis(100);

/// The first attempt fulfils. Three attempts in all, without pauses.
fn retry_counted<const P: bool>() -> Vec<Case> {
    const PAUSELESS: ConstantBuilder = ConstantBuilder::new()
        .with_delay(Duration::ZERO)
        .with_max_times(2);
    vec![
        Case::new(HAND_WRITTEN, |x| async move {
            let mut attempts = 3_u32;
            loop {
                match request::<P>(x).await {
                    Ok(value) => break Ok(value),
                    Err(reason) => {
                        attempts -= 1;
                        if attempts == 0 {
                            break Err(reason);
                        }
                    }
                }
            }
        }),
        Case::new(
            "promise!, .retry(3)",
            |x| promise! { move request::<P>(x).retry(3) },
        ),
        Case::new("retry(3, …)", |x| retry(3, move || request::<P>(x))),
        Case::new("backon", |x| {
            (move || request::<P>(x))
                .retry(PAUSELESS)
                .sleep(promise_runtime::delay)
        }),
    ]
}

/// The same with exponential back-off.
fn retry_policy<const P: bool>() -> Vec<Case> {
    const POLICY: RetryPolicy = RetryPolicy::exponential(PAUSE).attempts(3);
    const BACKON: ExponentialBuilder = ExponentialBuilder::new()
        .with_min_delay(PAUSE)
        .with_max_times(2);
    vec![
        Case::new(HAND_WRITTEN, |x| async move {
            let (mut attempts, mut pause) = (3_u32, PAUSE);
            loop {
                match request::<P>(x).await {
                    Ok(value) => break Ok(value),
                    Err(reason) => {
                        attempts -= 1;
                        if attempts == 0 {
                            break Err(reason);
                        }
                    }
                }
                promise_runtime::delay(pause).await;
                pause *= 2;
            }
        }),
        Case::new(
            "promise!, .retry(policy)",
            |x| promise! { move request::<P>(x).retry(POLICY) },
        ),
        Case::new("retry(policy, …)", |x| {
            retry(POLICY, move || request::<P>(x))
        }),
        Case::new("backon", |x| {
            (move || request::<P>(x))
                .retry(BACKON)
                .sleep(promise_runtime::delay)
        }),
    ]
}

pub(crate) fn table() -> Table {
    let groups = [
        ("retry, ready", retry_counted::<false>()),
        ("retry, pending", retry_counted::<true>()),
        ("retry with back-off, ready", retry_policy::<false>()),
        ("retry with back-off, pending", retry_policy::<true>()),
    ];
    Table {
        name: NAME,
        title: "Patterns",
        groups: groups
            .into_iter()
            .map(|(name, cases)| Group {
                name: name.to_owned(),
                cases,
            })
            .chain(patterns_shared::groups())
            .collect(),
    }
}
