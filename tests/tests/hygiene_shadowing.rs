//! Generated code names everything absolutely: what the user calls `Result`, `Some` or `value` does not matter.

// Everything here is meant to get in the way.
#![allow(dead_code, non_camel_case_types, non_upper_case_globals, clippy::all)]

use promise_tests::settle;

/// Types with the prelude's names, and variants with the names of its constructors.
mod types {
    use super::settle;
    use promise_runtime::promise;

    pub(crate) struct Result;
    pub(crate) struct Option;
    pub(crate) struct Some;
    pub(crate) struct None;
    pub(crate) struct Ok;
    pub(crate) struct Err;
    pub(crate) struct Future;
    pub(crate) struct IntoFuture;
    pub(crate) struct Box;
    pub(crate) struct Vec;
    pub(crate) struct String;
    pub(crate) struct Drop;
    pub(crate) struct Clone;
    pub(crate) struct Copy;
    pub(crate) struct Into;
    pub(crate) struct From;
    pub(crate) struct Fn;
    pub(crate) struct FnOnce;
    pub(crate) struct Send;
    pub(crate) struct Sized;
    pub(crate) struct Infallible;
    pub(crate) struct Chain;
    pub(crate) struct Promise;
    pub(crate) struct Pin;
    pub(crate) struct Debug;
    pub(crate) struct PartialEq;

    pub(crate) fn drop(_: u32) {}

    async fn fetch(v: u32) -> core::result::Result<u32, &'static str> {
        if v == 0 {
            core::result::Result::Err("zero")
        } else {
            core::result::Result::Ok(v)
        }
    }

    #[test]
    fn every_feature_works_among_them() {
        let chain = promise! {
            fetch(1)
                .then(v => v + 1)
                .then(async v => await fetch(v))
                .then(|v| fetch(v))
                .tap(v => assert!(*v == 2))
                .then(v => { if v == 0 { throw "thrown" } v })
                .tapCatch(e => assert!(e.len() > 0))
                .then(v => Promise.all([fetch(v), fetch(3), Promise.resolve(4)]))
                .then(([a, b, c]) => ({ sum: a + b, c }))
                .then(({ sum, c }) => sum + c)
                .finally(() => fetch(5))
                .catch("thrown" => 0, "zero" => fetch(1))
        };
        assert!(matches!(settle(chain), core::result::Result::Ok(9)));
    }

    #[test]
    fn statics_and_executors_work_among_them() {
        let settled = promise! { Promise.allSettled({ a: fetch(0), b: fetch(1) }).then(({ a, b }) => (a.is_err(), b.is_ok())) };
        assert!(matches!(
            settle(settled),
            core::result::Result::Ok((true, true))
        ));
        let any = promise! { Promise.any([fetch(0), fetch(2)]).catch(_ => 7) };
        assert!(matches!(settle(any), core::result::Result::Ok(2)));
        let made = promise! { <u32, &str> new Promise((resolve, reject) => { if false { throw "no" } resolve(3); reject("late") }) };
        assert!(matches!(settle(made), core::result::Result::Ok(3)));
        let timed = promise! { <u32, &str> Promise.try(|| fetch(0)).timeout(core::time::Duration::from_secs(9), "late").then(v => v, _ => 5) };
        assert!(matches!(
            promise_tests::virtually(timed),
            core::result::Result::Ok(5)
        ));
        let many = promise! { Promise.race((1..3).map(fetch)) };
        assert!(matches!(settle(many), core::result::Result::Ok(1)));
    }
}

/// Modules with the names of the standard crates and of ours.
mod crates {
    use promise_tests::settle;

    mod core {}
    mod std {}
    mod alloc {}
    mod promise_macros {}
    mod __private {}

    #[test]
    fn modules_named_like_crates_do_not_matter() {
        let chain = ::promise_runtime::promise! {
            Promise.all([Promise.resolve(1), async { Ok::<i32, u8>(2) }]).then(([a, b]) => { if a > b { throw 3 } a + b }).catch(e => i32::from(e)).finally(() => ())
        };
        assert_eq!(settle(chain), Ok(3));
        let timed = ::promise_runtime::promise! { Promise.delay(promise_tests::ms(1), 5).timeout(promise_tests::ms(5)).catch(_ => 1) };
        assert_eq!(promise_tests::virtually(timed), Ok(5));
        let made = ::promise_runtime::promise! { new Promise((resolve) => resolve(5)) };
        assert_eq!(settle(made), Ok(5));
    }
}

/// Constants and statics would turn a generated binding into a pattern.
mod constants {
    use promise_runtime::promise;

    const value: u32 = 100;
    const outcome: u32 = 101;
    const reason: u32 = 102;
    const settled: u32 = 103;
    const product: u32 = 104;
    const element_0: u32 = 105;
    const upstream: u32 = 106;
    const handler: u32 = 107;
    static future: u32 = 109;
    static region: u32 = 110;
    static deadline: u32 = 111;

    #[test]
    fn constants_with_likely_names_do_not_matter() {
        let chain = promise! {
            Promise.all([Promise.resolve(value), Promise.reject(reason).catch(r => r + outcome)])
                .then(([a, b]) => { if a == 0 { throw "zero" } a + b + element_0 })
                .finally(() => settled)
                .then(v => Promise.resolve(v + product).then(v => v + upstream + handler))
                .timeout(promise_tests::ms(5), "late")
                .catch(_ => 108)
        };
        assert_eq!(
            promise_tests::virtually(chain),
            Ok(100 + 203 + 105 + 104 + 106 + 107)
        );
    }
}

#[test]
fn the_users_variables_keep_their_values_and_are_not_captured() {
    let (value, outcome, reason, region, result, future, finally) = (1, 2, 3, 4, 5, 6, 7);
    let (element_0, settled, product, executor, resolve, reject, attempt) =
        (8, 9, 10, 11, 12, 13, 14);
    let seen = || {
        [
            value, outcome, reason, region, result, future, finally, element_0, settled, product,
            executor, resolve, reject, attempt,
        ]
        .iter()
        .sum::<u32>()
    };
    let chain = promise_runtime::promise! {
        Promise.resolve(0)
            .then(v => v + value)
            .then(async v => v + outcome + await async { reason })
            .finally(() => region)
            .then(|v| v + result)
            .tap(v => { assert_eq!(*v, 11); })
            .then(v => Promise.all([Promise.resolve(v), Promise.resolve(future)]))
            .then(([a, b]) => { if a == b { throw "equal" } a + b + element_0 + settled + product })
            .catch(_ => finally + executor + resolve + reject + attempt)
            .then(v => v + seen())
    };
    assert_eq!(settle(chain), Ok(11 + 6 + 27 + 105));
}

#[test]
fn handlers_parameters_may_have_any_name() {
    let chain = promise_runtime::promise! {
        Promise.resolve(1)
            .then(value => value + 1)
            .then(outcome => { if outcome == 5 { throw "five" } outcome })
            .tap(reason => assert_eq!(*reason, 2))
            .catch(value => value.len() as u32)
            .then(result => Promise.all([Promise.resolve(result), 5]))
            .then(([element_0, element_1]) => ({ value: element_0, outcome: element_1 }))
            .then(({ value, outcome }) => value + outcome)
            .then(async future => { let region = await async { future }; region })
    };
    assert_eq!(settle(chain), Ok(7));
}

#[test]
fn the_users_labels_and_loops_are_apart_from_generated_ones() {
    let mut rounds = 0;
    let results = 'outcome: loop {
        rounds += 1;
        let chain = promise_runtime::promise! { Promise.resolve(rounds).then(v => 'region: { if v > 2 { break 'region 10; } v }) };
        let Ok(v) = settle(chain);
        if v == 10 {
            break 'outcome v;
        }
    };
    assert_eq!((results, rounds), (10, 3));
}
