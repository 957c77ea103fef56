//! What a child has in the memory, and what its wakers do with it.

use core::{
    marker::PhantomData,
    mem::ManuallyDrop,
    ptr::NonNull,
    task::{RawWaker, RawWakerVTable, Waker},
};

use super::Header;
use crate::sync::atomic::{
    AtomicU32,
    Ordering::{AcqRel, Relaxed},
};

pub(super) struct Entry {
    pub(super) index: u32,
    /// Wakers of this child that are alive, and [`CLOSED`].
    pub(super) wakers: AtomicU32,
}

/// The machine is gone; the last waker of the child gives up the child's share of the memory.
pub(super) const CLOSED: u32 = 1 << 31;

/// More wakers of one child than fit into memory, unless they are leaked.
const TOO_MANY: u32 = 1 << 30;

/// The entry of a child, while the machine is alive.
#[derive(Clone, Copy)]
pub(in super::super) struct Child<'a> {
    pub(super) entry: *const Entry,
    pub(super) machine: PhantomData<&'a Header>,
}

impl<'a> Child<'a> {
    #[inline(always)]
    pub(super) fn entry(self) -> &'a Entry {
        // SAFETY: it is there as long as the machine.
        unsafe { &*self.entry }
    }

    /// A waker that is not counted: it is for one poll, in which the machine is alive.
    #[inline(always)]
    pub(in super::super) fn lend_waker(self) -> ManuallyDrop<Waker> {
        // SAFETY: the functions ask for the address of an entry. Nobody drops what was not counted.
        let waker = unsafe { Waker::from_raw(RawWaker::new(self.entry.cast(), &VTABLE)) };
        ManuallyDrop::new(waker)
    }

    /// Whether a waker of this child is alive.
    #[inline(always)]
    pub(in super::super) fn has_wakers(self) -> bool {
        self.entry().wakers.load(Relaxed) != 0
    }
}

/// What a waker does.
static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop_waker);

/// An entry, by the address that is its wakers' data, with the header before it.
///
/// # Safety
///
/// The entry is there: a waker of it is alive, or it is lent. Not to be used once that has changed.
#[inline(always)]
unsafe fn entry<'a>(address: *const ()) -> (&'a Entry, NonNull<Header>) {
    let address: *const Entry = address.cast();
    // SAFETY: by the caller's promise.
    let entry = unsafe { &*address };
    // SAFETY: so many entries stand before this one.
    let first = unsafe { address.sub(entry.index as usize) };
    const AT: usize = size_of::<Header>();
    const { assert!(align_of::<Entry>() <= align_of::<Header>()) };
    // SAFETY: and before these the header, without a gap, as it is aligned to more than they are.
    let header = unsafe { first.byte_sub(AT) }.cast::<Header>();
    // SAFETY: part of an allocation.
    (entry, unsafe { NonNull::new_unchecked(header.cast_mut()) })
}

pub(super) unsafe fn clone(address: *const ()) -> RawWaker {
    // SAFETY: a waker is being cloned.
    let (entry, _) = unsafe { entry(address) };
    if entry.wakers.fetch_add(1, Relaxed) & !CLOSED >= TOO_MANY {
        too_many(entry);
    }
    RawWaker::new(address, &VTABLE)
}

#[cold]
fn too_many(entry: &Entry) -> ! {
    entry.wakers.fetch_sub(1, Relaxed);
    panic!("a waker was cloned too often");
}

unsafe fn wake(address: *const ()) {
    /// The waker is used up, also if that of the parent panics.
    struct Used(*const ());
    impl Drop for Used {
        #[inline(always)]
        fn drop(&mut self) {
            // SAFETY: the waker that `wake` has used up.
            unsafe { drop_waker(self.0) };
        }
    }
    let used = Used(address);
    // SAFETY: the waker is alive until the end.
    unsafe { wake_by_ref(used.0) };
}

#[inline(always)]
unsafe fn wake_by_ref(address: *const ()) {
    // SAFETY: a waker is borrowed for as long as this takes.
    let (entry, header) = unsafe { entry(address) };
    // SAFETY: as above.
    let header = unsafe { header.as_ref() };
    header.child_is_woken(entry.index as usize);
}

#[inline(always)]
unsafe fn drop_waker(address: *const ()) {
    // SAFETY: a waker is being dropped.
    let (entry, header) = unsafe { entry(address) };
    if entry.wakers.fetch_sub(1, AcqRel) == CLOSED | 1 {
        // SAFETY: this was the child's last waker after the machine was gone, so the child's share is ours.
        unsafe { Header::release(header) };
    }
}
