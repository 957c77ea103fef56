//! An outcome, once, and who waits for it.

use super::kind::{self, Brief, Cause, Count, Flag, Lock, Portable, Reporter, Shared, Slot, Value};
use super::reactions::{Key, Many, React, Reaction, Reactions};
use super::ticks::guard;
use crate::hot::PromiseState;
use crate::hot::panics::Panics;
use crate::hot::reason::{Payload, UnhandledRejection};
use core::mem::{self, ManuallyDrop};
use core::panic::Location;
use core::task::Waker;
use std::panic::resume_unwind;

/// What every promise begins with.
pub(crate) struct Cell<T, E> {
    outcome: Slot<Outcome<T, E>>,
    /// How many can look at the outcome, now or when it comes: views, and reactions that will be given one. Whoever settles
    /// the promise is none of them.
    viewers: Count,
    /// Dropped by the cell, which looks first whether there are any.
    reactions: Brief<ManuallyDrop<Reactions<T, E>>>,
    /// Somebody handles a rejection.
    consumed: Flag,
    /// Nobody is left who could settle it.
    abandoned: Flag,
    /// And this was reported.
    reported: Flag,
    reporter: Reporter<E>,
    place: &'static Location<'static>,
}

/// How a promise ended.
pub(crate) enum Outcome<T, E> {
    Settled(Result<T, E>),
    /// With the panic, which is for the first one who awaits.
    Panicked(Shared<Lock<Option<Payload>>>),
    Cancelled,
}

/// A promise, whatever settles it, for somebody who does not look at its outcome.
pub(crate) type Handle<T, E> = Shared<dyn Node<T, E>>;

/// What a handle points to: a cell, and in the same allocation what will settle it.
///
/// # Safety
///
/// At the very beginning of the object lies its [`Cell`].
pub(crate) unsafe trait Node<T, E>: Portable {
    /// It was cancelled: drops what would have settled it.
    fn stop(self: Shared<Self>) {}

    /// The same object.
    fn suspect(self: Shared<Self>) -> Shared<dyn Suspect>;
}

/// One step of a promise, which has a turn of its own.
pub(crate) trait Job: Portable {
    /// Takes the step. `index` says which source has settled, where there are several.
    fn run(self: Shared<Self>, index: u32);

    /// The step will never have its turn: a source was cancelled, or nobody runs jobs any more.
    fn cancel(self: Shared<Self>, index: u32);
}

/// A promise that somebody should hear of.
pub(crate) trait Suspect: Portable {
    /// Reports a rejection that nobody has handled by now, or that somebody waits for a promise that nobody can settle.
    fn report(self: Shared<Self>);

    /// Whether there is nothing to report any more.
    fn is_clear(&self) -> bool;
}

impl<T, E> Cell<T, E> {
    /// The cell of a promise. It is looked for with every step, so without a call.
    #[inline]
    pub(crate) fn of(promise: &Handle<T, E>) -> &Self {
        // SAFETY: whoever implements `Node` says that the cell lies there, and it lives as long as the promise.
        unsafe { &*Shared::as_ptr(promise).cast::<Self>() }
    }

    /// A pending promise for one view.
    #[inline]
    pub(crate) fn new(place: &'static Location<'static>) -> Self
    where
        E: Cause,
    {
        Self::with(Slot::empty(), place)
    }

    #[inline]
    fn settled(place: &'static Location<'static>, outcome: Outcome<T, E>) -> Self
    where
        E: Cause,
    {
        Self::with(Slot::full(outcome), place)
    }

    #[inline]
    fn with(outcome: Slot<Outcome<T, E>>, place: &'static Location<'static>) -> Self
    where
        E: Cause,
    {
        Self {
            outcome,
            viewers: Count::new(1),
            reactions: Brief::new(ManuallyDrop::new(Reactions::None)),
            consumed: Flag::default(),
            abandoned: Flag::default(),
            reported: Flag::default(),
            reporter: Reporter::new(),
            place,
        }
    }

    #[inline]
    pub(crate) fn is_pending(&self) -> bool {
        self.outcome.is_empty()
    }

    pub(crate) fn place(&self) -> &'static Location<'static> {
        self.place
    }

    /// Somebody handles a rejection from here on.
    #[inline]
    pub(crate) fn consume(&self) {
        if !self.consumed.get() {
            self.consumed.raise();
        }
    }

    pub(crate) fn is_clear(&self) -> bool {
        if self.is_pending() {
            self.reported.get()
        } else {
            self.consumed.get()
        }
    }

    #[inline]
    fn take_reactions(&self) -> Reactions<T, E> {
        let none = ManuallyDrop::new(Reactions::None);
        ManuallyDrop::into_inner(self.reactions.replace(none))
    }

    pub(crate) fn is_waited_for(&self) -> bool {
        // SAFETY: it only looks.
        unsafe { self.reactions.update(|reactions| !reactions.is_empty()) }
    }

    /// Keeps the reaction until the promise settles. Gives it back if it has.
    #[inline]
    fn wait(&self, mut reaction: Reaction<T, E>) -> Result<Key, Reaction<T, E>> {
        // SAFETY: a waker that is not needed is dropped later.
        let (key, unneeded) = unsafe {
            self.reactions.update(|reactions| {
                // Said under the lock: whoever settles sets the outcome first and takes the reactions then.
                if !self.outcome.wait() {
                    return Err(reaction);
                }
                // The same with whoever abandons. An executor that waits for wakers to be woken or dropped shall not wait for this one.
                let unneeded = if self.abandoned.get() {
                    reaction.forget_waker()
                } else {
                    None
                };
                Ok((reactions.push(reaction), unneeded))
            })
        }?;
        drop(unneeded);
        Ok(key)
    }

    /// Forgets a reaction that has not been armed.
    pub(crate) fn forget(&self, key: Key) {
        // SAFETY: what is removed is dropped later.
        let reaction = unsafe { self.reactions.update(|reactions| reactions.remove(key)) };
        if let Some(Reaction::React(..)) = reaction {
            self.viewers.decrement();
        }
        drop(reaction);
    }

    /// Makes another waker or task the one to wake.
    pub(crate) fn replace(&self, key: Key, reaction: Reaction<T, E>) {
        // SAFETY: what is not kept is dropped later.
        let unneeded = unsafe {
            self.reactions.update(|reactions| {
                if self.abandoned.get() {
                    reaction
                } else {
                    reactions.replace(key, reaction)
                }
            })
        };
        drop(unneeded);
    }

    /// Whether `waker` is the one that the reaction under this key wakes.
    pub(crate) fn is_current(&self, key: Key, waker: &Waker) -> bool {
        // SAFETY: two wakers are compared by their addresses.
        unsafe {
            self.reactions
                .update(|reactions| reactions.get(key).is_some_and(|kept| kept.wakes(waker)))
        }
    }
}

impl<T, E> Drop for Cell<T, E> {
    #[inline]
    fn drop(&mut self) {
        let reactions = self.reactions.get_mut();
        if !matches!(**reactions, Reactions::None) {
            mem::take(&mut **reactions).drop_flat();
        }
        if !Reporter::<E>::ON_DROP || self.consumed.get_mut() {
            return;
        }
        if let Some(Outcome::Settled(Err(reason))) = self.outcome.get_mut() {
            self.reporter.report(reason, self.place);
        }
    }
}

/// Settles a promise and gives each reaction its turn, in the order in which they were registered (ECMA-262, 27.2.1.8,
/// TriggerPromiseReactions). The first outcome counts; false if there was one.
#[inline]
pub(crate) fn settle<T, E>(promise: &Handle<T, E>, outcome: Outcome<T, E>) -> bool {
    settle_cell(Cell::of(promise), outcome, || promise.clone())
}

/// The same for whoever has no handle at hand, as long as none is needed.
#[inline]
pub(crate) fn settle_cell<T, E>(
    cell: &Cell<T, E>,
    outcome: Outcome<T, E>,
    promise: impl Fn() -> Handle<T, E>,
) -> bool {
    let rejected = matches!(outcome, Outcome::Settled(Err(_)));
    let waited_for = match cell.outcome.set(outcome) {
        Ok(waited_for) => waited_for,
        Err(late) => {
            drop(late);
            return false;
        }
    };
    let reactions = if waited_for {
        cell.take_reactions()
    } else {
        Reactions::None
    };
    if rejected && !cell.consumed.get() {
        track(&promise());
    }
    trigger(reactions, promise);
    true
}

#[inline]
fn trigger<T, E>(reactions: Reactions<T, E>, promise: impl Fn() -> Handle<T, E>) {
    match reactions {
        Reactions::None => {}
        Reactions::One(only) => only.trigger(promise),
        Reactions::Many(many) => trigger_all(*many, &promise()),
    }
}

#[cold]
fn trigger_all<T, E>(many: Many<T, E>, promise: &Handle<T, E>) {
    // Wakers are foreign code.
    let mut panics = Panics::default();
    for reaction in many.into_reactions() {
        panics.guard(|| reaction.trigger(|| promise.clone()));
    }
    panics.resume();
}

/// Remembers a rejection that nobody handles yet (ECMA-262, 27.2.1.9, HostPromiseRejectionTracker).
fn track<T, E>(promise: &Handle<T, E>) {
    kind::track_rejected(promise.clone().suspect());
}

/// Nobody is left who could settle the promise.
pub(crate) fn abandon<T, E>(promise: &Handle<T, E>) {
    let cell = Cell::of(promise);
    if !cell.is_pending() {
        return;
    }
    cell.abandoned.raise();
    // SAFETY: the wakers are dropped later.
    let (waited_for, wakers) = unsafe {
        cell.reactions
            .update(|reactions| (!reactions.is_empty(), reactions.take_wakers()))
    };
    drop(wakers);
    if waited_for {
        kind::track_abandoned(promise.clone().suspect());
    }
}

/// Keeps the reaction until the promise settles. Gives it back if it has.
pub(crate) fn wait<T, E>(
    promise: &View<T, E>,
    reaction: Reaction<T, E>,
) -> Result<Key, Reaction<T, E>> {
    let cell = promise.cell();
    cell.consume();
    let key = cell.wait(reaction)?;
    if cell.abandoned.get() {
        kind::track_abandoned(promise.handle().clone().suspect());
    }
    Ok(key)
}

/// Has the reaction take its turn when the promise settles, or next if it has (ECMA-262, 27.2.5.4.1, PerformPromiseThen).
#[inline]
pub(crate) fn react<T, E>(
    promise: &View<T, E>,
    react: Shared<dyn React<T, E>>,
    index: u32,
) -> Option<Key> {
    let cell = promise.cell();
    cell.viewers.increment();
    cell.consume();
    let mut waiting = Some(react);
    let mut key = None;
    if cell.is_pending() {
        // SAFETY: the reaction is moved, not dropped.
        unsafe {
            cell.reactions.update(|reactions| {
                // As in `Cell::wait`: another thread may have settled it.
                if cell.outcome.wait() {
                    let reaction = waiting.take().map(|react| Reaction::React(react, index));
                    key = reaction.map(|reaction| reactions.push(reaction));
                }
            });
        }
    }
    match waiting {
        Some(react) => react.arm(View::promised(promise.0.clone()), index),
        None if cell.abandoned.get() => kind::track_abandoned(promise.handle().clone().suspect()),
        None => {}
    }
    key
}

/// A promise, for somebody who looks at its outcome.
pub(crate) struct View<T, E>(Handle<T, E>);

impl<T, E> View<T, E> {
    /// The first view of a new promise, or the one that a reaction was promised when it was registered.
    #[inline]
    pub(crate) fn promised(handle: Handle<T, E>) -> Self {
        Self(handle)
    }

    #[inline]
    pub(crate) fn handle(&self) -> &Handle<T, E> {
        &self.0
    }

    #[inline]
    pub(crate) fn cell(&self) -> &Cell<T, E> {
        Cell::of(&self.0)
    }

    #[inline]
    pub(crate) fn outcome(&self) -> Option<&Outcome<T, E>> {
        // SAFETY: `take` is called by the only viewer there is. As long as this reference lives, `self` is another one.
        unsafe { self.cell().outcome.get() }
    }

    /// The outcome for one consumer: moved out if nobody else can look at it, else a clone.
    #[inline]
    pub(crate) fn take(self) -> Option<Outcome<T, E>>
    where
        T: Clone,
        E: Clone,
    {
        match self.into_unique() {
            Ok(outcome) => outcome,
            // A panic of `clone` is the consumer's, as one of its handler.
            Err(this) => guard(|| this.outcome().cloned())
                .unwrap_or_else(|payload| Some(Outcome::panicked(payload))),
        }
    }

    /// The outcome, moved out, if nobody else can look at it.
    #[inline]
    pub(crate) fn into_unique(self) -> Result<Option<Outcome<T, E>>, Self> {
        if !self.is_unique() {
            return Err(self);
        }
        // SAFETY: this is the only viewer, and views are made only from views. So nobody has a reference, and nobody
        // can get one, as `self` ends here.
        let outcome = unsafe { self.cell().outcome.take() };
        self.end();
        Ok(outcome)
    }

    /// Nobody counts the views any more.
    #[inline]
    fn end(self) {
        let this = ManuallyDrop::new(self);
        // SAFETY: the handle is read once, and not dropped where it was.
        drop(unsafe { core::ptr::read(&this.0) });
    }

    /// Whether nobody else can look at the outcome, and no reaction will.
    #[inline]
    pub(crate) fn is_unique(&self) -> bool {
        self.cell().viewers.is_one()
    }

    pub(crate) fn state(&self) -> PromiseState {
        match self.outcome() {
            None => PromiseState::Pending,
            Some(Outcome::Settled(Ok(_))) => PromiseState::Fulfilled,
            Some(Outcome::Settled(Err(_))) => PromiseState::Rejected,
            Some(Outcome::Panicked(_) | Outcome::Cancelled) => PromiseState::Cancelled,
        }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        matches!(self.outcome(), Some(Outcome::Cancelled))
    }

    pub(crate) fn peek(&self) -> Option<Result<&T, &E>> {
        match self.outcome()? {
            Outcome::Settled(outcome) => Some(outcome.as_ref()),
            Outcome::Panicked(_) | Outcome::Cancelled => None,
        }
    }
}

impl<T, E> Clone for View<T, E> {
    fn clone(&self) -> Self {
        self.cell().viewers.increment();
        Self(Shared::clone(&self.0))
    }
}

impl<T, E> Drop for View<T, E> {
    fn drop(&mut self) {
        self.cell().viewers.decrement();
    }
}

/// Reports a rejection unless it is handled, or its outcome was moved out; and that somebody waits in vain, once.
pub(crate) fn report<T, E: Cause>(promise: Handle<T, E>) {
    let cell = Cell::of(&promise);
    if cell.is_pending() {
        if cell.is_waited_for() && !cell.reported.set() {
            UnhandledRejection::abandoned(cell.place).report();
        }
    } else if !cell.consumed.set() {
        // One more view that comes from none. Only rejections on the promise's own thread come here, so nobody takes the
        // outcome in between.
        cell.viewers.increment();
        let view = View(Shared::clone(&promise));
        if let Some(Outcome::Settled(Err(reason))) = view.outcome() {
            UnhandledRejection::rejected(cell.place, reason).report();
        }
    }
}

impl<T: Clone, E: Clone> Clone for Outcome<T, E> {
    fn clone(&self) -> Self {
        match self {
            Self::Settled(outcome) => Self::Settled(outcome.clone()),
            Self::Panicked(payload) => Self::Panicked(Shared::clone(payload)),
            Self::Cancelled => Self::Cancelled,
        }
    }
}

impl<T, E> Outcome<T, E> {
    pub(crate) fn panicked(payload: Payload) -> Self {
        Self::Panicked(Shared::new(Lock::new(Some(payload))))
    }

    /// The outcome of what is derived from a promise with no value and no reason.
    pub(crate) fn pass<U, E2>(self) -> Result<Result<T, E>, Outcome<U, E2>> {
        match self {
            Self::Settled(outcome) => Ok(outcome),
            Self::Panicked(payload) => Err(Outcome::Panicked(payload)),
            Self::Cancelled => Err(Outcome::Cancelled),
        }
    }

    /// For whoever awaits.
    ///
    /// Panics if there is no value and no reason.
    pub(crate) fn unwrap(self, place: &'static Location<'static>) -> Result<T, E> {
        match self {
            Self::Settled(outcome) => outcome,
            Self::Panicked(payload) => {
                let payload = payload.lock().take();
                match payload {
                    Some(payload) => match payload.downcast() {
                        Ok(adoption) => SelfAdoption::panic(&adoption),
                        Err(payload) => resume_unwind(payload),
                    },
                    None => panic!(
                        "the promise created at {place} has panicked; the panic itself was raised in the first one who awaited it"
                    ),
                }
            }
            Self::Cancelled => {
                panic!("the promise created at {place} was cancelled, so there is nothing to await")
            }
        }
    }
}

/// The panic of a promise that adopts itself, with the place of creation. Nothing has been raised yet, so the message is still to be shown.
pub(super) struct SelfAdoption(pub(super) &'static Location<'static>);

impl SelfAdoption {
    fn panic(&self) -> ! {
        let Self(place) = self;
        panic!("the promise created at {place} adopts itself, so it could never settle")
    }
}

/// A promise that nobody has to settle any more.
#[repr(C)]
pub(crate) struct Ready<T, E> {
    cell: Cell<T, E>,
}

pub(crate) fn resolved<T, E>(outcome: Result<T, E>, place: &'static Location<'static>) -> View<T, E>
where
    T: Value,
    E: Cause,
{
    let rejected = outcome.is_err();
    let promise: Handle<T, E> = kind::allocate(|| Ready {
        cell: Cell::settled(place, Outcome::Settled(outcome)),
    });
    if rejected {
        track(&promise);
    }
    View::promised(promise)
}

/// What all nodes have in common.
macro_rules! node {
    ($($stop:item)?) => {
        fn suspect(self: Shared<Self>) -> Shared<dyn Suspect> {
            self
        }

        $($stop)?
    };
}
pub(crate) use node;

// SAFETY: the cell comes first.
unsafe impl<T: Value, E: Cause> Node<T, E> for Ready<T, E> {
    node! {}
}

impl<T: Value, E: Cause> Suspect for Ready<T, E> {
    fn report(self: Shared<Self>) {
        report(self);
    }

    fn is_clear(&self) -> bool {
        self.cell.is_clear()
    }
}

/// Stops a promise: its own work is dropped, and what is derived from it is cancelled.
pub(crate) fn cancel<T, E>(promise: &Handle<T, E>) {
    let cell = Cell::of(promise);
    if cell.outcome.set(Outcome::Cancelled).is_err() {
        return;
    }
    // Drops foreign code, whose panic must not keep anybody waiting. Nobody sees it: the promise is cancelled.
    drop(guard(|| promise.clone().stop()));
    let reactions = cell.take_reactions();
    trigger(reactions, || promise.clone());
}
