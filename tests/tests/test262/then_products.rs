//! `Promise.prototype.then`: what a handler's product makes of the new promise.
//!
//! test262 says everything four times: for a promise that was settled before `then`, or settles after it, and for each of the
//! two handlers.

use super::kit::{Object, watch};
use promise_runtime::event_loop::{run, run_until_idle};
use promise_runtime::hot::{LocalReject, LocalResolve};
use promise_runtime::{LocalPromise, PromiseState, Resolution};
use promise_tests::panic_message;
use std::cell::RefCell;
use std::rc::Rc;

/// The promise whose handler is under test, and which of its two handlers that is.
struct Source {
    p1: LocalPromise<(), ()>,
    settle: Option<Box<dyn FnOnce()>>,
    rejects: bool,
}

impl Source {
    fn pending(
        settle: impl FnOnce(LocalResolve<(), ()>, LocalReject<(), ()>) + 'static,
        rejects: bool,
    ) -> Self {
        let (p1, resolve, reject) = LocalPromise::with_resolvers();
        Self {
            p1,
            settle: Some(Box::new(move || settle(resolve, reject))),
            rejects,
        }
    }

    fn fulfilled_later() -> Self {
        Self::pending(|resolve, _| resolve(()), false)
    }

    fn rejected_later() -> Self {
        Self::pending(|_, reject| reject(()), true)
    }

    fn fulfilled() -> Self {
        Self {
            p1: LocalPromise::new(|resolve, _| resolve(())),
            settle: None,
            rejects: false,
        }
    }

    fn rejected() -> Self {
        Self {
            p1: LocalPromise::new(|_, reject| reject(())),
            settle: None,
            rejects: true,
        }
    }

    /// `p1.then(handler, …)` or `p1.then(…, handler)`: the other handler is none that should be called.
    fn then<T: Clone + 'static, E: Clone + std::fmt::Debug + 'static>(
        &self,
        product: impl FnOnce() -> Resolution<T, E> + 'static,
    ) -> LocalPromise<T, E> {
        let rejects = self.rejects;
        let product = Rc::new(RefCell::new(Some(product)));
        let on_rejected = product.clone();
        self.p1.then_or_else(
            move |()| {
                assert!(!rejects, "onFulfilled was called for a rejection");
                product.take().expect("handlers are called once")()
            },
            move |()| {
                assert!(rejects, "onRejected was called for a fulfilment");
                on_rejected.take().expect("handlers are called once")()
            },
        )
    }

    /// The last line of the tests: what was pending settles.
    fn go(self) {
        if let Some(settle) = self.settle {
            settle();
        }
    }
}

/// The handler throws a promise: that is the reason, as it is.
fn throws_a_promise(source: Source) {
    let (thenable, resolve, _reject) = LocalPromise::<i32, ()>::with_resolvers();
    let p2 = source.then(move || Resolution::<(), _>::Reject(thenable));
    let seen = Rc::new(RefCell::new(None));
    let reason = seen.clone();
    let _ = p2.catch(move |thenable| {
        reason.replace(Some(thenable));
        Ok::<(), ()>(())
    });
    source.go();
    run_until_idle();
    let reason = seen.take().expect("the new promise is rejected");
    assert_eq!(reason.state(), PromiseState::Pending);
    resolve(7);
    assert_eq!(
        reason.peek(),
        Some(Ok(&7)),
        "the reason is the very promise"
    );
}

fn returns_a_number(source: Source) {
    let p2 = source.then(|| Resolution::<_, ()>::Fulfill(23));
    let watch = watch(&p2);
    source.go();
    watch.fulfilled(23);
}

fn returns_an_object(source: Source) {
    let object = Object::new();
    let value = object.clone();
    let p2 = source.then(move || Resolution::<_, ()>::Fulfill(value));
    let watch = watch(&p2);
    source.go();
    watch.fulfilled(object);
}

fn returns_a_promise(source: Source) {
    let object = Object::new();
    let value = object.clone();
    let thenable = LocalPromise::<_, ()>::new(move |resolve, _| resolve(value));
    let p2 = source.then(move || Resolution::Adopt(thenable));
    let watch = watch(&p2);
    source.go();
    watch.fulfilled(object);
}

/// A `TypeError` in JavaScript, a panic for whoever awaits it here: no rejection type has a variant for it.
fn returns_the_new_promise_itself(source: Source) {
    let own: Rc<RefCell<Option<LocalPromise<(), ()>>>> = Rc::default();
    let returned = own.clone();
    let p2 = source.then(move || Resolution::Adopt(returned.take().expect("handlers run later")));
    own.replace(Some(p2.clone()));
    let after = watch(&p2);
    let message = panic_message(move || {
        source.go();
        let _ = run(p2);
    });
    assert!(message.contains("itself"), "{message}");
    after.pending();
}

// test/built-ins/Promise/prototype/then/reject-pending-fulfilled.js
#[test]
fn on_fulfilled_of_a_pending_promise_throws_a_promise() {
    throws_a_promise(Source::fulfilled_later());
}

// test/built-ins/Promise/prototype/then/reject-pending-rejected.js
#[test]
fn on_rejected_of_a_pending_promise_throws_a_promise() {
    throws_a_promise(Source::rejected_later());
}

// test/built-ins/Promise/prototype/then/reject-settled-fulfilled.js
#[test]
fn on_fulfilled_of_a_settled_promise_throws_a_promise() {
    throws_a_promise(Source::fulfilled());
}

// test/built-ins/Promise/prototype/then/reject-settled-rejected.js
#[test]
fn on_rejected_of_a_settled_promise_throws_a_promise() {
    throws_a_promise(Source::rejected());
}

// test/built-ins/Promise/prototype/then/resolve-pending-fulfilled-non-obj.js
#[test]
fn on_fulfilled_of_a_pending_promise_returns_a_number() {
    returns_a_number(Source::fulfilled_later());
}

// test/built-ins/Promise/prototype/then/resolve-pending-rejected-non-obj.js
#[test]
fn on_rejected_of_a_pending_promise_returns_a_number() {
    returns_a_number(Source::rejected_later());
}

// test/built-ins/Promise/prototype/then/resolve-settled-fulfilled-non-obj.js
#[test]
fn on_fulfilled_of_a_settled_promise_returns_a_number() {
    returns_a_number(Source::fulfilled());
}

// test/built-ins/Promise/prototype/then/resolve-settled-rejected-non-obj.js
#[test]
fn on_rejected_of_a_settled_promise_returns_a_number() {
    returns_a_number(Source::rejected());
}

// test/built-ins/Promise/prototype/then/resolve-pending-fulfilled-non-thenable.js
#[test]
fn on_fulfilled_of_a_pending_promise_returns_an_object() {
    returns_an_object(Source::fulfilled_later());
}

// test/built-ins/Promise/prototype/then/resolve-pending-rejected-non-thenable.js
#[test]
fn on_rejected_of_a_pending_promise_returns_an_object() {
    returns_an_object(Source::rejected_later());
}

// test/built-ins/Promise/prototype/then/resolve-settled-fulfilled-non-thenable.js
#[test]
fn on_fulfilled_of_a_settled_promise_returns_an_object() {
    returns_an_object(Source::fulfilled());
}

// test/built-ins/Promise/prototype/then/resolve-settled-rejected-non-thenable.js
#[test]
fn on_rejected_of_a_settled_promise_returns_an_object() {
    returns_an_object(Source::rejected());
}

// test/built-ins/Promise/prototype/then/resolve-pending-fulfilled-thenable.js
#[test]
fn on_fulfilled_of_a_pending_promise_returns_a_promise() {
    returns_a_promise(Source::fulfilled_later());
}

// test/built-ins/Promise/prototype/then/resolve-pending-rejected-thenable.js
#[test]
fn on_rejected_of_a_pending_promise_returns_a_promise() {
    returns_a_promise(Source::rejected_later());
}

// test/built-ins/Promise/prototype/then/resolve-settled-fulfilled-thenable.js
#[test]
fn on_fulfilled_of_a_settled_promise_returns_a_promise() {
    returns_a_promise(Source::fulfilled());
}

// test/built-ins/Promise/prototype/then/resolve-settled-rejected-thenable.js
#[test]
fn on_rejected_of_a_settled_promise_returns_a_promise() {
    returns_a_promise(Source::rejected());
}

// test/built-ins/Promise/prototype/then/resolve-pending-fulfilled-self.js
#[test]
fn on_fulfilled_of_a_pending_promise_returns_the_new_promise_itself() {
    returns_the_new_promise_itself(Source::fulfilled_later());
}

// test/built-ins/Promise/prototype/then/resolve-pending-rejected-self.js
#[test]
fn on_rejected_of_a_pending_promise_returns_the_new_promise_itself() {
    returns_the_new_promise_itself(Source::rejected_later());
}

// test/built-ins/Promise/prototype/then/resolve-settled-fulfilled-self.js
#[test]
fn on_fulfilled_of_a_settled_promise_returns_the_new_promise_itself() {
    returns_the_new_promise_itself(Source::fulfilled());
}

// test/built-ins/Promise/prototype/then/resolve-settled-rejected-self.js
#[test]
fn on_rejected_of_a_settled_promise_returns_the_new_promise_itself() {
    returns_the_new_promise_itself(Source::rejected());
}
