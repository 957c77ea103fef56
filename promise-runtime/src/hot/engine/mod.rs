//! What a hot promise is, for one thread or for many: this text is compiled twice, over two sets of types named `kind`.

#![allow(clippy::duplicate_mod, reason = "one text for both kinds")]

use super::kind;

mod cell;
mod deferred;
mod finally;
mod job;
mod join;
pub(crate) mod object;
mod reactions;
pub(crate) mod task;
mod then;
mod ticks;
mod wait;

pub(crate) use cell::{View, cancel, resolved};
pub(crate) use deferred::{Deferred, Resolver};
pub(crate) use finally::{Cleanup, finally};
pub(crate) use job::{DynJob, Job};
pub(crate) use join::{all, all_settled, any, race};
pub(crate) use task::{DynWork, Task};
pub(crate) use then::then;
pub(crate) use ticks::Adopted;
pub(crate) use wait::Wait;

use crate::hot::Resolution;

/// What a handler produced.
pub(crate) type Product<T, E> = Resolution<T, E, Adopted<T, E>>;
