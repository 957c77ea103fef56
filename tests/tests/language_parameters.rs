//! Parameters with their types, whatever commas and angle brackets these have.

use promise_runtime::{Reject, Resolve, prelude::*};
use promise_tests::virtually;
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::fmt::Debug;

type Map = HashMap<u32, u32>;

fn map() -> Map {
    HashMap::from([(1, 2), (3, 4)])
}

/// A type with several parameters, which is a reason, too.
#[derive(Debug, Clone, PartialEq)]
struct Pair<A, B>(A, B);

#[derive(Debug, Clone, PartialEq)]
struct Bytes<const N: usize, const SMALL: bool>([u8; N]);

async fn refused() -> Result<u32, Pair<u32, String>> {
    Err(Pair(1, "no".into()))
}

macro_rules! reads {
    ($($name:ident: [$($chain:tt)*] $expected:expr;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(virtually(promise! { $($chain)* }), $expected);
        }
    )*};
}

reads! {
    one_type_of_two_parameters: [Promise.resolve(map()).then((m: HashMap<u32, u32>) => m.len())] Ok(2);
    an_asynchronous_arrow: [Promise.resolve(map()).then(async (m: HashMap<u32, u32>) => m.len())] Ok(2);
    a_trailing_comma: [Promise.resolve((map(), 1)).then((m: HashMap<u32, u32>, n,) => m.len() + n)] Ok(3);
    brackets_in_brackets: [Promise.resolve(BTreeMap::from([(1, map())])).then((m: BTreeMap<u32, HashMap<u32, u32>>) => m[&1].len())] Ok(2);
    brackets_in_brackets_in_a_list: [Promise.resolve((vec![map()], 1)).then((m: Vec<HashMap<u32, u32>>, n: usize) => m[0].len() + n)] Ok(3);
    a_list_in_brackets: [Promise.all([Promise.resolve(map()), Promise.resolve(map())]).then(([a: HashMap<u32, u32>, b]) => a.len() + b.len())] Ok(4);
    parts_in_parts: [Promise.resolve(((map(), [1, 2]), 1)).then(((m: HashMap<u32, u32>, [a, _]), n) => m.len() + a + n)] Ok(4);
    spread: [Promise.resolve((1, map())).spread((n: usize, m: HashMap<u32, u32>) => m.len() + n)] Ok(3);
    reduce: [Promise.reduce(vec![1, 2], (acc: HashMap<u32, u32>, x: u32) => { let mut acc = acc; acc.insert(x, x); acc }, HashMap::new())] Ok(HashMap::from([(1, 1), (2, 2)]));
    reduce_from_a_turbofish: [Promise.resolve(vec![1, 2]).reduce((sum: u32, x: u32) => sum + x, HashMap::<u32, u32>::new().len() as u32)] Ok(3);
    a_result: [Promise.allSettled((0..2).map(|n| async move { if n == 0 { Ok(n) } else { Err("no") } })).map((r: Result<i32, &str>) => r.is_ok())] Ok(vec![true, false]);
    filtered: [Promise.filter(vec![map(), Map::new()], (m: &HashMap<u32, u32>) => !m.is_empty())] Ok(vec![map()]);
    caught: [refused().catch((e: Pair<u32, String>) => e.0)] Ok::<_, Infallible>(1);
    looked_at: [refused().tap_catch((e: &Pair<u32, String>) => assert_eq!(e.0, 1)).catch(_ => 2)] Ok::<_, Infallible>(2);
    a_second_handler: [refused().then((n: u32) => n, (e: Pair<u32, String>) => e.0 + 1)] Ok::<_, Infallible>(2);
    an_executor: [new Promise((resolve: Resolve<u32, Pair<u32, String>>, _: Reject<u32, Pair<u32, String>>) => resolve(1))] Ok::<_, Pair<u32, String>>(1);
    a_function_type: [Promise.resolve(u32::pow as fn(u32, u32) -> u32).then((f: fn(u32, u32) -> u32) => f(2, 3))] Ok(8);
    a_function_type_in_a_list: [Promise.resolve((u32::pow as fn(u32, u32) -> u32, 3)).then((f: fn(u32, u32) -> u32, n: u32) => f(2, n))] Ok(8);
    a_function_type_in_brackets: [Promise.resolve((vec![u32::pow as fn(u32, u32) -> u32], 3)).then((f: Vec<fn(u32, u32) -> u32>, n: u32) => f[0](2, n))] Ok(8);
    a_trait_of_functions: [Promise.resolve((Box::new(|a, b| Ok(a + b)) as Box<dyn Fn(u32, u32) -> Result<u32, ()>>, 3)).then((f: Box<dyn Fn(u32, u32) -> Result<u32, ()>>, n) => f(2, n))] Ok::<_, ()>(5);
    an_array: [Promise.resolve(([1, 2], 3)).then((a: [u32; { const N: usize = 2; N }], n: u32) => a[0] + n)] Ok(4);
    constants: [Promise.resolve((Bytes::<2, true>([1, 2]), 1)).then((s: Bytes<2, { 1 < 2 }>, n: u8) => s.0[0] + n)] Ok(2);
    a_pattern_with_a_turbofish: [Promise.resolve((Pair(1, 2), 3)).then((Pair::<u32, u32>(a, b), c) => a + b + c)] Ok(6);
    a_closure_of_function_types: [Promise.resolve((u32::pow as fn(u32, u32) -> u32, 3)).spread(|f: fn(u32, u32) -> u32, n: u32| f(2, n))] Ok(8);
    a_qualified_path_as_an_element: [Promise.all([<Pair<u32, String> as Make<u32, u32>>::make(1), Promise.resolve(2)])] Ok([1, 2]);
    a_qualified_path_as_an_argument: [Promise.delay(<Pair<u32, String> as Make<u32, std::time::Duration>>::make(0), 2)] Ok(2);
}

#[test]
fn a_type_is_caught_among_others() {
    let chain = promise! { <u32, Box<dyn std::error::Error>>
        Promise.reject(Failed::<u32, String>(5, "no".into())).catch((e: Failed<u32, String>) => e.0).then(n => n + 1)
    };
    assert_eq!(virtually(chain).ok(), Some(6));
}

/// A pattern is Rust's: it need only match whatever comes.
#[test]
fn the_only_variant_is_taken_apart() {
    enum Only {
        One(u32),
    }
    enum Named {
        One { n: u32 },
    }
    let chain = promise! {
        Promise.resolve(Only::One(1))
            .then(Only::One(n) => Named::One { n: n + 1 })
            .then((Named::One { n }) => n + 1)
    };
    assert_eq!(chain.block_on(), Ok(3));
}

trait Make<A, B> {
    fn make(from: A) -> B;
}

impl Make<u32, u32> for Pair<u32, String> {
    fn make(from: u32) -> u32 {
        from
    }
}

impl Make<u32, std::time::Duration> for Pair<u32, String> {
    fn make(from: u32) -> std::time::Duration {
        std::time::Duration::from_nanos(u64::from(from))
    }
}

#[derive(Debug)]
struct Failed<A, B>(A, B);

impl<A, B> std::fmt::Display for Failed<A, B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("failed")
    }
}

impl<A: Debug, B: Debug> std::error::Error for Failed<A, B> {}
