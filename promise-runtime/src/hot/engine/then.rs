//! `then`, `catch` and `map`: one node is the derived promise, the reaction and the job.

use super::Product;
use super::cell::{
    Cell, Handle, Job, Node, Outcome, Suspect, View, cancel, node, queue, react, report, settle,
};
use super::kind::{Cause, Home, Lock, Owned, Shared, Value};
use super::reactions::React;
use super::ticks::{self, Adopt, Adoption, guard};
use core::mem;
use core::panic::Location;

/// Derives a promise: `handler` gets the outcome of `source` in a turn of its own.
#[track_caller]
pub(crate) fn then<T, E, U, E2, F>(
    source: &View<T, E>,
    place: &'static Location<'static>,
    handler: F,
) -> View<U, E2>
where
    T: Clone + Value,
    E: Clone + Value,
    U: Value,
    E2: Cause,
    F: FnOnce(Result<T, E>) -> Product<U, E2> + Owned,
{
    let derived = Shared::new(Then {
        cell: Cell::new(place),
        home: Home::here(),
        work: Lock::new(Work::Waiting(handler)),
        adoption: Lock::new(Adoption::None),
    });
    react(source, derived.clone(), 0);
    View::promised(derived)
}

struct Then<T, E, U, E2, F> {
    cell: Cell<U, E2>,
    home: Home,
    work: Lock<Work<T, E, F>>,
    adoption: Lock<Adoption<U, E2>>,
}

enum Work<T, E, F> {
    /// Its source is pending.
    Waiting(F),
    /// Its source has settled, and it is queued.
    Queued(F, View<T, E>),
    /// The handler is running, or was run or dropped.
    Over,
}

impl<T, E, U, E2, F> React<T, E> for Then<T, E, U, E2, F>
where
    T: Clone + Value,
    E: Clone + Value,
    U: Value,
    E2: Cause,
    F: FnOnce(Result<T, E>) -> Product<U, E2> + Owned,
{
    fn arm(self: Shared<Self>, source: View<T, E>, index: u32) {
        let cancelled = source.is_cancelled();
        {
            let work = &mut *self.work.lock();
            match mem::replace(work, Work::Over) {
                Work::Waiting(handler) => *work = Work::Queued(handler, source),
                // Cancelled while it waited.
                Work::Queued(..) | Work::Over => return,
            }
        }
        queue(cancelled, &self.home, self.clone(), index);
    }

    fn job(self: Shared<Self>) -> Shared<dyn Job> {
        self
    }
}

impl<T, E, U, E2, F> Job for Then<T, E, U, E2, F>
where
    T: Clone + Value,
    E: Clone + Value,
    U: Value,
    E2: Cause,
    F: FnOnce(Result<T, E>) -> Product<U, E2> + Owned,
{
    fn run(self: Shared<Self>, _: u32) {
        let work = mem::replace(&mut *self.work.lock(), Work::Over);
        let Work::Queued(handler, source) = work else {
            return ticks::adopt(&self);
        };
        let Some(outcome) = source.take() else { return };
        match outcome.pass() {
            Ok(outcome) => match guard(|| handler(outcome)) {
                Ok(product) => ticks::resolve(&self, product),
                Err(payload) => {
                    let this: Handle<U, E2> = self;
                    settle(&this, Outcome::panicked(payload));
                }
            },
            Err(passed) => {
                let this: Handle<U, E2> = self;
                settle(&this, passed);
                drop(handler);
            }
        }
    }

    fn cancel(self: Shared<Self>, _: u32) {
        let this: Handle<U, E2> = self;
        cancel(&this);
    }
}

impl<T, E, U, E2, F> Node<U, E2> for Then<T, E, U, E2, F>
where
    T: Value,
    E: Value,
    U: Value,
    E2: Cause,
    F: Owned,
{
    node! {
        U, E2,
        fn stop(self: Shared<Self>) {
            let work = mem::replace(&mut *self.work.lock(), Work::Over);
            drop(work);
            ticks::stop(&self.adoption);
        }
    }
}

impl<T, E, U, E2, F> Suspect for Then<T, E, U, E2, F>
where
    T: Value,
    E: Value,
    U: Value,
    E2: Cause,
    F: Owned,
{
    fn report(self: Shared<Self>) {
        report(self);
    }

    fn is_clear(&self) -> bool {
        self.cell.is_clear()
    }
}

impl<T, E, U, E2, F> Adopt<U, E2> for Then<T, E, U, E2, F>
where
    T: Clone + Value,
    E: Clone + Value,
    U: Value,
    E2: Cause,
    F: FnOnce(Result<T, E>) -> Product<U, E2> + Owned,
{
    fn adoption(&self) -> &Lock<Adoption<U, E2>> {
        &self.adoption
    }
}
