//! The deadline that the steps under one `.timeout(…)` share.

use futures::poll;
use promise_runtime::delay;
use promise_runtime::event_loop::{Clock, EventLoop, now, run_with};
use promise_runtime::timer::{Deadline, Late, Nested, within};
use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn, ready};
use std::iter;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

const SEC: Duration = Duration::from_secs(1);

struct Log<'a>(&'a RefCell<Vec<&'static str>>, &'static str);

impl Drop for Log<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

#[test]
fn several_steps_share_one_deadline() {
    run_with(Clock::Virtual, async {
        let mut deadline = pin!(Deadline::new(3 * SEC));
        assert_eq!(
            within(async { delay(SEC).await }, deadline.as_mut()).await,
            Ok(())
        );
        assert_eq!(
            within(
                async {
                    delay(SEC).await;
                    2
                },
                deadline.as_mut()
            )
            .await,
            Ok(2)
        );
        assert_eq!(now(), 2 * SEC);
        assert_eq!(within(delay(2 * SEC), deadline.as_mut()).await.ok(), None);
        assert_eq!(now(), 3 * SEC);
    });
}

#[test]
fn an_elapsed_deadline_stays_elapsed_but_lets_what_is_ready_through() {
    run_with(Clock::Virtual, async {
        let mut deadline = pin!(Deadline::new(SEC));
        for _ in 0..2 {
            assert_eq!(within(pending::<()>(), deadline.as_mut()).await.ok(), None);
            assert_eq!(within(ready(4), deadline.as_mut()).await, Ok(4));
        }
        assert_eq!(now(), SEC);
    });
}

#[test]
fn a_future_ready_when_the_time_is_up_wins() {
    run_with(Clock::Virtual, async {
        let mut deadline = pin!(Deadline::new(SEC));
        let both = poll_fn(|_| {
            if now() == SEC {
                Poll::Ready("in time")
            } else {
                Poll::Pending
            }
        });
        assert_eq!(within(both, deadline.as_mut()).await, Ok("in time"));
    });
}

#[test]
fn steps_that_never_wait_set_no_timer() {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    let mut deadline = Box::pin(Deadline::new(SEC));
    event_loop.run(async { assert_eq!(within(ready(1), deadline.as_mut()).await, Ok(1)) });
    assert_eq!(
        format!("{deadline:?}"),
        "Deadline { sleep: Sleep(new, 1s) }"
    );
}

#[test]
fn nested_deadlines_each_cut_off_their_own_part() {
    let seconds = |seconds| seconds * SEC;
    for (times, expected) in [
        ([9, 9, 9], Ok("done")),
        ([9, 9, 1], Err(0)),
        ([9, 1, 3], Err(1)),
        ([1, 3, 9], Err(2)),
        ([1, 9, 1], Err(0)),
        ([1, 1, 9], Err(1)),
    ] {
        run_with(Clock::Virtual, async {
            let [outer, middle, inner] = times.map(seconds);
            let mut outer = pin!(Deadline::new(outer));
            let mut middle = pin!(Nested::<2>::new(middle, outer.as_mut()));
            let mut inner = pin!(Nested::<3>::new(inner, middle.as_mut()));
            let step = async {
                delay(2 * SEC).await;
                "done"
            };
            let outcome = within(step, inner.as_mut()).await;
            let further_out = |late: Late| iter::successors(Some(late), |late| late.outwards());
            assert_eq!(
                outcome.map_err(|late| further_out(late).count() - 1),
                expected
            );
            let end = times.map(seconds).into_iter().min().unwrap().min(2 * SEC);
            assert_eq!(now(), end);
        });
    }
}

#[test]
fn an_outer_deadline_outlives_the_inner_one() {
    run_with(Clock::Virtual, async {
        let mut outer = pin!(Deadline::new(3 * SEC));
        for _ in 0..2 {
            let mut inner = pin!(Nested::<2>::new(2 * SEC, outer.as_mut()));
            assert_eq!(within(delay(SEC), inner.as_mut()).await, Ok(()));
        }
        assert_eq!(within(delay(2 * SEC), outer.as_mut()).await.ok(), None);
        assert_eq!(now(), 3 * SEC);
    });
}

#[test]
fn leaving_the_scope_drops_the_step_before_what_stands_around_it() {
    let log = RefCell::new(Vec::new());
    run_with(Clock::Virtual, async {
        let mut deadline = pin!(Deadline::new(SEC));
        let outcome = 'scope: {
            let _finally = Log(&log, "finally");
            let step = async {
                let _step = Log(&log, "step");
                delay(2 * SEC).await;
            };
            match within(step, deadline.as_mut()).await {
                Ok(()) => Some(()),
                Err(_) => break 'scope None,
            }
        };
        log.borrow_mut().push("handler");
        assert_eq!(outcome, None);
    });
    assert_eq!(*log.borrow(), ["step", "finally", "handler"]);
}

#[test]
fn dropping_a_wait_under_a_deadline_leaves_no_timer() {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async {
        let mut deadline = pin!(Deadline::new(SEC));
        assert!(poll!(pin!(within(delay(2 * SEC), deadline.as_mut()))).is_pending());
    });
    event_loop.run_until_idle();
    assert_eq!(event_loop.now(), Duration::ZERO);
}

#[test]
fn the_step_is_polled_once_per_wake() {
    let polls = Cell::new(0);
    run_with(Clock::Virtual, async {
        let mut deadline = pin!(Deadline::new(SEC));
        let step = poll_fn(|_| {
            polls.set(polls.get() + 1);
            Poll::<()>::Pending
        });
        assert_eq!(within(step, deadline.as_mut()).await.ok(), None);
    });
    assert_eq!(polls.get(), 2);
}

#[test]
fn it_costs_the_future_and_a_pointer() {
    fn size_of_within<F: Future>(future: F) -> (usize, usize) {
        let size = size_of_val(&future);
        let mut deadline = pin!(Deadline::new(SEC));
        (size_of_val(&within(future, deadline.as_mut())), size)
    }
    let (with, without) = size_of_within(async {
        let big = [1_u8; 1000];
        ready(()).await;
        assert_eq!(big[999], 1);
    });
    assert!(
        with <= without.next_multiple_of(8) + size_of::<usize>(),
        "{with} for {without}"
    );
}
