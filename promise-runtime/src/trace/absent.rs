//! There is no `tracing`: work stays as it is, and there are no events.

use core::fmt;
use core::panic::Location;
use core::time::Duration;

#[inline(always)]
pub(crate) fn future<F: Future>(future: F) -> F {
    future
}

#[inline(always)]
pub(crate) fn handler<A, O, F: FnOnce(A) -> O>(handler: F) -> F {
    handler
}

#[inline(always)]
pub(crate) fn callback<O, F: FnOnce() -> O>(callback: F) -> F {
    callback
}

#[inline(always)]
pub(crate) fn repeated<F: FnMut()>(callback: F) -> F {
    callback
}

#[inline(always)]
pub(crate) fn thread_ends() {}

#[inline(always)]
pub(crate) fn unhandled(_: &'static Location<'static>, _: Option<&dyn fmt::Debug>) -> bool {
    false
}

#[inline(always)]
pub(crate) fn retrying(_attempt: u32, _pause: Duration) {}

#[inline(always)]
pub(crate) fn retrying_at_once(_attempts_left: u32) {}

#[inline(always)]
pub(crate) fn breaker_changed(_from: &dyn fmt::Debug, _to: &dyn fmt::Debug, _opened: bool) {}
