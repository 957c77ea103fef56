//! `then`, `catch` and `map`: one node is the derived promise, the reaction and the job.

use super::Product;
use super::cell::{Cell, Node, Outcome, View, cancel, node, react, report, settle};
use super::job::{DynJob, Job};
use super::kind::{Brief, Cause, Home, Owned, Value, push};
use super::object::{Object, Shared};
use super::reactions::{DynReact, React};
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
    let home = Home::here();
    let derived = Shared::new(2, |header| Then {
        cell: Cell::new(header, place),
        home,
        stage: Brief::new(Stage::Waiting(handler)),
    });
    // SAFETY: the reaction holds it, and so does the view.
    let reaction = unsafe { derived.counted() };
    react(source, DynReact::new(reaction), 0);
    View::promised(derived.into())
}

#[repr(C)]
struct Then<T, E, U, E2, F> {
    cell: Cell<U, E2>,
    stage: Brief<Stage<T, E, U, E2, F>>,
    home: Home,
}

enum Stage<T, E, U, E2, F> {
    /// Its source is pending.
    Waiting(F),
    /// Its source has settled, and it is queued.
    Queued(F, View<T, E>),
    /// The handler is running, or was run or dropped.
    Begun(Adoption<U, E2>),
}

impl<T, E, U, E2, F> Stage<T, E, U, E2, F> {
    const OVER: Self = Self::Begun(Adoption::None);

    /// Takes the source that has settled. Gives it back if nobody waits for it any more.
    #[inline]
    fn arm(&mut self, source: View<T, E>) -> Option<View<T, E>> {
        let (next, unneeded) = match mem::replace(self, Self::OVER) {
            Self::Waiting(handler) => (Self::Queued(handler, source), None),
            // It was cancelled while it waited.
            other => (other, Some(source)),
        };
        // What lies there has nothing to drop.
        mem::forget(mem::replace(self, next));
        unneeded
    }
}

impl<T, E, U, E2, F> React<T, E> for Then<T, E, U, E2, F>
where
    T: Clone + Value,
    E: Clone + Value,
    U: Value,
    E2: Cause,
    F: FnOnce(Result<T, E>) -> Product<U, E2> + Owned,
{
    fn arm(this: Shared<Self>, source: View<T, E>, index: u32) {
        let cancelled = source.is_cancelled();
        // SAFETY: the handler and the source are moved, not dropped.
        let unneeded = unsafe { this.stage.update(|stage| stage.arm(source)) };
        if unneeded.is_some() {
            return;
        }
        if cancelled {
            ticks::cancel_later(this.into(), index);
        } else {
            push(this, |this| &this.home, index);
        }
    }

    fn job(this: Shared<Self>) -> DynJob {
        this.into()
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
    fn run(this: Shared<Self>, _: u32) {
        let (handler, source) = match this.stage.replace(Stage::OVER) {
            Stage::Queued(handler, source) => (handler, source),
            Stage::Begun(adoption) => return ticks::adopt(this, adoption),
            Stage::Waiting(_) => return,
        };
        let Some(outcome) = source.take() else { return };
        match outcome.pass() {
            Ok(outcome) => match guard(|| handler(outcome)) {
                Ok(product) => ticks::resolve(this, product),
                Err(payload) => {
                    settle(&this.into(), Outcome::panicked(payload));
                }
            },
            Err(passed) => {
                settle(&this.into(), passed);
                drop(handler);
            }
        }
    }

    fn cancel(this: Shared<Self>, _: u32) {
        cancel(&this.into());
    }
}

// SAFETY: the cell comes first, and begins with the header.
unsafe impl<T, E, U, E2, F> Object for Then<T, E, U, E2, F>
where
    T: Value,
    E: Value,
    U: Value,
    E2: Cause,
    F: Owned,
{
    node! {
        fn stop(this: Shared<Self>) {
            if let Stage::Begun(adoption) = this.stage.replace(Stage::OVER) {
                ticks::stop(adoption);
            }
        }
    }
}

// SAFETY: the cell comes first.
unsafe impl<T, E, U, E2, F> Node<U, E2> for Then<T, E, U, E2, F>
where
    T: Value,
    E: Value,
    U: Value,
    E2: Cause,
    F: Owned,
{
}

impl<T, E, U, E2, F> Adopt<U, E2> for Then<T, E, U, E2, F>
where
    T: Clone + Value,
    E: Clone + Value,
    U: Value,
    E2: Cause,
    F: FnOnce(Result<T, E>) -> Product<U, E2> + Owned,
{
    #[inline]
    fn exchange(&self, adoption: Adoption<U, E2>) -> Adoption<U, E2> {
        match self.stage.replace(Stage::Begun(adoption)) {
            Stage::Begun(former) => former,
            Stage::Waiting(_) | Stage::Queued(..) => Adoption::None,
        }
    }

    unsafe fn look<O>(&self, look: impl FnOnce(&mut Adoption<U, E2>) -> O) -> O {
        // SAFETY: so says the caller.
        unsafe {
            self.stage.update(|stage| match stage {
                Stage::Begun(adoption) => look(adoption),
                Stage::Waiting(_) | Stage::Queued(..) => look(&mut Adoption::None),
            })
        }
    }
}
