//! A model of `with_resolvers`: its source, with loom's types in the place of the standard library's.

#[path = "model_kit/parent.rs"]
mod parent;
#[macro_use]
#[path = "model_kit/planted.rs"]
mod planted;
#[allow(dead_code, unexpected_cfgs, unreachable_pub)]
#[path = "../../promise-runtime/src/resolvers.rs"]
mod resolvers;
#[path = "model_kit/sync.rs"]
mod sync;

use loom::thread;
use parent::{Parent, model};
use resolvers::{Deferred, with_resolvers};
use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Waker},
};

/// A value that counts its drops.
#[derive(Clone, Default)]
struct Drops(Arc<AtomicUsize>);

struct Value(Drops);

impl Drops {
    fn value(&self) -> Value {
        Value(self.clone())
    }

    fn count(&self) -> usize {
        self.0.load(SeqCst)
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, SeqCst);
    }
}

fn poll<T, E>(promise: &mut Deferred<T, E>, waker: &Waker) -> Poll<Result<T, E>> {
    Pin::new(promise).poll(&mut Context::from_waker(waker))
}

fn a_value_arrives() {
    model(|| {
        let (promise, resolve, _reject) = with_resolvers::<u8, u8>();
        let thread = thread::spawn(move || resolve.call(1));
        assert_eq!(Parent::wait(promise), Ok(1));
        thread.join().unwrap();
    });
}

fn the_first_call_decides() {
    model(|| {
        let drops = Drops::default();
        let (mut promise, resolve, reject) = with_resolvers();
        let (value, reason) = (drops.value(), drops.value());
        let first = thread::spawn(move || resolve.call(value));
        let second = thread::spawn(move || reject.call(reason));
        first.join().unwrap();
        second.join().unwrap();
        let outcome = poll(&mut promise, Waker::noop());
        assert!(outcome.is_ready());
        assert_eq!(drops.count(), 1, "the one that came too late is dropped");
        drop(outcome);
        assert_eq!(drops.count(), 2);
    });
}

fn a_dropped_promise_drops_what_it_would_get() {
    for polls in [0, 1] {
        model(move || {
            let drops = Drops::default();
            let (mut promise, resolve, _reject) = with_resolvers::<Value, Value>();
            let value = drops.value();
            if polls == 1 {
                assert!(poll(&mut promise, &Parent::new().1).is_pending());
            }
            let thread = thread::spawn(move || resolve.call(value));
            drop(promise);
            thread.join().unwrap();
            assert_eq!(drops.count(), 1);
        });
    }
}

fn the_last_waker_is_woken() {
    model(|| {
        let (mut promise, resolve, _reject) = with_resolvers::<u8, u8>();
        let (_, before) = Parent::new();
        assert!(poll(&mut promise, &before).is_pending());
        let thread = thread::spawn(move || resolve.call(1));
        // The second parent waits with a waker of its own, whatever has become of the first.
        assert_eq!(Parent::wait(promise), Ok(1));
        thread.join().unwrap();
    });
}

fn without_resolvers_nobody_is_waited_for() {
    model(|| {
        let (mut promise, resolve, reject) = with_resolvers::<Value, Value>();
        let (parent, waker) = Parent::new();
        let first = thread::spawn(move || drop(resolve));
        let second = thread::spawn(move || drop(reject));
        let polled = poll(&mut promise, &waker);
        assert!(polled.is_pending());
        first.join().unwrap();
        second.join().unwrap();
        assert!(poll(&mut promise, &waker).is_pending());
        drop(waker);
        assert_eq!(Arc::strong_count(&parent), 1, "no waker is kept");
    });
}

fn a_clone_resolves_too() {
    model(|| {
        let (promise, resolve, reject) = with_resolvers::<u8, u8>();
        drop(reject);
        let clone = resolve.clone();
        let thread = thread::spawn(move || clone.call(1));
        drop(resolve);
        assert_eq!(Parent::wait(promise), Ok(1));
        thread.join().unwrap();
    });
}

mod tests {
    models!(&[];
        a_value_arrives
        the_first_call_decides
        a_dropped_promise_drops_what_it_would_get
        the_last_waker_is_woken
        without_resolvers_nobody_is_waited_for
        a_clone_resolves_too
    );
}
