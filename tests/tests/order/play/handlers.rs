//! Handlers as closures of the three types that a handler can return.

use super::super::kind::{Content, HotPromise, Portable, Shared};
use super::world::{World, evaluate};
use crate::program::{End, Handler, Settle};
use crate::value::{Value, ZERO};
use promise_runtime::hot::Reason;
use promise_runtime::prelude::*;

pub(super) type Product = Resolution<Value, Value, HotPromise<Value, Value>>;

/// What a handler returns: always one of the first two, or either as the argument has it.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Result,
    Promise,
    Resolution,
}

impl Shape {
    pub(super) fn of(handler: &Handler) -> Self {
        match handler.end {
            Some(End::Always(Settle::Adopt(_))) => Self::Promise,
            Some(End::Always(_)) | None => Self::Result,
            Some(End::IfOdd(..)) => Self::Resolution,
        }
    }
}

/// Makes the call with the function that turns what [`handler`] gives into what a handler of this shape returns.
macro_rules! by_shape {
    ($shape:expr, $product:ident => $call:expr) => {
        match $shape {
            Shape::Result => {
                let $product = as_result;
                $call
            }
            Shape::Promise => {
                let $product = as_promise;
                $call
            }
            Shape::Resolution => {
                let $product = as_is;
                $call
            }
        }
    };
}
pub(super) use by_shape;

pub(super) fn as_result(product: Product) -> Result<Value, Value> {
    match product {
        Resolution::Fulfill(value) => Ok(value),
        Resolution::Reject(reason) => Err(reason),
        Resolution::Adopt(_) => unreachable!("not of this shape"),
    }
}

pub(super) fn as_promise(product: Product) -> HotPromise<Value, Value> {
    match product {
        Resolution::Adopt(promise) => promise,
        Resolution::Fulfill(_) | Resolution::Reject(_) => unreachable!("not of this shape"),
    }
}

pub(super) fn as_is(product: Product) -> Product {
    product
}

/// A handler of `finally` that returns nothing.
pub(super) fn finisher(world: &Shared<World>, handler: &Handler) -> impl FnOnce() + use<> {
    let (world, handler) = (Shared::clone(world), handler.clone());
    move || {
        world.log(format_args!("{}", handler.event));
        world.run(&handler.body, &ZERO);
    }
}

/// Logs the event with its sign and the argument, if it has a sign, and runs the body.
pub(super) fn handler(
    world: &Shared<World>,
    handler: &Handler,
    sign: &'static str,
) -> impl FnOnce(Value) -> Product + use<> {
    let (world, handler) = (Shared::clone(world), handler.clone());
    move |argument| {
        if world.is_over() {
            return nothing(Shape::of(&handler));
        }
        let event = handler.event;
        if sign.is_empty() {
            world.log(format_args!("{event}"));
        } else {
            world.log(format_args!("{event}{sign}{argument}"));
        }
        world.run(&handler.body, &argument);
        let end = match handler.end.expect("only a `finally` may end without") {
            End::Always(end) => end,
            End::IfOdd(one, _) if argument.is_odd() => one,
            End::IfOdd(_, other) => other,
        };
        match end {
            Settle::Fulfil(value) => Resolution::Fulfill(evaluate(value, &argument)),
            Settle::Reject(value) => Resolution::Reject(evaluate(value, &argument)),
            Settle::Adopt(slot) => Resolution::Adopt(world.plain(slot)),
        }
    }
}

/// What a handler returns that is called after the end.
fn nothing(shape: Shape) -> Product {
    match shape {
        Shape::Promise => Resolution::Adopt(HotPromise::resolve(ZERO)),
        Shape::Result | Shape::Resolution => Resolution::Fulfill(ZERO),
    }
}

/// `then_or_else` with handlers of the nine pairs of shapes.
pub(super) fn then_or_else<T, E>(
    promise: &HotPromise<T, E>,
    (one, fulfilled): (Shape, impl FnOnce(Value) -> Product + Portable + 'static),
    (other, rejected): (Shape, impl FnOnce(Value) -> Product + Portable + 'static),
) -> HotPromise<Value, Value>
where
    T: Content + Clone + Into<Value> + 'static,
    E: Content + Clone + Into<Value> + Reason + 'static,
{
    by_shape!(one, fulfil => by_shape!(other, reject => promise.then_or_else(
        move |value| fulfil(fulfilled(value.into())),
        move |reason| reject(rejected(reason.into())),
    )))
}
