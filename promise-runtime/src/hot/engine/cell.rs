//! An outcome, once, and who waits for it.

use super::kind::{self, Cause, Count, Flag, Lock, Payloads, Slot, Value};
use super::object::{self, Header, Object, Shared, Untyped};
use super::reactions::{DynReact, Key, Many, Reaction, Reactions};
use super::ticks::guard;
use crate::hot::PromiseState;
use crate::hot::panics::Panics;
use crate::hot::reason::{Payload, UnhandledRejection};
use core::marker::PhantomData;
use core::mem::{self, ManuallyDrop};
use core::ops::Deref;
use core::panic::Location;
use core::task::Waker;
use std::panic::resume_unwind;

/// What every promise begins with.
#[repr(C)]
pub(crate) struct Cell<T, E> {
    header: Header,
    body: Body<T, E>,
}

pub(crate) struct Body<T, E> {
    /// The outcome, and who waits for it. Those are dropped by the cell, which looks first whether there are any.
    outcome: Slot<Outcome<T, E>, Waiting<T, E>>,
    /// How many can look at the outcome, now or when it comes: views, and reactions that will be given one. Whoever settles
    /// the promise is none of them.
    viewers: Count,
    /// Somebody handles a rejection.
    consumed: Flag,
    /// Nobody is left who could settle it.
    abandoned: Flag,
    /// And this was reported.
    reported: Flag,
    place: &'static Location<'static>,
}

/// How a promise ended.
pub(crate) enum Outcome<T, E> {
    Settled(Result<T, E>),
    /// With the panic, which is for the first one who awaits.
    Panicked(Payloads<Lock<Option<Payload>>>),
    Cancelled,
}

/// Who waits, for a cell that drops it itself.
type Waiting<T, E> = ManuallyDrop<Reactions<T, E>>;

/// What a cell takes and gives.
type Values<T, E> = PhantomData<fn(Result<T, E>) -> Result<T, E>>;

/// A promise, whatever settles it, for somebody who does not look at its outcome.
#[repr(transparent)]
pub(crate) struct Handle<T, E> {
    object: Untyped,
    values: Values<T, E>,
}

/// A handle that does not keep the promise alive.
pub(crate) struct Weak<T, E> {
    object: object::Weak,
    values: Values<T, E>,
}

/// What a handle points to: a cell, and in the same allocation what will settle it.
///
/// # Safety
///
/// At the very beginning of the object lies its [`Cell`].
pub(crate) unsafe trait Node<T, E>: Object {}

impl<T, E, N: Node<T, E>> From<Shared<N>> for Handle<T, E> {
    #[inline]
    fn from(node: Shared<N>) -> Self {
        // SAFETY: so says whoever implements `Node`.
        unsafe { Self::new(node.untyped()) }
    }
}

impl<T, E> Handle<T, E> {
    /// # Safety
    ///
    /// At the very beginning of the object lies a cell of these.
    #[inline]
    pub(crate) unsafe fn new(object: Untyped) -> Self {
        Self {
            object,
            values: PhantomData,
        }
    }

    #[inline]
    pub(crate) fn untyped(self) -> Untyped {
        self.object
    }

    /// Where it lies.
    #[inline]
    pub(crate) fn as_ptr(&self) -> *const () {
        self.object.as_ptr()
    }

    pub(crate) fn downgrade(&self) -> Weak<T, E> {
        Weak {
            object: self.object.downgrade(),
            values: PhantomData,
        }
    }
}

impl<T, E> Clone for Handle<T, E> {
    #[inline]
    fn clone(&self) -> Self {
        Self {
            object: self.object.clone(),
            values: PhantomData,
        }
    }
}

impl<T, E> Weak<T, E> {
    pub(crate) fn upgrade(&self) -> Option<Handle<T, E>> {
        Some(Handle {
            object: self.object.upgrade()?,
            values: PhantomData,
        })
    }
}

impl<T, E> Deref for Cell<T, E> {
    type Target = Body<T, E>;

    #[inline]
    fn deref(&self) -> &Body<T, E> {
        &self.body
    }
}

impl<T, E> Cell<T, E> {
    /// The cell of a promise. It is looked for with every step, so without a call.
    #[inline]
    pub(crate) fn of(promise: &Handle<T, E>) -> &Self {
        // SAFETY: the cell lies there, as whoever made the handle says, and it lives as long as the promise.
        unsafe { &*promise.as_ptr().cast::<Self>() }
    }

    /// A pending promise for one view.
    #[inline]
    pub(crate) fn new(header: Header, place: &'static Location<'static>) -> Self {
        Self::with(header, Slot::empty(), place)
    }

    #[inline]
    fn settled(header: Header, place: &'static Location<'static>, outcome: Outcome<T, E>) -> Self {
        Self::with(header, Slot::full(outcome), place)
    }

    #[inline]
    fn with(
        header: Header,
        outcome: Slot<Outcome<T, E>, Waiting<T, E>>,
        place: &'static Location<'static>,
    ) -> Self {
        let body = Body {
            outcome,
            viewers: Count::new(1),
            consumed: Flag::default(),
            abandoned: Flag::default(),
            reported: Flag::default(),
            place,
        };
        Self { header, body }
    }

    /// Nobody has the promise any more.
    #[inline]
    pub(crate) fn end(&mut self)
    where
        E: Cause,
    {
        let body = &mut self.body;
        if !kind::REPORT_AT_THE_END || body.consumed.get_mut() {
            return;
        }
        if let Some(Outcome::Settled(Err(reason))) = body.outcome.get_mut() {
            UnhandledRejection::rejected(body.place, reason).report();
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

    pub(crate) fn is_waited_for(&self) -> bool {
        // SAFETY: it only looks.
        let waited_for = unsafe {
            self.outcome
                .change((), |reactions, ()| !reactions.is_empty())
        };
        waited_for.unwrap_or(false)
    }

    /// Keeps the reaction until the promise settles. Gives it back if it has.
    #[inline]
    fn wait(&self, reaction: Reaction<T, E>) -> Result<Key, Reaction<T, E>> {
        // SAFETY: a waker that is not needed is dropped later.
        let (key, unneeded) = unsafe {
            self.outcome.change(reaction, |reactions, mut reaction| {
                // Looked at under the lock: whoever abandons says so first and takes the wakers then. An executor that waits for wakers to
                // be woken or dropped shall not wait for this one.
                let unneeded = if self.abandoned.get() {
                    reaction.forget_waker()
                } else {
                    None
                };
                (reactions.push(reaction), unneeded)
            })
        }?;
        drop(unneeded);
        Ok(key)
    }

    /// Forgets a reaction that has not been armed.
    pub(crate) fn forget(&self, key: Key) {
        // SAFETY: what is removed is dropped later.
        let removed = unsafe { (self.outcome).change((), |reactions, ()| reactions.remove(key)) };
        let reaction = removed.unwrap_or(None);
        if let Some(Reaction::React(..)) = reaction {
            self.viewers.decrement();
        }
        drop(reaction);
    }

    /// Makes another waker or task the one to wake.
    pub(crate) fn replace(&self, key: Key, reaction: Reaction<T, E>) {
        // SAFETY: what is not kept is dropped later.
        let unneeded = unsafe {
            self.outcome.change(reaction, |reactions, reaction| {
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
        let is_current = |reactions: &mut Waiting<T, E>, ()| {
            reactions.get(key).is_some_and(|kept| kept.wakes(waker))
        };
        // SAFETY: two wakers are compared by their addresses.
        unsafe { self.outcome.change((), is_current) }.unwrap_or(false)
    }
}

impl<T, E> Drop for Body<T, E> {
    #[inline]
    fn drop(&mut self) {
        let reactions = self.outcome.waiting_mut();
        if !matches!(**reactions, Reactions::None) {
            mem::take(&mut **reactions).drop_flat();
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
    let tell = |reactions| kind::rarely(|| trigger(ManuallyDrop::into_inner(reactions), &promise));
    if let Err(late) = cell.outcome.set(outcome, tell) {
        drop(late);
        return false;
    }
    // Whoever waits handles it, so nobody was told.
    if rejected && !cell.consumed.get() {
        kind::rarely(|| track(&promise()));
    }
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
    kind::track_rejected(promise.clone().untyped());
}

/// Nobody is left who could settle the promise.
#[cold]
pub(crate) fn abandon<T, E>(promise: &Handle<T, E>) {
    let cell = Cell::of(promise);
    if !cell.is_pending() {
        return;
    }
    cell.abandoned.raise();
    // SAFETY: the wakers are dropped later.
    let abandoned = unsafe {
        let take_wakers =
            |reactions: &mut Waiting<T, E>, ()| (!reactions.is_empty(), reactions.take_wakers());
        cell.outcome.change((), take_wakers)
    };
    let Ok((waited_for, wakers)) = abandoned else {
        return;
    };
    drop(wakers);
    if waited_for {
        kind::track_abandoned(promise.clone().untyped());
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
        kind::track_abandoned(promise.handle().clone().untyped());
    }
    Ok(key)
}

/// Has the reaction take its turn when the promise settles, or next if it has (ECMA-262, 27.2.5.4.1, PerformPromiseThen).
#[inline]
pub(crate) fn react<T, E>(promise: &View<T, E>, react: DynReact<T, E>, index: u32) -> Option<Key> {
    let cell = promise.cell();
    cell.viewers.increment();
    cell.consume();
    // SAFETY: the reaction is moved, not dropped.
    let kept = unsafe {
        (cell.outcome).change(react, |reactions, react| {
            reactions.push(Reaction::React(react, index))
        })
    };
    match kept {
        Ok(key) => {
            if cell.abandoned.get() {
                kind::track_abandoned(promise.handle().clone().untyped());
            }
            Some(key)
        }
        Err(react) => {
            react.arm(promise.0.clone(), index);
            None
        }
    }
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
        self.into_unique().unwrap_or_else(Self::copy)
    }

    #[inline(never)]
    fn copy(self) -> Option<Outcome<T, E>>
    where
        T: Clone,
        E: Clone,
    {
        // A panic of `clone` is the consumer's, as one of its handler.
        guard(|| self.outcome().cloned()).unwrap_or_else(|payload| Some(Outcome::panicked(payload)))
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
        Self(self.0.clone())
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
        let view = View(promise.clone());
        if let Some(Outcome::Settled(Err(reason))) = view.outcome() {
            UnhandledRejection::rejected(cell.place, reason).report();
        }
    }
}

impl<T: Clone, E: Clone> Clone for Outcome<T, E> {
    fn clone(&self) -> Self {
        match self {
            Self::Settled(outcome) => Self::Settled(outcome.clone()),
            Self::Panicked(payload) => Self::Panicked(Payloads::clone(payload)),
            Self::Cancelled => Self::Cancelled,
        }
    }
}

impl<T, E> Outcome<T, E> {
    pub(crate) fn panicked(payload: Payload) -> Self {
        Self::Panicked(Payloads::new(Lock::new(Some(payload))))
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
    let promise = Shared::new(1, |header| Ready {
        cell: Cell::settled(header, place, Outcome::Settled(outcome)),
    });
    let promise = promise.into();
    if rejected {
        track(&promise);
    }
    View::promised(promise)
}

/// What all nodes have in common.
macro_rules! node {
    ($($stop:item)?) => {
        $($stop)?

        fn report(this: Shared<Self>) {
            report(this.into());
        }

        fn is_clear(&self) -> bool {
            self.cell.is_clear()
        }

        #[inline]
        fn end(&mut self) {
            self.cell.end();
        }
    };
}
pub(crate) use node;

// SAFETY: the cell comes first, and begins with the header.
unsafe impl<T: Value, E: Cause> Object for Ready<T, E> {
    node! {}
}

// SAFETY: the cell comes first.
unsafe impl<T: Value, E: Cause> Node<T, E> for Ready<T, E> {}

/// Stops a promise: its own work is dropped, and what is derived from it is cancelled.
pub(crate) fn cancel<T, E>(promise: &Handle<T, E>) {
    let cell = Cell::of(promise);
    let mut told = None;
    if (cell
        .outcome
        .set(Outcome::Cancelled, |reactions| told = Some(reactions)))
    .is_err()
    {
        return;
    }
    // Drops foreign code, whose panic must not keep anybody waiting. Nobody sees it: the promise is cancelled.
    drop(guard(|| promise.clone().untyped().stop()));
    if let Some(reactions) = told {
        trigger(ManuallyDrop::into_inner(reactions), || promise.clone());
    }
}
