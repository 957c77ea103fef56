//! The children of a dynamic combinator and what is kept of them: two buffers, and a bit per child that says in which
//! of the two its contents are.
//!
//! Child `i` is *running* (its future is in `futures[i]`) or *kept* (its value is in `kept[i]`). A value is written before
//! its future is dropped and the bit between the two changes over, so whatever panics leaves bits that say what is there. The only
//! child that is neither is one that has decided, and then everything is cleared at once.
//!
//! The bits of up to one word's worth of children are a field. Those of more follow the values in the buffer of these, so that there is no
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

use crate::combine::rule::Rule;

/// A bit for each of this many children.
pub(in crate::combine) type Word = usize;
pub(in crate::combine) const BITS: usize = Word::BITS as usize;

pub(super) struct Children<F, K> {
    /// Its length stays 0, its capacity holds `len` futures that stay where they are.
    futures: Vec<F>,
    /// Room for `len` values, and for the bits if there are more of them than in one word.
    kept: Box<[MaybeUninit<K>]>,
    /// The bits, if there are more than in one word, and values have no size.
    detached: Box<[Word]>,
    /// The bits, if there are no more than in one word.
    single: Word,
    len: usize,
}

impl<F, K> Children<F, K> {
    #[inline]
    pub(super) fn new(futures: impl Iterator<Item = F>) -> Self {
        let mut futures: Vec<F> = futures.collect();
        let len = futures.len();
        let words = if len <= BITS { 0 } else { len.div_ceil(BITS) };
        let room = (words * size_of::<Word>()).div_ceil(size_of::<K>().max(1));
        let kept = Box::new_uninit_slice(len + room);
        // SAFETY: 0 is not more than the capacity. From here on the bits say what there is to drop.
        unsafe { futures.set_len(0) };
        let mut children = Children {
            futures,
            kept,
            detached: Box::default(),
            single: if len == 0 {
                0
            } else {
                Word::MAX >> (BITS - len.min(BITS))
            },
            len,
        };
        if words != 0 {
            children.start_words();
        }
        children
    }

    /// All children of more than one word are running.
    #[cold]
    fn start_words(&mut self) {
        if size_of::<K>() == 0 {
            self.detached = vec![0; self.words()].into_boxed_slice();
        }
        for word in 0..self.words() {
            let children = (self.len - word * BITS).min(BITS);
            self.set_word(word, Word::MAX >> (BITS - children));
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
        if self.len <= BITS {
            self.single
        } else if size_of::<K>() == 0 {
            self.detached[word]
        } else {
            // SAFETY: `new` made room for `len` values and so many words.
            let words = unsafe { self.kept.as_ptr().add(self.len) }.cast::<Word>();
            // SAFETY: as above.
            let place = unsafe { words.add(word) };
            // SAFETY: as above, and `new` has initialised it. Where values end there is no alignment to rely on.
            unsafe { place.read_unaligned() }
        }
    }

    #[inline(always)]
    fn set_word(&mut self, word: usize, bits: Word) {
        assert!(word < self.words());
        if self.len <= BITS {
            self.single = bits;
        } else if size_of::<K>() == 0 {
            self.detached[word] = bits;
        } else {
            // SAFETY: `new` made room for `len` values and so many words.
            let words = unsafe { self.kept.as_mut_ptr().add(self.len) }.cast::<Word>();
            // SAFETY: as above.
            let place = unsafe { words.add(word) };
            // SAFETY: as above.
            unsafe { place.write_unaligned(bits) }
        }
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

    /// Polls all children that are running, in input order.
    ///
    /// After each word but the last, `goes_on` may end it, given how many were polled and how many of them have settled.
    #[inline(always)]
    pub(super) fn sweep<R>(
        &mut self,
        cx: &mut Context<'_>,
        goes_on: impl Fn(usize, usize) -> bool,
    ) -> ControlFlow<R::Stop, Sweep>
    where
        F: Future,
        R: Rule<F::Output, Keep = K>,
    {
        if self.len <= BITS {
            let mut due = self.single;
            while due != 0 {
                let bit = due.trailing_zeros() as usize;
                due &= due - 1;
                // SAFETY: the bit of this child is set.
                unsafe { self.step::<R>(bit, cx, |children| children.single &= !(1 << bit))? };
            }
            return ControlFlow::Continue(match self.single {
                0 => Sweep::AllSettled,
                _ => Sweep::Pending,
            });
        }
        let (mut polled, mut settled) = (0, 0);
        let words = self.words();
        for word in 0..words {
            let mut due = self.word(word);
            while due != 0 {
                let bit = due.trailing_zeros() as usize;
                due &= due - 1;
                let i = word * BITS + bit;
                polled += 1;
                // SAFETY: the bit of this child is set.
                let progress =
                    unsafe { self.step::<R>(i, cx, |children| children.unset(word, bit))? };
                settled += usize::from(progress == Progress::Settled);
            }
            if word + 1 < words && !goes_on(polled, settled) {
                return ControlFlow::Continue(Sweep::EndedAfter(word));
            }
        }
        ControlFlow::Continue(match self.count_running() {
            0 => Sweep::AllSettled,
            _ => Sweep::Pending,
        })
    }

    #[inline(always)]
    fn unset(&mut self, word: usize, bit: usize) {
        let bits = self.word(word) & !(1 << bit);
        self.set_word(word, bits);
    }

    /// Polls child `i` if it is running.
    #[inline]
    pub(super) fn poll_child<R>(
        &mut self,
        i: usize,
        cx: &mut Context<'_>,
    ) -> ControlFlow<R::Stop, Option<Progress>>
    where
        F: Future,
        R: Rule<F::Output, Keep = K>,
    {
        if !self.is_running(i) {
            return ControlFlow::Continue(None);
        }
        // SAFETY: the bit of this child is set.
        unsafe {
            let progress = self.step::<R>(i, cx, |children| children.unset(i / BITS, i % BITS))?;
            ControlFlow::Continue(Some(progress))
        }
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
            0..=BITS => self.single == 0,
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

/// What a sweep came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sweep {
    AllSettled,
    Pending,
    /// It polled nobody after this word.
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
