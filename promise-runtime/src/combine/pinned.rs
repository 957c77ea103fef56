//! Reaching pinned children inside a `Vec`, an array and a tuple, for which there is no safe projection.

use core::{
    pin::Pin,
    task::{Context, Poll},
};

/// A `Vec` whose elements stay where they are until they are dropped.
#[cfg(feature = "alloc")]
#[derive(Debug)]
pub(super) struct PinnedVec<T>(alloc::vec::Vec<T>);

#[cfg(feature = "alloc")]
impl<T> PinnedVec<T> {
    pub(super) fn new(elements: impl Iterator<Item = T>) -> Self {
        PinnedVec(elements.collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&mut self, i: usize) -> Pin<&mut T> {
        // SAFETY: as in `from`.
        unsafe { Pin::new_unchecked(&mut self.0[i]) }
    }

    /// Adds an element. The others may move, which these can bear.
    #[cfg(feature = "stream")]
    pub(super) fn push(&mut self, element: T)
    where
        T: Unpin,
    {
        self.0.push(element);
    }

    /// The elements from place `start` on.
    pub(super) fn from(&mut self, start: usize) -> impl Iterator<Item = Pin<&mut T>> {
        self.0[start..].iter_mut().map(|element| {
            // SAFETY: the `Vec` never grows unless its elements are `Unpin`, and its elements leave it in no other way than by being dropped in place.
            unsafe { Pin::new_unchecked(element) }
        })
    }

    /// Drops all elements in order, the rest also when one drop panics, and frees the memory.
    pub(super) fn clear(&mut self) {
        drop(core::mem::take(&mut self.0));
    }
}

/// A tuple or an array of futures, of which the first to be ready counts.
#[doc(hidden)]
pub trait Contenders {
    /// What they all yield.
    type Output;
    /// Polls them in order until one is ready.
    fn poll_first(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output>;
}

impl<F: Future, const N: usize> Contenders for [F; N] {
    type Output = F::Output;

    #[inline(always)]
    fn poll_first(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: an array pins its elements with itself, and they are not moved here.
        for future in unsafe { self.get_unchecked_mut() } {
            // SAFETY: as above.
            if let Poll::Ready(output) = unsafe { Pin::new_unchecked(future) }.poll(cx) {
                return Poll::Ready(output);
            }
        }
        Poll::Pending
    }
}

macro_rules! contenders {
    ($n:literal; $(($F:ident $K:ident $E:ident $i:tt))+) => {
        impl<Output, $($F: Future<Output = Output>),+> Contenders for ($($F,)+) {
            type Output = Output;

            #[inline(always)]
            fn poll_first(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Output> {
                $(
                    // SAFETY: a tuple pins its fields with itself, and they are not moved here.
                    let future = unsafe { self.as_mut().map_unchecked_mut(|all| &mut all.$i) };
                    if let Poll::Ready(output) = future.poll(cx) {
                        return Poll::Ready(output);
                    }
                )+
                Poll::Pending
            }
        }
    };
}

for_each_arity!(contenders);
