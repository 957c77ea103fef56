//! Hot promises: handles that settle once, have any number of consumers, and run whether or not anybody waits.
//!
//! [`LocalPromise`] belongs to one thread and keeps JavaScript's order, tick for tick. `Promise` may be used on every thread and
//! keeps causal order. Both have one interface and are two instantiations of one source text, `engine`, over the types that a
//! `kind` names: `Rc` and cells, or `Arc` and locks.
//!
//! | module | idea |
//! |---|---|
//! | `engine::ticks` | what happens in which turn, with the sections of ECMA-262 |
//! | `engine::cell` | an outcome, once, and who waits for it |
//! | `engine::{then, finally, join, deferred, task}` | the promises, by what settles them |
//! | `engine::wait` | `.await` |
//! | `jobs` | the microtasks of a thread, first come, first served |
//! | `flat` | drops and cancellations, however long the chain, without recursion |
//! | `reason` | rejections that nobody handles |

mod convert;
pub(crate) mod flat;
pub(crate) mod jobs;
pub(crate) mod local;
mod promise;
mod reason;
mod slot;
mod state;

pub use convert::{IntoCleanup, IntoResolution};
pub use promise::{LocalAwait, LocalPromise, LocalReject, LocalResolve};
pub use reason::{Reason, UnhandledRejection, on_unhandled_rejection};
pub use state::{PromiseState, Resolution};
