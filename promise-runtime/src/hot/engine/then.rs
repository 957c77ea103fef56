//! `then`, `catch` and `map`: one node is the derived promise, the reaction and the job.

use super::Product;
use super::cell::{
    Cell, Handle, Job, Node, Outcome, Suspect, View, cancel, node, react, report, settle,
};
use super::kind::{self, Brief, Cause, Home, Owned, Shared, Value, push};
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
    let home = Home::here();
    let derived = kind::allocate(|| Then {
        cell: Cell::new(place),
        home,
        stage: Brief::new(Stage::Waiting(handler)),
    });
    react(source, derived.clone(), 0);
    View::promised(derived)
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
    fn arm(self: Shared<Self>, source: View<T, E>, index: u32) {
        let cancelled = source.is_cancelled();
        // SAFETY: the handler and the source are moved, not dropped.
        let unneeded = unsafe { self.stage.update(|stage| stage.arm(source)) };
        if unneeded.is_some() {
            return;
        }
        if cancelled {
            ticks::cancel_later(self, index);
        } else {
            push(self, |this| &this.home, index);
        }
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
        let (handler, source) = match self.stage.replace(Stage::OVER) {
            Stage::Queued(handler, source) => (handler, source),
            Stage::Begun(adoption) => return ticks::adopt(self, adoption),
            Stage::Waiting(_) => return,
        };
        let Some(outcome) = source.take() else { return };
        match outcome.pass() {
            Ok(outcome) => match guard(|| handler(outcome)) {
                Ok(product) => ticks::resolve(self, product),
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

// SAFETY: the cell comes first.
unsafe impl<T, E, U, E2, F> Node<U, E2> for Then<T, E, U, E2, F>
where
    T: Value,
    E: Value,
    U: Value,
    E2: Cause,
    F: Owned,
{
    node! {
        fn stop(self: Shared<Self>) {
            if let Stage::Begun(adoption) = self.stage.replace(Stage::OVER) {
                ticks::stop(adoption);
            }
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
