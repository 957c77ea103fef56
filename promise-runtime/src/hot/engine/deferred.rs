//! Promises that are settled from outside, and what settles them.

use super::Product;
use super::cell::{
    Cell, Handle, Job, Node, Outcome, Suspect, View, abandon, cancel, node, report, settle_cell,
};
use super::kind::{self, Brief, Cause, Count, Flag, Shared, Value};
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
    /// What to do when the last resolver is dropped. A pointer, since `Drop` cannot ask for what the call needs.
    abandon: fn(&Shared<Self>),
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
        let promise = kind::allocate(|| Self {
            cell: Cell::new(place),
            resolved: Flag::default(),
            resolvers: Count::new(2),
            abandon: |promise| {
                let promise: Handle<T, E> = promise.clone();
                abandon(&promise);
            },
            adoption: Brief::new(Adoption::None),
        });
        let resolve = Resolver {
            promise: ManuallyDrop::new(promise.clone()),
        };
        // SAFETY: both are counted.
        let reject = unsafe { resolve.copy() };
        (View::promised(promise), resolve, reject)
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
        settle_cell(&promise.cell, outcome, || promise.clone());
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
            (promise.abandon)(&promise);
        }
    }
}

// SAFETY: the cell comes first.
unsafe impl<T: Value, E: Cause> Node<T, E> for Deferred<T, E> {
    node! {
        fn stop(self: Shared<Self>) {
            ticks::stop(self.adoption.replace(Adoption::None));
        }
    }
}

impl<T: Value, E: Cause> Suspect for Deferred<T, E> {
    fn report(self: Shared<Self>) {
        report(self);
    }

    fn is_clear(&self) -> bool {
        self.cell.is_clear()
    }
}

impl<T: Value, E: Cause> Job for Deferred<T, E> {
    fn run(self: Shared<Self>, _: u32) {
        let adoption = self.adoption.replace(Adoption::None);
        ticks::adopt(self, adoption);
    }

    fn cancel(self: Shared<Self>, _: u32) {
        let this: Handle<T, E> = self;
        cancel(&this);
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
