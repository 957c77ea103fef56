//! What handlers of hot promises may return.

use super::Resolution;
use super::state::Hot;

/// What a handler of `then` and `catch` may return: a `Result`, a promise of the same kind, or a [`Resolution`].
#[diagnostic::on_unimplemented(
    message = "a handler of this hot promise returns a `Result<{T}, {E}>`, or a promise or a `Resolution` of these types, not `{Self}`",
    label = "has the type `{Self}`",
    note = "a plain function of the value goes into `.map(…)`; else write `Ok(value)`",
    note = "what rejects with a type of its own needs one that both have: `promise! {{ <_, E> … }}` where the promise is made, or `.then_or_else(…)`, which may change it",
    note = "what never returns says what it would: `|reason| -> Result<_, _> {{ panic!(…) }}`",
    note = "a future has to be started: `promise! {{ move fetch(v) }}.spawn_local()`, for a `Promise` `.spawn()`"
)]
pub trait IntoResolution<T, E, P = Hot<T, E>> {
    /// What it comes to.
    fn into_resolution(self) -> Resolution<T, E, P>;
}

#[diagnostic::do_not_recommend]
impl<T, E, P> IntoResolution<T, E, P> for Result<T, E> {
    fn into_resolution(self) -> Resolution<T, E, P> {
        match self {
            Ok(value) => Resolution::Fulfill(value),
            Err(reason) => Resolution::Reject(reason),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T, E, P> IntoResolution<T, E, P> for Resolution<T, E, P> {
    fn into_resolution(self) -> Self {
        self
    }
}

/// What a handler of `finally` may return: what one of `then` may, or nothing. A value is ignored, a rejection replaces the outcome.
#[diagnostic::on_unimplemented(
    message = "a `finally` handler of a hot promise returns `()`, a `Result`, a promise, or a `Resolution`, not `{Self}`",
    label = "returns `{Self}`",
    note = "end the handler with a semicolon if its value does not matter"
)]
pub trait IntoCleanup<T, E, P = Hot<T, E>> {
    /// What it comes to.
    fn into_cleanup(self) -> Resolution<(), E, P>;
}

impl<E, P> IntoCleanup<(), E, P> for () {
    fn into_cleanup(self) -> Resolution<(), E, P> {
        Resolution::Fulfill(())
    }
}

impl<T, E, P> IntoCleanup<T, E, P> for Result<T, E> {
    fn into_cleanup(self) -> Resolution<(), E, P> {
        match self {
            Ok(_) => Resolution::Fulfill(()),
            Err(reason) => Resolution::Reject(reason),
        }
    }
}

impl<T, E, P> IntoCleanup<T, E, P> for Resolution<T, E, P> {
    fn into_cleanup(self) -> Resolution<(), E, P> {
        match self {
            Resolution::Fulfill(_) => Resolution::Fulfill(()),
            Resolution::Reject(reason) => Resolution::Reject(reason),
            Resolution::Adopt(promise) => Resolution::Adopt(promise),
        }
    }
}
