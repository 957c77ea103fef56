//! `new Promise((resolve, reject) => …)` and `with_resolvers`.

use std::cell::RefCell;
use std::convert::Infallible;
use std::num::ParseIntError;
use std::rc::Rc;
use std::thread;

use promise_runtime::prelude::*;
use promise_runtime::{Reject, Resolve};
use promise_tests::api::ApiError;
use promise_tests::{Diary, poll_once, settle, suspended};

#[test]
fn the_first_call_decides() {
    let fulfilled: Result<u32, &str> = settle(
        promise! { new Promise((resolve, reject) => { resolve(1); reject("late"); resolve(2); }) },
    );
    assert_eq!(fulfilled, Ok(1));
    let rejected: Result<u32, &str> = settle(
        promise! { new Promise((resolve, reject) => { reject("first"); resolve(2); reject("late"); }) },
    );
    assert_eq!(rejected, Err("first"));
}

#[test]
fn the_rejection_may_be_left_out() {
    let Ok(v) = settle(promise! { new Promise((resolve) => resolve(5)).then(v => v + 1) });
    assert_eq!(v, 6);
    let Ok(v) = settle(promise! { new Promise(resolve => resolve(5)) });
    assert_eq!(v, 5);
    let Ok(v) = settle(promise! { new Promise(|resolve| resolve(5)) });
    assert_eq!(v, 5);
    let rejected: Result<u32, &str> = settle(promise! { new Promise((_, reject) => reject("no")) });
    assert_eq!(rejected, Err("no"));
}

#[test]
fn throw_and_a_question_mark_in_the_executor_reject() {
    let thrown: Result<u32, &str> = settle(
        promise! { new Promise((resolve, _reject) => { if true { throw "thrown" } resolve(1) }) },
    );
    assert_eq!(thrown, Err("thrown"));
    let asked: Result<u32, ParseIntError> = settle(
        promise! { new Promise((resolve, _) => { let n = "x".parse::<u32>()?; resolve(n) }) },
    );
    assert!(asked.is_err());
    let good: Result<u32, ParseIntError> = settle(
        promise! { new Promise((resolve, _) => { let n = "7".parse::<u32>()?; resolve(n) }) },
    );
    assert_eq!(good, Ok(7));
    let caught = promise! { new Promise((resolve) => { if false { resolve(1) } throw "thrown" }).catch(reason => reason.len() as u32) };
    assert_eq!(settle(caught), Ok(6));
}

#[test]
fn a_throw_after_it_settled_is_silent() {
    let result: Result<u32, &str> =
        settle(promise! { new Promise((resolve, _reject) => { resolve(1); throw "silenced" }) });
    assert_eq!(result, Ok(1));
    let result: Result<u32, &str> = settle(
        promise! { new Promise((_resolve, reject) => { reject("kept"); if true { throw "silenced" } }) },
    );
    assert_eq!(result, Err("kept"));
    let result: Result<u32, ParseIntError> = settle(
        promise! { new Promise((resolve, _reject) => { resolve(1); let _: u32 = "x".parse()?; }) },
    );
    assert_eq!(result, Ok(1));
}

#[test]
fn return_leaves_the_executor() {
    let result: Result<u32, &str> = settle(
        promise! { new Promise((resolve, reject) => { if true { reject("early"); return; } resolve(1) }) },
    );
    assert_eq!(result, Err("early"));
}

#[test]
fn the_executor_runs_at_the_first_poll() {
    let diary = Diary::new();
    let mut chain = Box::pin(
        promise! { <u32, ApiError> new Promise((_resolve, _reject) => diary.write("executor")) },
    );
    assert!(diary.take().is_empty());
    assert!(poll_once(chain.as_mut()).is_pending());
    assert_eq!(diary.take(), ["executor"]);
}

#[test]
fn resolvers_may_outlive_the_executor() {
    type Pair = (Resolve<u32, ApiError>, Reject<u32, ApiError>);
    let kept: RefCell<Option<Pair>> = RefCell::new(None);
    let mut chain = suspended(
        promise! { new Promise((resolve, reject) => { *kept.borrow_mut() = Some((resolve, reject)); }).then(v => v + 1) },
        3,
    );
    let (resolve, reject) = kept.take().unwrap();
    let again = resolve.clone();
    reject(ApiError::NotFound);
    resolve(1);
    again(2);
    assert_eq!(
        poll_once(chain.as_mut()),
        std::task::Poll::Ready(Err(ApiError::NotFound))
    );
}

#[test]
fn resolvers_are_called_from_any_thread() {
    let chain = promise! { <u32, &'static str> new Promise((resolve, _reject) => { thread::spawn(move || resolve(5)); }).then(v => v * 2) };
    assert_eq!(chain.block_on(), Ok(10));
    let rejecting = promise! { <u32, &'static str> new Promise((_resolve, reject) => { thread::spawn(move || reject("from afar")); }) };
    assert_eq!(rejecting.block_on(), Err("from afar"));
    fn portable<T: Clone + Send + 'static>(_: &T) {}
    let result = settle(
        promise! { <u32, String> new Promise((resolve, reject) => { portable(&resolve); portable(&reject); resolve(1) }) },
    );
    assert_eq!(result, Ok(1));
}

#[test]
#[expect(
    clippy::redundant_closure,
    reason = "`resolve` is no `Fn`, it only dereferences to one"
)]
fn a_resolver_goes_where_an_fn_is_wanted() {
    fn on_event(callback: impl Fn(u32)) {
        callback(1);
        callback(2);
    }
    let Ok(v) = settle(promise! { new Promise((resolve) => on_event(move |v| resolve(v))) });
    assert_eq!(v, 1);
}

#[test]
fn values_need_not_be_send() {
    let Ok(v) = settle(promise! { new Promise((resolve) => resolve(Rc::new(5))) });
    assert_eq!(*v, 5);
}

#[test]
fn a_dropped_pair_leaves_the_promise_pending() {
    let raced = promise! { Promise.race([new Promise((_resolve, _reject) => ()), Promise.resolve("instead")]) };
    let Ok(v) = settle(raced);
    assert_eq!(v, "instead");
}

#[test]
fn closures_are_executors_too() {
    let Ok(v) =
        settle(promise! { new Promise(|resolve, _reject: Reject<u32, Infallible>| resolve(5)) });
    assert_eq!(v, 5);
    let result = settle(
        promise! { <u32, ApiError> new Promise(|resolve, reject| { reject(ApiError::NotFound); resolve(5) }) },
    );
    assert_eq!(result, Err(ApiError::NotFound));
    let text = String::from("owned");
    let Ok(v) = settle(promise! { new Promise(move |resolve| resolve(text)) });
    assert_eq!(v, "owned");
}

#[test]
fn constructors_nest_and_are_elements() {
    let chain = promise! { Promise.all([new Promise((resolve) => resolve(1)), new Promise((resolve) => resolve(2)).then(v => v * 10)]) };
    assert_eq!(settle(chain), Ok([1, 20]));
    let inner = promise! { Promise.resolve(1).then(v => new Promise((resolve, _reject) => { if v == 2 { throw "two" } resolve(v + 1) })) };
    assert_eq!(settle(inner), Ok(2));
    let outer = promise! { new Promise((resolve) => { let later = move |v| resolve(v); later(3) }).then(v => v) };
    assert_eq!(settle(outer), Ok(3));
}

#[test]
fn with_resolvers_outside_the_macro() {
    let (future, resolve, reject) = with_resolvers::<u32, &str>();
    let chain = promise! { future.then(v => v + 1) };
    resolve(1);
    reject("late");
    assert_eq!(settle(chain), Ok(2));
    let (future, _resolve, reject) = with_resolvers::<u32, &str>();
    reject("no");
    assert_eq!(
        settle(promise! { future.catch(reason => reason.len() as u32) }),
        Ok(2)
    );
}

mod rejections_of_several_types {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Refused;

    #[derive(Debug, PartialEq)]
    enum Failure {
        Api(ApiError),
        Refused,
        Parse(ParseIntError),
    }

    impl From<ApiError> for Failure {
        fn from(reason: ApiError) -> Self {
            Self::Api(reason)
        }
    }

    impl From<Refused> for Failure {
        fn from(_: Refused) -> Self {
            Self::Refused
        }
    }

    impl From<ParseIntError> for Failure {
        fn from(reason: ParseIntError) -> Self {
            Self::Parse(reason)
        }
    }

    #[test]
    fn each_call_converts_into_what_the_chain_rejects_with() {
        let chain = |n| {
            promise! { move <u32, Failure> new Promise((resolve, reject) => match n {
                0 => reject(ApiError::NotFound),
                1 => reject(Refused),
                2 => reject(Failure::Refused),
                n => resolve(n),
            }) }
        };
        assert_eq!(settle(chain(0)), Err(Failure::Api(ApiError::NotFound)));
        assert_eq!(settle(chain(1)), Err(Failure::Refused));
        assert_eq!(settle(chain(2)), Err(Failure::Refused));
        assert_eq!(settle(chain(3)), Ok(3));
    }

    #[test]
    fn calls_meet_throw_and_question_marks() {
        let chain = |text: &'static str| {
            promise! { move <u32, Failure> new Promise((resolve, reject) => {
                if text.is_empty() { throw Refused }
                let n = text.parse::<u32>()?;
                if n == 0 { reject(ApiError::NotFound) } else { resolve(n) }
            }) }
        };
        assert_eq!(settle(chain("")), Err(Failure::Refused));
        assert_eq!(settle(chain("0")), Err(Failure::Api(ApiError::NotFound)));
        assert!(matches!(settle(chain("x")), Err(Failure::Parse(_))));
        assert_eq!(settle(chain("7")), Ok(7));
    }

    #[test]
    fn a_call_in_a_closure_converts_too() {
        fn later(call: impl FnOnce() + Send + 'static) {
            thread::spawn(call).join().expect("the thread ends");
        }
        let chain = |refused| {
            promise! { move <u32, Failure> new Promise((_, reject) => {
                if refused { return later(move || reject(Refused)) }
                later(move || reject(ApiError::Http(503)))
            }) }
        };
        assert_eq!(settle(chain(true)), Err(Failure::Refused));
        assert_eq!(settle(chain(false)), Err(Failure::Api(ApiError::Http(503))));
    }
}
