//! Who waits in a model: a thread that sleeps until it is woken. If nobody wakes it, loom reports a deadlock.
#![allow(dead_code)]

use loom::sync::{Condvar, Mutex};
use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};

pub(crate) struct Parent {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Wake for Parent {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        *self.woken.lock().unwrap() = true;
        self.changed.notify_one();
    }
}

impl Parent {
    pub(crate) fn new() -> (Arc<Parent>, Waker) {
        let parent = Arc::new(Parent {
            woken: Mutex::new(false),
            changed: Condvar::new(),
        });
        let waker = Waker::from(parent.clone());
        (parent, waker)
    }

    /// Sleeps until somebody has woken it since the last call.
    pub(crate) fn sleep(&self) {
        let mut woken = self.woken.lock().unwrap();
        while !*woken {
            woken = self.changed.wait(woken).unwrap();
        }
        *woken = false;
    }

    /// Polls at once, and then whenever it was woken.
    pub(crate) fn wait<F: Future>(future: F) -> F::Output {
        let (parent, waker) = Parent::new();
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            parent.sleep();
        }
    }
}

/// Runs a model in all orders with up to three preemptions; to try every order would take minutes.
pub(crate) fn model(run: impl Fn() + Sync + Send + 'static) {
    with_preemptions(3, run);
}

/// The same with another bound.
pub(crate) fn with_preemptions(bound: usize, run: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(bound);
    builder.check(run);
}
