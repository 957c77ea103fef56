//! Promises that are settled from outside, and what settles them.

use super::Product;
use super::cell::{Cell, Handle, Job, Node, Suspect, View, abandon, cancel, node, report};
use super::kind::{self, Brief, Cause, Count, Flag, Shared, Value};
use super::ticks::{self, Adopt, Adoption};
use core::panic::Location;

#[repr(C)]
pub(crate) struct Deferred<T, E> {
    cell: Cell<T, E>,
    adoption: Brief<Adoption<T, E>>,
    /// A resolver was called, so the others do nothing; JavaScript's [[AlreadyResolved]].
    resolved: Flag,
    resolvers: Count,
    /// What to do when the last resolver is dropped. A pointer, since `Drop` cannot ask for what the call needs.
    abandon: fn(&Shared<Self>),
}

/// One of the two functions that settle a promise.
pub(crate) struct Resolver<T, E> {
    promise: Shared<Deferred<T, E>>,
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
        let resolver = || Resolver {
            promise: promise.clone(),
        };
        let resolvers = [resolver(), resolver()];
        let [resolve, reject] = resolvers;
        (View::promised(promise), resolve, reject)
    }
}

impl<T, E> Resolver<T, E>
where
    T: Value,
    E: Cause,
{
    pub(crate) fn resolve(&self, product: Product<T, E>) {
        if !self.promise.resolved.set() {
            ticks::resolve(self.promise.clone(), product);
        }
    }
}

impl<T, E> Clone for Resolver<T, E> {
    fn clone(&self) -> Self {
        self.promise.resolvers.increment();
        Self {
            promise: self.promise.clone(),
        }
    }
}

impl<T, E> Drop for Resolver<T, E> {
    fn drop(&mut self) {
        let promise = &self.promise;
        if promise.resolvers.decrement() && !promise.resolved.get() {
            (promise.abandon)(promise);
        }
    }
}

// SAFETY: the cell comes first.
unsafe impl<T: Value, E: Cause> Node<T, E> for Deferred<T, E> {
    node! {
        fn stop(self: Shared<Self>) {
            self.resolved.raise();
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
