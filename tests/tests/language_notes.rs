//! The first programs that everyone writes with promises in JavaScript, in this language.
#![allow(
    deprecated,
    reason = "what the macro calls redundant must work all the same"
)]

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, Comment, Post, User, fetch_comments, fetch_posts, fetch_user};
use promise_tests::{ms, timed, virtually};

#[test]
fn user_then_posts_then_comments() {
    let cached = Vec::new;
    let done = RefCell::new(Vec::new());
    let run = |id: u32| {
        let done = &done;
        promise! { move <Vec<Comment>, ApiError>
            fetch_user(id)
                .then(user => fetch_posts(user.id))
                .then(posts => { if posts.is_empty() { throw ApiError::NotFound } posts[0].id })
                .then(|id| fetch_comments(id))
                .catch(ApiError::NotFound => Vec::new(), ApiError::Http(s) if s >= 500 => cached())
                .finally(() => done.borrow_mut().push(id))
        }
    };
    assert_eq!(virtually(run(1)), Ok(vec![Comment("on 10".into())]));
    assert_eq!(virtually(run(7)), Ok(vec![]), "no posts");
    assert_eq!(virtually(run(9)), Ok(vec![]), "the server fails");
    assert_eq!(virtually(run(0)), Ok(vec![]), "no such user");
    assert_eq!(*done.borrow(), [1, 7, 9, 0]);
}

#[test]
fn the_chain_is_awaited_with_a_question_mark() {
    async fn first_comment(id: u32) -> Result<String, ApiError> {
        let comments = promise! { fetch_user(id).then(user => fetch_posts(user.id)).then(posts => fetch_comments(posts[0].id)) }.await?;
        Ok(comments[0].0.clone())
    }
    assert_eq!(virtually(first_comment(2)), Ok("on 20".into()));
    assert_eq!(virtually(first_comment(0)), Err(ApiError::NotFound));
}

#[test]
fn all_data_of_a_page() {
    async fn fetch_settings(_user: u32) -> Result<&'static str, ApiError> {
        delay(ms(30)).await;
        Ok("dark")
    }
    let load = |id: u32| {
        promise! { move
            Promise.all([Promise.delay(ms(20), fetch_user(id)), Promise.delay(ms(10), fetch_posts(id)), fetch_settings(id)])
                .then(([user, posts, settings]) => ({ user, posts, settings }))
        }
    };
    let (page, time) = timed(load(1));
    let page = page.unwrap();
    assert_eq!(
        (page.user.name.as_str(), page.posts.len(), page.settings),
        ("user1", 2, "dark")
    );
    assert_eq!(time, ms(30), "all at once");
    assert_eq!(virtually(load(0)).unwrap_err(), ApiError::NotFound);
}

#[test]
fn a_report_of_every_outcome() {
    let report = promise! {
        Promise.allSettled((0..4).map(fetch_user))
            .then(outcomes => {
                let (good, bad): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
                let names: Vec<_> = good.into_iter().flatten().map(|user| user.name).collect();
                let reasons: Vec<_> = bad.into_iter().filter_map(Result::err).map(|e| e.to_string()).collect();
                ({ names, reasons })
            })
    };
    let Ok(report) = virtually(report);
    assert_eq!(
        (report.names, report.reasons),
        (
            vec!["user1".into(), "user2".into(), "user3".into()],
            vec!["not found".to_string()]
        )
    );
    let Ok(mixed) = virtually(promise! {
        Promise.allSettled([Promise.resolve(2), new Promise((resolve) => resolve(233)), Promise.reject("on purpose"), 5])
            .then(outcomes => format!("{outcomes:?}"))
    });
    assert_eq!(mixed, r#"(Ok(2), Ok(233), Err("on purpose"), Ok(5))"#);
}

#[test]
fn a_timeout_by_race() {
    fn with_timeout<T>(
        work: impl Future<Output = Result<T, ApiError>>,
        limit: Duration,
    ) -> impl Future<Output = Result<T, ApiError>> {
        promise! { move Promise.race([work, Promise.delay(limit).then(() => Promise.reject(ApiError::Timeout))]) }
    }
    let slow = promise! { Promise.delay(ms(50)).then(() => fetch_user(1)) };
    assert_eq!(
        timed(with_timeout(slow, ms(40))),
        (Err(ApiError::Timeout), ms(40))
    );
    let fast = promise! { Promise.delay(ms(30)).then(() => fetch_user(1)).then(user => user.id) };
    assert_eq!(timed(with_timeout(fast, ms(40))), (Ok(1), ms(30)));
}

#[test]
fn a_fallback_by_any() {
    async fn mirror(
        name: &'static str,
        up: bool,
        time: Duration,
    ) -> Result<&'static str, ApiError> {
        delay(time).await;
        if up {
            Ok(name)
        } else {
            Err(ApiError::Http(503))
        }
    }
    let load = |primary, backup| {
        promise! { move
            Promise.any([mirror("primary", primary, ms(10)), mirror("secondary", false, ms(20)), mirror("backup", backup, ms(30))])
                .catch(e => { if e.errors.len() == 3 { throw format!("all {} sources failed", e.errors.len()) } "unreachable" })
        }
    };
    assert_eq!(timed(load(true, true)), (Ok("primary"), ms(10)));
    assert_eq!(timed(load(false, true)), (Ok("backup"), ms(30)));
    assert_eq!(
        timed(load(false, false)),
        (Err("all 3 sources failed".to_string()), ms(30))
    );
}

#[test]
fn an_executor_with_a_timer() {
    let work = |success: bool| {
        promise! { move
            new Promise((resolve, reject) => {
                if success { resolve("operation successful") } else { reject("operation failed") }
            })
            .delay(ms(100))
            .then(text => text.to_uppercase())
            .catch(reason => reason.to_string())
        }
    };
    assert_eq!(
        timed(work(true)),
        (Ok("OPERATION SUCCESSFUL".into()), ms(100))
    );
    assert_eq!(timed(work(false)), (Ok("operation failed".into()), ms(0)));
}

#[test]
fn the_state_of_a_promise_by_race() {
    #[derive(Clone, Debug, PartialEq)]
    enum State {
        Pending,
        Fulfilled,
        Rejected,
    }
    fn state_of<T, E>(
        promise: impl Future<Output = Result<T, E>>,
    ) -> impl Future<Output = Result<State, std::convert::Infallible>> {
        promise! { move
            Promise.race([promise.then(_ => State::Fulfilled), Promise.resolve(State::Pending)])
                .catch(_ => State::Rejected)
        }
    }
    assert_eq!(
        virtually(state_of(promise! { Promise.delay(ms(1)) })),
        Ok(State::Pending)
    );
    assert_eq!(
        virtually(state_of(promise! { Promise.resolve(233) })),
        Ok(State::Fulfilled)
    );
    assert_eq!(
        virtually(state_of(promise! { <(), &str> Promise.reject("no") })),
        Ok(State::Rejected)
    );
    assert_eq!(
        virtually(state_of(promise! { <(), &str> Promise.never() })),
        Ok(State::Pending)
    );
}

#[test]
fn the_rules_of_then() {
    let first = promise! { <&str, &str> Promise.reject("no reason!").then((_: &str) => "not called", _ => "called instead") };
    assert_eq!(virtually(first), Ok("called instead"));
    let second = promise! { <&str, &str> Promise.reject("no reason!").then((_: &str) => "not called").catch(_ => "called instead") };
    assert_eq!(virtually(second), Ok("called instead"));
    let nothing = promise! { Promise.resolve("value").then(value => { let _ = value; }) };
    assert_eq!(virtually(nothing), Ok(()));
}

#[test]
fn the_rules_of_finally() {
    let thrown =
        promise! { <u32, &str> Promise.reject("46").finally(() => { throw "good reason"; }) };
    assert_eq!(virtually(thrown), Err("good reason"));
    let rejected =
        promise! { <u32, &str> Promise.reject("46").finally(() => Promise.reject("nice reason")) };
    assert_eq!(virtually(rejected), Err("nice reason"));
    assert_eq!(
        virtually(promise! { Promise.resolve("yes").finally(() => 77) }),
        Ok("yes")
    );
    assert_eq!(
        virtually(promise! { <u32, &str> Promise.reject("a reason").finally(() => 233) }),
        Err("a reason")
    );
}

#[derive(Debug)]
struct HttpError {
    status: u16,
}
impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.status)
    }
}
impl Error for HttpError {}

#[test]
fn centralized_error_handling_with_instanceof() {
    let messages = RefCell::new(Vec::new());
    let show = &|text: String| messages.borrow_mut().push(text);
    let call = |status: u16| {
        promise! { move <u32, Box<dyn Error + Send + Sync>>
            Promise.resolve(status)
                .then(status => { if status == 0 { throw "connection lost" } else if status >= 400 { throw HttpError { status } } else { u32::from(status) } })
                .catch((e: HttpError) => {
                    match e.status {
                        401 => show("please log in".into()),
                        404 => show("not found".into()),
                        status => show(format!("server error {status}")),
                    }
                    throw e
                })
                .tapCatch(e => { if !e.is::<HttpError>() { show(format!("network: {e}")) } })
        }
    };
    assert_eq!(virtually(call(200)).unwrap(), 200);
    for status in [401, 404, 500, 0] {
        assert!(virtually(call(status)).is_err());
    }
    assert_eq!(
        *messages.borrow(),
        [
            "please log in",
            "not found",
            "server error 500",
            "network: connection lost"
        ]
    );
}

#[test]
fn retrying_by_hand() {
    fn attempt(left: u32) -> LocalBoxedChain<'static, u32, ApiError> {
        promise! { move
            fetch_user(u32::from(left == 1)).then(user => user.id).catch(e => {
                if left == 0 { throw e }
                Promise.delay(ms(10)).then(() => attempt(left - 1))
            })
        }
        .boxed_local()
    }
    assert_eq!(timed(attempt(3)), (Ok(1), ms(20)));
}

#[test]
fn one_after_the_other_with_an_async_arrow() {
    let chain = promise! { Promise.resolve(vec![3, 1, 2]).then(async ids => {
        let mut titles = Vec::new();
        for id in ids {
            let User { name, id } = await fetch_user(id);
            let posts: Vec<Post> = await fetch_posts(id);
            titles.push(format!("{name}: {}", posts.len()));
        }
        titles.join(", ")
    }) };
    assert_eq!(virtually(chain), Ok("user3: 2, user1: 2, user2: 2".into()));
}
