//! A rejection type that holds any error and can be cloned.

use alloc::{boxed::Box, string::ToString, sync::Arc};
use core::{error::Error, fmt, ops::Deref};

use crate::error::DynamicError;

/// Any error, in a form that can be cloned: what promises with several consumers reject with.
///
/// One allocation, shared by all clones. Everything that implements [`Error`] and is `Send + Sync + 'static` converts into it,
/// with `?` too. For that reason it cannot implement [`Error`] itself (the conversion would overlap with that of
/// every type into itself); it dereferences to `dyn Error + Send + Sync`, and converts into a `Box` of that.
///
/// ```
/// use promise_runtime::SharedError;
/// use std::num::ParseIntError;
///
/// fn port(text: &str) -> Result<u16, SharedError> {
///     if text.is_empty() {
///         return Err(SharedError::msg("no port given"));
///     }
///     Ok(text.parse()?)
/// }
///
/// let error = port("many").unwrap_err();
/// assert!(error.clone().is::<ParseIntError>());
/// assert_eq!(error.to_string(), "invalid digit found in string");
/// assert_eq!(port("").unwrap_err().to_string(), "no port given");
/// ```
#[derive(Clone)]
pub struct SharedError(Arc<dyn Error + Send + Sync>);

impl SharedError {
    /// An error that consists of a message.
    ///
    /// ```
    /// use promise_runtime::SharedError;
    ///
    /// let error = SharedError::msg(format_args!("{} of {} parts are missing", 2, 5));
    /// assert_eq!(error.to_string(), "2 of 5 parts are missing");
    /// ```
    #[must_use]
    pub fn msg(message: impl fmt::Display) -> Self {
        SharedError::from_boxed(message.to_string().into())
    }

    /// Shares an error that is in a box already.
    ///
    /// ```
    /// use promise_runtime::SharedError;
    /// use std::error::Error;
    ///
    /// fn legacy() -> Result<u32, Box<dyn Error + Send + Sync>> {
    ///     Ok("x".parse::<u32>()?)
    /// }
    /// let error = SharedError::from_boxed(legacy().unwrap_err());
    /// assert!(error.is::<std::num::ParseIntError>());
    /// ```
    #[must_use]
    pub fn from_boxed(error: Box<dyn Error + Send + Sync>) -> Self {
        SharedError(error.into())
    }

    /// Whether the error is a `T`.
    ///
    /// ```
    /// use promise_runtime::SharedError;
    /// use std::{fmt, num::ParseIntError};
    ///
    /// let error = SharedError::from("x".parse::<u32>().unwrap_err());
    /// assert!(error.is::<ParseIntError>() && !error.is::<fmt::Error>());
    /// ```
    #[must_use]
    pub fn is<T: Error + 'static>(&self) -> bool {
        self.0.is::<T>()
    }

    /// The error, if it is a `T`.
    ///
    /// ```
    /// use promise_runtime::SharedError;
    /// use std::num::{IntErrorKind, ParseIntError};
    ///
    /// let error = SharedError::from("".parse::<u32>().unwrap_err());
    /// let reason = error.downcast_ref::<ParseIntError>().unwrap();
    /// assert_eq!(*reason.kind(), IntErrorKind::Empty);
    /// ```
    #[must_use]
    pub fn downcast_ref<T: Error + 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for SharedError {
    fn from(error: E) -> Self {
        SharedError(Arc::new(error))
    }
}

impl Deref for SharedError {
    type Target = dyn Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl AsRef<dyn Error + Send + Sync> for SharedError {
    fn as_ref(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.0
    }
}

impl fmt::Display for SharedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for SharedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A [`SharedError`] on its way into a box; it looks like the error itself, sources included.
struct Boxed(SharedError);

impl fmt::Display for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Error for Boxed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl From<SharedError> for Box<dyn Error + Send + Sync> {
    fn from(error: SharedError) -> Self {
        Box::new(Boxed(error))
    }
}

impl From<SharedError> for Box<dyn Error> {
    fn from(error: SharedError) -> Self {
        Box::new(Boxed(error))
    }
}

impl<T: Error + Clone + 'static> DynamicError<T> for SharedError {
    fn narrow(self) -> Result<T, Self> {
        self.downcast_ref().cloned().ok_or(self)
    }
}
