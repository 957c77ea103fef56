//! What may happen at once to an object of `Promise`, whichever way it is counted.

use crate::counts::Counts;
use crate::sync::UnsafeCell;
use loom::thread;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Loom panics if somebody looks at what is gone, or may not have been seen to.
struct Object {
    counts: Counts,
    value: UnsafeCell<()>,
    memory: UnsafeCell<()>,
    drops: AtomicUsize,
    frees: AtomicUsize,
}

// SAFETY: the cells hold nothing, and loom says so if two threads are in one at once.
unsafe impl Sync for Object {}

/// Held as `engine::object` holds it. What points here is the standard library's, of which loom knows nothing.
struct Held(Arc<Object>);

struct Watched(Arc<Object>);

impl Held {
    fn look(&self) {
        self.0.value.with(|_| {});
    }

    fn watch(&self) -> Watched {
        self.0.counts.watch();
        Watched(self.0.clone())
    }
}

impl Clone for Held {
    fn clone(&self) -> Self {
        self.0.counts.hold();
        Self(self.0.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.look();
        if self.0.counts.let_go() {
            let watch = Watched(self.0.clone());
            self.0.value.with_mut(|_| {});
            self.0.drops.fetch_add(1, Relaxed);
            drop(watch);
        }
    }
}

impl Watched {
    fn upgrade(&self) -> Option<Held> {
        let held = self.0.counts.try_hold();
        held.then(|| Held(self.0.clone()))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.memory.with(|_| {});
        if self.0.counts.unwatch() {
            self.0.memory.with_mut(|_| {});
            self.0.frees.fetch_add(1, Relaxed);
        }
    }
}

type Part = Box<dyn FnOnce() + Send>;

/// Each thread has its part; the object is to be gone once all of them are through.
fn model<const THREADS: usize>(parts: fn(Held) -> [Part; THREADS]) {
    let mut builder = loom::model::Builder::new();
    // Three threads without a bound take minutes, and find no more.
    builder.preemption_bound = Some(3);
    builder.check(move || {
        let object = Arc::new(Object {
            counts: Counts::new(1),
            value: UnsafeCell::new(()),
            memory: UnsafeCell::new(()),
            drops: AtomicUsize::new(0),
            frees: AtomicUsize::new(0),
        });
        let threads = parts(Held(object.clone())).map(thread::spawn);
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        assert_eq!(object.drops.load(Relaxed), 1, "drops");
        assert_eq!(object.frees.load(Relaxed), 1, "frees");
    });
}

pub(crate) fn two_let_go() {
    model(|held| {
        let other = held.clone();
        [Box::new(|| drop(held)), Box::new(|| drop(other))]
    });
}

pub(crate) fn one_more_holds_it_while_another_lets_go() {
    model(|held| {
        let other = held.clone();
        [
            Box::new(move || drop(held)),
            Box::new(move || {
                let third = other.clone();
                drop(other);
                third.look();
            }),
        ]
    });
}

pub(crate) fn one_lets_go_while_another_only_watches() {
    model(|held| {
        let watched = held.watch();
        [Box::new(|| drop(held)), Box::new(|| drop(watched))]
    });
}

pub(crate) fn whoever_watches_holds_it() {
    model(|held| {
        let watched = held.watch();
        [
            Box::new(|| drop(held)),
            Box::new(move || {
                if let Some(held) = watched.upgrade() {
                    held.look();
                }
            }),
        ]
    });
}

/// What was the only one a moment ago is not any more.
pub(crate) fn whoever_held_it_watches() {
    model(|held| {
        let other = held.clone();
        [
            Box::new(|| drop(held)),
            Box::new(move || {
                let watched = other.watch();
                drop(other);
                drop(watched.upgrade());
            }),
        ]
    });
}

pub(crate) fn two_watch_while_the_last_one_lets_go() {
    model(|held| {
        let (one, other) = (held.watch(), held.watch());
        [
            Box::new(|| drop(held)),
            Box::new(|| drop(one)),
            Box::new(move || drop(other.upgrade())),
        ]
    });
}
