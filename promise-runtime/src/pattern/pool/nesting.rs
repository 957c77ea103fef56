//! Which tasks of which pools are being polled on this thread: so a task that awaits its own pool is seen.
//!
//! A task that is awaited by another is polled inside it, with the same waker. One that was merely started there, as a
//! task of its own on the event loop, has a waker of its own. Combinators that give their children wakers of their own hide
//! the relation; then a deadlock is left to the executor to find.

use super::state::TaskId;
use alloc::vec::Vec;
use core::{cell::RefCell, task::Waker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct WakerIdentity {
    data: usize,
    vtable: usize,
}

impl WakerIdentity {
    fn of(waker: &Waker) -> Self {
        Self {
            data: waker.data().addr(),
            vtable: core::ptr::from_ref(waker.vtable()).addr(),
        }
    }
}

struct Frame {
    pool: usize,
    task: TaskId,
    waker: WakerIdentity,
}

std::thread_local! {
    static FRAMES: RefCell<Vec<Frame>> = const { RefCell::new(Vec::new()) };
}

/// A task is being polled, until this is dropped.
pub(super) struct Polling(());

impl Polling {
    pub(super) fn new(pool: usize, task: TaskId, waker: &Waker) -> Self {
        let waker = WakerIdentity::of(waker);
        FRAMES.with_borrow_mut(|frames| frames.push(Frame { pool, task, waker }));
        Self(())
    }
}

impl Drop for Polling {
    fn drop(&mut self) {
        FRAMES.with_borrow_mut(Vec::pop);
    }
}

/// The tasks of this pool that await what is polled here with this waker.
pub(super) fn parents(pool: usize, waker: &Waker) -> Vec<TaskId> {
    FRAMES.with_borrow(|frames| {
        if frames.is_empty() {
            return Vec::new();
        }
        let waker = WakerIdentity::of(waker);
        let awaiting = frames
            .iter()
            .filter(|frame| frame.pool == pool && frame.waker == waker);
        awaiting.map(|frame| frame.task).collect()
    })
}
