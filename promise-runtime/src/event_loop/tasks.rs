//! The tasks of one loop: futures in numbered slots.

use super::waker::{TaskId, TaskWaker, Woken};
use crate::hot::jobs;
use crate::hot::{local, shared};
use std::boxed::Box;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Waker;
use std::vec::Vec;

/// A spawned future.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()>>>;

/// A spawned future that could run on any thread.
pub(crate) type SendTask = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a slot holds.
pub(crate) enum Work {
    /// Not there while it is polled.
    Boxed(Option<Task>),
    Local(local::DynWork),
    Shared(shared::DynWork),
}

/// What to poll.
pub(super) enum Begun {
    Boxed(Task),
    Local(local::DynWork),
    Shared(shared::DynWork),
}

impl Work {
    fn begin(&mut self) -> Option<Begun> {
        match self {
            Self::Boxed(task) => task.take().map(Begun::Boxed),
            Self::Local(task) => Some(Begun::Local(task.clone())),
            Self::Shared(task) => Some(Begun::Shared(task.clone())),
        }
    }

    /// The loop ends: the promise of a task is cancelled.
    pub(super) fn shut_down(self) {
        match self {
            Self::Local(task) => task.shut_down(),
            Self::Shared(task) => task.shut_down(),
            Self::Boxed(task) => drop(task),
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
    waker: Option<SlotWaker>,
    /// A wake that has come from outside is answered with the next poll, so that the waker has to say so no more. Kept here, since
    /// what a waker points to is not looked at for a poll.
    woken_outside: bool,
    /// The pending promise that the task awaited in its last turn, by its place of creation.
    waits_for: Option<&'static Location<'static>>,
}

impl Slot {
    /// From here on a wake asks for another poll.
    #[inline]
    fn before_poll(&mut self) {
        self.waits_for = None;
        if self.woken_outside {
            self.answer();
        }
    }

    #[cold]
    fn answer(&mut self) {
        self.woken_outside = false;
        if let Some(waker) = &self.waker {
            waker.shared.before_poll();
        }
    }
}

/// Kept for the slot's next task if nobody else has a clone by then.
struct SlotWaker {
    shared: Arc<TaskWaker>,
    /// The same as a `Waker`, lent out while the task is polled, so that no count changes for a poll. It is here or there, so the two
    /// together count two.
    lent: Option<Waker>,
}

impl SlotWaker {
    fn new(id: TaskId, woken: &Arc<Woken>) -> Self {
        let shared = Arc::new(TaskWaker::new(id, woken));
        let waker = Waker::from(Arc::clone(&shared));
        jobs::set_vtable(&waker);
        Self {
            shared,
            lent: Some(waker),
        }
    }

    /// Whether somebody else can wake the task.
    #[inline]
    fn is_held(&self) -> bool {
        Arc::strong_count(&self.shared) > 2
    }
}

impl Tasks {
    /// A new task, whose future comes later, and the waker for its first poll.
    // Always inline: what is given back would be copied right after it was written, which the processor has to wait for.
    #[inline(always)]
    pub(super) fn open(&mut self, woken: &Arc<Woken>) -> (TaskId, Waker) {
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => self.add_slot(),
        };
        let entry = &mut self.slots[slot as usize];
        entry.live = true;
        entry.woken_outside = false;
        entry.waits_for = None;
        let id = TaskId::new(woken.event_loop, slot, entry.generation);
        let lent = match &mut entry.waker {
            Some(waker) if !waker.is_held() => {
                waker.shared.reuse(id.generation());
                waker.lent.take()
            }
            held => {
                *held = None;
                None
            }
        };
        (id, lent.unwrap_or_else(|| self.lend(id, woken)))
    }

    #[cold]
    fn add_slot(&mut self) -> u32 {
        self.slots.push(Slot {
            generation: 1,
            ..Slot::default()
        });
        u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 tasks")
    }

    /// The task is over. Its future is the caller's to drop.
    #[inline]
    pub(super) fn close(&mut self, id: TaskId, lent: Option<Waker>) -> Option<Work> {
        let entry = self.get(id)?;
        entry.live = false;
        entry.generation = entry.generation.wrapping_add(1).max(1);
        if let (Some(waker), Some(lent)) = (&mut entry.waker, lent) {
            waker.lent = Some(lent);
        }
        let work = entry.work.take();
        self.free.push(id.slot());
        work
    }

    /// A new task is over, whose future never had to wait.
    #[inline(always)]
    pub(super) fn close_new(&mut self, id: TaskId, lent: Waker) {
        if let Some(entry) = self.get(id) {
            entry.live = false;
            entry.generation = entry.generation.wrapping_add(1).max(1);
            if let Some(waker) = &mut entry.waker {
                waker.lent = Some(lent);
            }
            self.free.push(id.slot());
        }
    }

    /// What to poll, and with which waker; `None` if the task is over or is being polled.
    #[inline]
    pub(super) fn begin(&mut self, id: TaskId, woken: &Arc<Woken>) -> Option<(Begun, Waker)> {
        let entry = self.get(id)?;
        let work = entry.work.as_mut()?.begin()?;
        entry.before_poll();
        let lent = entry.waker.as_mut().and_then(|waker| waker.lent.take());
        Some((work, lent.unwrap_or_else(|| self.lend(id, woken))))
    }

    /// The waker to poll a task with, until it is given back.
    #[cold]
    pub(super) fn lend(&mut self, id: TaskId, woken: &Arc<Woken>) -> Waker {
        let entry = &mut self.slots[id.slot() as usize];
        entry.before_poll();
        let waker = entry.waker.get_or_insert_with(|| SlotWaker::new(id, woken));
        match waker.lent.take() {
            Some(lent) => lent,
            None => Waker::from(Arc::clone(&waker.shared)),
        }
    }

    /// In this turn the task awaits a pending promise.
    pub(super) fn note_wait(&mut self, id: TaskId, place: &'static Location<'static>) {
        if let Some(entry) = self.get(id) {
            entry.waits_for = Some(place);
        }
    }

    /// The pending promises that the tasks await.
    pub(super) fn awaited(&self) -> impl Iterator<Item = &'static Location<'static>> {
        self.slots
            .iter()
            .filter(|entry| entry.live)
            .filter_map(|entry| entry.waits_for)
    }

    /// As `lend` does, for a waker that is still lent.
    #[inline]
    pub(super) fn before_poll(&mut self, id: TaskId) {
        if let Some(entry) = self.get(id) {
            entry.before_poll();
        }
    }

    /// The task has been woken from outside.
    pub(super) fn note_arrival(&mut self, id: TaskId) {
        if let Some(entry) = self.get(id) {
            entry.woken_outside = true;
        }
    }

    /// Takes back what was lent.
    #[inline]
    pub(super) fn give_back(&mut self, id: TaskId, lent: Waker) {
        if let Some(waker) = self
            .slots
            .get_mut(id.slot() as usize)
            .and_then(|entry| entry.waker.as_mut())
        {
            waker.lent = Some(lent);
        }
    }

    /// The task is pending; this is its future, which was taken out or is new.
    // Always inline, as `open` is.
    #[inline(always)]
    pub(super) fn keep(&mut self, id: TaskId, lent: Waker, work: impl FnOnce() -> Work) {
        if let Some(entry) = self.get(id) {
            if let Some(waker) = &mut entry.waker {
                waker.lent = Some(lent);
            }
            entry.work = Some(work());
        }
    }

    /// Takes the waker of a task that somebody else can still wake.
    pub(super) fn take_held_waker(&mut self) -> Option<Arc<TaskWaker>> {
        let mut live = self.slots.iter_mut().filter(|entry| entry.live);
        let waker = live.find_map(|entry| entry.waker.take_if(|waker| waker.is_held()))?;
        Some(waker.shared)
    }

    pub(super) fn return_waker(&mut self, shared: Arc<TaskWaker>) {
        let id = shared.id();
        if let Some(entry) = self.get(id) {
            let lent = Some(Waker::from(Arc::clone(&shared)));
            entry.waker = Some(SlotWaker { shared, lent });
        }
    }

    /// All futures that wait for their next turn.
    pub(super) fn into_works(self) -> impl Iterator<Item = Work> {
        self.slots.into_iter().filter_map(|entry| entry.work)
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

    #[inline]
    fn get(&mut self, id: TaskId) -> Option<&mut Slot> {
        self.slots
            .get_mut(id.slot() as usize)
            .filter(|entry| entry.live && entry.generation == id.generation())
    }
}
