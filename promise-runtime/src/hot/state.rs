//! The states of a promise, and what a handler can say at run time.

#[cfg(any(feature = "event_loop", feature = "tokio"))]
pub(super) use super::LocalPromise as Hot;
#[cfg(not(any(feature = "event_loop", feature = "tokio")))]
pub(super) use super::Promise as Hot;

/// How far a promise is.
///
/// ```
/// use promise_runtime::{LocalPromise, PromiseState};
///
/// assert_eq!(LocalPromise::<_, ()>::resolve(1).state(), PromiseState::Fulfilled);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PromiseState {
    /// Nothing has happened yet. In JavaScript's words this includes a promise that is resolved with another pending one.
    Pending,
    /// It has a value.
    Fulfilled,
    /// It has a reason.
    Rejected,
    /// It was stopped and will have no outcome: by `cancel`, by its executor's end, or by a panic. Awaiting it panics.
    Cancelled,
}

/// What a handler decides at run time: JavaScript's `return value`, `throw reason` and `return promise` in one type.
///
/// Handlers may also return a `Result` or a promise; this is for those that do different things in different branches.
///
/// ```
/// use promise_runtime::{LocalPromise, Resolution, event_loop};
///
/// let cached = LocalPromise::<_, String>::resolve(40);
/// let answer = LocalPromise::resolve(2).then(move |v| match v {
///     0 => Resolution::Reject("nothing".to_owned()),
///     2 => Resolution::Adopt(cached.map(|c| c + 2)),
///     v => Resolution::Fulfill(v),
/// });
/// assert_eq!(event_loop::run(answer), Ok(42));
/// ```
#[derive(Clone, Debug)]
pub enum Resolution<T, E, P = Hot<T, E>> {
    /// Fulfil with this value.
    Fulfill(T),
    /// Reject with this reason.
    Reject(E),
    /// Become what this promise becomes.
    Adopt(P),
}
