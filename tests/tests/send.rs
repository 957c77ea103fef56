//! A chain is `Send` exactly when what it holds across an await is.

use promise_runtime::prelude::*;
use promise_tests::{Leaf, fulfil, ms};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// `is!(Send, value)`: the inherent method is found before that of the trait, if its bound holds.
macro_rules! is {
    ($bound:ident, $value:expr) => {{
        #[allow(dead_code)]
        struct Asked<'a, T>(&'a T);
        #[allow(dead_code)]
        impl<T: $bound> Asked<'_, T> {
            fn answer(&self) -> bool {
                true
            }
        }
        #[allow(dead_code)]
        trait Otherwise {
            fn answer(&self) -> bool {
                false
            }
        }
        impl<T> Otherwise for &Asked<'_, T> {}
        #[allow(clippy::needless_borrow)]
        (&Asked(&$value)).answer()
    }};
}

fn leaf(value: u32) -> Leaf<Result<u32, &'static str>> {
    fulfil(value).after(1)
}

fn read(rc: Rc<u32>) -> u32 {
    *rc
}

async fn keeps(rc: Rc<u32>) -> u32 {
    let _ = leaf(1).await;
    *rc
}

async fn makes(value: u32) -> Rc<u32> {
    let _ = leaf(1).await;
    Rc::new(value)
}

async fn fails(value: u32) -> Result<u32, Rc<u32>> {
    let _ = leaf(1).await;
    Err(Rc::new(value))
}

/// The chain is made in a function of its own: in the body that makes it rustc does not know yet what it holds.
macro_rules! send {
    ($($name:ident: $expected:ident, $(|$capture:ident: $captured:ty|)? [$($chain:tt)*];)*) => {$(
        #[test]
        fn $name() {
            fn chain($($capture: &$captured)?) -> impl Future {
                promise! { $($chain)* }
            }
            assert_eq!(is!(Send, chain($(&<$captured>::default())?)), $expected);
        }
    )*};
}

send! {
    steps_with_plain_values: true, [leaf(1).then(v => v + 1).then(|v| leaf(v)).catch(|_| 0)];
    an_rc_between_plain_steps: true, [leaf(1).then(v => (Rc::new(v), v)).then(p => read(p.0)).then(|v| leaf(v))];
    an_rc_between_steps_that_are_plain_by_type: true, [leaf(1).then(v => Rc::new(v)).then(rc => read(rc)).then(|v| leaf(v))];
    an_rc_between_closures: true, [leaf(1).then(|v| Rc::new(v)).then(|rc| read(rc)).then(|v| leaf(v))];
    an_rc_in_a_result: true, [leaf(1).then(v => Ok::<_, &'static str>(Rc::new(v))).then(rc => *rc + 1).then(v => leaf(v))];
    an_rc_out_of_a_future: true, [makes(1).then(rc => *rc).then(v => leaf(v))];
    an_rc_given_to_a_future: false, [makes(1).then(rc => keeps(rc))];
    an_rc_read_to_make_a_future: true, [makes(1).then(rc => leaf(*rc)).then(v => leaf(v))];
    an_rc_across_the_await_of_an_async_arrow: false, [leaf(1).then(async v => { let rc = Rc::new(v); await leaf(v); *rc })];
    an_rc_gone_before_the_await_of_an_async_arrow: true, [leaf(1).then(async v => { let w = { let rc = Rc::new(v); *rc }; await leaf(w) })];
    an_rc_across_a_nested_chain: false, [makes(1).then(rc => leaf(1).then(v => v + *rc))];
    an_rc_under_tap: true, [makes(1).tap(rc => println!("{rc}")).then(rc => *rc)];
    an_rc_under_tap_with_a_future: false, [makes(1).tap(rc => leaf(**rc)).then(rc => *rc)];
    an_rc_across_a_delay: false, [makes(1).delay(ms(1)).then(rc => *rc)];
    an_rc_as_the_reason: true, [fails(1).catch(e => *e).then(v => leaf(v))];
    an_rc_as_the_reason_read_to_make_a_future: true, [fails(1).catch(e => promise_tests::plain(*e).after(1))];
    an_rc_as_the_reason_under_tap_catch_with_a_future: false, [fails(1).tap_catch(e => promise_tests::plain(**e).after(1)).catch(_ => 1)];
    an_rc_as_the_reason_across_a_finally_that_waits: false, [fails(1).finally(() => promise_tests::plain(1).after(1)).catch(_ => 1)];
    an_rc_as_the_reason_across_a_plain_finally: true, [fails(1).finally(() => println!("done")).catch(_ => 1)];
    a_borrowed_number: true, |number: u64| [leaf(1).then(v => u64::from(v) + *number).finally(|| *number)];
    a_borrowed_rc: false, |rc: Rc<u32>| [leaf(1).then(v => v + **rc)];
    a_borrowed_cell: false, |cell: Cell<u32>| [leaf(1).then(v => cell.set(v))];
    a_borrowed_atomic: true, |atomic: AtomicU32| [leaf(1).then(v => atomic.store(v, Relaxed))];
    an_atomic_in_finally: true, |atomic: AtomicU32| [leaf(1).finally(|| atomic.fetch_add(1, Relaxed))];
    timeouts: true, [leaf(1).timeout(ms(1), "inner").then(v => leaf(v)).timeout(ms(2), "outer")];
    timeouts_around_what_is_not: false, [leaf(1).then(v => keeps(Rc::new(v))).timeout(ms(1), "inner").timeout(ms(2), "outer")];
    timeout: true, [leaf(1).then(v => leaf(v)).catch(_ => 1).timeout(ms(1)).then(_ => 1).catch(_ => 2)];
    retry: true, [Promise.try(|| leaf(1)).retry(3)];
    all: true, [Promise.all([leaf(1), leaf(2).then(v => v + 1), 3])];
    all_with_one_that_is_not: false, [Promise.all([leaf(1), keeps(Rc::new(2))])];
    all_of_an_iterator: true, [Promise.all((0..3).map(leaf))];
    all_settled: true, [Promise.allSettled({ a: leaf(1), b: leaf(2) })];
    any: true, [Promise.any([leaf(1), leaf(2)]).catch(_ => 1)];
    race: true, [Promise.race([leaf(1), leaf(2), Promise.never()])];
    new_promise: true, [new Promise((resolve) => resolve(1u32)).then(v => leaf(v))];
    new_promise_of_an_rc: false, [new Promise((resolve) => resolve(Rc::new(1u32))).then(v => *v)];
    a_future_that_is_not_send: false, [keeps(Rc::new(1))];
}

fn owned_cell(cell: Cell<u32>) -> impl Future {
    promise! { move leaf(1).then(v => { cell.set(v); leaf(v) }).then(v => v + cell.get()) }
}

fn cell_owned_by_finally(cell: Cell<u32>) -> impl Future {
    promise! { move leaf(1).then(v => leaf(v)).finally(move || cell.set(1)) }
}

fn owned_cell_that_finally_borrows(cell: Cell<u32>) -> impl Future {
    promise! { move leaf(1).then(v => { cell.set(v); leaf(v) }).finally(|| cell.set(1)) }
}

#[test]
fn a_cell_of_its_own_goes_along() {
    assert!(is!(Send, owned_cell(Cell::new(1))));
    assert!(is!(Send, cell_owned_by_finally(Cell::new(1))));
    // The handler holds a reference to it from the start.
    assert!(!is!(Send, owned_cell_that_finally_borrows(Cell::new(1))));
}

fn of<F: Future<Output = Result<u32, &'static str>>>(
    future: F,
) -> impl Future<Output = Result<u32, &'static str>> {
    promise! { move future.then(v => v + 1).finally(|| {}) }
}

#[test]
fn in_a_generic_function_it_is_what_the_parameter_is() {
    assert!(is!(Send, of(leaf(1))));
    assert!(!is!(Send, of(holds(Rc::new(())))));
}

async fn holds(rc: Rc<()>) -> Result<u32, &'static str> {
    let value = leaf(1).await;
    drop(rc);
    value
}

fn chain() -> impl Future {
    promise! { leaf(1).then(v => leaf(v)) }
}

fn sharing(cell: &Cell<u32>) -> impl Future {
    promise! { leaf(1).then(v => cell.set(v)) }
}

#[test]
fn it_is_sync_as_an_async_block_is() {
    assert!(is!(Sync, chain()));
    assert!(!is!(Sync, sharing(&Cell::new(0))));
}

#[test]
fn it_is_unpin_in_a_box_only() {
    assert!(!is!(Unpin, chain()));
    assert!(is!(Unpin, Box::pin(chain())));
    assert!(is!(Unpin, promise! { leaf(1) }.boxed()));
}

#[test]
fn it_runs_on_another_thread() {
    let counter = AtomicU32::new(0);
    let outcome = std::thread::scope(|scope| {
        let chain = promise! { leaf(20).then(v => { counter.fetch_add(1, Relaxed); leaf(v + 1) }).then(v => Rc::new(v)).then(rc => *rc * 2) };
        scope.spawn(|| promise_tests::settle(chain)).join()
    });
    assert_eq!(outcome.expect("the thread ended well"), Ok(42));
    assert_eq!(counter.into_inner(), 1);
}
