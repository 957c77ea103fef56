//! There is no browser here. None of these functions is ever called, and none does anything.

#![cfg_attr(
    not(feature = "event_loop"),
    allow(dead_code, reason = "only the event loop uses all of it")
)]

/// Whether JavaScript runs the thread's own event loop.
pub(crate) const HERE: bool = false;

/// Names a timer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeout;

#[cfg(any(feature = "tokio", feature = "wasm"))]
pub(crate) fn queue_microtask() {}

#[cfg(feature = "wasm")]
pub(crate) fn queue_report() {}

pub(crate) fn set_timeout(_milliseconds: u32, _slot: u32, _number: u64) -> Timeout {
    Timeout
}

pub(crate) fn clear_timeout(_: Timeout) {}

pub(crate) fn console_error(_text: &str) {}
