//! The machine behind `all`, `all_settled` and `any` over tuples and arrays: no allocation, and no room wasted.
//!
//! Each child has one [`Slot`], which holds first its future and then, in the same bytes, what is kept of its outcome.
//! A safe `enum` would need a discriminant per child (8 bytes, and 5 to 15 % more instructions), because futures have no spare
//! bit patterns; here the [marks](marks) say for all slots which of the two each one holds.
//!
//! Everything rests on one rule: **the marks describe the slots at every moment at which a panic can leave the machine.** So a mark
//! is changed before the drop it stands for, and set only after the value it stands for is in place. Then whoever drops the
//! machine drops exactly what is there.

mod array;
mod marks;
mod tuple;

use core::{
    mem::{self, ManuallyDrop},
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll},
};

use super::rule::Rule;
#[cfg(feature = "alloc")]
pub(super) use marks::Stage;
use marks::{Ledger, Marks};

/// The place of one child: its future while that runs, afterwards what is kept of its outcome.
#[doc(hidden)]
pub union Slot<F, K> {
    future: ManuallyDrop<F>,
    kept: ManuallyDrop<K>,
}

impl<F, K> Slot<F, K> {
    pub(super) fn new(future: F) -> Self {
        Slot {
            future: ManuallyDrop::new(future),
        }
    }
}

impl<F, K> core::fmt::Debug for Slot<F, K> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Slot")
    }
}

/// A tuple or an array of [`Slot`]s.
#[doc(hidden)]
pub trait Slots {
    /// What says what the slots hold.
    type Marks: Ledger;

    /// Drops what the slots hold, in input order. If a drop panics, those after it are still marked.
    ///
    /// # Safety
    ///
    /// `marks` describe these slots.
    unsafe fn clear(&mut self, marks: &mut Self::Marks);
}

/// Slots whose children can be polled under the rule `R`.
#[doc(hidden)]
pub trait Advance<R>: Slots {
    /// What is left when every child has settled: a tuple or an array.
    type Kept;
    /// What decides earlier.
    type Stop;

    /// Polls every child that is running, in input order; continues with whether all have settled.
    ///
    /// # Safety
    ///
    /// The slots are pinned, and `marks` describe them.
    unsafe fn advance(
        &mut self,
        marks: &mut Self::Marks,
        cx: &mut Context<'_>,
    ) -> ControlFlow<Self::Stop, bool>;

    /// Moves out what is kept.
    ///
    /// # Safety
    ///
    /// Every slot holds a kept value, and is treated as empty from now on.
    unsafe fn take(&mut self) -> Self::Kept;
}

/// Slots with their marks.
pub(super) struct Machine<S: Slots> {
    marks: S::Marks,
    slots: S,
}

impl<S: Slots> Machine<S> {
    pub(super) fn new(slots: S) -> Self {
        Machine {
            marks: S::Marks::all_running(),
            slots,
        }
    }

    /// Polls the children; breaks with what decided, or continues with what is kept of all of them.
    #[inline(always)]
    pub(super) fn poll<R>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<S::Stop, S::Kept>>
    where
        S: Advance<R>,
    {
        // SAFETY: nothing is moved out of the slots while a future is in them: `advance` polls in place, `clear` drops in place,
        // and `take` moves kept values only, which are not pinned.
        let this = unsafe { self.get_unchecked_mut() };
        this.marks.begin();
        // SAFETY: pinned with the machine; the marks started out right and are kept so by `advance` and `clear`.
        match unsafe { this.slots.advance(&mut this.marks, cx) } {
            ControlFlow::Continue(false) => {
                this.marks.pause();
                Poll::Pending
            }
            ControlFlow::Continue(true) => {
                this.marks.end();
                // SAFETY: every child has settled and none decided, so all are kept; the marks now say that nothing is.
                Poll::Ready(ControlFlow::Continue(unsafe { this.slots.take() }))
            }
            ControlFlow::Break(stop) => {
                this.clear();
                this.marks.end();
                Poll::Ready(ControlFlow::Break(stop))
            }
        }
    }

    /// Drops all that is left, also when one of the drops panics.
    fn clear(&mut self) {
        struct Rest<'a, S: Slots>(&'a mut Machine<S>);

        impl<S: Slots> Rest<'_, S> {
            #[inline(always)]
            fn clear(&mut self) {
                // SAFETY: the machine's own marks.
                unsafe { self.0.slots.clear(&mut self.0.marks) }
            }
        }

        impl<S: Slots> Drop for Rest<'_, S> {
            #[cold]
            fn drop(&mut self) {
                self.clear();
            }
        }

        let mut rest = Rest(self);
        rest.clear();
        mem::forget(rest);
    }
}

impl<S: Slots> Drop for Machine<S> {
    #[inline]
    fn drop(&mut self) {
        if self.marks.any() {
            self.clear();
        }
    }
}

/// Polls child `i`, if it is running. Once it has settled it is dropped, and its outcome decides or is kept in its slot.
///
/// # Safety
///
/// The slot is pinned, and mark `i` describes it.
#[inline(always)]
unsafe fn step<R, F>(
    slot: &mut Slot<F, R::Keep>,
    marks: &mut impl Marks,
    i: usize,
    cx: &mut Context<'_>,
) -> ControlFlow<R::Stop>
where
    F: Future,
    R: Rule<F::Output>,
{
    if !marks.running(i) {
        return ControlFlow::Continue(());
    }
    // SAFETY: a running child's slot holds its future.
    let future = unsafe { &mut *slot.future };
    // SAFETY: the slot is pinned, and its future is dropped in place.
    let future = unsafe { Pin::new_unchecked(future) };
    let Poll::Ready(output) = future.poll(cx) else {
        return ControlFlow::Continue(());
    };
    marks.clear(i);
    // SAFETY: the future is there, and the mark that said so is gone.
    unsafe { ManuallyDrop::drop(&mut slot.future) };
    slot.kept = ManuallyDrop::new(R::judge(output)?);
    marks.keep(i);
    ControlFlow::Continue(())
}

/// Drops what slot `i` holds.
///
/// # Safety
///
/// Mark `i` describes the slot.
#[inline(always)]
unsafe fn release<F, K>(slot: &mut Slot<F, K>, marks: &mut impl Marks, i: usize) {
    if marks.running(i) {
        marks.clear(i);
        // SAFETY: the future is there, and the mark that said so is gone.
        unsafe { ManuallyDrop::drop(&mut slot.future) };
    } else if marks.kept(i) {
        marks.clear(i);
        // SAFETY: the kept value is there, and the mark that said so is gone.
        unsafe { ManuallyDrop::drop(&mut slot.kept) };
    }
}

/// Moves the kept value out of a slot.
///
/// # Safety
///
/// The slot holds one, and is treated as empty from now on.
#[inline(always)]
unsafe fn take<F, K>(slot: &mut Slot<F, K>) -> K {
    // SAFETY: the caller's promise.
    unsafe { ManuallyDrop::take(&mut slot.kept) }
}
