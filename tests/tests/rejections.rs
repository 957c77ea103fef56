//! Rejections are typed: one type per region, `Infallible` where nothing rejects, `From` with an annotation.
#![allow(
    deprecated,
    reason = "what the macro calls redundant must work all the same"
)]

use std::convert::Infallible;
use std::error::Error;
use std::num::ParseIntError;
use std::str::ParseBoolError;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, double, fetch_user};
use promise_tests::{fulfil, ms, panic_message, reject, settle, virtually};

#[derive(Debug, PartialEq)]
enum AppError {
    Api(ApiError),
    Number(String),
    Late,
}
impl From<ApiError> for AppError {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}
impl From<ParseIntError> for AppError {
    fn from(error: ParseIntError) -> Self {
        Self::Number(error.to_string())
    }
}
impl From<TimeoutError> for AppError {
    fn from(_: TimeoutError) -> Self {
        Self::Late
    }
}

/// The rejection type of a chain.
fn rejects_with<E>(
    _: &impl IntoFuture<Output = Result<impl Sized, E>>,
    _: std::marker::PhantomData<E>,
) {
}
fn type_of<E>() -> std::marker::PhantomData<E> {
    std::marker::PhantomData
}

#[test]
fn nothing_that_rejects_is_infallible() {
    let Ok(v) = settle(promise! { Promise.resolve(3).then(v => v + 1) });
    assert_eq!(v, 4);
    let Ok(v) = settle(
        promise! { double(3).then(async v => await double(v)).then(|v| v + 1).finally(() => ()).tap(v => assert!(*v > 0)) },
    );
    assert_eq!(v, 13);
    let Ok([a, b]) = settle(promise! { Promise.all([Promise.resolve(1), double(1)]) });
    assert_eq!((a, b), (1, 2));
    let Ok(v) = settle(promise! { Promise.race([double(1), double(2)]) });
    assert_eq!(v, 2);
    let Ok(v) = settle(promise! { <u32, _> new Promise((resolve) => resolve(3)) });
    assert_eq!(v, 3);
    let Ok(v) = virtually(promise! { Promise.try(() => 5).delay(ms(0)) });
    assert_eq!(v, 5);
}

#[test]
fn a_total_catch_makes_a_chain_infallible() {
    let Ok(v) = settle(promise! { fetch_user(0).then(user => user.id).catch(_ => 5) });
    assert_eq!(v, 5);
    let Ok(v) = settle(promise! { fetch_user(0).then(user => user.id, |_| 5).then(v => v + 1) });
    assert_eq!(v, 6);
    let Ok(v) = settle(
        promise! { fetch_user(0).then(user => user.id).catch(ApiError::NotFound => 1, _ => 2) },
    );
    assert_eq!(v, 1);
    let Ok(v) = settle(
        promise! { fetch_user(0).then(user => user.id).catch(|e: ApiError| e.to_string().len() as u32) },
    );
    assert_eq!(v, 9);
}

#[test]
fn each_region_has_a_type_of_its_own() {
    let chain = promise! {
        Promise.resolve("12")
            .then(text => text.parse::<u32>()?)
            .catch(_ => 0)
            .then(id => fetch_user(id))
            .catch(ApiError::NotFound => fetch_user(1))
            .then(user => user.name, |_| String::new())
            .then(name => { if name.is_empty() { throw "no name" } name })
    };
    rejects_with(&chain, type_of::<&str>());
    assert_eq!(settle(chain), Ok("user12".into()));
}

#[test]
fn steps_that_cannot_reject_do_not_constrain_the_region() {
    let chain = promise! { double(1).then(v => v + 1).then(|v| double(v)).then(v => fetch_user(v)).finally(() => double(1)).then(user => user.id) };
    rejects_with(&chain, type_of::<ApiError>());
    assert_eq!(settle(chain), Ok(6));
}

#[test]
fn an_arms_catch_passes_on_the_type_of_the_region() {
    let chain = promise! { fetch_user(0).then(user => user.id).catch(ApiError::Http(_) => 5) };
    rejects_with(&chain, type_of::<ApiError>());
    assert_eq!(settle(chain), Err(ApiError::NotFound));
}

#[test]
fn with_an_annotation_every_rejection_converts() {
    let run = |text: &'static str, id: u32| {
        promise! { move <u32, AppError>
            Promise.resolve(text)
                .then(text => text.parse::<u32>()? + id)
                .then(id => fetch_user(id))
                .then(user => { if user.id == 2 { throw ApiError::Http(2) } user.id })
                .then(|id| { let bonus: u32 = "5".parse()?; Ok(id + bonus) })
        }
    };
    assert_eq!(settle(run("1", 0)), Ok(6));
    assert_eq!(settle(run("1", 1)), Err(AppError::Api(ApiError::Http(2))));
    assert_eq!(settle(run("0", 0)), Err(AppError::Api(ApiError::NotFound)));
    assert_eq!(
        settle(run("x", 0)),
        Err(AppError::Number("invalid digit found in string".into()))
    );
}

#[test]
fn elements_executors_and_awaits_convert_too() {
    let all = promise! { <_, AppError> Promise.all([fetch_user(1), fetch_user(0)]) };
    assert_eq!(settle(all), Err(AppError::Api(ApiError::NotFound)));
    let mixed = promise! { <_, AppError> Promise.all([fetch_user(1), async { "x".parse::<u32>() }]).then(([user, n]) => user.id + n) };
    assert_eq!(
        settle(mixed),
        Err(AppError::Number("invalid digit found in string".into()))
    );
    let executor =
        promise! { <u32, AppError> new Promise((resolve, _) => resolve("z".parse::<u32>()?)) };
    assert_eq!(
        settle(executor),
        Err(AppError::Number("invalid digit found in string".into()))
    );
    let awaited = promise! { <u32, AppError> Promise.resolve(0).then(async id => { let user = await fetch_user(id); user.id }) };
    assert_eq!(settle(awaited), Err(AppError::Api(ApiError::NotFound)));
    let nested = promise! { <u32, AppError> Promise.resolve(0).then(id => fetch_user(id).then(user => user.name.parse::<u32>()?)) };
    assert_eq!(settle(nested), Err(AppError::Api(ApiError::NotFound)));
    let finally = promise! { <u32, AppError> double(2).finally(() => fetch_user(0)) };
    assert_eq!(settle(finally), Err(AppError::Api(ApiError::NotFound)));
    let tapped = promise! { <u32, AppError> double(2).tap(_ => "x".parse::<u32>()) };
    assert_eq!(
        settle(tapped),
        Err(AppError::Number("invalid digit found in string".into()))
    );
}

#[test]
fn a_timeout_converts() {
    let late = promise! { <u32, AppError> Promise.never().timeout(ms(5)) };
    assert_eq!(virtually(late), Err(AppError::Late));
    let reason = promise! { <u32, AppError> Promise.never().timeout(ms(5), ApiError::Timeout) };
    assert_eq!(virtually(reason), Err(AppError::Api(ApiError::Timeout)));
}

#[test]
fn with_an_annotation_a_region_after_a_total_catch_rejects_with_it_too() {
    let chain = promise! { <u32, AppError> fetch_user(0).then(user => user.id).catch(_ => 5) };
    rejects_with(&chain, type_of::<AppError>());
    assert_eq!(settle(chain), Ok(5));
    let chain = promise! { <_, AppError> fetch_user(0).catch(_ => fetch_user(1)).then(user => user.name.parse::<u32>()?) };
    assert_eq!(
        settle(chain),
        Err(AppError::Number("invalid digit found in string".into()))
    );
}

#[test]
fn wrapping_ends_the_annotation() {
    let inner = promise! { <u32, AppError> fetch_user(0).then(user => user.name.parse::<u32>()?) };
    let Ok(v) = settle(
        promise! { inner.catch(e => { assert_eq!(e, AppError::Api(ApiError::NotFound)); 7 }) },
    );
    assert_eq!(v, 7);
    let Ok(v) = settle(
        promise! { (promise! { <u32, AppError> fetch_user(0).then(user => user.id) }).catch(_ => 8) },
    );
    assert_eq!(v, 8);
}

#[test]
fn without_an_annotation_an_arrows_question_mark_rejects_with_the_exact_error() {
    let chain = promise! { Promise.resolve("x").then(text => text.parse::<bool>()?) };
    rejects_with(&chain, type_of::<ParseBoolError>());
    assert!(settle(chain).is_err());
    let asynchronous = promise! { Promise.resolve("x").then(async text => text.parse::<bool>()?) };
    rejects_with(&asynchronous, type_of::<ParseBoolError>());
    assert!(settle(asynchronous).is_err());
}

#[test]
fn a_closures_question_mark_needs_an_annotation_or_an_earlier_rejecting_step() {
    let annotated = promise! { <_, AppError> Promise.resolve("5").then(|text| { let v: u32 = text.parse()?; Ok(v) }) };
    assert_eq!(settle(annotated), Ok(5));
    let earlier =
        promise! { fetch_user(1).then(|user| { let v: u32 = user.name.parse()?; Ok(v) }) };
    assert_eq!(
        settle(earlier),
        Err(ApiError::Parse("invalid digit found in string".into()))
    );
    let asynchronous = promise! { fetch_user(1).then(async |user| { let next = fetch_user(user.id - 1).await?; Ok(next.id) }) };
    assert_eq!(settle(asynchronous), Err(ApiError::NotFound));
    let block = promise! { fetch_user(1).then(|user| async move { Ok(fetch_user(user.id - 1).await?.id) }) };
    assert_eq!(settle(block), Err(ApiError::NotFound));
}

#[test]
fn an_element_with_a_question_mark_goes_by_the_others_wherever_it_stands() {
    for (first, second) in [(1, 1), (0, 1), (1, 0)] {
        let outcome = (first + second == 2)
            .then_some(())
            .ok_or(ApiError::NotFound);
        let written = promise! {
            Promise.all([async { let user = fetch_user(first).await?; Ok(user.id) }, 5, fetch_user(second).then(user => user.id)]).then(_ => ())
        };
        assert_eq!(settle(written), outcome);
    }
    let race = promise! { Promise.race([async { let user = fetch_user(0).await?; Ok(user.id) }, fetch_user(1).then(user => user.id)]) };
    assert_eq!(settle(race), Err(ApiError::NotFound));
    let record = promise! { Promise.all({ id: async { Ok(fetch_user(1).await?.id) }, user: fetch_user(2) }).then(({ id, user }) => id + user.id) };
    assert_eq!(settle(record), Ok(3));
}

#[test]
fn elements_with_nothing_but_question_marks_reject_with_the_exact_error() {
    for (first, second) in [(1, 2), (0, 2), (1, 0)] {
        let all = promise! { Promise.all([async { Ok(fetch_user(first).await?.id) }, async { let user = fetch_user(second).await?; Ok(user.id) }]) };
        let expected = match first * second {
            0 => Err(ApiError::NotFound),
            _ => Ok([first, second]),
        };
        rejects_with(&all, type_of::<ApiError>());
        assert_eq!(settle(all), expected);
    }
    let any = promise! { Promise.any([async { Ok(fetch_user(0).await?.id) }, async { Ok(fetch_user(0).await?.id + 1) }]) };
    assert_eq!(
        settle(any).unwrap_err().errors,
        [ApiError::NotFound, ApiError::NotFound]
    );
    let settled = promise! { Promise.allSettled([async { Ok(fetch_user(0).await?.id) }, async { Ok("x".parse::<u32>()? + 1) }, async { Ok("1".parse::<u32>()? + 1) }]) };
    let Ok((user, word, number)) = settle(settled);
    assert_eq!(user, Err(ApiError::NotFound));
    let _: ParseIntError = word.unwrap_err();
    assert_eq!(number, Ok(2));
    let race = promise! { Promise.race((async { Ok(fetch_user(0).await?.id) }, async { Ok(fetch_user(1).await?.id) })) };
    assert_eq!(settle(race), Err(ApiError::NotFound));
    let later = promise! { fetch_user(1).then(_ => Promise.all([async { Ok(fetch_user(0).await?.id) }, 5])).then(_ => 1) };
    assert_eq!(settle(later), Err(ApiError::NotFound));
    let caught = promise! { Promise.all([async { Ok(fetch_user(0).await?.id) }, 5]).then(_ => 1).catch(_ => fetch_user(2).then(user => user.id)) };
    assert_eq!(settle(caught), Ok(2));
    let none = promise! { Promise.all([async { let short = || Some(Some(1)? + 1); Ok(short().unwrap_or(0)) }, 5]) };
    let Ok(values) = settle(none);
    assert_eq!(values, [2, 5]);
}

#[test]
fn panics_are_not_rejections() {
    let message = panic_message(|| {
        let _ = settle(
            promise! { double(1).then(v => { if v == 2 { panic!("boom {v}") } v }).then(v => { if v == 3 { throw "three" } v }).catch(_ => 5) },
        );
    });
    assert_eq!(message, "boom 2");
}

#[test]
fn boxed_errors_hold_any_error() {
    type Dynamic = Box<dyn Error + Send + Sync>;
    let run = |text: &'static str| {
        promise! { move <u32, Dynamic>
            Promise.resolve(text)
                .then(text => { if text.is_empty() { throw "empty" } text.parse::<u32>()? })
                .then(id => fetch_user(id))
                .then(user => { if user.id > 5 { throw format!("{} is too many", user.id) } user.id })
        }
    };
    assert_eq!(settle(run("3")).unwrap(), 3);
    assert_eq!(settle(run("")).unwrap_err().to_string(), "empty");
    assert!(settle(run("x")).unwrap_err().is::<ParseIntError>());
    assert!(settle(run("0")).unwrap_err().is::<ApiError>());
    assert_eq!(settle(run("6")).unwrap_err().to_string(), "6 is too many");
    let local = promise! { <u32, Box<dyn Error>> fetch_user(0).then(user => user.id) };
    assert!(settle(local).unwrap_err().is::<ApiError>());
    let already: Result<u32, Dynamic> = Err("boxed before".into());
    assert_eq!(
        settle(promise! { <_, Dynamic> already })
            .unwrap_err()
            .to_string(),
        "boxed before"
    );
}

#[test]
fn anyhow_errors_hold_any_error() {
    let run = |text: &'static str| {
        promise! { move <u32, anyhow::Error>
            Promise.resolve(text)
                .then(text => text.parse::<u32>()?)
                .then(id => fetch_user(id))
                .then(user => { if user.id > 5 { throw anyhow::anyhow!("too many") } user.id })
        }
    };
    assert!(settle(run("x")).unwrap_err().is::<ParseIntError>());
    assert!(settle(run("0")).unwrap_err().is::<ApiError>());
    assert_eq!(settle(run("6")).unwrap_err().to_string(), "too many");
}

#[test]
fn shared_errors_are_clone_and_hold_any_error() {
    let chain =
        promise! { <u32, SharedError> fetch_user(1).then(user => user.name.parse::<u32>()?) };
    let error = settle(chain).unwrap_err();
    assert!(error.clone().is::<ParseIntError>());
    let thrown = promise! { <u32, SharedError> Promise.resolve(1).then(v => { if v == 1 { throw ApiError::NotFound } v }) };
    assert_eq!(
        settle(thrown).unwrap_err().downcast_ref(),
        Some(&ApiError::NotFound)
    );
}

#[test]
fn leaves_that_differ_in_type_agree_through_the_annotation() {
    let chain = promise! { <_, AppError> fulfil::<u32, ApiError>(1).then(_ => reject::<u32, ApiError>(ApiError::Http(4))) };
    assert_eq!(settle(chain), Err(AppError::Api(ApiError::Http(4))));
    let infallible = promise! { <_, AppError> fulfil::<u32, Infallible>(1) };
    assert_eq!(settle(infallible), Ok(1));
}
