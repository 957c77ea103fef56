//! One function per misuse. A mistake in an expression is found where that is parsed ([`words`], [`javascript`],
//! [`closures`], [`names`]), the rest in the model ([`combinators`], [`handlers`], [`nesting`],
//! [`executors`]).
//!
//! What is wrong is an error. What is merely redundant is a [`Warning`]: it stays in the model, and lowering names an item
//! of `promise_runtime::warnings` in that place.

mod closures;
mod combinators;
mod executors;
mod handlers;
mod javascript;
mod names;
mod nesting;
mod words;

pub(crate) use closures::closure;
pub(crate) use handlers::not_a_function;
pub(crate) use javascript::{Dialect, repaired};
pub(crate) use names::{did_you_mean, is_certain_step, is_misspelt_step, same_step};
pub(crate) use words::body;

use crate::errors::Errors;
use crate::model::{
    Body, Catch, Chain, Collection, Handler, Inputs, Nested, Promise, Room, Source, Static,
    StaticKind, StepKind, Warning,
};

/// Looks at the model as a whole.
pub(crate) fn promise(promise: &mut Promise, errors: &mut Errors) {
    if let Some(chain) = &mut promise.chain {
        check_chain(chain, errors);
    }
}

fn check_chain(chain: &mut Chain, errors: &mut Errors) {
    let mut warnings = Vec::new();
    match &mut chain.source {
        Source::Value(body) => check_body(body, errors),
        Source::Static(call) => check_static(call, &mut warnings, errors),
        Source::New(new) => {
            executors::forwards(new, errors);
            executors::swapped_names(new, errors);
            if let Some(executor) = &mut new.executor {
                check_inside(executor, errors);
            }
        }
    }
    for step in &mut chain.steps {
        handlers::unreachable_arms(&step.kind, errors);
        nesting::needless_nesting(step, &mut warnings);
        if handlers::rethrows(step) {
            warnings.push(Warning {
                marker: "NEEDLESS_CATCH",
                at: step.name.span(),
            });
        } else {
            check_step(&mut step.kind, errors);
        }
    }
    chain.warnings.append(&mut warnings);
}

fn check_static(call: &mut Static, warnings: &mut Vec<Warning>, errors: &mut Errors) {
    combinators::never_settles(call, errors);
    combinators::nameless(call, errors);
    combinators::single_promise(call, warnings);
    match &mut call.kind {
        StaticKind::Resolve(value) => {
            if let Some(chain) = value {
                check_chain(chain, errors);
            }
        }
        StaticKind::Reject(body) => check_body(body, errors),
        StaticKind::Try(handler) => check_handler(handler, errors),
        StaticKind::Delay { duration, value } => {
            check_body(duration, errors);
            if let Some(chain) = value {
                check_chain(chain, errors);
            }
        }
        StaticKind::Combine(_, inputs) => match inputs {
            Inputs::Literal(elements) | Inputs::Tuple(elements) => elements
                .iter_mut()
                .for_each(|element| check_chain(element, errors)),
            Inputs::Record(fields) => fields
                .iter_mut()
                .for_each(|(_, value)| check_chain(value, errors)),
            Inputs::Value(body) => check_body(body, errors),
        },
        StaticKind::Collect { items, collection } => {
            check_body(items, errors);
            check_collection(collection, errors);
        }
        StaticKind::Never | StaticKind::Invalid => {}
    }
}

fn check_step(step: &mut StepKind, errors: &mut Errors) {
    match step {
        StepKind::Then(fulfilled, rejected) => {
            check_handler(fulfilled, errors);
            if let Some(rejected) = rejected {
                check_handler(rejected, errors);
            }
        }
        StepKind::Catch(Catch::All(handler) | Catch::Typed(_, handler))
        | StepKind::Finally(handler)
        | StepKind::Tap(handler)
        | StepKind::TapCatch(handler)
        | StepKind::Spread(handler) => check_handler(handler, errors),
        StepKind::Catch(Catch::Arms(arms)) => {
            for arm in arms {
                if let Some(guard) = &mut arm.guard {
                    check_body(guard, errors);
                }
                handlers::needless_wrapper(&mut arm.body);
                check_body(&mut arm.body, errors);
            }
        }
        StepKind::Delay(duration) => check_body(duration, errors),
        StepKind::Timeout { duration, reason } => {
            check_body(duration, errors);
            if let Some(reason) = reason {
                check_body(reason, errors);
            }
        }
        StepKind::Collect(collection) => check_collection(collection, errors),
        StepKind::Retry { policy, predicate } => {
            check_body(policy, errors);
            if let Some(predicate) = predicate {
                check_inside(predicate, errors);
            }
        }
        StepKind::Invalid => {}
    }
}

fn check_collection(collection: &mut Collection, errors: &mut Errors) {
    match collection {
        Collection::Concurrent { handler, room, .. } => {
            check_handler(handler, errors);
            match room {
                Room::Concurrency(number) | Room::Batch(number) => check_body(number, errors),
                Room::Unlimited => {}
            }
        }
        Collection::Each(handler) => check_handler(handler, errors),
        Collection::Reduce { handler, initial } => {
            check_handler(handler, errors);
            check_body(initial, errors);
        }
    }
}

/// A handler whose product is the outcome.
fn check_handler(handler: &mut Handler, errors: &mut Errors) {
    if let Handler::Arrow(arrow) = handler {
        handlers::needless_wrapper(&mut arrow.body);
    }
    check_inside(handler, errors);
}

fn check_inside(handler: &mut Handler, errors: &mut Errors) {
    if let Handler::Arrow(arrow) = handler {
        check_body(&mut arrow.body, errors);
    }
}

/// The chains in an expression.
fn check_body(body: &mut Body, errors: &mut Errors) {
    for nested in &mut body.nested {
        match nested {
            Nested::Chain(chain) => check_chain(chain, errors),
            Nested::Record(fields) => fields
                .iter_mut()
                .for_each(|(_, value)| check_body(value, errors)),
        }
    }
}
