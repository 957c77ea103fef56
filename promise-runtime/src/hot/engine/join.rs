//! `all`, `all_settled`, `any` and `race`: one node for any number of promises.

use super::cell::{
    Cell, Handle, Node, Outcome, View, Weak, cancel, node, react, report, resolved, settle,
};
use super::job::{DynJob, Job};
use super::kind::{Cause, Lock, Value};
use super::object::{Object, Shared};
use super::reactions::{DynReact, Key, React};
use super::ticks;
use crate::AggregateError;
use crate::hot::reason::Reason;
use core::convert::Infallible;
use core::mem;
use core::panic::Location;
use std::vec::Vec;

type Place = &'static Location<'static>;

/// Fulfils with all values, or rejects with the first reason.
pub(crate) fn all<T, E>(promises: Vec<View<T, E>>, place: Place) -> View<Vec<T>, E>
where
    T: Clone + Value,
    E: Clone + Cause,
{
    if promises.is_empty() {
        return resolved(Ok(Vec::new()), place);
    }
    join(All(Slots::new(promises.len())), promises, place)
}

/// Fulfils with all outcomes.
pub(crate) fn all_settled<T, E>(
    promises: Vec<View<T, E>>,
    place: Place,
) -> View<Vec<Result<T, E>>, Infallible>
where
    T: Clone + Value,
    E: Clone + Cause,
{
    if promises.is_empty() {
        return resolved(Ok(Vec::new()), place);
    }
    join(AllSettled(Slots::new(promises.len())), promises, place)
}

/// Fulfils with the first value, or rejects with all reasons.
pub(crate) fn any<T, E>(promises: Vec<View<T, E>>, place: Place) -> View<T, AggregateError<Vec<E>>>
where
    T: Clone + Value,
    E: Clone + Value,
    AggregateError<Vec<E>>: Reason,
{
    if promises.is_empty() {
        return resolved(Err(AggregateError { errors: Vec::new() }), place);
    }
    join(Any(Slots::new(promises.len())), promises, place)
}

/// Settles as the first one does.
pub(crate) fn race<T, E>(promises: Vec<View<T, E>>, place: Place) -> View<T, E>
where
    T: Clone + Value,
    E: Clone + Cause,
{
    join(Race, promises, place)
}

/// What a combinator makes of the outcomes as they come.
trait Rule<T, E>: Value {
    type Value: Value;
    type Reason: Value;

    /// The outcome of the whole, if this one decides it.
    fn add(
        &mut self,
        index: usize,
        outcome: Result<T, E>,
    ) -> Option<Result<Self::Value, Self::Reason>>;
}

/// One place for each promise, and how many are empty.
struct Slots<T> {
    values: Vec<Option<T>>,
    missing: usize,
}

impl<T> Slots<T> {
    fn new(count: usize) -> Self {
        Self {
            values: (0..count).map(|_| None).collect(),
            missing: count,
        }
    }

    /// All values once none is missing.
    fn fill(&mut self, index: usize, value: T) -> Option<Vec<T>> {
        self.values[index] = Some(value);
        self.missing -= 1;
        (self.missing == 0).then(|| mem::take(&mut self.values).into_iter().flatten().collect())
    }
}

struct All<T>(Slots<T>);
struct AllSettled<T, E>(Slots<Result<T, E>>);
struct Any<E>(Slots<E>);
struct Race;

impl<T: Value, E: Value> Rule<T, E> for All<T> {
    type Value = Vec<T>;
    type Reason = E;

    fn add(&mut self, index: usize, outcome: Result<T, E>) -> Option<Result<Vec<T>, E>> {
        match outcome {
            Ok(value) => self.0.fill(index, value).map(Ok),
            Err(reason) => Some(Err(reason)),
        }
    }
}

impl<T: Value, E: Value> Rule<T, E> for AllSettled<T, E> {
    type Value = Vec<Result<T, E>>;
    type Reason = Infallible;

    fn add(
        &mut self,
        index: usize,
        outcome: Result<T, E>,
    ) -> Option<Result<Self::Value, Infallible>> {
        self.0.fill(index, outcome).map(Ok)
    }
}

impl<T: Value, E: Value> Rule<T, E> for Any<E> {
    type Value = T;
    type Reason = AggregateError<Vec<E>>;

    fn add(&mut self, index: usize, outcome: Result<T, E>) -> Option<Result<T, Self::Reason>> {
        match outcome {
            Ok(value) => Some(Ok(value)),
            Err(reason) => self
                .0
                .fill(index, reason)
                .map(|errors| Err(AggregateError { errors })),
        }
    }
}

impl<T: Value, E: Value> Rule<T, E> for Race {
    type Value = T;
    type Reason = E;

    fn add(&mut self, _: usize, outcome: Result<T, E>) -> Option<Result<T, E>> {
        Some(outcome)
    }
}

#[repr(C)]
struct Join<T, E, V, R, C> {
    cell: Cell<V, R>,
    state: Lock<State<T, E, C>>,
}

struct State<T, E, C> {
    rule: C,
    sources: Vec<Source<T, E>>,
}

enum Source<T, E> {
    /// Not registered yet, or over.
    None,
    Pending(Weak<T, E>, Key),
    /// Has settled, and its job is queued.
    Settled(View<T, E>),
}

fn join<T, E, C>(rule: C, promises: Vec<View<T, E>>, place: Place) -> View<C::Value, C::Reason>
where
    T: Clone + Value,
    E: Clone + Value,
    C: Rule<T, E>,
    C::Reason: Reason,
{
    let sources = promises.iter().map(|_| Source::None).collect();
    let joined = Shared::new(1, |header| Join {
        cell: Cell::new(header, place),
        state: Lock::new(State { rule, sources }),
    });
    for (index, promise) in (0..).zip(&promises) {
        if let Some(key) = react(promise, DynReact::new(joined.clone()), index) {
            let over = {
                let sources = &mut joined.state.lock().sources;
                match sources.get_mut(index as usize) {
                    Some(source @ Source::None) if promise.cell().is_pending() => {
                        *source = Source::Pending(promise.handle().downgrade(), key);
                        false
                    }
                    // On another thread it has settled in between.
                    Some(_) => false,
                    None => true,
                }
            };
            if over {
                promise.cell().forget(key);
            }
        }
    }
    View::promised(joined.into())
}

impl<T, E, C> Join<T, E, C::Value, C::Reason, C>
where
    T: Clone + Value,
    E: Clone + Value,
    C: Rule<T, E>,
    C::Reason: Reason,
{
    /// Leaves the promises that no longer matter.
    fn leave(&self) {
        let sources = mem::take(&mut self.state.lock().sources);
        for source in sources {
            if let Source::Pending(promise, key) = source {
                if let Some(promise) = promise.upgrade() {
                    Cell::of(&promise).forget(key);
                }
            }
        }
    }

    fn settle(this: &Shared<Self>, outcome: Outcome<C::Value, C::Reason>) {
        let promise: Handle<C::Value, C::Reason> = this.clone().into();
        settle(&promise, outcome);
        this.leave();
    }
}

impl<T, E, C> React<T, E> for Join<T, E, C::Value, C::Reason, C>
where
    T: Clone + Value,
    E: Clone + Value,
    C: Rule<T, E>,
    C::Reason: Reason,
{
    fn arm(this: Shared<Self>, promise: View<T, E>, index: u32) {
        let cancelled = promise.is_cancelled();
        let former = match this.state.lock().sources.get_mut(index as usize) {
            Some(source) => mem::replace(source, Source::Settled(promise)),
            None => return,
        };
        drop(former);
        ticks::react(cancelled, this.into(), index);
    }

    fn job(this: Shared<Self>) -> DynJob {
        this.into()
    }
}

impl<T, E, C> Job for Join<T, E, C::Value, C::Reason, C>
where
    T: Clone + Value,
    E: Clone + Value,
    C: Rule<T, E>,
    C::Reason: Reason,
{
    fn run(this: Shared<Self>, index: u32) {
        let source = match this.state.lock().sources.get_mut(index as usize) {
            Some(source) => mem::replace(source, Source::None),
            // It has settled already.
            None => return,
        };
        let Source::Settled(promise) = source else {
            return;
        };
        let Some(outcome) = promise.take() else {
            return;
        };
        match outcome.pass() {
            Ok(outcome) => {
                let decided = this.state.lock().rule.add(index as usize, outcome);
                if let Some(outcome) = decided {
                    Self::settle(&this, Outcome::Settled(outcome));
                }
            }
            Err(passed) => Self::settle(&this, passed),
        }
    }

    fn cancel(this: Shared<Self>, _: u32) {
        cancel(&this.into());
    }
}

// SAFETY: the cell comes first, and begins with the header.
unsafe impl<T, E, C> Object for Join<T, E, C::Value, C::Reason, C>
where
    T: Clone + Value,
    E: Clone + Value,
    C: Rule<T, E>,
    C::Reason: Reason,
{
    node! {
        fn stop(this: Shared<Self>) {
            this.leave();
        }
    }
}

// SAFETY: the cell comes first.
unsafe impl<T, E, C> Node<C::Value, C::Reason> for Join<T, E, C::Value, C::Reason, C>
where
    T: Clone + Value,
    E: Clone + Value,
    C: Rule<T, E>,
    C::Reason: Reason,
{
}
