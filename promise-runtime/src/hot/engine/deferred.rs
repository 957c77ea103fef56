//! Promises that are settled from outside, and what settles them.

use super::Product;
use super::cell::{Cell, Handle, Job, Node, Rejected, View, cancel, node, report};
use super::kind::{Cause, Count, Flag, Home, Lock, Shared, Value};
use super::ticks::{self, Adopt, Adoption};
use core::panic::Location;

pub(crate) struct Deferred<T, E> {
    cell: Cell<T, E>,
    home: Home,
    /// A resolver was called, so the others do nothing; JavaScript's [[AlreadyResolved]].
    resolved: Flag,
    resolvers: Count,
    adoption: Lock<Adoption<T, E>>,
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
        let promise = Shared::new(Self {
            cell: Cell::new(place),
            home: Home::anywhere(),
            resolved: Flag::default(),
            resolvers: Count::new(2),
            adoption: Lock::new(Adoption::None),
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
            ticks::resolve(&self.promise, product);
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
        if self.promise.resolvers.decrement() && !self.promise.resolved.get() {
            self.promise.cell.abandon();
        }
    }
}

impl<T: Value, E: Cause> Node<T, E> for Deferred<T, E> {
    node! {
        T, E,
        fn stop(self: Shared<Self>) {
            self.resolved.set();
            ticks::stop(&self.adoption);
        }
    }
}

impl<T: Value, E: Cause> Rejected for Deferred<T, E> {
    fn report(self: Shared<Self>) {
        report(self);
    }
}

impl<T: Value, E: Cause> Job for Deferred<T, E> {
    fn run(self: Shared<Self>, _: u32) {
        ticks::adopt(&self);
    }

    fn cancel(self: Shared<Self>, _: u32) {
        let this: Handle<T, E> = self;
        cancel(&this);
    }
}

impl<T: Value, E: Cause> Adopt<T, E> for Deferred<T, E> {
    fn adoption(&self) -> &Lock<Adoption<T, E>> {
        &self.adoption
    }

    fn home(&self) -> &Home {
        &self.home
    }
}
