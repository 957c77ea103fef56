//! JavaScript promise chains for Rust.
#![no_std]
#![warn(missing_docs)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod chain;
pub mod combine;
#[allow(missing_docs)]
mod element;
mod error;
#[cfg(feature = "event_loop")]
pub mod event_loop;
#[allow(missing_docs)]
mod finally;
#[allow(missing_docs)]
mod handler;
#[allow(missing_docs)]
mod narrow;
#[allow(missing_docs)]
mod reject;
#[allow(missing_docs)]
mod resolve;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod resolvers;
#[allow(missing_docs)]
mod retry;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod shared_error;
#[cfg(any(feature = "event_loop", feature = "tokio"))]
mod spawn;
pub mod statics;
pub mod steps;
pub mod timer;

pub use chain::Chain;
#[cfg(feature = "alloc")]
pub use chain::{BoxedChain, LocalBoxedChain};
pub use combine::{all, all_settled, any, race};
pub use error::{AggregateError, DynamicError, TimeoutError};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use resolvers::{Deferred, Reject, Resolve, with_resolvers};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use shared_error::SharedError;
pub use timer::{Sleep, Timer, delay};

/// What most programs need: `use promise_runtime::prelude::*;`
pub mod prelude {
    pub use crate::{
        AggregateError, Chain, TimeoutError, all, all_settled, any, delay, promise, race,
    };
    #[cfg(feature = "alloc")]
    pub use crate::{BoxedChain, LocalBoxedChain};
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    pub use crate::{SharedError, with_resolvers};
}

/// Lowers a JavaScript-like promise chain to one flat future.
#[macro_export]
macro_rules! promise {
    ($($chain:tt)*) => {
        $crate::__private::promise! { [$crate] $($chain)* }
    };
}

/// What generated code uses. Not for use by hand: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use core::clone::Clone;
    pub use core::cmp::{Eq, PartialEq};
    pub use core::fmt::Debug;
    pub use core::future::pending;
    pub use core::option::Option::{self, None, Some};
    pub use core::pin::pin;
    pub use core::result::Result::{self, Err, Ok};

    pub use crate::combine::literal::{Heterogeneous, Homogeneous};
    pub use crate::combine::{all, all_settled, any, literal, race};
    pub use crate::element::inputs::{ProbeArray, ProbeIter, ProbeTuple};
    pub use crate::element::*;
    pub use crate::error::TimeoutError;
    pub use crate::finally::Finally;
    pub use crate::handler::*;
    pub use crate::narrow::*;
    pub use crate::reject::*;
    pub use crate::resolve::*;
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    pub use crate::resolvers::with_resolvers;
    pub use crate::retry::Attempts;
    pub use crate::timer::{Deadline, delay, within};
    pub use crate::{statics, steps};
    pub use promise_macros::promise;
}
