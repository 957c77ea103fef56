//! Slots in a tuple.

use core::{ops::ControlFlow, task::Context};

use super::{Advance, Slot, Slots, marks::Mask, release, step, take};
use crate::combine::rule::Rule;

macro_rules! tuple {
    ($n:literal; $(($F:ident $K:ident $E:ident $i:tt))+) => {
        impl<$($F, $K),+> Slots for ($(Slot<$F, $K>,)+) {
            type Marks = Mask<$n>;

            #[inline]
            unsafe fn clear(&mut self, marks: &mut Mask<$n>) {
                let mut marks = marks.open();
                $(
                    // SAFETY: mark `i` describes slot `i`, by the caller's promise.
                    unsafe { release(&mut self.$i, &mut marks, $i) };
                )+
            }
        }

        impl<R, Stop, $($F, $K),+> Advance<R> for ($(Slot<$F, $K>,)+)
        where
            $(
                $F: Future,
                R: Rule<$F::Output, Keep = $K, Stop = Stop>,
            )+
        {
            type Kept = ($($K,)+);
            type Stop = Stop;

            #[inline(always)]
            unsafe fn advance(&mut self, marks: &mut Mask<$n>, cx: &mut Context<'_>) -> ControlFlow<Stop, bool> {
                let mut marks = marks.open();
                $(
                    // SAFETY: the slot is pinned and described by mark `i`, by the caller's promise.
                    unsafe { step::<R, $F>(&mut self.$i, &mut marks, $i, cx) }?;
                )+
                ControlFlow::Continue(marks.all_settled())
            }

            #[inline(always)]
            unsafe fn take(&mut self) -> Self::Kept {
                ($(
                    // SAFETY: the slot holds a kept value, by the caller's promise, and is left alone from now on.
                    unsafe { take(&mut self.$i) },
                )+)
            }
        }
    };
}

for_each_arity!(tuple);
