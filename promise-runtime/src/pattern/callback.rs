//! Promises from functions that take a callback.

use core::convert::Infallible;
use core::fmt;
use core::future::Future;
use core::ops::Deref;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::boxed::Box;

use super::own_reason::own_reason;
use crate::resolvers::{Deferred, Resolve, as_function_of_two, with_resolvers};

/// Calls `function` with a callback, and fulfils or rejects with what the callback is told.
///
/// The callback is called as Node's are, `done(error, value)`, with two [`Option`]s, of which the error counts if there is one. For a function
/// whose callback is told something else, write `done.settle(result)` with a [`Result`]. It is [`Clone`], for functions that take one callback for
/// success and one for failure, and can be called from any thread when `T` and `E` are [`Send`]. The first call counts; later ones
/// are ignored. When it is dropped uncalled, or called with neither an error nor a value, this rejects with [`CallbackError::CallbackDropped`] instead of
/// waiting for ever.
///
/// `function` is called at the first poll. What it returns is kept until this has settled or is dropped: a handle that cancels the work on drop
/// does its duty. What panics: only `function`, and polling again after it has settled. Cancel-safe: dropped, it drops what `function`
/// returned; a call of the callback is ignored then.
///
/// In JavaScript: bluebird's `Promise.fromCallback`. A callback that is told a value only, with no error to come, is for `new Promise(resolve => …)`.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::{CallbackError, from_callback};
///
/// fn legacy(x: u32, callback: impl FnOnce(Option<String>, Option<u32>) + Send + 'static) {
///     std::thread::spawn(move || match x {
///         0 => callback(Some("zero".to_owned()), None),
///         x => callback(None, Some(100 / x)),
///     });
/// }
///
/// let done = from_callback(|done| legacy(4, move |error, value| done(error, value)));
/// assert_eq!(done.await, Ok(25));
///
/// let done = from_callback(|done| legacy(0, move |error, value| done(error, value)));
/// assert_eq!(done.await, Err(CallbackError::Inner("zero".to_owned())));
///
/// let parsed = from_callback(|done| done.settle("7".parse::<u8>()));
/// assert_eq!(parsed.await, Ok(7));
///
/// let forgotten = from_callback::<_, _, u32, String>(|done| drop(done));
/// assert_eq!(forgotten.await, Err(CallbackError::CallbackDropped));
/// # });
/// ```
pub fn from_callback<F, R, T, E>(function: F) -> FromCallback<F, R, T, E>
where
    F: FnOnce(Done<T, E>) -> R,
{
    FromCallback(State::New(function))
}

/// The future of [`from_callback`].
///
/// Fulfils with the callback's value; rejects with [`CallbackError`]. Polled after it has settled, it panics. Dropped, it drops what the
/// function has returned, which may be what cancels the work:
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::{Done, from_callback};
/// use std::{cell::Cell, future::poll_fn, pin::pin, rc::Rc, task::Poll};
///
/// struct Cancels(Rc<Cell<bool>>);
/// impl Drop for Cancels {
///     fn drop(&mut self) { self.0.set(true) }
/// }
///
/// let cancelled = Rc::new(Cell::new(false));
/// {
///     let mut page = pin!(from_callback(|done: Done<u32, String>| (done, Cancels(cancelled.clone()))));
///     poll_fn(|cx| { assert!(page.as_mut().poll(cx).is_pending()); Poll::Ready(()) }).await;
///     assert!(!cancelled.get());
/// }
/// assert!(cancelled.get());
/// # });
/// ```
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct FromCallback<F, R, T, E>(State<F, R, T, E>);

enum State<F, R, T, E> {
    New(F),
    Waiting {
        promise: Deferred<Outcome<T, E>, Infallible>,
        _returned: R,
    },
    Settled,
}

type Outcome<T, E> = Result<T, CallbackError<E>>;

/// Nothing in it is pinned.
impl<F, R, T, E> Unpin for FromCallback<F, R, T, E> {}

impl<F, R, T, E> Future for FromCallback<F, R, T, E>
where
    F: FnOnce(Done<T, E>) -> R,
{
    type Output = Result<T, CallbackError<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let state = &mut self.get_mut().0;
        if let State::New(_) = state {
            let State::New(function) = core::mem::replace(state, State::Settled) else {
                unreachable!("it has just been looked at");
            };
            let (promise, resolve, reject) = with_resolvers();
            drop(reject);
            *state = State::Waiting {
                _returned: function(Done(resolve)),
                promise,
            };
        }
        let State::Waiting { promise, .. } = state else {
            panic!("a promise was polled again after it had settled");
        };
        let outcome = match promise.poll_outcome(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Some(Ok(outcome))) => outcome,
            Poll::Ready(Some(Err(never))) => match never {},
            Poll::Ready(None) => Err(CallbackError::CallbackDropped),
        };
        *state = State::Settled;
        Poll::Ready(outcome)
    }
}

impl<F, R, T, E> fmt::Debug for FromCallback<F, R, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::New(_) => "FromCallback(new)",
            State::Waiting { .. } => "FromCallback(waiting)",
            State::Settled => "FromCallback(settled)",
        })
    }
}

/// The callback of [`from_callback`]: call it, `done(error, value)`, or [`settle`](Self::settle) it with a [`Result`].
///
/// It is not itself an `Fn`: where one is asked for, write `move |error, value| done(error, value)`. (Clippy's `redundant_closure` knows only that it can be
/// called, and has to be allowed there.)
///
/// Dropping the last clone uncalled rejects with [`CallbackError::CallbackDropped`]; calling it never panics, whatever has become of the promise.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::{Done, from_callback};
///
/// /// One callback for success, one for failure.
/// fn legacy(on_value: impl Fn(u32), on_error: impl Fn(&'static str)) {
///     on_value(7);
///     on_error("too late");
/// }
///
/// let outcome = from_callback(|done: Done<u32, &str>| {
///     let failed = done.clone();
///     legacy(move |value| done.settle(Ok(value)), move |error| failed.settle(Err(error)))
/// });
/// assert_eq!(outcome.await, Ok(7));
/// # });
/// ```
pub struct Done<T, E>(Resolve<Outcome<T, E>, Infallible>);

impl<T, E> Done<T, E> {
    /// Settles the promise, if nothing has before.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::from_callback;
    ///
    /// fn legacy(callback: impl FnOnce(Result<u32, String>)) {
    ///     callback(Ok(7));
    /// }
    /// assert_eq!(from_callback(|done| legacy(move |result| done.settle(result))).await, Ok(7));
    /// # });
    /// ```
    pub fn settle(&self, outcome: Result<T, E>) {
        self.0.call(outcome.map_err(CallbackError::Inner));
    }

    /// The same as `done(error, value)`.
    ///
    /// The error counts if there are both; with neither it says nothing, and this counts as dropping the callback.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::{CallbackError, Done, from_callback};
    ///
    /// let said = |error: Option<&'static str>, value: Option<u32>| {
    ///     from_callback(move |done: Done<u32, &str>| done.call(error, value))
    /// };
    /// assert_eq!(said(None, Some(1)).await, Ok(1));
    /// assert_eq!(said(Some("no"), Some(1)).await, Err(CallbackError::Inner("no")));
    /// assert_eq!(said(None, None).await, Err(CallbackError::CallbackDropped));
    /// # });
    /// ```
    pub fn call(&self, error: Option<E>, value: Option<T>) {
        self.0.call(match (error, value) {
            (Some(error), _) => Err(CallbackError::Inner(error)),
            (None, Some(value)) => Ok(value),
            (None, None) => Err(CallbackError::CallbackDropped),
        });
    }
}

/// This is what makes `done(error, value)` a call.
impl<T, E> Deref for Done<T, E> {
    type Target = dyn Fn(Option<E>, Option<T>);

    fn deref(&self) -> &Self::Target {
        as_function_of_two(self, |done| move |error, value| done.call(error, value))
    }
}

impl<T, E> Clone for Done<T, E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T, E> fmt::Debug for Done<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Done")
    }
}

/// Why a promise made of a callback was rejected.
///
/// ```
/// # use promise_runtime::CallbackError;
/// assert_eq!(CallbackError::Inner("no disk").to_string(), "no disk");
/// assert_eq!(CallbackError::<String>::CallbackDropped.to_string(), "the callback was dropped without an outcome");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallbackError<E> {
    /// The error that the callback was called with.
    Inner(E),
    /// The callback was dropped uncalled, or called with neither an error nor a value, so there is nothing to settle with.
    CallbackDropped,
}

own_reason!(
    CallbackError::CallbackDropped,
    "the callback was dropped without an outcome"
);

/// The callback that [`promisify`] hands to the function.
///
/// Dropped uncalled, it rejects the promise with [`CallbackError::CallbackDropped`].
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::{Callback, promisify};
///
/// fn half(number: u32, callback: Callback<u32, String>) {
///     match number % 2 {
///         0 => callback(None, Some(number / 2)),
///         _ => callback(Some(format!("{number} is odd")), None),
///     }
/// }
/// assert_eq!(promisify(half)(6).await, Ok(3));
/// # });
/// ```
pub type Callback<T, E> = Box<dyn FnOnce(Option<E>, Option<T>) + Send>;

/// Makes a function that returns a promise of one whose last parameter is a callback.
///
/// The callback is told `(error, value)`, two [`Option`]s, as in [`from_callback`], which also says what is rejected. The function takes up to four
/// parameters before it, and is generic in the callback, or takes a `Box<dyn FnOnce(Option<E>, Option<T>) + Send>`. It is called when
/// the promise is first polled, so it has to be [`Clone`], as every `fn` is; put a closure that is not in an `Arc` and call it
/// from another. What it returns is dropped. For callbacks of another form use [`from_callback`].
///
/// One allocation here, and two for each promise. In JavaScript: Node's `util.promisify`.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::prelude::*;
///
/// fn divide(a: u32, b: u32, callback: impl FnOnce(Option<String>, Option<u32>)) {
///     match a.checked_div(b) {
///         Some(quotient) => callback(None, Some(quotient)),
///         None => callback(Some("division by zero".to_owned()), None),
///     }
/// }
///
/// let divide = promisify(divide);
/// assert_eq!(divide(84, 2).await, Ok(42));
/// assert_eq!(divide(84, 0).await, Err(CallbackError::Inner("division by zero".to_owned())));
/// # });
/// ```
pub fn promisify<L, A, T, E>(legacy: L) -> L::Function
where
    L: Legacy<A, T, E>,
{
    legacy.promisify()
}

/// A function that [`promisify`] takes. `A` are its other parameters, found by inference.
#[diagnostic::on_unimplemented(
    message = "`promisify` does not take `{Self}`",
    label = "not a function whose last parameter is a callback",
    note = "the callback is told `(Option<E>, Option<T>)`, and is generic (`impl FnOnce(…)`) or a `Box<dyn FnOnce(…) + Send>`",
    note = "for any other form write `from_callback(|done| …)`"
)]
#[doc(hidden)]
pub trait Legacy<A, T, E> {
    type Function;
    fn promisify(self) -> Self::Function;
}

/// The future of a function made by [`promisify`].
///
/// Settles, panics and is dropped as [`FromCallback`]; on the heap, so that it has a name of its own.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::{Callback, Promisified, promisify};
///
/// struct Disk {
///     read: Box<dyn Fn(String) -> Promisified<usize, String> + Send + Sync>,
/// }
///
/// fn legacy_read(name: String, callback: Callback<usize, String>) {
///     callback(None, Some(name.len()));
/// }
/// let disk = Disk { read: promisify(legacy_read) };
/// assert_eq!((disk.read)("notes".to_owned()).await, Ok(5));
/// # });
/// ```
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Promisified<T, E>(FromCallback<Start<T, E>, (), T, E>);

type Start<T, E> = Box<dyn FnOnce(Done<T, E>) + Send>;

impl<T, E> Future for Promisified<T, E> {
    type Output = Result<T, CallbackError<E>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<T, E> fmt::Debug for Promisified<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! legacy {
    ($(($($A:ident $a:ident),*))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<L, R, T, E, $($A),*> Legacy<($($A,)*), T, E> for L
        where
            L: Fn($($A,)* Callback<T, E>) -> R + Clone + Send + Sync + 'static,
            T: Send + 'static,
            E: Send + 'static,
            $($A: Send + 'static,)*
        {
            type Function = Box<dyn Fn($($A),*) -> Promisified<T, E> + Send + Sync>;

            fn promisify(self) -> Self::Function {
                Box::new(move |$($a),*| {
                    let legacy = self.clone();
                    let start: Start<T, E> = Box::new(move |done: Done<T, E>| {
                        drop(legacy($($a,)* Box::new(move |error, value| done.call(error, value))));
                    });
                    Promisified(from_callback(start))
                })
            }
        }
    )*};
}

legacy! { () (A a) (A a, B b) (A a, B b, C c) (A a, B b, C c, D d) }
