//! What the rest of the library asks of `tracing`.
//!
//! With the feature `tracing` later work runs in the span in which it was handed over, and what nobody else hears of is an event. Without it
//! each of these functions gives back what it got, and nothing has a field or a branch for it.

#![allow(
    dead_code,
    unused_imports,
    reason = "which of them are used depends on the other features"
)]

#[cfg(not(feature = "tracing"))]
mod absent;
#[cfg(feature = "tracing")]
mod events;
#[cfg(feature = "tracing")]
mod spans;

#[cfg(not(feature = "tracing"))]
pub(crate) use absent::*;
#[cfg(feature = "tracing")]
pub(crate) use events::*;
#[cfg(feature = "tracing")]
pub(crate) use spans::*;
