//! All callers of a burst share one outcome: a flight that waits for the end of the burst before it takes off.

use super::{Times, now};
use crate::pattern::flight::{Flight, Role, Seat};
use crate::pattern::line::{Wakers, lock};
use crate::timer::delay;
use alloc::sync::Arc;
use core::{fmt, future::poll_fn, mem, time::Duration};
use std::sync::Mutex;

/// The calls of a [`Debounce`](super::Debounce) whose callers share an outcome.
///
/// The third parameter of a [`Debounce`](super::Debounce) that is [shared](super::Debounce::shared).
///
/// ```
/// use promise_runtime::pattern::debounce::{Debounce, Together, debounce};
/// use std::{future::{Ready, ready}, time::Duration};
///
/// type Load = fn(u32) -> Ready<Result<u32, String>>;
/// struct Store { load: Debounce<Load, u32, Together<u32, u32, String>> }
///
/// let load: Load = |page| ready(Ok(page));
/// let store = Store { load: debounce(Duration::from_secs(1), load).shared() };
/// # drop(store.load);
/// ```
pub struct Together<A, T, E> {
    /// The burst that calls still join.
    burst: Option<Arc<Burst<A, T, E>>>,
    first: Duration,
    end: Duration,
}

struct Burst<A, T, E> {
    flight: Arc<Flight<Result<T, E>>>,
    argument: Mutex<A>,
}

/// A seat in the flight of a burst; given up when it is dropped.
struct Boarded<'a, A, T, E> {
    state: &'a Mutex<Together<A, T, E>>,
    burst: Arc<Burst<A, T, E>>,
    seat: Seat<Result<T, E>>,
}

impl<A: Clone, T: Clone, E: Clone> Together<A, T, E> {
    pub(super) async fn outcome<F>(
        state: &Mutex<Self>,
        times: Times,
        argument: A,
        handler: &F,
    ) -> Result<T, E>
    where
        F: AsyncFn(A) -> Result<T, E>,
    {
        let boarded = Self::join(state, times, argument);
        if let Role::Landed(outcome) = poll_fn(|cx| boarded.seat.poll(cx)).await {
            return outcome;
        }
        if !times.leading {
            boarded.wait().await;
        }
        // Under a lock of its own; a successor would need the argument as well.
        let argument = lock(&boarded.burst.argument).clone();
        let outcome = handler(argument).await;
        boarded.seat.land(outcome.clone());
        outcome
    }

    /// Joins the burst that is under way, or begins one.
    fn join(state: &Mutex<Self>, times: Times, mut argument: A) -> Boarded<'_, A, T, E> {
        let now = now();
        // What is replaced goes after the lock.
        let former;
        let (burst, seat) = {
            let this = &mut *lock(state);
            let burst = match &this.burst {
                // One that does not lead is in its place only as long as it can be joined.
                Some(burst) if !times.leading || now < this.end => {
                    former = None;
                    if !times.leading {
                        mem::swap(&mut *lock(&burst.argument), &mut argument);
                    }
                    burst.clone()
                }
                _ => {
                    let burst = Arc::new(Burst::new(argument));
                    this.first = now;
                    former = this.burst.replace(burst.clone());
                    burst
                }
            };
            this.end = times.end(this.first, now);
            let seat = burst.flight.board();
            (burst, seat)
        };
        drop(former);
        Boarded { state, burst, seat }
    }
}

impl<A, T, E> Burst<A, T, E> {
    fn new(argument: A) -> Self {
        Self {
            flight: Arc::new(Flight::new()),
            argument: Mutex::new(argument),
        }
    }
}

impl<A, T, E> Together<A, T, E> {
    /// Takes the burst out, so that the next call begins another.
    fn close(&mut self, burst: &Arc<Burst<A, T, E>>) -> Option<Arc<Burst<A, T, E>>> {
        self.burst.take_if(|joined| Arc::ptr_eq(joined, burst))
    }
}

impl<A, T, E> Boarded<'_, A, T, E> {
    /// Waits for the end of the burst, and closes it.
    async fn wait(&self) {
        loop {
            let now = now();
            let left = {
                let state = &mut *lock(self.state);
                match &state.burst {
                    Some(joined) if Arc::ptr_eq(joined, &self.burst) => {
                        let left = state.end.saturating_sub(now);
                        if left.is_zero() {
                            // Not the last reference, so nothing is dropped here.
                            state.burst = None;
                        }
                        left
                    }
                    // Whoever led before has closed it.
                    _ => Duration::ZERO,
                }
            };
            if left.is_zero() {
                return;
            }
            delay(left).await;
        }
    }
}

impl<A, T, E> Drop for Boarded<'_, A, T, E> {
    fn drop(&mut self) {
        let mut wakers = Wakers::default();
        let closed = {
            let state = &mut *lock(self.state);
            let abandoned = self.seat.leave(&mut wakers);
            if abandoned {
                state.close(&self.burst)
            } else {
                None
            }
        };
        drop(closed);
        wakers.wake();
    }
}

impl<A, T, E> Default for Together<A, T, E> {
    fn default() -> Self {
        Self {
            burst: None,
            first: Duration::ZERO,
            end: Duration::ZERO,
        }
    }
}

impl<A, T, E> fmt::Debug for Together<A, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Together").finish_non_exhaustive()
    }
}
