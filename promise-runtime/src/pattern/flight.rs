//! Work that several callers wait for and one of them does: the part that caches and shared debounces have in common.

use super::line::{Line, Place, Wakers, lock};
use alloc::sync::Arc;
use core::task::{Context, Poll};
use std::sync::Mutex;

/// One piece of work: a leader does it in its own task, and everybody aboard gets a clone of the outcome.
///
/// A leader that leaves before the work is done hands the lead to whoever has waited longest.
#[derive(Debug)]
pub(super) struct Flight<O> {
    state: Mutex<State<O>>,
}

#[derive(Debug)]
struct State<O> {
    /// The number of its seat.
    leader: Option<u64>,
    passengers: Line,
    outcome: Option<O>,
}

/// Who one is aboard a [`Flight`]; whoever takes one must [leave](Seat::leave) at the end.
#[derive(Debug)]
pub(super) struct Seat<O> {
    flight: Arc<Flight<O>>,
    number: u64,
    /// In the line of the passengers; `None`: led from the start.
    place: Option<Place>,
}

/// What somebody aboard has to do.
pub(super) enum Role<O> {
    /// Do the work, and [land](Seat::land).
    Lead,
    /// Nothing more: this is the outcome.
    Landed(O),
}

impl<O> Flight<O> {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                leader: None,
                passengers: Line::default(),
                outcome: None,
            }),
        }
    }

    /// Goes aboard; leads, if nobody does and the work is not done.
    pub(super) fn board(self: &Arc<Self>) -> Seat<O> {
        let state = &mut *lock(&self.state);
        let place = if state.leader.is_none() && state.outcome.is_none() {
            None
        } else {
            Some(state.passengers.join(0))
        };
        let number = match place {
            Some(place) => place.number,
            None => *state.leader.insert(state.passengers.number()),
        };
        Seat {
            flight: self.clone(),
            number,
            place,
        }
    }
}

impl<O> Seat<O> {
    /// What tells the flight from others as long as this seat is taken.
    pub(super) fn flight(&self) -> usize {
        Arc::as_ptr(&self.flight).addr()
    }

    pub(super) fn is_of(&self, flight: &Arc<Flight<O>>) -> bool {
        Arc::ptr_eq(&self.flight, flight)
    }

    /// Waits for something to do.
    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<Role<O>>
    where
        O: Clone,
    {
        let mut waker = Some(cx.waker().clone());
        let state = &mut *lock(&self.flight.state);
        if let Some(outcome) = &state.outcome {
            // Under the flight's own lock, which nobody else can want for long; so the outcome need not be `Sync`.
            return Poll::Ready(Role::Landed(outcome.clone()));
        }
        if state.leader == Some(self.number) {
            return Poll::Ready(Role::Lead);
        }
        if let Some(place) = self.place {
            state.passengers.watch(place, &mut waker);
        }
        Poll::Pending
    }

    /// Ends the flight with this outcome; whoever waits is woken.
    pub(super) fn land(&self, outcome: O) {
        let mut wakers = Wakers::default();
        {
            let state = &mut *lock(&self.flight.state);
            state.outcome = Some(outcome);
            state.passengers.call_all(&mut wakers);
        }
        wakers.wake();
    }

    /// Goes off board, and says whether the work is abandoned: nobody is left to do it.
    pub(super) fn leave(&self, wakers: &mut Wakers) -> bool {
        let state = &mut *lock(&self.flight.state);
        if state.leader != Some(self.number) {
            let left = self.place.and_then(|place| state.passengers.leave(place));
            wakers.discard(left.flatten());
            return false;
        }
        state.leader = None;
        if let Some((next, waker)) = state.passengers.call() {
            state.leader = Some(next.number);
            wakers.push(waker);
        }
        state.leader.is_none() && state.outcome.is_none()
    }
}
