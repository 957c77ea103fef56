//! How tasks are woken: from anywhere, in the order of the wakes.

use super::lock;
use crate::hot::jobs::{self, Entry};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Wake;
use std::thread::{self, Thread};
use std::vec::Vec;

/// Names one task of one loop. A slot that is used again has a new generation, so a late wake finds nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TaskId {
    pub(super) event_loop: u64,
    pub(super) slot: u32,
    pub(super) generation: u32,
}

impl TaskId {
    /// Gives the task a turn. On the thread of its loop only.
    pub(crate) fn wake(self) {
        if jobs::event_loop() == Some(self.event_loop) {
            return jobs::push(Entry::Task(self));
        }
        // Another loop of this thread; while the thread ends there is none any more.
        let woken = LOOPS.try_with(|loops| find(&loops.borrow(), self.event_loop));
        if let Ok(Some(woken)) = woken {
            woken.push(self);
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
pub(super) struct Woken {
    pub(super) event_loop: u64,
    tasks: Mutex<VecDeque<TaskId>>,
    /// Whether there are any, for a look without the lock.
    any: AtomicBool,
    thread: Thread,
}

impl Woken {
    /// For a loop that runs on this thread.
    pub(super) fn new(event_loop: u64) -> Arc<Self> {
        let woken = Arc::new(Self {
            event_loop,
            tasks: Mutex::default(),
            any: AtomicBool::new(false),
            thread: thread::current(),
        });
        LOOPS.with(|loops| loops.borrow_mut().push(Arc::clone(&woken)));
        woken
    }

    /// The loop ends.
    pub(super) fn retire(&self) {
        // While the thread ends the list may be gone before the loop.
        let _ = LOOPS.try_with(|loops| {
            loops
                .borrow_mut()
                .retain(|woken| woken.event_loop != self.event_loop);
        });
    }

    pub(super) fn push(&self, task: TaskId) {
        lock(&self.tasks).push_back(task);
        self.any.store(true, Ordering::Release);
        self.thread.unpark();
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.any.load(Ordering::Acquire)
    }

    /// Moves everything that has come so far to the end of the thread's queue, which is this loop's.
    pub(super) fn fetch(&self) {
        // Before the entries are taken: whoever adds one afterwards says so again.
        self.any.store(false, Ordering::Relaxed);
        let tasks = std::mem::take(&mut *lock(&self.tasks));
        tasks
            .into_iter()
            .for_each(|task| jobs::push(Entry::Task(task)));
    }
}

/// The waker of one task.
pub(super) struct TaskWaker {
    pub(super) id: TaskId,
    /// In the thread's queue, so that further wakes add nothing. Used on the loop's thread only.
    queued: AtomicBool,
    /// Among what has come from outside.
    queued_outside: AtomicBool,
    pub(super) woken: Arc<Woken>,
}

impl TaskWaker {
    pub(super) fn new(id: TaskId, woken: &Arc<Woken>) -> Self {
        Self {
            id,
            queued: AtomicBool::new(false),
            queued_outside: AtomicBool::new(false),
            woken: Arc::clone(woken),
        }
    }

    /// Makes the waker of a finished task that of a new one.
    pub(super) fn reuse(&mut self, id: TaskId) {
        self.id = id;
        *self.queued.get_mut() = false;
        *self.queued_outside.get_mut() = false;
    }

    /// From here on a wake asks for another poll.
    pub(super) fn before_poll(&self) {
        self.queued.store(false, Ordering::Relaxed);
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
        if jobs::event_loop() == Some(self.id.event_loop) {
            if !self.queued.load(Ordering::Relaxed) {
                self.queued.store(true, Ordering::Relaxed);
                jobs::push(Entry::Task(self.id));
            }
        } else if !self.queued_outside.swap(true, Ordering::AcqRel) {
            self.woken.push(self.id);
        }
    }
}

impl Drop for TaskWaker {
    /// The loop may be waiting for exactly this: nobody is left who could wake the task.
    fn drop(&mut self) {
        self.woken.thread.unpark();
    }
}
