//! The allocator of the process: the system's, or a fast one if the environment asks for that; and a count of its calls.

use mimalloc::MiMalloc;
use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// The fast one.
pub(crate) const FAST: &str = "mimalloc";

/// The variable of the environment that a process with the fast one has.
pub(crate) const VARIABLE: &str = "PROMISE_BENCHES_FAST_ALLOCATOR";
const VARIABLE_C: &CStr = c"PROMISE_BENCHES_FAST_ALLOCATOR";

/// The calls of the allocator that `run` makes.
pub(crate) fn count(run: impl FnOnce()) -> u64 {
    let mode = mode();
    let before = CALLS.load(Ordering::Relaxed);
    MODE.store(mode | COUNTING, Ordering::Relaxed);
    run();
    MODE.store(mode, Ordering::Relaxed);
    CALLS.load(Ordering::Relaxed) - before
}

struct Chosen;

#[global_allocator]
static ALLOCATOR: Chosen = Chosen;

static CALLS: AtomicU64 = AtomicU64::new(0);

/// Nobody has allocated yet.
const UNDECIDED: u8 = 0;
const DECIDED: u8 = 1;
const IS_FAST: u8 = 2;
/// Else nothing is counted, so that what is timed does not pay for it.
const COUNTING: u8 = 4;

static MODE: AtomicU8 = AtomicU8::new(UNDECIDED);

/// Decided by the first allocation, before `main`, and for good: what one allocator gave the other cannot take back.
#[inline(always)]
fn mode() -> u8 {
    match MODE.load(Ordering::Relaxed) {
        UNDECIDED => decide(),
        mode => mode,
    }
}

#[cold]
fn decide() -> u8 {
    unsafe extern "C" {
        // The standard library's way to the environment allocates.
        fn getenv(name: *const c_char) -> *const c_char;
    }
    // SAFETY: the name ends with a 0, and nobody changes the environment before `main`.
    let value = unsafe { getenv(VARIABLE_C.as_ptr()) };
    let mode = if value.is_null() {
        DECIDED
    } else {
        DECIDED | IS_FAST
    };
    MODE.store(mode, Ordering::Relaxed);
    mode
}

#[inline(always)]
fn begin() -> u8 {
    let mode = mode();
    if mode & COUNTING != 0 {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }
    mode & IS_FAST
}

// SAFETY: every method does what that of one of the two does, with the same arguments, and it is the same one for the whole process.
unsafe impl GlobalAlloc for Chosen {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if begin() == 0 {
            // SAFETY: the caller's promises are those that the system asks for.
            unsafe { System.alloc(layout) }
        } else {
            // SAFETY: likewise.
            unsafe { MiMalloc.alloc(layout) }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if begin() == 0 {
            // SAFETY: as in `alloc`.
            unsafe { System.alloc_zeroed(layout) }
        } else {
            // SAFETY: as in `alloc`.
            unsafe { MiMalloc.alloc_zeroed(layout) }
        }
    }

    #[inline]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if begin() == 0 {
            // SAFETY: as in `alloc`; the pointer came from the same allocator.
            unsafe { System.realloc(pointer, layout, size) }
        } else {
            // SAFETY: likewise.
            unsafe { MiMalloc.realloc(pointer, layout, size) }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if mode() & IS_FAST == 0 {
            // SAFETY: as in `realloc`.
            unsafe { System.dealloc(pointer, layout) }
        } else {
            // SAFETY: as in `realloc`.
            unsafe { MiMalloc.dealloc(pointer, layout) }
        }
    }
}
