//! Code of the user's in places where it can do harm: destructors, wakers and `Clone` that panic or call back, and ends of threads.

use std::{
    cell::{Cell, RefCell},
    future::{Future, IntoFuture},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    rc::Rc,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, RawWaker, RawWakerVTable, Wake, Waker},
    thread,
};

use promise_runtime::{
    LocalPromise, Promise, PromiseState,
    event_loop::{self, EventLoop, TimerId},
    promise,
};
use promise_tests::{ms, poll_once, virtually};

/// Does something when it is dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        self.0();
    }
}

fn panics_when_dropped() -> OnDrop<impl FnMut() + Send> {
    OnDrop(|| {
        if !thread::panicking() {
            panic!("a destructor");
        }
    })
}

/// A waker that counts.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// A waker that panics.
struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("a waker");
    }
}

/// What is done to a waker of [`hooked`].
#[derive(Clone, Copy, Debug, PartialEq)]
enum Done {
    Cloned,
    Woken,
    Dropped,
}

type Hook = Rc<dyn Fn(Done)>;

std::thread_local! {
    static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

/// A waker that calls `hook` with all that is done to it on this thread.
fn hooked(hook: impl Fn(Done) + 'static) -> Waker {
    fn call(done: Done) {
        let hook = HOOK.with_borrow(Clone::clone);
        if let Some(hook) = hook {
            hook(done);
        }
    }
    static TABLE: RawWakerVTable = RawWakerVTable::new(
        |data| {
            call(Done::Cloned);
            RawWaker::new(data, &TABLE)
        },
        |_| {
            call(Done::Woken);
            call(Done::Dropped);
        },
        |_| call(Done::Woken),
        |_| call(Done::Dropped),
    );
    HOOK.set(Some(Rc::new(hook)));
    // SAFETY: nothing belongs to the pointer, and the functions do not use it.
    unsafe { Waker::new(std::ptr::null(), &TABLE) }
}

/// A value whose clones panic.
#[derive(Debug)]
struct Explosive;

impl Clone for Explosive {
    fn clone(&self) -> Self {
        panic!("a clone");
    }
}

fn poll<F: Future>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

/// Runs the tests for both kinds.
macro_rules! both {
    ($($(#[$attribute:meta])* fn $name:ident() $body:block)*) => {
        mod local {
            use super::*;
            use promise_runtime::LocalPromise as Hot;

            macro_rules! spawn { ($chain:expr) => { promise! { move ($chain) }.spawn_local() } }
            $($(#[$attribute])* #[test] fn $name() $body)*
        }

        mod shared {
            use super::*;
            use promise_runtime::Promise as Hot;

            macro_rules! spawn { ($chain:expr) => { promise! { move ($chain) }.spawn() } }
            $($(#[$attribute])* #[test] fn $name() $body)*
        }
    };
}

async fn drained() {
    for _ in 0..8 {
        let mut woken = false;
        std::future::poll_fn(|cx| {
            if std::mem::replace(&mut woken, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

both! {
    /// One handler's destructor panics; the other consumers of the cancelled promise hear of it all the same.
    fn a_destructor_that_panics_does_not_stop_a_cancellation() {
        virtually(async {
            let (p, _resolve, _reject) = Hot::<i32, ()>::with_resolvers();
            let bomb = panics_when_dropped();
            let first = p.map(move |v| { let _bomb = &bomb; v });
            let second = p.map(|v| v);
            let _ = catch_unwind(AssertUnwindSafe(|| p.cancel()));
            assert_eq!(first.state(), PromiseState::Cancelled);
            assert_eq!(second.state(), PromiseState::Cancelled);
        });
    }

    /// The same further down: what comes after the one whose destructor panics.
    fn a_destructor_that_panics_does_not_stop_a_cancellation_downstream() {
        virtually(async {
            let (p, _resolve, _reject) = Hot::<i32, ()>::with_resolvers();
            let bomb = panics_when_dropped();
            let first = p.map(move |v| { let _bomb = &bomb; v });
            let second = first.map(|v| v);
            let _ = catch_unwind(AssertUnwindSafe(|| p.cancel()));
            assert_eq!(second.state(), PromiseState::Cancelled);
        });
    }

    /// A waker that panics keeps nobody else asleep.
    fn a_waker_that_panics_does_not_stop_the_others() {
        let (p, resolve, _reject) = Hot::<i32, ()>::with_resolvers();
        let mut first = pin!(p.clone().into_future());
        let mut second = pin!(p.clone().into_future());
        let mut third = pin!(p.clone().into_future());
        let woken = Arc::new(Count::default());
        assert!(poll(first.as_mut(), &Arc::new(Panics).into()).is_pending());
        assert!(poll(second.as_mut(), &Arc::new(Panics).into()).is_pending());
        assert!(poll(third.as_mut(), &woken.clone().into()).is_pending());
        let _ = catch_unwind(AssertUnwindSafe(|| resolve(1)));
        assert_eq!(p.peek(), Some(Ok(&1)));
        assert_eq!(woken.0.load(SeqCst), 1);
    }

    /// A `Clone` that panics is as a handler that does: the panic is the derived promise's.
    fn a_clone_that_panics_is_the_panic_of_what_is_derived() {
        virtually(async {
            let p = Hot::<_, ()>::resolve(Explosive);
            let mapped = p.map(|_| 1);
            let cleaned = p.finally(|| {});
            let all = Hot::all([p.clone()]);
            let adopted = Hot::<_, ()>::resolve(()).then({
                let p = p.clone();
                move |()| p
            });
            drained().await;
            assert_eq!(mapped.state(), PromiseState::Cancelled);
            assert_eq!(cleaned.state(), PromiseState::Cancelled);
            assert_eq!(all.state(), PromiseState::Cancelled);
            assert_eq!(adopted.state(), PromiseState::Cancelled);
            assert_eq!(p.state(), PromiseState::Fulfilled);
        });
    }

    /// Whoever polls again after the resolvers went keeps no waker there either.
    fn an_abandoned_promise_keeps_no_waker() {
        let (p, resolve, reject) = Hot::<i32, ()>::with_resolvers();
        let mut future = pin!(p.into_future());
        let count = Arc::new(Count::default());
        let waker = count.clone().into();
        assert!(poll(future.as_mut(), &waker).is_pending());
        drop((resolve, reject));
        assert_eq!(Arc::strong_count(&count), 2);
        assert!(poll(future.as_mut(), &waker).is_pending());
        assert_eq!(Arc::strong_count(&count), 2, "kept again");
    }

    /// A waker that settles the promise when it is cloned, so that there is nobody to replace any more, and looks at it when it is dropped.
    fn a_waker_may_settle_the_promise_while_it_is_registered() {
        for others in [0, 1] {
            let (p, resolve, _reject) = Hot::<i32, ()>::with_resolvers();
            let mut before: Vec<_> = (0..others).map(|_| Box::pin(p.clone().into_future())).collect();
            for other in &mut before {
                assert!(poll_once(other.as_mut()).is_pending());
            }
            let mut future = pin!(p.clone().into_future());
            assert!(poll_once(future.as_mut()).is_pending());
            let mut leaves = Box::pin(p.clone().into_future());
            assert!(poll_once(leaves.as_mut()).is_pending());
            let leaves = Cell::new(Some(leaves));
            let waker = hooked(move |done| match done {
                Done::Cloned => resolve(1),
                Done::Woken => {}
                // This needs the lock that keeps who waits.
                Done::Dropped => drop(leaves.take()),
            });
            let polled = poll(future.as_mut(), &waker);
            drop(waker);
            HOOK.set(None);
            assert!(polled == Poll::Ready(Ok(1)) || poll_once(future.as_mut()) == Poll::Ready(Ok(1)));
        }
    }

    /// A waker that registers, settles, cancels and leaves, whatever is done to it.
    fn a_waker_may_do_anything() {
        for at in [Done::Cloned, Done::Woken, Done::Dropped] {
            let (p, resolve, reject) = Hot::<i32, ()>::with_resolvers();
            let hands = RefCell::new(Some((p.clone(), resolve.clone())));
            let waker = hooked(move |done| {
                if done != at {
                    return;
                }
                let hands = hands.borrow_mut().take();
                if let Some((p, resolve)) = hands {
                    let mut other = pin!(p.clone().into_future());
                    let _ = poll_once(other.as_mut());
                    resolve(2);
                    p.cancel();
                }
            });
            let mut future = pin!(p.clone().into_future());
            let polled = poll(future.as_mut(), &waker);
            resolve(2);
            if polled.is_pending() {
                let _ = poll(future.as_mut(), &waker);
            }
            drop((waker, resolve, reject));
            HOOK.set(None);
            assert_eq!(p.peek(), Some(Ok(&2)));
        }
    }

    /// The same where the resolvers go with nobody having called them.
    fn a_waker_may_do_anything_when_it_is_given_up() {
        let (p, resolve, reject) = Hot::<i32, ()>::with_resolvers();
        let hands = Cell::new(Some(p.clone()));
        let waker = hooked(move |done| {
            if done != Done::Dropped {
                return;
            }
            if let Some(seen) = hands.take() {
                let mut other = pin!(seen.clone().into_future());
                let _ = poll_once(other.as_mut());
                seen.cancel();
            }
        });
        let mut future = pin!(p.clone().into_future());
        assert!(poll(future.as_mut(), &waker).is_pending());
        drop((resolve, reject));
        assert_eq!(p.state(), PromiseState::Cancelled);
        drop(waker);
        HOOK.set(None);
    }

    /// A handler that cancels its own promise, and then gives one that stays pending, leaves nothing there.
    fn a_handler_that_cancels_its_own_promise_adopts_nothing() {
        virtually(async {
            let (pending, _resolve, _reject) = Hot::<i32, ()>::with_resolvers();
            #[allow(clippy::arc_with_non_send_sync, reason = "one text for both kinds")]
            let own: Arc<Mutex<Option<Hot<i32, ()>>>> = Arc::default();
            let derived = Hot::<_, ()>::resolve(()).then({
                let (pending, own) = (pending.clone(), own.clone());
                move |()| {
                    own.lock().unwrap().take().unwrap().cancel();
                    pending
                }
            });
            *own.lock().unwrap() = Some(derived.clone());
            drained().await;
            assert_eq!(derived.state(), PromiseState::Cancelled);
            assert!(pending.into_unique().is_ok(), "somebody still waits");
        });
    }

    /// What a race has left does not remember it, also when the race was over before it came to it.
    fn a_race_that_is_over_leaves_nothing_behind() {
        virtually(async {
            let (pending, _resolve, _reject) = Hot::<i32, ()>::with_resolvers();
            for _ in 0..10 {
                let race = Hot::race([Hot::resolve(1), pending.clone()]);
                assert_eq!(race.await, Ok(1));
            }
            assert!(pending.into_unique().is_ok(), "a race is still there");
        });
    }

    /// The destructor of a future that is cancelled runs the loop in which it has a turn to come.
    fn a_destructor_may_run_the_loop_of_its_task() {
        let waker: Arc<Mutex<Option<Waker>>> = Arc::default();
        let ran = Arc::new(AtomicBool::new(false));
        let (keeps, runs) = (waker.clone(), ran.clone());
        let task: Hot<(), std::convert::Infallible> = event_loop::run(async move {
            spawn!(async move {
                let _guard = OnDrop(move || {
                    event_loop::run_until_idle();
                    runs.store(true, SeqCst);
                });
                std::future::poll_fn(move |cx| {
                    *keeps.lock().unwrap() = Some(cx.waker().clone());
                    Poll::<()>::Pending
                })
                .await;
                Ok(())
            })
        });
        let waker = waker.lock().unwrap().take();
        waker.unwrap().wake();
        task.cancel();
        assert_eq!(task.state(), PromiseState::Cancelled);
        assert!(ran.load(SeqCst));
        event_loop::run_until_idle();
    }
}

/// The destructor of a handler waits for something on the thread's loop, in the midst of a cancellation.
#[test]
fn a_destructor_may_run_a_loop() {
    let (p, _resolve, _reject) = Promise::<i32, ()>::with_resolvers();
    let done = Arc::new(AtomicBool::new(false));
    let does = done.clone();
    let guard = OnDrop(move || {
        let (outer, resolve, _reject) = Promise::<_, ()>::with_resolvers();
        let (inner, resolve_inner, _reject_inner) = Promise::with_resolvers();
        resolve.adopt(inner);
        resolve_inner(1);
        does.store(event_loop::run(outer) == Ok(1), SeqCst);
    });
    let last = event_loop::run(async {
        p.map(|v| v).map(move |v| {
            let _guard = &guard;
            v
        })
    });
    p.cancel();
    assert_eq!(last.state(), PromiseState::Cancelled);
    assert!(done.load(SeqCst));
}

/// The loop within whose run another one ends, with a task whose destructor panics, keeps what it has to do.
#[test]
fn a_destructor_that_panics_at_the_end_of_a_loop_leaves_the_outer_one_alone() {
    let inner = EventLoop::new();
    let bomb = panics_when_dropped();
    inner.run(async {
        promise! {
            move (async move {
                let _bomb = bomb;
                std::future::pending::<()>().await;
                Ok::<(), std::convert::Infallible>(())
            })
        }
        .detach_local();
    });
    virtually(async move {
        let called = Rc::new(Cell::new(false));
        let calls = called.clone();
        event_loop::queue_microtask(move || calls.set(true));
        let p = LocalPromise::<_, ()>::resolve(1).map(|v| v + 1);
        let _ = catch_unwind(AssertUnwindSafe(|| drop(inner)));
        assert_eq!(p.await, Ok(2));
        assert!(called.get());
    });
}

/// A task that is left when its thread ends clears its timer in its destructor.
#[test]
fn timers_may_be_used_while_the_thread_ends() {
    let dropped = Arc::new(AtomicBool::new(false));
    let drops = dropped.clone();
    thread::spawn(move || {
        event_loop::run(async move {
            let timer: TimerId = event_loop::set_interval(|| {}, ms(1));
            let guard = OnDrop(move || {
                event_loop::clear_interval(timer);
                event_loop::clear_timeout(event_loop::set_timeout(|| {}, ms(1)));
                event_loop::queue_microtask(|| {});
                drops.store(true, SeqCst);
            });
            promise! {
                move (async move {
                    let _guard = guard;
                    std::future::pending::<()>().await;
                    Ok::<(), std::convert::Infallible>(())
                })
            }
            .detach_local();
        });
    })
    .join()
    .unwrap();
    assert!(dropped.load(SeqCst));
}

/// A thread ends with a long chain in its queue, whichever of its memories goes first.
#[test]
fn a_thread_ends_with_a_long_chain_in_its_queue() {
    thread::spawn(|| {
        let mut last = LocalPromise::<_, ()>::resolve(0).map(|v| v);
        let (p, _resolve, _reject) = LocalPromise::<i32, ()>::with_resolvers();
        drop(p.map(|v| v));
        p.cancel();
        for _ in 0..200_000 {
            last = last.map(|v| v);
        }
    })
    .join()
    .unwrap();
}
