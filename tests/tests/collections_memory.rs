//! What `map_iter` and its kin allocate.

use promise_runtime::{
    combine::{filter_iter, map_iter},
    promise,
};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    future::{Future, poll_fn},
    pin::pin,
    task::{Context, Poll, Waker},
};

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

fn allocated(bytes: usize) {
    ALLOCATIONS.set(ALLOCATIONS.get() + 1);
    LIVE.set(LIVE.get() + bytes as isize);
    MOST.set(MOST.get().max(LIVE.get()));
}

// SAFETY: passes everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        allocated(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get() - layout.size() as isize);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LIVE.set(LIVE.get() - layout.size() as isize);
        allocated(size);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The most bytes in use and the allocations while `future` is polled to its end.
fn measure<F: Future>(future: F) -> (isize, usize, F::Output) {
    let mut future = pin!(future);
    let (live, allocations) = (LIVE.get(), ALLOCATIONS.get());
    MOST.set(live);
    loop {
        let mut cx = Context::from_waker(Waker::noop());
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return (MOST.get() - live, ALLOCATIONS.get() - allocations, output);
        }
    }
}

const MILLION: u32 = 1_000_000;

/// Pending once, and 1,000 bytes large.
fn large(n: u32) -> impl Future<Output = Result<u32, ()>> {
    let mut polled = false;
    let bytes = [n as u8; 1000];
    poll_fn(move |_| {
        if std::mem::replace(&mut polled, true) {
            std::hint::black_box(&bytes);
            return Poll::Ready(Ok(n));
        }
        Poll::Pending
    })
}

#[test]
fn a_million_items_take_the_room_of_the_values_and_of_those_that_run() {
    let (bytes, allocations, values) = measure(map_iter(0..MILLION, 8, large));
    assert_eq!(values.unwrap().len(), MILLION as usize);
    let values = 4 * MILLION as isize;
    assert!(bytes < values + 20_000, "{bytes} bytes");
    assert!(allocations <= 3, "{allocations} allocations");
}

#[test]
fn what_is_not_kept_takes_no_room() {
    let (bytes, _, items) = measure(filter_iter(0..MILLION, 8, |&n| {
        let promise = large(n);
        async { promise.await.map(|n| n % 100_000 == 0) }
    }));
    assert_eq!(items.unwrap().len(), 10);
    assert!(bytes < 20_000, "{bytes} bytes");
    let (bytes, allocations, sum) = measure(promise! {
        Promise.reduce(0..MILLION, async (sum, n) => sum + u64::from(await large(n)), 0)
    });
    assert_eq!(sum, Ok(u64::from(MILLION) * u64::from(MILLION - 1) / 2));
    assert_eq!((bytes, allocations), (0, 0));
}

#[test]
fn a_few_items_take_few_allocations() {
    for n in [1, 10, 30] {
        let (_, allocations, _) = measure(map_iter(0..n, 16, large));
        assert_eq!(allocations, 2, "values, and places");
        let (_, allocations, _) = measure(map_iter(0..n, usize::MAX, large));
        assert_eq!(allocations, 2, "values, and places");
    }
}

#[test]
fn each_takes_room_for_its_items_once() {
    let (bytes, allocations, visited) = measure(promise! { Promise.each(0..MILLION, _ => ()) });
    let Ok(visited) = visited;
    assert_eq!(visited.len(), MILLION as usize);
    assert_eq!((bytes, allocations), (4_000_000, 1));

    // Which claims more than there is memory for.
    let endless = std::iter::repeat_n(1_u64, usize::MAX);
    let (bytes, _, outcome) =
        measure(promise! { Promise.each(endless, _ => { throw "the first" }) });
    assert_eq!(outcome, Err("the first"));
    assert!(bytes < 100, "{bytes}");
}
