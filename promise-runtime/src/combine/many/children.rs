//! The children of a dynamic combinator and what is kept of them: two buffers, and a bit per child that says in which
//! of the two its contents are.
//!
//! Child `i` is *running* (its future is in `futures[i]`) or *kept* (its value is in `kept[i]`). A value is written before
//! its future is dropped and the bit between the two changes over, so whatever panics leaves bits that say what is there. The only
//! child that is neither is one that has decided, and then everything is cleared at once.
//!
//! The bits of a [`FEW`] children are a field. Those of more follow the values in the buffer of these, so that there is no
//! allocation for them; a value without size has no buffer, and there alone they have one of their own.

use alloc::{boxed::Box, vec, vec::Vec};
use core::{
    future::Future,
    mem::{self, ManuallyDrop, MaybeUninit},
    ops::ControlFlow,
    pin::Pin,
    ptr,
    task::{Context, Poll},
};

use super::FEW;
use crate::combine::rule::Rule;

/// A bit for each of this many children.
pub(in crate::combine) type Word = usize;
pub(in crate::combine) const BITS: usize = Word::BITS as usize;

pub(super) struct Children<F, K> {
    /// Its length stays 0, its capacity holds `len` futures that stay where they are.
    futures: Vec<F>,
    /// Room for `len` values, and for the bits if there are more than a few.
    kept: Box<[MaybeUninit<K>]>,
    /// The bits, if there are more than a few, and values have no size.
    detached: Box<[Word]>,
    /// The bits, if there are few.
    few: Word,
    len: usize,
}

impl<F, K> Children<F, K> {
    #[inline]
    pub(super) fn new(futures: impl Iterator<Item = F>) -> Self {
        let mut futures: Vec<F> = futures.collect();
        let len = futures.len();
        let words = if len <= FEW { 0 } else { len.div_ceil(BITS) };
        let room = (words * size_of::<Word>()).div_ceil(size_of::<K>().max(1));
        let kept = Box::new_uninit_slice(len + room);
        // SAFETY: 0 is not more than the capacity. From here on the bits say what there is to drop.
        unsafe { futures.set_len(0) };
        let mut children = Children {
            futures,
            kept,
            detached: Box::default(),
            few: match len {
                1..=FEW => Word::MAX >> (BITS - len),
                _ => 0,
            },
            len,
        };
        if words != 0 {
            children.start_words();
        }
        children
    }

    /// All of more than a few are running.
    #[cold]
    fn start_words(&mut self) {
        if size_of::<K>() == 0 {
            self.detached = vec![0; self.words()].into_boxed_slice();
        }
        for word in 0..self.words() {
            let children = (self.len - word * BITS).min(BITS);
            // SAFETY: there are more than a few, and so many words.
            unsafe { self.set_word(word, Word::MAX >> (BITS - children)) };
        }
    }

    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// How many words the bits fill.
    #[inline(always)]
    pub(super) fn words(&self) -> usize {
        self.len.div_ceil(BITS)
    }

    /// Which children of this word are running.
    #[inline(always)]
    pub(super) fn word(&self, word: usize) -> Word {
        assert!(word < self.words());
        if self.len <= FEW {
            return self.few;
        }
        // SAFETY: there are so many words.
        unsafe { self.get_word(word) }
    }

    /// # Safety
    ///
    /// There are more than a few children, and more words than `word`.
    #[inline(always)]
    unsafe fn get_word(&self, word: usize) -> Word {
        let words: *const Word = if size_of::<K>() == 0 {
            self.detached.as_ptr()
        } else {
            // SAFETY: `new` made room for `len` values and the words.
            unsafe { self.kept.as_ptr().add(self.len) }.cast()
        };
        // SAFETY: the caller's promise.
        let place = unsafe { words.add(word) };
        // SAFETY: initialised by `new`. Where values end there is no alignment to rely on.
        unsafe { place.read_unaligned() }
    }

    /// # Safety
    ///
    /// There are more than a few children, and more words than `word`.
    #[inline(always)]
    unsafe fn set_word(&mut self, word: usize, bits: Word) {
        let words: *mut Word = if size_of::<K>() == 0 {
            self.detached.as_mut_ptr()
        } else {
            // SAFETY: `new` made room for `len` values and the words.
            unsafe { self.kept.as_mut_ptr().add(self.len) }.cast()
        };
        // SAFETY: the caller's promise.
        let place = unsafe { words.add(word) };
        // SAFETY: as in `get_word`.
        unsafe { place.write_unaligned(bits) }
    }

    #[inline(always)]
    fn is_running(&self, i: usize) -> bool {
        self.word(i / BITS) >> (i % BITS) & 1 != 0
    }

    /// How many are running.
    pub(super) fn count_running(&self) -> usize {
        (0..self.words())
            .map(|word| self.word(word).count_ones() as usize)
            .sum()
    }

    /// Polls all children that are running, in input order; whether none is left. For a few.
    #[inline(always)]
    pub(super) fn sweep_few<R>(&mut self, cx: &mut Context<'_>) -> ControlFlow<R::Stop, bool>
    where
        F: Future,
        R: Rule<F::Output, Keep = K>,
    {
        let mut due = self.few;
        while due != 0 {
            let i = due.trailing_zeros() as usize;
            due &= due - 1;
            // SAFETY: the bit of this child is set.
            unsafe { self.step::<R>(i, cx, |children| children.few &= !(1 << i))? };
        }
        ControlFlow::Continue(self.few == 0)
    }

    /// Polls all children that are running, in input order, with a waker that is lent. For more than a few.
    ///
    /// It ends early when somebody has kept that. After each word but the last, `goes_on` may end it as well, given how many were polled and how
    /// many of them have settled.
    #[inline(always)]
    pub(super) fn sweep<R>(
        &mut self,
        cx: &mut Context<'_>,
        lends: &impl Lends,
        goes_on: impl Fn(usize, usize) -> bool,
    ) -> ControlFlow<R::Stop, Sweep>
    where
        F: Future,
        R: Rule<F::Output, Keep = K>,
    {
        assert!(self.len > FEW);
        let words = self.words();
        if words == 1 {
            return self.sweep_word::<R>(cx, lends);
        }
        let (mut polled, mut settled) = (0, 0);
        let mut left = 0;
        for word in 0..words {
            // SAFETY: there are more than a few, and so many words.
            let before = unsafe { self.get_word(word) };
            let (mut now, mut due) = (before, before);
            while due != 0 {
                let bit = due & due.wrapping_neg();
                let i = word * BITS + due.trailing_zeros() as usize;
                due ^= bit;
                lends.turn_of(i);
                let unset = |children: &mut Self| {
                    now ^= bit;
                    // SAFETY: as above.
                    unsafe { children.set_word(word, now) };
                };
                // SAFETY: the bit of this child is set.
                let progress = unsafe { self.step::<R>(i, cx, unset)? };
                if progress == Progress::Pending && lends.has_kept() {
                    return ControlFlow::Continue(Sweep::EndedAfter(i));
                }
            }
            left |= now;
            if word + 1 < words {
                polled += before.count_ones() as usize;
                settled += (before ^ now).count_ones() as usize;
                if !goes_on(polled, settled) {
                    return ControlFlow::Continue(Sweep::EndedAfter(word * BITS + BITS - 1));
                }
            }
        }
        ControlFlow::Continue(match left {
            0 => Sweep::AllSettled,
            _ => Sweep::Pending,
        })
    }

    /// The same where the bits are one word, with less to keep account of.
    #[inline(always)]
    fn sweep_word<R>(
        &mut self,
        cx: &mut Context<'_>,
        lends: &impl Lends,
    ) -> ControlFlow<R::Stop, Sweep>
    where
        F: Future,
        R: Rule<F::Output, Keep = K>,
    {
        let mut due = self.word(0);
        while due != 0 {
            let i = due.trailing_zeros() as usize;
            due &= due - 1;
            lends.turn_of(i);
            let unset = |children: &mut Self| {
                // SAFETY: there are more than a few, and one word.
                let running = unsafe { children.get_word(0) };
                // SAFETY: as above.
                unsafe { children.set_word(0, running & !(1 << i)) };
            };
            // SAFETY: the bit of this child is set.
            let progress = unsafe { self.step::<R>(i, cx, unset)? };
            if progress == Progress::Pending && lends.has_kept() {
                return ControlFlow::Continue(Sweep::EndedAfter(i));
            }
        }
        ControlFlow::Continue(match self.word(0) {
            0 => Sweep::AllSettled,
            _ => Sweep::Pending,
        })
    }

    /// Polls child `i` if it is running.
    ///
    /// # Safety
    ///
    /// There are more than a few children, and more than `i`.
    #[inline(always)]
    pub(super) unsafe fn poll_child<R>(
        &mut self,
        i: usize,
        cx: &mut Context<'_>,
    ) -> ControlFlow<R::Stop, Option<Progress>>
    where
        F: Future,
        R: Rule<F::Output, Keep = K>,
    {
        debug_assert!(i < self.len && self.len > FEW);
        let (word, bit) = (i / BITS, 1 << (i % BITS));
        // SAFETY: the caller's promise.
        if unsafe { self.get_word(word) } & bit == 0 {
            return ControlFlow::Continue(None);
        }
        let unset = |children: &mut Self| {
            // SAFETY: as above.
            let bits = unsafe { children.get_word(word) };
            // SAFETY: as above.
            unsafe { children.set_word(word, bits ^ bit) };
        };
        // SAFETY: the bit of this child is set.
        let progress = unsafe { self.step::<R>(i, cx, unset)? };
        ControlFlow::Continue(Some(progress))
    }

    /// Polls child `i`. If its outcome decides, everything is cleared.
    ///
    /// # Safety
    ///
    /// The child is running, and `unset` takes its bit away.
    #[inline(always)]
    unsafe fn step<R>(
        &mut self,
        i: usize,
        cx: &mut Context<'_>,
        unset: impl FnOnce(&mut Self),
    ) -> ControlFlow<R::Stop, Progress>
    where
        F: Future,
        R: Rule<F::Output, Keep = K>,
    {
        // SAFETY: there are more futures than `i` in the buffer.
        let future = unsafe { self.futures.as_mut_ptr().add(i) };
        // SAFETY: a running child's future is there, and nothing else refers to it.
        let pinned = unsafe { &mut *future };
        // SAFETY: the buffer is never moved, and what is in it is dropped in place.
        let pinned = unsafe { Pin::new_unchecked(pinned) };
        let Poll::Ready(output) = pinned.poll(cx) else {
            return ControlFlow::Continue(Progress::Pending);
        };
        match R::judge(output) {
            ControlFlow::Continue(value) => {
                // SAFETY: there is room for more values than `i`. A running child has none that would be overwritten.
                unsafe { self.kept.get_unchecked_mut(i) }.write(value);
                unset(self);
                // SAFETY: the future is there, and the bit that said so is gone.
                unsafe { ptr::drop_in_place(future) };
                ControlFlow::Continue(Progress::Settled)
            }
            ControlFlow::Break(stop) => {
                unset(self);
                // SAFETY: the bit is gone, and no value was kept.
                unsafe { self.decided(i) };
                ControlFlow::Break(stop)
            }
        }
    }

    /// Drops the future of child `i`, then everything else.
    ///
    /// # Safety
    ///
    /// The child's bit is not set, its future is there, and its value is not.
    #[cold]
    unsafe fn decided(&mut self, i: usize) {
        // SAFETY: there are more futures than `i` in the buffer.
        let future = unsafe { self.futures.as_mut_ptr().add(i) };
        let rest = Rest {
            children: self,
            next: 0,
            without: i,
        };
        // SAFETY: the future is there, and its bit is not set.
        unsafe { ptr::drop_in_place(future) };
        drop(rest);
    }

    /// Every value, once no child is running.
    pub(super) fn take(&mut self) -> Vec<K> {
        assert!(match self.len {
            0..=FEW => self.few == 0,
            _ => self.count_running() == 0,
        });
        let mut values = Vec::from(mem::take(&mut self.kept));
        values.truncate(self.len);
        self.len = 0;
        self.futures = Vec::new();
        // SAFETY: no child is running, so each has its value there.
        unsafe { assume_init(values) }
    }
}

/// # Safety
///
/// They are initialised.
unsafe fn assume_init<K>(values: Vec<MaybeUninit<K>>) -> Vec<K> {
    let mut values = ManuallyDrop::new(values);
    // SAFETY: parts of a `Vec` of elements with the same layout, all of which are initialised by the caller's promise.
    unsafe { Vec::from_raw_parts(values.as_mut_ptr().cast(), values.len(), values.capacity()) }
}

/// How a sweep's waker is lent.
pub(in crate::combine) trait Lends {
    /// This child has it from now on.
    fn turn_of(&self, child: usize);
    /// Whether somebody has kept it, so that it must not be lent any more.
    fn has_kept(&self) -> bool;
}

/// The parent's own waker, which anybody may keep.
impl Lends for () {
    #[inline(always)]
    fn turn_of(&self, _: usize) {}

    #[inline(always)]
    fn has_kept(&self) -> bool {
        false
    }
}

/// What a sweep came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sweep {
    AllSettled,
    Pending,
    /// It polled nobody after this child.
    EndedAfter(usize),
}

/// What a poll of a child came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Progress {
    Pending,
    Settled,
}

/// Drops the contents of all children from `next` on, in input order, also when one of the drops panics.
struct Rest<'a, F, K> {
    children: &'a mut Children<F, K>,
    next: usize,
    /// The child that has neither a future nor a value.
    without: usize,
}

impl<F, K> Rest<'_, F, K> {
    fn clear(&mut self) {
        while self.next < self.children.len {
            let i = self.next;
            self.next += 1;
            if self.children.is_running(i) {
                // SAFETY: there are more futures than `i` in the buffer.
                let future = unsafe { self.children.futures.as_mut_ptr().add(i) };
                // SAFETY: a running child's future is there, and nothing comes back to it.
                unsafe { ptr::drop_in_place(future) };
            } else if i != self.without {
                // SAFETY: all children that are not running, but for one, have their value there, and nothing comes back to it.
                unsafe { self.children.kept[i].assume_init_drop() };
            }
        }
        self.children.len = 0;
        self.children.futures = Vec::new();
        self.children.kept = Box::default();
    }
}

impl<F, K> Drop for Rest<'_, F, K> {
    fn drop(&mut self) {
        struct Again<'a, 'b, F, K>(&'a mut Rest<'b, F, K>);
        impl<F, K> Drop for Again<'_, '_, F, K> {
            #[cold]
            fn drop(&mut self) {
                self.0.clear();
            }
        }
        let again = Again(self);
        again.0.clear();
        mem::forget(again);
    }
}

impl<F, K> Drop for Children<F, K> {
    #[inline]
    fn drop(&mut self) {
        if self.len != 0 {
            drop(Rest {
                children: self,
                next: 0,
                without: usize::MAX,
            });
        }
    }
}
