//! `from_callback` and `promisify`: what the callback says, once, from anywhere, or never.
#![allow(
    clippy::redundant_closure,
    reason = "a `Done` is called like a function, and is none"
)]

use promise_runtime::event_loop;
use promise_runtime::prelude::*;
use promise_tests::{Diary, panic_message, poll_once, settle, suspended};
use std::cell::{Cell, RefCell};
use std::error::Error;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::thread;

type Stored = Box<dyn FnOnce(Option<String>, Option<u32>) + Send>;

/// Doubles, on another thread.
fn double(x: u32, callback: impl FnOnce(Option<String>, Option<u32>) + Send + 'static) {
    thread::spawn(move || match x {
        0 => callback(Some("zero".to_owned()), None),
        x => callback(None, Some(2 * x)),
    });
}

#[test]
fn it_settles_with_what_the_callback_is_told() {
    let doubled = |x| from_callback(move |done| double(x, move |error, value| done(error, value)));
    assert_eq!(event_loop::run(doubled(4)), Ok(8));
    assert_eq!(
        event_loop::run(doubled(0)),
        Err(CallbackError::Inner("zero".to_owned()))
    );
}

#[test]
fn a_callback_of_a_result_settles_too() {
    fn parse(text: &str, callback: impl FnOnce(Result<u8, std::num::ParseIntError>)) {
        callback(text.parse());
    }
    let parsed = |text: &'static str| {
        from_callback(move |done| parse(text, move |result| done.settle(result)))
    };
    assert_eq!(settle(parsed("7")), Ok(7));
    assert!(matches!(settle(parsed("x")), Err(CallbackError::Inner(_))));
}

#[test]
fn an_error_counts_also_beside_a_value() {
    let outcome = settle(from_callback(|done| done(Some("no"), Some(1))));
    assert_eq!(outcome, Err(CallbackError::Inner("no")));
}

#[test]
fn the_first_call_counts() {
    let outcome = from_callback(|done| {
        done(None, Some(1));
        done(None, Some(2));
        done(Some("too late"), None);
        done.settle(Err("too late"));
    });
    assert_eq!(settle(outcome), Ok(1));
}

#[test]
fn dropped_uncalled_it_rejects_instead_of_hanging() {
    let kept: RefCell<Option<Done<u32, String>>> = RefCell::default();
    let outcome = from_callback(|done| *kept.borrow_mut() = Some(done));
    event_loop::run(async {
        let mut outcome = pin!(outcome);
        assert!(poll_once(outcome.as_mut()).is_pending());
        kept.take();
        let reason = outcome.await.unwrap_err();
        assert_eq!(reason, CallbackError::CallbackDropped);
    });
    // On another thread, that ends.
    let outcome = from_callback::<_, _, u32, String>(|done| thread::spawn(move || drop(done)));
    assert_eq!(
        event_loop::run(outcome),
        Err(CallbackError::CallbackDropped)
    );
    // Nothing to settle with.
    assert_eq!(
        settle(from_callback(|done| done(None::<()>, None::<()>))),
        Err(CallbackError::CallbackDropped)
    );
}

#[test]
fn two_callbacks_share_it() {
    fn load(source: &str, onload: impl FnOnce(usize), onerror: impl FnOnce(String)) {
        match source.len() {
            0 => onerror("empty".to_owned()),
            length => onload(length),
        }
    }
    let image = |source: &'static str| {
        from_callback(move |done| {
            let failed = done.clone();
            load(
                source,
                move |image| done.settle(Ok(image)),
                move |reason| failed.settle(Err(reason)),
            );
        })
    };
    assert_eq!(settle(image("photo1.jpg")), Ok(10));
    assert_eq!(
        settle(image("")),
        Err(CallbackError::Inner("empty".to_owned()))
    );
}

#[test]
fn the_function_is_called_at_the_first_poll_and_once() {
    let calls = Cell::new(0);
    let make = || {
        from_callback(|done: Done<u32, ()>| {
            calls.set(calls.get() + 1);
            done
        })
    };
    drop(make());
    assert_eq!(calls.get(), 0);
    drop(suspended(make(), 5));
    assert_eq!(calls.get(), 1);
}

#[test]
fn what_the_function_returns_is_kept_until_it_settles() {
    let diary = Diary::new();
    let stored: RefCell<Option<Done<u32, ()>>> = RefCell::default();
    let make = || {
        from_callback(|done| {
            *stored.borrow_mut() = Some(done);
            diary.token("subscription")
        })
    };
    let mut outcome = suspended(make(), 2);
    assert_eq!(diary.alive(), 1);
    stored.borrow().as_ref().unwrap().settle(Ok(1));
    assert_eq!(poll_once(outcome.as_mut()), Poll::Ready(Ok(1)));
    assert_eq!(diary.alive(), 0, "it has settled");
    drop(suspended(make(), 1));
    assert_eq!(diary.alive(), 0, "it is dropped");
    stored.borrow().as_ref().unwrap().settle(Ok(1));
}

#[test]
fn a_late_value_is_dropped() {
    let diary = Diary::new();
    let stored: RefCell<Option<Done<_, ()>>> = RefCell::default();
    drop(suspended(
        from_callback(|done| *stored.borrow_mut() = Some(done)),
        1,
    ));
    stored.take().unwrap().settle(Ok(diary.token("value")));
    assert_eq!(diary.take(), ["drop value"]);
}

#[test]
fn values_may_stay_on_their_thread_and_borrow() {
    let text = String::from("local");
    let outcome =
        from_callback(|done: Done<(Rc<u32>, &str), ()>| done(None, Some((Rc::new(1), &text))));
    assert_eq!(settle(outcome), Ok((Rc::new(1), "local")));
}

#[test]
fn a_panic_of_the_function_passes_through() {
    let message = panic_message(|| {
        let _ = settle(from_callback(|_: Done<u32, ()>| -> () {
            panic!("no such device")
        }));
    });
    assert_eq!(message, "no such device");
}

#[test]
fn in_a_chain_the_error_converts() {
    #[derive(Debug, PartialEq)]
    struct ApiError(String);
    impl From<CallbackError<String>> for ApiError {
        fn from(error: CallbackError<String>) -> Self {
            Self(error.to_string())
        }
    }
    let chain = |x| promise! { move <_, ApiError> from_callback(|done| double(x, move |error, value| done(error, value))).then(n => n + 1) };
    assert_eq!(event_loop::run(chain(4)), Ok(9));
    assert_eq!(event_loop::run(chain(0)), Err(ApiError("zero".to_owned())));
}

#[test]
fn a_function_with_a_callback_becomes_one_that_returns_a_promise() {
    let double = promisify(double);
    assert_eq!(event_loop::run(double(21)), Ok(42));
    assert_eq!(
        event_loop::run(double(0)),
        Err(CallbackError::Inner("zero".to_owned()))
    );
    // It is an `Fn`, so it stands where a handler does.
    let chain = promise! { Promise.resolve(3).then(&double).then(&double) };
    assert_eq!(event_loop::run(chain), Ok(12));
    let chain = promise! { Promise.map(1..=3, &double) };
    assert_eq!(event_loop::run(chain), Ok(vec![2, 4, 6]));
}

#[test]
fn functions_of_up_to_four_parameters_are_taken() {
    fn answer(callback: impl FnOnce(Option<()>, Option<u32>)) {
        callback(None, Some(42));
    }
    fn boxed(a: u32, b: u32, callback: Stored) {
        callback(None, Some(a + b));
    }
    fn three(
        a: u32,
        b: &'static str,
        c: bool,
        callback: impl FnOnce(Option<u8>, Option<String>),
    ) -> u32 {
        callback(None, Some(format!("{a}{b}{c}")));
        7
    }
    fn four(a: u32, b: u32, c: u32, d: u32, callback: impl FnOnce(Option<u32>, Option<u32>)) {
        callback(Some(a + b + c + d), None);
    }
    assert_eq!(settle(promisify(answer)()), Ok(42));
    assert_eq!(settle(promisify(boxed)(1, 2)), Ok(3));
    assert_eq!(
        settle(promisify(three)(1, "-", true)),
        Ok("1-true".to_owned())
    );
    assert_eq!(
        settle(promisify(four)(1, 2, 3, 4)),
        Err(CallbackError::Inner(10))
    );
}

#[test]
fn a_promisified_function_is_called_when_its_promise_is_polled() {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    static CALLS: AtomicU32 = AtomicU32::new(0);
    fn count(callback: impl FnOnce(Option<()>, Option<u32>)) {
        callback(None, Some(CALLS.fetch_add(1, Relaxed)));
    }
    let count = promisify(count);
    drop(count());
    assert_eq!(settle(count()), Ok(0));
    fn forgets(_: impl FnOnce(Option<()>, Option<u32>)) {}
    assert_eq!(
        settle(promisify(forgets)()),
        Err(CallbackError::CallbackDropped)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_may_carry_it() {
    let double = promisify(double);
    let task = tokio::spawn(async move { double(5).await });
    assert_eq!(task.await.unwrap(), Ok(10));
    let task = tokio::spawn(from_callback(|done| {
        super_legacy(move |error, value| done(error, value))
    }));
    assert_eq!(task.await.unwrap(), Ok(1));
}

fn super_legacy(callback: impl FnOnce(Option<String>, Option<u32>) + Send + 'static) {
    thread::spawn(move || callback(None, Some(1)));
}

#[test]
fn errors_say_what_happened() {
    let inner = CallbackError::Inner(std::fmt::Error);
    assert_eq!(inner.to_string(), std::fmt::Error.to_string());
    assert!(inner.source().is_none());
    let dropped: CallbackError<std::fmt::Error> = CallbackError::CallbackDropped;
    assert_eq!(
        dropped.to_string(),
        "the callback was dropped without an outcome"
    );
    assert!(dropped.source().is_none());
}
