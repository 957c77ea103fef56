#![doc = include_str!("../README.md")]
#![no_std]
#![warn(missing_docs)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "std")]
mod browser;
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
#[cfg(feature = "std")]
pub mod hot;
#[allow(missing_docs)]
mod items;
#[allow(missing_docs)]
mod member;
#[allow(missing_docs)]
mod narrow;
#[cfg(feature = "patterns")]
pub mod pattern;
#[allow(missing_docs)]
mod question;
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
#[cfg(feature = "std")]
mod spawn;
#[allow(missing_docs)]
mod statement;
pub mod statics;
pub mod steps;
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
mod sync;
pub mod timer;
mod trace;
#[allow(missing_docs)]
mod typing;
#[allow(missing_docs)]
mod unshared;
pub mod warnings;

pub use chain::Chain;
#[cfg(feature = "alloc")]
pub use chain::{BoxedChain, LocalBoxedChain};
pub use combine::{all, all_settled, any, race};
pub use error::{AggregateError, DynamicError, TimeoutError};
#[cfg(any(feature = "event_loop", feature = "tokio"))]
pub use hot::LocalPromise;
#[cfg(feature = "std")]
pub use hot::{Promise, PromiseState, Resolution, on_unhandled_rejection};
#[cfg(feature = "patterns")]
pub use pattern::{
    BreakerError, BreakerState, Cache, Callback, CallbackError, CircuitBreaker, Deadline, Debounce,
    DebounceError, Done, FromCallback, Pool, PoolError, PoolFull, Progress, ProgressStream,
    ProgressUpdate, Promisified, Queue, RetryPolicy, Throttle, Track, WithTimeout, debounce,
    from_callback, promisify, retry, throttle, using, with_deadline, with_timeout,
};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use resolvers::{Deferred, Reject, Resolve, with_resolvers};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use shared_error::SharedError;
pub use timer::{Sleep, Timer, delay};

/// What most programs need.
///
/// Not in it, as seldom written out, are the types of the functions that settle a promise: `hot::{LocalResolve, LocalReject, SharedResolve, SharedReject}`, and
/// `promise_runtime::{Resolve, Reject}` of `with_resolvers`.
///
/// ```
/// use promise_runtime::prelude::*;
///
/// assert_eq!(promise! { Promise.resolve(1) }.block_on(), Ok(1));
/// ```
pub mod prelude {
    #[cfg(any(feature = "event_loop", feature = "tokio"))]
    pub use crate::LocalPromise;
    // By name: the modules of the patterns are no part of it.
    #[cfg(feature = "patterns")]
    pub use crate::pattern::{
        BreakerError, BreakerState, Cache, CallbackError, CircuitBreaker, Deadline, Debounce,
        DebounceError, Done, Pool, PoolError, PoolFull, Progress, ProgressUpdate, Queue,
        RetryPolicy, Throttle, debounce, from_callback, promisify, retry, throttle, using,
        with_deadline, with_timeout,
    };
    pub use crate::{
        AggregateError, Chain, TimeoutError, all, all_settled, any, delay, promise, race,
    };
    #[cfg(feature = "alloc")]
    pub use crate::{BoxedChain, LocalBoxedChain};
    #[cfg(feature = "std")]
    pub use crate::{Promise, PromiseState, Resolution, on_unhandled_rejection};
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    pub use crate::{SharedError, with_resolvers};
}

/// A JavaScript promise chain as one flat future.
///
/// Evaluates to a [`Chain`], which fulfils with what the last step fulfils with, and rejects with the first rejection
/// that no `catch` after it handles. Nothing runs before the first poll; no step allocates; a step that need not wait
/// runs in the same poll as the one before.
///
/// ```text
/// promise! { chain }                // what the chain fulfils and rejects with is inferred
/// promise! { <T, E> chain }         // every rejection converts into `E`; `_` leaves a type to inference
/// promise! { move chain }           // owns what it uses, as `async move` does
/// ```
///
/// - **A chain** is a source and its steps: `fetch(1).then(user => user.name).catch(e => …)`. The source is any
///   expression, a function of [`Promise`](mod@statics), or `new Promise((resolve, reject) => …)`. The names of the steps
///   are documented in [`steps`](mod@steps).
/// - **A handler** is a Rust closure, the path of a function, or an arrow: `value => expression`, `(a, b) => { … }`,
///   `async value => …`. In an arrow `return` fulfils, `throw` and `?` reject, and `await` waits, all in the middle of
///   ordinary Rust.
/// - **What a handler produces** decides what happens: a future is awaited, a `Result` fulfils or rejects, anything else
///   is the value.
/// - **A rejection** has one type from one `catch` to the next, or [`Infallible`](core::convert::Infallible) where
///   nothing can reject.
///
/// # Panics
///
/// A panic in a handler is not a rejection: it unwinds through whoever polls the chain, and the `finally`s run.
///
/// # Cancel-safety
///
/// Dropping the chain drops the step in flight, then runs the `finally`s that are pending, from the inside out.
///
/// ```
/// use promise_runtime::prelude::*;
///
/// #[derive(Debug, PartialEq)]
/// enum ApiError { NotFound, Http(u16) }
/// # struct User { id: u32 }
/// async fn fetch_user(id: u32) -> Result<User, ApiError> { /* … */
/// #    if id == 1 { Ok(User { id }) } else { Err(ApiError::NotFound) }
/// }
/// async fn fetch_posts(user: u32) -> Result<Vec<String>, ApiError> { /* … */
/// #    if user == 1 { Ok(vec!["hello".to_owned()]) } else { Err(ApiError::Http(503)) }
/// }
///
/// let title = promise! {
///     fetch_user(1)
///         .then(user => fetch_posts(user.id))
///         .then(posts => { if posts.is_empty() { throw ApiError::NotFound } posts[0].to_uppercase() })
///         .catch(ApiError::NotFound => "nothing yet".to_owned(), ApiError::Http(status) if status >= 500 => "try later".to_owned())
///         .finally(() => println!("done"))
/// };
/// assert_eq!(title.block_on(), Ok("HELLO".to_owned()));
/// ```
#[macro_export]
macro_rules! promise {
    ($($chain:tt)*) => {
        $crate::__private::promise! { [$crate] $($chain)* }
    };
}

/// The tokens as they are. rustc reads them when it is done with those around: without it steps that
/// stand in each other would end its stack.
#[doc(hidden)]
#[macro_export]
macro_rules! __part {
    ($($part:tt)*) => {{ $($part)* }};
}

/// What generated code uses. Not for use by hand: it changes without notice.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "alloc")]
    pub use alloc::vec::Vec;
    pub use core::clone::Clone;
    pub use core::cmp::{Eq, PartialEq};
    pub use core::fmt::Debug;
    pub use core::future::pending;
    pub use core::option::Option::{self, None, Some};
    pub use core::pin::{Pin, pin};
    pub use core::result::Result::{self, Err, Ok};

    #[cfg(feature = "alloc")]
    pub use crate::combine::Room;
    pub use crate::combine::literal::{Heterogeneous, Homogeneous};
    pub use crate::combine::{all, all_settled, any, literal, race};
    pub use crate::element::inputs::{ProbeArray, ProbeIter, ProbeOther, ProbeTuple};
    pub use crate::element::*;
    pub use crate::error::TimeoutError;
    pub use crate::finally::Finally;
    pub use crate::handler::*;
    pub use crate::items::*;
    pub use crate::member::*;
    pub use crate::narrow::*;
    pub use crate::question::*;
    pub use crate::reject::*;
    pub use crate::resolve::*;
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    pub use crate::resolvers::with_resolvers;
    pub use crate::retry::*;
    pub use crate::statement::*;
    pub use crate::timer::{Deadline, Late, Nested, delay, within};
    #[cfg(rust_analyzer)]
    pub use crate::typing::Typing;
    pub use crate::unshared::*;
    pub use crate::{
        __part as part, __pinned as pinned, __typing as typing, statics, steps, warnings,
    };
    pub use promise_macros::promise;
}
