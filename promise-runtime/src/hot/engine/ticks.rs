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

use super::cell::{Handle, Job, Node, Outcome, SelfAdoption, View, settle};
use super::kind::{Lock, Shared, Value, Weak, any_job, step};
use super::reactions::{Key, React};
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
pub(crate) enum Adoption<T, E> {
    /// There is none, or it is over.
    None,
    /// NewPromiseResolveThenableJob is queued.
    Begun(Adopted<T, E>),
    /// The promise is pending.
    Waiting(Take<T, E>, Option<(Weak<dyn Node<T, E>>, Key)>),
    /// The promise has settled, and the reaction to that is queued.
    Reacting(Adopted<T, E>),
}

/// A promise that can adopt another one.
pub(crate) trait Adopt<T, E>: Node<T, E> + Job {
    /// Where it keeps how far it is. Locked for moments.
    fn adoption(&self) -> &Lock<Adoption<T, E>>;
}

/// What a handler or a resolver said (27.2.1.3.2, Promise Resolve Functions).
pub(crate) fn resolve<N, T, E>(this: &Shared<N>, product: Product<T, E>)
where
    N: Adopt<T, E> + 'static,
    T: Value,
    E: Value,
{
    let promise: Handle<T, E> = this.clone();
    let outcome = match product {
        Product::Fulfill(value) => Outcome::Settled(Ok(value)),
        Product::Reject(reason) => Outcome::Settled(Err(reason)),
        Product::Adopt(adopted) if is_same(adopted.inner.handle(), &promise) => {
            self_adoption(promise.cell().place())
        }
        Product::Adopt(adopted) => {
            adopted.inner.cell().consume();
            *this.adoption().lock() = Adoption::Begun(adopted);
            return step(this.clone(), 0);
        }
    };
    settle(&promise, outcome);
}

/// One turn of an adoption.
pub(crate) fn adopt<N, T, E>(this: &Shared<N>)
where
    N: Adopt<T, E> + 'static,
    T: Value,
    E: Value,
{
    let adoption = mem::replace(&mut *this.adoption().lock(), Adoption::None);
    match adoption {
        // Cancelled before it began, by its own handler or on another thread.
        Adoption::Begun(_) if !this.cell().is_pending() => {}
        Adoption::Begun(Adopted { inner, take }) => {
            *this.adoption().lock() = Adoption::Waiting(take, None);
            if !inner.cell().is_pending() {
                return arm(this, inner);
            }
            let bridge = Shared::new(Bridge {
                target: this.clone(),
            });
            if let Some(key) = cell::react(&inner, bridge, 0) {
                let mut adoption = this.adoption().lock();
                // Looked at under the lock: whoever cancels says so first and stops the adoption then.
                let is_over = !this.cell().is_pending();
                if let (Adoption::Waiting(_, source), false) = (&mut *adoption, is_over) {
                    *source = Some((Shared::downgrade(inner.handle()), key));
                }
                drop(adoption);
                if is_over {
                    inner.cell().forget(key);
                }
            }
        }
        Adoption::Reacting(Adopted { inner, take }) => {
            let promise: Handle<T, E> = this.clone();
            if let Some(outcome) = take(inner) {
                settle(&promise, outcome);
            }
        }
        // Cancelled.
        Adoption::None | Adoption::Waiting(..) => {}
    }
}

/// The adopted promise has settled.
fn arm<N, T, E>(this: &Shared<N>, inner: View<T, E>)
where
    N: Adopt<T, E> + 'static,
    T: Value,
    E: Value,
{
    let cancelled = inner.is_cancelled();
    {
        let adoption = &mut *this.adoption().lock();
        let Adoption::Waiting(take, _) = *adoption else {
            return;
        };
        *adoption = Adoption::Reacting(Adopted { inner, take });
    }
    react(cancelled, this.clone(), 0);
}

/// The promise is cancelled while it adopts: nothing reacts any more.
pub(crate) fn stop<T, E>(adoption: &Lock<Adoption<T, E>>) {
    let adoption = mem::replace(&mut *adoption.lock(), Adoption::None);
    if let Adoption::Waiting(_, Some((inner, key))) = adoption {
        if let Some(inner) = inner.upgrade() {
            inner.cell().forget(key);
        }
    }
}

/// Waits for an adopted promise that is pending.
struct Bridge<N> {
    target: Shared<N>,
}

impl<N, T, E> React<T, E> for Bridge<N>
where
    N: Adopt<T, E> + 'static,
    T: Value,
    E: Value,
{
    fn arm(self: Shared<Self>, source: View<T, E>, _: u32) {
        arm(&self.target, source);
    }

    fn job(self: Shared<Self>) -> Shared<dyn Job> {
        self.target.clone()
    }
}

/// Whether two handles are of one promise.
fn is_same<T, E>(a: &Handle<T, E>, b: &Handle<T, E>) -> bool {
    core::ptr::addr_eq(Shared::as_ptr(a), Shared::as_ptr(b))
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
pub(crate) fn react(cancelled: bool, job: Shared<dyn Job>, index: u32) {
    if cancelled {
        cancel_later(job, index);
    } else {
        step(job, index);
    }
}

/// Cancels a job in its place in the chain.
pub(crate) fn cancel_later(job: Shared<dyn Job>, index: u32) {
    flat::cancel_job(any_job(job), index);
}
