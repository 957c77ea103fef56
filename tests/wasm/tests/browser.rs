//! What JavaScript does for us: microtasks, timers, its own promises, and reports of unhandled rejections.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

use js_sys::{Array, Function, JsString, Promise as JsPromise, Reflect};
use promise_runtime::event_loop::{
    self, Clock, clear_interval, clear_timeout, set_interval, set_timeout,
};
use promise_runtime::prelude::*;
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = queueMicrotask)]
    fn js_microtask(callback: &Function);
    #[wasm_bindgen(js_name = setTimeout)]
    fn js_timeout(callback: &Function, milliseconds: u32) -> JsValue;
}

const MILLISECOND: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What happened, in order.
#[derive(Clone, Default)]
struct Log(Rc<RefCell<Vec<&'static str>>>);

impl Log {
    fn add(&self, event: &'static str) {
        self.0.borrow_mut().push(event);
    }

    fn adds(&self, event: &'static str) -> impl FnOnce() + 'static {
        let log = self.clone();
        move || log.add(event)
    }

    /// The same as a function of JavaScript.
    fn js(&self, event: &'static str) -> Function {
        Closure::once_into_js(self.adds(event)).unchecked_into()
    }

    fn take(&self) -> Vec<&'static str> {
        self.0.take()
    }
}

/// Replaces a function of JavaScript, `path` being `setTimeout` or `console.error`, by one that notes its arguments and goes on as
/// `body` says, in which the former one is `former`. Until this is dropped.
struct Spy {
    holder: JsValue,
    name: &'static str,
    former: JsValue,
    calls: Array,
}

impl Spy {
    fn on(path: &'static str, body: &str) -> Self {
        let (holder, name) = match path.split_once('.') {
            Some((holder, name)) => (
                Reflect::get(&js_sys::global(), &holder.into()).unwrap(),
                name,
            ),
            None => (js_sys::global().into(), path),
        };
        let former = Reflect::get(&holder, &name.into()).unwrap();
        let calls = Array::new();
        let make = Function::new_with_args(
            "calls, former",
            &format!("return (...given) => {{ calls.push(given); {body} }}"),
        );
        let spy = make.call2(&JsValue::NULL, &calls, &former).unwrap();
        Reflect::set(&holder, &name.into(), &spy).unwrap();
        Self {
            holder,
            name,
            former,
            calls,
        }
    }

    fn count(&self) -> u32 {
        self.calls.length()
    }

    fn argument(&self, call: u32, index: u32) -> JsValue {
        Array::from(&self.calls.get(call)).get(index)
    }
}

impl Drop for Spy {
    fn drop(&mut self) {
        Reflect::set(&self.holder, &self.name.into(), &self.former).unwrap();
    }
}

const GO_ON: &str = "return former(...given);";

/// Until JavaScript's microtasks are over, and the task in which unhandled rejections are decided.
async fn a_task_later() {
    for _ in 0..2 {
        let later = JsPromise::new(&mut |resolve, _| drop(js_timeout(&resolve, 1)));
        JsFuture::from(later).await.unwrap();
    }
}

/// Until the microtasks that are queued by now are over.
async fn js_resolved() {
    let resolved = JsPromise::resolve(&JsValue::UNDEFINED);
    JsFuture::from(resolved).await.unwrap();
}

async fn pending_once(sleep: &mut std::pin::Pin<&mut promise_runtime::Sleep>) {
    poll_fn(|cx| {
        assert!(sleep.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_chain_is_awaited_in_an_async_function_of_javascript() {
    let chain = promise! {
        Promise.all([delay(MILLISECOND).delay(MILLISECOND), Promise.resolve(())])
            .then(_ => { if false { throw "no" } 20 })
            .then(async v => v + 1)
            .then(v => v * 2)
    };
    assert_eq!(chain.await, Ok(42));
}

#[wasm_bindgen_test]
async fn a_spawned_chain_starts_at_once_and_goes_on_in_microtasks() {
    let log = Log::default();
    let (first, second) = (log.clone(), log.clone());
    js_timeout(&log.js("task"), 0);
    js_microtask(&log.js("microtask before"));
    let promise = promise! { move
        Promise.try(|| first.add("at once"))
            .then(async _ => LocalPromise::<_, Infallible>::resolve(()).await)
            .then(_ => second.add("later"))
    }
    .spawn_local();
    log.add("returned");
    assert_eq!(promise.state(), PromiseState::Pending);
    js_microtask(&log.js("microtask after"));
    a_task_later().await;
    assert_eq!(
        log.take(),
        [
            "at once",
            "returned",
            "microtask before",
            "later",
            "microtask after",
            "task"
        ]
    );
    assert_eq!(promise.state(), PromiseState::Fulfilled);
}

#[wasm_bindgen_test]
async fn a_batch_is_one_microtask_of_javascript() {
    let log = Log::default();
    let microtasks = Spy::on("queueMicrotask", GO_ON);
    let promise = LocalPromise::<_, ()>::resolve(());
    let last = (0..100).fold(promise, |promise, _| promise.map(|()| ()));
    let note = log.adds("the hundredth");
    last.map(|()| note());
    js_microtask(&log.js("a microtask of JavaScript"));
    js_resolved().await;
    assert_eq!(log.take(), ["the hundredth", "a microtask of JavaScript"]);
    // Ours, that of JavaScript, those of the bindings, and at most one that finds nothing to do.
    assert!(microtasks.count() <= 5, "{}", microtasks.count());
}

#[wasm_bindgen_test]
async fn a_detached_chain_runs() {
    let log = Log::default();
    let note = log.adds("done");
    promise! { move Promise.resolve(()).delay(MILLISECOND).then(_ => note()) }.detach_local();
    assert_eq!(log.take(), [""; 0]);
    a_task_later().await;
    assert_eq!(log.take(), ["done"]);
}

#[wasm_bindgen_test]
async fn a_promise_of_many_threads_runs_here_too() {
    let promise = promise! { Promise.resolve(20).delay(MILLISECOND).then(v => v + 1) }.spawn();
    assert_eq!(promise.map(|v| v * 2).await, Ok(42));
}

#[wasm_bindgen_test]
async fn timers_keep_their_order_among_those_of_javascript() {
    let log = Log::default();
    js_timeout(&log.js("JavaScript's, 3 ms"), 3);
    let note = log.adds("delay, 3 ms");
    let _started = promise! { move Promise.delay(MILLISECOND * 3).then(_ => note()) }.spawn_local();
    set_timeout(log.adds("set_timeout, 3 ms"), MILLISECOND * 3);
    js_timeout(&log.js("JavaScript's, also 3 ms"), 3);
    delay(MILLISECOND * 4).await;
    delay(MILLISECOND).await;
    assert_eq!(
        log.take(),
        [
            "JavaScript's, 3 ms",
            "delay, 3 ms",
            "set_timeout, 3 ms",
            "JavaScript's, also 3 ms"
        ]
    );
}

#[wasm_bindgen_test]
async fn microtasks_run_between_timers() {
    let log = Log::default();
    let (outer, inner) = (log.clone(), log.adds("its microtask"));
    set_timeout(
        move || {
            outer.add("first timer");
            event_loop::queue_microtask(inner);
        },
        MILLISECOND,
    );
    set_timeout(log.adds("second timer"), MILLISECOND);
    a_task_later().await;
    assert_eq!(log.take(), ["first timer", "its microtask", "second timer"]);
}

#[wasm_bindgen_test]
async fn a_dropped_sleep_clears_its_timer() {
    let (set, cleared) = (Spy::on("setTimeout", GO_ON), Spy::on("clearTimeout", GO_ON));
    {
        let mut sleep = pin!(delay(HOUR));
        pending_once(&mut sleep).await;
        assert_eq!((set.count(), cleared.count()), (1, 0));
        assert_eq!(set.argument(0, 1), HOUR.as_millis() as u32);
    }
    assert_eq!((set.count(), cleared.count()), (1, 1));
}

#[wasm_bindgen_test]
async fn a_timer_that_has_fired_is_not_cleared() {
    let cleared = Spy::on("clearTimeout", GO_ON);
    delay(MILLISECOND).await;
    assert_eq!(cleared.count(), 0);
}

#[wasm_bindgen_test]
async fn part_of_a_millisecond_counts_as_a_whole_one() {
    let set = Spy::on("setTimeout", GO_ON);
    delay(Duration::from_micros(1_001)).await;
    assert_eq!(set.argument(0, 1), 2);
}

#[wasm_bindgen_test]
async fn a_wait_that_is_too_long_for_javascript_goes_in_legs() {
    const LONGEST: u32 = i32::MAX as u32;
    // This one calls back only when it is told to.
    let set = Spy::on("setTimeout", "return calls.length;");
    let mut sleep = pin!(delay(Duration::from_millis(u64::from(LONGEST) * 2 + 5)));
    pending_once(&mut sleep).await;
    assert_eq!(set.argument(0, 1), LONGEST);
    let fire = |call| {
        let callback: Function = set.argument(call, 0).unchecked_into();
        callback
            .call2(
                &JsValue::NULL,
                &set.argument(call, 2),
                &set.argument(call, 3),
            )
            .unwrap();
    };
    fire(0);
    pending_once(&mut sleep).await;
    assert_eq!(set.argument(1, 1), LONGEST);
    fire(1);
    pending_once(&mut sleep).await;
    assert_eq!(set.argument(2, 1), 5);
    fire(2);
    sleep.await;
    assert_eq!(set.count(), 3);
}

#[wasm_bindgen_test]
async fn a_timeout_rejects_and_drops_what_it_cuts_off() {
    let log = Log::default();
    let note = log.adds("finally");
    let cut: Result<(), TimeoutError> = promise! { move
        Promise.never().finally(note).timeout(MILLISECOND)
    }
    .await;
    assert_eq!(cut, Err(TimeoutError));
    assert_eq!(log.take(), ["finally"]);
}

#[wasm_bindgen_test]
async fn a_timeout_that_is_not_needed_is_cleared() {
    let (set, cleared) = (Spy::on("setTimeout", GO_ON), Spy::on("clearTimeout", GO_ON));
    let value: Result<i32, TimeoutError> =
        promise! { Promise.resolve(1).delay(MILLISECOND).timeout(HOUR) }.await;
    assert_eq!(value, Ok(1));
    assert_eq!((set.count(), cleared.count()), (2, 1));
}

#[wasm_bindgen_test]
async fn intervals_repeat_until_they_are_cleared() {
    let (calls, timer) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(None)));
    let (done, resolve, _reject) = LocalPromise::<_, Infallible>::with_resolvers();
    let (count, own) = (calls.clone(), timer.clone());
    timer.set(Some(set_interval(
        move || {
            count.set(count.get() + 1);
            if count.get() == 3 {
                clear_interval(own.take().expect("set below"));
                resolve(());
            }
        },
        MILLISECOND,
    )));
    let Ok(()) = done.await;
    a_task_later().await;
    assert_eq!(calls.get(), 3);
}

#[wasm_bindgen_test]
async fn a_cleared_timeout_is_never_called() {
    let log = Log::default();
    clear_timeout(set_timeout(log.adds("cleared"), MILLISECOND));
    a_task_later().await;
    assert_eq!(log.take(), [""; 0]);
}

#[wasm_bindgen_test]
async fn patterns_go_by_the_clock_of_javascript() {
    let cache = Cache::<&str, i32, Infallible>::new(HOUR);
    assert_eq!(
        cache.get("a", || async { Ok::<_, Infallible>(1) }).await,
        Ok(1)
    );
    assert!(cache.has("a"));
    let attempts = Cell::new(0);
    let policy = RetryPolicy::constant(MILLISECOND).attempts(3);
    let third: Result<i32, &str> = promise! {
        Promise.try(|| { attempts.set(attempts.get() + 1); if attempts.get() < 3 { Err("no") } else { Ok(3) } }).retry(policy)
    }
    .await;
    assert_eq!(third, Ok(3));
}

#[wasm_bindgen_test]
async fn a_promise_of_javascript_becomes_one_of_ours() {
    let fulfilled = LocalPromise::from(JsPromise::resolve(&JsValue::from(41)));
    assert_eq!(fulfilled.map(|v| v.as_f64().unwrap() + 1.0).await, Ok(42.0));
    let rejected = LocalPromise::from(JsPromise::reject(&"no".into()));
    assert_eq!(rejected.await, Err("no".into()));
}

#[wasm_bindgen_test]
async fn a_promise_of_javascript_is_a_source_of_a_chain() {
    let text = promise! {
        LocalPromise::from(JsPromise::resolve(&JsValue::from("Ada")))
            .then(|v| v.as_string().ok_or(JsValue::NULL))
            .then(name => name.len())
            .catch(_ => 0)
    };
    assert_eq!(text.await, Ok(3));
}

#[wasm_bindgen_test]
async fn one_of_ours_becomes_a_promise_of_javascript() {
    let fulfilled: JsPromise =
        promise! { Promise.delay(MILLISECOND, 1).then(v => { if v > 1 { throw "no" } v }) }
            .spawn_local()
            .into();
    assert_eq!(JsFuture::from(fulfilled).await, Ok(1.into()));
    let rejected: JsPromise = LocalPromise::<i32, _>::reject("no").into();
    assert_eq!(JsFuture::from(rejected).await, Err("no".into()));
}

#[wasm_bindgen_test]
async fn an_unhandled_rejection_is_an_error_on_the_console() {
    let errors = Spy::on("console.error", "");
    drop(LocalPromise::<(), _>::reject("lost"));
    js_resolved().await;
    assert_eq!(errors.count(), 0, "not before the microtasks are over");
    a_task_later().await;
    assert_eq!(errors.count(), 1);
    let text = JsString::from(errors.argument(0, 0)).as_string().unwrap();
    assert!(
        text.starts_with("unhandled rejection of the promise created at "),
        "{text}"
    );
    assert!(
        text.contains("browser.rs") && text.ends_with(": \"lost\""),
        "{text}"
    );
}

#[wasm_bindgen_test]
async fn a_rejection_of_javascript_that_we_do_not_handle_is_reported_too() {
    let errors = Spy::on("console.error", "");
    drop(LocalPromise::from(JsPromise::reject(&"lost".into())));
    a_task_later().await;
    a_task_later().await;
    assert_eq!(errors.count(), 1);
}

#[wasm_bindgen_test]
async fn what_is_handled_before_the_next_task_is_not_reported() {
    let errors = Spy::on("console.error", "");
    let rejected = LocalPromise::<(), _>::reject("late");
    for _ in 0..10 {
        js_resolved().await;
    }
    assert_eq!(rejected.await, Err("late"));
    a_task_later().await;
    assert_eq!(errors.count(), 0);
}

#[wasm_bindgen_test]
async fn a_chain_that_need_not_wait_may_be_blocked_on() {
    assert_eq!(
        promise! { Promise.resolve(1).then(async v => v + 1) }.block_on(),
        Ok(2)
    );
    event_loop::run_with(Clock::Virtual, async {
        delay(HOUR).await;
        assert_eq!(event_loop::now(), HOUR);
    });
    // What is left runs in JavaScript's turn.
    let log = Log::default();
    let note = log.adds("left");
    event_loop::run(async { event_loop::queue_microtask(note) });
    assert_eq!(log.take(), [""; 0]);
    js_resolved().await;
    assert_eq!(log.take(), ["left"]);
}

#[wasm_bindgen_test]
#[should_panic(expected = "goes on only when this has returned")]
fn a_page_cannot_be_blocked() {
    promise! { Promise.delay(MILLISECOND) }.block_on().unwrap();
}

#[wasm_bindgen_test]
async fn a_panic_ends_its_own_turn_only() {
    // Else it would end Node.
    let expect = "return new Promise(caught => process.once('uncaughtException', error => caught(String(error))));";
    let caught: JsPromise = Function::new_no_args(expect)
        .call0(&JsValue::NULL)
        .unwrap()
        .unchecked_into();
    let log = Log::default();
    let note = log.adds("next");
    let resolved = LocalPromise::<_, Infallible>::resolve(());
    resolved.map(|()| assert_eq!(1, 2)).detach();
    resolved.map(|()| note()).detach();
    let error = JsFuture::from(caught).await.unwrap();
    assert_eq!(error, "RuntimeError: unreachable");
    a_task_later().await;
    assert_eq!(log.take(), ["next"]);
}
