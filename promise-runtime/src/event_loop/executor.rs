//! Runs the tasks: first come, first served, and a timer only when nothing is ready.

use super::Clock;
use super::tasks::{Task, Tasks};
use super::timers::{Next, Timers};
use super::waker::{TaskId, Woken};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};
use std::task::{Context, Poll, Waker};
use std::thread;

std::thread_local! {
    static CURRENT: RefCell<Option<Rc<Executor>>> = const { RefCell::new(None) };
}

/// Looks at the loop that runs on this thread.
pub(super) fn current<T>(look: impl FnOnce(&Executor) -> T) -> Option<T> {
    // While the thread ends there is no loop any more.
    CURRENT
        .try_with(|current| current.borrow().as_deref().map(look))
        .ok()
        .flatten()
}

/// Whether a loop runs on this thread.
pub(crate) fn entered() -> bool {
    current(|_| ()).is_some()
}

/// One event loop. Its state is borrowed for moments only, never while anybody else's code runs.
pub(super) struct Executor {
    pub(super) tasks: RefCell<Tasks>,
    /// Woken tasks that were moved over from `woken`, which come first.
    ready: RefCell<VecDeque<TaskId>>,
    woken: Arc<Woken>,
    pub(super) timers: Arc<Timers>,
}

impl Executor {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            tasks: RefCell::default(),
            ready: RefCell::default(),
            woken: Arc::new(Woken::new()),
            timers: Arc::new(Timers::new(clock)),
        }
    }

    /// How many tasks are pending, with the future given to `run`.
    pub(super) fn pending(&self) -> usize {
        self.tasks.borrow().len()
    }

    pub(super) fn spawn(&self, task: Task) {
        let id = self.tasks.borrow_mut().insert(Some(task));
        self.woken.push(id);
    }

    #[track_caller]
    pub(super) fn run<F: Future>(self: &Rc<Self>, future: F) -> F::Output {
        let _entered = Entered::new(self, "run");
        let main = Seat {
            executor: self,
            id: self.tasks.borrow_mut().insert(None),
        };
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = main.poll(future.as_mut()) {
                return output;
            }
            self.run_others(main.id);
        }
    }

    #[track_caller]
    pub(super) fn run_until_idle(self: &Rc<Self>) {
        let _entered = Entered::new(self, "run_until_idle");
        while let Some(id) = self.next() {
            self.poll_task(id);
        }
    }

    /// Runs tasks until it is `main`'s turn.
    #[track_caller]
    fn run_others(&self, main: TaskId) {
        loop {
            match self.next() {
                Some(id) if id == main => return,
                Some(id) => self.poll_task(id),
                None => self.wait_for_other_threads(),
            }
        }
    }

    /// Whose turn it is. Waits for timers; `None` when there is no timer either.
    fn next(&self) -> Option<TaskId> {
        loop {
            if let Some(id) = self.next_ready() {
                return Some(id);
            }
            match self.timers.next() {
                Next::Fire(waker) => waker.wake(),
                Next::Wait(time) => thread::park_timeout(time),
                Next::Empty => return None,
            }
        }
    }

    fn next_ready(&self) -> Option<TaskId> {
        let ready = &mut *self.ready.borrow_mut();
        if ready.is_empty() {
            self.woken.swap(ready);
        }
        ready.pop_front()
    }

    fn poll_task(&self, id: TaskId) {
        // A task that is over may have been woken late.
        let Some(mut task) = self.tasks.borrow_mut().take(id) else {
            return;
        };
        let seat = Seat { executor: self, id };
        if seat.poll(task.as_mut()).is_pending() {
            seat.keep(task);
        }
    }

    /// Sleeps until something may have changed, if there is anybody who could change it.
    #[track_caller]
    fn wait_for_other_threads(&self) {
        let held = self.tasks.borrow_mut().take_held_waker();
        let Some(waker) = held else {
            // The last holder may have woken and gone since the queue was looked at. The fence makes the wake
            // visible to whoever saw the waker gone.
            fence(Ordering::Acquire);
            if self.woken.is_empty() {
                self.deadlock();
            }
            return;
        };
        // With only a weak reference left here, the last clone elsewhere unparks this thread when it is dropped,
        // and the next round looks for another one.
        let watch = Arc::downgrade(&waker);
        drop(waker);
        if watch.strong_count() > 0 {
            thread::park();
        }
        if let Some(waker) = watch.upgrade() {
            self.tasks.borrow_mut().return_waker(waker);
        }
    }

    #[track_caller]
    fn deadlock(&self) -> ! {
        let tasks = self.pending() - 1;
        let timers = self.timers.pending();
        panic!(
            "the event loop is deadlocked: the future given to `run` is pending, {tasks} spawned tasks are pending, \
             {timers} timers are set, and nobody holds a waker that could end the wait"
        );
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        // The tasks first: they cancel their own timers.
        drop(self.tasks.take());
        self.timers.close();
    }
}

/// Makes a loop the one that runs on this thread, until it is dropped.
struct Entered;

impl Entered {
    #[track_caller]
    fn new(executor: &Rc<Executor>, what: &str) -> Self {
        if entered() {
            panic!(
                "`event_loop::{what}` inside an event loop that runs on this thread: `.await` the future instead"
            );
        }
        #[cfg(feature = "tokio")]
        if tokio::runtime::Handle::try_current().is_ok() {
            panic!(
                "`event_loop::{what}` inside a tokio runtime would block it: `.await` the future instead"
            );
        }
        CURRENT.set(Some(Rc::clone(executor)));
        Self
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(None);
    }
}

/// The place of a task in its turn; given up when this is dropped, also by a panic.
struct Seat<'a> {
    executor: &'a Executor,
    id: TaskId,
}

impl Seat<'_> {
    fn poll<F: Future + ?Sized>(&self, future: Pin<&mut F>) -> Poll<F::Output> {
        let waker = self
            .executor
            .tasks
            .borrow_mut()
            .waker(self.id, &self.executor.woken);
        waker.before_poll();
        future.poll(&mut Context::from_waker(&Waker::from(waker)))
    }

    fn keep(self, task: Task) {
        self.executor.tasks.borrow_mut().put_back(self.id, task);
        std::mem::forget(self);
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let task = self.executor.tasks.borrow_mut().remove(self.id);
        drop(task);
    }
}
