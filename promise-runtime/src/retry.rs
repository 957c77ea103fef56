//! The attempts of `retry`, the step and the function.

use core::convert::Infallible;
use core::future::IntoFuture;
use core::ops::Not;

use crate::resolve::Never;
use crate::trace;

/// What `retry` takes: a number of attempts in all, or a [`RetryPolicy`](crate::RetryPolicy).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how often to retry",
    label = "neither a number nor a `RetryPolicy`",
    note = "write the number of attempts in all, `.retry(3)`, or, with the feature `patterns`, a `RetryPolicy`"
)]
pub trait IntoAttempts {
    type Attempts: Attempts;
    fn into_attempts(self) -> Self::Attempts;
}

/// Counts attempts.
pub trait Attempts {
    /// The first attempt begins now.
    #[inline(always)]
    fn begin(&mut self) {}

    /// Another attempt may be made, as far as their number goes. Asked once after each rejection.
    fn left(&mut self) -> bool;
}

/// Says after each rejection whether there is another attempt, and when.
#[diagnostic::on_unimplemented(
    message = "this retry policy does not look at reasons of type `{E}`",
    label = "what stands before it rejects with `{E}`",
    note = "its closures take the reason by reference: `.when(|reason: &{E}| …)`"
)]
pub trait Pauses<E>: Attempts {
    /// The operator gives the future, or [`Never`].
    type Wait: Not<Output: IntoFuture<Output = ()>>;

    /// Asked after [`left`](Attempts::left), if the step's own predicate has not refused.
    fn pause(&mut self, reason: &E) -> Pause<Self::Wait>;
}

/// The reason comes first, so that its type is that of what was rejected, and not what the policy would like.
#[inline(always)]
pub fn pause<E, A: Pauses<E>>(reason: &E, attempts: &mut A) -> Pause<A::Wait> {
    attempts.pause(reason)
}

/// What is between two attempts.
#[derive(Debug)]
pub enum Pause<W> {
    /// There is no other attempt.
    Stop,
    /// Nothing.
    None,
    Wait(W),
}

/// The wait of a policy that has none. Never constructed.
#[derive(Debug)]
pub struct NoWait(Infallible);

impl Not for NoWait {
    type Output = Never<()>;

    #[inline(always)]
    fn not(self) -> Never<()> {
        match self.0 {}
    }
}

/// A number of attempts that are left, without pauses.
#[derive(Debug)]
pub struct Counted(u32);

impl Attempts for Counted {
    #[inline(always)]
    fn left(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }
}

impl<E> Pauses<E> for Counted {
    type Wait = NoWait;

    #[inline(always)]
    fn pause(&mut self, _: &E) -> Pause<NoWait> {
        trace::retrying_at_once(self.0);
        Pause::None
    }
}

macro_rules! counted {
    ($($number:ty)*) => {$(
        /// Attempts in all; less than 1 is taken as 1, because the first one has been made when this is asked.
        impl IntoAttempts for $number {
            type Attempts = Counted;

            #[inline(always)]
            fn into_attempts(self) -> Counted {
                // More than that many are never made.
                Counted(u32::try_from(self.max(0)).unwrap_or(u32::MAX))
            }
        }
    )*};
}

counted!(u8 u16 u32 u64 usize i32);

/// The argument of the step `retry`.
#[derive(Debug)]
pub struct Policy<P>(pub P);

/// An inherent method is found before a trait's, which makes a literal a `u32`.
impl Policy<u32> {
    #[inline(always)]
    pub fn __attempts(self) -> Counted {
        Counted(self.0)
    }
}

pub trait OtherPolicy<P> {
    fn __attempts(self) -> P::Attempts
    where
        P: IntoAttempts;
}

impl<P> OtherPolicy<P> for Policy<P> {
    #[inline(always)]
    fn __attempts(self) -> P::Attempts
    where
        P: IntoAttempts,
    {
        let mut attempts = self.0.into_attempts();
        attempts.begin();
        attempts
    }
}
