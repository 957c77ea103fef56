//! JavaScript's timers and microtasks: functions that the loop calls.

use super::deadlines::{Deadlines, Turn};
use super::executor::Executor;
use super::hosted::{Hosted, Kind};
use super::{executor, own_if_alive};
use crate::hot::jobs;
use crate::trace;
use std::boxed::Box;
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
/// the loop drops the callback uncalled, and so does this function while the thread ends. With feature `tracing` it is called, and dropped, in the
/// span that is current here.
///
/// On an executor that is none of the project's nobody runs the thread's own loop, so nobody calls: wait with [`delay`](super::delay) there.
///
/// # Panics
///
/// With feature `tokio` inside a tokio runtime, unless an event loop runs on this thread: for the reason above.
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
#[track_caller]
pub fn set_timeout(callback: impl FnOnce() + 'static, delay: Duration) -> TimerId {
    set(Call::Once(Box::new(trace::callback(callback))), delay)
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
#[track_caller]
pub fn set_interval(callback: impl FnMut() + 'static, period: Duration) -> TimerId {
    let nanos = at_least_a_millisecond(period);
    set(
        Call::Repeat(Box::new(trace::repeated(callback)), nanos),
        period,
    )
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
/// It has its place in the one queue of promise reactions and woken tasks: of the loop that runs on this thread, of a tokio `LocalSet`, or else
/// of the thread's own loop, which keeps it until that runs. A panic passes through `run`. With feature `tracing` it is called in the
/// span that is current here.
///
/// # Panics
///
/// With feature `tokio` inside a tokio runtime without a `LocalSet`.
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
    jobs::push_callback(trace::callback(job));
}

fn at_least_a_millisecond(time: Duration) -> u64 {
    let time = time.max(Duration::from_millis(1));
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// What a timer calls.
#[derive(Default)]
pub(super) enum Call {
    /// It has been called, or an interval's is running.
    #[default]
    Nothing,
    Once(Box<dyn FnOnce()>),
    /// With the period in nanoseconds.
    Repeat(Box<dyn FnMut()>, u64),
}

/// A call, and the number that the timer had when it was set: 0 if it never was.
#[derive(Default)]
struct Callback {
    id: u64,
    call: Call,
}

/// The timers of one loop that call. Nothing here runs foreign code.
#[derive(Default)]
pub(super) struct Callbacks {
    deadlines: Deadlines<Callback>,
    hosted: Option<Hosted>,
}

impl Callbacks {
    pub(super) fn new(hosted: bool) -> Self {
        Self {
            deadlines: Deadlines::default(),
            hosted: Hosted::new(Kind::Call, hosted),
        }
    }

    pub(super) fn pending(&self) -> usize {
        self.deadlines.pending()
    }

    /// The first to be called, and when; none where JavaScript calls.
    #[inline]
    pub(super) fn first(&self) -> Option<(Turn, u32)> {
        if self.hosted.is_some() {
            return None;
        }
        self.deadlines.first()
    }

    #[inline]
    fn add(&mut self, call: Call, turn: Turn, nanos: u64) -> u32 {
        let id = turn.number.get();
        let slot = self.deadlines.open(Callback { id, call });
        self.set(slot, turn, nanos);
        slot
    }

    fn set(&mut self, slot: u32, turn: Turn, nanos: u64) {
        self.deadlines.join(slot, turn, nanos);
        if let Some(hosted) = &mut self.hosted {
            hosted.set(slot, turn, nanos);
        }
    }

    /// Takes a timer that is due out of its line, and its call. The slot of an interval stays.
    #[inline]
    pub(super) fn fire(&mut self, slot: u32) -> Option<(u64, Call)> {
        self.deadlines.leave(slot);
        let callback = self.deadlines.get_mut(slot)?;
        let (id, call) = (callback.id, std::mem::take(&mut callback.call));
        if matches!(call, Call::Once(_)) {
            self.deadlines.close(slot);
        }
        Some((id, call))
    }

    /// The timer of this number, if it is still set.
    fn remove(&mut self, slot: u32, id: u64) -> Option<Call> {
        self.deadlines
            .get_mut(slot)
            .filter(|known| known.id == id)?;
        if let Some(hosted) = &mut self.hosted {
            hosted.clear(slot);
        }
        Some(self.deadlines.close(slot).call)
    }

    /// Whether JavaScript may call for this slot: not if it is another timer's by now, or has longer to wait.
    #[cfg(feature = "wasm")]
    pub(super) fn is_over(&mut self, slot: u32, number: u64) -> bool {
        let turn = self.deadlines.turn(slot);
        let (Some(turn), Some(hosted)) = (turn, &mut self.hosted) else {
            return false;
        };
        turn.number.get() == number && hosted.is_over(slot, turn)
    }

    /// The loop ends.
    pub(super) fn into_calls(mut self) -> impl Iterator<Item = Call> {
        let calls: std::vec::Vec<_> = self
            .deadlines
            .stop()
            .map(|callback| callback.call)
            .collect();
        calls.into_iter()
    }
}

impl Executor {
    /// Calls after `nanos`.
    #[inline]
    fn call_after(&self, call: Call, nanos: u64) -> TimerId {
        let at = self.timers.now_nanos().saturating_add(nanos);
        let number = self.number_timer();
        let slot = self
            .callbacks
            .borrow_mut()
            .add(call, Turn { at, number }, nanos);
        TimerId {
            event_loop: self.id(),
            slot,
            number: number.get(),
        }
    }

    /// An interval has been called: sets it again, unless it has cleared itself.
    pub(super) fn repeat(&self, slot: u32, id: u64, call: Call, start: u64, period: u64) {
        let mut callbacks = self.callbacks.borrow_mut();
        // The slot may be another timer's by now.
        let own = callbacks
            .deadlines
            .get_mut(slot)
            .filter(|known| known.id == id);
        let Some(callback) = own else {
            // The drop is foreign code.
            drop(callbacks);
            return drop(call);
        };
        callback.call = call;
        let at = start.saturating_add(period);
        let number = self.number_timer();
        callbacks.set(slot, Turn { at, number }, period);
    }
}

#[inline]
#[track_caller]
fn set(call: Call, delay: Duration) -> TimerId {
    let nanos = at_least_a_millisecond(delay);
    let mut call = Some(call);
    let mut set = |executor: &Executor| executor.call_after(call.take().unwrap_or_default(), nanos);
    let id = executor::current(&mut set).or_else(|| {
        #[cfg(feature = "tokio")]
        must_not_be_on_tokio();
        own_if_alive().map(|own| set(&own))
    });
    // While the thread ends nobody is going to call it.
    id.unwrap_or(TimerId {
        event_loop: 0,
        slot: 0,
        number: 0,
    })
}

/// A runtime keeps the thread's own loop from running.
#[cfg(feature = "tokio")]
#[track_caller]
fn must_not_be_on_tokio() {
    assert!(
        tokio::runtime::Handle::try_current().is_err(),
        "in a tokio runtime no event loop runs on this thread, so nobody would call this back: wait with `delay`, which goes by \
         tokio's timer there, in a chain `.delay(…)` or `Promise.delay(…)`; or run the program on an event loop, inside `event_loop::run`"
    );
}

fn clear(id: TimerId) {
    let remove = |executor: &Executor| {
        let ours = executor.id() == id.event_loop;
        ours.then(|| executor.callbacks.borrow_mut().remove(id.slot, id.number))
    };
    let call = executor::current(remove).or_else(|| own_if_alive().map(|own| remove(&own)));
    drop(call);
}
