//! What stands in the place of the runtime's `sync` in a model: loom's types. Loom runs a model in every order in which its
//! threads can be interleaved, with every value that a load may see, and panics when two accesses to a cell are not ordered.
#![allow(dead_code, unused_imports)]

use std::alloc::Layout;

pub(crate) use loom::{cell::UnsafeCell, sync::Arc};

pub(crate) mod atomic {
    use crate::planted::ordering;
    pub(crate) use std::sync::atomic::Ordering;

    /// Loom's atomic, of which one ordering can be weakened: see [`planted`](crate::planted).
    macro_rules! atomic {
        ($($Name:ident<$value:ty>)+) => {$(
            #[derive(Debug)]
            pub(crate) struct $Name(loom::sync::atomic::$Name);

            impl $Name {
                pub(crate) fn new(value: $value) -> Self {
                    $Name(loom::sync::atomic::$Name::new(value))
                }

                #[track_caller]
                pub(crate) fn load(&self, order: Ordering) -> $value {
                    self.0.load(ordering(order, Some(Ordering::Relaxed), None))
                }

                #[track_caller]
                pub(crate) fn store(&self, value: $value, order: Ordering) {
                    self.0.store(value, ordering(order, None, Some(Ordering::Relaxed)));
                }

                #[track_caller]
                pub(crate) fn swap(&self, value: $value, order: Ordering) -> $value {
                    self.0.swap(value, both(order))
                }

                #[track_caller]
                pub(crate) fn fetch_or(&self, value: $value, order: Ordering) -> $value {
                    self.0.fetch_or(value, both(order))
                }

                #[track_caller]
                pub(crate) fn fetch_and(&self, value: $value, order: Ordering) -> $value {
                    self.0.fetch_and(value, both(order))
                }

                #[track_caller]
                pub(crate) fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                    self.0.fetch_add(value, both(order))
                }

                #[track_caller]
                pub(crate) fn fetch_sub(&self, value: $value, order: Ordering) -> $value {
                    self.0.fetch_sub(value, both(order))
                }

                #[track_caller]
                pub(crate) fn compare_exchange_weak(
                    &self,
                    current: $value,
                    new: $value,
                    success: Ordering,
                    failure: Ordering,
                ) -> Result<$value, $value> {
                    self.0.compare_exchange(current, new, both(success), failure)
                }

                #[track_caller]
                pub(crate) fn fetch_update(
                    &self,
                    set: Ordering,
                    fetch: Ordering,
                    change: impl FnMut($value) -> Option<$value>,
                ) -> Result<$value, $value> {
                    self.0.fetch_update(both(set), fetch, change)
                }
            }

            impl super::Retire for $Name {
                fn retire(&mut self) {
                    self.0.with_mut(|_| {});
                }
            }
        )+};
    }

    atomic!(AtomicU8<u8> AtomicU32<u32> AtomicU64<u64> AtomicUsize<usize>);

    #[derive(Debug)]
    pub(crate) struct AtomicPtr<T>(loom::sync::atomic::AtomicPtr<T>);

    impl<T> AtomicPtr<T> {
        pub(crate) fn new(value: *mut T) -> Self {
            AtomicPtr(loom::sync::atomic::AtomicPtr::new(value))
        }

        #[track_caller]
        pub(crate) fn load(&self, order: Ordering) -> *mut T {
            self.0.load(ordering(order, Some(Ordering::Relaxed), None))
        }

        #[track_caller]
        pub(crate) fn swap(&self, value: *mut T, order: Ordering) -> *mut T {
            self.0.swap(value, both(order))
        }

        #[track_caller]
        pub(crate) fn compare_exchange(
            &self,
            current: *mut T,
            new: *mut T,
            success: Ordering,
            failure: Ordering,
        ) -> Result<*mut T, *mut T> {
            self.0
                .compare_exchange(current, new, both(success), failure)
        }
    }

    /// The ordering of what both reads and writes.
    #[track_caller]
    fn both(order: Ordering) -> Ordering {
        match order {
            Ordering::AcqRel => ordering(order, Some(Ordering::Release), Some(Ordering::Acquire)),
            Ordering::Acquire => ordering(order, Some(Ordering::Relaxed), None),
            Ordering::Release => ordering(order, None, Some(Ordering::Relaxed)),
            _ => order,
        }
    }
}

pub(crate) trait Retire {
    /// Panics if somebody else's access is not ordered before this.
    fn retire(&mut self);
}

pub(crate) fn retired(atomic: &mut impl Retire) {
    atomic.retire();
}

/// Loom sees what is never given back.
pub(crate) unsafe fn alloc(layout: Layout) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { loom::alloc::alloc(layout) }
}

pub(crate) unsafe fn dealloc(memory: *mut u8, layout: Layout) {
    // SAFETY: the memory is the caller's, who gives it up. Whoever uses it all the same meets no atomic that loom knows.
    unsafe { memory.write_bytes(0xAA, layout.size()) };
    // SAFETY: the caller's promise.
    unsafe { loom::alloc::dealloc(memory, layout) }
}
