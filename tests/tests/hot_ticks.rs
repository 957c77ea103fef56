//! In which turn what happens: the logs are Node's, `event@turn`.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;

use promise_runtime::event_loop::delay;
use promise_runtime::prelude::*;
use promise_tests::{ms, virtually};

type P<T = ()> = LocalPromise<T, &'static str>;

/// What happened in which turn after the synchronous part.
#[derive(Clone, Default)]
struct Log {
    turn: Rc<Cell<u32>>,
    events: Rc<RefCell<Vec<String>>>,
}

impl Log {
    fn write(&self, event: impl Into<String>) {
        self.events
            .borrow_mut()
            .push(format!("{}@{}", event.into(), self.turn.get()));
    }

    /// A handler that writes this down.
    fn on<T>(&self, event: &'static str) -> impl FnOnce(T) -> Result<(), &'static str> + use<T> {
        let log = self.clone();
        move |_| {
            log.write(event);
            Ok(())
        }
    }

    /// Counts the turns; what it queues comes before everything else in each.
    fn count_turns(&self) {
        let mut last = P::resolve(());
        for _ in 0..12 {
            let turn = self.turn.clone();
            last = last.map(move |()| turn.set(turn.get() + 1));
        }
    }
}

/// Runs a program's synchronous part and then everything it has queued.
fn log_of(program: impl FnOnce(&Log)) -> String {
    let log = Log::default();
    virtually(async {
        log.count_turns();
        program(&log);
        delay(ms(1)).await;
    });
    let events = log.events.borrow();
    events.join(" ")
}

/// Calls an `async` function.
fn call<T: 'static>(future: impl Future<Output = Result<T, &'static str>> + 'static) -> P<T> {
    promise! { move (future) }.spawn_local()
}

fn done() -> P {
    P::resolve(())
}

#[test]
fn t1_what_a_handler_returns() {
    let log = log_of(|log| {
        done().map(|()| 1).then(log.on("val"));
        done().then(|()| P::resolve(1)).then(log.on("prom"));
        call(async { P::resolve(1).await }).then(log.on("asyncawait"));
    });
    assert_eq!(log, "val@2 asyncawait@2 prom@4");
}

#[test]
fn t2_what_resolve_is_called_with() {
    let log = log_of(|log| {
        P::new(|resolve, _| resolve.adopt(done())).then(log.on("native"));
        P::new(|resolve, _| resolve(1)).then(log.on("value"));
    });
    assert_eq!(log, "value@1 native@3");
}

#[test]
fn t3_what_an_async_function_returns() {
    let log = log_of(|log| {
        call(async { Ok(1) }).then(log.on("ret-val"));
        call(async { done().await }).then(log.on("ret-await"));
        let throw = log.clone();
        call::<()>(async { Err("thrown") }).catch(move |_| {
            throw.write("throw");
            Ok::<_, ()>(())
        });
    });
    assert_eq!(log, "ret-val@1 throw@1 ret-await@2");
}

#[test]
fn t4_what_is_awaited() {
    let log = log_of(|log| {
        let native = log.clone();
        call(async move {
            done().await?;
            native.write("native");
            Ok(())
        });
        let function = log.clone();
        call(async move {
            call(async { Ok(()) }).await?;
            function.write("asyncfn");
            Ok(())
        });
    });
    assert_eq!(log, "native@1 asyncfn@1");
}

#[test]
fn t5_finally() {
    let log = log_of(|log| {
        done().finally(|| ()).then(log.on("undef"));
        done().finally(done).then(log.on("prom"));
        P::<()>::reject("no").finally(|| ()).catch(log.on("rej"));
        done().map(|()| ()).then(log.on("then"));
        done()
            .finally(|| Err::<(), _>("thrown"))
            .catch(log.on("throw"));
    });
    assert_eq!(log, "then@2 throw@2 undef@4 prom@4 rej@4");
}

#[test]
fn t6_links_without_a_handler_for_the_outcome() {
    let log = log_of(|log| {
        done()
            .catch(|_| Ok::<_, &str>(()))
            .then(log.on("skip-catch"));
        P::<()>::reject("no")
            .map(|()| ())
            .catch(log.on("skip-then"));
        P::<()>::reject("no").catch(log.on("c"));
        P::<()>::reject("no").then_or_else(|()| Ok(()), log.on("t2"));
    });
    assert_eq!(log, "c@1 t2@1 skip-catch@2 skip-then@2");
}

#[test]
fn t7_statics() {
    let log = log_of(|log| {
        P::<()>::all([]).then(log.on("all[]"));
        P::all([done()]).then(log.on("all[p]"));
        let settled = log.clone();
        P::all_settled([done()]).map(move |_| settled.write("allSettled"));
        P::race([done()]).then(log.on("race"));
        let any = log.clone();
        P::any([done()]).map(move |()| any.write("any"));
        let empty = log.clone();
        P::<()>::any([]).catch(move |error| {
            empty.write(format!("any[]:{}", error.errors.len()));
            Ok::<_, ()>(())
        });
        let rejected = log.clone();
        P::all([P::<()>::reject("no")]).catch(move |_| {
            rejected.write("all-rej");
            Ok::<_, ()>(vec![])
        });
        P::all([done().map(|()| ()), done()]).then(log.on("all-2deep"));
    });
    assert_eq!(
        log,
        "all[]@1 any[]:0@1 all[p]@2 allSettled@2 race@2 any@2 all-rej@2 all-2deep@3"
    );
}

#[test]
fn t8_race_by_turn_then_by_index() {
    let log = log_of(|log| {
        let write = |name: &'static str| {
            let log = log.clone();
            move |v: i32| log.write(format!("{name}={v}"))
        };
        P::race([P::resolve(1).map(|v| v).map(|v| v), P::resolve(2)]).map(write("race"));
        P::race([P::resolve(1), P::resolve(2)]).map(write("race2"));
        P::any([P::reject("no"), P::resolve(9)]).map(write("any"));
    });
    assert_eq!(log, "race=2@2 race2=1@2 any=9@2");
}

#[test]
fn t9_registration_order_and_nested_subscription() {
    let log = log_of(|log| {
        let (p, resolve, _reject) = P::with_resolvers();
        p.then(log.on("1")).then(log.on("1b"));
        let (inner, outer) = (p.clone(), log.clone());
        p.map(move |()| {
            outer.write("2");
            inner.then(outer.on("2-nested"));
        });
        resolve(());
        p.then(log.on("3"));
        log.write("sync");
    });
    assert_eq!(log, "sync@0 1@1 2@1 3@1 1b@2 2-nested@2");
}

#[test]
fn t10_nested_adoption() {
    let log = log_of(|log| {
        let inner = P::new(|resolve, _| resolve.adopt(P::new(|resolve, _| resolve(1))));
        P::new(|resolve, _| resolve.adopt(inner)).then(log.on("deep3"));
        P::new(|resolve, _| resolve.adopt(P::new(|resolve, _| resolve(1)))).then(log.on("deep2"));
    });
    assert_eq!(log, "deep2@3 deep3@4");
}

#[test]
fn t11_a_promise_that_is_locked_in_ignores_its_resolvers() {
    let log = log_of(|log| {
        let (a, resolve_a, _reject_a) = P::with_resolvers();
        let (b, resolve_b, _reject_b) = P::with_resolvers();
        resolve_a.adopt(b.clone());
        resolve_a("ignored");
        done().map(move |()| resolve_b("B"));
        for (name, promise) in [("a", a), ("b", b)] {
            let log = log.clone();
            promise.map(move |v| log.write(format!("{name}={v}")));
        }
    });
    assert_eq!(log, "b=B@2 a=B@3");
}

#[test]
fn t13_throw_or_return_of_a_rejected_promise() {
    let log = log_of(|log| {
        done().then(|()| Err::<(), _>("1")).catch(log.on("throw"));
        done()
            .then(|()| P::<()>::reject("1"))
            .catch(log.on("ret-reject"));
    });
    assert_eq!(log, "throw@2 ret-reject@4");
}

#[test]
fn t16_async_functions_interleave() {
    let log = log_of(|log| {
        for name in ["a", "b"] {
            let log = log.clone();
            call(async move {
                for n in 0..3 {
                    log.write(format!("{name}{n}"));
                    done().await?;
                }
                Ok(())
            });
        }
    });
    assert_eq!(log, "a0@0 b0@0 a1@1 b1@1 a2@2 b2@2");
}

#[test]
fn several_awaits_at_once_wake_a_task_once() {
    let log = log_of(|log| {
        let (one, two, three) = (done(), done(), done());
        let seen = log.clone();
        call(async move {
            let (a, b) = futures::future::join(one.into_future(), two.into_future()).await;
            a.and(b)?;
            seen.write("joined");
            three.await?;
            seen.write("one later");
            Ok(())
        });
    });
    assert_eq!(log, "joined@1 one later@2");
}
