//! Rejection types of the runtime's own, and the ones that hold any error.

use core::{error::Error, fmt, slice};

#[cfg(feature = "alloc")]
use alloc::{boxed::Box, vec::Vec};

/// Every promise given to [`any`](crate::any) has rejected; here are the reasons, in input order.
///
/// `S` is an array `[E; N]` when the promises came as a literal, a tuple or an array, and `Vec<E>` otherwise.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::any;
///
/// let error = any((async { Err::<(), _>("down") }, async { Err("busy") })).await.unwrap_err();
/// assert_eq!(error.to_string(), "all 2 promises were rejected");
/// assert_eq!(error.errors(), ["down", "busy"]);
/// let [first, _] = error.into_errors();
/// assert_eq!(first, "down");
/// # });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct AggregateError<S> {
    /// The reasons, in input order.
    pub errors: S,
}

impl<S> AggregateError<S> {
    /// The reasons, in input order.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// # use promise_runtime::any;
    /// let mirrors = ["a is down", "b is down"].map(async |reason| Err::<(), _>(reason.to_owned()));
    /// let error = any(mirrors).await.unwrap_err();
    /// let [first, second]: [String; 2] = error.into_errors();
    /// assert_eq!((&*first, &*second), ("a is down", "b is down"));
    /// # });
    /// ```
    #[must_use]
    pub fn into_errors(self) -> S {
        self.errors
    }

    /// A look at the reasons, in input order.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// # use promise_runtime::any;
    /// let error = any([async { Err::<(), _>(503) }]).await.unwrap_err();
    /// assert!(error.errors().contains(&503));
    /// # });
    /// ```
    #[must_use]
    pub fn errors<E>(&self) -> &[E]
    where
        S: AsRef<[E]>,
    {
        self.errors.as_ref()
    }

    /// The reasons one by one, in input order.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// # use promise_runtime::any;
    /// let error = any([404, 503, 500].map(async |status| Err::<(), u16>(status))).await.unwrap_err();
    /// assert_eq!(error.iter().filter(|status| **status >= 500).count(), 2);
    /// # });
    /// ```
    pub fn iter<'a, E: 'a>(&'a self) -> slice::Iter<'a, E>
    where
        S: AsRef<[E]>,
    {
        self.errors().iter()
    }
}

impl<S> fmt::Display for AggregateError<S>
where
    for<'a> &'a S: IntoIterator,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errors.into_iter().count() {
            0 => f.write_str("no promise could fulfil, as none was given"),
            1 => f.write_str("the only promise was rejected"),
            count => write!(f, "all {count} promises were rejected"),
        }
    }
}

impl<S> Error for AggregateError<S>
where
    S: fmt::Debug,
    for<'a> &'a S: IntoIterator,
{
}

impl<S: IntoIterator> IntoIterator for AggregateError<S> {
    type Item = S::Item;
    type IntoIter = S::IntoIter;

    fn into_iter(self) -> S::IntoIter {
        self.errors.into_iter()
    }
}

/// The reasons of any number of promises from those of a fixed number.
#[cfg(feature = "alloc")]
impl<E, const N: usize> From<AggregateError<[E; N]>> for AggregateError<Vec<E>> {
    fn from(error: AggregateError<[E; N]>) -> Self {
        AggregateError {
            errors: error.errors.into(),
        }
    }
}

/// A time limit has passed.
///
/// ```
/// # use promise_runtime::TimeoutError;
/// assert_eq!(TimeoutError.to_string(), "timed out");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct TimeoutError;

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("timed out")
    }
}

impl Error for TimeoutError {}

/// A rejection type that holds errors of many types, so that `catch` can pick the ones that are a `T`.
///
/// Implemented for `Box<dyn Error>`, also with `+ Send` and `+ Send + Sync`, for [`SharedError`](crate::SharedError), and with the feature `anyhow` for
/// `anyhow::Error`.
///
/// ```
/// use promise_runtime::{DynamicError, TimeoutError};
/// use std::error::Error;
///
/// let reason: Box<dyn Error> = TimeoutError.into();
/// let caught: Result<TimeoutError, _> = reason.narrow();
/// assert_eq!(caught.unwrap(), TimeoutError);
/// ```
#[diagnostic::on_unimplemented(
    message = "a chain that rejects with `{Self}` cannot be caught as `{T}`",
    label = "`{Self}` is not a dynamic error that may hold a `{T}`",
    note = "only `Box<dyn Error>`, `SharedError` and (feature `anyhow`) `anyhow::Error` can be caught by type; the type must be a `'static` error",
    note = "to catch a variant of an enum, write an arm: `.catch(Variant(x) => …)`"
)]
pub trait DynamicError<T>: Sized {
    /// The error as a `T` if it is one, else the error unchanged.
    ///
    /// Out of a [`SharedError`](crate::SharedError) comes a clone, as others may hold the same error.
    ///
    /// # Errors
    ///
    /// Gives `self` back if it is something else.
    fn narrow(self) -> Result<T, Self>;
}

#[cfg(feature = "alloc")]
macro_rules! boxed {
    ($($dynamic:ty),+) => {
        $(
            impl<T: Error + 'static> DynamicError<T> for Box<$dynamic> {
                fn narrow(self) -> Result<T, Self> {
                    self.downcast().map(|error| *error)
                }
            }
        )+
    };
}

#[cfg(feature = "alloc")]
boxed!(dyn Error, dyn Error + Send, dyn Error + Send + Sync);

#[cfg(feature = "anyhow")]
impl<T: fmt::Display + fmt::Debug + Send + Sync + 'static> DynamicError<T> for anyhow::Error {
    fn narrow(self) -> Result<T, Self> {
        self.downcast()
    }
}
