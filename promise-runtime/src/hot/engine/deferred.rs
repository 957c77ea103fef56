//! Promises that are settled from outside, and what settles them.

use super::Product;
use super::cell::{Cell, Handle, Node, Outcome, View, abandon, cancel, node, report, settle_cell};
use super::job::Job;
use super::kind::{Brief, Cause, Count, Flag, Value};
use super::object::{Object, Shared};
use super::ticks::{self, Adopt, Adoption};
use core::mem::ManuallyDrop;
use core::panic::Location;
use core::ptr;

#[repr(C)]
pub(crate) struct Deferred<T, E> {
    cell: Cell<T, E>,
    adoption: Brief<Adoption<T, E>>,
    /// Another promise is to decide, so the resolvers do nothing; with the outcome, JavaScript's [[AlreadyResolved]].
    resolved: Flag,
    resolvers: Count,
}

/// One of the two functions that settle a promise. All of one promise hold it together, as one.
pub(crate) struct Resolver<T, E> {
    promise: ManuallyDrop<Shared<Deferred<T, E>>>,
}

impl<T, E> Deferred<T, E>
where
    T: Value,
    E: Cause,
{
    pub(crate) fn create(
        place: &'static Location<'static>,
    ) -> (View<T, E>, Resolver<T, E>, Resolver<T, E>) {
        let promise = Shared::new(2, |header| Self {
            cell: Cell::new(header, place),
            resolved: Flag::default(),
            resolvers: Count::new(2),
            adoption: Brief::new(Adoption::None),
        });
        // SAFETY: the view holds it, and so do the resolvers together.
        let resolvers = unsafe { promise.counted() };
        let resolve = Resolver {
            promise: ManuallyDrop::new(resolvers),
        };
        // SAFETY: both are counted.
        let reject = unsafe { resolve.copy() };
        (View::promised(promise.into()), resolve, reject)
    }
}

impl<T, E> Resolver<T, E>
where
    T: Value,
    E: Cause,
{
    pub(crate) fn resolve(&self, product: Product<T, E>) {
        let promise = &*self.promise;
        if promise.resolved.get() || !promise.cell.is_pending() {
            return;
        }
        let outcome = match product {
            Product::Fulfill(value) => Outcome::Settled(Ok(value)),
            Product::Reject(reason) => Outcome::Settled(Err(reason)),
            Product::Adopt(adopted) => {
                if !promise.resolved.set() {
                    ticks::begin(promise.clone(), adopted);
                }
                return;
            }
        };
        settle_cell(&promise.cell, outcome, || promise.clone().into());
    }
}

impl<T, E> Clone for Resolver<T, E> {
    #[inline]
    fn clone(&self) -> Self {
        self.promise.resolvers.increment();
        // SAFETY: it was counted right before.
        unsafe { self.copy() }
    }
}

impl<T, E> Resolver<T, E> {
    /// One more, which holds the same.
    ///
    /// # Safety
    ///
    /// It is counted: the last one that is counted drops what all of them hold.
    unsafe fn copy(&self) -> Self {
        // SAFETY: so says the caller.
        let promise = unsafe { ptr::read(&self.promise) };
        Self { promise }
    }
}

impl<T, E> Drop for Resolver<T, E> {
    #[inline]
    fn drop(&mut self) {
        if !self.promise.resolvers.decrement() {
            return;
        }
        // SAFETY: this is the last one, and it ends here.
        let promise = unsafe { ManuallyDrop::take(&mut self.promise) };
        if promise.cell.is_pending() && !promise.resolved.get() {
            // SAFETY: the cell comes first.
            abandon(&unsafe { Handle::<T, E>::new(promise.untyped()) });
        }
    }
}

// SAFETY: the cell comes first, and begins with the header.
unsafe impl<T: Value, E: Cause> Object for Deferred<T, E> {
    node! {
        fn stop(this: Shared<Self>) {
            ticks::stop(this.adoption.replace(Adoption::None));
        }
    }
}

// SAFETY: the cell comes first.
unsafe impl<T: Value, E: Cause> Node<T, E> for Deferred<T, E> {}

impl<T: Value, E: Cause> Job for Deferred<T, E> {
    fn run(this: Shared<Self>, _: u32) {
        let adoption = this.adoption.replace(Adoption::None);
        ticks::adopt(this, adoption);
    }

    fn cancel(this: Shared<Self>, _: u32) {
        cancel(&this.into());
    }
}

impl<T: Value, E: Cause> Adopt<T, E> for Deferred<T, E> {
    fn exchange(&self, adoption: Adoption<T, E>) -> Adoption<T, E> {
        self.adoption.replace(adoption)
    }

    unsafe fn look<O>(&self, look: impl FnOnce(&mut Adoption<T, E>) -> O) -> O {
        // SAFETY: so says the caller.
        unsafe { self.adoption.update(look) }
    }
}
