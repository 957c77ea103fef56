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
            .then(|n| (mutex.lock().unwrap(), n))
            .then((_, n) => n)
            .then(n => n + *mutex.try_lock().expect("unlocked"))
    };
    assert_eq!(settle(chain), Ok(4));
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

#[test]
fn an_arrow_takes_a_tuple_of_one_apart() {
    let tuple = promise! { Promise.all((plain(1),)).then((a,) => a + 1) };
    assert_eq!(settle(tuple), Ok(2));
    let array = promise! { Promise.resolve([1]).then((a,) => a + 1) };
    assert_eq!(settle(array), Ok(2));
    let tapped = promise! { Promise.resolve((1,)).tap((a,) => assert_eq!(*a, 1)).then(|(a,)| a) };
    assert_eq!(settle(tapped), Ok(1));
}

#[test]
fn an_arrow_takes_the_results_of_nested_combinators_apart() {
    let mixed = promise! {
        Promise.all([Promise.all([plain(1), plain("u")]), plain(3)]).then(([[a, u], b]) => (a, u.len(), b))
    };
    assert_eq!(settle(mixed), Ok((1, 1, 3)));
    let same = promise! {
        Promise.all([Promise.all([plain(1), plain(2)]), plain("b")]).then(([[a, b], c]) => (a + b, c))
    };
    assert_eq!(settle(same), Ok((3, "b")));
    let rest = promise! {
        Promise.all([Promise.all([plain(1), plain(2), plain(3)]), plain("b")]).then(([[a, ..], c]) => (a, c))
    };
    assert_eq!(settle(rest), Ok((1, "b")));
    let deeper = promise! {
        Promise.resolve(((1, ("u", 'c')), [2, 3])).then((([a, [u, c]]), [b, _]) => (a, u, c, b))
    };
    assert_eq!(settle(deeper), Ok((1, "u", 'c', 2)));
    let tapped = promise! {
        Promise.resolve(((1, "u"), 2)).tap(([[a, u], b]) => assert_eq!((*a, *u, *b), (1, "u", 2))).then(_ => 1)
    };
    assert_eq!(settle(tapped), Ok(1));
    let tuple = promise! { Promise.resolve(((1, "u"), 2)).then(((a, u), b) => (a, u, b)) };
    assert_eq!(settle(tuple), Ok((1, "u", 2)));
}

#[test]
fn a_pattern_may_have_records_in_it() {
    let list = promise! {
        Promise.all([Promise.all({ x: plain(1), y: plain("y") }), plain(3)]).then(([{ x, y }, b]) => (x, y, b))
    };
    assert_eq!(settle(list), Ok((1, "y", 3)));
    let part = promise! {
        Promise.all([Promise.all({ x: plain(1), y: plain("y") }), plain(3)]).then(([{ y }, _]) => y)
    };
    assert_eq!(settle(part), Ok("y"));
    let folded = promise! {
        Promise.reduce([1, 2, 3], ({ s, n }, x) => ({ s: s + x, n: n + 1 }), ({ s: 0, n: 0 })).then(({ s, n }) => (s, n))
    };
    assert_eq!(settle(folded), Ok((6, 3)));
}

#[derive(Clone, Debug)]
struct Person {
    name: String,
    age: u32,
}

#[test]
fn an_arrow_takes_structs_and_records_of_other_macros_apart() {
    let person = || Person {
        name: "Ada".to_owned(),
        age: 36,
    };
    let named =
        promise! { Promise.resolve(person()).then(({ name, age }) => format!("{name} {age}")) };
    assert_eq!(settle(named).unwrap(), "Ada 36");
    let one = promise! { Promise.resolve(person()).then(({ name }) => name) };
    assert_eq!(settle(one).unwrap(), "Ada");
    let tapped = promise! { Promise.resolve(person()).tap(({ name }) => assert_eq!(name, "Ada")).then(|p| p.age) };
    assert_eq!(settle(tapped), Ok(36));
    let inside = promise! { Promise.all([plain(person()), plain(1)]).then(([{ name, age }, n]) => (name, age + n)) };
    assert_eq!(settle(inside), Ok(("Ada".to_owned(), 37)));
    let record =
        settle(promise! { Promise.all({ a: plain(1), b: plain("b".to_owned()) }) }).unwrap();
    let other = promise! { Promise.resolve(record).then(({ a, b }) => (b, a)) };
    assert_eq!(settle(other), Ok(("b".to_owned(), 1)));
    let mapped = promise! { Promise.map([person(), person()], ({ age }) => age) };
    assert_eq!(settle(mapped), Ok(vec![36, 36]));
    let kept = promise! { Promise.filter([person()], ({ age, name }) => *age > 30 && name == "Ada").then(|kept| kept.len()) };
    assert_eq!(settle(kept), Ok(1));
}

#[test]
fn fields_of_a_struct_that_are_not_named_are_dropped_with_the_handler() {
    struct Held {
        #[expect(dead_code, reason = "only its drop is seen")]
        token: Token,
        n: u32,
    }
    let diary = &Diary::new();
    let chain = promise! {
        Promise.resolve(Held { token: diary.token("value"), n: 1 })
            .then(({ n }) => { diary.write("first"); n })
            .then(|_| diary.write("second"))
    };
    assert_eq!(settle(chain), Ok(()));
    assert_eq!(diary.take(), expected());
}
