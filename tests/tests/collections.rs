//! `map_iter`, `filter_iter`, `filter_map_iter`: what they fulfil with, when they pull, and what they drop.

mod combine_kit;

use combine_kit::{Diary, Fulfil, Panic, Reject, panic_message, poll_once, settle};
use promise_runtime::combine::{filter_iter, filter_map_iter, map_iter};
use std::{
    cell::{Cell, RefCell},
    future::{Future, pending, poll_fn, ready},
    rc::Rc,
    task::{Context, Poll, Waker},
};

/// Pending so many times.
async fn after(times: u32) {
    let mut left = times;
    poll_fn(move |_| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        Poll::Pending
    })
    .await
}

/// An iterator that counts how often it was asked.
fn counted<'a>(
    items: std::ops::Range<u32>,
    pulls: &'a Cell<u32>,
) -> impl Iterator<Item = u32> + 'a {
    let mut items = items;
    std::iter::from_fn(move || {
        pulls.set(pulls.get() + 1);
        items.next()
    })
}

const LIMITS: [usize; 6] = [1, 2, 3, 40, 100, usize::MAX];

#[test]
fn map_gives_values_in_input_order() {
    for limit in LIMITS {
        let map = map_iter(0..100_u32, limit, async |n| {
            after(n * 7 % 5).await;
            Ok::<_, ()>(n * 2)
        });
        assert_eq!(settle(map), Ok((0..100).map(|n| n * 2).collect()));
    }
}

#[test]
fn filter_keeps_the_items_in_input_order() {
    for limit in LIMITS {
        let names = (0..100).map(|n| format!("{n}"));
        let filter = filter_iter(names, limit, |name| {
            let n: u32 = name.parse().unwrap();
            async move {
                after(n * 7 % 5).await;
                Ok::<_, ()>(n % 3 == 0)
            }
        });
        let expected: Vec<_> = (0..100).step_by(3).map(|n| format!("{n}")).collect();
        assert_eq!(settle(filter), Ok(expected));
    }
}

#[test]
fn filter_map_may_borrow_the_item_in_the_promise() {
    async fn is_long(name: &str) -> Result<bool, ()> {
        after(1).await;
        Ok(name.len() > 1)
    }
    let names = ["a", "bc", "d", "ef"].map(String::from);
    let filter = filter_map_iter(names, 2, async |name| {
        Ok::<_, ()>(is_long(&name).await?.then_some(name))
    });
    assert_eq!(settle(filter), Ok(vec!["bc".to_owned(), "ef".to_owned()]));
}

#[test]
fn of_nothing_they_fulfil_at_once() {
    let ok = |_| ready(Ok::<_, ()>(1));
    assert_eq!(settle(map_iter(Vec::<u8>::new(), 1, ok)), Ok(vec![]));
    assert_eq!(
        settle(filter_iter(Vec::<u8>::new(), 1, |_| ready(Ok::<_, ()>(
            true
        )))),
        Ok(vec![])
    );
}

#[test]
fn nothing_is_pulled_before_the_first_poll() {
    let pulls = Cell::new(0);
    drop(map_iter(counted(0..9, &pulls), 3, |_| {
        ready(Ok::<_, ()>(()))
    }));
    drop(filter_iter(counted(0..9, &pulls), 3, |_| {
        ready(Ok::<_, ()>(true))
    }));
    assert_eq!(pulls.get(), 0);
}

#[test]
fn the_iterator_is_pulled_only_as_far_as_there_is_room() {
    let pulls = Cell::new(0);
    let open = Cell::new(0);
    let map = map_iter(counted(0..100, &pulls), 3, |n| {
        let open = &open;
        poll_fn(move |_| match open.get() > n {
            true => Poll::Ready(Ok::<_, ()>(n)),
            false => Poll::Pending,
        })
    });
    let mut map = Box::pin(map);
    for _ in 0..3 {
        assert!(poll_once(&mut map).is_pending());
        assert_eq!(pulls.get(), 3);
    }
    open.set(1);
    assert!(poll_once(&mut map).is_pending());
    assert_eq!(pulls.get(), 4);
    open.set(10);
    assert!(poll_once(&mut map).is_pending());
    assert_eq!(pulls.get(), 13);
    open.set(100);
    assert!(poll_once(&mut map).is_ready());
    assert_eq!(pulls.get(), 101, "the end is asked for once");
}

#[test]
fn an_iterator_without_end_can_be_left_by_a_rejection() {
    let until = |n: u64| ready(if n < 1000 { Ok(n) } else { Err(n) });
    assert_eq!(settle(map_iter(0_u64.., 8, until)), Err(1000));
}

#[test]
fn never_more_than_the_limit_run_at_a_time() {
    for limit in [1, 2, 7, 33, 64, 100] {
        let (running, most) = (Cell::new(0), Cell::new(0));
        let map = map_iter(0..150_u32, limit, |n| {
            let (running, most) = (&running, &most);
            running.set(running.get() + 1);
            most.set(most.get().max(running.get()));
            async move {
                after(n * 7919 % 13).await;
                running.set(running.get() - 1);
                Ok::<_, ()>(n)
            }
        });
        assert_eq!(settle(map), Ok((0..150).collect()));
        assert_eq!((running.get(), most.get()), (0, limit));
    }
}

#[test]
fn the_first_rejection_drops_the_rest_before_it_is_reported() {
    let diary = Diary::default();
    let items = [
        ("a", 9, Fulfil),
        ("b", 1, Reject),
        ("c", 0, Fulfil),
        ("d", 9, Fulfil),
        ("e", 0, Fulfil),
    ];
    let mut map = Box::pin(map_iter(items, 3, |(name, after, end)| {
        diary.child(name, after, end)
    }));
    assert!(poll_once(&mut map).is_pending());
    assert_eq!(
        diary.take(),
        ["poll a", "poll b", "poll c", "drop c", "poll d"]
    );
    let Poll::Ready(outcome) = poll_once(&mut map) else {
        panic!("still pending")
    };
    assert_eq!(outcome.unwrap_err(), "b");
    assert_eq!(
        diary.take(),
        [
            "poll a",
            "poll b",
            "drop b",
            "drop a",
            "drop d",
            "drop value c",
            "drop value b"
        ]
    );
    assert_eq!(diary.alive(), 0);
    let message = panic_message(|| drop(poll_once(&mut map)));
    assert_eq!(
        message,
        "a combinator of promises was polled again after it had settled"
    );
}

#[test]
fn of_two_that_reject_at_once_the_earlier_item_counts() {
    // 40 places, all of which have been used before: the earliest item is not in the first one.
    let reject = Cell::new(false);
    let map = map_iter(0..200_u32, 40, |n| {
        let reject = &reject;
        let mut left = if n < 40 { 10 + (n * 7) % 40 } else { u32::MAX };
        poll_fn(move |_| {
            left -= 1;
            match (left, reject.get() && n > 50) {
                (_, true) => Poll::Ready(Err(n)),
                (0, _) => Poll::Ready(Ok(n)),
                _ => Poll::Pending,
            }
        })
    });
    let mut map = Box::pin(map);
    for _ in 0..100 {
        assert!(poll_once(&mut map).is_pending());
    }
    reject.set(true);
    assert_eq!(poll_once(&mut map), Poll::Ready(Err(51)));
}

#[test]
fn dropped_halfway_they_drop_everything_once() {
    for limit in [2, 3] {
        let diary = Diary::default();
        let items = [("a", 0), ("b", 9), ("c", 0), ("d", 9), ("e", 9)];
        let mut map = Box::pin(map_iter(items, limit, |(name, after)| {
            diary.child(name, after, Fulfil)
        }));
        assert!(poll_once(&mut map).is_pending());
        diary.take();
        drop(map);
        let lines = diary.take();
        let expected = ["drop b", "drop d", "drop e"];
        assert_eq!(lines[..limit], expected[..limit]);
        assert_eq!(diary.alive(), 0);
    }
}

#[test]
fn a_panic_passes_through_and_the_rest_is_dropped_with_the_machine() {
    for limit in LIMITS {
        let diary = Diary::default();
        let ends = [Fulfil, Panic, Fulfil];
        let map = map_iter(ends, limit, |end| diary.child("x", 0, end));
        let mut map = Box::pin(map);
        let message = panic_message(|| drop(poll_once(&mut map)));
        assert_eq!(message, "x panics");
        let message = panic_message(|| drop(poll_once(&mut map)));
        assert_eq!(
            message,
            "a combinator of promises was polled again after a panic in one of them"
        );
        drop(map);
        assert_eq!(diary.alive(), 0);
    }
}

#[test]
fn nothing_starts_with_a_concurrency_of_zero() {
    let expected = "with a concurrency of 0 nothing would ever start; it must be at least 1";
    let ok = |n: i32| ready(Ok::<_, ()>(n));
    assert_eq!(panic_message(|| drop(map_iter([1], 0, ok))), expected);
    assert_eq!(
        panic_message(|| drop(filter_iter([1], 0, |_| ready(Ok::<_, ()>(true))))),
        expected
    );
    assert_eq!(
        panic_message(|| drop(filter_map_iter([1], 0, |n| ready(Ok::<_, ()>(Some(n)))))),
        expected
    );
}

/// Whether it may go on, whom to wake, and how often it was polled.
type Waiting = (bool, Option<Waker>, u32);

#[test]
fn many_at_a_time_are_polled_only_when_woken() {
    let limit = 100;
    let places: Rc<RefCell<Vec<Waiting>>> = Rc::default();
    let map = map_iter(0..1000_usize, limit, |n| {
        let places = places.clone();
        places.borrow_mut().push((false, None, 0));
        poll_fn(move |cx| {
            let place = &mut places.borrow_mut()[n];
            place.2 += 1;
            if place.0 {
                return Poll::Ready(Ok::<_, ()>(n));
            }
            place.1 = Some(cx.waker().clone());
            Poll::Pending
        })
    });
    let mut map = Box::pin(map);
    let mut poll = || map.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    for _ in 0..3 {
        assert!(poll().is_pending());
    }
    let mut order: Vec<usize> = (0..limit).collect();
    for step in 0..1000 {
        let n = order.remove(step * 7919 % order.len());
        let waker = {
            let place = &mut places.borrow_mut()[n];
            place.0 = true;
            place.1.take()
        };
        waker.unwrap().wake();
        let done = poll();
        if step + limit < 1000 {
            order.push(step + limit);
        }
        assert_eq!(places.borrow().len(), (step + limit + 1).min(1000));
        if step == 999 {
            assert_eq!(done, Poll::Ready(Ok((0..1000).collect())));
        } else {
            assert!(done.is_pending());
        }
    }
    for (n, place) in places.borrow().iter().enumerate() {
        assert_eq!(place.2, if n < limit { 4 } else { 2 }, "polls of {n}");
    }
}

#[test]
fn a_promise_in_a_used_place_that_nobody_can_wake_is_polled_all_the_same() {
    let kept = Rc::new(RefCell::new(Vec::new()));
    let map = map_iter(0..200_u32, 50, |n| {
        let kept = kept.clone();
        let mut polls = 0;
        poll_fn(move |cx| {
            polls += 1;
            if n < 100 {
                // Leaves wakers behind, so that its place looks as if somebody would wake it.
                kept.borrow_mut().push(cx.waker().clone());
            }
            if polls < 6 {
                Poll::Pending
            } else {
                Poll::Ready(Ok::<_, ()>(n))
            }
        })
    });
    let mut map = Box::pin(map);
    for _ in 0..100 {
        let wakers = kept.take();
        wakers.iter().for_each(Waker::wake_by_ref);
        kept.borrow_mut().extend(wakers);
        if let Poll::Ready(values) = poll_once(&mut map) {
            assert_eq!(values, Ok((0..200).collect()));
            return;
        }
    }
    panic!("still pending");
}

#[test]
fn what_stays_pending_keeps_its_place() {
    let map = map_iter(0..3, 2, |n| async move {
        if n == 0 {
            pending::<()>().await;
        }
        Ok::<_, ()>(n)
    });
    let mut map = Box::pin(map);
    for _ in 0..10 {
        assert!(poll_once(&mut map).is_pending());
    }
}
