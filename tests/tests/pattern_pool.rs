//! `Pool` and `Queue`: who runs, who waits, and what dropped callers give back.

#[path = "pattern_pool_kit/mod.rs"]
mod kit;

use kit::Caller;
use promise_runtime::event_loop::{self, delay};
use promise_runtime::pattern::pool::{Add, Clearable, UntilCalm};
use promise_runtime::prelude::*;
use promise_runtime::{Pool, PoolError, PoolFull, Queue};
use promise_tests::{
    Diary, fulfil, ms, panic_message, poll_once, reject, settle, timed, virtually,
};
use std::cell::{Cell, RefCell};
use std::future::{pending, ready};
use std::pin::pin;
use std::rc::Rc;

/// Takes ten milliseconds.
async fn fetch(id: u32) -> Result<u32, String> {
    delay(ms(10)).await;
    if id == 0 {
        Err("no such item".to_owned())
    } else {
        Ok(id)
    }
}

#[test]
fn so_many_run_at_a_time() {
    let pool = Pool::new(3);
    let (running, most) = (Cell::new(0_u32), Cell::new(0));
    let task = |id| {
        let (running, most) = (&running, &most);
        move || async move {
            running.set(running.get() + 1);
            most.set(most.get().max(running.get()));
            let outcome = fetch(id).await;
            running.set(running.get() - 1);
            outcome
        }
    };
    let (outcome, time) = timed(all((1..=10).map(|id| pool.add(task(id)))));
    assert_eq!(outcome, Ok((1..=10).collect()));
    assert_eq!((most.get(), time), (3, ms(40)));
    assert_eq!((pool.running(), pool.waiting()), (0, 0));
}

#[test]
fn a_queue_runs_one_after_the_other_in_order() {
    let queue = Queue::new();
    let order = RefCell::new(Vec::new());
    let task = |id: u32| {
        let order = &order;
        queue.add(move || async move {
            order.borrow_mut().push((id, "begins"));
            delay(ms(u64::from(10 - id))).await;
            order.borrow_mut().push((id, "ends"));
            Ok::<_, String>(id)
        })
    };
    let (outcome, time) = timed(all((1..=3).map(task)));
    assert_eq!((outcome, time), (Ok(vec![1, 2, 3]), ms(9 + 8 + 7)));
    let expected = [1, 2, 3].map(|id| [(id, "begins"), (id, "ends")]).concat();
    assert_eq!(order.into_inner(), expected);
}

#[test]
fn a_rejection_touches_no_other_task() {
    let pool = Pool::new(2);
    let Ok(outcomes) = virtually(all_settled(
        [1, 0, 0, 4].map(|id| pool.add(move || fetch(id))),
    ));
    let gone = || Err("no such item".to_owned());
    assert_eq!(outcomes, [Ok(1), gone(), gone(), Ok(4)]);
    assert_eq!(pool.running(), 0);
}

#[test]
fn nothing_happens_before_the_first_poll() {
    let pool = Pool::new(1);
    let called = Cell::new(false);
    let task = pool.add(|| {
        called.set(true);
        ready(Ok::<_, String>(1))
    });
    assert_eq!(
        (pool.running(), pool.waiting(), called.get()),
        (0, 0, false)
    );
    assert_eq!(settle(task), Ok(1));
    assert!(called.get());
}

#[test]
fn a_task_that_is_ready_takes_one_poll() {
    let pool = Pool::new(1);
    let mut task = pin!(pool.add(|| ready(Ok::<_, String>(1))));
    assert!(poll_once(task.as_mut()).is_ready());
}

#[test]
fn a_task_may_be_any_future() {
    let pool = Pool::new(1);
    let ((), time) = timed(async {
        pool.add(|| delay(ms(5))).await;
        assert_eq!(pool.add(async || 7).await, 7);
        let chain = promise! { pool.add(|| promise! { Promise.resolve(1).then(n => n + 1) }).then(n => n * 2) };
        assert_eq!(chain.await, Ok(4));
    });
    assert_eq!(time, ms(5));
}

#[test]
fn a_free_slot_goes_to_the_first_in_line_and_to_nobody_else() {
    let pool = Pool::new(1);
    let (deferred, resolve, _reject) = with_resolvers::<u32, String>();
    let mut first = Caller::new(pool.add(|| deferred));
    let mut second = Caller::new(pool.add(|| fulfil::<_, String>(2).after(1)));
    let mut late = Caller::new(pool.add(|| fulfil::<_, String>(3)));
    assert!(first.poll().is_none());
    assert!(second.poll().is_none());
    resolve(1);
    assert_eq!(first.poll(), Some(Ok(1)));
    // The second has its slot without having been polled; nobody who comes now can snatch it.
    assert!(second.is_woken());
    assert_eq!((pool.running(), pool.waiting()), (1, 0));
    assert!(late.poll().is_none());
    assert!(second.poll().is_none());
    assert_eq!(second.poll(), Some(Ok(2)));
    assert!(late.is_woken());
    assert_eq!(late.poll(), Some(Ok(3)));
}

#[test]
fn a_waiting_caller_is_woken_once_and_its_waker_kept_once() {
    let pool = Pool::new(1);
    let mut first = Caller::new(pool.add(pending::<()>));
    let mut second = Caller::new(pool.add(pending::<()>));
    let mut third = Caller::new(pool.add(pending::<()>));
    for caller in [&mut first, &mut second, &mut third] {
        caller.poll();
        caller.poll();
    }
    assert_eq!((second.kept_wakers(), third.kept_wakers()), (1, 1));
    third.drop_future();
    assert_eq!((third.kept_wakers(), third.wakes()), (0, 0));
    first.drop_future();
    assert_eq!((second.kept_wakers(), second.wakes()), (0, 1));
}

#[test]
fn higher_priorities_go_first_and_within_one_first_come_first_served() {
    let pool = Pool::new(1);
    let order = RefCell::new(Vec::new());
    let task = |priority: i32, name: &'static str| {
        let order = &order;
        pool.add_with_priority(priority, move || async move {
            order.borrow_mut().push(name);
            fulfil::<_, String>(()).after(1).await
        })
    };
    let tasks = all((
        task(0, "runs already"),
        task(0, "usual 1"),
        task(-1, "later"),
        task(7, "urgent 1"),
        task(0, "usual 2"),
        task(7, "urgent 2"),
    ));
    assert!(settle(tasks).is_ok());
    assert_eq!(
        order.into_inner(),
        [
            "runs already",
            "urgent 1",
            "urgent 2",
            "usual 1",
            "usual 2",
            "later"
        ]
    );
}

#[test]
fn the_concurrency_can_grow_and_shrink_while_tasks_run() {
    let pool = Pool::new(1);
    let mut callers: Vec<_> = (0..5)
        .map(|_| Caller::new(pool.add(pending::<()>)))
        .collect();
    for caller in &mut callers {
        caller.poll();
    }
    assert_eq!((pool.running(), pool.waiting()), (1, 4));
    pool.set_concurrency(3);
    assert_eq!((pool.running(), pool.waiting()), (3, 2));
    assert!(callers[1].is_woken() && callers[2].is_woken() && !callers[3].is_woken());
    pool.set_concurrency(1);
    assert_eq!(
        (pool.running(), pool.waiting(), pool.concurrency()),
        (3, 2, 1)
    );
    callers[0].drop_future();
    callers[1].drop_future();
    assert_eq!((pool.running(), pool.waiting()), (1, 2));
    callers[2].drop_future();
    assert_eq!((pool.running(), pool.waiting()), (1, 1));
    assert!(callers[3].is_woken() && !callers[4].is_woken());
}

#[test]
fn a_paused_pool_starts_nothing_and_lets_run_what_runs() {
    let pool = Pool::new(2);
    let mut running = Caller::new(pool.add(|| fulfil::<_, String>(1).after(1)));
    assert!(running.poll().is_none());
    pool.pause();
    let mut waiting = Caller::new(pool.add(|| fulfil::<_, String>(2)));
    assert!(waiting.poll().is_none());
    assert_eq!(running.poll(), Some(Ok(1)));
    assert_eq!(
        (pool.running(), pool.waiting(), waiting.is_woken()),
        (0, 1, false)
    );
    pool.resume();
    assert!(waiting.is_woken());
    assert_eq!(waiting.poll(), Some(Ok(2)));
}

#[test]
fn on_empty_and_on_idle() {
    let pool = Pool::new(1);
    let mut first = Caller::new(pool.add(pending::<()>));
    let mut second = Caller::new(pool.add(pending::<()>));
    assert!(poll_once(pin!(pool.on_idle())).is_ready());
    assert!(poll_once(pin!(pool.on_empty())).is_ready());
    first.poll();
    second.poll();
    let (mut empty, mut idle) = (Caller::new(pool.on_empty()), Caller::new(pool.on_idle()));
    let mut gone = Caller::new(pool.on_idle());
    assert!(empty.poll().is_none() && idle.poll().is_none() && gone.poll().is_none());
    gone.drop_future();
    assert_eq!(gone.kept_wakers(), 0);
    first.drop_future();
    assert!(empty.is_woken() && !idle.is_woken());
    // It has been empty; that somebody came since does not matter.
    let mut third = Caller::new(pool.add(pending::<()>));
    third.poll();
    assert!(empty.poll().is_some());
    third.drop_future();
    second.drop_future();
    assert!(idle.is_woken() && idle.poll().is_some());
    assert_eq!(gone.wakes(), 0);
}

#[test]
fn a_paused_pool_with_tasks_in_line_is_not_idle() {
    let pool = Pool::new(1);
    pool.pause();
    let mut task = Caller::new(pool.add(pending::<()>));
    task.poll();
    assert!(poll_once(pin!(pool.on_idle())).is_pending());
    task.drop_future();
    assert!(poll_once(pin!(pool.on_idle())).is_ready());
}

#[test]
fn a_bounded_pool_refuses_who_finds_no_room() {
    let pool = Pool::bounded(1, 2);
    let task = || fulfil::<u32, String>(1);
    let runs = pool.try_add(task).unwrap();
    let waits = pool.try_add(task).unwrap();
    // `add` waits however long the line is.
    let mut polite = Caller::new(pool.add(task));
    assert!(polite.poll().is_none());
    assert_eq!((pool.running(), pool.waiting()), (1, 2));
    assert_eq!(pool.try_add(task).err(), Some(PoolFull));
    drop(waits);
    assert_eq!((pool.running(), pool.waiting()), (1, 1));
    let waits = pool.try_add(task).unwrap();
    drop(runs);
    assert_eq!((pool.running(), pool.waiting()), (1, 1));
    assert_eq!(polite.poll(), Some(Ok(1)));
    assert_eq!(settle(waits), Ok(1));
    assert_eq!((pool.running(), pool.waiting()), (0, 0));
}

#[test]
fn without_a_waiting_room_only_a_free_slot_counts() {
    let queue = Queue::bounded(0);
    let slot = queue.try_add(|| fulfil::<u32, String>(1)).unwrap();
    assert!(queue.try_add(|| fulfil::<u32, String>(2)).is_err());
    assert_eq!(settle(slot), Ok(1));
    assert!(queue.try_add(|| fulfil::<u32, String>(3)).is_ok());
}

#[test]
fn a_pool_without_a_bound_is_never_full() {
    let pool = Pool::new(1);
    let tasks: Vec<_> = (0..100)
        .map(|_| pool.try_add(pending::<()>).unwrap())
        .collect();
    assert_eq!((pool.running(), pool.waiting()), (1, 99));
    drop(tasks);
    assert_eq!((pool.running(), pool.waiting()), (0, 0));
}

#[test]
fn the_promise_is_gone_before_its_slot_is_handed_on() {
    let (pool, diary) = (Pool::new(1), Diary::new());
    let task = |name: &'static str| {
        let diary = diary.clone();
        pool.add(move || {
            diary.write(format!("start {name}"));
            fulfil::<_, String>(()).after(1).watched(&diary, name)
        })
    };
    assert!(settle(all((task("a"), task("b")))).is_ok());
    assert_eq!(
        diary.take(),
        [
            "start a", "poll a", "poll a", "drop a", "start b", "poll b", "poll b", "drop b"
        ]
    );
}

#[test]
fn a_task_that_has_ended_keeps_nothing() {
    let (pool, diary) = (Pool::new(1), Diary::new());
    let mut task = pin!(pool.add(|| fulfil::<_, String>(()).watched(&diary, "promise")));
    assert!(poll_once(task.as_mut()).is_ready());
    assert_eq!((diary.alive(), pool.running()), (0, 0));
}

#[test]
fn a_panic_gives_the_slot_back() {
    let pool = Pool::new(1);
    let message = panic_message(|| {
        let task =
            pool.add(|| -> std::future::Ready<Result<u32, String>> { panic!("in the function") });
        drop(settle(task));
    });
    assert_eq!((message.as_str(), pool.running()), ("in the function", 0));
    let message = panic_message(|| {
        let task = pool.add(|| async { panic!("in the promise") });
        settle(task)
    });
    assert_eq!((message.as_str(), pool.running()), ("in the promise", 0));
    assert_eq!(settle(pool.add(|| fulfil::<_, String>(1))), Ok(1));
}

#[test]
fn a_concurrency_of_zero_is_a_mistake() {
    assert!(panic_message(|| drop(Pool::new(0))).contains("must be at least 1"));
    assert!(panic_message(|| Pool::new(1).set_concurrency(0)).contains("must be at least 1"));
}

#[test]
fn a_task_polled_after_its_end_panics() {
    let pool = Pool::new(1);
    let mut task = pin!(pool.add(|| fulfil::<_, String>(1)));
    assert!(poll_once(task.as_mut()).is_ready());
    assert!(panic_message(|| drop(poll_once(task.as_mut()))).contains("after its end"));
}

/// sindresorhus/p-limit#25: tasks that are cleared from the queue stay pending for ever.
#[test]
fn a_cleared_task_rejects() {
    let pool = Pool::new(1);
    let mut running = Caller::new(pool.add(|| fulfil::<_, String>(1).after(1)).clearable());
    let mut cleared = Caller::new(pool.add(|| fulfil::<u32, String>(2)).clearable());
    let mut stays = Caller::new(pool.add(|| fulfil::<_, String>(3)));
    assert!(running.poll().is_none() && cleared.poll().is_none() && stays.poll().is_none());
    assert_eq!(pool.clear(), 1);
    assert!(cleared.is_woken() && !stays.is_woken());
    assert_eq!((pool.running(), pool.waiting()), (1, 1));
    assert_eq!(cleared.poll(), Some(Err(PoolError::Cleared)));
    assert_eq!(running.poll(), Some(Ok(1)));
    assert_eq!(stays.poll(), Some(Ok(3)));
}

#[test]
fn a_cleared_task_that_is_dropped_leaves_nothing() {
    let pool = Pool::new(1);
    let mut running = Caller::new(pool.add(pending::<()>));
    running.poll();
    let cleared = pool
        .try_add(|| fulfil::<u32, String>(2))
        .unwrap()
        .clearable();
    assert_eq!(pool.clear(), 1);
    drop(cleared);
    assert_eq!((pool.running(), pool.waiting()), (1, 0));
    running.drop_future();
    assert_eq!((pool.running(), pool.waiting()), (0, 0));
}

#[test]
fn a_clearable_task_keeps_its_own_reason() {
    let pool = Pool::new(1);
    let task = pool.add(|| reject::<u32, _>("busy")).clearable();
    assert_eq!(settle(task), Err(PoolError::Inner("busy")));
    assert_eq!(PoolError::Inner("busy").to_string(), "busy");
}

#[test]
fn clearing_counts_as_emptying() {
    let pool = Pool::new(1);
    let mut running = Caller::new(pool.add(pending::<()>));
    let mut waiting = Caller::new(pool.add(|| fulfil::<u32, String>(2)).clearable());
    running.poll();
    waiting.poll();
    let mut empty = Caller::new(pool.on_empty());
    empty.poll();
    pool.clear();
    assert!(empty.is_woken() && empty.poll().is_some());
}

/// sindresorhus/p-limit#91 and #14: a task that awaits a task it adds to its own full pool hangs, and the process ends
/// without a word.
#[test]
fn a_task_that_awaits_its_own_full_pool_panics() {
    let queue = Queue::new();
    let inner = queue.clone();
    let message = panic_message(|| {
        virtually(async {
            queue
                .add(async move || inner.add(async || Ok::<_, String>(1)).await)
                .await
        })
        .ok();
    });
    assert!(message.contains("deadlock"), "{message}");
    assert_eq!((queue.running(), queue.waiting()), (0, 0));
    assert_eq!(settle(queue.add(|| fulfil::<_, String>(1))), Ok(1));
}

/// sindresorhus/p-limit#91: every slot may be held by a task of another kind.
#[test]
fn the_last_of_several_tasks_that_await_one_another_panics() {
    let pool = Pool::new(2);
    let nested = |pool: Pool| {
        move || async move {
            delay(ms(1)).await;
            pool.add(|| fulfil::<u32, String>(1)).await
        }
    };
    let mut first = Caller::new(pool.add(nested(pool.clone())));
    let message = panic_message(|| {
        virtually(async {
            let second = pool.add(nested(pool.clone()));
            all((
                std::future::poll_fn(|_| match first.poll() {
                    Some(outcome) => std::task::Poll::Ready(outcome),
                    None => std::task::Poll::Pending,
                }),
                second,
            ))
            .await
        })
        .ok();
    });
    assert!(message.contains("deadlock"), "{message}");
    // The panic has given a slot back: the first one's inner task can run.
    assert_eq!((pool.running(), pool.waiting()), (2, 0));
    assert!(first.is_woken());
    assert_eq!(first.poll(), Some(Ok(1)));
    assert_eq!(pool.running(), 0);
}

#[test]
fn a_nested_task_runs_where_there_is_a_slot() {
    let pool = Pool::new(2);
    let inner = pool.clone();
    let task = pool.add(async move || {
        let one = inner.add(async || fetch(1).await).await?;
        let two = inner.add(async || fetch(2).await).await?;
        Ok::<_, String>(one + two)
    });
    assert_eq!(timed(task), (Ok(3), ms(20)));
}

#[test]
fn a_nested_task_waits_while_another_task_will_end() {
    let pool = Pool::new(2);
    let inner = pool.clone();
    let outer = pool.add(async move || inner.add(async || fetch(1).await).await);
    let other = pool.add(|| fetch(2));
    assert_eq!(timed(all((outer, other))), (Ok((1, 2)), ms(20)));
}

#[test]
fn a_task_that_has_ended_waits_for_nothing_any_more() {
    let pool = Pool::new(2);
    let mut other = Caller::new(pool.add(|| fulfil::<u32, String>(2).after(1)));
    assert!(other.poll().is_none());
    // Ends, having polled a task of its own once and given it away.
    let given_away = RefCell::new(None);
    let giver = pool.try_add(|| {
        let mut inner = Some(Box::pin(
            pool.add_with_priority(-1, || fulfil::<u32, String>(1)),
        ));
        let given_away = &given_away;
        std::future::poll_fn(move |cx| {
            let mut inner = inner.take().expect("one poll");
            assert!(inner.as_mut().poll(cx).is_pending());
            given_away.replace(Some(inner));
            std::task::Poll::Ready(())
        })
    });
    let inner = pool.clone();
    let mut nested =
        Caller::new(pool.add(async move || inner.add(|| fulfil::<u32, String>(3)).await));
    assert!(nested.poll().is_none());
    assert!(Caller::new(giver.unwrap()).poll().is_some());
    assert_eq!((pool.running(), pool.waiting()), (2, 1));
    // Both slots are taken and one of their tasks waits, but the other will end.
    assert!(nested.poll().is_none());
    assert_eq!(other.poll(), Some(Ok(2)));
    assert_eq!(nested.poll(), Some(Ok(3)));
    assert_eq!(given_away.take().map(settle), Some(Ok(1)));
}

#[test]
fn a_task_waits_as_long_as_any_of_its_own_does() {
    let pool = Pool::new(2);
    let task = || fulfil::<u32, String>(1);
    let mut other = Caller::new(pool.add(|| fulfil::<u32, String>(2).after(1)));
    assert!(other.poll().is_none());
    let inner = pool.clone();
    let both = async move || all((inner.add_with_priority(5, task), inner.add(task))).await;
    let mut awaits_two = Caller::new(pool.add(both));
    assert!(awaits_two.poll().is_none());
    let inner = pool.clone();
    let mut awaits_one =
        Caller::new(pool.add_with_priority(1, async move || inner.add(task).await));
    assert!(awaits_one.poll().is_none());
    assert_eq!(other.poll(), Some(Ok(2)));
    // The first of the two runs and ends; its slot goes to the third task, and the second still waits.
    assert!(awaits_two.poll().is_none());
    assert_eq!((pool.running(), pool.waiting()), (2, 1));
    let message = panic_message(|| assert!(awaits_one.poll().is_none()));
    assert!(message.contains("deadlock"), "{message}");
}

#[test]
fn a_task_that_awaits_another_full_pool_just_waits() {
    let (first, second) = (Pool::new(1), Pool::new(1));
    let mut busy = Caller::new(second.add(|| fulfil::<u32, String>(1).after(1)));
    assert!(busy.poll().is_none());
    let inner = second.clone();
    let mut task =
        Caller::new(first.add(async move || inner.add(|| fulfil::<u32, String>(2)).await));
    assert!(task.poll().is_none());
    assert_eq!(busy.poll(), Some(Ok(1)));
    assert_eq!(task.poll(), Some(Ok(2)));
}

#[test]
fn a_task_of_its_own_that_is_polled_inside_another_is_not_awaited_by_it() {
    let queue = Queue::new();
    let mut inner = Caller::new(queue.add(|| fulfil::<u32, String>(2)));
    let mut outer = Caller::new(queue.add(|| {
        let inner = &mut inner;
        std::future::poll_fn(move |_| {
            // As an executor does that polls what is spawned at once.
            assert!(inner.poll().is_none());
            std::task::Poll::Ready(1)
        })
    }));
    assert_eq!(outer.poll(), Some(1));
    drop(outer);
    assert_eq!(inner.poll(), Some(Ok(2)));
}

#[test]
fn fewer_slots_under_tasks_that_await_one_another_are_a_deadlock_too() {
    let pool = Pool::new(2);
    let inner = pool.clone();
    let mut outer =
        Caller::new(pool.add(async move || inner.add(|| fulfil::<u32, String>(1)).await));
    let mut other = Caller::new(pool.add(|| fulfil::<u32, String>(2).after(1)));
    assert!(other.poll().is_none());
    assert!(outer.poll().is_none());
    pool.set_concurrency(1);
    assert_eq!(other.poll(), Some(Ok(2)));
    assert!(outer.is_woken());
    assert!(panic_message(|| drop(outer.poll())).contains("deadlock"));
    outer.drop_future();
    assert_eq!((pool.running(), pool.waiting()), (0, 0));
}

#[test]
fn a_task_may_add_to_its_own_full_pool_what_it_does_not_await() {
    let (queue, done) = (Queue::new(), Rc::new(Cell::new(false)));
    virtually(async {
        let (inner, done) = (queue.clone(), done.clone());
        let task = queue.add(async move || {
            let later = inner.add(async move || done.set(true));
            promise! { move later }.detach_local();
            delay(ms(1)).await;
            Ok::<_, String>(1)
        });
        assert_eq!(task.await, Ok(1));
        queue.on_idle().await;
        delay(ms(1)).await;
    });
    assert!(done.get());
}

/// sindresorhus/p-queue#26, #29, #171: a rejection reaches both the caller and an event, and is unhandled there. Here the caller is the
/// only way out.
#[test]
fn a_rejection_has_one_way_out() {
    let queue = Queue::new();
    let mut idle = Caller::new(queue.on_idle());
    let mut failing = Caller::new(queue.add(|| reject::<u32, _>("busy").after(1)));
    assert!(failing.poll().is_none());
    assert!(idle.poll().is_none());
    assert_eq!(failing.poll(), Some(Err("busy")));
    assert_eq!(idle.poll(), Some(()));
}

/// sindresorhus/p-queue#168: when a task that runs and one that waits are both aborted, the queue keeps the slot for ever. #241: one that
/// is aborted before it is added never settles. Here both are drops, in either order.
#[test]
fn tasks_that_are_given_up_at_once_block_nobody() {
    virtually(async {
        for waiting_first in [false, true] {
            let queue = Queue::new();
            let mut runs = Caller::new(queue.add(pending::<Result<u32, String>>));
            let mut waits = Caller::new(queue.add(pending::<Result<u32, String>>));
            let never_polled = queue.add(|| fetch(1));
            assert!(runs.poll().is_none() && waits.poll().is_none());
            let mut next = Caller::new(queue.add(|| fetch(2)));
            assert!(next.poll().is_none());
            if waiting_first {
                waits.drop_future();
            }
            runs.drop_future();
            waits.drop_future();
            drop(never_polled);
            assert!(next.is_woken());
            assert!(next.poll().is_none());
            delay(ms(10)).await;
            assert_eq!(next.poll(), Some(Ok(2)));
            assert_eq!((queue.running(), queue.waiting()), (0, 0));
        }
    });
}

/// sindresorhus/p-queue#101: a task that times out goes on and keeps its slot.
#[test]
fn a_task_that_times_out_gives_its_slot_back() {
    let pool = Pool::new(1);
    let ((first, second), time) = timed(async {
        let slow = promise! { pool.add(|| delay(ms(1_000))).timeout(ms(5)) };
        let quick = pool.add(|| fetch(2));
        let Ok(outcomes) = all_settled((slow, quick)).await;
        outcomes
    });
    assert_eq!((first, second, time), (Err(TimeoutError), Ok(2), ms(15)));
}

/// The JavaScript notes: a queue of two tasks, each with its own `then`s.
#[test]
fn the_queue_of_the_notes() {
    let (queue, log) = (Queue::new(), Diary::new());
    let fetch = |path: &'static str| async move {
        delay(ms(100)).await;
        Ok::<_, String>(format!("{path} at {:?}", event_loop::now()))
    };
    virtually(async {
        let task1 = promise! {
            queue.add(|| fetch("/api/task1")).then(data => log.write(format!("Task 1 complete: {data}")))
        };
        let task2 = promise! {
            queue.add(|| fetch("/api/task2")).then(data => log.write(format!("Task 2 complete: {data}")))
        };
        all((task1, task2)).await
    })
    .unwrap();
    assert_eq!(
        log.take(),
        [
            "Task 1 complete: /api/task1 at 100ms",
            "Task 2 complete: /api/task2 at 200ms"
        ]
    );
}

/// The JavaScript notes: ten items, two at a time, some of which fail.
#[test]
fn the_pool_of_the_notes() {
    let log = Diary::kept();
    let ((), time) = timed(async {
        let pool = Pool::new(2);
        for i in 1..=10_u32 {
            let task = pool.add(move || async move {
                delay(ms(10)).await;
                if i % 4 == 0 {
                    Err(format!("HTTP 50{i}"))
                } else {
                    Ok(i * 100)
                }
            });
            promise! { move
                task
                    .then(data => log.write(format!("Item {i} loaded: {data}")))
                    .catch(error => log.write(format!("Item {i} failed: {error}")))
            }
            .detach_local();
        }
        delay(ms(0)).await;
        assert_eq!((pool.running(), pool.waiting()), (2, 8));
        pool.on_idle().await;
    });
    assert_eq!(time, ms(50));
    let mut expected: Vec<String> = Vec::new();
    for i in 1..=10 {
        expected.push(match i {
            4 => "Item 4 failed: HTTP 504".to_owned(),
            8 => "Item 8 failed: HTTP 508".to_owned(),
            i => format!("Item {i} loaded: {}", i * 100),
        });
    }
    assert_eq!(log.take(), expected);
}

#[test]
fn handles_and_tasks_go_to_other_threads() {
    fn assert_send<T: Send>(_: &T) {}
    fn assert_sync<T: Sync>(_: &T) {}
    let pool = Pool::new(1);
    assert_send(&pool);
    assert_sync(&pool);
    assert_send(&Queue::new());
    assert_send::<UntilCalm>(&pool.on_idle());
    let task: Add<_, _> = pool.add(|| fulfil::<u32, String>(1));
    assert_send(&task);
    let task: Clearable<_, _> = task.clearable();
    assert_send(&task);
}

#[test]
fn threads_share_the_slots() {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    let pool = Pool::new(3);
    static RUNNING: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    runtime.block_on(async {
        let tasks: Vec<_> = (0..400)
            .map(|n| {
                let task = pool.add_with_priority(n % 3, async || {
                    MOST.fetch_max(RUNNING.fetch_add(1, Relaxed) + 1, Relaxed);
                    tokio::task::yield_now().await;
                    RUNNING.fetch_sub(1, Relaxed);
                });
                let task = tokio::spawn(task);
                if n % 7 == 0 {
                    task.abort();
                }
                task
            })
            .collect();
        for task in tasks {
            task.await.ok();
        }
        pool.on_idle().await;
    });
    assert!(MOST.load(Relaxed) <= 3);
    assert_eq!((pool.running(), pool.waiting()), (0, 0));
}

/// Dropped after any number of polls, a task gives back what it held.
#[test]
fn dropped_at_every_point() {
    for polls in 0..6 {
        let pool = Pool::new(1);
        let mut blocker = Caller::new(pool.add(|| fulfil::<_, String>(0).after(3)));
        let mut task = Caller::new(pool.add(|| fulfil::<_, String>(1).after(2)));
        let mut next = Caller::new(pool.add(|| fulfil::<_, String>(2)));
        blocker.poll();
        for _ in 0..polls {
            task.poll();
            blocker.poll();
        }
        next.poll();
        task.drop_future();
        while blocker.is_pending() {
            blocker.poll();
        }
        assert!(!next.is_pending() || next.is_woken(), "after {polls} polls");
        if next.is_pending() {
            assert_eq!(next.poll(), Some(Ok(2)), "after {polls} polls");
        }
        assert_eq!(
            (pool.running(), pool.waiting()),
            (0, 0),
            "after {polls} polls"
        );
    }
}
