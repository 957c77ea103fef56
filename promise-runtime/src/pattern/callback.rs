//! Promises from functions that take a callback.

use core::{error::Error, fmt};

/// A function that had promised to call back has dropped its callback instead, so nothing will ever settle the promise.
///
/// ```
/// # use promise_runtime::CallbackDropped;
/// assert_eq!(CallbackDropped.to_string(), "the callback was dropped without being called");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct CallbackDropped;

impl fmt::Display for CallbackDropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the callback was dropped without being called")
    }
}

impl Error for CallbackDropped {}
