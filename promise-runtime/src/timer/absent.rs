//! Stands for the timers whose features are off.

use core::pin::Pin;
#[cfg(not(feature = "event_loop"))]
use core::task::Waker;
use core::task::{Context, Poll};

/// A timer that no value can be made of: its state costs nothing, and its code is checked all the same.
///
/// (`pin_project!` takes no `cfg` on a variant.)
#[derive(Debug)]
pub(super) enum Absent {}

#[cfg(not(feature = "event_loop"))]
impl Absent {
    pub(super) fn waits_for(&self, _waker: &Waker) -> bool {
        match *self {}
    }

    pub(super) fn poll(&mut self, _waker: &Waker) -> Poll<()> {
        match *self {}
    }
}

impl Future for Absent {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match *self {}
    }
}
