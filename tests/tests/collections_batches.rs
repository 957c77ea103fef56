//! `{ batch: n }`: so many items at once, and the next ones when all of them have settled.

use promise_runtime::combine::map_batches;
use promise_runtime::event_loop::now;
use promise_runtime::prelude::*;
use promise_tests::{
    Diary, fulfil, ms, panic_message, polls, reject, settle, suspended, timed, virtually,
};
use proptest::prelude::*;
use std::cell::Cell;
use std::future::ready;

async fn job(milliseconds: u64) -> Result<u128, String> {
    let started = now().as_millis();
    delay(ms(milliseconds)).await;
    Ok(started)
}

#[test]
fn a_batch_starts_when_the_one_before_has_settled() {
    let jobs = [10, 50, 30, 20, 20, 5, 90];
    let expected = (Ok(vec![0, 0, 0, 50, 50, 50, 70]), ms(160));
    assert_eq!(
        timed(promise! { Promise.map(jobs, n => job(n), { batch: 3 }) }),
        expected
    );
    assert_eq!(
        timed(promise! { Promise.resolve(jobs).map(job, { batch: 3 }) }),
        expected
    );
    assert_eq!(
        timed(promise! { Promise.resolve(jobs).map(|n| job(n), { batch: 3, }) }),
        expected
    );
    assert_eq!(timed(map_batches(jobs, 3, job)), expected);
}

#[test]
fn filter_has_batches_too() {
    let kept = promise! { Promise.filter(1..=7, async n => { let _ = await job(10); n % 2 == 1 }, { batch: 2 }) };
    assert_eq!(timed(kept), (Ok(vec![1, 3, 5, 7]), ms(40)));
}

#[test]
fn any_size_gives_all_values_in_input_order() {
    for size in [1, 2, 7, 33, 100, 1000, usize::MAX] {
        let values = map_batches(0..200_u32, size, |n| fulfil::<_, ()>(n).after(n * 7 % 5));
        assert_eq!(settle(values), Ok((0..200).collect()), "{size}");
    }
    assert_eq!(
        settle(map_batches(Vec::<u8>::new(), 3, |_| ready(Ok::<u8, ()>(1)))),
        Ok(vec![])
    );
}

#[test]
fn batches_that_are_ready_take_one_poll() {
    let (values, count) = polls(map_batches(0..10_000, 10, |n| ready(Ok::<_, ()>(n))));
    assert_eq!((values.unwrap().len(), count), (10_000, 1));
}

#[test]
fn the_iterator_is_pulled_a_batch_at_a_time() {
    let pulled = Cell::new(0);
    let items = (0..u64::MAX).inspect(|n| pulled.set(n + 1));
    let mut chain = suspended(
        map_batches(items, 4, |n| fulfil::<_, ()>(n).after(1 + n as u32 % 4)),
        1,
    );
    assert_eq!(pulled.get(), 4);
    for pulls in [4, 4, 4, 8, 8, 8, 8, 12] {
        let _ = promise_tests::poll_once(chain.as_mut());
        assert_eq!(pulled.get(), pulls);
    }
}

#[test]
fn the_first_rejection_drops_the_batch_and_starts_no_other() {
    let diary = Diary::new();
    let started = Cell::new(0);
    let outcome = promise! { <Vec<u32>, &str> Promise.map([3, 1, 9, 9, 9], n => {
        started.set(started.get() + 1);
        let leaf = if n == 1 { reject("no") } else { fulfil(n) };
        leaf.after(n).watched(&diary, "job")
    }, { batch: 3 }) };
    assert_eq!(settle(outcome), Err("no"));
    assert_eq!((started.get(), diary.alive()), (3, 0));
}

#[test]
fn dropped_in_any_batch_it_drops_everything() {
    for polls in 0..10 {
        let diary = Diary::new();
        let items = (0..6).map(|_| diary.token("item"));
        let chain = map_batches(items, 2, |token| async {
            let _token = token;
            fulfil::<_, ()>(1).after(3).watched(&diary, "job").await
        });
        drop(suspended(chain, polls));
        assert_eq!(diary.alive(), 0, "after {polls} polls");
    }
}

#[test]
fn batches_of_many_are_woken_one_by_one() {
    let values = virtually(map_batches(0..1000_u64, 250, async |n| {
        delay(ms(1 + n * 7919 % 100)).await;
        Ok::<_, ()>(n)
    }));
    assert_eq!(values, Ok((0..1000).collect()));
}

#[test]
fn a_batch_of_nothing_panics() {
    let zero = 0;
    let message = panic_message(|| drop(map_batches([1], zero, |n| ready(Ok::<_, ()>(n)))));
    assert_eq!(
        message,
        "batches of 0 items would never come to an end; they must be of at least 1"
    );
    let message = panic_message(|| {
        let _ = settle(promise! { Promise.map([1], n => n, { batch: zero }) });
    });
    assert_eq!(
        message,
        "batches of 0 items would never come to an end; they must be of at least 1"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Each item starts when the slowest of the batch before it ends.
    #[test]
    fn starts_are_those_of_the_model(times in prop::collection::vec(0..9_u64, 0..120), size in 1..50_usize) {
        let mut expected = Vec::new();
        let mut start = 0;
        for batch in times.chunks(size) {
            expected.extend(batch.iter().map(|_| u128::from(start)));
            start += batch.iter().max().unwrap();
        }
        let outcome = timed(promise! { Promise.map(times.iter().copied(), async n => {
            let started = now().as_millis();
            if n > 0 { delay(ms(n)).await }
            started
        }, { batch: size }) });
        prop_assert_eq!(outcome, (Ok(expected), ms(start)));
    }
}
