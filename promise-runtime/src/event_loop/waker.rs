//! How tasks are woken: from anywhere, in the order of the wakes.

use super::lock;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Wake;
use std::thread::{self, Thread};

/// Names one task of one loop. A slot that is used again has a new generation, so a late wake finds nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TaskId {
    pub(super) slot: u32,
    pub(super) generation: u32,
}

/// The tasks that were woken and not polled since; shared with the wakers on all threads.
#[derive(Debug)]
pub(super) struct Woken {
    tasks: Mutex<VecDeque<TaskId>>,
    thread: Thread,
}

impl Woken {
    /// For a loop that runs on this thread.
    pub(super) fn new() -> Self {
        Self {
            tasks: Mutex::default(),
            thread: thread::current(),
        }
    }

    pub(super) fn push(&self, id: TaskId) {
        lock(&self.tasks).push_back(id);
    }

    pub(super) fn is_empty(&self) -> bool {
        lock(&self.tasks).is_empty()
    }

    /// Moves everything woken so far to the end of `ready`, which must be empty.
    pub(super) fn swap(&self, ready: &mut VecDeque<TaskId>) {
        debug_assert!(ready.is_empty());
        std::mem::swap(&mut *lock(&self.tasks), ready);
    }
}

/// The waker of one task.
#[derive(Debug)]
pub(super) struct TaskWaker {
    pub(super) id: TaskId,
    /// In the queue already, so that further wakes add nothing.
    queued: AtomicBool,
    woken: Arc<Woken>,
}

impl TaskWaker {
    pub(super) fn new(id: TaskId, woken: &Arc<Woken>) -> Self {
        Self {
            id,
            queued: AtomicBool::new(false),
            woken: Arc::clone(woken),
        }
    }

    /// Makes the waker of a finished task that of a new one.
    pub(super) fn reuse(&mut self, id: TaskId) {
        self.id = id;
        *self.queued.get_mut() = false;
    }

    /// From here on a wake asks for another poll.
    pub(super) fn before_poll(&self) {
        self.queued.store(false, Ordering::SeqCst);
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::SeqCst) {
            self.woken.push(self.id);
            self.woken.thread.unpark();
        }
    }
}

impl Drop for TaskWaker {
    /// The loop may be waiting for exactly this: nobody is left who could wake the task.
    fn drop(&mut self) {
        self.woken.thread.unpark();
    }
}
