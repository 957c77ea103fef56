//! Slots in an array.

use core::{ops::ControlFlow, task::Context};

use super::{
    Advance, Slot, Slots,
    marks::{Bytes, Marks},
    release, step, take,
};
use crate::combine::rule::Rule;

impl<F, K, const N: usize> Slots for [Slot<F, K>; N] {
    type Marks = Bytes<N>;

    #[inline]
    unsafe fn clear(&mut self, marks: &mut Bytes<N>) {
        for (i, slot) in self.iter_mut().enumerate() {
            // SAFETY: mark `i` describes slot `i`, by the caller's promise.
            unsafe { release(slot, marks, i) };
        }
    }
}

impl<R, F, const N: usize> Advance<R> for [Slot<F, R::Keep>; N]
where
    F: Future,
    R: Rule<F::Output>,
{
    type Kept = [R::Keep; N];
    type Stop = R::Stop;

    #[inline(always)]
    unsafe fn advance(
        &mut self,
        marks: &mut Bytes<N>,
        cx: &mut Context<'_>,
    ) -> ControlFlow<R::Stop, bool> {
        let mut all_settled = true;
        for (i, slot) in self.iter_mut().enumerate() {
            // SAFETY: the slot is pinned and described by mark `i`, by the caller's promise.
            unsafe { step::<R, F>(slot, marks, i, cx) }?;
            all_settled &= !marks.running(i);
        }
        ControlFlow::Continue(all_settled)
    }

    #[inline(always)]
    unsafe fn take(&mut self) -> Self::Kept {
        // SAFETY: the slot holds a kept value, by the caller's promise, and is left alone from now on.
        self.each_mut().map(|slot| unsafe { take(slot) })
    }
}
