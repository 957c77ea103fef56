//! `each` and `reduce`: one item after the other, and what they pull, hold and drop.

mod combine_kit;

use combine_kit::{Diary, Fulfil, Reject, poll_once, settle};
use promise_runtime::prelude::*;
use std::{
    cell::{Cell, RefCell},
    convert::Infallible,
    future::poll_fn,
    task::Poll,
};

async fn double(v: u32) -> Result<u32, String> {
    if v == 13 {
        Err("unlucky".into())
    } else {
        Ok(v * 2)
    }
}

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

#[test]
fn sequential() {
    let r = promise! { Promise.resolve([1, 2, 3]).reduce((sum, v) => sum + v, 0) }.block_on();
    assert_eq!(r, Ok(6));
    let r = promise! { Promise.reduce([1, 2, 3], async (sum, v) => sum + await double(v), 0) }
        .block_on();
    assert_eq!(r, Ok(12));
    let r = promise! { Promise.reduce(vec![1, 13, 3], |sum, v| async move { Ok::<_, String>(sum + double(v).await?) }, 0) }.block_on();
    assert_eq!(r, Err("unlucky".into()));
    let mut seen = vec![];
    let r = promise! { Promise.each([1, 2, 3], v => seen.push(*v)).then(v => v.len()) }.block_on();
    assert_eq!(r, Ok(3));
    assert_eq!(seen, [1, 2, 3]);
    let r = promise! { Promise.resolve(1..4).each(|v| double(*v)).then(|v| v) }.block_on();
    assert_eq!(r, Ok(vec![1, 2, 3]));
}

#[test]
fn the_next_item_waits_for_the_one_before() {
    let log = RefCell::new(Vec::new());
    let each = promise! {
        Promise.each(0..3, async n => {
            let n = *n;
            log.borrow_mut().push(format!("start {n}"));
            after(3 - n).await;
            log.borrow_mut().push(format!("end {n}"));
            "ignored"
        })
    };
    assert_eq!(settle(each), Ok(vec![0, 1, 2]));
    assert_eq!(
        log.take(),
        ["start 0", "end 0", "start 1", "end 1", "start 2", "end 2"]
    );
    let reduce = promise! {
        Promise.reduce(["a", "b", "c"], async (text, letter) => { after(1).await; text + letter }, String::new())
    };
    assert_eq!(settle(reduce), Ok("abc".to_owned()));
}

#[test]
fn of_nothing_they_fulfil_at_once() {
    let none = Vec::<u8>::new;
    assert_eq!(
        settle(promise! { Promise.each(none(), n => after(u32::from(*n))) }),
        Ok(vec![])
    );
    assert_eq!(
        settle(promise! { Promise.reduce(none(), (sum, n) => sum + n, 7) }),
        Ok(7)
    );
}

#[test]
fn an_item_is_pulled_when_the_one_before_is_done() {
    let (pulls, open) = (Cell::new(0), Cell::new(0));
    let items = || (0..10_u32).inspect(|_| pulls.set(pulls.get() + 1));
    let is_open = |n: u32| {
        let open = &open;
        poll_fn(move |_| match open.get() > n {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
    };
    let expect = |step: &mut dyn FnMut() -> bool| {
        for opened in [0, 0, 1, 5] {
            open.set(opened);
            assert!(!step());
            assert_eq!(pulls.get(), opened + 1);
        }
        open.set(10);
        assert!(step());
        assert_eq!(pulls.get(), 10);
    };
    let mut each = Box::pin(promise! { Promise.each(items(), n => is_open(*n)) });
    assert_eq!(pulls.get(), 0, "before the first poll");
    expect(&mut || poll_once(&mut each).is_ready());
    pulls.set(0);
    let mut reduce = Box::pin(
        promise! { Promise.reduce(items(), async (sum, n) => { is_open(n).await; sum + n }, 0) },
    );
    assert_eq!(pulls.get(), 0, "before the first poll");
    expect(&mut || poll_once(&mut reduce).is_ready());
}

#[test]
fn an_iterator_without_end_can_be_left_by_a_rejection() {
    let until = |n: u64| if n < 1000 { Ok(n) } else { Err(n) };
    assert_eq!(
        settle(promise! { Promise.each(0_u64.., n => until(*n)) }),
        Err(1000)
    );
    assert_eq!(
        settle(promise! { Promise.reduce(0_u64.., (_, n) => until(n), 0) }),
        Err(1000)
    );
}

#[test]
fn a_rejection_drops_what_they_hold_before_the_next_handler() {
    let diary = Diary::default();
    let items = || {
        let names = ["a", "b", "c"].into_iter();
        names.map(|name| diary.child(name, 0, Fulfil))
    };
    let each = promise! {
        Promise.each(items(), async _ => { throw "stop" }).catch(_ => { diary.write("caught"); Vec::new() })
    };
    assert_eq!(
        settle(each).map(|items| items.len()),
        Ok::<_, Infallible>(0)
    );
    assert_eq!(diary.take(), ["drop a", "caught"]);
    let reduce = promise! {
        Promise.reduce(items(), (sum, _) => { if sum == 1 { throw "stop" } sum + 1 }, 0).catch(_ => { diary.write("caught"); 0 })
    };
    assert_eq!(settle(reduce), Ok::<_, Infallible>(0));
    assert_eq!(diary.take(), ["drop a", "drop b", "caught"]);
    assert_eq!(diary.alive(), 0);
}

#[test]
fn dropped_halfway_they_drop_everything_once() {
    let diary = Diary::default();
    let items = || vec![("a", 0, Fulfil), ("b", 9, Reject), ("c", 0, Fulfil)];
    let mut each = Box::pin(
        promise! { Promise.each(items(), (name, after, end) => diary.child(name, *after, *end)) },
    );
    assert!(poll_once(&mut each).is_pending());
    assert_eq!(
        diary.take(),
        ["poll a", "drop a", "drop value a", "poll b"],
        "a value of `each` is dropped at once"
    );
    drop(each);
    assert_eq!(diary.take(), ["drop b"]);
    let mut reduce = Box::pin(promise! {
        Promise.reduce(items(), async (_, (name, after, end)) => Some(await diary.child(name, after, end)), None)
    });
    assert!(poll_once(&mut reduce).is_pending());
    diary.take();
    drop(reduce);
    assert_eq!(diary.take(), ["drop b"]);
    assert_eq!(diary.alive(), 0);
}
