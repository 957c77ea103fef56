//! What a cache holds: values with their times, and the flights under way. Plain data under the cache's lock.

use crate::pattern::flight::{Flight, Seat};
use alloc::{sync::Arc, vec::Vec};
use core::{borrow::Borrow, hash::Hash, mem, time::Duration};
use lru::LruCache;
use std::{collections::HashMap, hash::RandomState};

/// What a flight brings to everybody aboard.
pub(super) type Outcome<V, E> = Result<Arc<V>, E>;

type SharedFlight<V, E> = Arc<Flight<Outcome<V, E>>>;

pub(super) struct Stored<V> {
    value: Arc<V>,
    since: Duration,
}

impl<V> Stored<V> {
    fn lives(&self, time_to_live: Duration, now: Duration) -> bool {
        now.saturating_sub(self.since) < time_to_live
    }
}

/// What there is for a caller.
pub(super) enum Found<V, E> {
    Value(Arc<V>),
    Seat(Seat<Outcome<V, E>>),
}

pub(super) struct Store<K, V, E> {
    values: LruCache<K, Stored<V>, RandomState>,
    flights: HashMap<K, SharedFlight<V, E>>,
    time_to_live: Duration,
    capacity: usize,
    /// At how many values those that have expired are removed.
    sweep_at: usize,
}

/// What was removed, to be dropped without the lock.
#[must_use]
pub(super) struct Removed<K, V, E> {
    time_to_live: Duration,
    value: Option<(K, Stored<V>)>,
    flight: Option<(K, SharedFlight<V, E>)>,
}

impl<K, V, E> Removed<K, V, E> {
    /// Whether anybody could have had it.
    pub(super) fn mattered(&self, now: Duration) -> bool {
        let lives = |(_, stored): &(K, Stored<V>)| stored.lives(self.time_to_live, now);
        self.value.as_ref().is_some_and(lives) || self.flight.is_some()
    }
}

/// Below so many values it does not pay to look for expired ones.
const FEW: usize = 32;

impl<K: Hash + Eq, V, E> Store<K, V, E> {
    pub(super) fn new(time_to_live: Duration) -> Self {
        Self {
            values: LruCache::unbounded_with_hasher(RandomState::new()),
            flights: HashMap::new(),
            time_to_live,
            capacity: usize::MAX,
            sweep_at: FEW,
        }
    }

    /// The living value, which counts as used, if one will do; else a seat in the flight of this key, which begins if there is none.
    pub(super) fn find(&mut self, key: &K, now: Option<Duration>) -> Found<V, E>
    where
        K: Clone,
    {
        if let (Some(now), Some(stored)) = (now, self.values.get(key)) {
            if stored.lives(self.time_to_live, now) {
                return Found::Value(stored.value.clone());
            }
        }
        if let Some(flight) = self.flights.get(key) {
            return Found::Seat(flight.board());
        }
        let flight = Arc::new(Flight::new());
        let seat = flight.board();
        self.flights.insert(key.clone(), flight);
        Found::Seat(seat)
    }

    /// The living value, which does not count as used.
    pub(super) fn peek<Q>(&self, key: &Q, now: Duration) -> Option<&Arc<V>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let stored = self.values.peek(key)?;
        stored
            .lives(self.time_to_live, now)
            .then_some(&stored.value)
    }

    pub(super) fn len(&self, now: Duration) -> usize {
        let lives = |(_, stored): &(&K, &Stored<V>)| stored.lives(self.time_to_live, now);
        self.values.iter().filter(lives).count()
    }

    /// Ends the flight of this seat, unless it was called off. True if it was not.
    pub(super) fn end(&mut self, key: &K, seat: &Seat<Outcome<V, E>>) -> bool {
        let known = self
            .flights
            .get(key)
            .is_some_and(|flight| seat.is_of(flight));
        if known {
            self.flights.remove(key);
        }
        known
    }

    /// Keeps a value. Returns those that make room for it, to be dropped without the lock.
    pub(super) fn keep(&mut self, key: K, value: Arc<V>, now: Duration) -> Vec<(K, Stored<V>)> {
        let stored = Stored { value, since: now };
        let mut removed = Vec::new();
        if self.time_to_live.is_zero() {
            removed.push((key, stored));
            return removed;
        }
        removed.extend(self.values.push(key, stored));
        if self.values.len() > self.sweep_at {
            removed.extend(self.sweep(now));
        }
        removed.extend(self.shrink());
        removed
    }

    /// Removes what has expired. Called when the number of values has doubled, so its cost is that of adding them.
    fn sweep(&mut self, now: Duration) -> Vec<(K, Stored<V>)> {
        let mut expired = Vec::new();
        let mut living = Vec::new();
        // From the one used longest ago to the one used last, and back in the same order.
        while let Some((key, stored)) = self.values.pop_lru() {
            let kind = if stored.lives(self.time_to_live, now) {
                &mut living
            } else {
                &mut expired
            };
            kind.push((key, stored));
        }
        for (key, stored) in living {
            self.values.push(key, stored);
        }
        self.sweep_at = (self.values.len() * 2).max(FEW);
        expired
    }

    /// Removes what was not used for longest, down to the capacity.
    fn shrink(&mut self) -> Vec<(K, Stored<V>)> {
        let mut removed = Vec::new();
        while self.values.len() > self.capacity {
            removed.extend(self.values.pop_lru());
        }
        removed
    }

    pub(super) fn set_capacity(&mut self, capacity: usize) -> Vec<(K, Stored<V>)> {
        self.capacity = capacity;
        self.shrink()
    }

    /// Forgets the value, and calls off the flight: it goes on for those aboard, and its value is not kept.
    pub(super) fn remove<Q>(&mut self, key: &Q) -> Removed<K, V, E>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        Removed {
            time_to_live: self.time_to_live,
            value: self.values.pop_entry(key),
            flight: self.flights.remove_entry(key),
        }
    }

    /// Leaves everything behind in a store of its own, to be dropped without the lock.
    pub(super) fn take(&mut self) -> Self {
        let empty = Self {
            capacity: self.capacity,
            ..Self::new(self.time_to_live)
        };
        mem::replace(self, empty)
    }
}
