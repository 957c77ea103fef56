//! `.await` of a hot promise: one turn after it has settled, also if it had settled before.

use super::cell::{Outcome, View, wait};
use super::kind;
use super::reactions::{Key, Reaction};
use core::panic::Location;
use core::task::{Context, Poll, Waker};

pub(crate) struct Wait<T, E> {
    promise: Option<View<T, E>>,
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    New,
    /// The promise is pending; the reaction that wakes.
    Registered(Key),
    /// The promise had settled when it was first polled, or its turn is left out.
    Woken,
}

impl<T, E> Wait<T, E> {
    /// Without `turn` it is ready at its first poll if the promise has settled then.
    #[inline]
    pub(crate) fn new(promise: View<T, E>, turn: bool) -> Self {
        Self {
            promise: Some(promise),
            stage: if turn { Stage::New } else { Stage::Woken },
        }
    }

    /// Ready with the promise, which has settled.
    #[inline]
    fn poll_settled(&mut self, cx: &Context<'_>) -> Poll<View<T, E>> {
        let Some(promise) = &self.promise else {
            panic!("a promise was polled again after it had been awaited");
        };
        let cell = promise.cell();
        if cell.is_pending() {
            return self.register(cx);
        }
        if kind::TURNS && matches!(self.stage, Stage::New) {
            self.stage = Stage::Woken;
            cell.consume();
            kind::wake_next(cx.waker());
            return Poll::Pending;
        }
        cell.consume();
        self.ready()
    }

    /// The promise is pending, or was a moment ago.
    #[inline(never)]
    fn register(&mut self, cx: &Context<'_>) -> Poll<View<T, E>> {
        let Some(promise) = &self.promise else {
            return Poll::Pending;
        };
        let cell = promise.cell();
        if let Stage::Registered(key) = self.stage {
            if !cell.is_current(key, cx.waker()) {
                cell.replace(key, reaction(cx.waker()));
            }
            note_wait(cx.waker(), cell.place());
            if !cell.is_pending() {
                return self.ready();
            }
        } else {
            match wait(promise, reaction(cx.waker())) {
                Ok(key) => {
                    self.stage = Stage::Registered(key);
                    note_wait(cx.waker(), cell.place());
                }
                // Another thread has settled it.
                Err(_) => return self.ready(),
            }
        }
        Poll::Pending
    }

    #[inline]
    fn ready(&mut self) -> Poll<View<T, E>> {
        match self.promise.take() {
            Some(promise) => Poll::Ready(promise),
            None => Poll::Pending,
        }
    }

    #[inline]
    pub(crate) fn poll(&mut self, cx: &Context<'_>) -> Poll<Result<T, E>>
    where
        T: Clone,
        E: Clone,
    {
        self.poll_settled(cx).map(|promise| {
            let place = promise.cell().place();
            promise.take().unwrap_or(Outcome::Cancelled).unwrap(place)
        })
    }

    /// For a promise that has no other handle.
    pub(crate) fn poll_unique(&mut self, cx: &Context<'_>) -> Poll<Result<T, E>> {
        self.poll_settled(cx).map(|promise| {
            let place = promise.cell().place();
            let outcome = promise.into_unique().ok().flatten();
            outcome.unwrap_or(Outcome::Cancelled).unwrap(place)
        })
    }
}

/// Tells the event loop what the task that is being polled waits for.
fn note_wait(waker: &Waker, place: &'static Location<'static>) {
    #[cfg(feature = "event_loop")]
    if let Some(task) = crate::hot::jobs::polled_task(waker) {
        crate::event_loop::note_wait(task, place);
    }
    #[cfg(not(feature = "event_loop"))]
    let _ = (waker, place);
}

fn reaction<T, E>(waker: &Waker) -> Reaction<T, E> {
    match kind::polled_task(waker) {
        Some(task) => Reaction::Task(task),
        None => Reaction::Waker(waker.clone()),
    }
}

impl<T, E> Drop for Wait<T, E> {
    fn drop(&mut self) {
        if let (Some(promise), Stage::Registered(key)) = (&self.promise, self.stage) {
            promise.cell().forget(key);
        }
    }
}
