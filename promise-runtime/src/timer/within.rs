//! What `.timeout(…)` lowers to: one deadline, and every await below it raced against it.
//!
//! Under several timeouts each await is raced against the innermost, which knows the one around it. An await that was raced
//! against each of them in turn would take time to compile, and room, for every one of them.

use core::marker::PhantomData;
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::sleep::{Sleep, delay};

/// The time that the steps under one `.timeout(…)` share: a local of the generated code, which pins it where it is used.
///
/// It starts with the first [`Within`] that has to wait; a chain whose steps are all ready sets no timer.
#[derive(Debug)]
pub struct Deadline {
    sleep: Sleep,
}

impl Deadline {
    /// A deadline `duration` after the first wait under it.
    #[inline]
    pub fn new(duration: Duration) -> Self {
        Self {
            sleep: delay(duration),
        }
    }
}

/// The same inside the scope of another deadline: number `DEPTH`, where the outermost is the first.
#[derive(Debug)]
#[repr(C)]
pub struct Nested<'outer, const DEPTH: usize> {
    // The first field: a pointer to the whole points to it, too.
    sleep: Sleep,
    outer: Outer<'outer, Sleep>,
}

/// As `Pin<&mut S>`, to the time of the deadline around: that of a [`Nested`], too, unless it is the outermost.
#[derive(Debug)]
struct Outer<'a, S>(NonNull<S>, PhantomData<&'a mut S>);

// SAFETY: it is used as what it stands for.
unsafe impl<S: Send> Send for Outer<'_, S> {}
// SAFETY: as above.
unsafe impl<S: Sync> Sync for Outer<'_, S> {}

impl<'outer, const DEPTH: usize> Nested<'outer, DEPTH> {
    /// A deadline `duration` after the first wait under it, in the scope of `outer`.
    #[inline]
    pub fn new<O: Watched>(duration: Duration, outer: Pin<&'outer mut O>) -> Self {
        const { assert!(DEPTH == O::DEPTH + 1) };
        Self {
            sleep: delay(duration),
            outer: Outer(outer.innermost(), PhantomData),
        }
    }
}

/// What an await can be raced against.
///
/// # Safety
///
/// From `innermost` to the outermost there are `DEPTH` times to wait for: pinned, borrowed by `Self`, and all but the outermost
/// at the head of a [`Nested`], whose `outer` is the next one.
pub unsafe trait Watched {
    /// How many there are.
    const DEPTH: usize;

    /// The time of the innermost.
    fn innermost(self: Pin<&mut Self>) -> NonNull<Sleep>;
}

// SAFETY: there is one, and it is pinned with `self`.
unsafe impl Watched for Deadline {
    const DEPTH: usize = 1;

    #[inline]
    fn innermost(self: Pin<&mut Self>) -> NonNull<Sleep> {
        // SAFETY: nothing is moved out, and the pointer is used as a pinned one.
        NonNull::from(&mut unsafe { self.get_unchecked_mut() }.sleep)
    }
}

// SAFETY: `sleep` is pinned with `self` and its first field; `new` has seen that `outer` has one less.
unsafe impl<const DEPTH: usize> Watched for Nested<'_, DEPTH> {
    const DEPTH: usize = DEPTH;

    #[inline]
    fn innermost(self: Pin<&mut Self>) -> NonNull<Sleep> {
        // SAFETY: nothing is moved out, and the pointer is used as a pinned one.
        NonNull::from(unsafe { self.get_unchecked_mut() }).cast()
    }
}

/// The time was up: that of the deadline so many further out than the innermost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late(usize);

impl Late {
    /// Seen from the next deadline around; `None` if it was the innermost.
    #[inline]
    pub fn outwards(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }
}

/// Runs `future` until the time of `deadline` is up, or that of one around it.
///
/// The future goes first, so one that is ready when the time is up still wins, and the first poll of a step under
/// a deadline that has passed happens. Then the inner deadlines go before the outer ones. Dropping it drops the future and
/// leaves the deadlines running.
#[inline]
pub fn within<F: IntoFuture, D: Watched>(
    future: F,
    deadline: Pin<&mut D>,
) -> Within<'_, F::IntoFuture, D> {
    Within {
        deadline,
        future: future.into_future(),
    }
}

pin_project! {
    /// What [`within`] returns.
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Within<'a, F, D> {
        deadline: Pin<&'a mut D>,
        #[pin]
        future: F,
    }
}

impl<F: Future, D: Watched> Future for Within<'_, F, D> {
    type Output = Result<F::Output, Late>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        let mut deadline = this.deadline.as_mut().innermost();
        for level in 0..D::DEPTH {
            if level > 0 {
                // SAFETY: it was not the outermost. A `Nested` is laid out alike whatever its depth.
                deadline = unsafe { deadline.cast::<Nested<'_, 0>>().as_ref() }.outer.0;
            }
            // SAFETY: it is there, and `self` borrows it.
            let sleep = unsafe { deadline.as_mut() };
            // SAFETY: it is pinned.
            if unsafe { Pin::new_unchecked(sleep) }.poll(cx).is_ready() {
                return Poll::Ready(Err(Late(level)));
            }
        }
        Poll::Pending
    }
}

/// Pins a local variable where it stands. [`pin!`](core::pin::pin) would keep a reference beside it for as long as it lives.
#[doc(hidden)]
#[macro_export]
macro_rules! __pinned {
    ($local:ident) => {
        // SAFETY: generated code has no other use for the variable: it stays where it is until it is dropped.
        unsafe { $crate::__private::Pin::new_unchecked(&mut $local) }
    };
}
