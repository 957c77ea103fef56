//! The future of a cache: finds the value, waits for whoever loads it, or loads it.

use super::store::{Found, Outcome};
use super::{Cache, Shareable};
use crate::pattern::flight::{Role, Seat};
use crate::pattern::line::{Wakers, lock};
use crate::pattern::nesting::{Polling, parents};
use crate::timer::now;
use alloc::sync::Arc;
use core::{
    fmt,
    future::Future,
    hash::Hash,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};
use pin_project_lite::pin_project;

pin_project! {
    /// A value from a cache: the future of [`Cache::get`] and [`Cache::refresh`].
    ///
    /// Fulfils with a clone of the value, or rejects with a clone of the load's reason. Nothing happens before the first poll. Cancel-safe: dropped while
    /// it loads, it leaves the load to whoever has waited longest, who calls a function of its own. Panics when polled after its end.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::pattern::cache::Get;
    /// use promise_runtime::{Cache, all};
    /// use std::{future::{Ready, ready}, time::Duration};
    ///
    /// type Load = fn() -> Ready<Result<u32, String>>;
    ///
    /// let cache = Cache::new(Duration::MAX);
    /// let load: [Get<&str, u32, String, Load, Ready<Result<u32, String>>>; 2] =
    ///     [cache.get("answer", || ready(Ok(42))), cache.get("answer", || unreachable!("one flight for both"))];
    /// assert_eq!(all(load).await, Ok([42, 42]));
    /// # });
    /// ```
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Get<K, V, E, F, P: IntoFuture>
    where
        K: Hash,
        K: Eq,
    {
        // Dropped in this order: another caller loads when nothing of this load is left.
        #[pin]
        loading: Option<P::IntoFuture>,
        load: Option<F>,
        stage: Stage<K, V, E>,
    }
}

enum Stage<K: Hash + Eq, V, E> {
    New {
        cache: Cache<K, V, E>,
        key: K,
        /// Whether a value that is there will do.
        stored: bool,
    },
    Aboard(Boarded<K, V, E>),
    Over,
}

/// A seat in the flight of a key; given up when it is dropped.
struct Boarded<K: Hash + Eq, V, E> {
    cache: Cache<K, V, E>,
    key: K,
    seat: Seat<Outcome<V, E>>,
}

impl<K: Hash + Eq, V, E> Drop for Boarded<K, V, E> {
    fn drop(&mut self) {
        let mut wakers = Wakers::default();
        {
            let store = &mut *lock(&self.cache.store);
            if self.seat.leave(&mut wakers) {
                store.end(&self.key, &self.seat);
            }
        }
        wakers.wake();
    }
}

impl<K: Hash + Eq, V, E, F, P: IntoFuture> Get<K, V, E, F, P> {
    pub(super) fn new(cache: Cache<K, V, E>, key: K, stored: bool, load: F) -> Self {
        Self {
            loading: None,
            load: Some(load),
            stage: Stage::New { cache, key, stored },
        }
    }
}

impl<K: Hash + Eq, V, E> Boarded<K, V, E> {
    /// Panics if the load that this one waits for is what awaits it.
    fn must_not_load_here(&self, cx: &Context<'_>) {
        assert!(
            parents(self.seat.flight(), cx.waker()).is_empty(),
            "a deadlock: the load of a key of this cache awaits the same key of the same cache; \
             load it with another key, or without the cache"
        );
    }
}

impl<K: Hash + Eq + Clone, V, E> Boarded<K, V, E> {
    /// The work is done: keeps its value, and tells everybody aboard.
    fn land(&self, outcome: Result<V, E>) -> Result<Arc<V>, E>
    where
        E: Clone,
    {
        let now = now();
        let outcome = outcome.map(Arc::new);
        let mut removed = alloc::vec::Vec::new();
        {
            let store = &mut *lock(&self.cache.store);
            let known = store.end(&self.key, &self.seat);
            if let (true, Ok(value)) = (known, &outcome) {
                removed = store.keep(self.key.clone(), value.clone(), now);
            }
        }
        drop(removed);
        self.seat.land(outcome.clone());
        outcome
    }
}

impl<K, V, E, F, P> Future for Get<K, V, E, F, P>
where
    K: Hash + Eq + Clone,
    V: Shareable,
    E: Shareable,
    F: FnOnce() -> P,
    P: IntoFuture<Output = Result<V, E>>,
{
    type Output = Result<V, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if matches!(this.stage, Stage::New { .. }) {
            if let Stage::New { cache, key, stored } = mem::replace(this.stage, Stage::Over) {
                match cache.find(&key, stored) {
                    Found::Value(value) => return Poll::Ready(Ok(owned(value))),
                    Found::Seat(seat) => {
                        *this.stage = Stage::Aboard(Boarded { cache, key, seat });
                    }
                }
            }
        }
        let Stage::Aboard(boarded) = this.stage else {
            panic!("a value from a cache was polled for again after it had come");
        };
        if this.loading.is_none() {
            match boarded.seat.poll(cx) {
                Poll::Ready(Role::Landed(outcome)) => {
                    *this.stage = Stage::Over;
                    return Poll::Ready(outcome.map(owned));
                }
                Poll::Ready(Role::Lead) => {}
                Poll::Pending => {
                    boarded.must_not_load_here(cx);
                    return Poll::Pending;
                }
            }
        }
        let polling = Polling::new(boarded.seat.flight(), 0, cx.waker());
        if this.loading.is_none() {
            let Some(load) = this.load.take() else {
                panic!("a value from a cache was polled for again after its function had panicked");
            };
            let promise = load().into_future();
            this.loading.set(Some(promise));
        }
        let Some(loading) = this.loading.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let outcome = ready!(loading.poll(cx));
        drop(polling);
        let outcome = boarded.land(outcome);
        this.loading.set(None);
        *this.stage = Stage::Over;
        Poll::Ready(outcome.map(owned))
    }
}

/// The value itself if nobody else has it.
fn owned<V: Clone>(value: Arc<V>) -> V {
    Arc::try_unwrap(value).unwrap_or_else(|shared| V::clone(&shared))
}

impl<K: Hash + Eq, V, E, F, P: IntoFuture> fmt::Debug for Get<K, V, E, F, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match (&self.stage, &self.loading) {
            (Stage::New { .. }, _) => "new",
            (Stage::Aboard(_), Some(_)) => "loading",
            (Stage::Aboard(_), None) => "waiting",
            (Stage::Over, _) => "over",
        };
        write!(f, "Get({stage})")
    }
}
