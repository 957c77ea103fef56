//! `finally`: a handler that sees nothing, runs whatever happens, and changes only what it breaks.

use super::cell::{Cell, Handle, Job, Node, Outcome, Suspect, View, node, react, report, settle};
use super::kind::{self, Cause, Home, Lock, Owned, Shared, Value, push, step};
use super::reactions::React;
use super::ticks::{self, guard};
use crate::hot::Resolution;
use core::mem;
use core::panic::Location;

/// What the clean-up gives: nothing of interest, a reason, or a promise to wait for.
pub(crate) type Cleanup<V, E> = Resolution<(), E, View<V, E>>;

/// Derives a promise that settles as `source` does once `handler` and what it gives are through.
#[track_caller]
pub(crate) fn finally<T, E, V, F>(
    source: &View<T, E>,
    place: &'static Location<'static>,
    handler: F,
) -> View<T, E>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
    let home = Home::here();
    let derived = kind::allocate(|| Finally {
        cell: Cell::new(place),
        home,
        work: Lock::new(Work::Waiting(handler)),
        value: core::marker::PhantomData,
    });
    react(source, derived.clone(), 0);
    View::promised(derived)
}

#[repr(C)]
struct Finally<T, E, V, F> {
    cell: Cell<T, E>,
    home: Home,
    work: Lock<Work<T, E, F>>,
    value: core::marker::PhantomData<fn() -> V>,
}

enum Work<T, E, F> {
    /// Its source is pending.
    Waiting(F),
    /// Its source has settled, and it is queued.
    Queued(F, View<T, E>),
    /// The source was cancelled: the handler has a turn, and nothing comes after it.
    CleaningUp(F),
    /// The handler has run; so many turns are left (rule 5).
    Pausing(u32, Outcome<T, E>),
    /// The handler has run, and its promise is pending.
    WaitingForHandler(Outcome<T, E>),
    /// The handler is running, or all is over.
    Over,
}

impl<T, E, V, F> Finally<T, E, V, F>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
    fn set(&self, work: Work<T, E, F>) {
        let former = mem::replace(&mut *self.work.lock(), work);
        drop(former);
    }

    fn take_cleaning_up(&self) -> Option<F> {
        let work = &mut *self.work.lock();
        match mem::replace(work, Work::Over) {
            Work::CleaningUp(handler) => Some(handler),
            // Nobody may see it gone meanwhile.
            other => {
                *work = other;
                None
            }
        }
    }

    fn settle(self: Shared<Self>, outcome: Outcome<T, E>) {
        let this: Handle<T, E> = self;
        settle(&this, outcome);
    }

    /// The handler's turn.
    fn clean_up(self: Shared<Self>, handler: F, outcome: Outcome<T, E>) {
        match guard(handler) {
            Ok(Resolution::Fulfill(())) => self.pause(2, outcome),
            Ok(Resolution::Reject(reason)) => self.settle(Outcome::Settled(Err(reason))),
            Ok(Resolution::Adopt(promise)) => {
                self.set(Work::WaitingForHandler(outcome));
                let through: Shared<Through<T, E, V, F>> = Shared::new(Through {
                    finally: self,
                    settled: Lock::new(None),
                });
                react(&promise, through, 0);
            }
            Err(payload) => self.settle(Outcome::panicked(payload)),
        }
    }

    fn pause(self: Shared<Self>, turns: u32, outcome: Outcome<T, E>) {
        self.set(Work::Pausing(turns, outcome));
        step(self.clone(), 0);
    }
}

impl<T, E, V, F> React<T, E> for Finally<T, E, V, F>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
    fn arm(self: Shared<Self>, source: View<T, E>, index: u32) {
        if source.is_cancelled() {
            return ticks::cancel_later(self, index);
        }
        {
            let work = &mut *self.work.lock();
            match mem::replace(work, Work::Over) {
                Work::Waiting(handler) => *work = Work::Queued(handler, source),
                // It was cancelled while it waited.
                other => {
                    *work = other;
                    return;
                }
            }
        }
        push(self, |this| &this.home, index);
    }

    fn job(self: Shared<Self>) -> Shared<dyn Job> {
        self
    }
}

impl<T, E, V, F> Job for Finally<T, E, V, F>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
    fn run(self: Shared<Self>, _: u32) {
        let work = mem::replace(&mut *self.work.lock(), Work::Over);
        match work {
            Work::Queued(handler, source) => {
                if let Some(outcome) = source.take() {
                    self.clean_up(handler, outcome);
                }
            }
            Work::CleaningUp(handler) => {
                // Nobody can see what comes of it: the promise is cancelled.
                drop(guard(handler));
            }
            Work::Pausing(1, outcome) => self.settle(outcome),
            Work::Pausing(turns, outcome) => self.pause(turns - 1, outcome),
            Work::Waiting(_) | Work::WaitingForHandler(_) | Work::Over => {}
        }
    }

    fn cancel(self: Shared<Self>, _: u32) {
        // While the thread or the executor ends nobody gives it a turn.
        if let Some(handler) = self.take_cleaning_up() {
            drop(guard(handler));
            return;
        }
        let this: Handle<T, E> = self;
        super::cell::cancel(&this);
    }
}

// SAFETY: the cell comes first.
unsafe impl<T, E, V, F> Node<T, E> for Finally<T, E, V, F>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
    node! {
        fn stop(self: Shared<Self>) {
            let work = mem::replace(&mut *self.work.lock(), Work::Over);
            if let Work::Waiting(handler) | Work::Queued(handler, _) = work {
                self.set(Work::CleaningUp(handler));
                push(self, |this| &this.home, 0);
            }
        }
    }
}

impl<T, E, V, F> Suspect for Finally<T, E, V, F>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
    fn report(self: Shared<Self>) {
        report(self);
    }

    fn is_clear(&self) -> bool {
        self.cell.is_clear()
    }
}

/// Waits for the promise that the handler gave.
struct Through<T, E, V, F> {
    finally: Shared<Finally<T, E, V, F>>,
    settled: Lock<Option<View<V, E>>>,
}

impl<T, E, V, F> React<V, E> for Through<T, E, V, F>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
    fn arm(self: Shared<Self>, source: View<V, E>, index: u32) {
        let cancelled = source.is_cancelled();
        *self.settled.lock() = Some(source);
        ticks::react(cancelled, self.clone(), index);
    }

    fn job(self: Shared<Self>) -> Shared<dyn Job> {
        self
    }
}

impl<T, E, V, F> Job for Through<T, E, V, F>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
    fn run(self: Shared<Self>, _: u32) {
        let settled = self.settled.lock().take();
        let work = mem::replace(&mut *self.finally.work.lock(), Work::Over);
        let (Some(settled), Work::WaitingForHandler(outcome)) = (settled, work) else {
            return;
        };
        let outcome = match settled.outcome() {
            Some(Outcome::Settled(Err(reason))) => guard(|| reason.clone())
                .map_or_else(Outcome::panicked, |reason| Outcome::Settled(Err(reason))),
            Some(Outcome::Panicked(payload)) => Outcome::Panicked(payload.clone()),
            _ => outcome,
        };
        self.finally.clone().pause(1, outcome);
    }

    fn cancel(self: Shared<Self>, index: u32) {
        self.finally.clone().cancel(index);
    }
}
