//! [`Cache`]: values that are loaded once and kept for a while.
//!
//! Not built on moka, whose single flight is much the same: its clock cannot be replaced, so neither a virtual nor a paused
//! clock could make values expire; it shares a rejection as `Arc<E>`, where here `E` stays the caller's; and keys, values and reasons must be
//! `Send + Sync + 'static`, which a program on one thread need not have. The order of use is the crate lru's.

mod get;
mod store;

use super::line::lock;
use crate::timer::now;
use alloc::sync::Arc;
use core::{borrow::Borrow, fmt, hash::Hash, time::Duration};
pub use get::Get;
use std::sync::Mutex;
use store::{Found, Store};

/// Keeps what promises fulfil with, by key, for a time.
///
/// Of all callers that ask for a key at once, one loads and the others wait for it: one flight per key. What it fulfils with is
/// kept for the time to live, counted from that moment. What it rejects with goes to everybody who waits, as with one
/// shared JavaScript promise, and is not kept: the next caller loads again. So values and reasons must be `Clone`;
/// `Arc` and [`SharedError`](crate::SharedError) make anything so.
///
/// The load runs in the task of the caller who leads. While that task does not poll it, the others wait. A cache is a handle:
/// clones share the values, and it is `Send` and `Sync` if keys and reasons are `Send`, and values `Send` and `Sync`. It goes by the clock
/// of the place where it is used (event loop, tokio, else the system), and is meant to be used with one clock.
///
/// Imitates p-memoize and moka.
///
/// # Cancel-safety
///
/// If the caller who loads is dropped, its load is dropped, and whoever has waited longest loads, with its own function. If
/// nobody waits, the key is as if nobody had asked.
///
/// ```
/// # use promise_runtime::event_loop::{self, Clock};
/// # event_loop::run_with(Clock::Virtual, async {
/// use promise_runtime::{Cache, all, delay};
/// use std::{cell::Cell, time::Duration};
///
/// let requests = Cell::new(0);
/// let fetch = async |id: u32| {
///     requests.set(requests.get() + 1);
///     delay(Duration::from_millis(20)).await;
///     Ok::<_, String>(format!("user {id}"))
/// };
/// let users = Cache::new(Duration::from_secs(30)).capacity(1_000);
///
/// let both = all((users.get(1, || fetch(1)), users.get(1, || fetch(1)))).await?;
/// assert_eq!(both, ("user 1".to_owned(), "user 1".to_owned()));
/// assert_eq!(requests.get(), 1);
///
/// delay(Duration::from_secs(30)).await;
/// users.get(1, || fetch(1)).await?;
/// assert_eq!(requests.get(), 2);
/// # Ok::<(), String>(())
/// # }).unwrap();
/// ```
pub struct Cache<K, V, E> {
    store: Arc<Mutex<Store<K, V, E>>>,
}

impl<K: Hash + Eq, V, E> Cache<K, V, E> {
    /// A cache whose values live for `time_to_live` after they were loaded.
    ///
    /// It holds any number of them; those that have expired are removed as new ones come. With `Duration::MAX` they
    /// live for ever, with `Duration::ZERO` there are flights and no values.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{Cache, delay};
    /// use std::time::Duration;
    ///
    /// let cache = Cache::<&str, u32, String>::new(Duration::from_secs(60));
    /// cache.get("a", async || Ok(1)).await?;
    /// delay(Duration::from_secs(59)).await;
    /// assert_eq!(cache.peek("a"), Some(1));
    /// delay(Duration::from_secs(1)).await;
    /// assert_eq!(cache.peek("a"), None);
    /// # Ok::<(), String>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn new(time_to_live: Duration) -> Self {
        Self {
            store: Arc::new(Mutex::new(Store::new(time_to_live))),
        }
    }

    /// Holds at most so many values from now on, for all clones: a new one pushes out the one used longest ago.
    ///
    /// Flights do not count. With 0 nothing is kept.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::Cache;
    /// use std::time::Duration;
    ///
    /// let cache = Cache::new(Duration::MAX).capacity(2);
    /// for key in ["a", "b", "a", "c"] {
    ///     cache.get(key, async || Ok::<_, String>(key.to_uppercase())).await?;
    /// }
    /// assert_eq!((cache.has("a"), cache.has("b"), cache.has("c")), (true, false, true));
    /// # Ok::<(), String>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn capacity(self, values: usize) -> Self {
        let removed = lock(&self.store).set_capacity(values);
        drop(removed);
        self
    }

    /// The value of `key`: the one that is kept, the one that is being loaded, or the one that `load` makes.
    ///
    /// Decides at the first poll. `load` is called at most once, if this caller comes to lead the flight of the key.
    ///
    /// # Rejects
    ///
    /// With what the load rejects with, whoever's it was.
    ///
    /// # Panics
    ///
    /// A panic of `load` or its promise passes through its caller; for the others it is as if that one had been dropped.
    /// A load that awaits its own key would wait for itself: that panics, where the inner call is awaited directly, through other keys, or
    /// through combinators that pass their own waker on; across spawned tasks it is not seen. Panics when polled after its end.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::Cache;
    /// use std::time::Duration;
    ///
    /// let rates = Cache::new(Duration::from_secs(60));
    /// assert_eq!(rates.get("EUR", async || Err("no answer")).await, Err("no answer"));
    /// assert_eq!(rates.get("EUR", async || Ok(1.1)).await, Ok(1.1));
    /// assert_eq!(rates.get("EUR", async || Err("not called")).await, Ok(1.1));
    /// # });
    /// ```
    pub fn get<F, P>(&self, key: K, load: F) -> Get<K, V, E, F, P>
    where
        F: FnOnce() -> P,
        P: IntoFuture<Output = Result<V, E>>,
    {
        Get::new(self.clone(), key, true, load)
    }

    /// Loads the value of `key` anew, or waits for the flight that is under way.
    ///
    /// Until it has come others get the former value, if that lives. If the load rejects, the former value stays. Otherwise as
    /// [`get`](Self::get).
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::Cache;
    /// use std::time::Duration;
    ///
    /// let cache = Cache::new(Duration::from_secs(60));
    /// cache.get("rate", async || Ok(7)).await?;
    /// assert_eq!(cache.refresh("rate", async || Err("no answer")).await, Err("no answer"));
    /// assert_eq!(cache.get("rate", async || Ok(8)).await, Ok(7));
    /// assert_eq!(cache.refresh("rate", async || Ok(8)).await, Ok(8));
    /// assert_eq!(cache.get("rate", async || Ok(9)).await, Ok(8));
    /// # Ok::<(), &str>(())
    /// # }).unwrap();
    /// ```
    pub fn refresh<F, P>(&self, key: K, load: F) -> Get<K, V, E, F, P>
    where
        F: FnOnce() -> P,
        P: IntoFuture<Output = Result<V, E>>,
    {
        Get::new(self.clone(), key, false, load)
    }

    /// The value of `key`, if it is there and lives. It does not count as used.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::Cache;
    /// use std::time::Duration;
    ///
    /// let ages: Cache<String, u32, String> = Cache::new(Duration::from_secs(60));
    /// ages.get("Ada".to_owned(), async || Ok(36)).await?;
    /// assert_eq!((ages.peek("Ada"), ages.peek("Bob")), (Some(36), None));
    /// # Ok::<(), String>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn peek<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        V: Clone,
    {
        let now = now();
        let value = lock(&self.store).peek(key, now).cloned();
        value.map(|value| V::clone(&value))
    }

    /// Whether a value of `key` is there and lives. One that is being loaded is not there yet.
    ///
    /// ```
    /// use promise_runtime::Cache;
    /// use std::time::Duration;
    ///
    /// let ages: Cache<String, u32, String> = Cache::new(Duration::from_secs(60));
    /// assert!(!ages.has("Ada"));
    /// ```
    #[must_use]
    pub fn has<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let now = now();
        lock(&self.store).peek(key, now).is_some()
    }

    /// Forgets the value of `key`, and says whether there was one that lived or was being loaded.
    ///
    /// A flight goes on for those who wait for it, but what it brings is out of date and is not kept: whoever asks from now
    /// on loads anew.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::Cache;
    /// use std::time::Duration;
    ///
    /// let rates = Cache::new(Duration::from_secs(60));
    /// rates.get("EUR", async || Ok::<_, String>(1.1)).await?;
    /// assert!(rates.delete("EUR"));
    /// assert!(!rates.delete("EUR"));
    /// # Ok::<(), String>(())
    /// # }).unwrap();
    /// ```
    pub fn delete<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let now = now();
        let removed = lock(&self.store).remove(key);
        removed.mattered(now)
    }

    /// Forgets everything, as [`delete`](Self::delete) does for each key.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::Cache;
    /// use std::time::Duration;
    ///
    /// let rates = Cache::new(Duration::from_secs(60));
    /// rates.get("EUR", async || Ok::<_, String>(1.1)).await?;
    /// rates.clear();
    /// assert!(rates.is_empty());
    /// # Ok::<(), String>(())
    /// # }).unwrap();
    /// ```
    pub fn clear(&self) {
        let removed = lock(&self.store).take();
        drop(removed);
    }

    fn find(&self, key: &K, stored: bool) -> Found<V, E>
    where
        K: Clone,
    {
        let now = stored.then(now);
        lock(&self.store).find(key, now)
    }

    /// How many values live. Looks at each of them.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::Cache;
    /// use std::time::Duration;
    ///
    /// let squares = Cache::<u64, u64, String>::new(Duration::MAX);
    /// for number in [3, 4, 3] {
    ///     squares.get(number, async || Ok(number * number)).await?;
    /// }
    /// assert_eq!(squares.len(), 2);
    /// # Ok::<(), String>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        let now = now();
        lock(&self.store).len(now)
    }

    /// Whether no value lives.
    ///
    /// A flight is no value yet, and a failure never one.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::Cache;
    /// use std::time::Duration;
    ///
    /// let cache = Cache::<u8, u8, &str>::new(Duration::MAX);
    /// assert_eq!(cache.get(1, async || Err("down")).await, Err("down"));
    /// assert!(cache.is_empty());
    /// # });
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<K, V, E> Clone for Cache<K, V, E> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
        }
    }
}

impl<K: Hash + Eq, V, E> fmt::Debug for Cache<K, V, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// What all callers of one flight get: a clone each.
#[diagnostic::on_unimplemented(
    message = "all who ask a `Cache` for a key get the same outcome, so `{Self}` must be `Clone`; share it: `Arc::new(value)`, `.map_err(Arc::new)` or \
               `.map_err(SharedError::from)` at the end of the load"
)]
#[doc(hidden)]
pub trait Shareable: Clone {}

#[diagnostic::do_not_recommend]
impl<T: Clone> Shareable for T {}
