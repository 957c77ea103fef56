//! What stands around the chain: brackets, `move`, the types, the names' two spellings, and the names it must not take.

use std::error::Error;
use std::num::ParseIntError;
use std::rc::Rc;

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, double, fetch_user};
use promise_tests::{Diary, ms, settle, virtually};

#[test]
fn all_three_brackets_work() {
    assert_eq!(settle(promise! { double(1).then(v => v + 1) }), Ok(3));
    assert_eq!(settle(promise![double(1).then(v => v + 1)]), Ok(3));
    assert_eq!(settle(promise!(double(1).then(v => v + 1))), Ok(3));
    assert_eq!(
        settle(promise!(double(1).then(|v| v + 1).tap(|_| ()))),
        Ok(3)
    );
}

#[test]
fn a_trailing_semicolon_is_allowed() {
    assert_eq!(settle(promise! { double(1).then(v => v + 1); }), Ok(3));
    assert_eq!(settle(promise! { <u32, ApiError> double(1); }), Ok(2));
    assert_eq!(
        settle(promise! { Promise.all([double(1), double(2)]); }),
        Ok([2, 4])
    );
}

#[test]
fn the_macro_is_an_expression_anywhere() {
    let sum = settle(promise! { double(1) }).unwrap() + settle(promise! { double(2) }).unwrap();
    assert_eq!(sum, 6);
    let chains = [
        promise! { double(1) }.boxed_local(),
        promise! { Promise.resolve(5) }.boxed_local(),
    ];
    assert_eq!(settle(promise! { Promise.all(chains) }), Ok([2, 5]));
    fn tail() -> impl Future<Output = Result<u32, ApiError>> {
        promise! { fetch_user(3).then(user => user.id) }
    }
    assert_eq!(settle(tail()), Ok(3));
}

#[test]
fn a_chain_is_awaited_with_await_and_a_question_mark() {
    async fn page() -> Result<u32, ApiError> {
        let first = promise! { fetch_user(1).then(user => user.id) }.await?;
        let second = promise! { fetch_user(first - 1).then(user => user.id) }.await?;
        Ok(first + second)
    }
    assert_eq!(settle(page()), Err(ApiError::NotFound));
}

#[test]
fn move_stands_before_or_after_the_header() {
    fn doubled(n: u32) -> [LocalBoxedChain<'static, u32, ApiError>; 2] {
        let before = promise! { move <u32, ApiError> Promise.resolve(n).then(n => n * 2) };
        let after = promise! { <u32, ApiError> move Promise.resolve(n).then(n => n * 2) };
        [before.boxed_local(), after.boxed_local()]
    }
    assert_eq!(settle(promise! { Promise.all(doubled(2)) }), Ok([4, 4]));
}

#[test]
fn the_header_names_both_types_or_either() {
    let both =
        promise! { <u64, Box<dyn Error>> Promise.resolve("5").then(text => text.parse::<u64>()?) };
    assert_eq!(settle(both).unwrap(), 5_u64);
    let rejection =
        promise! { <_, Box<dyn Error>> Promise.resolve("5").then(text => text.parse::<u8>()?) };
    assert_eq!(settle(rejection).unwrap(), 5_u8);
    let fulfilment = promise! { <u16, _> Promise.resolve("5").then(text => text.parse::<u16>()?) };
    let result: Result<u16, ParseIntError> = settle(fulfilment);
    assert_eq!(result, Ok(5));
    let neither = promise! { <_, _> Promise.resolve("5").then(text => text.parse::<u16>()?) };
    assert_eq!(settle(neither), Ok(5));
    let collected =
        promise! { <Vec<u32>, _> Promise.resolve(3).then(n => (0..n).collect::<Vec<_>>()) };
    assert_eq!(settle(collected), Ok(vec![0, 1, 2]));
    let trailing = promise! { <u32, ApiError,> double(1) };
    assert_eq!(settle(trailing), Ok(2));
}

#[test]
fn the_headers_types_may_be_anything() {
    let generic = promise! { <std::collections::HashMap<String, Vec<(u32, u32)>>, Result<u8, Vec<u8>>> Promise.resolve(1).then(_ => std::collections::HashMap::default()) };
    assert!(settle(generic).unwrap().is_empty());
    let function = promise! { <fn(u32) -> u32, ()> Promise.resolve(()).then(() => (|v| v + 1) as fn(u32) -> u32) };
    assert_eq!(settle(function).unwrap()(1), 2);
    let array = promise! { <[u8; 1 + 1], (u8, u8)> Promise.resolve([1, 2]) };
    assert_eq!(settle(array), Ok([1, 2]));
    let text = "borrowed";
    let reference = promise! { <&str, &'static str> Promise.resolve(text) };
    assert_eq!(settle(reference), Ok("borrowed"));
    let dynamic = promise! { <Box<dyn Fn(u32) -> u32>, Box<dyn Error + Send + Sync>> Promise.resolve(()).then(() => Box::new(|v: u32| v + 1) as Box<dyn Fn(u32) -> u32>) };
    assert_eq!(settle(dynamic).unwrap()(1), 2);
}

#[test]
fn without_move_a_chain_borrows() {
    let name = String::from("borrowed");
    let chain = promise! { Promise.resolve(1).then(n => n + name.len()) };
    assert_eq!(settle(chain), Ok(9));
    assert_eq!(name, "borrowed");
    let mut log = Vec::new();
    let chain = promise! { Promise.resolve(1).tap(n => log.push(*n)).then(n => log.push(n + 1)).then(|()| log.push(3)) };
    assert_eq!(settle(chain), Ok(()));
    assert_eq!(log, [1, 2, 3]);
}

#[test]
fn with_move_a_chain_owns() {
    fn greet(name: String) -> impl Future<Output = Result<String, ApiError>> + 'static {
        promise! { move fetch_user(1).then(user => format!("{name} {}", user.name)) }
    }
    assert_eq!(settle(greet("hello".into())), Ok("hello user1".into()));
    let diary = Diary::new();
    let token = diary.token("owned");
    let chain = promise! { move Promise.resolve(()).then(() => { token.name().len() }) };
    drop(chain);
    assert_eq!(diary.take(), ["drop owned"]);
    let text = Rc::new(String::from("both"));
    let shared = text.clone();
    let with_types = promise! { move <usize, ApiError> Promise.resolve(shared.len()) };
    drop(text);
    assert_eq!(settle(with_types), Ok(4));
}

#[test]
#[expect(
    clippy::redundant_closure_call,
    reason = "so that the source begins with `move`"
)]
fn a_move_closure_as_source_is_not_the_header() {
    let text = String::from("moved");
    let length = promise! { (move || text.len())().then(length => length + 1) };
    assert_eq!(settle(length), Ok(6));
}

#[test]
fn handlers_move_out_of_the_environment_where_they_are_reached() {
    let text = String::from("once");
    let chain = promise! { Promise.resolve(()).then(() => text).then(text => text.len()) };
    assert_eq!(settle(chain), Ok(4));
}

#[test]
fn names_may_be_camel_case_or_snake_case() {
    let camel = promise! { <u32, &str> Promise.reject("no").tapCatch(e => assert_eq!(*e, "no")).catch(_ => 1) };
    let snake = promise! { <u32, &str> Promise.reject("no").tap_catch(e => assert_eq!(*e, "no")).catch(_ => 1) };
    assert_eq!(settle(camel), settle(snake));
    let Ok(camel) = settle(promise! { Promise.allSettled([double(1)]) });
    let Ok(snake) = settle(promise! { Promise.all_settled([double(1)]) });
    assert_eq!(camel, snake);
}

#[test]
fn promise_with_a_path_is_whatever_the_user_named_so() {
    #[derive(Debug, PartialEq)]
    struct Promise {
        kept: bool,
    }
    impl Promise {
        const LIMIT: u32 = 7;
        fn all(count: u32) -> Self {
            Self { kept: count > 0 }
        }
        fn new(kept: bool) -> Self {
            Self { kept }
        }
        async fn resolve(self) -> Result<bool, ApiError> {
            Ok(self.kept)
        }
    }
    assert_eq!(
        settle(promise! { Promise::all(2) }),
        Ok(Promise { kept: true })
    );
    assert_eq!(
        settle(promise! { Promise::new(true).resolve().then(kept => !kept) }),
        Ok(false)
    );
    assert_eq!(
        settle(promise! { Promise::LIMIT.then(limit => limit + 1) }),
        Ok(8)
    );
    let mixed = promise! { Promise.all([Promise.resolve(Promise::all(0)), Promise.resolve(Promise { kept: true })]).then(([a, b]) => (a.kept, b.kept)) };
    assert_eq!(settle(mixed), Ok((false, true)));
    let inside = promise! { Promise.resolve(1).then(v => { let made = Promise::all(v); Promise.resolve(made).then(made => made.kept) }) };
    assert_eq!(settle(inside), Ok(true));
    let pattern = promise! { Promise.resolve(Promise::new(true)).then(Promise { kept } => kept) };
    assert_eq!(settle(pattern), Ok(true));
}

#[test]
fn the_steps_names_are_free_for_variables_and_functions() {
    fn then(v: u32) -> u32 {
        v + 1
    }
    let catch = 5;
    let finally = |v: u32| v * 2;
    let chain = promise! { then(1).then(then).then(v => finally(v) + catch).then(|v| then(v)) };
    assert_eq!(settle(chain), Ok(12));
    let retry = 1;
    let delay = ms(retry);
    assert_eq!(virtually(promise! { double(2).delay(delay) }), Ok(4));
}

#[test]
fn a_long_chain_compiles_and_runs() {
    let chain = promise! {
        Promise.resolve(0)
            .then(v => v + 1).then(|v| v + 1).then(v => double(v)).then(async v => v + 1).then(v => v + 1)
            .tap(v => assert_eq!(*v, 6)).then(v => v + 1).then(|v| v + 1).then(v => double(v)).then(async v => await double(v))
            .then(v => v + 1).then(|v| v + 1).then(v => double(v)).then(v => fetch_user(v)).catch(_ => fetch_user(1)).then(user => user.id).finally(() => ())
            .then(v => v + 1).then(|v| v + 1).then(v => double(v)).then(v => { if v == 0 { throw ApiError::NotFound } v })
    };
    assert_eq!(settle(chain), Ok(140));
}
