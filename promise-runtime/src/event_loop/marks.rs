//! Which task waits for which timer, for a look without a lock.

use super::waker::TaskId;
use crate::sync::AtomicU64;
use std::boxed::Box;
use std::fmt;
use std::num::NonZeroU64;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

/// How many marks the first chunk has; each one after it has as many as all before it and these.
const FIRST: u32 = 32;

/// A mark for each slot: the task of this loop that waits there, or nobody. They stay where they are as there come more.
///
/// Changed under the lock of the timers. A task reads only whether the mark is its own, and it is polled on the thread that fires the timers.
pub(super) struct Marks {
    chunks: [OnceLock<Box<[AtomicU64]>>; 28],
}

const NOBODY: u64 = 0;

impl Marks {
    pub(super) fn new() -> Self {
        Self {
            chunks: [const { OnceLock::new() }; 28],
        }
    }

    /// Whether that task waits for the timer in this slot.
    #[inline]
    pub(super) fn is(&self, slot: u32, task: TaskId) -> bool {
        self.read(slot) == task.number().get()
    }

    /// The task that waits there, which does not any more.
    #[inline]
    pub(super) fn take(&self, slot: u32, event_loop: u64) -> Option<TaskId> {
        let number = NonZeroU64::new(self.read(slot))?;
        self.set(slot, None);
        Some(TaskId::numbered(event_loop, number))
    }

    #[inline]
    pub(super) fn set(&self, slot: u32, task: Option<TaskId>) {
        let (chunk, offset) = place(slot);
        let len = (FIRST as usize) << chunk;
        let chunk =
            self.chunks[chunk].get_or_init(|| (0..len).map(|_| AtomicU64::new(NOBODY)).collect());
        let number = task.map_or(NOBODY, |task| task.number().get());
        chunk[offset].store(number, Ordering::Relaxed);
    }

    #[inline]
    fn read(&self, slot: u32) -> u64 {
        let (chunk, offset) = place(slot);
        self.chunks[chunk]
            .get()
            .map_or(NOBODY, |chunk| chunk[offset].load(Ordering::Relaxed))
    }
}

/// The chunk of a slot, and its place there.
#[inline]
fn place(slot: u32) -> (usize, usize) {
    let position = u64::from(slot) + u64::from(FIRST);
    let chunk = position.ilog2() - FIRST.ilog2();
    let offset = position - (u64::from(FIRST) << chunk);
    (chunk as usize, offset as usize)
}

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Marks").finish_non_exhaustive()
    }
}
