//! Hot promises: handles that settle once, have any number of consumers, and run whether or not anybody waits.
//!
//! [`LocalPromise`] belongs to one thread and keeps JavaScript's order, tick for tick: for the event loop, and for programs that come from
//! JavaScript. [`Promise`] may be used on every thread and keeps causal order: for tokio and threads. Both have one interface. A
//! hot promise comes from a chain, [`.spawn_local()`](crate::Chain::spawn_local) or [`.spawn()`](crate::Chain::spawn), or from callbacks, `new` and
//! `with_resolvers`; `.await` and the steps of `promise!` take it as they take any future.
//!
//! ```
//! use promise_runtime::{event_loop, prelude::*};
//! use std::time::Duration;
//!
//! event_loop::run(async {
//!     let answer: LocalPromise<u32, String> = LocalPromise::new(|resolve, _reject| {
//!         event_loop::set_timeout(move || resolve(21), Duration::from_millis(1));
//!     });
//!     let doubled = answer.map(|n| n * 2);
//!     assert_eq!(answer.state(), PromiseState::Pending);
//!
//!     let sum = promise! { Promise.all([&answer, &doubled]).then(([a, b]) => a + b) };
//!     assert_eq!(sum.await, Ok(63));
//!     assert_eq!(answer.peek(), Some(Ok(&21)));
//! });
//! ```

// Both kinds are instantiations of one source text, `engine`, over the types that a `kind` names: cells, or atomics and locks.
//
// | module | idea |
// |---|---|
// | `handle` | the public types, written once for both |
// | `engine::ticks` | what happens in which turn, with the sections of ECMA-262 |
// | `engine::object` | what several hold together: `Rc` and `Arc` of our own |
// | `engine::cell` | an outcome, once, and who waits for it |
// | `engine::{then, finally, join, deferred, task}` | the promises, by what settles them |
// | `engine::wait` | `.await` |
// | `local`, `shared` | the two kinds, and how each starts futures |
// | `local::slot`, `shared::slot` | an outcome that comes once |
// | `jobs` | the microtasks of a thread, first come, first served |
// | `flat` | drops and cancellations, however long the chain, without recursion |
// | `panics` | foreign code that panics keeps nobody else waiting |
// | `reason` | rejections that nobody handles |

#![cfg_attr(
    not(feature = "event_loop"),
    allow(dead_code, reason = "only the event loop uses all of it")
)]

mod convert;
pub(crate) mod flat;
mod handle;
pub(crate) mod job;
#[cfg(any(feature = "event_loop", feature = "tokio"))]
pub(crate) mod jobs;
#[cfg(any(feature = "event_loop", feature = "tokio"))]
pub(crate) mod local;
pub(crate) mod panics;
mod reason;
pub(crate) mod shared;
mod state;

pub use convert::{IntoCleanup, IntoResolution};
#[cfg(any(feature = "event_loop", feature = "tokio"))]
pub use handle::{LocalAwait, LocalPromise, LocalReject, LocalResolve};
pub use handle::{Promise, PromiseAwait, SharedReject, SharedResolve};
pub use reason::{Reason, UnhandledRejection, on_unhandled_rejection};
pub use shared::PromiseTask;
pub use state::{PromiseState, Resolution};

#[cfg(feature = "event_loop")]
use crate::event_loop::TaskId;

/// Without the event loop there are no tasks of it.
#[cfg(not(feature = "event_loop"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaskId {}

#[cfg(not(feature = "event_loop"))]
impl TaskId {
    pub(crate) fn wake(self) {
        match self {}
    }

    fn slot(self) -> u32 {
        match self {}
    }

    fn generation(self) -> u32 {
        match self {}
    }
}
