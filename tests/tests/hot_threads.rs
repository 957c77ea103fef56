//! Hot promises on real threads: bounded numbers of rounds, in which everything happens at once, and of which only what must hold in every order
//! is asked. The models try the orders one by one; this is for the whole, with the event loop, tokio and the memory of a real machine.

use std::{
    future::{Future, IntoFuture},
    pin::pin,
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    task::{Context, Poll, Wake, Waker},
    thread,
};

use promise_runtime::{Promise, PromiseState, event_loop, promise};

const ROUNDS: usize = 300;

/// Runs these at once, each on a thread of its own, and waits for all.
fn at_once<const N: usize>(tasks: [Box<dyn FnOnce() + Send + '_>; N]) {
    let barrier = Barrier::new(N);
    thread::scope(|scope| {
        for task in tasks {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                task();
            });
        }
    });
}

/// Blocks the thread until the future is ready.
fn block_on<F: IntoFuture>(future: F) -> F::Output {
    struct Unpark(thread::Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future.into_future());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        thread::park();
    }
}

/// Counts the values that are alive.
#[derive(Debug)]
struct Live(Arc<AtomicUsize>);

impl Live {
    fn new(live: &Arc<AtomicUsize>) -> Self {
        live.fetch_add(1, SeqCst);
        Self(live.clone())
    }
}

impl Clone for Live {
    fn clone(&self) -> Self {
        Self::new(&self.0)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

/// Settled, awaited, looked at, cloned and dropped at once: whoever awaits gets the value, and no value is left or dropped twice.
#[test]
fn settled_awaited_and_dropped_at_once() {
    let live = Arc::new(AtomicUsize::new(0));
    for _ in 0..ROUNDS {
        let (p, resolve, reject) = Promise::<_, ()>::with_resolvers();
        let (a, b, c) = (p.clone(), p.clone(), p);
        let value = Live::new(&live);
        at_once([
            Box::new(move || resolve(value)),
            Box::new(move || drop(block_on(a).unwrap())),
            Box::new(move || drop(block_on(b.clone()).unwrap())),
            Box::new(move || {
                drop(c.peek().map(|outcome| outcome.unwrap().clone()));
                drop((c, reject));
            }),
        ]);
        assert_eq!(live.load(SeqCst), 0);
    }
}

/// Of those who ask for the value itself one gets it at most, and the others their handle back.
#[test]
fn one_takes_the_value() {
    let live = Arc::new(AtomicUsize::new(0));
    for _ in 0..ROUNDS {
        let p = Promise::<_, ()>::resolve(Live::new(&live));
        let (a, b) = (p.clone(), p);
        let taken = AtomicUsize::new(0);
        let take = |p: Promise<Live, ()>| match p.into_unique() {
            Ok(unique) => {
                drop(block_on(unique).unwrap());
                taken.fetch_add(1, SeqCst);
            }
            Err(p) => assert!(matches!(p.peek(), Some(Ok(_)))),
        };
        at_once([Box::new(|| take(a)), Box::new(|| take(b))]);
        assert!(taken.load(SeqCst) <= 1);
        assert_eq!(live.load(SeqCst), 0);
    }
}

/// Handlers on an event loop, of promises that other threads settle, adopt and cancel: each handler is called or dropped, once.
#[test]
fn handlers_on_a_loop_while_others_settle_and_cancel() {
    let (calls, live, clean_ups) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
    );
    event_loop::run(async {
        for round in 0..ROUNDS {
            let (p, resolve, _reject) = Promise::<_, ()>::with_resolvers();
            let (inner, resolve_inner, _reject_inner) = Promise::<_, ()>::with_resolvers();
            let kept = Live::new(&live);
            let called = calls.clone();
            let mapped = p.map(move |v: usize| {
                let _kept = kept;
                called.fetch_add(1, SeqCst);
                v
            });
            let cleaned_up = clean_ups.clone();
            let cleaned = mapped.finally(move || {
                cleaned_up.fetch_add(1, SeqCst);
            });
            let cancels = (round % 2 == 0).then(|| cleaned.clone());
            let threads = [
                thread::spawn(move || resolve.adopt(inner)),
                thread::spawn(move || resolve_inner(round)),
                thread::spawn(move || cancels.iter().for_each(Promise::cancel)),
            ];
            assert_eq!(mapped.clone().await, Ok(round));
            threads
                .into_iter()
                .for_each(|thread| thread.join().unwrap());
            if round % 2 == 1 {
                assert_eq!(cleaned.await, Ok(round));
            } else {
                assert_ne!(
                    Promise::all_settled([mapped.clone()]).await.unwrap(),
                    [Err(())]
                );
            }
        }
    });
    event_loop::run_until_idle();
    assert_eq!(calls.load(SeqCst), ROUNDS);
    assert_eq!(clean_ups.load(SeqCst), ROUNDS);
    assert_eq!(live.load(SeqCst), 0);
}

/// Combinators of promises that settle on several threads while they are made; nothing is left at those that stay pending.
#[test]
fn combinators_while_others_settle() {
    for _ in 0..ROUNDS {
        let (promises, resolvers): (Vec<_>, Vec<_>) = (0..3)
            .map(|_| {
                let (p, resolve, reject) = Promise::<usize, usize>::with_resolvers();
                (p, (resolve, reject))
            })
            .unzip();
        let (pending, _resolve, _reject) = Promise::<usize, usize>::with_resolvers();
        let (sender, receiver) = mpsc::channel();
        let combine = {
            let (promises, pending) = (promises.clone(), pending.clone());
            move || {
                let mut more = promises.clone();
                more.push(pending);
                let race = Promise::race(more.clone());
                let any = Promise::any(more);
                let all = Promise::all(promises.clone());
                let settled = Promise::all_settled(promises);
                let (race, any) = (block_on(race), block_on(any));
                let (all, settled) = (block_on(all), block_on(settled));
                sender.send((race, any, all, settled)).unwrap();
            }
        };
        let mut resolvers = resolvers.into_iter().enumerate();
        let mut settle = || {
            let (index, (resolve, reject)) = resolvers.next().unwrap();
            move || match index {
                0 => reject(index),
                _ => resolve(index),
            }
        };
        at_once([
            Box::new(combine),
            Box::new(settle()),
            Box::new(settle()),
            Box::new(settle()),
        ]);
        let (race, any, all, settled) = receiver.recv().unwrap();
        assert!(matches!(race, Err(0) | Ok(1 | 2)));
        assert!(matches!(any, Ok(1 | 2)));
        assert_eq!(all, Err(0));
        assert_eq!(settled, Ok(vec![Err(0), Ok(1), Ok(2)]));
        assert!(pending.into_unique().is_ok(), "a combinator is still there");
    }
}

/// Spawned on a loop, woken by other threads, and cancelled by a third one: the loop neither misses a wake nor a cancellation.
#[test]
fn spawned_woken_and_cancelled() {
    let live = Arc::new(AtomicUsize::new(0));
    event_loop::run(async {
        for round in 0..ROUNDS {
            let (p, resolve, _reject) = Promise::<_, ()>::with_resolvers();
            let kept = Live::new(&live);
            let task = promise! {
                move (async move {
                    let _kept = kept;
                    p.await
                })
            }
            .spawn();
            let cancels = (round % 3 == 0).then(|| task.clone());
            let threads = [
                thread::spawn(move || resolve(round)),
                thread::spawn(move || cancels.iter().for_each(Promise::cancel)),
            ];
            // One that cannot be cancelled: it settles when the task has, however that ends.
            let ends = task.finally(|| ());
            if round % 3 != 0 {
                assert_eq!(ends.await, Ok(round));
            }
            threads
                .into_iter()
                .for_each(|thread| thread.join().unwrap());
            assert_ne!(task.state(), PromiseState::Pending);
        }
    });
    event_loop::run_until_idle();
    assert_eq!(live.load(SeqCst), 0);
}

/// The loop ends while other threads settle what its handlers wait for: each handler is called or dropped.
#[test]
fn a_loop_ends_while_others_settle() {
    let live = Arc::new(AtomicUsize::new(0));
    for _ in 0..ROUNDS {
        let (p, resolve, reject) = Promise::<_, ()>::with_resolvers();
        let (kept, handle) = (Live::new(&live), p.clone());
        at_once([
            Box::new(move || {
                let own = event_loop::EventLoop::new();
                let derived = own.run(async {
                    p.map(move |v: usize| {
                        let _kept = kept;
                        v
                    })
                });
                own.run_until_idle();
                drop(own);
                drop(derived);
            }),
            Box::new(move || resolve(1)),
            Box::new(move || drop((reject, handle))),
        ]);
        assert_eq!(live.load(SeqCst), 0);
    }
}

/// The same on tokio's threads: chains of handlers, awaited, cancelled and dropped, until the runtime ends.
#[test]
fn handlers_on_tokio_while_others_settle_and_cancel() {
    let live = Arc::new(AtomicUsize::new(0));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(3)
        .build()
        .unwrap();
    runtime.block_on(async {
        for round in 0..ROUNDS {
            let (p, resolve, _reject) = Promise::<_, ()>::with_resolvers();
            let kept = Live::new(&live);
            let mut last = p.map(move |v: usize| {
                let _kept = kept;
                v
            });
            let first = last.clone();
            for _ in 0..4 {
                last = last.then(|v| Promise::resolve(v + 1));
            }
            let settles = tokio::spawn(async move { resolve(round) });
            if round % 4 == 0 {
                let cancels = last.clone();
                tokio::spawn(async move { cancels.cancel() }).await.unwrap();
                assert_eq!(first.await, Ok(round));
            } else {
                assert_eq!(last.await, Ok(round + 4));
            }
            settles.await.unwrap();
        }
    });
    drop(runtime);
    assert_eq!(live.load(SeqCst), 0);
}
