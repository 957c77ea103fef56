//! The built-in executor: one thread, first come, first served, with timers and an optional virtual clock.
//!
//! [`run`] runs a future on this thread's own loop, which stays for the next `run`; an [`EventLoop`] of your own can
//! have a [virtual clock](Clock::Virtual). The order is JavaScript's: everything that is ready runs in the order
//! it was woken, and only when nothing is ready any more the next timer fires, one at a time, in the order of their
//! times and then of their creation. So tasks that wake themselves for ever keep the timers from firing.
//!
//! # In a browser or Node
//!
//! With feature `wasm` on `wasm32-unknown-unknown` JavaScript runs the thread's own loop, and nobody calls [`run`]: a chain is
//! started with `.spawn_local()`, or awaited in an `async` function that JavaScript calls. All our reactions, callbacks and woken tasks are in one
//! queue, in Node's order, which one microtask of JavaScript runs until it is empty; JavaScript's own microtasks come before or after.
//! Each timer is one of `setTimeout`, in whole milliseconds rounded up, and goes by the host's clock, which in Node may be a millisecond early.
//! Dropping a [`Sleep`](crate::Sleep) clears it. Rejections that nobody has handled are decided in a task of their own, as in HTML, and reported by
//! `console.error`. [`run`] and `block_on` work as long as nothing has to wait for a timer or for JavaScript, and panic then; a loop with a
//! [virtual clock](Clock::Virtual) works as everywhere. A panic aborts the turn, as everywhere on that target; what is in the queue goes on.
//! Other workers cannot wake what runs here.

mod callbacks;
mod deadlines;
mod executor;
#[cfg(feature = "wasm")]
mod host;
mod hosted;
mod marks;
mod tasks;
#[cfg(test)]
mod tests;
mod timers;
mod waker;

use crate::browser;
use crate::hot::jobs;
use crate::hot::{local, shared};
pub use crate::timer::delay;
use crate::trace;
pub use callbacks::{
    TimerId, clear_interval, clear_timeout, queue_microtask, set_interval, set_timeout,
};
pub(crate) use executor::entered;
use executor::{Executor, Run};
#[cfg(all(feature = "wasm", target_arch = "wasm32", target_os = "unknown"))]
pub(crate) use host::{report_turn, timer_is_due, turn};
use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
pub(crate) use tasks::{SendTask, Task};
#[cfg(any(feature = "patterns", test))]
pub(crate) use timers::Timers;
pub(crate) use timers::Wait;
pub(crate) use waker::{Remote, TaskId, Woken};

std::thread_local! {
    /// The loop of the functions that name none.
    static OWN: Own = Own {
        executor: Rc::new(Executor::new(Clock::Real, jobs::own_event_loop(), browser::HERE)),
    };
}

/// The loop that ends with its thread.
struct Own {
    executor: Rc<Executor>,
}

impl Drop for Own {
    fn drop(&mut self) {
        trace::thread_ends();
    }
}

/// Runs `future` on this thread's event loop and returns its output.
///
/// Tasks that are still pending then stay with the loop and go on in its next `run` or [`run_until_idle`]; those
/// left when the thread ends are dropped. Waits for timers, and for whatever may come from another thread.
///
/// # Panics
///
/// Panics when nothing can make progress any more, and says what was waited for; inside an event loop that runs on
/// this thread; and with feature `tokio` inside a tokio runtime. A panic of the future or of a task
/// passes through; the loop can be used again.
///
/// # What it waits for
///
/// Nothing can make progress when nothing is ready, no timer is set, and nobody holds a waker of this loop. A waker may be woken on any thread, so
/// whoever holds one is waited for, also if it is on this thread that it is held: by a channel, a lock, a paused
/// `Pool`, a [`Promise`](crate::Promise) or a `promise_runtime::with_resolvers` whose resolver nobody will call. Then this
/// function waits for ever, without using the processor; a `.timeout(…)` of the chain ends the wait. What never leaves its thread is told
/// apart: a pending [`LocalPromise`](crate::LocalPromise) is a deadlock although its resolvers are still there.
///
/// ```
/// use promise_runtime::{delay, event_loop};
/// use std::time::Duration;
///
/// let sum = event_loop::run(async {
///     delay(Duration::from_millis(1)).await;
///     1 + 2
/// });
/// assert_eq!(sum, 3);
/// ```
#[track_caller]
pub fn run<F: IntoFuture>(future: F) -> F::Output {
    own().run(future.into_future(), RUN)
}

const RUN: &Run = &Run {
    name: "`event_loop::run`",
    main: "the future given to `run`",
};

/// [`run`] under the name of a chain's method.
#[track_caller]
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let call = Run {
        name: "`.block_on()`",
        main: "the chain of `.block_on()`",
    };
    own().run(future, &call)
}

/// Runs `future` on a new event loop with this clock, which ends with it.
///
/// Tasks that are still pending then are dropped. Panics as [`run`] does.
///
/// ```
/// use promise_runtime::event_loop::{self, Clock, delay};
/// use std::time::Duration;
///
/// let hour = Duration::from_secs(60 * 60);
/// event_loop::run_with(Clock::Virtual, async {
///     delay(hour).await; // takes no time
///     assert_eq!(event_loop::now(), hour);
/// });
/// ```
#[track_caller]
pub fn run_with<F: IntoFuture>(clock: Clock, future: F) -> F::Output {
    EventLoop::with_clock(clock).run(future)
}

/// Runs the tasks of this thread's event loop until none is ready and no timer is set.
///
/// Waits for timers, not for other threads. Panics inside an event loop that runs on this thread, and with
/// feature `tokio` inside a tokio runtime.
///
/// ```
/// # use promise_runtime::event_loop;
/// event_loop::run_until_idle();
/// ```
#[track_caller]
pub fn run_until_idle() {
    own().run_until_idle();
}

/// The time on the clock of the event loop that runs here, counted from the loop's creation.
///
/// Panics outside an event loop.
///
/// ```
/// use promise_runtime::event_loop::{self, Clock};
/// use std::time::Duration;
///
/// event_loop::run_with(Clock::Virtual, async {
///     assert_eq!(event_loop::now(), Duration::ZERO);
/// });
/// ```
#[track_caller]
pub fn now() -> Duration {
    match executor::current(|executor| executor.timers.now()) {
        Some(now) => now,
        None => panic!(
            "`event_loop::now` outside an event loop: call it in a future given to `event_loop::run`"
        ),
    }
}

/// What an event loop goes by.
///
/// ```
/// use promise_runtime::event_loop::Clock;
/// assert_eq!(Clock::default(), Clock::Real);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clock {
    /// The system's monotonic clock.
    #[default]
    Real,
    /// Starts at zero and stands still while anything is ready; then jumps to the next timer, without waiting.
    ///
    /// For tests: hours pass at once and in the same order every time. It does not wait for other threads while a timer
    /// is set.
    Virtual,
}

/// An event loop of your own, with its own tasks, timers and clock.
///
/// Dropping it drops its pending tasks. It stays on the thread that made it.
///
/// ```
/// use promise_runtime::event_loop::{Clock, EventLoop, delay};
/// use std::time::Duration;
///
/// let event_loop = EventLoop::with_clock(Clock::Virtual);
/// event_loop.run(delay(Duration::from_secs(1)));
/// event_loop.run(delay(Duration::from_secs(2)));
/// assert_eq!(event_loop.now(), Duration::from_secs(3));
/// ```
pub struct EventLoop {
    executor: Rc<Executor>,
}

impl EventLoop {
    /// A loop that goes by the system's clock.
    pub fn new() -> Self {
        Self::with_clock(Clock::Real)
    }

    /// A loop that goes by `clock`.
    pub fn with_clock(clock: Clock) -> Self {
        Self {
            executor: Rc::new(Executor::new(clock, jobs::number_event_loop(), false)),
        }
    }

    /// Runs `future` and returns its output, as the function [`run`] does on this thread's own loop.
    #[track_caller]
    pub fn run<F: IntoFuture>(&self, future: F) -> F::Output {
        self.executor.run(future.into_future(), RUN)
    }

    /// Runs tasks until none is ready and no timer is set, as the function [`run_until_idle`] does.
    #[track_caller]
    pub fn run_until_idle(&self) {
        self.executor.run_until_idle();
    }

    /// The time on the loop's clock, counted from its creation.
    pub fn now(&self) -> Duration {
        self.executor.timers.now()
    }
}

impl Default for EventLoop {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for EventLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLoop")
            .field("now", &self.now())
            .field("tasks", &self.executor.pending())
            .field("timers", &self.executor.pending_timers())
            .finish()
    }
}

/// Hands a task to the event loop that runs on this thread, which polls it at once.
#[track_caller]
pub(crate) fn spawn_detached_local(task: Task) {
    let executor = executor::current_loop();
    let executor =
        executor.expect("no event loop runs on this thread: detach inside `event_loop::run`");
    executor.spawn_detached(task);
}

/// Polls the future of a promise at once, and keeps it while it is pending; an event loop runs on this thread.
#[inline]
pub(crate) fn spawn_local(task: local::DynWork) {
    #[cfg(feature = "wasm")]
    if browser::HERE {
        return host::enter(|executor| executor.spawn_local(task));
    }
    executor::current(|executor| executor.spawn_local(task));
}

/// As [`spawn_local`], for one that could run on any thread.
pub(crate) fn spawn_shared(task: shared::DynWork) {
    #[cfg(feature = "wasm")]
    if browser::HERE {
        return host::enter(|executor| executor.spawn_shared(task));
    }
    executor::current(|executor| executor.spawn_shared(task));
}

/// The task that is being polled awaits a pending promise created there; said when nothing can go on.
pub(crate) fn note_wait(task: TaskId, place: &'static Location<'static>) {
    executor::current(|executor| executor.tasks.borrow_mut().note_wait(task, place));
}

/// What promises keep of the loop that runs on this thread, to have their handlers run there.
pub(crate) fn remote() -> Option<Arc<Remote>> {
    executor::current(Executor::remote)
}

/// As [`spawn_detached_local`], for a task that could run on any thread.
#[track_caller]
pub(crate) fn spawn_detached(task: SendTask) {
    spawn_detached_local(task);
}

/// The executor of the functions that name no loop.
fn own() -> Rc<Executor> {
    OWN.with(|own| Rc::clone(&own.executor))
}

/// The same, unless the thread ends and that loop is gone.
fn own_if_alive() -> Option<Rc<Executor>> {
    OWN.try_with(|own| Rc::clone(&own.executor)).ok()
}

/// Nothing panics while it holds one of this module's locks, so a poisoned one is sound.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
