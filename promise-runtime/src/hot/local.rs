//! The engine for one thread: no atomics, no locks.

mod kind {
    use crate::hot::Reason;
    use crate::hot::jobs::{self, AnyJob, Entry};
    use core::cell::{Cell, RefCell, RefMut};
    use std::rc::Rc;

    pub(crate) use core::cell::OnceCell as Once;
    pub(crate) use std::rc::{Rc as Shared, Weak};

    use super::engine::{Job, Rejected};

    /// No thread but one ever sees it.
    pub(crate) trait Portable {}
    impl<T: ?Sized> Portable for T {}

    /// What a promise may hold.
    pub(crate) trait Value: Portable + 'static {}
    impl<T: 'static> Value for T {}

    /// What a promise may reject with.
    pub(crate) trait Cause: Reason + Value {}
    impl<E: Reason + 'static> Cause for E {}

    /// Borrowed for moments, never while foreign code runs.
    #[derive(Default)]
    pub(crate) struct Lock<T>(RefCell<T>);

    impl<T> Lock<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(RefCell::new(value))
        }

        pub(crate) fn lock(&self) -> RefMut<'_, T> {
            self.0.borrow_mut()
        }

        /// `None` if it is in use.
        pub(crate) fn try_lock(&self) -> Option<RefMut<'_, T>> {
            self.0.try_borrow_mut().ok()
        }
    }

    /// A truth that begins with `false`.
    #[derive(Default)]
    pub(crate) struct Flag(Cell<bool>);

    impl Flag {
        pub(crate) fn get(&self) -> bool {
            self.0.get()
        }

        /// Makes it true; returns what it was.
        pub(crate) fn set(&self) -> bool {
            self.0.replace(true)
        }
    }

    pub(crate) struct Count(Cell<usize>);

    impl Count {
        pub(crate) fn new(count: usize) -> Self {
            Self(Cell::new(count))
        }

        pub(crate) fn increment(&self) {
            self.0.set(self.0.get() + 1);
        }

        pub(crate) fn is_one(&self) -> bool {
            self.0.get() == 1
        }

        /// True when it has reached zero.
        pub(crate) fn decrement(&self) -> bool {
            self.0.set(self.0.get() - 1);
            self.0.get() == 0
        }
    }

    /// Where the jobs of a promise run: in the microtask queue of the thread.
    #[derive(Clone, Copy)]
    pub(crate) struct Home;

    impl Home {
        pub(crate) fn here() -> Self {
            Self
        }

        /// For jobs that run no handlers.
        pub(crate) fn anywhere() -> Self {
            Self
        }

        pub(crate) fn push(&self, job: Rc<dyn Job>, index: u32) {
            jobs::push(Entry::Job(AnyJob::Local(job), index));
        }
    }

    /// There is no other thread to agree with.
    pub(crate) fn fence() {}

    /// A rejection is decided once the thread's queue has drained.
    pub(crate) fn track(promise: Rc<dyn Rejected>) {
        jobs::rejected(promise);
    }

    pub(crate) fn any_job(job: Rc<dyn Job>) -> AnyJob {
        AnyJob::Local(job)
    }
}

#[path = "engine/mod.rs"]
pub(crate) mod engine;

pub(crate) use engine::{Job, Rejected};

use crate::event_loop::{self, Work};
use core::task::Context;
use std::rc::Rc;

impl<T, E, F> event_loop::Poll for engine::Task<T, E, F>
where
    T: 'static,
    E: crate::hot::Reason + 'static,
    F: Future<Output = Result<T, E>> + 'static,
{
    fn poll(self: Rc<Self>, cx: &mut Context<'_>) -> bool {
        engine::Task::poll(&self, cx)
    }

    fn shut_down(self: Rc<Self>) {
        engine::shut_down(&self);
    }
}

/// Starts a future on the event loop of this thread. Gives it back if there is none.
pub(crate) fn spawn<T, E, F>(
    future: F,
    place: &'static core::panic::Location<'static>,
) -> super::LocalPromise<T, E>
where
    T: 'static,
    E: crate::hot::Reason + 'static,
    F: Future<Output = Result<T, E>> + 'static,
{
    let (view, task) = engine::Task::create(future, place);
    let refused = event_loop::spawn_now(Work::Local(task));
    assert!(refused.is_none(), "no event loop");
    super::LocalPromise::from_view(view)
}
