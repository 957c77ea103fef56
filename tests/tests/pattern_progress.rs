//! `Progress`: who is told what, when, and what the tracker fulfils with.

use futures::{Stream, StreamExt};
use promise_runtime::event_loop::now;
use promise_runtime::prelude::*;
use promise_tests::{Diary, fulfil, ms, panic_message, poll_once, reject, settle, virtually};
use proptest::prelude::*;
use std::cell::RefCell;
use std::convert::Infallible;
use std::future::pending;
use std::pin::pin;
use std::task::Poll;

async fn task(milliseconds: u64, fulfils: bool) -> Result<u64, String> {
    delay(ms(milliseconds)).await;
    if fulfils {
        Ok(milliseconds)
    } else {
        Err(format!("{milliseconds} failed"))
    }
}

#[test]
fn it_is_told_of_each_and_fulfils_with_all_in_input_order() {
    let seen = RefCell::new(Vec::new());
    let progress = Progress::new().on_progress(|p| {
        seen.borrow_mut()
            .push((now().as_millis(), p.completed, p.total, p.percentage))
    });
    let tasks = [(30, true), (10, false), (20, true)].map(|(time, fulfils)| task(time, fulfils));
    let Ok(outcomes) = virtually(progress.track(tasks));
    assert_eq!(outcomes, [Ok(30), Err("10 failed".to_owned()), Ok(20)]);
    assert_eq!(
        seen.take(),
        [(10, 1, 3, 33), (20, 2, 3, 67), (30, 3, 3, 100)]
    );
}

#[test]
fn percentages_are_rounded_half_up() {
    let mut seen = Vec::new();
    let progress = Progress::new().on_progress(|p| seen.push(p.percentage));
    let _ = settle(progress.track((0..8).map(fulfil::<_, ()>)));
    assert_eq!(seen, [13, 25, 38, 50, 63, 75, 88, 100]);
}

#[test]
fn of_nothing_it_fulfils_at_once_and_tells_nobody() {
    let progress = Progress::new()
        .on_progress(|_| unreachable!())
        .on_item(|_, _: &Result<u8, ()>| unreachable!());
    assert_eq!(
        settle(progress.track(Vec::<std::future::Ready<_>>::new())),
        Ok(vec![])
    );
}

#[test]
fn several_may_be_told_items_first() {
    let diary = Diary::new();
    let progress = Progress::new()
        .on_progress(|p| diary.write(format!("a {}", p.completed)))
        .on_item(|index, outcome: &Result<u8, &str>| {
            diary.write(format!("item {index} {outcome:?}"))
        })
        .on_progress(|p| diary.write(format!("b {}", p.completed)))
        .on_item(|index, _: &Result<u8, &str>| diary.write(format!("again {index}")));
    let promises = vec![fulfil(1).after(2), reject("no").after(1)];
    assert_eq!(settle(progress.track(promises)), Ok(vec![Ok(1), Err("no")]));
    let expected = [
        "item 1 Err(\"no\")",
        "again 1",
        "a 1",
        "b 1",
        "item 0 Ok(1)",
        "again 0",
        "a 2",
        "b 2",
    ];
    assert_eq!(diary.take(), expected);
}

#[test]
fn a_tracker_can_be_cloned_for_another_round() {
    let seen = std::rc::Rc::new(RefCell::new(Vec::new()));
    let log = seen.clone();
    let progress = Progress::new().on_progress(move |p| log.borrow_mut().push(p.completed));
    for _ in 0..2 {
        let _ = settle(progress.clone().track([fulfil::<_, ()>(1), fulfil(2)]));
    }
    assert_eq!(seen.take(), [1, 2, 1, 2]);
}

#[test]
fn dropped_it_drops_the_promises_and_tells_nobody() {
    let diary = Diary::new();
    let progress = Progress::new().on_progress(|p| diary.write(format!("{}", p.completed)));
    let promises =
        [fulfil::<_, ()>(1).after(1), fulfil(2).after(9)].map(|leaf| leaf.watched(&diary, "x"));
    let mut tracked = Box::pin(progress.track(promises));
    for _ in 0..2 {
        assert!(poll_once(tracked.as_mut()).is_pending());
    }
    diary.take();
    drop(tracked);
    assert_eq!(
        (diary.take(), diary.alive()),
        (vec!["drop x".to_owned()], 0)
    );
}

#[test]
fn a_panic_of_a_closure_passes_through() {
    let diary = Diary::new();
    let progress = Progress::new().on_progress(|_| panic!("no bar"));
    let promises = [fulfil::<_, ()>(1), fulfil(2)].map(|leaf| leaf.watched(&diary, "x"));
    assert_eq!(
        panic_message(|| drop(settle(progress.track(promises)))),
        "no bar"
    );
    assert_eq!(diary.alive(), 0);
}

#[test]
fn a_chain_goes_on_with_the_outcomes() {
    let count = virtually(promise! {
        Progress::new().track((1..=4).map(|n| task(n, n % 2 == 0))).then(outcomes => outcomes.iter().filter(|outcome| outcome.is_ok()).count())
    });
    assert_eq!(count, Ok(2));
}

#[test]
fn as_a_stream_it_ends_after_the_last() {
    virtually(async {
        let mut updates = Progress::new().stream([30, 10, 20].map(|time| task(time, time > 10)));
        let mut seen = Vec::new();
        while let Some(update) = updates.next().await {
            seen.push((now().as_millis(), update.percentage));
        }
        assert_eq!(seen, [(10, 33), (20, 67), (30, 100)]);
        assert_eq!(updates.next().await, None);
        assert_eq!(
            updates.into_outcomes(),
            Some(vec![Ok(30), Err("10 failed".to_owned()), Ok(20)])
        );
    });
}

#[test]
fn a_stream_gives_updates_of_one_poll_one_by_one() {
    let diary = Diary::new();
    let progress = Progress::new().on_progress(|p| diary.write(format!("told {}", p.completed)));
    let mut updates = pin!(progress.stream([fulfil::<_, ()>(1), fulfil(2), fulfil(3).after(1)]));
    let mut next = || {
        updates
            .as_mut()
            .poll_next(&mut std::task::Context::from_waker(std::task::Waker::noop()))
    };
    assert!(matches!(
        next(),
        Poll::Ready(Some(ProgressUpdate { completed: 1, .. }))
    ));
    assert_eq!(diary.take(), ["told 1", "told 2"]);
    assert!(matches!(
        next(),
        Poll::Ready(Some(ProgressUpdate { completed: 2, .. }))
    ));
    assert!(matches!(
        next(),
        Poll::Ready(Some(ProgressUpdate {
            completed: 3,
            percentage: 100,
            ..
        }))
    ));
    assert!(matches!(next(), Poll::Ready(None)));
}

#[test]
fn a_stream_that_has_not_ended_has_no_outcomes() {
    let updates = Progress::new().stream([pending::<Result<u8, ()>>()]);
    assert_eq!(updates.into_outcomes(), None);
}

#[tokio::test]
async fn it_runs_as_a_task_of_tokio() {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let progress = Progress::new().on_progress(move |p| sender.send(p.percentage).unwrap());
    let tracked = tokio::spawn(progress.track((0..100).map(|n| async move {
        tokio::task::yield_now().await;
        Ok::<_, Infallible>(n)
    })));
    let Ok(outcomes) = tracked.await.unwrap();
    assert_eq!(outcomes, (0..100).map(Ok).collect::<Vec<_>>());
    for percentage in 1..=100 {
        assert_eq!(receiver.recv().await, Some(percentage));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// However many promises settle in whatever order: each is told once, in the order of their times, ties in input order.
    #[test]
    fn each_is_told_once_in_order(tasks in prop::collection::vec((0..20_u64, prop::bool::ANY), 0..80)) {
        let (items, updates) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
        let progress = Progress::new()
            .on_item(|index, outcome: &Result<u64, String>| items.borrow_mut().push((index, outcome.is_ok())))
            .on_progress(|update| updates.borrow_mut().push(update));
        let Ok(outcomes) = virtually(progress.track(tasks.iter().map(|&(time, fulfils)| task(time, fulfils))));
        prop_assert_eq!(outcomes.iter().map(Result::is_ok).collect::<Vec<_>>(), tasks.iter().map(|task| task.1).collect::<Vec<_>>());
        let mut order: Vec<_> = (0..tasks.len()).collect();
        order.sort_by_key(|&index| tasks[index].0);
        prop_assert_eq!(items.take(), order.iter().map(|&index| (index, tasks[index].1)).collect::<Vec<_>>());
        let total = tasks.len();
        let expected: Vec<_> = (1..=total).map(|completed| {
            let percentage = ((100 * completed) as f64 / total as f64).round() as u8;
            ProgressUpdate { completed, total, percentage }
        }).collect();
        prop_assert_eq!(updates.take(), expected);
    }
}
