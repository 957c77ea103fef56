//! `using`: `release` is called once, whatever happens, and awaited wherever somebody can.

use promise_runtime::prelude::*;
use promise_tests::{Diary, Token, fulfil, ms, panic_message, poll_once, settle, suspended, timed};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

async fn acquire(diary: &Diary) -> Result<Token, String> {
    fulfil::<(), String>(()).after(1).await?;
    diary.write("acquired");
    Ok(diary.token("resource"))
}

async fn release(diary: &Diary, resource: Token) {
    diary.write("releasing");
    let _ = fulfil::<(), ()>(()).after(1).await;
    drop(resource);
    diary.write("released");
}

const RELEASED: [&str; 3] = ["releasing", "drop resource", "released"];

#[test]
fn released_after_a_fulfilment() {
    let diary = Diary::new();
    let used = using(
        acquire(&diary),
        async |resource| {
            diary.write(format!("using {}", resource.name()));
            Ok(7)
        },
        async |resource| release(&diary, resource).await,
    );
    assert_eq!(settle(used), Ok(7));
    assert_eq!(
        diary.take(),
        [&["acquired", "using resource"], &RELEASED[..]].concat()
    );
}

#[test]
fn released_after_a_rejection() {
    let diary = Diary::new();
    let used = using(
        acquire(&diary),
        async |_| Err::<u32, _>("failed".to_owned()),
        async |resource| release(&diary, resource).await,
    );
    assert_eq!(settle(used), Err("failed".to_owned()));
    assert_eq!(diary.take()[1..], RELEASED);
}

#[test]
fn a_promise_that_release_ends_in_is_awaited() {
    let diary = Diary::new();
    let used = using(
        acquire(&diary),
        async |_| Ok::<_, String>(7),
        async |resource| release(&diary, resource),
    );
    assert_eq!(settle(used), Ok(7));
    assert_eq!(diary.take()[1..], RELEASED);

    let refuse = async |()| Err::<(), _>("not released");
    let used = using(
        async { Ok(()) },
        async |()| Ok(7),
        async |unit| refuse(unit),
    );
    assert_eq!(settle(used), Err("not released"));
}

#[test]
fn what_is_not_acquired_is_neither_used_nor_released() {
    let used = using(
        async { Err::<u32, _>("refused") },
        async |_| -> Result<u32, _> { unreachable!() },
        async |_| -> () { unreachable!() },
    );
    assert_eq!(settle(used), Err("refused"));
}

#[test]
fn a_rejection_of_release_counts_unless_the_use_has_one() {
    let with = |used: Result<u32, &'static str>, released: Result<(), &'static str>| {
        settle(using(
            async { Ok(()) },
            async move |_| used,
            async move |_| released,
        ))
    };
    assert_eq!(with(Ok(1), Ok(())), Ok(1));
    assert_eq!(with(Ok(1), Err("release")), Err("release"));
    assert_eq!(with(Err("use"), Ok(())), Err("use"));
    assert_eq!(with(Err("use"), Err("release")), Err("use"));
}

#[test]
fn released_after_a_panic_which_then_goes_on() {
    for polls in [0, 2] {
        let diary = Diary::new();
        let used = using(
            acquire(&diary),
            async |_| -> Result<u32, String> {
                let _ = fulfil::<(), ()>(()).after(polls).await;
                panic!("a mistake")
            },
            async |resource| release(&diary, resource).await,
        );
        let mut used = Box::pin(used);
        let message = panic_message(|| {
            for _ in 0..9 {
                let _ = poll_once(used.as_mut());
            }
        });
        assert_eq!(message, "a mistake");
        assert_eq!(diary.take()[1..], RELEASED);
        assert_eq!(diary.alive(), 0);
    }
}

#[test]
fn the_resource_can_be_changed_and_is_the_same_when_released() {
    let used = using(
        async { Ok::<_, ()>(vec![1]) },
        async |list| {
            list.push(2);
            Ok(list.len())
        },
        async |list| assert_eq!(list, [1, 2]),
    );
    assert_eq!(settle(used), Ok(2));
}

/// What cancellation does, at each point at which it may come.
#[test]
fn dropped_while_acquiring_there_is_nothing_to_release() {
    let diary = Diary::new();
    let used = using(
        acquire(&diary),
        async |_| Ok(1),
        async |resource| release(&diary, resource).await,
    );
    drop(suspended(used, 1));
    assert!(diary.take().is_empty());
}

#[test]
fn dropped_in_use_the_use_goes_first_and_a_release_that_must_wait_is_lost() {
    let diary = Diary::new();
    let used = using(
        acquire(&diary),
        async |_| {
            promise_tests::never::<u32>()
                .watched(&diary, "use")
                .await
                .map_err(|never| match never {})
        },
        async |resource| release(&diary, resource).await,
    );
    drop(suspended(used, 4));
    assert_eq!(
        diary.take(),
        [
            "acquired",
            "poll use",
            "poll use",
            "poll use",
            "drop use",
            "drop resource"
        ]
    );
}

#[test]
fn dropped_in_use_what_release_does_before_it_returns_a_future_is_done() {
    let diary = Diary::new();
    let used = using(
        acquire(&diary),
        async |_| {
            promise_tests::never::<u32>()
                .watched(&diary, "use")
                .await
                .map_err(|never| match never {})
        },
        |resource: Token| {
            diary.write("given back");
            drop(resource);
            let diary = diary.clone();
            async move { diary.write("not polled") }
        },
    );
    drop(suspended(used, 2));
    assert_eq!(
        diary.take(),
        [
            "acquired",
            "poll use",
            "drop use",
            "given back",
            "drop resource"
        ]
    );
}

#[test]
fn dropped_while_releasing_it_ends_there_and_is_not_called_again() {
    let diary = Diary::new();
    let used = using(
        acquire(&diary),
        async |_| Ok(1),
        async |resource| release(&diary, resource).await,
    );
    drop(suspended(used, 2));
    assert_eq!(diary.take(), ["acquired", "releasing", "drop resource"]);
}

#[test]
fn a_panic_of_release_passes_through() {
    let diary = Diary::new();
    let used = using(
        acquire(&diary),
        async |_| Ok(1),
        async |_: Token| -> () { panic!("stuck") },
    );
    assert_eq!(panic_message(|| drop(settle(used))), "stuck");
    assert_eq!(diary.alive(), 0);
}

#[test]
fn a_timeout_around_drops_the_use() {
    let diary = Diary::new();
    let chain = promise! { <u32, String>
        using(acquire(&diary), async |_| { delay(ms(50)).await; Ok(1) }, |_: Token| { diary.write("given back"); async {} })
            .timeout(ms(20), "late".to_owned())
    };
    assert_eq!(timed(chain), (Err("late".to_owned()), ms(20)));
    assert_eq!(diary.take(), ["acquired", "given back", "drop resource"]);
}

#[test]
fn spawned_it_is_released_though_nobody_waits() {
    let diary = Diary::kept();
    promise_tests::virtually(async {
        let (report, resolve, _reject) = with_resolvers::<(), ()>();
        promise! { move
            using(acquire(diary), async |_| { delay(ms(50)).await; Ok(1) }, async |resource| release(diary, resource).await)
                .catch(_ => 0).then(_ => resolve(()))
        }
        .detach_local();
        assert_eq!(with_timeout(report, ms(500)).await, Ok(Ok(())));
    });
    assert_eq!(diary.take()[1..], RELEASED);
}

#[tokio::test]
async fn it_runs_as_a_task_of_tokio() {
    let used = tokio::spawn(using(
        async { Ok::<_, String>(String::from("connection")) },
        async |connection| {
            tokio::task::yield_now().await;
            connection.push('!');
            Ok(connection.len())
        },
        async |connection| {
            tokio::task::yield_now().await;
            assert_eq!(connection, "connection!");
        },
    ));
    assert_eq!(used.await.unwrap(), Ok(11));
}

#[test]
fn a_panic_does_not_look_like_an_outcome() {
    let used = using(
        async { Ok::<_, ()>(()) },
        async |()| -> Result<u8, ()> { panic!("x") },
        async |()| {},
    );
    let mut used = pin!(used);
    let poll = catch_unwind(AssertUnwindSafe(|| poll_once(used.as_mut())));
    assert!(poll.is_err());
    let again = catch_unwind(AssertUnwindSafe(|| poll_once(used.as_mut())));
    assert!(!matches!(again, Ok(Poll::Ready(_))));
}
