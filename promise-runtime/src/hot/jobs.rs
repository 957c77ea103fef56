//! The microtasks of a thread: one queue, first come, first served, of reactions, callbacks and woken tasks.
//!
//! Whoever runs on the thread drains it. An event loop that is entered brings its own queue and takes it away again; outside of
//! one, jobs wait in the queue of the thread's own loop.

use super::TaskId;
use super::job::AnyJob;
use super::local;
use std::boxed::Box;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::mem;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;
use std::vec::Vec;

/// What has a turn.
pub(crate) enum Entry {
    /// A function.
    Call(Box<dyn FnOnce()>),
    /// One step of a promise. The number says which of its sources has settled.
    Job(AnyJob, u32),
    /// A task that was woken.
    Task(TaskId),
}

/// The microtasks of one event loop.
#[derive(Default)]
pub(crate) struct Queue {
    entries: VecDeque<Entry>,
    /// Promises that were rejected with nobody to handle it, or wait in vain; decided once the entries have run.
    suspects: Vec<Rc<dyn local::Suspect>>,
}

struct Thread {
    queue: RefCell<Queue>,
    /// The loop that the queue is of; 0 for the thread's own as long as nobody has asked.
    event_loop: Cell<u64>,
    /// The thread's own loop; 0 as long as nobody has asked.
    own: Cell<u64>,
    /// The task that is being polled, and what its waker looks like.
    polling: Cell<Option<(TaskId, WakerLook)>>,
}

impl Thread {
    fn own_event_loop(&self) -> u64 {
        if self.own.get() == 0 {
            self.own.set(number_event_loop());
        }
        self.own.get()
    }
}

/// Enough of a waker to know it again while it is alive.
type WakerLook = (*const (), *const std::task::RawWakerVTable);

fn look(waker: &Waker) -> WakerLook {
    (waker.data(), waker.vtable())
}

std::thread_local! {
    static THREAD: Thread = const {
        Thread {
            queue: RefCell::new(Queue { entries: VecDeque::new(), suspects: Vec::new() }),
            event_loop: Cell::new(0),
            own: Cell::new(0),
            polling: Cell::new(None),
        }
    };
}

/// Puts an entry at the end of the thread's queue.
pub(crate) fn push(entry: Entry) {
    let mut entry = Some(entry);
    let _ = THREAD.try_with(|thread| thread.queue.borrow_mut().entries.extend(entry.take()));
    // While the thread ends there is no queue any more.
    if let Some(Entry::Job(job, index)) = entry {
        job.cancel(index);
    }
}

/// Puts a function at the end of the thread's queue.
pub(crate) fn push_callback(call: impl FnOnce() + 'static) {
    push(Entry::Call(Box::new(call)));
}

pub(crate) fn pop() -> Option<Entry> {
    THREAD.with(|thread| thread.queue.borrow_mut().entries.pop_front())
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

/// Says which task is being polled, until the value is dropped.
pub(crate) struct Polling(Option<(TaskId, WakerLook)>);

impl Polling {
    pub(crate) fn new(task: TaskId, waker: &Waker) -> Self {
        let polling = Some((task, look(waker)));
        Self(THREAD.with(|thread| thread.polling.replace(polling)))
    }
}

impl Drop for Polling {
    fn drop(&mut self) {
        let _ = THREAD.try_with(|thread| thread.polling.set(self.0));
    }
}

/// The task whose waker this is, if it is the one that is being polled.
pub(crate) fn polled_task(waker: &Waker) -> Option<TaskId> {
    let (task, known) = THREAD.try_with(|thread| thread.polling.get()).ok()??;
    // The task's waker is alive as long as it is polled, so nothing else can be where its data is.
    (known == look(waker)).then_some(task)
}

/// Somebody may have to hear of this promise, once the queue has drained.
pub(crate) fn suspect(promise: Rc<dyn local::Suspect>) {
    let mut promise = Some(promise);
    let _ = THREAD.try_with(|thread| thread.queue.borrow_mut().suspects.extend(promise.take()));
    // While the thread ends nothing is going to change.
    if let Some(promise) = promise {
        promise.report();
    }
}

fn take_suspects() -> Vec<Rc<dyn local::Suspect>> {
    THREAD.with(|thread| mem::take(&mut thread.queue.borrow_mut().suspects))
}

/// Reports what nobody has handled until now. False if there was nothing to decide.
pub(crate) fn report_suspects() -> bool {
    let suspects = take_suspects();
    let any = !suspects.is_empty();
    suspects.into_iter().for_each(|promise| promise.report());
    any
}

/// Reports what nobody can handle any more, as there is no handle; the rest stays undecided.
pub(crate) fn report_lost() {
    let (lost, undecided) = take_suspects()
        .into_iter()
        .partition(|promise| Rc::strong_count(promise) == 1);
    THREAD.with(|thread| thread.queue.borrow_mut().suspects = undecided);
    lost.into_iter()
        .for_each(|promise: Rc<dyn local::Suspect>| promise.report());
}

impl Queue {
    /// Nobody runs these jobs any more: their promises are cancelled, and the clean-up handlers run.
    pub(crate) fn cancel(self, arrivals: Vec<Entry>) {
        for entry in self.entries.into_iter().chain(arrivals) {
            if let Entry::Job(job, index) = entry {
                job.cancel(index);
            }
        }
        self.suspects
            .into_iter()
            .for_each(|promise| promise.report());
    }
}
