//! A `|closure|` or a path in a handler's place is Rust.

use std::cell::Cell;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, User, double, fetch_posts, fetch_user};
use promise_tests::{panic_message, plain, settle};

#[test]
fn return_means_the_closures_return() {
    let run = |v: i32| promise! { move Promise.resolve(v).then(|v| { if v < 0 { return "negative"; } "other" }) };
    assert_eq!(settle(run(-1)), Ok("negative"));
    assert_eq!(settle(run(1)), Ok("other"));
    let future = promise! { Promise.resolve(1).then(|v| { if v == 1 { return fetch_user(1); } fetch_user(0) }).then(|user| user.id) };
    assert_eq!(settle(future), Ok(1));
}

#[test]
fn a_question_mark_is_rustcs() {
    let chain = promise! { fetch_user(1).then(|user| { let n = user.name.trim_start_matches("user").parse::<u32>()?; Ok(n + 1) }) };
    assert_eq!(settle(chain), Ok(2));
    let option = promise! { Promise.resolve(vec![1, 2]).then(|list| { let first = list.first()?; Some(first + 1) }) };
    assert_eq!(settle(option), Ok(Some(2)));
    let own = promise! { Promise.resolve("x").then(|text| -> Result<u32, std::num::ParseIntError> { let v = text.parse::<u32>()?; Ok(v * 2) }) };
    assert!(settle(own).is_err());
}

#[test]
fn await_is_rusts_in_async_closures_and_blocks() {
    let closure = promise! { fetch_user(1).then(async |user| fetch_posts(user.id).await.map(|posts| posts.len())) };
    assert_eq!(settle(closure), Ok(2));
    let moving = promise! { fetch_user(1).then(async move |user| plain(user.id).await + 1) };
    assert_eq!(settle(moving), Ok(2));
    let block = promise! { fetch_user(1).then(|user| async move { double(user.id).await }) };
    assert_eq!(settle(block), Ok(2));
    let result = promise! { fetch_user(9).then(async |user| -> Result<usize, ApiError> { let posts = fetch_posts(user.id).await?; Ok(posts.len()) }) };
    assert_eq!(settle(result), Err(ApiError::Http(503)));
}

#[test]
fn closures_borrow_and_share_captures() {
    let count = Cell::new(0);
    let mut list = Vec::new();
    let chain = promise! {
        Promise.resolve(1)
            .then(|v| { count.set(count.get() + 1); v })
            .tap(|v| { list.push(*v); })
            .then(|v| { list.push(v + 1); count.get() })
            .then(|v| { count.set(100); v })
    };
    assert_eq!(settle(chain), Ok(1));
    assert_eq!(list, [1, 2]);
}

#[test]
fn move_closures_own_what_they_take() {
    let text = String::from("text");
    let chain = promise! { Promise.resolve(1).then(move |v| v + text.len()) };
    assert_eq!(settle(chain), Ok(5));
}

#[test]
fn parameters_may_be_patterns_and_typed() {
    assert_eq!(
        settle(promise! { fetch_user(1).then(|User { id, .. }| id) }),
        Ok(1)
    );
    assert_eq!(
        settle(promise! { fetch_user(1).then(|user: User| user.id) }),
        Ok(1)
    );
    assert_eq!(
        settle(promise! { Promise.resolve((1, (2, 3))).then(|(a, (b, _))| a + b) }),
        Ok(3)
    );
    assert_eq!(
        settle(promise! { Promise.resolve([1, 2]).then(|[a, b]| a + b) }),
        Ok(3)
    );
    assert_eq!(
        settle(promise! { Promise.resolve([1, 2, 3]).then(|[first, ..]: [u8; 3]| first) }),
        Ok(1)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(5).then(|mut v| { v += 1; v }) }),
        Ok(6)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(5).then(|v| -> u64 { v }) }),
        Ok(5_u64)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(Some(5)).then(|v: Option<u8>| v.map_or(0, |v| v)) }),
        Ok(5)
    );
}

#[test]
fn closures_with_generics_commas_and_bars_in_their_bodies() {
    let chain = promise! { Promise.resolve(vec![3, 1]).then(|v| v.iter().map(|x| (x | 4, x)).collect::<std::collections::BTreeMap<i32, &i32>>().len()) };
    assert_eq!(settle(chain), Ok(2));
    let two = promise! { fetch_user(0).then(|user| user.id, |e| match e { ApiError::NotFound | ApiError::Timeout => 1, _ => 2 }) };
    assert_eq!(settle(two), Ok(1));
    let flags =
        promise! { fetch_user(1).then(|user| user.id == 1 || user.id == 2, |_: ApiError| false) };
    assert_eq!(settle(flags), Ok(true));
}

#[test]
fn function_paths_are_handlers() {
    fn next(v: u32) -> u32 {
        v + 1
    }
    fn name(user: User) -> String {
        user.name
    }
    fn look(v: &u32) {
        assert_eq!(*v, 4);
    }
    fn generic<T: Into<u64>>(v: T) -> u64 {
        v.into()
    }
    fn clean_up() {}
    let chain = promise! { Promise.resolve(3).then(next).tap(look).finally(clean_up).then(double).then(generic::<u32>) };
    assert_eq!(settle(chain), Ok(8));
    assert_eq!(
        settle(
            promise! { fetch_user(1).then(name).then(String::into_bytes).then(|bytes| bytes.len()) }
        ),
        Ok(5)
    );
    assert_eq!(
        settle(
            promise! { fetch_user(1).then(|user| user.id).then(fetch_posts).then(|posts| posts.len()) }
        ),
        Ok(2)
    );
    assert_eq!(
        settle(promise! { Promise.resolve(5).then(Some) }),
        Ok(Some(5))
    );
    assert_eq!(
        settle(promise! { Promise.resolve("5").then(<str>::len) }),
        Ok(1)
    );
    assert_eq!(
        settle(promise! { fetch_user(0).then(|user| user.id).catch(status_of) }),
        Ok(404)
    );
    fn status_of(error: ApiError) -> u32 {
        if error == ApiError::NotFound {
            404
        } else {
            500
        }
    }
}

#[test]
fn variables_fields_and_calls_that_yield_functions_are_handlers() {
    struct Handlers {
        add: fn(u32) -> u32,
    }
    let handlers = Handlers { add: |v| v + 1 };
    let twice = |v: u32| v * 2;
    let boxed: Box<dyn FnOnce(u32) -> u32> = Box::new(|v| v + 10);
    fn adder(n: u32) -> impl Fn(u32) -> u32 {
        move |v| v + n
    }
    let chain = promise! { Promise.resolve(1).then(handlers.add).then(twice).then(boxed).then(adder(100)).then((|v| v + 1000)) };
    assert_eq!(settle(chain), Ok(1114));
}

#[test]
fn a_closure_is_called_once_and_only_when_it_is_reached() {
    let calls = Cell::new(0);
    let chain = promise! { fetch_user(0).then(|user| { calls.set(calls.get() + 1); user }).catch(|_| fetch_user(2)).then(|user| { calls.set(calls.get() + 10); user.id }) };
    assert_eq!(settle(chain), Ok(2));
    assert_eq!(calls.get(), 10);
}

#[test]
fn closures_inside_an_arrow_keep_their_own_words() {
    let chain = promise! { Promise.resolve(3).then(async v => {
        let half = |n: u32| { if n % 2 == 1 { return None; } Some(n / 2) };
        let parse = |text: &str| { let n: u32 = text.parse()?; Ok::<_, std::num::ParseIntError>(n) };
        let later = async { let posts = fetch_posts(9).await?; Ok::<_, ApiError>(posts.len()) };
        let inner = async |n: u32| double(n).await;
        fn helper(n: u32) -> Result<u32, std::num::ParseIntError> { let m = n.to_string().parse::<u32>()?; if m == 7 { return Ok(m); } Ok(0) }
        (half(v), half(4), parse("x").is_err(), later.await, inner(2).await, helper(7).is_ok())
    }) };
    assert_eq!(
        settle(chain),
        Ok((None, Some(2), true, Err(ApiError::Http(503)), 4, true))
    );
}

#[test]
fn a_closure_may_be_unwritten_yet() {
    let first = panic_message(|| {
        let chain = promise! { <u32, ApiError> Promise.resolve(1).then(|_| panic!("not yet")).then(|v: u32| v + 1) };
        let _ = settle(chain);
    });
    assert_eq!(first, "not yet");
    let moved = panic_message(|| {
        let word = String::from("written");
        let chain = promise! { <String, ApiError> Promise.resolve(1).then(move |_| unimplemented!("not {word}")) };
        let _ = settle(chain);
    });
    assert_eq!(moved, "not implemented: not written");
    let caught = panic_message(|| {
        let chain = promise! { <u32, ApiError> fetch_user(0).then(|user| user.id).catch(|_| { if true { panic!("nobody comes here") } else { unreachable!() } }) };
        let _ = settle(chain);
    });
    assert_eq!(caught, "nobody comes here");
}

#[test]
fn a_body_may_begin_with_a_block() {
    let chain = promise! {
        Promise.resolve(1)
            .then(|x| match x { 1 => 2, _ => 3 } + 1)
            .then(x => match x { 1 => 2, _ => 3 } + 1)
            .then(|x| if x == 4 { 1 } else { 2 } + 3)
            .then(x => if x == 4 { 1 } else { 2 } + 3)
            .then(|x| { x } as u64)
            .then(x => if x == 0 { 1 } else { x } as u32)
            .then(x => const { 4 } + x)
            .then(|x| { x } * 2 - 1)
            .then(x => loop { if x > 0 { break x } } % 10)
            .then(x => if x == 7 { [1, 2] } else { [3, 4] }[1])
            .then(x => if x == 2 { [1, 2] } else { [3, 4] }[1])
            .tap(|x| assert_eq!(match x { 4 => 1, _ => 0 } + 1, 2))
            .then(x => match x { 4 => "four", _ => "other" }.len())
    };
    assert_eq!(settle(chain), Ok(4));
    let equal = promise! { Promise.resolve(1).then(|x| if x == 1 { 3 } else { 2 } == 3) };
    assert_eq!(settle(equal), Ok(true));
    let caught = promise! {
        Promise.reject(1).catch(1 => match 1 { 1 => 2, _ => 3 } + 1, _ => 0)
    };
    assert_eq!(settle(caught), Ok(3));
}

#[test]
fn a_source_may_begin_with_a_block() {
    let c = settle(plain(true));
    let chain = promise! { (if c { 1 } else { 2 } + 3).then(x => x + 1) };
    assert_eq!(settle(chain), Ok(5));
    let chain = promise! { (match c { true => 1, false => 2 } as u64).then(|x| x + 1) };
    assert_eq!(settle(chain), Ok(2));
    let chain = promise! { Promise.all([if c { 1 } else { 2 } + 3, ({ 1 } + 2)]) };
    assert_eq!(settle(chain), Ok([4, 3]));
    let chain = promise! { Promise.resolve(if c { 1 } else { 2 } + 3) };
    assert_eq!(settle(chain), Ok(4));
}
