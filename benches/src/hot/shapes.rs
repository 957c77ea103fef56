//! The shapes of V8's and bluebird's suites, and two loops.

use super::{Contender, Shape, Unit, Who};
use futures::future::join_all;
use promise_runtime::event_loop::{self, set_timeout};
use promise_runtime::prelude::*;
use std::convert::Infallible;
use std::hint::black_box;
use std::time::Duration;
use tokio::time::sleep;

const REQUESTS: usize = 10_000;
const QUERIES: usize = 25;
const LINKS: u32 = 1_000_000;
const MS: Duration = Duration::from_millis(1);

type Local<T = ()> = LocalPromise<T, Infallible>;
type Shared<T = ()> = Promise<T, Infallible>;
type Answer<T = ()> = Result<T, Infallible>;

const REQUEST: Unit = Unit {
    name: "request",
    times: REQUESTS as u64,
};
const LINK: Unit = Unit {
    name: "link",
    times: LINKS as u64,
};
const PROMISE: Unit = Unit {
    name: "promise",
    times: LINKS as u64,
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "doxbee, async functions",
        unit: REQUEST,
        node: Some("doxbee_async"),
        contenders: &[
            Contender {
                who: Who::Local,
                name: "LocalPromise, every query hot",
                run: doxbee_async_local,
            },
            Contender {
                who: Who::Cold,
                name: "LocalPromise, cold queries in one hot task",
                run: doxbee_async_cold,
            },
            Contender {
                who: Who::Shared,
                name: "Promise, every query hot",
                run: doxbee_async_shared,
            },
            Contender {
                who: Who::Peer,
                name: "tokio, every query spawned",
                run: doxbee_async_tokio,
            },
        ],
    },
    Shape {
        name: "doxbee, then",
        unit: REQUEST,
        node: Some("doxbee_then"),
        contenders: &[
            Contender {
                who: Who::Local,
                name: "LocalPromise",
                run: doxbee_then_local,
            },
            Contender {
                who: Who::Shared,
                name: "Promise",
                run: doxbee_then_shared,
            },
        ],
    },
    Shape {
        name: "parallel, 25 queries",
        unit: REQUEST,
        node: Some("parallel_async"),
        contenders: &[
            Contender {
                who: Who::Local,
                name: "LocalPromise, every query hot",
                run: parallel_local,
            },
            Contender {
                who: Who::Cold,
                name: "LocalPromise, cold queries in one hot task",
                run: parallel_cold,
            },
            Contender {
                who: Who::Shared,
                name: "Promise, every query hot",
                run: parallel_shared,
            },
            Contender {
                who: Who::Peer,
                name: "tokio, every query spawned",
                run: parallel_tokio,
            },
        ],
    },
    Shape {
        name: "doxbee-sequential, timers of 1 ms",
        unit: REQUEST,
        node: Some("doxbee_timers"),
        contenders: &[
            Contender {
                who: Who::Local,
                name: "LocalPromise, every query hot",
                run: doxbee_timers_local,
            },
            Contender {
                who: Who::Cold,
                name: "LocalPromise, cold queries in one hot task",
                run: doxbee_timers_cold,
            },
            Contender {
                who: Who::Peer,
                name: "tokio, sleeps in one spawned task",
                run: doxbee_timers_tokio,
            },
        ],
    },
    Shape {
        name: "madeup-parallel, 25 timers of 1 ms",
        unit: REQUEST,
        node: Some("parallel_timers"),
        contenders: &[
            Contender {
                who: Who::Local,
                name: "LocalPromise, every query hot",
                run: parallel_timers_local,
            },
            Contender {
                who: Who::Cold,
                name: "LocalPromise, cold queries in one hot task",
                run: parallel_timers_cold,
            },
            Contender {
                who: Who::Peer,
                name: "tokio, sleeps in one spawned task",
                run: parallel_timers_tokio,
            },
        ],
    },
    Shape {
        name: "a then chain of 1,000,000 links",
        unit: LINK,
        node: Some("then_chain"),
        contenders: &[
            Contender {
                who: Who::Local,
                name: "LocalPromise",
                run: then_chain_local,
            },
            Contender {
                who: Who::Shared,
                name: "Promise",
                run: then_chain_shared,
            },
        ],
    },
    Shape {
        name: "1,000,000 settled promises, made and awaited",
        unit: PROMISE,
        node: Some("await_loop"),
        contenders: &[
            Contender {
                who: Who::Local,
                name: "LocalPromise",
                run: await_loop_local,
            },
            Contender {
                who: Who::Shared,
                name: "Promise",
                run: await_loop_shared,
            },
        ],
    },
];

async fn query() -> Answer {
    Ok(())
}

/// Starts `REQUESTS` requests and waits for all of them.
macro_rules! all {
    ($Promise:ident, $request:expr) => {
        event_loop::run(async {
            let requests: Vec<$Promise> = (0..REQUESTS).map(|_| $request).collect();
            black_box($Promise::all(requests).await)
        })
    };
}

/// An `async` function of JavaScript.
macro_rules! hot {
    (Local, $future:expr) => {
        promise! { move ($future) }.spawn_local()
    };
    (Shared, $future:expr) => {
        promise! { move ($future) }.spawn()
    };
}

macro_rules! doxbee_async {
    ($Promise:ident) => {
        all!(
            $Promise,
            hot!($Promise, async {
                hot!($Promise, query()).await?;
                black_box(hot!($Promise, query()).await?);
                hot!($Promise, query()).await?;
                hot!($Promise, query()).await?;
                hot!($Promise, query()).await?;
                hot!($Promise, query()).await?;
                hot!($Promise, query()).await?;
                hot!($Promise, query()).detach();
                Ok::<_, Infallible>(())
            })
        )
    };
}

fn doxbee_async_local() {
    let _ = doxbee_async!(Local);
}

fn doxbee_async_shared() {
    let _ = doxbee_async!(Shared);
}

fn doxbee_async_cold() {
    let _ = all!(
        Local,
        hot!(Local, async {
            query().await?;
            black_box(query().await?);
            query().await?;
            query().await?;
            query().await?;
            query().await?;
            query().await?;
            query().await
        })
    );
}

fn doxbee_async_tokio() {
    requests_on_tokio(|| async {
        for _ in 0..7 {
            let _ = black_box(tokio::spawn(query()).await);
        }
        drop(tokio::spawn(query()));
    });
}

fn requests_on_tokio<F: Future<Output = ()> + Send + 'static>(request: impl Fn() -> F) {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime")
        .block_on(async {
            let requests: Vec<_> = (0..REQUESTS).map(|_| tokio::spawn(request())).collect();
            for request in requests {
                request.await.expect("it does not panic");
            }
        });
}

macro_rules! doxbee_then {
    ($Promise:ident) => {
        all!(
            $Promise,
            $Promise::resolve(())
                .then(|()| $Promise::resolve(()))
                .then(|()| $Promise::resolve(()))
                .then(|()| $Promise::resolve(()))
                .then(|()| $Promise::resolve(()))
                .then(|()| $Promise::resolve(()))
                .then(|()| $Promise::resolve(()))
                .map(|()| $Promise::resolve(()).detach())
        )
    };
}

fn doxbee_then_local() {
    let _ = doxbee_then!(Local);
}

fn doxbee_then_shared() {
    let _ = doxbee_then!(Shared);
}

macro_rules! parallel {
    ($Promise:ident) => {
        all!(
            $Promise,
            hot!($Promise, async {
                $Promise::all((0..QUERIES).map(|_| hot!($Promise, query()))).await?;
                hot!($Promise, query()).detach();
                Ok::<_, Infallible>(())
            })
        )
    };
}

fn parallel_local() {
    let _ = parallel!(Local);
}

fn parallel_shared() {
    let _ = parallel!(Shared);
}

fn parallel_cold() {
    let _ = all!(
        Local,
        hot!(Local, async {
            all((0..QUERIES).map(|_| query())).await?;
            query().await
        })
    );
}

fn parallel_tokio() {
    requests_on_tokio(|| async {
        let queries: Vec<_> = (0..QUERIES).map(|_| tokio::spawn(query())).collect();
        for query in queries {
            let _ = black_box(query.await);
        }
        drop(tokio::spawn(query()));
    });
}

/// A query that answers by a timer.
fn timed() -> Local {
    Local::new(|resolve, _| {
        set_timeout(move || resolve(()), MS);
    })
}

async fn timed_cold() -> Answer {
    delay(MS).await;
    Ok(())
}

fn doxbee_timers_local() {
    let _ = all!(
        Local,
        hot!(Local, async {
            Local::all([timed(), timed()]).await?;
            timed().await?;
            Local::resolve(()).await?;
            timed().await?;
            timed().await?;
            timed().await?;
            timed().detach();
            Ok(())
        })
    );
}

fn doxbee_timers_cold() {
    let _ = all!(
        Local,
        hot!(Local, async {
            all((timed_cold(), timed_cold())).await?;
            timed_cold().await?;
            timed_cold().await?;
            timed_cold().await?;
            timed_cold().await?;
            hot!(Local, timed_cold()).detach();
            Ok(())
        })
    );
}

fn doxbee_timers_tokio() {
    requests_on_tokio(|| async {
        tokio::join!(sleep(MS), sleep(MS));
        for _ in 0..4 {
            sleep(MS).await;
        }
        drop(tokio::spawn(sleep(MS)));
    });
}

fn parallel_timers_local() {
    let _ = all!(
        Local,
        hot!(Local, async {
            Local::all((0..QUERIES).map(|_| timed())).await?;
            timed().detach();
            Ok(())
        })
    );
}

fn parallel_timers_cold() {
    let _ = all!(
        Local,
        hot!(Local, async {
            all((0..QUERIES).map(|_| timed_cold())).await?;
            hot!(Local, timed_cold()).detach();
            Ok(())
        })
    );
}

fn parallel_timers_tokio() {
    requests_on_tokio(|| async {
        join_all((0..QUERIES).map(|_| sleep(MS))).await;
        drop(tokio::spawn(sleep(MS)));
    });
}

macro_rules! then_chain {
    ($Promise:ident) => {
        event_loop::run(async {
            let (mut last, resolve, _reject) = $Promise::<u32>::with_resolvers();
            for _ in 0..LINKS {
                last = last.map(|value| value + 1);
            }
            resolve(0);
            let Ok(value) = last.await;
            assert_eq!(value, LINKS);
        })
    };
}

fn then_chain_local() {
    then_chain!(Local);
}

fn then_chain_shared() {
    then_chain!(Shared);
}

macro_rules! await_loop {
    ($Promise:ident) => {
        event_loop::run(async {
            let mut sum = 0;
            for _ in 0..LINKS {
                let Ok(value) = $Promise::resolve(1).await;
                sum += value;
            }
            assert_eq!(sum, LINKS);
        })
    };
}

fn await_loop_local() {
    await_loop!(Local);
}

fn await_loop_shared() {
    await_loop!(Shared);
}
