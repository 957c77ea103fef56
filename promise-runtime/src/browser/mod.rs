//! The browser or Node as the executor of its thread: what the event loop asks of it.
//!
//! With feature `wasm` on `wasm32-unknown-unknown` nobody has to run the thread's own event loop: a microtask of JavaScript
//! runs what is in its queue, and each of its timers is one of `setTimeout`. Everywhere else [`HERE`] is false, and the compiler
//! leaves out what asks for it.

#[cfg(all(feature = "wasm", target_arch = "wasm32", target_os = "unknown"))]
mod convert;
#[cfg(all(feature = "wasm", target_arch = "wasm32", target_os = "unknown"))]
mod instant;

#[cfg(all(feature = "wasm", target_arch = "wasm32", target_os = "unknown"))]
#[path = "host.rs"]
mod host;

#[cfg(not(all(feature = "wasm", target_arch = "wasm32", target_os = "unknown")))]
#[path = "absent.rs"]
mod host;

pub(crate) use host::*;
#[cfg(all(feature = "wasm", target_arch = "wasm32", target_os = "unknown"))]
pub(crate) use instant::Instant;
#[cfg(all(
    any(feature = "event_loop", feature = "patterns"),
    not(all(feature = "wasm", target_arch = "wasm32", target_os = "unknown"))
))]
pub(crate) use std::time::Instant;
