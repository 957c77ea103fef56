//! What hot promises allocate, and that nothing stays behind: counted, not timed.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::convert::Infallible;

use promise_runtime::prelude::*;
use promise_tests::{poll_once, virtually};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static LIVE_BYTES: Cell<isize> = const { Cell::new(0) };
}

fn count(allocations: usize, bytes: isize) {
    // A thread that ends still allocates when these are gone.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + allocations));
    let _ = LIVE_BYTES.try_with(|live| live.set(live.get() + bytes));
}

// SAFETY: everything is passed on to the system's allocator; the counts are thread-locals without a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as isize);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, -(layout.size() as isize));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size as isize - layout.size() as isize);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `f` allocates.
fn allocations<T>(f: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATIONS.get();
    let value = f();
    (value, ALLOCATIONS.get() - before)
}

/// A turn of everything that is ready.
async fn turns() {
    for _ in 0..4 {
        let Ok(()) = LocalPromise::<_, Infallible>::resolve(()).await;
    }
}

macro_rules! for_both_kinds {
    ($($(#[$attribute:meta])* fn $name:ident() $body:block)*) => {
        mod local {
            use super::*;
            use promise_runtime::LocalPromise as P;

            macro_rules! spawn { ($future:expr) => { promise! { ($future) }.spawn_local() } }

            $($(#[$attribute])* #[test] fn $name() $body)*
        }

        mod shared {
            use super::*;
            use promise_runtime::Promise as P;

            macro_rules! spawn { ($future:expr) => { promise! { ($future) }.spawn() } }

            $($(#[$attribute])* #[test] fn $name() $body)*
        }
    };
}

type Answer = Result<u32, Infallible>;

for_both_kinds! {
    fn one_allocation_for_each_promise_handler_and_task() {
        virtually(async {
            // The loop's own containers grow once.
            for _ in 0..2 {
                let one = P::<u32, Infallible>::resolve(1);
                assert_eq!(P::<u32, &str>::reject("no").await, Err("no"));
                let (last, chain) = allocations(|| one.map(|v| v).then(Ok).finally(|| ()));
                turns().await;
                let (awaited, loose) = allocations(|| poll_once(std::pin::pin!(last.into_future())));
                assert!(loose == 0 && (awaited.is_pending() || awaited == std::task::Poll::Ready(Ok(1))));
                if chain != 3 {
                    continue;
                }
                assert_eq!(allocations(|| P::<u32, Infallible>::with_resolvers()).1, 1);
                assert_eq!(allocations(|| P::<u32, Infallible>::new(|resolve, _| resolve(1))).1, 1);
                let (rejected, count) = allocations(|| P::<u32, &str>::reject("no"));
                assert_eq!((rejected.await, count), (Err("no"), 1));
                drop(spawn!(async { Answer::Ok(1) }));
                assert_eq!(allocations(|| spawn!(async { Answer::Ok(1) })).1, 1);
                return;
            }
            unreachable!("three handlers take three allocations");
        });
    }

    fn a_million_races_against_one_pending_promise_leave_nothing() {
        virtually(async {
            let (pending, _resolve, _reject) = P::<u32, Infallible>::with_resolvers();
            let mut live = None;
            for round in 0..1_000_000_u32 {
                let race = P::race([pending.clone(), P::resolve(round)]);
                assert_eq!(race.await, Ok(round));
                if round == 1_000 {
                    live = Some(LIVE_BYTES.get());
                }
            }
            let grown = LIVE_BYTES.get() - live.expect("a thousand races");
            assert_eq!(grown, 0, "bytes after a million races");
        });
    }

    fn overlapping_races_and_combinators_leave_nothing() {
        virtually(async {
            let (pending, _resolve, _reject) = P::<u32, &str>::with_resolvers();
            let mut former = P::resolve(0);
            let mut live = None;
            for round in 0..100_000_u32 {
                // One is always there while the next one comes.
                let race = P::race([pending.clone(), former.clone()]);
                let any = P::any([pending.clone(), P::resolve(round)]);
                let all = P::all([pending.clone(), P::reject("no")]);
                former = P::resolve(round);
                assert!(race.await.is_ok());
                assert!(any.await.is_ok());
                assert!(all.await.is_err());
                if round == 1_000 {
                    live = Some(LIVE_BYTES.get());
                }
            }
            let grown = LIVE_BYTES.get() - live.expect("a thousand races");
            assert!(grown.abs() < 4096, "{grown} bytes after many races");
        });
    }

    fn dropped_awaits_and_cold_races_leave_nothing() {
        virtually(async {
            let (pending, _resolve, _reject) = P::<u32, Infallible>::with_resolvers();
            let mut live = None;
            for round in 0..100_000_u32 {
                let race = promise! { Promise.race([(&pending).into_future(), P::resolve(round).into_future()]) };
                assert_eq!(race.await, Ok(round));
                let mut wait = Box::pin((&pending).into_future());
                assert!(futures::poll!(&mut wait).is_pending());
                if round == 1_000 {
                    live = Some(LIVE_BYTES.get());
                }
            }
            let grown = LIVE_BYTES.get() - live.expect("a thousand races");
            assert!(grown.abs() < 4096, "{grown} bytes after many races");
        });
    }

    fn everything_is_freed() {
        virtually(async {
            let live = LIVE_BYTES.get();
            for _ in 0..2 {
                let (p, resolve, reject) = P::<u32, &str>::with_resolvers();
                let all = P::all([p.map(|v| v), p.catch(|_| Ok::<_, &str>(0)), p.finally(|| P::<u32, &str>::resolve(1))]);
                let adopted = p.then(|v| P::resolve(v));
                let settled = P::all_settled([p.clone(), adopted]);
                resolve(1);
                assert!(all.await.is_ok());
                assert!(settled.await.is_ok());
                drop((p, resolve, reject));
                turns().await;
            }
            let grown = LIVE_BYTES.get() - live;
            // What is left is the room of the loop's queue and slots.
            assert!(grown < 2048, "{grown} bytes are left");
        });
    }
}
