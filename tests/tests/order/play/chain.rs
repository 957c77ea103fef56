//! Cold chains, spawned: their steps run where the statements of an async function do.

use super::handlers::{Shape, as_promise, as_result, handler};
use super::value::{Value, ZERO};
use super::world::World;
use crate::program::Step;
use promise_runtime::prelude::*;
use std::rc::Rc;

type Cold = LocalBoxedChain<'static, Value, Value>;

/// As `by_shape`, for handlers that are always of the first two.
macro_rules! by_shape {
    ($shape:expr, $product:ident => $chain:expr) => {
        match $shape {
            Shape::Promise => {
                let $product = as_promise;
                $chain.boxed_local()
            }
            Shape::Result | Shape::Resolution => {
                let $product = as_result;
                $chain.boxed_local()
            }
        }
    };
}

pub(super) fn spawn(
    world: &Rc<World>,
    source: LocalPromise<Value, Value>,
    steps: &[Step],
) -> LocalPromise<Value, Value> {
    let mut chain = promise! { source }.boxed_local();
    for step in steps {
        chain = append(world, chain, step);
    }
    chain.spawn_local()
}

fn append(world: &Rc<World>, chain: Cold, step: &Step) -> Cold {
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
