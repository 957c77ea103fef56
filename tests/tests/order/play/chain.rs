//! Cold chains, spawned: their steps run where the statements of an async function do.

use super::super::kind::{ColdChain, HotPromise, Shared, boxed, spawn};
use super::handlers::{Shape, as_promise, as_result, handler};
use super::world::World;
use crate::program::Step;
use crate::value::{Value, ZERO};
use promise_runtime::prelude::*;

type Cold = ColdChain<'static, Value, Value>;

/// As `by_shape`, for handlers that are always of the first two.
macro_rules! by_shape {
    ($shape:expr, $product:ident => $chain:expr) => {
        match $shape {
            Shape::Promise => {
                let $product = as_promise;
                boxed($chain)
            }
            Shape::Result | Shape::Resolution => {
                let $product = as_result;
                boxed($chain)
            }
        }
    };
}

pub(super) fn spawn_chain(
    world: &Shared<World>,
    source: HotPromise<Value, Value>,
    steps: &[Step],
) -> HotPromise<Value, Value> {
    let mut chain = boxed(promise! { source });
    for step in steps {
        chain = append(world, chain, step);
    }
    spawn(chain)
}

fn append(world: &Shared<World>, chain: Cold, step: &Step) -> Cold {
    match step {
        Step::Then(one) => {
            let (shape, one) = (Shape::of(one), handler(world, one, "+"));
            by_shape!(shape, product => promise! { move <Value, Value> chain.then(|value| product(one(value))) })
        }
        Step::Catch(one) => {
            let (shape, one) = (Shape::of(one), handler(world, one, "-"));
            by_shape!(shape, product => promise! { move <Value, Value> chain.catch(|reason| product(one(reason))) })
        }
        Step::Finally(one) => {
            let (shape, one) = (Shape::of(one), handler(world, one, ""));
            by_shape!(shape, product => promise! { move <Value, Value> chain.finally(|| product(one(ZERO))) })
        }
        Step::ThenOrElse(one, other) => {
            let (shape, one) = (Shape::of(one), handler(world, one, "+"));
            let (other_shape, other) = (Shape::of(other), handler(world, other, "-"));
            by_shape!(shape, fulfil => by_shape!(other_shape, reject => promise! {
                move <Value, Value> chain.then(|value| fulfil(one(value)), |reason| reject(other(reason)))
            }))
        }
    }
}
