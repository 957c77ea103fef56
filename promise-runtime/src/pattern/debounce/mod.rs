//! [`debounce`]: one call for a burst of them.

mod alone;
mod together;

use super::own_reason::own_reason;
use crate::timer::now;
use alloc::sync::Arc;
pub use alone::Alone;
use core::{fmt, future::Future, marker::PhantomData, time::Duration};
use std::sync::Mutex;
pub use together::Together;

/// Calls `handler` once for a burst of calls, with the argument of the last, when none has come for `wait`.
///
/// Imitates p-debounce and the debounce function of the JavaScript notes, whose known fault it has not: a run that has begun
/// settles its own caller and no other, however many calls come meanwhile. See [`Debounce`] for what its callers get.
///
/// ```
/// # use promise_runtime::event_loop::{self, Clock};
/// # event_loop::run_with(Clock::Virtual, async {
/// use promise_runtime::{DebounceError, all_settled, debounce};
/// use std::time::Duration;
///
/// let search = debounce(Duration::from_millis(300), async |query: String| {
///     Ok::<_, String>(format!("results for {query}"))
/// });
/// let typed = ["ja", "java", "javascript"].map(|query| search.call(query.to_owned()));
/// let Ok([first, second, last]) = all_settled(typed).await;
/// assert_eq!(first, Err(DebounceError::Superseded));
/// assert_eq!(second, Err(DebounceError::Superseded));
/// assert_eq!(last, Ok("results for javascript".to_owned()));
/// # });
/// ```
pub fn debounce<A, T, E, F>(wait: Duration, handler: F) -> Debounce<F, A>
where
    F: AsyncFn(A) -> Result<T, E>,
{
    Debounce::with(
        Arc::new(handler),
        Times {
            wait,
            max_wait: Duration::MAX,
            leading: false,
        },
    )
}

/// A function that runs once for a burst of calls: what [`debounce`] returns. Clones share the burst.
///
/// A burst is a run of calls with less than `wait` between one and the next. The handler runs in the task of a caller, so a call
/// belongs to its burst from its first poll on, and a caller must be polled for its run to happen.
///
/// | | the handler gets | the other callers |
/// |---|---|---|
/// | as it is | the last argument, `wait` after the last call | reject with [`Superseded`](DebounceError::Superseded) when the next call comes |
/// | [`leading`](Self::leading) | the first argument, at once | reject with `Superseded` at once |
/// | [`shared`](Self::shared) | as above | get the same outcome |
///
/// The methods that change the settings begin with no calls, also if a clone has some.
///
/// The type of a handler that captures has no name, and a boxed one is no `AsyncFn`. A structure that holds such a debounce is generic over `F`, or
/// holds a boxed function that calls it:
///
/// ```
/// # use promise_runtime::event_loop::{self, Clock};
/// use promise_runtime::{DebounceError, debounce, prelude::*};
/// use std::{collections::HashMap, time::Duration};
///
/// type Search = Box<dyn Fn(String) -> LocalBoxedChain<'static, u32, DebounceError<String>>>;
///
/// struct Shop { search: Search }
///
/// fn shop(prices: HashMap<String, u32>) -> Shop {
///     let search = debounce(Duration::from_millis(300), async move |name: String| {
///         prices.get(&name).copied().ok_or(name)
///     });
///     Shop {
///         search: Box::new(move |name| {
///             let search = search.clone();
///             promise! { move (async move { search.call(name).await }) }.boxed_local()
///         }),
///     }
/// }
///
/// let shop = shop(HashMap::from([("tea".to_owned(), 4)]));
/// let price = event_loop::run_with(Clock::Virtual, (shop.search)("tea".to_owned()));
/// assert_eq!(price, Ok(4));
/// ```
///
/// Where nothing is captured a function pointer names the type:
///
/// ```
/// # use promise_runtime::event_loop::{self, Clock};
/// # event_loop::run_with(Clock::Virtual, async {
/// use promise_runtime::{Debounce, DebounceError, all_settled, debounce};
/// use std::{future::{Ready, ready}, time::Duration};
///
/// type Save = fn(u32) -> Ready<Result<u32, String>>;
///
/// struct Editor { save: Debounce<Save, u32> }
///
/// let save: Save = |version| ready(Ok(version));
/// let editor = Editor { save: debounce(Duration::from_secs(1), save) };
/// // A clone's calls are of the same burst.
/// let clone = editor.save.clone();
/// let Ok((first, second)) = all_settled((editor.save.call(1), clone.call(2))).await;
/// assert_eq!((first, second), (Err(DebounceError::Superseded), Ok(2)));
/// # });
/// ```
#[must_use = "a debounced function does nothing until it is called with `call`"]
pub struct Debounce<F, A, S = Alone> {
    handler: Arc<F>,
    times: Times,
    state: Arc<Mutex<S>>,
    argument: PhantomData<fn(A)>,
}

#[derive(Clone, Copy, Debug)]
struct Times {
    wait: Duration,
    max_wait: Duration,
    leading: bool,
}

impl Times {
    /// When a burst ends that began at `first`, unless there is another call after the one now.
    fn end(&self, first: Duration, now: Duration) -> Duration {
        let quiet = now.saturating_add(self.wait);
        quiet.min(first.saturating_add(self.max_wait))
    }
}

impl<F, A, S: Default> Debounce<F, A, S> {
    fn with(handler: Arc<F>, times: Times) -> Self {
        Self {
            handler,
            times,
            state: Arc::default(),
            argument: PhantomData,
        }
    }

    /// Runs at the first call of a burst instead of after the last.
    ///
    /// The calls after it, up to a pause of `wait`, run nothing. If the caller that runs is dropped before the end, the
    /// burst is over, and the next call runs.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{DebounceError, debounce, delay};
    /// use std::time::Duration;
    ///
    /// let pause = Duration::from_millis(300);
    /// let save = debounce(pause, async |version: u32| Ok::<_, String>(version)).leading();
    /// assert_eq!(save.call(1).await, Ok(1));
    /// assert_eq!(save.call(2).await, Err(DebounceError::Superseded));
    /// delay(pause).await;
    /// assert_eq!(save.call(3).await, Ok(3));
    /// # });
    /// ```
    pub fn leading(self) -> Self {
        let leading = true;
        Self::with(
            self.handler,
            Times {
                leading,
                ..self.times
            },
        )
    }

    /// Ends a burst after `max_wait` even if calls keep coming, so that the handler runs at least so often.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{DebounceError, all_settled, debounce, delay};
    /// use std::time::Duration;
    ///
    /// let second = Duration::from_secs(1);
    /// let save = debounce(2 * second, async |_: u32| Ok::<_, String>(event_loop::now().as_secs()))
    ///     .max_wait(5 * second);
    /// // A call every second.
    /// let calls = (0..8).map(|n| {
    ///     let save = save.clone();
    ///     async move { delay(n * second).await; save.call(n).await }
    /// });
    /// let Ok(outcomes) = all_settled(calls).await;
    /// let runs: Vec<u64> = outcomes.into_iter().flatten().collect();
    /// assert_eq!(runs, [5, 9]);
    /// # });
    /// ```
    pub fn max_wait(self, max_wait: Duration) -> Self {
        Self::with(
            self.handler,
            Times {
                max_wait,
                ..self.times
            },
        )
    }
}

impl<F, A> Debounce<F, A> {
    /// Lets all callers of a burst have the one outcome, instead of rejecting all but one.
    ///
    /// So nobody is superseded. If the caller that runs the handler is dropped, whoever has waited longest runs it again,
    /// with the same argument.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{all, debounce};
    /// use std::time::Duration;
    ///
    /// let load = debounce(Duration::from_millis(10), async |n: u32| Ok::<_, String>(n * 10)).shared();
    /// assert_eq!(all([load.call(1), load.call(2)]).await, Ok([20, 20]));
    /// # });
    /// ```
    pub fn shared<T, E>(self) -> Debounce<F, A, Together<A, T, E>>
    where
        F: AsyncFn(A) -> Result<T, E>,
        A: Clone,
        T: Clone,
        E: Clone,
    {
        Debounce::with(self.handler, self.times)
    }

    /// Calls the handler, if this is the call of its burst that does.
    ///
    /// # Rejects
    ///
    /// With [`DebounceError::Superseded`] when another call of the burst runs instead, or with the handler's own reason in
    /// [`DebounceError::Inner`].
    ///
    /// # Cancel-safety
    ///
    /// Dropped while it waits, it takes its call back; those it has superseded remain so. Dropped while the handler
    /// runs, it drops the handler's promise.
    ///
    /// # Panics
    ///
    /// Only the handler does. A burst whose run has panicked is over, and the next call begins another.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{DebounceError, debounce};
    /// use std::time::Duration;
    ///
    /// let pause = Duration::from_millis(300);
    /// let search = debounce(pause, async |query: &'static str| match query {
    ///     "" => Err("type something"),
    ///     query => Ok(query.len()),
    /// });
    /// assert_eq!(search.call("rust").await, Ok(4));
    /// assert_eq!(event_loop::now(), pause);
    /// assert_eq!(search.call("").await, Err(DebounceError::Inner("type something")));
    /// # });
    /// ```
    pub fn call<T, E>(
        &self,
        argument: A,
    ) -> impl Future<Output = Result<T, DebounceError<E>>> + use<F, A, T, E>
    where
        F: AsyncFn(A) -> Result<T, E>,
    {
        let Self {
            handler,
            times,
            state,
            ..
        } = self.clone();
        async move {
            let Some(leads) = Alone::turn(&state, times).await else {
                return Err(DebounceError::Superseded);
            };
            let outcome = handler(argument).await;
            if let Some(call) = leads {
                call.done();
            }
            outcome.map_err(DebounceError::Inner)
        }
    }
}

impl<F, A, T, E> Debounce<F, A, Together<A, T, E>> {
    /// Waits for the outcome of its burst, or brings it about.
    ///
    /// # Rejects
    ///
    /// With the handler's reason in [`DebounceError::Inner`].
    ///
    /// # Cancel-safety
    ///
    /// Dropped, it hands what it does to another caller of the burst. If there is none, the burst is over and the handler does not run.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{all, debounce};
    /// use std::{cell::Cell, time::Duration};
    ///
    /// let runs = Cell::new(0);
    /// let load = debounce(Duration::from_secs(1), async |page: u32| {
    ///     runs.set(runs.get() + 1);
    ///     Ok::<_, String>(page)
    /// }).shared();
    /// assert_eq!(all([1, 2, 3].map(|page| load.call(page))).await, Ok([3, 3, 3]));
    /// assert_eq!((runs.get(), event_loop::now()), (1, Duration::from_secs(1)));
    /// # });
    /// ```
    pub fn call(
        &self,
        argument: A,
    ) -> impl Future<Output = Result<T, DebounceError<E>>> + use<F, A, T, E>
    where
        F: AsyncFn(A) -> Result<T, E>,
        A: Clone,
        T: Clone,
        E: Clone,
    {
        let Self {
            handler,
            times,
            state,
            ..
        } = self.clone();
        async move {
            let outcome = Together::outcome(&state, times, argument, &*handler).await;
            outcome.map_err(DebounceError::Inner)
        }
    }
}

impl<F, A, S> Clone for Debounce<F, A, S> {
    fn clone(&self) -> Self {
        Self {
            handler: self.handler.clone(),
            times: self.times,
            state: self.state.clone(),
            argument: PhantomData,
        }
    }
}

impl<F, A, S> fmt::Debug for Debounce<F, A, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Debounce")
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}

/// Why a call of a [`Debounce`] rejects.
///
/// ```
/// use promise_runtime::DebounceError;
///
/// assert_eq!(DebounceError::<String>::Superseded.to_string(), "superseded by another call");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DebounceError<E> {
    /// Another call of the same burst runs instead.
    Superseded,
    /// The handler's own reason.
    Inner(E),
}

own_reason!(DebounceError::Superseded, "superseded by another call");
