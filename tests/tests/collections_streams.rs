//! Streams as the items of `map`, `filter`, `each` and `reduce`.

use futures::{Stream, StreamExt, stream};
use promise_runtime::event_loop::now;
use promise_runtime::prelude::*;
use promise_tests::{
    Diary, fulfil, ms, never, poll_once, reject, settle, suspended, timed, virtually,
};
use proptest::prelude::*;
use std::cell::Cell;
use std::pin::pin;
use std::task::Poll;

/// An item every so many milliseconds.
fn ticks(every: u64, count: u64) -> impl Stream<Item = u64> {
    stream::unfold(0, move |n| async move {
        if n == count {
            return None;
        }
        delay(ms(every)).await;
        Some((n, n + 1))
    })
}

async fn job(milliseconds: u64) -> Result<u128, String> {
    let started = now().as_millis();
    delay(ms(milliseconds)).await;
    Ok(started)
}

#[test]
fn map_starts_items_as_they_come_and_asks_when_there_is_room() {
    let chain = promise! { Promise.map(ticks(10, 4), _ => job(100)) };
    assert_eq!(timed(chain), (Ok(vec![10, 20, 30, 40]), ms(140)));
    let chain = promise! { Promise.resolve(ticks(10, 4)).map(_ => job(100), { concurrency: 2 }) };
    assert_eq!(timed(chain), (Ok(vec![10, 20, 120, 130]), ms(230)));
    let chain = promise! { Promise.resolve(ticks(10, 4)).map(|_| job(100), { concurrency: 1 }) };
    assert_eq!(timed(chain), (Ok(vec![10, 120, 230, 340]), ms(440)));
}

#[test]
fn a_stream_is_asked_only_where_there_is_room() {
    let asked = Cell::new(0);
    let endless = stream::iter(0_u64..).inspect(|_| asked.set(asked.get() + 1));
    let chain =
        promise! { Promise.map(endless, n => fulfil::<u64, ()>(n).after(1), { concurrency: 3 }) };
    let mut chain = suspended(chain, 1);
    assert_eq!(asked.get(), 3);
    assert!(poll_once(chain.as_mut()).is_pending());
    assert_eq!(asked.get(), 6);
}

#[test]
fn batches_gather_as_items_come() {
    let chain = promise! { Promise.map(ticks(10, 5), _ => job(100), { batch: 2 }) };
    // Two come by 20; the next ones are asked for from 120 on.
    assert_eq!(timed(chain), (Ok(vec![10, 20, 130, 140, 250]), ms(350)));
}

#[test]
fn filter_keeps_the_items_in_order() {
    let chain = promise! { Promise.filter(ticks(1, 10), async n => { delay(ms(20 - n)).await; n % 3 == 0 }) };
    assert_eq!(virtually(chain), Ok(vec![0, 3, 6, 9]));
    let even = |n: &u64| fulfil::<bool, ()>(n % 2 == 0);
    assert_eq!(
        settle(
            promise! { Promise.resolve(stream::iter(0..6_u64)).filter(even, { concurrency: 2 }) }
        ),
        Ok(vec![0, 2, 4])
    );
}

#[test]
fn each_and_reduce_take_one_item_after_the_other() {
    let diary = Diary::new();
    let chain = promise! { Promise.each(ticks(10, 3), async n => { diary.write(format!("{n} at {}", now().as_millis())); delay(ms(50)).await; }) };
    assert_eq!(timed(chain), (Ok(vec![0, 1, 2]), ms(180)));
    assert_eq!(diary.take(), ["0 at 10", "1 at 70", "2 at 130"]);
    let chain = promise! { Promise.resolve(ticks(10, 4)).reduce(async (sum, n) => sum + n, 100) };
    assert_eq!(timed(chain), (Ok(106), ms(40)));
    assert_eq!(
        settle(promise! { Promise.reduce(stream::empty::<u8>(), (sum, n) => sum + n, 7) }),
        Ok(7)
    );
}

#[test]
fn a_timeout_counts_while_a_stream_has_no_item() {
    let waiting = || stream::pending::<u32>();
    assert_eq!(
        timed(promise! { Promise.each(waiting(), n => *n).timeout(ms(30)) }),
        (Err(TimeoutError), ms(30))
    );
    assert_eq!(
        timed(promise! { Promise.reduce(waiting(), (a, b) => a + b, 0).timeout(ms(30)) }),
        (Err(TimeoutError), ms(30))
    );
    assert_eq!(
        timed(promise! { Promise.map(waiting(), n => n).timeout(ms(30)) }),
        (Err(TimeoutError), ms(30))
    );
}

#[test]
fn the_first_rejection_drops_the_stream_and_the_rest() {
    let diary = Diary::new();
    let token = diary.token("stream");
    let items = stream::iter(0..10_u32).inspect(move |_| {
        let _ = &token;
    });
    let chain = promise! { <Vec<u32>, &str> Promise.map(items, n => {
        let leaf = if n == 1 { reject("no").after(1) } else { fulfil(n).after(5) };
        leaf.watched(&diary, "job")
    }, { concurrency: 3 }) };
    assert_eq!(settle(chain), Err("no"));
    assert_eq!(diary.alive(), 0);
}

#[test]
fn dropped_at_any_point_everything_goes() {
    for polls in 0..9 {
        let diary = Diary::new();
        let token = diary.token("stream");
        let items = stream::iter(0..4_u32).inspect(move |_| {
            let _ = &token;
        });
        let chain = promise! { Promise.map(items, n => never::<u32>().watched(&diary, if n == 0 { "a" } else { "b" }), { concurrency: 2 }) };
        drop(suspended(chain, polls));
        assert_eq!(diary.alive(), 0);
    }
}

#[test]
fn a_stream_may_be_borrowed_and_asked_on() {
    virtually(async {
        let mut items = pin!(ticks(1, 9));
        let first = promise! { Promise.map((&mut items).take(3), n => n * 10) };
        assert_eq!(first.await, Ok(vec![0, 10, 20]));
        assert_eq!(items.next().await, Some(3));
    });
}

#[test]
fn more_than_there_are_places_for_wakers_at_first() {
    // Woken one by one, with new items coming in between.
    let chain = promise! { Promise.map(ticks(1, 500), async n => { delay(ms(100 + n * 7919 % 300)).await; n }) };
    assert_eq!(virtually(chain), Ok((0..500).collect()));
    let chain = promise! { Promise.map(ticks(1, 800), async n => { delay(ms(100 + n * 7919 % 300)).await; n }, { concurrency: 64 }) };
    assert_eq!(virtually(chain), Ok((0..800).collect()));
}

#[test]
fn inside_a_generic_function_the_bound_decides() {
    async fn sum<S: Stream<Item = u32>>(items: S) -> u32 {
        let Ok(sum) = promise! { move Promise.reduce(items, (sum, n) => sum + n, 0) }.await;
        sum
    }
    assert_eq!(settle(sum(stream::iter([1, 2, 3]))), 6);
}

#[tokio::test]
async fn a_chain_over_a_stream_is_a_task_of_tokio() {
    let (sender, receiver) = futures::channel::mpsc::unbounded();
    let task = tokio::spawn(
        promise! { move Promise.map(receiver, async n => { tokio::task::yield_now().await; n + 1 }, { concurrency: 2 }) },
    );
    for n in 0..5 {
        sender.unbounded_send(n).unwrap();
        tokio::task::yield_now().await;
    }
    drop(sender);
    assert_eq!(task.await.unwrap(), Ok(vec![1, 2, 3, 4, 5]));
}

#[test]
fn a_stream_that_is_pending_is_asked_once_in_a_poll() {
    let asked = Cell::new(0);
    let silent = stream::poll_fn(|_| {
        asked.set(asked.get() + 1);
        Poll::<Option<u32>>::Pending
    });
    let mut chain = suspended(
        promise! { Promise.map(silent, n => n, { concurrency: 8 }) },
        1,
    );
    assert_eq!(asked.get(), 1);
    assert!(poll_once(chain.as_mut()).is_pending());
    assert_eq!(asked.get(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// An item starts when it has come and there is room, in order.
    #[test]
    fn starts_are_those_of_the_model(times in prop::collection::vec((0..9_u64, 1..40_u64), 0..60), limit in 1..40_usize) {
        let (mut expected, mut running, mut asked) = (Vec::new(), Vec::<u64>::new(), 0_u64);
        for &(wait, takes) in &times {
            // Asked for when there is room, it comes after its wait; the ones that end meanwhile do not matter.
            if running.len() == limit {
                running.sort_unstable();
                asked = asked.max(running.remove(0));
            }
            let start = asked + wait;
            running.push(start + takes);
            asked = start;
            expected.push(u128::from(start));
        }
        let items = stream::iter(times.clone()).then(async |(wait, takes)| {
            if wait > 0 { delay(ms(wait)).await }
            takes
        });
        let started = virtually(promise! { Promise.map(items, n => job(n), { concurrency: limit }) });
        prop_assert_eq!(started, Ok(expected));
    }
}
