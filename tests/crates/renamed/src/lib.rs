//! There is no `promise_runtime` in this crate: chains find the runtime all the same.
#![cfg(test)]

use p::event_loop::{Clock, run_with};
use p::prelude::*;

async fn fetch(v: u32) -> Result<u32, &'static str> {
    if v == 0 { Err("zero") } else { Ok(v) }
}

/// One chain with every kind of generated path in it.
macro_rules! everything {
    ($promise:path) => {{
        use $promise as chain;
        let outcome = chain! { <u32, &str>
            fetch(1)
                .then(v => Promise.all([fetch(v), Promise.resolve(2), 3]))
                .then(([a, b, c]) => ({ sum: a + b, c }))
                .tap(({ sum, c }) => assert!(*sum == *c))
                .then(({ sum, c }) => { if sum == 9 { throw "nine" } sum + c })
                .then(|v| fetch(v))
                .then(async v => await fetch(v))
                .then(v => new Promise((resolve, _reject) => resolve(v)))
                .delay(std::time::Duration::from_millis(1))
                .timeout(std::time::Duration::from_millis(5), "late")
                .tapCatch(_ => ())
                .catch("zero" => 0)
                .finally(() => ())
        };
        assert_eq!(run_with(Clock::Virtual, outcome), Ok(6));
        let settled = chain! { Promise.allSettled({ a: fetch(0), b: 2 }).then(({ a, b }) => (a, b.is_ok())) };
        assert_eq!(settled.block_on(), Ok((Err("zero"), true)));
        let fallback = chain! { Promise.any([fetch(0), Promise.race([fetch(4), Promise.never()])]) };
        assert_eq!(fallback.block_on(), Ok(4));
        let nested = chain! { Promise.try(|| 1).then(v => chain! { move Promise.resolve(v).then(|w| w + 1) }) };
        assert_eq!(nested.block_on(), Ok(2));
    }};
}

#[test]
fn a_renamed_dependency_works() {
    everything!(p::promise);
    assert_eq!(
        promise! { Promise.resolve(1).then(v => v + 1) }.block_on(),
        Ok(2)
    );
    assert_eq!(
        p::promise! { Promise.resolve(1).then(v => v + 1) }.block_on(),
        Ok(2)
    );
}

#[test]
fn a_macro_that_another_crate_re_exports_works() {
    everything!(promise_test_facade::promise);
    everything!(promise_test_facade::promises::promise);
}

#[test]
fn a_macro_of_another_crate_that_makes_chains_works() {
    assert_eq!(
        promise_test_facade::load!(fetch(2), v => v + 1).block_on(),
        Ok(3)
    );
}
