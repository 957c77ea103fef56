//! The tasks of one loop: futures in numbered slots.

use super::waker::{TaskId, TaskWaker, Woken};
use crate::hot::local::{self, LocalWork};
use crate::hot::shared::{self, SharedWork};
use std::boxed::Box;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Context;
use std::vec::Vec;

/// A spawned future.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()>>>;

/// A spawned future that could run on any thread.
pub(crate) type SendTask = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a slot holds.
pub(crate) enum Work {
    Boxed(Task),
    Local(Rc<dyn LocalWork>),
    Shared(Arc<dyn SharedWork>),
}

impl Work {
    /// False once it is over.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        match self {
            Self::Boxed(task) => task.as_mut().poll(cx).is_pending(),
            Self::Local(task) => Rc::clone(task).poll(cx),
            Self::Shared(task) => Arc::clone(task).poll(cx),
        }
    }

    /// Tells a promise which task polls its future.
    pub(super) fn take_seat(&self, id: TaskId, woken: &Arc<Woken>) {
        match self {
            Self::Boxed(_) => {}
            Self::Local(task) => task.take_seat(local::Seat::Loop(id)),
            Self::Shared(task) => task.take_seat(shared::Seat::Loop(Arc::clone(woken), id)),
        }
    }
}

impl Drop for Work {
    /// The promise of a task that goes before it is over is cancelled.
    fn drop(&mut self) {
        match self {
            Self::Boxed(_) => {}
            Self::Local(task) => Rc::clone(task).shut_down(),
            Self::Shared(task) => Arc::clone(task).shut_down(),
        }
    }
}

/// The pending tasks. The future given to `run` has a slot too, but stays on the stack.
#[derive(Default)]
pub(super) struct Tasks {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

#[derive(Default)]
struct Slot {
    generation: u32,
    live: bool,
    /// Not there while the task is polled, and never for the future given to `run`.
    work: Option<Work>,
    /// Kept for the slot's next task if nobody else has a clone by then.
    waker: Option<Arc<TaskWaker>>,
}

impl Tasks {
    pub(super) fn insert(&mut self, work: Option<Work>, event_loop: u64) -> TaskId {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 tasks")
        });
        let entry = &mut self.slots[slot as usize];
        entry.live = true;
        entry.work = work;
        let id = TaskId {
            event_loop,
            slot,
            generation: entry.generation,
        };
        match entry.waker.as_mut().and_then(Arc::get_mut) {
            Some(waker) => waker.reuse(id),
            None => entry.waker = None,
        }
        id
    }

    /// Forgets a task. Its future, if it is here, is the caller's to drop.
    pub(super) fn remove(&mut self, id: TaskId) -> Option<Work> {
        let entry = self.get(id)?;
        entry.live = false;
        entry.generation = entry.generation.wrapping_add(1);
        let work = entry.work.take();
        self.free.push(id.slot);
        work
    }

    /// The future to poll; `None` if the task is over.
    pub(super) fn take(&mut self, id: TaskId) -> Option<Work> {
        self.get(id)?.work.take()
    }

    pub(super) fn put_back(&mut self, id: TaskId, work: Work) {
        if let Some(entry) = self.get(id) {
            entry.work = Some(work);
        }
    }

    /// The waker to poll or queue the task with.
    pub(super) fn waker(&mut self, id: TaskId, woken: &Arc<Woken>) -> Arc<TaskWaker> {
        let waker = &mut self.slots[id.slot as usize].waker;
        Arc::clone(waker.get_or_insert_with(|| Arc::new(TaskWaker::new(id, woken))))
    }

    /// Takes the waker of a task that somebody else can still wake.
    pub(super) fn take_held_waker(&mut self) -> Option<Arc<TaskWaker>> {
        let mut live = self.slots.iter_mut().filter(|entry| entry.live);
        live.find_map(|entry| entry.waker.take_if(|waker| Arc::strong_count(waker) > 1))
    }

    pub(super) fn return_waker(&mut self, waker: Arc<TaskWaker>) {
        if let Some(entry) = self.get(waker.id) {
            entry.waker = Some(waker);
        }
    }

    /// How many there are, with the one given to `run`.
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// How many slots there are, in use or not.
    #[cfg(test)]
    pub(super) fn slots(&self) -> usize {
        self.slots.len()
    }

    fn get(&mut self, id: TaskId) -> Option<&mut Slot> {
        self.slots
            .get_mut(id.slot as usize)
            .filter(|entry| entry.live && entry.generation == id.generation)
    }
}
