//! Steps together: where a saved value could fail to overlap the future before it.

mod sizes_kit;

use promise_runtime::prelude::*;
use sizes_kit::*;
use std::cell::Cell;

#[test]
fn an_array_under_finally_overlaps_the_source() {
    let ended = Cell::new(0);
    let by_hand = || async {
        let _guard = Guard(|| ended.set(1));
        let v = big(1).await?;
        Ok::<_, Reason>([v; 16])
    };
    no_larger(
        "arrow",
        promise! { big(1).then(v => [v; 16]).finally(|| ended.set(1)) },
        by_hand(),
    );
    no_larger(
        "closure",
        promise! { big(1).then(|v| [v; 16]).finally(|| ended.set(1)) },
        by_hand(),
    );
    no_larger(
        "handler is an arrow",
        promise! { big(1).then(v => [v; 16]).finally(() => ended.set(1)) },
        by_hand(),
    );
    no_larger(
        "handler returns a future",
        promise! { big(1).then(v => [v; 16]).finally(|| small(1)) },
        async {
            let mut clean_up = CleanUp(Some(|| small(1)));
            let outcome = match big(1).await {
                Ok(v) => Ok([v; 16]),
                Err(e) => Err(e),
            };
            clean_up.begin().await?;
            outcome
        },
    );
    no_larger(
        "async arrow handler with a big future",
        promise! { big(1).then(v => [v; 16]).finally(async () => { await big(1); }) },
        async {
            let mut clean_up = CleanUp(Some(async || big(1).await));
            let outcome = match big(1).await {
                Ok(v) => Ok([v; 16]),
                Err(e) => Err(e),
            };
            clean_up.begin().await?;
            outcome
        },
    );
}

#[test]
fn a_finally_costs_its_captures_and_nothing_else() {
    let plain = promise! { big(1).then(v => big(v)) };
    let nothing = promise! { big(1).then(v => big(v)).finally(|| println!("captures nothing")) };
    assert!(size_of_val(&nothing) <= size_of_val(&plain));
    let (number, other) = (7u64, 8u64);
    let two =
        promise! { move big(1).then(v => big(v)).finally(move || println!("{number} {other}")) };
    // The captures of the block, those of the handler, and a word for whether it has run.
    assert!(size_of_val(&two) <= size_of_val(&plain) + 16 + 16 + 8);
}

#[test]
fn nested_finallys() {
    let (inner, outer) = (Cell::new(0), Cell::new(0));
    no_larger(
        "two",
        promise! { big(1).finally(|| inner.set(1)).then(v => big(v)).finally(|| outer.set(1)) },
        async {
            let _outer = Guard(|| outer.set(1));
            let v = {
                let _inner = Guard(|| inner.set(1));
                big(1).await?
            };
            big(v).await
        },
    );
}

#[test]
fn a_payload_through_a_block_and_a_catch() {
    no_larger(
        "512 bytes",
        promise! { <_, Reason>
            big(1).then(v => [v; 64]).then(|p| async move { big(p[0]).await?; Ok::<_, Reason>(p) }).catch(e => [e.0; 64]).then(p => p[0])
        },
        async {
            let outcome = async {
                let v = big(1).await?;
                let p = [v; 64];
                async move {
                    big(p[0]).await?;
                    Ok::<_, Reason>(p)
                }
                .await
            }
            .await;
            Ok::<_, Reason>(match outcome {
                Ok(p) => p[0],
                Err(e) => e.0,
            })
        },
    );
    no_larger(
        "a payload nobody needs any more",
        promise! { load(text("a")).then(t => t.0.len() as u64).then(n => big(n).catch(_ => 5)).catch(_ => 1).then(n => small(n)) },
        async {
            let n = match load(text("a")).await {
                Ok(t) => t.0.len() as u64,
                Err(_) => return small(1).await,
            };
            let n = big(n).await.unwrap_or(5);
            small(n).await
        },
    );
}

#[test]
fn two_timeouts() {
    no_larger(
        "nested timeouts",
        promise! { <_, Reason> big(1).then(v => big(v)).timeout(SECOND).then(v => big(v)).timeout(SECOND * 2) },
        async {
            timeout(
                async {
                    let v = timeout(
                        async {
                            let v = big(1).await?;
                            big(v).await
                        },
                        SECOND,
                    )
                    .await?;
                    big(v).await
                },
                SECOND * 2,
            )
            .await
        },
    );
}

#[test]
fn a_timeout_in_another_costs_no_more_than_by_hand() {
    no_larger(
        "four timeouts",
        promise! { <_, Reason>
            big(1).then(v => big(v)).timeout(SECOND).then(v => big(v)).timeout(SECOND).then(v => big(v)).timeout(SECOND)
                .then(v => big(v)).timeout(SECOND)
        },
        async {
            let first = async {
                let v = big(1).await?;
                big(v).await
            };
            let second = async { big(timeout(first, SECOND).await?).await };
            let third = async { big(timeout(second, SECOND).await?).await };
            let fourth = async { big(timeout(third, SECOND).await?).await };
            timeout(fourth, SECOND).await
        },
    );
}

#[test]
fn elements_that_leave_their_rejection_open_cost_nothing() {
    no_larger(
        "all",
        promise! { Promise.all([async { let v = big(1).await?; Ok(v + 1) }, async { let v = big(2).await?; Ok(v + 1) }]).then(([a, b]) => a + b) },
        async {
            let element = async |v| {
                let v = big(v).await?;
                Ok::<_, Reason>(v + 1)
            };
            let (a, b) = all((element(1), element(2))).await?;
            Ok::<_, Reason>(a + b)
        },
    );
}

#[test]
fn outcomes_of_elements_that_leave_their_rejection_open_cost_nothing() {
    no_larger(
        "all_settled",
        promise! { <_, Reason> Promise.allSettled([async { let v = big(1).await?; Ok(v + 1) }, async { let v = big(2).await?; Ok(v + 1) }]).then(([a, b]) => a? + b?) },
        async {
            let element = async |v| {
                let v = big(v).await?;
                Ok::<_, Reason>(v + 1)
            };
            let Ok((a, b)) = all_settled((element(1), element(2))).await;
            Ok::<_, Reason>(a? + b?)
        },
    );
}

/// A timeout around one bare future has nothing to share its deadline with, and by hand one would not: that is the word it costs.
#[test]
fn a_timeout_around_one_future_costs_a_word() {
    let chain = promise! { <_, Reason> big(1).timeout(SECOND) };
    let by_hand = async { timeout(big(1), SECOND).await };
    assert!(size_of_val(&chain) <= size_of_val(&by_hand) + size_of::<usize>());
}

#[test]
fn timeout_retry_and_finally_in_any_order() {
    let ended = Cell::new(0);
    let attempts = |left: &mut u32| {
        *left -= 1;
        *left > 0
    };
    no_larger(
        "finally inside timeout",
        promise! { <_, Reason> big(1).then(v => big(v)).finally(|| ended.set(1)).timeout(SECOND).retry(3) },
        async {
            let mut left = 3;
            loop {
                let attempt = async {
                    let _guard = Guard(|| ended.set(1));
                    let v = big(1).await?;
                    big(v).await
                };
                match timeout(attempt, SECOND).await {
                    Err(_) if attempts(&mut left) => {}
                    outcome => break outcome,
                }
            }
        },
    );
    no_larger(
        "timeout outside",
        promise! { <_, Reason> big(1).then(v => big(v)).finally(|| ended.set(1)).retry(3).timeout(SECOND) },
        async {
            let all = async {
                let mut left = 3;
                loop {
                    let _guard = Guard(|| ended.set(1));
                    let outcome = match big(1).await {
                        Ok(v) => big(v).await,
                        Err(e) => Err(e),
                    };
                    match outcome {
                        Err(_) if attempts(&mut left) => {}
                        outcome => break outcome,
                    }
                }
            };
            timeout(all, SECOND).await
        },
    );
}

#[test]
fn a_captured_big_future_as_the_source() {
    let (chain, by_hand) = (big(1), big(1));
    no_larger(
        "moved in",
        promise! { move chain.then(v => big(v)) },
        async move {
            let v = by_hand.await?;
            big(v).await
        },
    );
    let (chain, by_hand) = (big(1), big(1));
    no_larger(
        "alone",
        promise! { move chain.then(v => v + 1) },
        async move { Ok(by_hand.await? + 1) },
    );
}

#[test]
fn an_element_that_goes_by_the_others_costs_nothing() {
    no_larger(
        "all",
        promise! { Promise.all([async { let v = big(1).await?; Ok(v + 1) }, big(2)]).then(([a, b]) => a + b) },
        async {
            let first = async {
                let v = big(1).await?;
                Ok(v + 1)
            };
            let (a, b) = all((first, big(2))).await?;
            Ok::<_, Reason>(a + b)
        },
    );
}

#[test]
fn chains_as_elements_of_a_combinator() {
    no_larger(
        "all",
        promise! { Promise.all([big(1).then(v => big(v)), big(2).then(v => big(v))]).then(([a, b]) => a + b) },
        async {
            let (a, b) = all((
                async {
                    let v = big(1).await?;
                    big(v).await
                },
                async {
                    let v = big(2).await?;
                    big(v).await
                },
            ))
            .await?;
            Ok::<_, Reason>(a + b)
        },
    );
}
