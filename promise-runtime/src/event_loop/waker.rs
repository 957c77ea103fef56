//! How tasks are woken: from anywhere, in the order of the wakes.

use super::lock;
use crate::hot::jobs::{self, Entry};
use crate::hot::shared;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Wake;
use std::thread::{self, Thread};
use std::vec::Vec;

/// Names one task of one loop. A slot that is used again has a new generation, so a late wake finds nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TaskId {
    pub(super) event_loop: u64,
    /// The generation and the slot in one word, so that a queue moves no halves.
    number: NonZeroU64,
}

impl TaskId {
    /// `generation` is not 0.
    #[inline]
    pub(super) fn new(event_loop: u64, slot: u32, generation: u32) -> Self {
        let number = u64::from(generation) << 32 | u64::from(slot);
        Self {
            event_loop,
            number: NonZeroU64::new(number).expect("a generation that is not 0"),
        }
    }

    /// The task of this [`number`](Self::number).
    #[inline]
    pub(super) fn numbered(event_loop: u64, number: NonZeroU64) -> Self {
        Self { event_loop, number }
    }

    /// What tells it from the other tasks of its loop.
    #[inline]
    pub(super) fn number(self) -> NonZeroU64 {
        self.number
    }

    #[inline]
    pub(crate) fn slot(self) -> u32 {
        self.number.get() as u32
    }

    /// Not 0.
    #[inline]
    pub(crate) fn generation(self) -> u32 {
        (self.number.get() >> 32) as u32
    }

    /// Gives the task a turn. On the thread of its loop only.
    #[inline]
    pub(crate) fn wake(self) {
        if !jobs::push_task(self, self.event_loop) {
            self.wake_elsewhere();
        }
    }

    /// In another loop of this thread; while the thread ends there is none any more.
    #[cold]
    fn wake_elsewhere(self) {
        let woken = LOOPS.try_with(|loops| find(&loops.borrow(), self.event_loop));
        if let Ok(Some(woken)) = woken {
            woken.wake(self);
        }
    }
}

std::thread_local! {
    /// The loops of this thread.
    static LOOPS: RefCell<Vec<Arc<Woken>>> = const { RefCell::new(Vec::new()) };
}

fn find(loops: &[Arc<Woken>], event_loop: u64) -> Option<Arc<Woken>> {
    loops
        .iter()
        .find(|woken| woken.event_loop == event_loop)
        .map(Arc::clone)
}

/// What has come to a loop from outside: from other threads, and from its own thread while another loop was entered.
pub(crate) struct Woken {
    pub(super) event_loop: u64,
    arrivals: Mutex<Arrivals>,
    /// Whether there are any, for a look without the lock.
    any: AtomicBool,
    thread: Thread,
}

#[derive(Default)]
struct Arrivals {
    entries: VecDeque<Arrival>,
    /// The loop has ended.
    closed: bool,
}

/// An [`Entry`] that may come from another thread.
enum Arrival {
    Task(TaskId),
    Job(shared::DynJob, u32),
}

impl From<Arrival> for Entry {
    fn from(arrival: Arrival) -> Self {
        match arrival {
            Arrival::Task(task) => Self::Task(task),
            Arrival::Job(job, index) => Self::Shared(job, index),
        }
    }
}

impl Woken {
    /// For a loop that runs on this thread.
    pub(super) fn new(event_loop: u64) -> Arc<Self> {
        let woken = Arc::new(Self {
            event_loop,
            arrivals: Mutex::default(),
            any: AtomicBool::new(false),
            thread: thread::current(),
        });
        LOOPS.with(|loops| loops.borrow_mut().push(Arc::clone(&woken)));
        woken
    }

    /// The loop ends. Gives back what nobody is going to run.
    pub(super) fn close(&self) -> Vec<Entry> {
        // While the thread ends the list may be gone before the loop.
        let _ = LOOPS.try_with(|loops| {
            loops
                .borrow_mut()
                .retain(|woken| woken.event_loop != self.event_loop);
        });
        let mut arrivals = lock(&self.arrivals);
        arrivals.closed = true;
        let entries = std::mem::take(&mut arrivals.entries);
        drop(arrivals);
        entries.into_iter().map(Entry::from).collect()
    }

    /// Whether the thread's queue is that of this loop.
    fn is_current(&self) -> bool {
        jobs::event_loop() == Some(self.event_loop)
    }

    fn arrive(&self, arrival: Arrival) -> Result<(), Arrival> {
        let mut arrivals = lock(&self.arrivals);
        if arrivals.closed {
            return Err(arrival);
        }
        arrivals.entries.push_back(arrival);
        drop(arrivals);
        self.any.store(true, Ordering::Release);
        self.thread.unpark();
        Ok(())
    }

    /// Gives a task of this loop a turn, from any thread.
    pub(crate) fn wake(&self, task: TaskId) {
        if self.is_current() {
            jobs::push(Entry::Task(task));
        } else {
            // Without the loop there is no task either.
            drop(self.arrive(Arrival::Task(task)));
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        !self.any.load(Ordering::Acquire)
    }

    /// Moves everything that has come so far to the end of the thread's queue, which is this loop's. `arrived` hears of each task first.
    #[cold]
    pub(super) fn fetch(&self, mut arrived: impl FnMut(TaskId)) {
        // Before the entries are taken: whoever adds one afterwards says so again.
        self.any.store(false, Ordering::Relaxed);
        let entries = std::mem::take(&mut lock(&self.arrivals).entries);
        for arrival in entries {
            if let Arrival::Task(task) = arrival {
                arrived(task);
            }
            jobs::push(arrival.into());
        }
    }
}

/// For the handlers of promises that other threads may settle. The loop waits as long as there is one.
pub(crate) struct Remote {
    woken: Arc<Woken>,
}

impl Remote {
    pub(super) fn new(woken: &Arc<Woken>) -> Self {
        Self {
            woken: Arc::clone(woken),
        }
    }

    /// Whether the thread's queue is that of the loop.
    #[inline]
    pub(crate) fn is_current(&self) -> bool {
        self.woken.is_current()
    }

    /// Gives a job a turn, from any thread. Gives it back if the loop has ended.
    pub(crate) fn push(&self, job: shared::DynJob, index: u32) -> Result<(), shared::DynJob> {
        if self.woken.is_current() {
            jobs::push(Entry::Shared(job, index));
            return Ok(());
        }
        match self.woken.arrive(Arrival::Job(job, index)) {
            Ok(()) | Err(Arrival::Task(_)) => Ok(()),
            Err(Arrival::Job(job, _)) => Err(job),
        }
    }
}

impl Drop for Remote {
    /// The loop may be waiting for exactly this, as for a [`TaskWaker`].
    fn drop(&mut self) {
        self.woken.thread.unpark();
    }
}

/// The waker of one task.
pub(super) struct TaskWaker {
    event_loop: u64,
    slot: u32,
    /// Changes only while nobody but the slot has the waker.
    generation: AtomicU32,
    /// Among what has come from outside, so that further wakes add nothing there.
    queued_outside: AtomicBool,
    woken: Arc<Woken>,
}

impl TaskWaker {
    pub(super) fn new(id: TaskId, woken: &Arc<Woken>) -> Self {
        Self {
            event_loop: id.event_loop,
            slot: id.slot(),
            generation: AtomicU32::new(id.generation()),
            queued_outside: AtomicBool::new(false),
            woken: Arc::clone(woken),
        }
    }

    pub(super) fn id(&self) -> TaskId {
        let generation = self.generation.load(Ordering::Relaxed);
        TaskId::new(self.event_loop, self.slot, generation)
    }

    /// Makes the waker of a finished task that of the slot's next one. Nobody else has it.
    pub(super) fn reuse(&self, generation: u32) {
        self.generation.store(generation, Ordering::Relaxed);
        self.queued_outside.store(false, Ordering::Relaxed);
    }

    /// From here on a wake asks for another poll.
    pub(super) fn before_poll(&self) {
        if self.queued_outside.load(Ordering::Relaxed) {
            // The swap reads what the waking thread wrote, so the poll sees what it woke the task for.
            self.queued_outside.swap(false, Ordering::AcqRel);
        }
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.woken.is_current() {
            jobs::push(Entry::Task(self.id()));
        } else if !self.queued_outside.swap(true, Ordering::AcqRel) {
            self.woken.wake(self.id());
        }
    }
}

impl Drop for TaskWaker {
    /// The loop may be waiting for exactly this: nobody is left who could wake the task.
    fn drop(&mut self) {
        self.woken.thread.unpark();
    }
}
