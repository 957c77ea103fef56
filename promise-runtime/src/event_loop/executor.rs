//! Runs the tasks: first come, first served, and a timer only when nothing is ready.

use super::Clock;
use super::callbacks::{Call, Callbacks};
use super::tasks::{Begun, Task, Tasks, Work};
use super::timers::{Next, Sleeper, Timers};
use super::waker::{Remote, TaskId, Woken};
use crate::browser;
use crate::hot::flat;
use crate::hot::jobs::{self, Entry, Polling, Queue};
use crate::hot::panics::Panics;
use crate::hot::{local, shared};
use std::boxed::Box;
use std::cell::{Cell, RefCell};
use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::string::{String, ToString};
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

std::thread_local! {
    static CURRENT: RefCell<Option<Rc<Executor>>> = const { RefCell::new(None) };
}

/// Looks at the loop that runs on this thread. Within `look` a loop can be neither entered nor left.
pub(super) fn current<T>(look: impl FnOnce(&Executor) -> T) -> Option<T> {
    if browser::HERE {
        return current_loop().map(|executor| look(&executor));
    }
    // While the thread ends there is no loop any more.
    CURRENT
        .try_with(|current| current.borrow().as_deref().map(look))
        .ok()
        .flatten()
}

/// The loop that runs on this thread; in a browser the thread's own one always does.
pub(super) fn current_loop() -> Option<Rc<Executor>> {
    let entered = CURRENT.try_with(|current| current.borrow().clone());
    match entered.ok().flatten() {
        None if browser::HERE => Some(super::own()),
        entered => entered,
    }
}

/// Whether a loop has been entered on this thread.
pub(super) fn is_entered() -> bool {
    CURRENT.with(|current| current.borrow().is_some())
}

/// Whether a loop runs on this thread.
pub(crate) fn entered() -> bool {
    current(|_| ()).is_some()
}

/// What the user called, for the messages.
pub(super) struct Run {
    pub(super) name: &'static str,
    /// What it runs.
    pub(super) main: &'static str,
}

/// One event loop. Its state is borrowed for moments only, never while anybody else's code runs.
pub(super) struct Executor {
    pub(super) tasks: RefCell<Tasks>,
    /// The microtasks while this loop is not the thread's current one.
    queue: RefCell<Queue>,
    woken: Arc<Woken>,
    /// What the promises of many threads hold. Made when the first asks for it.
    remote: RefCell<Option<Arc<Remote>>>,
    pub(super) timers: Arc<Timers>,
    pub(super) callbacks: RefCell<Callbacks>,
    /// How many timers were set, of both kinds.
    timers_made: Cell<u64>,
}

impl Executor {
    /// `number` is one that no other loop has. A `hosted` loop is run by the browser.
    pub(super) fn new(clock: Clock, number: u64, hosted: bool) -> Self {
        Self {
            tasks: RefCell::default(),
            queue: RefCell::default(),
            woken: Woken::new(number),
            remote: RefCell::default(),
            timers: Arc::new(Timers::new(clock, number, hosted)),
            callbacks: RefCell::new(Callbacks::new(hosted)),
            timers_made: Cell::new(0),
        }
    }

    pub(super) fn id(&self) -> u64 {
        self.woken.event_loop
    }

    /// How many tasks are pending, with the future given to `run`.
    pub(super) fn pending(&self) -> usize {
        self.tasks.borrow().len()
    }

    /// A number that no timer of this loop has had.
    #[inline]
    pub(super) fn number_timer(&self) -> NonZeroU64 {
        let made = self.timers_made.replace(self.timers_made.get() + 1);
        NonZeroU64::MIN.saturating_add(made)
    }

    /// How many timers have not fired yet.
    pub(super) fn pending_timers(&self) -> usize {
        self.timers.pending() + self.callbacks.borrow().pending()
    }

    /// Starts a task of nobody: polls it at once, and keeps it while it is pending.
    pub(super) fn spawn_detached(&self, task: Task) {
        let id = {
            let mut tasks = self.tasks.borrow_mut();
            let (id, waker) = tasks.open(&self.woken);
            tasks.keep(id, waker, || Work::Boxed(Some(task)));
            id
        };
        // Whoever starts it does not run it: a panic goes through the loop, as it would in a later turn.
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.poll_task(id))) {
            jobs::push(Entry::Call(Box::new(move || resume_unwind(panic))));
        }
    }

    /// Starts the future of a promise: polls it at once, and keeps it while it is pending.
    #[inline]
    pub(super) fn spawn_local(&self, task: local::DynWork) {
        let (id, waker) = self.tasks.borrow_mut().open(&self.woken);
        let pending = poll(id, &waker, |cx| task.begin(cx, &|_| local::Seat::Loop(id)));
        let mut tasks = self.tasks.borrow_mut();
        if pending {
            tasks.keep(id, waker, || Work::Local(task));
        } else {
            tasks.close_new(id, waker);
        }
    }

    /// The same for a promise of many threads.
    pub(super) fn spawn_shared(&self, task: shared::DynWork) {
        let (id, waker) = self.tasks.borrow_mut().open(&self.woken);
        let seat = |_: &Waker| shared::Seat::Loop(Arc::clone(&self.woken), id);
        let pending = poll(id, &waker, |cx| task.begin(cx, &seat));
        let mut tasks = self.tasks.borrow_mut();
        if pending {
            tasks.keep(id, waker, || Work::Shared(task));
        } else {
            tasks.close_new(id, waker);
        }
    }

    pub(super) fn remote(&self) -> Arc<Remote> {
        let remote = &mut *self.remote.borrow_mut();
        Arc::clone(remote.get_or_insert_with(|| Arc::new(Remote::new(&self.woken))))
    }

    #[track_caller]
    pub(super) fn run<F: Future>(self: &Rc<Self>, future: F, call: &Run) -> F::Output {
        let _entered = Entered::new(self, call.name);
        let (id, mut waker) = self.tasks.borrow_mut().open(&self.woken);
        let _main = Seat { executor: self, id };
        let mut future = pin!(future);
        loop {
            let poll = poll(id, &waker, |cx| future.as_mut().poll(cx));
            if let Poll::Ready(output) = poll {
                if jobs::is_empty() {
                    jobs::report_lost();
                }
                return output;
            }
            self.fetch();
            if jobs::pop_task(id) {
                self.tasks.borrow_mut().before_poll(id);
            } else {
                waker = self.run_others(id, waker, call);
            }
        }
    }

    #[track_caller]
    pub(super) fn run_until_idle(self: &Rc<Self>) {
        let _entered = Entered::new(self, "`event_loop::run_until_idle`");
        while let Some(entry) = self.next().or_else(|| self.next_after_timers()) {
            self.run_entry(entry);
        }
    }

    /// Runs tasks until it is `main`'s turn. `waker` is what `main` is polled with.
    #[track_caller]
    fn run_others(&self, main: TaskId, mut waker: Waker, call: &Run) -> Waker {
        loop {
            let entry = match self.next() {
                // Most are these. Out of the queue into registers: where they meet what comes after timers they would go through memory.
                Some(Entry::Local(job, index)) => {
                    job.run(index);
                    continue;
                }
                None => self.next_after_timers(),
                some => some,
            };
            match entry {
                Some(Entry::Task(id)) if id == main => {
                    self.tasks.borrow_mut().before_poll(main);
                    return waker;
                }
                Some(entry) => self.run_entry(entry),
                None => {
                    self.tasks.borrow_mut().give_back(main, waker);
                    self.wait_for_other_threads(call);
                    waker = self.tasks.borrow_mut().lend(main, &self.woken);
                }
            }
        }
    }

    fn run_entry(&self, entry: Entry) {
        match entry {
            Entry::Local(job, index) => job.run(index),
            Entry::Shared(job, index) => job.run(index),
            Entry::Call(call) => call(),
            Entry::Task(id) => self.poll_task(id),
        }
    }

    /// Runs what is ready, and what that makes ready.
    #[cfg(feature = "wasm")]
    pub(super) fn run_ready(&self) {
        loop {
            self.fetch();
            let Some(entry) = jobs::pop() else { break };
            // If this one traps, the others have their turns all the same.
            jobs::hand_over();
            self.run_entry(entry);
        }
    }

    /// Moves what has come from outside into the queue, which is this loop's.
    #[inline]
    pub(super) fn fetch(&self) {
        if !self.woken.is_empty() {
            self.fetch_arrivals();
        }
    }

    #[cold]
    fn fetch_arrivals(&self) {
        self.woken
            .fetch(|task| self.tasks.borrow_mut().note_arrival(task));
    }

    /// Whose turn it is.
    #[inline]
    fn next(&self) -> Option<Entry> {
        self.fetch();
        jobs::pop()
    }

    /// Nothing is ready: goes on to the timers until something is. `None` if there is none either.
    fn next_after_timers(&self) -> Option<Entry> {
        loop {
            // The hook may have made new jobs.
            if !jobs::report_suspects() {
                let call = self.callbacks.borrow().first();
                match self.timers.next(call.map(|(turn, _)| turn)) {
                    // Nothing else is ready, so it need not queue.
                    Some(Next::Fire(Sleeper::Task(task))) => return Some(Entry::Task(task)),
                    Some(Next::Fire(Sleeper::Waker(waker))) => waker.wake(),
                    Some(Next::Wait(time)) => wait(time),
                    None => {
                        let (turn, slot) = call?;
                        match self.timers.until(turn.at) {
                            Some(time) => wait(time),
                            None => self.call(slot),
                        }
                    }
                }
            }
            if let Some(entry) = self.next() {
                return Some(entry);
            }
        }
    }

    /// Calls the callback of a timer.
    pub(super) fn call(&self, slot: u32) {
        let fired = self.callbacks.borrow_mut().fire(slot);
        match fired {
            Some((_, Call::Once(call))) => call(),
            Some((id, Call::Repeat(mut call, period))) => {
                // As in Node, the period counts from the start of the callback.
                let start = self.timers.now_nanos();
                call();
                self.repeat(slot, id, Call::Repeat(call, period), start, period);
            }
            Some((_, Call::Nothing)) | None => {}
        }
    }

    fn poll_task(&self, id: TaskId) {
        // A task that is over may have been woken late.
        let begun = self.tasks.borrow_mut().begin(id, &self.woken);
        let Some((work, waker)) = begun else { return };
        match work {
            Begun::Local(task) => {
                let pending = poll(id, &waker, |cx| task.poll(cx));
                self.end(id, waker, pending);
            }
            Begun::Shared(task) => {
                let pending = poll(id, &waker, |cx| task.poll(cx));
                self.end(id, waker, pending);
            }
            Begun::Boxed(mut task) => {
                // A panic of this one passes through, and ends the task.
                let seat = Seat { executor: self, id };
                if poll(id, &waker, |cx| task.as_mut().poll(cx).is_pending()) {
                    self.tasks
                        .borrow_mut()
                        .keep(id, waker, || Work::Boxed(Some(task)));
                    std::mem::forget(seat);
                } else {
                    self.tasks.borrow_mut().give_back(id, waker);
                }
            }
        }
    }

    #[inline]
    fn end(&self, id: TaskId, waker: Waker, pending: bool) {
        let mut tasks = self.tasks.borrow_mut();
        if pending {
            tasks.give_back(id, waker);
        } else {
            let over = tasks.close(id, Some(waker));
            // The drop of what the promise holds is foreign code.
            drop(tasks);
            drop(over);
        }
    }

    /// Sleeps until something may have changed, if there is anybody who could change it.
    #[track_caller]
    fn wait_for_other_threads(&self, call: &Run) {
        if browser::HERE {
            cannot_wait();
        }
        let held = self.tasks.borrow_mut().take_held_waker();
        if let Some(waker) = held {
            if let Some(waker) = wait_for(waker) {
                self.tasks.borrow_mut().return_waker(waker);
            }
            return;
        }
        let remote = self
            .remote
            .borrow_mut()
            .take_if(|remote| Arc::strong_count(remote) > 1);
        if let Some(remote) = remote {
            let remote = wait_for(remote);
            self.remote.replace(remote);
            return;
        }
        // The last holder may have woken and gone since the queue was looked at. The fence makes the wake
        // visible to whoever saw the waker gone.
        fence(Ordering::Acquire);
        if self.woken.is_empty() && jobs::is_empty() {
            self.deadlock(call);
        }
    }

    #[track_caller]
    fn deadlock(&self, call: &Run) -> ! {
        let main = call.main;
        let tasks = self.pending() - 1;
        let timers = self.pending_timers();
        let mut awaited = String::new();
        for (number, place) in self.tasks.borrow().awaited().enumerate() {
            match number {
                0 => awaited.push_str("; awaited are promises created at "),
                1..8 => awaited.push_str(", "),
                _ => {
                    awaited.push_str(", …");
                    break;
                }
            }
            awaited.push_str(&place.to_string());
        }
        panic!(
            "the event loop is deadlocked: {main} is pending, {tasks} spawned tasks are pending, \
             {timers} timers are set, and nobody holds a waker that could end the wait{awaited}"
        );
    }
}

/// Sleeps for this time, unless something comes from outside.
fn wait(time: Duration) {
    if browser::HERE {
        cannot_wait();
    }
    thread::park_timeout(time);
}

/// JavaScript waits for no-one.
#[cold]
#[track_caller]
fn cannot_wait() -> ! {
    panic!(
        "the event loop would have to wait for a timer or for JavaScript, which goes on only when this has returned: \
         `.await` the future in an `async` function, or start it with `.spawn_local()`"
    );
}

/// Sleeps while somebody else holds this, unless it is woken for something else. `None` if nobody holds it any more.
fn wait_for<T>(held: Arc<T>) -> Option<Arc<T>> {
    // With only a weak reference left here, the last clone elsewhere unparks this thread when it is dropped, and the next round
    // looks for another one.
    let watch = Arc::downgrade(&held);
    drop(held);
    if watch.strong_count() > 0 {
        thread::park();
    }
    watch.upgrade()
}

impl Drop for Executor {
    fn drop(&mut self) {
        // What the tasks leave to do comes into this loop's queue. While the thread ends there is no queue.
        let former = jobs::event_loop();
        if former.is_some_and(|former| former != self.id()) {
            self.swap_queue(self.id());
        }
        // The tasks first: they cancel their own timers.
        let works = self.tasks.take().into_works();
        let mut panics = Panics::default();
        works.for_each(|work| panics.guard(|| work.shut_down()));
        let callbacks = self.callbacks.take();
        callbacks
            .into_calls()
            .for_each(|call| panics.guard(|| drop(call)));
        panics.guard(|| jobs::cancel(self.woken.close()));
        panics.guard(|| self.timers.close());
        if let Some(former) = former.filter(|&former| former != self.id()) {
            self.swap_queue(former);
        }
        // What the end of the thread's own loop has left is in the thread's queue, which ends next.
        panics.resume();
    }
}

/// Makes a loop the one that runs on this thread, until it is dropped.
pub(super) struct Entered<'a> {
    executor: &'a Executor,
    /// The loop whose queue was the thread's.
    former: u64,
    _suspended: flat::Suspended,
}

impl<'a> Entered<'a> {
    #[track_caller]
    fn new(executor: &'a Rc<Executor>, what: &str) -> Self {
        if is_entered() {
            panic!(
                "{what} inside an event loop that runs on this thread: `.await` the future instead"
            );
        }
        #[cfg(feature = "tokio")]
        if tokio::runtime::Handle::try_current().is_ok() {
            panic!(
                "{what} where a tokio runtime is entered would block it: `.await` the future instead, or, on a thread of \
                 `spawn_blocking`, give it to `Handle::block_on`"
            );
        }
        #[cfg(feature = "tokio")]
        if !browser::HERE {
            jobs::attend(true);
        }
        Self::take_place(executor)
    }

    /// JavaScript has called. What a trap has left entered is entered no more.
    #[cfg(feature = "wasm")]
    pub(super) fn from_host(executor: &'a Rc<Executor>) -> Self {
        Self::take_place(executor)
    }

    fn take_place(executor: &'a Rc<Executor>) -> Self {
        CURRENT.set(Some(Rc::clone(executor)));
        let former = jobs::event_loop().unwrap_or(executor.id());
        if former != executor.id() {
            executor.swap_queue(executor.id());
        }
        Self {
            executor,
            former,
            _suspended: flat::suspend(),
        }
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        if self.former != self.executor.id() {
            self.executor.swap_queue(self.former);
        }
        #[cfg(feature = "tokio")]
        if !browser::HERE {
            jobs::attend(false);
        }
        CURRENT.set(None);
        #[cfg(feature = "wasm")]
        if browser::HERE {
            super::host::leave();
        }
    }
}

impl Executor {
    /// Exchanges the thread's queue, which is that of `event_loop` from now on, with the one kept here.
    fn swap_queue(&self, event_loop: u64) {
        let queue = self.queue.take();
        let former = jobs::enter(event_loop, queue);
        self.queue.replace(former);
    }
}

/// The place of a task; given up when this is dropped, also by a panic.
struct Seat<'a> {
    executor: &'a Executor,
    id: TaskId,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let work = self.executor.tasks.borrow_mut().close(self.id, None);
        drop(work);
    }
}

/// Polls a task, which is known as the one that is being polled meanwhile.
#[inline]
fn poll<O>(id: TaskId, waker: &Waker, poll: impl FnOnce(&mut Context<'_>) -> O) -> O {
    struct Former(Polling);

    impl Drop for Former {
        fn drop(&mut self) {
            jobs::set_polling(self.0);
        }
    }

    let _former = Former(jobs::set_polling(Polling::new(id, waker)));
    poll(&mut Context::from_waker(waker))
}
