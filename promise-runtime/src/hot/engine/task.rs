//! A spawned future: the promise, the future and its place in the loop in one allocation.

use super::cell::{Cell, Handle, Node, Outcome, Suspect, View, cancel, node, report, settle};
use super::kind::{self, Cause, Lock, Once, Owned, Seat, Shared, Value, fence};
use super::ticks::guard;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Poll};

#[repr(C)]
pub(crate) struct Task<T, E, F> {
    cell: Cell<T, E>,
    stage: Lock<Stage<F>>,
    /// The task that polls this.
    seat: Once<Seat>,
}

enum Stage<F> {
    /// Locked while it is polled.
    Running(F),
    Over,
}

impl<T, E, F> Task<T, E, F>
where
    T: Value,
    E: Cause,
    F: Future<Output = Result<T, E>> + Owned,
{
    pub(crate) fn create(
        future: F,
        place: &'static Location<'static>,
    ) -> (View<T, E>, Shared<Self>) {
        let task = kind::allocate(|| Self {
            cell: Cell::new(place),
            stage: Lock::new(Stage::Running(future)),
            seat: Once::new(),
        });
        (View::promised(task.clone()), task)
    }

    /// The executor drops it. Does nothing if it is over.
    pub(crate) fn shut_down(self: &Shared<Self>) {
        let promise: Handle<T, E> = self.clone();
        cancel(&promise);
    }

    /// Says which task polls this.
    pub(crate) fn take_seat(&self, seat: Seat) {
        // There is one only.
        let _ = self.seat.set(seat);
    }

    /// False once it is over.
    pub(crate) fn poll(self: Shared<Self>, cx: &mut Context<'_>) -> bool {
        let outcome = match self.poll_future(cx) {
            Some(Ok(Poll::Pending)) => {
                // If it was cancelled meanwhile, whoever did it could not drop the future.
                fence();
                let pending = self.cell.is_pending();
                if !pending {
                    self.drop_future();
                }
                return pending;
            }
            Some(Ok(Poll::Ready(outcome))) => Outcome::Settled(outcome),
            Some(Err(payload)) => Outcome::panicked(payload),
            None => return false,
        };
        self.drop_future();
        let promise: Handle<T, E> = self;
        settle(&promise, outcome);
        false
    }

    fn poll_future(
        &self,
        cx: &mut Context<'_>,
    ) -> Option<Result<Poll<Result<T, E>>, crate::hot::reason::Payload>> {
        // Nobody else polls it, so if it is in use it is being dropped.
        let mut stage = self.stage.try_lock()?;
        let Stage::Running(future) = &mut *stage else {
            return None;
        };
        // SAFETY: the future lies in a shared allocation, which never moves, and the only ways out of `stage` drop it in place.
        let future = unsafe { Pin::new_unchecked(future) };
        Some(guard(|| future.poll(cx)))
    }

    fn drop_future(&self) {
        // Dropping may be foreign code, which may cancel this very promise: that must not wait for the lock.
        if let Some(mut stage) = self.stage.try_lock() {
            // A panic of the drop is as one of the future after its outcome: nobody sees it.
            drop(guard(|| *stage = Stage::Over));
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
    node! {
        fn stop(self: Shared<Self>) {
            fence();
            // While the future is polled, whoever polls it drops it.
            self.drop_future();
            if let Some(seat) = self.seat.get() {
                seat.give_up();
            }
        }
    }
}

impl<T, E, F> Suspect for Task<T, E, F>
where
    T: Value,
    E: Cause,
    F: Future<Output = Result<T, E>> + Owned,
{
    fn report(self: Shared<Self>) {
        report(self);
    }

    fn is_clear(&self) -> bool {
        self.cell.is_clear()
    }
}
