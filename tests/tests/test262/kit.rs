//! What test262's harness gives its tests, in Rust: sequences that are checked, and handlers that should (not) be called.

use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt::Debug;
use std::rc::Rc;

use promise_runtime::LocalPromise;
use promise_runtime::event_loop::{queue_microtask, run_until_idle};
use promise_runtime::hot::{LocalReject, LocalResolve};

/// The promise of most tests.
pub(crate) type Hot = LocalPromise<i32, &'static str>;

/// Numbers in the order in which things happened; test262's `sequence` and `checkSequence`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sequence(Rc<RefCell<Vec<u32>>>);

impl Sequence {
    pub(crate) fn push(&self, number: u32) {
        self.0.borrow_mut().push(number);
    }

    /// A handler that pushes `number`, whatever it is called with.
    pub(crate) fn at<X, E>(&self, number: u32) -> impl FnOnce(X) -> Result<(), E> + use<X, E> {
        let sequence = self.clone();
        move |_| {
            sequence.push(number);
            Ok(())
        }
    }

    /// As [`Sequence::at`], for `catch` on a promise that fulfils with an `i32`.
    pub(crate) fn caught_at<X, E>(
        &self,
        number: u32,
    ) -> impl FnOnce(X) -> Result<i32, E> + use<X, E> {
        let sequence = self.clone();
        move |_| {
            sequence.push(number);
            Ok(0)
        }
    }

    /// As [`Sequence::at`], for what must not be called: no check expects its number.
    pub(crate) fn never<X, E>(&self) -> impl FnOnce(X) -> Result<(), E> + use<X, E> {
        self.at(u32::MAX)
    }

    /// Runs every job there is, and asserts that everything happened in the order of its number.
    #[track_caller]
    pub(crate) fn check(&self, last: u32) {
        run_until_idle();
        assert_eq!(*self.0.borrow(), (1..=last).collect::<Vec<_>>());
    }
}

/// Which of two handlers was called, and with what.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Called<T, E> {
    OnFulfilled(T),
    OnRejected(E),
}

/// The calls of two handlers.
#[derive(Debug)]
pub(crate) struct Watch<T, E>(Rc<RefCell<Vec<Called<T, E>>>>);

/// `promise.then(onFulfilled, onRejected)`, with handlers that write down each of their calls.
pub(crate) fn watch<T, E>(promise: &LocalPromise<T, E>) -> Watch<T, E>
where
    T: Clone + Debug + 'static,
    E: Clone + Debug + 'static,
{
    let calls = Rc::new(RefCell::new(Vec::new()));
    let (fulfilled, rejected) = (calls.clone(), calls.clone());
    let _ = promise.then_or_else(
        move |value| {
            fulfilled.borrow_mut().push(Called::OnFulfilled(value));
            Ok::<(), Infallible>(())
        },
        move |reason| {
            rejected.borrow_mut().push(Called::OnRejected(reason));
            Ok::<(), Infallible>(())
        },
    );
    Watch(calls)
}

impl<T: Debug, E: Debug> Watch<T, E> {
    /// Runs every job there is, and gives the calls.
    pub(crate) fn calls(&self) -> Vec<Called<T, E>> {
        run_until_idle();
        self.0.take()
    }

    /// Runs every job there is, and asserts that `onFulfilled` was called, once, with `value`.
    #[track_caller]
    pub(crate) fn fulfilled(&self, value: T)
    where
        T: PartialEq,
        E: PartialEq,
    {
        assert_eq!(self.calls(), [Called::OnFulfilled(value)]);
    }

    /// Runs every job there is, and asserts that `onRejected` was called, once, with `reason`.
    #[track_caller]
    pub(crate) fn rejected(&self, reason: E)
    where
        T: PartialEq,
        E: PartialEq,
    {
        assert_eq!(self.calls(), [Called::OnRejected(reason)]);
    }

    /// Runs every job there is, and asserts that neither was called.
    #[track_caller]
    pub(crate) fn pending(&self)
    where
        T: PartialEq,
        E: PartialEq,
    {
        assert_eq!(self.calls(), []);
    }
}

/// An object of JavaScript's, which is equal to nothing but itself.
#[derive(Clone, Debug)]
pub(crate) struct Object(Rc<()>);

impl Object {
    pub(crate) fn new() -> Self {
        Self(Rc::new(()))
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A promise that is settled from outside, as so many tests make one.
pub(crate) type Settlers<T, E> = (LocalPromise<T, E>, LocalResolve<T, E>, LocalReject<T, E>);

/// Three of them.
pub(crate) fn deferred<T: Clone + 'static, E: Clone + Debug + 'static>() -> [Settlers<T, E>; 3] {
    [(); 3].map(|()| LocalPromise::with_resolvers())
}

/// A promise that is settled in a job of its own, as the tests' deferred thenables are.
pub(crate) fn in_a_job(
    settle: impl FnOnce(&LocalResolve<i32, &'static str>, &LocalReject<i32, &'static str>) + 'static,
) -> Hot {
    Hot::new(|resolve, reject| queue_microtask(move || settle(&resolve, &reject)))
}
