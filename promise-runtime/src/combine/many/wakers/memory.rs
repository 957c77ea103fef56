//! The memory behind the wakers, and who may look at what in it.
//!
//! ```text
//! Header | Entry Entry Entry … | summary words | woken words | again words
//! ```
//!
//! A waker is the address of the [`Entry`] of its child, which knows its own number and so where the header is. An entry counts the wakers of its
//! child that are alive: as long as there is one, the memory stays. Everything is atomic, but for the waker of the
//! parent (see [`Header::waking`]) and for what only the machine uses ([`Pass`]).

use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use core::{
    alloc::Layout,
    cell::UnsafeCell,
    mem::{self, ManuallyDrop},
    ptr::{self, NonNull},
    slice,
    sync::atomic::{
        AtomicU32, AtomicUsize,
        Ordering::{AcqRel, Acquire, Relaxed, Release},
    },
    task::{RawWaker, RawWakerVTable, Waker},
};

use super::super::children::{BITS, Word};

struct Header {
    /// The machine, and each child that had wakers when the machine was dropped.
    owners: AtomicUsize,
    /// How often the parent is to be woken. Whoever takes it away from 0 does that, and is the only one to look at `parent`.
    waking: AtomicUsize,
    /// Written by the machine alone, while it keeps `waking` away from 0.
    parent: UnsafeCell<Option<Waker>>,
    children: usize,
    words: usize,
    entries: *mut Entry,
    summary: *mut AtomicUsize,
    woken: *mut AtomicUsize,
    again: *mut Word,
    count: UnsafeCell<usize>,
    ended_before: UnsafeCell<Option<usize>>,
}

struct Entry {
    index: u32,
    /// Wakers of this child that are alive, and [`CLOSED`].
    wakers: AtomicU32,
}

/// The machine is gone; the last waker of the child gives up the child's share of the memory.
const CLOSED: u32 = 1 << 31;

/// More wakers of one child than fit into memory, unless they are leaked.
const TOO_MANY: u32 = 1 << 30;

/// What wakers and the machine look at.
pub(super) struct Parts<'a> {
    pub(super) summary: &'a [AtomicUsize],
    pub(super) woken: &'a [AtomicUsize],
    entries: &'a [Entry],
    first_entry: *const Entry,
}

/// What the machine alone uses.
pub(super) struct Pass<'a> {
    /// Which children are polled again though nobody woke them.
    pub(super) again: &'a mut [Word],
    /// How many bits that are.
    pub(super) count: &'a mut usize,
    /// The last pass ended early: look at every word, from this one on.
    pub(super) ended_before: &'a mut Option<usize>,
}

/// The machine's share of the memory.
pub(super) struct Memory(NonNull<Header>);

// SAFETY: everything that is shared is atomic or a `Waker`; what only the machine uses moves with the machine.
unsafe impl Send for Memory {}
// SAFETY: there is nothing to do with a shared reference.
unsafe impl Sync for Memory {}

impl Memory {
    pub(super) fn new(children: usize) -> Memory {
        let words = children.div_ceil(BITS);
        let summary_words = words.div_ceil(BITS);
        let (layout, entries_at, words_at) = layout(children);
        // SAFETY: a header is not of size zero.
        let Some(memory) = NonNull::new(unsafe { alloc(layout) }) else {
            handle_alloc_error(layout);
        };
        // SAFETY: within the allocation, by `layout`, as are all the following.
        let entries = unsafe { memory.as_ptr().add(entries_at) }.cast::<Entry>();
        // SAFETY: as above.
        let summary = unsafe { memory.as_ptr().add(words_at) }.cast::<AtomicUsize>();
        // SAFETY: as above.
        let woken = unsafe { summary.add(summary_words) };
        // SAFETY: as above.
        let again = unsafe { woken.add(words) }.cast::<Word>();
        let header = memory.cast::<Header>();
        let value = Header {
            owners: AtomicUsize::new(1),
            waking: AtomicUsize::new(0),
            parent: UnsafeCell::new(None),
            children,
            words,
            entries,
            summary,
            woken,
            again,
            count: UnsafeCell::new(0),
            ended_before: UnsafeCell::new(None),
        };
        // SAFETY: the allocation begins with room for it.
        unsafe { header.write(value) };
        for i in 0..children {
            let entry = Entry {
                index: i as u32,
                wakers: AtomicU32::new(0),
            };
            // SAFETY: there is room for so many.
            let place = unsafe { entries.add(i) };
            // SAFETY: as above.
            unsafe { place.write(entry) };
        }
        // SAFETY: there is room for so many, one after the other, and for each kind zero is a valid word.
        unsafe { ptr::write_bytes(summary, 0, summary_words + 2 * words) };
        Memory(header)
    }

    fn header(&self) -> &Header {
        // SAFETY: the machine's share keeps it alive.
        unsafe { self.0.as_ref() }
    }

    pub(super) fn children(&self) -> usize {
        self.header().children
    }

    #[inline(always)]
    pub(super) fn parts(&mut self) -> (Parts<'_>, Pass<'_>) {
        // SAFETY: the machine's share keeps it alive.
        let header: &Header = unsafe { self.0.as_ref() };
        // SAFETY: initialised by `new`; nobody but the machine, which is borrowed, has a way to these words.
        let again = unsafe { slice::from_raw_parts_mut(header.again, header.words) };
        let pass = Pass {
            again,
            // SAFETY: as above.
            count: unsafe { &mut *header.count.get() },
            // SAFETY: as above.
            ended_before: unsafe { &mut *header.ended_before.get() },
        };
        (header.parts(), pass)
    }

    pub(super) fn register(&mut self, parent: &Waker) -> bool {
        let header = self.header();
        let slot = header.parent.get();
        // SAFETY: the machine alone writes this, and it does so below.
        let known = unsafe { &*slot };
        if known.as_ref().is_some_and(|known| known.will_wake(parent)) {
            return true;
        }
        let new = Some(parent.clone());
        if header
            .waking
            .compare_exchange(0, 1, AcqRel, Relaxed)
            .is_err()
        {
            return false;
        }
        // SAFETY: nobody looks at it before `waking` is back at 0.
        let old = mem::replace(unsafe { &mut *slot }, new);
        // Whoever has counted meanwhile has set a bit before, which the pass that follows will see.
        header.waking.swap(0, AcqRel);
        drop(old);
        true
    }
}

/// The layout, and where the entries and the words begin.
fn layout(children: usize) -> (Layout, usize, usize) {
    let words = children.div_ceil(BITS);
    let header = Layout::new::<Header>();
    let layout = || {
        let (layout, entries_at) = header.extend(Layout::array::<Entry>(children).ok()?).ok()?;
        let words = Layout::array::<Word>(words.div_ceil(BITS) + 2 * words).ok()?;
        let (layout, words_at) = layout.extend(words).ok()?;
        Some((layout, entries_at, words_at))
    };
    layout().expect("as many children are in memory already")
}

impl Header {
    #[inline(always)]
    fn parts(&self) -> Parts<'_> {
        Parts {
            // SAFETY: initialised by `Memory::new`, and as long-lived as the header; here and in the following.
            summary: unsafe { slice::from_raw_parts(self.summary, self.words.div_ceil(BITS)) },
            // SAFETY: as above.
            woken: unsafe { slice::from_raw_parts(self.woken, self.words) },
            // SAFETY: as above.
            entries: unsafe { slice::from_raw_parts(self.entries, self.children) },
            first_entry: self.entries,
        }
    }

    /// Wakes the parent, under no lock. Those who come while somebody does leave it to that one.
    fn wake_parent(&self) {
        /// A waker that panics must not be the last one to be called.
        struct Done<'a>(&'a AtomicUsize);
        impl Drop for Done<'_> {
            #[cold]
            fn drop(&mut self) {
                self.0.store(0, Release);
            }
        }
        if self.waking.fetch_add(1, AcqRel) != 0 {
            return;
        }
        let done = Done(&self.waking);
        let mut answered = 1;
        loop {
            // SAFETY: `waking` is not 0, so the machine does not write here.
            let parent = unsafe { &*self.parent.get() };
            if let Some(parent) = parent {
                parent.wake_by_ref();
            }
            match self.waking.compare_exchange(answered, 0, AcqRel, Acquire) {
                Ok(_) => break,
                Err(more) => answered = more,
            }
        }
        mem::forget(done);
    }

    /// Gives up one share of the memory.
    ///
    /// # Safety
    ///
    /// The share is the caller's, who looks at nothing in this memory from now on.
    unsafe fn release(header: NonNull<Header>) {
        // SAFETY: the caller's share keeps it alive so far.
        let owners = unsafe { &header.as_ref().owners };
        if owners.fetch_sub(1, AcqRel) != 1 {
            return;
        }
        // SAFETY: that was the last share, so nobody else has access. Nothing else in this memory has a drop.
        let header_value = unsafe { header.read() };
        let (layout, ..) = layout(header_value.children);
        // SAFETY: it was allocated with this layout.
        unsafe { dealloc(header.as_ptr().cast(), layout) };
        drop(header_value);
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let header = self.header();
        // A waker that is leaked must not keep the parent's task. `waking` stays away from 0, so nobody looks for it any more.
        let parent = match header.waking.compare_exchange(0, 1, AcqRel, Relaxed) {
            // SAFETY: nobody else looks at it.
            Ok(_) => unsafe { &mut *header.parent.get() }.take(),
            // It is just being woken, and is dropped with the memory.
            Err(_) => None,
        };
        for Entry { wakers, .. } in header.parts().entries {
            if wakers.load(Acquire) == 0 {
                continue;
            }
            header.owners.fetch_add(1, Relaxed);
            if wakers.fetch_or(CLOSED, AcqRel) == 0 {
                // The last one was dropped in between, and has left this to us.
                header.owners.fetch_sub(1, Relaxed);
            }
        }
        // SAFETY: the machine's share, of which there is one.
        unsafe { Header::release(self.0) };
        drop(parent);
    }
}

impl Parts<'_> {
    /// A waker of child `i` that is not counted: it is for one poll, in which the machine is alive.
    #[inline(always)]
    pub(super) fn lend_waker(&self, i: usize) -> ManuallyDrop<Waker> {
        assert!(i < self.entries.len());
        // SAFETY: one of the entries.
        let entry = unsafe { self.first_entry.add(i) };
        // SAFETY: the functions ask for the address of an entry. Nobody drops what was not counted.
        let waker = unsafe { Waker::from_raw(RawWaker::new(entry.cast(), &VTABLE)) };
        ManuallyDrop::new(waker)
    }

    /// Whether a waker of child `i` is alive.
    #[inline(always)]
    pub(super) fn has_wakers(&self, i: usize) -> bool {
        self.entries[i].wakers.load(Relaxed) != 0
    }
}

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

unsafe fn clone(address: *const ()) -> RawWaker {
    // SAFETY: a waker is being cloned.
    let (entry, _) = unsafe { entry(address) };
    if entry.wakers.fetch_add(1, Relaxed) & !CLOSED >= TOO_MANY {
        entry.wakers.fetch_sub(1, Relaxed);
        panic!("a waker was cloned too often");
    }
    RawWaker::new(address, &VTABLE)
}

unsafe fn wake(address: *const ()) {
    // SAFETY: a waker is being used up; this is the same, and is dropped at the end.
    let waker = unsafe { Waker::from_raw(RawWaker::new(address, &VTABLE)) };
    waker.wake_by_ref();
}

unsafe fn wake_by_ref(address: *const ()) {
    // SAFETY: a waker is borrowed for as long as this takes.
    let (entry, header) = unsafe { entry(address) };
    // SAFETY: as above.
    let header = unsafe { header.as_ref() };
    let (word, bit) = (entry.index as usize / BITS, entry.index as usize % BITS);
    let parts = header.parts();
    if parts.woken[word].fetch_or(1 << bit, AcqRel) != 0 {
        return;
    }
    if parts.summary[word / BITS].fetch_or(1 << (word % BITS), AcqRel) == 0 {
        header.wake_parent();
    }
}

unsafe fn drop_waker(address: *const ()) {
    // SAFETY: a waker is being dropped.
    let (entry, header) = unsafe { entry(address) };
    if entry.wakers.fetch_sub(1, AcqRel) == CLOSED | 1 {
        // SAFETY: this was the child's last waker after the machine was gone, so the child's share is ours.
        unsafe { Header::release(header) };
    }
}
