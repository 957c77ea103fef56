//! `finally`: a handler that sees nothing, runs whatever happens, and changes only what it breaks.

use super::cell::{Cell, Node, Outcome, View, node, react, report, settle};
use super::job::{DynJob, Job};
use super::kind::{self, Cause, Home, Lock, Owned, Value, push, step};
use super::object::{Header, Object, Shared};
use super::reactions::{DynReact, React};
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
    let derived = Shared::new(2, |header| Finally {
        cell: Cell::new(header, place),
        home,
        work: Lock::new(Work::Waiting(handler)),
        value: core::marker::PhantomData,
    });
    // SAFETY: the reaction holds it, and so does the view.
    let reaction = unsafe { derived.counted() };
    react(source, DynReact::new(reaction), 0);
    View::promised(derived.into())
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

    fn settle(this: Shared<Self>, outcome: Outcome<T, E>) {
        settle(&this.into(), outcome);
    }

    /// The handler's turn.
    fn clean_up(this: Shared<Self>, handler: F, outcome: Outcome<T, E>) {
        match guard(handler) {
            Ok(Resolution::Fulfill(())) => Self::pause(this, 2, outcome),
            Ok(Resolution::Reject(reason)) => Self::settle(this, Outcome::Settled(Err(reason))),
            Ok(Resolution::Adopt(promise)) => {
                this.set(Work::WaitingForHandler(outcome));
                let through = Shared::new(1, |header| Through {
                    header,
                    finally: this,
                    settled: Lock::new(None),
                });
                react(&promise, DynReact::new(through), 0);
            }
            Err(payload) => Self::settle(this, Outcome::panicked(payload)),
        }
    }

    fn pause(this: Shared<Self>, turns: u32, outcome: Outcome<T, E>) {
        if !kind::TURNS {
            return Self::settle(this, outcome);
        }
        this.set(Work::Pausing(turns, outcome));
        step(this.into(), 0);
    }
}

impl<T, E, V, F> React<T, E> for Finally<T, E, V, F>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
    fn arm(this: Shared<Self>, source: View<T, E>, index: u32) {
        if source.is_cancelled() {
            return ticks::cancel_later(this.into(), index);
        }
        {
            let work = &mut *this.work.lock();
            match mem::replace(work, Work::Over) {
                Work::Waiting(handler) => *work = Work::Queued(handler, source),
                // It was cancelled while it waited.
                other => {
                    *work = other;
                    return;
                }
            }
        }
        push(this, |this| &this.home, index);
    }

    fn job(this: Shared<Self>) -> DynJob {
        this.into()
    }
}

impl<T, E, V, F> Job for Finally<T, E, V, F>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
    fn run(this: Shared<Self>, _: u32) {
        let work = mem::replace(&mut *this.work.lock(), Work::Over);
        match work {
            Work::Queued(handler, source) => {
                if let Some(outcome) = source.take() {
                    Self::clean_up(this, handler, outcome);
                }
            }
            Work::CleaningUp(handler) => {
                // Nobody can see what comes of it: the promise is cancelled.
                drop(guard(handler));
            }
            Work::Pausing(1, outcome) => Self::settle(this, outcome),
            Work::Pausing(turns, outcome) => Self::pause(this, turns - 1, outcome),
            Work::Waiting(_) | Work::WaitingForHandler(_) | Work::Over => {}
        }
    }

    fn cancel(this: Shared<Self>, _: u32) {
        // While the thread or the executor ends nobody gives it a turn.
        if let Some(handler) = this.take_cleaning_up() {
            drop(guard(handler));
            return;
        }
        super::cell::cancel(&this.into());
    }
}

// SAFETY: the cell comes first, and begins with the header.
unsafe impl<T, E, V, F> Object for Finally<T, E, V, F>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
    node! {
        fn stop(this: Shared<Self>) {
            let work = mem::replace(&mut *this.work.lock(), Work::Over);
            if let Work::Waiting(handler) | Work::Queued(handler, _) = work {
                this.set(Work::CleaningUp(handler));
                push(this, |this| &this.home, 0);
            }
        }
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
}

/// Waits for the promise that the handler gave.
#[repr(C)]
struct Through<T, E, V, F> {
    header: Header,
    finally: Shared<Finally<T, E, V, F>>,
    settled: Lock<Option<View<V, E>>>,
}

// SAFETY: the header comes first.
unsafe impl<T, E, V, F> Object for Through<T, E, V, F>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
}

impl<T, E, V, F> React<V, E> for Through<T, E, V, F>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
    fn arm(this: Shared<Self>, source: View<V, E>, index: u32) {
        let cancelled = source.is_cancelled();
        *this.settled.lock() = Some(source);
        ticks::react(cancelled, this.into(), index);
    }

    fn job(this: Shared<Self>) -> DynJob {
        this.into()
    }
}

impl<T, E, V, F> Job for Through<T, E, V, F>
where
    T: Clone + Value,
    E: Clone + Cause,
    V: Value,
    F: FnOnce() -> Cleanup<V, E> + Owned,
{
    fn run(this: Shared<Self>, _: u32) {
        let settled = this.settled.lock().take();
        let work = mem::replace(&mut *this.finally.work.lock(), Work::Over);
        let (Some(settled), Work::WaitingForHandler(outcome)) = (settled, work) else {
            return;
        };
        let outcome = match settled.outcome() {
            Some(Outcome::Settled(Err(reason))) => guard(|| reason.clone())
                .map_or_else(Outcome::panicked, |reason| Outcome::Settled(Err(reason))),
            Some(Outcome::Panicked(payload)) => Outcome::Panicked(payload.clone()),
            _ => outcome,
        };
        Finally::pause(this.finally.clone(), 1, outcome);
    }

    fn cancel(this: Shared<Self>, index: u32) {
        Finally::cancel(this.finally.clone(), index);
    }
}
