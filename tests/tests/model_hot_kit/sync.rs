//! What the source of hot promises takes from the standard library, in loom's form.
//!
//! The counts of who holds an object are the standard library's, since each would multiply the orders to be tried; `model_counts` is about
//! them. So loom does not know that whoever drops the last one has seen what the others did: what is asked for with `&mut` is taken past loom.

pub(crate) use crate::kit::{Arc, alloc, dealloc, retired};
pub(crate) use loom::sync::{Mutex, MutexGuard};
use std::cell::RefCell;

pub(crate) mod atomic {
    use crate::kit::atomic;
    pub(crate) use crate::kit::atomic::*;
    use crate::planted::ordering;
    pub(crate) use std::sync::atomic::AtomicU64;

    /// Loom does not decide in which order the store of one thread and the change of another one come: one looks for the store again and again
    /// and never sees it, or a change undoes the store that came after it. So a store is a change here, which loom orders.
    pub(crate) struct AtomicU8(atomic::AtomicU8);

    impl AtomicU8 {
        pub(crate) fn new(value: u8) -> Self {
            Self(atomic::AtomicU8::new(value))
        }

        /// One that asks for nothing is a guess at what the change will find that comes next. That puts it right, so it need be no step.
        #[track_caller]
        pub(crate) fn load(&self, order: Ordering) -> u8 {
            match order {
                Ordering::Relaxed => 0,
                order => self.0.load(order),
            }
        }

        #[track_caller]
        pub(crate) fn store(&self, value: u8, order: Ordering) {
            self.0.swap(value, order);
            super::go_on();
        }

        #[track_caller]
        pub(crate) fn swap(&self, value: u8, order: Ordering) -> u8 {
            self.0.swap(value, order)
        }

        #[track_caller]
        pub(crate) fn fetch_or(&self, value: u8, order: Ordering) -> u8 {
            self.0.fetch_or(value, order)
        }

        #[track_caller]
        pub(crate) fn fetch_and(&self, value: u8, order: Ordering) -> u8 {
            self.0.fetch_and(value, order)
        }

        #[track_caller]
        pub(crate) fn compare_exchange_weak(
            &self,
            current: u8,
            new: u8,
            success: Ordering,
            failure: Ordering,
        ) -> Result<u8, u8> {
            self.0.compare_exchange_weak(current, new, success, failure)
        }
    }

    pub(crate) struct AtomicBool {
        seen: atomic::AtomicU8,
        is: std::sync::atomic::AtomicBool,
    }

    impl AtomicBool {
        pub(crate) fn new(value: bool) -> Self {
            Self {
                seen: atomic::AtomicU8::new(value.into()),
                is: value.into(),
            }
        }

        #[track_caller]
        pub(crate) fn load(&self, order: Ordering) -> bool {
            self.seen.load(order) != 0
        }

        #[track_caller]
        pub(crate) fn store(&self, value: bool, order: Ordering) {
            self.seen.store(value.into(), order);
            self.is.store(value, Ordering::Relaxed);
        }

        #[track_caller]
        pub(crate) fn swap(&self, value: bool, order: Ordering) -> bool {
            let former = self.seen.swap(value.into(), order) != 0;
            self.is.store(value, Ordering::Relaxed);
            former
        }

        pub(crate) fn get_mut(&mut self) -> &mut bool {
            self.is.get_mut()
        }
    }

    impl Default for AtomicBool {
        fn default() -> Self {
            Self::new(false)
        }
    }

    #[track_caller]
    pub(crate) fn fence(order: Ordering) {
        match ordering(order, Some(Ordering::Relaxed), None) {
            Ordering::Relaxed => {}
            order => loom::sync::atomic::fence(order),
        }
    }
}

std::thread_local! {
    /// Who waits for what another thread is in the midst of. Loom runs all threads of a model on one.
    static PAUSED: RefCell<Vec<loom::thread::Thread>> = const { RefCell::new(Vec::new()) };
}

/// Lets the other threads go on, without which loom would wait for ever. Whoever calls this has just tried to change what another one has,
/// so nothing but a store can end the wait; to try again at every step would take minutes.
pub(crate) fn pause(_times: u32) {
    PAUSED.with_borrow_mut(|paused| paused.push(loom::thread::current()));
    loom::thread::park();
}

/// Something was stored.
fn go_on() {
    let paused = PAUSED.take();
    paused.iter().for_each(loom::thread::Thread::unpark);
}

/// A value that is set once.
pub(crate) struct OnceLock<T> {
    value: std::sync::OnceLock<T>,
    is_set: loom::sync::atomic::AtomicBool,
    setting: Mutex<()>,
}

impl<T> OnceLock<T> {
    pub(crate) fn new() -> Self {
        Self {
            value: std::sync::OnceLock::new(),
            is_set: loom::sync::atomic::AtomicBool::new(false),
            setting: Mutex::new(()),
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        let is_set = self.is_set.load(atomic::Ordering::Acquire);
        is_set.then(|| self.value.get()).flatten()
    }

    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        let _setting = self.setting.lock().unwrap();
        self.value.set(value)?;
        self.is_set.store(true, atomic::Ordering::Release);
        Ok(())
    }

    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }
}

impl<T> From<T> for OnceLock<T> {
    fn from(value: T) -> Self {
        Self {
            value: std::sync::OnceLock::from(value),
            is_set: loom::sync::atomic::AtomicBool::new(true),
            setting: Mutex::new(()),
        }
    }
}

/// Loom panics when two accesses are not ordered.
pub(crate) struct UnsafeCell<T> {
    accesses: loom::cell::UnsafeCell<()>,
    value: std::cell::UnsafeCell<T>,
}

impl<T> UnsafeCell<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            accesses: loom::cell::UnsafeCell::new(()),
            value: std::cell::UnsafeCell::new(value),
        }
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    pub(crate) fn with<R>(&self, look: impl FnOnce(*const T) -> R) -> R {
        self.accesses.with(|_| look(self.value.get()))
    }

    pub(crate) fn with_mut<R>(&self, change: impl FnOnce(*mut T) -> R) -> R {
        self.accesses.with_mut(|_| change(self.value.get()))
    }
}

/// Each of loom's threads has its own.
macro_rules! model_thread_local {
    ($(#[$attribute:meta])* static $NAME:ident: $Type:ty = const { $new:expr };) => {
        loom::thread_local! { $(#[$attribute])* static $NAME: $Type = $new; }
    };
}
pub(crate) use model_thread_local as thread_local;
