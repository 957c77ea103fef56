//! Parameters that bind a part of the value: what they leave lives as long as the handler, as in a Rust function.

use std::rc::Rc;
use std::sync::Mutex;

use promise_runtime::prelude::*;
use promise_tests::{Diary, Token, plain, settle};

struct Wrapped(
    #[expect(dead_code, reason = "only its drop is seen")] Token,
    u32,
);

fn wrapped(diary: &Diary) -> Wrapped {
    Wrapped(diary.token("value"), 7)
}

/// What a Rust function does that takes the same parameter, between two others.
fn expected() -> Vec<String> {
    ["first", "drop value", "second"].map(String::from).into()
}

macro_rules! left_to_the_handler {
    ($($name:ident: |$diary:ident| $value:expr, $handler:tt;)*) => {$(
        #[test]
        fn $name() {
            let diary = Diary::new();
            let $diary = &diary;
            let chain = promise! { Promise.resolve($value).then $handler.then(|()| $diary.write("second")) };
            assert_eq!(settle(chain), Ok(()));
            assert_eq!(diary.take(), expected());
        }
    )*};
}

left_to_the_handler! {
    closure_wildcard: |d| d.token("value"), (|_| d.write("first"));
    closure_typed_wildcard: |d| d.token("value"), (|_: Token| d.write("first"));
    closure_tuple: |d| (1, d.token("value")), (|(_one, _)| d.write("first"));
    closure_struct: |d| wrapped(d), (|Wrapped(.., n)| { assert_eq!(n, 7); d.write("first") });
    closure_reference: |d| d.token("value"), (|ref token| { assert_eq!(token.name(), "value"); d.write("first") });
    closure_whole: |d| d.token("value"), (|_token| d.write("first"));
    closure_that_returns: |d| d.token("value"), (|_| { if d.alive() == 0 { return } d.write("first") });
    arrow_struct: |d| wrapped(d), (Wrapped(.., n) => { assert_eq!(n, 7); d.write("first") });
    arrow_reference: |d| d.token("value"), (ref token => { assert_eq!(token.name(), "value"); d.write("first") });
    arrow_with_future: |d| wrapped(d), (Wrapped(.., n) => { d.write("first"); plain(n).await_unit() });
    arrow_asynchronous: |d| wrapped(d), (async Wrapped(.., n) => { plain(n).await; d.write("first") });
}

trait AwaitUnit: Future + Sized {
    async fn await_unit(self) {
        self.await;
    }
}

impl<F: Future> AwaitUnit for F {}

#[test]
fn record_fields_that_are_not_named_are_dropped_with_the_handler() {
    let diary = &Diary::new();
    let chain = promise! {
        Promise.all({ a: diary.token("value"), b: 1 })
            .then(({ b }) => { diary.write("first"); b })
            .then(|_| diary.write("second"))
    };
    assert_eq!(settle(chain), Ok(()));
    assert_eq!(diary.take(), expected());
}

#[test]
fn a_promise_may_borrow_what_an_arrow_takes_by_reference() {
    async fn length(token: &Token) -> usize {
        token.name().len()
    }
    let diary = &Diary::new();
    let chain = promise! { Promise.resolve(diary.token("value")).then(ref token => length(token)) };
    assert_eq!(settle(chain), Ok(5));
    assert_eq!(diary.take(), ["drop value"]);
}

#[test]
fn a_value_that_an_arrow_ignores_is_dropped_before_it() {
    let diary = &Diary::new();
    let first = || diary.write("first");
    for chain in [
        promise! { Promise.resolve(diary.token("value")).then(_ => first()) }.boxed_local(),
        promise! { Promise.resolve(diary.token("value")).then(() => first()) }.boxed_local(),
        promise! { Promise.resolve(diary.token("value")).then((_: Token) => first()) }
            .boxed_local(),
        promise! { Promise.resolve(diary.token("value")).then(|| first()) }.boxed_local(),
    ] {
        assert_eq!(settle(chain), Ok(()));
        assert_eq!(diary.take(), ["drop value", "first"]);
    }
}

#[test]
fn a_lock_is_free_in_the_next_step() {
    let mutex = Mutex::new(1);
    let chain = promise! {
        Promise.try(|| mutex.lock().unwrap()).then(|_| 1)
            .then(n => n + *mutex.try_lock().expect("unlocked"))
            .then(|n| (mutex.lock().unwrap(), n))
            .then(|(_, n)| n)
            .then(n => n + *mutex.try_lock().expect("unlocked"))
    };
    assert_eq!(settle(chain), Ok(3));
}

#[test]
fn a_chain_that_is_done_with_what_is_not_send_is_send() {
    fn send<F: Send>(future: F) -> F {
        future
    }
    let chain = send(promise! {
        Promise.try(|| Rc::new(1)).then(|_| 1).then(async x => { plain(x).await })
    });
    assert_eq!(settle(chain), Ok(1));
    let chain = send(promise! {
        Promise.try(|| (Rc::new(1), 1)).then(|(_, x)| x).then(async x => { plain(x).await })
    });
    assert_eq!(settle(chain), Ok(1));
}
