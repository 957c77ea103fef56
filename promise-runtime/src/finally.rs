//! `finally`: a drop guard that is declared before what it follows.
//!
//! Where the handler's product is plain there is nothing to settle: the guard's destructor calls it, whether the step has been
//! reached or dropped, and nothing need be remembered ([`OnDrop`]). Else it is called at its step, once all before has
//! settled, and by the destructor only if that was never reached ([`InTurn`]). Which of the two it is, is decided by
//! type, and after the guard was made: when the product's type is known.

use core::convert::Infallible;
use core::future::IntoFuture;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ops::Shr;

use crate::resolve::{
    AnnotationNeeded, AskFutureOfResult, Diverged, Fulfils, FutureOfResult, FutureOfValue, Never,
    NotLater, NotNow, PlainValue, ResultValue, Tag, ask_product,
};

/// Calls its handler once. `G` holds it, and calls it at the latest when dropped.
#[derive(Debug)]
pub struct Finally<F: FnOnce() -> P, P, G: Guard<F>>(G, PhantomData<fn(F) -> P>);

/// Holds a handler.
pub trait Guard<F> {
    fn new(handler: F) -> Self;
}

/// Calls it when dropped, never earlier.
#[derive(Debug)]
pub struct OnDrop<F: FnOnce() -> P, P>(ManuallyDrop<F>);

/// Calls it when asked to, or when dropped.
#[derive(Debug)]
pub struct InTurn<F: FnOnce() -> P, P>(Option<F>);

impl<F: FnOnce() -> P, P> Guard<F> for OnDrop<F, P> {
    #[inline(always)]
    fn new(handler: F) -> Self {
        Self(ManuallyDrop::new(handler))
    }
}

impl<F: FnOnce() -> P, P> Drop for OnDrop<F, P> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: nothing else takes it out, and a destructor runs once.
        let handler = unsafe { ManuallyDrop::take(&mut self.0) };
        drop(handler());
    }
}

impl<F: FnOnce() -> P, P> Guard<F> for InTurn<F, P> {
    #[inline(always)]
    fn new(handler: F) -> Self {
        Self(Some(handler))
    }
}

impl<F: FnOnce() -> P, P> Drop for InTurn<F, P> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(handler) = self.0.take() {
            drop(handler());
        }
    }
}

impl<F: FnOnce() -> P, P, G: Guard<F>> Finally<F, P, G> {
    #[inline(always)]
    pub fn new(handler: F) -> Self {
        Self(G::new(handler), PhantomData)
    }

    /// What the handler will produce.
    #[inline(always)]
    pub fn ask(&self) -> AskFutureOfResult<P> {
        ask_product()
    }
}

impl<F: FnOnce() -> P, P> Finally<F, P, OnDrop<F, P>> {
    /// The handler is left to the destructor. The tag decides the type of what it produces, if nothing else has.
    #[inline(always)]
    pub fn on_drop(&self) -> Tag<P> {
        Tag::new()
    }
}

impl<F: FnOnce() -> P, P> Finally<F, P, InTurn<F, P>> {
    /// Everything before has settled. The guard stays where it is: if it were moved out, rustc would find no room for the
    /// outcome inside the future of what stands before, and keep both.
    #[inline(always)]
    pub fn call(&mut self) -> P {
        match self.0.0.take() {
            Some(handler) => handler(),
            None => {
                unreachable!("generated code calls this once, and the destructor comes after it")
            }
        }
    }
}

// What each kind of product makes of its guard: `later >> &mut guard` is the future to await.

impl<F: FnOnce() -> P, P> Shr<&mut Finally<F, P, InTurn<F, P>>> for FutureOfResult<P> {
    type Output = P;

    #[inline(always)]
    fn shr(self, finally: &mut Finally<F, P, InTurn<F, P>>) -> P {
        finally.call()
    }
}

impl<F, P> Shr<&mut Finally<F, P, InTurn<F, P>>> for FutureOfValue
where
    F: FnOnce() -> P,
    P: IntoFuture,
{
    type Output = Fulfils<P::IntoFuture, Infallible>;

    #[inline(always)]
    fn shr(self, finally: &mut Finally<F, P, InTurn<F, P>>) -> Self::Output {
        Fulfils::new(finally.call().into_future())
    }
}

impl ResultValue {
    #[inline(always)]
    pub fn called<F: FnOnce() -> P, P>(self, finally: &mut Finally<F, P, InTurn<F, P>>) -> P {
        finally.call()
    }
}

impl PlainValue {
    #[inline(always)]
    pub fn called<F: FnOnce() -> P, P>(
        self,
        _: &mut Finally<F, P, OnDrop<F, P>>,
    ) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Diverged<()> {
    #[inline(always)]
    pub fn called<F: FnOnce() -> AnnotationNeeded<()>>(
        self,
        finally: &mut Finally<F, AnnotationNeeded<()>, OnDrop<F, AnnotationNeeded<()>>>,
    ) -> Result<(), Infallible> {
        PlainValue.called(finally)
    }
}

impl NotNow {
    #[inline(always)]
    pub fn called<G, T, E>(self, _: G) -> Result<T, E> {
        self.outcome(())
    }
}

impl<F: FnOnce() -> P, P, G: Guard<F>> Shr<&mut Finally<F, P, G>> for NotLater<ResultValue> {
    type Output = Never<P>;

    #[inline(always)]
    fn shr(self, _: &mut Finally<F, P, G>) -> Never<P> {
        self.never()
    }
}

/// Where there is nothing to settle.
macro_rules! nothing_later {
    ($($kind:ty),*) => {$(
        impl<F: FnOnce() -> P, P, G: Guard<F>> Shr<&mut Finally<F, P, G>> for NotLater<$kind> {
            type Output = Never<Result<(), Infallible>>;

            #[inline(always)]
            fn shr(self, _: &mut Finally<F, P, G>) -> Self::Output {
                self.never()
            }
        }
    )*};
}

nothing_later!(PlainValue, Diverged<()>);
