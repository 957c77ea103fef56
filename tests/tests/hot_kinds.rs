//! What `LocalPromise` and `Promise` have in common: each test runs for both, on an event loop whose clock takes no time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use promise_runtime::event_loop::{EventLoop, delay};
use promise_runtime::prelude::*;
use promise_tests::{ms, panic_message, virtually};

type Reason = &'static str;

/// What happened.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn write(&self, event: impl Into<String>) {
        self.0.lock().unwrap().push(event.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// Writes `drop NAME` when it is dropped.
    fn guard(&self, name: &'static str) -> Guard {
        Guard(self.clone(), name)
    }
}

struct Guard(Log, &'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.write(format!("drop {}", self.1));
    }
}

/// Counts its clones.
#[derive(Debug)]
struct Value(i32, Arc<AtomicUsize>);

impl Clone for Value {
    fn clone(&self) -> Self {
        self.1.fetch_add(1, Ordering::Relaxed);
        Self(self.0, self.1.clone())
    }
}

fn value() -> (Value, Arc<AtomicUsize>) {
    let clones = Arc::new(AtomicUsize::new(0));
    (Value(1, clones.clone()), clones)
}

/// Lets everything that is ready run.
async fn settle() {
    delay(ms(1)).await;
}

/// `expect` where neither side is `Debug`.
trait Expect<T, E> {
    fn ok_expect(self, message: &str) -> T;
    fn err_expect(self, message: &str) -> E;
}

impl<T, E> Expect<T, E> for Result<T, E> {
    fn ok_expect(self, message: &str) -> T {
        match self {
            Ok(value) => value,
            Err(_) => panic!("{message}"),
        }
    }

    fn err_expect(self, message: &str) -> E {
        match self {
            Ok(_) => panic!("{message}"),
            Err(error) => error,
        }
    }
}

macro_rules! for_both_kinds {
    ($($(#[$attribute:meta])* fn $name:ident() $body:block)*) => {
        mod local {
            use super::*;
            use promise_runtime::LocalPromise as P;

            macro_rules! spawn { ($chain:expr) => { promise! { move ($chain) }.spawn_local() } }

            $($(#[$attribute])* #[test] fn $name() $body)*
        }

        mod shared {
            use super::*;
            use promise_runtime::Promise as P;

            macro_rules! spawn { ($chain:expr) => { promise! { move ($chain) }.spawn() } }

            $($(#[$attribute])* #[test] fn $name() $body)*
        }
    };
}

for_both_kinds! {
    fn the_first_resolver_called_decides() {
        let (p, resolve, reject) = P::<_, Reason>::with_resolvers();
        let again = resolve.clone();
        assert_eq!(p.state(), PromiseState::Pending);
        assert_eq!(p.peek(), None);
        resolve(1);
        again(2);
        reject("no");
        assert_eq!(p.state(), PromiseState::Fulfilled);
        assert_eq!(p.peek(), Some(Ok(&1)));
        assert_eq!(virtually(p), Ok(1));
    }

    fn a_locked_in_promise_is_pending() {
        let (outer, resolve, reject) = P::<_, Reason>::with_resolvers();
        let (inner, resolve_inner, _reject) = P::with_resolvers();
        virtually(async {
            resolve.adopt(inner);
            reject("ignored");
            settle().await;
            assert_eq!(outer.state(), PromiseState::Pending);
            resolve_inner(5);
            assert_eq!(outer.await, Ok(5));
        });
    }

    fn handlers_never_run_inside_the_call() {
        let log = Log::default();
        virtually(async {
            let (p, resolve, _reject) = P::<_, Reason>::with_resolvers();
            let seen = log.clone();
            let before = p.map(move |v: i32| seen.write(format!("before {v}")));
            resolve(1);
            log.write("resolved");
            let seen = log.clone();
            let after = p.map(move |v| seen.write(format!("after {v}")));
            log.write("registered");
            before.await.unwrap();
            after.await.unwrap();
        });
        assert_eq!(log.take(), ["resolved", "registered", "before 1", "after 1"]);
    }

    fn every_kind_of_product_of_a_handler() {
        virtually(async {
            let one = P::<i32, Reason>::resolve(1);
            assert_eq!(one.map(|v| v + 1).await, Ok(2));
            assert_eq!(one.then(|v| Ok(v + 1)).await, Ok(2));
            assert_eq!(one.then(|_| Err::<(), _>("no")).await, Err("no"));
            assert_eq!(one.then(|v| P::resolve(v + 2)).await, Ok(3));
            assert_eq!(one.then(|_| P::<(), _>::reject("no")).await, Err("no"));
            for (choice, outcome) in [(0, Ok(10)), (1, Err("one")), (2, Ok(20))] {
                let chosen = one.then(move |_| match choice {
                    0 => Resolution::Fulfill(10),
                    1 => Resolution::Reject("one"),
                    _ => Resolution::Adopt(P::resolve(20)),
                });
                assert_eq!(chosen.await, outcome);
            }
            let rejected = P::<i32, Reason>::reject("no");
            assert_eq!(rejected.catch(|e| Err::<i32, _>(e.len())).await, Err(2));
            assert_eq!(rejected.catch(|_| P::<_, ()>::resolve(5)).await, Ok(5));
            assert_eq!(rejected.then_or_else(Ok::<_, ()>, |_| P::resolve(6)).await, Ok(6));
            assert_eq!(one.then_or_else(|v| P::resolve(v + 6), |_| Err(())).await, Ok(7));
            // The second handler does not see what the first one does.
            assert_eq!(one.then_or_else(|_| Err::<i32, _>("late"), |_| Ok(0)).await, Err("late"));
        });
    }

    fn finally_changes_only_what_it_breaks() {
        virtually(async {
            let one = P::<i32, Reason>::resolve(1);
            let no = P::<i32, Reason>::reject("no");
            assert_eq!(one.finally(|| ()).await, Ok(1));
            assert_eq!(no.finally(|| ()).await, Err("no"));
            assert_eq!(one.finally(|| Ok::<_, Reason>("ignored")).await, Ok(1));
            assert_eq!(one.finally(|| Err::<(), _>("broken")).await, Err("broken"));
            assert_eq!(no.finally(|| Err::<(), _>("broken")).await, Err("broken"));
            assert_eq!(no.finally(|| P::resolve("ignored")).await, Err("no"));
            assert_eq!(one.finally(|| P::<(), _>::reject("broken")).await, Err("broken"));
            assert_eq!(one.finally(|| Resolution::<_, _, P<(), _>>::Reject("broken")).await, Err("broken"));
            let (gate, open, _reject) = P::<(), Reason>::with_resolvers();
            let waits = one.finally(move || gate);
            settle().await;
            assert_eq!(waits.state(), PromiseState::Pending);
            open(());
            assert_eq!(waits.await, Ok(1));
        });
    }

    fn statics_of_none() {
        assert_eq!(P::<i32, Reason>::all([]).peek(), Some(Ok(&vec![])));
        assert_eq!(P::<i32, Reason>::all_settled([]).peek(), Some(Ok(&vec![])));
        let none = P::<i32, Reason>::any([]);
        assert_eq!(none.peek(), Some(Err(&AggregateError { errors: vec![] })));
        assert_eq!(virtually(none), Err(AggregateError { errors: vec![] }));
        assert_eq!(P::<i32, Reason>::race([]).state(), PromiseState::Pending);
    }

    fn statics_keep_the_input_order() {
        virtually(async {
            let (slow, resolve, _reject) = P::<i32, Reason>::with_resolvers();
            let all = P::all([slow.clone(), P::resolve(2)]);
            let settled = P::all_settled([slow.clone(), P::reject("two"), P::resolve(3)]);
            let any = P::any([slow.clone(), P::reject("two")]);
            let race = P::race([slow.clone(), slow.clone()]);
            settle().await;
            assert_eq!(all.state(), PromiseState::Pending);
            resolve(1);
            assert_eq!(all.await, Ok(vec![1, 2]));
            assert_eq!(settled.await, Ok(vec![Ok(1), Err("two"), Ok(3)]));
            assert_eq!(any.await, Ok(1));
            assert_eq!(race.await, Ok(1));
            let both = P::<i32, _>::any([P::reject("one"), P::reject("two")]);
            assert_eq!(both.await.unwrap_err().errors, ["one", "two"]);
            assert_eq!(P::all([slow, P::reject("two"), P::reject("three")]).await, Err("two"));
        });
    }

    fn the_only_consumer_gets_the_value_itself() {
        let (v, clones) = value();
        virtually(async {
            let (first, resolve, _reject) = P::<Value, Reason>::with_resolvers();
            let last = first.map(|v| v).then(Ok).finally(|| ());
            drop(first);
            resolve(v);
            assert_eq!(last.await.unwrap().0, 1);
        });
        assert_eq!(clones.load(Ordering::Relaxed), 0);
    }

    fn each_of_several_consumers_gets_a_clone_but_the_last() {
        let (v, clones) = value();
        virtually(async {
            let p = P::<Value, Reason>::resolve(v);
            let handlers = [p.map(|v| v.0), p.map(|v| v.0), p.map(|v| v.0)];
            drop(p);
            for handler in handlers {
                assert_eq!(handler.await, Ok(1));
            }
        });
        assert_eq!(clones.load(Ordering::Relaxed), 2);
    }

    fn a_unique_handle_needs_no_clone() {
        #[derive(Debug, PartialEq)]
        struct NotClone(i32);
        virtually(async {
            let (p, resolve, _reject) = P::<NotClone, Reason>::with_resolvers();
            let other = p.clone();
            let p = p.into_unique().err_expect("there is another handle");
            drop(other);
            let unique = p.into_unique().ok_expect("the only handle");
            resolve(NotClone(3));
            assert_eq!(unique.await, Ok(NotClone(3)));

            let settled = P::<_, Reason>::resolve(NotClone(4));
            let unique = settled.into_unique().ok_expect("the only handle");
            assert_eq!(unique.await, Ok(NotClone(4)));

            let (p, resolve, _reject) = P::<i32, Reason>::with_resolvers();
            let derived = p.map(|v| v);
            let p = p.into_unique().err_expect("a handler waits for it");
            resolve(5);
            assert_eq!(derived.await, Ok(5));
            assert_eq!(p.into_unique().ok_expect("the handler has run").await, Ok(5));
        });
    }

    fn a_handler_is_called_once_and_dropped() {
        let log = Log::default();
        virtually(async {
            let guard = log.guard("handler");
            let seen = log.clone();
            let p = P::<i32, Reason>::resolve(1).map(move |v| {
                let _guard = &guard;
                seen.write(format!("called with {v}"));
            });
            p.await.unwrap();
        });
        assert_eq!(log.take(), ["called with 1", "drop handler"]);
    }

    fn a_handler_that_is_passed_by_is_dropped_uncalled() {
        let log = Log::default();
        virtually(async {
            let guard = log.guard("handler");
            let p = P::<i32, Reason>::reject("no").map(move |_| drop(guard));
            assert_eq!(p.await, Err("no"));
            assert_eq!(log.take(), ["drop handler"]);
        });
    }

    fn dropping_a_pending_promise_drops_its_handlers() {
        let log = Log::default();
        virtually(async {
            let (p, resolve, reject) = P::<i32, Reason>::with_resolvers();
            let guard = log.guard("handler");
            let derived = p.map(move |_| drop(guard));
            drop(derived);
            drop(p);
            drop(reject);
            settle().await;
            assert!(log.take().is_empty());
            drop(resolve);
            settle().await;
            assert_eq!(log.take(), ["drop handler"]);
        });
    }

    fn work_goes_on_when_the_handles_are_dropped() {
        let log = Log::default();
        virtually(async {
            let seen = log.clone();
            drop(spawn!(async move {
                settle().await;
                seen.write("spawned");
                Ok::<_, Reason>(())
            }));
            let seen = log.clone();
            let (p, resolve, _reject) = P::<i32, Reason>::with_resolvers();
            drop(p.map(|v| v).map(move |v| seen.write(format!("derived {v}"))));
            drop(p);
            resolve(1);
            delay(ms(5)).await;
        });
        assert_eq!(log.take(), ["derived 1", "spawned"]);
    }

    fn a_spawned_chain_is_polled_at_once() {
        let log = Log::default();
        virtually(async {
            let seen = log.clone();
            let p = spawn!(async move {
                seen.write("first poll");
                settle().await;
                Ok::<_, Reason>(7)
            });
            log.write("spawned");
            assert_eq!(p.state(), PromiseState::Pending);
            assert_eq!(p.await, Ok(7));
            let ready = spawn!(async { Ok::<_, Reason>(8) });
            assert_eq!(ready.peek(), Some(Ok(&8)));
        });
        assert_eq!(log.take(), ["first poll", "spawned"]);
    }

    fn cancelling_a_spawned_chain_drops_the_step_in_flight_and_runs_its_finallys() {
        let log = Log::default();
        virtually(async {
            let guard = log.guard("step");
            let (inner, outer) = (log.clone(), log.clone());
            let step = async move {
                let _guard = guard;
                std::future::pending::<Result<i32, Reason>>().await
            };
            let p = spawn!(promise! { move
                step.finally(|| inner.write("inner")).then(|v| v + 1).finally(|| outer.write("outer"))
            });
            p.cancel();
            assert_eq!(log.take(), ["drop step", "inner", "outer"]);
            assert_eq!(p.state(), PromiseState::Cancelled);
            p.cancel();
            settle().await;
            assert!(log.take().is_empty());
        });
    }

    fn cancelling_goes_downstream_and_not_upstream() {
        let log = Log::default();
        virtually(async {
            let (source, resolve, _reject) = P::<i32, Reason>::with_resolvers();
            let guard = log.guard("handler");
            let middle = source.map(move |v| {
                drop(guard);
                v
            });
            let seen = log.clone();
            let cleaned = middle.finally(move || seen.write("finally"));
            let seen = log.clone();
            let last = cleaned.map(move |_| seen.write("never"));
            let joined = P::all([middle.clone()]);
            middle.cancel();
            for state in [middle.state(), cleaned.state(), last.state(), joined.state()] {
                assert_eq!(state, PromiseState::Cancelled);
            }
            // The handler goes at once; the clean-up has a turn of its own.
            assert_eq!(log.take(), ["drop handler"]);
            settle().await;
            assert_eq!(log.take(), ["finally"]);
            assert_eq!(source.state(), PromiseState::Pending);
            resolve(1);
            assert_eq!(source.await, Ok(1));
            settle().await;
            assert!(log.take().is_empty());
        });
    }

    fn what_is_derived_from_a_cancelled_promise_is_cancelled() {
        let log = Log::default();
        virtually(async {
            let (p, _resolve, _reject) = P::<i32, Reason>::with_resolvers();
            p.cancel();
            let seen = log.clone();
            assert_eq!(p.map(move |_| seen.write("never")).state(), PromiseState::Cancelled);
            let seen = log.clone();
            assert_eq!(p.finally(move || seen.write("finally")).state(), PromiseState::Cancelled);
            settle().await;
        });
        assert_eq!(log.take(), ["finally"]);
    }

    fn cancelling_while_adopting_leaves_the_adopted_promise_alone() {
        virtually(async {
            let (inner, resolve, _reject) = P::<i32, Reason>::with_resolvers();
            let adopted = inner.clone();
            let outer = P::<(), Reason>::resolve(()).then(move |()| adopted);
            settle().await;
            outer.cancel();
            assert_eq!(inner.state(), PromiseState::Pending);
            resolve(1);
            settle().await;
            assert_eq!(outer.state(), PromiseState::Cancelled);
            assert_eq!(inner.await, Ok(1));
        });
    }

    fn cancelling_what_is_adopted_cancels_the_one_that_adopts() {
        virtually(async {
            let (inner, _resolve, _reject) = P::<i32, Reason>::with_resolvers();
            let adopted = inner.clone();
            let outer = P::<(), Reason>::resolve(()).then(move |()| adopted);
            settle().await;
            inner.cancel();
            assert_eq!(outer.state(), PromiseState::Cancelled);
        });
    }

    #[allow(clippy::arc_with_non_send_sync, reason = "the other kind is both")]
    fn a_chain_may_cancel_itself() {
        let log = Log::default();
        virtually(async {
            let own = Arc::new(Mutex::new(None::<P<(), Reason>>));
            let (guard, handle) = (log.guard("chain"), own.clone());
            let p = spawn!(async move {
                let _guard = guard;
                settle().await;
                handle.lock().unwrap().take().expect("the handle").cancel();
                settle().await;
                Err::<(), Reason>("went on")
            });
            *own.lock().unwrap() = Some(p.clone());
            delay(ms(5)).await;
            assert_eq!(p.state(), PromiseState::Cancelled);
        });
        assert_eq!(log.take(), ["drop chain"]);
    }

    fn awaiting_a_cancelled_promise_panics() {
        let (p, _resolve, _reject) = P::<i32, Reason>::with_resolvers();
        p.cancel();
        let message = panic_message(|| assert_eq!(virtually(p), Ok(1)));
        assert!(message.contains("cancelled") && message.contains("hot_kinds.rs"), "{message}");
    }

    fn whoever_awaits_when_it_is_cancelled_panics() {
        let message = panic_message(|| {
            virtually(async {
                let (p, _resolve, _reject) = P::<i32, Reason>::with_resolvers();
                let cancelled = p.clone();
                drop(spawn!(async move {
                    settle().await;
                    cancelled.cancel();
                    Ok::<_, Reason>(())
                }));
                assert_eq!(p.await, Ok(1));
            });
        });
        assert!(message.contains("cancelled"), "{message}");
    }

    fn a_panic_is_for_the_first_one_who_awaits() {
        virtually(async {
            let p = P::<i32, Reason>::resolve(1).map(|_| -> i32 { panic!("the handler's") });
            let derived = p.map(|_| ());
            settle().await;
            assert_eq!(p.state(), PromiseState::Cancelled);
            assert_eq!(derived.state(), PromiseState::Cancelled);
            assert_eq!(p.peek(), None);
            let first = spawn!(async move { derived.await });
            settle().await;
            // The panic has moved to the one who awaited it.
            let second = spawn!(async move { p.await });
            settle().await;
            let log = Log::default();
            for task in [first.map(|_| ()), second.map(|_| ())] {
                let log = log.clone();
                let caught = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(task.into_future())).await;
                let panic = caught.unwrap_err();
                log.write(match panic.downcast::<String>() {
                    Ok(message) => *message,
                    Err(panic) => panic.downcast::<&str>().unwrap().to_string(),
                });
            }
            let messages = log.take();
            assert_eq!(messages.len(), 2);
            assert_eq!(messages[0], "the handler's");
            assert!(messages[1].contains("has panicked"), "{}", messages[1]);
        });
    }

    fn a_panic_of_a_spawned_chain_leaves_the_other_tasks_alone() {
        virtually(async {
            let bad = spawn!(async {
                settle().await;
                panic!("the chain's");
                #[allow(unreachable_code)]
                Ok::<i32, Reason>(1)
            });
            let good = spawn!(async {
                delay(ms(3)).await;
                Ok::<_, Reason>(2)
            });
            assert_eq!(good.await, Ok(2));
            assert_eq!(bad.state(), PromiseState::Cancelled);
        });
    }

    fn a_panic_of_finally_replaces_the_outcome() {
        let message = panic_message(|| {
            virtually(async { P::<i32, Reason>::resolve(1).finally(|| -> () { panic!("clean-up") }).await }).unwrap();
        });
        assert_eq!(message, "clean-up");
    }

    fn a_promise_that_adopts_itself_panics() {
        let message = panic_message(|| {
            virtually(async {
                let (p, resolve, _reject) = P::<i32, Reason>::with_resolvers();
                resolve.adopt(p.clone());
                p.await
            })
            .unwrap();
        });
        assert!(message.contains("adopts itself"), "{message}");
    }

    fn promises_that_adopt_each_other_stay_pending() {
        virtually(async {
            let (a, resolve_a, _reject) = P::<i32, Reason>::with_resolvers();
            let (b, resolve_b, _reject) = P::<i32, Reason>::with_resolvers();
            resolve_a.adopt(b.clone());
            resolve_b.adopt(a.clone());
            settle().await;
            assert_eq!(a.state(), PromiseState::Pending);
            assert_eq!(b.state(), PromiseState::Pending);
            // Otherwise they would hold each other.
            a.cancel();
            assert_eq!(b.state(), PromiseState::Cancelled);
        });
    }

    fn the_end_of_the_loop_cancels_what_is_left() {
        let log = Log::default();
        let event_loop = EventLoop::with_clock(promise_runtime::event_loop::Clock::Virtual);
        let (task, derived, queued) = event_loop.run(async {
            let guard = log.guard("task");
            let task = spawn!(async move {
                let _guard = guard;
                std::future::pending::<Result<i32, Reason>>().await
            });
            let seen = log.clone();
            let derived = task.finally(move || seen.write("finally"));
            let guard = log.guard("handler");
            let queued = P::<i32, Reason>::resolve(1).map(move |_| drop(guard));
            (task, derived, queued)
        });
        assert!(log.take().is_empty());
        drop(event_loop);
        assert_eq!(task.state(), PromiseState::Cancelled);
        assert_eq!(derived.state(), PromiseState::Cancelled);
        assert_eq!(queued.state(), PromiseState::Cancelled);
        let mut events = log.take();
        events.sort();
        assert_eq!(events, ["drop handler", "drop task", "finally"]);
    }

    fn a_dropped_await_leaves_nothing_behind() {
        virtually(async {
            let (p, resolve, _reject) = P::<i32, Reason>::with_resolvers();
            for _ in 0..100 {
                let mut first = Box::pin(p.clone().into_future());
                let mut second = Box::pin(p.clone().into_future());
                assert!(futures::poll!(&mut first).is_pending());
                assert!(futures::poll!(&mut second).is_pending());
                drop(first);
                drop(second);
            }
            resolve(1);
            assert_eq!(p.await, Ok(1));
        });
    }

    fn hot_promises_in_a_chain() {
        virtually(async {
            let one = P::<i32, Reason>::resolve(1);
            let two = P::<i32, Reason>::resolve(2);
            assert_eq!(promise! { one.clone().then(v => v + 1) }.await, Ok(2));
            assert_eq!(promise! { Promise.all([one.clone(), two.clone()]) }.await, Ok([1, 2]));
            assert_eq!(promise! { Promise.resolve(3).then(v => P::<_, Reason>::resolve(v + 1)) }.await, Ok(4));
            assert_eq!(promise! { Promise.race([one, two]) }.await, Ok(1));
        });
    }

    fn debug_shows_the_state() {
        let (p, resolve, _reject) = P::<i32, Reason>::with_resolvers();
        assert!(format!("{p:?}").ends_with("Promise(Pending)"), "{p:?}");
        resolve(1);
        assert!(format!("{p:?}").ends_with("Promise(Fulfilled(1))"), "{p:?}");
        let rejected = P::<i32, Reason>::reject("no");
        assert!(format!("{rejected:?}").ends_with("Promise(Rejected(\"no\"))"), "{rejected:?}");
        assert!(virtually(rejected).is_err());
    }

    fn a_million_pending_links_drop_without_recursion() {
        let (first, resolve, reject) = P::<i32, Reason>::with_resolvers();
        virtually(async {
            let mut last = first.clone();
            for _ in 0..1_000_000 {
                last = last.map(|v| v);
            }
            drop(last);
        });
        drop((first, resolve, reject));
    }

    fn a_million_links_settle_without_recursion() {
        virtually(async {
            let (first, resolve, _reject) = P::<i32, Reason>::with_resolvers();
            let mut last = first;
            for _ in 0..1_000_000 {
                last = last.map(|v| v + 1);
            }
            resolve(0);
            assert_eq!(last.await, Ok(1_000_000));
        });
    }

    fn a_million_links_are_cancelled_without_recursion() {
        virtually(async {
            let (first, _resolve, _reject) = P::<i32, Reason>::with_resolvers();
            let mut last = first.clone();
            for _ in 0..1_000_000 {
                last = last.map(|v| v + 1);
            }
            first.cancel();
            assert_eq!(last.state(), PromiseState::Cancelled);
        });
    }

    fn long_adoptions_settle_without_recursion() {
        virtually(async {
            let (first, resolve, _reject) = P::<i32, Reason>::with_resolvers();
            let mut last = first;
            for _ in 0..200_000 {
                let (outer, resolve, _reject) = P::<i32, Reason>::with_resolvers();
                resolve.adopt(last);
                last = outer;
            }
            settle().await;
            resolve(1);
            assert_eq!(last.await, Ok(1));
        });
    }
}
