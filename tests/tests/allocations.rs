//! What allocates: a chain does not, whatever its length; `new Promise` once; an iterator of promises three times at most.

use promise_runtime::prelude::*;
use promise_tests::{Leaf, fulfil, poll_once, reject};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::convert::Infallible;
use std::pin::pin;
use std::task::Poll;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that ends still allocates when this is gone.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: everything is passed on to the system's allocator; the count is a thread-local without a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Reason(u32);

impl<const N: usize> From<AggregateError<[Self; N]>> for Reason {
    fn from(error: AggregateError<[Self; N]>) -> Self {
        error.errors[0]
    }
}

fn ready(value: u32) -> Leaf<Result<u32, Reason>> {
    fulfil(value)
}

fn pending(value: u32) -> Leaf<Result<u32, Reason>> {
    fulfil(value).after(2)
}

fn bad(reason: u32) -> Leaf<Result<u32, Reason>> {
    reject(Reason(reason)).after(1)
}

/// Makes a future, polls it to its end on the stack and drops it; says how many allocations that took.
fn allocations<F: Future>(make: impl FnOnce() -> F) -> (F::Output, usize) {
    let before = ALLOCATIONS.get();
    let output = {
        let mut future = pin!(make());
        loop {
            if let Poll::Ready(output) = poll_once(future.as_mut()) {
                break output;
            }
        }
    };
    (output, ALLOCATIONS.get() - before)
}

macro_rules! none {
    ($($name:ident: $value:expr, [$($chain:tt)*];)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(allocations(|| promise! { <_, Reason> $($chain)* }), (Ok($value), 0));
        }
    )*};
}

/// Chains of arrows and of closures over a leaf, with one step for each number.
macro_rules! lengths {
    ($($name:ident: [$($step:tt)*];)*) => {$(
        #[test]
        fn $name() {
            let steps = [$($step),*].iter().sum::<u32>();
            let ran = Cell::new(0);
            assert_eq!(allocations(|| promise! { ready(0)$(.then(v => ready(v + $step)))* }), (Ok(steps), 0));
            assert_eq!(allocations(|| promise! { pending(0)$(.then(|v| pending(v + $step)))* }), (Ok(steps), 0));
            assert_eq!(allocations(|| promise! { pending(0)$(.then(v => v + $step))* }), (Ok(steps), 0));
            let caught = || promise! {
                bad(7)$(.then(v => pending(v + $step)))*.catch(e => e.0 + 1).finally(|| ran.set(ran.get() + 1))
            };
            assert_eq!(allocations(caught), (Ok::<_, Infallible>(8), 0));
            assert_eq!(ran.get(), 1);
        }
    )*};
}

lengths! {
    one_step: [1];
    three_steps: [1 2 3];
    five_steps: [1 2 3 4 5];
    eight_steps: [1 2 3 4 5 6 7 8];
    twenty_steps: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20];
}

none! {
    async_arrow: 4, [pending(1).then(async v => { let w = await pending(v); w + pending(3).await? })];
    nested_chain: 3, [pending(1).then(v => pending(v + 1).then(w => v + w))];
    nested_value: 3, [pending(1).then(async v => { let inner = pending(v + 1).then(w => w + 1); await inner })];
    tap_and_tap_catch: 1, [pending(1).tap(v => pending(*v)).tap(|v| pending(*v)).tap_catch(e => pending(e.0))];
    spread: 3, [pending(1).then(v => (v, 2)).spread(|a, b| pending(a + b))];
    two_handlers: 9, [bad(9).then(|v| pending(v), |e| pending(e.0))];
    catch_arms: 9, [bad(9).catch(Reason(1) => 1, Reason(n) if n > 3 => pending(n))];
    catch_typed: 9, [bad(9).catch((e: Reason) => pending(e.0))];
    throw_and_question_mark: 4, [pending(1).then(v => { if v > 3 { throw Reason(v) } Ok::<_, Reason>(v)? }).then(v => v + 3)];
    finally_with_a_future: 1, [pending(1).finally(|| pending(2)).finally(async () => { await pending(3); })];
    retry: 1, [pending(1).retry(3)];
    resolve_try: 2, [Promise.resolve(pending(1)).then(v => Promise.try(|| pending(v + 1)))];
    all_literal: [1, 2, 3], [Promise.all([pending(1), ready(2), 3])];
    all_literal_of_types: (1, "two"), [Promise.all([pending(1), Promise.resolve("two")])];
    all_tuple: (1, 2), [Promise.all((pending(1), ready(2)))];
    all_array: [1, 2, 3], [Promise.all([1, 2, 3].map(pending))];
    all_record: 3, [Promise.all({ a: pending(1), b: ready(2) }).then(({ a, b }) => a + b)];
    all_settled: [Ok(1), Err(Reason(2))], [Promise.allSettled([pending(1), bad(2)])];
    all_settled_array: [Ok(1), Ok(2)], [Promise.allSettled([1, 2].map(pending))];
    all_settled_record: true, [Promise.allSettled({ a: pending(1), b: bad(2) }).then(r => r.a.is_ok() && r.b.is_err())];
    any_literal: 2, [Promise.any([bad(1), pending(2)])];
    any_array: 1, [Promise.any([1, 2].map(pending))];
    any_rejected: 3, [Promise.any([bad(3), bad(4)]).catch(e => e.0)];
    race_literal: 2, [Promise.race([pending(1), ready(2)])];
    race_tuple: 2, [Promise.race((pending(1), ready(2)))];
    race_array: 1, [Promise.race([1, 2].map(pending))];
    arrows_with_records: 3, [pending(1).then(a => ({ a, b: 2u32 })).then(({ a, b }) => a + b)];
}

#[test]
fn a_new_promise_allocates_once() {
    let chain = || promise! { <u32, Reason> new Promise((resolve, reject) => { if false { reject(Reason(1)) } resolve(5) }).then(v => v + 1) };
    assert_eq!(allocations(chain), (Ok(6), 1));
    let cloned = || promise! { <u32, Reason> new Promise((resolve, _reject) => { let other = resolve.clone(); other(1); resolve(2) }) };
    assert_eq!(allocations(cloned), (Ok(1), 1));
    let throws = || promise! { <u32, Reason> new Promise((resolve, _reject) => { if true { throw Reason(3) } resolve(2) }) };
    assert_eq!(allocations(throws), (Err(Reason(3)), 1));
}

#[test]
fn an_iterator_allocates_three_times_at_most() {
    for length in [0, 1, 3, 31, 32, 33, 100, 1000] {
        let all =
            allocations(|| promise! { Promise.all((0..length).map(pending)).then(v => v.len()) });
        assert_eq!(all.0, Ok(length as usize));
        let settled = allocations(
            || promise! { Promise.allSettled((0..length).map(pending)).then(v => v.len()) },
        );
        assert_eq!(settled.0, Ok(length as usize));
        let mut most = all.1.max(settled.1);
        if length > 0 {
            most = most.max(allocations(|| promise! { Promise.race((0..length).map(pending)) }).1);
            most = most.max(
                allocations(|| promise! { Promise.any((0..length).map(pending)).then(v => v) }).1,
            );
        }
        assert!(most <= 3, "{most} allocations for {length} promises");
    }
}

#[test]
fn block_on_allocates_nothing_of_its_own_after_the_first_time() {
    let run = || promise! { ready(1).then(v => v + 1) }.block_on();
    assert_eq!(run(), Ok(2));
    let before = ALLOCATIONS.get();
    assert_eq!(run(), Ok(2));
    assert_eq!(ALLOCATIONS.get() - before, BLOCK_ON);
}

/// What `block_on` of a chain that is ready costs: nothing is spawned.
const BLOCK_ON: usize = 0;

#[test]
fn boxed_allocates_once() {
    assert_eq!(allocations(|| promise! { pending(1) }.boxed()), (Ok(1), 1));
    assert_eq!(
        allocations(|| promise! { pending(1) }.boxed_local()),
        (Ok(1), 1)
    );
}
