//! In which turn what happens. Every rule of the order stands here, with its source in ECMA-262 (2026).
//!
//! 1. One queue of jobs, first come, first served (9.5.5 HostEnqueuePromiseJob). A reaction is queued when its promise settles, or by
//!    `then` if it has settled (27.2.5.4.1), in the order of registration (27.2.1.8). A link with no handler for
//!    the outcome takes its turn too (27.2.2.1, steps 1.c and 1.d).
//! 2. A handler that gives a value or a reason settles its promise in its own turn (27.2.2.1, 27.2.1.3.2).
//! 3. A handler, or resolver, that gives a promise costs two turns more: a NewPromiseResolveThenableJob (27.2.2.2) calls
//!    the promise's `then`, and the reaction to that settles this one. If the promise is still pending in the first
//!    of the two, only the reaction is left to come after it settles. [`Adoption`] is this.
//! 4. A promise that gives itself is a TypeError (27.2.1.3.2, step 7), here a panic for whoever awaits it.
//! 5. `finally` calls its handler in the first turn, then waits for what that gave with a `then` of its own (27.2.5.3.1, step 5), and
//!    adopts the promise of that `then`. Without a promise from the handler this is three turns, as each `then` is a promise that has
//!    settled by the time it is adopted. With a pending one it is two turns after that has settled. A
//!    handler that throws is as in `then`.
//! 6. `all`, `allSettled`, `any`, `race` call `then` of every promise, in input order, and settle in the turn of the reaction that decides
//!    (27.2.4.1.2). Empty ones settle at once, and an empty `race` never.
//! 7. `await` of a promise is a reaction (27.7.5.3, PromiseResolve gives the promise itself): one turn after it has settled, also if it had
//!    before. An `async` function runs to its first `await` when it is called, and settles its promise in the turn in which it returns.
//!
//! The promises of many threads skip the turns in which no handler runs: nobody can tell there.

use super::cell::{Cell, Handle, Node, Outcome, SelfAdoption, View, Weak, settle};
use super::job::{DynJob, Job};
use super::kind::{self, Brief, Value, any_job, step};
use super::object::{self, Header, Object, Shared};
use super::reactions::{DynReact, Key, React};
use super::{Product, cell};
use crate::hot::flat;
use crate::hot::reason::Payload;
use core::mem;
use std::boxed::Box;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Another promise that is to decide.
pub(crate) struct Adopted<T, E> {
    inner: View<T, E>,
    /// Only here the values need to be `Clone`.
    take: Take<T, E>,
}

type Take<T, E> = fn(View<T, E>) -> Option<Outcome<T, E>>;

impl<T: Clone, E: Clone> Adopted<T, E> {
    pub(crate) fn new(inner: View<T, E>) -> Self {
        Self {
            inner,
            take: View::take,
        }
    }
}

/// How far a promise is with becoming what another one becomes (rule 3).
#[derive(Default)]
pub(crate) enum Adoption<T, E> {
    /// There is none, or it is over.
    #[default]
    None,
    /// NewPromiseResolveThenableJob is queued.
    Begun(Adopted<T, E>),
    /// The promise is pending.
    Waiting(Take<T, E>, Option<object::Weak>),
    /// The promise has settled, and the reaction to that is queued.
    Reacting(Adopted<T, E>),
}

/// A promise that can adopt another one, and keeps how far it is.
pub(crate) trait Adopt<T, E>: Node<T, E> + Job {
    /// Where it is from now on; gives where it was.
    fn exchange(&self, adoption: Adoption<T, E>) -> Adoption<T, E>;

    /// Looks at it under its lock.
    ///
    /// # Safety
    ///
    /// `look` does not come to it again: it runs no foreign code, drops included.
    unsafe fn look<O>(&self, look: impl FnOnce(&mut Adoption<T, E>) -> O) -> O;
}

/// What a handler or a resolver said (27.2.1.3.2, Promise Resolve Functions).
#[inline]
pub(crate) fn resolve<N, T, E>(this: Shared<N>, product: Product<T, E>)
where
    N: Adopt<T, E> + 'static,
    T: Value,
    E: Value,
{
    let outcome = match product {
        Product::Fulfill(value) => Outcome::Settled(Ok(value)),
        Product::Reject(reason) => Outcome::Settled(Err(reason)),
        Product::Adopt(adopted) => return begin(this, adopted),
    };
    settle(&this.into(), outcome);
}

/// Another promise is to decide.
pub(crate) fn begin<N, T, E>(this: Shared<N>, adopted: Adopted<T, E>)
where
    N: Adopt<T, E> + 'static,
    T: Value,
    E: Value,
{
    if core::ptr::eq(adopted.inner.handle().as_ptr(), this.as_untyped().as_ptr()) {
        let promise: Handle<T, E> = this.into();
        let place = Cell::of(&promise).place();
        settle(&promise, self_adoption(place));
        return;
    }
    adopted.inner.cell().consume();
    if !kind::TURNS && !adopted.inner.cell().is_pending() {
        return adopt_settled(this, adopted);
    }
    drop(this.exchange(Adoption::Begun(adopted)));
    step(this.into(), 0);
}

/// All turns of an adoption at once, where nobody can tell. It keeps nothing, so nobody who cancels finds anything to stop.
fn adopt_settled<N, T, E>(this: Shared<N>, Adopted { inner, take }: Adopted<T, E>)
where
    N: Adopt<T, E> + 'static,
    T: Value,
    E: Value,
{
    if inner.is_cancelled() {
        cancel_later(this.into(), 0);
    } else if let Some(outcome) = take(inner) {
        settle(&this.into(), outcome);
    }
}

/// One turn of an adoption, which was taken out for it.
pub(crate) fn adopt<N, T, E>(this: Shared<N>, adoption: Adoption<T, E>)
where
    N: Adopt<T, E> + 'static,
    T: Value,
    E: Value,
{
    match adoption {
        Adoption::Begun(adopted) => call_then(this, adopted),
        Adoption::Reacting(Adopted { inner, take }) => {
            if let Some(outcome) = take(inner) {
                settle(&this.into(), outcome);
            }
        }
        // Cancelled.
        Adoption::None | Adoption::Waiting(..) => {}
    }
}

/// The turn of NewPromiseResolveThenableJob.
fn call_then<N, T, E>(this: Shared<N>, Adopted { inner, take }: Adopted<T, E>)
where
    N: Adopt<T, E> + 'static,
    T: Value,
    E: Value,
{
    let promise: Handle<T, E> = this.clone().into();
    let cell = Cell::of(&promise);
    if !cell.is_pending() {
        // Cancelled before it began, by its own handler or on another thread.
        return;
    }
    if !inner.cell().is_pending() {
        let cancelled = inner.is_cancelled();
        drop(this.exchange(Adoption::Reacting(Adopted { inner, take })));
        return react(cancelled, this.into(), 0);
    }
    drop(this.exchange(Adoption::Waiting(take, None)));
    let bridge = Shared::new(1, |header| Bridge {
        header,
        target: this.clone(),
        source: Brief::new(None),
    });
    let Some(key) = cell::react(&inner, DynReact::new(bridge.clone()), 0) else {
        return;
    };
    let source = inner.handle().downgrade();
    drop(bridge.source.replace(Some((source, key))));
    let mut bridge = Some(bridge.as_untyped().downgrade());
    // SAFETY: a bridge is kept where there was none.
    let is_over = unsafe {
        this.look(|adoption| {
            // Looked at under the lock: whoever cancels says so first and stops the adoption then.
            let is_over = !cell.is_pending();
            if let (Adoption::Waiting(_, kept @ None), false) = (adoption, is_over) {
                *kept = bridge.take();
            }
            is_over
        })
    };
    if is_over {
        inner.cell().forget(key);
    }
}

/// The promise is cancelled while it adopts: nothing reacts any more.
pub(crate) fn stop<T, E>(adoption: Adoption<T, E>) {
    if let Adoption::Waiting(_, Some(bridge)) = adoption {
        if let Some(bridge) = bridge.upgrade() {
            bridge.stop();
        }
    }
}

/// A reaction, by the promise that keeps it.
type Registered<T, E> = (Weak<T, E>, Key);

/// Waits for an adopted promise that is pending.
#[repr(C)]
struct Bridge<N, T, E> {
    header: Header,
    target: Shared<N>,
    source: Brief<Option<Registered<T, E>>>,
}

// SAFETY: the header comes first.
unsafe impl<N, T, E> Object for Bridge<N, T, E>
where
    N: Adopt<T, E> + 'static,
    T: Value,
    E: Value,
{
    /// It need not wait any more.
    fn stop(this: Shared<Self>) {
        if let Some((source, key)) = this.source.replace(None) {
            if let Some(source) = source.upgrade() {
                Cell::of(&source).forget(key);
            }
        }
    }
}

impl<N, T, E> React<T, E> for Bridge<N, T, E>
where
    N: Adopt<T, E> + 'static,
    T: Value,
    E: Value,
{
    /// The adopted promise has settled.
    fn arm(this: Shared<Self>, inner: View<T, E>, _: u32) {
        let cancelled = inner.is_cancelled();
        let mut inner = Some(inner);
        // SAFETY: what was there before is dropped later.
        let former = unsafe {
            this.target
                .look(|adoption| match (&adoption, inner.take()) {
                    (Adoption::Waiting(take, _), Some(view)) => {
                        let take = *take;
                        let next = Adoption::Reacting(Adopted { inner: view, take });
                        Some(mem::replace(adoption, next))
                    }
                    // Cancelled.
                    (_, view) => {
                        inner = view;
                        None
                    }
                })
        };
        if former.is_some() {
            react(cancelled, this.target.clone().into(), 0);
        }
    }

    fn job(this: Shared<Self>) -> DynJob {
        this.target.clone().into()
    }
}

/// Rule 4.
fn self_adoption<T, E>(place: &'static core::panic::Location<'static>) -> Outcome<T, E> {
    Outcome::panicked(Box::new(SelfAdoption(place)))
}

/// Runs a handler; its panic is for whoever awaits the promise.
pub(crate) fn guard<O>(handler: impl FnOnce() -> O) -> Result<O, Payload> {
    // What the handler holds is dropped by the unwinding, and nobody sees it again.
    catch_unwind(AssertUnwindSafe(handler))
}

/// A step that runs no handler is due: its turn comes, unless its source was cancelled.
#[inline]
pub(crate) fn react(cancelled: bool, job: DynJob, index: u32) {
    if cancelled {
        cancel_later(job, index);
    } else {
        step(job, index);
    }
}

/// Cancels a job in its place in the chain.
#[cold]
pub(crate) fn cancel_later(job: DynJob, index: u32) {
    flat::cancel_job(any_job(job), index);
}
