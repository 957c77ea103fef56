//! A spawned future: the promise, the future and its place in the loop in one allocation.

use super::cell::{Cell, Node, Outcome, View, cancel, node, report, settle_cell};
use super::kind::{Cause, Exclusive, Once, Owned, Seat, Value, fence};
use super::object::{Object, Shared, Untyped};
use super::ticks::guard;
use crate::hot::reason::Payload;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

#[repr(C)]
pub(crate) struct Task<T, E, F> {
    cell: Cell<T, E>,
    /// Whoever polls the future has it, or whoever drops it.
    stage: Exclusive<Stage<F>>,
    /// The task that polls this.
    seat: Once<Seat>,
}

enum Stage<F> {
    Running(F),
    Over,
}

impl<T, E, F> Task<T, E, F>
where
    T: Value,
    E: Cause,
    F: Future<Output = Result<T, E>> + Owned,
{
    pub(crate) fn create(future: F, place: &'static Location<'static>) -> (View<T, E>, DynWork) {
        let task = Shared::new(2, |header| Self {
            cell: Cell::new(header, place),
            stage: Exclusive::new(Stage::Running(future)),
            seat: Once::new(),
        });
        // SAFETY: whoever polls it holds it, and so does the view.
        let work = unsafe { task.counted() };
        (View::promised(task.into()), DynWork::new(work))
    }

    fn poll(this: &Shared<Self>, cx: &mut Context<'_>, seat: Option<NewSeat<'_>>) -> bool {
        let outcome = match this.poll_future(cx) {
            Some(Ok(Poll::Pending)) => {
                if let Some(seat) = seat {
                    // There is one only.
                    let _ = this.seat.set(seat(cx.waker()));
                }
                // If it was cancelled meanwhile, whoever did it could not drop the future, and may not have seen the seat.
                fence();
                let pending = this.cell.is_pending();
                if !pending {
                    this.drop_future();
                }
                return pending;
            }
            Some(Ok(Poll::Ready(outcome))) => Outcome::Settled(outcome),
            Some(Err(payload)) => Outcome::panicked(payload),
            None => return false,
        };
        settle_cell(&this.cell, outcome, || this.clone().into());
        false
    }

    /// The future is dropped once it is through.
    fn poll_future(&self, cx: &mut Context<'_>) -> Option<Result<Poll<Result<T, E>>, Payload>> {
        let poll = |stage: &mut Stage<F>| {
            let Stage::Running(future) = stage else {
                return None;
            };
            // SAFETY: the future lies in a shared allocation, which never moves, and the only ways out of `stage` drop it in place.
            let future = unsafe { Pin::new_unchecked(future) };
            let polled = guard(|| future.poll(cx));
            if !matches!(polled, Ok(Poll::Pending)) {
                stage.end();
            }
            Some(polled)
        };
        // Nobody else polls it, so if somebody has it, it is being dropped.
        self.stage.try_change(poll).flatten()
    }

    fn drop_future(&self) {
        // Whoever has it polls it, and looks afterwards, or drops it, which may be foreign code that cancels this very promise.
        let _ = self.stage.try_change(Stage::end);
    }
}

impl<F> Stage<F> {
    /// Drops the future.
    fn end(&mut self) {
        // A panic of the drop is as one of the future after its outcome: nobody sees it.
        drop(guard(|| *self = Self::Over));
    }
}

// SAFETY: the cell comes first, and begins with the header.
unsafe impl<T, E, F> Object for Task<T, E, F>
where
    T: Value,
    E: Cause,
    F: Future<Output = Result<T, E>> + Owned,
{
    node! {
        fn stop(this: Shared<Self>) {
            fence();
            // While the future is polled, whoever polls it drops it.
            this.drop_future();
            if let Some(seat) = this.seat.get() {
                seat.give_up();
            }
        }
    }
}

// SAFETY: the cell comes first.
unsafe impl<T, E, F> Node<T, E> for Task<T, E, F>
where
    T: Value,
    E: Cause,
    F: Future<Output = Result<T, E>> + Owned,
{
}

/// Makes the seat of whoever polls with this waker.
pub(crate) type NewSeat<'a> = &'a dyn Fn(&Waker) -> Seat;

/// A [`Task`] of unknown type, for whoever polls it.
pub(crate) struct DynWork {
    object: Untyped,
    methods: &'static Methods,
}

struct Methods {
    poll: unsafe fn(&Untyped, &mut Context<'_>, Option<NewSeat<'_>>) -> bool,
    shut_down: unsafe fn(Untyped),
}

impl DynWork {
    #[inline]
    fn new<T, E, F>(task: Shared<Task<T, E, F>>) -> Self
    where
        T: Value,
        E: Cause,
        F: Future<Output = Result<T, E>> + Owned,
    {
        Self {
            object: task.untyped(),
            methods: const {
                &Methods {
                    poll: |object, cx, seat| {
                        // SAFETY: these are the methods of objects that are such a `Task`.
                        let task = unsafe { object.typed_ref() };
                        Task::<T, E, F>::poll(task, cx, seat)
                    },
                    shut_down: |object| {
                        // SAFETY: likewise.
                        let task: Shared<Task<T, E, F>> = unsafe { object.typed() };
                        cancel(&task.into());
                    },
                }
            },
        }
    }

    /// Polls it for the first time. If it is pending, `seat` says who has polled it, and polls it from now on.
    ///
    /// False once it is over. Never panics: a panic of the future is the promise's.
    #[inline]
    pub(crate) fn begin(&self, cx: &mut Context<'_>, seat: NewSeat<'_>) -> bool {
        // SAFETY: they are the object's own methods.
        unsafe { (self.methods.poll)(&self.object, cx, Some(seat)) }
    }

    /// Polls it; what is said of [`begin`](Self::begin) holds here too.
    #[inline]
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> bool {
        // SAFETY: likewise.
        unsafe { (self.methods.poll)(&self.object, cx, None) }
    }

    /// The executor drops it. Does nothing if it is over.
    pub(crate) fn shut_down(self) {
        // SAFETY: likewise.
        unsafe { (self.methods.shut_down)(self.object) }
    }
}

impl Clone for DynWork {
    fn clone(&self) -> Self {
        Self {
            object: self.object.clone(),
            methods: self.methods,
        }
    }
}
