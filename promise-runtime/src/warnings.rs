//! What `promise!` calls redundant: each item here is the text of one warning.
//!
//! [`promise!`](crate::promise) names the item where the redundant code stands, and rustc reports the use of a
//! deprecated item there. That makes them ordinary warnings: `#[allow(deprecated)]` on the enclosing `let`, block or
//! function silences them, and `#![deny(deprecated)]` makes them errors. There is nothing here to use by hand.
//!
//! One warning depends on a type, and is a method instead: "nothing before this step can reject", at `catch`,
//! `tap_catch` and `retry`.
//!
//! ```
//! use promise_runtime::prelude::*;
//!
//! #[allow(deprecated)] // one promise today, more tomorrow
//! let all = promise! { Promise.all([Promise.resolve(1)]) };
//! assert_eq!(all.block_on(), Ok([1]));
//! ```

/// The type of the markers, which say nothing at run time.
#[derive(Clone, Copy, Debug)]
pub struct Redundant;

macro_rules! warnings {
    ($($(#[$documentation:meta])* $name:ident: $message:literal)*) => {$(
        $(#[$documentation])*
        #[deprecated(note = $message)]
        pub const $name: Redundant = Redundant;
    )*};
}

warnings! {
    /// `Promise.all([p])`, `Promise.any([p])`, `Promise.race([p])`.
    SINGLE_PROMISE: "one promise needs no combinator: write the promise itself"

    /// `.then(user => posts(user.id).then(posts => posts.len()))`, where the inner handlers use nothing of the outer one.
    NEEDLESS_NESTING: "the inner steps use nothing of this handler: write them after it, `.then(a => f(a)).then(b => …)`; a nest on purpose stands in parentheses or in a `promise!` of its own"

    /// `.then(x => Promise.resolve(x + 1))`
    NEEDLESS_RESOLVE: "what a handler ends in is its value already: write `x` instead of `Promise.resolve(x)`"

    /// `.then(x => Promise.reject(e))`
    NEEDLESS_REJECT: "a handler rejects by itself: write `throw reason` instead of `Promise.reject(reason)`"

    /// `.catch(e => { throw e })`
    NEEDLESS_CATCH: "this handler only rejects again with the same reason: leave the step out"
}
