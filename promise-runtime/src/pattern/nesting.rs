//! Which tasks of which pools, and which loads of caches, are being polled on this thread: so one that awaits itself is seen.
//!
//! A task that is awaited by another is polled inside it, with the same waker. One that was merely started there, as a
//! task of its own on the event loop, has a waker of its own. Combinators that give their children wakers of their own hide
//! the relation; then a deadlock is left to the executor to find.

use alloc::vec::Vec;
use core::{
    cell::{Cell, RefCell},
    task::Waker,
};

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

#[derive(Clone, Copy, Debug)]
struct Frame {
    /// The address of the pool or the flight.
    owner: usize,
    /// Its number there.
    task: u64,
    waker: WakerIdentity,
}

impl Frame {
    fn awaits(&self, owner: usize, waker: WakerIdentity) -> bool {
        self.owner == owner && self.waker == waker
    }
}

std::thread_local! {
    /// The task that is being polled. Mostly it is the only one, and a plain cell costs less than the list.
    static INNERMOST: Cell<Option<Frame>> = const { Cell::new(None) };
    /// Those around it, from the outermost in.
    static AROUND: RefCell<Vec<Frame>> = const { RefCell::new(Vec::new()) };
}

/// A task is being polled, until this is dropped.
pub(super) struct Polling {
    nested: bool,
}

impl Polling {
    #[inline]
    pub(super) fn new(owner: usize, task: u64, waker: &Waker) -> Self {
        let nested = INNERMOST.get().is_some();
        if nested {
            nest();
        }
        let waker = WakerIdentity::of(waker);
        INNERMOST.set(Some(Frame { owner, task, waker }));
        Self { nested }
    }
}

impl Drop for Polling {
    #[inline]
    fn drop(&mut self) {
        if self.nested {
            unnest();
        } else {
            INNERMOST.set(None);
        }
    }
}

#[cold]
fn nest() {
    AROUND.with_borrow_mut(|around| around.extend(INNERMOST.get()));
}

#[cold]
fn unnest() {
    INNERMOST.set(AROUND.with_borrow_mut(Vec::pop));
}

/// The tasks of this owner that await what is polled here with this waker.
pub(super) fn parents(owner: usize, waker: &Waker) -> Vec<u64> {
    let Some(innermost) = INNERMOST.get() else {
        return Vec::new();
    };
    let waker = WakerIdentity::of(waker);
    AROUND.with_borrow(|around| {
        let frames = around.iter().chain([&innermost]);
        let awaiting = frames.filter(|frame| frame.awaits(owner, waker));
        awaiting.map(|frame| frame.task).collect()
    })
}
