//! JavaScript's timers and microtasks, in Node's order.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use promise_runtime::event_loop::{
    Clock, EventLoop, TimerId, clear_interval, clear_timeout, delay, now, queue_microtask,
    run_until_idle, set_interval, set_timeout,
};
use promise_runtime::prelude::*;
use promise_tests::{ms, panic_message, virtually};

type Log = Rc<RefCell<Vec<String>>>;

fn write(log: &Log, event: &'static str) -> impl FnOnce() + use<> {
    let log = log.clone();
    move || log.borrow_mut().push(event.to_owned())
}

#[test]
fn timers_fire_by_time_then_by_creation() {
    let log = Log::default();
    virtually(async {
        for (name, time) in [("c", 3), ("a", 1), ("b", 2), ("a2", 1), ("b2", 2)] {
            set_timeout(write(&log, name), ms(time));
        }
        delay(ms(10)).await;
    });
    assert_eq!(*log.borrow(), ["a", "a2", "b", "b2", "c"]);
}

#[test]
fn less_than_a_millisecond_is_a_millisecond() {
    let log = Log::default();
    virtually(async {
        set_timeout(write(&log, "one"), ms(1));
        set_timeout(write(&log, "none"), Duration::ZERO);
        set_timeout(write(&log, "half"), Duration::from_micros(500));
        delay(ms(1)).await;
        delay(ms(1)).await;
    });
    assert_eq!(*log.borrow(), ["one", "none", "half"]);
}

#[test]
fn microtasks_drain_after_each_callback() {
    let log = Log::default();
    virtually(async {
        for (timer, micro, nested) in [("t1", "m1", "n1"), ("t2", "m2", "n2")] {
            let log = log.clone();
            set_timeout(
                move || {
                    log.borrow_mut().push(timer.to_owned());
                    let then = write(&log, nested);
                    let first = write(&log, micro);
                    queue_microtask(move || {
                        first();
                        drop(LocalPromise::<_, ()>::resolve(()).map(|()| then()));
                    });
                },
                ms(1),
            );
        }
        delay(ms(2)).await;
    });
    assert_eq!(*log.borrow(), ["t1", "m1", "n1", "t2", "m2", "n2"]);
}

#[test]
fn microtasks_reactions_and_tasks_share_one_queue() {
    let log = Log::default();
    virtually(async {
        queue_microtask(write(&log, "microtask 1"));
        let reaction = write(&log, "reaction");
        drop(LocalPromise::<_, ()>::resolve(()).map(|()| reaction()));
        let task = log.clone();
        drop(
            promise! { move (async move {
                task.borrow_mut().push("task starts".to_owned());
                LocalPromise::<_, ()>::resolve(()).await?;
                task.borrow_mut().push("task goes on".to_owned());
                Ok::<_, ()>(())
            }) }
            .spawn_local(),
        );
        queue_microtask(write(&log, "microtask 2"));
        delay(ms(1)).await;
    });
    assert_eq!(
        *log.borrow(),
        [
            "task starts",
            "microtask 1",
            "reaction",
            "task goes on",
            "microtask 2"
        ]
    );
}

#[test]
fn an_interval_is_set_again_after_its_callback() {
    let log = Log::default();
    virtually(async {
        let (count, times) = (Cell::new(0), log.clone());
        let id = Rc::new(Cell::new(None::<TimerId>));
        let own = id.clone();
        id.set(Some(set_interval(
            move || {
                times.borrow_mut().push(format!("tick at {:?}", now()));
                count.set(count.get() + 1);
                if count.get() == 3 {
                    clear_interval(own.get().expect("it is set"));
                }
            },
            ms(2),
        )));
        // Due with the second tick, and set after the first: it comes before that, which is set again later.
        set_timeout(write(&log, "timeout"), ms(4));
        delay(ms(20)).await;
    });
    assert_eq!(
        *log.borrow(),
        ["tick at 2ms", "timeout", "tick at 4ms", "tick at 6ms"]
    );
}

#[test]
fn an_interval_that_clears_itself_and_sets_a_timer_is_over() {
    let log = Log::default();
    virtually(async {
        let id = Rc::new(Cell::new(None::<TimerId>));
        let (own, events, ticks) = (id.clone(), log.clone(), Cell::new(0));
        id.set(Some(set_interval(
            move || {
                events.borrow_mut().push("tick".to_owned());
                ticks.set(ticks.get() + 1);
                if ticks.get() == 2 {
                    clear_interval(own.get().expect("it is set"));
                    // It gets the slot that has just become free.
                    set_timeout(write(&events, "timeout"), ms(5));
                }
            },
            ms(2),
        )));
        delay(ms(50)).await;
    });
    assert_eq!(*log.borrow(), ["tick", "tick", "timeout"]);
}

#[test]
fn clearing_drops_the_callback() {
    let alive = Rc::new(());
    virtually(async {
        let (one, two) = (alive.clone(), alive.clone());
        let timeout = set_timeout(move || drop(one), ms(1));
        let interval = set_interval(
            move || {
                let _alive = &two;
            },
            ms(1),
        );
        assert_eq!(Rc::strong_count(&alive), 3);
        clear_timeout(timeout);
        clear_interval(interval);
        assert_eq!(Rc::strong_count(&alive), 1);
        delay(ms(5)).await;
    });
}

#[test]
fn clearing_what_is_gone_does_nothing() {
    let calls = Rc::new(Cell::new(0));
    let count = |calls: &Rc<Cell<i32>>| {
        let calls = calls.clone();
        move || calls.set(calls.get() + 1)
    };
    virtually(async {
        let fired = set_timeout(count(&calls), ms(1));
        delay(ms(2)).await;
        // Its slot is another timer's by now.
        let next = set_timeout(count(&calls), ms(1));
        clear_timeout(fired);
        assert_ne!(fired, next);
        delay(ms(2)).await;
        clear_timeout(next);
    });
    assert_eq!(calls.get(), 2);
    let foreign = virtually(async { set_timeout(|| (), ms(1)) });
    let own = set_timeout(count(&calls), ms(1));
    clear_timeout(foreign);
    clear_interval(foreign);
    run_until_idle();
    assert_eq!(calls.get(), 3);
    clear_timeout(own);
}

#[test]
fn a_callback_may_clear_another_that_is_due() {
    let log = Log::default();
    virtually(async {
        let second = Rc::new(Cell::new(None));
        let cleared = second.clone();
        set_timeout(
            move || clear_timeout(cleared.get().expect("it is set")),
            ms(1),
        );
        second.set(Some(set_timeout(write(&log, "never"), ms(1))));
        delay(ms(5)).await;
    });
    assert!(log.borrow().is_empty());
}

#[test]
fn a_program_is_set_up_before_the_loop_runs() {
    let log = Log::default();
    set_timeout(write(&log, "timer"), ms(1));
    queue_microtask(write(&log, "microtask"));
    let reaction = write(&log, "reaction");
    drop(LocalPromise::<_, ()>::resolve(()).map(|()| reaction()));
    assert!(log.borrow().is_empty());
    run_until_idle();
    assert_eq!(*log.borrow(), ["microtask", "reaction", "timer"]);
}

#[test]
fn a_panic_of_a_callback_passes_through_and_the_loop_goes_on() {
    let log = Log::default();
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async {
        set_timeout(|| panic!("the timer's"), ms(1));
        queue_microtask(|| panic!("the microtask's"));
        set_timeout(write(&log, "next"), ms(1));
    });
    assert_eq!(
        panic_message(|| event_loop.run_until_idle()),
        "the microtask's"
    );
    assert_eq!(panic_message(|| event_loop.run_until_idle()), "the timer's");
    event_loop.run_until_idle();
    assert_eq!(*log.borrow(), ["next"]);
}

#[test]
fn the_end_of_the_loop_drops_the_callbacks() {
    let alive = Rc::new(());
    let event_loop = EventLoop::new();
    event_loop.run(async {
        let (one, two) = (alive.clone(), alive.clone());
        set_timeout(move || drop(one), ms(1));
        queue_microtask(move || drop(two));
    });
    assert_eq!(Rc::strong_count(&alive), 3);
    drop(event_loop);
    assert_eq!(Rc::strong_count(&alive), 1);
}

#[test]
fn each_loop_has_its_own_queue() {
    let log = Log::default();
    queue_microtask(write(&log, "own"));
    virtually(async {
        queue_microtask(write(&log, "other"));
        delay(ms(1)).await;
    });
    assert_eq!(*log.borrow(), ["other"]);
    run_until_idle();
    assert_eq!(*log.borrow(), ["other", "own"]);
}
