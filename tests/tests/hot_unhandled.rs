//! Rejections that nobody handles, and resolvers that are dropped while somebody waits: reported once, when nothing can change any more.
//!
//! The hook is the process's, so one test at a time has it.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use promise_runtime::event_loop::{EventLoop, delay, queue_microtask, run_until_idle, set_timeout};
use promise_runtime::hot::Reason;
use promise_runtime::prelude::*;
use promise_tests::{ms, virtually};

/// The one test that has the hook, and what the hook was told: the reason, and whether it was an abandoned promise.
struct Reports {
    _turn: MutexGuard<'static, ()>,
    seen: Arc<Mutex<Vec<String>>>,
}

static TURN: Mutex<()> = Mutex::new(());

impl Reports {
    fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let reports = seen.clone();
        on_unhandled_rejection(move |rejection| {
            assert!(rejection.location().file().ends_with("hot_unhandled.rs"));
            let report = match rejection.is_abandoned() {
                true => "abandoned".to_owned(),
                false => format!("{:?}", rejection.reason()),
            };
            reports.lock().unwrap().push(report);
        });
        Self { _turn: turn, seen }
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

type Local<T = ()> = LocalPromise<T, &'static str>;
type Shared<T = ()> = Promise<T, &'static str>;

#[test]
fn a_rejection_is_decided_when_the_queue_has_drained() {
    let reports = Reports::new();
    let handled_late = Local::<()>::reject("handled");
    let lost = Local::<()>::reject("lost");
    assert!(reports.take().is_empty());
    virtually(async {
        // In the same drain, some turns later.
        let late = handled_late.clone();
        queue_microtask(move || queue_microtask(move || drop(late.catch(|_| Ok::<_, ()>(())))));
    });
    // The loop that ran was another one; the thread's own has the promises.
    assert!(reports.take().is_empty());
    let late = handled_late.clone();
    queue_microtask(move || queue_microtask(move || drop(late.catch(|_| Ok::<_, ()>(())))));
    run_until_idle();
    assert_eq!(reports.take(), ["\"lost\""]);
    // Once.
    run_until_idle();
    drop(lost);
    assert!(reports.take().is_empty());
}

#[test]
fn it_is_decided_before_the_next_timer() {
    let reports = Reports::new();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let at_timer = seen.clone();
    let before = reports.seen.clone();
    drop(Local::<()>::reject("lost"));
    set_timeout(
        move || at_timer.borrow_mut().extend(before.lock().unwrap().clone()),
        ms(1),
    );
    run_until_idle();
    assert_eq!(*seen.borrow(), ["\"lost\""]);
}

#[test]
fn every_branch_counts_by_itself() {
    let reports = Reports::new();
    virtually(async {
        let rejected = Local::<()>::reject("no");
        let branch = rejected.map(|()| 1);
        let other = rejected.catch(|_| Err::<(), _>("worse"));
        drop((branch, other));
        delay(ms(1)).await;
    });
    assert_eq!(reports.take(), ["\"no\"", "\"worse\""]);
}

#[test]
fn handlers_combinators_awaits_and_adoption_handle_it() {
    let reports = Reports::new();
    virtually(async {
        let no = Local::<()>::reject("no");
        assert_eq!(no.await, Err("no"));
        drop(Local::<()>::reject("no").catch(|_| Ok::<_, ()>(())));
        let settled = Local::all_settled([Local::<()>::reject("no")]);
        assert_eq!(settled.await, Ok(vec![Err("no")]));
        // A loser's rejection is handled by the race.
        assert_eq!(
            Local::race([Local::resolve(()), Local::reject("late")]).await,
            Ok(())
        );
        let adopted = Local::resolve(()).then(|()| Local::<()>::reject("inner"));
        assert_eq!(adopted.await, Err("inner"));
        assert_eq!(
            Local::<()>::reject("unique")
                .into_unique()
                .ok()
                .unwrap()
                .await,
            Err("unique")
        );
        delay(ms(1)).await;
    });
    assert!(reports.take().is_empty());
}

#[test]
fn looking_is_not_handling() {
    let reports = Reports::new();
    virtually(async {
        let no = Local::<()>::reject("no");
        assert_eq!(no.state(), PromiseState::Rejected);
        assert_eq!(no.peek(), Some(Err(&"no")));
        delay(ms(1)).await;
        assert_eq!(no.await, Err("no"));
    });
    assert_eq!(reports.take(), ["\"no\""]);
}

#[test]
fn a_rejection_at_the_end_of_run_is_reported_when_nobody_has_a_handle() {
    let reports = Reports::new();
    let event_loop = EventLoop::new();
    let kept = event_loop.run(async {
        drop(Local::<()>::reject("lost"));
        Local::<()>::reject("kept")
    });
    assert_eq!(reports.take(), ["\"lost\""]);
    assert_eq!(event_loop.run(kept), Err("kept"));
    drop(event_loop);
    assert!(reports.take().is_empty());
}

#[test]
fn the_end_of_the_loop_decides() {
    let reports = Reports::new();
    let event_loop = EventLoop::new();
    let _kept = event_loop.run(async { Local::<()>::reject("kept") });
    assert!(reports.take().is_empty());
    drop(event_loop);
    assert_eq!(reports.take(), ["\"kept\""]);
}

#[test]
fn a_shared_promise_is_decided_when_the_last_handle_goes() {
    let reports = Reports::new();
    let lost = Shared::<()>::reject("lost");
    let other = lost.clone();
    drop(lost);
    assert!(reports.take().is_empty());
    std::thread::spawn(move || drop(other)).join().unwrap();
    assert_eq!(reports.take(), ["\"lost\""]);

    let handled = Shared::<()>::reject("handled");
    assert_eq!(virtually(async { (&handled).await }), Err("handled"));
    drop(handled);
    virtually(async {
        drop(Shared::<()>::reject("no").catch(|_| Err::<(), _>("worse")));
        delay(ms(1)).await;
    });
    assert_eq!(reports.take(), ["\"worse\""]);
}

#[test]
fn a_spawned_chain_that_nobody_awaits() {
    let reports = Reports::new();
    virtually(async {
        drop(
            promise! { Promise.reject("local") }
                .map_to_unit()
                .spawn_local(),
        );
        drop(promise! { Promise.reject("shared") }.map_to_unit().spawn());
        delay(ms(1)).await;
    });
    let mut seen = reports.take();
    seen.sort();
    assert_eq!(seen, ["\"local\"", "\"shared\""]);
}

/// Gives a chain that fulfils with nothing in particular a type.
trait MapToUnit: Sized {
    fn map_to_unit(self) -> Self;
}

impl<F: Future<Output = Result<(), &'static str>>> MapToUnit for Chain<F> {
    fn map_to_unit(self) -> Self {
        self
    }
}

#[test]
fn abandoned_resolvers_are_reported_if_somebody_waits() {
    let reports = Reports::new();
    virtually(async {
        // Nobody waits.
        drop(Local::<()>::with_resolvers());
        let _kept = Local::<()>::new(|_, _| ());
        delay(ms(1)).await;
        assert!(reports.take().is_empty());

        // Somebody waits when they are dropped.
        let (p, resolve, reject) = Local::<()>::with_resolvers();
        let waits = p.map(|()| 1);
        drop(resolve);
        delay(ms(1)).await;
        assert!(reports.take().is_empty());
        drop(reject);
        delay(ms(1)).await;
        assert_eq!(reports.take(), ["abandoned"]);

        // Once, and somebody who waits later does not change that.
        let _more = p.map(|()| 2);
        delay(ms(1)).await;
        assert!(reports.take().is_empty());
        assert_eq!(waits.state(), PromiseState::Pending);

        // Somebody waits after they were dropped.
        let late = Local::<()>::new(|_, _| ());
        let _waits = late.map(|()| 3);
        delay(ms(1)).await;
        assert_eq!(reports.take(), ["abandoned"]);

        // Adopting is a call.
        let (p, resolve, reject) = Local::<()>::with_resolvers();
        let (inner, resolve_inner, _reject) = Local::<()>::with_resolvers();
        resolve.adopt(inner);
        drop((resolve, reject));
        let waits = p.map(|()| 4);
        delay(ms(1)).await;
        assert!(reports.take().is_empty());
        resolve_inner(());
        assert_eq!(waits.await, Ok(4));
    });
    assert!(reports.take().is_empty());
}

#[test]
fn abandoned_resolvers_of_a_chain_are_reported_if_somebody_waits() {
    let reports = Reports::new();
    // Where nothing is an event loop.
    let chain = || promise! { <u32, &str> new Promise((resolve, _) => drop(resolve)) };
    drop(chain());
    assert!(reports.take().is_empty());
    let mut waits = Box::pin(chain());
    assert!(promise_tests::poll_once(waits.as_mut()).is_pending());
    assert_eq!(reports.take(), ["abandoned"]);
    assert!(promise_tests::poll_once(waits.as_mut()).is_pending());
    assert!(reports.take().is_empty());

    // One that is called in time, and one for which nobody waits any more.
    let (p, resolve, reject) = with_resolvers::<u32, &str>();
    drop(reject);
    let mut p = Box::pin(p);
    assert!(promise_tests::poll_once(p.as_mut()).is_pending());
    resolve(1);
    assert_eq!(
        promise_tests::poll_once(p.as_mut()),
        std::task::Poll::Ready(Ok(1))
    );
    let (p, resolve, reject) = with_resolvers::<u32, &str>();
    drop((resolve, reject));
    drop(p);
    assert!(reports.take().is_empty());

    virtually(async {
        // Somebody waits when they are dropped.
        let (p, resolve, reject) = with_resolvers::<u32, &str>();
        let waits = promise! { move p.then(n => n + 1) }.spawn_local();
        drop(resolve);
        delay(ms(1)).await;
        assert!(reports.take().is_empty());
        drop(reject);
        delay(ms(1)).await;
        assert_eq!(reports.take(), ["abandoned"]);
        assert_eq!(waits.state(), PromiseState::Pending);

        // A race that another one decides still waited for it.
        let race = promise! { Promise.race([new Promise((_, reject) => drop::<promise_runtime::Reject<u32, &str>>(reject)), Promise.delay(ms(1), 2)]) };
        assert_eq!(race.await, Ok(2));
        assert_eq!(reports.take(), ["abandoned"]);
    });
}

#[test]
fn abandoned_resolvers_of_a_shared_promise_are_reported_at_once() {
    let reports = Reports::new();
    virtually(async {
        let (p, resolve, reject) = Shared::<()>::with_resolvers();
        let _waits = p.map(|()| 1);
        drop(resolve);
        assert!(reports.take().is_empty());
        std::thread::spawn(move || drop(reject)).join().unwrap();
        assert_eq!(reports.take(), ["abandoned"]);
        let late = Shared::<()>::new(|_, _| ());
        assert!(reports.take().is_empty());
        let _waits = late.map(|()| 3);
        assert_eq!(reports.take(), ["abandoned"]);
    });
    assert!(reports.take().is_empty());
}

#[test]
fn the_hook_learns_everything() {
    struct Opaque(u32);
    impl Reason for Opaque {}

    struct Named;
    impl Reason for Named {
        fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("in its own words")
        }
    }

    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let reports = seen.clone();
    on_unhandled_rejection(move |rejection| {
        let number = rejection.downcast_ref::<Opaque>().map(|opaque| opaque.0);
        let line = rejection.location().line();
        reports.lock().unwrap().push((
            line,
            number,
            rejection.to_string(),
            format!("{rejection:?}"),
        ));
    });
    let line = line!() + 1;
    drop(LocalPromise::<(), _>::reject(Opaque(7)));
    drop(LocalPromise::<(), _>::reject(Named));
    run_until_idle();
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    assert_eq!((seen[0].0, seen[0].1), (line, Some(7)));
    assert!(
        seen[0].2.contains("unhandled rejection") && seen[0].2.contains("Opaque"),
        "{}",
        seen[0].2
    );
    assert_eq!(seen[0].2, seen[0].3);
    assert!(
        seen[0].2.contains(&format!("hot_unhandled.rs:{line}")),
        "{}",
        seen[0].2
    );
    assert!(seen[1].2.ends_with("in its own words"), "{}", seen[1].2);
    assert_eq!(seen.len(), 2);
}

#[test]
fn the_hook_may_use_promises_and_set_another_hook() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let seen = Arc::new(Mutex::new(0));
    let count = seen.clone();
    on_unhandled_rejection(move |_| {
        let count = count.clone();
        on_unhandled_rejection(move |_| *count.lock().unwrap() += 1);
        drop(Local::<()>::reject("from the hook"));
    });
    drop(Local::<()>::reject("first"));
    run_until_idle();
    assert_eq!(*seen.lock().unwrap(), 1);
}
