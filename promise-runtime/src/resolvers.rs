//! `with_resolvers`: a promise that is settled from outside.
//!
//! One allocation holds everything: a word of flags, the outcome, and the waker of whoever waits. The flags say who may touch what:
//!
//! | flag | set by | meaning |
//! |---|---|---|
//! | `CLAIMED` | the first resolver called, or the promise when it is dropped | whoever set it may write the outcome, once |
//! | `SETTLED` | that resolver, after it has written | the outcome belongs to the promise |
//! | `ABANDONED` | the promise, when it is dropped | an outcome that comes too late is dropped by its resolver |
//! | `WAITING` | the promise, after it has stored a waker | the waker belongs to whoever sets `SETTLED`, unless the promise clears this flag first |

#[cfg(feature = "std")]
use core::panic::Location;
use core::{
    fmt,
    future::Future,
    mem,
    ops::Deref,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use crate::sync::{
    Arc, UnsafeCell,
    atomic::{
        AtomicU8, AtomicUsize,
        Ordering::{AcqRel, Acquire, Relaxed},
    },
};

const CLAIMED: u8 = 1;
const SETTLED: u8 = 2;
const WAITING: u8 = 4;
const ABANDONED: u8 = 8;

struct Core<T, E> {
    flags: AtomicU8,
    /// How many resolvers there are. The last one that goes settles the promise with no outcome.
    resolvers: AtomicUsize,
    outcome: UnsafeCell<Option<Result<T, E>>>,
    waker: UnsafeCell<Option<Waker>>,
    /// Where the promise was made.
    #[cfg(feature = "std")]
    place: &'static Location<'static>,
}

// SAFETY: the flags give each cell to one thread at a time, with acquire and release between two owners, so values only ever
// move from thread to thread.
unsafe impl<T: Send, E: Send> Sync for Core<T, E> {}

impl<T, E> Core<T, E> {
    /// `None`: there is nobody left who could say an outcome.
    fn settle(&self, outcome: Option<Result<T, E>>) {
        // There is nothing to be seen yet of what another one has done: that is what `SETTLED` is for.
        if self.flags.fetch_or(CLAIMED, Relaxed) & CLAIMED != 0 {
            return;
        }
        // SAFETY: only whoever set `CLAIMED` is here, and the promise does not look before `SETTLED`.
        self.outcome.with_mut(|place| unsafe { *place = outcome });
        let flags = self.flags.fetch_or(SETTLED, AcqRel);
        if flags & ABANDONED != 0 {
            // SAFETY: the promise was dropped before `SETTLED` was set, and left the outcome to this call.
            drop(unsafe { self.take() });
        }
        if flags & WAITING != 0 {
            // SAFETY: `WAITING` stood when `SETTLED` was set, so the promise leaves the waker alone from now on.
            let waker = self.waker.with_mut(|waker| unsafe { &mut *waker }.take());
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    /// Makes the waker the promise's own again; false if the promise has settled.
    fn reclaim_waker(&self) -> bool {
        self.flags.fetch_and(!WAITING, Acquire) & SETTLED == 0
    }

    /// Takes the outcome out.
    ///
    /// # Safety
    ///
    /// `SETTLED` is set, and the caller is the promise, or the resolver that set it after the promise was dropped.
    unsafe fn take(&self) -> Option<Result<T, E>> {
        // SAFETY: from `SETTLED` on the outcome is the promise's, unless that was dropped earlier.
        self.outcome
            .with_mut(|outcome| unsafe { &mut *outcome }.take())
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        if self.flags.load(Acquire) & SETTLED == 0 && self.reclaim_waker() {
            let outdated = self.waker.with_mut(|stored| {
                // SAFETY: without `WAITING` and `SETTLED` the waker is the promise's.
                let stored = unsafe { &mut *stored };
                match stored {
                    Some(waker) if waker.will_wake(cx.waker()) => None,
                    _ => {
                        let waker = cx.waker().clone();
                        stored.replace(waker)
                    }
                }
            });
            let flags = self.flags.fetch_or(WAITING, AcqRel);
            // Its drop is foreign code, which may even settle this promise.
            drop(outdated);
            if flags & SETTLED == 0 {
                return Poll::Pending;
            }
        }
        // SAFETY: each way here has seen `SETTLED`.
        Poll::Ready(unsafe { self.take() })
    }

    /// The promise is dropped: no outcome is kept any more, and no task held by its waker.
    fn abandon(&self) {
        if self.flags.fetch_or(CLAIMED | ABANDONED, Acquire) & SETTLED != 0 {
            // SAFETY: `SETTLED` was set before `ABANDONED`, and this is the promise.
            drop(unsafe { self.take() });
        } else if self.reclaim_waker() {
            // SAFETY: without `WAITING` and `SETTLED` the waker is the promise's.
            let waker = self.waker.with_mut(|waker| unsafe { &mut *waker }.take());
            drop(waker);
        }
    }
}

/// A promise together with the two functions that settle it, as JavaScript's `Promise.withResolvers()`.
///
/// The first call of either decides; later ones are ignored, and their value is dropped. Resolvers are called like functions,
/// can be cloned, and work from any thread when the values are `Send`, also after the promise was dropped. If all
/// resolvers are dropped uncalled, the promise stays pending; if somebody waits for it, that is reported to
/// [`on_unhandled_rejection`](crate::on_unhandled_rejection), and it keeps no waker, so an event loop that waits for it can tell. One allocation for everything; the waiting task is woken by the
/// deciding call, under no lock. Cancel-safe: the promise may be dropped at any time, which drops the outcome it has or would get.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::with_resolvers;
///
/// let (answer, resolve, reject) = with_resolvers();
/// std::thread::spawn(move || {
///     resolve(42);
///     reject("too late");
/// });
/// assert_eq!(answer.await, Ok(42));
/// # });
/// ```
#[track_caller]
pub fn with_resolvers<T, E>() -> (Deferred<T, E>, Resolve<T, E>, Reject<T, E>) {
    let core = Arc::new(Core {
        flags: AtomicU8::new(0),
        resolvers: AtomicUsize::new(2),
        outcome: UnsafeCell::new(None),
        waker: UnsafeCell::new(None),
        #[cfg(feature = "std")]
        place: Location::caller(),
    });
    (
        Deferred {
            state: State::Pending(core.clone()),
        },
        Resolve { core: core.clone() },
        Reject { core },
    )
}

/// The promise made by [`with_resolvers`]: a future that fulfils or rejects with what the first resolver called says.
///
/// Panics when polled after it has settled. Cancel-safe.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::{Deferred, with_resolvers};
///
/// let (promise, resolve, reject): (Deferred<u32, String>, _, _) = with_resolvers();
/// reject("down".to_owned());
/// resolve(7); // too late: the first call counts
/// assert_eq!(promise.await, Err("down".to_owned()));
/// # });
/// ```
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Deferred<T, E> {
    state: State<T, E>,
}

enum State<T, E> {
    Pending(Arc<Core<T, E>>),
    /// Every resolver was dropped uncalled.
    Forever,
    Settled,
}

impl<T, E> Deferred<T, E> {
    /// `None`: nobody is left who could settle it.
    pub(crate) fn poll_outcome(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        let core = match &self.state {
            State::Pending(core) => core,
            State::Forever => return Poll::Ready(None),
            State::Settled => panic!("a promise was polled again after it had settled"),
        };
        let Poll::Ready(outcome) = core.poll(cx) else {
            return Poll::Pending;
        };
        self.state = if outcome.is_some() {
            State::Settled
        } else {
            State::Forever
        };
        Poll::Ready(outcome)
    }
}

impl<T, E> Future for Deferred<T, E> {
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        #[cfg(feature = "std")]
        let place = match &this.state {
            State::Pending(core) => Some(core.place),
            State::Forever | State::Settled => None,
        };
        match this.poll_outcome(cx) {
            Poll::Ready(Some(outcome)) => Poll::Ready(outcome),
            Poll::Ready(None) => {
                // Whoever polls waits. Once: from now on there is no place.
                #[cfg(feature = "std")]
                if let Some(place) = place {
                    crate::hot::UnhandledRejection::abandoned(place).report();
                }
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<T, E> Drop for Deferred<T, E> {
    fn drop(&mut self) {
        if let State::Pending(core) = &self.state {
            core.abandon();
        }
    }
}

impl<T, E> fmt::Debug for Deferred<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pending = match &self.state {
            State::Pending(core) => core.flags.load(Acquire) & SETTLED == 0,
            State::Forever => true,
            State::Settled => false,
        };
        f.debug_struct("Deferred")
            .field("pending", &pending)
            .finish()
    }
}

/// Fulfils the promise it was made with: `resolve(value)`. See [`with_resolvers`].
///
/// `Clone`, and `Send + Sync + 'static` when the values are. It is not itself an `Fn`: where one is asked for, write
/// `move |value| resolve(value)`. In a task that must be `Send`, await first and call then
/// (`let value = work().await; resolve(value)`), or write `resolve.call(work().await)`.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::{Resolve, with_resolvers};
///
/// fn legacy(done: impl FnOnce(u32)) { done(7) }
///
/// let (promise, resolve, _reject) = with_resolvers::<u32, String>();
/// let resolve: Resolve<u32, String> = resolve;
/// legacy(move |value| resolve(value));
/// assert_eq!(promise.await, Ok(7));
/// # });
/// ```
pub struct Resolve<T, E> {
    core: Arc<Core<T, E>>,
}

/// Rejects the promise it was made with: `reject(reason)`. See [`with_resolvers`].
///
/// What is said of [`Resolve`] holds here too.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::with_resolvers;
///
/// let (promise, resolve, reject) = with_resolvers::<u32, String>();
/// std::thread::spawn(move || reject("no answer".to_owned()));
/// assert_eq!(promise.await, Err("no answer".to_owned()));
/// # drop(resolve);
/// # });
/// ```
pub struct Reject<T, E> {
    core: Arc<Core<T, E>>,
}

impl<T, E> Resolve<T, E> {
    /// The same as `resolve(value)`.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::with_resolvers;
    ///
    /// let (promise, resolve, _reject) = with_resolvers::<_, String>();
    /// resolve.call("page");
    /// resolve.call("another"); // has no effect
    /// assert_eq!(promise.await, Ok("page"));
    /// # });
    /// ```
    pub fn call(&self, value: T) {
        self.core.settle(Some(Ok(value)));
    }
}

impl<T, E> Reject<T, E> {
    /// The same as `reject(reason)`.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::with_resolvers;
    ///
    /// let (promise, _resolve, reject) = with_resolvers::<u32, _>();
    /// reject.call("no answer");
    /// assert_eq!(promise.await, Err("no answer"));
    /// # });
    /// ```
    pub fn call(&self, reason: E) {
        self.core.settle(Some(Err(reason)));
    }
}

/// This is what makes `resolve(value)` a call.
impl<T, E> Deref for Resolve<T, E> {
    type Target = dyn Fn(T);

    fn deref(&self) -> &Self::Target {
        as_function(self, |resolve| move |value| resolve.call(value))
    }
}

/// This is what makes `reject(reason)` a call.
impl<T, E> Deref for Reject<T, E> {
    type Target = dyn Fn(E);

    fn deref(&self) -> &Self::Target {
        as_function(self, |reject| move |reason| reject.call(reason))
    }
}

macro_rules! as_function {
    ($(#[$documentation:meta])* $name:ident $($A:ident)+) => {
        $(#[$documentation])*
        #[inline(always)]
        pub(crate) fn $name<'a, S, $($A,)+ F>(this: &'a S, _capture: fn(S) -> F) -> &'a (dyn Fn($($A),+) + 'static)
        where
            F: Fn($($A),+) + 'a,
        {
            const {
                assert!(size_of::<S>() == size_of::<F>() && align_of::<S>() == align_of::<F>());
            }
            let this: *const S = this;
            // SAFETY: `F` captures one `S`. As both are of one size, that lies at the start; so a valid `S` is a valid `F`.
            let function: &'a (dyn Fn($($A),+) + 'a) = unsafe { &*this.cast::<F>() };
            // SAFETY: only the bound on what the function may hold is lengthened, for the sake of values that borrow. It can be used for
            // `'a` only, and within that all it holds is alive.
            unsafe { mem::transmute::<&'a (dyn Fn($($A),+) + 'a), &'a (dyn Fn($($A),+) + 'static)>(function) }
        }
    };
}

as_function! {
    /// Looks at a value as at the closure that `_capture` would make of it, without making one.
    ///
    /// The closure must capture the value and nothing else. Then both have the same bytes, and a place for the value is one for the closure.
    as_function A
}

#[cfg(feature = "patterns")]
as_function! {
    /// The same for a closure of two parameters.
    as_function_of_two A B
}

/// One more resolver, and one less.
macro_rules! counted {
    ($($Resolver:ident)+) => {$(
        impl<T, E> Clone for $Resolver<T, E> {
            fn clone(&self) -> Self {
                // The clone is made from a resolver, so the count is not zero and nothing else is published by it.
                self.core.resolvers.fetch_add(1, Relaxed);
                $Resolver { core: self.core.clone() }
            }
        }

        impl<T, E> Drop for $Resolver<T, E> {
            fn drop(&mut self) {
                // Only the number matters here, too. The memory is the `Arc`'s business.
                if self.core.resolvers.fetch_sub(1, Relaxed) == 1 {
                    self.core.settle(None);
                }
            }
        }
    )+};
}

counted!(Resolve Reject);

impl<T, E> fmt::Debug for Resolve<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolve")
    }
}

impl<T, E> fmt::Debug for Reject<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reject")
    }
}
