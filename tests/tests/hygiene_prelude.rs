//! Modules without a prelude, and the macro under other names.

use promise_tests::settle;

#[no_implicit_prelude]
mod without_prelude {
    use ::promise_runtime::promise;
    use ::std::assert_eq;
    use ::std::result::Result::{self, Ok};

    async fn fetch(v: u32) -> Result<u32, &'static str> {
        Ok(v)
    }

    #[test]
    fn chains_need_no_prelude() {
        let chain = promise! {
            fetch(1)
                .then(v => { if v == 9 { throw "nine" } v + 1 })
                .then(|v| fetch(v))
                .then(async v => await fetch(v))
                .then(v => Promise.all([fetch(v), 5]))
                .then(([a, b]) => ({ a, b }))
                .tap(({ a, b }) => { let _ = (a, b); })
                .then(({ a, b }) => a + b)
                .then(v => v, _ => 0)
                .finally(() => ())
        };
        assert_eq!(super::settle(chain), Ok(7));
        let made = promise! { <u32, &'static str> new Promise((resolve, _reject) => resolve(1)).timeout(::promise_tests::ms(1), "late").catch("late" => 2) };
        assert_eq!(::promise_tests::virtually(made), Ok(1));
        let any = promise! { Promise.any((fetch(1), fetch(2))).then(v => v).catch(_ => 3) };
        assert_eq!(super::settle(any), Ok(1));
    }
}

mod renamed_macro {
    pub(crate) use promise_runtime as runtime;
    pub(crate) use promise_runtime::promise as chain;
}

#[test]
fn the_macro_may_be_renamed_and_named_by_any_path() {
    use renamed_macro::chain;
    assert_eq!(
        settle(chain! { Promise.resolve(1).then(v => v + 1) }),
        Ok(2)
    );
    assert_eq!(
        settle(renamed_macro::runtime::promise! { Promise.resolve(1).then(v => v + 1) }),
        Ok(2)
    );
    assert_eq!(
        settle(::promise_runtime::promise! { Promise.resolve(1).then(v => v + 1) }),
        Ok(2)
    );
}

macro_rules! load {
    ($id:expr, $then:expr) => {
        promise_runtime::promise! { Promise.resolve($id).then($then).then(v => v + $id) }
    };
    ($id:expr; $name:ident => $body:expr) => {
        promise_runtime::promise! { Promise.resolve($id).then($name => $body).catch(_ => 0) }
    };
}

#[test]
#[allow(deprecated)]
fn chains_are_made_by_the_users_macros() {
    assert_eq!(settle(load!(1, |v| v + 1)), Ok(3));
    assert_eq!(settle(load!(1; v => v + 1)), Ok(2));
    let value = 5;
    assert_eq!(settle(load!(value, |v: i32| v + value)), Ok(15));
}

#[test]
fn a_users_macro_may_pass_a_whole_chain() {
    macro_rules! twice {
        ($($chain:tt)*) => {
            (promise_runtime::promise! { $($chain)* }, promise_runtime::promise! { $($chain)* })
        };
    }
    let (first, second) =
        twice!(<u32, &str> Promise.resolve(1).then(v => { if v == 2 { throw "two" } v + 1 }));
    assert_eq!(settle(first), settle(second));
}

#[test]
fn raw_identifiers() {
    struct Thing {
        r#type: u32,
    }
    let r#match = 2;
    let chain = promise_runtime::promise! { Promise.resolve(Thing { r#type: 1 }).then(r#fn => r#fn.r#type + r#match).then(r#try => ({ r#try })).then(({ r#try }) => r#try) };
    assert_eq!(settle(chain), Ok(3));
    assert_eq!(
        settle(promise_runtime::promise! { Promise.r#try(() => 5) }),
        Ok(5)
    );
}
