//! A model of `Promise`: the source of hot promises, with loom's types in the place of the standard library's, and an executor that
//! runs handlers on the thread that waits.

#![allow(dead_code, unexpected_cfgs, unreachable_pub, unused_imports)]

#[path = "../../promise-runtime/src/browser/absent.rs"]
mod browser;
#[path = "model_kit/sync.rs"]
mod kit;
#[macro_use]
#[path = "model_kit/planted.rs"]
mod planted;
#[path = "../../promise-runtime/src/resolvers.rs"]
mod resolvers;
#[path = "model_hot_kit/sync.rs"]
mod sync;
#[path = "../../promise-runtime/src/trace/absent.rs"]
mod trace;

mod chain {
    pub trait CannotReject {}
}

#[derive(Clone, Debug, PartialEq)]
pub struct AggregateError<E> {
    pub errors: E,
}

#[path = "."]
mod hot {
    #[path = "../../promise-runtime/src/hot/convert.rs"]
    mod convert;
    #[path = "../../promise-runtime/src/hot/flat.rs"]
    pub(crate) mod flat;
    #[path = "../../promise-runtime/src/hot/handle.rs"]
    mod handle;
    #[path = "../../promise-runtime/src/hot/job.rs"]
    pub(crate) mod job;
    #[path = "../../promise-runtime/src/hot/panics.rs"]
    pub(crate) mod panics;
    #[path = "../../promise-runtime/src/hot/reason.rs"]
    mod reason;
    #[path = "."]
    pub(crate) mod shared {
        #[path = "../../promise-runtime/src/hot/shared/brief.rs"]
        mod brief;
        #[path = "../../promise-runtime/src/hot/shared/counts.rs"]
        mod counts;
        #[path = "../../promise-runtime/src/hot/engine/mod.rs"]
        pub(crate) mod engine;
        #[path = "model_hot_kit/home.rs"]
        pub(crate) mod home;
        #[path = "../../promise-runtime/src/hot/shared/kind.rs"]
        mod kind;
        #[path = "../../promise-runtime/src/hot/shared/slot.rs"]
        mod slot;
        #[path = "../../promise-runtime/src/hot/shared/spawn.rs"]
        mod spawn;

        pub(crate) use engine::DynJob;
        pub use spawn::PromiseTask;
        pub(crate) use spawn::split;
    }
    #[path = "../../promise-runtime/src/hot/state.rs"]
    mod state;

    pub use convert::{IntoCleanup, IntoResolution};
    pub use handle::{Promise, PromiseAwait, SharedReject, SharedResolve};
    pub use reason::{Reason, UnhandledRejection, on_unhandled_rejection};
    pub use shared::PromiseTask;
    pub use state::{PromiseState, Resolution};

    /// There are no tasks of the event loop here.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum TaskId {}

    impl TaskId {
        pub(crate) fn wake(self) {
            match self {}
        }
    }
}

use hot::shared::engine::Task;
use hot::shared::home::{Executor, Seat};
use hot::{Promise, PromiseAwait, PromiseState, SharedReject, SharedResolve};
use loom::thread::{self, JoinHandle};
use std::{
    cell::Cell,
    future::{Future, IntoFuture, poll_fn},
    panic::Location,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, Once,
        atomic::{
            AtomicUsize,
            Ordering::{Relaxed, SeqCst},
        },
    },
    task::{Context, Poll, Wake, Waker},
};

/// Runs a model in all orders with up to so many preemptions, inside an executor.
fn model_with(preemptions: usize, run: impl Fn(&Arc<Executor>) + Sync + Send + 'static) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| hot::on_unhandled_rejection(|_| REPORTS.set(REPORTS.get() + 1)));
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(move || {
        REPORTS.set(0);
        Executor::enter(&run);
    });
}

fn model(run: impl Fn(&Arc<Executor>) + Sync + Send + 'static) {
    model_with(2, run);
}

std::thread_local! {
    /// How many rejections were reported in this run. Loom runs all threads of a model on one.
    static REPORTS: Cell<usize> = const { Cell::new(0) };
}

/// Counts: drops of values, calls of handlers, wakes.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Count {
    fn add(&self) {
        self.0.fetch_add(1, SeqCst);
    }

    fn get(&self) -> usize {
        self.0.load(SeqCst)
    }

    /// How many things that count with this are left.
    fn held(&self) -> usize {
        Arc::strong_count(&self.0) - 1
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.add();
    }
}

/// Counts its drop.
struct Drops(Count);

impl Drop for Drops {
    fn drop(&mut self) {
        self.0.add();
    }
}

/// The rejecting half stays, so that nothing is ever abandoned.
fn pending<T, E>() -> (Promise<T, E>, SharedResolve<T, E>, SharedReject<T, E>)
where
    T: Send + Sync + 'static,
    E: hot::Reason + Send + Sync + 'static,
{
    Promise::with_resolvers()
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn join<const N: usize>(threads: [JoinHandle<()>; N]) {
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
}

/// Settling and awaiting.
fn a_value_arrives() {
    model_with(3, |executor| {
        let (p, resolve, _reject) = pending::<_, ()>();
        let thread = thread::spawn(move || resolve.call(1));
        assert_eq!(executor.wait(p), Ok(1));
        thread.join().unwrap();
    });
}

fn two_wait() {
    model(|executor| {
        let (p, resolve, _reject) = pending::<_, ()>();
        let other = p.clone();
        let threads = [
            thread::spawn(move || resolve.call(1)),
            thread::spawn(move || assert_eq!(parent::Parent::wait(other.into_future()), Ok(1))),
        ];
        assert_eq!(executor.wait(p), Ok(1));
        join(threads);
    });
}

fn the_first_call_decides() {
    model(|_| {
        let drops = Count::default();
        let (p, resolve, reject) = pending();
        let (value, reason) = (Drops(drops.clone()), Reason(Drops(drops.clone())));
        let threads = [
            thread::spawn(move || resolve.call(value)),
            thread::spawn(move || reject.call(reason)),
        ];
        join(threads);
        assert!(p.peek().is_some());
        assert_eq!(drops.get(), 1, "the one that came too late");
        drop(p);
        assert_eq!(drops.get(), 2);
    });
}

/// A reason that counts its drop.
struct Reason(Drops);
impl hot::Reason for Reason {}

/// The promise is dropped while it is settled: its value is dropped once.
fn handles_are_dropped_while_it_settles() {
    model(|_| {
        let drops = Count::default();
        let (p, resolve, _reject) = pending::<_, ()>();
        let value = Drops(drops.clone());
        let other = p.clone();
        let threads = [
            thread::spawn(move || resolve.call(value)),
            thread::spawn(move || drop(other)),
        ];
        drop(p);
        join(threads);
        drop(_reject);
        assert_eq!(drops.get(), 1);
    });
}

/// A waker that comes while the promise settles replaces the former one, or the promise is ready.
fn the_waker_is_replaced() {
    model_with(3, |executor| {
        let (p, resolve, _reject) = pending::<_, ()>();
        let mut future = Box::pin(p.into_future());
        assert!(poll_once(future.as_mut()).is_pending());
        let thread = thread::spawn(move || resolve.call(1));
        assert_eq!(executor.wait(future), Ok(1));
        thread.join().unwrap();
    });
}

/// A waker that drops another await of the promise while that wakes it, or while it drops it.
fn a_waker_calls_back() {
    type Other = Pin<Box<PromiseAwait<i32, ()>>>;
    struct CallsBack(Mutex<Option<Other>>, bool);

    impl CallsBack {
        fn call_back(&self) {
            let other = self.0.lock().unwrap().take();
            drop(other);
        }
    }

    impl Wake for CallsBack {
        fn wake(self: Arc<Self>) {
            if self.1 {
                self.call_back();
            }
        }
    }

    impl Drop for CallsBack {
        fn drop(&mut self) {
            self.call_back();
        }
    }

    for when_woken in [true, false] {
        model(move |_| {
            let (p, resolve, reject) = pending::<_, ()>();
            let register = |waker: &Waker| {
                let mut future = Box::pin(p.clone().into_future());
                let polled = future.as_mut().poll(&mut Context::from_waker(waker));
                assert!(polled.is_pending());
                future
            };
            let other = register(Waker::noop());
            let waker = Waker::from(Arc::new(CallsBack(Mutex::new(Some(other)), when_woken)));
            let mut future = register(&waker);
            drop(waker);
            let threads = [
                thread::spawn(move || resolve.call(1)),
                thread::spawn(move || drop(reject)),
            ];
            // Gives its waker up, unless it has settled.
            let _ = poll_once(future.as_mut());
            join(threads);
            assert_eq!(p.peek(), Some(Ok(&1)));
        });
    }
}

/// An await is dropped while its promise settles, and the other one goes on.
fn an_await_is_dropped_while_it_settles() {
    model(|executor| {
        let (p, resolve, _reject) = pending::<_, ()>();
        let mut leaves = Box::pin(p.clone().into_future());
        assert!(poll_once(leaves.as_mut()).is_pending());
        let mut stays = Box::pin(p.clone().into_future());
        assert!(poll_once(stays.as_mut()).is_pending());
        let threads = [
            thread::spawn(move || resolve.call(1)),
            thread::spawn(move || drop(leaves)),
        ];
        assert_eq!(executor.wait(stays), Ok(1));
        join(threads);
        assert!(p.into_unique().is_ok());
    });
}

/// `then` while it settles: the handler runs, once.
fn a_handler_is_added_while_it_settles() {
    model_with(3, |executor| {
        let calls = Count::default();
        let (p, resolve, _reject) = pending::<_, ()>();
        let thread = thread::spawn(move || resolve.call(1));
        let called = calls.clone();
        let derived = p.map(move |v| {
            called.add();
            v + 1
        });
        assert_eq!(executor.wait(derived), Ok(2));
        assert_eq!((calls.get(), calls.held()), (1, 0));
        thread.join().unwrap();
    });
}

fn handlers_are_added_on_two_threads() {
    model(|executor| {
        let calls = Count::default();
        let (p, resolve, _reject) = pending::<_, ()>();
        let threads = [p.clone(), p.clone()].map(|p| {
            let called = calls.clone();
            thread::spawn(move || drop(p.map(move |_| called.add())))
        });
        resolve.call(1);
        drop(p);
        join(threads);
        executor.run_jobs();
        assert_eq!((calls.get(), calls.held()), (2, 0));
    });
}

/// Cancelled while it settles: the handler runs and its promise has the value, or neither.
fn a_derived_promise_is_cancelled_while_its_source_settles() {
    model(|executor| {
        let calls = Count::default();
        let (p, resolve, _reject) = pending::<_, ()>();
        let called = calls.clone();
        let derived = p.map(move |_| called.add());
        let cancelled = derived.clone();
        let threads = [
            thread::spawn(move || resolve.call(1)),
            thread::spawn(move || cancelled.cancel()),
        ];
        executor.run_jobs();
        join(threads);
        executor.run_jobs();
        match derived.state() {
            // The handler may have begun before.
            PromiseState::Cancelled => assert!(calls.get() <= 1),
            PromiseState::Fulfilled => assert_eq!(calls.get(), 1),
            state => panic!("{state:?}"),
        }
        assert_eq!(calls.held(), 0, "the handler is gone");
        assert!(p.into_unique().is_ok(), "nobody is registered");
    });
}

/// A source is cancelled while a handler is added, and while somebody waits for what is derived.
fn a_source_is_cancelled_while_a_handler_is_added() {
    model(|executor| {
        let (p, _resolve, _reject) = pending::<i32, ()>();
        let cancelled = p.clone();
        let thread = thread::spawn(move || cancelled.cancel());
        let derived = p.map(|v| v).map(|v| v);
        executor.run_jobs();
        thread.join().unwrap();
        executor.run_jobs();
        assert_eq!(derived.state(), PromiseState::Cancelled);
    });
}

/// Settled and cancelled at the same time: all consumers see the same.
fn settled_or_cancelled() {
    model(|executor| {
        let (p, resolve, _reject) = pending::<_, ()>();
        let cancelled = p.clone();
        let derived = p.map(|v| v);
        let threads = [
            thread::spawn(move || resolve.call(1)),
            thread::spawn(move || cancelled.cancel()),
        ];
        join(threads);
        executor.run_jobs();
        assert_ne!(p.state(), PromiseState::Pending);
        assert_eq!(p.state(), derived.state());
    });
}

/// The clean-up runs once, whoever cancels, and whatever else happens.
fn a_clean_up_runs_once() {
    model(|executor| {
        let calls = Count::default();
        let (p, _resolve, _reject) = pending::<i32, ()>();
        let called = calls.clone();
        let cleaned = p.finally(move || called.add());
        let threads = [
            thread::spawn({
                let p = p.clone();
                move || p.cancel()
            }),
            thread::spawn({
                let cleaned = cleaned.clone();
                move || cleaned.cancel()
            }),
        ];
        join(threads);
        executor.run_jobs();
        assert_eq!(cleaned.state(), PromiseState::Cancelled);
        assert_eq!((calls.get(), calls.held()), (1, 0));
    });
}

fn a_clean_up_runs_once_when_settled_and_cancelled() {
    model(|executor| {
        let calls = Count::default();
        let (p, resolve, _reject) = pending::<i32, ()>();
        let called = calls.clone();
        let cleaned = p.finally(move || called.add());
        let cancelled = cleaned.clone();
        let threads = [
            thread::spawn(move || resolve.call(1)),
            thread::spawn(move || cancelled.cancel()),
        ];
        executor.run_jobs();
        join(threads);
        executor.run_jobs();
        assert_ne!(cleaned.state(), PromiseState::Pending);
        assert_eq!((calls.get(), calls.held()), (1, 0));
    });
}

/// The executor shuts down while the promise is cancelled.
fn a_clean_up_runs_once_when_the_executor_ends() {
    model(|executor| {
        let calls = Count::default();
        let (p, resolve, _reject) = pending::<i32, ()>();
        let called = calls.clone();
        let cleaned = p.finally(move || called.add());
        resolve.call(1);
        let cancelled = cleaned.clone();
        let thread = thread::spawn(move || cancelled.cancel());
        executor.shut_down();
        thread.join().unwrap();
        executor.shut_down();
        assert_eq!(cleaned.state(), PromiseState::Cancelled);
        assert_eq!((calls.get(), calls.held()), (1, 0));
    });
}

/// The last handle takes the value itself, and nobody else is looking at it then.
fn the_last_handle_takes_the_value() {
    model_with(3, |executor| {
        let drops = Count::default();
        let p = Promise::<_, ()>::resolve(Drops(drops.clone()));
        let other = p.clone();
        let thread = thread::spawn(move || {
            assert_eq!(other.peek().unwrap().unwrap().0.get(), 0);
            assert_eq!(other.clone().state(), PromiseState::Fulfilled);
        });
        match p.into_unique() {
            Ok(unique) => drop(executor.wait(unique)),
            Err(p) => assert_eq!(p.state(), PromiseState::Fulfilled),
        }
        thread.join().unwrap();
        assert_eq!(drops.get(), 1);
    });
}

/// The value itself goes to the last one who asks, be it a handler or an await, while the others look at it.
fn the_last_consumer_takes_the_value() {
    model(|executor| {
        let (p, resolve, _reject) = pending::<_, ()>();
        let other = p.clone();
        let threads = [
            thread::spawn(move || resolve.call(Arc::new(1))),
            thread::spawn(move || {
                if let Some(value) = other.peek() {
                    assert_eq!(**value.unwrap(), 1);
                }
            }),
        ];
        let derived = p.map(|v| *v + 1);
        drop(p);
        assert_eq!(executor.wait(derived), Ok(2));
        join(threads);
    });
}

/// Adoption of what settles meanwhile.
fn what_is_adopted_settles() {
    model_with(3, |executor| {
        let (inner, resolve_inner, _r) = pending::<_, ()>();
        let (outer, resolve, _s) = pending::<_, ()>();
        let threads = [thread::spawn(move || resolve_inner.call(1))];
        resolve.adopt(inner);
        assert_eq!(executor.wait(outer), Ok(1));
        join(threads);
    });
}

/// Of two that are to be adopted the first one is, and the other one is left alone.
fn one_of_two_is_adopted() {
    model(|executor| {
        let (a, resolve_a, _r) = pending::<_, ()>();
        let (b, _resolve_b, _s) = pending::<_, ()>();
        let (p, resolve, _t) = pending::<i32, ()>();
        let again = resolve.clone();
        let (first, second) = (a.clone(), b.clone());
        let threads = [
            thread::spawn(move || resolve.adopt(first)),
            thread::spawn(move || again.adopt(second)),
        ];
        join(threads);
        match b.into_unique() {
            Ok(_) => {
                resolve_a.call(1);
                assert_eq!(executor.wait(p), Ok(1));
            }
            Err(_) => assert!(a.into_unique().is_ok(), "both are adopted"),
        }
    });
}

/// Adoption by what is cancelled meanwhile: nothing is left at the adopted promise.
fn what_adopts_is_cancelled() {
    model_with(3, |_| {
        let (inner, _resolve_inner, _r) = pending::<i32, ()>();
        let (outer, resolve, _s) = pending::<_, ()>();
        let cancelled = outer.clone();
        let thread = thread::spawn(move || cancelled.cancel());
        resolve.adopt(inner.clone());
        thread.join().unwrap();
        assert_eq!(outer.state(), PromiseState::Cancelled);
        assert!(inner.into_unique().is_ok(), "somebody is registered");
    });
}

fn what_adopts_is_cancelled_while_the_other_settles() {
    model(|executor| {
        let (inner, resolve_inner, _r) = pending::<i32, ()>();
        let (outer, resolve, _s) = pending::<_, ()>();
        let derived = outer.map(|v| v);
        resolve.adopt(inner.clone());
        let cancelled = outer.clone();
        let threads = [
            thread::spawn(move || cancelled.cancel()),
            thread::spawn(move || resolve_inner.call(1)),
        ];
        join(threads);
        executor.run_jobs();
        assert_ne!(outer.state(), PromiseState::Pending);
        assert_eq!(outer.state(), derived.state());
        assert!(inner.into_unique().is_ok(), "somebody is registered");
    });
}

type Combine<U> = fn([Promise<i32, i32>; 2], &Arc<Executor>) -> U;

/// Combinators whose promises settle on two threads, while they are made and waited for.
fn two_of_a_combinator_settle<U: 'static>(
    combine: Combine<U>,
    settle: fn(SharedResolve<i32, i32>, SharedReject<i32, i32>, i32),
    allowed: fn(U) -> bool,
) {
    model(move |executor| {
        let (a, resolve_a, reject_a) = pending();
        let (b, resolve_b, reject_b) = pending();
        let threads = [
            thread::spawn(move || settle(resolve_a, reject_a, 1)),
            thread::spawn(move || settle(resolve_b, reject_b, 2)),
        ];
        assert!(allowed(combine([a.clone(), b.clone()], executor)));
        join(threads);
        assert!(a.into_unique().is_ok() && b.into_unique().is_ok());
        assert_eq!(REPORTS.get(), 0);
    });
}

fn all_of_two() {
    two_of_a_combinator_settle(
        |promises, executor| executor.wait(Promise::all(promises)),
        |resolve, _reject, value| resolve.call(value),
        |values| values == Ok(vec![1, 2]),
    );
}

fn all_of_two_that_reject() {
    two_of_a_combinator_settle(
        |promises, executor| executor.wait(Promise::all(promises)),
        |_resolve, reject, reason| reject.call(reason),
        |reason| matches!(reason, Err(1 | 2)),
    );
}

fn all_settled_of_two() {
    two_of_a_combinator_settle(
        |promises, executor| executor.wait(Promise::all_settled(promises)),
        |resolve, reject, value| match value {
            1 => resolve.call(value),
            _ => reject.call(value),
        },
        |outcomes| outcomes == Ok(vec![Ok(1), Err(2)]),
    );
}

fn any_of_two_that_reject() {
    two_of_a_combinator_settle(
        |promises, executor| executor.wait(Promise::any(promises)),
        |_resolve, reject, reason| reject.call(reason),
        |reasons| matches!(reasons, Err(AggregateError { errors }) if errors == [1, 2]),
    );
}

fn race_of_two() {
    two_of_a_combinator_settle(
        |promises, executor| executor.wait(Promise::race(promises)),
        |resolve, _reject, value| resolve.call(value),
        |value| matches!(value, Ok(1 | 2)),
    );
}

/// A race is cancelled while one of its promises settles; the other one is left.
fn a_race_is_cancelled_while_one_settles() {
    model(|_| {
        let (a, resolve, _r) = pending::<_, ()>();
        let (b, _s, _t) = pending::<_, ()>();
        let race = Promise::race([a.clone(), b.clone()]);
        let cancelled = race.clone();
        let threads = [
            thread::spawn(move || resolve.call(1)),
            thread::spawn(move || cancelled.cancel()),
        ];
        join(threads);
        assert_ne!(race.state(), PromiseState::Pending);
        assert!(a.into_unique().is_ok() && b.into_unique().is_ok());
    });
}

/// A race is over before it has come to the last of its promises.
fn a_race_settles_while_it_is_made() {
    model(|executor| {
        let (a, resolve, _r) = pending::<_, ()>();
        let (b, _s, _t) = pending::<_, ()>();
        let thread = thread::spawn(move || resolve.call(1));
        let race = Promise::race([a, b.clone()]);
        assert_eq!(executor.wait(race), Ok(1));
        thread.join().unwrap();
        assert!(b.into_unique().is_ok(), "the race is still there");
    });
}

/// Both resolvers go while somebody begins to wait: it is reported once, and no waker is kept.
fn the_resolvers_go() {
    model_with(3, |_| {
        let (p, resolve, reject) = pending::<i32, ()>();
        let threads = [
            thread::spawn(move || drop(resolve)),
            thread::spawn(move || drop(reject)),
        ];
        let woken = Arc::new(Count::default());
        let mut future = pin!(p.into_future());
        {
            let waker = Waker::from(woken.clone());
            let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
        }
        join(threads);
        assert_eq!(Arc::strong_count(&woken), 1, "a waker is kept");
        assert_eq!(REPORTS.get(), 1);
    });
}

/// The same where another waker takes the place of the first.
fn the_resolvers_go_while_the_waker_is_replaced() {
    model_with(3, |_| {
        let (p, resolve, reject) = pending::<i32, ()>();
        drop(reject);
        let mut future = pin!(p.into_future());
        assert!(poll_once(future.as_mut()).is_pending());
        let thread = thread::spawn(move || drop(resolve));
        let woken = Arc::new(Count::default());
        {
            let waker = Waker::from(woken.clone());
            let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
        }
        thread.join().unwrap();
        assert_eq!(Arc::strong_count(&woken), 1, "a waker is kept");
        assert_eq!(REPORTS.get(), 1);
    });
}

/// One resolver is dropped while the other is called.
fn one_resolver_goes() {
    model_with(3, |executor| {
        let (p, resolve, reject) = pending::<i32, ()>();
        let threads = [
            thread::spawn(move || resolve.call(1)),
            thread::spawn(move || drop(reject)),
        ];
        assert_eq!(executor.wait(p), Ok(1));
        join(threads);
        assert_eq!(REPORTS.get(), 0);
    });
}

/// The one has said that another promise is to decide, which the other sees when it goes last.
fn one_resolver_goes_while_the_other_adopts() {
    model_with(3, |executor| {
        let (inner, resolve_inner, _r) = pending::<i32, ()>();
        let (p, resolve, reject) = pending::<i32, ()>();
        let mut future = pin!(p.into_future());
        assert!(poll_once(future.as_mut()).is_pending());
        let threads = [
            thread::spawn(move || resolve.adopt(inner)),
            thread::spawn(move || drop(reject)),
        ];
        join(threads);
        assert_eq!(REPORTS.get(), 0);
        resolve_inner.call(1);
        assert_eq!(executor.wait(future), Ok(1));
    });
}

/// A rejection is reported when the last of two handles is dropped, unless the other one handles it.
fn a_rejection_is_reported_once() {
    model(|_| {
        let (p, resolve, reject) = pending::<(), i32>();
        drop(resolve);
        let other = p.clone();
        let threads = [
            thread::spawn(move || reject.call(1)),
            thread::spawn(move || drop(other)),
        ];
        drop(p);
        join(threads);
        assert_eq!(REPORTS.get(), 1);
    });
}

fn a_handled_rejection_is_not_reported() {
    model(|executor| {
        let (p, resolve, reject) = pending::<(), i32>();
        drop(resolve);
        let other = p.clone();
        let threads = [
            thread::spawn(move || reject.call(1)),
            thread::spawn(move || drop(other)),
        ];
        assert_eq!(executor.wait(p), Err(1));
        join(threads);
        assert_eq!(REPORTS.get(), 0);
    });
}

/// A spawned future that is cancelled while it is polled is dropped, once, before both threads are through.
fn a_future_is_cancelled_while_it_is_polled() {
    model_with(3, |_| {
        let drops = Count::default();
        let guard = Drops(drops.clone());
        // Both threads use this, so that loom tries cancelling in the midst of the poll.
        let step = Arc::new(loom::sync::atomic::AtomicUsize::new(0));
        let polled = step.clone();
        let (p, mut task) = hot::shared::split(
            poll_fn(move |_| {
                let _guard = &guard;
                polled.fetch_add(1, Relaxed);
                Poll::<Result<(), ()>>::Pending
            }),
            Location::caller(),
        );
        let thread = thread::spawn(move || {
            let polled = poll_once(Pin::new(&mut task));
            (polled, task)
        });
        step.fetch_add(1, Relaxed);
        p.cancel();
        let (polled, task) = thread.join().unwrap();
        assert_eq!(drops.get(), 1, "the future is gone while its task is not");
        drop((polled, task));
        assert_eq!(p.state(), PromiseState::Cancelled);
    });
}

/// Whoever polls a future for the first time is told that it was cancelled: at once, or by a wake.
fn a_future_is_cancelled_while_it_is_first_polled() {
    model_with(3, |_| {
        let pending = poll_fn(|_| Poll::<Result<(), ()>>::Pending);
        let (view, work) = Task::create(pending, Location::caller());
        let p = Promise::from_view(view);
        let woken = Arc::new(Count::default());
        let waker = Waker::from(woken.clone());
        let thread = thread::spawn(move || {
            let seat = |waker: &Waker| Seat(waker.clone());
            let pending = work.begin(&mut Context::from_waker(&waker), &seat);
            (pending, work)
        });
        p.cancel();
        let (pending, work) = thread.join().unwrap();
        assert!(!pending || woken.get() == 1, "it waits for ever");
        work.shut_down();
    });
}

/// The task of a promise is polled and dropped by its executor while somebody waits and another one cancels.
fn a_task_ends_while_it_is_cancelled() {
    model(|executor| {
        let (p, mut task) = hot::shared::split(async { Ok::<_, ()>(1) }, Location::caller());
        let cancelled = p.clone();
        let derived = p.map(|v| v);
        let threads = [
            thread::spawn(move || assert!(poll_once(Pin::new(&mut task)).is_ready())),
            thread::spawn(move || cancelled.cancel()),
        ];
        join(threads);
        executor.run_jobs();
        assert_ne!(p.state(), PromiseState::Pending);
        assert_eq!(p.state(), derived.state());
    });
}

/// Of two who await a panic one gets it.
fn a_panic_is_for_one() {
    model(|executor| {
        let p = Promise::<_, ()>::resolve(()).map(|()| -> i32 { std::panic::panic_any(7) });
        executor.run_jobs();
        let wait = |p: Promise<i32, ()>| {
            let mut future = pin!(p.into_future());
            let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                poll_once(future.as_mut())
            }));
            panic.is_err_and(|payload| payload.downcast_ref() == Some(&7))
        };
        let other = p.clone();
        let thread = thread::spawn(move || wait(other));
        let mine = wait(p);
        assert!(mine ^ thread.join().unwrap());
    });
}

#[path = "model_kit/parent.rs"]
mod parent;

mod tests {
    // The slowest last.
    models!(&[];
        a_value_arrives
        the_first_call_decides
        handles_are_dropped_while_it_settles
        the_waker_is_replaced
        a_waker_calls_back
        an_await_is_dropped_while_it_settles
        a_handler_is_added_while_it_settles
        a_derived_promise_is_cancelled_while_its_source_settles
        a_source_is_cancelled_while_a_handler_is_added
        settled_or_cancelled
        a_clean_up_runs_once
        a_clean_up_runs_once_when_settled_and_cancelled
        a_clean_up_runs_once_when_the_executor_ends
        the_last_handle_takes_the_value
        the_last_consumer_takes_the_value
        what_is_adopted_settles
        one_of_two_is_adopted
        what_adopts_is_cancelled
        what_adopts_is_cancelled_while_the_other_settles
        a_race_is_cancelled_while_one_settles
        a_race_settles_while_it_is_made
        the_resolvers_go
        the_resolvers_go_while_the_waker_is_replaced
        one_resolver_goes
        one_resolver_goes_while_the_other_adopts
        a_rejection_is_reported_once
        a_handled_rejection_is_not_reported
        a_future_is_cancelled_while_it_is_polled
        a_future_is_cancelled_while_it_is_first_polled
        a_task_ends_while_it_is_cancelled
        a_panic_is_for_one
        two_wait
        handlers_are_added_on_two_threads
        race_of_two
        all_of_two
        all_settled_of_two
        any_of_two_that_reject
        all_of_two_that_reject
    );
}
