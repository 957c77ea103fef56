//! `with_resolvers`.

use promise_runtime::{Deferred, Reject, Resolve, with_resolvers};
use std::{
    cell::Cell,
    future::Future,
    pin::{Pin, pin},
    rc::Rc,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
};

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Wakes {
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

fn poll<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

fn now<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    futures::executor::block_on(future)
}

#[test]
fn the_first_call_decides() {
    let (promise, resolve, reject) = with_resolvers();
    resolve(1);
    resolve(2);
    reject("late");
    assert_eq!(now(promise), Some(Ok(1)));

    let (promise, resolve, reject) = with_resolvers();
    reject("first");
    resolve(1);
    assert_eq!(now(promise), Some(Err("first")));
}

#[test]
fn clones_settle_the_same_promise() {
    let (promise, resolve, _reject) = with_resolvers::<_, ()>();
    let again = resolve.clone();
    drop(resolve);
    again(1);
    assert_eq!(now(promise), Some(Ok(1)));
}

#[test]
fn a_value_that_comes_too_late_is_dropped_at_once() {
    let value = Arc::new(());
    let (promise, resolve, _reject) = with_resolvers::<_, ()>();
    resolve(value.clone());
    resolve(value.clone());
    assert_eq!(Arc::strong_count(&value), 2);
    drop(promise);
    assert_eq!(
        Arc::strong_count(&value),
        1,
        "the outcome goes with the promise"
    );
    resolve(value.clone());
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn an_outcome_nobody_awaits_is_dropped_with_the_promise() {
    let value = Arc::new(());
    let (promise, _resolve, reject) = with_resolvers::<(), _>();
    reject(value.clone());
    drop(promise);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn uncalled_resolvers_leave_it_pending() {
    let (promise, resolve, reject) = with_resolvers::<(), ()>();
    drop((resolve, reject));
    assert_eq!(now(promise), None);
}

#[test]
fn whoever_polled_last_is_woken_once() {
    let (first, second) = (Arc::new(Wakes::default()), Arc::new(Wakes::default()));
    let (mut promise, resolve, reject) = with_resolvers::<_, ()>();
    assert!(poll(&mut promise, &first.clone().into()).is_pending());
    assert!(poll(&mut promise, &second.clone().into()).is_pending());
    assert_eq!(Arc::strong_count(&first), 1, "an old waker is not kept");
    resolve(1);
    reject(());
    assert_eq!((first.count(), second.count()), (0, 1));
    assert_eq!(poll(&mut promise, Waker::noop()), Poll::Ready(Ok(1)));
}

#[test]
fn a_dropped_promise_lets_go_of_its_waker() {
    let wakes = Arc::new(Wakes::default());
    let (mut promise, resolve, _reject) = with_resolvers::<u8, ()>();
    assert!(poll(&mut promise, &wakes.clone().into()).is_pending());
    drop(promise);
    assert_eq!(Arc::strong_count(&wakes), 1);
    resolve(1);
    assert_eq!(wakes.count(), 0);
}

#[test]
fn a_waker_may_poll_the_promise_inside_the_resolvers_call() {
    struct Inline(
        Mutex<Option<Deferred<u8, ()>>>,
        Mutex<Option<Result<u8, ()>>>,
    );
    impl Wake for Inline {
        fn wake(self: Arc<Self>) {
            let mut promise = self.0.lock().unwrap().take().unwrap();
            if let Poll::Ready(outcome) = poll(&mut promise, Waker::noop()) {
                *self.1.lock().unwrap() = Some(outcome);
            }
        }
    }
    let inline = Arc::new(Inline(Mutex::new(None), Mutex::new(None)));
    let (mut promise, resolve, _reject) = with_resolvers();
    assert!(poll(&mut promise, &inline.clone().into()).is_pending());
    *inline.0.lock().unwrap() = Some(promise);
    resolve(3);
    assert_eq!(*inline.1.lock().unwrap(), Some(Ok(3)));
}

#[test]
fn a_waker_that_settles_in_its_own_drop_does_no_harm() {
    struct Settles(Resolve<u8, ()>);
    impl Wake for Settles {
        fn wake(self: Arc<Self>) {}
    }
    impl Drop for Settles {
        fn drop(&mut self) {
            (self.0)(7);
        }
    }
    let (mut promise, resolve, _reject) = with_resolvers();
    assert!(poll(&mut promise, &Arc::new(Settles(resolve)).into()).is_pending());
    let wakes = Arc::new(Wakes::default());
    assert!(poll(&mut promise, &wakes.clone().into()).is_pending());
    assert_eq!(wakes.count(), 1);
    assert_eq!(poll(&mut promise, Waker::noop()), Poll::Ready(Ok(7)));
}

#[test]
#[should_panic(expected = "a promise was polled again after it had settled")]
fn polling_after_the_end_panics() {
    let (mut promise, resolve, _reject) = with_resolvers::<_, ()>();
    resolve(1);
    assert!(poll(&mut promise, Waker::noop()).is_ready());
    let _ = poll(&mut promise, Waker::noop());
}

#[test]
fn values_of_one_thread_work_on_one_thread() {
    let (promise, resolve, reject) = with_resolvers();
    let counter = Rc::new(Cell::new(0));
    resolve(counter.clone());
    reject(Rc::new("late"));
    now(promise).unwrap().unwrap().set(1);
    assert_eq!(counter.get(), 1);
}

#[test]
fn values_may_borrow() {
    let text = String::from("text");
    let (promise, resolve, reject) = with_resolvers::<&str, &str>();
    resolve(&text);
    reject(&text);
    assert_eq!(now(promise), Some(Ok("text")));
}

#[test]
fn zero_sized_and_large_values_work() {
    let (promise, resolve, _reject) = with_resolvers::<(), [u64; 100]>();
    resolve(());
    assert_eq!(now(promise), Some(Ok(())));
    let (promise, _resolve, reject) = with_resolvers::<(), [u64; 100]>();
    reject([7; 100]);
    assert_eq!(now(promise), Some(Err([7; 100])));
}

#[test]
fn resolvers_go_where_a_function_is_asked_for() {
    fn legacy(done: impl Fn(u8)) {
        done(1);
    }
    let (promise, resolve, _reject) = with_resolvers::<_, ()>();
    #[allow(clippy::redundant_closure)]
    legacy(move |value| resolve(value));
    assert_eq!(now(promise), Some(Ok(1)));
    let (promise, resolve, _reject) = with_resolvers::<_, ()>();
    legacy(&*resolve);
    assert_eq!(now(promise), Some(Ok(1)));
}

#[test]
fn resolvers_are_send_sync_and_static_when_the_values_are() {
    fn check<T: Clone + Send + Sync + 'static>(_: &T) {}
    let (promise, resolve, reject): (Deferred<Cell<u8>, u8>, Resolve<_, _>, Reject<_, _>) =
        with_resolvers();
    check(&resolve);
    check(&reject);
    fn send<T: Send + Unpin>(_: &T) {}
    send(&promise);
}

#[test]
fn a_task_that_must_be_send_may_await_inside_a_direct_call() {
    fn send<T: Send>(future: T) -> T {
        future
    }
    let (promise, resolve, _reject) = with_resolvers::<_, ()>();
    block_on(send(async move { resolve.call(async { 5 }.await) }));
    assert_eq!(now(promise), Some(Ok(5)));
}

#[test]
fn debug_says_whether_it_is_pending() {
    let (promise, resolve, reject) = with_resolvers::<u8, ()>();
    assert_eq!(
        format!("{promise:?} {resolve:?} {reject:?}"),
        "Deferred { pending: true } Resolve Reject"
    );
    resolve(1);
    assert_eq!(format!("{promise:?}"), "Deferred { pending: false }");
}

#[test]
fn threads_that_settle_and_await_at_once_agree() {
    for round in 0..2000_usize {
        let (promise, resolve, reject) = with_resolvers::<Box<usize>, Box<usize>>();
        let settlers = [
            thread::spawn(move || resolve(Box::new(round))),
            thread::spawn(move || reject(Box::new(round))),
        ];
        let (Ok(value) | Err(value)) = block_on(promise);
        assert_eq!(*value, round);
        for settler in settlers {
            settler.join().unwrap();
        }
    }
}

#[test]
fn threads_that_settle_and_drop_at_once_leak_nothing() {
    let value = Arc::new(());
    for _ in 0..2000 {
        let (mut promise, resolve, _reject) = with_resolvers::<_, ()>();
        assert!(poll(&mut promise, Waker::noop()).is_pending());
        let settler = thread::spawn({
            let value = value.clone();
            let resolve = resolve.clone();
            move || resolve(value)
        });
        drop(promise);
        settler.join().unwrap();
        assert_eq!(Arc::strong_count(&value), 1);
    }
}
