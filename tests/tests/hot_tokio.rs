//! Hot promises on tokio, on threads, and on any other executor.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use promise_runtime::hot::PromiseTask;
use promise_runtime::prelude::*;
use promise_runtime::{delay, event_loop};
use promise_tests::{ms, panic_message, poll_once};
use tokio::task::LocalSet;

type Reason = &'static str;
type P<T = i32> = Promise<T, Reason>;
type L<T = i32> = LocalPromise<T, Reason>;

/// Is set when it is dropped.
#[derive(Clone, Default)]
struct Dropped(Arc<AtomicUsize>);

impl Dropped {
    fn guard(&self) -> impl Drop + Send + use<> {
        struct Guard(Arc<AtomicUsize>);
        impl Drop for Guard {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
        Guard(self.0.clone())
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

fn current_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
}

fn threads() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap()
}

#[test]
fn handlers_are_tasks_of_the_runtime_that_is_entered() {
    for runtime in [current_thread(), threads()] {
        runtime.block_on(async {
            let one = P::resolve(1);
            assert_eq!(
                one.map(|v| v + 1)
                    .then(|v| P::resolve(v * 2))
                    .finally(|| ())
                    .await,
                Ok(4)
            );
            assert_eq!(
                one.then(|_| Err::<i32, _>("no"))
                    .catch(|e| Ok::<_, Reason>(e.len() as i32))
                    .await,
                Ok(2)
            );
            assert_eq!(
                P::all([one.clone(), one.map(|v| v + 1)]).await,
                Ok(vec![1, 2])
            );
        });
    }
}

#[test]
fn a_spawned_chain_is_a_task_of_the_runtime() {
    for runtime in [current_thread(), threads()] {
        runtime.block_on(async {
            let p = promise! { Promise.resolve(1).delay(ms(1)).then(v => v + 1) }.spawn();
            assert_eq!((&p).await, Ok(2));
            assert_eq!(p.peek(), Some(Ok(&2)));
        });
    }
}

#[test]
fn cancelling_drops_the_future_at_once() {
    current_thread().block_on(async {
        let dropped = Dropped::default();
        let guard = dropped.guard();
        let p = promise! { move (async move {
            let _guard = guard;
            std::future::pending::<Result<i32, Reason>>().await
        }) }
        .spawn();
        tokio::task::yield_now().await;
        let derived = p.map(|v| v);
        p.cancel();
        assert_eq!(dropped.count(), 1);
        assert_eq!(derived.state(), PromiseState::Cancelled);
    });
}

#[test]
fn the_end_of_the_runtime_cancels() {
    let dropped = Dropped::default();
    let runtime = current_thread();
    let (task, derived, cleaned) = runtime.block_on(async {
        let guard = dropped.guard();
        let task = promise! { move (async move {
            let _guard = guard;
            std::future::pending::<Result<i32, Reason>>().await
        }) }
        .spawn();
        let ran = dropped.clone();
        let cleaned = task.finally(move || drop(ran.guard()));
        (task.clone(), task.map(|v| v), cleaned)
    });
    drop(runtime);
    assert_eq!(task.state(), PromiseState::Cancelled);
    assert_eq!(derived.state(), PromiseState::Cancelled);
    assert_eq!(cleaned.state(), PromiseState::Cancelled);
    // The step and the clean-up.
    assert_eq!(dropped.count(), 2);
}

#[test]
fn a_handler_registered_for_a_runtime_that_is_gone_is_cancelled() {
    let (p, resolve, _reject) = P::with_resolvers();
    let dropped = Dropped::default();
    let runtime = current_thread();
    let derived = runtime.block_on(async {
        let guard = dropped.guard();
        p.map(move |_| drop(guard))
    });
    drop(runtime);
    resolve(1);
    assert_eq!(derived.state(), PromiseState::Cancelled);
    assert_eq!(dropped.count(), 1);
}

#[test]
fn handlers_run_where_they_were_registered() {
    let (p, resolve, _reject) = P::with_resolvers();
    let here = thread::current().id();
    let waits = thread::spawn(move || resolve(1));
    let ran_on = event_loop::run(async move { p.map(|_| thread::current().id()).await });
    waits.join().unwrap();
    assert_eq!(ran_on, Ok(here));
}

#[test]
fn the_loop_waits_for_a_promise_that_another_thread_settles() {
    let (p, resolve, reject) = P::with_resolvers();
    let other = thread::spawn(move || {
        thread::sleep(ms(2));
        resolve(1);
        drop(reject);
    });
    // The future given to `run` waits for something else, which the handler does.
    let (done, finish, _reject) = L::<i32>::with_resolvers();
    let value = event_loop::run(async move {
        let seen = Arc::new(Mutex::new(0));
        let write = seen.clone();
        let derived = p.map(move |v| *write.lock().unwrap() = v);
        drop(promise! { move (async move { derived.await?; finish(*seen.lock().unwrap()); Ok::<_, Reason>(()) }) }.spawn_local());
        done.await
    });
    assert_eq!(value, Ok(1));
    other.join().unwrap();
}

#[test]
fn a_promise_that_nobody_can_settle_is_a_deadlock() {
    on_unhandled_rejection(|_| ());
    let message = panic_message(|| {
        let (p, resolve, reject) = P::<i32>::with_resolvers();
        event_loop::run(async move {
            drop(
                promise! { move (async move {
                    drop((resolve, reject));
                    Ok::<_, Reason>(())
                }) }
                .spawn_local(),
            );
            p.await
        })
        .unwrap();
    });
    assert!(message.contains("deadlocked"), "{message}");
    let message = panic_message(|| {
        let (p, ..) = P::<i32>::with_resolvers();
        event_loop::run(p).unwrap();
    });
    assert!(message.contains("deadlocked"), "{message}");
    assert!(
        message.contains("hot_tokio.rs"),
        "it says which promise: {message}"
    );
}

#[test]
fn a_local_promise_that_nobody_can_settle_is_a_deadlock_though_its_resolvers_live() {
    let message = panic_message(|| {
        let (p, _resolve, _reject) = L::<i32>::with_resolvers();
        event_loop::run(p).unwrap();
    });
    assert!(message.contains("deadlocked"), "{message}");
    assert!(
        message.contains("hot_tokio.rs"),
        "it says which promise: {message}"
    );
}

#[test]
fn outside_every_executor_a_handler_is_refused_and_an_await_is_not() {
    let p = P::resolve(1);
    let message = panic_message(|| drop(p.map(|v| v)));
    for choice in ["event loop", "tokio"] {
        assert!(message.contains(choice), "{message}");
    }
    let message = panic_message(|| drop(promise! { Promise.resolve(1) }.spawn()));
    assert!(message.contains("event loop"), "{message}");
    let message = panic_message(|| drop(promise! { Promise.resolve(1) }.spawn_local()));
    assert!(message.contains("event loop"), "{message}");
    assert_eq!(futures::executor::block_on(p.into_future()), Ok(1));
    assert_eq!(
        futures::executor::block_on(P::all([P::resolve(1), P::resolve(2)]).into_future()),
        Ok(vec![1, 2])
    );
}

#[test]
fn in_a_runtime_without_a_local_set_what_stays_on_its_thread_is_refused() {
    let runtime = current_thread();
    let refusals: [fn(); 4] = [
        || drop(promise! { Promise.resolve(1) }.spawn_local()),
        || promise! { Promise.resolve(1) }.detach_local(),
        || drop(L::resolve(1).map(|v| v)),
        || event_loop::queue_microtask(|| ()),
    ];
    for refused in refusals {
        let message = panic_message(|| runtime.block_on(async { refused() }));
        for choice in ["LocalSet", "event loop", "`Promise`"] {
            assert!(message.contains(choice), "{message}");
        }
    }
    // The runtime goes on, and so does the thread's own loop.
    assert_eq!(runtime.block_on(P::resolve(1).into_future()), Ok(1));
    assert_eq!(event_loop::run(L::resolve(1).map(|v| v + 1)), Ok(2));
}

#[test]
fn in_a_runtime_callbacks_of_a_loop_that_does_not_run_are_refused() {
    let refusals: [fn(); 2] = [
        || _ = event_loop::set_timeout(|| (), ms(1)),
        || _ = event_loop::set_interval(|| (), ms(1)),
    ];
    for refused in refusals {
        let alone = panic_message(|| current_thread().block_on(async { refused() }));
        let on_set =
            panic_message(|| LocalSet::new().block_on(&current_thread(), async { refused() }));
        for message in [alone, on_set] {
            for choice in ["event_loop::run", "delay", "tokio"] {
                assert!(message.contains(choice), "{message}");
            }
        }
    }
    // Clearing does no harm anywhere, and a loop that runs calls.
    let timer = event_loop::set_timeout(|| unreachable!(), ms(1));
    current_thread().block_on(async { event_loop::clear_timeout(timer) });
    event_loop::run_until_idle();
}

#[test]
fn any_executor_runs_the_task_of_spawn_with() {
    let mut pool = futures::executor::LocalPool::new();
    let spawner = pool.spawner();
    let p = promise! { Promise.resolve(1).then(v => v + 1) }
        .spawn_with(|task| futures::task::SpawnExt::spawn(&spawner, task).unwrap());
    assert_eq!(p.state(), PromiseState::Pending);
    assert_eq!(pool.run_until(p.into_future()), Ok(2));
}

#[test]
fn a_dropped_task_cancels_and_a_cancelled_promise_ends_its_task() {
    let p = promise! { Promise.resolve(1) }.spawn_with(drop);
    assert_eq!(p.state(), PromiseState::Cancelled);

    let mut kept = None::<PromiseTask>;
    let dropped = Dropped::default();
    let guard = dropped.guard();
    let p = promise! { move (async move {
        let _guard = guard;
        std::future::pending::<Result<i32, Reason>>().await
    }) }
    .spawn_with(|task| kept = Some(task));
    let mut task = Box::pin(kept.expect("the task"));
    assert!(poll_once(task.as_mut()).is_pending());
    p.cancel();
    assert_eq!(dropped.count(), 1);
    assert!(poll_once(task.as_mut()).is_ready());
}

#[test]
fn a_local_promise_lives_on_a_local_set() {
    current_thread().block_on(LocalSet::new().run_until(async {
        let one = L::resolve(1);
        assert_eq!(one.map(|v| v + 1).finally(|| ()).await, Ok(2));
        let chain = promise! { Promise.resolve(1).delay(ms(1)).then(v => v + 1) }.spawn_local();
        assert_eq!(
            L::all([one, chain.catch(|e| -> Result<_, Reason> { match e {} })]).await,
            Ok(vec![1, 2])
        );
        let (p, resolve, _reject) = L::with_resolvers();
        let late = tokio::task::spawn_local(async move {
            delay(ms(1)).await;
            resolve(7);
        });
        assert_eq!(p.map(|v| v + 1).await, Ok(8));
        late.await.unwrap();
    }));
}

#[test]
fn the_end_of_a_local_set_cancels() {
    let runtime = current_thread();
    let set = LocalSet::new();
    let dropped = Dropped::default();
    let (task, queued) = runtime.block_on(set.run_until(async {
        let guard = dropped.guard();
        let task = promise! { move (async move {
            let _guard = guard;
            std::future::pending::<Result<i32, Reason>>().await
        }) }
        .spawn_local();
        tokio::task::yield_now().await;
        let guard = dropped.guard();
        (task, L::resolve(1).map(move |_| drop(guard)))
    }));
    drop(set);
    assert_eq!(task.state(), PromiseState::Cancelled);
    assert_eq!(queued.state(), PromiseState::Cancelled);
    assert_eq!(dropped.count(), 2);
}

#[test]
fn unhandled_rejections_on_a_local_set() {
    // Beside other tests, so it looks for its own reason only.
    struct Own;
    impl promise_runtime::hot::Reason for Own {}
    let seen = Arc::new(AtomicUsize::new(0));
    let count = seen.clone();
    on_unhandled_rejection(move |rejection| {
        if rejection.downcast_ref::<Own>().is_some() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    current_thread().block_on(LocalSet::new().run_until(async {
        drop(LocalPromise::<(), _>::reject(Own));
        delay(ms(1)).await;
    }));
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[test]
fn many_threads_settle_await_clone_and_cancel() {
    let runtime = threads();
    for round in 0..200 {
        let (p, resolve, reject) = P::with_resolvers();
        let calls = Arc::new(AtomicUsize::new(0));
        let derived: Vec<_> = {
            let _entered = runtime.enter();
            (0..4)
                .map(|_| {
                    let calls = calls.clone();
                    p.then_or_else(
                        move |v| {
                            calls.fetch_add(1, Ordering::SeqCst);
                            Ok::<_, Reason>(v)
                        },
                        |_| Ok(-1),
                    )
                })
                .collect()
        };
        let race = P::race([p.clone(), P::with_resolvers().0]);
        let threads = [
            thread::spawn(move || resolve(round)),
            thread::spawn(move || reject("no")),
            thread::spawn({
                let p = p.clone();
                move || assert_ne!(futures::executor::block_on(p.into_future()), Ok(-1))
            }),
            thread::spawn({
                let last = derived[3].clone();
                move || last.cancel()
            }),
        ];
        let outcome = futures::executor::block_on(p.into_future());
        for promise in &derived[..3] {
            let value = futures::executor::block_on(promise.into_future()).unwrap();
            assert_eq!(value, outcome.unwrap_or(-1));
        }
        assert_eq!(futures::executor::block_on(race.into_future()), outcome);
        for thread in threads {
            thread.join().unwrap();
        }
        assert!(calls.load(Ordering::SeqCst) <= 4);
    }
}
