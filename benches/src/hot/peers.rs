//! One operation, a million times, next to what Rust has for it.

use super::{Contender, Shape, Unit, Who};
use async_task::Runnable;
use futures::FutureExt;
use promise_runtime::event_loop;
use promise_runtime::prelude::*;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;

const TIMES: u32 = 1_000_000;

type Local<T> = LocalPromise<T, Infallible>;
type Shared<T> = Promise<T, Infallible>;

const PROMISE: Unit = Unit {
    name: "promise",
    times: TIMES as u64,
};
const FUTURE: Unit = Unit {
    name: "future",
    times: TIMES as u64,
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "1,000,000 promises with resolvers: made, resolved, awaited",
        unit: PROMISE,
        node: Some("resolver_loop"),
        contenders: &[
            Contender {
                who: Who::Local,
                name: "LocalPromise",
                run: || resolver_loop(local_pair),
            },
            Contender {
                who: Who::Shared,
                name: "Promise",
                run: || resolver_loop(shared_pair),
            },
            Contender {
                who: Who::Peer,
                name: "tokio oneshot",
                run: || resolver_loop(tokio_oneshot),
            },
            Contender {
                who: Who::Peer,
                name: "futures oneshot",
                run: || resolver_loop(futures_oneshot),
            },
            Contender {
                who: Who::Peer,
                name: "futures oneshot, Shared",
                run: || resolver_loop(futures_shared),
            },
        ],
    },
    Shape {
        name: "1,000,000 ready futures: spawned and awaited",
        unit: FUTURE,
        node: None,
        contenders: &[
            Contender {
                who: Who::Local,
                name: "LocalPromise",
                run: spawn_local,
            },
            Contender {
                who: Who::Shared,
                name: "Promise on the event loop",
                run: spawn_shared,
            },
            Contender {
                who: Who::Shared,
                name: "Promise on tokio, current thread",
                run: spawn_on_tokio,
            },
            Contender {
                who: Who::Peer,
                name: "tokio spawn, JoinHandle",
                run: spawn_tokio,
            },
            Contender {
                who: Who::Peer,
                name: "tokio spawn, oneshot, Shared",
                run: spawn_tokio_shared,
            },
            Contender {
                who: Who::Peer,
                name: "async-task on a queue",
                run: spawn_async_task,
            },
        ],
    },
];

fn resolver_loop<F: Future<Output = u32>>(one: impl Fn() -> F) {
    event_loop::run(async {
        let mut sum = 0;
        for _ in 0..TIMES {
            sum += one().await;
        }
        assert_eq!(sum, TIMES);
    });
}

async fn local_pair() -> u32 {
    let Ok(value) = Local::new(|resolve, _| resolve(1)).await;
    value
}

async fn shared_pair() -> u32 {
    let Ok(value) = Shared::new(|resolve, _| resolve(1)).await;
    value
}

async fn tokio_oneshot() -> u32 {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    sender.send(1).expect("it is awaited");
    receiver.await.expect("it was sent")
}

async fn futures_oneshot() -> u32 {
    let (sender, receiver) = futures::channel::oneshot::channel();
    sender.send(1).expect("it is awaited");
    receiver.await.expect("it was sent")
}

async fn futures_shared() -> u32 {
    let (sender, receiver) = futures::channel::oneshot::channel();
    sender.send(1).expect("it is awaited");
    receiver.shared().await.expect("it was sent")
}

async fn one() -> Result<u32, Infallible> {
    Ok(1)
}

fn spawn_local() {
    event_loop::run(async {
        for _ in 0..TIMES {
            let Ok(_) = promise! { (one()) }.spawn_local().await;
        }
    });
}

async fn spawn_and_await() {
    for _ in 0..TIMES {
        let Ok(_) = promise! { (one()) }.spawn().await;
    }
}

fn spawn_shared() {
    event_loop::run(spawn_and_await());
}

fn on_tokio(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(future);
}

fn spawn_on_tokio() {
    on_tokio(spawn_and_await());
}

fn spawn_tokio() {
    on_tokio(async {
        for _ in 0..TIMES {
            let _ = tokio::spawn(one()).await.expect("it does not panic");
        }
    });
}

fn spawn_tokio_shared() {
    on_tokio(async {
        for _ in 0..TIMES {
            let (sender, receiver) = tokio::sync::oneshot::channel();
            tokio::spawn(async move { sender.send(one().await) });
            let _ = receiver.shared().await.expect("it was sent");
        }
    });
}

std::thread_local! {
    static QUEUE: RefCell<VecDeque<Runnable>> = const { RefCell::new(VecDeque::new()) };
}

fn schedule(runnable: Runnable) {
    QUEUE.with(|queue| queue.borrow_mut().push_back(runnable));
}

fn spawn_async_task() {
    let (main, running) = async_task::spawn_local(
        async {
            for _ in 0..TIMES {
                let (runnable, task) = async_task::spawn_local(one(), schedule);
                runnable.schedule();
                let Ok(_) = task.await;
            }
        },
        schedule,
    );
    running.detach();
    main.schedule();
    while let Some(runnable) = QUEUE.with(|queue| queue.borrow_mut().pop_front()) {
        runnable.run();
    }
}
