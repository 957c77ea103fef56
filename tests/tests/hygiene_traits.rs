//! Traits of the user's do not reach generated code, whatever their methods are called.
#![allow(dead_code, clippy::all)]

use promise_tests::settle;

/// Traits with methods of the names that generated code calls, on everything.
mod greedy_traits {
    use super::settle;
    use promise_runtime::promise;

    trait Greedy: Sized {
        fn then(self, _: u32) -> &'static str {
            "then"
        }
        fn catch(self, _: u32) -> &'static str {
            "catch"
        }
        fn map(&self) -> &'static str {
            "map"
        }
        fn start(&self) -> &'static str {
            "start"
        }
        fn outcome(&self) -> &'static str {
            "outcome"
        }
        fn same(&self) -> &'static str {
            "same"
        }
        fn poll(&self) -> &'static str {
            "poll"
        }
        fn unwrap(&self) -> &'static str {
            "unwrap"
        }
        fn __kind(&self) -> &'static str {
            "kind"
        }
        fn __shape(&self) -> &'static str {
            "shape"
        }
        fn __reject(&self) -> &'static str {
            "reject"
        }
        fn __pin(&self) -> &'static str {
            "pin"
        }
        fn __element(&self) -> &'static str {
            "element"
        }
    }
    struct Mine;
    impl Greedy for Mine {}
    impl Greedy for u32 {}
    impl<T> Greedy for Option<T> {}
    impl<T, E> Greedy for Result<T, E> {}
    impl Greedy for &'static str {}
    impl<F: Future> Greedy for std::pin::Pin<Box<F>> {}

    #[test]
    fn methods_of_the_same_names_are_the_users() {
        let chain = promise! {
            Box::pin(async { Ok::<u32, &'static str>(1) })
                .then(v => v + 1)
                .then(v => { if v == 9 { throw "nine" } Some(v) })
                .then(v => (v.map(|v| v + 1), Mine.then(1), Mine.map(), Mine.__kind(), 7_u32.start()))
                .catch(_ => (None, "", "", "", ""))
        };
        assert_eq!(settle(chain), Ok((Some(3), "then", "map", "kind", "start")));
        let all = promise! { Promise.all([1_u32, 2]).then(([a, b]) => Ok::<u32, &'static str>(a + b)).finally(() => 1_u32) };
        assert_eq!(settle(all), Ok(3));
    }
}

/// The blanket kind: every type has the method.
mod blanket_traits {
    use super::settle;
    use promise_runtime::promise;

    trait Everything {
        fn start(&self) -> u32 {
            1
        }
        fn then(&self, _: u32) -> u32 {
            1
        }
        fn into_future(&self) -> u32 {
            1
        }
        fn clone(&self) -> u32 {
            1
        }
        fn into(&self) -> u32 {
            1
        }
    }
    impl<T: ?Sized> Everything for T {}

    #[test]
    fn a_users_blanket_trait_does_not_reach_generated_code() {
        let chain = promise! { <u32, Box<dyn std::error::Error>>
            Promise.all([async { "5".parse::<u32>() }, Promise.resolve(2)])
                .then(([a, b]) => { if a == b { throw "equal" } a + b })
                .then(v => async move { v + 1 })
                .then(|v| "1".parse::<u32>().map(|w| v + w))
                .tap(v => assert_eq!(*v, 9))
                .finally(() => ())
                .then(v => v, _ => 0)
        };
        assert_eq!(settle(chain).unwrap(), 9);
    }
}
