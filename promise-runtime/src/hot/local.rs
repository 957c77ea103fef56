//! The engine for one thread: no atomics, no locks.

mod kind {
    use crate::hot::Reason;
    use crate::hot::TaskId;
    use crate::hot::job::AnyJob;
    use crate::hot::jobs;
    use core::cell::{Cell, RefCell, RefMut};
    use core::task::Waker;

    pub(crate) use super::slot::Slot;
    pub(crate) use core::cell::OnceCell as Once;
    pub(crate) use std::rc::Rc as Payloads;

    use super::engine::object::{Shared, Untyped};
    use super::engine::{DynJob, Job};

    /// No thread but one ever sees it.
    pub(crate) trait Portable {}
    impl<T: ?Sized> Portable for T {}

    /// What a promise may hold.
    pub(crate) trait Value: Portable + 'static {}
    impl<T: 'static> Value for T {}

    /// What a promise may reject with.
    pub(crate) trait Cause: Reason + Value {}
    impl<E: Reason + 'static> Cause for E {}

    /// Handlers and futures.
    pub(crate) trait Owned: 'static {}
    impl<T: 'static> Owned for T {}

    /// Whether steps that run no handler have turns of their own.
    pub(crate) const TURNS: bool = true;

    /// What is changed in moments so brief that nobody has to look whether somebody else is at it.
    #[derive(Default)]
    pub(crate) struct Brief<T>(Cell<T>);

    impl<T> Brief<T> {
        #[inline]
        pub(crate) fn new(value: T) -> Self {
            Self(Cell::new(value))
        }

        #[inline]
        pub(crate) fn replace(&self, value: T) -> T {
            self.0.replace(value)
        }

        /// Changes the value.
        ///
        /// # Safety
        ///
        /// `change` does not come to this value again: it runs no foreign code, drops included.
        #[inline]
        pub(crate) unsafe fn update<O>(&self, change: impl FnOnce(&mut T) -> O) -> O {
            // SAFETY: no other thread sees it, and on this one nobody comes to it meanwhile.
            change(unsafe { &mut *self.0.as_ptr() })
        }
    }

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
    }

    /// What one at a time has.
    pub(crate) struct Exclusive<T>(RefCell<T>);

    impl<T> Exclusive<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(RefCell::new(value))
        }

        /// `None` if somebody has it. `change` does not panic.
        pub(crate) fn try_change<O>(&self, change: impl FnOnce(&mut T) -> O) -> Option<O> {
            let mut value = self.0.try_borrow_mut().ok()?;
            Some(change(&mut value))
        }
    }

    /// A truth that begins with `false`.
    #[derive(Default)]
    pub(crate) struct Flag(Cell<bool>);

    impl Flag {
        pub(crate) fn get(&self) -> bool {
            self.0.get()
        }

        pub(crate) fn get_mut(&mut self) -> bool {
            *self.0.get_mut()
        }

        /// Makes it true.
        #[inline]
        pub(crate) fn raise(&self) {
            self.0.set(true);
        }

        /// Makes it true; returns what it was.
        #[inline]
        pub(crate) fn set(&self) -> bool {
            self.0.replace(true)
        }
    }

    pub(crate) struct Count(Cell<u32>);

    impl Count {
        #[inline]
        pub(crate) fn new(count: u32) -> Self {
            Self(Cell::new(count))
        }

        #[inline]
        pub(crate) fn increment(&self) {
            let count = self.0.get().wrapping_add(1);
            if count == 0 {
                // Whoever counts so many has forgotten most of them; a wrong count would be worse.
                std::process::abort();
            }
            self.0.set(count);
        }

        #[inline]
        pub(crate) fn is_one(&self) -> bool {
            self.0.get() == 1
        }

        /// True for the last one.
        #[inline]
        pub(crate) fn decrement(&self) -> bool {
            self.0.set(self.0.get() - 1);
            self.0.get() == 0
        }
    }

    /// Where the handlers of a promise run: in the microtask queue of the thread.
    #[derive(Clone, Copy)]
    pub(crate) struct Home;

    impl Home {
        #[inline]
        pub(crate) fn here() -> Self {
            Self
        }
    }

    /// How many hold an object, and how many watch it without keeping it alive. All who hold it watch it together, as one.
    pub(crate) struct Counts {
        holders: Count,
        watchers: Count,
    }

    impl Counts {
        #[inline]
        pub(crate) fn new(holders: u32) -> Self {
            Self {
                holders: Count::new(holders),
                watchers: Count::new(1),
            }
        }

        /// One more holds it.
        #[inline]
        pub(crate) fn hold(&self) {
            self.holders.increment();
        }

        #[inline]
        pub(crate) fn is_held_once(&self) -> bool {
            self.holders.is_one()
        }

        /// One less holds it. True for the last one.
        #[inline]
        pub(crate) fn let_go(&self) -> bool {
            self.holders.decrement()
        }

        /// One more watches it.
        pub(crate) fn watch(&self) {
            self.watchers.increment();
        }

        /// One less watches it. True for the last one, after whom nobody has it.
        #[inline]
        pub(crate) fn unwatch(&self) -> bool {
            self.watchers.decrement()
        }

        /// Who watches it holds it, too, if somebody else still does.
        pub(crate) fn try_hold(&self) -> bool {
            let held = self.holders.0.get() > 0;
            if held {
                self.hold();
            }
            held
        }
    }

    /// Gives a job its turn where its handler runs.
    #[inline]
    pub(crate) fn push<J: Job>(job: Shared<J>, _home: fn(&J) -> &Home, index: u32) {
        step(job.into(), index);
    }

    /// The task that polls a spawned future.
    pub(crate) enum Seat {
        #[cfg(feature = "event_loop")]
        Loop(TaskId),
        #[cfg(feature = "tokio")]
        Tokio(Waker),
    }

    impl Seat {
        /// The future is gone: the task may go too.
        pub(crate) fn give_up(&self) {
            match self {
                #[cfg(feature = "event_loop")]
                Self::Loop(task) => task.wake(),
                #[cfg(feature = "tokio")]
                Self::Tokio(task) => task.wake_by_ref(),
            }
        }
    }

    /// Does what is done so often that a call would tell.
    #[inline(always)]
    pub(crate) fn rarely<O>(act: impl FnOnce() -> O) -> O {
        act()
    }

    /// There is no other thread to agree with.
    pub(crate) fn fence() {}

    /// Rejections are reported by the queue, not when nobody has the promise any more.
    pub(crate) const REPORT_AT_THE_END: bool = false;

    /// A rejection is decided once the thread's queue has drained.
    pub(crate) fn track_rejected(promise: Untyped) {
        jobs::suspect(promise);
    }

    /// So is whether somebody waits in vain.
    pub(crate) fn track_abandoned(promise: Untyped) {
        jobs::suspect(promise);
    }

    /// The task that is being polled, if this is its waker: no need to clone that.
    pub(crate) fn polled_task(waker: &Waker) -> Option<TaskId> {
        jobs::polled_task(waker)
    }

    /// Gives the task that is being polled another turn.
    pub(crate) fn wake_next(waker: &Waker) {
        jobs::wake_next(waker);
    }

    /// Gives a step that runs no handler its turn.
    pub(crate) fn step(job: DynJob, index: u32) {
        jobs::push_local(job, index);
    }

    pub(crate) fn any_job(job: DynJob) -> AnyJob {
        AnyJob::Local(job)
    }
}

#[path = "engine/mod.rs"]
pub(crate) mod engine;

#[cfg(feature = "event_loop")]
pub(crate) use engine::DynWork;
pub(crate) use engine::{DynJob, object::Untyped};

mod slot;
mod spawn;
#[cfg(feature = "event_loop")]
pub(crate) use kind::Seat;
pub(crate) use spawn::spawn;
