//! Wakers that come into being when the first child keeps one.
//!
//! In a sweep every child is lent the same waker, whose data is the [`Lender`]. It knows whose turn it is, so a clone of it can be made
//! a waker of this child's own. A child that only wakes itself, or settles, never asks for that, and nothing is allocated.

use core::{
    mem::ManuallyDrop,
    ptr,
    task::{RawWaker, RawWakerVTable, Waker},
};

use super::{super::children::Lends, Wakers, memory::Memory};
use crate::sync::atomic::{
    AtomicPtr, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};

pub(in crate::combine) struct Lender<'a> {
    parent: &'a Waker,
    children: usize,
    /// Whose turn it is. Only the machine writes it, while nobody is borrowing.
    child: AtomicUsize,
    /// The last one to wake itself with what it was lent.
    woke_itself: AtomicUsize,
    /// Null until a child keeps its waker. A child may do that from other threads while it is polled; whoever borrows the waker for that has given it
    /// back when the poll returns, so the machine needs no order to read this.
    memory: AtomicPtr<()>,
}

const NOBODY: usize = usize::MAX;

impl<'a> Lender<'a> {
    #[inline(always)]
    pub(in crate::combine) fn new(parent: &'a Waker, children: usize) -> Self {
        assert!(Wakers::can_serve(children));
        Lender {
            parent,
            children,
            child: AtomicUsize::new(NOBODY),
            woke_itself: AtomicUsize::new(NOBODY),
            memory: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// The waker that is to be lent, each time after [`turn_of`](Lender::turn_of). Not for use once the lender has moved.
    #[inline(always)]
    pub(in crate::combine) fn waker(&self) -> ManuallyDrop<Waker> {
        let address: *const Lender<'_> = self;
        // SAFETY: the functions ask for the address of a lender. This one is dropped by nobody, and its clones are another's.
        ManuallyDrop::new(unsafe { Waker::from_raw(RawWaker::new(address.cast(), &VTABLE)) })
    }

    /// Wakers of which that of child `last`, the last to have had its turn, may be in use. The first pass polls those after it; from the second on, all
    /// are polled that nobody can wake.
    pub(in crate::combine) fn into_wakers(self, last: usize) -> (Wakers, Earlier) {
        let woke_itself = self.woke_itself.load(Relaxed) == last;
        let memory = self.memory.swap(ptr::null_mut(), Relaxed);
        let mut wakers = match memory.is_null() {
            true => Wakers::new(self.children),
            // SAFETY: it was put there by `Memory::into_raw`, and has been taken from there.
            false => Wakers(unsafe { Memory::from_raw(memory) }),
        };
        let is_covered = wakers.has_wakers(last) && !woke_itself;
        wakers.again_from(last + 1);
        let earlier = Earlier {
            end: last + usize::from(!is_covered),
        };
        (wakers, earlier)
    }

    /// The waker of whose turn it is.
    #[cold]
    fn keep(&self) -> RawWaker {
        let mut memory = self.memory.load(Acquire);
        if memory.is_null() {
            memory = Memory::new(self.children, Some(self.parent.clone())).into_raw();
            let put = self
                .memory
                .compare_exchange(ptr::null_mut(), memory, Release, Acquire);
            if let Err(other) = put {
                // A child has lent its waker to another thread, and both keep it at the same time.
                // SAFETY: it was made above, and nobody has seen it.
                drop(unsafe { Memory::from_raw(memory) });
                memory = other;
            }
        }
        // SAFETY: it stays there until the lender is done.
        unsafe { Memory::raw_waker(memory, self.child.load(Relaxed)) }
    }
}

/// The children that had their turn before there were wakers.
#[must_use]
pub(in crate::combine) struct Earlier {
    end: usize,
}

impl Earlier {
    /// The next pass polls them.
    pub(in crate::combine) fn poll_again(self, wakers: &mut Wakers) {
        wakers.again_until(self.end);
    }
}

impl Lends for Lender<'_> {
    #[inline(always)]
    fn turn_of(&self, child: usize) {
        self.child.store(child, Relaxed);
    }

    #[inline(always)]
    fn has_kept(&self) -> bool {
        !self.memory.load(Relaxed).is_null()
    }
}

impl Drop for Lender<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        let memory = self.memory.load(Relaxed);
        if !memory.is_null() {
            // SAFETY: it was put there by `Memory::into_raw`, and nobody takes it from there any more.
            drop(unsafe { Memory::from_raw(memory) });
        }
    }
}

/// A waker with these is only ever lent. So nobody uses it up or drops it, and the lender is there.
static VTABLE: RawWakerVTable = RawWakerVTable::new(keep, wake_by_ref, wake_by_ref, |_| {});

unsafe fn lender<'a>(address: *const ()) -> &'a Lender<'a> {
    // SAFETY: the waker is borrowed, and so is the lender.
    unsafe { &*address.cast() }
}

unsafe fn keep(address: *const ()) -> RawWaker {
    // SAFETY: a waker is being cloned.
    unsafe { lender(address) }.keep()
}

/// The parent is woken once, as every child that is still pending is polled again then.
unsafe fn wake_by_ref(address: *const ()) {
    // SAFETY: a waker is being woken.
    let lender = unsafe { lender(address) };
    let child = lender.child.load(Relaxed);
    let is_first = lender.woke_itself.load(Relaxed) == NOBODY;
    lender.woke_itself.store(child, Relaxed);
    if is_first {
        lender.parent.wake_by_ref();
    }
}
