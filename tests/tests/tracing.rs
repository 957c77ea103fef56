//! With the feature `tracing`: later work runs in the span in which it was handed over, and what nobody else hears of is an event.

#[path = "tracing_kit/mod.rs"]
mod kit;

use std::cell::{Cell, RefCell};
use std::process::Command;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{env, thread};

use kit::{Guard, Log, subscriber};
use promise_runtime::event_loop::{
    self, Clock, EventLoop, clear_interval, clear_timeout, queue_microtask, set_interval,
    set_timeout,
};
use promise_runtime::prelude::*;
use promise_tests::{ms, panic_message, virtually};
use tokio::sync::mpsc::{Sender, channel};
use tokio::task::LocalSet;
use tracing::dispatcher::{set_default, with_default};
use tracing::{Instrument, Level, Span, info, info_span};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry;

type Reason = &'static str;

/// Waits, says that it runs, and is dropped.
async fn work() -> Result<(), Reason> {
    let _guard = Guard;
    delay(ms(1)).await;
    info!("runs");
    Ok(())
}

const WORKED: [&str; 2] = ["request: runs", "request: dropped"];

/// Runs `work` on a new thread, which logs as this one does.
fn on_a_thread<O: Send + 'static>(work: impl FnOnce() -> O + Send + 'static) -> O {
    let subscriber = subscriber();
    thread::spawn(move || with_default(&subscriber, work))
        .join()
        .unwrap()
}

/// Does nothing, in no span, until everything else has run.
async fn until_all_is_done() {
    assert!(Span::current().is_none());
    delay(Duration::from_secs(1)).await;
    assert!(Span::current().is_none());
}

#[test]
fn a_spawned_chain_runs_and_is_dropped_in_the_span_of_its_caller() {
    type Start = fn();
    let starts: [(&str, Start); 4] = [
        ("spawn", || drop(promise! { work() }.spawn())),
        ("spawn_local", || drop(promise! { work() }.spawn_local())),
        ("detach", || promise! { work().catch(_ => ()) }.detach()),
        ("detach_local", || {
            promise! { work().catch(_ => ()) }.detach_local()
        }),
    ];
    for (name, start) in starts {
        Log::keep(|log| {
            virtually(async {
                info_span!("request").in_scope(start);
                until_all_is_done().await;
            });
            let expected = [&WORKED[..], &["request is closed"]].concat();
            assert_eq!(log.take(), expected, "{name}");
        });
    }
}

#[test]
fn so_does_one_that_another_executor_runs() {
    Log::keep(|log| {
        let promise = info_span!("request").in_scope(|| {
            promise! { work() }.spawn_with(|task| on_a_thread(|| event_loop::run(task)))
        });
        assert_eq!(promise.state(), PromiseState::Fulfilled);
        assert_eq!(log.take(), [&WORKED[..], &["request is closed"]].concat());
    });
}

#[test]
fn a_chain_that_is_cancelled_is_dropped_in_its_span() {
    Log::keep(|log| {
        virtually(async {
            let promise = info_span!("request").in_scope(|| promise! { work() }.spawn_local());
            promise.cancel();
            assert_eq!(log.take(), ["request: dropped", "request is closed"]);
        });
        // And so is one whose loop ends.
        virtually(async {
            info_span!("request").in_scope(|| promise! { work() }.spawn());
        });
        assert_eq!(log.take(), ["request: dropped", "request is closed"]);
    });
}

#[test]
fn each_of_many_tasks_keeps_its_own_span() {
    Log::keep(|log| {
        virtually(async {
            let say = async |word: &'static str| {
                for _ in 0..2 {
                    delay(ms(1)).await;
                    info!("{word}");
                }
            };
            let one = info_span!("one").in_scope(|| promise! { move say("a") }.spawn_local());
            let two = info_span!("two").in_scope(|| promise! { move say("b") }.spawn_local());
            let Ok(_) = promise! { Promise.all([one, two]) }.await;
            info!("all");
        });
        let lines = [
            "one: a",
            "two: b",
            "one: a",
            "one is closed",
            "two: b",
            "two is closed",
            "-: all",
        ];
        assert_eq!(log.take(), lines);
    });
}

#[test]
fn work_of_work_belongs_to_the_innermost_span() {
    Log::keep(|log| {
        virtually(async {
            info_span!("request").in_scope(|| {
                let work = async {
                    delay(ms(1)).await;
                    info_span!("query").in_scope(|| promise! { work() }.spawn_local());
                    set_timeout(|| info!("later"), ms(5));
                };
                promise! { move work }.detach_local();
            });
            until_all_is_done().await;
        });
        let lines = [
            "query: runs",
            "query: dropped",
            "query is closed",
            "request: later",
            "request is closed",
        ];
        assert_eq!(log.take(), lines);
    });
}

/// The same tests for both kinds of hot promises.
macro_rules! of_both {
    ($($(#[$attribute:meta])* fn $name:ident<$Promise:ident>() $body:block)*) => {
        mod local {
            use super::*;
            use LocalPromise as P;
            $($(#[$attribute])* #[test] fn $name() { type $Promise<T, E = Reason> = P<T, E>; $body })*
        }
        mod shared {
            use super::*;
            use Promise as P;
            $($(#[$attribute])* #[test] fn $name() { type $Promise<T, E = Reason> = P<T, E>; $body })*
        }
    };
}

of_both! {
    fn a_handler_runs_in_the_span_in_which_it_was_added<Hot>() {
        Log::keep(|log| {
            virtually(async {
                let (value, resolve, _) = Hot::<i32>::with_resolvers();
                let (reason, _, reject) = Hot::<i32>::with_resolvers();
                let guards = [(); 6].map(|()| Guard);
                info_span!("request").in_scope(move || {
                    let [a, b, c, d, e, f] = guards;
                    let _ = value.map(move |_| { let _guard = a; info!("map") });
                    let _ = value.then(move |_| { let _guard = b; info!("then"); Ok(()) });
                    let (either, or_else) = (value.clone(), reason.clone());
                    let _ = either.then_or_else(move |_| { let _guard = c; info!("then_or_else"); Ok::<_, Reason>(()) }, |_| Ok(()));
                    let _ = or_else.then_or_else(|_| Ok(()), move |_| { let _guard = d; info!("or_else"); Ok::<_, Reason>(()) });
                    let _ = reason.catch(move |_| { let _guard = e; info!("catch"); Ok::<_, Reason>(1) });
                    let _ = value.finally(move || { let _guard = f; info!("finally") });
                });
                // Who settles it does not matter.
                info_span!("resolver").in_scope(|| { resolve(1); reject("no") });
                until_all_is_done().await;
            });
            let (mut ended, lines): (Vec<_>, Vec<_>) = log.take().into_iter().partition(|line| line.ends_with("closed"));
            ended.sort();
            assert_eq!(ended, ["request is closed", "resolver is closed"]);
            let said: Vec<_> = ["map", "then", "then_or_else", "finally", "or_else", "catch"]
                .into_iter()
                .flat_map(|name| [format!("request: {name}"), "request: dropped".to_owned()])
                .collect();
            assert_eq!(lines, said);
        });
    }

    fn a_handler_that_is_never_called_is_dropped_in_its_span<Hot>() {
        Log::keep(|log| {
            virtually(async {
                let (source, _resolve, _reject) = Hot::<i32>::with_resolvers();
                let guard = Guard;
                let derived = info_span!("request").in_scope(|| source.map(move |_| drop(guard)));
                derived.cancel();
                assert_eq!(log.take(), ["request: dropped", "request is closed"]);

                // That of `finally` is called.
                let derived = info_span!("request").in_scope(|| source.finally(|| info!("finally")));
                derived.cancel();
                delay(ms(1)).await;
                assert_eq!(log.take(), ["request: finally", "request is closed"]);
            });
        });
    }

    fn a_handler_that_panics_leaves_its_span<Hot>() {
        Log::keep(|log| {
            virtually(async {
                let source = Hot::<i32>::resolve(1);
                let panics = info_span!("request").in_scope(|| source.map(|_| { info!("runs"); panic!("on purpose") }));
                let _: Hot<()> = source.map(|_| info!("another"));
                until_all_is_done().await;
                assert_eq!(panics.state(), PromiseState::Cancelled);
            });
            assert_eq!(log.take(), ["request: runs", "request is closed", "-: another"]);
        });
    }

    fn a_promise_that_has_settled_keeps_no_span_open<Hot>() {
        Log::keep(|log| {
            virtually(async {
                let value: Hot<i32> = Hot::resolve(1);
                let derived: Hot<i32> = info_span!("request").in_scope(|| value.map(|n| { info!("runs"); n + 1 }));
                delay(ms(1)).await;
                assert_eq!(log.take(), ["request: runs", "request is closed"]);
                assert_eq!(derived.peek(), Some(Ok(&2)));
            });
        });
    }

    fn awaiting_a_promise_stays_in_the_span_of_who_awaits<Hot>() {
        Log::keep(|log| {
            virtually(async {
                let (value, resolve, _) = Hot::<i32>::with_resolvers();
                set_timeout(move || info_span!("resolver").in_scope(|| resolve(1)), ms(1));
                let consumer = async { info!("{:?}", value.await) };
                consumer.instrument(info_span!("consumer")).await;
            });
            assert_eq!(log.take(), ["resolver is closed", "consumer: Ok(1)", "consumer is closed"]);
        });
    }
}

#[test]
fn what_a_timer_calls_runs_in_the_span_in_which_it_was_set() {
    Log::keep(|log| {
        let set = || {
            let guard = Guard;
            set_timeout(
                move || {
                    let _guard = guard;
                    info!("timeout")
                },
                ms(9),
            );
            let own = Rc::new(Cell::new(None));
            let (timer, mut calls, guard) = (own.clone(), 0, Guard);
            own.set(Some(set_interval(
                move || {
                    let _guard = &guard;
                    calls += 1;
                    info!("interval {calls}");
                    if calls == 2 {
                        timer.take().into_iter().for_each(clear_interval);
                    }
                },
                ms(1),
            )));
            let guard = Guard;
            queue_microtask(move || {
                let _guard = guard;
                info!("microtask")
            });
        };
        virtually(async {
            info_span!("request").in_scope(set);
            until_all_is_done().await;
        });
        let lines = [
            "request: microtask",
            "request: dropped",
            "request: interval 1",
            "request: interval 2",
            "request: dropped",
            "request: timeout",
            "request: dropped",
            "request is closed",
        ];
        assert_eq!(log.take(), lines);
    });
}

#[test]
fn what_nobody_calls_any_more_is_dropped_in_its_span() {
    Log::keep(|log| {
        let set = || {
            let guards = [Guard, Guard];
            let [once, repeated] = guards;
            let once = set_timeout(move || drop(once), ms(1));
            let repeated = set_interval(
                move || {
                    let _guard = &repeated;
                },
                ms(1),
            );
            (once, repeated)
        };
        let dropped = ["request: dropped", "request: dropped", "request is closed"];
        let (once, repeated) = info_span!("request").in_scope(set);
        clear_timeout(once);
        clear_interval(repeated);
        assert_eq!(log.take(), dropped);

        // The loop ends.
        virtually(async {
            info_span!("request").in_scope(set);
        });
        assert_eq!(log.take(), dropped);
    });
}

#[test]
fn what_a_thread_leaves_undone_when_it_ends_is_dropped() {
    let dropped = Arc::new(AtomicUsize::new(0));
    for first in ["promises", "spans"] {
        let counted = dropped.clone();
        let leave = move || {
            let source = LocalPromise::<_, Reason>::resolve(1);
            let [a, b, c, d] = [(); 4].map(|()| counted.clone());
            info_span!("request").in_scope(|| {
                let a = Count(a);
                let _ = source.map(move |_| drop(a));
                let b = Count(b);
                set_timeout(move || drop(b), ms(1));
                let c = Count(c);
                queue_microtask(move || drop(c));
                let d = Count(d);
                let _ = source.finally(move || drop(d));
                let _lost = LocalPromise::<(), _>::reject("lost");
            });
        };
        // What a thread uses first it loses last.
        Log::keep(|_| {
            on_a_thread(move || match first {
                "promises" => {
                    queue_microtask(|| ());
                    set_timeout(|| (), ms(1));
                    leave();
                }
                _ => info_span!("first").in_scope(leave),
            });
        });
        assert_eq!(dropped.swap(0, Ordering::Relaxed), 4, "{first}");
    }
}

#[test]
fn so_is_what_the_program_keeps_for_a_thread() {
    std::thread_local! {
        static KEPT: RefCell<Option<EventLoop>> = const { RefCell::new(None) };
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    let counted = Count(dropped.clone());
    Log::keep(|_| {
        on_a_thread(|| {
            // In this order: what is used first is lost last.
            queue_microtask(|| ());
            KEPT.set(None);
            let event_loop = EventLoop::new();
            event_loop.run(async {
                let later = move || drop(counted);
                info_span!("request").in_scope(|| set_timeout(later, ms(1)));
            });
            KEPT.set(Some(event_loop));
        });
    });
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
fn so_is_what_has_come_from_another_thread() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let counted = Count(dropped.clone());
    Log::keep(|_| {
        virtually(async {
            let (source, resolve, reject) = Promise::<(), Reason>::with_resolvers();
            let _ = info_span!("request").in_scope(|| source.map(move |()| drop(counted)));
            on_a_thread(move || {
                event_loop::run(async move {
                    let holder = async move {
                        let _held = (source, resolve, reject);
                        std::future::pending::<()>().await;
                    };
                    promise! { move holder }.detach_local();
                    // It hands nothing over in a span.
                    info_span!("own").in_scope(|| info!("used"));
                });
            });
        });
    });
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
fn a_rejection_that_a_thread_leaves_when_it_ends_goes_to_stderr() {
    let name = "a_rejection_that_a_thread_leaves_when_it_ends_goes_to_stderr";
    let stderr = lost_alone(name, |_| {
        let log = Log::of_the_process();
        on_a_thread(|| {
            // What is used first is lost last.
            queue_microtask(|| ());
            info!("used");
            let _lost = LocalPromise::<(), _>::reject("lost");
        });
        assert_eq!(log.take(), ["-: used"]);
    });
    if let Some(stderr) = stderr {
        assert!(
            stderr.contains("unhandled rejection of the promise created at"),
            "{stderr}"
        );
    }
}

/// Counts that it is dropped.
struct Count(Arc<AtomicUsize>);

impl Drop for Count {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_callback_that_panics_leaves_its_span() {
    Log::keep(|log| {
        let event_loop = EventLoop::with_clock(Clock::Virtual);
        event_loop.run(async {
            info_span!("request").in_scope(|| {
                set_timeout(
                    || {
                        info!("runs");
                        panic!("on purpose")
                    },
                    ms(1),
                )
            });
            set_timeout(|| info!("another"), ms(2));
        });
        assert_eq!(panic_message(|| event_loop.run_until_idle()), "on purpose");
        event_loop.run_until_idle();
        assert_eq!(
            log.take(),
            ["request: runs", "request is closed", "-: another"]
        );
    });
}

#[test]
fn a_chain_runs_in_the_span_of_whoever_polls_it() {
    Log::keep(|log| {
        let chain = || {
            promise! {
                work().then(|()| info!("then")).then(async |()| { delay(ms(1)).await; info!("async") }).finally(|| info!("finally"))
            }
        };
        let lines = ["runs", "dropped", "then", "async", "finally"];
        let in_span =
            |span: &str| -> Vec<_> { lines.iter().map(|line| format!("{span}: {line}")).collect() };

        let made_here = info_span!("maker").in_scope(chain);
        assert_eq!(log.take(), ["maker is closed"]);
        assert_eq!(virtually(made_here), Ok(()));
        assert_eq!(log.take(), in_span("-"));

        let instrumented = chain().instrument(info_span!("request"));
        assert_eq!(virtually(instrumented), Ok(()));
        let mut said = in_span("request");
        said.push("request is closed".to_owned());
        assert_eq!(log.take(), said);
    });
}

/// Workers that log as this thread does.
fn tokio_workers() -> tokio::runtime::Runtime {
    let subscriber = subscriber();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .on_thread_start(move || std::mem::forget(set_default(&subscriber)))
        .build()
        .unwrap()
}

#[test]
fn tasks_and_handlers_on_threads_of_tokio_run_in_their_spans() {
    Log::keep(|log| {
        let runtime = tokio_workers();
        let (done, mut all) = channel::<()>(1);
        runtime.block_on(async {
            let request = |done: Sender<()>| {
                let step = async || {
                    tokio::task::yield_now().await;
                    info!("chain");
                    Ok::<_, Reason>(())
                };
                let spawned = promise! { move step() }.spawn();
                let other = done.clone();
                let _ = spawned.map(move |()| {
                    info!("handler");
                    drop(other)
                });
                let detached = async move {
                    tokio::task::yield_now().await;
                    info!("detached");
                    drop(done);
                };
                promise! { move detached }.detach();
            };
            info_span!("one").in_scope(|| request(done.clone()));
            info_span!("two").in_scope(|| request(done));
            // Each sender is gone once what holds it has run.
            assert_eq!(all.recv().await, None);
        });
        drop(runtime);
        let lines = [
            "one is closed",
            "one: chain",
            "one: detached",
            "one: handler",
            "two is closed",
            "two: chain",
            "two: detached",
            "two: handler",
        ];
        assert_eq!(log.take_sorted(), lines);
    });
}

#[test]
fn what_a_runtime_of_tokio_drops_is_dropped_in_its_span() {
    Log::keep(|log| {
        let runtime = tokio_workers();
        let (begun, mut all) = channel::<()>(1);
        runtime.block_on(async {
            let other = begun.clone();
            info_span!("spawned").in_scope(|| promise! { move never(begun) }.spawn());
            info_span!("detached")
                .in_scope(|| promise! { move never(other).catch(_ => ()) }.detach());
            assert_eq!(all.recv().await, None);
        });
        drop(runtime);
        let lines = [
            "detached is closed",
            "detached: dropped",
            "spawned is closed",
            "spawned: dropped",
        ];
        assert_eq!(log.take_sorted(), lines);
    });
}

/// Lets go of `begun`, never settles, and says when it is dropped.
async fn never(begun: Sender<()>) -> Result<(), Reason> {
    let _guard = Guard;
    drop(begun);
    std::future::pending().await
}

#[test]
fn tasks_and_handlers_of_a_local_set_run_in_their_spans() {
    Log::keep(|log| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let tasks = LocalSet::new();
        tasks.block_on(&runtime, async {
            info_span!("request").in_scope(|| {
                let spawned = promise! { work() }.spawn_local();
                let _ = spawned.map(|()| info!("handler"));
                promise! { work().catch(_ => ()) }.detach_local();
            });
            until_all_is_done().await;
        });
        let lines = [
            &WORKED[..],
            &["request: handler"],
            &WORKED,
            &["request is closed"],
        ]
        .concat();
        let mut said = log.take();
        // Which of the two tasks goes first is tokio's business.
        said[..5].sort();
        let mut lines = lines;
        lines[..5].sort();
        assert_eq!(said, lines);
    });
}

#[test]
fn retries_are_events_in_the_span_of_the_caller() {
    Log::keep(|log| {
        let fails = async || Err::<(), _>("no");
        virtually(async {
            let policy = RetryPolicy::constant(ms(250)).attempts(3);
            let _ = retry(policy, fails).instrument(info_span!("request")).await;
            let _ = promise! { fails().retry(2) }.await;
        });
        let lines = [
            "request: an attempt was rejected; retrying attempt=1 delay=250ms",
            "request: an attempt was rejected; retrying attempt=2 delay=250ms",
            "request is closed",
            "-: an attempt was rejected; retrying attempts_left=1",
        ];
        assert_eq!(log.take(), lines);
    });
}

#[test]
fn changes_of_a_breaker_are_events() {
    Log::keep(|log| {
        virtually(async {
            let breaker = CircuitBreaker::builder()
                .failure_threshold(1)
                .recovery_timeout(ms(9))
                .build();
            let _ = breaker.execute(async || Err::<(), _>("no")).await;
            delay(ms(9)).await;
            let _ = breaker.execute(async || Ok::<_, Reason>(())).await;
        });
        let lines = [
            "-: the circuit breaker opened from=Closed to=Open",
            "-: the circuit breaker changed its state from=Open to=HalfOpen",
            "-: the circuit breaker changed its state from=HalfOpen to=Closed",
        ];
        assert_eq!(log.take(), lines);
    });
}

#[test]
fn an_unhandled_rejection_is_an_event() {
    Log::keep(|log| {
        virtually(async {
            let _rejected = LocalPromise::<(), _>::reject("lost");
            drop(Promise::<(), _>::reject("dropped"));
            let _waiting = LocalPromise::<(), Reason>::new(|_, _| ()).map(|()| ());
        });
        let lines: Vec<_> = log.take().iter().map(|line| without_place(line)).collect();
        let expected = [
            "-: unhandled rejection location reason=\"dropped\"",
            "-: unhandled rejection location reason=\"lost\"",
            "-: abandoned promise: somebody waits, but every resolver was dropped uncalled location",
        ];
        assert_eq!(lines, expected);
    });
}

/// Checks the place, and leaves its number out.
fn without_place(line: &str) -> String {
    let (before, after) = line.split_once("location=").expect("a place");
    let (place, after) = after.split_once(' ').unwrap_or((after, ""));
    assert!(place.contains("tracing.rs:"), "{line}");
    format!("{before}location {after}").trim_end().to_owned()
}

/// Has a new process run the test of this name, and gives what it wrote to stderr.
fn stderr_of(test: &str) -> String {
    let mut process = Command::new(env::current_exe().unwrap());
    let output = process
        .args(["--exact", test, "--nocapture"])
        .env(ALONE, "")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// The variable of a process that runs one test only.
const ALONE: &str = "PROMISE_TESTS_ALONE";

/// Loses a rejection where `name` names this test and it is alone; else gives what it wrote to stderr when it was.
fn lost_alone(name: &str, lose: impl FnOnce(&dyn Fn())) -> Option<String> {
    if env::var_os(ALONE).is_none() {
        return Some(stderr_of(name));
    }
    lose(&|| drop(Promise::<(), _>::reject("lost")));
    None
}

#[test]
fn where_there_is_no_subscriber_a_rejection_is_written_to_stderr() {
    let name = "where_there_is_no_subscriber_a_rejection_is_written_to_stderr";
    if let Some(stderr) = lost_alone(name, |lose| lose()) {
        assert!(
            stderr.contains("unhandled rejection of the promise created at"),
            "{stderr}"
        );
        assert!(stderr.contains("tracing.rs:"), "{stderr}");
    }
}

#[test]
fn so_it_is_where_the_subscriber_does_not_want_to_know() {
    let name = "so_it_is_where_the_subscriber_does_not_want_to_know";
    let stderr = lost_alone(name, |lose| {
        let other = Targets::new().with_target("another_crate", Level::TRACE);
        let dispatch = tracing::Dispatch::new(registry().with(other));
        with_default(&dispatch, lose);
    });
    if let Some(stderr) = stderr {
        assert!(
            stderr.contains("unhandled rejection of the promise created at"),
            "{stderr}"
        );
    }
}

#[test]
fn with_a_hook_only_the_hook_learns_of_it() {
    let name = "with_a_hook_only_the_hook_learns_of_it";
    let stderr = lost_alone(name, |lose| {
        on_unhandled_rejection(|rejection| eprintln!("the hook: {:?}", rejection.reason()));
        Log::keep(|log| {
            lose();
            assert!(log.take().is_empty());
        });
    });
    if let Some(stderr) = stderr {
        assert!(stderr.contains("the hook: \"lost\""), "{stderr}");
        assert!(!stderr.contains("created at"), "{stderr}");
    }
}

#[test]
fn what_a_subscriber_takes_is_not_written_to_stderr() {
    let name = "what_a_subscriber_takes_is_not_written_to_stderr";
    let stderr = lost_alone(name, |lose| {
        Log::keep(|log| {
            lose();
            assert_eq!(log.take().len(), 1);
        });
    });
    if let Some(stderr) = stderr {
        assert!(!stderr.contains("created at"), "{stderr}");
    }
}
