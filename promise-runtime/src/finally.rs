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

    /// Everything before has settled.
    #[inline(always)]
    pub fn call(mut self) -> P {
        match self.0.take() {
            Some(handler) => handler(),
            None => unreachable!(
                "only this method and the destructor take the handler, and both are the last"
            ),
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
