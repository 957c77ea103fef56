//! What a policy asks its user's closures, and the answers where there are none.
//!
//! A hook is named in the policy's type, and carries the type of the reasons it looks at. A policy without hooks fits
//! reasons of every type.

use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

/// Whether a reason is worth another attempt.
#[doc(hidden)]
pub trait Accept<E> {
    fn accepts(&mut self, reason: &E) -> bool;
}

/// Told that an attempt was rejected and another one comes.
#[doc(hidden)]
pub trait Observe<E> {
    fn observe(&mut self, attempt: u32, reason: &E, delay: Duration);
}

/// How long to wait, where the reason says so.
#[doc(hidden)]
pub trait Delays<E> {
    fn delay(&mut self, reason: &E) -> Option<Duration>;
}

/// There is no hook.
///
/// It stands in the type of a policy that is not asked this, so such a policy fits reasons of every type:
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::{RetryPolicy, retry};
/// use std::time::Duration;
///
/// const POLICY: RetryPolicy = RetryPolicy::constant(Duration::ZERO).attempts(2);
/// assert_eq!(retry(POLICY, async || Err::<(), &str>("text")).await, Err("text"));
/// assert_eq!(retry(POLICY, async || Err::<(), u16>(503)).await, Err(503));
/// # });
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Unset;

/// A closure that looks at an `E`.
///
/// It stands in the type of a policy that [`when`](crate::RetryPolicy::when) and its like have been called on, which is best left to inference:
///
/// ```
/// use promise_runtime::RetryPolicy;
/// use std::time::Duration;
///
/// let policy = RetryPolicy::constant(Duration::ZERO).when(|status: &u16| *status >= 500);
/// // As `Clone` and as `Copy` as its closures.
/// let (first, second) = (policy, policy.attempts(2));
/// assert!(format!("{first:?}").contains("attempts: None"));
/// assert!(format!("{second:?}").contains("attempts: Some(2)"));
/// ```
pub struct Hook<F, E>(pub(super) F, PhantomData<fn(E)>);

impl<F, E> Hook<F, E> {
    pub(super) const fn new(closure: F) -> Self {
        Self(closure, PhantomData)
    }
}

impl<F: Clone, E> Clone for Hook<F, E> {
    fn clone(&self) -> Self {
        Self::new(self.0.clone())
    }
}

impl<F: Copy, E> Copy for Hook<F, E> {}

impl<F, E> fmt::Debug for Hook<F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

macro_rules! hooks {
    ($($Trait:ident $method:ident($($parameter:ident: $type:ty),*) $(-> $answer:ty)?, [$($argument:ty),*], else $default:expr;)*) => {$(
        impl<E> $Trait<E> for Unset {
            #[inline]
            fn $method(&mut self, $($parameter: $type),*) $(-> $answer)? {
                $(let _ = $parameter;)*
                $default
            }
        }

        impl<E, F: FnMut($($argument),*) $(-> $answer)?> $Trait<E> for Hook<F, E> {
            #[inline]
            fn $method(&mut self, $($parameter: $type),*) $(-> $answer)? {
                (self.0)($($parameter),*)
            }
        }
    )*};
}

hooks! {
    Accept accepts(reason: &E) -> bool, [&E], else true;
    Observe observe(attempt: u32, reason: &E, delay: Duration), [u32, &E, Duration], else ();
    Delays delay(reason: &E) -> Option<Duration>, [&E], else None;
}
