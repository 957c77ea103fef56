//! Sizes, allocations and polls.

use promise_runtime::{all, all_settled, any, race, with_resolvers};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: passes everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// A future of `SIZE` bytes that is pending once and then yields `value`.
struct Leaf<T, const SIZE: usize> {
    value: Option<T>,
    pending: bool,
    _size: [u8; SIZE],
}

impl<T: Unpin, const SIZE: usize> Future for Leaf<T, SIZE> {
    type Output = Result<T, u8>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        if std::mem::take(&mut self.pending) {
            Poll::Pending
        } else {
            Poll::Ready(self.value.take().ok_or(0))
        }
    }
}

fn leaf<T, const SIZE: usize>(value: T) -> Leaf<T, SIZE> {
    Leaf {
        value: Some(value),
        pending: true,
        _size: [0; SIZE],
    }
}

fn rejects<T, const SIZE: usize>() -> Leaf<T, SIZE> {
    Leaf {
        value: None,
        pending: true,
        _size: [0; SIZE],
    }
}

/// The allocations from the first poll to the outcome.
fn allocations<R>(f: impl FnOnce() -> R) -> usize {
    let before = ALLOCATIONS.get();
    drop(f());
    ALLOCATIONS.get() - before
}

fn settle<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return output;
        }
    }
}

#[test]
fn a_slot_is_as_large_as_the_larger_of_future_and_value() {
    let small: Leaf<u64, 1000> = leaf(1);
    let child = size_of_val(&small);
    assert_eq!(
        size_of_val(&all((small, leaf::<u64, 1000>(2)))),
        2 * child + 8
    );
    assert_eq!(
        size_of_val(&all_settled((leaf::<u64, 1000>(1), leaf::<u64, 1000>(2)))),
        2 * child + 8
    );
    assert_eq!(
        size_of_val(&any((leaf::<u64, 1000>(1), leaf::<u64, 1000>(2)))),
        2 * child + 8
    );
    assert_eq!(
        size_of_val(&race((leaf::<u64, 1000>(1), leaf::<u64, 1000>(2)))),
        2 * child
    );

    let large_value = || async { Ok::<[u64; 100], u8>([0; 100]) };
    assert_eq!(
        size_of_val(&all((large_value(), large_value()))),
        2 * 800 + 8
    );
}

#[test]
fn twelve_children_still_cost_eight_bytes_more() {
    let l = leaf::<u64, 8>;
    let twelve = (
        l(1),
        l(2),
        l(3),
        l(4),
        l(5),
        l(6),
        l(7),
        l(8),
        l(9),
        l(10),
        l(11),
        l(12),
    );
    let children = size_of_val(&twelve);
    assert_eq!(size_of_val(&all(twelve)), children + 8);
}

#[test]
fn an_array_costs_a_byte_more_for_each_child() {
    let children = [0; 20].map(|_| leaf::<u64, 1000>(1));
    let bytes = size_of_val(&children);
    assert_eq!(
        size_of_val(&race([0; 20].map(|_| leaf::<u64, 1000>(1)))),
        bytes
    );
    assert!(size_of_val(&all(children)) <= bytes + 20 + 8);
}

#[test]
fn fixed_forms_do_not_allocate() {
    let l = leaf::<u64, 8>;
    let r = rejects::<u64, 8>;
    assert_eq!(
        allocations(|| settle(all((l(1), leaf::<u8, 3>(2), l(3))))),
        0
    );
    assert_eq!(
        allocations(|| settle(all((l(1), leaf::<u8, 3>(2), r())))),
        0
    );
    assert_eq!(allocations(|| settle(all([l(1), l(2), l(3)]))), 0);
    assert_eq!(allocations(|| settle(all_settled((l(1), r())))), 0);
    assert_eq!(allocations(|| settle(all_settled([l(1), r()]))), 0);
    assert_eq!(allocations(|| settle(any((r(), r())))), 0);
    assert_eq!(allocations(|| settle(any([r(), r()]))), 0);
    assert_eq!(allocations(|| settle(race((l(1), l(2))))), 0);
    assert_eq!(allocations(|| settle(race([l(1), l(2)]))), 0);
}

#[test]
fn dynamic_forms_allocate_twice_at_any_length() {
    for n in [1, 10, 1000] {
        assert_eq!(allocations(|| settle(all((0..n).map(leaf::<u64, 8>)))), 2);
        assert_eq!(
            allocations(|| settle(all_settled((0..n).map(leaf::<u64, 8>)))),
            2
        );
        assert_eq!(
            allocations(|| settle(any((0..n).map(|_| rejects::<u64, 8>())))),
            2
        );
        assert_eq!(allocations(|| settle(race((0..n).map(leaf::<u64, 8>)))), 1);
    }
}

#[test]
fn wakers_of_many_children_are_one_allocation_more() {
    let settle_keeping = |n: usize| {
        let kept = RefCell::new(Vec::with_capacity(n));
        let children = (0..n).map(|i| {
            let kept = &kept;
            let mut keeps = true;
            poll_fn(move |cx| {
                if std::mem::take(&mut keeps) {
                    kept.borrow_mut().push(cx.waker().clone());
                    return Poll::Pending;
                }
                Poll::Ready(Ok::<_, ()>(i))
            })
        });
        let mut future = pin!(all(children));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut cx).is_pending());
        kept.borrow().iter().for_each(Waker::wake_by_ref);
        while future.as_mut().poll(&mut cx).is_pending() {}
    };
    let list_of_wakers = 1;
    for n in [1, 10, 16] {
        assert_eq!(allocations(|| settle_keeping(n)), 2 + list_of_wakers);
    }
    for n in [17, 32, 33, 62, 63, 1000, 5000] {
        assert_eq!(allocations(|| settle_keeping(n)), 3 + list_of_wakers);
    }
}

#[test]
fn a_promise_with_its_resolvers_is_one_allocation() {
    assert_eq!(
        allocations(|| {
            let (promise, resolve, reject) = with_resolvers::<u64, u8>();
            let mut promise = Box::pin(promise); // the second one
            assert!(
                promise
                    .as_mut()
                    .poll(&mut Context::from_waker(Waker::noop()))
                    .is_pending()
            );
            resolve.clone()(1);
            reject(2);
            settle(promise)
        }),
        2
    );
}

#[test]
fn children_are_polled_once_per_poll_and_not_after_they_settled() {
    let polls = [const { Cell::new(0) }; 3];
    let child = |i: usize, ready_at: u32| {
        let polls = &polls;
        poll_fn(move |_| {
            polls[i].set(polls[i].get() + 1);
            if polls[i].get() == ready_at {
                Poll::Ready(Ok::<_, ()>(i))
            } else {
                Poll::Pending
            }
        })
    };
    assert_eq!(
        settle(all((child(0, 5), child(1, 1), child(2, 3)))),
        Ok((0, 1, 2))
    );
    assert_eq!(polls.each_ref().map(Cell::take), [5, 1, 3]);
    assert_eq!(
        settle(all([(0, 5), (1, 1), (2, 3)].map(|(i, n)| child(i, n)))),
        Ok([0, 1, 2])
    );
    assert_eq!(polls.each_ref().map(Cell::take), [5, 1, 3]);
    assert_eq!(
        settle(all([(0, 5), (1, 1), (2, 3)]
            .into_iter()
            .map(|(i, n)| child(i, n)))),
        Ok(vec![0, 1, 2])
    );
    assert_eq!(polls.each_ref().map(Cell::take), [5, 1, 3]);
    assert_eq!(settle(race((child(0, 5), child(1, 2), child(2, 3)))), Ok(1));
    assert_eq!(polls.each_ref().map(Cell::take), [2, 2, 1]);
}
