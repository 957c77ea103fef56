//! `finally`: a drop guard that is declared before what it follows.

use core::marker::PhantomData;

/// Calls its handler once: when asked to, or when dropped.
#[derive(Debug)]
pub struct Finally<F: FnOnce() -> P, P>(Option<F>, PhantomData<fn() -> P>);

impl<F: FnOnce() -> P, P> Finally<F, P> {
    #[inline(always)]
    pub fn new(handler: F) -> Self {
        Self(Some(handler), PhantomData)
    }

    /// Everything before has settled. The guard stays where it is: if it were moved out, rustc would find no room for the
    /// outcome inside the future of what stands before, and keep both.
    #[inline(always)]
    pub fn call(&mut self) -> P {
        match self.0.take() {
            Some(handler) => handler(),
            None => {
                unreachable!("generated code calls this once, and the destructor comes after it")
            }
        }
    }
}

impl<F: FnOnce() -> P, P> Drop for Finally<F, P> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(handler) = self.0.take() {
            drop(handler());
        }
    }
}
