use super::*;
use std::boxed::Box;
use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Poll, Wake, Waker};
use std::vec::Vec;
use std::{format, vec};

const MS: Duration = Duration::from_millis(1);

fn spawn(future: impl Future<Output = ()> + 'static) {
    spawn_detached_local(Box::pin(future));
}

/// `Pending` once, woken at once.
async fn turn() {
    let mut first = true;
    poll_fn(|cx| {
        if std::mem::take(&mut first) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn tasks_run_first_come_first_served() {
    let log = Rc::new(RefCell::new(Vec::new()));
    run_with(Clock::Virtual, async {
        for name in 0..3 {
            let log = Rc::clone(&log);
            spawn(async move {
                for round in 0..2 {
                    log.borrow_mut().push((round, name));
                    turn().await;
                }
            });
        }
        log.borrow_mut().push((9, 9));
        turn().await;
        turn().await;
        log.borrow_mut().push((9, 9));
    });
    let first = [(0, 0), (0, 1), (0, 2), (9, 9)];
    let then = [(1, 0), (1, 1), (1, 2), (9, 9)];
    assert_eq!(*log.borrow(), [first, then].concat());
}

#[test]
fn ready_tasks_drain_between_two_timers_due_at_once() {
    let log = Rc::new(RefCell::new(Vec::new()));
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async {
        for name in ["a", "b"] {
            let log = Rc::clone(&log);
            spawn(async move {
                delay(MS).await;
                log.borrow_mut().push(format!("{name} timer"));
                let log = Rc::clone(&log);
                spawn(async move {
                    turn().await;
                    log.borrow_mut().push(format!("{name} task"));
                });
            });
        }
    });
    event_loop.run_until_idle();
    assert_eq!(*log.borrow(), ["a timer", "a task", "b timer", "b task"]);
}

#[test]
fn tasks_outlive_run_and_go_on_in_the_next_one() {
    let done = Rc::new(Cell::new(0));
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async {
        for _ in 0..2 {
            let done = Rc::clone(&done);
            spawn(async move {
                delay(MS).await;
                done.set(done.get() + 1);
            });
        }
    });
    assert_eq!(done.get(), 0);
    event_loop.run(delay(2 * MS));
    assert_eq!((done.get(), event_loop.executor.pending()), (2, 0));
}

#[test]
fn run_until_idle_leaves_what_waits_for_others() {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async { spawn(pending()) });
    event_loop.run_until_idle();
    assert_eq!(event_loop.executor.pending(), 1);
    assert_eq!(
        format!("{event_loop:?}"),
        "EventLoop { now: 0ns, tasks: 1, timers: 0 }"
    );
}

#[test]
fn dropping_the_loop_drops_its_tasks() {
    let dropped = Rc::new(Cell::new(false));
    let guard = OnDrop({
        let dropped = Rc::clone(&dropped);
        move || dropped.set(true)
    });
    let event_loop = EventLoop::new();
    event_loop.run(async move {
        spawn(async move {
            let _guard = guard;
            delay(MS).await;
        });
        turn().await;
    });
    assert!(!dropped.get());
    drop(event_loop);
    assert!(dropped.get());
}

#[test]
fn a_panic_of_a_task_ends_the_task_and_passes_through() {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    let caught = catch_unwind(AssertUnwindSafe(|| {
        event_loop.run(async {
            spawn(async { panic!("a task's panic") });
            turn().await;
            unreachable!("the panic passes through `run`");
        })
    }));
    assert_eq!(
        *caught.unwrap_err().downcast::<&str>().unwrap(),
        "a task's panic"
    );
    assert!(!entered());
    assert_eq!(event_loop.executor.pending(), 0);
    assert_eq!(event_loop.run(async { 5 }), 5);
}

#[test]
fn the_deadlock_counts_the_pending_tasks() {
    let caught = catch_unwind(|| {
        run_with(Clock::Virtual, async {
            spawn(pending());
            spawn(pending());
            pending::<()>().await;
        })
    });
    let message = caught
        .unwrap_err()
        .downcast::<std::string::String>()
        .unwrap();
    assert!(message.contains("2 spawned tasks are pending"), "{message}");
}

#[test]
fn a_waker_dropped_elsewhere_ends_the_wait() {
    let caught = catch_unwind(|| {
        run(poll_fn(|cx| {
            let waker = cx.waker().clone();
            std::thread::spawn(move || {
                std::thread::sleep(MS);
                drop(waker);
            });
            Poll::<()>::Pending
        }))
    });
    let message = caught
        .unwrap_err()
        .downcast::<std::string::String>()
        .unwrap();
    assert!(
        message.contains("the event loop is deadlocked"),
        "{message}"
    );
}

#[test]
fn a_late_wake_of_a_finished_task_polls_nobody_else() {
    let kept = Rc::new(RefCell::new(None::<Waker>));
    let polls = Rc::new(Cell::new(0));
    run_with(Clock::Virtual, async {
        let keep = Rc::clone(&kept);
        spawn(poll_fn(move |cx| {
            *keep.borrow_mut() = Some(cx.waker().clone());
            Poll::Ready(())
        }));
        turn().await;
        let count = Rc::clone(&polls);
        spawn(poll_fn(move |_| {
            count.set(count.get() + 1);
            Poll::Pending
        }));
        turn().await;
        kept.take().expect("the first task ran").wake();
        turn().await;
    });
    assert_eq!(polls.get(), 1);
}

#[test]
fn slots_are_used_again() {
    run_with(Clock::Virtual, async {
        for _ in 0..100 {
            spawn_detached(Box::pin(turn()));
            delay(MS).await;
        }
        let executors = executor::current(|executor| executor.pending());
        assert_eq!(executors, Some(1));
        assert!(executor::current(|executor| executor.tasks.borrow().slots()).unwrap() <= 3);
    });
}

#[test]
fn a_dropped_sleep_leaves_nothing_behind() {
    run_with(Clock::Virtual, async {
        let timers = Timers::current().unwrap();
        for _ in 0..3 {
            let mut sleeps = vec![
                Box::pin(delay(MS)),
                Box::pin(delay(MS)),
                Box::pin(delay(2 * MS)),
            ];
            poll_fn(|cx| {
                assert!(
                    sleeps
                        .iter_mut()
                        .all(|sleep| sleep.as_mut().poll(cx).is_pending())
                );
                Poll::Ready(())
            })
            .await;
            assert_eq!((timers.pending(), timers.slots()), (3, 3));
            drop(sleeps.remove(1));
            // Dropped on another thread.
            let last = sleeps.pop();
            std::thread::spawn(move || drop(last)).join().unwrap();
            assert_eq!((timers.pending(), timers.slots()), (1, 1));
            drop(sleeps);
            assert_eq!((timers.pending(), timers.slots()), (0, 0));
        }
        assert_eq!(now(), Duration::ZERO);
    });
}

#[test]
fn a_sleep_wakes_the_last_waker_it_was_polled_with() {
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let counts = [0, 1].map(|_| Arc::new(Count(AtomicUsize::new(0))));
    run_with(Clock::Virtual, async {
        let mut sleep = Box::pin(delay(MS));
        for count in &counts {
            let waker = Waker::from(Arc::clone(count));
            let mut cx = std::task::Context::from_waker(&waker);
            for _ in 0..2 {
                assert!(sleep.as_mut().poll(&mut cx).is_pending());
            }
        }
        assert_eq!(Arc::strong_count(&counts[0]), 1);
        delay(2 * MS).await;
        sleep.await;
    });
    assert_eq!(counts.map(|count| count.0.load(Ordering::Relaxed)), [0, 1]);
}

/// Polls `sleep` once, as a task of the loop that runs here.
async fn look(sleep: &RefCell<std::pin::Pin<Box<crate::Sleep>>>) -> Poll<()> {
    poll_fn(|cx| Poll::Ready(sleep.borrow_mut().as_mut().poll(cx))).await
}

#[test]
fn a_sleep_that_has_moved_to_the_task_of_another_loop_wakes_that() {
    let [first, second] = [(); 2].map(|()| EventLoop::with_clock(Clock::Virtual));
    let sleep = Rc::new(RefCell::new(Box::pin(delay(MS))));
    // The tasks that look have the same place in both loops.
    assert!(first.run(look(&sleep)).is_pending());
    let done = Rc::new(Cell::new(false));
    second.run(async {
        assert!(look(&sleep).await.is_pending());
        let (sleep, done) = (Rc::clone(&sleep), Rc::clone(&done));
        spawn(async move {
            poll_fn(|cx| sleep.borrow_mut().as_mut().poll(cx)).await;
            done.set(true);
        });
    });
    second.run_until_idle();
    assert!(!done.get());
    first.run(delay(2 * MS));
    assert!(!done.get());
    second.run_until_idle();
    assert!(done.get());
    assert!(second.run(look(&sleep)).is_ready());
}

#[test]
fn a_sleep_that_has_moved_to_the_next_task_in_a_slot_wakes_that() {
    let sleep = Rc::new(RefCell::new(Box::pin(delay(2 * MS))));
    let done = Rc::new(Cell::new(false));
    run_with(Clock::Virtual, async {
        for _ in 0..2 {
            let sleep = Rc::clone(&sleep);
            // Gone after its first poll, so the next one takes its place.
            spawn(async move { assert!(look(&sleep).await.is_pending()) });
        }
        let (sleep, seen) = (Rc::clone(&sleep), Rc::clone(&done));
        spawn(async move {
            poll_fn(|cx| sleep.borrow_mut().as_mut().poll(cx)).await;
            seen.set(true);
        });
        delay(2 * MS).await;
        turn().await;
        assert!(done.get());
    });
}

#[test]
fn sleeps_and_callbacks_that_are_due_together_go_in_the_order_in_which_they_were_set() {
    let log = Rc::new(RefCell::new(Vec::new()));
    run_with(Clock::Virtual, async {
        for round in 0..3 {
            let (called, woken) = (Rc::clone(&log), Rc::clone(&log));
            set_timeout(move || called.borrow_mut().push((round, "call")), MS);
            spawn(async move {
                delay(MS).await;
                woken.borrow_mut().push((round, "wake"));
            });
        }
        delay(2 * MS).await;
    });
    let each = |round| [(round, "call"), (round, "wake")];
    assert_eq!(*log.borrow(), [each(0), each(1), each(2)].concat());
}

#[test]
fn many_waits_of_many_durations_end_in_order() {
    let log = Rc::new(RefCell::new(Vec::new()));
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async {
        for number in 0..500_u32 {
            let log = Rc::clone(&log);
            let wait = number * 7919 % 101;
            spawn(async move {
                delay(wait * MS).await;
                log.borrow_mut().push((now(), number));
            });
        }
    });
    event_loop.run_until_idle();
    let log = log.borrow();
    assert_eq!(log.len(), 500);
    assert!(log.is_sorted());
    let due = |&(at, number): &(Duration, u32)| at == (number * 7919 % 101) * MS;
    assert!(log.iter().all(due));
}

#[test]
fn each_round_of_wakes_from_outside_asks_for_one_poll() {
    let polls = Rc::new(Cell::new(0));
    let event_loop = EventLoop::new();
    let count = Rc::clone(&polls);
    event_loop.run(async {
        spawn(poll_fn(move |cx| {
            count.set(count.get() + 1);
            if count.get() < 4 {
                let waker = cx.waker().clone();
                let wakes = std::thread::spawn(move || (0..3).for_each(|_| waker.wake_by_ref()));
                wakes.join().unwrap();
            }
            Poll::Pending
        }));
    });
    assert_eq!(polls.get(), 1);
    event_loop.run_until_idle();
    assert_eq!((polls.get(), event_loop.executor.pending()), (4, 1));
}
