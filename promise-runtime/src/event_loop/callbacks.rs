//! JavaScript's timers and microtasks: functions that the loop calls.

use super::executor::{Call, Callback, Executor};
use super::{executor, own_if_alive};
use crate::hot::jobs;
use std::boxed::Box;
use std::rc::Rc;
use std::time::Duration;

/// Names a timer of [`set_timeout`] or [`set_interval`].
///
/// ```
/// use promise_runtime::event_loop::{TimerId, clear_timeout, set_timeout};
/// use std::time::Duration;
///
/// let timer: TimerId = set_timeout(|| unreachable!(), Duration::from_millis(1));
/// clear_timeout(timer);
/// promise_runtime::event_loop::run_until_idle();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimerId {
    event_loop: u64,
    slot: u32,
    number: u64,
}

/// Calls `callback` once, after `delay` and when nothing else is ready; after it the microtasks run, as in Node.
///
/// Of the loop that runs on this thread, or else of the thread's own. A delay below a millisecond counts as one, as in Node.
/// Callbacks for the same time are called in the order in which they were set. A panic of the callback passes through `run`. Dropping
/// the loop drops the callback uncalled, and so does this function while the thread ends.
///
/// ```
/// use promise_runtime::event_loop::{run_until_idle, set_timeout};
/// use std::{cell::RefCell, rc::Rc, time::Duration};
///
/// let log = Rc::new(RefCell::new(Vec::new()));
/// for (name, delay) in [("later", 2), ("soon", 1)] {
///     let log = log.clone();
///     set_timeout(move || log.borrow_mut().push(name), Duration::from_millis(delay));
/// }
/// run_until_idle();
/// assert_eq!(*log.borrow(), ["soon", "later"]);
/// ```
pub fn set_timeout(callback: impl FnOnce() + 'static, delay: Duration) -> TimerId {
    set(Call::Once(Box::new(callback)), delay)
}

/// Calls `callback` again and again, each time `period` after the call before began, until it is cleared; as in Node it is set again
/// when that has returned.
///
/// What is said of [`set_timeout`] holds here too. [`run_until_idle`](super::run_until_idle) does not return while an interval is set; the
/// callback itself may clear it.
///
/// ```
/// use promise_runtime::event_loop::{clear_interval, run_until_idle, set_interval};
/// use std::{cell::Cell, rc::Rc, time::Duration};
///
/// let timer = Rc::new(Cell::new(None));
/// let (mut calls, own) = (0, timer.clone());
/// timer.set(Some(set_interval(
///     move || {
///         calls += 1;
///         if calls == 3 {
///             own.take().map(clear_interval);
///         }
///     },
///     Duration::from_millis(1),
/// )));
/// run_until_idle();
/// assert_eq!(timer.get(), None);
/// ```
pub fn set_interval(callback: impl FnMut() + 'static, period: Duration) -> TimerId {
    let nanos = at_least_a_millisecond(period);
    set(Call::Repeat(Box::new(callback), nanos), period)
}

/// Forgets a timer of [`set_timeout`] and drops its callback. Does nothing if it has been called, or was set in another loop.
///
/// ```
/// use promise_runtime::event_loop::{clear_timeout, run_until_idle, set_timeout};
/// use std::time::Duration;
///
/// let timer = set_timeout(|| unreachable!(), Duration::from_millis(1));
/// clear_timeout(timer);
/// run_until_idle();
/// ```
pub fn clear_timeout(id: TimerId) {
    clear(id);
}

/// Forgets a timer of [`set_interval`] and drops its callback. Does nothing if it is cleared already, or was set in another loop.
///
/// ```
/// use promise_runtime::event_loop::{clear_interval, run_until_idle, set_interval};
/// use std::time::Duration;
///
/// let timer = set_interval(|| unreachable!(), Duration::from_millis(1));
/// clear_interval(timer);
/// run_until_idle();
/// ```
pub fn clear_interval(id: TimerId) {
    clear(id);
}

/// Calls `job` after everything that is ready now, and before any timer.
///
/// It has its place in the one queue of promise reactions and woken tasks. A panic passes through `run`.
///
/// ```
/// use promise_runtime::event_loop::{queue_microtask, run_until_idle};
/// use std::{cell::Cell, rc::Rc};
///
/// let done = Rc::new(Cell::new(false));
/// let seen = done.clone();
/// queue_microtask(move || seen.set(true));
/// assert!(!done.get());
/// run_until_idle();
/// assert!(done.get());
/// ```
pub fn queue_microtask(job: impl FnOnce() + 'static) {
    jobs::push_callback(job);
}

fn at_least_a_millisecond(time: Duration) -> u64 {
    let time = time.max(Duration::from_millis(1));
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The loop that runs on this thread, or else the thread's own. `None` while the thread ends.
fn current_or_own() -> Option<Rc<Executor>> {
    executor::current_loop().or_else(own_if_alive)
}

fn set(call: Call, delay: Duration) -> TimerId {
    let Some(executor) = current_or_own() else {
        // Nobody is going to call it.
        return TimerId {
            event_loop: 0,
            slot: 0,
            number: 0,
        };
    };
    let slot = executor.timers.add_callback(at_least_a_millisecond(delay));
    let number = executor.number_callback();
    executor.callbacks.borrow_mut().insert(
        slot,
        Callback {
            number,
            call: Some(call),
        },
    );
    TimerId {
        event_loop: executor.id(),
        slot,
        number,
    }
}

fn clear(id: TimerId) {
    let Some(executor) = current_or_own().filter(|executor| executor.id() == id.event_loop) else {
        return;
    };
    let known = executor
        .callbacks
        .borrow()
        .get(&id.slot)
        .is_some_and(|callback| callback.number == id.number);
    if !known {
        return;
    }
    let callback = executor.callbacks.borrow_mut().remove(&id.slot);
    executor.timers.cancel(id.slot);
    drop(callback);
}
