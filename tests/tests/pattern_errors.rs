//! The errors that a pattern makes of a reason: whatever the reason is, also a dynamic one, they go into a dynamic chain.

use promise_runtime::prelude::*;
use promise_runtime::{CallbackError, PoolError};
use promise_tests::{ms, virtually};
use std::error::Error;
use std::num::ParseIntError;

type Boxed = Box<dyn Error + Send + Sync>;

fn parse(text: &str) -> Result<u32, ParseIntError> {
    text.parse()
}

#[test]
fn a_breaker_over_dynamic_reasons() {
    let breaker = CircuitBreaker::builder().failure_threshold(1).build();
    let call = || breaker.execute(async || Ok::<_, anyhow::Error>(parse("x")?));
    let rejected = virtually(promise! { <u32, anyhow::Error> call() }).unwrap_err();
    assert_eq!(rejected.to_string(), parse("x").unwrap_err().to_string());
    let inner = rejected.downcast_ref::<BreakerError<anyhow::Error>>();
    assert!(matches!(inner, Some(BreakerError::Inner(reason)) if reason.is::<ParseIntError>()));
    // Open by now, which is caught by type as any other reason.
    let caught = promise! { <_, anyhow::Error>
        call().catch((e: BreakerError<anyhow::Error>) => u32::from(matches!(e, BreakerError::Open)))
    };
    assert_eq!(virtually(caught).ok(), Some(1));

    let breaker = CircuitBreaker::builder().build();
    let boxed = promise! { <u32, Boxed> breaker.execute(async || Ok::<_, Boxed>(parse("x")?)) };
    assert!(virtually(boxed).unwrap_err().is::<BreakerError<Boxed>>());
    let text = promise! { <u32, Boxed> breaker.execute(async || Err("down".to_owned())) };
    assert_eq!(virtually(text).unwrap_err().to_string(), "down");
    let shared =
        promise! { <u32, SharedError> breaker.execute(async || Err(SharedError::msg("down"))) };
    assert_eq!(virtually(shared).unwrap_err().to_string(), "down");
}

#[test]
fn a_debounce_over_dynamic_reasons() {
    let search = debounce(ms(1), async |text: &str| {
        Ok::<_, anyhow::Error>(parse(text)?)
    });
    let rejected = virtually(promise! { <u32, anyhow::Error> search.call("x") }).unwrap_err();
    assert!(rejected.is::<DebounceError<anyhow::Error>>());
}

#[test]
fn a_callback_with_dynamic_reasons() {
    let called =
        from_callback(|done: Done<u32, anyhow::Error>| done(Some(anyhow::anyhow!("no")), None));
    let rejected = virtually(promise! { <u32, anyhow::Error> called }).unwrap_err();
    assert!(rejected.is::<CallbackError<anyhow::Error>>());
}

#[test]
fn a_pool_over_dynamic_reasons() {
    let pool = Pool::new(1);
    let task = pool
        .add(async || Ok::<_, anyhow::Error>(parse("x")?))
        .clearable();
    let rejected = virtually(promise! { <u32, anyhow::Error> task }).unwrap_err();
    assert!(rejected.is::<PoolError<anyhow::Error>>());
}

/// As in a function that returns `anyhow::Result`.
#[test]
fn question_marks_in_rust_convert_too() {
    let breaker = CircuitBreaker::builder().build();
    let outcome: anyhow::Result<u32> = virtually(async {
        let value = breaker
            .execute(async || Ok::<_, anyhow::Error>(parse("4")?))
            .await?;
        Ok(value + 1)
    });
    assert_eq!(outcome.ok(), Some(5));
}
