//! The microtasks of a thread: one queue, first come, first served, of reactions, callbacks and woken tasks.
//!
//! Whoever runs on the thread drains it. An event loop that is entered brings its own queue and takes it away again; outside of
//! one, jobs wait in the queue of the thread's own loop.

mod ring;

use self::ring::Ring;
use super::panics::Panics;
use super::{TaskId, local, shared};
#[cfg(any(feature = "tokio", feature = "wasm"))]
use crate::browser;
use crate::sync::AtomicU64;
use crate::trace;
use core::task::RawWakerVTable;
use std::boxed::Box;
use std::cell::{Cell, RefCell};
use std::sync::atomic::Ordering;
use std::task::Waker;
use std::vec::Vec;
use std::{mem, ptr};

/// What has a turn. Numbers say which of several sources of a promise has settled.
pub(crate) enum Entry {
    /// A function.
    Call(Box<dyn FnOnce()>),
    /// One step of a promise of this thread.
    Local(local::DynJob, u32),
    /// One step of a promise of many threads.
    Shared(shared::DynJob, u32),
    /// A task that was woken.
    Task(TaskId),
}

impl Entry {
    /// Nobody runs it.
    fn cancel(self) {
        match self {
            Self::Local(job, index) => job.cancel(index),
            Self::Shared(job, index) => job.cancel(index),
            Self::Call(_) | Self::Task(_) => {}
        }
    }
}

/// The microtasks of one event loop.
#[derive(Default)]
pub(crate) struct Queue {
    entries: Ring<Entry>,
    /// By the slots of the tasks: the generation of the one that is in the queue already, or 0.
    queued: Vec<u32>,
    /// Promises that were rejected with nobody to handle it, or wait in vain; decided once the entries have run.
    suspects: Vec<local::Untyped>,
    /// How many of them there may be before they are looked through.
    look_at: usize,
}

struct Thread {
    queue: RefCell<Queue>,
    /// The loop that the queue is of; 0 for the thread's own as long as nobody has asked.
    event_loop: Cell<u64>,
    /// The thread's own loop; 0 as long as nobody has asked.
    own: Cell<u64>,
    /// Somebody is going to run what is in the queue: an entered event loop, a task of tokio, or a microtask of the browser.
    #[cfg(any(feature = "tokio", feature = "wasm"))]
    attended: Cell<bool>,
}

/// What is being polled. Apart from the rest, since this has nothing to drop: it is there until the very end of the thread.
struct Polled {
    /// What the waker of the task points to that is being polled; null if none is.
    data: Cell<*const ()>,
    task: Cell<Option<TaskId>>,
    /// What the wakers of tasks look like.
    vtable: Cell<*const RawWakerVTable>,
}

/// How many turns before its own a job is fetched.
const AHEAD: usize = 3;

/// Has the memory fetched, which is needed soon: with thousands of promises in the queue it is far away, and every turn would wait for it.
#[inline(always)]
fn prefetch(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads nothing, so any address will do.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) };
        // SAFETY: as above.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.wrapping_add(64).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

impl Queue {
    /// Those that have been handled meanwhile, now and then: a queue that never drains must not keep them for ever.
    fn take_clear_suspects(&mut self) -> Vec<local::Untyped> {
        if self.suspects.len() < self.look_at {
            return Vec::new();
        }
        let (clear, open) = mem::take(&mut self.suspects)
            .into_iter()
            .partition(|promise| promise.is_clear());
        self.suspects = open;
        self.look_at = 64.max(2 * self.suspects.len());
        clear
    }

    /// Puts a task at the end, unless it is there already.
    #[inline]
    fn push_task(&mut self, task: TaskId) {
        match self.queued.get_mut(task.slot() as usize) {
            Some(queued) if *queued == task.generation() => {}
            Some(queued) => {
                *queued = task.generation();
                self.entries.push_with(|| Entry::Task(task));
            }
            None => self.push_first_task(task),
        }
    }

    /// No task of this slot was ever there.
    #[cold]
    fn push_first_task(&mut self, task: TaskId) {
        let slot = task.slot() as usize;
        self.queued.resize(slot + 1, 0);
        self.queued[slot] = task.generation();
        self.entries.push_with(|| Entry::Task(task));
    }

    #[inline]
    fn pop(&mut self) -> Option<Entry> {
        let entry = self.entries.pop()?;
        match self.entries.get(AHEAD) {
            Some(Entry::Local(job, _)) => prefetch(job.as_ptr().cast()),
            Some(Entry::Shared(job, _)) => prefetch(job.as_ptr().cast()),
            Some(Entry::Call(_) | Entry::Task(_)) | None => {}
        }
        if let Entry::Task(task) = entry {
            self.begin(task);
        }
        Some(entry)
    }

    /// From here on a wake asks for another turn.
    #[inline]
    fn begin(&mut self, task: TaskId) {
        if let Some(queued) = self
            .queued
            .get_mut(task.slot() as usize)
            .filter(|queued| **queued == task.generation())
        {
            *queued = 0;
        }
    }
}

impl Thread {
    /// In a browser a microtask runs what is in the queue, inside tokio a task of the `LocalSet`. Outside of everything it stays there.
    #[cfg(any(feature = "tokio", feature = "wasm"))]
    #[cold]
    fn attend(&self) {
        if browser::HERE {
            self.attended.set(true);
            browser::queue_microtask();
        } else {
            self.attend_on_tokio();
        }
    }

    #[cfg(any(feature = "tokio", feature = "wasm"))]
    fn attend_on_tokio(&self) {
        #[cfg(feature = "tokio")]
        if tokio::runtime::Handle::try_current().is_ok() {
            crate::spawn::on_local_set(Attendant { ran: false });
            self.attended.set(true);
        }
    }

    #[inline(always)]
    fn push_with(&self, make: impl FnOnce() -> Entry) {
        #[cfg(any(feature = "tokio", feature = "wasm"))]
        if !self.attended.get() {
            self.attend();
        }
        self.queue.borrow_mut().entries.push_with(make);
    }

    /// Only an event loop has tasks, and the browser, which stands in for one: tokio need not be told.
    #[inline]
    fn push_task(&self, task: TaskId) {
        #[cfg(feature = "wasm")]
        if browser::HERE && !self.attended.get() {
            self.attend();
        }
        self.queue.borrow_mut().push_task(task);
    }

    fn own_event_loop(&self) -> u64 {
        if self.own.get() == 0 {
            self.own.set(number_event_loop());
        }
        self.own.get()
    }
}

/// A task of the entered loop, and what its waker points to: nothing else does as long as the task is being polled.
#[derive(Clone, Copy)]
pub(crate) struct Polling {
    /// Null if no task is being polled.
    data: *const (),
    task: Option<TaskId>,
}

impl Polling {
    #[inline]
    pub(crate) fn new(task: TaskId, waker: &Waker) -> Self {
        Self {
            data: waker.data(),
            task: Some(task),
        }
    }
}

/// Says what the wakers of tasks look like.
pub(crate) fn set_vtable(waker: &Waker) {
    POLLED.with(|polled| polled.vtable.set(waker.vtable()));
}

std::thread_local! {
    static THREAD: Thread = const {
        Thread {
            queue: RefCell::new(Queue { entries: Ring::new(),
                queued: Vec::new(), suspects: Vec::new(),
                look_at: 64 }),
            event_loop: Cell::new(0),
            own: Cell::new(0),
            #[cfg(any(feature = "tokio", feature = "wasm"))]
            attended: Cell::new(false),
        }
    };

    static POLLED: Polled = const {
        Polled { data: Cell::new(ptr::null()), task: Cell::new(None), vtable: Cell::new(ptr::null()) }
    };
}

/// Puts an entry at the end of the thread's queue.
#[inline]
pub(crate) fn push(entry: Entry) {
    if THREAD.try_with(|_| ()).is_ok() {
        THREAD.with(|thread| match entry {
            Entry::Task(task) => thread.push_task(task),
            entry => thread.push_with(|| entry),
        });
    } else {
        // While the thread ends there is no queue any more.
        entry.cancel();
    }
}

/// Puts one step of a promise of this thread at the end of the thread's queue.
pub(crate) fn push_local(job: local::DynJob, index: u32) {
    let mut job = Some(job);
    let _ = THREAD.try_with(|thread| {
        if let Some(job) = job.take() {
            thread.push_with(|| Entry::Local(job, index));
        }
    });
    if let Some(job) = job {
        // While the thread ends there is no queue any more.
        job.cancel(index);
    }
}

/// Gives the task another turn whose waker this is, if it is the one that is being polled; else wakes it.
#[inline]
pub(crate) fn wake_next(waker: &Waker) {
    // The loop whose task is being polled is the entered one.
    let pushed = polled_task(waker)
        .is_some_and(|task| THREAD.try_with(|thread| thread.push_task(task)).is_ok());
    if !pushed {
        waker.wake_by_ref();
    }
}

/// Puts a woken task of `event_loop` there. False if the queue is another loop's.
#[inline]
pub(crate) fn push_task(task: TaskId, event_loop: u64) -> bool {
    let pushed = THREAD.try_with(|thread| {
        let ours = thread.event_loop.get() == event_loop;
        if ours {
            thread.push_task(task);
        }
        ours
    });
    pushed.unwrap_or(false)
}

/// Puts a function at the end of the thread's queue.
pub(crate) fn push_callback(call: impl FnOnce() + 'static) {
    push(Entry::Call(Box::new(call)));
}

/// Whether it is this task's turn, which it takes then.
#[inline]
pub(crate) fn pop_task(task: TaskId) -> bool {
    THREAD.with(|thread| {
        let queue = &mut *thread.queue.borrow_mut();
        let next = matches!(queue.entries.front(), Some(Entry::Task(next)) if *next == task);
        if next {
            mem::forget(queue.entries.pop());
            queue.begin(task);
        }
        next
    })
}

#[inline]
pub(crate) fn pop() -> Option<Entry> {
    THREAD.with(|thread| thread.queue.borrow_mut().pop())
}

pub(crate) fn is_empty() -> bool {
    THREAD.with(|thread| thread.queue.borrow().entries.is_empty())
}

/// The loop that the thread's queue is of.
pub(crate) fn event_loop() -> Option<u64> {
    THREAD
        .try_with(|thread| match thread.event_loop.get() {
            0 => {
                let own = thread.own_event_loop();
                thread.event_loop.set(own);
                own
            }
            event_loop => event_loop,
        })
        .ok()
}

/// The number of the thread's own loop, which may not have been made yet.
pub(crate) fn own_event_loop() -> u64 {
    THREAD.with(Thread::own_event_loop)
}

/// A number that no other loop of the process has.
pub(crate) fn number_event_loop() -> u64 {
    static NUMBERS: AtomicU64 = AtomicU64::new(1);
    NUMBERS.fetch_add(1, Ordering::Relaxed)
}

/// Makes `queue` of `event_loop` the thread's, and gives back the former one.
pub(crate) fn enter(event_loop: u64, queue: Queue) -> Queue {
    THREAD.with(|thread| {
        thread.event_loop.set(event_loop);
        thread.queue.replace(queue)
    })
}

/// Says whether somebody is going to run what is in the queue.
#[cfg(any(feature = "tokio", feature = "wasm"))]
pub(crate) fn attend(attended: bool) {
    THREAD.with(|thread| thread.attended.set(attended));
}

/// JavaScript goes on, and runs what is in the queue.
#[cfg(feature = "wasm")]
pub(crate) fn hand_over() {
    THREAD.with(|thread| {
        if !thread.attended.get() && !is_empty() {
            thread.attend();
        }
    });
}

/// Whether a promise is waiting for [`report_suspects`].
#[inline]
pub(crate) fn any_suspects() -> bool {
    THREAD.with(|thread| !thread.queue.borrow().suspects.is_empty())
}

/// Runs the queue on a tokio `LocalSet`, once.
#[cfg(feature = "tokio")]
struct Attendant {
    ran: bool,
}

#[cfg(feature = "tokio")]
impl Future for Attendant {
    type Output = ();

    fn poll(
        self: core::pin::Pin<&mut Self>,
        _: &mut core::task::Context<'_>,
    ) -> core::task::Poll<()> {
        self.get_mut().ran = true;
        // Tasks are of the thread's own event loop, and wait for it.
        let mut others = Vec::new();
        let mut panics = Panics::default();
        loop {
            match pop() {
                Some(Entry::Local(job, index)) => panics.guard(|| job.run(index)),
                Some(Entry::Shared(job, index)) => panics.guard(|| job.run(index)),
                Some(Entry::Call(call)) => panics.guard(call),
                Some(task @ Entry::Task(_)) => others.push(task),
                None if report_suspects() => {}
                None => break,
            }
        }
        THREAD.with(|thread| {
            let queue = &mut *thread.queue.borrow_mut();
            others
                .into_iter()
                .for_each(|task| queue.entries.push_with(|| task));
        });
        panics.resume();
        core::task::Poll::Ready(())
    }
}

#[cfg(feature = "tokio")]
impl Drop for Attendant {
    fn drop(&mut self) {
        let _ = THREAD.try_with(|thread| thread.attended.set(false));
        if !self.ran {
            // The `LocalSet` ends, and nobody else comes.
            cancel(Vec::new());
        }
    }
}

/// Says which task is being polled; gives back what was said before.
#[inline]
pub(crate) fn set_polling(polling: Polling) -> Polling {
    POLLED.with(|polled| Polling {
        data: polled.data.replace(polling.data),
        task: polled.task.replace(polling.task),
    })
}

/// The task whose waker this is, if it is the one that is being polled.
#[inline]
pub(crate) fn polled_task(waker: &Waker) -> Option<TaskId> {
    POLLED.with(|polled| {
        // A waker of another kind may point there too, so that it is one of a task must be looked at as well.
        if ptr::eq(polled.data.get(), waker.data()) && ptr::eq(polled.vtable.get(), waker.vtable())
        {
            polled.task.get()
        } else {
            None
        }
    })
}

/// Somebody may have to hear of this promise, once the queue has drained.
pub(crate) fn suspect(promise: local::Untyped) {
    let mut promise = Some(promise);
    let _ = THREAD.try_with(|thread| {
        #[cfg(any(feature = "tokio", feature = "wasm"))]
        if !thread.attended.get() {
            thread.attend();
        }
        let clear = {
            let queue = &mut *thread.queue.borrow_mut();
            queue.suspects.extend(promise.take());
            queue.take_clear_suspects()
        };
        drop(clear);
    });
    // While the thread ends nothing is going to change.
    if let Some(promise) = promise {
        promise.report();
    }
}

fn take_suspects() -> Vec<local::Untyped> {
    THREAD.with(|thread| mem::take(&mut thread.queue.borrow_mut().suspects))
}

/// Reports what nobody has handled until now. False if there was nothing to decide.
#[inline]
pub(crate) fn report_suspects() -> bool {
    any_suspects() && {
        report_all_suspects();
        true
    }
}

#[cold]
fn report_all_suspects() {
    let suspects = take_suspects();
    // The hook is foreign code.
    let mut panics = Panics::default();
    suspects
        .into_iter()
        .for_each(|promise| panics.guard(|| promise.report()));
    panics.resume();
}

/// Reports what nobody can handle any more, as there is no handle; the rest stays undecided.
pub(crate) fn report_lost() {
    let (lost, undecided) = take_suspects()
        .into_iter()
        .partition(|promise| promise.counts().is_held_once());
    THREAD.with(|thread| thread.queue.borrow_mut().suspects = undecided);
    lost.into_iter().for_each(local::Untyped::report);
}

/// Nobody runs the thread's queue any more, nor these: the promises are cancelled, and the clean-up handlers run.
pub(crate) fn cancel(arrivals: Vec<Entry>) {
    let mut panics = Panics::default();
    arrivals
        .into_iter()
        .for_each(|entry| panics.guard(|| entry.cancel()));
    // Each may leave more.
    while let Ok(Some(entry)) = THREAD.try_with(|thread| thread.queue.borrow_mut().entries.pop()) {
        panics.guard(|| entry.cancel());
    }
    if THREAD.try_with(|_| ()).is_ok() {
        panics.guard(|| {
            report_suspects();
        });
    }
    panics.resume();
}

impl Drop for Queue {
    /// The thread ends. What comes of these jobs is cancelled at once, as there is no queue any more.
    fn drop(&mut self) {
        mem::take(&mut self.entries).for_each(Entry::cancel);
        mem::take(&mut self.suspects)
            .into_iter()
            .for_each(|promise| promise.report());
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        trace::thread_ends();
    }
}
