//! The memory behind the wakers, and who may look at what in it.
//!
//! ```text
//! Header | Entry Entry Entry … | woken words | again words
//! ```
//!
//! A waker is the address of the [`Entry`] of its child, which knows its own number and so where the header is. An entry counts the wakers of its
//! child that are alive: as long as there is one, the memory stays. Everything is atomic, but for the waker of the
//! parent (see [`WAKING`]) and for what only the machine uses ([`Pass`]).

mod entry;
mod pass;

use alloc::alloc::handle_alloc_error;
use core::{
    alloc::Layout,
    cell::Cell,
    marker::PhantomData,
    mem::ManuallyDrop,
    ptr::{self, NonNull},
    task::{RawWaker, Waker},
};

use super::super::children::{BITS, Word};
use crate::sync::{
    UnsafeCell, alloc,
    atomic::{
        AtomicU32, AtomicUsize,
        Ordering::{AcqRel, Acquire, Relaxed, Release},
    },
    dealloc, retired,
};
pub(super) use entry::Child;
use entry::{CLOSED, Entry};
pub(super) use pass::{Pass, Round};

struct Header {
    /// The machine, and each child that had wakers when the machine was dropped.
    owners: AtomicUsize,
    /// A bit for each child, or group of children, that was woken, and [`WAKING`] and [`MORE`].
    root: AtomicUsize,
    /// Whom to wake. Belongs to whoever has set [`WAKING`]; the machine alone writes it, and so may look at it at any time.
    parent: UnsafeCell<Option<Waker>>,
    children: usize,
    /// A group has two to the power of this many children. Zero: each child has a bit in `root`, and there are no `woken` words.
    group: u32,
    entries: *mut Entry,
    woken: *mut AtomicUsize,
    /// Which children are polled again though nobody woke them, and how many that are. For [`Pass`] only.
    again: *mut Word,
    count: Cell<usize>,
    /// The last pass ended early: look at every word, from this one on. For [`Pass`] only.
    ended_before: Cell<Option<usize>>,
    /// What follows from these. For [`Pass`] only.
    round: Cell<Round>,
}

/// Somebody wakes the parent, or the machine changes it. Whoever sets this is the only one to use `parent`, until the flag is taken back.
const WAKING: usize = 1;

/// The first bit was set while somebody had [`WAKING`], who must see to it that the parent is woken once more.
const MORE: usize = 2;

const FLAGS: usize = WAKING | MORE;
/// The other bits of the root come after the flags.
const ROOT_SHIFT: u32 = 2;
const ROOT_BITS: usize = BITS - ROOT_SHIFT as usize;

/// What wakers and the machine look at.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a>(&'a Header);

/// The machine's share of the memory.
pub(super) struct Memory(NonNull<Header>);

// SAFETY: everything that is shared is atomic or a `Waker`; what only the machine uses moves with the machine.
unsafe impl Send for Memory {}
// SAFETY: there is nothing to do with a shared reference.
unsafe impl Sync for Memory {}

impl Memory {
    pub(super) fn new(children: usize, parent: Option<Waker>) -> Memory {
        let words = children.div_ceil(BITS);
        let woken_words = woken_words(children);
        let (layout, entries_at, words_at) = layout(children);
        // SAFETY: a header is not of size zero.
        let Some(memory) = NonNull::new(unsafe { alloc(layout) }) else {
            handle_alloc_error(layout);
        };
        // SAFETY: within the allocation, by `layout`, as are all the following.
        let entries = unsafe { memory.as_ptr().add(entries_at) }.cast::<Entry>();
        // SAFETY: as above.
        let woken = unsafe { memory.as_ptr().add(words_at) }.cast::<AtomicUsize>();
        // SAFETY: as above.
        let again = unsafe { woken.add(woken_words) }.cast::<Word>();
        let header = memory.cast::<Header>();
        let value = Header {
            owners: AtomicUsize::new(1),
            root: AtomicUsize::new(0),
            parent: UnsafeCell::new(parent),
            children,
            group: group(children),
            entries,
            woken,
            again,
            count: Cell::new(0),
            ended_before: Cell::new(None),
            round: Cell::new(Round::of_woken(group(children))),
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
        for word in 0..woken_words {
            // SAFETY: there is room for so many.
            let place = unsafe { woken.add(word) };
            // SAFETY: as above.
            unsafe { place.write(AtomicUsize::new(0)) };
        }
        // SAFETY: there is room for so many, and zero is a word.
        unsafe { ptr::write_bytes(again, 0, words) };
        Memory(header)
    }

    /// The machine's share as an address, which is never null.
    pub(super) fn into_raw(self) -> *mut () {
        ManuallyDrop::new(self).0.as_ptr().cast()
    }

    /// # Safety
    ///
    /// The address comes from [`into_raw`](Memory::into_raw), and this is its only use from now on.
    pub(super) unsafe fn from_raw(address: *mut ()) -> Memory {
        // SAFETY: by the caller's promise.
        Memory(unsafe { NonNull::new_unchecked(address.cast()) })
    }

    /// A waker of child `i`, to be dropped as often as this is called.
    ///
    /// # Safety
    ///
    /// The address comes from [`into_raw`](Memory::into_raw), and there is no other use of it meanwhile.
    pub(super) unsafe fn raw_waker(address: *mut (), i: usize) -> RawWaker {
        // SAFETY: by the caller's promise.
        let header: &Header = unsafe { &*address.cast() };
        // SAFETY: this is the address of an entry.
        unsafe { entry::clone(Parts(header).child(i).entry.cast()) }
    }

    #[inline(always)]
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
        (Parts(header), Pass::new(header))
    }

    /// Whom to wake from now on; false if another one is just being woken.
    #[inline(always)]
    pub(super) fn register(&mut self, parent: &Waker) -> bool {
        let is_known = self.header().parent.with(|known| {
            // SAFETY: the machine alone writes this.
            let known = unsafe { &*known };
            known.as_ref().is_some_and(|known| known.will_wake(parent))
        });
        is_known || self.change_parent(parent.clone())
    }

    #[cold]
    fn change_parent(&mut self, new: Waker) -> bool {
        let header = self.header();
        if header.root.fetch_or(WAKING, Acquire) & WAKING != 0 {
            return false;
        }
        // SAFETY: nobody else looks at it before the flag is taken back.
        let old = header
            .parent
            .with_mut(|parent| unsafe { &mut *parent }.replace(new));
        // Whoever has asked for more meanwhile has set a bit before, which the pass that follows will see.
        header.root.fetch_and(!FLAGS, Release);
        drop(old);
        true
    }
}

/// The logarithm of how many children share a bit of the root.
fn group(children: usize) -> u32 {
    if children <= ROOT_BITS {
        return 0;
    }
    let mut group = BITS.ilog2();
    while (children - 1) >> group >= ROOT_BITS {
        group += 1;
    }
    group
}

fn woken_words(children: usize) -> usize {
    match group(children) {
        0 => 0,
        _ => children.div_ceil(BITS),
    }
}

/// The layout, and where the entries and the words begin.
fn layout(children: usize) -> (Layout, usize, usize) {
    let words = children.div_ceil(BITS);
    let header = Layout::new::<Header>();
    let layout = || {
        let (layout, entries_at) = header.extend(Layout::array::<Entry>(children).ok()?).ok()?;
        let woken = Layout::array::<AtomicUsize>(woken_words(children)).ok()?;
        let (layout, words_at) = layout.extend(woken).ok()?;
        let (layout, _) = layout.extend(Layout::array::<Word>(words).ok()?).ok()?;
        Some((layout, entries_at, words_at))
    };
    layout().expect("as many children are in memory already")
}

impl Header {
    fn woken_words(&self) -> usize {
        woken_words(self.children)
    }

    #[inline(always)]
    fn woken(&self, word: usize) -> &AtomicUsize {
        debug_assert!(self.group != 0 && word < self.children.div_ceil(BITS));
        // SAFETY: `word` is that of a child, and `new` has made one for each.
        let place = unsafe { self.woken.add(word) };
        // SAFETY: as above.
        unsafe { &*place }
    }

    /// Notes that child `i` was woken, and wakes the parent if it need be.
    #[inline(always)]
    fn child_is_woken(&self, i: usize) {
        // Each time this is a write, even if the bit is set, so that whoever takes the bit sees what has happened before.
        if self.group != 0 && self.woken(i / BITS).fetch_or(1 << (i % BITS), Release) != 0 {
            return;
        }
        let bit = 1 << ROOT_SHIFT << (i >> self.group);
        let mut root = self.root.load(Relaxed);
        loop {
            let flag = match (root & !FLAGS, root & WAKING) {
                (0, 0) => WAKING,
                (0, _) => MORE,
                // As long as nobody has taken the bits, the parent has been woken or is just being woken.
                _ => 0,
            };
            let new = root | bit | flag;
            match self.root.compare_exchange_weak(root, new, AcqRel, Relaxed) {
                Ok(_) if flag == WAKING => return self.wake_parent(),
                Ok(_) => return,
                Err(now) => root = now,
            }
        }
    }

    /// Wakes the parent, under no lock. The caller has set [`WAKING`].
    #[inline(always)]
    fn wake_parent(&self) {
        /// Takes the flag back, also if the waker panics.
        struct Done<'a>(&'a Header);
        impl Drop for Done<'_> {
            #[inline(always)]
            fn drop(&mut self) {
                if self.0.root.fetch_sub(WAKING, Release) & MORE != 0 {
                    self.0.wake_parent_again();
                }
            }
        }
        let _done = Done(self);
        self.parent.with(|parent| {
            // SAFETY: with `WAKING` set the machine does not write here.
            if let Some(parent) = unsafe { &*parent } {
                parent.wake_by_ref();
            }
        });
    }

    /// Somebody has set [`MORE`], and left it to whoever takes [`WAKING`] back.
    #[cold]
    fn wake_parent_again(&self) {
        let taken = self.root.fetch_update(Acquire, Relaxed, |root| {
            // If another one has the flag by now, that one will see that there is more.
            (root & FLAGS == MORE).then_some(root ^ FLAGS)
        });
        if taken.is_ok() {
            self.wake_parent();
        }
    }

    /// All that was shared belongs to one thread now.
    #[inline(always)]
    fn retire(&mut self) {
        retired(&mut self.root);
        for i in 0..self.children {
            // SAFETY: one of the entries.
            let entry = unsafe { self.entries.add(i) };
            // SAFETY: as above, and nobody else has access.
            retired(unsafe { &mut (*entry).wakers });
        }
        for word in 0..self.woken_words() {
            // SAFETY: one of the words.
            let word = unsafe { self.woken.add(word) };
            // SAFETY: as above, and nobody else has access.
            retired(unsafe { &mut *word });
        }
    }

    /// Gives up one share of the memory.
    ///
    /// # Safety
    ///
    /// The share is the caller's, who looks at nothing in this memory from now on.
    #[cold]
    unsafe fn release(mut header: NonNull<Header>) {
        // SAFETY: the caller's share keeps it alive so far.
        let owners = unsafe { &header.as_ref().owners };
        if owners.fetch_sub(1, AcqRel) != 1 {
            return;
        }
        // SAFETY: that was the last share, so nobody else has access.
        let header_value = unsafe { header.as_mut() };
        header_value.retire();
        // SAFETY: as above.
        let parent = header_value
            .parent
            .with_mut(|parent| unsafe { &mut *parent }.take());
        let (layout, ..) = layout(header_value.children);
        // SAFETY: it was allocated with this layout, and nothing else in it has a drop.
        unsafe { dealloc(header.as_ptr().cast(), layout) };
        drop(parent);
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let header = self.header();
        // A waker that is leaked must not keep the parent's task. The flag stays, so nobody looks for it any more.
        let parent = if header.root.fetch_or(WAKING, Acquire) & WAKING == 0 {
            // SAFETY: nobody else looks at it.
            header
                .parent
                .with_mut(|parent| unsafe { &mut *parent }.take())
        } else {
            // It is just being woken, and is dropped with the memory.
            None
        };
        for i in 0..header.children {
            let entry = Parts(header).child(i).entry();
            if entry.wakers.load(Acquire) == 0 {
                continue;
            }
            header.owners.fetch_add(1, Relaxed);
            if entry.wakers.fetch_or(CLOSED, AcqRel) == 0 {
                // The last one was dropped in between, and has left this to us.
                header.owners.fetch_sub(1, Relaxed);
            }
        }
        // SAFETY: the machine's share, of which there is one.
        unsafe { Header::release(self.0) };
        drop(parent);
    }
}

impl<'a> Parts<'a> {
    /// How many words the children fill.
    #[inline(always)]
    pub(super) fn words(self) -> usize {
        self.0.children.div_ceil(BITS)
    }

    /// Takes the bits of the groups in which somebody was woken, or of the children if they have no groups.
    #[inline(always)]
    pub(super) fn take_root(self) -> Word {
        self.0.root.fetch_and(FLAGS, Acquire) >> ROOT_SHIFT
    }

    /// Whether each child has a bit in the root.
    #[inline(always)]
    pub(super) fn has_no_groups(self) -> bool {
        self.0.group == 0
    }

    /// Whether somebody was woken since the root was taken.
    #[inline(always)]
    pub(super) fn any_woken(self) -> bool {
        self.0.root.load(Relaxed) & !FLAGS != 0
    }

    /// The words of the children of a group.
    #[inline(always)]
    pub(super) fn words_of(self, group: usize) -> core::ops::Range<usize> {
        let words = self.0.group - BITS.ilog2();
        group << words..((group + 1) << words).min(self.words())
    }

    /// Whether somebody was woken. Not for children that have no groups.
    #[inline(always)]
    pub(super) fn any_woken_in(self, word: usize) -> bool {
        self.0.woken(word).load(Relaxed) != 0
    }

    /// Takes the bits of those who were woken. Not for children that have no groups.
    #[inline(always)]
    pub(super) fn take_woken(self, word: usize) -> Word {
        self.0.woken(word).swap(0, Acquire)
    }

    /// Whether child `i` was woken since the bits were taken.
    #[inline(always)]
    pub(super) fn is_woken(self, i: usize) -> bool {
        let bits = match self.0.group {
            0 => self.0.root.load(Relaxed) >> ROOT_SHIFT,
            _ => self.0.woken(i / BITS).load(Relaxed),
        };
        bits >> (i % BITS) & 1 != 0
    }

    /// The entry of child `i`.
    #[inline(always)]
    pub(super) fn child(self, i: usize) -> Child<'a> {
        assert!(i < self.0.children);
        // SAFETY: there is one for each child.
        unsafe { self.child_unchecked(i) }
    }

    /// # Safety
    ///
    /// There are more children than `i`.
    #[inline(always)]
    pub(super) unsafe fn child_unchecked(self, i: usize) -> Child<'a> {
        debug_assert!(i < self.0.children);
        Child {
            // SAFETY: there is one for each child.
            entry: unsafe { self.0.entries.add(i) },
            machine: PhantomData,
        }
    }
}
